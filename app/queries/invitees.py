"""Read a coordinator's list, and how far the firms of a cluster have come.

A firm on the list is the coordinator's own entry; that it has joined is told to him, as the firm was told. How far it
is with its answers he sees of firms that show their name; the others are counted in whole groups of five.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from app.access.scope import current_scope, system_scope
from app.errors import NotFoundError
from app.extensions import db
from app.models.campaigns import Campaign
from app.models.clusters import ClusterMember
from app.models.consents import Consent, ConsentKind
from app.models.firms import Firm
from app.models.invitees import Invitee, split_tags
from app.models.messages import Message
from app.queries.stages import read_progress
from scoring.cohort import NEED, counted, releasable

CHINA = ZoneInfo("Asia/Shanghai")
STAGES = ("listed", "invited", "opened", "joined", "started", "half", "submitted", "verified")
"""How far a firm is, in order. The last four are told by name only of firms that show their name."""
PRIVATE = ("started", "half", "submitted", "verified")


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A firm of the list, or a firm by name that joined without being on it (then `invitee_id` is None).

    `named` tells that the firm shows its results; without it `stage` goes no further than "joined".
    """

    invitee_id: UUID | None
    firm_id: UUID | None
    name: str
    uscc: str | None
    town: str
    sector: str | None
    employees: int | None
    stage: str
    named: bool
    contact: str = ""
    email: str | None = None
    phone: str | None = None
    locale: str = "zh"
    tags: tuple[str, ...] = ()
    tier: int | None = None
    part_group: str = ""
    sent_at: datetime | None = None
    last_at: datetime | None = None
    unsubscribed: bool = False
    bounced: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the funnel: firms that have come at least so far. `hidden` of them have no name here."""

    id: str
    count: int
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class RosterPicture:
    """A cluster's firms one by one, the funnel over all of them, and how many have joined without a name and entry."""

    entries: list[RosterEntry]
    funnel: tuple[Stage, ...]
    nameless: int


def get_invitee(cluster_id: UUID, invitee_id: UUID) -> Invitee:
    """An entry of the list. Raises NotFoundError."""
    row = db.session.scalar(select(Invitee).where(Invitee.id == invitee_id, Invitee.cluster_id == cluster_id))
    if row is None:
        raise NotFoundError
    return row


def list_invitees(cluster_id: UUID) -> Sequence[Invitee]:
    """The whole list, by name."""
    return db.session.scalars(
        select(Invitee).where(Invitee.cluster_id == cluster_id).order_by(Invitee.name, Invitee.id)
    ).all()


def find_member(invitee_id: UUID) -> ClusterMember | None:
    """The present membership of the firm that came by this entry, or None."""
    return db.session.scalar(
        select(ClusterMember)
        .where(ClusterMember.invitee_id == invitee_id, ClusterMember.left_at.is_(None))
        .order_by(ClusterMember.joined_at)
        .limit(1)
    )


def find_free_invitee(cluster_id: UUID, uscc: str | None) -> UUID | None:
    """The entry with this firm number that no firm has taken; for a firm that joins. Reads outside its scope."""
    if not uscc:
        return None
    with system_scope():
        return db.session.scalar(
            select(Invitee.id).where(Invitee.cluster_id == cluster_id, Invitee.uscc == uscc, ~_is_taken())
        )


def is_free(cluster_id: UUID, invitee_id: UUID) -> bool:
    """Whether this entry of the cluster is there and no firm has taken it. Reads outside the scope."""
    with system_scope():
        return (
            db.session.scalar(
                select(Invitee.id).where(Invitee.id == invitee_id, Invitee.cluster_id == cluster_id, ~_is_taken())
            )
            is not None
        )


def _is_taken() -> Any:
    return exists().where(ClusterMember.invitee_id == Invitee.id, ClusterMember.left_at.is_(None))


def list_messages(invitee_id: UUID) -> Sequence[Message]:
    """What was sent to a firm of the list, newest first."""
    return db.session.scalars(
        select(Message)
        .join(Invitee, Invitee.id == Message.invitee_id)
        .where(Message.invitee_id == invitee_id)
        .order_by(Message.created_at.desc(), Message.id)
        .limit(100)
    ).all()


def list_unlisted_members(cluster_id: UUID) -> list[tuple[UUID, str, str | None]]:
    """(firm id, name, number) of the firms by name that are members without an entry; also in system scope only
    those that agreed to be seen."""
    rows = db.session.execute(
        select(Firm.id, Firm.name, Firm.uscc)
        .join(ClusterMember, ClusterMember.firm_id == Firm.id)
        .where(
            ClusterMember.cluster_id == cluster_id,
            ClusterMember.left_at.is_(None),
            ClusterMember.invitee_id.is_(None),
            Firm.deleted_at.is_(None),
            _agrees(ConsentKind.NAMED_RESULTS, cluster_id),
        )
        .order_by(Firm.name, Firm.id)
    )
    return [(row.id, row.name, row.uscc) for row in rows]


_SHOWN = (
    "id", "name", "uscc", "town", "sector", "employees", "contact", "email", "phone", "locale", "tags", "tier",
    "part_group", "invited_at", "opened_at", "last_sent_at", "unsubscribed_at", "bounced_at",
)  # fmt: skip


