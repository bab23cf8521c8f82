"""Read reports, and check a printed one by its code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.access.scope import system_scope
from app.errors import NotFoundError
from app.extensions import db
from app.models.assessments import Assessment
from app.models.firms import Firm
from app.models.jobs import Job, JobState
from app.models.reports import Report, ReportState
from app.models.results import Basis, Result
from app.models.verifications import Verification


@dataclass(frozen=True, slots=True)
class PrintedReport:
    """What stands on a genuine report, and what has come after it.

    `level` and `score` are the verified ones where a consultant verified the round: then `verified_at` says when and
    `verified_by` who. `newer_report` is the day of the newest report of the same round in the same language, where that
    is another one; `newer_round` is number and day of the firm's last submitted round, where that is a later one.
    """

    code: str
    firm_id: UUID
    firm_name: str
    locale: str
    sector: str
    level: int
    score: Decimal
    edition: str
    content: dict[str, Any]
    submitted_at: datetime
    built_at: datetime
    sha256: str
    verified_by: str = ""
    verified_at: datetime | None = None
    newer_report: datetime | None = None
    newer_round: tuple[int, datetime] | None = None


class ReportFile(NamedTuple):
    """Where the file of a report lies, and what it is called."""

    key: str
    name: str
    locale: str


def get_report(report_id: UUID) -> Report:
    """The report with its result, assessment and firm. Raises NotFoundError."""
    report = db.session.scalar(
        select(Report)
        .where(Report.id == report_id)
        .options(joinedload(Report.result), joinedload(Report.assessment).joinedload(Assessment.firm))
    )
    if report is None:
        raise NotFoundError
    return report


def get_report_file(report_id: UUID) -> ReportFile:
    """What the download of a report needs, and no more. Raises NotFoundError while there is no file."""
    row = db.session.execute(
        select(Report.file_key, Report.file_name, Report.locale).where(Report.id == report_id)
    ).one_or_none()
    if row is None or row.file_key is None:
        raise NotFoundError
    return ReportFile(row.file_key, row.file_name, row.locale)


def find_report(result_id: UUID, locale: str, mark: str = "") -> Report | None:
    """The report of a result in one language with what else is printed (`Report.mark`), in whatever state."""
    return db.session.scalar(
        select(Report).where(Report.result_id == result_id, Report.locale == locale, Report.mark == mark)
    )


def list_reports(*result_ids: UUID, mark: str | None = None) -> Sequence[Report]:
    """The reports of results, by language; with `mark` only those that print what there is to print now."""
    query = select(Report).where(Report.result_id.in_(result_ids)).order_by(Report.locale, Report.created_at, Report.id)
    return db.session.scalars(query if mark is None else query.where(Report.mark == mark)).all()


def is_being_built(report: Report, kind: str) -> bool:
    """Whether a job of this kind, of anybody, will build it; false where that one was called off."""
    if report.state != ReportState.PENDING:
        return False
    report_id = report.id
    with system_scope():
        found = db.session.scalar(
            select(Job.id)
            .where(
                Job.kind == kind,
                Job.subject == str(report_id),
                Job.state.in_((JobState.QUEUED, JobState.RUNNING)),
            )
            .limit(1)
        )
    return found is not None


def find_printed_report(code: str) -> PrintedReport | None:
    """The report that carries this code, for anybody who holds it; None for an unknown code."""
    with system_scope():
        row = db.session.execute(
            select(Report, Result, Assessment)
            .join(Result, Result.id == Report.result_id)
            .join(Assessment, Assessment.id == Report.assessment_id)
            .join(Firm, Firm.id == Report.firm_id)
            .where(Report.verify_code == code, Report.state == ReportState.READY, Firm.deleted_at.is_(None))
        ).one_or_none()
        if row is None:
            return None
        report, result, assessment = row
        assert report.ready_at is not None and report.sha256 is not None and assessment.submitted_at is not None
        official = result.payload["official"]
        verified = db.session.execute(
            select(Verification.by_name, Verification.verified_at).where(Verification.result_id == result.id)
        ).first()
        return PrintedReport(
            code=report.verify_code,
            firm_id=report.firm_id,
            firm_name=report.firm_name,
            locale=report.locale,
            sector=assessment.sector,
            level=result.level,
            score=Decimal((official if result.basis == Basis.CLAIMED else official["evidenced"])["score"]),
            edition=result.payload["edition"],
            content=result.payload["content"],
            submitted_at=assessment.submitted_at,
            built_at=report.ready_at,
            sha256=report.sha256,
            verified_by="" if verified is None else verified.by_name,
            verified_at=None if verified is None else verified.verified_at,
            newer_report=_newer_report(report),
            newer_round=_newer_round(assessment),
        )


def _newer_report(report: Report) -> datetime | None:
    return db.session.scalar(
        select(func.max(Report.ready_at)).where(
            Report.assessment_id == report.assessment_id,
            Report.locale == report.locale,
            Report.state == ReportState.READY,
            Report.ready_at > report.ready_at,
        )
    )


def _newer_round(assessment: Assessment) -> tuple[int, datetime] | None:
    row = db.session.execute(
        select(Assessment.number, Assessment.submitted_at)
        .where(
            Assessment.firm_id == assessment.firm_id,
            Assessment.number > assessment.number,
            Assessment.submitted_at.is_not(None),
        )
        .order_by(Assessment.number.desc())
        .limit(1)
    ).first()
    return None if row is None or row.submitted_at is None else (row.number, row.submitted_at)
