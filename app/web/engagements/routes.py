"""Pages of engagements: the firm's consultants, the consultant's portfolio, and asking from outside."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import access, may
from app.access.policy import Permission as P
from app.access.roles import Role
from app.access.scope import current_scope
from app.errors import ForbiddenError, InputError
from app.extensions import limiter
from app.i18n import gettext as _
from app.queries.access import today
from app.queries.clusters import get_cluster
from app.queries.engagements import (
    get_engagement,
    get_own_engagement,
    list_engagements,
    list_firm_requests,
    list_own_requests,
    list_past_engagements,
    read_portfolio,
    read_summaries,
)
from app.queries.firms import get_firm
from app.queries.invitees import get_invitee
from app.services import engagement_requests, engagements
from app.services.portfolio import choose, cut, read_wish
from app.web.clusters.wording import cluster_name
from app.web.engagements import forms
from app.web.engagements.firm import present_agreement, present_firm_consultants
from app.web.engagements.portfolio import present_advised, present_portfolio, present_requests
from app.web.forms import EmptyForm

blueprint = Blueprint("engagements", __name__)


# ---- the consultant


@blueprint.get("/advice")
@access(P.ADVICE_READ)
def index() -> ResponseReturnValue:
    """The firms that let this consultant in: days, stages, levels, what to look at first."""
    wish = read_wish(request.args)
    firms = read_portfolio()
    chosen = choose(firms, wish)
    shown, number, pages = cut(chosen, wish.page)
    summaries = read_summaries([firm.assessment_id for firm in shown if firm.assessment_id])
    page = present_portfolio(firms, chosen, shown, summaries, wish, number, pages)
    return render_template("engagements/index.html", page=page, requests=present_requests(list_own_requests()))


@blueprint.get("/advice/<uuid:engagement_id>")
@access(P.ENGAGEMENT_UPDATE)
def show(engagement_id: UUID) -> ResponseReturnValue:
    """One firm of the portfolio: everything about it in one place, and the day of the visit."""
    return _advised(engagement_id)


@blueprint.post("/advice/<uuid:engagement_id>/visit")
@access(P.ENGAGEMENT_UPDATE)
def visit(engagement_id: UUID) -> ResponseReturnValue:
    """Set the day of the visit."""
    form = forms.VisitForm()
    if form.validate_on_submit():
        try:
            engagements.set_visit(engagement_id, form.visit_on.data)
        except InputError as error:
            form.show(error)
        else:
            flash(_("Saved."), "ok")
            return redirect(url_for(".show", engagement_id=engagement_id), 303)
    return _advised(engagement_id, form)


@blueprint.post("/advice/<uuid:engagement_id>/leave")
@access(P.ENGAGEMENT_UPDATE)
def leave(engagement_id: UUID) -> ResponseReturnValue:
    """End the work for a firm, from the consultant's side."""
    if EmptyForm().validate_on_submit():
        engagements.leave(engagement_id)
        flash(_("You no longer work for this firm and see nothing of it."), "ok")
    return redirect(url_for(".index"), 303)


@blueprint.route("/advice/ask", methods=["GET", "POST"])
@limiter.limit("10/minute;60/day", methods=["POST"])
@access(P.ENGAGEMENT_ASK)
def ask() -> ResponseReturnValue:
    """Ask a firm to let this consultant in."""
    if Role.CONSULTANT not in current_scope().roles:
        raise ForbiddenError
    form = forms.AskForm()
    if form.validate_on_submit():
        try:
            engagement_requests.ask(form.firm.data, form.purpose.data, form.visit_on.data)
        except InputError as error:
            form.show(error)
        else:
            flash(
                _("If this firm is registered here, its owner has been asked. You see it as soon as it agrees."), "ok"
            )
            return redirect(url_for(".index", _anchor="asked"), 303)
    return render_template("engagements/ask.html", form=form), 422 if form.errors else 200


# ---- the coordinator


@blueprint.route("/clusters/<uuid:cluster_id>/consultants", methods=["GET", "POST"])
@limiter.limit("10/minute;60/day", methods=["POST"])
@access(P.ENGAGEMENT_ASK)
def ask_for(cluster_id: UUID) -> ResponseReturnValue:
    """Ask a member of the cluster to let a consultant in."""
    cluster = get_cluster(cluster_id)
    form = forms.AskForForm(invitee=request.args.get("invitee", ""))
    invitee_id = _uuid(form.invitee.data)
    invitee = None if invitee_id is None else get_invitee(cluster.id, invitee_id)
    if invitee is not None:
        del form.firm
    if form.validate_on_submit():
        try:
            engagement_requests.ask_for(
                cluster.id,
                form.consultant.data,
                "" if invitee is not None else form.firm.data,
                form.purpose.data,
                invitee_id=invitee_id,
                visit_on=form.visit_on.data,
            )
        except InputError as error:
            form.show(error)
        else:
            flash(_("If both are registered here, the firm has been asked. It answers the consultant, not you."), "ok")
            return redirect(url_for(".ask_for", cluster_id=cluster.id), 303)
    page = render_template(
        "engagements/ask_for.html",
        form=form,
        cluster_id=cluster.id,
        cluster=cluster_name(cluster),
        firm="" if invitee is None else invitee.name,
        requests=present_requests(list_own_requests(cluster.id)),
    )
    return page, 422 if form.errors else 200


