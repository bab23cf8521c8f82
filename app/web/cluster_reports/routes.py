"""Pages: the report on a cluster, the chain leader's view, the quality of the answers."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import access
from app.access.policy import Permission as P
from app.errors import InputError
from app.extensions import limiter
from app.i18n import gettext as _
from app.models.base import now
from app.models.releases import Family
from app.queries.chain import list_places
from app.queries.clusters import get_cluster, list_standings
from app.queries.jobs import list_jobs_about
from app.queries.quality import list_flagged, read_levels
from app.queries.releases import read_release
from app.services.cluster_reports import BUILD, order_report
from app.services.comparison import fetch_workbook, get_export
from app.web.cluster_reports.chain import present_chain
from app.web.cluster_reports.forms import OrderForm
from app.web.cluster_reports.presenters import file_name, present_order
from app.web.cluster_reports.quality import present_quality
from app.web.clusters.waiting import Endpoints, WaitPage, present_wait
from app.web.downloads import send_bytes

PDF = "application/pdf"
ENDPOINTS = Endpoints(*(f"cluster_reports.{name}" for name in ("show", "waiting", "state", "download", "view")))

blueprint = Blueprint("cluster_reports", __name__, url_prefix="/clusters/<uuid:cluster_id>")


@blueprint.get("/report")
@access(P.CLUSTER_READ)
def show(cluster_id: UUID) -> ResponseReturnValue:
    """Order the report; the own earlier ones."""
    cluster = get_cluster(cluster_id)
    page = present_order(cluster, list_jobs_about(BUILD, cluster.id))
    return render_template("cluster_reports/show.html", page=page, form=OrderForm(), cluster_id=cluster_id)


@blueprint.post("/report")
@limiter.limit("30/hour")
@access(P.CLUSTER_EXPORT)
def create(cluster_id: UUID) -> ResponseReturnValue:
    """Order it in one language, as the cluster stands now."""
    form = OrderForm()
    if not form.validate_on_submit():
        raise InputError
    cluster = get_cluster(cluster_id)
    job = order_report(cluster.id, form.locale.data, file_name(cluster, form.locale.data, now()))
    return redirect(url_for(".waiting", cluster_id=cluster_id, job_id=job.id), 303)


@blueprint.get("/report/<uuid:job_id>")
@access(P.CLUSTER_EXPORT)
def waiting(cluster_id: UUID, job_id: UUID) -> ResponseReturnValue:
    """How far it is; once it is ready, the file."""
    page = _wait(cluster_id, job_id)
    return render_template("clusters/waiting.html", page=page, cluster_id=cluster_id)


@blueprint.get("/report/<uuid:job_id>/state")
@access(P.CLUSTER_EXPORT)
def state(cluster_id: UUID, job_id: UUID) -> ResponseReturnValue:
    """The same as JSON, for the script of the page."""
    page = _wait(cluster_id, job_id)
    return {"state": page.state, "percent": page.percent, "text": page.text}


@blueprint.get("/report/<uuid:job_id>/file")
@access(P.CLUSTER_EXPORT)
def view(cluster_id: UUID, job_id: UUID) -> ResponseReturnValue:
    """The file, opened in the browser."""
    return _file(cluster_id, job_id, inline=True)


@blueprint.get("/report/<uuid:job_id>/download")
@access(P.CLUSTER_EXPORT)
def download(cluster_id: UUID, job_id: UUID) -> ResponseReturnValue:
    """The file, to keep."""
    return _file(cluster_id, job_id, inline=False)


def _wait(cluster_id: UUID, job_id: UUID) -> WaitPage:
    job = get_export(cluster_id, job_id, BUILD)
    return present_wait(cluster_id, job, _("Cluster report"), ENDPOINTS)


def _file(cluster_id: UUID, job_id: UUID, *, inline: bool) -> Response:
    data, name = fetch_workbook(cluster_id, job_id, BUILD)
    return send_bytes(data, name, PDF, plain="cluster-report", inline=inline)


@blueprint.get("/chain")
@access(P.CLUSTER_READ)
def chain(cluster_id: UUID) -> ResponseReturnValue:
    """The suppliers as a chain leader looks at them."""
    cluster = get_cluster(cluster_id)
    page = present_chain(
        cluster, list_standings(cluster.id), list_places(cluster.id), read_release(cluster.id, Family.SCENES)
    )
    return render_template("cluster_reports/chain.html", page=page, cluster_id=cluster_id)


@blueprint.get("/quality")
@access(P.CLUSTER_READ)
def quality(cluster_id: UUID) -> ResponseReturnValue:
    """Which firms a consultant should visit first, and how well the questions of a dimension go together."""
    cluster = get_cluster(cluster_id)
    page = present_quality(cluster, list_flagged(cluster.id), read_levels(cluster.id))
    return render_template("cluster_reports/quality.html", page=page, cluster_id=cluster_id)
