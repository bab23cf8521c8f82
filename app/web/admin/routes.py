"""Pages of the administrator: accounts, clusters, messages, record, readiness."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import access
from app.access.policy import Permission as P
from app.access.roles import Role
from app.errors import ForbiddenError, InputError
from app.extensions import limiter
from app.i18n import gettext as _
from app.models.jobs import JobState
from app.queries.audit import PAGE, count_events, list_events
from app.queries.clusters import count_members, get_cluster, list_clusters, list_coordinators
from app.queries.jobs import count_jobs
from app.queries.messages import list_messages
from app.queries.users import count_users, get_user, list_roles, list_roles_of, list_user_firms, list_users
from app.services import clusters as cluster_service
from app.services import messages as message_service
from app.services import users as user_service
from app.web.admin import forms, presenters
from app.web.forms import EmptyForm, StrictForm
from app.web.health.presenters import check_parts, content_troubles

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

MOST_PAGES = 100_000


@blueprint.get("")
@access(P.SYSTEM_READ)
def index() -> ResponseReturnValue:
    """What there is, and whether all of it works."""
    tiles = presenters.present_tiles(
        count_users(), len(list_clusters()), count_jobs(JobState.FAILED), count_jobs(JobState.QUEUED)
    )
    parts = presenters.present_parts(check_parts(current_app._get_current_object()))  # type: ignore[attr-defined]
    troubles = presenters.present_troubles(content_troubles())
    return render_template("admin/index.html", tiles=tiles, parts=parts, troubles=troubles)


@blueprint.get("/users")
@access(P.USER_MANAGE)
def users() -> ResponseReturnValue:
    """All accounts, or those that match."""
    search = request.args.get("q", "").strip()[:100]
    found = list_users(search)
    ids = [user.id for user in found]
    roles, firms = list_roles_of(ids), list_user_firms(ids)
    rows = [presenters.present_user_row(user, roles[user.id], firms[user.id]) for user in found]
    return render_template("admin/users.html", rows=rows, search=search)


@blueprint.route("/users/new", methods=["GET", "POST"])
@limiter.limit("30/minute;200/hour", methods=["POST"])
@access(P.USER_MANAGE)
def create_user() -> ResponseReturnValue:
    """A new account with a role; its one-time link is shown in the answer to this form."""
    form = forms.NewUserForm()
    if form.validate_on_submit():
        try:
            link = user_service.create_user(form.login.data, role=form.role.data, name=form.name.data or "")
        except InputError as error:
            form.show(error)
        else:
            page = presenters.present_link(form.login.data, link, url_for(".users"))
            return render_template("admin/link.html", page=page)
    return _page("admin/create_user.html", form)


@blueprint.get("/users/<uuid:user_id>")
@access(P.USER_MANAGE)
def user(user_id: UUID) -> ResponseReturnValue:
    """One account."""
    found = get_user(user_id)
    page = presenters.present_user(found, list_roles(found.id), list_user_firms([found.id])[found.id])
    return render_template("admin/user.html", page=page, form=EmptyForm())


@blueprint.post("/users/<uuid:user_id>/roles")
@access(P.USER_MANAGE)
def change_role(user_id: UUID) -> ResponseReturnValue:
    """Give a role or take it away; the account's sessions end."""
    form = forms.RoleForm()
    if form.validate_on_submit():
        change = user_service.give_role if form.choice.data == "give" else user_service.take_role
        done = _("The role is changed; open sessions have ended.")
        _try(lambda: change(get_user(user_id), Role(form.role.data)), done)
    return redirect(url_for(".user", user_id=user_id), 303)


@blueprint.post("/users/<uuid:user_id>/active")
@access(P.USER_MANAGE)
def change_active(user_id: UUID) -> ResponseReturnValue:
    """Close an account, or open it again."""
    form = forms.ActiveForm()
    if form.validate_on_submit():
        is_open = form.choice.data == "open"
        done = _("The account is open again.") if is_open else _("The account is closed; open sessions have ended.")
        _try(lambda: user_service.deactivate_user(get_user(user_id), active=is_open), done)
    return redirect(url_for(".user", user_id=user_id), 303)


@blueprint.post("/users/<uuid:user_id>/link")
@limiter.limit("30/minute;200/hour")
@access(P.USER_MANAGE)
def make_link(user_id: UUID) -> ResponseReturnValue:
    """A one-time link to set a password, shown in the answer."""
    found = get_user(user_id)
    back = url_for(".user", user_id=found.id)
    if not EmptyForm().validate_on_submit():
        return redirect(back, 303)
    link = user_service.print_reset_link(found.login)
    return render_template("admin/link.html", page=presenters.present_link(found.login, link, back))


@blueprint.get("/clusters")
@access(P.CLUSTER_MANAGE)
def clusters() -> ResponseReturnValue:
    """All clusters."""
    found = list_clusters()
    ids = [c.id for c in found]
    rows = presenters.present_clusters(found, count_members(ids), list_coordinators(ids))
    return render_template("admin/clusters.html", rows=rows)


