"""What do I do first? Open legal duties, the first steps as cards, and what is not proposed, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.i18n import gettext as _
from app.i18n import in_characters, ngettext
from app.web.figures import clauses, join, nouns, phrases, sentences, span, yuan
from app.web.names import form_name, pool_name
from app.web.results.prices import cost_note, paid, source
from app.web.results.reading import Reading
from scoring.recommend import INCIDENTAL

CARDS = 3
LIFTS = 4
OPEN_DUTIES = 2


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
class Group:
    """Solutions that are not proposed for one kind of reason; `names` where the heading says it all."""

    title: str
    entries: tuple[NotNow, ...] = ()
    names: str = ""


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
    left_out: tuple[Group, ...]


def present_steps(reading: Reading) -> Steps:
    """Duties before anything that costs money, then the proposals in their stored order."""
    payload = reading.payload
    entries = [d for d in payload["duties"] if not d["notice"]]
    owed = [_duty(reading, d, len(entries) <= OPEN_DUTIES) for d in entries]
    cards = _cards(reading)
    left_out = _left_out(reading)
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
        rest_title=ngettext(
            "One more step that can start today", "%(num)s more steps that can start today", len(cards) - CARDS
        ),
        left_out=left_out,
    )


def _answer(owed: bool, cards: list[Card]) -> str:
    if not cards:
        return _("Nothing has to be bought now.") if not owed else _("First do what the law asks.")
    if owed:
        return _("First what the law asks, then: %(title)s.", title=cards[0].title)
    return _("Start with: %(title)s.", title=cards[0].title)


def _sub(owed: bool, any_card: bool) -> str:
    said = (
        _("Ranked by your own pains, the distance to the gate and the cost. All of it can start today.")
        if any_card
        else _("With what stands today, no rented tool would lift anything further.")
    )
    return said if owed else sentences([said, _("From what you told us no legal duty is open; one would come first.")])


def _duty(reading: Reading, entry: dict[str, Any], unfolded: bool) -> DutyLine:
    duty = reading.catalogue.duties[entry["id"]]
    law = entry["source_en"] if reading.language == "en" else in_characters(entry["source"], reading.language)
    checked = _("as known in %(month)s, check the current text", month=entry["checked"])
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
    ordered = sorted(entry["raises"].items(), key=lambda r: (r[0] in INCIDENTAL, r[1][0] - r[1][1], r[0]))
    lifts = [(reading.title(t), low, high, reading.anchor(t, high)) for t, (low, high) in ordered]
    more = len(lifts) - LIFTS
    return Card(
        number=entry["rank"],
        title=reading.text(solution.title),
        pain=_pain(reading, pains, ordered),
        cost=cost,
        cost_unit=unit,
        cost_note=cost_note(reading, entry, solution.cost),
        source=source(reading, solution.cost),
        facts=(
            (_("In use after"), _("%(span)s days", span=span(*entry["days"]))),
            (_("Kind"), form_name(entry["form"])),
            (_("Paid"), paid(entry, solution.cost)),
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


def _why(reading: Reading, entry: dict[str, Any], others: list[int]) -> str:
    said = []
    parts: dict[str, list[str]] = {}
    for reason in entry["because"]:
        kind, _colon, name = reason.partition(":")
        parts.setdefault(kind, []).append(name)
    for duty in parts.get("duty", ()):
        said.append(
            _("It helps to meet a legal duty: %(title)s.", title=reading.text(reading.catalogue.duties[duty].title))
        )
    names = {"score": _("score"), "scenes": _("scenes"), "starred": _("starred scenes")}
    gates = [names[g] for g in ("score", "scenes", "starred") if g in parts.get("gate", ())]
    if gates:
        said.append(
            _("At the gate of level %(level)s it helps with: %(what)s.", level=reading.level + 1, what=join(gates))
        )
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
            said.append(
                _(
                    "whether the price fits: you have not stated your revenue, "
                    "and a first step should stay under one percent of it."
                )
            )
        else:
            said.append(reading.condition(text))
    if entry["above_hint"]:
        said.append(
            _("the price: it is above half a percent of your revenue. Ask for a trial or buy together with others.")
        )
    return tuple(dict.fromkeys(said))


def _left_out(reading: Reading) -> tuple[Group, ...]:
    """What is not proposed, by kind of reason; kinds without an entry are left out."""
    guarded, waiting, covered = [], [], []
    later, idle = [], []
    for entry in reading.payload["excluded"]:
        title = _title(reading, entry["solution"])
        if entry["guard"] == "G16":
            idle.append(title)
        elif entry["guard"]:
            guarded.append(NotNow(title, reading.text(reading.catalogue.guards[entry["guard"]].reason)))
        elif entry["unmet"]:
            needs = clauses(reading.condition(text) for text in entry["unmet"])
            waiting.append(NotNow(title, _("First needed: %(needs)s.", needs=needs)))
        elif entry.get("by"):
            covered.append(NotNow(title, _("Its work is done by: %(title)s.", title=_title(reading, entry["by"]))))
        else:
            later.append(title)
    groups = (
        Group(_("Not now"), tuple(guarded)),
        Group(_("Something else comes first"), tuple(waiting)),
        Group(_("Another step does the same"), tuple(covered)),
        Group(_("Useful, but less pressing"), names=nouns(later)),
        Group(_("Would add nothing here"), names=nouns(idle)),
    )
    return tuple(group for group in groups if group.entries or group.names)


def _title(reading: Reading, solution: str) -> str:
    return reading.text(reading.catalogue.solutions[solution].title)
