"""Finished values for the pages of joint programmes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.i18n import gettext as _
from app.i18n import moment, number
from app.models.clusters import Cluster
from app.models.firms import Firm
from app.models.jobs import Job
from app.models.programmes import Programme
from app.web.figures import join
from app.web.joint import about, finding, title, yuan
from app.web.names import form_name, sector_name
from app.web.programmes.curve import Stairs, stairs
from app.web.programmes.heads import Head, Progress, present_head, present_progress
from app.web.programmes.reading import Reading
from app.web.programmes.wording import firms_text, gap_text, kind_name, listed, tier_text
from app.web.results.route import duration

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """One solution. `list` is what it would cost without a pool, empty where that is the same."""

    title: str
    kind: str
    tier: str
    firms: str
    hidden: str
    ready: str
    each: str
    list: str
    total: str
    firms_url: str


@dataclass(frozen=True, slots=True)
class StepText:
    """A step of a firm, and what has to be in place first."""

    title: str
    first: str


@dataclass(frozen=True, slots=True)
class FirmRow:
    """What one firm would do."""

    name: str
    about: str
    rise: str
    price: str
    list: str
    time: str
    steps: tuple[StepText, ...]
    letter_url: str


@dataclass(frozen=True, slots=True)
class LeftRow:
    """A firm that is not lifted, and why."""

    name: str
    level: str
    why: str


@dataclass(frozen=True, slots=True)
class Pages:
    """Where in a long list the reader is."""

    text: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Result:
    """A programme that is ready."""

    finding: str
    gap: str
    curve: Stairs | None
    curve_title: str
    points: tuple[tuple[str, str], ...]
    programmes: tuple[ProgrammeRow, ...]
    alone: tuple[ProgrammeRow, ...]
    totals: tuple[tuple[str, str], ...]
    rows: tuple[FirmRow, ...]
    pages: Pages
    filter: str
    all_url: str
    left: tuple[LeftRow, ...]
    left_note: str
    hidden_note: str
    content: str
    letters_url: str
    brief_url: str
    export_url: str


@dataclass(frozen=True, slots=True)
class Page:
    """The page of one programme. `result` is None until it is ready."""

    head: Head
    title: str
    about: str
    progress: Progress
    state_url: str
    refresh_url: str
    index_url: str
    remove_url: str
    result: Result | None


def present_page(
    cluster: Cluster,
    programme: Programme,
    job: Job | None,
    reading: Reading | None,
    solution: str = "",
    page: int = 1,
) -> Page:
    """`solution` and `page` choose the firms that are listed."""
    here: dict[str, Any] = {"cluster_id": cluster.id, "programme_id": programme.id}
    return Page(
        head=present_head(cluster),
        title=title(programme),
        about=about(programme),
        progress=present_progress(programme, job),
        state_url=url_for("programmes.state", **here),
        refresh_url=url_for("programmes.show", **here),
        index_url=url_for("programmes.index", cluster_id=cluster.id),
        remove_url=url_for("programmes.remove", **here),
        result=None if reading is None else _result(reading, here, solution, page),
    )


def _result(reading: Reading, here: Mapping[str, Any], solution: str, page: int) -> Result:
    payload = reading.payload
    known = solution if any(e["solution"] == solution for e in reading.entries()) else ""
    plans = [p for p in reading.plans if not known or any(s["solution"] == known for s in p["steps"])]
    last = max(1, -(-len(plans) // PER_PAGE))
    page = min(max(1, page), last)
    points = [(p["budget"], p["lifted"]) for p in payload["curve"]]
    return Result(
        finding=finding(payload),
        gap=gap_text(payload["more"]),
        curve=stairs(points, payload["budget"]),
        curve_title=_(
            "Budget and firms lifted: %(points)s",
            points=join([_("%(budget)s: %(firms)s", budget=yuan(b), firms=firms_text(n)) for b, n in points]),
        ),
        points=tuple((number(b, 0), number(n, 0)) for b, n in points),
        programmes=tuple(_row(reading, e, here) for e in payload["programmes"]),
        alone=tuple(_row(reading, e, here) for e in payload["alone"]),
        totals=_totals(payload),
        rows=tuple(_firm(reading, p, here) for p in plans[(page - 1) * PER_PAGE : page * PER_PAGE]),
        pages=Pages(
            _("Page %(page)s of %(last)s", page=page, last=last) if last > 1 else "",
            url_for("programmes.show", **here, solution=known or None, page=page - 1, _anchor="firms")
            if page > 1
            else "",
            url_for("programmes.show", **here, solution=known or None, page=page + 1, _anchor="firms")
            if page < last
            else "",
        ),
        filter=reading.title(known) if known else "",
        all_url=url_for("programmes.show", **here, _anchor="firms"),
        left=tuple(_left(reading, r) for r in reading.left[:PER_PAGE]),
        left_note=_left_note(payload, len(reading.left)),
        hidden_note=_hidden_note(payload),
        content=_content(reading.programme),
        letters_url=url_for("programmes.letters", **here) if reading.plans else "",
        brief_url=url_for("programmes.brief", **here) if payload["programmes"] else "",
        export_url=url_for("programmes.export", **here),
    )


def _totals(payload: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    listed, price, lifted = payload["list"][1], payload["price"][1], sum(payload["lifted"])
    rows = [(_("Together, first year, upper end"), yuan(price))]
    if lifted:
        rows.append((_("On average for each firm"), yuan(-(-price // lifted))))
    if listed > price:
        rows.append((_("Each buying alone"), yuan(listed)))
        rows.append((_("Saved by buying together"), yuan(listed - price)))
    if payload["rest"][1]:
        rows.append((_("Of it, other needs of firms without a name, at list price"), yuan(payload["rest"][1])))
    rows.append((_("If prices come out at their lower end"), yuan(payload["price"][0])))
    return tuple(rows)


def _row(reading: Reading, entry: Mapping[str, Any], here: Mapping[str, Any]) -> ProgrammeRow:
    solution, count = entry["solution"], entry["number"]
    listed, price = entry["list"][1], entry["price"][1]
    named = any(s["solution"] == solution for p in reading.plans for s in p["steps"])
    return ProgrammeRow(
        title=reading.title(solution),
        kind=kind_name(entry["kind"]) if entry["tier"] else form_name(entry["form"]),
        tier=tier_text(entry),
        firms=number(count, 0),
        hidden=_("%(num)s of them without a name", num=entry["hidden"]) if entry["hidden"] else "",
        ready=_("%(num)s can start at once", num=entry["ready"])
        if entry["ready"] < count
        else _("all can start at once"),
        each=number(-(-price // count), 0) if count else "–",
        list=number(-(-listed // count), 0) if count and listed > price else "",
        total=number(price, 0),
        firms_url=url_for("programmes.show", **here, solution=solution, _anchor="firms") if named else "",
    )


def step_texts(reading: Reading, plan: Mapping[str, Any]) -> tuple[StepText, ...]:
    """The steps of a firm in the order of their start."""
    return tuple(
        StepText(
            reading.title(s["solution"]),
            _("after %(first)s", first=join([reading.title(f) for f in s["first"]])) if s["first"] else "",
        )
        for s in plan["steps"]
    )


def _firm(reading: Reading, plan: Mapping[str, Any], here: Mapping[str, Any]) -> FirmRow:
    firm: Firm = plan["firm"]
    return FirmRow(
        name=firm.name,
        about=firm_facts(firm),
        rise=_("%(low)s → %(high)s", low=plan["from"], high=plan["level"]),
        price=number(plan["price"][1], 0),
        list=number(plan["list"], 0) if plan["list"] > plan["price"][1] else "",
        time=duration(plan["days"]),
        steps=step_texts(reading, plan),
        letter_url=url_for("programmes.letters", **here, firm=firm.id),
    )


def firm_facts(firm: Firm) -> str:
    """Trade and town of a firm."""
    return " · ".join(part for part in (sector_name(firm.sector), firm.town) if part)


def left_text(reading: Reading, row: Mapping[str, Any]) -> str:
    """Why a firm is not lifted, and what it would need."""
    if row["because"] == "budget":
        return _(
            "Would cost %(price)s: %(solutions)s",
            price=yuan(row["price"]),
            solutions=join([reading.title(s) for s in row["solutions"]]),
        )
    names = {
        "score": _("%(value)s points"),
        "scenes": _("%(value)s scenes"),
        "starred": _("%(value)s starred scenes"),
    }
    short = [names[gate] % {"value": value} for gate, value in row["short"].items() if gate in names]
    if not short:
        return _("What would lift it excludes each other. A consultant should look at this firm.")
    return _("Even with everything in the catalogue it lacks %(short)s. First look at it on site.", short=join(short))


def _left(reading: Reading, row: Mapping[str, Any]) -> LeftRow:
    return LeftRow(row["firm"].name, str(row["from"]), left_text(reading, row))


def _left_note(payload: Mapping[str, Any], named: int) -> str:
    parts = []
    for because, text in (
        ("budget", _("the budget ends before them: %(firms)s")),
        ("catalogue", _("out of reach with this catalogue: %(firms)s")),
    ):
        count = sum(payload["waiting"][because])
        if count:
            parts.append(text % {"firms": firms_text(count)})
    if sum(payload["already"]):
        parts.append(_("at the level already: %(firms)s", firms=firms_text(sum(payload["already"]))))
    more = named - PER_PAGE
    if more > 0:
        parts.append(_("the first %(num)s by name are listed, all are in the table", num=PER_PAGE))
    return listed(parts)


def _hidden_note(payload: Mapping[str, Any]) -> str:
    if not payload["firms"][1]:
        return _("Only firms that show their name are in these figures.")
    return _(
        "Firms without a name stand in fixed groups of five, put together once. A group is counted where all of its "
        "firms are lifted, or take part, and otherwise left out of every figure, also of the price tiers. So the true "
        "figures may be better than shown, and the price shown may lie above the budget. The budgets of the stairs "
        "also pay for firms that are not counted."
    )


def _content(programme: Programme) -> str:
    editions: Iterable[str] = sorted(
        {
            f"{sector_name(sector)} {versions.get(sector, '')}".strip()
            for sector, found in programme.versions.items()
            for versions in found
        }
    )
    return _(
        "Worked out on %(moment)s from the last submitted self-assessments; content: %(content)s.",
        moment=moment(programme.ready_at),
        content=join(list(editions)),
    )
