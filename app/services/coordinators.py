"""Who runs a cluster: colleagues with their share of the work, deputies for some days, handing it over.

Coordinators see to it themselves; a deputy does all the other work, but changes nothing here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from app.access.roles import Role
from app.access.scope import current_scope
from app.errors import N_, ForbiddenError, InputError, NotFoundError
from app.extensions import db
from app.models.clusters import Cluster, Coordinator
from app.models.users import User
from app.queries.clusters import get_cluster
from app.queries.users import find_user
from app.services import audit
from app.services.texts import clean_line
from app.services.users import give_role

LONGEST = timedelta(days=366)
MOST_SHARE = 600


def add_colleague(cluster_id: UUID, login: str, towns: Sequence[str] = ()) -> Coordinator:
    """Let an existing account coordinate the cluster, too; a deputy becomes a colleague.

    Raises InputError, ForbiddenError, NotFoundError.
    """
    cluster, _ = _in_charge(cluster_id)
    user = _account(login)
    row = _row(cluster_id, user.id)
    if row is not None and row.deputy_for is None:
        raise InputError(N_("This account coordinates the cluster already."), field="login")
    row = row or _new(cluster, user)
    row.deputy_for = row.from_on = row.until_on = None
    row.share = join_towns(towns)
    audit.record("cluster:add_coordinator", cluster_id, user=str(user.id))
    return row


def set_share(cluster_id: UUID, coordinator_id: UUID, towns: Sequence[str]) -> Coordinator:
    """Say what somebody looks after; nothing means all. Raises InputError, ForbiddenError, NotFoundError."""
    _in_charge(cluster_id)
    row = _get(cluster_id, coordinator_id)
    row.share = join_towns(towns)
    audit.record("cluster:share", cluster_id, user=str(row.user_id), towns=row.towns)
    return row


def add_deputy(cluster_id: UUID, login: str, from_on: date, until_on: date) -> Coordinator:
    """Let somebody stand in for the current user in these days, with his share; new days replace those there were.

    Raises InputError, ForbiddenError, NotFoundError.
    """
    cluster, own = _in_charge(cluster_id)
    if own is None:
        raise ForbiddenError
    user = _account(login)
    if until_on < from_on:
        raise InputError(N_("The last day comes before the first."), field="until_on")
    if until_on - from_on > LONGEST:
        raise InputError(N_("A deputy stands in for a year at most."), field="until_on")
    row = _row(cluster_id, user.id)
    if row is not None and row.deputy_for is None:
        raise InputError(N_("This account coordinates the cluster already."), field="login")
    row = row or _new(cluster, user)
    row.deputy_for, row.from_on, row.until_on, row.share = own.user_id, from_on, until_on, own.share
    audit.record("cluster:add_deputy", cluster_id, user=str(user.id), days=f"{from_on}/{until_on}")
    return row


def remove(cluster_id: UUID, coordinator_id: UUID) -> None:
    """End somebody's coordination at once, with his deputies. The last one stays: he can hand over.

    Raises ForbiddenError, NotFoundError.
    """
    _in_charge(cluster_id)
    row = _get(cluster_id, coordinator_id)
    if row.deputy_for is None and not _others(row):
        raise ForbiddenError(N_("Somebody must coordinate the cluster. Hand it over instead."))
    _end(row)
    audit.record("cluster:remove_coordinator", cluster_id, user=str(row.user_id))


def hand_over(cluster_id: UUID, login: str) -> Coordinator:
    """Pass the current user's place in the cluster, with his share, on to another account; he sees nothing any more.

    Raises InputError, ForbiddenError, NotFoundError.
    """
    cluster, own = _in_charge(cluster_id)
    if own is None:
        raise ForbiddenError
    user = _account(login)
    if user.id == own.user_id:
        raise InputError(N_("This is your own account."), field="login")
    row = _row(cluster_id, user.id) or _new(cluster, user)
    new = row.deputy_for is not None or row in db.session.new
    row.deputy_for = row.from_on = row.until_on = None
    row.share = own.share if new else join_towns([*row.towns, *own.towns]) if row.share and own.share else ""
    _end(own)
    audit.record("cluster:hand_over", cluster_id, user=str(user.id))
    return row


def join_towns(towns: Sequence[str]) -> str:
    """Towns in their stored form, each once. Raises InputError where they are too long together."""
    clean = dict.fromkeys(town for raw in towns if (town := clean_line(raw.replace("|", " "), "towns")))
    stored = f"|{'|'.join(clean)}|" if clean else ""
    if len(stored) > MOST_SHARE:
        raise InputError(N_("These are too many towns. Leave it empty for all."), field="towns")
    return stored


def is_in_charge(cluster_id: UUID) -> bool:
    """Whether the current user may change who runs the cluster: every coordinator but a deputy."""
    try:
        _in_charge(cluster_id)
    except ForbiddenError:
        return False
    return True


def _in_charge(cluster_id: UUID) -> tuple[Cluster, Coordinator | None]:
    """The cluster, and the place of the current user in it (None for the system)."""
    cluster = get_cluster(cluster_id)
    scope = current_scope()
    own = None if scope.user_id is None else _row(cluster_id, scope.user_id)
    if not scope.everything and (own is None or own.deputy_for is not None):
        raise ForbiddenError(N_("A deputy does not change who runs the cluster."))
    return cluster, own


def _account(login: str) -> User:
    user = find_user(login)
    if user is None or not user.active:
        raise InputError(N_("There is no account with this e-mail address or mobile number."), field="login")
    return user


def _row(cluster_id: UUID, user_id: UUID) -> Coordinator | None:
    return db.session.scalar(
        select(Coordinator).where(Coordinator.cluster_id == cluster_id, Coordinator.user_id == user_id)
    )


def _get(cluster_id: UUID, coordinator_id: UUID) -> Coordinator:
    row = db.session.scalar(
        select(Coordinator).where(Coordinator.id == coordinator_id, Coordinator.cluster_id == cluster_id)
    )
    if row is None:
        raise NotFoundError
    return row


def _new(cluster: Cluster, user: User) -> Coordinator:
    give_role(user, Role.COORDINATOR)
    row = Coordinator(cluster_id=cluster.id, user_id=user.id)
    db.session.add(row)
    return row


def _others(row: Coordinator) -> bool:
    return (
        db.session.scalar(
            select(Coordinator.id)
            .where(Coordinator.cluster_id == row.cluster_id, Coordinator.id != row.id, Coordinator.deputy_for.is_(None))
            .limit(1)
        )
        is not None
    )


def _end(row: Coordinator) -> None:
    for gone in db.session.scalars(
        select(Coordinator).where(
            Coordinator.cluster_id == row.cluster_id,
            or_(Coordinator.id == row.id, Coordinator.deputy_for == row.user_id),
        )
    ):
        db.session.delete(gone)
