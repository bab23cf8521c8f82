"""Make the workbook of a large cluster, and remove it when somebody in it takes his name back."""

from __future__ import annotations

import secrets
from functools import partial
from tempfile import TemporaryFile
from uuid import UUID

from app.errors import N_
from app.files import put_file
from app.jobs.context import JobContext, JobFailed, Store
from app.queries.access import load_reach
from app.queries.clusters import list_standings
from app.services.comparison import clear_workbooks, fingerprint, keep_workbook, read_view, write_firms
from app.transaction import transaction


def export(context: JobContext) -> Store:
    """Write the view of the cluster whose id is the subject, for somebody who still coordinates it."""
    cluster_id = UUID(context.subject)
    with transaction(writes=False):
        if cluster_id not in load_reach(context.requested_by, None).cluster_ids:
            raise JobFailed(N_("You do not coordinate this cluster any more."))
        standings = list_standings(cluster_id)
    context.progress(30)
    view = read_view(context.payload["view"])
    with TemporaryFile() as file:
        write_firms(file, standings, view, context.payload["labels"], context.payload["about"])
        context.progress(80)
        file.seek(0)
        key = f"exports/{secrets.token_hex(16)}.xlsx"
        put_file(key, file.read())
    return partial(keep_workbook, context.job_id, key, fingerprint(standings))


def clear(context: JobContext) -> Store:
    """Remove the workbooks of the cluster whose id is the subject."""
    return partial(clear_workbooks, UUID(context.subject))
