"""The second and third lock: the session itself adds the current scope to every select and refuses foreign writes.

Rows of a firm carry `firm_id` and their class derives from `FirmScoped`; what a coordinator sees without consent
(membership in the own cluster) derives from `ClusterScoped`; what a cluster keeps itself, and no firm sees, from
`ClusterOwned`; what only the asker sees from `Personal`; a consultant's engagements, which he and the firm see, from
`AdviceScoped`. Statements that the ORM does not see (Core selects on tables,
`text()`) cannot be filtered, so they are refused in a session unless the whole system is in scope.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Uuid, bindparam, column, event, false, inspect, or_
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption

from app.access.ids import bind_ids, is_one_of
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
    state.statement = state.statement.options(*(_CRITERIA if scope.handover is None else _criteria_with_link()))


# What is in scope is asked for when a statement is sent, so that the criteria are built once per process.
_FIRMS = bind_ids("firms_in_scope", lambda: current_scope().firm_ids)
_CLUSTERS = bind_ids("clusters_in_scope", lambda: current_scope().cluster_ids)
_USER = bindparam("user_in_scope", callable_=lambda: current_scope().user_id, type_=Uuid())


def _of_firms(cls: Any) -> ColumnElement[bool]:
    return is_one_of(cls.firm_id, _FIRMS)


def _of_either(cls: Any) -> ColumnElement[bool]:
    return or_(_of_firms(cls), _of_clusters(cls))


def _of_clusters(cls: Any) -> ColumnElement[bool]:
    return is_one_of(cls.cluster_id, _CLUSTERS)


def _of_advice(cls: Any) -> ColumnElement[bool]:
    return or_(_of_firms(cls), cls.user_id == _USER)


def _of_user(cls: Any) -> ColumnElement[bool]:
    return cls.requested_by == _USER  # type: ignore[no-any-return]


def _limit(mark: type, criterion: Callable[[Any], ColumnElement[bool]]) -> ORMOption:
    return with_loader_criteria(mark, criterion, include_aliases=True, propagate_to_loaders=False)


_OTHERS = (
    _limit(ClusterScoped, _of_either),
    _limit(ClusterOwned, _of_clusters),
    _limit(AdviceScoped, _of_advice),
    _limit(Personal, _of_user),
)
_CRITERIA = (_limit(FirmScoped, _of_firms), *_OTHERS)


@cache
def _criteria_with_link() -> tuple[ORMOption, ...]:
    """With an open hand-over link: beside the own firms, the rows of its assessment and the name of its firm."""
    classes = [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, FirmScoped)]
    return (*(_limit(cls, _of_link) for cls in classes), *_OTHERS)


def _of_link(cls: Any) -> ColumnElement[bool]:
    match cls.__tablename__:
        case "assessments":
            opened = cls.id == _LINK["assessment_id"]
        case "firms":
            opened = cls.id == _LINK["firm_id"]
        case "handovers":
            opened = cls.id == _LINK["handover_id"]
        case "answers" | "answer_changes" | "attachments":
            opened = cls.assessment_id == _LINK["assessment_id"]
        case _:
            opened = false()
    return or_(_of_firms(cls), opened)


def _read_link(name: str) -> BindParameter[UUID]:
    return bindparam(f"link_{name}", callable_=lambda: getattr(current_scope().handover, name), type_=Uuid())


_LINK = {name: _read_link(name) for name in ("assessment_id", "firm_id", "handover_id")}


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
