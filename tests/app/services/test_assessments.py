"""Rounds: begin, save with versions, submit; hand over; attach. On both databases.

Named cases of the platform's lessons: 3, 9, 17, 20, 22, 23, 24, 26, 27, 33.
"""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.access.roles import Role
from app.access.scope import HandoverLink, Scope, set_scope
from app.errors import (
    BadAnswerError,
    ConflictError,
    ForbiddenError,
    InputError,
    LockedError,
    NotFoundError,
    StaleAnswerError,
    TokenError,
)
from app.extensions import db
from app.models.assessments import Answer, AnswerChange, Assessment
from app.models.attachments import Attachment
from app.models.audit import AuditEvent
from app.models.base import now
from app.models.firms import Firm
from app.models.handovers import Handover
from app.models.results import Result
from app.queries.assessments import get_round, list_changes
from app.queries.handovers import get_open_handover, list_open_handovers
from app.services import answers, assessments, attachments, handovers, quick
from app.services.answers import Evidence, Save
from app.services.assessments import Profile
from app.services.tokens import hash_secret
from app.transaction import transaction
from scoring.content.loader import load_catalogue
from tests.app import factories as make
from tests.app.world import HANDOVER_TOKEN, SECTION, World

MOLDS = load_catalogue("molds")
LEVEL = next(i for i in MOLDS.sector.sections[0].questions if MOLDS.questions[i].kind == "level")
OTHER_LEVEL = next(i for i in MOLDS.sector.sections[1].questions if MOLDS.questions[i].kind == "level")
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"


@contextmanager
def acting(app: Flask, world: World, user: str = "owner", **values: object) -> Iterator[None]:
    """A writing transaction as one of the world's people."""
    firm_id = world.other_firm_id if user == "foreign" else world.firm_id
    roles = frozenset({Role.ACCOUNT, Role.MEMBER if user == "member" else Role.OWNER})
    scope = Scope(user_id=world.users[user], roles=roles, firm_ids=frozenset({firm_id}), **values)  # type: ignore[arg-type]
    with app.app_context():
        set_scope(scope)
        with transaction():
            yield


@contextmanager
def visiting(app: Flask, world: World, section: str = SECTION) -> Iterator[None]:
    """A writing transaction as the visitor of the world's hand-over link."""
    link = HandoverLink(world.handover_id, world.firm_id, world.draft_id, section, "车间主任")
    with app.app_context():
        set_scope(Scope(roles=frozenset({Role.LINK}), handover=link))
        with transaction():
            yield


def save(
    app: Flask, world: World, item: str, value: object, version: int = 0, user: str = "owner", **rest: object
) -> int:
    """Save one answer; returns its new version."""
    with acting(app, world, user):
        answers.save_answer(world.draft_id, item, Save(value, version, **rest))  # type: ignore[arg-type]
    return state(app, world, item)[1]


def state(app: Flask, world: World, item: str) -> tuple[object, int]:
    """Value and version of an answer of the open round."""
    with make.writing(app):
        row = db.session.scalar(select(Answer).where(Answer.assessment_id == world.draft_id, Answer.item_id == item))
        return (None, 0) if row is None else (row.value, row.version)


def count(app: Flask, model: type, **where: object) -> int:
    """Rows of a table with these values."""
    with make.writing(app):
        return db.session.scalar(select(func.count()).select_from(model).filter_by(**where)) or 0


# ---- one answer


def test_a_save_counts_the_version_up_and_records_before_and_after(app: Flask, world: World) -> None:
    assert save(app, world, LEVEL, 1) == 1
    assert save(app, world, LEVEL, 2, 1, note="每天都扫") == 2
    with make.writing(app):
        first, second = list_changes(world.draft_id, LEVEL)
        assert first.before is None and first.after == {"value": 1, "evidence": "", "note": ""}
        assert second.before == first.after and second.after == {"value": 2, "evidence": "", "note": "每天都扫"}
        assert second.changed_by == world.users["owner"] and second.changed_by_label == "owner"


