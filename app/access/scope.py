"""Whose rows may be seen and written now: a frozen value, set per request, job or command.

`Reach` is everything a user has been given; `Scope` is what of it the present permission opens. Without a scope
nothing of any firm is visible.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from uuid import UUID

from flask import g

from app.access.ids import IdSet
from app.access.policy import EVERYTHING, Permission, roles_with
from app.access.roles import Role
from app.extensions import db

_NONE = IdSet()


@dataclass(frozen=True, slots=True)
class HandoverLink:
    """An open section hand-over: the one section of one assessment that its visitor may answer."""

    handover_id: UUID
    firm_id: UUID
    assessment_id: UUID
    section_id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """All that a user has been given, by kind.

    `named_firm_ids` are firms with an active membership in one of `cluster_ids` and an active consent to named
    results. `sections` limits a member to parts of the questionnaire; a firm that is absent is not limited.
    """

    user_id: UUID | None = None
    roles: frozenset[Role] = frozenset()
    owner_firm_ids: Set[UUID] = _NONE
    member_firm_ids: Set[UUID] = _NONE
    consultant_firm_ids: Set[UUID] = _NONE
    named_firm_ids: Set[UUID] = _NONE
    cluster_ids: Set[UUID] = _NONE
    sections: tuple[tuple[UUID, frozenset[str]], ...] = ()
    handover: HandoverLink | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What the present permission opens. Rows of `firm_ids` may be seen and written; `everything` lifts the limit."""

    user_id: UUID | None = None
    roles: frozenset[Role] = frozenset()
    firm_ids: Set[UUID] = _NONE
    cluster_ids: Set[UUID] = _NONE
    consultant_firm_ids: Set[UUID] = _NONE
    everything: bool = False
    handover: HandoverLink | None = None
    sections: dict[UUID, frozenset[str]] = field(default_factory=dict, compare=False)

    def may_answer(self, firm_id: UUID, assessment_id: UUID, section_id: str) -> bool:
        """Whether this section may be filled in: by a link for it, or by somebody of the firm not limited to others."""
        if firm_id in self.firm_ids:
            return section_id in self.sections.get(firm_id, {section_id})
        link = self.handover
        return link is not None and (link.assessment_id, link.section_id) == (assessment_id, section_id)


NOBODY = Scope()
SYSTEM = Scope(everything=True)


def narrow(reach: Reach, permission: Permission) -> Scope:
    """The scope that `permission` opens to somebody with `reach`. PUBLIC and account pages keep every relation."""
    roles = roles_with(permission)
    if Role.ACCOUNT in roles:
        roles = frozenset(Role)
    firms = IdSet()
    for role, firm_ids in (
        (Role.OWNER, reach.owner_firm_ids),
        (Role.MEMBER, reach.member_firm_ids),
        (Role.CONSULTANT, reach.consultant_firm_ids),
        (Role.COORDINATOR, reach.named_firm_ids),
    ):
        if role in roles:
            firms |= firm_ids
    handover = reach.handover if Role.LINK in roles else None
    return Scope(
        user_id=reach.user_id,
        roles=reach.roles,
        firm_ids=firms,
        cluster_ids=reach.cluster_ids if Role.COORDINATOR in roles else _NONE,
        consultant_firm_ids=reach.consultant_firm_ids if Role.CONSULTANT in roles else _NONE,
        everything=Role.ADMIN in reach.roles and permission in EVERYTHING,
        handover=None if handover is None or handover.firm_id in firms else handover,
        sections=dict(reach.sections),
    )


def current_scope() -> Scope:
    """The scope in force; NOBODY where none was set."""
    scope: Scope = g.get("scope", NOBODY)
    return scope


def set_scope(scope: Scope) -> None:
    """Set the scope of this request. Called once by the access hook."""
    g.scope = scope


def extend_scope(*firm_ids: UUID) -> None:
    """Add firms that the current user has just founded or joined; for the service that grants the membership."""
    scope = current_scope()
    g.scope = replace(scope, firm_ids=scope.firm_ids | set(firm_ids))


@contextmanager
def within_cluster(cluster_id: UUID) -> Iterator[None]:
    """Reach one cluster's own rows as well, for the service that was shown a secret of it; writes are flushed."""
    outer = current_scope()
    g.scope = replace(outer, cluster_ids=outer.cluster_ids | {cluster_id})
    try:
        yield
        db.session.flush()
    finally:
        g.scope = outer


@contextmanager
def acting_as(scope: Scope) -> Iterator[None]:
    """Do a part of a job within this scope, as whoever asked for it would. It gets a session of its own."""
    outer = current_scope()
    db.session.remove()
    g.scope = scope
    try:
        yield
    finally:
        db.session.remove()
        g.scope = outer


@contextmanager
def system_scope() -> Iterator[None]:
    """Reach everything: the scope of jobs and commands, and of the few look-ups that start from a secret token.

    Inside another scope it opens a session of its own that cannot write; take values out of it, not objects.
    """
    outer: Scope | None = g.get("scope")
    depth: int = g.get("scope_depth", 0)
    nested = outer is not None
    g.scope = SYSTEM
    g.scope_depth = depth + 1 if nested else depth
    try:
        yield
    finally:
        if nested:
            db.session.remove()
            g.scope_depth = depth
            g.scope = outer
        else:
            g.pop("scope", None)
