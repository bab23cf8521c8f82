"""What must hold across content files. `references` runs at every load; the rest with `python -m scoring check`.

Every check has a broken fixture in `tests/content/` that shows it fires.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, get_args

from scoring.conditions import Condition, ConditionError, parse
from scoring.content.catalogue import FIRM_FACTS, Edition, effects_of
from scoring.content.model import (
    SECTORS,
    Duty,
    Effect,
    Fact,
    Form,
    Guard,
    Pool,
    Question,
    Sector,
    Solution,
    Source,
    Subsidy,
    Text,
)
from scoring.errors import Fault

NEVER_RAISED = {
    "funding_rate",
    "energy_per_revenue",
    "pass_rate",
    "revenue_per_head",
    "cost_per_revenue",
    "information_systems",
}
UNITS, POOLS = ("site", "machine", "seat", "month", "use"), ("H", "M")
ANCHORS = 5
PAGE = (4, 7)
QUICK = 12
LONGEST_NAME = {"zh": 30, "en": 80}
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WIDE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")  # with full-width punctuation
_ASIDE = re.compile(
    r"\([^()]*\)|（[^（）]*）|\"[^\"]*\"|“[^”]*”|「[^」]*」|《[^》]*》|(?<!\w)'[^']*'(?!\w)|‘[^’]*’(?!\w)"
)


class References:
    """Collects the faults of one sector's parsed entries: unknown ids, wrong shapes, broken conditions, cycles."""

    def __init__(
        self, sector: Sector, edition: Edition, origin: Mapping[str, str], entries: Mapping[str, list[Any]]
    ) -> None:
        self.sector, self.edition, self.origin, self.entries = sector, edition, origin, entries
        self.questions: dict[str, Question] = {q.id: q for q in entries["questions"]}
        self.topics = {q.topic for q in self.questions.values() if q.kind == "level" or q.capability}
        self.facts: dict[str, Fact] = {f.id: f for f in entries["facts"]} | {f.id: f for f in sector.facts}
        self.sources: set[str] = {s.id for s in entries["sources"]}
        self.solutions: set[str] = {s.id for s in entries["solutions"]}
        self.aliases = {a: b for q in self.questions.values() for a, b in ((q.topic, q.id), (q.id, q.topic))}
        self.faults: list[Fault] = []
        self.where = ("", "")

    def fault(self, message: str, place: str = "") -> None:
        self.faults.append(
            Fault(self.where[0], f"{self.where[1]}{'.' if place and self.where[1] else ''}{place}", message)
        )

    def unknown(
        self, what: str, name: str, known: Iterable[str], place: str, before: str = "", after: str = ""
    ) -> None:
        """Something is named that is not there: what may be meant, if anything comes near."""
        meant = self.aliases.get(name, name)
        near = [meant] if meant in (names := list(known)) else _alike(name, names)
        remedy = f"is it {near[0]}?" if near else "take it out or mend the id"
        self.fault(f"{before}no {what} {name}{after}; {remedy}", place)

    def at(self, kind: str, entry: Any) -> None:
        file = self.origin.get(f"{kind}:{entry.id}", f"sectors/{self.sector.id}/v1/sector.yaml")
        self.where = (file, f"{kind} {entry.id}")

    def run(self) -> list[Fault]:
        for question in self.questions.values():
            self.at("questions", question)
            self.question(question)
        self.index()
        self.where = (f"sectors/{self.sector.id}/v1/sector.yaml", "")
        self.sector_file()
        for fact in self.facts.values():
            self.at("facts", fact)
            self.fact(fact)
        for solution in self.entries["solutions"]:
            self.at("solutions", solution)
            self.solution(solution)
        for guard in self.entries["guards"]:
            self.at("guards", guard)
            self.trades(guard)
            if not guard.sectors or self.sector.id in guard.sectors:
                self.guard(guard)
        for duty in self.entries["duties"]:
            self.at("duties", duty)
            self.trades(duty)
            if not duty.sectors or self.sector.id in duty.sectors:
                self.duty(duty)
        for subsidy in self.entries["subsidies"]:
            self.at("subsidies", subsidy)
            self.subsidy(subsidy)
        for pool in self.entries["pools"]:
            self.at("pools", pool)
            self.pool(pool)
        if not self.faults:
            self.cycles()
        return self.faults

    # one kind of entry each

    def serves(self, entry: Question | Solution) -> None:
        if not entry.plan_tasks:
            self.fault("serves no task of the provincial plan; name one or more, 1 to 18", "plan_tasks")
        elif len(set(entry.plan_tasks)) < len(entry.plan_tasks):
            self.fault("names a task of the plan twice", "plan_tasks")

    def trades(self, entry: Guard | Duty) -> None:
        for name in entry.sectors:
            if name not in SECTORS:
                self.unknown("trade", name, SECTORS, "sectors")

    def named(self, name: Text, place: str) -> None:
        """A name stands in lists and on buttons; what is to be explained belongs into the text below it."""
        for language, most in LONGEST_NAME.items():
            if len(name.get(language)) > most:
                self.fault(f"is a name of at most {most} characters; shorten it", f"{place}.{language}")

    def question(self, q: Question) -> None:
        self.serves(q)
        self.named(q.title, "title")
        for n, anchor in enumerate(q.anchors):
            self.named(anchor.label, f"anchors[{n}].label")
        if q.kind == "level":
            if len(q.anchors) != ANCHORS:
                self.fault(f"a level question has {ANCHORS} anchors, not {len(q.anchors)}", "anchors")
            for n, anchor in enumerate(q.anchors):
                if n and anchor.evidence is None:
                    self.fault("says what record proves it; only level 0 needs none", f"anchors[{n}].evidence")
            if len({a.text.zh for a in q.anchors}) < len(q.anchors) or len({a.text.en for a in q.anchors}) < len(
                q.anchors
            ):
                self.fault("two anchors have the same text", "anchors")
        elif q.kind == "rate":
            if not (q.part_label and q.whole_label and q.unit):
                self.fault("a rate question has part_label, whole_label and unit")
        elif len(q.options) < 2:
            self.fault(f"a {q.kind} question has options", "options")
        if q.kind == "multiple" and not q.none_label:
            self.fault("a multiple question says what ticking nothing means", "none_label")
        if q.kind != "level" and q.anchors:
            self.fault("only level questions have anchors", "anchors")
        self.options(q.options)
        self.conditions(q.needs, "needs", facts=True)
        self.conditions(q.needs3, "needs3", facts=True)
        self.conditions(q.asked_if, "asked_if", topics=False)
        if q.was and (q.was in self.questions or sum(o.was == q.was for o in self.questions.values()) > 1):
            self.fault(f"{q.was} is still asked, or named twice; an answer follows to one question only", "was")
        if q.scene and q.scene not in self.edition.scenes:
            self.fault(f"no scene {q.scene} in the index", "scene")
        if q.whole_fact and q.whole_fact not in (*FIRM_FACTS, *self.facts):
            self.unknown("fact", q.whole_fact, (*FIRM_FACTS, *self.facts), "whole_fact")
        if q.capability:
            known = {o.id for o in q.options}
            named = {*q.capability.levels, *q.capability.weights, *(o for c in q.capability.cases for o in c.has)}
            for o in sorted(named - known):
                self.fault(f"no option {o} in this question", "capability")
            if q.capability.rule == "option" and known - set(q.capability.levels):
                self.fault(
                    f"gives no level to {', '.join(sorted(known - set(q.capability.levels)))}", "capability.levels"
                )
        self.texts(q)

    def options(self, options: Sequence[Any]) -> None:
        ids = [o.id for o in options]
        for n, i in enumerate(ids):
            if i in ids[:n]:
                self.fault(f"option {i} stands twice", f"options[{n}].id")
        before = [o.was for o in options if o.was]
        for i in {i for i in before if i in ids or before.count(i) > 1}:
            self.fault(f"{i} is still an option, or named twice; an answer follows to one option only", "options")

    def index(self) -> None:
        for i in (*self.edition.items, *self.edition.scenes):
            q = self.questions.get(i)
            self.where = ("common/v1", f"questions {i}")
            if q is None:
                self.fault(f"the index item {i} has no question")
            elif i in self.edition.scenes:
                if q.kind != "level":
                    self.fault("a scene is a level question", "kind")
            else:
                item = self.edition.items[i]
                if q.kind != item.kind:
                    self.fault(f"the index says {item.kind}", "kind")
                elif item.points and {o.id for o in q.options} != set(item.points):
                    self.fault(f"has not the options of the index: {', '.join(item.points)}", "options")

    def sector_file(self) -> None:
        s = self.sector
        asked: list[str] = []
        for n, section in enumerate(s.sections):
            place = f"sections[{n}].questions"
            self.named(section.title, f"sections[{n}].title")
            for i in section.questions:
                if i in asked:
                    self.fault(f"{i} stands on two pages; keep one", place)
                elif i not in self.questions:
                    self.unknown("question", i, self.questions, place)
                asked.append(i)
            number = len(section.questions)
            if not PAGE[0] <= number <= PAGE[1]:
                self.fault(f"page {section.id} has {number} questions; {PAGE[0]} to {PAGE[1]} fit", place)
        for i in self.questions:
            if i not in asked:
                self.fault(f"{i} stands on no page; add it to one", "sections")
        for i in s.quick:
            if i not in self.questions:
                self.unknown("question", i, self.questions, "quick")
        if len(set(s.quick)) != QUICK:
            self.fault(f"the quick look has {QUICK} different questions, not {len(set(s.quick))}", "quick")
        for i in s.examples:
            if i not in self.questions:
                self.unknown("question", i, self.questions, f"examples.{i}")
        numbers = [p.number for p in s.pains]
        for number in dict.fromkeys(n for n in numbers if numbers.count(n) > 1):
            self.fault("two pains have the same number; choose another for one", f"pains[{number}].number")
        for p in s.pains:
            for t in p.topics:
                if t not in self.topics:
                    self.unknown("topic", t, self.topics, f"pains[{p.number}].topics")
            for name in p.solutions:
                if name not in self.solutions:
                    self.unknown("solution", name, self.solutions, f"pains[{p.number}].solutions")
        for n, e in enumerate(s.emphasis):
            for t in e.topics:
                if t not in self.topics:
                    self.unknown("topic", t, self.topics, f"emphasis[{n}].topics")
            self.conditions(e.given, f"emphasis[{n}].if", topics=False)
        for n, requirement in enumerate(s.chain):
            self.chain(requirement.asks, f"chain[{n}].asks")
        for n, k in enumerate(s.kpis):
            self.cited(k.source, f"kpis[{n}].source")
        for name in s.typical:
            if name not in (*FIRM_FACTS, *self.facts):
                self.unknown("fact", name, (*FIRM_FACTS, *self.facts), "typical")
        self.texts(s)

    def chain(self, asks: str, place: str) -> None:
        self.conditions([asks], place, facts=False)
        if re.fullmatch(r"[^();<]+>=\d", asks) is None:
            self.fault(f"{asks}: write one topic and the level wanted, such as C12>=2", place)

    def fact(self, f: Fact) -> None:
        if f.kind == "choice" and len(f.options) < 2:
            self.fault("a choice has options", "options")
        if f.kind == "number" and f.unit is None:
            self.fault("a number says its unit", "unit")
        self.options(f.options)
        self.conditions(f.ask_if, "ask_if", topics=False)
        self.texts(f)

    def solution(self, s: Solution) -> None:
        self.serves(s)
        self.named(s.title, "title")
        if not s.raises:
            self.fault("raises nothing", "raises")
        for item, raw in s.raises.items():
            q = self.questions.get(item)
            if q is None:
                self.unknown("question", item, self.questions, f"raises.{item}")
            elif item in NEVER_RAISED:
                self.fault(f"{item} is never raised by a solution; take it out", f"raises.{item}")
            else:
                for effect in effects_of(raw):
                    self.effect(q, effect)
        self.conditions(s.needs, "needs", facts=True)
        self.rising(s.needs, "needs")
        self.conditions(s.applies_when, "applies_when", topics=False)
        pains = {p.number for p in self.sector.pains}
        for n in s.solves:
            if n not in pains:
                self.fault(f"no pain {n} in {self.sector.id}", "solves")
        for other in s.excludes:
            if other not in self.solutions:
                self.unknown("solution", other, self.solutions, "excludes")
        if s.days[0] > s.days[1]:
            self.fault("the shorter time stands first", "days[0]")
        c = s.cost
        for price, place in ((c, "cost.low"), (c.one_off, "cost.one_off.low")):
            if price and price.low > price.high:
                self.fault("the lower price stands first", place)
        if c.low + (c.one_off.low if c.one_off else 0) <= 0:
            self.fault("costs nothing at its lower end; give the price of the typical edition or use", "cost.low")
        if isinstance(c.count_from, str):
            if c.count_from not in (*FIRM_FACTS, *self.facts):
                self.unknown("fact", c.count_from, (*FIRM_FACTS, *self.facts), "cost.count_from")
            elif c.count_from not in self.sector.typical:
                self.fault(
                    f"{self.sector.id} has no typical {c.count_from}; add it in its sector.yaml", "cost.count_from"
                )
        if c.unit == "use" and c.status != "estimate":
            self.fault("a typical yearly use is an estimate; say so", "cost.status")
        if c.status != "estimate" and not c.source:
            self.fault("has no source, so it is an estimate", "cost.status")
        self.cited(c.source, "cost.source")
        self.cited(s.effect.source, "effect.source")
        tags = {t for g in self.entries["guards"] for t in g.tags}
        for t in s.tags:
            if t not in tags:
                self.fault(f"no guard rule speaks of {t}; known: {', '.join(sorted(tags))}", "tags")
        self.texts(s)

    def effect(self, q: Question, e: Effect) -> None:
        place = f"raises.{q.id}"
        fits = {
            "level": e.to is not None,
            "rate": e.band is not None,
            "multiple": bool(e.add),
            "single": e.option is not None,
        }
        if not fits.get(q.kind, False) or sum(fits.values()) > 1:
            want = {
                "level": "a level",
                "rate": "{band: n}",
                "multiple": "a list of options",
                "single": "{option: id}",
            }.get(q.kind, "nothing")
            self.fault(f"a {q.kind} item takes {want}", place)
        known = {o.id for o in q.options}
        for o in (*e.add, *([e.option] if e.option else [])):
            if o not in known:
                self.fault(f"no option {o}; known: {', '.join(sorted(known))}", place)
        self.conditions(e.given, place, facts=True)
        self.rising(e.given, place)

    def guard(self, g: Guard) -> None:
        self.conditions(g.unless, "unless", facts=True)
        self.rising(g.unless, "unless")
        self.texts(g)

    def duty(self, d: Duty) -> None:
        for case in d.when:
            self.conditions(case, "when", facts=True)
        if not d.when:
            self.fault("has no case in which it is open", "when")
        self.cited(d.source, "source")
        for s in d.remedies:
            if s not in self.solutions:
                self.unknown("solution", s, self.solutions, "remedies")
        self.texts(d)

    def subsidy(self, s: Subsidy) -> None:
        steps = list(zip(s.ceilings, s.ceilings[1:], strict=False))
        if any(a.level >= b.level or a.yuan > b.yuan for a, b in steps):
            self.fault("ceilings rise from level to level, each level once", "ceilings")
        if s.until:
            try:
                last = date.fromisoformat(s.until)
            except ValueError:
                self.fault(f"there is no day {s.until}", "until")
            else:
                if s.date and last.isoformat() < s.date:
                    self.fault("ends before the rule began", "until")
        self.cited(s.source, "source")
        self.texts(s)

    def pool(self, p: Pool) -> None:
        for name, known in (("forms", get_args(Form)), ("pools", ("H", "M"))):
            for value in getattr(p, name):
                if value not in known:
                    self.fault(f"{value} is none of {', '.join(known)}", name)
        if any(t.percent[0] > t.percent[1] for t in p.tiers):
            self.fault("the cautious end is above the hopeful one", "tiers")
        for one, more in pairwise(p.tiers):
            if one.firms >= more.firms or any(a > b for a, b in zip(one.percent, more.percent, strict=True)):
                self.fault("a later tier has more firms, and saves no less", "tiers")
        for other in self.entries["pools"]:
            if other.id < p.id and set(other.forms) & set(p.forms) and set(other.pools) & set(p.pools):
                self.fault(f"speaks of the same forms and pools as {other.id}", "forms")
        if not p.source and p.status != "estimate":
            self.fault("has no source, so it is an estimate", "status")
        self.cited(p.source, "source")
        self.texts(p)

    # what they share

    def cited(self, sources: Iterable[str], place: str) -> None:
        for s in sources:
            if s not in self.sources:
                self.fault(f"no source {s}; add it to shared/v1/sources.yaml", place)

    def conditions(self, texts: Iterable[str], place: str, *, topics: bool = True, facts: bool = True) -> None:
        for text in texts:
            try:
                self.condition(parse(text), place, topics, facts)
            except ConditionError as error:
                self.fault(str(error), place)

    def rising(self, texts: Iterable[str], place: str) -> None:
        """On a route levels only rise, so that what could start once can start later too."""
        for text in texts:
            if re.search(r"\b([A-Z]{1,4}-?\d+|scene_office)\s*<", text):
                self.fault(f"{text}: a level stands with >= here; with < the order of a route would have no end", place)

    def condition(self, c: Condition, place: str, topics: bool, facts: bool) -> None:
        for name, _, _ in c.topics:
            if not topics:
                self.fault(f"{c.text}: only profile facts may stand here", place)
            elif name not in self.topics:
                self.unknown("topic", name, self.topics, place, f"{c.text}: ", " with a level")
        for name, operator, value in c.facts:
            fact = self.facts.get(name)
            if not facts or (fact is None and name not in FIRM_FACTS):
                self.unknown("fact", name, (*FIRM_FACTS, *self.facts) if facts else (), place, f"{c.text}: ")
            elif fact is not None and fact.kind == "choice" and value not in [o.id for o in fact.options]:
                self.fault(f"{c.text}: {name} has no option {value}", place)
            elif (
                fact is not None
                and fact.kind == "bool"
                and (operator not in ("=", "!=") or not isinstance(value, bool))
            ):
                self.fault(f"{c.text}: {name} is true or false", place)
            elif (fact is None or fact.kind == "number") and (isinstance(value, bool | str)):
                self.fault(f"{c.text}: {name} is a number", place)

    def texts(self, entry: Any) -> None:
        for place, message in language_faults(entry):
            self.fault(message, place)

    def cycles(self) -> None:
        edges = {
            q.topic: {n for c in (*q.needs, *q.needs3) for n, _, _ in parse(c).topics} for q in self.questions.values()
        }
        state: dict[str, int] = {}

        def visit(topic: str, path: list[str]) -> None:
            state[topic] = 1
            for need in sorted(edges.get(topic, ())):
                if state.get(need) == 1:
                    asked = next(q for q in self.questions.values() if q.topic == topic)
                    self.at("questions", asked)
                    circle = [*path[path.index(need) if need in path else len(path) :], topic, need]
                    self.fault(f"needs go round in a circle: {' → '.join(circle)}; take one out", "needs")
                elif need not in state:
                    visit(need, [*path, topic])
            state[topic] = 2

        for topic in edges:
            if topic not in state:
                visit(topic, [])


