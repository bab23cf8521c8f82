"""The estimate of a quick look: inside what is certain, narrower than it, and never lower for better answers."""

from __future__ import annotations

from typing import Any

import pytest

from scoring import assess, load_catalogue
from scoring.content.loader import list_sectors
from scoring.content.model import Question
from scoring.likely import likely_levels


def at(question: Question, level: int) -> Any:
    """The answer of a firm at this level."""
    options = [option.id for option in question.options]
    if question.kind == "level":
        return level
    if question.kind == "rate":
        return {"part": level * 2, "whole": 8}
    return options[:level] if question.kind == "multiple" else options[min(level, len(options) - 1)]


@pytest.mark.parametrize("sector", list_sectors())
def test_better_answers_never_lower_the_estimate(sector: str) -> None:
    catalogue = load_catalogue(sector)
    before = (0, 0)
    for level in range(5):
        answers = {item: at(catalogue.questions[item], level) for item in catalogue.sector.quick}
        document = {"firm": {"sector": sector}, "answers": answers}
        low, high = likely_levels(document, catalogue)
        certain = assess(document, catalogue)["official"]["range"]["level"]
        assert certain[0] <= low <= high <= certain[1]
        assert high - low <= 2
        assert (low, high) >= before
        before = (low, high)
    assert before[1] >= 3


def test_without_answers_the_estimate_is_what_is_certain() -> None:
    catalogue = load_catalogue("molds")
    open_answers = dict.fromkeys(catalogue.sector.quick, "unknown")
    for answers in ({}, open_answers):
        document = {"firm": {"sector": "molds"}, "answers": answers}
        assert likely_levels(document, catalogue) == tuple(assess(document, catalogue)["official"]["range"]["level"])
