"""Files that prove an answer: known by content, kept under random names. Case 9 of the platform's lessons."""

from __future__ import annotations

import io
import zipfile
from uuid import uuid4

import pytest
from flask import Flask

from app.errors import ForbiddenError, InputError, NotFoundError
from app.files import get_file
from app.models.attachments import Attachment
from app.models.audit import AuditEvent
from app.services import attachments, uploads
from tests.app.pdfs import LIVELY, LOCKED, packed_script
from tests.app.services.rounds import LEVEL, PDF, PNG, acting, count, visiting
from tests.app.world import World


def office(kind: str, extra: dict[str, bytes] | None = None) -> bytes:
    """A small Office file."""
    main = {
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    }[kind]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types><Override ContentType="{main}"/></Types>')
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.png", PNG, "png"),
        ("A.PNG", PNG, "png"),
        ("a.jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 20, "jpg"),
        ("a.pdf", PDF, "pdf"),
        ("a.exe.pdf", PDF, "pdf"),
        ("a.xlsx", office("xlsx"), "xlsx"),
        ("a.docx", office("docx"), "docx"),
    ],
)
def test_case_9_files_are_known_by_their_content(name: str, data: bytes, kind: str) -> None:
    assert uploads.check_file(name, data) == kind


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.png", b""),
        ("a.png", PDF),
        ("a.pdf", PNG),
        ("a.pdf.exe", PDF),
        ("a", PNG),
        ("a.svg", b"<svg/>"),
        ("a.png", b"<svg onload=alert(1)>"),
        ("a.html", b"<html>"),
        ("a.pdf", b"<html>%PDF"),
        ("a.xlsx", office("docx")),
        ("a.xlsx", b"PK\x03\x04nonsense"),
        ("a.zip", office("xlsx")),
        ("a.heic", b"\0\0\0\x18ftypheic"),
        ("a.xlsx", office("xlsx", {"xl/vbaProject.bin": b"x"})),
        ("a.xlsx", office("xlsx", {"../evil": b"x"})),
        ("a.xlsx", office("xlsx", {"bomb": b"\0" * (201 * 1024 * 1024)})),
        ("a.png", PNG + b"\0" * (10 * 1024 * 1024)),
        ("a.jpg", b"\0\0\0\x18ftypheic" + b"\0" * 20),
        ("a.pdf", b"%PDF-1.7\nnothing that can be read"),
        ("a.pdf", LOCKED),
        ("a.pdf", packed_script()),
        *(("a.pdf", data) for data in LIVELY.values()),
    ],
)
def test_case_9_files_that_lie_are_refused(name: str, data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        uploads.check_file(name, data)
    assert caught.value.message != InputError.message


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\temp\\台账.png", "台账.png"),
        ("a\r\nSet-Cookie: x.png", "a Set-Cookie: x.png"),
        ("bill\u202egnp.exe.png", "billgnp.exe.png"),
        (".png", "file.png"),
        ("a\x00b.png", "a b.png"),
    ],
)
def test_case_9_names_are_cleaned(name: str, shown: str) -> None:
    assert uploads.clean_name(name, "png") == shown


def test_case_9_long_chinese_names_fit() -> None:
    name = uploads.clean_name("设" * 255 + ".png", "png")
    assert len(name.encode()) <= 255 and name.endswith(".png")


def test_case_9_files_lie_under_random_names_and_the_same_name_twice_is_two_files(app: Flask, world: World) -> None:
    keys = set()
    for _ in range(2):
        with acting(app, world):
            keys.add(attachments.add_attachment(world.draft_id, LEVEL, "../台账.png", PNG).file_key)
    assert len(keys) == 2 and not any("台账" in key or ".." in key for key in keys)


def test_at_most_five_files_an_answer_and_removing_deletes_the_file(app: Flask, world: World) -> None:
    ids = []
    for _ in range(5):
        with acting(app, world):
            ids.append(attachments.add_attachment(world.draft_id, LEVEL, "a.png", PNG).id)
    with pytest.raises(InputError), acting(app, world):
        attachments.add_attachment(world.draft_id, LEVEL, "a.png", PNG)
    with acting(app, world):
        attachment, data = attachments.read_attachment(ids[0])
        assert data == PNG
        key = attachment.file_key
        attachments.remove_attachment(ids[0])
    with pytest.raises(NotFoundError), app.app_context():
        get_file(key)
    assert count(app, AuditEvent, kind="attachment:remove") == 1


def test_the_visitor_of_a_link_removes_his_own_files_and_no_others(app: Flask, world: World) -> None:
    with acting(app, world):
        firms_own = attachments.add_attachment(world.draft_id, LEVEL, "台账.png", PNG).id
    with visiting(app, world):
        own = attachments.add_attachment(world.draft_id, LEVEL, "照片.png", PNG).id
    with pytest.raises(ForbiddenError), visiting(app, world):
        attachments.remove_attachment(firms_own)
    with visiting(app, world):
        attachments.remove_attachment(own)
    assert count(app, Attachment, id=firms_own) == 1 and count(app, Attachment, id=own) == 0


def test_a_file_of_another_firm_is_not_there(app: Flask, world: World) -> None:
    with pytest.raises(NotFoundError), acting(app, world):
        attachments.read_attachment(world.other_attachment_id)
    with pytest.raises(NotFoundError), acting(app, world):
        attachments.read_attachment(uuid4())
