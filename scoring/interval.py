"""The range of a result over all completions of what is unanswered or unknown.

All arithmetic is monotone in every answer, so the two ends are the completions "nothing" and "the best".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring.answers import Document
from scoring.capability import best_levels
from scoring.content.catalogue import Catalogue
from scoring.index import index


def index_range(
    document: Document, catalogue: Catalogue, levels: Mapping[str, int], heavy: Mapping[str, int], low: float
) -> list[float]:
    """Lowest and highest overall index; `low` is the index as scored, where missing already counts as nothing."""
    best = best_levels(document, catalogue, levels)
    if best == levels:
        return [low, low]
    high: dict[str, Any] = index(catalogue, best, heavy)
    return [low, high["overall"]]
