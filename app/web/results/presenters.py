"""The result page put together: every part as finished values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import url_for

from app.access.guard import may
from app.access.policy import Permission as P
from app.i18n import LANGUAGES, day, language_code
from app.i18n import gettext as _
from app.models.diagnoses import Diagnosis
from app.models.reports import Report, ReportState
from app.models.results import Result
from app.models.roadmaps import Roadmap
from app.queries.benchmarks import Place
from app.queries.enclosures import Enclosure
from app.queries.verifications import Verified
from app.services.reports import shown_code
from app.web.names import language_name
from app.web.place import PlaceView, present_place
from app.web.results.answers import Answers, present_answers
from app.web.results.chain import Chain, present_chain
from app.web.results.gates import Gates, present_gates
from app.web.results.planned import Planned, present_planned
from app.web.results.profile import Profile, present_profile
from app.web.results.reading import Reading
from app.web.results.route import RouteHead, present_route
from app.web.results.standing import Head, Standing, present_head, present_standing, verify_address
from app.web.results.steps import Steps, present_steps
from app.web.results.tasks import Tasks, present_tasks
from app.web.results.trace import Trace, present_trace
from app.web.round_tabs import Tab, round_tabs


@dataclass(frozen=True, slots=True)
class Download:
    """A report in one language: a link where it is there, else a form that orders it (`order` is its address, `basis`
    what it rests on)."""

    label: str
    small: str
    locale: str
    go: bool
    url: str = ""
    order: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class ResultPage:
    """All of it. Who may not read answers sees level, gates and dimensions; what gives answers away is left out.

    `plan` is the one made of this round, `planned` that of an earlier one, beside what is reached now.
    """

    title: str
    head: Head
    tabs: tuple[Tab, ...]
    verify_url: str
    visitor_note: str
    downloads: tuple[Download, ...]
    diagnosis: tuple[str, str] | None
    export_url: str
    history_url: str
    checks_url: str
    standing: Standing
    gates: Gates
    steps: Steps | None
    chain: Chain | None
    tasks: Tasks | None
    route: RouteHead | None
    route_url: str
    plan: Planned | None
    planned: Planned | None
    profile: Profile
    place: PlaceView
    answers: Answers | None
    trace: Trace | None


def result_ids(result: Result, enclosure: Enclosure) -> tuple[UUID, ...]:
    """The results of a round that reports rest on: the one on claims, and the newest verified one."""
    return (result.id, enclosure.verified.id) if enclosure.verified else (result.id,)


def present_result(
    reading: Reading,
    enclosure: Enclosure | None,
    reports: Sequence[Report],
    place: Place | None,
    route: dict[str, Any] | None,
    plan: Roadmap | None,
    earlier: Roadmap | None,
    verified: Verified | None = None,
) -> ResultPage:
    """`enclosure` is what reports print beside the result, None for who orders none; `reports` are those that print it,
    of this result and of the verified one; `place` among peers; `route` is the usual one of this round, `plan` and
    `earlier` the plans made of it and before, each None for who does not see routes; `verified` what was verified on
    site."""
    result = reading.result
    firm = result.assessment.firm
    whole = may(P.ANSWER_READ, firm.id)
    found = enclosure.verified if enclosure else None
    ready = {(r.result_id, r.locale): r for r in reports if r.state == ReportState.READY}
    main = {locale: r for (result_id, locale), r in ready.items() if result_id == (found or result).id}
    printed = main.get(language_code()) or next(iter(main.values()), None)
    code = (shown_code(printed.verify_code), verify_address(printed.verify_code)) if printed else None
    standing, gates = present_standing(reading, verified, whole=whole), present_gates(reading)
    if not whole:
        standing = replace(standing, evidence="")
        gates = replace(gates, scenes=(), open_points=())
    export_url = url_for("results.export", assessment_id=result.assessment_id)
    return ResultPage(
        title=_("%(firm)s: self-assessed level %(level)s", firm=firm.name, level=reading.level),
        head=present_head(reading, code, verified, whole=whole),
        tabs=round_tabs(result.assessment_id, firm.id, "results.show"),
        verify_url=code[1] if code else "",
        visitor_note="" if may(P.ASSESSMENT_SUBMIT, firm.id) or may(P.ANSWER_WRITE, firm.id) else _(
            "You see this result because the firm agreed to it. It can withdraw that at any time."
        ),
        downloads=_downloads(result, found, ready) if enclosure else (),
        diagnosis=_diagnosis_line(enclosure.diagnosis)
        if enclosure and may(P.DIAGNOSIS_READ, firm.id) else None,
        export_url=export_url if may(P.ASSESSMENT_EXPORT, firm.id) else "",
        history_url=url_for("results.history", firm_id=firm.id) if _has_others(result) else "",
        checks_url=url_for("selfchecks.index", firm_id=firm.id) if may(P.SELFCHECK_READ, firm.id) else "",
        standing=standing,
        gates=gates,
        steps=present_steps(reading) if whole else None,
        chain=present_chain(reading) if whole else None,
        tasks=present_tasks(reading) if whole else None,
        route=present_route(reading, route) if route else None,
        route_url=url_for("roadmap.show", assessment_id=result.assessment_id) if route else "",
        plan=present_planned(plan, None) if plan else None,
        planned=present_planned(earlier, reading) if earlier else None,
        profile=present_profile(reading),
        place=present_place(place),
        answers=present_answers(reading) if whole else None,
        trace=present_trace(reading) if whole else None,
    )  # fmt: skip


def _has_others(result: Result) -> bool:
    """Whether the firm has submitted another round, before this one or since."""
    return result.assessment.number > 1 or not result.current


def _diagnosis_line(row: Diagnosis | None) -> tuple[str, str] | None:
    """(sentence, address); None where nothing is signed."""
    if row is None or row.signed_at is None:
        return None
    said = _("%(name)s has signed a diagnosis on %(day)s.", name=row.by_name, day=day(row.signed_at))
    return said, url_for("diagnoses.show", assessment_id=row.assessment_id)


def _downloads(
    result: Result, verified: Result | None, ready: Mapping[tuple[UUID, str], Report]
) -> tuple[Download, ...]:
    """The reader's language first; on the verified result where there is one, then one on the claims as well."""
    order = url_for("reports.create", assessment_id=result.assessment_id)
    labels = {
        "zh": _("Simplified Chinese report"), "zh-Hant": _("Traditional Chinese report"), "en": _("English report"),
    }  # fmt: skip

    def download(rests_on: Result, locale: str, label: str, small: str, *, go: bool) -> Download:
        report = ready.get((rests_on.id, locale))
        url = url_for("reports.show", report_id=report.id) if report else ""
        return Download(label, small, locale, go, url, "" if report else order, rests_on.basis)

    found = []
    for locale in sorted(LANGUAGES, key=lambda code: code != language_code()):
        here = locale == language_code()
        label = _("Download the report") if here else labels[locale]
        small = _("PDF, %(language)s", language=language_name(locale)) if here else "PDF"
        if here and verified:
            small = _("PDF, %(language)s, verified", language=language_name(locale))
        found.append(download(verified or result, locale, label, small, go=here))
    if verified:
        found.append(download(result, language_code(), _("Report on the self-assessment"), "PDF", go=False))
    return tuple(found)
