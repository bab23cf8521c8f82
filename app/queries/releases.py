"""What may be said of a cluster's firms as a group: the rows behind the one release rule (`scoring.cohort.release`).

Every page, file and message that shows a figure of a cluster takes it from `read_release`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy import ColumnElement, and_, exists, select

from app.access.policy import Permission
from app.access.scope import Reach, current_scope, narrow, system_scope
from app.extensions import db
from app.models.base import now
from app.models.clusters import ClusterMember
from app.models.consents import Consent, ConsentKind
from app.models.firms import Firm
from app.models.releases import BlockMember, Family
from app.models.results import Result
from scoring.cohort import Cell, Entry, Figure, Number, Waiting, disjoint, release, size_band, whole_blocks

PATIENCE = timedelta(days=30)
"""How long a result waits for company from its own cell before it joins firms of a wider one."""

CHAIN = "chain"
"""The measure of how far a supplier is ready for a chain leader's order, in the family of scenes."""

_SEEN_BY = {Family.RESULTS: Permission.RESULT_READ, Family.SCENES: Permission.ANSWER_READ}


@dataclass(frozen=True, slots=True)
class Release:
    """The figures of a cluster by cell, and the bare numbers of its firms: all members, those with a name."""

    figures: Mapping[Cell, Figure]
    members: int
    named: int

    @property
    def whole(self) -> Figure | None:
        """The figure of the whole cluster; None where nobody may be counted."""
        return self.figures.get(())


@dataclass(frozen=True, slots=True)
class Member:
    """A firm of a cluster: its cell as it is now, and what it agreed to."""

    firm_id: UUID
    cell: Cell
    named: bool
    statistics: bool


def has_consent(kind: ConsentKind, cluster_id: UUID | None = None) -> ColumnElement[bool]:
    """Condition on a select from Firm: the firm has this consent (for this cluster) now."""
    where = [Consent.firm_id == Firm.id, Consent.kind == kind.value, Consent.withdrawn_at.is_(None)]
    if cluster_id is not None:
        where.append(Consent.cluster_id == cluster_id)
    return exists().where(and_(*where))


def read_release(
    cluster_id: UUID, family: Family = Family.RESULTS, reach: Reach | None = None, *, brief: bool = False
) -> Release:
    """The figures that a viewer may be shown: the present visitor, or the one whose `reach` a job has loaded.

    `brief` gives score and index of the whole cluster only, the same figures for less work. Four statements whatever
    the size of the cluster. Firms that the viewer sees by another way (another cluster, a
    consultant's grant) hide nobody. In the family `scenes` nobody counts as visible to a coordinator.
    """
    viewer = reach or g.get("reach", Reach())
    elsewhere = narrow(viewer, _SEEN_BY[family]).firm_ids
    if family is Family.RESULTS:
        elsewhere |= current_scope().firm_ids
    clusters = viewer.cluster_ids | current_scope().cluster_ids | {cluster_id}
    with system_scope():
        members = list_members(cluster_id)
        named, entries = _entries(cluster_id, members, family, elsewhere, clusters, brief)
    cells: dict[Cell, list[Entry]] = defaultdict(list)
    for entry in entries:
        cells[entry.cell].append(entry)
    return Release(release(cells, named), len(members), sum(m.named for m in members))


def _entries(
    cluster_id: UUID,
    members: Sequence[Member],
    family: Family,
    elsewhere: Set[UUID],
    clusters: Set[UUID],
    brief: bool = False,
) -> tuple[set[UUID], list[Entry]]:
    """The firms that are seen one by one, and the entries of these and of the hidden ones in blocks."""
    if family is Family.RESULTS:
        named = {m.firm_id for m in members if m.named}
    else:
        named = {m.firm_id for m in members} & elsewhere
    hidden = {m.firm_id for m in members if m.statistics} - named - elsewhere
    entries = _named_entries(cluster_id, named, family, brief)
    return named, entries + _hidden_entries(cluster_id, hidden, family, brief, clusters)


def read_blocks(cluster_id: UUID, family: Family, viewer: Reach, clusters: Set[UUID]) -> set[tuple[Any, Any]]:
    """(firm, block) of every hidden firm that stands in the released figures of a cluster, for this viewer.

    For figures that need more of a result than its measures. In system scope.
    """
    elsewhere = narrow(viewer, _SEEN_BY[family]).firm_ids
    named, entries = _entries(cluster_id, list_members(cluster_id), family, elsewhere, clusters | {cluster_id})
    return {(entry.firm, entry.block) for block in whole_blocks(entries, named) for entry in block}


def list_members(cluster_id: UUID) -> list[Member]:
    """The firms of a cluster now, in system scope."""
    rows = db.session.execute(
        select(
            Firm.id, Firm.sector, Firm.employees, Firm.town,
            has_consent(ConsentKind.NAMED_RESULTS, cluster_id), has_consent(ConsentKind.STATISTICS),
        )
        .join(ClusterMember, ClusterMember.firm_id == Firm.id)
        .where(
            ClusterMember.cluster_id == cluster_id, ClusterMember.left_at.is_(None), Firm.deleted_at.is_(None)
        )
    )  # fmt: skip
    return [
        Member(i, (sector, size_band(people), town), named, agreed) for i, sector, people, town, named, agreed in rows
    ]


_BRIEF = (Result.firm_id, Result.score, Result.index_overall)
_RESULT = (
    *_BRIEF, Result.sector, Result.size_band, Result.town, Result.level, Result.spread, Result.evidence, Result.summary,
)  # fmt: skip


