"""Read joint programmes, and what a job needs to work one out: the firms that agreed, with their answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import defer, joinedload

from app.access.scope import Reach
from app.errors import NotFoundError
from app.extensions import db
from app.models.assessments import Answer, Assessment
from app.models.clusters import ClusterMember, Coordinator
from app.models.consents import ConsentKind
from app.models.firms import Firm
from app.models.programmes import Programme, ProgrammeState
from app.models.releases import BlockMember, Family
from app.models.results import Result
from app.queries.answers import answers_document
from app.queries.clusters import get_cluster
from app.queries.releases import has_consent, read_blocks
from app.queries.results import list_latest_results
from scoring.cohort import Cell
from scoring.content.loader import load_catalogue
from scoring.content.model import Solution

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Joining:
    """A firm that takes part, with one published round. `block`: its release block; None where it shows its name.
    `cell`: trade, size band and town, for a firm in a block all as they were when it submitted."""

    firm_id: UUID
    block: UUID | None
    cell: Cell
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


def find_latest_programme(cluster_id: UUID) -> Programme | None:
    """The newest programme of a cluster that is worked out; None before the first."""
    return db.session.scalar(
        select(Programme)
        .where(Programme.cluster_id == cluster_id, Programme.state == ProgrammeState.READY)
        .order_by(Programme.created_at.desc(), Programme.id)
        .limit(1)
    )


def list_solutions(programme: Programme) -> dict[str, Solution]:
    """The solutions of the content that a programme rests on, by id."""
    solutions: dict[str, Solution] = {}
    for sector, editions in programme.versions.items():
        for versions in editions:
            solutions = {**load_catalogue(sector, versions).solutions, **solutions}
    return solutions


def firm_of(key: str) -> UUID:
    """The firm of a row in a programme's payload."""
    return UUID(key.rsplit(":", 1)[-1])


def list_shown_firms(cluster_id: UUID) -> dict[UUID, Firm]:
    """The firms of a cluster that show their name to its coordinators now, as the present scope sees them."""
    rows = db.session.scalars(
        select(Firm)
        .join(ClusterMember, ClusterMember.firm_id == Firm.id)
        .where(
            ClusterMember.cluster_id == cluster_id,
            ClusterMember.left_at.is_(None),
            Firm.deleted_at.is_(None),
            has_consent(ConsentKind.NAMED_RESULTS, cluster_id),
        )
    )
    return {firm.id: firm for firm in rows}


def list_joining(cluster_id: UUID, blocks: Mapping[UUID, UUID]) -> list[Joining]:
    """The firms of a cluster that take part: those that show their name, with their newest published round, and those
    of these release blocks (`list_blocks`), with the round in their block; first come first. In system scope."""
    rows = db.session.execute(
        select(Firm.id, has_consent(ConsentKind.NAMED_RESULTS, cluster_id))
        .join(ClusterMember, ClusterMember.firm_id == Firm.id)
        .where(ClusterMember.cluster_id == cluster_id, ClusterMember.left_at.is_(None), Firm.deleted_at.is_(None))
        .order_by(ClusterMember.joined_at, ClusterMember.id)
    ).all()
    taking = [(firm_id, None if named else blocks[firm_id]) for firm_id, named in rows if named or firm_id in blocks]
    found = []
    for start in range(0, len(taking), CHUNK):
        found += _with_answers(cluster_id, dict(taking[start : start + CHUNK]))
    return found


def _with_answers(cluster_id: UUID, taking: Mapping[UUID, UUID | None]) -> list[Joining]:
    results = list_latest_results([firm_id for firm_id, block in taking.items() if block is None])
    in_blocks = (
        select(Result)
        .join(BlockMember, BlockMember.result_id == Result.id)
        .where(
            BlockMember.cluster_id == cluster_id,
            BlockMember.family == Family.RESULTS,
            tuple_(BlockMember.firm_id, BlockMember.block).in_([(f, b) for f, b in taking.items() if b is not None]),
        )
        .options(joinedload(Result.assessment))
    )
    results |= {result.firm_id: result for result in db.session.scalars(in_blocks)}
    rounds = [result.assessment_id for result in results.values()]
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
    for firm_id, block in taking.items():
        result = results.get(firm_id)
        if result is None:
            continue
        assessment = assessments[result.assessment_id]
        document = answers_document(assessment, answers[assessment.id])
        town = assessment.firm.town if block is None else result.town
        cell = (result.sector, result.size_band, town)
        found.append(Joining(firm_id, block, cell, document, result.payload["content"]))
    return found


def list_blocks(cluster_id: UUID, reaches: Collection[Reach]) -> dict[UUID, UUID]:
    """Block by firm, of the hidden firms that everyone with one of these reaches may be shown in figures of a cluster:
    a programme is read by all of its coordinators. In system scope."""
    shown = [read_blocks(cluster_id, Family.RESULTS, reach, reach.cluster_ids) for reach in reaches]
    return dict(set.intersection(*shown)) if shown else {}


def list_coordinator_ids(cluster_id: UUID) -> list[UUID]:
    """The accounts that coordinate a cluster."""
    return list(db.session.scalars(select(Coordinator.user_id).where(Coordinator.cluster_id == cluster_id)))
