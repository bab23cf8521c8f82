"""Files that somebody sends: recognised by content, bounded, with a clean name, kept under random ones.

Answers and findings take their files through here. A PDF is read through to its last object: one that runs scripts,
starts programs or carries other files is refused.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
import secrets
import unicodedata
import zipfile
import zlib
from collections.abc import Collection
from dataclasses import dataclass

import filetype
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from app.errors import N_, InputError
from app.files import put_file

MAX_BYTES = 10 * 1024 * 1024
MAX_NAME_BYTES = 180
MAX_UNPACKED = 200 * 1024 * 1024
MAX_PARTS = 5000
MAX_PDF_OBJECTS = 50_000
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
_HEIF = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_PDF_KEYS = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA"}
_PDF_NAMES = {
    "/S": {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/Rendition"},
    "/Type": {"/EmbeddedFile"},
    "/Subtype": {"/FileAttachment", "/RichMedia"},
}
_TOO_LARGE = N_("This file is larger than 10 MB. Send a smaller picture, or the pages that matter.")
_WRONG_ENDING = N_("The file's name and its content do not agree. Save it again under the right type.")
_ANY_KIND = N_("Only PDF, PNG, JPG, Excel (xlsx) and Word (docx) files can be attached.")
_PHOTO_OR_PDF = N_("Only photos (JPG, PNG) and PDF files can be attached here.")
_HEIC = N_(
    "This is a phone's own picture format (HEIC). Send the photo as JPG: on an iPhone choose Settings, Camera, "
    "Formats, Most Compatible; or open the photo, take a screenshot and send that."
)
_LIVELY_PDF = N_(
    "This PDF holds scripts, starts programs or carries other files, so it is not accepted. Print it into a new PDF, "
    "or take a photo of the page."
)
_CLOSED_PDF = N_(
    "This PDF is damaged or locked with a password, so it cannot be checked. Print it into a new PDF, or take a "
    "photo of the page."
)
_ENDINGS = {"jpeg": "jpg", "jpe": "jpg"}
logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it mends in somebody's file is nobody's news


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was checked. `name` is clean, `kind` one of MEDIA_TYPES."""

    name: str
    kind: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Its digest."""
        return hashlib.sha256(self.data).hexdigest()

    def fields(self) -> dict[str, str | int]:
        """What the row of a file says of it."""
        return {
            "name": self.name, "media_type": MEDIA_TYPES[self.kind], "size": len(self.data), "sha256": self.sha256,
        }  # fmt: skip

    def keep(self) -> str:
        """Write it into the store; returns its random key. Raises StorageError."""
        key = f"evidence/{secrets.token_hex(16)}.bin"
        put_file(key, self.data)
        return key


def check_upload(name: str, data: bytes, kinds: Collection[str] = MEDIA_TYPES) -> Upload:
    """A file as it was sent, checked. Raises InputError saying what is wrong."""
    kind = check_file(name, data, kinds)
    return Upload(clean_name(name, kind), kind, data)


def check_file(name: str, data: bytes, kinds: Collection[str] = MEDIA_TYPES) -> str:
    """The kind of a file by its content, one of `kinds`. Raises InputError saying what is wrong."""
    if not data:
        raise InputError(N_("This file is empty."), field="file")
    if len(data) > MAX_BYTES:
        raise InputError(_TOO_LARGE, field="file")
    kind = _kind(data)
    ending = name.rpartition(".")[2].strip().lower() if "." in name else ""
    ending = _ENDINGS.get(ending, ending)
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF or kind is None and ending in ("heic", "heif"):
        raise InputError(_HEIC, field="file")
    if kind is None or kind not in kinds:
        raise InputError(_ANY_KIND if "xlsx" in kinds else _PHOTO_OR_PDF, field="file")
    if ending != kind:
        raise InputError(_WRONG_ENDING, field="file")
    if kind == "pdf":
        _require_quiet_pdf(data)
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


def _require_quiet_pdf(data: bytes) -> None:
    """Raise InputError for a PDF that does more than show pages, or that nobody can read."""
    try:
        lively = _is_lively(PdfReader(io.BytesIO(data)))
    except Exception as error:  # a file made to break its reader may raise anything
        raise InputError(_CLOSED_PDF, field="file") from error
    if lively:
        raise InputError(_LIVELY_PDF, field="file")


def _is_lively(reader: PdfReader) -> bool:
    """Whether any object of the file, packed into streams or not, is an action or a file that pages do not need."""
    if reader.is_encrypted and not reader.decrypt(""):
        raise ValueError("locked")
    known = {(number, gen) for gen, places in reader.xref.items() for number in places}
    known |= {(number, 0) for number in reader.xref_objStm}
    if not known or len(known) > MAX_PDF_OBJECTS:
        raise ValueError("no objects, or far too many")
    objects: list[object] = [reader.trailer, *(reader.get_object(IndirectObject(*place, reader)) for place in known)]
    while objects:
        one = objects.pop()
        if isinstance(one, ArrayObject):
            objects += list(one)
        elif isinstance(one, DictionaryObject):
            if _PDF_KEYS & one.keys() or any(one.raw_get(k) in names for k, names in _PDF_NAMES.items() if k in one):
                return True
            objects += [one.raw_get(key) for key in one]
    return False
