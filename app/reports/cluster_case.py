"""What the report on a cluster is written from: released figures, and the firms that agreed to be named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from scoring.cohort import Cell, Figure
from scoring.content.catalogue import Catalogue
from scoring.content.model import Solution


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm that agreed to be named. Without a result everything after `size_band` is empty.

    `missing` is what separates it from the next level: points (decimal string), scenes, starred scenes.
    """

    name: str
    sector: str
    town: str
    size_band: str
    level: int | None = None
    score: Decimal | None = None
    index: Decimal | None = None
    change: Decimal | None = None
    evidence: Decimal | None = None
    missing: tuple[str, int, int] | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Between the last two rounds of the `same` named firms; `once` and `never` are in no figure of it.

    Pairs are means before and after; `dimensions` add the number of firms.
    """

    same: int = 0
    once: int = 0
    never: int = 0
    up: int = 0
    down: int = 0
    score: tuple[Decimal, Decimal] | None = None
    index: tuple[Decimal, Decimal] | None = None
    dimensions: Mapping[str, tuple[float, float, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Joint:
    """A joint programme as it was worked out on a day. `payload` is what `scoring.joint_release` lets out, `solutions`
    those of the content that it rests on, `names` by key the firms of it that show their name still."""

    budget: int | None
    everybody: bool
    on: date
    payload: Mapping[str, Any]
    solutions: Mapping[str, Solution]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ClusterCase:
    """All that the report is written from. `catalogues` holds each trade of the figures and "general".

    `figures` are levels, scores, dimensions by cell; `scenes` scenes and requirements, of groups only.
    `joint` is the joint programme worked out last, None where there is none.
    """

    name: str
    town: str
    sector: str | None
    on: date
    members: int
    named: int
    firms: Sequence[Firm]
    figures: Mapping[Cell, Figure]
    scenes: Mapping[Cell, Figure]
    change: Change
    catalogues: Mapping[str, Catalogue]
    joint: Joint | None = None
    demo: bool = False

    @property
    def done(self) -> list[Firm]:
        """The named firms that have a result."""
        return [firm for firm in self.firms if firm.level is not None]
