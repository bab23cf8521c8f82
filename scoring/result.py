"""From an answers document to the result that page, report, API and command line all read (contract, part 2)."""

from __future__ import annotations

from typing import Any

from scoring.answers import ANSWERED, Document, read, sector_of
from scoring.capability import capability_levels, topic_state
from scoring.chain import chain
from scoring.conditions import MISSING, NA
from scoring.content.catalogue import Catalogue
from scoring.duties import duties
from scoring.index import index, weights
from scoring.interval import index_range
from scoring.official import official, standing
from scoring.quality import flags
from scoring.recommend import recommend

ENGINE = "1"
NO_LEVEL = "no_level"  # spending and the four trends: answered, but nothing that a level could be given to


def assess(document: dict[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    """The result of a raw answers document. Raises AnswerError with every problem."""
    sector_of(document)
    return score(read(document, catalogue), catalogue)


def score(document: Document, catalogue: Catalogue) -> dict[str, Any]:
    """The result of a parsed document: JSON-able, the same for the same input on every platform."""
    levels = capability_levels(document, catalogue)
    heavy = weights(catalogue, document.facts)
    at = standing(document, catalogue.edition)
    owed = duties(document, catalogue, levels)
    recommendations, excluded = recommend(document, catalogue, levels, heavy, at, owed)
    numbers = index(catalogue, levels, heavy)
    numbers["range"] = index_range(document, catalogue, levels, heavy, numbers["overall"])
    return {
        "edition": catalogue.edition.id,
        "content": catalogue.versions,
        "engine": ENGINE,
        "official": official(document, catalogue.edition, at),
        "index": numbers,
        "capabilities": {t: _shown(levels.get(t, NA)) for t in catalogue.topics},
        "states": _states(document, catalogue, levels),
        "flags": flags(document, catalogue, levels),
        "duties": owed,
        "chain": chain(catalogue, levels),
        "recommendations": recommendations,
        "excluded": excluded,
    }


def _shown(level: int) -> int | None:
    return None if level in (NA, MISSING) else level


def _states(document: Document, catalogue: Catalogue, levels: dict[str, int]) -> dict[str, str]:
    """Why a topic or an item has no level: na, unanswered or unknown; no_level for answered topics without levels."""
    found: dict[str, str] = {}
    for topic in catalogue.topics.values():
        if levels.get(topic.id, NA) in (NA, MISSING):
            state = topic_state(document, topic)
            found[topic.id] = NO_LEVEL if state == ANSWERED else state
    for item in catalogue.questions:
        state = document.state(item)
        if state != ANSWERED:
            found[item] = state
    return found
