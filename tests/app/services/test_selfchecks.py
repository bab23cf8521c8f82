"""Self-checks: begin, fill in together, finish, take over into the open round. On both databases."""

from __future__ import annotations

import json
import zipfile
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.access.policy import Permission
from app.access.scope import Scope, current_scope
from app.errors import InputError, LockedError, NotFoundError
from app.extensions import db
from app.models.assessments import Answer, AnswerChange, Assessment
from app.models.audit import AuditEvent
from app.models.base import now
from app.models.firms import Firm
from app.models.selfchecks import SelfCheckRun
from app.queries.assessments import get_round
from app.queries.selfchecks import get_finished_run, get_run, list_runs
from app.services import selfchecks
from app.services.exports import export_firm
from app.services.selfchecks import PartSaved, Sent, TakenOver
from tests.app import factories as make
from tests.app.services.test_assessments import acting, visiting
from tests.app.services.test_firms import acting as acting_with
from tests.app.world import CANARY, World


def opened(world: World) -> UUID:
    """The run that is being filled in."""
    return world.extra["open_run_id"]  # type: ignore[return-value]


def finished(world: World) -> UUID:
    """The run that has a result: boundary, word-of-mouth rules, two ticks."""
    return world.extra["run_id"]  # type: ignore[return-value]


def save(app: Flask, world: World, user: str = "owner", /, *, part: str = "people", **answers: Sent) -> PartSaved:
    """Save answers of one page; `SEC_01=Sent(2, None)`."""
    with acting(app, world, user):
        return selfchecks.save_part(opened(world), part, {i.replace("_", "-"): s for i, s in answers.items()}, {})


def stored(app: Flask, run_id: UUID) -> SelfCheckRun:
    """A run as it is in the database."""
    with make.writing(app):
        run = get_run(run_id)
        db.session.expunge_all()
        return run


def draft(app: Flask, world: World, **values: object) -> dict[str, tuple[object, int]]:
    """Put answers into the open round, then tell value and version of all."""
    with make.writing(app):
        round_ = db.session.get_one(Assessment, world.draft_id)
        for item, value in values.items():
            make.make_answer(round_, item, value)
    with make.writing(app):
        rows = db.session.scalars(select(Answer).where(Answer.assessment_id == world.draft_id))
        return {row.item_id: (row.value, row.version) for row in rows}


def take(app: Flask, world: World, *chosen: str, user: str = "owner", **versions: int) -> TakenOver:
    """Take changes over."""
    with acting(app, world, user):
        return selfchecks.take_over(finished(world), chosen, versions)


def offers(app: Flask, world: World) -> dict[str, tuple[object, object, str]]:
    """What could be taken over: before, after, and why not."""
    with acting(app, world):
        found = selfchecks.find_offers(get_finished_run(finished(world)), get_round(world.draft_id))
        return {o.change.id: (o.change.before, o.change.after, o.closed) for o in found}


# ---- begin


def test_a_run_begins_once_with_what_is_known(app: Flask, world: World) -> None:
    with make.writing(app):
        db.session.get_one(Assessment, world.draft_id).profile = {"holds_drawings": False, "machines_run_shifts": 2}
    with acting(app, world):
        first = selfchecks.start_run(world.firm_id, "cloud").id
    with acting(app, world, "member"):
        assert selfchecks.start_run(world.firm_id, "cloud").id == first
    run = stored(app, first)
    assert (run.number, run.version, run.facts, run.answers) == (1, "1", {"holds_drawings": False}, {})


def test_the_next_run_begins_with_the_answers_of_the_last(app: Flask, world: World) -> None:
    with acting(app, world):
        selfchecks.finish_run(opened(world))
    with acting(app, world):
        again = selfchecks.start_run(world.firm_id, "security").id
    run = stored(app, again)
    assert (run.number, run.answers, run.is_draft) == (3, make.RUN_ANSWERS, True)


@pytest.mark.parametrize("check_id", ["safety", "../security", ""])
def test_there_is_no_other_check(app: Flask, world: World, check_id: str) -> None:
    with pytest.raises(NotFoundError), acting(app, world):
        selfchecks.start_run(world.firm_id, check_id)


# ---- fill in


def test_each_answer_is_saved_for_itself_and_a_bad_one_costs_nothing_else(app: Flask, world: World) -> None:
    saved = save(app, world, SEC_01=Sent(1, 2), SEC_02=Sent(7, None), SEC_03=Sent("na", None), SEC_04=Sent("2", None))
    assert set(saved.problems) == {"SEC-02", "SEC-03", "SEC-04"} and not saved.conflicts
    assert stored(app, opened(world)).answers == make.RUN_ANSWERS | {"SEC-01": 1}


