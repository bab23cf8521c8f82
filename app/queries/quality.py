"""How far the answers of a cluster can be relied on: flags of named firms, levels of anonymous ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from flask import g
from sqlalchemy import and_, select

from app.access.guard import seen_firms
from app.access.scope import Reach, current_scope, system_scope
from app.extensions import db
from app.models.clusters import ClusterMember
from app.models.consents import ConsentKind
from app.models.firms import Firm
from app.models.releases import BlockMember, Family
from app.models.results import Result
from app.queries.clusters import get_cluster
from app.queries.releases import has_consent, read_blocks

MOST = 2000
"""So many firms are enough to tell how well questions go together; reading more would only take longer."""


@dataclass(frozen=True, slots=True)
class Flagged:
    """A firm by name with the flags of its current result: kind → how often. Which answers they are about stays
    with the firm and its consultant."""

    firm_id: UUID
    name: str
    sector: str
    town: str
    created_at: datetime
    evidence: float | None
    flags: Mapping[str, int] = field(default_factory=dict)


def list_flagged(cluster_id: UUID) -> list[Flagged]:
    """The firms that agreed to be named and have a result, with or without flags, by name.

    Raises NotFoundError unless the current user coordinates the cluster.
    """
    get_cluster(cluster_id)
    seen = None if current_scope().everything else seen_firms()
    with system_scope():
        rows = db.session.execute(
            select(
                Firm.id, Firm.name, Result.sector, Firm.town, Result.created_at, Result.evidence, Result.summary
            )
            .join(ClusterMember, ClusterMember.firm_id == Firm.id)
            .join(Result, and_(Result.firm_id == Firm.id, Result.current.is_(True)))
            .where(
                ClusterMember.cluster_id == cluster_id,
                ClusterMember.left_at.is_(None),
                Firm.deleted_at.is_(None),
                has_consent(ConsentKind.NAMED_RESULTS, cluster_id),
            )
            .order_by(Firm.name, Firm.id)
        ).all()  # fmt: skip
    return [
        Flagged(
            row.id, row.name, row.sector, row.town, row.created_at,
            None if row.evidence is None else float(row.evidence), row.summary.get("flags", {}),
        )
        for row in rows
        if seen is None or row.id in seen
    ]  # fmt: skip


def read_levels(cluster_id: UUID) -> Sequence[Mapping[str, int | None]]:
    """Levels by topic, one mapping a firm, of the firms that may stand in figures about answers; without any name.

    The same firms as behind the released figures of scenes: whole blocks only. Raises NotFoundError as above.
    """
    get_cluster(cluster_id)
    viewer: Reach = g.get("reach", Reach())
    clusters = viewer.cluster_ids | current_scope().cluster_ids
    with system_scope():
        chosen = read_blocks(cluster_id, Family.SCENES, viewer, clusters)
        if not chosen:
            return []
        rows = db.session.execute(
            select(BlockMember.firm_id, BlockMember.block, Result.payload["capabilities"])
            .join(Result, Result.id == BlockMember.result_id)
            .where(BlockMember.cluster_id == cluster_id, BlockMember.family == Family.SCENES.value)
            .order_by(BlockMember.sealed_at.desc(), BlockMember.block, BlockMember.id)
            .limit(MOST)
        ).all()
    return [levels for firm_id, block, levels in rows if (firm_id, block) in chosen]
