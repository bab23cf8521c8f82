"""What a consultant found on site, as answers that the engine scores like any others.

Nothing here overwrites a claim: the claimed document stays as it is, the verified one is a second document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

AGREED, UP, DOWN, NOT_SEEN = "agreed", "up", "down", "not_seen"


def verified_document(document: Mapping[str, Any], findings: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The answers document with what was found: {item: {"verdict", "value"}}.

    What was seen counts with the value found, as evidenced. What could not be shown counts as asked for without
    evidence, so a claim of 2 or more counts as 1. Items without a finding stay as the firm left them. The level that
    was verified is `official.evidenced` of this document's result.
    """
    answers = dict(document["answers"])
    for item, finding in findings.items():
        raw = answers.get(item)
        claimed = raw["value"] if isinstance(raw, Mapping) and "value" in raw else raw
        if finding["verdict"] == NOT_SEEN:
            if claimed is not None:
                answers[item] = {"value": claimed, "evidence": ""}
        else:
            answers[item] = {"value": finding["value"], "evidence": "seen"}
    return {**document, "answers": answers}