def test_two_people_on_different_questions_do_not_undo_each_other(app: Flask, world: World) -> None:
    assert save(app, world, SEC_02=Sent(2, None), SEC_03=Sent(None, None)).is_clean
    assert save(app, world, "member", SEC_03=Sent(1, None), SEC_02=Sent(None, None)).is_clean
    answers = stored(app, opened(world)).answers
    assert (answers["SEC-02"], answers["SEC-03"]) == (2, 1)


def test_two_people_on_one_question_see_both_answers(app: Flask, world: World) -> None:
    assert save(app, world, SEC_02=Sent(2, None)).is_clean
    late = save(app, world, "member", SEC_02=Sent(0, None))
    assert {k: (e.details["mine"], e.details["theirs"]) for k, e in late.conflicts.items()} == {"SEC-02": (0, 2)}
    assert stored(app, opened(world)).answers["SEC-02"] == 2
    assert save(app, world, "member", SEC_02=Sent(0, 2)).is_clean
    assert stored(app, opened(world)).answers["SEC-02"] == 0


def test_an_old_page_that_was_not_touched_changes_nothing(app: Flask, world: World) -> None:
    assert save(app, world, SEC_01=Sent(0, 2)).is_clean
    assert save(app, world, "member", SEC_01=Sent(2, 2)).is_clean
    assert stored(app, opened(world)).answers["SEC-01"] == 0


def test_a_question_of_another_page_or_check_is_not_found(app: Flask, world: World) -> None:
    for part, item in (("people", "SEC_05"), ("people", "CLD_01"), ("nowhere", "SEC_01")):
        with pytest.raises(NotFoundError):
            save(app, world, part=part, **{item: Sent(1, None)})


def test_facts_are_saved_with_the_first_page(app: Flask, world: World) -> None:
    with acting(app, world):
        saved = selfchecks.save_part(opened(world), "people", {}, {"holds_drawings": Sent(False, None)})
        assert saved.is_clean
    assert stored(app, opened(world)).facts == {"machines_connected": True, "holds_drawings": False}


# ---- finish


def test_a_finished_run_keeps_its_result_and_refuses_every_write(app: Flask, world: World) -> None:
    with acting(app, world):
        selfchecks.finish_run(opened(world))
    run = stored(app, opened(world))
    assert run.payload is not None and float(run.score or 0) == run.payload["score"] > 0
    with pytest.raises(LockedError):
        save(app, world, SEC_01=Sent(0, 2))
    with acting(app, world):
        assert selfchecks.finish_run(opened(world)).finished_at == run.finished_at


def test_nothing_answered_gives_no_result(app: Flask, world: World) -> None:
    with acting(app, world):
        run = selfchecks.start_run(world.firm_id, "cloud").id
    with pytest.raises(InputError), acting(app, world):
        selfchecks.finish_run(run)


# ---- take over


def test_only_what_is_ticked_is_taken_over_with_its_history(app: Flask, world: World) -> None:
    draft(app, world, network_security=["risk_assessment"])
    assert set(offers(app, world)) == {
        "network_security:+policy", "network_security:+products_or_services", "C32",
    }  # fmt: skip
    done = take(app, world, "network_security:+policy", "C32", network_security=1, C32=0)
    assert (done.items, done.conflicts) == (("network_security", "C32"), {})
    answers = draft(app, world)
    assert answers["network_security"] == (["policy", "risk_assessment"], 2)
    assert answers["C32"] == (1, 1)
    assert set(offers(app, world)) == {"network_security:+products_or_services"}
    with make.writing(app):
        kinds = db.session.scalars(select(AnswerChange.item_id).where(AnswerChange.item_id.in_(done.items))).all()
        event = db.session.scalar(select(AuditEvent).where(AuditEvent.kind == "selfcheck:take_over"))
        assert sorted(kinds) == ["C32", "network_security"]
        assert event is not None and event.details["items"] == ["network_security", "C32"]


def test_nothing_is_lowered_unless_it_is_chosen(app: Flask, world: World) -> None:
    draft(app, world, C32=4, data_security=["policy", "inventory_and_verification"])
    found = offers(app, world)
    assert found["data_security:-inventory_and_verification"][1] == ["policy"]
    assert found["C32"][:2] == (4, 2), "as far as open questions could still prove it"
    take(app, world, "network_security:+policy", data_security=1)
    assert draft(app, world)["data_security"] == (["policy", "inventory_and_verification"], 1)
    take(app, world, "data_security:-inventory_and_verification", data_security=1)
    assert draft(app, world)["data_security"] == (["policy"], 2)


