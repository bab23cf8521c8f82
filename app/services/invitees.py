"""A coordinator's list: enter, change and remove firms; what becomes of a personal link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.access.scope import system_scope, within_cluster
from app.errors import N_, InputError, TokenError
from app.extensions import db
from app.models.base import now
from app.models.clusters import Cluster, ClusterMember
from app.models.invitees import Invitee
from app.queries.clusters import get_cluster
from app.queries.invitees import find_free_invitee, get_invitee, is_free, list_unlisted_members
from app.services import audit
from app.services.links import absolute_url
from app.services.names import name_key
from app.services.tokens import read_signed_token, signed_token

FIELDS = (
    "name", "uscc", "town", "sector", "employees", "contact", "email", "phone", "tags", "tier", "part_group", "locale",
)  # fmt: skip
_EMPTY: dict[str, Any] = {"town": "", "contact": "", "tags": "", "part_group": "", "locale": "zh"}
"""What stands where a field is left empty; the others are then null."""
INVITE, UNSUBSCRIBE = "invitee", "unsubscribe"


def set_values(invitee: Invitee, values: Mapping[str, Any]) -> None:
    """Put values that were read by `rosters` into an entry. A new address is written to again."""
    if "email" in values and values["email"] != invitee.email:
        invitee.bounced_at = None
    for name in FIELDS:
        if name in values:
            value = values[name]
            setattr(invitee, name, _EMPTY.get(name) if value is None else value)
    invitee.name_key = name_key(invitee.name)


def add_invitee(cluster_id: UUID, values: Mapping[str, Any]) -> Invitee:
    """A new entry. Raises InputError where its number is on the list."""
    cluster = get_cluster(cluster_id)
    invitee = Invitee(cluster_id=cluster.id)
    _check_number(cluster.id, values.get("uscc"), invitee.id)
    set_values(invitee, values)
    db.session.add(invitee)
    db.session.flush()
    for firm_id, name, uscc in list_unlisted_members(cluster.id):
        if (invitee.uscc and uscc == invitee.uscc) or (
            not (invitee.uscc and uscc) and name_key(name) == invitee.name_key
        ):
            link_member(cluster.id, firm_id, invitee.id)
            break
    audit.record("cluster:add_invitee", cluster.id, invitee=str(invitee.id))
    return invitee


def update_invitee(cluster_id: UUID, invitee_id: UUID, values: Mapping[str, Any]) -> Invitee:
    """Change an entry; what is None becomes empty. Raises InputError, NotFoundError."""
    invitee = get_invitee(get_cluster(cluster_id).id, invitee_id)
    _check_number(cluster_id, values.get("uscc"), invitee.id)
    set_values(invitee, values)
    audit.record("cluster:update_invitee", cluster_id, invitee=str(invitee.id))
    return invitee


def remove_invitee(cluster_id: UUID, invitee_id: UUID) -> None:
    """Take an entry off the list; its link ends, a firm that has joined stays a member. Raises NotFoundError."""
    invitee = get_invitee(get_cluster(cluster_id).id, invitee_id)
    audit.record("cluster:remove_invitee", cluster_id, invitee=str(invitee.id))
    db.session.delete(invitee)


def mark_bounced(cluster_id: UUID, invitee_id: UUID, *, bounced: bool = True) -> None:
    """A mail to this firm came back, or the address is right after all. Raises NotFoundError."""
    invitee = get_invitee(get_cluster(cluster_id).id, invitee_id)
    invitee.bounced_at = now() if bounced else None


def renew_link(cluster_id: UUID, invitee_id: UUID) -> None:
    """A new personal link; the old one opens nothing any more. Raises NotFoundError."""
    invitee = get_invitee(get_cluster(cluster_id).id, invitee_id)
    invitee.link_number = invitee.link_number % 65_000 + 1
    audit.record("cluster:renew_link", cluster_id, invitee=str(invitee.id))


def _check_number(cluster_id: UUID, uscc: str | None, own: UUID) -> None:
    if uscc and db.session.scalar(
        select(Invitee.id).where(Invitee.cluster_id == cluster_id, Invitee.uscc == uscc, Invitee.id != own)
    ):
        raise InputError(N_("A firm with this number is on the list already."), field="uscc")


def link_member(cluster_id: UUID, firm_id: UUID, invitee_id: UUID) -> None:
    """Put a member firm to its entry of the list."""
    row = db.session.scalar(
        select(ClusterMember).where(ClusterMember.cluster_id == cluster_id, ClusterMember.firm_id == firm_id)
    )
    if row is not None:
        row.invitee_id = invitee_id


# ---- personal links


def personal_link(invitee: Invitee) -> str:
    """The address that opens the invitation of this firm; it stays the same in every letter and mail."""
    return absolute_url("members.invitation", token=signed_token(INVITE, invitee.id, invitee.link_number))


def unsubscribe_link(invitee: Invitee) -> str:
    """The address where a firm says that it wants no more mails from this cluster."""
    return absolute_url("members.unsubscribe", token=signed_token(UNSUBSCRIBE, invitee.id, invitee.link_number))


def read_link(purpose: str, token: str) -> tuple[Invitee, Cluster]:
    """The entry and cluster of a link, as values that are not in a session. Raises TokenError."""
    found = read_signed_token(purpose, token)
    if found is None:
        raise TokenError
    with system_scope():
        row = db.session.execute(
            select(Invitee, Cluster).join(Cluster, Cluster.id == Invitee.cluster_id).where(Invitee.id == found[0])
        ).one_or_none()
        if row is not None:
            db.session.expunge_all()
    if row is None or row[0].link_number != found[1]:
        raise TokenError
    return row[0], row[1]


def open_link(token: str) -> tuple[Invitee, Cluster]:
    """Somebody begins from the personal link; the first time is kept. Raises TokenError."""
    found, cluster = read_link(INVITE, token)
    with within_cluster(cluster.id):
        invitee = db.session.get_one(Invitee, found.id)
        invitee.opened_at = invitee.opened_at or now()
    return found, cluster


def unsubscribe(token: str, *, wanted: bool = True) -> Cluster:
    """No more mails to this firm from this cluster; with `wanted` false they are welcome again."""
    found, cluster = read_link(UNSUBSCRIBE, token)
    with within_cluster(cluster.id):
        invitee = db.session.get_one(Invitee, found.id)
        invitee.unsubscribed_at = (invitee.unsubscribed_at or now()) if wanted else None
    audit.record("cluster:unsubscribe" if wanted else "cluster:subscribe", cluster.id, invitee=str(found.id))
    return cluster


def invitee_for(cluster_id: UUID, uscc: str | None, opened: UUID | None) -> UUID | None:
    """The entry of a firm that joins: the one whose link was opened, else that of its number; None without a free one.

    Reads outside the firm's scope and returns an id only.
    """
    if opened is not None and is_free(cluster_id, opened):
        return opened
    return find_free_invitee(cluster_id, uscc)
