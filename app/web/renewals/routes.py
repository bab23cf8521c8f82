"""Moving an open round to newer content: the page that says what changes, and its button."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import access
from app.access.policy import Permission as P
from app.i18n import gettext as _
from app.queries.assessments import get_round
from app.services import renewals
from app.web.renewals.presenters import present_done, present_renewal, read_versions

blueprint = Blueprint("renewals", __name__)


@blueprint.get("/assessments/<uuid:assessment_id>/renewal")
@access(P.ASSESSMENT_UPDATE)
def show(assessment_id: UUID) -> ResponseReturnValue:
    """What changes, and what becomes of the answers so far."""
    round_ = get_round(assessment_id)
    renewal = renewals.plan_renewal(round_)
    if renewal is None:
        flash(_("This round already has the newest version."))
        return redirect(url_for("assessments.show", assessment_id=assessment_id))
    return render_template("renewals/show.html", page=present_renewal(round_, renewal))


@blueprint.post("/assessments/<uuid:assessment_id>/renewal")
@access(P.ASSESSMENT_UPDATE)
def renew(assessment_id: UUID) -> ResponseReturnValue:
    """Take over the newer content, as shown."""
    renewal = renewals.renew(assessment_id, read_versions(request.form.get("to", "")))
    flash(present_done(renewal), "ok")
    return redirect(url_for("assessments.show", assessment_id=assessment_id), 303)
