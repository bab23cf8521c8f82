"""Order, watch, read and print joint programmes."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from app.access.guard import access
from app.access.policy import Permission as P
from app.errors import InputError, NotFoundError
from app.extensions import limiter
from app.i18n import gettext as _
from app.models.clusters import Cluster
from app.models.programmes import ProgrammeState
from app.queries.clusters import get_cluster, list_coordinators
from app.queries.jobs import find_latest_job
from app.queries.programmes import get_programme, list_programmes, list_shown_firms
from app.services import audit
from app.services.programmes import COMPUTE, remove_programme, request_programme
from app.services.spreadsheets import CHINA, write_workbook
from app.web.clusters.wording import cluster_name
from app.web.downloads import send_bytes
from app.web.forms import EmptyForm
from app.web.names import sector_name
from app.web.programmes.forms import ProgrammeForm
from app.web.programmes.heads import present_head, present_past, present_progress
from app.web.programmes.papers import present_brief, present_letters
from app.web.programmes.presenters import present_page
from app.web.programmes.reading import Reading, read
from app.web.programmes.sheets import sheets

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_BOXES = 300  # firms that can be ticked one by one

blueprint = Blueprint("programmes", __name__)


@blueprint.route("/clusters/<uuid:cluster_id>/programmes", methods=["GET"])
@access(P.CLUSTER_READ)
def index(cluster_id: UUID) -> ResponseReturnValue:
    """What was worked out, and the form to ask for more."""
    cluster = get_cluster(cluster_id)
    return _index(cluster, _form(cluster))


@blueprint.post("/clusters/<uuid:cluster_id>/programmes")
@limiter.limit("10/minute;60/hour")
@access(P.CLUSTER_UPDATE)
def create(cluster_id: UUID) -> ResponseReturnValue:
    """Order one."""
    cluster = get_cluster(cluster_id)
    form = _form(cluster)
    if form.validate_on_submit():
        try:
            programme = request_programme(
                cluster.id,
                target=int(form.target.data) or None,
                budget=form.budget.data,
                everybody=form.who.data == "all",
                sector=form.sector.data,
                town=form.town.data,
                firms=[UUID(i) for i in form.firms.data or ()],
                alone=form.alone.data,
            )
            return redirect(url_for(".show", cluster_id=cluster.id, programme_id=programme.id), 303)
        except InputError as error:
            form.show(error)
    return _index(cluster, form), 422


def _form(cluster: Cluster) -> ProgrammeForm:
    form = ProgrammeForm()
    firms = sorted(list_shown_firms(cluster.id).values(), key=lambda f: (f.name.casefold(), str(f.id)))
    form.sector.choices = _choices({f.sector: sector_name(f.sector) for f in firms})
    form.town.choices = _choices({f.town: f.town for f in firms if f.town})
    form.firms.choices = [SelectChoice(str(f.id), f.name) for f in firms] if len(firms) <= MOST_BOXES else []
    return form


def _choices(known: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice("", _("All")), *(SelectChoice(value, known[value]) for value in sorted(known))]


def _index(cluster: Cluster, form: ProgrammeForm) -> str:
    past = present_past(list_programmes(cluster.id))
    return render_template("programmes/index.html", head=present_head(cluster), form=form, past=past)


@blueprint.get("/clusters/<uuid:cluster_id>/programmes/<uuid:programme_id>")
@access(P.CLUSTER_READ)
def show(cluster_id: UUID, programme_id: UUID) -> ResponseReturnValue:
    """How far it is; once it is ready, the result."""
    cluster = get_cluster(cluster_id)
    programme = get_programme(programme_id, cluster_id)
    reading = read(programme, list_shown_firms(cluster.id)) if programme.state == ProgrammeState.READY else None
    page = present_page(
        cluster,
        programme,
        find_latest_job(COMPUTE, programme_id),
        reading,
        request.args.get("solution", ""),
        request.args.get("page", 1, type=int),
    )
    return render_template("programmes/show.html", page=page, form=EmptyForm())


@blueprint.get("/clusters/<uuid:cluster_id>/programmes/<uuid:programme_id>/state")
@access(P.CLUSTER_READ)
def state(cluster_id: UUID, programme_id: UUID) -> ResponseReturnValue:
    """The same as JSON, for the script of the page."""
    get_cluster(cluster_id)
    progress = present_progress(get_programme(programme_id, cluster_id), find_latest_job(COMPUTE, programme_id))
    return {"state": progress.state, "percent": progress.percent, "text": progress.text}


@blueprint.get("/clusters/<uuid:cluster_id>/programmes/<uuid:programme_id>/letters")
@access(P.CLUSTER_READ)
def letters(cluster_id: UUID, programme_id: UUID) -> ResponseReturnValue:
    """Letters to print, to the firms concerned that show their name."""
    cluster, reading = _ready(cluster_id, programme_id)
    page = present_letters(
        cluster,
        list_coordinators([cluster.id]).get(cluster.id, ()),
        reading,
        request.args.get("firm", ""),
        request.args.get("page", 1, type=int),
    )
    if not page.letters:
        raise NotFoundError
    return render_template("programmes/letters.html", page=page)


@blueprint.get("/clusters/<uuid:cluster_id>/programmes/<uuid:programme_id>/brief")
@access(P.CLUSTER_READ)
def brief(cluster_id: UUID, programme_id: UUID) -> ResponseReturnValue:
    """The demand without names, for suppliers."""
    cluster, reading = _ready(cluster_id, programme_id)
    page = present_brief(cluster, list_coordinators([cluster.id]).get(cluster.id, ()), reading)
    return render_template("programmes/brief.html", page=page)


@blueprint.post("/clusters/<uuid:cluster_id>/programmes/<uuid:programme_id>/programme.xlsx")
@limiter.limit("20/minute;100/hour")
@access(P.CLUSTER_EXPORT)
def export(cluster_id: UUID, programme_id: UUID) -> ResponseReturnValue:
    """The result as a workbook; that it was taken is recorded."""
    cluster, reading = _ready(cluster_id, programme_id)
    data = write_workbook(sheets(cluster, reading))
    audit.record("programme:export", cluster.id, programme=str(programme_id), firms=len(reading.plans))
    at = (reading.programme.ready_at or reading.programme.created_at).astimezone(CHINA)
    name = f"{cluster_name(cluster)} {_('joint programmes')} {at:%Y-%m-%d}.xlsx"
    return send_bytes(data, name, XLSX, plain="joint-programmes")


@blueprint.post("/clusters/<uuid:cluster_id>/programmes/<uuid:programme_id>/remove")
@access(P.CLUSTER_UPDATE)
def remove(cluster_id: UUID, programme_id: UUID) -> ResponseReturnValue:
    """Throw a computation away."""
    get_cluster(cluster_id)
    if EmptyForm().validate_on_submit():
        remove_programme(cluster_id, programme_id)
        flash(_("The computation is deleted."), "ok")
    return redirect(url_for(".index", cluster_id=cluster_id), 303)


def _ready(cluster_id: UUID, programme_id: UUID) -> tuple[Cluster, Reading]:
    cluster = get_cluster(cluster_id)
    programme = get_programme(programme_id, cluster_id)
    if programme.state != ProgrammeState.READY:
        raise NotFoundError
    return cluster, read(programme, list_shown_firms(cluster.id))
