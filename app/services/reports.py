"""Order a diagnosis report, and record it once it is built. One file for each result and language."""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from sqlalchemy import select

from app.access.scope import current_scope
from app.errors import NotFoundError
from app.extensions import db
from app.i18n import in_characters
from app.models.base import now
from app.models.reports import Report, ReportState
from app.models.results import Result
from app.queries.reports import find_report, is_being_built
from app.queries.results import get_published_result
from app.services import audit
from app.services.jobs import request_job

BUILD = "reports.build"
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 12


def request_report(assessment_id: UUID, locale: str, *, priority: int = 0) -> Report:
    """The report of the published result in this language: the one there is, else a new one that a job will build.

    Many at once are ordered with a lower `priority`, so that a single one does not wait for them. Raises NotFoundError
    while there is no result.
    """
    result = get_published_result(assessment_id)
    db.session.execute(select(Result.id).where(Result.id == result.id).with_for_update())  # two clicks, one report
    report = find_report(result.id, locale)
    if report is not None and (report.state == ReportState.READY or is_being_built(report, BUILD)):
        return report
    if report is None:
        report = Report(
            firm_id=result.firm_id,
            assessment_id=assessment_id,
            result_id=result.id,
            locale=locale,
            verify_code=new_code(),
            firm_name=result.assessment.firm.name,
            created_by=current_scope().user_id,
        )
        db.session.add(report)
    report.state = ReportState.PENDING.value
    db.session.flush()
    request_job(BUILD, report.id, priority=priority, locale=locale)
    audit.record("report:create", report.id, firm_id=report.firm_id, locale=locale)
    return report


def report_name(firm_name: str, number: int, locale: str) -> str:
    """The file name of the report of a round."""
    if locale == "en":
        return f"{firm_name} - digital self-assessment {number}.pdf"
    return f"{firm_name} {in_characters(f'数字化自评报告 第{number}轮', locale)}.pdf"


def new_code() -> str:
    """A code nobody can guess, without letters that look alike."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def plain_code(typed: str) -> str:
    """A code as it is stored, however it was typed: without dashes and blanks, in capitals."""
    return "".join(char for char in typed.upper() if char.isascii() and char.isalnum())[:32]


def shown_code(code: str) -> str:
    """A code as it is printed: in groups of four."""
    return "-".join(code[n : n + 4] for n in range(0, len(code), 4))


def file_key(report_id: UUID) -> str:
    """A new place for the file of a report; no two builds share one."""
    return f"reports/{report_id.hex}-{secrets.token_hex(8)}.pdf"


def mark_ready(report_id: UUID, key: str, data: bytes) -> None:
    """The file stands under `key`: record it, its size and digest."""
    report = _get(report_id)
    report.file_key, report.sha256, report.size = key, hashlib.sha256(data).hexdigest(), len(data)
    report.state, report.ready_at = ReportState.READY.value, now()


def mark_failed(report_id: UUID) -> None:
    """The file could not be built; the report can be ordered again."""
    report = _get(report_id)
    if report.state == ReportState.PENDING:
        report.state = ReportState.FAILED.value


def _get(report_id: UUID) -> Report:
    report = db.session.get(Report, report_id)
    if report is None:
        raise NotFoundError
    return report
