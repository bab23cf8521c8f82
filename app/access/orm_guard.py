"""The second and third lock: the session itself adds the current scope to every select and refuses foreign writes.

Rows of a firm carry `firm_id` and their class derives from `FirmScoped`; what a coordinator sees without consent
(membership in the own cluster) derives from `ClusterScoped`; what a cluster keeps itself, and no firm sees, from
`ClusterOwned`; what only the asker sees from `Personal`; a consultant's engagements, which he and the firm see, from
`AdviceScoped`. Statements that the ORM does not see (Core selects on tables,
`text()`) cannot be filtered, so they are refused in a session unless the whole system is in scope.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy import ColumnElement, Uuid, column, event, false, inspect, or_
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption

from app.access.scope import Scope, current_scope
from app.errors import ScopeError
from app.extensions import Base


class _Named:
    """Stands for a column that every class of the mark declares itself; SQLAlchemy reads a criterion on the mark."""

    def __init__(self, name: str) -> None:
        self._column: ColumnElement[Any] = column(name, Uuid())

    def __get__(self, row: object, owner: type) -> Any:
        return self._column


class FirmScoped:
    """Marks a class whose rows belong to the firm in `firm_id`."""

    firm_id = _Named("firm_id")


class ClusterScoped:
    """Marks a class whose rows belong to a firm and a cluster at once: either side sees them."""

    firm_id = _Named("firm_id")
    cluster_id = _Named("cluster_id")


class ClusterOwned:
    """Marks a class whose rows belong to the cluster in `cluster_id` and to no firm: its coordinators see them."""

    cluster_id = _Named("cluster_id")


class AdviceScoped:
    """Marks a class whose rows stand between a firm and the consultant in `user_id`: either side sees them. The
    consultant changes those that there are; only the firm's side makes and agrees one."""

    firm_id = _Named("firm_id")
    user_id = _Named("user_id")


class Personal:
    """Marks a class whose rows are seen by the user who asked for them."""

    requested_by = _Named("requested_by")


def install(session_class: type[Session] | Any) -> None:
    """Listen on a session class or factory. Once per process."""
    if not event.contains(session_class, "do_orm_execute", _filter):
        event.listen(session_class, "do_orm_execute", _filter)
        event.listen(session_class, "before_flush", _refuse_foreign_writes)


def _filter(state: ORMExecuteState) -> None:
    scope = current_scope()
    if scope.everything or state.is_column_load:
        return
    if not state.is_orm_statement:
        raise ScopeError("a statement outside the ORM cannot be limited to the current scope")
    if state.is_insert:
        raise ScopeError("rows are inserted through the session, one object each, so that the scope is checked")
    state.statement = state.statement.options(*_criteria_once(scope))


def _criteria_once(scope: Scope) -> tuple[ORMOption, ...]:
    """The criteria of a scope, built once while it is in force."""
    known: tuple[Scope, tuple[ORMOption, ...]] | None = g.get("scope_criteria")
    if known is None or known[0] is not scope:
        known = g.scope_criteria = (scope, _criteria(scope))
    return known[1]


def _criteria(scope: Scope) -> tuple[ORMOption, ...]:
    firm_ids = list(scope.firm_ids)
    cluster_ids = list(scope.cluster_ids)
    user_ids = [] if scope.user_id is None else [scope.user_id]
    return (
        *(_firm_criteria(firm_ids) if scope.handover is None else _handover_criteria(scope)),
        with_loader_criteria(
            ClusterScoped,
            lambda cls: or_(cls.firm_id.in_(firm_ids), cls.cluster_id.in_(cluster_ids)),
            include_aliases=True,
            propagate_to_loaders=False,
        ),
        with_loader_criteria(
            AdviceScoped,
            lambda cls: or_(cls.firm_id.in_(firm_ids), cls.user_id.in_(user_ids)),
            include_aliases=True,
            propagate_to_loaders=False,
        ),
        with_loader_criteria(
            ClusterOwned,
            lambda cls: cls.cluster_id.in_(cluster_ids),
            include_aliases=True,
            propagate_to_loaders=False,
        ),
        with_loader_criteria(
            Personal, lambda cls: cls.requested_by.in_(user_ids), include_aliases=True, propagate_to_loaders=False
        ),
    )


