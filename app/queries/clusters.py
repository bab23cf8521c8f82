"""Read clusters: who is in them, who coordinates them, how the firms stand that agreed to be seen by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, null, select
from sqlalchemy.orm import aliased, joinedload

from app.access.guard import seen_firms
from app.access.scope import current_scope, system_scope
from app.errors import NotFoundError
from app.extensions import db
from app.models.assessments import Assessment
from app.models.clusters import Cluster, ClusterMember, Coordinator
from app.models.consents import ConsentKind
from app.models.firms import Firm
from app.models.invitees import Invitee, split_tags
from app.models.results import Result
from app.models.verifications import Verification, VerificationState
from app.queries.releases import has_consent, read_release
from scoring.cohort import size_band


@dataclass(frozen=True, slots=True)
class Standing:
    """A firm of a cluster and its newest published result; without one the fields after `tags` are empty.

    `evidence` is the percentage of claims that name a record. `gate` is what separates the firm from the next level:
    points (a decimal string), scenes, starred scenes; None at the top. `before` are level, score and index of the round
    before, None where there was none. `tags` are the coordinator's own, of the entry in his list. `verified_level` and
    `verified_at` are None while nobody has verified the round.
    """

    firm_id: UUID
    name: str
    sector: str
    town: str
    size_band: str
    tags: Sequence[str] = ()
    assessment_id: UUID | None = None
    round: int | None = None
    submitted_at: datetime | None = None
    level: int | None = None
    score: Decimal | None = None
    index: Decimal | None = None
    spread: Decimal | None = None
    evidence: Decimal | None = None
    gate: tuple[str, int, int] | None = None
    dimensions: Mapping[str, float | None] = field(default_factory=dict)
    before: Before | None = None
    verified_level: int | None = None
    verified_at: datetime | None = None

    @property
    def change(self) -> Decimal | None:
        """The change of the score since the round before."""
        return None if self.score is None or self.before is None else self.score - self.before.score

    @property
    def missed(self) -> int | None:
        """How many of the three gates of the next level are missed; 0 at the top."""
        if self.level is None:
            return None
        return 0 if self.gate is None else (Decimal(self.gate[0]) > 0) + (self.gate[1] > 0) + (self.gate[2] > 0)


@dataclass(frozen=True, slots=True)
class Before:
    """The round before."""

    level: int
    score: Decimal
    index: Decimal | None
    dimensions: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Picture:
    """What a coordinator may know of a cluster: firms by name, the number of the others, a released mean or None."""

    standings: Sequence[Standing]
    members: int
    hidden: int
    summary: Summary | None


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean of `number` firms, of which `hidden` are not shown one by one. Never a minimum or maximum."""

    number: int
    hidden: int
    score: Decimal
    index: Decimal


def find_cluster_by_code(code: str) -> Cluster | None:
    """The cluster that firms join by this code, however it was typed; or None."""
    plain = "".join(char for char in code.upper() if char.isalnum())[:16]
    return db.session.scalar(select(Cluster).where(Cluster.code == plain)) if plain else None


def get_cluster(cluster_id: UUID) -> Cluster:
    """The cluster. Raises NotFoundError unless the current user coordinates it (or administers all)."""
    scope = current_scope()
    cluster = None
    if scope.everything or cluster_id in scope.cluster_ids:
        cluster = db.session.get(Cluster, cluster_id)
    if cluster is None:
        raise NotFoundError
    return cluster


def list_clusters() -> Sequence[Cluster]:
    """The clusters that the current user coordinates, or all for an administrator, by name."""
    scope = current_scope()
    query = select(Cluster).order_by(Cluster.name, Cluster.id)
    if not scope.everything:
        query = query.where(Cluster.id.in_(list(scope.cluster_ids)))
    return db.session.scalars(query).all()


def list_coordinators(cluster_ids: Collection[UUID]) -> dict[UUID, list[Coordinator]]:
    """Who coordinates each cluster, with the accounts, in the order they were named."""
    found: dict[UUID, list[Coordinator]] = defaultdict(list)
    for row in db.session.scalars(
        select(Coordinator)
        .options(joinedload(Coordinator.user))
        .where(Coordinator.cluster_id.in_(list(cluster_ids)))
        .order_by(Coordinator.created_at, Coordinator.id)
    ):
        found[row.cluster_id].append(row)
    return found


def list_firm_clusters(firm_id: UUID) -> Sequence[ClusterMember]:
    """The clusters that a firm belongs to now, oldest first."""
    return db.session.scalars(
        select(ClusterMember)
        .options(joinedload(ClusterMember.cluster))
        .where(ClusterMember.firm_id == firm_id, ClusterMember.left_at.is_(None))
        .order_by(ClusterMember.joined_at, ClusterMember.id)
    ).all()


