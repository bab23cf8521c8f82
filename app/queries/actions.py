"""Read agreed actions, and who is told about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from app.errors import NotFoundError
from app.extensions import db
from app.models.actions import Action, ActionState
from app.models.assessments import Assessment, AssessmentStatus
from app.models.engagements import Engagement
from app.models.firms import Firm
from app.models.users import User

UNDONE = (ActionState.OPEN, ActionState.WORKING)


def list_actions(assessment_id: UUID) -> Sequence[Action]:
    """What was agreed after a round, in its order."""
    return db.session.scalars(
        select(Action).where(Action.assessment_id == assessment_id).order_by(Action.position, Action.id)
    ).all()


def get_action(assessment_id: UUID, action_id: UUID) -> Action:
    """One action of this round. Raises NotFoundError."""
    row = db.session.scalar(select(Action).where(Action.id == action_id, Action.assessment_id == assessment_id))
    if row is None:
        raise NotFoundError
    return row


def list_actions_until(assessment: Assessment) -> tuple[list[Action], list[Action]]:
    """(what was agreed after this round, what was agreed after the last round before it that has any), each with its
    round and in its order."""
    rows = db.session.scalars(
        select(Action)
        .join(Action.assessment)
        .options(contains_eager(Action.assessment))
        .where(Action.firm_id == assessment.firm_id, Assessment.number <= assessment.number)
        .order_by(Assessment.number.desc(), Action.position, Action.id)
    ).all()
    earlier = [row for row in rows if row.assessment_id != assessment.id]
    return (
        [row for row in rows if row.assessment_id == assessment.id],
        [row for row in earlier if row.assessment_id == earlier[0].assessment_id],
    )


def find_later_round(firm_id: UUID, number: int) -> Assessment | None:
    """The next submitted round of the firm after round `number`."""
    return db.session.scalar(
        select(Assessment)
        .where(
            Assessment.firm_id == firm_id,
            Assessment.number > number,
            Assessment.status == AssessmentStatus.SUBMITTED,
        )
        .order_by(Assessment.number)
        .limit(1)
    )


def list_firms_with_due_actions(until: date) -> list[UUID]:
    """The firms that let themselves be reminded and have undone actions due by this day; by id."""
    return list(
        db.session.scalars(
            select(Action.firm_id)
            .join(Firm, Firm.id == Action.firm_id)
            .where(
                Action.state.in_(UNDONE),
                Action.due_on <= until,
                Firm.action_reminders.is_(True),
                Firm.deleted_at.is_(None),
            )
            .distinct()
            .order_by(Action.firm_id)
        )
    )


def lock_firm(firm_id: UUID) -> Firm | None:
    """The firm, locked against a second reminder at the same time."""
    return db.session.scalar(select(Firm).where(Firm.id == firm_id, Firm.deleted_at.is_(None)).with_for_update())


def list_firm_actions(firm_id: UUID) -> Sequence[Action]:
    """All actions of a firm, whatever the round, by due day."""
    return db.session.scalars(
        select(Action).where(Action.firm_id == firm_id).order_by(Action.due_on, Action.position, Action.id)
    ).all()


def list_consultants(firm_id: UUID, today: date) -> Sequence[User]:
    """The accounts of the consultants who work for the firm on this day."""
    return db.session.scalars(
        select(User)
        .join(Engagement, Engagement.user_id == User.id)
        .where(
            Engagement.firm_id == firm_id,
            Engagement.agreed_at.is_not(None),
            Engagement.ended_at.is_(None),
            or_(Engagement.until_on.is_(None), Engagement.until_on >= today),
            User.active.is_(True),
        )
        .order_by(User.id)
    ).all()
