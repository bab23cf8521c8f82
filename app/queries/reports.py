"""Read reports, and check a printed one by its code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access.scope import system_scope
from app.errors import NotFoundError
from app.extensions import db
from app.models.assessments import Assessment
from app.models.firms import Firm
from app.models.reports import Report, ReportState
from app.models.results import Result


@dataclass(frozen=True, slots=True)
class PrintedReport:
    """What stands on a genuine report, and nothing more."""

    code: str
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


def find_report(result_id: UUID, locale: str, mark: str = "") -> Report | None:
    """The report of a result in one language with what else is printed (`Report.mark`), in whatever state."""
    return db.session.scalar(
        select(Report).where(Report.result_id == result_id, Report.locale == locale, Report.mark == mark)
    )


def list_reports(*result_ids: UUID, mark: str | None = None) -> Sequence[Report]:
    """The reports of results, by language; with `mark` only those that print what there is to print now."""
    query = select(Report).where(Report.result_id.in_(result_ids)).order_by(Report.locale, Report.created_at, Report.id)
    return db.session.scalars(query if mark is None else query.where(Report.mark == mark)).all()


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
        return PrintedReport(
            code=report.verify_code,
            firm_name=report.firm_name,
            locale=report.locale,
            sector=assessment.sector,
            level=result.level,
            score=Decimal(result.payload["official"]["score"]),
            edition=result.payload["edition"],
            content=result.payload["content"],
            submitted_at=assessment.submitted_at,
            built_at=report.ready_at,
            sha256=report.sha256,
        )
