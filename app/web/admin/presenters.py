"""Finished values for the administration pages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for
from flask_login import current_user

from app.access.roles import STAFF_ROLES, Role
from app.i18n import day, in_characters, language, moment
from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.models.audit import AuditEvent
from app.models.clusters import Cluster, Coordinator
from app.models.firms import Membership
from app.models.messages import Channel, Message, MessageState
from app.models.users import User
from app.queries.audit import PAGE
from app.services.users import PRINTED_RESET_HOURS
from app.web.accounts.presenters import qr_svg
from app.web.figures import join
from app.web.names import sector_name
from scoring.content.remedies import say_zh

ROLES = {
    Role.CONSULTANT: lazy("Consultant"),
    Role.COORDINATOR: lazy("Coordinator"),
    Role.ADMIN: lazy("Administrator"),
}
PARTS = {
    "database": lazy("Database answers"),
    "migrations": lazy("Tables are those of this version"),
    "queue": lazy("Queue answers"),
    "content": lazy("Questionnaires load"),
    "font": lazy("Font of the reports is there"),
}
MESSAGE_STATES = {
    MessageState.KEPT: lazy("kept here"),
    MessageState.QUEUED: lazy("waiting"),
    MessageState.SENT: lazy("sent"),
    MessageState.FAILED: lazy("refused"),
}

FIRMS_OWN = ("assessment:", "attachment:", "handover:")
"""Kinds of events whose details tell what a firm entered."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A place of the administration with its number."""

    title: str
    figure: str
    line: str
    url: str


