"""Order joint programmes for a cluster, and store what a job has worked out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.access.scope import current_scope
from app.errors import N_, InputError
from app.extensions import db
from app.models.base import now
from app.models.programmes import Programme, ProgrammeState
from app.queries.clusters import get_cluster
from app.queries.programmes import get_programme, list_shown_firms
from app.services import audit
from app.services.jobs import request_job

COMPUTE = "programmes.compute"
MOST_YUAN = 1_000_000_000


def request_programme(
    cluster_id: UUID,
    *,
    target: int | None,
    budget: int | None,
    everybody: bool,
    sector: str = "",
    town: str = "",
    firms: Sequence[UUID] = (),
    alone: bool = True,
) -> Programme:
    """A programme that a job will work out. `everybody`: firms without a name count too, as far as they agreed; else
    only firms by name, of one trade or town or the chosen ones. Raises InputError, NotFoundError."""
    cluster = get_cluster(cluster_id)
    if budget is not None and not 0 < budget <= MOST_YUAN:
        raise InputError(N_("Enter the budget in yuan, up to 1,000,000,000; or leave it empty."), field="budget")
    if everybody and (sector or town or firms):
        raise InputError(N_("A choice of trade, town or firms takes only firms that show their name."), field="who")
    if firms and not set(firms) <= list_shown_firms(cluster.id).keys():
        raise InputError(N_("One of the chosen firms no longer shows its name. Choose again."), field="firms")
    choice: dict[str, Any] = {
        "everybody": everybody,
        "sector": sector,
        "town": town,
        "firms": sorted(map(str, firms)),
        "alone": alone,
    }
    programme = Programme(
        cluster_id=cluster.id, target=target, budget=budget, choice=choice, created_by=current_scope().user_id
    )
    db.session.add(programme)
    db.session.flush()
    request_job(COMPUTE, programme.id)
    audit.record("programme:create", cluster.id, programme=str(programme.id), target=target, budget=budget)
    return programme


def remove_programme(cluster_id: UUID, programme_id: UUID) -> None:
    """Throw a programme away. Raises NotFoundError."""
    programme = get_programme(programme_id, cluster_id)
    db.session.delete(programme)
    audit.record("programme:delete", cluster_id, programme=str(programme_id))


def store_programme(programme_id: UUID, engine: str, versions: dict[str, Any], payload: dict[str, Any]) -> None:
    """What was worked out, with the content it rests on; harmless where the programme is gone."""
    programme = db.session.get(Programme, programme_id)
    if programme is not None and programme.state != ProgrammeState.READY:
        programme.engine, programme.versions, programme.payload = engine, versions, payload
        programme.lifted = sum(payload["lifted"])
        programme.state, programme.ready_at = ProgrammeState.READY.value, now()


def mark_failed(programme_id: UUID, reason: str = "") -> None:
    """It could not be worked out; `reason` is a message id for the coordinator."""
    programme = db.session.get(Programme, programme_id)
    if programme is not None and programme.state == ProgrammeState.PENDING:
        programme.state = ProgrammeState.FAILED.value
        programme.payload = {"reason": reason}
