"""Files that prove an answer: added, given out as download only, removed. What may be sent: `uploads`."""

from __future__ import annotations

from uuid import UUID

from app.access.scope import current_scope
from app.errors import N_, ForbiddenError, InputError
from app.extensions import db
from app.files import delete_file, get_file
from app.models.attachments import Attachment
from app.queries.assessments import FileRow, catalogue_of, section_of
from app.queries.attachments import count_attachments, get_attachment
from app.services import audit
from app.services.answers import lock_draft, require_section, writer_name
from app.services.uploads import check_upload
from app.transaction import after_commit

MOST_PER_ANSWER = 5


def add_attachment(assessment_id: UUID, item_id: str, name: str, data: bytes) -> Attachment:
    """Keep a file for an answer. Raises InputError with the reason, LockedError, ForbiddenError, NotFoundError."""
    assessment = lock_draft(assessment_id)
    require_section(assessment, section_of(catalogue_of(assessment), item_id).id)
    upload = check_upload(name, data)
    if count_attachments(assessment_id, item_id) >= MOST_PER_ANSWER:
        raise InputError(N_("There are five files already. Remove one first."), field="file")
    attachment = Attachment(
        firm_id=assessment.firm_id,
        assessment_id=assessment.id,
        item_id=item_id,
        file_key=upload.keep(),
        **upload.fields(),
        created_by=current_scope().user_id,
        created_by_label=writer_name(),
    )
    db.session.add(attachment)
    audit.record(
        "attachment:add", attachment.id, firm_id=assessment.firm_id, item=item_id, name=attachment.name,
        size=attachment.size, sha256=attachment.sha256,
    )  # fmt: skip
    return attachment


def read_attachment(attachment_id: UUID) -> tuple[Attachment, bytes]:
    """A file with its bytes. Raises NotFoundError."""
    attachment = get_attachment(attachment_id)
    return attachment, get_file(attachment.file_key)


def remove_attachment(attachment_id: UUID) -> Attachment:
    """Remove a file for good. Raises LockedError, ForbiddenError, NotFoundError."""
    attachment = get_attachment(attachment_id)
    assessment = lock_draft(attachment.assessment_id)
    require_section(assessment, section_of(catalogue_of(assessment), attachment.item_id).id)
    if not may_remove(attachment):
        raise ForbiddenError(N_("Only the firm can remove a file that somebody else attached."))
    audit.record(
        "attachment:remove", attachment.id, firm_id=attachment.firm_id, item=attachment.item_id,
        name=attachment.name, sha256=attachment.sha256,
    )  # fmt: skip
    key = attachment.file_key
    db.session.delete(attachment)
    after_commit(lambda: delete_file(key))
    return attachment


def may_remove(attachment: Attachment | FileRow) -> bool:
    """Whether the current visitor may remove this file: people of the firm any, the visitor of a link his own."""
    if current_scope().handover is None:
        return True
    return attachment.created_by is None and attachment.created_by_label == writer_name()
