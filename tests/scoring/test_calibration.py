"""Bias, shrinking, limits and ICC against worked examples, a statistics package and what must hold always."""

from __future__ import annotations

from random import Random

import numpy as np
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.meta_analysis import combine_effects

from scoring.calibration import ALL, Calibration, Pair, agreement, calibrate, level_of
from scoring.content.serving import serve

SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float
)
"""Table 2 of Shrout & Fleiss 1979: six targets, four judges."""

levels = st.integers(0, 4)


@st.composite
def many_pairs(draw: st.DrawFn) -> list[Pair]:
    """Pairs of some firms over three trades and three items; not every firm has every item."""
    firms = draw(st.integers(1, 12))
    return [
        Pair(f"F{firm}", trade, item, draw(levels), draw(levels))
        for firm in range(firms)
        for trade in [draw(st.sampled_from(("molds", "textiles", "hardware")))]
        for item in ("C05", "C10", "scene_quality")
        if draw(st.integers(0, 5))
    ]


def pairs_of(table: dict[str, dict[str, list[tuple[float, float]]]]) -> list[Pair]:
    """Pairs from trade → item → (claimed, verified) of its firms."""
    return [
        Pair(f"{trade}{n}", trade, item, claimed, verified)
        for trade, items in table.items()
        for item, values in items.items()
        for n, (claimed, verified) in enumerate(values)
    ]


# ---- agreement


def test_icc_of_the_example_of_shrout_and_fleiss() -> None:
    assert agreement(SHROUT_FLEISS) == pytest.approx(0.29, abs=0.005)


@pytest.mark.parametrize("seed", range(4))
def test_icc_agrees_with_the_mean_squares_of_the_package(seed: int) -> None:
    chance = np.random.default_rng(seed)
    firms = 9 + seed
    table = np.clip(np.round(2 + chance.normal(size=(firms, 1)) + chance.normal(0.3, 0.6, size=(firms, 2))), 0, 4)
    long = pandas.DataFrame(
        [(row, judge, table[row, judge]) for row in range(firms) for judge in range(2)], columns=["firm", "judge", "y"]
    )
    squares = anova_lm(ols("y ~ C(firm) + C(judge)", long).fit())["mean_sq"]
    rows, columns, error = squares["C(firm)"], squares["C(judge)"], squares["Residual"]
    expected = (rows - error) / (rows + error + 2 / firms * (columns - error))
    assert agreement(table) == pytest.approx(expected)


def test_icc_is_one_where_all_agree_and_nothing_where_nothing_varies() -> None:
    assert agreement(np.array([[1.0, 1], [3, 3], [4, 4]])) == pytest.approx(1)
    assert agreement(np.array([[2.0, 2], [2, 2]])) is None
    assert agreement(np.array([[2.0, 1]])) is None


# ---- figures of a cell


def test_figures_of_one_item_worked_out_by_hand() -> None:
    found = calibrate(pairs_of({"molds": {"C10": [(3, 2), (2, 2), (4, 2), (1, 2), (2, 1)]}}))["molds", "C10"]
    # Differences 1, 0, 2, −1, 1: mean 0.6, variance 1.3.
    assert (found.n, found.mean, found.up, found.down) == (5, pytest.approx(0.6), 0.2, 0.6)
    assert found.sd == pytest.approx(1.3**0.5)
    assert found.limits == pytest.approx((0.6 - 1.96 * 1.3**0.5, 0.6 + 1.96 * 1.3**0.5), abs=1e-4)


def test_a_single_pair_has_no_spread() -> None:
    found = calibrate([Pair("a", "molds", "C10", 3, 1)])["molds", "C10"]
    assert (found.n, found.mean, found.sd, found.limits, found.icc) == (1, 2, None, None, None)


def test_where_all_agree_nothing_is_corrected() -> None:
    for found in calibrate(pairs_of({"molds": {"C10": [(2, 2), (3, 3)], "C05": [(1, 1), (4, 4)]}})).values():
        assert (found.mean, found.shrunk, found.low, found.high) == (0, 0, 0, 0)
        assert (found.icc, found.limits, found.up, found.down) == (pytest.approx(1), (0, 0), 0, 0)


def test_no_pairs_no_figures() -> None:
    assert calibrate([]) == {}