@blueprint.route("/clusters/new", methods=["GET", "POST"])
@access(P.CLUSTER_MANAGE)
def create_cluster() -> ResponseReturnValue:
    """A new cluster."""
    form = forms.ClusterForm()
    if form.validate_on_submit():
        try:
            made = cluster_service.create_cluster(**_cluster_values(form))
        except InputError as error:
            form.show(error)
        else:
            flash(_("The cluster is there. Name somebody who coordinates it."), "ok")
            return redirect(url_for(".cluster", cluster_id=made.id), 303)
    return _page("admin/create_cluster.html", form)


@blueprint.route("/clusters/<uuid:cluster_id>", methods=["GET", "POST"])
@access(P.CLUSTER_MANAGE)
def cluster(cluster_id: UUID) -> ResponseReturnValue:
    """One cluster: what it says about itself, its code, its coordinators."""
    found = get_cluster(cluster_id)
    form = forms.ClusterForm(obj=found)
    if form.validate_on_submit():
        try:
            cluster_service.update_cluster(found.id, **_cluster_values(form))
        except InputError as error:
            form.show(error)
        else:
            flash(_("Saved."), "ok")
            return redirect(url_for(".cluster", cluster_id=found.id), 303)
    return _cluster_page(cluster_id, form, forms.CoordinatorForm(formdata=None))


@blueprint.post("/clusters/<uuid:cluster_id>/coordinators")
@limiter.limit("30/minute;200/hour")
@access(P.CLUSTER_MANAGE)
def add_coordinator(cluster_id: UUID) -> ResponseReturnValue:
    """Let somebody coordinate a cluster."""
    found = get_cluster(cluster_id)
    form = forms.CoordinatorForm()
    if form.validate_on_submit():
        try:
            row = cluster_service.name_coordinator(found, form.coordinator.data)
        except InputError as error:
            form.show(error)
        else:
            flash(_("%(name)s now coordinates this cluster.", name=get_user(row.user_id).display_name), "ok")
            return redirect(url_for(".cluster", cluster_id=found.id), 303)
    return _cluster_page(cluster_id, forms.ClusterForm(formdata=None, obj=found), form)


@blueprint.post("/clusters/<uuid:cluster_id>/coordinators/<uuid:coordinator_id>/remove")
@access(P.CLUSTER_MANAGE)
def remove_coordinator(cluster_id: UUID, coordinator_id: UUID) -> ResponseReturnValue:
    """End somebody's coordination."""
    found = get_cluster(cluster_id)
    if EmptyForm().validate_on_submit():
        cluster_service.remove_coordinator(found.id, coordinator_id)
        flash(_("Done. From now on this person sees nothing of the cluster."), "ok")
    return redirect(url_for(".cluster", cluster_id=found.id), 303)


@blueprint.get("/messages")
@access(P.MESSAGE_READ)
def messages() -> ResponseReturnValue:
    """The outbox: what was sent, or kept here because nothing sends it."""
    return render_template("admin/messages.html", rows=presenters.present_messages(list_messages()))


@blueprint.post("/messages/<uuid:message_id>/bounce")
@access(P.MESSAGE_UPDATE)
def bounce(message_id: UUID) -> ResponseReturnValue:
    """A mail came back: the firm it went to is not written to again at this address."""
    if EmptyForm().validate_on_submit():
        message_service.record_bounce(message_id)
        flash(_("Marked as come back."), "ok")
    return redirect(url_for(".messages"), 303)


@blueprint.get("/record")
@access(P.AUDIT_READ)
def record() -> ResponseReturnValue:
    """Who did what, when; newest first, by page."""
    kind = request.args.get("kind", "").strip()[:64]
    total = count_events(kind=kind)
    asked = request.args.get("page", 1, type=int)
    page = min(max(asked, 1), max(1, -(-total // PAGE)), MOST_PAGES)
    rows = presenters.present_events(list_events(page, kind=kind))
    return render_template("admin/record.html", rows=rows, pages=presenters.present_pages(page, total, kind), kind=kind)


def _cluster_page(
    cluster_id: UUID, form: forms.ClusterForm, coordinator_form: forms.CoordinatorForm
) -> ResponseReturnValue:
    found = get_cluster(cluster_id)
    coordinators = list_coordinators([found.id]).get(found.id, ())
    page = render_template(
        "admin/cluster.html",
        form=form,
        coordinator_form=coordinator_form,
        row=presenters.present_clusters([found], count_members([found.id]), {found.id: coordinators})[0],
        coordinators=presenters.present_coordinators(coordinators),
        add_url=url_for(".add_coordinator", cluster_id=found.id),
    )
    return page, 422 if form.errors or coordinator_form.errors else 200


def _cluster_values(form: forms.ClusterForm) -> dict[str, str]:
    return {name: getattr(form, name).data or "" for name in ("name", "name_en", "town", "sector")}


def _try(change: Callable[[], object], done: str) -> None:
    try:
        change()
    except ForbiddenError as error:
        flash(_(error.message), "clash")
    else:
        flash(done, "ok")


def _page(template: str, form: StrictForm, **values: object) -> ResponseReturnValue:
    """Render a form page; a form that came back with errors has status 422."""
    return render_template(template, form=form, **values), 422 if form.errors else 200
