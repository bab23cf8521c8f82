"""The download of everything held about a firm."""

from __future__ import annotations

import json
import zipfile
from pathlib import PurePosixPath

import pytest
from flask import Flask
from openpyxl import load_workbook

from app.access.policy import Permission
from app.errors import NotFoundError
from app.extensions import db
from app.files import put_file
from app.models.assessments import Answer, Assessment
from app.services.exports import export_firm
from tests.app import factories as make
from tests.app.services.test_firms import acting
from tests.app.verified import make_finding, make_finding_file, make_verification
from tests.app.world import CANARY, INVITATION_CODE, World

NAMES = [
    "../../etc/passwd",
    "C:\\temp\\x.pdf",
    "a\u202efdp.exe",
    "长" * 200 + ".pdf",
    "=1+1.xlsx",
    "...",
    "x.pdf",
    "x.pdf",
]


def download(app: Flask, world: World) -> zipfile.ZipFile:
    """The archive of the first firm, as its owner gets it."""
    with acting(app, world, "owner", Permission.FIRM_EXPORT):
        return zipfile.ZipFile(export_firm(world.firm_id).file)


def test_everything_is_there_and_nothing_of_others(app: Flask, world: World) -> None:
    archive = download(app, world)
    raw = archive.read("firm.json").decode()
    data = json.loads(raw)
    assert data["firm"]["name"] == "示例模具厂"
    assert [r["number"] for r in data["rounds"]] == [1, 2]
    assert data["rounds"][0]["answers"]
    assert len(data["members"]) == 2
    assert data["results"] and data["reports"] and data["consents"] and data["clusters"] and data["consultants"]
    assert data["roadmaps"][0]["steps"][0]["state"] == "open"
    assert [event["kind"] for event in data["events"]] == ["firm:export"]
    assert CANARY not in raw


def test_what_was_found_on_site_is_there_once_the_firm_may_see_it(app: Flask, world: World) -> None:
    with make.writing(app):
        for number, state in ((1, "verified"), (2, "draft")):
            row = make_verification(world.assessment_id, state, number=number)
            make_finding(row, "scene_quality", 2, "down", 1, note=f"note of {state}")
            file = make_finding_file(row, "scene_quality", name=f"{state}.jpg")
            put_file(file.file_key, b"photo")
    archive = download(app, world)
    raw = archive.read("firm.json").decode()
    data = json.loads(raw)
    [verification] = data["verifications"]
    assert verification["findings"][0]["note"] == "note of verified"
    assert archive.read("verifications/1-1/scene_quality/001-verified.jpg") == b"photo"
    assert "note of draft" not in raw and not [name for name in archive.namelist() if "draft" in name]
    assert {r["basis"] for r in data["results"]} == {"claimed", "verified"}


def test_case_34_no_secret_and_no_hash_is_in_the_download(app: Flask, world: World) -> None:
    raw = download(app, world).read("firm.json").decode()
    for word in ("token", "hash", "password", "uniquifier", "file_key", INVITATION_CODE, world.uniquifiers["owner"]):
        assert word not in raw.replace("sha256", "")


def test_case_10_entries_stay_inside_the_archive_and_keep_apart(app: Flask, world: World) -> None:
    with make.writing(app):
        draft = db.session.get_one(Assessment, world.draft_id)
        for number, name in enumerate(NAMES):
            put_file(f"attachments/case-10-{number}", str(number).encode())
            make.make_attachment(draft, name=name, file_key=f"attachments/case-10-{number}")
    names = download(app, world).namelist()
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        path = PurePosixPath(name)
        assert not path.is_absolute()
        assert ".." not in path.parts
        assert "\\" not in name and "\u202e" not in name
        assert all(len(part.encode()) <= 255 for part in path.parts)


def test_a_file_that_is_lost_does_not_lose_the_rest(app: Flask, world: World) -> None:
    with make.writing(app):
        make.make_attachment(
            db.session.get_one(Assessment, world.draft_id), file_key="attachments/lost", name="lost.pdf"
        )
    data = json.loads(download(app, world).read("firm.json"))
    assert any(name.endswith("lost.pdf") for name in data["files_not_found"])


def test_case_07_the_workbook_holds_texts_not_formulas(app: Flask, world: World) -> None:
    with make.writing(app):
        for answer in db.session.scalars(make.select(Answer).where(Answer.assessment_id == world.draft_id)):
            answer.evidence, answer.note = "=cmd|' /C calc'!A0", "＋1"
    sheet = load_workbook(download(app, world).open("answers.xlsx")).worksheets[1]
    values = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value in ("=cmd|' /C calc'!A0", "＋1")]
    assert len(values) == 2
    assert all(cell.data_type == "s" for cell in values)


def test_case_02_another_firm_is_not_found(app: Flask, world: World) -> None:
    with acting(app, world, "foreign", Permission.FIRM_EXPORT), pytest.raises(NotFoundError):
        export_firm(world.firm_id)
