"""Pages of the coordinator's list, and of the firms that come by their personal link."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import access
from app.access.policy import Permission as P
from app.errors import ConflictError, InputError, NotFoundError
from app.extensions import limiter
from app.files import get_file
from app.i18n import gettext as _
from app.i18n import language_code
from app.models.base import now
from app.models.jobs import Job, JobState
from app.queries.campaigns import current_campaign, list_campaigns
from app.queries.clusters import get_cluster
from app.queries.imports import list_open_imports
from app.queries.invitees import find_member, get_invitee, list_messages, read_roster
from app.queries.jobs import get_job
from app.services import audit, imports, invitees
from app.services.grids import MOST_BYTES, UnreadableError
from app.services.jobs import request_job
from app.services.roster_sheets import marked_sheets, roster_sheet, template_sheets
from app.services.roster_table import choose, read_wish
from app.services.rosters import read_roster as read_file
from app.services.spreadsheets import CHINA, write_workbook
from app.transaction import pause_writing
from app.web.clusters.wording import cluster_name
from app.web.downloads import send_bytes
from app.web.forms import EmptyForm
from app.web.members import forms
from app.web.members.invitation import present_invitation
from app.web.members.presenters import present_invitee, present_members
from app.web.members.preview import present_preview
from app.web.members.work import KINDS, present_work, work_state

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
MOST_AT_ONCE = 1000

blueprint = Blueprint("members", __name__)


@blueprint.get("/clusters/<uuid:cluster_id>/members")
@access(P.CLUSTER_READ)
def index(cluster_id: UUID) -> ResponseReturnValue:
    """All firms of the cluster, and what holds them up."""
    cluster = get_cluster(cluster_id)
    campaign = current_campaign(list_campaigns(cluster.id), now().astimezone(CHINA).date())
    picture = read_roster(cluster.id, campaign)
    page = present_members(cluster, campaign, picture, read_wish(request.args), list_open_imports(cluster.id))
    return render_template("members/index.html", page=page)


@blueprint.route("/clusters/<uuid:cluster_id>/members/new", methods=["GET", "POST"])
@access(P.CLUSTER_UPDATE)
def create(cluster_id: UUID) -> ResponseReturnValue:
    """Enter one firm."""
    cluster = get_cluster(cluster_id)
    form = forms.InviteeForm(sector=cluster.sector or "")
    if form.validate_on_submit() and (values := form.read()) is not None:
        try:
            invitee = invitees.add_invitee(cluster.id, values)
        except InputError as error:
            form.show(error)
        else:
            flash(_("%(firm)s is on the list.", firm=invitee.name), "ok")
            return redirect(url_for(".show", cluster_id=cluster.id, invitee_id=invitee.id), 303)
    page = render_template("members/create.html", form=form, cluster_id=cluster.id, cluster=cluster_name(cluster))
    return page, 422 if form.errors else 200


@blueprint.route("/clusters/<uuid:cluster_id>/members/<uuid:invitee_id>", methods=["GET", "POST"])
@access(P.CLUSTER_UPDATE)
def show(cluster_id: UUID, invitee_id: UUID) -> ResponseReturnValue:
    """One firm: its particulars to change, its personal link, what was sent to it."""
    cluster = get_cluster(cluster_id)
    invitee = get_invitee(cluster.id, invitee_id)
    form = forms.InviteeForm(invitee)
    if form.validate_on_submit() and (values := form.read()) is not None:
        try:
            invitees.update_invitee(cluster.id, invitee.id, values)
        except InputError as error:
            form.show(error)
        else:
            flash(_("Saved."), "ok")
            return redirect(url_for(".show", cluster_id=cluster.id, invitee_id=invitee.id), 303)
    member = find_member(invitee.id)
    page = present_invitee(cluster, invitee, member.joined_at if member else None, list_messages(invitee.id))
    return render_template("members/show.html", form=form, page=page), 422 if form.errors else 200


@blueprint.post("/clusters/<uuid:cluster_id>/members/<uuid:invitee_id>/remove")
@access(P.CLUSTER_UPDATE)
def remove(cluster_id: UUID, invitee_id: UUID) -> ResponseReturnValue:
    """Take a firm off the list."""
    if EmptyForm().validate_on_submit():
        invitees.remove_invitee(cluster_id, invitee_id)
        flash(_("The firm is off the list. If it has joined, it stays a member until it leaves."), "ok")
    return redirect(url_for(".index", cluster_id=cluster_id), 303)


@blueprint.post("/clusters/<uuid:cluster_id>/members/<uuid:invitee_id>/bounce")
@access(P.CLUSTER_UPDATE)
def bounce(cluster_id: UUID, invitee_id: UUID) -> ResponseReturnValue:
    """Mark that mail came back, or that the address is right after all."""
    if EmptyForm().validate_on_submit():
        invitee = get_invitee(get_cluster(cluster_id).id, invitee_id)
        invitees.mark_bounced(cluster_id, invitee_id, bounced=invitee.bounced_at is None)
        flash(_("Saved."), "ok")
    return redirect(url_for(".show", cluster_id=cluster_id, invitee_id=invitee_id), 303)


@blueprint.post("/clusters/<uuid:cluster_id>/members/<uuid:invitee_id>/link")
@access(P.CLUSTER_UPDATE)
def renew(cluster_id: UUID, invitee_id: UUID) -> ResponseReturnValue:
    """Make a new personal link."""
    if EmptyForm().validate_on_submit():
        invitees.renew_link(cluster_id, invitee_id)
        flash(_("This firm has a new link; the old one no longer works."), "ok")
    return redirect(url_for(".show", cluster_id=cluster_id, invitee_id=invitee_id), 303)


@blueprint.post("/clusters/<uuid:cluster_id>/members.xlsx")
@limiter.limit("20/minute;100/hour")
@access(P.CLUSTER_EXPORT)
def export(cluster_id: UUID) -> ResponseReturnValue:
    """The list as a workbook; a long one is made in the background."""
    cluster = get_cluster(cluster_id)
    name = f"{cluster_name(cluster)} {now().astimezone(CHINA):%Y-%m-%d}.xlsx"
    campaign = current_campaign(list_campaigns(cluster.id), now().astimezone(CHINA).date())
    entries = choose(read_roster(cluster.id, campaign).entries, read_wish(request.args))
    audit.record("cluster:export_members", cluster.id, firms=len(entries))
    if len(entries) > MOST_AT_ONCE:
        wish = {key: value for key, value in read_wish(request.args).values(page="").items() if value}
        job = request_job("invitees.export", cluster.id, locale=language_code(), name=name, wish=wish)
        return redirect(url_for(".work", cluster_id=cluster.id, job_id=job.id), 303)
    return send_bytes(write_workbook(roster_sheet(entries)), name, XLSX)


# ---- import


@blueprint.get("/clusters/<uuid:cluster_id>/members/template.xlsx")
@access(P.CLUSTER_UPDATE)
def template(cluster_id: UUID) -> ResponseReturnValue:
    """An empty list to fill in."""
    get_cluster(cluster_id)
    return send_bytes(write_workbook(template_sheets()), _("List of firms") + ".xlsx", XLSX)


@blueprint.route("/clusters/<uuid:cluster_id>/import", methods=["GET", "POST"])
@limiter.limit("10/minute;100/hour", methods=["POST"])
@access(P.CLUSTER_UPDATE)
def upload(cluster_id: UUID) -> ResponseReturnValue:
    """Hand in a list; nothing is written yet."""
    cluster = get_cluster(cluster_id)
    shown = cluster_name(cluster)
    form = forms.UploadForm()
    if form.validate_on_submit():
        data = form.file.data.stream.read(MOST_BYTES + 1)
        pause_writing()  # reading a list takes a while
        try:
            row = imports.upload(cluster_id, form.file.data.filename or "", read_file(data))
        except UnreadableError as error:
            form.file.errors = [_(error.message)]
        else:
            return redirect(url_for(".preview", cluster_id=cluster_id, import_id=row.id), 303)
    page = render_template("members/upload.html", form=form, cluster_id=cluster_id, cluster=shown)
    return page, 422 if form.errors else 200


@blueprint.get("/clusters/<uuid:cluster_id>/import/<uuid:import_id>")
@access(P.CLUSTER_UPDATE)
def preview(cluster_id: UUID, import_id: UUID) -> ResponseReturnValue:
    """What taking in the list will do."""
    cluster = get_cluster(cluster_id)
    row, plan = imports.read_plan(cluster.id, import_id)
    return render_template("members/preview.html", page=present_preview(cluster, row, plan))


@blueprint.post("/clusters/<uuid:cluster_id>/import/<uuid:import_id>")
@access(P.CLUSTER_UPDATE)
def confirm(cluster_id: UUID, import_id: UUID) -> ResponseReturnValue:
    """Take in the list as the preview showed it."""
    form = forms.ConfirmForm()
    if not form.validate_on_submit():
        raise InputError
    same = {int(value) for value in form.same.data or () if value.isascii() and value.isdigit()}
    try:
        counts = imports.apply(cluster_id, import_id, form.digest.data, same)
    except (ConflictError, InputError) as error:
        flash(_(error.message), "clash")
        return redirect(url_for(".preview", cluster_id=cluster_id, import_id=import_id), 303)
    flash(_("Taken in: %(new)s new, %(updated)s changed.", new=counts["new"], updated=counts["updated"]), "ok")
    return redirect(url_for(".index", cluster_id=cluster_id), 303)


@blueprint.post("/clusters/<uuid:cluster_id>/import/<uuid:import_id>/give-up")
@access(P.CLUSTER_UPDATE)
def give_up(cluster_id: UUID, import_id: UUID) -> ResponseReturnValue:
    """Forget a list that was handed in."""
    if EmptyForm().validate_on_submit():
        imports.give_up(cluster_id, import_id)
        flash(_("The file is forgotten; the list is as it was."), "ok")
    return redirect(url_for(".index", cluster_id=cluster_id), 303)


@blueprint.get("/clusters/<uuid:cluster_id>/import/<uuid:import_id>/errors.xlsx")
@access(P.CLUSTER_UPDATE)
def errors(cluster_id: UUID, import_id: UUID) -> ResponseReturnValue:
    """The list as it was handed in, with its mistakes marked."""
    row, plan = imports.read_plan(get_cluster(cluster_id).id, import_id)
    data = write_workbook(marked_sheets(plan.roster, plan.problems))
    return send_bytes(data, f"{row.file_name.rpartition('.')[0] or row.file_name} {_('corrected')}.xlsx", XLSX)


# ---- work in the background


@blueprint.get("/clusters/<uuid:cluster_id>/work/<uuid:job_id>")
@access(P.CLUSTER_READ)
def work(cluster_id: UUID, job_id: UUID) -> ResponseReturnValue:
    """How far a piece of work is; then its file."""
    return render_template("members/work.html", page=present_work(get_cluster(cluster_id), _work(job_id)))


@blueprint.get("/clusters/<uuid:cluster_id>/work/<uuid:job_id>/state")
@access(P.CLUSTER_READ)
def state(cluster_id: UUID, job_id: UUID) -> ResponseReturnValue:
    """The same as JSON, for the script of the page."""
    get_cluster(cluster_id)
    return work_state(_work(job_id))


@blueprint.get("/clusters/<uuid:cluster_id>/work/<uuid:job_id>/file")
@access(P.CLUSTER_EXPORT)
def file(cluster_id: UUID, job_id: UUID) -> ResponseReturnValue:
    """The file that was made."""
    get_cluster(cluster_id)
    job = _work(job_id)
    if job.file_key is None or job.state != JobState.DONE:
        raise NotFoundError
    return send_bytes(get_file(job.file_key), job.file_name, PDF if job.file_name.endswith(".pdf") else XLSX)


def _work(job_id: UUID) -> Job:
    job = get_job(job_id)
    if job.kind not in KINDS:
        raise NotFoundError
    return job


# ---- the firm's side


@blueprint.get("/i/<token>")
@limiter.limit("30/minute;200/hour")
@access(P.PUBLIC)
def invitation(token: str) -> ResponseReturnValue:
    """The invitation of one firm."""
    invitee, cluster = invitees.read_link(invitees.INVITE, token)
    return render_template("members/invitation.html", page=present_invitation(invitee, cluster, token))


@blueprint.post("/i/<token>")
@limiter.limit("30/minute;200/hour")
@access(P.PUBLIC)
def begin(token: str) -> ResponseReturnValue:
    """Begin: the browser remembers which firm of the list this is, until it joins."""
    if not EmptyForm().validate_on_submit():
        raise InputError
    invitee, cluster = invitees.open_link(token)
    session["invitee"] = [str(cluster.id), str(invitee.id)]
    return redirect(url_for("clusters.invited", code=cluster.code), 303)


@blueprint.route("/no-mails/<token>", methods=["GET", "POST"])
@limiter.limit("30/minute;200/hour")
@access(P.PUBLIC)
def unsubscribe(token: str) -> ResponseReturnValue:
    """No more mails from this cluster, by one button; the same page takes it back."""
    invitee, cluster = invitees.read_link(invitees.UNSUBSCRIBE, token)
    off = invitee.unsubscribed_at is not None
    if EmptyForm().validate_on_submit():
        invitees.unsubscribe(token, wanted=not off)
        return redirect(url_for(".unsubscribe", token=token), 303)
    return render_template("members/unsubscribe.html", cluster=cluster_name(cluster), firm=invitee.name, off=off)
