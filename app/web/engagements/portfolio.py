"""Finished values for the consultant's portfolio and for one firm of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import url_for

from app.access.guard import may
from app.access.policy import Permission as P
from app.i18n import LANGUAGES, content_text, day, language_code, ngettext
from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.models.engagements import Engagement, EngagementRequest
from app.queries.access import today
from app.queries.engagements import STAGES, Advised
from app.services.engagements import AHEAD
from app.services.portfolio import PER_PAGE, Wish
from app.web.cluster_reports.quality import flag_reasons
from app.web.figures import nouns, one_decimal, phrases, rounded_points, sentences
from app.web.layout import is_open
from app.web.names import level_name, sector_name
from app.web.round_tabs import Tab, round_parts, round_tabs
from app.web.tables import Heading, Link, Option
from scoring.content.catalogue import Catalogue
from scoring.content.loader import load_catalogue

STAGE_NAMES = {
    "agreed": lazy("agreed, nothing filled in"),
    "open": lazy("first round being filled in"),
    "submitted": lazy("submitted, to be visited"),
    "visit": lazy("being verified"),
    "with_firm": lazy("waiting for the firm's answer"),
    "changes": lazy("the firm objects"),
    "verified": lazy("the firm is verified"),
    "diagnosed": lazy("diagnosis signed"),
    "actions": lazy("agreed actions open"),
}
WAITING = ("submitted", "visit", "changes", "verified")
"""Stages in which the next step is the consultant's."""
NEAR = 3


