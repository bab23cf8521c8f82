"""The consent page of a firm, and the buttons on it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import access
from app.access.policy import Permission as P
from app.errors import InputError
from app.extensions import limiter
from app.i18n import gettext as _
from app.models.consents import ConsentKind
from app.queries.consents import list_history, read_viewers
from app.queries.firms import get_firm
from app.services import consents, engagements
from app.web.consents import forms
from app.web.consents.presenters import may_manage, present_consents

blueprint = Blueprint("consents", __name__)


@blueprint.get("/firms/<uuid:firm_id>/consents")
@access(P.CONSENT_READ)
def index(firm_id: UUID) -> ResponseReturnValue:
    """Who sees what today, what can be changed, and what was before."""
    return _page(firm_id, forms.EngageForm(formdata=None))


@blueprint.post("/firms/<uuid:firm_id>/consents/statistics")
@access(P.CONSENT_MANAGE)
def statistics(firm_id: UUID) -> ResponseReturnValue:
    """Count in averages, or no longer."""
    return _choose(firm_id, ConsentKind.STATISTICS)


@blueprint.post("/firms/<uuid:firm_id>/consents/clusters/<uuid:cluster_id>")
@access(P.CONSENT_MANAGE)
def named_results(firm_id: UUID, cluster_id: UUID) -> ResponseReturnValue:
    """Be seen by name by the coordinators of a cluster, or no longer."""
    return _choose(firm_id, ConsentKind.NAMED_RESULTS, cluster_id)


@blueprint.post("/firms/<uuid:firm_id>/engagements")
@limiter.limit("10/minute;30/hour")
@access(P.ENGAGEMENT_AGREE)
def engage(firm_id: UUID) -> ResponseReturnValue:
    """Let a consultant in."""
    form = forms.EngageForm()
    if form.validate_on_submit():
        try:
            given = engagements.engage(firm_id, form.login.data)
        except InputError as error:
            form.show(error)
        else:
            flash(
                _("%(name)s now sees your results, answers, self-checks and reports.", name=given.user.display_name),
                "ok",
            )
            return redirect(url_for(".index", firm_id=firm_id), 303)
    return _page(firm_id, form)


@blueprint.post("/firms/<uuid:firm_id>/engagements/<uuid:engagement_id>/end")
@access(P.ENGAGEMENT_AGREE)
def end_engagement(firm_id: UUID, engagement_id: UUID) -> ResponseReturnValue:
    """End a consultant's access."""
    if forms.EmptyForm().validate_on_submit():
        engagements.end(firm_id, engagement_id)
        flash(_("From now on this consultant sees nothing of your firm."), "ok")
    return redirect(url_for(".index", firm_id=firm_id), 303)


def _choose(firm_id: UUID, kind: ConsentKind, cluster_id: UUID | None = None) -> ResponseReturnValue:
    form = forms.ChoiceForm()
    if form.validate_on_submit():
        if form.choice.data == "give":
            consents.give_consent(firm_id, kind, cluster_id)
            flash(_("Thank you. You can take this back at any time."), "ok")
        else:
            consents.withdraw_consent(firm_id, kind, cluster_id)
            flash(_("Taken back. It holds from this moment."), "ok")
    return redirect(url_for(".index", firm_id=firm_id), 303)


def _page(firm_id: UUID, form: forms.EngageForm) -> ResponseReturnValue:
    firm = get_firm(firm_id)
    viewers = read_viewers(firm.id)
    owner = may_manage(viewers, current_user.id)
    page = present_consents(firm, viewers, list_history(firm.id), owner=owner)
    return render_template("consents/index.html", page=page, form=form), 422 if form.errors else 200