def test_what_somebody_changed_meanwhile_is_not_written_over(app: Flask, world: World) -> None:
    draft(app, world, network_security=["risk_assessment"])
    done = take(app, world, "network_security:+policy", "C32", network_security=0, C32=0)
    assert (done.items, set(done.conflicts)) == (("C32",), {"network_security"})
    assert draft(app, world)["network_security"] == (["risk_assessment"], 1)


def test_what_is_no_longer_offered_is_passed_over(app: Flask, world: World) -> None:
    take(app, world, "C32")
    assert take(app, world, "C32", C32=1).items == ()
    assert take(app, world, "C99", "network_security:+boundary_control").items == ()
    with pytest.raises(InputError):
        take(app, world)


def test_what_the_profile_switches_off_cannot_be_chosen(app: Flask, world: World) -> None:
    with make.writing(app):
        db.session.get_one(Assessment, world.draft_id).profile = {"machines_connected": False}
    assert offers(app, world)["C32"][2] == "off"
    assert take(app, world, "C32").items == ()


def test_a_section_of_somebody_else_cannot_be_chosen(app: Flask, world: World) -> None:
    with acting(app, world, "member", sections={world.firm_id: frozenset({"nothing"})}):
        found = selfchecks.find_offers(get_finished_run(finished(world)), get_round(world.draft_id))
        assert {o.closed for o in found} == {"colleague"}
        assert selfchecks.take_over(finished(world), ["C32"], {}).items == ()


def test_without_an_open_round_nothing_is_taken_over(app: Flask, world: World) -> None:
    with make.writing(app):
        round_ = db.session.get_one(Assessment, world.draft_id)
        round_.status, round_.submitted_at = "submitted", now()
    with pytest.raises(InputError, match="No round is open"):
        take(app, world, "C32")


def test_a_draft_of_the_check_cannot_be_taken_over(app: Flask, world: World) -> None:
    with pytest.raises(NotFoundError), acting(app, world):
        selfchecks.take_over(opened(world), ["C32"], {})


# ---- whose it is


def test_a_run_of_another_firm_is_not_found(app: Flask, world: World) -> None:
    with acting(app, world, "foreign"):
        assert list_runs(world.firm_id) == []
        for run_id in (opened(world), finished(world)):
            with pytest.raises(NotFoundError):
                get_run(run_id)
            with pytest.raises(NotFoundError):
                selfchecks.finish_run(run_id)
        with pytest.raises(NotFoundError):
            selfchecks.start_run(world.firm_id, "cloud")


def test_the_visitor_of_a_section_link_reaches_no_run(app: Flask, world: World) -> None:
    with visiting(app, world):
        assert list_runs(world.firm_id) == []


@pytest.mark.parametrize(
    ("user", "permission", "reaches"),
    [
        ("consultant", Permission.SELFCHECK_READ, True),
        ("consultant", Permission.SELFCHECK_WRITE, False),
        ("coordinator", Permission.SELFCHECK_READ, False),
        ("admin", Permission.SELFCHECK_READ, False),
    ],
)
def test_who_else_reaches_the_runs(app: Flask, world: World, user: str, permission: Permission, reaches: bool) -> None:
    with acting_with(app, world, user, permission):
        assert current_scope() != Scope()
        assert bool(list_runs(world.firm_id)) is reaches


def test_the_download_holds_the_runs_of_the_firm_and_no_other(app: Flask, world: World) -> None:
    with acting_with(app, world, "owner", Permission.FIRM_EXPORT):
        archive = zipfile.ZipFile(export_firm(world.firm_id).file)
    raw = archive.read("firm.json").decode()
    runs = json.loads(raw)["self_checks"]
    assert [(r["check_id"], r["number"], r["status"]) for r in runs] == [
        ("security", 1, "finished"), ("security", 2, "draft"),
    ]  # fmt: skip
    assert runs[0]["answers"] == make.RUN_ANSWERS and runs[0]["payload"]["check"] == "security"
    assert CANARY not in raw


def test_the_runs_go_with_the_firm(app: Flask, world: World) -> None:
    with make.writing(app):
        db.session.delete(db.session.get_one(Firm, world.firm_id))
    with make.writing(app):
        left = db.session.scalar(select(func.count(SelfCheckRun.id)).where(SelfCheckRun.firm_id == world.firm_id))
        assert left == 0
        assert db.session.scalar(select(func.count(SelfCheckRun.id))) == 1
