"""Pages of a firm: start page, found and change, members and invitations, data rights."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import access
from app.access.policy import Permission as P
from app.errors import ForbiddenError, InputError
from app.extensions import limiter
from app.i18n import gettext as _
from app.models.firms import MembershipRole
from app.queries.assessments import find_draft, list_rounds, read_round
from app.queries.clusters import find_cluster_by_code
from app.queries.consents import read_viewers
from app.queries.engagements import list_firm_requests
from app.queries.firms import get_firm, get_membership, list_memberships, list_open_invitations, list_own_memberships
from app.queries.results import list_published_results
from app.queries.selfchecks import list_runs
from app.queries.verifications import find_waiting, list_verified
from app.services import exports, firms, quick
from app.web.firms import forms
from app.web.firms.presenters import (
    present_choices,
    present_data,
    present_firm,
    present_invitation,
    present_members,
    section_choices,
)
from app.web.forms import EmptyForm, StrictForm
from app.web.quick.memory import take_answers

blueprint = Blueprint("firms", __name__)


@blueprint.get("/firms")
@access(P.FIRM_HOME)
def home() -> ResponseReturnValue:
    """The own firm; with several of them a choice."""
    memberships = list_own_memberships()
    if len(memberships) == 1:
        return redirect(url_for(".show", firm_id=memberships[0].firm_id))
    return render_template("firms/home.html", firms=present_choices(memberships))


@blueprint.route("/firms/new", methods=["GET", "POST"])
@limiter.limit("10/minute;40/hour", methods=["POST"])
@access(P.FIRM_CREATE)
def create() -> ResponseReturnValue:
    """Found a firm. Answers of a quick look become its first draft; a cluster's code leads on to joining it."""
    form = forms.NewFirmForm(sector=request.args.get("sector"), cluster=request.args.get("cluster"))
    if form.validate_on_submit():
        try:
            firm = firms.create_firm(_data(form), statistics=form.statistics.data)
        except InputError as error:
            form.show(error)
        else:
            quick.adopt_quick_answers(firm.id, take_answers())
            flash(_("%(firm)s is set up.", firm=firm.name), "ok")
            if form.cluster.data:
                if find_cluster_by_code(form.cluster.data) is not None:
                    return redirect(url_for("clusters.join", firm_id=firm.id, code=form.cluster.data), 303)
                flash(_("No cluster has this code. Compare it with the letter."), "error")
            return redirect(url_for(".show", firm_id=firm.id), 303)
    return _page("firms/create.html", form)


@blueprint.get("/firms/<uuid:firm_id>")
@access(P.FIRM_HOME)
def show(firm_id: UUID) -> ResponseReturnValue:
    """The start page of a firm: the next thing to do, rounds, people, who sees what."""
    firm = get_firm(firm_id)
    draft, results = find_draft(firm.id), list_published_results(firm.id)
    page = present_firm(
        firm,
        read_round(draft) if draft else None,
        results,
        list_memberships(firm.id),
        read_viewers(firm.id),
        list_runs(firm.id),
        list_verified([r.assessment_id for r in results]),
        find_waiting(firm.id),
        list_firm_requests(firm.id),
    )
    return render_template("firms/show.html", page=page, form=EmptyForm())


@blueprint.route("/firms/<uuid:firm_id>/edit", methods=["GET", "POST"])
@access(P.FIRM_MANAGE)
def edit(firm_id: UUID) -> ResponseReturnValue:
    """What the firm says about itself."""
    firm = get_firm(firm_id)
    form = forms.FirmForm(obj=firm)
    if form.validate_on_submit():
        try:
            firms.update_firm(firm.id, _data(form, firm.revenue_wan, firm.machines))
        except InputError as error:
            form.show(error)
        else:
            flash(_("Saved."), "ok")
            return redirect(url_for(".show", firm_id=firm.id), 303)
    return _page("firms/edit.html", form, firm_name=firm.name, firm_url=url_for(".show", firm_id=firm.id))


@blueprint.get("/firms/<uuid:firm_id>/members")
@access(P.MEMBERSHIP_READ)
def members(firm_id: UUID) -> ResponseReturnValue:
    """Who belongs to the firm, and who is invited."""
    firm = get_firm(firm_id)
    page = present_members(firm, list_memberships(firm.id), list_open_invitations(firm.id))
    return render_template("firms/members.html", page=page, form=EmptyForm())


@blueprint.route("/firms/<uuid:firm_id>/invitations/new", methods=["GET", "POST"])
@limiter.limit("20/minute;100/hour", methods=["POST"])
@access(P.MEMBERSHIP_MANAGE)
def invite(firm_id: UUID) -> ResponseReturnValue:
    """Invite a colleague; link, code and QR code are shown once, in the answer to this form."""
    firm = get_firm(firm_id)
    form = forms.InvitationForm(section_choices(firm.sector))
    if form.validate_on_submit():
        new = firms.invite_member(
            firm.id, name=form.name.data or "", role=MembershipRole(form.role.data), sections=form.sections.data
        )
        return render_template("firms/invitation.html", page=present_invitation(firm, new))
    return _page("firms/invite.html", form, firm_name=firm.name, back_url=url_for(".members", firm_id=firm.id))


