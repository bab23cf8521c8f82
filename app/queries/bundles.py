"""Read what goes into a bundle: rounds, how far their reports are, and what its table shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, select

from app.errors import NotFoundError
from app.extensions import db
from app.models.assessments import Assessment
from app.models.firms import Firm
from app.models.jobs import Job, JobState
from app.models.reports import Report, ReportState
from app.models.results import Basis, Result
from app.models.verifications import Verification

LISTED = 20


class Item(NamedTuple):
    """One firm of a bundle: the result of its last round when the bundle was ordered, and the report of it. Both are
    None for a firm without a submitted round, or one that was out of the asker's reach by then."""

    firm_id: UUID
    result_id: UUID | None = None
    report_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """How far the reports of a bundle are. `waiting` is the fresh job that the other workers take up last, `lost` are
    reports that nobody builds (any more), though they did not fail. `held_until` is when the first of those that could
    not be stored is tried again, while nothing else is left to do."""

    ready: int
    open: frozenset[UUID]
    waiting: UUID | None
    running: bool
    lost: frozenset[UUID]
    held_until: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """What a bundle says of one firm. `gate` is what separates it from the next level (points, scenes, starred
    scenes), None at the highest; `steps` are the first ones; `verified` is (level, day, consultant), `basis` what the
    report rests on."""

    name: str
    sector: str
    town: str
    employees: int | None
    round: int
    submitted_at: datetime
    level: int
    score: Decimal
    overall: Decimal | None
    dimensions: Mapping[str, float | None]
    gate: tuple[str, int, int] | None
    steps: Sequence[str]
    content: Mapping[str, str]
    verified: tuple[int, datetime, str] | None
    report: Report | None
    basis: str


def list_bundles(kind: str) -> Sequence[Job]:
    """The newest bundles of the current user."""
    return db.session.scalars(
        select(Job).where(Job.kind == kind).order_by(Job.created_at.desc(), Job.id).limit(LISTED)
    ).all()


def get_bundle(kind: str, job_id: UUID) -> Job:
    """A bundle that the current user has ordered. Raises NotFoundError."""
    job = db.session.scalar(select(Job).where(Job.id == job_id, Job.kind == kind))
    if job is None:
        raise NotFoundError
    return job


def find_unfinished(kind: str, subject: str) -> Job | None:
    """The current user's job about this that waits or runs."""
    return db.session.scalar(
        select(Job)
        .where(Job.kind == kind, Job.subject == subject, Job.state.in_((JobState.QUEUED, JobState.RUNNING)))
        .order_by(Job.created_at)
        .limit(1)
    )


def sort_firms(firm_ids: Collection[UUID]) -> list[UUID]:
    """Those of these firms that are in reach, by name."""
    return list(
        db.session.scalars(
            select(Firm.id).where(Firm.id.in_(list(firm_ids)), Firm.deleted_at.is_(None)).order_by(Firm.name, Firm.id)
        )
    )


def list_rounds(firm_ids: Collection[UUID]) -> dict[UUID, tuple[UUID, UUID]]:
    """For each firm in reach (assessment, result) of its last submitted round."""
    rows = db.session.execute(
        select(Result.firm_id, Result.assessment_id, Result.id).where(
            Result.firm_id.in_(list(firm_ids)), Result.current.is_(True)
        )
    )
    return {row.firm_id: (row.assessment_id, row.id) for row in rows}


def survey_reports(report_ids: Collection[UUID], kind: str) -> Survey:
    """How far these reports are, in system scope: others may have ordered some. `kind` is that of their jobs."""
    states: dict[str, set[UUID]] = {state.value: set() for state in ReportState}
    for report_id, state in db.session.execute(select(Report.id, Report.state).where(Report.id.in_(list(report_ids)))):
        states[state].add(report_id)
    unready = states[ReportState.PENDING] | states[ReportState.FAILED]
    latest: dict[str, Any] = {}
    jobs = db.session.execute(
        select(Job.id, Job.subject, Job.state, Job.attempts, Job.due_at)
        .where(Job.kind == kind, Job.subject.in_([str(report_id) for report_id in unready]))
        .order_by(Job.created_at, Job.priority.desc(), Job.id)
    )
    waiting, running = None, False
    for row in jobs:
        latest[row.subject] = row
        running = running or row.state == JobState.RUNNING
        if row.state == JobState.QUEUED and row.attempts == 0:  # one that killed its worker is no bundle's to try
            waiting = row.id
    alive = {UUID(key) for key, row in latest.items() if row.state in (JobState.QUEUED, JobState.RUNNING)}
    called_off = {UUID(key) for key, row in latest.items() if row.state == JobState.CANCELLED}
    lost = (states[ReportState.PENDING] - alive) | (states[ReportState.FAILED] & called_off)
    held = [row.due_at for row in latest.values() if row.state == JobState.QUEUED and row.due_at is not None]
    return Survey(
        ready=len(states[ReportState.READY]),
        open=frozenset(states[ReportState.PENDING]),
        waiting=waiting,
        running=running,
        lost=frozenset(lost),
        held_until=None if waiting or running else min(held, default=None),
    )


def list_assessments(report_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The round of each of these reports, as far as it is in reach."""
    rows = db.session.execute(select(Report.id, Report.assessment_id).where(Report.id.in_(list(report_ids))))
    return {row.id: row.assessment_id for row in rows}


def read_entries(items: Collection[Item]) -> dict[UUID, Entry]:
    """What there is to say of these firms, as far as the current scope reaches them: the others are absent."""
    report_ids = [item.report_id for item in items if item.report_id]
    rows = db.session.execute(
        select(Result, Assessment, Firm, Report)
        .join(Assessment, Assessment.id == Result.assessment_id)
        .join(Firm, Firm.id == Result.firm_id)
        .outerjoin(Report, and_(Report.assessment_id == Result.assessment_id, Report.id.in_(report_ids)))
        .where(Result.id.in_([item.result_id for item in items if item.result_id]), Firm.deleted_at.is_(None))
    ).all()
    verified = _verified([assessment.id for _, assessment, _, _ in rows])
    return {
        firm.id: Entry(
            name=firm.name if report is None else report.firm_name,
            sector=assessment.sector,
            town=firm.town,
            employees=assessment.employees or firm.employees,
            round=assessment.number,
            submitted_at=assessment.submitted_at or result.created_at,
            level=result.level,
            score=result.score,
            overall=result.index_overall,
            dimensions=result.summary.get("dimensions", {}),
            gate=result.summary.get("gate"),
            steps=[step["solution"] for step in result.payload["recommendations"][:3]],
            content=result.payload["content"],
            verified=verified.get(assessment.id),
            report=report,
            basis=Basis.CLAIMED if report is None or report.result_id == result.id else Basis.VERIFIED,
        )
        for result, assessment, firm, report in rows
    }


def list_names(firm_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of these firms, as far as the current scope reaches them."""
    rows = db.session.execute(select(Firm.id, Firm.name).where(Firm.id.in_(list(firm_ids)), Firm.deleted_at.is_(None)))
    return {row.id: row.name for row in rows}


def _verified(assessment_ids: Collection[UUID]) -> dict[UUID, tuple[int, datetime, str]]:
    """Of each round the newest verification that came to a result."""
    rows = db.session.execute(
        select(Verification.assessment_id, Result.level, Verification.verified_at, Verification.by_name)
        .join(Result, Result.id == Verification.result_id)
        .where(Verification.assessment_id.in_(list(assessment_ids)), Verification.verified_at.is_not(None))
        .order_by(Verification.number)
    )
    return {row.assessment_id: (row.level, row.verified_at, row.by_name) for row in rows}
