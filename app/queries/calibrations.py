"""How far claims usually stand from what was found, and the verified rounds behind it.

The figures come from firms that the reader mostly does not know. They are those that let their results count in
averages, they enter five at a time, and an item is shown only where at least five firms stand behind it that the reader
does not see one by one: neither within his reach nor verified by himself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from app.access.guard import seen_firms
from app.access.scope import current_scope, system_scope
from app.extensions import db
from app.models.assessments import Assessment
from app.models.calibrations import Calibration
from app.models.consents import ConsentKind
from app.models.firms import Firm
from app.models.verifications import Finding, Verification
from app.queries.releases import has_consent
from scoring.calibration import ALL
from scoring.cohort import NEED


@dataclass(frozen=True, slots=True)
class VerifiedRound:
    """The newest verified round of a firm. `sector` is ALL where the firm only counts over all trades, so far."""

    verification_id: UUID
    firm_id: UUID
    sector: str
    content: tuple[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Found:
    """The figures of an item, in the terms of `scoring.calibration.Calibration`; `not_seen` is the share of claims that
    could not be shown at all and are in no other figure."""

    item_id: str
    n: int
    figures: dict[str, Any]
    computed_at: datetime

    @property
    def not_seen(self) -> float:
        """From 0 to 1."""
        return float(self.figures["not_seen"])


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The figures of a trade (or ALL): the items that may be shown, and the ids of those that are not, yet."""

    sector: str
    shown: tuple[Found, ...]
    hidden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hint:
    """What usually became of claims for an item: corrected by `correction` levels (below 0: downwards), in all
    likelihood between `low` and `high`. From `n` firms of `sector`; ALL where the own trade has too few."""

    sector: str
    n: int
    correction: float
    low: float
    high: float


def list_verified_rounds() -> list[VerifiedRound]:
    """The rounds that calibration reads, in the order of verification, in system scope: of each firm that lets its
    results count the one verified last, the newest number of it. The last ones wait until five are together: over all
    trades, then in each trade."""
    rows = db.session.execute(
        select(Verification.id, Verification.firm_id, Assessment.sector, Assessment.versions)
        .join(Assessment, Assessment.id == Verification.assessment_id)
        .join(Firm, Firm.id == Verification.firm_id)
        .where(
            Verification.verified_at.is_not(None), Firm.deleted_at.is_(None), has_consent(ConsentKind.STATISTICS)
        )
        .order_by(Verification.verified_at, Verification.number, Verification.id)
    )  # fmt: skip
    newest: dict[UUID, Any] = {}
    for row in rows:
        newest.pop(row.firm_id, None)
        newest[row.firm_id] = row
    complete = list(newest.values())[: len(newest) // NEED * NEED]
    by_sector: dict[str, list[UUID]] = defaultdict(list)
    for row in complete:
        by_sector[row.sector].append(row.firm_id)
    counted = {firm for firms in by_sector.values() for firm in firms[: len(firms) // NEED * NEED]}
    return [
        VerifiedRound(r.id, r.firm_id, r.sector if r.firm_id in counted else ALL, (r.sector, r.versions))
        for r in complete
    ]


def read_findings(verification_ids: Sequence[UUID]) -> Iterator[tuple[UUID, str, str, Any, Any]]:
    """(verification, item, verdict, claimed, value) of all these, in system scope."""
    for start in range(0, len(verification_ids), _AT_ONCE):
        yield from db.session.execute(
            select(Finding.verification_id, Finding.item_id, Finding.verdict, Finding.claimed, Finding.value).where(
                Finding.verification_id.in_(verification_ids[start : start + _AT_ONCE])
            )
        )


_AT_ONCE = 500


def list_calibrations(sector: str) -> Calibrated:
    """The figures of one trade, or of all together (ALL), that the present reader may see. Two statements."""
    return _calibrated(sector, _known_firms())


def list_calibrated_trades() -> list[str]:
    """The trades of which the present reader may see some figure, by id; ALL is not among them."""
    known = _known_firms()
    rows = db.session.execute(
        select(Calibration.sector, func.max(Calibration.n))
        .where(Calibration.sector != ALL)
        .group_by(Calibration.sector)
        .order_by(Calibration.sector)
    )
    return [sector for sector, most in rows if most - known.get(sector, 0) >= NEED]


def hints(sector: str) -> dict[str, Hint]:
    """By item, for a firm of this trade: from its own trade where enough firms stand behind it, else from all."""
    known = _known_firms()
    found: dict[str, Hint] = {}
    for name in (ALL, sector):
        for one in _calibrated(name, known).shown:
            figures = one.figures
            found[one.item_id] = Hint(name, one.n, -figures["shrunk"], -figures["high"], -figures["low"])
    return found


def hint(sector: str, item: str) -> Hint | None:
    """The same for one item; None while too few firms were verified."""
    return hints(sector).get(item)


def _calibrated(sector: str, known: dict[str, int]) -> Calibrated:
    rows = db.session.scalars(
        select(Calibration).where(Calibration.sector == sector).order_by(Calibration.item_id)
    ).all()
    own = sum(known.values()) if sector == ALL else known.get(sector, 0)
    shown = [row for row in rows if row.n - own >= NEED]
    return Calibrated(
        sector,
        tuple(Found(row.item_id, row.n, row.figures, row.computed_at) for row in shown),
        tuple(row.item_id for row in rows if row not in shown),
    )


def _known_firms() -> dict[str, int]:
    """By trade, how many verified firms the reader sees one by one or has verified himself."""
    user_id, seen = current_scope().user_id, seen_firms()
    if user_id is None:
        return {}
    with system_scope():
        rows = db.session.execute(
            select(Assessment.sector, func.count(func.distinct(Verification.firm_id)))
            .join(Assessment, Assessment.id == Verification.assessment_id)
            .where(
                Verification.verified_at.is_not(None),
                or_(Verification.user_id == user_id, Verification.firm_id.in_(seen)),
            )
            .group_by(Assessment.sector)
        )
        return {row[0]: row[1] for row in rows}
