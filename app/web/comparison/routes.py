"""Pages that compare the firms of a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from uuid import UUID

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import access
from app.access.policy import Permission as P
from app.config import Config
from app.errors import NotFoundError
from app.extensions import limiter
from app.i18n import gettext as _
from app.models.base import now
from app.models.releases import Family
from app.queries.benchmarks import find_places
from app.queries.clusters import Standing, get_cluster, list_standings
from app.queries.releases import read_release
from app.services import audit
from app.services.comparison import (
    AT_ONCE,
    View,
    arrange,
    chosen_firms,
    compare_rounds,
    fetch_workbook,
    fit,
    get_export,
    order_workbook,
    read_view,
    write_firms,
)  # fmt: skip
from app.services.spreadsheets import CHINA
from app.web.clusters.waiting import Endpoints, WaitPage, present_wait
from app.web.clusters.wording import cluster_name
from app.web.comparison.firms import filters_text, present_firms
from app.web.comparison.groups import present_groups
from app.web.comparison.rounds import present_rounds
from app.web.comparison.side import FEWEST, draw_radar, present_side
from app.web.comparison.wording import about, labels
from app.web.downloads import send_bytes

ENDPOINTS = Endpoints(*(f"comparison.{name}" for name in ("show", "exported", "export_state", "download")))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

blueprint = Blueprint("comparison", __name__, url_prefix="/clusters/<uuid:cluster_id>/compare")


def _wait(cluster_id: UUID, job_id: UUID) -> WaitPage:
    return present_wait(cluster_id, get_export(cluster_id, job_id), _("Back to the table"), ENDPOINTS)


def _view(standings: Sequence[Standing]) -> View:
    return fit(read_view(request.args.to_dict(flat=False)), standings)


@blueprint.get("")
@access(P.CLUSTER_READ)
def show(cluster_id: UUID) -> ResponseReturnValue:
    """The firms by name: table or heat map, sorted, filtered, page by page."""
    cluster = get_cluster(cluster_id)
    standings = list_standings(cluster.id)
    page = present_firms(cluster, standings, read_release(cluster.id, brief=True), _view(standings))
    return render_template("comparison/firms.html", page=page, cluster_id=cluster_id, here="firms")


@blueprint.get("/groups")
@access(P.CLUSTER_READ)
def groups(cluster_id: UUID) -> ResponseReturnValue:
    """Trades, sizes and towns: figures, dimensions, scenes, as far as they may be shown."""
    cluster = get_cluster(cluster_id)
    page = present_groups(cluster, read_release(cluster.id), read_release(cluster.id, Family.SCENES))
    return render_template("comparison/groups.html", page=page, cluster_id=cluster_id, here="groups")


@blueprint.get("/rounds")
@access(P.CLUSTER_READ)
def rounds(cluster_id: UUID) -> ResponseReturnValue:
    """What has changed since the round before, for the same firms."""
    cluster = get_cluster(cluster_id)
    change = compare_rounds(list_standings(cluster.id, before=True))
    page = present_rounds(cluster, change, read_release(cluster.id, brief=True))
    return render_template("comparison/rounds.html", page=page, cluster_id=cluster_id, here="rounds")


@blueprint.get("/firms")
@access(P.CLUSTER_READ)
def side(cluster_id: UUID) -> ResponseReturnValue:
    """Two to six firms side by side."""
    cluster = get_cluster(cluster_id)
    standings = list_standings(cluster.id)
    chosen = chosen_firms(request.args.getlist("firm"), standings)
    page = present_side(cluster, chosen, standings, find_places([s.firm_id for s in chosen]))
    return render_template("comparison/side.html", page=page, cluster_id=cluster_id, here="side")


@blueprint.get("/radar.svg")
@access(P.CLUSTER_READ)
def radar(cluster_id: UUID) -> ResponseReturnValue:
    """The picture of that page."""
    chosen = chosen_firms(request.args.getlist("firm"), list_standings(cluster_id))
    if len(chosen) < FEWEST:
        raise NotFoundError
    settings: Config = current_app.extensions["config"]
    return Response(draw_radar(chosen, settings.fonts), mimetype="image/svg+xml")


@blueprint.post("/firms.xlsx")
@limiter.limit("20/minute;100/hour")
@access(P.CLUSTER_EXPORT)
def export(cluster_id: UUID) -> ResponseReturnValue:
    """All firms of the view as a workbook: at once, or as a job where there are many. That it was taken is recorded."""
    cluster = get_cluster(cluster_id)
    standings, at = list_standings(cluster.id), now().astimezone(CHINA)
    view = _view(standings)
    number = len(arrange(standings, view))
    told = about(cluster, read_release(cluster.id, brief=True), filters_text(view), at)
    name = f"{cluster_name(cluster)} {at:%Y-%m-%d}.xlsx"
    audit.record("cluster:export", cluster_id, firms=number)
    if number > AT_ONCE:
        job = order_workbook(cluster_id, view, labels(), told, name)
        return redirect(url_for(".exported", cluster_id=cluster_id, job_id=job.id), 303)
    target = BytesIO()
    write_firms(target, standings, view, labels(), told)
    return send_bytes(target.getvalue(), name, XLSX, plain="firms")


@blueprint.get("/exports/<uuid:job_id>")
@access(P.CLUSTER_EXPORT)
def exported(cluster_id: UUID, job_id: UUID) -> ResponseReturnValue:
    """How far a workbook is that was ordered; once it is ready, the way to it."""
    page = _wait(cluster_id, job_id)
    return render_template("clusters/waiting.html", page=page, cluster_id=cluster_id)


@blueprint.get("/exports/<uuid:job_id>/state")
@access(P.CLUSTER_EXPORT)
def export_state(cluster_id: UUID, job_id: UUID) -> ResponseReturnValue:
    """The same as JSON, for the script of the page."""
    page = _wait(cluster_id, job_id)
    return {"state": page.state, "percent": page.percent, "text": page.text}


@blueprint.get("/exports/<uuid:job_id>/file")
@access(P.CLUSTER_EXPORT)
def download(cluster_id: UUID, job_id: UUID) -> ResponseReturnValue:
    """The workbook."""
    data, name = fetch_workbook(cluster_id, job_id)
    return send_bytes(data, name, XLSX, plain="firms")
