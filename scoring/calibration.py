"""How far claims stand from what was found on site, per item and trade: bias, shrunk bias, limits, ICC.

A pair is one item of one firm: the level claimed and the level verified, 0 to 4. Differences are claimed − verified:
above 0 where firms claim too much. Nothing here changes a claim; the figures only say what usually became of such ones.

**Items that are not level questions** enter by the capability level that content gives the item alone (a rate by its
band, a list by its ticks). Where content has no level for the item alone (two items share one, or none), its points in
the official index are stretched to 0–4.

**Shrunk bias** (parametric empirical Bayes, Morris 1983, JASA 78:47–55; the variance between groups by the moments of
DerSimonian & Laird 1986): a mean d of n pairs is drawn towards a prior p by how little it knows,

    shrunk = B·d + (1 − B)·p,   B = τ² / (τ² + σ²/n),

σ² is the variance of differences within groups, pooled, τ² that of the true means between groups. First every item over
all trades is drawn towards the mean of all items, then every trade's item towards its item. The range beside it is 1.96
standard deviations of what is then known of it to either side; σ² and τ² count as known, so it is a little narrow
where pairs are few.

**Limits of agreement**: mean ± 1.96 SD of the differences (Bland & Altman 1986, Lancet 327:307–310).

**ICC(A,1)**: agreement of single values, two-way, absolute (McGraw & Wong 1996, Psychol. Methods 1:30–46; the ICC(2,1)
of Shrout & Fleiss 1979). Undefined (None) with fewer than two firms, or where all values are one and the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.answers import ANSWERED, parse_value
from scoring.capability import MOST, ruled_level
from scoring.content.catalogue import Catalogue
from scoring.errors import AnswerError
from scoring.official import item_points

ALL = ""
"""In place of a trade: all of them together."""
NORMAL = 1.959964
"""Half the width of 95 % of a normal distribution, in standard deviations."""

Array = NDArray[np.float64]
Cell = tuple[str, str]
"""A trade (or ALL) and an item."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One item of one firm: the level claimed and the level found, 0 to 4."""

    firm: str
    trade: str
    item: str
    claimed: float
    verified: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Of `n` firms: the mean difference claimed − verified, drawn towards `prior` it is `shrunk`, in all likelihood
    between `low` and `high`. `limits` hold 95 % of the differences, `up` and `down` are the shares of firms whose level
    was corrected. None where n pairs cannot tell."""

    n: int
    mean: float
    sd: float | None
    prior: float
    shrunk: float
    low: float
    high: float
    limits: tuple[float, float] | None
    icc: float | None
    up: float
    down: float


def level_of(item: str, raw: Any, catalogue: Catalogue) -> float | None:
    """The level of one answered item, 0 to 4; None for what is no answer (na, unknown, empty, not of this content)."""
    question = catalogue.questions.get(item)
    if question is None or raw is None:
        return None
    try:
        answer = parse_value(question, raw)
    except AnswerError:
        return None
    if answer.state != ANSWERED:
        return None
    if question.kind == "level":
        return float(answer.value)
    topic = catalogue.topics[catalogue.topic_of[item]]
    if topic.rule is not None and topic.items == (item,):
        return float(ruled_level(topic, topic.rule, [answer.value], catalogue))
    scored = catalogue.edition.items.get(item)
    return MOST * item_points(scored, answer.value) / scored.most if scored is not None else None


def calibrate(pairs: Iterable[Pair]) -> dict[Cell, Calibration]:
    """The figures of every item that has a pair, by (trade, item) and by (ALL, item), in order.

    The order of the pairs does not matter. A firm has at most one pair an item, else ValueError.
    """
    by_cell: dict[Cell, dict[str, tuple[float, float]]] = defaultdict(dict)
    for pair in pairs:
        if pair.firm in by_cell[ALL, pair.item]:
            raise ValueError(f"{pair.item}: firm {pair.firm} stands twice")
        for trade in {ALL, pair.trade}:
            by_cell[trade, pair.item][pair.firm] = pair.claimed, pair.verified
    tables = {cell: np.array([rows[firm] for firm in sorted(rows)]) for cell, rows in sorted(by_cell.items())}
    whole = {cell: table[:, 0] - table[:, 1] for cell, table in tables.items() if cell[0] == ALL}
    parts = {cell: table[:, 0] - table[:, 1] for cell, table in tables.items() if cell[0] != ALL}
    known = shrink(whole, dict.fromkeys(whole, ""), None)
    known |= shrink(parts, {cell: cell[1] for cell in parts}, {item: known[ALL, item] for _, item in whole})
    return {cell: _calibration(table, known[cell]) for cell, table in tables.items()}


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A mean drawn towards `prior`, and the variance of what is known of it."""

    prior: float
    value: float
    variance: float


