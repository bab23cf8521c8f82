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
    list_blocks,
    list_coordinator_ids,
    list_joining,
)
from app.services.programmes import mark_failed, store_programme
from app.transaction import transaction
from scoring import load_catalogue
from scoring.answers import read
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
            blocks = list_blocks(cluster_id, reaches) if choice["everybody"] else {}
            taking = [j for j in list_joining(cluster_id, blocks) if _chosen(j, choice)]
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


def _chosen(one: Joining, choice: dict[str, Any]) -> bool:
    """Whether a firm was asked for. A choice of trade, town or firms never picks among firms without a name."""
    sector, _, town = one.cell
    return one.block is not None or (
        choice["sector"] in ("", sector)
        and choice["town"] in ("", town)
        and (not choice["firms"] or str(one.firm_id) in choice["firms"])
    )


def _compute(context: JobContext, programme_id: UUID, taking: list[Joining], wish: JointWish) -> Store:
    firms, about, blocks = [], {}, {}
    versions: dict[str, list[dict[str, str]]] = {}
    for place, one in enumerate(taking):
        key = f"{place:05}:{one.firm_id}"  # the order in which they came
        about[key] = About(*one.cell)
        catalogue = load_catalogue(about[key].sector, one.versions)
        firms.append(Firm(key, read(one.document, catalogue), catalogue))
        known = versions.setdefault(about[key].sector, [])
        if dict(one.versions) not in known:
            known.append(dict(one.versions))
        if one.block is not None:
            blocks[key] = one.block
    context.progress(4)
    last = 0

    def progress(percent: int) -> None:
        nonlocal last
        if percent >= last + 3:  # each step is a write of its own
            last = percent
            context.progress(percent)

    payload = released(joint(firms, wish, progress), blocks, about)
    return partial(store_programme, programme_id, ENGINE, versions, payload)
