"""An open round moves to newer content: what its answers become is shown first, and done in one step when asked for.

Submitted rounds keep the content that they were submitted with. Nothing is lost without a trace: what is dropped stays
in the history of its answer and in the audit log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.errors import N_, ConflictError
from app.extensions import db
from app.models.assessments import Answer, Assessment
from app.models.attachments import Attachment
from app.queries.answers import list_answers
from app.queries.assessments import AnswerRow, Round, find_newer_content, read_round
from app.queries.handovers import list_open_handovers
from app.services import audit
from app.services.answers import answer_state, lock_draft, record_change, require_whole_round, touch
from app.services.assessments import fits
from app.services.handovers import revoke_handover
from scoring.content.catalogue import Catalogue
from scoring.content.difference import Difference, QuestionFate, compare


@dataclass(frozen=True, slots=True)
class Moved:
    """What becomes of one answer: `item` and `value` afterwards, `item` None where it is dropped."""

    before: str
    answer: Any
    item: str | None
    value: Any
    fate: QuestionFate | None

    @property
    def is_dropped(self) -> bool:
        """True where the answer has to be given anew, or its question is gone."""
        return self.item is None


@dataclass(frozen=True, slots=True)
class Renewal:
    """Everything that moving a round to newer content does. `profile` are the facts as they become; `facts` and
    `pains` those that no longer fit."""

    target: Catalogue
    difference: Difference
    answers: tuple[Moved, ...]
    profile: dict[str, Any]
    facts: dict[str, Any]
    pains: tuple[int, ...]

    @property
    def dropped(self) -> list[Moved]:
        """The answers that do not stay."""
        return [m for m in self.answers if m.is_dropped]

    @property
    def mapped(self) -> list[Moved]:
        """The answers that go to a question with another id."""
        return [m for m in self.answers if m.item not in (None, m.before)]


def plan_renewal(round_: Round) -> Renewal | None:
    """What moving an open round to the newest content would do; None where there is nothing newer."""
    require_whole_round(round_.assessment)
    target = find_newer_content(round_)
    return None if target is None else _plan(round_.assessment, round_.catalogue, target, round_.answers.values())


def _plan(assessment: Assessment, before: Catalogue, target: Catalogue, rows: Iterable[Answer | AnswerRow]) -> Renewal:
    difference = compare(before, target)
    fates = {f.before.id: f for f in difference.fates if f.before is not None}
    moved = []
    for row in rows:
        if row.value is None or row.item_id not in before.questions:
            continue
        item, value = difference.carry(row.item_id, row.value) or (None, None)
        moved.append(Moved(row.item_id, row.value, item, value, fates.get(row.item_id)))
    given = {name: _fact(target, name, value) for name, value in assessment.profile.items()}
    profile = {name: value for name, value in given.items() if fits(target, name, value)}
    return Renewal(
        target=target,
        difference=difference,
        answers=tuple(moved),
        profile=profile,
        facts={name: value for name, value in assessment.profile.items() if name not in profile},
        pains=tuple(n for n in assessment.pains if n not in target.pains),
    )


def _fact(target: Catalogue, name: str, value: Any) -> Any:
    """The value of a fact under the id that its choice has now."""
    fact = target.facts.get(name)
    return next((o.id for o in fact.options if o.was == value), value) if fact and fact.kind == "choice" else value


def renew(assessment_id: UUID, to: Mapping[str, str]) -> Renewal:
    """Move an open round to the newest content, which must be the one that was shown (`to`, its versions).

    Raises LockedError once it is submitted, ConflictError where there is newer content still, or none any more.
    """
    assessment = lock_draft(assessment_id)
    require_whole_round(assessment)
    round_ = read_round(assessment)
    target = find_newer_content(round_)
    if target is None or target.versions != to:
        raise ConflictError(N_("The questions have changed once more. Look at what changes now, and decide again."))
    rows = list_answers(assessment_id)
    renewal = _plan(assessment, round_.catalogue, target, rows)
    by_item = {row.item_id: row for row in rows}
    for moved in renewal.answers:
        _move(assessment, by_item[moved.before], moved)
    sections = {section.id for section in target.sector.sections}
    for handover in list_open_handovers(assessment_id):
        if handover.section_id not in sections:
            revoke_handover(handover.id)
    before = dict(assessment.versions)
    assessment.versions = dict(target.versions)
    assessment.profile = renewal.profile
    assessment.pains = [n for n in assessment.pains if n not in renewal.pains]
    audit.record(
        "assessment:renew", assessment.id, firm_id=assessment.firm_id, before=before, after=dict(target.versions),
        kept=len(renewal.answers) - len(renewal.dropped) - len(renewal.mapped),
        mapped={m.before: m.item for m in renewal.mapped}, dropped={m.before: m.answer for m in renewal.dropped},
        dropped_facts=renewal.facts, dropped_pains=list(renewal.pains),
    )  # fmt: skip
    return renewal


def _move(assessment: Assessment, row: Answer, moved: Moved) -> None:
    """Write one answer as it becomes; one that stays as it is, is not touched."""
    if (moved.item, moved.value) == (row.item_id, row.value):
        return
    before = answer_state(row)
    if moved.item is None:
        row.value, row.evidence, row.evidence_asked = None, None, False
    else:
        if moved.item != row.item_id:
            for file in db.session.scalars(
                select(Attachment).where(Attachment.assessment_id == assessment.id, Attachment.item_id == row.item_id)
            ):
                file.item_id = moved.item
        row.item_id, row.value = moved.item, moved.value
    touch(row)
    record_change(assessment, row, before, answer_state(row) or {})
