"""Remove what is left of a deleted firm: its files, its rows, and the particulars in the audit record."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from app.files import delete_file
from app.jobs.context import JobContext, Store
from app.queries.firms import find_deleted_firm, list_file_keys
from app.services.bundles import withdraw
from app.services.firms import purge_firm
from app.transaction import transaction


def purge(context: JobContext) -> Store | None:
    """Delete the files of the firm whose id is the subject, and those that hold its report, then its rows.

    A firm that is gone is left alone.
    """
    firm_id = UUID(context.subject)
    with transaction(writes=False):
        keys = list_file_keys(firm_id) if find_deleted_firm(firm_id) is not None else None
    if keys is None:
        return None
    with transaction():
        keys += withdraw(firm_id)
    for key in keys:
        delete_file(key)
    return partial(purge_firm, firm_id)
