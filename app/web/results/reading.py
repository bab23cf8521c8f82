"""A stored result together with what it takes to put it into words: its pinned content and the answers behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.i18n import content_text, language_code
from app.i18n import gettext as _
from app.models.assessments import Answer
from app.models.results import Result
from app.queries.answers import answers_document
from app.web.figures import clauses, either
from scoring import load_catalogue
from scoring.answers import ANSWERED, Document, read
from scoring.conditions import parse
from scoring.content.catalogue import Catalogue, Gate
from scoring.content.model import Text


@dataclass(frozen=True, slots=True)
class Reading:
    """What every part of the page reads. All figures come from `payload`; `document` serves to show what was said.

    `raw` is the answers document before it was parsed.
    """

    result: Result
    payload: dict[str, Any]
    catalogue: Catalogue
    document: Document
    answers: dict[str, Answer]
    language: str
    raw: dict[str, Any]

    @property
    def level(self) -> int:
        """The level as claimed."""
        level: int = self.payload["official"]["level"]
        return level

    @property
    def score(self) -> Decimal:
        """The exact score as claimed."""
        return Decimal(self.payload["official"]["score"])

    @property
    def next_gate(self) -> Gate | None:
        """The gate of the next level; None on the highest."""
        gates = self.catalogue.edition.gates
        return gates[self.level] if self.level < len(gates) else None

    @property
    def gate_scores(self) -> tuple[Decimal, ...]:
        """The score that each level asks for."""
        return tuple(Decimal(gate.score) / 1000 for gate in self.catalogue.edition.gates)

    def text(self, text: Text | None) -> str:
        """A text of the content in the reader's language."""
        return content_text(text, self.language)

    def title(self, topic: str) -> str:
        """The title of a topic; of its first question where several share it, or of the question of this id."""
        topics = self.catalogue.topics
        return self.title_of_item(topics[topic].items[0] if topic in topics else topic)

    def title_of_item(self, item: str) -> str:
        """The title of one question."""
        return self.text(self.catalogue.questions[item].title)

    def scene_level(self, scene: str) -> int:
        """The claimed level of a scene; without an answer it counts as 0."""
        answer = self.document.answers.get(scene)
        return int(answer.value) if answer and self.document.state(scene) == ANSWERED else 0

    def anchor(self, topic: str, level: int) -> str:
        """What people do at this level of a topic, in a few words; "" where levels follow from counts or ticks."""
        items = self.catalogue.topics[topic].items if topic in self.catalogue.topics else (topic,)
        question = self.catalogue.questions[items[0]]
        if question.kind == "level":
            return self.text(question.anchors[level].label)
        rule = question.capability
        if question.kind == "single" and rule is not None and rule.rule == "option":
            options = [o for o in question.options if rule.levels.get(o.id) == level]
            return self.text(options[0].text) if options else ""
        return ""

    def condition(self, text: str) -> str:
        """A condition of the content in words: "Item codes at level 2", joined by "or" for alternatives."""
        condition = parse(text)
        parts = []
        for name, operator, value in condition.atoms:
            if name in self.catalogue.topics:
                title = self.title(name)
                at_least = _("%(title)s at level %(level)s or above", title=title, level=value)
                below = _("%(title)s below level %(level)s", title=title, level=value)
                parts.append(at_least if operator == ">=" else below)
            elif name in self.catalogue.facts:
                parts.append(self.text(self.catalogue.facts[name].text))
        return either(parts) if text.startswith("any(") else clauses(parts)


def read_result(result: Result, answers: Sequence[Answer]) -> Reading:
    """The reading of a published result, in the language in force, with the content that the result was made with."""
    catalogue = load_catalogue(result.assessment.sector, result.payload["content"])
    raw = answers_document(result.assessment, answers)
    by_item = {a.item_id: a for a in answers}
    return Reading(result, result.payload, catalogue, read(raw, catalogue), by_item, language_code(), raw)
