"""Links for one section: made and withdrawn by the firm, opened by a colleague without an account."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import access, remember_handover
from app.access.policy import Permission as P
from app.errors import InputError
from app.extensions import limiter
from app.i18n import gettext as _
from app.services import handovers
from app.web.assessments.presenters import HANDOVER_LINKS
from app.web.handovers.presenters import present_handover

blueprint = Blueprint("handovers", __name__)
MOST_LINKS = 8


@blueprint.post("/assessments/<uuid:assessment_id>/sections/<section_id>/handovers")
@access(P.HANDOVER_MANAGE)
def create(assessment_id: UUID, section_id: str) -> ResponseReturnValue:
    """Make a link for a section. The browser that made it can show it again; we only keep its hash."""
    target = url_for("assessments.section", assessment_id=assessment_id, section_id=section_id, _anchor="hand")
    try:
        new = handovers.create_handover(assessment_id, section_id, request.form.get("name", ""))
    except InputError as error:
        flash(_(error.message), "error")
        return redirect(target, 303)
    links = dict(list(session.get(HANDOVER_LINKS, {}).items())[-MOST_LINKS + 1 :])
    session[HANDOVER_LINKS] = {**links, str(new.handover.id): new.token}
    flash(_("The link for %(name)s is ready. Copy it and send it.", name=new.handover.name), "ok")
    return redirect(target, 303)


@blueprint.post("/handovers/<uuid:handover_id>/revoke")
@access(P.HANDOVER_MANAGE)
def revoke(handover_id: UUID) -> ResponseReturnValue:
    """Withdraw a link."""
    handover = handovers.revoke_handover(handover_id)
    flash(_("The link for %(name)s no longer works. What was answered stays.", name=handover.name), "ok")
    return redirect(
        url_for(
            "assessments.section",
            assessment_id=handover.assessment_id,
            section_id=handover.section_id,
            _anchor="hand",
        ),
        303,
    )


@blueprint.get("/h/<token>")
@limiter.limit("30/minute;200/hour")
@access(P.PUBLIC)
def show(token: str) -> ResponseReturnValue:
    """What the link is for; nothing happens before the button is pressed."""
    page = present_handover(handovers.read_handover(token), token)
    return render_template("handovers/show.html", page=page)


@blueprint.post("/h/<token>")
@limiter.limit("30/minute;200/hour")
@access(P.PUBLIC)
def start(token: str) -> ResponseReturnValue:
    """Start answering the section of the link."""
    link = handovers.open_handover(token)
    remember_handover(link.handover_id)
    session.permanent = True
    return redirect(url_for("assessments.section", assessment_id=link.assessment_id, section_id=link.section_id), 303)
