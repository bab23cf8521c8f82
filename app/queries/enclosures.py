"""What a report prints beside its result: who was on site, the signed diagnosis, what was agreed, and the round before.

Everything is read anew each time; the mark tells whether two reports of one result would say the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.models.actions import Action
from app.models.assessments import Assessment
from app.models.diagnoses import Diagnosis
from app.models.results import Result
from app.models.roadmaps import Roadmap
from app.models.verifications import FindingFile, Verification
from app.queries.actions import list_actions_until
from app.queries.diagnoses import find_signed_diagnosis
from app.queries.roadmaps import find_roadmaps_until
from app.queries.verifications import Verified, find_verified, list_verified


@dataclass(frozen=True, slots=True)
class Enclosure:
    """The rows that are printed. `roadmap` is the firm's plan; `earlier` are the actions of the last round before with
    any, `earlier_verified` that round's verified result. `earlier_roadmap`, the plan of a round before, is read with
    the rest and not printed."""

    settled: Verified | None
    diagnosis: Diagnosis | None
    actions: Sequence[Action]
    roadmap: Roadmap | None
    earlier_roadmap: Roadmap | None
    earlier: Sequence[Action]
    earlier_verified: Result | None

    @property
    def verified(self) -> Result | None:
        """The newest verified result."""
        return self.settled.result if self.settled else None

    @property
    def plan(self) -> Roadmap | None:
        """The plan where something is agreed; else none is printed."""
        return self.roadmap if self.actions else None

    @property
    def mark(self) -> str:
        """A digest of all of it; "" where there is nothing."""
        parts = {
            "verified": str(self.verified.id) if self.verified else "",
            "diagnosis": _diagnosis(self.diagnosis) if self.diagnosis else [],
            "actions": [_action(row) for row in self.actions],
            "plan": _plan(self.plan) if self.plan else [],
            "earlier": [str(self.earlier[0].assessment_id), *map(_action, self.earlier)] if self.earlier else [],
            "earlier_verified": str(self.earlier_verified.id) if self.earlier_verified else "",
        }
        if not any(parts.values()):
            return ""
        return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def read_enclosure(assessment: Assessment) -> Enclosure:
    """What the reports of this round print now."""
    actions, earlier = list_actions_until(assessment)
    verified = list_verified([assessment.id, *(row.assessment_id for row in earlier[:1])])
    before = verified.get(earlier[0].assessment_id) if earlier else None
    roadmap, earlier_roadmap = find_roadmaps_until(assessment)
    return Enclosure(
        settled=verified.get(assessment.id),
        diagnosis=find_signed_diagnosis(assessment.id),
        actions=actions,
        roadmap=roadmap,
        earlier_roadmap=earlier_roadmap,
        earlier=earlier,
        earlier_verified=before.result if before else None,
    )


def find_settled(assessment: Assessment, result: Result) -> Verification | None:
    """The verification that came to this result, with its findings."""
    row = find_verified(assessment.id)
    if row is None or row.result_id == result.id:
        return row
    return db.session.scalar(select(Verification).where(Verification.result_id == result.id))


def list_file_names(verification: Verification) -> dict[str, tuple[str, ...]]:
    """The names of photos and files by item."""
    found: dict[str, tuple[str, ...]] = {}
    for item, name in db.session.execute(
        select(FindingFile.item_id, FindingFile.name)
        .where(FindingFile.verification_id == verification.id)
        .order_by(FindingFile.item_id, FindingFile.created_at, FindingFile.id)
    ):
        found[item] = (*found.get(item, ()), name)
    return found


def _diagnosis(row: Diagnosis) -> list[Any]:
    return [row.texts, row.by_name, row.signed_at.isoformat() if row.signed_at else ""]


def _action(row: Action) -> list[str]:
    return [row.text, row.owner, str(row.due_on or ""), row.state, str(row.since or ""), row.solution]


def _plan(row: Roadmap) -> list[Any]:
    return [row.adopted_at.isoformat(), [[step.solution, step.state] for step in row.steps]]
