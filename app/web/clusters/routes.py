"""Pages of coordinators, and of firms that join or leave a cluster."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import access
from app.access.policy import Permission as P
from app.access.policy import roles_with
from app.access.roles import Role
from app.errors import NotFoundError
from app.extensions import limiter
from app.i18n import gettext as _
from app.queries.clusters import (
    count_members,
    find_cluster_by_code,
    get_cluster,
    list_clusters,
    list_coordinators,
    read_picture,
)
from app.queries.firms import get_firm, list_own_memberships
from app.queries.programmes import find_latest_programme, list_solutions
from app.services import clusters
from app.web.clusters import forms
from app.web.clusters.joining import present_invited, present_letter
from app.web.clusters.presenters import present_choices, present_cluster
from app.web.clusters.wording import cluster_facts, cluster_name
from app.web.forms import EmptyForm

blueprint = Blueprint("clusters", __name__)


@blueprint.get("/clusters")
@access(P.CLUSTER_READ)
def index() -> ResponseReturnValue:
    """The own cluster; with several of them a choice."""
    found = list_clusters()
    if len(found) == 1:
        return redirect(url_for(".show", cluster_id=found[0].id))
    page = present_choices(found, count_members([c.id for c in found]))
    return render_template("clusters/index.html", clusters=page)


@blueprint.get("/clusters/<uuid:cluster_id>")
@access(P.CLUSTER_READ)
def show(cluster_id: UUID) -> ResponseReturnValue:
    """How the cluster stands: firms by name, the others as a number."""
    cluster = get_cluster(cluster_id)
    programme = find_latest_programme(cluster_id)
    solutions = list_solutions(programme) if programme else {}
    page = present_cluster(cluster, read_picture(cluster.id), programme, solutions)
    return render_template("clusters/show.html", page=page, cluster_id=cluster_id)


@blueprint.get("/clusters/<uuid:cluster_id>/letter")
@access(P.CLUSTER_READ)
def letter(cluster_id: UUID) -> ResponseReturnValue:
    """A letter to print that invites firms to join."""
    cluster = get_cluster(cluster_id)
    page = present_letter(cluster, list_coordinators([cluster.id]).get(cluster.id, ()))
    return render_template("clusters/letter.html", page=page)


@blueprint.route("/join", methods=["GET", "POST"])
@limiter.limit("10/minute;40/hour", methods=["POST"])
@access(P.PUBLIC)
def enter_code() -> ResponseReturnValue:
    """Type the code of a cluster."""
    form = forms.CodeForm()
    if form.validate_on_submit():
        cluster = find_cluster_by_code(form.code.data)
        if cluster is not None:
            return redirect(url_for(".invited", code=cluster.code), 303)
        form.code.errors = [_("No cluster has this code. Compare it with the letter.")]
    return render_template("clusters/enter_code.html", form=form), 422 if form.errors else 200


@blueprint.get("/join/<code>")
@limiter.limit("20/minute;80/hour")
@access(P.PUBLIC)
def invited(code: str) -> ResponseReturnValue:
    """Which cluster this is, and the way in: with a firm, without one, without an account."""
    cluster = find_cluster_by_code(code)
    if cluster is None:
        raise NotFoundError
    may_join = roles_with(P.CLUSTER_JOIN)
    signed_in = bool(current_user.is_authenticated)
    memberships = [m for m in list_own_memberships() if Role(m.role) in may_join] if signed_in else []
    page = present_invited(
        cluster,
        list_coordinators([cluster.id]).get(cluster.id, ()),
        memberships,
        signed_in=signed_in,
        path=quote(request.path),
    )
    return render_template("clusters/invited.html", page=page)


@blueprint.route("/firms/<uuid:firm_id>/join/<code>", methods=["GET", "POST"])
@limiter.limit("20/minute;80/hour")
@access(P.CLUSTER_JOIN)
def join(firm_id: UUID, code: str) -> ResponseReturnValue:
    """Join, with the choice of what the coordinators may see."""
    firm = get_firm(firm_id)
    cluster = find_cluster_by_code(code)
    if cluster is None:
        raise NotFoundError
    form = forms.JoinForm()
    if form.validate_on_submit():
        opened = session.pop("invitee", [])
        invitee_id = UUID(opened[1]) if opened and opened[0] == str(cluster.id) else None
        clusters.join_cluster(firm.id, cluster.code, named=form.named.data == "yes", invitee_id=invitee_id)
        flash(_("%(firm)s now belongs to %(cluster)s.", firm=firm.name, cluster=cluster_name(cluster)), "ok")
        return redirect(url_for("consents.index", firm_id=firm.id), 303)
    page = render_template(
        "clusters/join.html",
        form=form,
        firm_name=firm.name,
        cluster=cluster_name(cluster),
        facts=cluster_facts(cluster),
        back_url=url_for("firms.show", firm_id=firm.id),
    )
    return page, 422 if form.errors else 200


@blueprint.post("/firms/<uuid:firm_id>/clusters/<uuid:cluster_id>/leave")
@access(P.CLUSTER_JOIN)
def leave(firm_id: UUID, cluster_id: UUID) -> ResponseReturnValue:
    """Leave a cluster; its coordinators see nothing more."""
    if EmptyForm().validate_on_submit():
        clusters.leave_cluster(firm_id, cluster_id)
        flash(_("Your firm has left the cluster. Its coordinators see nothing more."), "ok")
    return redirect(url_for("consents.index", firm_id=firm_id), 303)
