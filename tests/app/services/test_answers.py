"""Saving answers with versions, and who may. On both databases.

Named cases of the platform's lessons: 3, 17, 22, 23, 24, 26, 27, 33.
"""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.errors import BadAnswerError, ForbiddenError, LockedError, NotFoundError, StaleAnswerError
from app.extensions import db
from app.models.assessments import Answer, AnswerChange
from app.models.base import now
from app.queries.assessments import get_round, list_changes
from app.services import answers, assessments, attachments, handovers
from app.services.answers import Save
from app.services.assessments import Profile
from tests.app import factories as make
from tests.app.services.rounds import LEVEL, MOLDS, OTHER_LEVEL, PNG, acting, count, save, state, visiting
from tests.app.world import SECTION, World


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


def test_an_emptied_answer_is_unanswered_again(app: Flask, world: World) -> None:
    save(app, world, LEVEL, 1)
    save(app, world, LEVEL, None, 1)
    assert state(app, world, LEVEL) == (None, 2)
    with make.writing(app):
        round_ = get_round(world.draft_id)
        assert not round_.is_done(LEVEL) and LEVEL not in round_.document()["answers"]
