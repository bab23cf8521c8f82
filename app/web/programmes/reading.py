"""A stored programme together with what may be seen of it now: names of firms, texts of its content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.i18n import content_text
from app.models.firms import Firm
from app.models.programmes import Programme
from app.queries.programmes import firm_of, list_solutions
from scoring.content.model import Solution


@dataclass(frozen=True)
class Reading:
    """`plans` and `left` hold only firms that show their name still; their rows carry the name under "firm"."""

    programme: Programme
    payload: Mapping[str, Any]
    solutions: Mapping[str, Solution]
    plans: tuple[dict[str, Any], ...]
    left: tuple[dict[str, Any], ...]

    def title(self, solution: str) -> str:
        """What a solution is called, in the reader's language."""
        known = self.solutions.get(solution)
        return solution if known is None else content_text(known.title)

    def entries(self) -> list[dict[str, Any]]:
        """Programmes and what is bought alone, in this order."""
        return [*self.payload["programmes"], *self.payload["alone"]]


def read(programme: Programme, firms: Mapping[UUID, Firm]) -> Reading:
    """`firms`: those that show their name now; who took it back since is left out."""
    payload = programme.payload or {}
    plans = _seen(payload.get("plans", ()), firms)
    return Reading(programme, payload, list_solutions(programme), plans, _seen(payload.get("left", ()), firms))


def _seen(rows: Any, firms: Mapping[UUID, Firm]) -> tuple[dict[str, Any], ...]:
    found = []
    for row in rows:
        firm = firms.get(firm_of(row["key"]))
        if firm is not None:
            found.append({**row, "firm": firm})
    return tuple(sorted(found, key=lambda r: (r["firm"].name.casefold(), str(r["firm"].id))))
