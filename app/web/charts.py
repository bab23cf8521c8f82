"""Geometry of the charts on pages: numbers in, finished attribute values out. No Flask, no wording, no colours.

Lengths are SVG attributes (percentages keep text unscaled), colours are classes of the style sheets. The macros of
`templates/_charts.html` print what stands here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, cos, pi, sin

Number = Decimal | float | int


def percent(part: Number, whole: Number = 100) -> str:
    """`part` of `whole` as a length, "36.4%"; kept between 0 and 100, at most three decimals."""
    share = float(part) / float(whole) * 100 if whole else 0.0
    return f"{round(min(100.0, max(0.0, share)), 3):g}%"


# ---- ladder


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of the ladder. `state` is "here", "maybe" (possible, not certain), "past" or ""; `top` has the flag."""

    level: int
    name: str
    height: int
    state: str
    top: bool

    @property
    def classes(self) -> str:
        """Class names of the rung."""
        return f"rung lv{self.level}" + (f" is-{self.state}" if self.state else "")


def ladder(names: Sequence[str], level: int, best: int | None = None, course: int = 30) -> tuple[Rung, ...]:
    """Rungs 0 to 4 with the firm on `level`; up to `best` they are possible. `course` is the height of a step."""
    highest = max(level, level if best is None else best)

    def state(n: int) -> str:
        return "here" if n == level else "past" if n < level else "maybe" if n <= highest else ""

    return tuple(Rung(n, name, n * course, state(n), n == highest > level) for n, name in enumerate(names))


# ---- gates


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark under a bar, at `x`."""

    x: str
    level: int
    value: str


@dataclass(frozen=True, slots=True)
class ScoreBar:
    """What is there, what is missing up to the gate, and where the gates of the other levels stand."""

    have: str
    gap: tuple[str, str] | None
    gate: Tick | None
    ticks: tuple[Tick, ...]


def score_bar(score: Number, gates: Sequence[tuple[int, Number]], target: int | None, most: Number = 100) -> ScoreBar:
    """The bar of a score. `gates` are (level, points); `target` is the level to be reached, None at the top."""
    ticks = {n: Tick(percent(points, most), n, f"{points:g}") for n, points in gates}
    goal = next((points for n, points in gates if n == target), None)
    missing = float(goal) - float(score) if goal is not None else 0.0
    gap = (percent(float(score) + 0.2, most), percent(missing, most)) if missing > 0 else None
    return ScoreBar(
        have=percent(score, most),
        gap=gap,
        gate=ticks.get(target) if target is not None else None,
        ticks=tuple(t for n, t in ticks.items() if n != target),
    )


_UNIT, _BRICK = 20, 18  # a brick of 18 in a grid of 20


@dataclass(frozen=True, slots=True)
class BrickRow:
    """Scenes in a row: there, missing up to the gate, beyond it. Rows of 16 and of 10 use bricks of one width."""

    view: str
    have: str
    rest: str
    gaps: tuple[tuple[str, str], ...]
    gate_x: str | None
    gate: int | None


def brick_row(have: int, gate: int | None, total: int, across: int = 16) -> BrickRow:
    """`have` of `total` scenes where `gate` are needed; `across` bricks fill the width."""
    need = max(have, gate or 0)
    width = across * _UNIT
    return BrickRow(
        view=f"0 0 {width} 14",
        have=_bricks(range(have)),
        rest=_bricks(range(need, total)),
        gaps=tuple((percent(n * _UNIT + 1, width), percent(_BRICK, width)) for n in range(have, need)),
        gate_x=percent(gate * _UNIT, width) if gate is not None else None,
        gate=gate,
    )


def _bricks(places: range) -> str:
    return "".join(f"M{n * _UNIT + 1} 0h{_BRICK}v14h-{_BRICK}z" for n in places)


# ---- radar


@dataclass(frozen=True, slots=True)
class Label:
    """A word at a point."""

    x: float
    y: float
    anchor: str
    text: str
    off: bool = False


@dataclass(frozen=True, slots=True)
class Radar:
    """A radar chart in a view box. `me` has an opening where a dimension has no score; `gaps` bridge it, dotted."""

    view: str
    rings: tuple[str, ...]
    ring_labels: tuple[Label, ...]
    axes: str
    me: str
    gaps: str
    dots: tuple[tuple[float, float], ...]
    peers: str | None
    labels: tuple[Label, ...]
    outer: int


@dataclass(frozen=True, slots=True)
class Spoke:
    """One dimension: its short name, the firm's score (None: too few answers), the mean of its peers."""

    label: str
    score: float | None
    peers: float | None = None


_CX, _CY, _R = 170.0, 168.0, 104.0


def radar(spokes: Sequence[Spoke]) -> Radar:
    """A radar of three or more dimensions, clockwise from the top. The outer ring is 50, 75 or 100, as values need."""
    values = [v for s in spokes for v in (s.score, s.peers) if v is not None]
    outer = next(o for o in (50, 75, 100) if o >= max(values, default=0) or o == 100)
    angles = [2 * pi * n / len(spokes) for n in range(len(spokes))]

    def at(angle: float, value: float, radius: float = _R) -> tuple[float, float]:
        r = radius * value / outer
        return round(_CX + r * sin(angle), 1), round(_CY - r * cos(angle), 1)

    def ring(value: float) -> str:
        return " ".join("{},{}".format(*at(a, value)) for a in angles)

    points = [None if s.score is None else at(a, s.score) for s, a in zip(spokes, angles, strict=True)]
    steps = range(25, outer + 1, 25)
    peers = [s.peers for s in spokes]
    return Radar(
        view="0 0 340 330",
        rings=tuple(ring(v) for v in steps),
        ring_labels=tuple(Label(_CX + 3, round(at(0, v)[1] + 12, 1), "start", str(v)) for v in steps if v > 25),
        axes="".join("M{:g} {:g}L{} {}".format(_CX, _CY, *at(a, outer)) for a in angles),
        me=_open_path(points),
        gaps=_bridges(points),
        dots=tuple(p for p in points if p is not None),
        peers=None
        if None in peers
        else " ".join("{},{}".format(*at(a, v)) for a, v in zip(angles, peers, strict=True) if v is not None),
        labels=tuple(_label(s, a) for s, a in zip(spokes, angles, strict=True)),
        outer=outer,
    )


