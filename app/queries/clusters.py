"""Read clusters: who is in them, who coordinates them, how the firms stand that agreed to be seen by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import joinedload

from app.access.guard import seen_firms
from app.access.scope import current_scope, system_scope
from app.errors import NotFoundError
from app.extensions import db
from app.models.assessments import Answer, Assessment, AssessmentStatus
from app.models.clusters import Cluster, ClusterMember, Coordinator
from app.models.consents import Consent, ConsentKind
from app.models.firms import Firm
from app.models.results import Result
from app.queries.results import list_latest_results
from scoring.cohort import Summary, summarize


@dataclass(frozen=True, slots=True)
class Standing:
    """A firm of a cluster and its newest published result; without one the last fields are None."""

    firm_id: UUID
    name: str
    sector: str
    town: str
    assessment_id: UUID | None = None
    round: int | None = None
    submitted_at: datetime | None = None
    level: int | None = None
    score: Decimal | None = None
    index: Decimal | None = None
    evidence: float | None = None
    official: Mapping[str, Any] | None = None
    dimensions: Mapping[str, float | None] | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """What a coordinator may know of a cluster: firms by name, the number of the others, a released mean or None."""

    standings: Sequence[Standing]
    members: int
    hidden: int
    summary: Summary | None


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
    standings = _list_standings(cluster_id)
    members = count_members([cluster_id]).get(cluster_id, 0)
    named = [(s.score, s.index or Decimal(0)) for s in standings if s.score is not None]
    summary = summarize(named, _read_hidden(cluster_id, {s.firm_id for s in standings} | seen_firms()))
    return Picture(standings, members, members - len(standings), summary)


def select_named_firms(cluster_id: UUID) -> Select[Firm]:
    """A select of the firms that are in the cluster now and agreed that its coordinators see them by name."""
    return (
        select(Firm)
        .join(ClusterMember, ClusterMember.firm_id == Firm.id)
        .where(
            ClusterMember.cluster_id == cluster_id,
            ClusterMember.left_at.is_(None),
            Firm.deleted_at.is_(None),
            exists().where(
                and_(
                    Consent.firm_id == Firm.id,
                    Consent.cluster_id == cluster_id,
                    Consent.kind == ConsentKind.NAMED_RESULTS.value,
                    Consent.withdrawn_at.is_(None),
                )
            ),
        )
    )


def _list_standings(cluster_id: UUID) -> list[Standing]:
    firms = db.session.scalars(select_named_firms(cluster_id).order_by(Firm.name, Firm.id)).all()
    latest = list_latest_results([firm.id for firm in firms])
    evidence = _evidence_shares([result.assessment_id for result in latest.values()])
    return [_standing(firm, latest.get(firm.id), evidence) for firm in firms]


def _standing(firm: Firm, result: Result | None, evidence: Mapping[UUID, float]) -> Standing:
    if result is None:
        return Standing(firm.id, firm.name, firm.sector, firm.town)
    assessment = result.assessment
    return Standing(
        firm_id=firm.id,
        name=firm.name,
        sector=assessment.sector,
        town=firm.town,
        assessment_id=assessment.id,
        round=assessment.number,
        submitted_at=assessment.submitted_at,
        level=result.level,
        score=result.score,
        index=result.index_overall,
        evidence=evidence.get(assessment.id),
        official=result.payload["official"],
        dimensions={name: cell["score"] for name, cell in result.payload["index"]["dimensions"].items()},
    )


def _evidence_shares(assessment_ids: Sequence[UUID]) -> dict[UUID, float]:
    """Of the level answers that claim 2 or more: the share that names a record."""
    claimed: dict[UUID, int] = defaultdict(int)
    proven: dict[UUID, int] = defaultdict(int)
    for assessment_id, value, evidence in db.session.execute(
        select(Answer.assessment_id, Answer.value, Answer.evidence).where(Answer.assessment_id.in_(assessment_ids))
    ):
        if isinstance(value, int) and not isinstance(value, bool) and value >= 2:
            claimed[assessment_id] += 1
            proven[assessment_id] += bool(evidence and evidence.strip())
    return {key: proven[key] / number for key, number in claimed.items()}


def _read_hidden(cluster_id: UUID, seen: set[UUID]) -> list[tuple[Decimal, Decimal]]:
    """(score, index) of members out of sight who agreed to group figures, in the order of their first submission.

    `seen` are the firms that this viewer sees one by one, be it through another cluster: they hide nobody.
    """
    with system_scope():
        firm_ids = [
            firm_id
            for firm_id in db.session.scalars(
                select(ClusterMember.firm_id)
                .join(Firm, Firm.id == ClusterMember.firm_id)
                .where(
                    ClusterMember.cluster_id == cluster_id,
                    ClusterMember.left_at.is_(None),
                    Firm.deleted_at.is_(None),
                    exists().where(
                        and_(
                            Consent.firm_id == Firm.id,
                            Consent.kind == ConsentKind.STATISTICS.value,
                            Consent.withdrawn_at.is_(None),
                        )
                    ),
                )
            )
            if firm_id not in seen
        ]
        first = dict(
            db.session.execute(
                select(Assessment.firm_id, func.min(Assessment.submitted_at))
                .where(Assessment.firm_id.in_(firm_ids), Assessment.status == AssessmentStatus.SUBMITTED.value)
                .group_by(Assessment.firm_id)
            ).all()
        )
        latest = list_latest_results(firm_ids)
        order = sorted(latest, key=lambda firm_id: (first[firm_id], firm_id))
        return [(latest[i].score, latest[i].index_overall or Decimal(0)) for i in order]
