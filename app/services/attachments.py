"""Files that prove an answer: recognised by content, kept under random names, given out as download only."""

from __future__ import annotations

import hashlib
import io
import re
import secrets
import unicodedata
import zipfile
import zlib
from uuid import UUID

import filetype

from app.access.scope import current_scope
from app.errors import N_, ForbiddenError, InputError
from app.extensions import db
from app.files import delete_file, get_file, put_file
from app.models.attachments import Attachment
from app.queries.assessments import FileRow, catalogue_of, section_of
from app.queries.attachments import count_attachments, get_attachment
from app.services import audit
from app.services.answers import lock_draft, require_section, writer_name
from app.transaction import after_commit

MAX_BYTES = 10 * 1024 * 1024
MOST_PER_ANSWER = 5
MAX_NAME_BYTES = 180
MAX_UNPACKED = 200 * 1024 * 1024
MAX_PARTS = 5000
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_OFFICE = {
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
}
_TOO_LARGE = N_("This file is larger than 10 MB. Send a smaller picture, or the pages that matter.")
_WRONG_ENDING = N_("The file's name and its content do not agree. Save it again under the right type.")
_ENDINGS = {"jpeg": "jpg", "jpe": "jpg"}


def add_attachment(assessment_id: UUID, item_id: str, name: str, data: bytes) -> Attachment:
    """Keep a file for an answer. Raises InputError with the reason, LockedError, ForbiddenError, NotFoundError."""
    assessment = lock_draft(assessment_id)
    require_section(assessment, section_of(catalogue_of(assessment), item_id).id)
    kind = check_file(name, data)
    if count_attachments(assessment_id, item_id) >= MOST_PER_ANSWER:
        raise InputError(N_("There are five files already. Remove one first."), field="file")
    attachment = Attachment(
        firm_id=assessment.firm_id,
        assessment_id=assessment.id,
        item_id=item_id,
        file_key=f"evidence/{secrets.token_hex(16)}.bin",
        name=clean_name(name, kind),
        media_type=MEDIA_TYPES[kind],
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        created_by=current_scope().user_id,
        created_by_label=writer_name(),
    )
    put_file(attachment.file_key, data)
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


def check_file(name: str, data: bytes) -> str:
    """The kind of a file by its content: pdf, png, jpg, xlsx or docx. Raises InputError saying what is wrong."""
    if not data:
        raise InputError(N_("This file is empty."), field="file")
    if len(data) > MAX_BYTES:
        raise InputError(_TOO_LARGE, field="file")
    kind = _kind(data)
    ending = name.rpartition(".")[2].strip().lower() if "." in name else ""
    ending = _ENDINGS.get(ending, ending)
    if kind is None:
        if ending in ("heic", "heif"):
            raise InputError(N_("This is a phone's own picture format. Send the photo as JPG or PNG."), field="file")
        raise InputError(N_("Only PDF, PNG, JPG, Excel (xlsx) and Word (docx) files can be attached."), field="file")
    if ending != kind:
        raise InputError(_WRONG_ENDING, field="file")
    return kind


def clean_name(name: str, kind: str) -> str:
    """A file name to show and to offer for download: no path, no turning characters, bounded, right ending."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in last if unicodedata.category(c) != "Cf")
    stem = " ".join(kept.rpartition(".")[0].split()).strip(". \"'")
    while len(stem.encode()) > MAX_NAME_BYTES:
        stem = stem[:-1]
    return f"{stem or 'file'}.{kind}"


def _kind(data: bytes) -> str | None:
    guess = filetype.guess(data[:8192])
    extension = guess.extension if guess else ""
    if extension in ("pdf", "png", "jpg"):
        return str(extension)
    return _office_kind(data) if data[:4] == b"PK\x03\x04" else None


def _office_kind(data: bytes) -> str | None:
    """xlsx or docx, when the archive says so in its content types and holds no macros. Raises InputError for a bomb."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise InputError(N_("This file unpacks to far too much. It is not accepted."), field="file")
            names = [part.filename for part in parts]
            if any(name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) for name in names):
                return None
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise InputError(N_("Files with macros are not accepted. Save it without macros."), field="file")
            with archive.open("[Content_Types].xml") as types:
                declared = types.read(1_000_000)
    except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        return None
    return next((kind for mark, kind in _OFFICE.items() if mark in declared), None)
