"""Finished values for what is printed: letters to the firms concerned, the brief for suppliers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.i18n import content_text, day, number
from app.i18n import gettext as _
from app.models.base import now
from app.models.clusters import Cluster, Coordinator
from app.web.clusters.wording import cluster_name
from app.web.figures import join
from app.web.joint import yuan
from app.web.names import form_name, sector_name
from app.web.programmes.presenters import step_texts
from app.web.programmes.reading import Reading
from app.web.programmes.wording import firms_text, kind_name, size_name, unit_text
from app.web.results.route import duration

LETTERS = 50  # on a page


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A step in a letter."""

    title: str
    first: str
    together: str
    price: str
    list: str


@dataclass(frozen=True, slots=True)
class FirmLetter:
    """The letter to one firm. `joint`: something in it is bought, rented or run with others."""

    firm: str
    goal: str
    joint: bool
    rows: tuple[LetterRow, ...]
    price: str
    saved: str
    time: str


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters of one page."""

    cluster: str
    coordinators: str
    day: str
    letters: tuple[FirmLetter, ...]
    back_url: str
    before: str
    after: str
    count: str


@dataclass(frozen=True, slots=True)
class Demand:
    """What suppliers are asked for: one programme without a name."""

    title: str
    what: str
    kind: str
    form: str
    firms: str
    units: str
    ready: str
    sizes: tuple[tuple[str, str], ...]
    towns: tuple[tuple[str, str], ...]
    sectors: tuple[tuple[str, str], ...]
    tiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """The brief for suppliers."""

    cluster: str
    coordinators: str
    day: str
    demands: tuple[Demand, ...]
    back_url: str


def present_letters(
    cluster: Cluster, coordinators: Sequence[Coordinator], reading: Reading, firm: str, page: int
) -> Letters:
    """All letters, some at a time, or that to one firm (its id)."""
    here: dict[str, Any] = {"cluster_id": cluster.id, "programme_id": reading.programme.id}
    plans = [p for p in reading.plans if not firm or str(p["firm"].id) == firm]
    last = max(1, -(-len(plans) // LETTERS))
    page = min(max(1, page), last)
    entries = {e["solution"]: e for e in reading.entries()}
    chosen = plans[(page - 1) * LETTERS : page * LETTERS]
    return Letters(
        cluster=cluster_name(cluster),
        coordinators=_names(coordinators),
        day=day(now()),
        letters=tuple(_letter(reading, p, entries) for p in chosen),
        back_url=url_for("programmes.show", **here),
        before=url_for("programmes.letters", **here, page=page - 1) if page > 1 else "",
        after=url_for("programmes.letters", **here, page=page + 1) if page < last else "",
        count=_("Letters %(page)s of %(last)s", page=page, last=last) if last > 1 else "",
    )


def _names(coordinators: Sequence[Coordinator]) -> str:
    return join([c.user.display_name for c in coordinators if c.user.name])


def _letter(reading: Reading, plan: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]) -> FirmLetter:
    rows = []
    for step, text in zip(plan["steps"], step_texts(reading, plan), strict=True):
        entry = entries[step["solution"]]
        listed = next((f["list"][1] for f in entry["firms"] if f["key"] == plan["key"]), step["price"][1])
        rows.append(
            LetterRow(
                title=text.title,
                first=text.first,
                together=_("%(kind)s, %(firms)s", kind=kind_name(entry["kind"]), firms=firms_text(entry["number"]))
                if entry["tier"]
                else _("your firm alone"),
                price=number(step["price"][1], 0),
                list=number(listed, 0) if listed > step["price"][1] else "",
            )
        )
    saved = plan["list"] - plan["price"][1]
    return FirmLetter(
        firm=plan["firm"].name,
        goal=_(
            "By your own assessment your firm stands at level %(low)s. What follows would bring it to level %(high)s.",
            low=plan["from"],
            high=plan["level"],
        ),
        joint=any(entries[step["solution"]]["tier"] for step in plan["steps"]),
        rows=tuple(rows),
        price=yuan(plan["price"][1]),
        saved=yuan(saved) if saved > 0 else "",
        time=duration(plan["days"]),
    )


def present_brief(cluster: Cluster, coordinators: Sequence[Coordinator], reading: Reading) -> Brief:
    """Every joint programme with its demand; no firm and no price that was counted on."""
    here: dict[str, Any] = {"cluster_id": cluster.id, "programme_id": reading.programme.id}
    return Brief(
        cluster=cluster_name(cluster),
        coordinators=_names(coordinators),
        day=day(now()),
        demands=tuple(_demand(reading, e) for e in reading.payload["programmes"] if e["brief"]),
        back_url=url_for("programmes.show", **here),
    )


def _demand(reading: Reading, entry: Mapping[str, Any]) -> Demand:
    solution, brief = reading.solutions.get(entry["solution"]), entry["brief"]
    wanted = [brief["firms"]]
    if entry["next"]:
        wanted.append(entry["next"]["firms"])
    return Demand(
        title=reading.title(entry["solution"]),
        what="" if solution is None else content_text(solution.what),
        kind=kind_name(entry["kind"]),
        form=form_name(entry["form"]),
        firms=firms_text(brief["firms"]),
        units="" if solution is None else unit_text(solution.cost.unit, brief["count"]),
        ready=_("%(num)s can start at once", num=brief["ready"]),
        sizes=_lines(brief["sizes"], size_name),
        towns=_lines(brief["towns"], str),
        sectors=_lines(brief["sectors"], sector_name),
        tiers=tuple(firms_text(n) for n in wanted),
    )


def _lines(lines: Sequence[Any], name: Any) -> tuple[tuple[str, str], ...]:
    """Nothing where no single line is large enough."""
    if not any(labels for labels, _n in lines):
        return ()
    return tuple((join([name(x) for x in labels]) if labels else _("others"), firms_text(n)) for labels, n in lines)
