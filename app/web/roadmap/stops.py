"""The steps of a route in detail: why, what first, what it lifts, and what it costs alone, in a pool, at a centre."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from app.i18n import gettext as _
from app.i18n import ngettext
from app.web.figures import clauses, join, sentences, span, yuan_text
from app.web.names import form_name, pool_name
from app.web.results.prices import cost_note, source
from app.web.results.reading import Reading
from app.web.results.route import Stop
from scoring.content.model import Effect, Solution
from scoring.costs import price
from scoring.joint import Tier, pool_of, tiers

CENTRES = 2


@dataclass(frozen=True, slots=True)
class Price:
    """One way to buy a step: its name, the price ("" where none is known), and what is behind it."""

    way: str
    cost: str
    note: str


@dataclass(frozen=True, slots=True)
class StepDetail:
    """A stop with what stands folded below it. `signed` and `ruled_out` are the ticks of the form."""

    stop: Stop
    what: str
    days: str
    why: str
    needs: tuple[str, ...]
    lifts: tuple[tuple[str, int, int, str], ...]
    prices: tuple[Price, ...]
    source: str
    check: tuple[str, ...]
    signed: bool
    ruled_out: bool


def present_steps(
    reading: Reading,
    route: dict[str, Any],
    stops: tuple[Stop, ...],
    signed: Collection[str],
    ruled_out: Collection[str],
) -> tuple[StepDetail, ...]:
    """The steps of a route in order; `stops` are those of the same route, the last two what is ticked."""
    by_solution = {step["solution"]: step for step in route["steps"]}
    steps = (_step(reading, by_solution, stop) for stop in stops)
    return tuple(replace(s, signed=s.stop.solution in signed, ruled_out=s.stop.solution in ruled_out) for s in steps)


def _step(reading: Reading, steps: dict[str, dict[str, Any]], stop: Stop) -> StepDetail:
    step, solution = steps[stop.solution], reading.catalogue.solutions[stop.solution]
    lifts = sorted(step["raises"].items(), key=lambda r: (r[1][0] - r[1][1], r[0]))
    return StepDetail(
        stop=stop,
        what=reading.text(solution.what),
        days=_("%(span)s days", span=span(step["days"], step["days"])),
        why=_why(reading, step, steps),
        needs=tuple(_need(reading, need, steps) for need in step["needs"]),
        lifts=tuple((reading.title(t), low, high, reading.anchor(t, high)) for t, (low, high) in lifts),
        prices=tuple(_prices(reading, step, solution)),
        source=source(reading, solution.cost),
        check=tuple(reading.condition(text) for text in step["check"]),
        signed=False,
        ruled_out=False,
    )


def _why(reading: Reading, step: dict[str, Any], steps: dict[str, dict[str, Any]]) -> str:
    names = {
        "score": _("points"),
        "scenes": _("scenes"),
        "starred": _("starred scenes"),
        "dimension": _("index points"),
        "chain": _("a requirement of the chain leader"),
    }
    parts: dict[str, list[str]] = {}
    for reason in step["why"]:
        kind, _colon, name = reason.partition(":")
        parts.setdefault(kind, []).append(name)
    said = []
    for name in parts.get("duty", ()):
        title = reading.text(reading.catalogue.duties[name].title)
        said.append(_("It helps to meet a legal duty: %(title)s.", title=title))
    if "fixed" in parts:
        said.append(_("You have settled on it."))
    gates = [names[name] for name in parts.get("gate", ())]
    if gates:
        said.append(_("Missing without it: %(what)s.", what=join(gates)))
    waiting = [str(steps[name]["order"]) for name in parts.get("need", ()) if name in steps]
    if waiting:
        said.append(
            ngettext(
                "Step %(number)s cannot start without it.",
                "Steps %(number)s cannot start without it.",
                len(waiting),
                number=join(waiting),
            )
        )
    return sentences(said)


def _need(reading: Reading, need: dict[str, Any], steps: dict[str, dict[str, Any]]) -> str:
    what = reading.condition(need["condition"])
    numbers = [str(steps[s]["order"]) for s in need["by"] if s in steps]
    if not numbers:
        return what
    return ngettext(
        "%(what)s (after step %(numbers)s)",
        "%(what)s (after steps %(numbers)s)",
        len(numbers),
        what=what,
        numbers=join(numbers),
    )


def _prices(reading: Reading, step: dict[str, Any], solution: Solution) -> list[Price]:
    entry = {**step, "cost_per_year": step["price"]}
    alone = Price(_("Buy it alone"), yuan_text(*step["price"]), cost_note(reading, entry, solution.cost))
    if solution.form == "shared":
        note = _("This is a shared centre: you pay for what you use.")
        alone = Price(_("Use a shared centre"), alone.cost, sentences([note, alone.note]))
    return [alone, *_pool(reading, step, solution), *_centres(reading, step, solution)]


def _pool(reading: Reading, step: dict[str, Any], solution: Solution) -> list[Price]:
    if solution.form == "shared":
        return []
    way = _("Join a pool")
    if solution.pool == "L":
        return [Price(way, "", pool_name("L"))]
    pool = pool_of(solution, reading.catalogue)
    if pool is None:
        return [
            Price(way, "", _("%(fit)s; no pooled price is known, take the price alone.", fit=pool_name(solution.pool)))
        ]
    steps = tiers(solution, reading.catalogue, alone=False)
    less = clauses(
        _("from %(firms)s firms on %(low)s to %(high)s %% less", firms=t.firms, low=t.percent[0], high=t.percent[1])
        for t in steps
    )
    note = _("Estimate: %(less)s. The price is that of the fewest. %(text)s", less=less, text=reading.text(pool.text))
    return [Price(way, yuan_text(*pooled(step["price"], steps[0])), note)]


def pooled(band: list[int], tier: Tier) -> tuple[int, int]:
    """The price band in a pool (yuan): the low end at the highest saving, the high end at the lowest."""
    return tier.low(band[0]) // 100, -(-tier.high(band[1]) // 100)


def _centres(reading: Reading, step: dict[str, Any], solution: Solution) -> list[Price]:
    """Shared centres of the catalogue that carry as much of what this step lifts, each with its own price."""
    if solution.form == "shared":
        return []
    way = _("Use a shared centre")
    ruled_out = {e["solution"] for e in reading.payload["excluded"] if e["guard"]}
    found = []
    for plan in reading.catalogue.plans.values():
        other = plan.solution
        if other.form != "shared" or other.id in ruled_out:
            continue
        carries = {reading.catalogue.topic_of[item]: effect for item, effect, _given in plan.raises}
        same = [t for t, (_low, high) in step["raises"].items() if t in carries and _reaches(carries[t], high)]
        if same:
            band = price(other.cost, reading.document.facts, reading.catalogue).first_year
            text = _(
                "%(title)s, for %(topics)s.", title=reading.text(other.title), topics=clauses(map(reading.title, same))
            )
            found.append(Price(way, yuan_text(*band), sentences([text, source(reading, other.cost)])))
    if not found and solution.shared:
        found = [Price(way, "", _("A shared or public centre can offer it; ask there for its price."))]
    return found[:CENTRES] or [Price(way, "", _("The catalogue knows no shared centre for this."))]


def _reaches(effect: Effect, level: int) -> bool:
    return effect.to is not None and effect.to >= level


def kind_of(solution: Solution) -> str:
    """What kind of thing a solution is, for a line of a list."""
    return form_name(solution.form)
