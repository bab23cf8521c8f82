"""Put results into blocks."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from app.jobs.context import JobContext, Store
from app.services.releases import form


def form_blocks(context: JobContext) -> Store:
    """Form the blocks of the cluster whose id is the subject. It is all one short transaction: nothing to prepare."""
    return partial(_form, UUID(context.subject))


def _form(cluster_id: UUID) -> None:
    form(cluster_id)