def test_the_same_again_changes_nothing(app: Flask, world: World) -> None:
    assert [save(app, world, LEVEL, 1), save(app, world, LEVEL, 1, 1)] == [1, 1]
    assert count(app, AnswerChange, item_id=LEVEL) == 1


def test_case_23_two_editors_of_one_question_get_both_values(app: Flask, world: World) -> None:
    save(app, world, LEVEL, 1, user="member")
    with pytest.raises(StaleAnswerError) as caught:
        save(app, world, LEVEL, 3, 0)
    details = caught.value.details
    assert details["mine"]["value"] == 3 and details["theirs"]["value"] == 1
    assert details["by"] == "member" and details["version"] == 1 and details["at"]
    assert state(app, world, LEVEL) == (1, 1)
    assert save(app, world, LEVEL, 3, details["version"]) == 2


def test_case_23_two_editors_who_agree_do_not_conflict(app: Flask, world: World) -> None:
    save(app, world, LEVEL, 2, user="member")
    assert save(app, world, LEVEL, 2, 0) == 1


def test_case_23_different_questions_do_not_conflict(app: Flask, world: World) -> None:
    save(app, world, LEVEL, 1, user="member")
    assert save(app, world, OTHER_LEVEL, 1) == 1


def test_case_23_a_replay_is_applied_once_and_in_order(app: Flask, world: World) -> None:
    replay = [(LEVEL, 1, 0, "key-one-1"), (LEVEL, 2, 1, "key-two-2"), (OTHER_LEVEL, 3, 0, "key-three")]
    for _ in range(2):
        for item, value, version, key in replay:
            save(app, world, item, value, version, key=key)
    assert state(app, world, LEVEL) == (2, 2) and state(app, world, OTHER_LEVEL) == (3, 1)
    assert count(app, AnswerChange, assessment_id=world.draft_id) == 3


def test_a_key_used_again_for_something_else_is_another_save(app: Flask, world: World) -> None:
    assert save(app, world, LEVEL, 1, key="key-one-1") == 1
    assert save(app, world, OTHER_LEVEL, 1, key="key-one-1") == 1
    assert save(app, world, LEVEL, 2, 1, key="key-one-1") == 2


def test_case_22_back_after_somebody_elses_edit_conflicts(app: Flask, world: World) -> None:
    save(app, world, LEVEL, 1)
    save(app, world, LEVEL, 2, 1, user="member")
    with acting(app, world):
        old_page = {LEVEL: Save(3, 1), OTHER_LEVEL: Save(None, 0)}
        outcome = answers.save_section(world.draft_id, SECTION, {LEVEL: old_page[LEVEL]})
    assert set(outcome.conflicts) == {LEVEL} and state(app, world, LEVEL) == (2, 2)


def test_case_22_an_old_page_that_touches_nothing_overwrites_nothing(app: Flask, world: World) -> None:
    save(app, world, LEVEL, 1)
    save(app, world, LEVEL, 2, 1, user="member")
    with acting(app, world):
        outcome = answers.save_section(world.draft_id, SECTION, {LEVEL: Save(1, 1, "", "")})
    assert outcome.is_clean and state(app, world, LEVEL) == (2, 2)


def test_one_bad_answer_of_a_page_costs_nothing_else(app: Flask, world: World) -> None:
    good = next(i for i in MOLDS.sector.sections[0].questions if i != LEVEL)
    with acting(app, world):
        outcome = answers.save_section(world.draft_id, SECTION, {LEVEL: Save(9, 0), good: Save(1, 0)})
    assert set(outcome.problems) == {LEVEL}
    assert state(app, world, LEVEL) == (None, 0) and state(app, world, good) == (1, 1)


