"""The cluster index 0-100: dimensions, overall and spread, for comparing firms of one trade."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import Any

from scoring.conditions import MISSING, NA, Facts
from scoring.content.catalogue import Catalogue
from scoring.content.model import DIMENSIONS

COMMON_SHARE = 0.6
EMPHASIS = 2


def weights(catalogue: Catalogue, facts: Facts) -> dict[str, int]:
    """Weight of each topic that is not 1. Emphasis of a branch counts unless a stated fact speaks against it."""
    heavy: dict[str, int] = {}
    for topics, given in catalogue.emphasis:
        if all(c.test({}, facts) is not False for c in given):
            heavy.update(dict.fromkeys(topics, EMPHASIS))
    return heavy


def round1(value: float) -> float:
    """Rounded half up to one decimal for display; no level is ever derived from it."""
    return int(value * 10 + 0.5 + 1e-9) / 10


def index(catalogue: Catalogue, levels: Mapping[str, int], heavy: Mapping[str, int]) -> dict[str, Any]:
    """The `index` part of a result.

    Unanswered and unknown topics count 0, na leaves numerator and denominator. A dimension with under half of its
    topics answered, or with none that applies, has the score None. `overall` is 60 % common and 40 % sector topics, or
    all common where a trade has none that apply; `spread` the population standard deviation
    over the dimensions that have a score.
    """
    sums = {d: [0, 0, 0, 0] for d in DIMENSIONS}
    known = {catalogue.topics[t].dimension for t in levels}
    shares = [[0, 0], [0, 0]]
    for topic, level in levels.items():
        if level == NA:
            continue
        about = catalogue.topics[topic]
        weight = heavy.get(topic, 1)
        total = sums[about.dimension]
        part = shares[about.common]
        total[1] += weight
        total[3] += 1
        part[1] += weight
        if level != MISSING:
            total[0] += weight * level
            total[2] += 1
            part[0] += weight * level
    scores = {d: 25 * s[0] / s[1] for d, s in sums.items() if s[1] and 2 * s[2] >= s[3]}
    sector, common = (25 * s[0] / s[1] if s[1] else None for s in shares)
    overall = (
        common if sector is None else sector if common is None else COMMON_SHARE * common + (1 - COMMON_SHARE) * sector
    )
    mean = sum(scores.values()) / len(scores) if scores else 0.0
    spread = sqrt(sum((s - mean) ** 2 for s in scores.values()) / len(scores)) if scores else 0.0
    return {
        "overall": round1(overall or 0.0),
        "spread": round1(spread),
        "common": None if common is None else round1(common),
        "sector": None if sector is None else round1(sector),
        "dimensions": {
            d: {"score": round1(scores[d]) if d in scores else None, "answered": s[2], "of": s[3]}
            for d, s in sums.items()
            if d in known
        },
    }
