"""Work out how far claims usually stand from what was found."""

from __future__ import annotations

from functools import partial

from app.jobs.context import JobContext, Store
from app.services.calibrations import compute, store


def recalibrate(context: JobContext) -> Store:
    """All figures anew. The subject names the trade whose verification was settled; as what is known of all trades
    draws the figures of each, they are always worked out together."""
    return partial(store, compute())
