"""How far a supplier is ready for a chain leader's order: the requirements of its trade that its levels meet."""

from __future__ import annotations

from typing import Any

from scoring.conditions import MISSING, NA, Levels
from scoring.content.catalogue import Catalogue


def chain(catalogue: Catalogue, levels: Levels) -> dict[str, Any] | None:
    """{"ready": n, "of": m, "missing": [{"topic", "wants", "has"}]}; None in a trade without a chain leader.

    What does not apply to the firm leaves `of`; an unanswered or unknown topic is missing, with `has` null.
    """
    if not catalogue.chain:
        return None
    missing, asked = [], 0
    for _, condition in catalogue.chain:
        [(topic, _, wants)] = condition.topics
        has = levels.get(topic, MISSING)
        if has == NA:
            continue
        asked += 1
        if has < wants:
            missing.append({"topic": topic, "wants": wants, "has": None if has == MISSING else has})
    return {"ready": asked - len(missing), "of": asked, "missing": missing}
