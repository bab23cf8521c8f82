"""Rounds that the demo consultant verifies, one for each state, of an owner who signs in like the demo accounts."""

from __future__ import annotations

from flask import Flask
from flask_security.utils import hash_password
from sqlalchemy import select

from app.extensions import db
from app.models.assessments import Assessment
from app.models.base import now
from app.models.users import User
from app.models.verifications import VerificationState
from app.queries.access import today
from app.services.verifications import store_result
from tests.app import factories as make
from tests.app.rounds import SAID, make_round, persona
from tests.app.verified import make_finding, make_finding_file, make_verification
from tests.e2e.site import DEMO_PASSWORD

OWNER = "verified"
PACKED = 120_000  # milliseconds at most for a bundle of the demo
STATES = ("draft", "submitted", "changes_requested", "verified")


def make_rounds(app: Flask) -> dict[str, str]:
    """The address of a round by the state of its verification; each is of another firm of the same owner."""
    with make.writing(app):
        consultant = db.session.scalars(select(User).where(User.email == "consultant@demo.example")).one()
        owner = make.make_user("何老板", email=f"{OWNER}@demo.example")
        owner.password = hash_password(DEMO_PASSWORD)
        make.make_block(consultant, title="检验记录", text_en="The inspection records of {firm} are complete.")
        return {state: _make(state, owner, consultant) for state in STATES}


def _make(state: str, owner: User, consultant: User) -> str:
    firm = make.make_firm(f"东莞市横沥镇要看的精密模具厂（{STATES.index(state) + 1}号车间）")
    make.make_membership(owner, firm)
    make.make_engagement(firm, consultant)
    assessment = db.session.get_one(Assessment, make_round(firm, persona("P01"), SAID).assessment_id)
    objected = state == VerificationState.CHANGES_REQUESTED
    row = make_verification(
        assessment.id,
        "answered" if state == "verified" else state,
        user_id=consultant.id,
        by_name=consultant.name,
        remark="注塑车间看了两条线，检验室没有开。",
        answer="采购那一条我们不同意。" if objected else "",
    )
    reply = {"reply": "objected", "reply_text": "系统里有订单，当天采购员不在。"} if objected else {}
    make_finding(row, "scene_purchasing", 3, "down", 1, note="订单在微信里，没有进系统。", **reply)
    make_finding(row, "scene_quality", 2, "agreed", 2, note="每批都有记录。")
    make_finding(row, "information_systems", "two_or_more", "not_seen", None, note="当天没有看到。")
    make_finding(row, "equipment_digital_rate", {"part": 5, "whole": 18}, "up", {"part": 12, "whole": 18})
    make_finding_file(row, "scene_purchasing", name="IMG_20260105_093012_采购台账_第一页.jpg")
    if state == "verified":
        row.result, row.state, row.verified_at = store_result(row), state, now()
        texts = {"summary": "先把采购订单放进系统。", "findings": {"production": "两条线的报工要同步。"}}
        make.make_diagnosis(assessment, by_name=consultant.name, texts={"zh": texts})
    make.make_action(assessment)
    make.make_action(
        assessment,
        "每条生产线每天下班前在云表里报工，由班组长核对后交生产主管",
        position=2,
        state="done",
        since=today(),
    )
    return f"/assessments/{assessment.id}"
