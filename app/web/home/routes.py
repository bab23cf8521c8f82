"""Pages that everybody may read, and the door of the site."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import access
from app.access.policy import Permission as P
from app.errors import NotFoundError
from app.i18n import LANGUAGES
from app.web import layout
from app.web.accounts.forms import SignInForm
from app.web.errors import local_path
from app.web.home.presenters import present_front, present_method
from scoring.content.serving import served_sectors

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@access(P.PUBLIC)
def index() -> ResponseReturnValue:
    """The front page; who is signed in goes to the place of the own role."""
    if current_user.is_authenticated:
        return redirect(url_for(layout.first_place() or "firms.create"))
    return render_template("home/index.html", page=present_front(), form=SignInForm())


@blueprint.get("/start")
@access(P.PUBLIC)
def start() -> ResponseReturnValue:
    """A trade was picked: to the own firm, or to found one, with an account first."""
    sector = request.args.get("sector", "")
    if sector not in served_sectors():
        raise NotFoundError
    if current_user.is_authenticated and layout.is_open("firms.home"):
        return redirect(url_for("firms.home"))
    target = url_for("firms.create", sector=sector)
    return redirect(target if current_user.is_authenticated else url_for("accounts.register", next=target))


@blueprint.get("/about")
@access(P.PUBLIC)
def about() -> ResponseReturnValue:
    """How points, scenes, gates, index, evidence and range work."""
    return render_template("home/about.html", page=present_method())


@blueprint.get("/privacy")
@access(P.PUBLIC)
def privacy() -> ResponseReturnValue:
    """What is stored, who sees it, how to withdraw and delete."""
    return render_template("home/privacy.html")


@blueprint.get("/language/<code>")
@access(P.PUBLIC)
def set_language(code: str) -> ResponseReturnValue:
    """Speak `code` from now on, and go to `next` (a local path) or the start page."""
    if code not in LANGUAGES:
        raise NotFoundError
    session["language"] = code
    return redirect(local_path(request.args.get("next")) or url_for(".index"))


@blueprint.get("/robots.txt")
@access(P.PUBLIC)
def robots() -> Response:
    """For search engines: the public pages only."""
    return current_app.send_static_file("robots.txt")


@blueprint.get("/favicon.ico")
@access(P.PUBLIC)
def favicon() -> Response:
    """For browsers that ask without reading the page."""
    return current_app.send_static_file("favicon.png")
