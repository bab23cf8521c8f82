"""What an author writes, as types: one frozen dataclass for each kind of entry in a content file.

The classes are pydantic dataclasses: the loader validates the parsed YAML against them (unknown keys refused, no
type guessed from another), and the rest of the engine then works with plain frozen objects. Texts are always
zh/en pairs; ids are ASCII and never derived from wording.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass

STRICT = ConfigDict(extra="forbid", str_strip_whitespace=True, defer_build=True)

QuestionKind = Literal["level", "multiple", "single", "rate", "trend"]
Form = Literal["saas", "box", "app", "shared", "service", "training"]
DIMENSIONS = (
    "strategy", "people", "infrastructure", "data", "design", "supply", "production", "quality",
    "equipment", "market", "management", "green_safety", "security", "collaboration",
)  # fmt: skip
Dimension = Literal[
    "strategy", "people", "infrastructure", "data", "design", "supply", "production", "quality",
    "equipment", "market", "management", "green_safety", "security", "collaboration",
]  # fmt: skip


def _one_line_id(value: str) -> str:
    if not value.isascii() or not value.replace("-", "").replace("_", "").isalnum():
        raise ValueError("an id has ASCII letters, digits, - and _ only")
    return value


SECTORS = (
    "electronics", "appliances", "automotive", "pharma", "chemicals", "equipment", "displays",
    "textiles", "injection", "molds", "hardware", "general",
)  # fmt: skip
"""Ids of the trades, in the order of the plan."""

Id = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_one_line_id)]
Line = Annotated[str, Field(min_length=1, max_length=1200)]


@dataclass(frozen=True, slots=True, config=STRICT)
class Text:
    """A text in the source language (zh) and in English."""

    zh: Line
    en: Line

    def get(self, language: str) -> str:
        """The text in `language`: "en", or Chinese for everything else."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True, config=STRICT)
class Anchor:
    """One rung of a level question: a short label, a full sentence of behaviour, and the record that proves it."""

    label: Text
    text: Text
    evidence: Text | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class Option:
    """A choice of a single, multiple or trend question. `detail` is the smaller line below it.

    `was` is the id that the same choice had in the version before: stored answers follow it.
    """

    id: Id
    text: Text
    detail: Text | None = None
    evidence: Text | None = None
    was: Id | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class Case:
    """One row of a `cases` rule: the first row whose `has` are all ticked and whose count is reached gives `level`."""

    level: Annotated[int, Field(ge=0, le=4)]
    has: tuple[Id, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True, config=STRICT)
