"""Who runs a cluster, and what was done in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import url_for

from app.i18n import day, moment
from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.models.audit import AuditEvent
from app.models.clusters import Cluster, Coordinator
from app.models.users import User
from app.queries.audit import PAGE
from app.web.clusters.wording import cluster_name
from app.web.figures import nouns

_KINDS = {
    "cluster:create": lazy("created the cluster"),
    "cluster:update": lazy("changed what the cluster says about itself"),
    "cluster:add_coordinator": lazy("named a coordinator"),
    "cluster:remove_coordinator": lazy("ended somebody's coordination"),
    "cluster:share": lazy("changed who looks after what"),
    "cluster:add_deputy": lazy("named a deputy"),
    "cluster:hand_over": lazy("handed the cluster over"),
    "cluster:join": lazy("joined the cluster"),
    "cluster:leave": lazy("left the cluster"),
    "cluster:export": lazy("took a table of the firms"),
    "cluster:report": lazy("ordered the report"),
    "cluster:import": lazy("imported a list of firms"),
    "cluster:add_invitee": lazy("put a firm on the list"),
    "cluster:update_invitee": lazy("changed a firm on the list"),
    "cluster:remove_invitee": lazy("took a firm off the list"),
    "cluster:renew_link": lazy("renewed a firm's personal link"),
    "cluster:unsubscribe": lazy("wants no more mails"),
    "cluster:subscribe": lazy("wants mails again"),
    "campaign:create": lazy("called a round"),
    "campaign:update": lazy("changed a round"),
    "campaign:letters": lazy("printed letters to firms"),
    "campaign:send_invitation": lazy("sent invitations"),
    "campaign:send_reminder": lazy("sent reminders"),
    "programme:create": lazy("had joint programmes worked out"),
    "programme:delete": lazy("deleted joint programmes"),
}
_BY_FIRMS = frozenset({"cluster:join", "cluster:leave", "cluster:unsubscribe", "cluster:subscribe"})
"""Done by somebody of a firm, who is not named here: the firm may not have agreed to that."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who runs the cluster."""

    name: str
    line: str
    towns: str
    town_links: tuple[tuple[str, str], ...]
    own: bool
    deputy: bool
    share_url: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """`may_change` is false for deputies."""

    name: str
    people: tuple[Person, ...]
    may_change: bool
    colleague_url: str
    deputy_url: str
    hand_over_url: str


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log: (when, who, what)."""

    name: str
    rows: tuple[tuple[str, str, str], ...]
    text: str
    newer_url: str
    older_url: str


def present_settings(
    cluster: Cluster, coordinators: Sequence[Coordinator], user_id: UUID | None, today: date, *, may_change: bool
) -> SettingsPage:
    """Who runs the cluster, for one of them."""
    here: dict[str, Any] = {"cluster_id": cluster.id}
    return SettingsPage(
        name=cluster_name(cluster),
        people=tuple(_person(row, user_id, today) for row in coordinators),
        may_change=may_change,
        colleague_url=url_for("cluster_reports.add_colleague", **here),
        deputy_url=url_for("cluster_reports.add_deputy", **here),
        hand_over_url=url_for("cluster_reports.hand_over", **here),
    )


def _person(row: Coordinator, user_id: UUID | None, today: date) -> Person:
    return Person(
        name=row.user.display_name,
        line=_line(row, today),
        towns=nouns(row.towns),
        town_links=tuple((t, url_for("comparison.show", cluster_id=row.cluster_id, town=t)) for t in row.towns),
        own=row.user_id == user_id,
        deputy=row.deputy_for is not None,
        share_url=url_for("cluster_reports.set_share", cluster_id=row.cluster_id, coordinator_id=row.id),
        remove_url=url_for("cluster_reports.remove", cluster_id=row.cluster_id, coordinator_id=row.id),
    )


def _line(row: Coordinator, today: date) -> str:
    if row.deputy_for is None or row.absent is None:
        return _("coordinates the cluster")
    days = {"name": row.absent.display_name, "first": day(row.from_on), "last": day(row.until_on)}
    if row.until_on is not None and row.until_on < today:
        return _("stood in for %(name)s from %(first)s to %(last)s; sees nothing any more", **days)
    if row.from_on is not None and row.from_on > today:
        return _("will stand in for %(name)s from %(first)s to %(last)s; sees nothing yet", **days)
    return _("stands in for %(name)s from %(first)s to %(last)s", **days)


def present_log(cluster: Cluster, rows: Sequence[tuple[AuditEvent, User | None]], page: int, total: int) -> LogPage:
    """What was done, newest first."""
    last = max(1, -(-total // PAGE))
    return LogPage(
        name=cluster_name(cluster),
        rows=tuple((moment(event.created_at), _who(event, user), _what(event)) for event, user in rows),
        text=_("Page %(page)s of %(last)s", page=page, last=last),
        newer_url=url_for("cluster_reports.log", cluster_id=cluster.id, page=page - 1) if page > 1 else "",
        older_url=url_for("cluster_reports.log", cluster_id=cluster.id, page=page + 1) if page < last else "",
    )


def _who(event: AuditEvent, user: User | None) -> str:
    if event.kind in _BY_FIRMS:
        return _("a firm")
    return user.display_name if user else event.actor_label or _("the system")


def _what(event: AuditEvent) -> str:
    return str(_KINDS.get(event.kind, event.kind))