def _firm_criteria(firm_ids: list[UUID]) -> tuple[ORMOption, ...]:
    return (
        with_loader_criteria(
            FirmScoped, lambda cls: cls.firm_id.in_(firm_ids), include_aliases=True, propagate_to_loaders=False
        ),
    )


def _handover_criteria(scope: Scope) -> tuple[ORMOption, ...]:
    """With an open hand-over link: beside the own firms, the rows of its assessment and the name of its firm."""
    return tuple(
        with_loader_criteria(cls, _handover_criterion(cls, scope), include_aliases=True, propagate_to_loaders=False)
        for cls in (mapper.class_ for mapper in Base.registry.mappers)
        if issubclass(cls, FirmScoped)
    )


def _handover_criterion(cls: Any, scope: Scope) -> ColumnElement[bool]:
    link = scope.handover
    assert link is not None
    own = cls.firm_id.in_(list(scope.firm_ids))
    match cls.__tablename__:
        case "assessments":
            return or_(own, cls.id == link.assessment_id)
        case "firms":
            return or_(own, cls.id == link.firm_id)
        case "handovers":
            return or_(own, cls.id == link.handover_id)
        case "answers" | "answer_changes" | "attachments":
            return or_(own, cls.assessment_id == link.assessment_id)
        case _:
            return or_(own, false())


def _refuse_foreign_writes(session: Session, _context: UOWTransaction, _instances: object) -> None:
    scope = current_scope()
    if scope.everything:
        return
    for row in (*session.new, *session.deleted, *(r for r in session.dirty if session.is_modified(r))):
        if isinstance(row, FirmScoped | ClusterScoped | AdviceScoped) and not _may_write(row, scope):
            raise ScopeError(f"{type(row).__name__} of firm {row.firm_id} is outside the current scope")
        if isinstance(row, ClusterOwned) and not _clusters_of(row) <= scope.cluster_ids:
            raise ScopeError(f"{type(row).__name__} of cluster {row.cluster_id} is outside the current scope")
        if isinstance(row, Personal) and row.requested_by != scope.user_id:
            raise ScopeError(f"{type(row).__name__} of user {row.requested_by} is outside the current scope")


def _may_write(row: FirmScoped | ClusterScoped | AdviceScoped, scope: Scope) -> bool:
    moved_from = () if _is_new(row) else inspect(row).attrs.firm_id.history.deleted or ()
    if any(firm_id not in scope.firm_ids for firm_id in moved_from):
        return False
    if row.firm_id in scope.firm_ids:
        return True
    if isinstance(row, AdviceScoped):
        return not _is_new(row) and row.user_id == scope.user_id and not _changed(row, _FIRMS_SIDE)
    link = scope.handover
    if link is not None and getattr(row, "__tablename__", "") in _LINK_WRITES:
        own = getattr(row, "__tablename__", "") != "handovers" or getattr(row, "id", None) == link.handover_id
        return own and row.firm_id == link.firm_id and getattr(row, "assessment_id", None) == link.assessment_id
    return isinstance(row, ClusterScoped) and row.cluster_id in scope.cluster_ids


def _clusters_of(row: ClusterOwned) -> set[UUID]:
    """The cluster that a row belongs to, and the one it is taken away from."""
    moved_from = () if _is_new(row) else inspect(row).attrs.cluster_id.history.deleted or ()
    return {row.cluster_id, *moved_from}


def _changed(row: object, names: tuple[str, ...]) -> bool:
    return any(inspect(row).attrs[name].history.has_changes() for name in names)


_FIRMS_SIDE = ("firm_id", "user_id", "agreed_at", "agreed_by")
_LINK_WRITES = ("answers", "answer_changes", "attachments", "handovers")


def _is_new(row: object) -> bool:
    return bool(inspect(row).transient or inspect(row).pending)
