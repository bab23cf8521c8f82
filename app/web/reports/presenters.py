"""The page of a report, from ordered to ready, and the page that confirms a printed one."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from app.i18n import day, in_characters, number
from app.i18n import gettext as _
from app.models.jobs import Job
from app.models.reports import Report, ReportState
from app.models.results import Basis, Result
from app.queries.reports import PrintedReport
from app.services.reports import shown_code
from app.web.figures import points
from app.web.names import beside_level, edition_name, language_name, level_name
from scoring import load_catalogue

CANNOT_OPEN_IN = "MicroMessenger"
CAN_AFTER_ALL = ("iPhone", "iPad", "Macintosh", "Windows")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a report is, as the page and its script read it. `percent` is None where only the asker sees it."""

    state: str
    percent: int | None
    text: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One report. `order_url`, `locale` and `basis` serve the form that orders it again, `other` and `other_basis` the
    one that orders it on the round's other result."""

    title: str
    firm: str
    sub: str
    progress: Progress
    code: str
    verify_url: str
    size: str
    open_url: str
    download_url: str
    state_url: str
    refresh_url: str
    result_url: str
    order_url: str
    locale: str
    basis: str
    other: str
    other_basis: str
    wechat: bool


@dataclass(frozen=True, slots=True)
class VerifyPage:
    """What a code says. `cells` are those of the nameplate; without a report the code is unknown."""

    typed: str
    firm: str = ""
    cells: tuple[tuple[str, str, str, bool], ...] = ()
    digest: tuple[str, ...] = ()
    built: str = ""


def present_report(report: Report, job: Job | None, verified: Result | None) -> ReportPage:
    """`job` is the newest one that builds it, where the viewer is who asked; `verified` the round's verified result."""
    on_site = report.result.basis == Basis.VERIFIED
    kind = _("verified on site") if on_site else _("self-assessed")
    other = _("Report on the self-assessment") if on_site else _("Report on the verified result")
    return ReportPage(
        title=_("Report of %(firm)s", firm=report.firm_name),
        firm=report.firm_name,
        sub=_(
            "Diagnosis report, round %(number)s, %(language)s, %(kind)s",
            number=report.assessment.number, language=language_name(report.locale), kind=kind,
        ),
        progress=present_progress(report, job),
        code=shown_code(report.verify_code),
        verify_url=url_for("reports.verify", code=report.verify_code),
        size=_("%(size)s kB", size=number((report.size or 0) / 1000, 0)),
        open_url=url_for("reports.view", report_id=report.id),
        download_url=url_for("reports.download", report_id=report.id),
        state_url=url_for("reports.state", report_id=report.id),
        refresh_url=url_for("reports.show", report_id=report.id),
        result_url=url_for("results.show", assessment_id=report.assessment_id),
        order_url=url_for("reports.create", assessment_id=report.assessment_id),
        locale=report.locale,
        basis=report.result.basis,
        other=other if verified else "",
        other_basis=Basis.CLAIMED.value if on_site else Basis.VERIFIED.value,
        wechat=opens_no_pdf(request.user_agent.string),
    )  # fmt: skip


def present_progress(report: Report, job: Job | None) -> Progress:
    """State, percent and a sentence."""
    if report.state == ReportState.READY:
        return Progress(report.state, 100, _("The report is ready."))
    if report.state == ReportState.FAILED:
        return Progress(
            report.state, None, _("The report could not be built. Nothing is lost; please order it once more.")
        )
    percent = None if job is None else job.progress
    return Progress(report.state, percent, _("The report is being put together. That takes a few seconds."))


def opens_no_pdf(user_agent: str) -> bool:
    """True inside WeChat on phones where it can neither show nor save a PDF."""
    return CANNOT_OPEN_IN in user_agent and not any(name in user_agent for name in CAN_AFTER_ALL)


def report_name(report: Report) -> str:
    """The file name of a report; it says what the report rests on."""
    on_site = report.result.basis == Basis.VERIFIED
    if report.locale == "en":
        kind = "digital diagnosis, verified" if on_site else "digital self-assessment"
        return f"{report.firm_name} - {kind} {report.assessment.number}.pdf"
    kind = "数字化诊断报告（已核实）" if on_site else "数字化自评报告"
    title = in_characters(f"{kind} 第{report.assessment.number}轮", report.locale)
    return f"{report.firm_name} {title}.pdf"


def present_verified(typed: str, found: PrintedReport | None) -> VerifyPage:
    """Who, level, score, edition, date, how sure, digest; nothing more."""
    if found is None:
        return VerifyPage(typed=typed)
    catalogue = load_catalogue(found.sector, found.content)
    cells = (
        (_("Firm"), found.firm_name, "", False),
        (_("Submitted on"), day(found.submitted_at), "", False),
        (_("Level"), str(found.level), beside_level(level_name(catalogue, found.level)), True),
        (_("Score"), points(found.score), _("of 100"), True),
        (_("Index"), edition_name(found.edition), "", False),
        (_("Check code"), shown_code(found.code), "", False),
    )
    digest = tuple(found.sha256[n : n + 8] for n in range(0, len(found.sha256), 8))
    built = _("Printed %(day)s, %(language)s", day=day(found.built_at), language=language_name(found.locale))
    return VerifyPage(typed, found.firm_name, cells, digest, built)
