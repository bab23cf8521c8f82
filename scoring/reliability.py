"""How well the questions of a dimension go together, over many firms: Cronbach's alpha and McDonald's omega.

Alpha is taken from the covariances, omega from one common factor of the correlations (principal axes, repeated until
the communalities stand still). Neither says that answers are true; both say whether the mean of these questions is one
thing or several.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEED_FIRMS = 30
NEED_TOPICS = 3
ASKED_OF = 0.8
"""A topic takes part where at least this share of the firms has a level in it; the others leave the table."""

_ROUNDS, _STILL = 500, 1e-9

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reliability:
    """Of `firms` firms over `topics`; `omega` is None where no single factor fits."""

    firms: int
    topics: tuple[str, ...]
    alpha: float
    omega: float | None


def reliability(levels: Sequence[Mapping[str, int | None]], topics: Sequence[str]) -> Reliability | None:
    """Of the firms that have a level in every topic that most firms have. None below 30 firms or 3 topics.

    A topic in which all firms stand at the same level tells nothing and is left out.
    """
    if len(levels) < NEED_FIRMS:
        return None
    common = [t for t in topics if sum(row.get(t) is not None for row in levels) >= ASKED_OF * len(levels)]
    rows = [[row[t] for t in common] for row in levels if all(row.get(t) is not None for t in common)]
    if len(rows) < NEED_FIRMS or not common:
        return None
    table: Array = np.asarray(rows, dtype=np.float64)
    varied = table.var(axis=0) > 0
    table = table[:, varied]
    if table.shape[1] < NEED_TOPICS:
        return None
    names = tuple(name for name, keep in zip(common, varied, strict=True) if keep)
    return Reliability(len(rows), names, cronbach_alpha(table), mcdonald_omega(table))


def cronbach_alpha(table: Array) -> float:
    """Alpha of a table firms × topics, without gaps; topics vary."""
    count = table.shape[1]
    covariances = np.cov(table, rowvar=False)
    return float(count / (count - 1) * (1 - np.trace(covariances) / covariances.sum()))


def mcdonald_omega(table: Array) -> float | None:
    """Omega total of one factor, for a table as above; None where the factor would explain more than all of a topic."""
    loadings = one_factor(np.asarray(np.corrcoef(table, rowvar=False)))
    if loadings is None:
        return None
    common = float(loadings.sum()) ** 2
    return common / (common + float((1 - loadings**2).sum()))


def one_factor(correlations: Array) -> Array | None:
    """Loadings on one common factor, by principal axes; None where they do not settle below 1."""
    reduced = correlations.copy()
    communalities = _squared_multiple_correlations(correlations)
    for _ in range(_ROUNDS):
        np.fill_diagonal(reduced, communalities)
        values, vectors = np.linalg.eigh(reduced)
        if values[-1] <= 0:
            return None
        loadings: Array = vectors[:, -1] * np.sqrt(values[-1])
        former, communalities = communalities, loadings**2
        if np.any(communalities >= 1):
            return None
        if np.abs(communalities - former).max() < _STILL:
            return loadings if loadings.sum() >= 0 else -loadings
    return None


def _squared_multiple_correlations(correlations: Array) -> Array:
    """Where to begin: how much of each topic the others explain; the largest correlation where that cannot be told."""
    if np.linalg.cond(correlations) < 1e10:
        found: Array = 1 - 1 / np.diag(np.linalg.inv(correlations))
        return found
    others: Array = np.abs(correlations - np.eye(len(correlations)))
    highest: Array = others.max(axis=0)
    return highest
