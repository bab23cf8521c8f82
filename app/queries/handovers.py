"""Read sections handed over by link."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access.scope import HandoverLink, system_scope
from app.errors import NotFoundError, TokenError
from app.extensions import db
from app.models.assessments import AnswerChange, Assessment, AssessmentStatus
from app.models.base import now
from app.models.firms import Firm
from app.models.handovers import Handover
from app.queries.access import find_handover_link
from app.queries.assessments import get_round
from scoring.content.model import Text


@dataclass(frozen=True, slots=True)
class HandoverState:
    """A handed-over section as its firm sees it. `items` are what its visitor has answered so far."""

    id: UUID
    section_id: str
    name: str
    created_at: datetime
    expires_at: datetime
    opened_at: datetime | None
    items: frozenset[str]


@dataclass(frozen=True, slots=True)
class OpenHandover:
    """What somebody who holds a link may know before starting."""

    link: HandoverLink
    firm_name: str
    expires_at: datetime


def get_handover(handover_id: UUID) -> Handover:
    """The hand-over. Raises NotFoundError."""
    row = db.session.scalar(select(Handover).where(Handover.id == handover_id))
    if row is None:
        raise NotFoundError
    return row


def find_open_row(handover_id: UUID) -> Handover | None:
    """The hand-over while it works, in the current scope."""
    row = db.session.scalar(select(Handover).where(Handover.id == handover_id))
    return row if row is not None and row.is_open(now()) else None


def list_open_handovers(assessment_id: UUID) -> list[HandoverState]:
    """The hand-overs of a round that still work, oldest first."""
    rows = db.session.scalars(
        select(Handover)
        .where(Handover.assessment_id == assessment_id, Handover.revoked_at.is_(None), Handover.expires_at > now())
        .order_by(Handover.created_at, Handover.id)
    ).all()
    if not rows:
        return []
    answered = _items_by_label(assessment_id)
    return [
        HandoverState(h.id, h.section_id, h.name, h.created_at, h.expires_at, h.opened_at, frozenset(answered[h.name]))
        for h in rows
    ]


def list_firm_handovers(firm_id: UUID) -> Sequence[Handover]:
    """The hand-overs of a firm that still work, with their rounds, oldest first."""
    return db.session.scalars(
        select(Handover)
        .join(Handover.assessment)
        .options(joinedload(Handover.assessment))
        .where(
            Handover.firm_id == firm_id,
            Handover.revoked_at.is_(None),
            Handover.expires_at > now(),
            Assessment.status == AssessmentStatus.DRAFT,
        )
        .order_by(Handover.created_at, Handover.id)
    ).all()


def _items_by_label(assessment_id: UUID) -> dict[str, set[str]]:
    """Items that people without an account changed, by their name."""
    rows = db.session.execute(
        select(AnswerChange.changed_by_label, AnswerChange.item_id)
        .where(AnswerChange.assessment_id == assessment_id, AnswerChange.changed_by.is_(None))
        .distinct()
    )
    items: dict[str, set[str]] = defaultdict(set)
    for label, item in rows:
        items[label].add(item)
    return items


def get_open_handover(token_hash: str) -> OpenHandover:
    """The hand-over that a link opens, for anybody who holds it. Raises TokenError."""
    with system_scope():
        row = db.session.execute(
            select(Handover.id, Handover.expires_at, Firm.name)
            .join(Firm, Firm.id == Handover.firm_id)
            .where(Handover.token_hash == token_hash)
        ).one_or_none()
        link = None if row is None else find_handover_link(row.id)
    if row is None or link is None:
        raise TokenError
    return OpenHandover(link, row.name, row.expires_at)


def find_section_title(handover: OpenHandover) -> tuple[Text, int]:
    """Title of the section that a link is for, and how many questions it asks. Raises TokenError."""
    with system_scope():
        round_ = get_round(handover.link.assessment_id)
        section = round_.find_section(handover.link.section_id)
        if section is None:
            raise TokenError
        return section.title, len(round_.questions(section))
