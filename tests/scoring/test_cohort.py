"""The release rule for figures of groups."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.cohort import NEED, counted, releasable, summarize


@pytest.mark.parametrize(
    ("hidden", "open_"), [(0, True), (1, False), (2, False), (4, False), (5, True), (6, True), (500, True)]
)
def test_case_04_a_figure_is_released_for_nobody_hidden_or_five(hidden: int, open_: bool) -> None:
    assert releasable(hidden) is open_


def test_quartiles_need_ten() -> None:
    assert not releasable(9, need=10)
    assert releasable(10, need=10)


@pytest.mark.parametrize(("hidden", "need"), [(-1, 5), (3, 1), (3, 0)])
def test_senseless_numbers_are_refused(hidden: int, need: int) -> None:
    with pytest.raises(ValueError):
        releasable(hidden, need)


@given(st.integers(0, 300))
def test_case_04_hidden_firms_enter_in_whole_blocks(hidden: int) -> None:
    n = counted(hidden)
    assert n % NEED == 0
    assert 0 <= hidden - n < NEED


PAIR = st.tuples(st.integers(0, 100).map(D), st.integers(0, 100).map(D))


@given(st.lists(PAIR, max_size=8), st.lists(PAIR, min_size=5, max_size=5), PAIR)
def test_case_04_one_newcomer_does_not_show_in_the_mean(
    named: list[tuple[D, D]], hidden: list[tuple[D, D]], newcomer: tuple[D, D]
) -> None:
    assert summarize(named, hidden) == summarize(named, [*hidden, newcomer])


def test_case_04_below_the_minimum_the_hidden_leave_no_trace() -> None:
    named = [(D(40), D(30)), (D(50), D(35))]
    assert summarize(named, [(D(99), D(99))] * 4) == summarize(named, [])
    assert summarize([], [(D(99), D(99))] * 4) is None


def test_the_mean_says_of_how_many() -> None:
    summary = summarize([(D("40.5"), D(30))], [(D(20), D(10))] * 7)
    assert summary is not None
    assert (summary.number, summary.hidden) == (6, 5)
    assert (summary.score, summary.index) == (D(23), D(13))