class Capability:
    """How a scored item yields its capability level 0-4.

    `rule`: option (levels by option id) · band (the rate's band 0-4) · count (sum of `each` or `weights` over the
    ticks, rounded down, at most 4) · steps (level n when the number of ticks reaches steps[n-1]) · cases.
    Items that share an alias are read together: their ticks add up before the rule is applied.
    """

    rule: Literal["option", "band", "count", "steps", "cases"]
    levels: dict[Id, Annotated[int, Field(ge=0, le=4)]] = Field(default_factory=dict)
    each: Decimal = Decimal(1)
    weights: dict[Id, int] = Field(default_factory=dict)
    steps: tuple[int, ...] = ()
    cases: tuple[Case, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class Question:
    """One question as a respondent sees it, with what the engine must know about it.

    `needs` are the conditions that make a claim of level 2 or more believable, `needs3` the further ones for
    level 3 or more. `asked_if` switches the question by profile facts; switched off means "na". `na` says when
    "not applicable" is a right answer; without it the answer is refused. `alias` is the C-topic of an index item,
    `scene` the official scene that a sector topic details. `was` is the id that the same question had in the version
    before: stored answers follow it.
    """

    id: Id
    kind: QuestionKind
    title: Text
    dimension: Dimension
    text: Text
    why: Text
    plan_tasks: tuple[Annotated[int, Field(ge=1, le=18)], ...]
    alias: Id | None = None
    scene: Id | None = None
    hint: Text | None = None
    anchors: tuple[Anchor, ...] = ()
    options: tuple[Option, ...] = ()
    none_label: Text | None = None
    part_label: Text | None = None
    whole_label: Text | None = None
    unit: Text | None = None
    whole_fact: Id | None = None
    evidence: Text | None = None
    capability: Capability | None = None
    needs: tuple[str, ...] = ()
    needs3: tuple[str, ...] = ()
    asked_if: tuple[str, ...] = ()
    na: Text | None = None
    was: Id | None = None

    @property
    def topic(self) -> str:
        """The id under which capabilities, needs and gains speak of this question."""
        return self.alias or self.id


@dataclass(frozen=True, slots=True, config=STRICT)
class Fact:
    """A profile fact: it switches topics, emphasis, guards and duties, or multiplies a price. Never scored."""

    id: Id
    kind: Literal["bool", "choice", "number"]
    text: Text
    hint: Text | None = None
    options: tuple[Option, ...] = ()
    unit: Text | None = None
    low: int = 0
    high: int = 1_000_000
    ask_if: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class Pain:
    """A typical trouble of the trade, in its words. `topics` are the capabilities behind it.

    `solutions` are the common solutions (COM-Sn) that answer it; those of the trade say themselves what they solve.
    """

    number: Annotated[int, Field(ge=1, le=20)]
    text: Text
    topics: tuple[Id, ...]
    solutions: tuple[Id, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class Section:
    """A page of the questionnaire; it names its questions in the order asked."""

    id: Id
    title: Text
    questions: tuple[Id, ...]


@dataclass(frozen=True, slots=True, config=STRICT)
class Emphasis:
    """Topics that weigh double in the index, when the facts in `if` do not speak against it."""

    topics: tuple[Id, ...]
    given: tuple[str, ...] = Field(default=(), alias="if")


@dataclass(frozen=True, slots=True, config=STRICT)
class Kpi:
    """A typical figure of the trade with its source, for the report's "where others stand" box."""

    title: Text
    value: Text
    source: tuple[Id, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class ChainRequirement:
    """What a chain leader wants of a supplier before it orders: one topic at a level (`C12>=2`), in a buyer's words."""

    asks: str
    text: Text


@dataclass(frozen=True, slots=True, config=STRICT)
class Sector:
    """A trade: its pains, facts, page structure, emphasis, typical size, and what common scenes mean in it.

    `chain` stands in strategic trades, where a chain leader pulls its suppliers along.
    """

    id: Id
    kind: Literal["strategic", "traditional", "general"]
    title: Text
    summary: Text
    pains: tuple[Pain, ...]
    sections: tuple[Section, ...]
    quick: tuple[Id, ...]
    typical: dict[Id, int]
    facts: tuple[Fact, ...] = ()
    emphasis: tuple[Emphasis, ...] = ()
    examples: dict[Id, Text] = Field(default_factory=dict)
    kpis: tuple[Kpi, ...] = ()
    chain: tuple[ChainRequirement, ...] = ()


Step = Annotated[int, Field(ge=1, le=4)]
"""A level to which a solution lifts."""
Yuan = Annotated[int, Field(ge=0, le=50_000_000)]


@dataclass(frozen=True, slots=True, config=STRICT)
class OneOff:
    """What is paid once, whole in the first year; `per` unit is multiplied by the count, `per` site is not."""

    low: Yuan
    high: Annotated[int, Field(ge=1, le=50_000_000)]
    per: Literal["unit", "site"] = "site"


@dataclass(frozen=True, slots=True, config=STRICT)
class Cost:
    """The price band of a solution in yuan a year (for `month` and `use`: of one month, one use).

    The count comes from a firm fact or a number (`count_from`), else from the sector's typical size. `low`/`high`
    may be 0 only where everything is paid once. `status`: published, vendor-stated or estimate; an estimate is
    never shown as anything else.
    """

    unit: Literal["site", "machine", "seat", "month", "use"]
    low: Yuan
    high: Yuan
    basis: Text
    source: tuple[Id, ...]
    date: Annotated[str, Field(pattern=r"^20\d\d-\d\d$")]
    status: Literal["published", "vendor-stated", "estimate"]
    count_from: Id | Annotated[int, Field(ge=1)] = 1
    one_off: OneOff | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class Effect:
    """What a solution does to one item: `to` a level, `band` of a rate, `option` of a single, `add` ticks.

    `if` (here `given`) are conditions on the final state; the effect counts only where they hold.
    """

    to: Annotated[int, Field(ge=1, le=4)] | None = None
    band: Annotated[int, Field(ge=1, le=4)] | None = None
    option: Id | None = None
    add: tuple[Id, ...] = ()
    given: tuple[str, ...] = Field(default=(), alias="if")


@dataclass(frozen=True, slots=True, config=STRICT)
class Outcome:
    """The change in an indicator that users report, with its source or marked an estimate."""

    text: Text
    source: tuple[Id, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class Solution:
    """A lightweight solution that a small firm can rent, install or book.

    `solves` are pain numbers of its own trade (pains name the common solutions), `needs` what must hold to start,
    `applies_when` the facts that say for whom it is meant, `tags` what guard rules speak of, `excludes` what makes no
    sense beside it.
    """

    id: Id
    title: Text
    what: Text
    start: Text
    raises: dict[Id, Step | tuple[Id, ...] | Effect | tuple[Step | Effect, ...]]
    days: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]]
    cost: Cost
    form: Form
    effect: Outcome
    pool: Literal["H", "M", "L"]
    plan_tasks: tuple[Annotated[int, Field(ge=1, le=18)], ...]
    solves: tuple[int, ...] = ()
    needs: tuple[str, ...] = ()
    applies_when: tuple[str, ...] = ()
    tags: tuple[Id, ...] = ()
    excludes: tuple[Id, ...] = ()
    shared: bool = False
    connects_machines: bool = False


@dataclass(frozen=True, slots=True, config=STRICT)
class Guard:
    """A rule on what must not be recommended: solutions with one of `tags`, unless all `unless` hold.

    `sectors` empty means every sector. Rules without tags (G12, G13, G16) are arithmetic and live in the engine; their
    `limits` are read from here.
    """

    id: Id
    text: Text
    reason: Text
    tags: tuple[Id, ...] = ()
    unless: tuple[str, ...] = ()
    sectors: tuple[Id, ...] = ()
    limits: dict[Id, Decimal] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True, config=STRICT)
class Duty:
    """A legal duty that facts or answers open. `when` is a list of cases, each a list of conditions that all hold.

    `notice` marks what is coming or advisable rather than owed now.
    """

    id: Id
    title: Text
    text: Text
    when: tuple[tuple[str, ...], ...]
    law: Text
    date: Annotated[str, Field(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")]
    checked: Annotated[str, Field(pattern=r"^20\d\d-\d\d$")]
    source: tuple[Id, ...] = ()
    sectors: tuple[Id, ...] = ()
    remedies: tuple[Id, ...] = ()
    notice: bool = False


@dataclass(frozen=True, slots=True, config=STRICT)
class Source:
    """Where a figure comes from. Grade A authority or national press, B trade press or study, C vendor or blog."""

    id: Id
    title: Text
    grade: Literal["A", "B", "C"]
    address: Line
    date: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Ceiling:
    """The most that is paid where a project reaches this official level."""

    level: Annotated[int, Field(ge=1, le=4)]
    yuan: Yuan


@dataclass(frozen=True, slots=True, config=STRICT)
class Subsidy:
    """A rule by which a city or the province pays part of such projects; shown beside the cost, never counted in.

    `cities` are names set apart by 、 and by commas. `ceilings` stay empty where the rule names none that could be
    found; `level` is the least level asked for after the project. `date`: of the rule, where it is known; `until`: its
    last day, after which it is shown as expired.
    """

    id: Id
    cities: Text
    title: Text
    text: Text
    source: Annotated[tuple[Id, ...], Field(min_length=1)]
    checked: Annotated[str, Field(pattern=r"^20\d\d-\d\d$")]
    date: Annotated[str, Field(pattern=r"^20\d\d(-\d\d(-\d\d)?)?$")] | None = None
    ceilings: tuple[Ceiling, ...] = ()
    level: Annotated[int, Field(ge=1, le=4)] | None = None
    until: Annotated[str, Field(pattern=r"^20\d\d-\d\d-\d\d$")] | None = None

    def holds_in(self, town: str) -> bool:
        """Whether one of its cities stands in the name of a town."""
        names = (*self.cities.zh.split("、"), *self.cities.en.lower().split(", "))
        return any(name in town.lower() for name in names)

    def ceiling(self, level: int) -> int | None:
        """The ceiling at a level."""
        return next((c.yuan for c in self.ceilings if c.level == level), None)


@dataclass(frozen=True, slots=True, config=STRICT)
class PoolTier:
    """From so many firms on, so much per cent off the list price: [cautious, hopeful]."""

    firms: Annotated[int, Field(ge=2)]
    percent: tuple[Annotated[int, Field(ge=0, le=90)], Annotated[int, Field(ge=0, le=90)]]


@dataclass(frozen=True, slots=True, config=STRICT)
class Pool:
    """What buying, renting or running together costs less: for solutions of these forms and this fitness for a pool.

    The lowest tier is the least number of firms that makes a joint programme. An estimate is never shown as anything
    else.
    """

    id: Id
    forms: tuple[Id, ...]
    pools: tuple[Id, ...]
    tiers: Annotated[tuple[PoolTier, ...], Field(min_length=1)]
    text: Text
    status: Literal["published", "vendor-stated", "estimate"]
    date: Annotated[str, Field(pattern=r"^20\d\d-\d\d$")]
    source: tuple[Id, ...] = ()