@pytest.mark.parametrize(
    ("item", "value", "reason"),
    [
        (LEVEL, 5, "out_of_range"),
        (LEVEL, -1, "out_of_range"),
        (LEVEL, True, "bad_type"),
        (LEVEL, 1.5, "bad_type"),
        (LEVEL, "3", "bad_type"),
        (LEVEL, [1], "bad_type"),
        (LEVEL, 10**400, "out_of_range"),
        (LEVEL, {}, "bad_type"),
        ("network_build", "application_network", "bad_type"),
        ("network_build", ["no_such"], "unknown_option"),
        ("network_build", ["industrial_5g"] * 2, "malformed"),
        ("information_systems", "no_such", "unknown_option"),
        ("information_systems", None, None),
        ("equipment_digital_rate", {"part": 3, "whole": 2}, "out_of_range"),
        ("equipment_digital_rate", {"part": 0, "whole": 0}, "out_of_range"),
        ("equipment_digital_rate", {"part": float("nan"), "whole": 2}, "out_of_range"),
        ("equipment_digital_rate", {"part": 1, "whole": 10**300}, "out_of_range"),
        ("equipment_digital_rate", {"part": "1", "whole": 2}, "bad_type"),
        ("equipment_digital_rate", {"part": 1}, "bad_type"),
        ("equipment_digital_rate", 0.5, "bad_type"),
        ("equipment_digital_rate", "na", "na_not_allowed"),
        (LEVEL, {"value": 1, "evidence": ""}, "malformed"),
    ],
)
def test_bad_values_are_refused_with_a_code(
    app: Flask, world: World, item: str, value: object, reason: str | None
) -> None:
    if reason is None:
        save(app, world, item, value)
        return
    with pytest.raises(BadAnswerError) as caught:
        save(app, world, item, value)
    assert caught.value.details["code"] == reason and caught.value.details["item"] == item
    assert state(app, world, item) == (None, 0)


def test_long_and_dirty_texts(app: Flask, world: World) -> None:
    with pytest.raises(BadAnswerError) as caught:
        save(app, world, LEVEL, 1, note="长" * 2001)
    assert caught.value.details["reason"] == "text_too_long"
    save(app, world, LEVEL, 1, note="a\x00b\u202ec\ud800d\r\ne", evidence="  <img src=x>  ")
    with make.writing(app):
        row = db.session.scalar(select(Answer).where(Answer.item_id == LEVEL))
        assert row is not None and row.note == "abcd\ne" and row.evidence == "<img src=x>"


def test_unknown_question_is_not_found(app: Flask, world: World) -> None:
    with pytest.raises(NotFoundError):
        save(app, world, "ELE-01", 1)


def test_case_26_zero_blank_unknown_and_na_stay_four_things(app: Flask, world: World) -> None:
    na_item = next(q.id for q in MOLDS.questions.values() if q.kind == "level" and q.na)
    items = [q.id for q in MOLDS.questions.values() if q.kind == "level" and q.id not in (na_item, "scene_quality")][:3]
    save(app, world, items[0], 0)
    save(app, world, items[1], "unknown")
    save(app, world, na_item, "na")
    with make.writing(app):
        round_ = get_round(world.draft_id)
        given = round_.document()["answers"]
        assert given[items[0]] == 0 and given[items[1]] == "unknown" and given[na_item] == "na"
        assert items[2] not in given
        assert [round_.is_done(i) for i in (*items, na_item)] == [True, True, False, True]


def test_case_27_a_switched_off_answer_is_kept_ignored_and_comes_back(app: Flask, world: World) -> None:
    save(app, world, "MOL-04", 3)
    for edm, off in ((False, True), (True, False)):
        with acting(app, world):
            assessments.save_profile(world.draft_id, Profile(facts={"edm": edm}))
        with make.writing(app):
            round_ = get_round(world.draft_id)
            assert ("MOL-04" in round_.off) is off
            asked = {q.id for s in round_.sections for q in round_.questions(s)}
            assert ("MOL-04" in asked) is not off
        assert state(app, world, "MOL-04") == (3, 1)


def test_case_33_the_time_is_the_servers(app: Flask, world: World) -> None:
    before = now()
    save(app, world, LEVEL, 1)
    with make.writing(app):
        row = db.session.scalar(select(Answer).where(Answer.item_id == LEVEL))
        assert row is not None and before <= row.updated_at <= now()
        assert row.updated_at.utcoffset() == timedelta(0)


