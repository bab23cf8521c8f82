"""Everything one trade needs, put together once: questions in the order asked, topics, conditions and rules compiled.

Points of the official index are exact integers in thousandths of a point (`MILLI`); nothing on the way to a level is
a float.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scoring.conditions import Condition, parse, parse_all
from scoring.content.model import (
    Capability,
    ChainRequirement,
    Duty,
    Effect,
    Emphasis,
    Fact,
    Guard,
    Pain,
    Pool,
    Question,
    Sector,
    Solution,
    Source,
    Subsidy,
    Text,
)  # fmt: skip

MILLI = 1000
FIRM_FACTS = ("employees", "revenue_wan", "machines")


def milli(value: Any) -> int:
    """A number of the index in thousandths of a point. Raises ValueError where that would lose digits."""
    exact = Decimal(str(value)) * MILLI
    if exact != int(exact):
        raise ValueError(f"{value}: the index has at most three decimals")
    return int(exact)


@dataclass(frozen=True, slots=True)
class Gate:
    """The three conditions of one level: score in milli-points, scenes and starred scenes at that level or above."""

    level: int
    name: Text
    score: int
    scenes: int
    starred: int


@dataclass(frozen=True, slots=True)
class ScoredItem:
    """Points of one item of the index by option id or by band; `bands`: closed right ends (numerator, denominator)."""

    id: str
    section: str
    group: str
    kind: str
    points: dict[str, int]
    bands: tuple[tuple[int, int], ...] = ()
    band_points: tuple[int, ...] = ()

    @property
    def most(self) -> int:
        if self.kind == "multiple":
            return sum(self.points.values())
        return max(self.band_points or self.points.values())

    def band(self, part: int, whole: int) -> int:
        """Index of the band that part/whole falls into; a value on a boundary belongs to the lower band."""
        for i, (numerator, denominator) in enumerate(self.bands):
            if part * denominator <= numerator * whole:
                return i
        return len(self.bands) - 1


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    title: Text
    points: int
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndexSection:
    id: str
    title: Text
    points: int
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the official index: sections with their points, scored items, scenes (id → starred) and gates."""

    id: str
    title: Text
    sections: tuple[IndexSection, ...]
    items: dict[str, ScoredItem]
    scenes: dict[str, bool]
    scene_fields: dict[str, str]
    gates: tuple[Gate, ...]
    gate_status: str

    def level_name(self, level: int) -> Text:
        """Name of a level; level 0 is 无等级."""
        return self.gates[level - 1].name if level else Text(zh="无等级", en="No level")


def read_edition(raw: Mapping[str, Any]) -> Edition:
    """The edition from its file in `questionnaires/frameworks/`. Raises KeyError or ValueError on a broken file."""
    sections, items = [], {}
    for s in raw["sections"]:
        groups = []
        for g in s["groups"]:
            groups.append(Group(g["id"], Text(**g["title"]), milli(g["points"]), tuple(g["items"])))
            for i in g["items"]:
                spec = raw["items"][i]
                bands = spec.get("bands", [])
                ends = tuple(Decimal(str(b[0])).as_integer_ratio() for b in bands)
                options = {o: milli(p) for o, p in spec.get("options", {}).items()}
                items[i] = ScoredItem(
                    i, s["id"], g["id"], spec["kind"], options, ends, tuple(milli(b[1]) for b in bands)
                )
        sections.append(IndexSection(s["id"], Text(**s["title"]), milli(s["points"]), tuple(groups)))
    gates = tuple(
        Gate(int(n), Text(**g["name"]), milli(g["score"]), g["scenes"], g["starred"])
        for n, g in sorted(raw["gates"].items())
    )
    scenes = {i: bool(s["starred"]) for i, s in raw["scenes"].items()}
    fields = {i: s["field"] for i, s in raw["scenes"].items()}
    return Edition(raw["id"], Text(**raw["title"]), tuple(sections), items, scenes, fields, gates, raw["gate_status"])