@dataclass(frozen=True, slots=True)
class ContentTrouble:
    """A trade whose newest content cannot be used: what is served instead, and what is wrong where."""

    title: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part that must be there."""

    label: str
    holds: bool
    state: str


@dataclass(frozen=True, slots=True)
class UserRow:
    """An account in the list."""

    name: str
    login: str
    roles: tuple[str, ...]
    firms: str
    since: str
    active: bool
    demo: bool
    url: str


@dataclass(frozen=True, slots=True)
class RoleButton:
    """A staff role with the button that gives or takes it."""

    role: str
    label: str
    has: bool
    value: str
    button: str


@dataclass(frozen=True, slots=True)
class UserPage:
    """One account. `may_change` is false for the own one."""

    row: UserRow
    memberships: tuple[tuple[str, str], ...]
    roles: tuple[RoleButton, ...]
    may_change: bool
    roles_url: str
    active_url: str
    link_url: str


@dataclass(frozen=True, slots=True)
class OneTimeLink:
    """A link to set a password, shown once."""

    login: str
    link: str
    qr: str
    hours: int
    back_url: str


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """A cluster in the list."""

    name: str
    facts: str
    code: str
    members: int
    coordinators: str
    demo: bool
    url: str


@dataclass(frozen=True, slots=True)
class CoordinatorRow:
    """Somebody who coordinates."""

    name: str
    login: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message of the outbox."""

    at: str
    channel: str
    recipient: str
    subject: str
    body: str
    state: str
    failed: bool
    bounce_url: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event of the record."""

    at: str
    who: str
    kind: str
    subject: str
    details: str


@dataclass(frozen=True, slots=True)
class Pages:
    """Where one is in a long list."""

    text: str
    newer_url: str
    older_url: str


def present_tiles(users: int, clusters: int, failed: int, waiting: int) -> tuple[Tile, ...]:
    """The places of the administration."""
    return (
        Tile(_("Accounts"), str(users), _("create, give roles, close"), url_for("admin.users")),
        Tile(_("Clusters"), str(clusters), _("create, name coordinators"), url_for("admin.clusters")),
        Tile(_("Failed jobs"), str(failed), _("%(number)s waiting", number=waiting), url_for("jobs.index")),
        Tile(_("Messages"), "", _("what was sent, or kept here"), url_for("admin.messages")),
        Tile(_("Activity log"), "", _("who did what, when"), url_for("admin.record")),
        Tile(_("Reset link"), "", _("for somebody without mail and SMS"), url_for("accounts.print_reset_link")),
    )


def present_parts(parts: Mapping[str, bool]) -> tuple[Part, ...]:
    """Whether all is there."""
    return tuple(
        Part(str(PARTS.get(name, name)), holds, _("ready") if holds else _("not there"))
        for name, holds in parts.items()
    )


def present_troubles(found: Sequence[Mapping[str, Any]]) -> tuple[ContentTrouble, ...]:
    """What of the newest content cannot be used, with file, place and remedy of each fault."""
    return tuple(
        ContentTrouble(
            _title(trouble),
            tuple(
                ": ".join(filter(None, (f["file"], f["place"], _fault_text(f["message"])))) for f in trouble["faults"]
            ),
        )
        for trouble in found
    )


def _title(trouble: Mapping[str, Any]) -> str:
    if "file" in trouble:
        return str(trouble["file"])
    trade = (
        sector_name(trouble["sector"]) if "sector" in trouble else _("Self-check %(name)s", name=trouble["selfcheck"])
    )
    if trouble["serving"] is None:
        return _("%(trade)s: not served", trade=trade)
    versions = ", ".join(f"{name}@{number}" for name, number in trouble["serving"].items())
    return _("%(trade)s: served as %(versions)s instead", trade=trade, versions=versions)


def _fault_text(message: str) -> str:
    return message if language() == "en" else in_characters(say_zh(message))


def present_user_row(user: User, roles: Sequence[Role], memberships: Sequence[Membership]) -> UserRow:
    """An account in one line."""
    return UserRow(
        name=user.display_name,
        login=user.login if user.name else "",
        roles=tuple(str(ROLES[role]) for role in roles if role in ROLES),
        firms=join([m.firm.name for m in memberships]),
        since=day(user.created_at),
        active=user.active,
        demo=user.demo,
        url=url_for("admin.user", user_id=user.id),
    )


def present_user(user: User, roles: Sequence[Role], memberships: Sequence[Membership]) -> UserPage:
    """One account with what can be changed."""
    return UserPage(
        row=present_user_row(user, roles, memberships),
        memberships=tuple((m.firm.name, _("Owner") if m.role == Role.OWNER else _("Member")) for m in memberships),
        roles=tuple(_role_button(role, role in roles) for role in STAFF_ROLES),
        may_change=user.id != current_user.id,
        roles_url=url_for("admin.change_role", user_id=user.id),
        active_url=url_for("admin.change_active", user_id=user.id),
        link_url=url_for("admin.make_link", user_id=user.id),
    )


def _role_button(role: Role, has: bool) -> RoleButton:
    button = _("Take away") if has else _("Give")
    return RoleButton(role.value, str(ROLES[role]), has, "take" if has else "give", button)


def present_link(login: str, link: str, back_url: str) -> OneTimeLink:
    """A one-time link with its QR code."""
    return OneTimeLink(login, link, qr_svg(link), PRINTED_RESET_HOURS, back_url)


def present_clusters(
    clusters: Sequence[Cluster], members: Mapping[UUID, int], coordinators: Mapping[UUID, Sequence[Coordinator]]
) -> tuple[ClusterRow, ...]:
    """All clusters."""
    return tuple(
        ClusterRow(
            name=c.name,
            facts=" · ".join(part for part in (_sector(c.sector), c.town) if part),
            code=c.code,
            members=members.get(c.id, 0),
            coordinators=join([row.user.display_name for row in coordinators.get(c.id, ())]),
            demo=c.demo,
            url=url_for("admin.cluster", cluster_id=c.id),
        )
        for c in clusters
    )


def present_coordinators(rows: Sequence[Coordinator]) -> tuple[CoordinatorRow, ...]:
    """Who coordinates a cluster."""
    return tuple(
        CoordinatorRow(
            row.user.display_name,
            row.user.login if row.user.name else "",
            url_for("admin.remove_coordinator", cluster_id=row.cluster_id, coordinator_id=row.id),
        )
        for row in rows
    )


def _sector(sector: str | None) -> str:
    return sector_name(sector) if sector else _("Several trades")


def present_messages(rows: Sequence[Message]) -> tuple[MessageRow, ...]:
    """The outbox."""
    return tuple(
        MessageRow(
            at=moment(row.created_at),
            channel=_("mail") if row.channel == Channel.MAIL else _("SMS"),
            recipient=row.recipient,
            subject=row.subject,
            body=row.body,
            state=str(MESSAGE_STATES[MessageState(row.state)]),
            failed=row.state == MessageState.FAILED,
            bounce_url=url_for("admin.bounce", message_id=row.id)
            if row.invitee_id is not None and row.state in (MessageState.SENT, MessageState.KEPT)
            else "",
        )
        for row in rows
    )


def present_events(rows: Sequence[tuple[AuditEvent, User | None]]) -> tuple[EventRow, ...]:
    """Events of the record."""
    return tuple(
        EventRow(
            at=moment(event.created_at),
            who=user.display_name if user else event.actor_label or _("the system"),
            kind=event.kind,
            subject=event.subject[:8],
            details=_details(event),
        )
        for event, user in rows
    )


def _details(event: AuditEvent) -> str:
    """What else is recorded; nothing of what a firm answered, which is not for administrators."""
    if not event.details or event.kind.startswith(FIRMS_OWN):
        return ""
    return json.dumps(event.details, ensure_ascii=False, sort_keys=True)


def present_pages(page: int, total: int, kind: str) -> Pages:
    """Where page `page` of the record lies."""
    last = max(1, -(-total // PAGE))
    return Pages(
        text=_("Page %(page)s of %(last)s", page=page, last=last),
        newer_url=url_for("admin.record", page=page - 1, kind=kind or None) if page > 1 else "",
        older_url=url_for("admin.record", page=page + 1, kind=kind or None) if page < last else "",
    )
