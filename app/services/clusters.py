"""Create clusters, name their coordinators, let firms join and leave."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.access.roles import Role
from app.errors import N_, InputError, NotFoundError
from app.extensions import db
from app.models.base import now
from app.models.clusters import Cluster, ClusterMember, Coordinator
from app.models.consents import ConsentKind
from app.models.users import User
from app.queries.clusters import find_cluster_by_code, get_cluster, get_membership
from app.queries.firms import get_firm
from app.queries.users import find_user
from app.services import audit, releases
from app.services.consents import give_consent, withdraw_consent
from app.services.invitees import invitee_for
from app.services.texts import clean_line
from app.services.tokens import new_code
from app.services.users import give_role


def create_cluster(
    *,
    name: str,
    name_en: str = "",
    town: str = "",
    sector: str | None = None,
    code: str | None = None,
    coordinator: str | None = None,
) -> Cluster:
    """A new cluster. `coordinator` is the login of an existing account. Raises InputError."""
    name, name_en, town = _texts(name, name_en, town)
    code = (code or new_code(8)).upper()
    if db.session.scalar(select(Cluster.id).where(Cluster.code == code)) is not None:
        raise InputError("This code is already taken.", field="code")
    cluster = Cluster(name=name, name_en=name_en, town=town, sector=sector or None, code=code)
    db.session.add(cluster)
    audit.record("cluster:create", cluster.id)
    if coordinator:
        name_coordinator(cluster, coordinator)
    return cluster


def update_cluster(cluster_id: UUID, *, name: str, name_en: str, town: str, sector: str | None) -> Cluster:
    """Change what a cluster says about itself. Raises InputError, NotFoundError."""
    cluster = get_cluster(cluster_id)
    cluster.name, cluster.name_en, cluster.town = _texts(name, name_en, town)
    cluster.sector = sector or None
    audit.record("cluster:update", cluster.id)
    return cluster


def _texts(name: str, name_en: str, town: str) -> tuple[str, str, str]:
    """The three texts of a cluster, cleaned. Raises InputError for a name that is missing or too long."""
    shown = clean_line(name, "name") if len(name) <= 200 else ""
    if not shown:
        raise InputError(N_("A cluster needs a name of up to 200 characters."), field="name")
    return shown, clean_line(name_en, "name_en"), clean_line(town, "town")


def name_coordinator(cluster: Cluster, login: str) -> Coordinator:
    """Let the account with this login coordinate a cluster. Raises InputError."""
    user = find_user(login)
    if user is None or not user.active:
        raise InputError(N_("There is no account with this e-mail address or mobile number."), field="coordinator")
    return add_coordinator(cluster, user)


def remove_coordinator(cluster_id: UUID, coordinator_id: UUID) -> None:
    """End somebody's coordination of a cluster, at once. Raises NotFoundError."""
    row = db.session.scalar(
        select(Coordinator).where(Coordinator.id == coordinator_id, Coordinator.cluster_id == cluster_id)
    )
    if row is None:
        raise NotFoundError
    audit.record("cluster:remove_coordinator", cluster_id, user=str(row.user_id))
    db.session.delete(row)


def join_cluster(firm_id: UUID, code: str, *, named: bool, invitee_id: UUID | None = None) -> Cluster:
    """A firm joins by code. `named`: its coordinators see the firm's results by name; else only numbers.

    Who is in already may join again, to change that choice. `invitee_id` is the entry of the coordinator's list whose
    personal link was opened; without it the entry with the firm's number is taken. Raises InputError, NotFoundError.
    """
    firm = get_firm(firm_id)
    cluster = find_cluster_by_code(code)
    if cluster is None:
        raise InputError(N_("No cluster has this code. Compare it with the letter."), field="code")
    row = db.session.scalar(
        select(ClusterMember).where(ClusterMember.firm_id == firm.id, ClusterMember.cluster_id == cluster.id)
    )
    if row is None:
        row = ClusterMember(firm_id=firm.id, cluster_id=cluster.id)
        db.session.add(row)
        audit.record("cluster:join", cluster.id, firm_id=firm.id)
    elif row.left_at is not None:
        row.joined_at, row.left_at = now(), None
        audit.record("cluster:join", cluster.id, firm_id=firm.id)
    if row.invitee_id is None:
        row.invitee_id = invitee_for(cluster.id, firm.uscc, invitee_id)
    db.session.flush()
    if named:
        give_consent(firm.id, ConsentKind.NAMED_RESULTS, cluster.id)
    else:
        withdraw_consent(firm.id, ConsentKind.NAMED_RESULTS, cluster.id)
    releases.request_blocks(firm.id)
    return cluster


def leave_cluster(firm_id: UUID, cluster_id: UUID) -> None:
    """A firm leaves; what it agreed to for this cluster ends with it. Raises NotFoundError."""
    row = get_membership(get_firm(firm_id).id, cluster_id)
    withdraw_consent(firm_id, ConsentKind.NAMED_RESULTS, cluster_id)
    row.left_at = now()
    audit.record("cluster:leave", cluster_id, firm_id=firm_id)


def add_coordinator(cluster: Cluster, user: User) -> Coordinator:
    """Let a user coordinate a cluster; harmless if he does already."""
    existing = db.session.scalar(
        select(Coordinator).where(Coordinator.cluster_id == cluster.id, Coordinator.user_id == user.id)
    )
    if existing is not None:
        return existing
    give_role(user, Role.COORDINATOR)
    row = Coordinator(cluster_id=cluster.id, user_id=user.id)
    db.session.add(row)
    audit.record("cluster:add_coordinator", cluster.id, user=str(user.id))
    return row
