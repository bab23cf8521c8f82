"""What do I do first? Open legal duties, the first steps as cards, and what is not proposed, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.i18n import gettext as _
from app.i18n import ngettext
from app.web.figures import clauses, join, nouns, phrases, sentences, span, yuan, yuan_text
from app.web.names import form_name, pool_name
from app.web.results.reading import Reading
from scoring.content.model import Cost, Solution

CARDS = 3
LIFTS = 4
OPEN_DUTIES = 2
WAN = 10_000


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One legal duty: what is owed, by which law, and when somebody last checked the text."""

    title: str
    text: str
    law: str
    checked: str
    open: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A first step as the macro `solution` prints it."""

    number: int
    title: str
    pain: str
    cost: str
    cost_unit: str
    cost_note: str
    source: str
    facts: tuple[tuple[str, str], ...]
    lifts: tuple[tuple[str, int, int, str], ...]
    more_lifts: str
    what: str
    start: str
    why: str
    check: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotNow:
    """A solution that is not proposed, and why."""

    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Steps:
    """The third part of the page."""

    answer: str
    sub: str
    duties_title: str
    duties: tuple[DutyLine, ...]
    notices: tuple[DutyLine, ...]
    cards: tuple[Card, ...]
    rest: tuple[Card, ...]
    rest_title: str
    guarded: tuple[NotNow, ...]
    waiting: tuple[NotNow, ...]
    other: str


def present_steps(reading: Reading) -> Steps:
    """Duties before anything that costs money, then the proposals in their stored order."""
    payload = reading.payload
    entries = [d for d in payload["duties"] if not d["notice"]]
    owed = [_duty(reading, d, len(entries) <= OPEN_DUTIES) for d in entries]
    cards = _cards(reading)
    guarded, waiting, other = _excluded(reading)
    return Steps(
        answer=_answer(bool(owed), cards),
        sub=_sub(bool(owed), bool(cards)),
        duties_title=ngettext(
            "The law asks for one thing first; it outranks any software.",
            "The law asks for %(num)s things first; they outrank any software.",
            len(owed),
        ),
        duties=tuple(owed),
        notices=tuple(_duty(reading, d, False) for d in payload["duties"] if d["notice"]),
        cards=tuple(cards[:CARDS]),
        rest=tuple(cards[CARDS:]),
        rest_title=ngettext("One more step that can start today", "%(num)s more steps that can start today", len(cards) - CARDS),
        guarded=guarded,
        waiting=waiting,
        other=other,
    )


def _answer(owed: bool, cards: list[Card]) -> str:
    if not cards:
        return _("Nothing has to be bought now.") if not owed else _("First do what the law asks.")
    if owed:
        return _("First what the law asks, then: %(title)s.", title=cards[0].title)
    return _("Start with: %(title)s.", title=cards[0].title)


def _sub(owed: bool, any_card: bool) -> str:
    said = _("Ranked by your own pains, the distance to the gate and the cost. All of it can start today.") if any_card else _(
        "With what stands today, no rented tool would lift anything further."
    )
    return said if owed else sentences([said, _("From what you told us no legal duty is open; one would come first.")])


def _duty(reading: Reading, entry: dict[str, Any], unfolded: bool) -> DutyLine:
    duty = reading.catalogue.duties[entry["id"]]
    law = entry["source_en"] if reading.language == "en" else entry["source"]
    checked = _("text checked %(month)s", month=entry["checked"])
    return DutyLine(reading.text(duty.title), reading.text(duty.text), law, checked, unfolded)


def _cards(reading: Reading) -> list[Card]:
    """The proposals; each is introduced by a pain that none before it has named, where it answers one."""
    found: list[Card] = []
    named: set[int] = set()
    for entry in reading.payload["recommendations"]:
        pains = [int(b.partition(":")[2]) for b in entry["because"] if b.startswith("pain:")]
        pains.sort(key=lambda n: n in named)
        named.update(pains[:1])
        found.append(_card(reading, entry, pains))
    return found


def _card(reading: Reading, entry: dict[str, Any], pains: list[int]) -> Card:
    solution = reading.catalogue.solutions[entry["solution"]]
    cost, unit = yuan(*entry["cost_per_year"])
    ordered = sorted(entry["raises"].items(), key=lambda r: (r[1][0] - r[1][1], r[0]))
    lifts = [(reading.title(t), low, high, reading.anchor(t, high)) for t, (low, high) in ordered]
    more = len(lifts) - LIFTS
    return Card(
        number=entry["rank"],
        title=reading.text(solution.title),
        pain=_pain(reading, pains, ordered),
        cost=cost,
        cost_unit=unit,
        cost_note=_cost_note(reading, entry, solution.cost),
        source=_source(reading, solution.cost),
        facts=(
            (_("In use after"), _("%(span)s days", span=span(*entry["days"]))),
            (_("Kind"), form_name(entry["form"])),
            (_("Paid"), _paid(entry, solution.cost)),
            (_("Pool"), pool_name(entry["pool"])),
        ),
        lifts=tuple(lifts[:LIFTS]),
        more_lifts=ngettext("and one more", "and %(num)s more", more) if more > 0 else "",
        what=reading.text(solution.what),
        start=reading.text(solution.start),
        why=_why(reading, entry, pains[1:]),
        check=_check(reading, entry),
    )


def _pain(reading: Reading, pains: list[int], ordered: list[tuple[str, list[int]]]) -> str:
    ranks = (_("Your first pain"), _("Your second pain"), _("Your third pain"))
    if pains:
        text = reading.text(reading.catalogue.pains[pains[0]].text)
        return _("%(rank)s: %(text)s", rank=ranks[reading.document.pains.index(pains[0])], text=text)
    topic, (low, _high) = min(ordered, key=lambda r: (r[1][0], r[0]))
    now = reading.anchor(topic, low)
    return _("Today: %(text)s", text=phrases([reading.title(topic), now]) if now else reading.title(topic))


def _cost_note(reading: Reading, entry: dict[str, Any], cost: Cost) -> str:
    said = [_("first year")]
    running, once = entry["running"], entry["one_off"]
    if once[1] and running[1]:
        said.append(_("of it %(money)s once", money=yuan_text(*once)))
        said.append(_("then %(money)s a year", money=yuan_text(*running)))
    elif once[1]:
        said.append(_("paid once"))
    counted = {
        "machine": ngettext("for one machine", "for %(num)s machines", entry["count"]),
        "seat": ngettext("for one seat", "for %(num)s seats", entry["count"]),
        "use": ngettext("for one use", "for %(num)s uses", entry["count"]),
    }.get(cost.unit)
    if counted:
        said.append(_("%(count)s, typical of the trade", count=counted) if entry["typical_count"] else counted)
    revenue = reading.document.facts.get("revenue_wan")
    if revenue:
        low, high = (100 * v / (float(revenue) * WAN) for v in entry["cost_per_year"])
        said.append(_("about %(low)s to %(high)s %% of revenue", low=_share(low), high=_share(high)))
    return phrases(said)


def _share(percent: float) -> str:
    return f"{max(percent, 0.01):.2f}" if percent < 1 else f"{percent:.1f}"


def _source(reading: Reading, cost: Cost) -> str:
    status = {
        "estimate": _("Estimate"),
        "vendor-stated": _("Stated by vendors"),
        "published": _("Published price"),
    }[cost.status]
    said = [_("%(status)s, %(month)s.", status=status, month=cost.date), reading.text(cost.basis)]
    titles = [reading.text(reading.catalogue.sources[s].title) for s in cost.source]
    if titles:
        said.append(_("Source: %(titles)s.", titles=clauses(titles)))
    return sentences(said)


def _paid(entry: dict[str, Any], cost: Cost) -> str:
    if not entry["running"][1]:
        return _("one payment")
    return {
        "site": _("by the year"),
        "machine": _("by machine and year"),
        "seat": _("by seat and year"),
        "month": _("by the month"),
        "use": _("each time it is used"),
    }[cost.unit]


def _why(reading: Reading, entry: dict[str, Any], others: list[int]) -> str:
    said = []
    parts: dict[str, list[str]] = {}
    for reason in entry["because"]:
        kind, _colon, name = reason.partition(":")
        parts.setdefault(kind, []).append(name)
    for duty in parts.get("duty", ()):
        said.append(_("It helps to meet a legal duty: %(title)s.", title=reading.text(reading.catalogue.duties[duty].title)))
    names = {"score": _("score"), "scenes": _("scenes"), "starred": _("starred scenes")}
    gates = [names[g] for g in ("score", "scenes", "starred") if g in parts.get("gate", ())]
    if gates:
        said.append(_("At the gate of level %(level)s it helps with: %(what)s.", level=reading.level + 1, what=join(gates)))
    if others:
        texts = [reading.text(reading.catalogue.pains[n].text).rstrip("。.") for n in others]
        said.append(_("It also answers: %(pains)s.", pains=clauses(texts)))
    if not said:
        titles = [reading.title(t) for t in parts.get("gap", ())[:2]]
        said.append(_("It lifts what is low: %(titles)s.", titles=join(titles)))
    return sentences(said)


def _check(reading: Reading, entry: dict[str, Any]) -> tuple[str, ...]:
    said = []
    for text in entry["check"]:
        if text == "revenue_wan":
            said.append(_("whether the price fits: you have not stated your revenue, and a first step should stay under one percent of it."))
        else:
            said.append(reading.condition(text))
    if entry["above_hint"]:
        said.append(_("the price: it is above half a percent of your revenue. Ask for a trial or buy together with others."))
    return tuple(dict.fromkeys(said))


def _excluded(reading: Reading) -> tuple[tuple[NotNow, ...], tuple[NotNow, ...], str]:
    """(kept back by a rule, waiting for something else first, the names of what would add nothing)."""
    guarded, waiting, other = [], [], []
    for entry in reading.payload["excluded"]:
        solution: Solution = reading.catalogue.solutions[entry["solution"]]
        title = reading.text(solution.title)
        if entry["guard"] == "G16" or entry.get("reason") == "rank":
            other.append(title)
        elif entry["guard"]:
            guard = reading.catalogue.guards[entry["guard"]]
            guarded.append(NotNow(title, reading.text(guard.reason)))
        else:
            needs = [reading.condition(text) for text in entry["unmet"]]
            waiting.append(NotNow(title, _("First needed: %(needs)s.", needs=clauses(needs))))
    return tuple(guarded), tuple(waiting), nouns(other)
