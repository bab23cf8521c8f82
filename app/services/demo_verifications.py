"""Verified rounds of made-up firms: what a consultant found beside each claim. Firms claim too much rather than too
little, more so for some questions than for others and less where they named a record, as calibration is to show."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from app.extensions import db
from app.models.assessments import Answer
from app.models.engagements import Engagement
from app.models.firms import Firm
from app.models.users import User
from app.models.verifications import Finding, Reply, Verdict, Verification, VerificationState
from app.queries.answers import list_answers
from app.queries.results import find_current_result
from app.services.demo_rounds import SHOWN, Maker
from app.services.verifications import store_result
from scoring.content.catalogue import Catalogue
from scoring.content.loader import load_catalogue
from scoring.content.model import Question

_VISITED, _SENT, _SETTLED = timedelta(days=6), timedelta(days=7), timedelta(days=11)
"""After the firm has submitted its round."""
_NOTES = {
    Verdict.AGREED: ("", "", "现场看过，与填写一致。"),
    Verdict.DOWN: ("只在一条线上这样做，其余仍靠口头。", "有表格，但最近两个月没有填。", "系统里有，班组没有用起来。"),
    Verdict.UP: ("比填写的做得好：现场已经用起来了。",),
    Verdict.NOT_SEEN: ("当天没有看到记录，说是在另一台电脑上。",),
}


_NOT_YET = 15
"""A mould shop that has submitted in the open round, where its cluster sees it at this step."""


def is_verified(number: int, *, many: bool) -> bool:
    """Whether the last round of the firm with this number has been verified: four of five, in a large demo two. Those
    whose owners get a login, or that a consultant is engaged for now, are left to `demo_advice` and to the visitor."""
    return number not in (*SHOWN, _NOT_YET) and number % 4 != 1 and number % 5 in ((1, 2) if many else (0, 1, 2, 3))


def make_verification(maker: Maker, firm: Firm, by: User) -> None:
    """The firm's last submitted round, verified by this consultant, whose engagement ended with it."""
    result = find_current_result(firm.id)
    if result is None or result.assessment.submitted_at is None:
        return
    assessment, submitted = result.assessment, result.assessment.submitted_at
    catalogue = load_catalogue(assessment.sector, result.payload["content"])
    row = Verification(
        id=maker.new_id(), firm_id=firm.id, assessment_id=assessment.id, user_id=by.id, by_name=by.name,
        state=VerificationState.VERIFIED.value, visited_on=(submitted + _VISITED).date(),
        begun_at=submitted + timedelta(days=2), submitted_at=submitted + _SENT,
        answered_at=submitted + timedelta(days=9), verified_at=submitted + _SETTLED,
    )  # fmt: skip
    for answer in list_answers(assessment.id):
        finding = _find(maker, catalogue, answer)
        if finding is not None:
            finding.updated_at, finding.updated_by_label = submitted + _VISITED, by.name
            finding.reply, finding.replied_at = Reply.ACCEPTED.value, row.answered_at
            row.findings.append(finding)
    row.result = store_result(row)
    db.session.add(row)
    db.session.add(
        Engagement(
            id=maker.new_id(), firm_id=firm.id, user_id=by.id, asked_at=submitted, agreed_at=submitted,
            visit_on=row.visited_on, ended_at=row.verified_at,
        )
    )  # fmt: skip


def _find(maker: Maker, catalogue: Catalogue, answer: Answer) -> Finding | None:
    """What was found for one answer; nothing for what was not looked at."""
    question = catalogue.questions[answer.item_id]
    if answer.value in (None, "na", "unknown") or maker.random.random() < 0.1:
        return None
    tempting = Random(answer.item_id).uniform(0, 0.75)
    named = bool(answer.evidence)
    claim_of_record = question.kind == "level" and answer.value >= 2 and answer.evidence_asked and not named
    verdict, value, turn = Verdict.AGREED, answer.value, maker.random.random()
    if claim_of_record and maker.random.random() < 0.25:
        verdict, value = Verdict.NOT_SEEN, None
    elif turn < (0.08 + tempting) * (0.5 if named else 1):
        value = _lower(question, answer.value, maker.random)
        verdict = Verdict.DOWN if value != answer.value else Verdict.AGREED
    elif turn > 0.95 and question.kind == "level" and answer.value < 4:
        verdict, value = Verdict.UP, answer.value + 1
    return Finding(
        id=maker.new_id(),
        firm_id=answer.firm_id,
        item_id=answer.item_id,
        claimed=answer.value,
        verdict=verdict.value,
        value=value,
        note=maker.random.choice(_NOTES[verdict]),
    )


def _lower(question: Question, value: Any, random: Random) -> Any:
    """An answer that claims somewhat less; the same one where there is no less."""
    match question.kind:
        case "level":
            return max(0, value - random.choice((1, 1, 1, 2)))
        case "multiple":
            return value[:-1]
        case "rate" if "part" in value:
            return {**value, "part": round(value["part"] * 0.7)}
    return value
