"""Findings of a visit: what is stored, who was faster, what is refused, and the files beside them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.policy import Permission as P
from app.access.scope import system_scope
from app.errors import BadAnswerError, ConflictError, InputError, LockedError, NotFoundError, StaleAnswerError
from app.extensions import db
from app.models.audit import AuditEvent
from app.models.base import now
from app.models.engagements import Engagement
from app.models.verifications import Finding, FindingFile, Verification
from app.services import findings as service
from app.services import verifications
from app.services.findings import AGREED, CLEARED, CORRECTED, NOT_SEEN, FindingSave
from tests.app import factories as make
from tests.app.pdfs import LIVELY, blank_pdf
from tests.app.services.rounds import PNG
from tests.app.services.test_firms import acting, count
from tests.app.verified import make_finding, make_finding_file, make_verification
from tests.app.world import World

QUALITY, CODES = "scene_quality", "C10"
"""The firm claims 2 for the first and nothing for the second."""
PDF = blank_pdf()


def begun(app: Flask, world: World, state: str = "draft") -> UUID:
    """A verification in this state, without findings; its consultant's colleague is engaged, too."""
    with make.writing(app):
        if "second" not in world.users:
            second = make.make_user("周核实")
            make.give(second, "consultant")
            make.make_engagement(db.session.get_one(make.Firm, world.firm_id), second)
            world.users["second"] = second.id
        return make_verification(world.assessment_id, state, user_id=world.users["consultant"]).id


def save(app: Flask, world: World, row_id: UUID, item: str, verdict: str, who: str = "consultant", **rest: Any) -> int:
    """Save one finding; its version, 0 where none is left."""
    with acting(app, world, who, P.VERIFICATION_WRITE):
        row = service.save_finding(row_id, item, FindingSave(verdict, **rest))
        return 0 if row is None else row.version


def stored(app: Flask, item: str = QUALITY) -> tuple[Any, ...]:
    """Claim, verdict, value, note and version of a finding."""
    with app.app_context(), system_scope():
        row = db.session.scalar(select(Finding).where(Finding.item_id == item))
        return () if row is None else (row.claimed, row.verdict, row.value, row.note, row.version)


@pytest.mark.parametrize(
    ("item", "verdict", "value", "kept"),
    [
        (QUALITY, AGREED, None, (2, "agreed", 2)),
        (QUALITY, CORRECTED, 2, (2, "agreed", 2)),
        (QUALITY, CORRECTED, 1, (2, "down", 1)),
        (QUALITY, CORRECTED, 4, (2, "up", 4)),
        (QUALITY, NOT_SEEN, None, (2, "not_seen", None)),
        (CODES, CORRECTED, 1, (None, "up", 1)),
        ("network_build", CORRECTED, [], (None, "up", [])),
        ("network_build", CORRECTED, ["industrial_5g", "application_network"],
         (None, "up", ["application_network", "industrial_5g"])),
        ("equipment_digital_rate", CORRECTED, {"part": 7, "whole": 12}, (None, "up", {"part": 7, "whole": 12})),
        ("information_systems", CORRECTED, "one_link", (None, "up", "one_link")),
    ],
)  # fmt: skip
def test_what_was_seen_is_stored_beside_the_claim(
    app: Flask, world: World, item: str, verdict: str, value: Any, kept: tuple[Any, ...]
) -> None:
    row_id = begun(app, world)
    assert save(app, world, row_id, item, verdict, value=value, note=" 看了记录 ") == 1
    assert stored(app, item) == (*kept, "看了记录", 1)
    assert count(app, AuditEvent, kind="finding:save") == 1


@pytest.mark.parametrize(
    ("item", "verdict", "value"),
    [
        (QUALITY, CORRECTED, 5), (QUALITY, CORRECTED, -1), (QUALITY, CORRECTED, True), (QUALITY, CORRECTED, "2"),
        (QUALITY, CORRECTED, None), (QUALITY, CORRECTED, "unknown"), (QUALITY, CORRECTED, {"value": 1}),
        (QUALITY, "up", 3), (QUALITY, "nonsense", None), (CODES, AGREED, None), (CODES, NOT_SEEN, None),
        ("network_build", CORRECTED, ["no-such"]), ("network_build", CORRECTED, "industrial_5g"),
        ("equipment_digital_rate", CORRECTED, {"part": 9, "whole": 2}), ("information_systems", CORRECTED, "no-such"),
    ],
)  # fmt: skip
def test_what_is_no_finding_is_refused_and_changes_nothing(
    app: Flask, world: World, item: str, verdict: str, value: Any
) -> None:
    row_id = begun(app, world)
    with pytest.raises(BadAnswerError):
        save(app, world, row_id, item, verdict, value=value)
    assert count(app, Finding) == 0


