"""Read joint programmes, and what a job needs to work one out: the firms that agreed, with their answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import defer, joinedload

from app.access.policy import Permission
from app.access.scope import Reach, narrow
from app.errors import NotFoundError
from app.extensions import db
from app.models.assessments import Answer, Assessment
from app.models.clusters import ClusterMember, Coordinator
from app.models.consents import Consent, ConsentKind
from app.models.firms import Firm
from app.models.programmes import Programme
from app.queries.answers import answers_document
from app.queries.clusters import get_cluster
from app.queries.results import list_latest_results

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Joining:
    """A firm that may take part, with its newest published round. `named`: it shows its name."""

    firm_id: UUID
    named: bool
    sector: str
    town: str
    employees: int | None
    document: dict[str, Any]
    versions: Mapping[str, str]


def list_programmes(cluster_id: UUID) -> Sequence[Programme]:
    """The programmes of a cluster, newest first. Raises NotFoundError."""
    get_cluster(cluster_id)
    return db.session.scalars(
        select(Programme)
        .where(Programme.cluster_id == cluster_id)
        .options(defer(Programme.payload), defer(Programme.versions))
        .order_by(Programme.created_at.desc(), Programme.id)
        .limit(50)
    ).all()


def get_programme(programme_id: UUID, cluster_id: UUID | None = None) -> Programme:
    """One programme (of this cluster). Raises NotFoundError."""
    query = select(Programme).where(Programme.id == programme_id)
    if cluster_id is not None:
        query = query.where(Programme.cluster_id == cluster_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFoundError
    return found


def list_shown_firms(cluster_id: UUID) -> dict[UUID, Firm]:
    """The firms of a cluster that show their name to its coordinators now, as the present scope sees them."""
    rows = db.session.scalars(
        select(Firm)
        .join(ClusterMember, ClusterMember.firm_id == Firm.id)
        .where(
            ClusterMember.cluster_id == cluster_id,
            ClusterMember.left_at.is_(None),
            Firm.deleted_at.is_(None),
            _consent(ConsentKind.NAMED_RESULTS, cluster_id),
        )
    )
    return {firm.id: firm for firm in rows}


def list_joining(cluster_id: UUID, seen_otherwise: Collection[UUID] = ()) -> list[Joining]:
    """The firms of a cluster with a published result that show their name or agreed to group figures, in the order in
    which they came; in system scope. `seen_otherwise`: firms that some coordinator sees by another way and that show
    no name here; they would hide nobody, so they are left out."""
    rows = db.session.execute(
        select(Firm.id, Firm.town, _consent(ConsentKind.NAMED_RESULTS, cluster_id), _consent(ConsentKind.STATISTICS))
        .join(ClusterMember, ClusterMember.firm_id == Firm.id)
        .where(ClusterMember.cluster_id == cluster_id, ClusterMember.left_at.is_(None), Firm.deleted_at.is_(None))
        .order_by(ClusterMember.joined_at, ClusterMember.id)
    ).all()
    taking = [(i, town, named) for i, town, named, agreed in rows if named or (agreed and i not in seen_otherwise)]
    found = []
    for start in range(0, len(taking), CHUNK):
        found += _with_answers(taking[start : start + CHUNK])
    return found


def _with_answers(taking: Sequence[tuple[UUID, str, bool]]) -> list[Joining]:
    latest = list_latest_results([firm_id for firm_id, _, _ in taking])
    rounds = [result.assessment_id for result in latest.values()]
    answers: dict[UUID, list[Answer]] = defaultdict(list)
    for answer in db.session.scalars(select(Answer).where(Answer.assessment_id.in_(rounds)).order_by(Answer.item_id)):
        answers[answer.assessment_id].append(answer)
    assessments = {
        a.id: a
        for a in db.session.scalars(
            select(Assessment).where(Assessment.id.in_(rounds)).options(joinedload(Assessment.firm))
        )
    }
    found = []
    for firm_id, town, named in taking:
        result = latest.get(firm_id)
        if result is None:
            continue
        assessment = assessments[result.assessment_id]
        document = answers_document(assessment, answers[assessment.id])
        found.append(
            Joining(firm_id, named, assessment.sector, town, assessment.employees, document, result.payload["content"])
        )
    return found


def list_seen_otherwise(cluster_id: UUID, reaches: Collection[Reach]) -> set[UUID]:
    """The firms that one of these coordinators sees one by one, by whatever role."""
    found: set[UUID] = set()
    for reach in reaches:
        found |= narrow(reach, Permission.RESULT_READ).firm_ids
    return found


def list_coordinator_ids(cluster_id: UUID) -> list[UUID]:
    """The accounts that coordinate a cluster."""
    return list(db.session.scalars(select(Coordinator.user_id).where(Coordinator.cluster_id == cluster_id)))


def _consent(kind: ConsentKind, cluster_id: UUID | None = None) -> Any:
    where = [Consent.firm_id == Firm.id, Consent.kind == kind.value, Consent.withdrawn_at.is_(None)]
    if cluster_id is not None:
        where.append(Consent.cluster_id == cluster_id)
    return exists().where(and_(*where))