def shrink(
    groups: Mapping[Cell, Array], family: Mapping[Cell, str], priors: Mapping[str, Shrunk] | None
) -> dict[Cell, Shrunk]:
    """Each group's mean drawn towards the prior of its family; without priors towards the mean of the family."""
    if not groups:
        return {}
    inner = _pooled_variance(list(groups.values()))
    if inner is None:  # one pair each: nobody knows how far pairs of one group scatter, so all are taken as one
        inner = _pooled_variance([np.concatenate(list(groups.values()))]) or 0.0
        between = 0.0
    else:
        between = _variance_between(groups, family, inner)
    found = {}
    for name in sorted(set(family.values())):
        members = [cell for cell in groups if family[cell] == name]
        means = np.array([groups[cell].mean() for cell in members])
        noise = inner / np.array([len(groups[cell]) for cell in members])
        prior = _middle(means, noise + between) if priors is None else priors[name]
        for cell, mean, own in zip(members, means, noise, strict=True):
            weight = between / (between + own) if between + own > 0 else 1.0
            value = weight * float(mean) + (1 - weight) * prior.value
            variance = weight * float(own) + (1 - weight) ** 2 * prior.variance
            found[cell] = Shrunk(prior.value, value, variance)
    return found


def _middle(means: Array, variances: Array) -> Shrunk:
    """The mean of means, each with the weight of what it knows, and its variance."""
    if not variances.any():
        return Shrunk(float(means.mean()), float(means.mean()), 0.0)
    weights = 1 / variances
    middle = float((weights * means).sum() / weights.sum())
    return Shrunk(middle, middle, float(1 / weights.sum()))


def _pooled_variance(groups: Sequence[Array]) -> float | None:
    """The variance within groups; None where no group has two members."""
    freedom = sum(len(group) - 1 for group in groups)
    return float(sum(((group - group.mean()) ** 2).sum() for group in groups) / freedom) if freedom else None


def _variance_between(groups: Mapping[Cell, Array], family: Mapping[Cell, str], inner: float) -> float:
    """The variance of true means inside families, by moments: what their scatter has above the noise, 0 at least."""
    excess = share = 0.0
    for name in sorted(set(family.values())):
        members = [groups[cell] for cell in groups if family[cell] == name]
        sizes = np.array([float(len(group)) for group in members])
        means = np.array([group.mean() for group in members])
        middle = (sizes * means).sum() / sizes.sum()
        excess += float((sizes * (means - middle) ** 2).sum()) - (len(members) - 1) * inner
        share += float(sizes.sum() - (sizes**2).sum() / sizes.sum())
    return max(0.0, excess / share) if share > 0 else 0.0


def _calibration(table: Array, known: Shrunk) -> Calibration:
    gaps = table[:, 0] - table[:, 1]
    mean = float(gaps.mean())
    sd = float(gaps.std(ddof=1)) if len(gaps) > 1 else None
    reach = NORMAL * known.variance**0.5
    return Calibration(
        n=len(gaps),
        mean=mean,
        sd=sd,
        prior=known.prior,
        shrunk=known.value,
        low=known.value - reach,
        high=known.value + reach,
        limits=None if sd is None else (mean - NORMAL * sd, mean + NORMAL * sd),
        icc=agreement(table),
        up=float((gaps < 0).mean()),
        down=float((gaps > 0).mean()),
    )


def agreement(table: Array) -> float | None:
    """ICC(A,1) of a table targets × judges (here firms × claimed, verified), at least 2 × 2 and without gaps."""
    rows, columns = table.shape
    if rows < 2:
        return None
    middle = table.mean()
    between_rows = columns * ((table.mean(axis=1) - middle) ** 2).sum() / (rows - 1)
    between_columns = rows * ((table.mean(axis=0) - middle) ** 2).sum() / (columns - 1)
    rest = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0, keepdims=True) + middle
    error = (rest**2).sum() / ((rows - 1) * (columns - 1))
    below = between_rows + (columns - 1) * error + columns / rows * (between_columns - error)
    return None if np.ptp(table) == 0 or below <= 0 else float((between_rows - error) / below)