# ---- the firm


@blueprint.get("/firms/<uuid:firm_id>/consultants")
@access(P.CONSENT_READ)
def firm(firm_id: UUID) -> ResponseReturnValue:
    """Who works for the firm, who asks to, and who did."""
    return _firm(firm_id, forms.EngageForm(formdata=None, until_on=today() + engagements.USUAL))


@blueprint.post("/firms/<uuid:firm_id>/engagements")
@limiter.limit("10/minute;30/hour")
@access(P.ENGAGEMENT_AGREE)
def engage(firm_id: UUID) -> ResponseReturnValue:
    """Let a consultant in."""
    form = forms.EngageForm()
    if form.validate_on_submit():
        try:
            given = engagements.engage(
                firm_id, form.login.data, until_on=form.until_on.data, visit_on=form.visit_on.data
            )
        except InputError as error:
            form.show(error)
        else:
            flash(
                _("%(name)s now sees your results, answers, self-checks and reports.", name=given.user.display_name),
                "ok",
            )
            return redirect(url_for(".firm", firm_id=firm_id), 303)
    return _firm(firm_id, form)


@blueprint.route("/firms/<uuid:firm_id>/engagements/<uuid:engagement_id>", methods=["GET", "POST"])
@access(P.ENGAGEMENT_AGREE)
def agree(firm_id: UUID, engagement_id: UUID) -> ResponseReturnValue:
    """Agree to what was asked, or change the days of an engagement."""
    row = get_engagement(firm_id, engagement_id)
    form = forms.DaysForm(until_on=row.until_on or today() + engagements.USUAL, visit_on=row.visit_on)
    if form.validate_on_submit():
        new = row.agreed_at is None
        try:
            engagements.agree(firm_id, row.id, until_on=form.until_on.data, visit_on=form.visit_on.data)
        except InputError as error:
            form.show(error)
        else:
            said = _("%(name)s now sees your results, answers, self-checks and reports.", name=row.user.display_name)
            flash(said if new else _("Saved."), "ok")
            return redirect(url_for(".firm", firm_id=firm_id), 303)
    page = present_agreement(get_firm(firm_id), row)
    if page is None:
        return redirect(url_for(".firm", firm_id=firm_id), 303)
    template = "engagements/agree.html"
    no = forms.DeclineForm(formdata=None)
    return render_template(template, page=page, form=form, no=no), 422 if form.errors else 200


@blueprint.post("/firms/<uuid:firm_id>/engagements/<uuid:engagement_id>/decline")
@access(P.ENGAGEMENT_AGREE)
def decline(firm_id: UUID, engagement_id: UUID) -> ResponseReturnValue:
    """Say no to what was asked."""
    form = forms.DeclineForm()
    if form.validate_on_submit():
        engagements.decline(firm_id, engagement_id, form.word.data or "")
        flash(_("Declined. You will not be asked for this consultant again within 30 days."), "ok")
    return redirect(url_for(".firm", firm_id=firm_id), 303)


@blueprint.post("/firms/<uuid:firm_id>/engagements/<uuid:engagement_id>/end")
@access(P.ENGAGEMENT_AGREE)
def end(firm_id: UUID, engagement_id: UUID) -> ResponseReturnValue:
    """End a consultant's access."""
    if EmptyForm().validate_on_submit():
        engagements.end(firm_id, engagement_id)
        flash(_("From now on this consultant sees nothing of your firm."), "ok")
    return redirect(url_for(".firm", firm_id=firm_id), 303)


def _advised(engagement_id: UUID, form: forms.VisitForm | None = None) -> ResponseReturnValue:
    row = get_own_engagement(engagement_id)
    [one] = read_portfolio(row.id)
    summaries = read_summaries([one.assessment_id] if one.assessment_id else [])
    form = form or forms.VisitForm(formdata=None, visit_on=row.visit_on)
    page = present_advised(one, row, summaries)
    return render_template("engagements/show.html", page=page, form=form), 422 if form.errors else 200


def _firm(firm_id: UUID, form: forms.EngageForm) -> ResponseReturnValue:
    row = get_firm(firm_id)
    page = present_firm_consultants(
        row,
        list_firm_requests(row.id),
        list_engagements(row.id),
        list_past_engagements(row.id),
        owner=may(P.ENGAGEMENT_AGREE, row.id),
    )
    return render_template("engagements/firm.html", page=page, form=form), 422 if form.errors else 200


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
