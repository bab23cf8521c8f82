"""The consent page of a firm, and the buttons on it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import access
from app.access.policy import Permission as P
from app.i18n import gettext as _
from app.models.consents import ConsentKind
from app.queries.consents import list_history, read_viewers
from app.queries.firms import get_firm
from app.services import consents
from app.web.consents import forms
from app.web.consents.presenters import may_manage, present_consents

blueprint = Blueprint("consents", __name__)


@blueprint.get("/firms/<uuid:firm_id>/consents")
@access(P.CONSENT_READ)
def index(firm_id: UUID) -> ResponseReturnValue:
    """Who sees what today, what can be changed, and what was before."""
    firm = get_firm(firm_id)
    viewers = read_viewers(firm.id)
    owner = may_manage(viewers, current_user.id)
    page = present_consents(firm, viewers, list_history(firm.id), owner=owner)
    return render_template("consents/index.html", page=page)


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
