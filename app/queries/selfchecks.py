"""Read runs of the self-checks."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.errors import NotFoundError
from app.extensions import db
from app.models.assessments import Assessment
from app.models.selfchecks import RunStatus, SelfCheckRun


def get_run(run_id: UUID) -> SelfCheckRun:
    """A run with its firm. Raises NotFoundError."""
    run = db.session.scalar(
        select(SelfCheckRun).where(SelfCheckRun.id == run_id).options(joinedload(SelfCheckRun.firm))
    )
    if run is None:
        raise NotFoundError
    return run


def get_finished_run(run_id: UUID) -> SelfCheckRun:
    """A run that has a result, with its firm. Raises NotFoundError."""
    run = get_run(run_id)
    if run.is_draft:
        raise NotFoundError
    return run


def lock_run(run_id: UUID) -> SelfCheckRun | None:
    """A run, locked until the end of the transaction, as it is now."""
    return db.session.scalar(
        select(SelfCheckRun)
        .where(SelfCheckRun.id == run_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def list_runs(firm_id: UUID) -> Sequence[SelfCheckRun]:
    """All runs of a firm, newest first within each check."""
    return db.session.scalars(
        select(SelfCheckRun)
        .where(SelfCheckRun.firm_id == firm_id)
        .order_by(SelfCheckRun.check_id, SelfCheckRun.number.desc(), SelfCheckRun.id)
    ).all()


def find_open_run(firm_id: UUID, check_id: str) -> SelfCheckRun | None:
    """The run of a check that is being filled in."""
    return _newest(firm_id, check_id, RunStatus.DRAFT)


def find_last_finished(firm_id: UUID, check_id: str) -> SelfCheckRun | None:
    """The newest run of a check that has a result."""
    return _newest(firm_id, check_id, RunStatus.FINISHED)


def _newest(firm_id: UUID, check_id: str, status: RunStatus) -> SelfCheckRun | None:
    return db.session.scalar(
        select(SelfCheckRun)
        .where(SelfCheckRun.firm_id == firm_id, SelfCheckRun.check_id == check_id, SelfCheckRun.status == status)
        .order_by(SelfCheckRun.number.desc(), SelfCheckRun.id)
        .limit(1)
    )


def next_run_number(firm_id: UUID, check_id: str) -> int:
    """The number of the next run of a check."""
    last = db.session.scalar(
        select(func.max(SelfCheckRun.number)).where(SelfCheckRun.firm_id == firm_id, SelfCheckRun.check_id == check_id)
    )
    return (last or 0) + 1


def last_profile(firm_id: UUID) -> dict[str, object]:
    """What the firm's newest round says about it, drafts included; empty without a round."""
    profile = db.session.scalar(
        select(Assessment.profile)
        .where(Assessment.firm_id == firm_id)
        .order_by(Assessment.number.desc(), Assessment.id)
        .limit(1)
    )
    return dict(profile or {})