@dataclass(frozen=True, slots=True)
class Topic:
    """What a capability level is given to: one question, or several that share an alias.

    `rule` is None for level questions (the answer is the level) and for topics without a level (`levelled` False).
    """

    id: str
    dimension: str
    common: bool
    items: tuple[str, ...]
    rule: Capability | None
    levelled: bool
    needs: tuple[Condition, ...]
    needs3: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A solution with its conditions compiled. `raises` pairs a question id with its effect and compiled condition.

    `conditional` tells that some effect hangs on the final state.
    """

    solution: Solution
    needs: tuple[Condition, ...]
    applies: tuple[Condition, ...]
    guards: tuple[tuple[str, tuple[Condition, ...]], ...]
    raises: tuple[tuple[str, Effect, tuple[Condition, ...]], ...]
    pains: frozenset[int]
    sector_items: tuple[str, ...]
    conditional: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "conditional", any(given for _, _, given in self.raises))


@dataclass(frozen=True, slots=True)
class CompiledDuty:
    duty: Duty
    cases: tuple[tuple[Condition, ...], ...]


@dataclass(frozen=True)
class Catalogue:
    """The content of one trade, ready for scoring. Mappings keep the order in which things are asked or listed."""

    sector: Sector
    edition: Edition
    versions: dict[str, str]
    questions: dict[str, Question]
    facts: dict[str, Fact]
    pains: dict[int, Pain]
    solutions: dict[str, Solution]
    guards: dict[str, Guard]
    duties: dict[str, Duty]
    sources: dict[str, Source]
    subsidies: dict[str, Subsidy]
    pools: tuple[Pool, ...]
    topics: dict[str, Topic]
    plans: dict[str, Plan]
    switches: dict[str, tuple[Condition, ...]]
    emphasis: tuple[tuple[frozenset[str], tuple[Condition, ...]], ...]
    compiled_duties: tuple[CompiledDuty, ...]
    chain: tuple[tuple[ChainRequirement, Condition], ...]
    topic_of: dict[str, str]
    origin: dict[str, str] = field(repr=False)

    @classmethod
    def build(
        cls,
        *,
        sector: Sector,
        edition: Edition,
        versions: dict[str, str],
        origin: dict[str, str],
        questions: Iterable[Question],
        facts: Iterable[Fact],
        solutions: Iterable[Solution],
        guards: Iterable[Guard],
        duties: Iterable[Duty],
        sources: Iterable[Source],
        subsidies: Iterable[Subsidy] = (),
        pools: Iterable[Pool] = (),
    ) -> Catalogue:
        """Puts validated entries together. References must have been checked (`checks.references`)."""
        by_id = {q.id: q for q in questions}
        order = [i for s in sector.sections for i in s.questions]
        asked = {i: by_id[i] for i in order}
        common_file = "common/"
        topics: dict[str, Topic] = {}
        for q in asked.values():
            before = topics.get(q.topic)
            topics[q.topic] = Topic(
                id=q.topic,
                dimension=q.dimension,
                common=origin[f"questions:{q.id}"].startswith(common_file),
                items=(before.items if before else ()) + (q.id,),
                rule=q.capability,
                levelled=q.kind == "level" or q.capability is not None,
                needs=parse_all(q.needs),
                needs3=parse_all(q.needs3),
            )
        active = {g.id: g for g in guards if not g.sectors or sector.id in g.sectors}
        own = {q.id for q in asked.values() if not topics[q.topic].common}
        by_solution = {s.id: s for s in solutions}
        return cls(
            sector=sector,
            edition=edition,
            versions=versions,
            questions=asked,
            facts={f.id: f for f in facts} | {f.id: f for f in sector.facts},
            pains={p.number: p for p in sector.pains},
            solutions=by_solution,
            guards=active,
            duties={d.id: d for d in duties if not d.sectors or sector.id in d.sectors},
            sources={s.id: s for s in sources},
            subsidies={s.id: s for s in subsidies},
            pools=tuple(pools),
            topics=topics,
            plans={s.id: _plan(s, active, sector, own, asked) for s in by_solution.values()},
            switches={q.id: parse_all(q.asked_if) for q in asked.values() if q.asked_if},
            emphasis=tuple((frozenset(e.topics), parse_all(e.given)) for e in sector.emphasis),
            compiled_duties=tuple(
                CompiledDuty(d, tuple(parse_all(c) for c in d.when))
                for d in duties
                if not d.sectors or sector.id in d.sectors
            ),
            chain=tuple((r, parse(r.asks)) for r in sector.chain),
            topic_of={q.id: q.topic for q in asked.values()},
            origin=origin,
        )


def effects_of(raw: int | tuple[Any, ...] | Effect) -> tuple[Effect, ...]:
    """The long form of what `raises` writes short: a level, options to add, one effect, or several with conditions."""
    if isinstance(raw, Effect):
        return (raw,)
    if isinstance(raw, int):
        return (Effect(to=raw),)
    if all(isinstance(part, str) for part in raw):
        return (Effect(add=tuple(raw)),)
    return tuple(Effect(to=part) if isinstance(part, int) else part for part in raw)


def _plan(
    s: Solution, guards: Mapping[str, Guard], sector: Sector, own: set[str], asked: Mapping[str, Question]
) -> Plan:
    rules = [g for g in guards.values() if set(g.tags) & set(s.tags)]
    effects = [(item, e) for item, raw in s.raises.items() if item in asked for e in effects_of(raw)]
    pains = {*s.solves, *(p.number for p in sector.pains if s.id in p.solutions)}
    return Plan(
        solution=s,
        needs=parse_all(s.needs),
        applies=parse_all(s.applies_when),
        guards=tuple((g.id, parse_all(g.unless)) for g in rules),
        raises=tuple((item, e, parse_all(e.given)) for item, e in effects),
        pains=frozenset(pains),
        sector_items=tuple(i for i, _ in effects if i in own),
    )


__all__ = ["Catalogue", "Edition", "Emphasis", "Plan", "Topic", "effects_of", "milli", "read_edition"]
