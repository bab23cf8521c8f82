"""The states of a verification: who may take which step from where, and what each leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.policy import Permission as P
from app.access.scope import system_scope
from app.errors import ConflictError, DomainError, ForbiddenError, InputError, NotFoundError
from app.extensions import db
from app.files import get_file, put_file
from app.models.audit import AuditEvent
from app.models.base import now
from app.models.engagements import Engagement
from app.models.messages import Message
from app.models.results import Result
from app.models.verifications import Finding, FindingFile, Reply, Verification
from app.queries.results import find_published_result
from app.queries.verifications import find_open_verification, find_verified, list_verified, mark_of
from app.services import findings, firms
from app.services import verifications as service
from app.services.findings import FindingSave
from tests.app import factories as make
from tests.app.services.test_firms import acting, count
from tests.app.verified import STATES, make_finding, make_finding_file, make_verification
from tests.app.world import World

STEPS: dict[str, tuple[P, Callable[[UUID], Any]]] = {
    "submit": (P.VERIFICATION_WRITE, service.submit),
    "take_back": (P.VERIFICATION_WRITE, service.take_back),
    "reply": (P.VERIFICATION_REPLY, lambda row_id: service.reply(row_id, "scene_quality", Reply.ACCEPTED, "")),
    "send_answer": (P.VERIFICATION_REPLY, lambda row_id: service.send_answer(row_id, accept_rest=True)),
    "verify": (P.VERIFICATION_WRITE, lambda row_id: service.verify(row_id, settle=True)),
    "reopen": (P.VERIFICATION_WRITE, service.reopen),
    "give_up": (P.VERIFICATION_WRITE, service.give_up),
}
REFUSED = "refused"
#              draft        submitted            answered             changes_requested    verified    closed
AFTERWARDS = {
    "submit": ("submitted", "submitted", "submitted", "submitted", REFUSED, REFUSED),
    "take_back": ("draft", "draft", REFUSED, REFUSED, REFUSED, REFUSED),
    "reply": (REFUSED, "submitted", REFUSED, REFUSED, REFUSED, REFUSED),
    "send_answer": (REFUSED, "submitted", REFUSED, REFUSED, REFUSED, REFUSED),
    "verify": (REFUSED, REFUSED, "verified", "verified", "verified", REFUSED),
    "reopen": ("draft", "submitted", "submitted", "changes_requested", "verified", REFUSED),
    "give_up": ("closed", "closed", "closed", "closed", REFUSED, "closed"),
}


def begun(app: Flask, world: World, state: str = "draft", reply: str = "", **values: Any) -> UUID:
    """A verification in this state whose one finding lowers quality from 2 to 1."""
    with make.writing(app):
        row = make_verification(world.assessment_id, state, user_id=world.users["consultant"], **values)
        make_finding(row, "scene_quality", 2, "down", 1, reply=reply, note="只有纸质记录")
        return row.id


def stored(app: Flask, row_id: UUID) -> Verification:
    """The row as it is now, to read its columns."""
    with app.app_context(), system_scope():
        row = db.session.get_one(Verification, row_id)
        _ = row.findings
        db.session.expunge_all()
        return row


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("number", range(len(STATES)), ids=STATES)
def test_each_step_from_each_state(app: Flask, world: World, step: str, number: int) -> None:
    row_id, expected = begun(app, world, STATES[number]), AFTERWARDS[step][number]
    permission, act = STEPS[step]
    visitor = "owner" if permission is P.VERIFICATION_REPLY else "consultant"
    before = stored(app, row_id).state
    if expected == REFUSED:
        with pytest.raises(ConflictError), acting(app, world, visitor, permission):
            act(row_id)
        assert stored(app, row_id).state == before
    else:
        with acting(app, world, visitor, permission):
            act(row_id)
        assert stored(app, row_id).state == expected


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("visitor", ["foreign", "coordinator", "admin", "account"])
def test_nobody_else_reaches_a_verification(app: Flask, world: World, step: str, visitor: str) -> None:
    row_id = begun(app, world, "submitted")
    permission, act = STEPS[step]
    with pytest.raises(NotFoundError), acting(app, world, visitor, permission):
        act(row_id)
    assert stored(app, row_id).state == "submitted"


@pytest.mark.parametrize("step", [s for s in STEPS if STEPS[s][0] is P.VERIFICATION_WRITE])
def test_an_ended_engagement_takes_it_out_of_reach(app: Flask, world: World, step: str) -> None:
    row_id = begun(app, world)
    with make.writing(app):
        db.session.get_one(Engagement, world.engagement_id).ended_at = now()
    with pytest.raises(NotFoundError), acting(app, world, "consultant", P.VERIFICATION_WRITE):
        STEPS[step][1](row_id)


@pytest.mark.parametrize("step", [s for s in STEPS if STEPS[s][0] is P.VERIFICATION_WRITE])
def test_nobody_verifies_his_own_firm(app: Flask, world: World, step: str) -> None:
    row_id = begun(app, world)
    with make.writing(app):
        consultant = db.session.get_one(make.User, world.users["consultant"])
        make.make_membership(consultant, db.session.get_one(make.Firm, world.firm_id), "member")
    with pytest.raises(ForbiddenError, match="belong"), acting(app, world, "consultant", P.VERIFICATION_WRITE):
        STEPS[step][1](row_id)


def test_a_draft_round_is_not_verified(app: Flask, world: World) -> None:
    with pytest.raises(ConflictError, match="not submitted"), acting(app, world, "consultant", P.VERIFICATION_WRITE):
        service.begin(world.draft_id)


def test_two_who_begin_get_the_same(app: Flask, world: World) -> None:
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        first = service.begin(world.assessment_id).id
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        assert service.begin(world.assessment_id).id == first


def test_nothing_is_sent_without_a_finding(app: Flask, world: World) -> None:
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        row_id = service.begin(world.assessment_id).id
    with pytest.raises(InputError, match="no finding"), acting(app, world, "consultant", P.VERIFICATION_WRITE):
        service.submit(row_id)


def test_an_objection_has_its_reason_and_leads_back_to_the_consultant(app: Flask, world: World) -> None:
    row_id = begun(app, world, "submitted")
    for said, text in ((Reply.OBJECTED, "  "), (Reply.NONE, "?"), (Reply.OBJECTED, "长" * 2001)):
        with pytest.raises(InputError), acting(app, world, "member", P.VERIFICATION_REPLY):
            service.reply(row_id, "scene_quality", said, text)
    with acting(app, world, "member", P.VERIFICATION_REPLY):
        service.reply(row_id, "scene_quality", Reply.OBJECTED, "云表里有")
    with acting(app, world, "owner", P.VERIFICATION_REPLY):
        service.send_answer(row_id, "请再看一次")
    row = stored(app, row_id)
    assert (row.state, row.answer, row.findings[0].reply_text) == ("changes_requested", "请再看一次", "云表里有")
    assert row.findings[0].replied_by == world.users["member"]


def test_every_correction_needs_a_reply_unless_the_rest_is_accepted(app: Flask, world: World) -> None:
    row_id = begun(app, world, "submitted")
    with pytest.raises(InputError, match="no reply"), acting(app, world, "owner", P.VERIFICATION_REPLY):
        service.send_answer(row_id)
    with acting(app, world, "owner", P.VERIFICATION_REPLY):
        service.send_answer(row_id, accept_rest=True)
    row = stored(app, row_id)
    assert (row.state, row.findings[0].reply, row.answered_at is not None) == ("submitted", "accepted", True)


def test_a_reply_to_an_item_without_finding_is_not_found(app: Flask, world: World) -> None:
    row_id = begun(app, world, "submitted")
    with pytest.raises(NotFoundError), acting(app, world, "owner", P.VERIFICATION_REPLY):
        service.reply(row_id, "scene_energy", Reply.ACCEPTED, "")


def test_verified_stores_one_result_beside_the_claim(app: Flask, world: World) -> None:
    row_id = begun(app, world, "answered")
    for _click in range(2):
        with acting(app, world, "consultant", P.VERIFICATION_WRITE):
            service.verify(row_id)
    with app.app_context(), system_scope():
        row = db.session.get_one(Verification, row_id)
        results = db.session.scalars(select(Result).where(Result.assessment_id == world.assessment_id)).all()
        verified = next(r for r in results if r.id == row.result_id)
        assert len(results) == 2 and not verified.current and not verified.benchmarked
        assert verified.basis == "verified" and verified.previous_id is None
        assert verified.payload["official"]["evidenced"]["level"] == verified.level
        assert verified.payload["capabilities"]["C20"] == 1
        published = find_published_result(world.assessment_id)
        assert published is not None and published.id == world.result_id and published.current
        assert published.payload["capabilities"]["C20"] == 2
        assert (row.by_name, row.user_id) == ("consultant", world.users["consultant"])
        assert list_verified([world.assessment_id])[world.assessment_id].result.id == verified.id


def test_the_firm_has_ten_days(app: Flask, world: World) -> None:
    row_id = begun(app, world, "submitted", submitted_at=now() - timedelta(days=9, hours=23))
    with pytest.raises(ConflictError, match="not answered"), acting(app, world, "consultant", P.VERIFICATION_WRITE):
        service.verify(row_id)
    with make.writing(app):
        db.session.get_one(Verification, row_id).submitted_at = now() - timedelta(days=10)
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        service.verify(row_id)
    row = stored(app, row_id)
    assert row.state == "verified" and row.answered_at is None


def test_an_objection_that_stays_is_settled_on_purpose_and_kept(app: Flask, world: World) -> None:
    row_id = begun(app, world, "changes_requested", reply="objected")
    with pytest.raises(InputError, match="objects"), acting(app, world, "consultant", P.VERIFICATION_WRITE):
        service.verify(row_id)
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        service.verify(row_id, settle=True)
    assert stored(app, row_id).findings[0].reply == "objected"


def test_what_changed_after_the_answer_goes_to_the_firm_again(app: Flask, world: World) -> None:
    row_id = begun(app, world, "changes_requested", reply="objected")
    with make.writing(app):
        finding = db.session.scalars(select(Finding)).one()
        finding.updated_at, finding.version, finding.reply = now(), 2, ""
    with pytest.raises(ConflictError, match="again"), acting(app, world, "consultant", P.VERIFICATION_WRITE):
        service.verify(row_id, settle=True)
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        service.submit(row_id)
    row = stored(app, row_id)
    assert row.state == "submitted" and row.answered_at is None


def delete(row_id: UUID) -> None:
    findings.save_finding(row_id, "scene_quality", FindingSave(findings.CLEARED, version=1))


def put_back(row_id: UUID) -> None:
    """Deleted, and noted anew in the first version, but worse."""
    delete(row_id)
    findings.save_finding(row_id, "scene_quality", FindingSave(findings.CORRECTED, 0))


CHANGES: dict[str, Callable[[UUID], Any]] = {
    "change": lambda row_id: findings.save_finding(row_id, "scene_quality", FindingSave("corrected", 0, version=1)),
    "note": lambda row_id: findings.save_finding(row_id, "scene_quality", FindingSave("corrected", 1, "另一句话", 1)),
    "delete": delete,
    "put back": put_back,
    "add": lambda row_id: findings.save_finding(row_id, "scene_purchasing", FindingSave("corrected", 1)),
    "remark": lambda row_id: findings.save_visit(row_id, None, "另有一句话", (None, "")),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("settle", [False, True])
def test_nothing_is_settled_that_the_firm_has_not_seen_as_it_is(
    app: Flask, world: World, change: str, settle: bool
) -> None:
    row_id = begun(app, world, "submitted")
    with make.writing(app):
        make_finding(db.session.get_one(Verification, row_id), "scene_energy", 1, "agreed", 1)
    with acting(app, world, "owner", P.VERIFICATION_REPLY):
        service.reply(row_id, "scene_quality", Reply.OBJECTED, "云表里有")
    with acting(app, world, "owner", P.VERIFICATION_REPLY):
        service.send_answer(row_id)
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        CHANGES[change](row_id)
    with pytest.raises(ConflictError, match="again"), acting(app, world, "consultant", P.VERIFICATION_WRITE):
        service.verify(row_id, settle=settle)
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        service.submit(row_id)
    with pytest.raises(ConflictError, match="not answered"), acting(app, world, "consultant", P.VERIFICATION_WRITE):
        service.verify(row_id, settle=settle)
    with acting(app, world, "owner", P.VERIFICATION_REPLY):
        service.send_answer(row_id, accept_rest=True)
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        service.verify(row_id, settle=True)
    assert stored(app, row_id).state == "verified"


def test_nothing_is_answered_or_settled_unseen(app: Flask, world: World) -> None:
    row_id = begun(app, world, "submitted")
    mark = mark_of(stored(app, row_id))
    with make.writing(app):
        db.session.scalars(select(Finding)).one().version = 2
    calls: tuple[tuple[str, P, Callable[[], Any]], ...] = (
        ("owner", P.VERIFICATION_REPLY, lambda: service.send_answer(row_id, accept_rest=True, seen=mark)),
        ("owner", P.VERIFICATION_REPLY, lambda: service.reply(row_id, "scene_quality", Reply.ACCEPTED, "", mark)),
        ("consultant", P.VERIFICATION_WRITE, lambda: service.verify(row_id, seen=mark)),
    )
    for visitor, permission, act in calls:
        with pytest.raises(ConflictError, match="have changed"), acting(app, world, visitor, permission):
            act()
    with acting(app, world, "owner", P.VERIFICATION_REPLY):
        service.reply(row_id, "scene_quality", Reply.ACCEPTED, "", mark_of(stored(app, row_id)))


def test_reopening_keeps_the_old_result_until_the_new_one_is_verified(app: Flask, world: World) -> None:
    old_id = begun(app, world, "verified")
    old = stored(app, old_id)
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        fresh_id = service.reopen(old_id).id
        assert service.reopen(old_id).id == fresh_id
    fresh = stored(app, fresh_id)
    assert (fresh.number, fresh.state) == (2, "draft") and stored(app, old_id).state == "verified"
    copied = fresh.findings[0]
    assert (copied.item_id, copied.verdict, copied.value, copied.note) == ("scene_quality", "down", 1, "只有纸质记录")
    assert (copied.version, copied.reply) == (1, "")
    with app.app_context(), system_scope():
        known = find_verified(world.assessment_id)
        assert known is not None and known.id == old_id
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        service.submit(fresh_id)
    with acting(app, world, "owner", P.VERIFICATION_REPLY):
        service.send_answer(fresh_id, accept_rest=True)
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        service.verify(fresh_id)
    after = stored(app, old_id)
    assert (after.state, after.result_id) == ("closed", old.result_id)
    with app.app_context(), system_scope():
        assert list_verified([world.assessment_id])[world.assessment_id].result.id == stored(app, fresh_id).result_id


def test_giving_up_a_reopened_one_leaves_the_verified_one(app: Flask, world: World) -> None:
    old_id = begun(app, world, "verified")
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        fresh_id = service.reopen(old_id).id
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        service.give_up(fresh_id)
    assert (stored(app, old_id).state, stored(app, fresh_id).state) == ("verified", "closed")
    with app.app_context(), system_scope():
        assert find_open_verification(world.assessment_id) is None


def test_a_verified_round_is_opened_again_on_purpose_only(app: Flask, world: World) -> None:
    begun(app, world, "verified")
    with (
        pytest.raises(ConflictError, match="Open the verification"),
        acting(app, world, "consultant", P.VERIFICATION_WRITE),
    ):
        service.begin(world.assessment_id)


def test_the_other_side_is_told_in_its_language_and_every_step_is_recorded(app: Flask, world: World) -> None:
    with make.writing(app):
        db.session.get_one(make.User, world.users["owner"]).locale = "en"
    row_id = begun(app, world)
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        service.submit(row_id)
    with acting(app, world, "owner", P.VERIFICATION_REPLY):
        service.send_answer(row_id, accept_rest=True)
    with acting(app, world, "consultant", P.VERIFICATION_WRITE):
        service.verify(row_id)
    with app.app_context(), system_scope():
        sent = db.session.scalars(select(Message).order_by(Message.created_at)).all()
        told = [(m.kind, m.user_id) for m in sent if m.kind.startswith("verification")]
        owner, consultant = world.users["owner"], world.users["consultant"]
        assert told == [
            ("verification_sent", owner), ("verification_answered", consultant), ("verification_settled", owner)
        ]  # fmt: skip
        english, chinese = sent[-3].body, sent[-2].body
        assert "Please answer" in english and "http" in english and "核实" in chinese
        assert "只有纸质记录" not in "".join(m.body for m in sent)
        kinds = set(db.session.scalars(select(AuditEvent.kind).where(AuditEvent.subject == str(row_id))))
        assert kinds == {"verification:submit", "verification:answer", "verification:verify"}


def test_a_message_about_an_answer_goes_to_nobody_whose_engagement_ended(app: Flask, world: World) -> None:
    row_id = begun(app, world, "submitted")
    with make.writing(app):
        db.session.get_one(Engagement, world.engagement_id).ended_at = now()
    with acting(app, world, "owner", P.VERIFICATION_REPLY):
        service.send_answer(row_id, accept_rest=True)
    with app.app_context(), system_scope():
        assert not db.session.scalars(select(Message).where(Message.kind == "verification_answered")).all()


def test_a_refused_step_says_why(app: Flask, world: World) -> None:
    row_id = begun(app, world, "closed")
    with pytest.raises(DomainError, match="closed"), acting(app, world, "consultant", P.VERIFICATION_WRITE):
        service.submit(row_id)


def test_a_deleted_firm_leaves_no_finding_no_photo_and_no_verified_result(app: Flask, world: World) -> None:
    with make.writing(app):
        old = make_verification(world.assessment_id, "closed", verified_at=now(), result_id=world.result_id)
        row = make_verification(world.assessment_id, "verified", number=2)
        for verification in (old, row):
            make_finding(verification, "scene_quality", 2, "down", 1)
        key = make_finding_file(row, "scene_quality").file_key
        put_file(key, b"photo")
    with acting(app, world, "owner", P.FIRM_DELETE):
        firms.delete_firm(world.firm_id, confirmed_name="示例模具厂")
    for model in (Verification, Finding, FindingFile, Result):
        assert count(app, model, firm_id=world.firm_id) == 0
    with app.app_context(), pytest.raises(NotFoundError):
        get_file(key)


def test_two_who_settle_at_the_same_moment_store_one_result(app: Flask, world: World) -> None:
    row_id, start, failed = begun(app, world, "answered"), Barrier(2), []

    def settle() -> None:
        try:
            start.wait()
            with acting(app, world, "consultant", P.VERIFICATION_WRITE):
                service.verify(row_id)
        except Exception as error:  # a thread's exception would be lost
            failed.append(error)

    threads = [Thread(target=settle) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed and count(app, Result, basis="verified") == 1
    assert count(app, AuditEvent, kind="verification:verify") == 1
