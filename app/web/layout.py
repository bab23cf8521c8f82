"""What the frame of every page needs: navigation for this visitor, the account menu, addresses of static files.

An entry of the navigation is shown where its endpoint declares a permission that one of the visitor's roles holds;
the table below says nothing about who may do what.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, request, url_for
from flask_login import current_user

from app.access.guard import permission_of
from app.access.policy import is_allowed
from app.access.scope import current_scope
from app.i18n import lazy_gettext as lazy


@dataclass(frozen=True, slots=True)
class Place:
    """A page that navigation can lead to. `minor` ones give way on a phone."""

    endpoint: str
    label: str
    anchor: str | None = None
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A link as the template prints it."""

    url: str
    label: str
    current: bool = False
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """The menu of somebody who is signed in."""

    name: str
    entries: tuple[Entry, ...]
    sign_out: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything around the page. `account` is None for a visitor without an account; `demo` marks made-up data."""

    entries: tuple[Entry, ...]
    account: Account | None
    footer: tuple[Entry, ...]
    demo: bool = False


PLACES = (
    Place("firms.home", lazy("My firm")),
    Place("clusters.index", lazy("Clusters")),
    Place("engagements.index", lazy("Firms I advise")),
    Place("admin.index", lazy("Administration")),
    Place("calibrations.show", lazy("Claims and findings"), minor=True),
)
VISITOR = (
    Place("home.index", lazy("Pick your trade"), anchor="trades", minor=True),
    Place("quick.start", lazy("Quick look"), minor=True),
    Place("accounts.sign_in", lazy("Sign in")),
)
ACCOUNT = (Place("accounts.show", lazy("Account settings")),)
FOOTER = (
    Place("home.about", lazy("How scoring works")),
    Place("home.privacy", lazy("Who sees my data")),
    Place("reports.verify_form", lazy("Check a report")),
    Place("calibrations.show", lazy("Claims and findings")),
)


def init_app(app: Flask) -> None:
    """Give templates `page_frame(section)` and `asset(path)`."""
    app.jinja_env.globals.update(page_frame=page_frame, asset=asset)


def page_frame(section: str | None = None) -> Frame:
    """The frame of the present page; `section` is the blueprint to mark as current where it is not the page's own."""
    signed_in = current_user.is_authenticated
    here = section or request.blueprint
    if here == "firms" and not is_open(
        "firms.home"
    ):  # a firm's page, read by somebody who came from a place of his own
        here = (first_place() or "").split(".")[0]
    return Frame(
        entries=_entries(PLACES if signed_in else VISITOR, here),
        account=_account() if signed_in else None,
        footer=_entries(FOOTER, None),
        demo=signed_in and current_user.demo,
    )


def first_place() -> str | None:
    """Endpoint of the first place that belongs to this visitor's roles; None for somebody without any."""
    return next((place.endpoint for place in PLACES if is_open(place.endpoint)), None)


def is_open(endpoint: str) -> bool:
    """True when the endpoint exists and this visitor's roles hold its permission."""
    permission = permission_of(current_app, endpoint)
    return permission is not None and is_allowed(permission, current_scope().roles)


def asset(path: str) -> str:
    """Address of a static file, with a mark of its content, so that it may be cached for long."""
    return url_for("static", filename=path, v=_mark(str(Path(current_app.static_folder or "") / path)))


@lru_cache(maxsize=256)
def _mark(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]


def _account() -> Account:
    return Account(
        name=current_user.display_name,
        entries=_entries(ACCOUNT, None),
        sign_out=url_for("accounts.sign_out"),
    )


def _entries(places: tuple[Place, ...], here: str | None) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            url=url_for(place.endpoint, _anchor=place.anchor),
            label=str(place.label),
            current=_is_here(place, here),
            minor=place.minor,
        )
        for place in places
        if is_open(place.endpoint)
    )


def _is_here(place: Place, here: str | None) -> bool:
    if place.anchor is not None or here is None:
        return False
    return place.endpoint == request.endpoint if place in VISITOR else place.endpoint.split(".")[0] == here
