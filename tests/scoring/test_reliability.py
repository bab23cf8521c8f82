"""Alpha and omega against hand-made tables and a statistics package."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.multivariate.factor import Factor

from scoring.reliability import (
    NEED_FIRMS,
    cronbach_alpha,
    mcdonald_omega,
    one_factor,
    reliability,
)  # fmt: skip

TOPICS = ("a", "b", "c", "d")


def answers(seed: int, firms: int = 200, topics: int = 4, noise: float = 0.7) -> np.ndarray:
    """Levels 0 to 4 of topics that share one thing, each with some of its own."""
    chance = np.random.default_rng(seed)
    shared = chance.normal(size=(firms, 1))
    raw = 2 + shared * np.linspace(0.6, 1.2, topics) + noise * chance.normal(size=(firms, topics))
    return np.clip(np.round(raw), 0, 4)


def as_levels(table: np.ndarray) -> list[dict[str, int | None]]:
    """The table as the site reads it."""
    return [{name: int(v) for name, v in zip(TOPICS, row, strict=False)} for row in table]


def test_alpha_of_a_table_worked_out_by_hand() -> None:
    table = np.array([[1.0, 2, 1], [2, 3, 3], [3, 3, 4], [4, 4, 4]])
    # Variances 5/3, 2/3 and 2, of the sums 35/3: 3/2 · (1 − 13/35).
    assert cronbach_alpha(table) == pytest.approx(33 / 35)


def test_questions_that_are_one_and_the_same_have_alpha_one_and_unrelated_ones_about_zero() -> None:
    one = answers(1)[:, :1]
    assert cronbach_alpha(np.hstack([one, one, one])) == pytest.approx(1)
    unrelated = np.random.default_rng(2).integers(0, 5, size=(4000, 4)).astype(float)
    assert abs(cronbach_alpha(unrelated)) < 0.06


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("topics", [3, 4, 7])
def test_loadings_and_omega_agree_with_the_package(seed: int, topics: int) -> None:
    table = answers(seed, topics=topics)
    package = Factor(table, n_factor=1, method="pa", smc=True).fit(maxiter=500, tol=1e-9)
    theirs = np.abs(package.loadings[:, 0])
    ours = one_factor(np.corrcoef(table, rowvar=False))
    assert ours is not None
    assert np.allclose(ours, theirs, atol=1e-5)
    omega = theirs.sum() ** 2 / (theirs.sum() ** 2 + (1 - theirs**2).sum())
    assert mcdonald_omega(table) == pytest.approx(omega, abs=1e-5)


def test_omega_is_left_out_where_one_factor_explains_more_than_all_of_a_topic() -> None:
    impossible = np.array([[1, 0.9, 0.9], [0.9, 1, 0.1], [0.9, 0.1, 1]])
    assert one_factor(impossible) is None


def test_it_takes_thirty_firms_and_three_topics() -> None:
    table = answers(3, firms=NEED_FIRMS)
    assert reliability(as_levels(table), TOPICS) is not None
    assert reliability(as_levels(table)[:-1], TOPICS) is None
    assert reliability(as_levels(table), TOPICS[:2]) is None
    assert reliability([], TOPICS) is None


def test_a_topic_that_few_were_asked_and_one_without_variation_leave_the_table() -> None:
    rows = as_levels(answers(4, firms=60))
    for number, row in enumerate(rows):
        row["rare"] = None if number % 2 else 3
        row["same"] = 2
    found = reliability(rows, (*TOPICS, "rare", "same", "unheard of"))
    assert found is not None
    assert found.topics == TOPICS
    assert found.firms == 60


def test_a_firm_with_a_gap_leaves_the_table() -> None:
    rows = as_levels(answers(5, firms=40))
    rows[0]["a"] = None
    found = reliability(rows, TOPICS)
    assert found is not None
    assert found.firms == 39
    assert found.alpha == pytest.approx(cronbach_alpha(answers(5, firms=40)[1:]))