def read_roster(cluster_id: UUID, campaign: Campaign | None = None) -> RosterPicture:
    """The firms of a cluster with how far they are in `campaign`, or without one in whatever round they are."""
    invitees = db.session.execute(  # columns: objects of 5,000 firms would take most of the time of the page
        select(*(getattr(Invitee, name) for name in _SHOWN))
        .where(Invitee.cluster_id == cluster_id)
        .order_by(Invitee.name, Invitee.id)
    ).all()
    members = _read_members(cluster_id, campaign)
    by_invitee = {member.invitee_id: member for member in members if member.invitee_id is not None}
    entries = [_entry(invitee, by_invitee.get(invitee.id)) for invitee in invitees]
    unlisted = [member for member in members if member.invitee_id is None]
    entries += [_unlisted(member) for member in unlisted if member.named]
    nameless = sum(not member.named for member in unlisted)
    return RosterPicture(entries, _funnel(entries, members, nameless), nameless)


@dataclass(frozen=True, slots=True)
class _Member:
    """A member firm. Of one that is not `named` nothing but its entry and that it has joined may leave this module;
    `agreed` tells whether it counts in figures."""

    firm_id: UUID
    invitee_id: UUID | None
    joined_at: datetime
    named: bool
    agreed: bool
    name: str
    uscc: str | None
    town: str
    sector: str
    employees: int | None
    stage: str = "joined"
    at: datetime | None = None


def _read_members(cluster_id: UUID, campaign: Campaign | None) -> list[_Member]:
    """All members, in system scope because those without a name are counted too; `named` keeps to consent and scope."""
    scope = current_scope()
    with system_scope():
        rows = db.session.execute(
            select(
                ClusterMember.firm_id,
                ClusterMember.invitee_id,
                ClusterMember.joined_at,
                _agrees(ConsentKind.NAMED_RESULTS, cluster_id).label("named"),
                _agrees(ConsentKind.STATISTICS).label("agreed"),
                Firm.name,
                Firm.uscc,
                Firm.town,
                Firm.sector,
                Firm.employees,
            )
            .join(Firm, Firm.id == ClusterMember.firm_id)
            .where(ClusterMember.cluster_id == cluster_id, ClusterMember.left_at.is_(None), Firm.deleted_at.is_(None))
            .order_by(Firm.name, Firm.id)
        ).all()
        progress = read_progress([row.firm_id for row in rows if row.named or row.agreed], campaign)
    members = []
    for row in rows:
        step = progress.get(row.firm_id)
        named = row.named and (scope.everything or row.firm_id in scope.firm_ids)
        members.append(
            _Member(
                row.firm_id, row.invitee_id, row.joined_at, named, row.agreed, row.name, row.uscc, row.town, row.sector,
                row.employees, step.stage if step else "joined", step.at if step else None,
            )
        )  # fmt: skip
    return members


def _agrees(kind: ConsentKind, cluster_id: UUID | None = None) -> Any:
    return exists().where(
        Consent.firm_id == ClusterMember.firm_id,
        Consent.kind == kind.value,
        Consent.withdrawn_at.is_(None),
        Consent.cluster_id.is_(None) if cluster_id is None else Consent.cluster_id == cluster_id,
    )


def _entry(invitee: Any, member: _Member | None) -> RosterEntry:
    stage = "opened" if invitee.opened_at else "invited" if invitee.invited_at else "listed"
    moments = [invitee.invited_at, invitee.opened_at, invitee.last_sent_at]
    if member is not None:
        stage = member.stage if member.named else "joined"
        moments += [member.joined_at, member.at if member.named else None]
    named = member is not None and member.named
    return RosterEntry(
        invitee_id=invitee.id,
        firm_id=member.firm_id if member is not None and named else None,
        name=invitee.name,
        uscc=invitee.uscc,
        town=invitee.town,
        sector=invitee.sector,
        employees=invitee.employees,
        contact=invitee.contact,
        email=invitee.email,
        phone=invitee.phone,
        locale=invitee.locale,
        tags=tuple(split_tags(invitee.tags)),
        tier=invitee.tier,
        part_group=invitee.part_group,
        stage=stage,
        named=named,
        sent_at=invitee.last_sent_at,
        last_at=max((at for at in moments if at is not None), default=None),
        unsubscribed=invitee.unsubscribed_at is not None,
        bounced=invitee.bounced_at is not None,
    )


def _unlisted(member: _Member) -> RosterEntry:
    return RosterEntry(
        invitee_id=None,
        firm_id=member.firm_id,
        name=member.name,
        uscc=member.uscc,
        town=member.town,
        sector=member.sector,
        employees=member.employees,
        stage=member.stage,
        named=True,
        last_at=max(member.joined_at, member.at or member.joined_at),
    )


def _funnel(entries: Sequence[RosterEntry], members: Sequence[_Member], nameless: int) -> tuple[Stage, ...]:
    """At least so far, over the list and all members. Who joined is counted as invited and opened as well."""
    reached = {stage: sum(STAGES.index(e.stage) >= n for e in entries) for n, stage in enumerate(STAGES)}
    hidden = [member.stage for member in members if member.agreed and not member.named]
    steps = []
    for n, stage in enumerate(STAGES):
        extra = nameless
        if stage in PRIVATE:
            extra = released(sum(STAGES.index(s) >= n for s in hidden), len(hidden))
        steps.append(Stage(stage, reached[stage] + extra, extra if stage in PRIVATE else 0))
    return tuple(steps)


def released(part: int, whole: int) -> int:
    """How many of `whole` hidden firms may be said to have come so far, when `part` have: whole groups of five, and
    those left over are none or at least five as well."""
    if part == whole:
        return part if releasable(part) else 0
    shown = counted(part)
    while shown and whole - shown < NEED:
        shown -= NEED
    return max(shown, 0)
