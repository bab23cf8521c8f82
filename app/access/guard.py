"""The first lock: every endpoint declares exactly one permission, and one hook checks it before the view runs."""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import TypeVar
from uuid import UUID

from flask import Flask, current_app, g, request, session
from flask_login import current_user

from app.access.policy import Permission, is_allowed
from app.access.roles import Role
from app.access.scope import Reach, Scope, current_scope, narrow, set_scope, system_scope
from app.errors import ForbiddenError, SignInRequired

View = TypeVar("View", bound=Callable[..., object])
ReachLoader = Callable[[UUID | None, UUID | None], Reach]

_MARK = "__permission__"
_HANDOVER_KEY = "handover"


class UnmarkedEndpointError(RuntimeError):
    """A view has no declared permission, so the application does not start."""


def access(permission: Permission) -> Callable[[View], View]:
    """Declare the one permission of a view. Stands below the route decorator."""

    def mark(view: View) -> View:
        if hasattr(view, _MARK):
            raise UnmarkedEndpointError(f"{view.__name__} declares a permission twice")
        setattr(view, _MARK, Permission(permission))
        return view

    return mark


def permission_of(app: Flask, endpoint: str) -> Permission | None:
    """The permission that an endpoint declares; None where there is none."""
    return getattr(app.view_functions.get(endpoint), _MARK, None)


def init_app(app: Flask, load_reach: ReachLoader) -> None:
    """Install the hook. `load_reach(user_id, handover_id)` reads what somebody has been given."""
    app.extensions["load_reach"] = load_reach
    app.before_request(_check_request)
    if "static" in app.view_functions:
        setattr(app.view_functions["static"], _MARK, Permission.PUBLIC)


def check_endpoints(app: Flask) -> None:
    """Refuse to start while any endpoint has no declared permission. Raises UnmarkedEndpointError naming them."""
    unmarked = sorted(name for name, view in app.view_functions.items() if not hasattr(view, _MARK))
    if unmarked:
        raise UnmarkedEndpointError(f"no permission declared for: {', '.join(unmarked)}")


def _check_request() -> None:
    endpoint = request.endpoint
    if endpoint == "static":  # nobody's data
        return
    reach = load_current_reach()
    g.reach = reach
    set_scope(Scope(user_id=reach.user_id, roles=reach.roles))  # for the frame of an error page; reaches no rows
    if endpoint is None:  # nothing there (404, 405)
        return
    permission = permission_of(current_app, endpoint)
    if permission is None:
        raise ForbiddenError
    if not is_allowed(permission, reach.roles):
        raise ForbiddenError if Role.ACCOUNT in reach.roles else SignInRequired
    set_scope(narrow(reach, permission))


def load_current_reach() -> Reach:
    """What the present visitor has been given: by account, and by a hand-over link opened in this browser."""
    user_id = current_user.id if current_user.is_authenticated else None
    handover_id = UUID(session[_HANDOVER_KEY]) if _HANDOVER_KEY in session else None
    if user_id is None and handover_id is None:
        return Reach()
    with system_scope():
        reach: Reach = current_app.extensions["load_reach"](user_id, handover_id)
    return reach


def may(permission: Permission, firm_id: UUID) -> bool:
    """Whether the present visitor could use `permission` on this firm's rows: to leave out what leads nowhere."""
    reach: Reach = g.get("reach", Reach())
    return is_allowed(permission, reach.roles) and firm_id in narrow(reach, permission).firm_ids


def seen_firms() -> Set[UUID]:
    """The firms whose results the present visitor sees one by one, by whatever role."""
    reach: Reach = g.get("reach", Reach())
    return narrow(reach, Permission.RESULT_READ).firm_ids | current_scope().firm_ids


def remember_handover(handover_id: UUID) -> None:
    """Open a hand-over link in this browser: its section can be answered until the link ends."""
    session[_HANDOVER_KEY] = str(handover_id)