def test_two_saves_at_once_lose_nothing(app: Flask, world: World) -> None:
    outcomes: list[str] = []

    def write(user: str, value: int) -> None:
        try:
            save(app, world, LEVEL, value, 0, user=user)
            outcomes.append("saved")
        except StaleAnswerError:
            outcomes.append("stale")

    threads = [threading.Thread(target=write, args=("owner" if n % 2 else "member", n % 5)) for n in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "stale", "stale", "stale"]
    assert count(app, AnswerChange, item_id=LEVEL) == 1


# ---- who may


def test_case_3_answers_of_one_firm_never_reach_another(app: Flask, world: World) -> None:
    for write in (
        lambda: answers.save_answer(world.draft_id, LEVEL, Save(1, 0)),
        lambda: answers.save_section(world.draft_id, SECTION, {LEVEL: Save(1, 0)}),
        lambda: assessments.save_profile(world.draft_id, Profile(employees=1)),
        lambda: answers.save_evidence(world.draft_id, {}),
        lambda: assessments.submit(world.draft_id, truth_confirmed=True),
        lambda: assessments.start_round(world.firm_id),
        lambda: attachments.add_attachment(world.draft_id, LEVEL, "a.png", PNG),
        lambda: attachments.remove_attachment(world.attachment_id),
        lambda: handovers.create_handover(world.draft_id, SECTION, "x"),
        lambda: handovers.revoke_handover(world.handover_id),
    ):
        with pytest.raises(NotFoundError), acting(app, world, "foreign"):
            write()


def test_a_member_limited_to_sections_answers_only_these(app: Flask, world: World) -> None:
    limited = {"sections": {world.firm_id: frozenset({SECTION})}}
    with acting(app, world, "member", **limited):
        answers.save_answer(world.draft_id, LEVEL, Save(1, 0))
    for write in (
        lambda: answers.save_answer(world.draft_id, OTHER_LEVEL, Save(1, 0)),
        lambda: assessments.save_profile(world.draft_id, Profile()),
        lambda: attachments.add_attachment(world.draft_id, OTHER_LEVEL, "a.png", PNG),
        lambda: handovers.create_handover(world.draft_id, MOLDS.sector.sections[1].id, "x"),
    ):
        with pytest.raises(ForbiddenError), acting(app, world, "member", **limited):
            write()


def test_case_17_a_link_answers_its_own_section_and_nothing_else(app: Flask, world: World) -> None:
    with visiting(app, world):
        answers.save_answer(world.draft_id, LEVEL, Save(1, 0))
        attachments.add_attachment(world.draft_id, LEVEL, "a.png", PNG)
    with make.writing(app):
        (change,) = list_changes(world.draft_id, LEVEL)
        assert change.changed_by is None and change.changed_by_label == "车间主任"
    for write in (
        lambda: answers.save_answer(world.draft_id, OTHER_LEVEL, Save(1, 0)),
        lambda: answers.save_answer(world.assessment_id, LEVEL, Save(1, 0)),
        lambda: assessments.save_profile(world.draft_id, Profile()),
        lambda: assessments.submit(world.draft_id, truth_confirmed=True),
        lambda: attachments.add_attachment(world.draft_id, OTHER_LEVEL, "a.png", PNG),
    ):
        with pytest.raises((NotFoundError, LockedError)), visiting(app, world):
            write()


# ---- rounds


def test_the_next_round_starts_from_the_last_answers(app: Flask, world: World) -> None:
    save(app, world, LEVEL, 2, evidence="扫码记录", note="说明")
    with acting(app, world):
        assessments.save_profile(world.draft_id, Profile(employees=70, facts={"edm": True}, pains=(2, 3)))
    with acting(app, world):
        assessments.submit(world.draft_id, truth_confirmed=True)
    with acting(app, world):
        new = assessments.start_round(world.firm_id).id
    with make.writing(app):
        round_ = get_round(new)
        assert round_.assessment.number == 3 and round_.assessment.based_on == world.draft_id
        assert round_.answers[LEVEL].value == 2 and round_.answers[LEVEL].version == 1
        assert round_.answers[LEVEL].note == "说明" and not round_.answers[LEVEL].evidence_asked
        assert round_.assessment.profile == {"edm": True} and round_.assessment.pains == [2, 3]
        assert round_.assessment.versions["molds"] == "1" and round_.assessment.employees == 70