def test_a_question_that_is_not_asked_and_a_foreign_round_are_not_there(app: Flask, world: World) -> None:
    row_id = begun(app, world)
    with make.writing(app):
        foreign = make_verification(world.other_assessment_id).id
    for verification_id, item in ((row_id, "no-such"), (foreign, QUALITY)):
        with pytest.raises(NotFoundError):
            save(app, world, verification_id, item, CORRECTED, value=1)


def test_two_consultants_on_one_firm(app: Flask, world: World) -> None:
    row_id = begun(app, world)
    save(app, world, row_id, QUALITY, CORRECTED, value=1, note="本子")
    assert save(app, world, row_id, QUALITY, CORRECTED, "second", value=1, note="本子") == 1  # the same is no conflict
    with pytest.raises(StaleAnswerError) as caught:
        save(app, world, row_id, QUALITY, CORRECTED, "second", value=3)
    details = caught.value.details
    assert (details["mine"]["value"], details["theirs"]["value"], details["version"]) == (3, 1, 1)
    assert details["by"] == "consultant"
    assert stored(app)[1:3] == ("down", 1)
    assert save(app, world, row_id, QUALITY, CORRECTED, "second", value=3, version=1) == 2
    assert stored(app) == (2, "up", 3, "本子", 2)


def test_a_save_that_arrives_twice_counts_once(app: Flask, world: World) -> None:
    row_id = begun(app, world)
    for _ in range(2):
        assert save(app, world, row_id, QUALITY, CORRECTED, value=1, key="key-0001") == 1
    assert save(app, world, row_id, QUALITY, CORRECTED, value=3, version=1, key="key-0001") == 2
    assert count(app, AuditEvent, kind="finding:save") == 2


def test_a_finding_can_be_taken_back_by_who_has_seen_it(app: Flask, world: World) -> None:
    row_id = begun(app, world)
    save(app, world, row_id, QUALITY, NOT_SEEN)
    with pytest.raises(StaleAnswerError):
        save(app, world, row_id, QUALITY, CLEARED)
    assert save(app, world, row_id, QUALITY, CLEARED, version=1) == 0 and stored(app) == ()
    with pytest.raises(StaleAnswerError):
        save(app, world, row_id, QUALITY, AGREED, "second", version=1)


def test_a_note_needs_a_finding_and_has_an_end(app: Flask, world: World) -> None:
    row_id = begun(app, world)
    for verdict, note in ((CLEARED, "先记一笔"), (AGREED, "长" * 2001)):
        with pytest.raises(BadAnswerError) as caught:
            save(app, world, row_id, QUALITY, verdict, note=note)
        assert caught.value.message != BadAnswerError.message
    assert stored(app) == ()


def test_a_change_takes_back_the_firms_reply(app: Flask, world: World) -> None:
    row_id = begun(app, world, "changes_requested")
    with make.writing(app):
        row = db.session.get_one(Verification, row_id)
        make_finding(row, QUALITY, 2, "down", 0, reply="objected", reply_text="有记录", replied_at=now())
    save(app, world, row_id, QUALITY, CORRECTED, value=1, version=1)
    with app.app_context(), system_scope():
        kept = db.session.scalars(select(Finding)).one()
        assert (kept.reply, kept.reply_text, kept.replied_at) == ("", "", None)


@pytest.mark.parametrize("state", ["submitted", "answered", "verified", "closed"])
def test_what_is_not_the_consultants_turn_refuses_every_write(app: Flask, world: World, state: str) -> None:
    row_id = begun(app, world, state)
    with make.writing(app):
        file_id = make_finding_file(db.session.get_one(Verification, row_id), QUALITY).id
    with pytest.raises(LockedError):
        save(app, world, row_id, QUALITY, AGREED)
    for write in (
        lambda: service.add_file(row_id, QUALITY, "a.png", PNG),
        lambda: service.remove_file(file_id),
        lambda: service.save_visit(row_id, None, "好", (None, "")),
    ):
        with pytest.raises(LockedError), acting(app, world, "consultant", P.VERIFICATION_WRITE):
            write()
    assert count(app, Finding) == 0 and count(app, FindingFile) == 1


