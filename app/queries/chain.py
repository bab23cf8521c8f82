"""Where the firms of a cluster stand in a chain: what their coordinator wrote beside them on the list."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.extensions import db
from app.models.clusters import ClusterMember
from app.models.invitees import Invitee, split_tags


@dataclass(frozen=True, slots=True)
class Place:
    """`tier` counts from the chain leader; None and "" where the list says nothing."""

    tier: int | None = None
    part_group: str = ""
    tags: tuple[str, ...] = ()


def list_places(cluster_id: UUID) -> dict[UUID, Place]:
    """The place of each member firm that stands on the list of a cluster in reach; one statement."""
    rows = db.session.execute(
        select(ClusterMember.firm_id, Invitee.tier, Invitee.part_group, Invitee.tags)
        .join(Invitee, Invitee.id == ClusterMember.invitee_id)
        .where(ClusterMember.cluster_id == cluster_id, ClusterMember.left_at.is_(None))
    )
    return {firm_id: Place(tier, group, tuple(split_tags(tags))) for firm_id, tier, group, tags in rows}
