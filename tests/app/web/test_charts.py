"""Geometry of the charts: what is drawn is what was counted, at the edges too."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from app.web import charts

NAMES = ("none", "one", "two", "three", "four")
GATES = ((1, 20), (2, 40), (3, 60), (4, 80))


def test_ladder_marks_here_and_what_is_possible() -> None:
    rungs = charts.ladder(NAMES, 1, 3)
    assert [r.state for r in rungs] == ["past", "here", "maybe", "maybe", ""]
    assert [r.level for r in rungs if r.top] == [3]
    assert [r.height for r in rungs] == [0, 30, 60, 90, 120]


@pytest.mark.parametrize("best", [None, 2])
def test_ladder_without_a_range_has_no_second_flag(best: int | None) -> None:
    assert not [r for r in charts.ladder(NAMES, 2, best) if r.top or r.state == "maybe"]


def test_score_bar_shows_what_is_missing() -> None:
    bar = charts.score_bar(Decimal("36.375"), GATES, 2)
    assert bar.have == "36.375%" and bar.gap == ("36.575%", "3.625%")
    assert bar.gate is not None and (bar.gate.x, bar.gate.level, bar.gate.value) == ("40%", 2, "40")
    assert [t.level for t in bar.ticks] == [1, 3, 4]


@pytest.mark.parametrize(("score", "target"), [(Decimal("40"), 2), (Decimal("100"), None), (Decimal("99.9"), 1)])
def test_score_bar_without_a_gap(score: Decimal, target: int | None) -> None:
    assert charts.score_bar(score, GATES, target).gap is None


@pytest.mark.parametrize(
    ("have", "gate", "total"), [(4, 6, 16), (0, 6, 16), (6, 6, 16), (9, 6, 16), (16, None, 16), (3, 3, 10)]
)
def test_brick_row_has_a_brick_for_each_scene(have: int, gate: int | None, total: int) -> None:
    row = charts.brick_row(have, gate, total)
    assert (row.have.count("M"), len(row.gaps)) == (have, max(0, (gate or 0) - have))
    assert row.have.count("M") + len(row.gaps) + row.rest.count("M") == total


def test_lengths_stay_on_the_page() -> None:
    assert [charts.percent(v) for v in (-3, 0, Decimal("33.3333"), 250)] == ["0%", "0%", "33.333%", "100%"]
    assert charts.percent(1, 0) == "0%"


def _spokes(*scores: float | None) -> list[charts.Spoke]:
    return [charts.Spoke(f"d{n}", score, 30.0) for n, score in enumerate(scores)]


def test_radar_closes_when_nothing_is_missing() -> None:
    chart = charts.radar(_spokes(10, 20, 30, 40))
    assert chart.me.count("M") == 1 and chart.me.endswith("Z") and chart.gaps == ""
    assert chart.outer == 50 and len(chart.rings) == 2 and chart.peers is not None


def test_radar_leaves_a_gap_where_a_dimension_has_no_score() -> None:
    chart = charts.radar(_spokes(10, None, 80, 40, None, None, 20))
    assert chart.me.count("M") == 2 and "Z" not in chart.me
    assert chart.gaps.count("M") == 2
    assert len(chart.dots) == 4 and chart.outer == 100
    assert [label.text for label in chart.labels if label.off] == ["d1*", "d4*", "d5*"]


@pytest.mark.parametrize("scores", [(None, None, None), (10, None, None), (0, 0, 0), (100, 100, 100)])
def test_radar_at_the_edges(scores: tuple[float | None, ...]) -> None:
    chart = charts.radar(_spokes(*scores))
    numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", chart.me + chart.gaps + chart.axes)]
    assert all(0 <= n <= 340 for n in numbers)


@pytest.mark.parametrize(
    "counts", [(5, 13, 5, 1, 0), (0, 0, 0, 0, 0), (36, 0, 0, 0, 0), (37, 3, 1, 0, 0), (800_000, 4, 0, 0, 0)]
)
def test_distribution_draws_every_firm_or_says_how_many_a_brick_is(counts: tuple[int, ...]) -> None:
    chart = charts.distribution(counts, NAMES)
    for column, count in zip(chart.columns, counts, strict=True):
        assert column.count == count
        assert column.path.count("M") == -(-count // chart.firms_per_brick)
        assert column.height <= 120
    assert chart.firms_per_brick == 1 or max(counts) > 36


def test_progress_gives_each_section_the_same_brick() -> None:
    segments = charts.progress([(6, 6), (3, 5), (0, 4), (0, 0), (9, 4)])
    assert {s.width for s in segments} == {"19.5%"}
    assert [s.done for s in segments] == ["19.5%", "11.7%", "0%", "0%", "19.5%"]


def test_range_chart_narrows() -> None:
    chart = charts.range_chart([("start", 0, 4), ("now", 1, 1)])
    assert [row.now for row in chart.rows] == [False, True]
    assert chart.rows[0].width > chart.rows[1].width > 0
    assert chart.height == 80