def _label(spoke: Spoke, angle: float) -> Label:
    x, y = _CX + (_R + 11) * sin(angle), _CY - (_R + 11) * cos(angle) + 4.4
    anchor = "middle" if abs(sin(angle)) < 0.1 else "start" if sin(angle) > 0 else "end"
    if anchor == "middle":
        y += 4 if cos(angle) < 0 else -3
    return Label(
        round(x, 1), round(y, 1), anchor, spoke.label + ("*" if spoke.score is None else ""), spoke.score is None
    )


Point = tuple[float, float]


def _open_path(points: Sequence[Point | None]) -> str:
    """A closed outline, or, where points are missing, the stretches between them."""
    if not any(points):
        return ""
    if all(points):
        return "M" + "L".join(f"{x} {y}" for x, y in filter(None, points)) + "Z"
    start = points.index(None)
    turned = [*points[start:], *points[:start]]
    path, pen_down = "", False
    for point in turned:
        path += "" if point is None else f"{'L' if pen_down else 'M'}{point[0]} {point[1]}"
        pen_down = point is not None
    return path


def _bridges(points: Sequence[Point | None]) -> str:
    """Lines from the last known to the next known point across each run of missing ones."""
    known = [n for n, p in enumerate(points) if p is not None]
    pairs = zip(known, [*known[1:], known[0] + len(points)] if known else [], strict=True)
    return "".join(
        "M{} {}L{} {}".format(*(points[a] or ()), *(points[b % len(points)] or ()))
        for a, b in pairs
        if b - a > 1 and len(known) > 1
    )


# ---- rows, columns, progress, range


@dataclass(frozen=True, slots=True)
class ValueBar:
    """A score from 0 to 100 as a bar, with the peers' mean as a line across."""

    width: str
    peers: str | None


def value_bar(score: Number | None, peers: Number | None = None, most: Number = 100) -> ValueBar:
    """The bar of a table row; a missing score has no length."""
    return ValueBar(percent(score or 0, most), None if peers is None else percent(peers, most))


@dataclass(frozen=True, slots=True)
class Column:
    """The firms on one level as a wall of bricks, three in a course."""

    level: int
    name: str
    count: int
    path: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """Five walls; a brick stands for `firms_per_brick` firms."""

    columns: tuple[Column, ...]
    firms_per_brick: int


def distribution(counts: Sequence[int], names: Sequence[str], most_courses: int = 12) -> Distribution:
    """Firms on levels 0 to 4. One brick a firm while they fit into `most_courses` courses of three, then 5, 10, 50 …"""
    per = next(p for p in _scale() if ceil(max(counts, default=0) / p) <= 3 * most_courses)
    return Distribution(
        tuple(
            _column(n, name, count, ceil(count / per))
            for n, (name, count) in enumerate(zip(names, counts, strict=True))
        ),
        per,
    )


def _scale() -> Sequence[int]:
    return [f * 10**e for e in range(9) for f in (1, 5)]


def _column(level: int, name: str, count: int, bricks: int) -> Column:
    courses = max(1, ceil(bricks / 3))
    height = courses * 10
    path = ""
    for n in range(bricks):
        course, place = divmod(n, 3)
        left = 22 if bricks == 1 else 4 + 4 * (course % 2) + 18 * place
        path += f"M{left} {height - 10 * course - 9}h16v8h-16z"
    return Column(level, name, count, path, 64, height)


@dataclass(frozen=True, slots=True)
class Segment:
    """One section in the progress bar: where it begins, how wide it is, how much of it is answered."""

    x: str
    width: str
    done: str


def progress(sections: Sequence[tuple[int, int]]) -> tuple[Segment, ...]:
    """Sections as (answered, questions), each one brick of the same width."""
    share = 100 / max(1, len(sections))
    gap = 0.5
    return tuple(
        Segment(
            percent(n * share + gap / 2), percent(share - gap), percent((share - gap) * min(done, of) / of if of else 0)
        )
        for n, (done, of) in enumerate(sections)
    )


@dataclass(frozen=True, slots=True)
class RangeRow:
    """The levels still possible after a step."""

    label: str
    x: float
    y: float
    width: float
    now: bool


@dataclass(frozen=True, slots=True)
class RangeChart:
    """How the range of levels narrows: one row a step, the last is now. `marks` are the levels' (x, level)."""

    view: str
    height: int
    marks: tuple[tuple[float, int], ...]
    rows: tuple[RangeRow, ...]


def range_chart(steps: Sequence[tuple[str, int, int]]) -> RangeChart:
    """Steps as (label, lowest level, highest level), oldest first."""
    left, unit, row = 100.0, 46.0, 26
    rows = tuple(
        RangeRow(label, left + low * unit - 15, 30 + row * n, (high - low) * unit + 30, n == len(steps) - 1)
        for n, (label, low, high) in enumerate(steps)
    )
    height = 28 + row * len(steps)
    return RangeChart(f"0 0 310 {height}", height, tuple((left + n * unit, n) for n in range(5)), rows)
