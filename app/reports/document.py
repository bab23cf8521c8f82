"""The finished report as data: strings and numbers in the order printed, nothing left to look up or decide.

`assemble` makes it from a stored result, `layout` draws it. A document of one language holds all its words.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line with its tone: "" plain, "accent" what is missing or next, "quiet", "strong"."""

    text: str
    tone: str = ""


Rich = str | tuple[Span, ...]


# --- cells of tables ---


@dataclass(frozen=True, slots=True)
class Level:
    """A level as chip with number and brick mark; None where there is none, then `word` says why."""

    value: int | None
    word: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A horizontal bar of `value` out of `most`; `mark` draws the line of a gate."""

    value: float
    most: float
    mark: float | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """Several lines in one cell; each with its tone."""

    lines: tuple[Span, ...]


Cell = Rich | Level | Bar | Lines


# --- charts ---


@dataclass(frozen=True, slots=True)
class LadderChart:
    """Five walls that grow; the firm's is filled, up to the best one that is possible striped."""

    names: tuple[str, ...]
    here: int
    best: int
    here_label: str
    best_label: str


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate: what the firm has, what is needed, out of how much. The bar of `scale` fills the width;
    `bricks` draws single units."""

    title: str
    figure: str
    need: str
    verdict: str
    have: float
    gate: float
    total: float
    scale: float
    met: bool
    bricks: bool
    ticks: tuple[tuple[float, str, bool], ...]


@dataclass(frozen=True, slots=True)
class GatesChart:
    """The three gates of one level as bars."""

    gates: tuple[Gate, ...]


@dataclass(frozen=True, slots=True)
class ScenesChart:
    """The scenes as columns of bricks, grouped by field, with the line of the next level."""

    fields: tuple[tuple[str, tuple[tuple[str, int | None, bool], ...]], ...]
    target: int
    target_label: str
    level_label: str


@dataclass(frozen=True, slots=True)
class RadarChart:
    """Scores by dimension, 0 to 100; None where too little was answered."""

    axes: tuple[tuple[str, float | None], ...]


@dataclass(frozen=True, slots=True)
class TopicsChart:
    """Levels 0 to 4 of topics as rows of bricks; None with the word that says why."""

    rows: tuple[tuple[str, int | None, str], ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepsChart:
    """Cost band of the first year and days to first use, one row a step."""

    rows: tuple[tuple[str, str, int, int, int, int], ...]
    cost_title: str
    days_title: str
    cost_unit: float


@dataclass(frozen=True, slots=True)
class GanttChart:
    """Steps over time: (number, title, first day, last day, cost) a row; the step that ends last reaches `goal`."""

    rows: tuple[tuple[str, str, int, int, str], ...]
    days: int
    days_title: str
    cost_title: str
    goal: str


@dataclass(frozen=True, slots=True)
class LevelsChart:
    """How many firms stand at each level: name, number."""

    columns: tuple[tuple[str, int], ...]


Chart = LadderChart | LevelsChart | GatesChart | ScenesChart | RadarChart | TopicsChart | StepsChart | GanttChart


# --- blocks ---


@dataclass(frozen=True, slots=True)
class Answer:
    """The one sentence that answers a section's question."""

    text: Rich


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Para:
    """Running text."""

    text: Rich


@dataclass(frozen=True, slots=True)
class Note:
    """Small print under a table or chart."""

    text: Rich


@dataclass(frozen=True, slots=True)
class Bullets:
    """A short list."""

    items: tuple[Rich, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its title in words."""

    chart: Chart
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `widths` are shares of the measure; `align` one of l, r, c for each column; `wide` repeats the head on
    each page. `groups` are row numbers (from 0) that are headings inside the table, `dense` ones have less air."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...]
    align: str
    groups: frozenset[int] = frozenset()
    total: bool = False
    dense: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A first step: problem, solution, price, effort, effect, reasons."""

    number: str
    problem: str
    title: str
    what: str
    cost: str
    cost_note: str
    price_note: str
    facts: tuple[tuple[str, Rich], ...]
    first: bool


@dataclass(frozen=True, slots=True)
class Duty:
    """A legal duty: what, what to do, why here, where it is written."""

    title: str
    text: str
    facts: tuple[tuple[str, Rich], ...]
    owed: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its answer, as the summary shows them: the question quiet on the left, the answer loud."""

    question: str
    answer: Rich
    blocks: tuple[Block, ...] = ()


Block = Answer | Heading | Para | Note | Bullets | Figure | Table | Step | Duty | Question


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter. `question` is the quiet line above its title."""

    id: str
    title: str
    question: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page: who, which level, how sure, how to check. `firm` may be a cluster of firms, too."""

    kicker: str
    title: str
    firm: str
    line: str
    plate_title: str
    plate_tag: str
    plate: tuple[tuple[str, str, str], ...]
    ladder: LadderChart | LevelsChart
    remark: str
    contents_title: str
    verify_url: str = ""
    verify_label: str = ""
    demo: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A report, ready to draw. `language` is "zh" or "en", `tag` also names the characters (zh-Hant-HK)."""

    language: str
    tag: str
    title: str
    subject: str
    author: str
    header: str
    footer: str
    page_label: str
    cover: Cover
    sections: tuple[Section, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, in finished words. `language` is "zh" or "en"; `steps` say what to do, `code` is to be typed."""

    language: str
    firm: str
    contact: str
    sender: str
    dated: str
    title: str
    paragraphs: tuple[str, ...]
    steps: tuple[str, ...]
    link: str
    scan: str
    code: tuple[str, str]
    address: tuple[str, str]
    small: str