def test_after_the_engagement_nothing_is_reached(app: Flask, world: World) -> None:
    row_id = begun(app, world)
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        file_id = service.add_file(row_id, QUALITY, "a.png", PNG).id
    with make.writing(app):
        db.session.get_one(Engagement, world.engagement_id).ended_at = now()
    with pytest.raises(NotFoundError):
        save(app, world, row_id, QUALITY, AGREED)
    with pytest.raises(NotFoundError), acting(app, world, "consultant", P.VERIFICATION_READ):
        service.read_file(file_id)


def test_one_bad_value_of_a_form_costs_nothing_else(app: Flask, world: World) -> None:
    row_id = begun(app, world)
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        saved = service.save_findings(row_id, {QUALITY: FindingSave(CORRECTED, 9), CODES: FindingSave(CORRECTED, 1)})
    assert list(saved.problems) == [QUALITY] and not saved.conflicts
    assert stored(app) == () and stored(app, CODES)[1] == "up"


def test_day_and_remark_of_the_visit(app: Flask, world: World) -> None:
    row_id, day = begun(app, world), date(2026, 1, 5)
    empty: tuple[date | None, str] = (None, "")
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        service.save_visit(row_id, day, "账实相符", empty)
    with acting(app, world, "second", P.VERIFICATION_WRITE):
        assert service.save_visit(row_id, None, "", empty).visited_on == day  # an untouched old page changes nothing
    with pytest.raises(ConflictError), acting(app, world, "second", P.VERIFICATION_WRITE):
        service.save_visit(row_id, day, "另一句", empty)
    for visited_on, remark in ((now().date() + timedelta(days=2), ""), (day, "长" * 2001)):
        with pytest.raises(InputError), acting(app, world, "consultant", P.VERIFICATION_WRITE):
            service.save_visit(row_id, visited_on, remark, (day, "账实相符"))
    with acting(app, world, "second", P.VERIFICATION_WRITE):
        assert service.save_visit(row_id, day, "另一句", (day, "账实相符")).remark == "另一句"


# ---- photos and files


def test_a_file_is_kept_once_and_removed_for_good(app: Flask, world: World) -> None:
    row_id = begun(app, world)
    ids = set()
    for _ in range(2):
        with acting(app, world, "consultant", P.VERIFICATION_WRITE):
            ids.add(service.add_file(row_id, QUALITY, "../现场.png", PNG).id)
    assert len(ids) == 1
    with acting(app, world, "consultant", P.VERIFICATION_READ):
        row, data = service.read_file(next(iter(ids)))
        assert (row.name, data) == ("现场.png", PNG)
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        key = service.remove_file(next(iter(ids))).file_key
    assert count(app, FindingFile) == 0
    with pytest.raises(NotFoundError), app.app_context():
        service.get_file(key)


def test_at_most_five_files_a_finding(app: Flask, world: World) -> None:
    row_id = begun(app, world)
    for number in range(6):
        with acting(app, world, "consultant", P.VERIFICATION_WRITE):
            if number < 5:
                service.add_file(row_id, QUALITY, "a.png", PNG + bytes([number]))
                continue
            with pytest.raises(InputError):
                service.add_file(row_id, QUALITY, "a.png", PNG + bytes([number]))


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.heic", b"\0\0\0\x18ftypheic" + b"\0" * 20, "HEIC"),
        ("a.jpg", b"\0\0\0\x18ftypmif1" + b"\0" * 20, "HEIC"),
        ("a.png", PNG + b"\0" * (40 * 1024 * 1024), "10 MB"),
        ("a.xlsx", b"PK\x03\x04", "photos"),
        ("a.svg", b"<svg/>", "photos"),
        *(("a.pdf", data, "scripts") for data in LIVELY.values()),
    ],
    ids=["heic", "heic-as-jpg", "40MB", "xlsx", "svg", *LIVELY],
)
def test_files_that_are_refused_say_what_to_do(app: Flask, world: World, name: str, data: bytes, said: str) -> None:
    row_id = begun(app, world)
    with pytest.raises(InputError) as caught, acting(app, world, "consultant", P.VERIFICATION_WRITE):
        service.add_file(row_id, QUALITY, name, data)
    assert said in caught.value.message and count(app, FindingFile) == 0


def test_the_firm_takes_a_photo_once_it_is_shown_the_findings(app: Flask, world: World) -> None:
    row_id = begun(app, world)
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        file_id = service.add_file(row_id, QUALITY, "a.pdf", PDF).id
    with pytest.raises(NotFoundError), acting(app, world, "owner", P.VERIFICATION_READ):
        service.read_file(file_id)
    save(app, world, row_id, QUALITY, AGREED)
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        verifications.submit(row_id)
    with acting(app, world, "owner", P.VERIFICATION_READ):
        assert service.read_file(file_id)[1] == PDF