def get_membership(firm_id: UUID, cluster_id: UUID) -> ClusterMember:
    """A firm's present membership in a cluster. Raises NotFoundError."""
    row = db.session.scalar(
        select(ClusterMember).where(
            ClusterMember.firm_id == firm_id, ClusterMember.cluster_id == cluster_id, ClusterMember.left_at.is_(None)
        )
    )
    if row is None:
        raise NotFoundError
    return row


def count_members(cluster_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many firms belong to each cluster; a bare number, so firms out of sight count too."""
    with system_scope():
        rows = db.session.execute(
            select(ClusterMember.cluster_id, func.count(ClusterMember.id))
            .join(Firm, Firm.id == ClusterMember.firm_id)
            .where(
                ClusterMember.cluster_id.in_(list(cluster_ids)),
                ClusterMember.left_at.is_(None),
                Firm.deleted_at.is_(None),
            )
            .group_by(ClusterMember.cluster_id)
        ).all()
    return dict(rows)


def read_picture(cluster_id: UUID) -> Picture:
    """The cluster as its coordinator may see it. Firms without consent leave a number and a released mean, no more."""
    get_cluster(cluster_id)
    released = read_release(cluster_id, brief=True)
    standings = list_standings(cluster_id)
    figure = released.whole
    summary = None
    if figure is not None and "score" in figure.means:
        summary = Summary(figure.number, figure.hidden, figure.means["score"], figure.means.get("index", Decimal(0)))
    return Picture(standings, released.members, released.members - released.named, summary)


def list_standings(cluster_id: UUID, *, before: bool = False) -> list[Standing]:
    """The firms that are in the cluster now and agreed that its coordinators see them by name, by name; one statement.

    `before` also reads the dimensions of the round before. Raises NotFoundError unless the current user coordinates
    the cluster.
    """
    get_cluster(cluster_id)
    seen = None if current_scope().everything else seen_firms()
    previous, verified = aliased(Result), aliased(Result)
    old_summary = previous.summary if before else null()
    with system_scope():
        rows = db.session.execute(
            select(
                Firm.id, Firm.name, Firm.sector, Firm.town, Firm.employees, Invitee.tags,
                Result.assessment_id, Result.sector.label("trade"), Result.level, Result.score, Result.index_overall,
                Result.spread, Result.evidence, Result.summary, Assessment.number, Assessment.submitted_at,
                previous.level.label("old_level"), previous.score.label("old_score"),
                previous.index_overall.label("old_index"), old_summary.label("old_summary"),
                verified.level.label("verified_level"), Verification.verified_at,
            )
            .join(ClusterMember, ClusterMember.firm_id == Firm.id)
            .outerjoin(Invitee, Invitee.id == ClusterMember.invitee_id)
            .outerjoin(Result, and_(Result.firm_id == Firm.id, Result.current.is_(True)))
            .outerjoin(Assessment, Assessment.id == Result.assessment_id)
            .outerjoin(previous, previous.id == Result.previous_id)
            .outerjoin(Verification, and_(Verification.assessment_id == Result.assessment_id, _IN_FORCE))
            .outerjoin(verified, verified.id == Verification.result_id)
            .where(
                ClusterMember.cluster_id == cluster_id,
                ClusterMember.left_at.is_(None),
                Firm.deleted_at.is_(None),
                has_consent(ConsentKind.NAMED_RESULTS, cluster_id),
            )
            .order_by(Firm.name, Firm.id)
        ).all()  # fmt: skip
    return [_standing(row) for row in rows if seen is None or row.id in seen]


def _standing(row: Any) -> Standing:
    tags = split_tags(row.tags or "")
    if row.score is None:
        return Standing(row.id, row.name, row.sector, row.town, size_band(row.employees), tags)
    before = None
    if row.old_score is not None:
        before = Before(row.old_level, row.old_score, row.old_index, (row.old_summary or {}).get("dimensions", {}))
    return Standing(
        firm_id=row.id,
        name=row.name,
        sector=row.trade,
        town=row.town,
        size_band=size_band(row.employees),
        tags=tags,
        assessment_id=row.assessment_id,
        round=row.number,
        submitted_at=row.submitted_at,
        level=row.level,
        score=row.score,
        index=row.index_overall,
        spread=row.spread,
        evidence=row.evidence,
        gate=tuple(row.summary["gate"]) if row.summary["gate"] else None,
        dimensions=row.summary["dimensions"],
        before=before,
        verified_level=row.verified_level,
        verified_at=row.verified_at,
    )


_IN_FORCE = Verification.state == VerificationState.VERIFIED
"""A round has at most one verification in this state; one that was replaced is closed."""