def _named_entries(cluster_id: UUID, firm_ids: set[UUID], family: Family, brief: bool) -> list[Entry]:
    if not firm_ids:
        return []
    rows = db.session.execute(
        select(*(_BRIEF if brief else _RESULT))
        .join(ClusterMember, ClusterMember.firm_id == Result.firm_id)
        .where(ClusterMember.cluster_id == cluster_id, Result.current.is_(True))
    )
    return [Entry(row.firm_id, *_cell_and_measures(row, family, brief)) for row in rows if row.firm_id in firm_ids]


def _hidden_entries(
    cluster_id: UUID, firm_ids: set[UUID], family: Family, brief: bool, clusters: Set[UUID]
) -> list[Entry]:
    """The results in whole blocks: of a firm that stands in several, the newest."""
    shown = _shown_blocks(clusters, family)
    rows = db.session.execute(
        select(BlockMember.block, BlockMember.of, *(_BRIEF if brief else _RESULT))
        .join(Result, Result.id == BlockMember.result_id)
        .where(BlockMember.cluster_id == cluster_id, BlockMember.family == family.value)
        .order_by(BlockMember.sealed_at, BlockMember.block)
    )
    newest = {row.firm_id: row for row in rows if row.firm_id in firm_ids}
    return [
        Entry(row.firm_id, *_cell_and_measures(row, family, brief), row.block, row.of)
        for row in newest.values()
        if shown is None or row.block in shown
    ]


def _shown_blocks(clusters: Set[UUID], family: Family) -> set[Any] | None:
    """The blocks of a viewer's clusters that may be shown to him together; None where there is one cluster only."""
    if len(clusters) == 1:
        return None
    rows = db.session.execute(
        select(BlockMember.block, BlockMember.firm_id)
        .where(BlockMember.cluster_id.in_(clusters), BlockMember.family == family.value)
        .order_by(BlockMember.sealed_at, BlockMember.block)
    )
    firms: dict[Any, set[Any]] = defaultdict(set)
    for block, firm_id in rows:
        firms[block].add(firm_id)
    return disjoint((block, frozenset(found)) for block, found in firms.items())


def _cell_and_measures(row: Any, family: Family, brief: bool) -> tuple[Cell, dict[str, Number | None]]:
    """The numbers of a result that a group has a mean of: points from 0 to 100, scenes (levels) as percent of 4; a
    scene without a level counts as 0, as in the official index. Requirements of a chain leader are single levels, too,
    and stand with the scenes."""
    if brief:
        return (), {"score": row.score, "index": row.index_overall}
    cell = (row.sector, row.size_band, row.town)
    if family is Family.SCENES:
        scenes = {name: 25 * (level or 0) for name, level in row.summary["scenes"].items()}
        return cell, scenes | _readiness(row.summary)
    return cell, {
        "score": row.score,
        "index": row.index_overall,
        "spread": row.spread,
        "evidence": row.evidence,
        **row.summary["dimensions"],
    }


def _readiness(summary: Mapping[str, Any]) -> dict[str, Number | None]:
    """What a chain leader asks: met is 100, not met 0; under CHAIN the share of all that applies to the firm."""
    met = summary.get("chain") or {}
    asked = [wanted for wanted in met.values() if wanted is not None]
    if not asked:
        return {}
    return {CHAIN: 100 * sum(asked) / len(asked), **{name: m if m is None else 100 * m for name, m in met.items()}}


@dataclass(frozen=True, slots=True)
class Queue:
    """The input of `scoring.cohort.form_blocks`."""

    waiting: Sequence[Waiting]
    expected: Sequence[Cell]
    former: Mapping[Any, frozenset[Any]]
    firms: Mapping[UUID, UUID]


def read_queue(cluster_id: UUID, family: Family, at: datetime | None = None) -> Queue:
    """Results of hidden firms that are in no block of the cluster yet, first submitted first; in system scope.

    `firms` gives the firm of each result.
    """
    at = at or now()
    members = [m for m in list_members(cluster_id) if m.statistics and not (m.named and family is Family.RESULTS)]
    hidden = {m.firm_id for m in members}
    newest: dict[UUID, tuple[UUID, int]] = {}
    sealed: set[UUID] = set()
    for member in db.session.scalars(
        select(BlockMember)
        .where(BlockMember.cluster_id == cluster_id, BlockMember.family == family.value)
        .order_by(BlockMember.sealed_at, BlockMember.block)
    ):
        newest[member.firm_id] = (member.block, member.of)
        sealed.add(member.result_id)
    standing: dict[UUID, set[UUID]] = defaultdict(set)
    for firm_id, (block, _of) in newest.items():
        if firm_id in hidden:
            standing[block].add(firm_id)
    former = {block: frozenset(f) for block, f in standing.items() if any(newest[i][1] == len(f) for i in f)}
    rows = [
        row
        for row in db.session.execute(
            select(Result.id, Result.firm_id, Result.sector, Result.size_band, Result.town, Result.created_at)
            .join(ClusterMember, ClusterMember.firm_id == Result.firm_id)
            .where(ClusterMember.cluster_id == cluster_id, Result.current.is_(True))
            .order_by(Result.created_at, Result.id)
        )
        if row.firm_id in hidden
    ]
    done = {row.firm_id for row in rows}
    waiting = [
        Waiting(
            row.id,
            row.firm_id,
            (row.sector, row.size_band, row.town),
            block if row.firm_id in newest and (block := newest[row.firm_id][0]) in former else None,
            at - row.created_at >= PATIENCE,
        )
        for row in rows
        if row.id not in sealed
    ]
    return Queue(
        waiting, [m.cell for m in members if m.firm_id not in done], former, {row.id: row.firm_id for row in rows}
    )
