"""Order the report on a cluster. The file belongs to whoever asked, and shows what he may see."""

from __future__ import annotations

from uuid import UUID

from app.models.jobs import Job
from app.queries.clusters import get_cluster
from app.services import audit
from app.services.comparison import REPORT
from app.services.jobs import request_job

BUILD = REPORT


def order_report(cluster_id: UUID, locale: str, name: str) -> Job:
    """Have the report built in one language, as the cluster stands now; `name` is the file's. Raises NotFoundError."""
    cluster = get_cluster(cluster_id)
    audit.record("cluster:report", cluster.id, locale=locale)
    return request_job(BUILD, cluster.id, locale=locale, name=name)
