"""The quick look: answers that are looked at and not stored, until a firm is founded that takes them over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.errors import BadAnswerError, DomainError, InputError
from app.models.assessments import Assessment
from app.queries.assessments import find_last_submitted, read_round
from app.services.answers import Save, checked_value, write_answer
from app.services.assessments import start_round
from scoring.content.catalogue import Catalogue


def adopt_quick_answers(firm_id: UUID, answers: Mapping[str, Any]) -> Assessment | None:
    """Make the answers of a quick look the first draft of a new firm: what its questionnaire understands, and only
    where nothing is answered yet. None where there is nothing to take over."""
    if not answers or find_last_submitted(firm_id) is not None:
        return None
    assessment = start_round(firm_id)
    round_ = read_round(assessment)
    for item, value in answers.items():
        question = round_.catalogue.questions.get(item)
        if question is None or item in round_.answers or value is None:
            continue
        try:
            write_answer(assessment, question, None, Save(value, 0))
        except InputError:
            continue
    return assessment


def check_values(catalogue: Catalogue, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, DomainError]]:
    """Answer values by item in their stored form, and what is wrong with the others. Nothing is stored."""
    good: dict[str, Any] = {}
    problems: dict[str, DomainError] = {}
    for item, value in values.items():
        try:
            if value is not None:
                good[item] = checked_value(catalogue.questions[item], value)
        except BadAnswerError as error:
            problems[item] = error
    return good, problems


def quick_document(sector: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers document of a quick look."""
    return {"firm": {"sector": sector}, "answers": {i: v for i, v in answers.items() if v is not None}}
