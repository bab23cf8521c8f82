"""The page of a report, from ordered to ready, and the page that confirms a printed one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request, url_for

from app.access.guard import seen_firms
from app.i18n import day, moment, number
from app.i18n import gettext as _
from app.models.base import now
from app.models.jobs import Job
from app.models.reports import Report, ReportState
from app.models.results import Basis, Result
from app.queries.reports import PrintedReport
from app.services.links import absolute_url
from app.services.names import masked_name
from app.services.reports import shown_code
from app.web.figures import points
from app.web.names import beside_level, edition_name, language_name, level_name
from app.web.reports.forms import read_digest
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
    """What a code says. `cells` are those of the nameplate; without a report the code is unknown. `newer` says what has
    come after this report. `compared` is what comes of a digest that was sent: "same", "different", "bad" or nothing.
    `standing` says at the foot of the page what a verified level is.
    `site` is the address of this installation, `elsewhere` that of another one that a whole address led to."""

    typed: str
    site: str
    elsewhere: str = ""
    cells: tuple[tuple[str, str, str, bool], ...] = ()
    masked: bool = False
    verified: bool = False
    standing: str = ""
    tag: str = ""
    newer: tuple[str, ...] = ()
    code: str = ""
    digest: str = ""
    built: str = ""
    compared: str = ""

    @property
    def groups(self) -> tuple[str, ...]:
        """The digest in groups of eight, to be compared by eye."""
        return tuple(self.digest[n : n + 8] for n in range(0, len(self.digest), 8))


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
    if job is not None and job.due_at is not None and job.due_at > now():
        held = _("The server could not store the file. It is tried again at %(moment)s.", moment=moment(job.due_at))
        return Progress(report.state, percent, held)
    return Progress(report.state, percent, _("The report is being put together. That takes a few seconds."))


def opens_no_pdf(user_agent: str) -> bool:
    """True inside WeChat on phones where it can neither show nor save a PDF."""
    return CANNOT_OPEN_IN in user_agent and not any(name in user_agent for name in CAN_AFTER_ALL)


def present_verified(
    typed: str, found: PrintedReport | None, *, elsewhere: str = "", digest: str | None = None
) -> VerifyPage:
    """Who, level, score, edition, date, how sure, digest, whether there is something newer; nothing more. The firm's
    name in full is for those who see its results anyway."""
    site = absolute_url("home.index").rstrip("/")
    if found is None:
        return VerifyPage(typed, site, elsewhere)
    catalogue = load_catalogue(found.sector, found.content)
    full = found.firm_id in seen_firms()
    cells = [
        (_("Firm"), found.firm_name if full else masked_name(found.firm_name), "", False),
        (_("Submitted on"), day(found.submitted_at), "", False),
        (_("Level"), str(found.level), beside_level(level_name(catalogue, found.level)), True),
        (_("Score"), points(found.score), _("of 100"), True),
        (_("Index"), edition_name(found.edition), "", False),
        (_("Check code"), shown_code(found.code), "", False),
    ]
    if found.verified_at is not None:
        cells += [
            (_("Verified by"), found.verified_by or "–", "", False),
            (_("Verified on"), day(found.verified_at), "", False),
        ]
    return VerifyPage(
        typed,
        site,
        cells=tuple(cells),
        masked=not full,
        verified=found.verified_at is not None,
        standing=_standing(found, edition_name(found.edition)),
        tag=_("Verified on site") if found.verified_at else _("Self-assessed"),
        newer=tuple(_newer(found)),
        code=found.code,
        digest=found.sha256,
        built=_("Printed %(day)s, %(language)s", day=day(found.built_at), language=language_name(found.locale)),
        compared=_compare(found, digest),
    )


def _standing(found: PrintedReport, edition: str) -> str:
    if found.verified_at is None:
        return ""
    return _(
        "The level shown here is a self-assessment aligned with the national index for the digitalisation of small "
        "firms (%(edition)s), verified on site by %(name)s on %(day)s. It is not an official determination.",
        edition=edition,
        name=found.verified_by or _("a consultant"),
        day=day(found.verified_at),
    )


def _newer(found: PrintedReport) -> Iterator[str]:
    if found.newer_report is not None:
        yield _(
            "There is a newer report of the same round, of %(day)s. Ask the firm for it.", day=day(found.newer_report)
        )
    if found.newer_round is not None:
        number, at = found.newer_round
        yield _("The firm has assessed itself again since: round %(number)s, of %(day)s.", number=number, day=day(at))


def _compare(found: PrintedReport, typed: str | None) -> str:
    if not typed:
        return ""
    digest = read_digest(typed)
    return "bad" if digest is None else "same" if digest == found.sha256 else "different"
