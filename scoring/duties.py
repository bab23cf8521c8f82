"""Legal duties that the firm's facts and answers open. They stand before any software and are never a recommendation."""

from __future__ import annotations

from typing import Any

from scoring.answers import Document
from scoring.conditions import MISSING, Condition, Levels
from scoring.content.catalogue import Catalogue


def duties(document: Document, catalogue: Catalogue, levels: Levels) -> list[dict[str, Any]]:
    """The `duties` of a result: open ones first, then notices (`notice` true: coming or advisable, not owed now)."""
    found = []
    for compiled in catalogue.compiled_duties:
        for case in compiled.cases:
            if all(c.test(levels, document.facts) is True for c in case):
                duty = compiled.duty
                found.append(
                    {
                        "id": duty.id,
                        "because": [_because(c, levels, document) for c in case],
                        "source": duty.law.zh,
                        "source_en": duty.law.en,
                        "date": duty.date,
                        "checked": duty.checked,
                        "notice": duty.notice,
                    }
                )
                break
    return sorted(found, key=lambda d: d["notice"])


def _because(condition: Condition, levels: Levels, document: Document) -> str:
    name, _, _ = condition.atoms[0]
    if name in levels:
        return f"{name}:{max(levels.get(name, MISSING), 0)}"
    value = document.facts.get(name)
    return f"profile:{name}={str(value).lower() if isinstance(value, bool) else value}"
