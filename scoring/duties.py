"""Legal duties that the firm's facts and answers open.

They stand before any software and are never a recommendation.
"""

from __future__ import annotations

from typing import Any

from scoring.answers import Document
from scoring.conditions import MISSING, NA, Condition, Levels, atom
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
                        "because": [b for c in case for b in _because(c, levels, document)],
                        "source": duty.law.zh,
                        "source_en": duty.law.en,
                        "date": duty.date,
                        "checked": duty.checked,
                        "notice": duty.notice,
                    }
                )
                break
    return sorted(found, key=lambda d: d["notice"])


def _because(condition: Condition, levels: Levels, document: Document) -> list[str]:
    """What speaks for a condition that holds: of an `any`, only the comparisons that hold themselves."""
    found = []
    for name, operator, value in condition.atoms:
        if atom(name, operator, value).test(levels, document.facts) is not True:
            continue
        if name in levels:
            found.append(f"{name}:{max(levels.get(name, MISSING), 0)}" if levels[name] != NA else f"{name}:na")
        else:
            has = document.facts.get(name)
            found.append(f"profile:{name}={str(has).lower() if isinstance(has, bool) else has}")
    return found
