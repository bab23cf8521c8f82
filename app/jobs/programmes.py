"""Work out joint programmes: read the firms that agreed, compute, keep only what the release rule lets out."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from app.errors import N_
from app.jobs.context import JobContext, JobFailed, Store
from app.models.programmes import ProgrammeState
from app.queries.access import load_reach
from app.queries.programmes import (
    Joining,
    get_programme,
    list_coordinator_ids,
    list_joining,
    list_seen_otherwise,
)
from app.services.programmes import mark_failed, store_programme
from app.transaction import transaction
from scoring import load_catalogue
from scoring.answers import read
from scoring.cohort import NEED, size_band
from scoring.joint import About, Firm, JointWish, joint, released
from scoring.result import ENGINE

MOST_FIRMS = 1000
NOBODY = N_("No firm that may take part has a submitted result yet. Invite firms, or choose fewer conditions.")
TOO_MANY = N_("More than 1,000 firms are too many for one computation. Choose a trade or a town.")


def compute(context: JobContext) -> Store | None:
    """Work out the programme whose id is the subject; one that is there already is left alone."""
    programme_id = UUID(context.subject)
    try:
        with transaction(writes=False):
            programme = get_programme(programme_id)
            if programme.state != ProgrammeState.PENDING:
                return None
            cluster_id, choice = programme.cluster_id, dict(programme.choice)
            wish = JointWish(programme.target, programme.budget, alone=choice["alone"])
            reaches = [load_reach(user_id, None) for user_id in list_coordinator_ids(cluster_id)]
            taking = _chosen(list_joining(cluster_id, list_seen_otherwise(cluster_id, reaches)), choice)
        if not taking:
            raise JobFailed(NOBODY)
        if len(taking) > MOST_FIRMS:
            raise JobFailed(TOO_MANY)
        store = _compute(context, programme_id, taking, wish)
    except Exception as error:
        with transaction():
            mark_failed(programme_id, str(error) if isinstance(error, JobFailed) else "")
        raise
    return store


def give_up(programme_id: UUID) -> None:
    """The work on a programme has failed for good."""
    mark_failed(programme_id)


def _chosen(joining: list[Joining], choice: dict[str, Any]) -> list[Joining]:
    """The firms asked for. Firms without a name come in only together with everybody, and only five or more of them."""
    named = [
        j
        for j in joining
        if j.named
        and choice["sector"] in ("", j.sector)
        and choice["town"] in ("", j.town)
        and (not choice["firms"] or str(j.firm_id) in choice["firms"])
    ]
    hidden = [j for j in joining if not j.named]
    if not choice["everybody"] or len(hidden) < NEED:
        return named
    return [j for j in joining if j in named or not j.named]


def _compute(context: JobContext, programme_id: UUID, taking: list[Joining], wish: JointWish) -> Store:
    firms, about, named = [], {}, set()
    versions: dict[str, list[dict[str, str]]] = {}
    for place, one in enumerate(taking):
        key = f"{place:05}:{one.firm_id}"  # the order in which they came
        catalogue = load_catalogue(one.sector, one.versions)
        firms.append(Firm(key, read(one.document, catalogue), catalogue))
        about[key] = About(one.sector, size_band(one.employees), one.town)
        known = versions.setdefault(one.sector, [])
        if dict(one.versions) not in known:
            known.append(dict(one.versions))
        if one.named:
            named.add(key)
    context.progress(4)
    last = 0

    def progress(percent: int) -> None:
        nonlocal last
        if percent >= last + 3:  # each step is a write of its own
            last = percent
            context.progress(percent)

    payload = released(joint(firms, wish, progress), named, about)
    return partial(store_programme, programme_id, ENGINE, versions, payload)
