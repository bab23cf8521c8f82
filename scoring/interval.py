"""The range of a result over all completions of what is unanswered or unknown.

All arithmetic is monotone in every answer, so the two ends are the completions "nothing" and "the best".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring.conditions import MISSING
from scoring.content.catalogue import Catalogue
from scoring.index import index


def index_range(catalogue: Catalogue, levels: Mapping[str, int], heavy: Mapping[str, int], low: float) -> list[float]:
    """Lowest and highest overall index; `low` is the index as scored, where missing already counts as nothing."""
    if MISSING not in levels.values():
        return [low, low]
    best: dict[str, Any] = {t: 4 if level == MISSING else level for t, level in levels.items()}
    return [low, index(catalogue, best, heavy)["overall"]]
