"""Rounds: begin, describe the firm, submit, adopt a quick look. On both databases.

Named cases of the platform's lessons: 22, 24.
"""

from __future__ import annotations

import threading
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.roles import Role
from app.access.scope import Scope, set_scope
from app.errors import ConflictError, InputError, LockedError
from app.extensions import db
from app.models.assessments import Answer, Assessment
from app.models.attachments import Attachment
from app.models.audit import AuditEvent
from app.models.firms import Firm
from app.models.results import Result
from app.queries.answers import list_answers
from app.queries.assessments import get_round
from app.services import answers, assessments, attachments, handovers, quick
from app.services.answers import Evidence, Save
from app.services.assessments import Profile
from app.transaction import transaction
from tests.app import factories as make
from tests.app.services.rounds import LEVEL, MOLDS, OTHER_LEVEL, PNG, acting, count, save, state, submit, visiting
from tests.app.world import SECTION, World

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


def test_files_stay_with_their_round_and_so_do_their_names(app: Flask, world: World) -> None:
    save(app, world, LEVEL, 3)
    save(app, world, OTHER_LEVEL, 3, evidence="看板截图")
    with acting(app, world):
        attachments.add_attachment(world.draft_id, LEVEL, "看板.png", PNG)
    submit(app, world)
    with acting(app, world):
        following = assessments.start_round(world.firm_id).id
    with make.writing(app):
        copied = {a.item_id: a.evidence for a in list_answers(following)}
        assert copied[LEVEL] is None and copied[OTHER_LEVEL] == "看板截图"


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