@dataclass(frozen=True, slots=True)
class FirmRow:
    """One firm. The level is None before the first result; `look` is what to look at first, `ends` says that the
    engagement ends soon."""

    id: str
    name: str
    url: str
    facts: str
    ends: str
    visit: str
    visit_note: str
    stage: str
    stage_note: str
    level: int | None
    level_name: str
    score: str
    verified: int | None
    verified_name: str
    verified_on: str
    look: tuple[str, ...]
    parts: tuple[Tab, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """The form that asks for the reports of several firms as one file. Its filters say what "all" means."""

    url: str
    filters: Mapping[str, str]
    all_label: str
    locales: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class PortfolioPage:
    """The list."""

    finding: str
    sub: str
    empty: bool
    picks: tuple[Link, ...]
    search: str
    hidden: Mapping[str, str]
    towns: tuple[Option, ...]
    sectors: tuple[Option, ...]
    narrow: bool
    count: str
    headings: tuple[Heading, ...]
    rows: tuple[FirmRow, ...]
    pages: tuple[Link, ...]
    bundle: Bundle | None
    all_url: str
    ask_url: str


@dataclass(frozen=True, slots=True)
class AdvisedPage:
    """One firm of the portfolio."""

    row: FirmRow
    tabs: tuple[Tab, ...]
    days: str
    purpose: str
    more: tuple[Link, ...]
    visit_url: str
    leave_url: str
    back_url: str


@dataclass(frozen=True, slots=True)
class RequestRow:
    """What was asked, as it was typed."""

    firm: str
    consultant: str
    asked: str
    purpose: str
    state: str


def present_portfolio(
    firms: Sequence[Advised],
    chosen: Sequence[Advised],
    shown: Sequence[Advised],
    summaries: Mapping[UUID, Mapping[str, Any]],
    wish: Wish,
    number: int,
    pages: int,
) -> PortfolioPage:
    """`firms` are all, `chosen` those that match, `shown` those of this page."""
    waiting = sum(firm.stage in WAITING for firm in firms)
    return PortfolioPage(
        finding=_finding(firms),
        sub=sentences(
            (
                ngettext(
                    "%(num)s firm; the next step is yours at %(waiting)s.",
                    "%(num)s firms; the next step is yours at %(waiting)s.",
                    len(firms),
                    waiting=waiting,
                ),
                _("A firm can end its engagement at any time, with effect at once."),
            )
        ),
        empty=not firms,
        picks=_picks(firms, wish),
        search=wish.search,
        hidden={name: value for name, value in wish.values(page="").items() if name in ("stage", "sort")},
        towns=_options(sorted({f.town for f in firms if f.town}), wish.town, str),
        sectors=_options(sorted({f.sector for f in firms}), wish.sector, sector_name),
        narrow=bool(wish.filters),
        count=_count(chosen, number, len(shown)),
        headings=tuple(_heading(wish, name, label) for name, label in _columns()),
        rows=tuple(_row(firm, summaries) for firm in shown),
        pages=_pages(wish, number, pages),
        bundle=_bundle(chosen, wish) if chosen and is_open("bundles.create") else None,
        all_url=url_for("engagements.index"),
        ask_url=url_for("engagements.ask"),
    )


def present_advised(firm: Advised, row: Engagement, summaries: Mapping[UUID, Mapping[str, Any]]) -> AdvisedPage:
    """One firm."""
    return AdvisedPage(
        row=_row(firm, summaries),
        tabs=round_tabs(firm.assessment_id, firm.firm_id, "") if firm.assessment_id else (),
        days=phrases(
            (
                _("open to you since %(day)s", day=day(row.agreed_at)),
                _("until %(day)s", day=day(row.until_on)) if row.until_on else _("without a last day"),
            )
        ),
        purpose=row.purpose,
        more=_more(firm),
        visit_url=url_for("engagements.visit", engagement_id=row.id),
        leave_url=url_for("engagements.leave", engagement_id=row.id),
        back_url=url_for("engagements.index"),
    )


def present_requests(rows: Sequence[EngagementRequest]) -> tuple[RequestRow, ...]:
    """What somebody asked, in his own words; of the firm's side only its own word is shown."""
    return tuple(
        RequestRow(
            firm=row.firm_typed or _("a firm on your list"),
            consultant=row.consultant_typed,
            asked=_("asked on %(day)s", day=day(row.asked_at)),
            purpose=row.purpose,
            state=_state(row),
        )
        for row in rows
    )


def _state(row: EngagementRequest) -> str:
    if row.cluster_id is not None:
        return ""
    if row.engagement is not None and row.engagement.declined_at is not None and row.engagement.answer:
        return _("declined: %(word)s", word=row.engagement.answer)
    return _("not agreed yet")


def _finding(firms: Sequence[Advised]) -> str:
    now = today()
    coming = [f.visit_on for f in firms if f.visit_on is not None and 0 <= (f.visit_on - now).days <= 14]
    if not firms:
        return _("No firm has let you in yet.")
    if not coming:
        return _("No visit within the next 14 days.")
    return ngettext(
        "%(num)s visit within the next 14 days, on %(day)s.",
        "%(num)s visits within the next 14 days, the first on %(day)s.",
        len(coming),
        day=day(min(coming)),
    )


def _picks(firms: Sequence[Advised], wish: Wish) -> tuple[Link, ...]:
    counts = Counter(firm.stage for firm in firms)
    found = [Link(_("All (%(count)s)", count=len(firms)), _url(wish, stage=""), not wish.stage)]
    found += [
        Link(f"{STAGE_NAMES[stage]} ({counts[stage]})", _url(wish, stage=stage), wish.stage == stage)
        for stage in STAGES
        if counts[stage] or stage == wish.stage
    ]
    return tuple(found) if len(found) > 2 else ()


def _columns() -> tuple[tuple[str, str], ...]:
    return (
        ("name", _("Firm")), ("visit", _("Visit")), ("stage", _("Stage")), ("level", _("Level claimed")),
        ("verified", _("Level verified")), ("", _("Look at first")), ("", _("Open")),
    )  # fmt: skip


def _heading(wish: Wish, name: str, label: str) -> Heading:
    if not name:
        return Heading(label, "", "")
    here = wish.sort == name
    rising = not wish.rising if here else name in ("name", "visit", "stage")
    order = ("ascending" if wish.rising else "descending") if here else ""
    return Heading(label, _url(wish, sort=name if rising else f"-{name}") + "#firms", order)


def _url(wish: Wish, **changes: Any) -> str:
    return url_for("engagements.index", **wish.values(**{"page": "", **changes}))


def _row(firm: Advised, summaries: Mapping[UUID, Mapping[str, Any]]) -> FirmRow:
    people = ngettext("%(num)s person", "%(num)s people", firm.employees) if firm.employees else ""
    stage_note = ""
    if firm.actions:
        stage_note = ngettext("%(num)s action open", "%(num)s actions open", firm.actions)
        if firm.overdue:
            stage_note = _("%(open)s, %(late)s of them late", open=stage_note, late=firm.overdue)
    elif firm.draft and firm.assessment_id:
        stage_note = _("a new round is open")
    catalogue = load_catalogue(firm.trade, firm.versions) if firm.level is not None else None
    return FirmRow(
        id=str(firm.firm_id),
        name=firm.name,
        url=url_for("engagements.show", engagement_id=firm.engagement_id),
        facts=" · ".join(part for part in (sector_name(firm.sector), firm.town, people) if part),
        ends=_ends(firm.until_on),
        visit=day(firm.visit_on),
        visit_note=_visit_note(firm.visit_on),
        stage=str(STAGE_NAMES[firm.stage]),
        stage_note=stage_note,
        level=firm.level,
        level_name=_level(catalogue, firm.level),
        score=_score(catalogue, firm.score),
        verified=firm.verified_level,
        verified_name=_level(catalogue, firm.verified_level),
        verified_on=_("on %(day)s", day=day(firm.verified_at)) if firm.verified_at else "",
        look=_look(catalogue, firm, summaries.get(firm.assessment_id)) if catalogue and firm.assessment_id else (),
        parts=round_parts(firm.assessment_id, firm.firm_id) if firm.assessment_id else (),
    )


def _ends(until_on: date | None) -> str:
    """In how many days the engagement ends, from the day on which both sides are reminded of it."""
    left = None if until_on is None else until_on - today()
    if left is None or left > AHEAD:
        return ""
    if not left.days:
        return _("the engagement ends today")
    return ngettext("the engagement ends in %(num)s day", "the engagement ends in %(num)s days", left.days)


def _visit_note(visit_on: date | None) -> str:
    if visit_on is None:
        return ""
    days = (visit_on - today()).days
    if days < 0:
        return _("past")
    return _("today") if days == 0 else ngettext("in %(num)s day", "in %(num)s days", days) if days <= 30 else ""


def _level(catalogue: Catalogue | None, level: int | None) -> str:
    return "" if catalogue is None or level is None else level_name(catalogue, level)


def _score(catalogue: Catalogue | None, score: Decimal | None) -> str:
    if catalogue is None or score is None:
        return ""
    return one_decimal(rounded_points(score, [Decimal(gate.score) / 1000 for gate in catalogue.edition.gates]))


def _look(catalogue: Catalogue, firm: Advised, summary: Mapping[str, Any] | None) -> tuple[str, ...]:
    """What contradicts itself, what is not shown, and the scenes one step below the next level, starred ones first."""
    if summary is None or firm.level is None:
        return ()
    said = list(flag_reasons(summary.get("flags") or {}))
    gate, levels = summary.get("gate"), summary.get("scenes") or {}
    if gate and (gate[1] > 0 or gate[2] > 0):
        starred = sorted(catalogue.edition.scenes, key=lambda scene: not catalogue.edition.scenes[scene])
        near = [scene for scene in starred if levels.get(scene) == firm.level and scene in catalogue.questions]
        names = [content_text(catalogue.questions[scene].title) for scene in near[:NEAR]]
        if names:
            said.append(_("one step from level %(level)s: %(scenes)s", level=firm.level + 1, scenes=nouns(names)))
    elif gate:
        said.append(_("%(points)s points from level %(level)s", points=gate[0], level=firm.level + 1))
    return tuple(said)


def _more(firm: Advised) -> tuple[Link, ...]:
    found = []
    if firm.assessment_id is not None:
        found.append(Link(_("Result and report"), url_for("results.show", assessment_id=firm.assessment_id)))
    if firm.assessment_id is not None and may(P.ROADMAP_READ, firm.firm_id):
        found.append(Link(_("Route to the next level"), url_for("roadmap.show", assessment_id=firm.assessment_id)))
    if firm.round > 1:
        found.append(Link(_("What has changed between rounds"), url_for("results.history", firm_id=firm.firm_id)))
    return (*found, Link(_("Self-checks"), url_for("selfchecks.index", firm_id=firm.firm_id)))


def _options(values: Sequence[str], chosen: str, label: Any) -> tuple[Option, ...]:
    return (Option("", _("All"), not chosen), *(Option(v, label(v), v == chosen) for v in values))


def _count(chosen: Sequence[Advised], number: int, shown: int) -> str:
    if len(chosen) == shown:
        return ngettext("%(num)s firm", "%(num)s firms", len(chosen))
    first = (number - 1) * PER_PAGE + 1
    return _("%(first)s to %(last)s of %(all)s firms", first=first, last=first + shown - 1, all=len(chosen))


def _pages(wish: Wish, number: int, pages: int) -> tuple[Link, ...]:
    if pages == 1:
        return ()
    near = sorted({1, pages, *(n for n in range(number - 2, number + 3) if 1 <= n <= pages)})
    return tuple(Link(str(n), _url(wish, page=n if n > 1 else "") + "#firms", n == number) for n in near)


def _bundle(chosen: Sequence[Advised], wish: Wish) -> Bundle:
    here = language_code()
    return Bundle(
        url=url_for("bundles.create"),
        filters=wish.filters,
        all_label=ngettext(
            "instead the %(num)s firm of this list", "instead all %(num)s firms of this list", len(chosen)
        ),
        locales=tuple(Option(code, name, code == here) for code, name in LANGUAGES.items()),
    )
