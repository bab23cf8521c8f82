"""Work out how far claims usually stand from what was found, from all verified rounds. Nothing uses it silently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete

from app.extensions import db
from app.models.base import now
from app.models.calibrations import Calibration
from app.models.verifications import Verdict
from app.queries.calibrations import list_verified_rounds, read_findings
from scoring.calibration import ALL, Cell, Pair, calibrate, level_of
from scoring.content.loader import load_catalogue


def compute() -> list[Calibration]:
    """The figures of all trades as rows that are not stored yet: what is known of all draws those of each. In system
    scope.

    What could not be shown (`not_seen`) is no measured level: it enters as a share of its own. Items of which nothing
    but that is known have no row.
    """
    rounds = {one.verification_id: one for one in list_verified_rounds()}
    pairs: list[Pair] = []
    unseen: Counter[Cell] = Counter()
    for verification_id, item, verdict, claimed, value in read_findings(list(rounds)):
        one = rounds[verification_id]
        sector, versions = one.content
        catalogue = load_catalogue(sector, versions)
        before = level_of(item, claimed, catalogue)
        if before is None:
            continue
        if verdict == Verdict.NOT_SEEN:
            unseen.update({(ALL, item), (one.sector, item)})
            continue
        after = level_of(item, value, catalogue)
        if after is not None:
            pairs.append(Pair(one.firm_id.hex, one.sector, item, before, after))
    at = now()
    return [
        Calibration(
            sector=cell[0],
            item_id=cell[1],
            n=found.n,
            figures={**_rounded(asdict(found)), "not_seen": round(unseen[cell] / (unseen[cell] + found.n), 4)},
            computed_at=at,
        )
        for cell, found in calibrate(pairs).items()
    ]


def store(rows: Sequence[Calibration]) -> None:
    """Put these figures in the place of all that there are."""
    db.session.execute(delete(Calibration))
    db.session.add_all(rows)


def _rounded(figures: dict[str, Any]) -> dict[str, Any]:
    """Four decimals: no last digits by which one firm could be worked out, and the same on every machine."""

    def plain(value: Any) -> Any:
        if isinstance(value, tuple):
            return [plain(one) for one in value]
        return round(value, 4) + 0.0 if isinstance(value, float) else value

    return {name: plain(value) for name, value in figures.items() if name != "n"}
