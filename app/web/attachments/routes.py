"""Files of answers: added one by one, given out as download only, removed."""

from __future__ import annotations

import io
from uuid import UUID

from flask import Blueprint, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import access
from app.access.policy import Permission as P
from app.errors import N_, InputError, TooLargeError
from app.i18n import gettext as _
from app.queries.assessments import catalogue_of, get_assessment, list_files, section_of
from app.services import attachments
from app.services.uploads import MAX_BYTES
from app.web.assessments.cards import present_file
from app.web.errors import wants_json

blueprint = Blueprint("attachments", __name__)


@blueprint.post("/assessments/<uuid:assessment_id>/answers/<item_id>/attachments")
@access(P.ATTACHMENT_ADD)
def add(assessment_id: UUID, item_id: str) -> ResponseReturnValue:
    """Keep one file for an answer."""
    if set(request.form) - {"csrf_token"} or set(request.files) - {"file"}:
        raise InputError(N_("The form has a field that does not belong there."))
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InputError(N_("Please choose a file first."), field="file")
    data = file.stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLargeError
    attachment = attachments.add_attachment(assessment_id, item_id, file.filename, data)
    if wants_json():
        shown = next(f for f in list_files(assessment_id) if f.id == attachment.id)
        return present_file(shown), 201
    flash(_("The file is attached."), "ok")
    return redirect(_section_url(assessment_id, item_id), 303)


@blueprint.get("/attachments/<uuid:attachment_id>")
@access(P.ATTACHMENT_READ)
def download(attachment_id: UUID) -> ResponseReturnValue:
    """The file, as a download that no browser opens in our name."""
    attachment, data = attachments.read_attachment(attachment_id)
    response = send_file(
        io.BytesIO(data), mimetype=attachment.media_type, as_attachment=True, download_name=attachment.name, max_age=0
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/attachments/<uuid:attachment_id>/remove")
@access(P.ATTACHMENT_ADD)
def remove(attachment_id: UUID) -> ResponseReturnValue:
    """Remove a file."""
    attachment = attachments.remove_attachment(attachment_id)
    if wants_json():
        return {"removed": str(attachment_id)}
    flash(_("The file is removed."), "ok")
    return redirect(_section_url(attachment.assessment_id, attachment.item_id), 303)


def _section_url(assessment_id: UUID, item_id: str) -> str:
    section = section_of(catalogue_of(get_assessment(assessment_id)), item_id)
    return url_for("assessments.section", assessment_id=assessment_id, section_id=section.id, _anchor=item_id)