def test_starting_twice_goes_on_with_the_open_round(app: Flask, world: World) -> None:
    with acting(app, world):
        assert assessments.start_round(world.firm_id).id == world.draft_id


def test_two_starts_at_once_make_one_round(app: Flask, world: World) -> None:
    with make.writing(app):
        db.session.delete(db.session.get_one(Assessment, world.draft_id))
    found: list[UUID] = []

    def begin() -> None:
        with acting(app, world):
            found.append(assessments.start_round(world.firm_id).id)

    threads = [threading.Thread(target=begin) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1 and len(found) == 3


def test_the_profile_keeps_only_what_is_asked_and_tells_the_firm(app: Flask, world: World) -> None:
    facts = {"edm": False, "unattended_edm": True, "trial_machine": "unknown"}
    with acting(app, world):
        profile = Profile(employees=61, revenue_wan=Decimal("2800.5"), machines=19, facts=facts, pains=(5, 1, 2))
        assessments.save_profile(world.draft_id, profile)
    with make.writing(app):
        row = db.session.get_one(Assessment, world.draft_id)
        assert row.profile == {"edm": False, "trial_machine": "unknown"} and row.pains == [5, 1, 2]
        firm = db.session.get_one(Firm, world.firm_id)
        assert (firm.employees, firm.machines, firm.revenue_wan) == (61, 19, Decimal("2800.5"))
        event = db.session.scalar(select(AuditEvent).where(AuditEvent.kind == "assessment:profile"))
        assert event is not None and event.details["after"]["pains"] == [5, 1, 2]


@pytest.mark.parametrize(
    ("profile", "place"),
    [
        (Profile(employees=-1), "employees"),
        (Profile(employees=10**9), "employees"),
        (Profile(revenue_wan=Decimal(10**12)), "revenue_wan"),
        (Profile(machines=10**10), "machines"),
        (Profile(facts={"no_such": True}), "no_such"),
        (Profile(facts={"edm": "yes"}), "edm"),
        (Profile(facts={"machines_run_shifts": 4}), "machines_run_shifts"),
        (Profile(facts={"mould_type": "x"}), "mould_type"),
        (Profile(pains=(1, 1)), "pains"),
        (Profile(pains=(1, 2, 3, 4)), "pains"),
        (Profile(pains=(99,)), "pains"),
    ],
)
def test_a_wrong_profile_is_refused_at_its_place(app: Flask, world: World, profile: Profile, place: str) -> None:
    with pytest.raises(InputError) as caught, acting(app, world):
        assessments.save_profile(world.draft_id, profile)
    assert set(caught.value.details["problems"]) == {place}


def test_an_old_profile_page_conflicts(app: Flask, world: World) -> None:
    with make.writing(app):
        seen = assessments.fingerprint(db.session.get_one(Assessment, world.draft_id))
    with acting(app, world, "member"):
        assessments.save_profile(world.draft_id, Profile(employees=70, seen=seen))
    with pytest.raises(ConflictError), acting(app, world):
        assessments.save_profile(world.draft_id, Profile(employees=80, seen=seen))


# ---- submission


def submit(app: Flask, world: World) -> UUID:
    """Submit the open round."""
    with acting(app, world):
        return assessments.submit(world.draft_id, truth_confirmed=True).id


def test_case_22_submitting_twice_makes_one_result(app: Flask, world: World) -> None:
    assert submit(app, world) == submit(app, world)
    assert count(app, Result, assessment_id=world.draft_id) == 1
    assert count(app, AuditEvent, kind="assessment:submit") == 1


def test_two_submissions_at_once_make_one_result(app: Flask, world: World) -> None:
    threads = [threading.Thread(target=submit, args=(app, world)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(app, Result, assessment_id=world.draft_id) == 1


def test_submission_needs_the_truth_statement_and_an_answer(app: Flask, world: World) -> None:
    with pytest.raises(InputError) as caught, acting(app, world):
        assessments.submit(world.draft_id, truth_confirmed=False)
    assert caught.value.details["field"] == "truth"
    with make.writing(app):
        for answer in db.session.scalars(select(Answer).where(Answer.assessment_id == world.draft_id)):
            db.session.delete(answer)
    with pytest.raises(InputError), acting(app, world):
        assessments.submit(world.draft_id, truth_confirmed=True)


def test_case_24_a_submitted_round_refuses_every_write(app: Flask, world: World) -> None:
    submit(app, world)
    version = state(app, world, "scene_quality")[1]
    for write in (
        lambda: answers.save_answer(world.draft_id, LEVEL, Save(1, 0)),
        lambda: answers.save_section(world.draft_id, SECTION, {LEVEL: Save(1, 0)}),
        lambda: assessments.save_profile(world.draft_id, Profile(employees=1)),
        lambda: answers.save_evidence(world.draft_id, {"scene_quality": Evidence("x", version)}),
        lambda: attachments.add_attachment(world.draft_id, LEVEL, "a.png", PNG),
        lambda: attachments.remove_attachment(world.attachment_id),
        lambda: handovers.create_handover(world.draft_id, SECTION, "x"),
        lambda: handovers.revoke_handover(world.handover_id),
    ):
        with pytest.raises(LockedError), acting(app, world):
            write()
    with pytest.raises(LockedError), visiting(app, world):
        answers.save_answer(world.draft_id, LEVEL, Save(1, 0))
    assert state(app, world, LEVEL) == (None, 0) and count(app, Attachment, id=world.attachment_id) == 1


def test_evidence_that_is_asked_for_and_not_given_counts_as_one(app: Flask, world: World) -> None:
    save(app, world, LEVEL, 3)
    save(app, world, OTHER_LEVEL, 3)
    with acting(app, world):
        given = {LEVEL: Evidence("", 1), OTHER_LEVEL: Evidence("看板截图", 1)}
        assert answers.save_evidence(world.draft_id, given).is_clean
    submit(app, world)
    with make.writing(app):
        result = db.session.scalar(select(Result).where(Result.assessment_id == world.draft_id))
        assert result is not None
        assert result.payload["capabilities"][MOLDS.topic_of[LEVEL]] == 1
        assert result.payload["capabilities"][MOLDS.topic_of[OTHER_LEVEL]] == 3


def test_a_file_is_evidence_too(app: Flask, world: World) -> None:
    save(app, world, LEVEL, 3)
    with acting(app, world):
        attachments.add_attachment(world.draft_id, LEVEL, "看板.png", PNG)
        answers.save_evidence(world.draft_id, {LEVEL: Evidence("", 1)})
    submit(app, world)
    with make.writing(app):
        result = db.session.scalar(select(Result).where(Result.assessment_id == world.draft_id))
        answer = db.session.scalar(
            select(Answer).where(Answer.assessment_id == world.draft_id, Answer.item_id == LEVEL)
        )
        assert result is not None and result.payload["capabilities"][MOLDS.topic_of[LEVEL]] == 3
        assert answer is not None and answer.evidence == "看板.png"


def test_evidence_for_an_answer_that_changed_meanwhile_conflicts(app: Flask, world: World) -> None:
    save(app, world, LEVEL, 3)
    save(app, world, LEVEL, 2, 1, user="member")
    with acting(app, world):
        outcome = answers.save_evidence(world.draft_id, {LEVEL: Evidence("x", 1)})
    assert set(outcome.conflicts) == {LEVEL}


def test_the_stored_result_is_what_the_engine_says(app: Flask, world: World) -> None:
    submit(app, world)
    with make.writing(app):
        result = db.session.scalar(select(Result).where(Result.assessment_id == world.draft_id))
        assert result is not None
        assert result.level == result.payload["official"]["level"]
        assert result.score == Decimal(result.payload["official"]["score"])
        assert result.versions == result.payload["content"]


def test_range_narrows_with_answers(app: Flask, world: World) -> None:
    with make.writing(app):
        wide = get_round(world.draft_id).level_range()
    for question in MOLDS.questions.values():
        if question.kind == "level":
            version = state(app, world, question.id)[1]
            save(app, world, question.id, 0, version)
    with make.writing(app):
        narrow = get_round(world.draft_id).level_range()
    assert wide == (0, 4) and narrow[0] == 0 and narrow[1] < 4


# ---- quick look


def test_quick_answers_become_the_first_draft(app: Flask, world: World) -> None:
    with make.writing(app):
        owner = db.session.get_one(make.User, world.users["account"])
        firm = make.make_firm("新厂", sector="molds")
        make.make_membership(owner, firm)
        firm_id = firm.id
    with app.app_context():
        set_scope(Scope(user_id=world.users["account"], roles=frozenset({Role.OWNER}), firm_ids=frozenset({firm_id})))
        with transaction():
            draft = quick.adopt_quick_answers(firm_id, {LEVEL: 2, "ELE-01": 3, "network_build": "wrong"})
            assert draft is not None
            found = get_round(draft.id).answers
    assert {item: row.value for item, row in found.items()} == {LEVEL: 2}


# ---- hand-over


def test_a_link_is_stored_as_a_hash_opens_once_counts_and_ends(app: Flask, world: World) -> None:
    with acting(app, world):
        new = handovers.create_handover(world.draft_id, SECTION, "  周主管\u202e ")
        token, handover_id = new.token, new.handover.id
        assert new.handover.name == "周主管" and new.handover.token_hash == hash_secret(token) != token
        assert new.handover.expires_at - now() <= timedelta(days=7)
    with app.app_context():
        set_scope(Scope())
        with transaction():
            link = handovers.open_handover(token)
            answers.save_answer(link.assessment_id, LEVEL, Save(1, 0))
    with acting(app, world):
        shown = next(h for h in list_open_handovers(world.draft_id) if h.id == handover_id)
        assert shown.opened_at is not None and shown.items == {LEVEL}
        handovers.revoke_handover(handover_id)
    with pytest.raises(TokenError), app.app_context():
        set_scope(Scope())
        get_open_handover(hash_secret(token))


def test_an_expired_link_and_a_wrong_token_look_alike(app: Flask, world: World) -> None:
    with make.writing(app):
        db.session.get_one(Handover, world.handover_id).expires_at = now() - timedelta(seconds=1)
    for token in (HANDOVER_TOKEN, "no-such-token", ""):
        with pytest.raises(TokenError), app.app_context():
            set_scope(Scope())
            with transaction():
                handovers.open_handover(token)


@pytest.mark.parametrize("name", ["", "   ", "长" * 61, "\u202e"])
def test_a_link_needs_a_short_name(app: Flask, world: World, name: str) -> None:
    with pytest.raises(InputError), acting(app, world):
        handovers.create_handover(world.draft_id, SECTION, name)


# ---- files


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
    assert attachments.check_file(name, data) == kind


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
    ],
)
def test_case_9_files_that_lie_are_refused(name: str, data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        attachments.check_file(name, data)
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
    assert attachments.clean_name(name, "png") == shown


def test_case_9_long_chinese_names_fit() -> None:
    name = attachments.clean_name("设" * 255 + ".png", "png")
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
        attachments.get_file(key)
    assert count(app, AuditEvent, kind="attachment:remove") == 1


def test_a_file_of_another_firm_is_not_there(app: Flask, world: World) -> None:
    with pytest.raises(NotFoundError), acting(app, world):
        attachments.read_attachment(world.other_attachment_id)
    with pytest.raises(NotFoundError), acting(app, world):
        attachments.read_attachment(uuid4())


def test_an_emptied_answer_is_unanswered_again(app: Flask, world: World) -> None:
    save(app, world, LEVEL, 1)
    save(app, world, LEVEL, None, 1)
    assert state(app, world, LEVEL) == (None, 2)
    with make.writing(app):
        round_ = get_round(world.draft_id)
        assert not round_.is_done(LEVEL) and LEVEL not in round_.document()["answers"]