@blueprint.post("/firms/<uuid:firm_id>/invitations/<uuid:invitation_id>/revoke")
@access(P.MEMBERSHIP_MANAGE)
def revoke_invitation(firm_id: UUID, invitation_id: UUID) -> ResponseReturnValue:
    """Withdraw an invitation."""
    if EmptyForm().validate_on_submit():
        firms.revoke_invitation(firm_id, invitation_id)
        flash(_("The invitation no longer works."), "ok")
    return redirect(url_for(".members", firm_id=firm_id), 303)


@blueprint.route("/firms/<uuid:firm_id>/members/<uuid:membership_id>", methods=["GET", "POST"])
@access(P.MEMBERSHIP_MANAGE)
def member(firm_id: UUID, membership_id: UUID) -> ResponseReturnValue:
    """What a member may do and fills in."""
    membership = get_membership(firm_id, membership_id)
    form = forms.MemberForm(section_choices(membership.firm.sector), role=membership.role, sections=membership.sections)
    if form.validate_on_submit():
        firms.change_member(membership, role=MembershipRole(form.role.data), sections=form.sections.data)
        flash(_("Saved."), "ok")
        return redirect(url_for(".members", firm_id=firm_id), 303)
    return _page(
        "firms/member.html",
        form,
        name=membership.user.display_name,
        remove_url=url_for(".remove_member", firm_id=firm_id, membership_id=membership.id),
        back_url=url_for(".members", firm_id=firm_id),
    )


@blueprint.post("/firms/<uuid:firm_id>/members/<uuid:membership_id>/remove")
@access(P.MEMBERSHIP_MANAGE)
def remove_member(firm_id: UUID, membership_id: UUID) -> ResponseReturnValue:
    """Take somebody out of the firm."""
    membership = get_membership(firm_id, membership_id)
    if EmptyForm().validate_on_submit():
        name = membership.user.display_name
        firms.remove_member(membership)
        flash(_("%(name)s no longer belongs to the firm.", name=name), "ok")
    return redirect(url_for(".members", firm_id=firm_id), 303)


@blueprint.post("/firms/<uuid:firm_id>/leave")
@access(P.MEMBERSHIP_LEAVE)
def leave(firm_id: UUID) -> ResponseReturnValue:
    """Leave a firm; the last owner stays."""
    firm = get_firm(firm_id)
    if EmptyForm().validate_on_submit():
        try:
            firms.leave_firm(firm.id, current_user.id)
        except ForbiddenError as error:
            flash(_(error.message), "clash")
            return redirect(url_for(".members", firm_id=firm_id), 303)
        flash(_("You have left %(firm)s.", firm=firm.name), "ok")
    return redirect(url_for("home.index"), 303)


@blueprint.get("/firms/<uuid:firm_id>/data")
@access(P.FIRM_EXPORT)
def data(firm_id: UUID) -> ResponseReturnValue:
    """Take everything along, or delete everything."""
    firm = get_firm(firm_id)
    return render_template("firms/data.html", page=present_data(firm, list_rounds(firm.id)), form=EmptyForm())


@blueprint.post("/firms/<uuid:firm_id>/export")
@limiter.limit("6/minute;30/hour")
@access(P.FIRM_EXPORT)
def export(firm_id: UUID) -> ResponseReturnValue:
    """Everything held about the firm, as one ZIP; made for this answer and not kept."""
    archive = exports.export_firm(firm_id)
    return send_file(archive.file, "application/zip", as_attachment=True, download_name=archive.name)


@blueprint.route("/firms/<uuid:firm_id>/delete", methods=["GET", "POST"])
@limiter.limit("10/minute;40/hour", methods=["POST"])
@access(P.FIRM_DELETE)
def delete(firm_id: UUID) -> ResponseReturnValue:
    """Delete the firm with everything it holds, after its name was typed."""
    firm = get_firm(firm_id)
    form = forms.DeleteFirmForm()
    if form.validate_on_submit():
        try:
            firms.delete_firm(firm.id, confirmed_name=form.name.data)
        except InputError as error:
            form.show(error)
        else:
            flash(_("%(firm)s and everything it held is deleted.", firm=firm.name), "ok")
            return redirect(url_for("home.index"), 303)
    return _page("firms/delete.html", form, firm_name=firm.name, back_url=url_for(".data", firm_id=firm.id))


def _data(form: forms.FirmForm, revenue: object = None, machines: object = None) -> firms.FirmData:
    return firms.FirmData(
        name=form.name.data or "",
        sector=form.sector.data,
        town=form.town.data or "",
        uscc=form.uscc.data or "",
        employees=form.employees.data,
        revenue_wan=revenue,  # type: ignore[arg-type]
        machines=machines,  # type: ignore[arg-type]
    )


def _page(template: str, form: StrictForm, **values: object) -> ResponseReturnValue:
    """Render a form page; a form that came back with errors has status 422."""
    return render_template(template, form=form, **values), 422 if form.errors else 200
