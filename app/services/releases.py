"""Put results of hidden firms into blocks, so that group figures may hold them. Done by a job: it reads all firms."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from app.extensions import db
from app.models.base import now
from app.models.clusters import Cluster
from app.models.releases import BlockMember, Family
from app.queries.clusters import list_firm_clusters
from app.queries.releases import read_queue
from app.queries.results import find_current_result
from app.services.jobs import request_job
from scoring.cohort import form_blocks

FORM = "releases.form"


def request_blocks(firm_id: UUID) -> None:
    """Something has changed at a firm: look again for blocks in each of its clusters, once this is committed."""
    if find_current_result(firm_id) is not None:
        for member in list_firm_clusters(firm_id):
            request_job(FORM, member.cluster_id)


def form(cluster_id: UUID, at: datetime | None = None) -> int:
    """Form what blocks can be formed in a cluster now; returns their number. In system scope."""
    db.session.execute(select(Cluster.id).where(Cluster.id == cluster_id).with_for_update())  # one job at a time
    formed = 0
    for family in Family:
        queue = read_queue(cluster_id, family, at)
        for block in form_blocks(queue.waiting, queue.expected, queue.former):
            block_id, moment, formed = uuid4(), at or now(), formed + 1
            for one in block:
                db.session.add(
                    BlockMember(
                        cluster_id=cluster_id,
                        firm_id=one.firm,
                        result_id=one.result,
                        family=family.value,
                        block=block_id,
                        of=len(block),
                        sealed_at=moment,
                    )
                )
    db.session.flush()
    return formed