def _alike(name: str, names: Sequence[str]) -> list[str]:
    """The one that may be meant: written otherwise, or a word with a slip. Another number is another thing."""

    def plain(text: str) -> str:
        return re.sub(r"[\W_]+0*", "", text).casefold()

    same = [n for n in names if plain(n) == plain(name)]
    return same[:1] or ([] if re.search(r"\d", name) else get_close_matches(name, names, 1, 0.75))


def language_faults(entry: Any) -> Iterator[tuple[str, str]]:
    """(place, message) of each text inside an entry that is not in its language."""
    for place, text in texts_of(entry):
        if _WIDE.search(_ASIDE.sub("", text.en)):
            yield place, "the English text holds Chinese outside parentheses or quotation marks"
        if not _CJK.search(text.zh) and len(text.zh) > 12:
            yield place, "the Chinese text holds no Chinese"


def texts_of(entry: Any, place: str = "") -> Iterator[tuple[str, Text]]:
    """Every zh/en pair inside an entry, with its place."""
    if isinstance(entry, Text):
        yield place, entry
    elif isinstance(entry, tuple | list):
        for i, part in enumerate(entry):
            yield from texts_of(part, f"{place}[{i}]")
    elif isinstance(entry, dict):
        for key, part in entry.items():
            yield from texts_of(part, f"{place}.{key}".lstrip("."))
    elif hasattr(entry, "__dataclass_fields__"):
        for name in entry.__dataclass_fields__:
            yield from texts_of(getattr(entry, name), f"{place}.{name}".lstrip("."))


def references(
    sector: Sector, edition: Edition, origin: Mapping[str, str], entries: Mapping[str, list[Any]]
) -> list[Fault]:
    """All faults in the references between one sector's entries."""
    return References(sector, edition, origin, entries).run()


__all__ = ["References", "Source", "language_faults", "references", "texts_of"]
