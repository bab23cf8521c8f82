"""Order, watch, call off and fetch bundles."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import access
from app.access.policy import Permission as P
from app.access.scope import current_scope
from app.errors import ConflictError, InputError, NotFoundError
from app.extensions import limiter
from app.i18n import gettext as _
from app.queries.bundles import get_bundle, list_bundles
from app.queries.engagements import read_portfolio
from app.services import bundles
from app.services.bundles import BUILD, EXPIRED, Contents
from app.services.portfolio import choose, read_wish
from app.web.bundles.forms import BundleForm
from app.web.bundles.presenters import present_bundle, present_bundles
from app.web.downloads import send_stored

blueprint = Blueprint("bundles", __name__, url_prefix="/advice/bundles")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("")
@access(P.BUNDLE_CREATE)
def index() -> ResponseReturnValue:
    """Own bundles, newest first, and a form for all firms."""
    return _page()


@blueprint.post("")
@limiter.limit("20/hour")
@access(P.BUNDLE_CREATE)
def create() -> ResponseReturnValue:
    """Order one."""
    form = BundleForm()
    if not form.validate_on_submit():
        raise InputError
    chosen = set(form.firm_id.data)
    if form.all.data:
        chosen = {firm.firm_id for firm in choose(read_portfolio(), read_wish(request.form))}
    try:
        bundles.order(chosen, form.locale.data, Contents(form.what.data))
    except InputError as error:
        return _page(_(error.message)), 400
    return redirect(url_for(".index"), 303)


@blueprint.get("/<uuid:job_id>/state")
@access(P.BUNDLE_CREATE)
def state(job_id: UUID) -> ResponseReturnValue:
    """How far one is, for the script of the page."""
    bundle = present_bundle(get_bundle(BUILD, job_id))
    return {"state": bundle.state, "percent": bundle.percent, "text": bundle.text}


@blueprint.get("/<uuid:job_id>/file")
@access(P.BUNDLE_CREATE)
def download(job_id: UUID) -> ResponseReturnValue:
    """The file, while every firm in it lets the consultant in."""
    try:
        key, name = bundles.fetch(job_id)
    except ConflictError as error:
        return _page(_(error.message)), 409
    try:
        return send_stored(key, name, "application/zip" if name.endswith(".zip") else XLSX, plain="reports")
    except NotFoundError:
        return _page(_(EXPIRED)), 409


@blueprint.post("/<uuid:job_id>/cancel")
@access(P.BUNDLE_CREATE)
def cancel(job_id: UUID) -> ResponseReturnValue:
    """Call one off."""
    bundles.cancel(job_id)
    return redirect(url_for(".index"), 303)


@blueprint.post("/<uuid:job_id>/again")
@limiter.limit("20/hour")
@access(P.BUNDLE_CREATE)
def again(job_id: UUID) -> ResponseReturnValue:
    """The same selection once more."""
    try:
        bundles.order_again(job_id)
    except InputError as error:
        return _page(_(error.message)), 400
    return redirect(url_for(".index"), 303)


def _page(notice: str = "") -> str:
    page = present_bundles(list_bundles(BUILD), len(current_scope().firm_ids), notice)
    return render_template("bundles/index.html", page=page, form=BundleForm())
