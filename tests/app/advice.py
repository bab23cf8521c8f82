"""What a consultant has done for a submitted round: a settled verification, a signed diagnosis, agreed actions."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Flask

from app.extensions import db
from app.models.actions import Action
from app.models.assessments import Assessment
from app.models.base import now
from app.models.diagnoses import Diagnosis
from app.models.results import Basis, Result
from app.models.verifications import Finding, Verification, VerificationState
from scoring import assess, load_catalogue
from scoring.verification import verified_document
from tests.app import factories as make
from tests.app.rounds import Golden

NAME = "李顾问"
VISIT = date(2026, 3, 17)
FOUND: dict[str, dict[str, Any]] = {
    "scene_quality": {"verdict": "agreed", "claimed": 2, "value": 2, "note": "检验单逐张看过"},
    "scene_purchasing": {"verdict": "down", "claimed": 3, "value": 1, "note": "订单只在微信里"},
    "C10": {"verdict": "up", "claimed": 0, "value": 1, "note": ""},
    "scene_finance": {"verdict": "not_seen", "claimed": 2, "value": None, "note": "账套打不开"},
}
"""One finding of each kind, for the golden round."""


def verify(app: Flask, golden: Golden, found: dict[str, dict[str, Any]] | None = None, *, number: int = 1) -> UUID:
    """A settled verification of a round by NAME; the id of its result."""
    with make.writing(app):
        assessment = db.session.get_one(Assessment, golden.assessment_id)
        findings = FOUND if found is None else found
        document = verified_document(golden.document, findings)
        payload = assess(document, load_catalogue(assessment.sector))
        shown = payload["official"]["evidenced"]
        result = Result(
            firm_id=assessment.firm_id, assessment_id=assessment.id, engine="1", basis=Basis.VERIFIED.value,
            versions=payload["content"], level=shown["level"], score=Decimal(shown["score"]), payload=payload,
        )  # fmt: skip
        row = Verification(
            firm_id=assessment.firm_id, assessment_id=assessment.id, number=number, by_name=NAME, visited_on=VISIT,
            state=VerificationState.VERIFIED.value, verified_at=now(), result_id=result.id,
        )  # fmt: skip
        db.session.add_all([result, row])
        for item, values in findings.items():
            reply = (
                {"reply": "accepted"}
                if item != "scene_finance"
                else {"reply": "objected", "reply_text": "账在会计那里"}
            )
            db.session.add(Finding(firm_id=row.firm_id, verification_id=row.id, item_id=item, **values, **reply))
        return result.id


def diagnose(app: Flask, golden: Golden, *, signed: bool = True, **texts: str) -> UUID:
    """A diagnosis in Chinese: `texts` are the summary and findings by dimension."""
    findings = {place: text for place, text in texts.items() if place != "summary"}
    with make.writing(app):
        row = Diagnosis(
            firm_id=golden.firm_id, assessment_id=golden.assessment_id, by_name=NAME, version=1,
            texts={"zh": {"summary": texts.get("summary", "先把检验数据用起来。"), "findings": findings}},
            signed_at=now() if signed else None,
        )  # fmt: skip
        db.session.add(row)
        return row.id


def agree(app: Flask, golden: Golden, text: str = "采购订单进系统", *, position: int = 1, **values: Any) -> UUID:
    """An agreed action, due yesterday unless told otherwise."""
    values = {"owner": "陈主管", "due_on": (now() - timedelta(days=1)).date(), **values}
    with make.writing(app):
        row = Action(firm_id=golden.firm_id, assessment_id=golden.assessment_id, position=position, text=text, **values)
        db.session.add(row)
        return row.id
