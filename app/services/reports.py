"""Order a diagnosis report, and record it once it is built. One file for each result, language and what is printed
beside it."""

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
from app.models.results import Basis, Result
from app.queries.enclosures import read_enclosure
from app.queries.reports import find_report, is_being_built
from app.queries.results import get_published_result
from app.services import audit
from app.services.jobs import request_job

BUILD = "reports.build"
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 12


def request_report(assessment_id: UUID, locale: str, basis: Basis | None = None, *, priority: int = 0) -> Report:
    """The report of a round in this language with all that is to print now: the one there is, else a new one that a job
    will build. It rests on the newest verified result where there is one, else on the claims; or on the `basis` asked.

    Many at once are ordered with a lower `priority`, so that a single one does not wait for them. Raises NotFoundError
    while there is no such result.
    """
    claimed = get_published_result(assessment_id)
    db.session.execute(select(Result.id).where(Result.id == claimed.id).with_for_update())  # two clicks, one report
    enclosure = read_enclosure(claimed.assessment)
    if basis is Basis.VERIFIED and enclosure.verified is None:
        raise NotFoundError
    result = claimed if basis is Basis.CLAIMED or enclosure.verified is None else enclosure.verified
    report = find_report(result.id, locale, enclosure.mark)
    if report is not None and (report.state == ReportState.READY or is_being_built(report, BUILD)):
        return report
    if report is None:
        firm_name = claimed.assessment.firm.name
        report = Report(
            firm_id=result.firm_id,
            assessment_id=assessment_id,
            result_id=result.id,
            locale=locale,
            mark=enclosure.mark,
            verify_code=new_code(),
            firm_name=firm_name,
            file_name=report_name(firm_name, claimed.assessment.number, locale, result.basis),
            created_by=current_scope().user_id,
        )
        db.session.add(report)
    report.state = ReportState.PENDING.value
    db.session.flush()
    request_job(BUILD, report.id, priority=priority, locale=locale)
    audit.record("report:create", report.id, firm_id=report.firm_id, locale=locale, basis=result.basis)
    return report


def report_name(firm_name: str, number: int, locale: str, basis: str) -> str:
    """The file name of the report of a round; it says what the report rests on."""
    on_site = basis == Basis.VERIFIED
    if locale == "en":
        kind = "digital diagnosis, verified" if on_site else "digital self-assessment"
        return f"{firm_name} - {kind} {number}.pdf"
    kind = "数字化诊断报告（已核实）" if on_site else "数字化自评报告"
    return f"{firm_name} {in_characters(f'{kind} 第{number}轮', locale)}.pdf"


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


def mark_ready(report_id: UUID, key: str, data: bytes, mark: str = "") -> None:
    """The file stands under `key`: record it, its size and digest, and what it prints beside the result: the words may
    have changed since it was ordered. Where another report prints the same already, this one is given up."""
    report = _get(report_id)
    if report.mark != mark:
        if find_report(report.result_id, report.locale, mark) is not None:
            report.state = ReportState.FAILED.value
            return
        report.mark = mark
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