def test_a_firm_counts_once_an_item() -> None:
    with pytest.raises(ValueError, match="F stands twice"):
        calibrate([Pair("F", "molds", "C10", 3, 1), Pair("F", "textiles", "C10", 3, 1)])


# ---- shrinking


def test_a_mean_of_few_is_drawn_further_than_one_of_many() -> None:
    chance = Random(1)

    def spread(middle: int, number: int) -> list[tuple[float, float]]:
        return [(4, 4 - middle - chance.choice((-1, 0, 1))) for _ in range(number)]

    table = {"molds": {"C05": spread(0, 40), "C10": spread(2, 40), "C12": spread(1, 40), "C19": spread(2, 3)}}
    found = calibrate(pairs_of(table))

    def drawn(item: str) -> float:
        one = found[ALL, item]
        return abs(one.shrunk - one.mean) / abs(one.prior - one.mean)

    assert drawn("C19") > 3 * drawn("C10")
    assert found[ALL, "C19"].high - found[ALL, "C19"].low > found[ALL, "C10"].high - found[ALL, "C10"].low


def test_variance_between_items_agrees_with_the_package() -> None:
    chance = np.random.default_rng(5)
    items = {f"I{n}": chance.normal(n / 3, 1, size=12).tolist() for n in range(6)}
    found = calibrate(
        [Pair(f"F{n}", "molds", item, gap, 0) for item, gaps in items.items() for n, gap in enumerate(gaps)]
    )
    gaps = np.array(list(items.values()))
    noise = gaps.var(axis=1, ddof=1).mean() / 12
    package = combine_effects(gaps.mean(axis=1), np.full(6, noise), method_re="dl")
    weight = package.tau2 / (package.tau2 + noise)
    for n, item in enumerate(items):
        expected = weight * gaps[n].mean() + (1 - weight) * package.mean_effect_re
        assert found[ALL, item].shrunk == pytest.approx(expected, rel=1e-6)


@given(many_pairs())
def test_shrunk_lies_between_raw_and_prior(pairs: list[Pair]) -> None:
    for found in calibrate(pairs).values():
        low, high = sorted((found.mean, found.prior))
        assert low - 1e-9 <= found.shrunk <= high + 1e-9
        assert found.low <= found.shrunk <= found.high


@given(many_pairs(), st.randoms())
def test_the_order_of_pairs_does_not_matter(pairs: list[Pair], chance: Random) -> None:
    mixed = list(pairs)
    chance.shuffle(mixed)
    assert calibrate(mixed) == calibrate(pairs)


@given(many_pairs())
def test_one_level_less_found_everywhere_is_one_level_more_bias(pairs: list[Pair]) -> None:
    lower = [Pair(p.firm, p.trade, p.item, p.claimed, p.verified - 1) for p in pairs]
    before, after = calibrate(pairs), calibrate(lower)

    def moved(one: Calibration) -> tuple[float, ...]:
        return one.mean, one.prior, one.shrunk, one.low, one.high

    for cell, found in before.items():
        assert moved(after[cell]) == pytest.approx([value + 1 for value in moved(found)], abs=1e-9)
        assert after[cell].sd == (None if found.sd is None else pytest.approx(found.sd, abs=1e-9))


# ---- levels of answers


@pytest.mark.parametrize(
    ("item", "raw", "level"),
    [
        ("scene_quality", 3, 3),
        ("scene_quality", {"value": 3, "evidence": ""}, 3),
        ("scene_quality", "na", None),
        ("scene_quality", "unknown", None),
        ("scene_quality", None, None),
        ("scene_quality", 9, None),
        ("no_such_item", 2, None),
        ("information_systems", "one_link", 1),
        ("network_build", [], 0),
        ("network_build", ["application_network"], 1),
        ("equipment_digital_rate", {"rate": 0}, 0),
        ("equipment_digital_rate", {"part": 12, "whole": 12}, 4),
        ("energy_per_revenue", "unchanged", 2.0),
    ],
)
def test_every_kind_of_answer_has_a_level(item: str, raw: object, level: float | None) -> None:
    assert level_of(item, raw, serve("molds")) == level


def test_all_ticks_of_an_item_without_a_level_of_its_own_are_four_and_none_is_zero() -> None:
    catalogue = serve("molds")
    every = [o.id for o in catalogue.questions["network_security"].options if o.id != "none"]
    assert level_of("network_security", every, catalogue) == 4
    assert level_of("network_security", [], catalogue) == 0
