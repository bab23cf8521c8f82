"""Look whether a request for an engagement names a firm, away from the request that must not tell."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from app.jobs.context import JobContext, Store
from app.services.engagements import open_request


def ask(context: JobContext) -> Store:
    """Ask the firm that the request in the subject names. One short transaction: nothing to prepare."""
    return partial(open_request, UUID(context.subject))
