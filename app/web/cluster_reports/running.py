"""Pages on who runs a cluster; added to the blueprint of the reports."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import access
from app.access.policy import Permission as P
from app.access.scope import current_scope
from app.errors import ForbiddenError, InputError
from app.extensions import limiter
from app.i18n import gettext as _
from app.models.base import now
from app.queries.audit import count_cluster_events, list_cluster_events
from app.queries.clusters import get_cluster, list_coordinators
from app.services import coordinators
from app.services.spreadsheets import CHINA
from app.web.cluster_reports import forms
from app.web.cluster_reports.routes import blueprint
from app.web.cluster_reports.settings import present_log, present_settings
from app.web.forms import EmptyForm, StrictForm

__all__ = ["blueprint"]

MOST_PAGES = 100_000


@blueprint.get("/settings")
@access(P.CLUSTER_READ)
def settings(cluster_id: UUID) -> ResponseReturnValue:
    """Who looks after what, deputies, handing over."""
    return _page(cluster_id)


@blueprint.post("/settings/colleagues")
@limiter.limit("20/hour")
@access(P.CLUSTER_UPDATE)
def add_colleague(cluster_id: UUID) -> ResponseReturnValue:
    """One more coordinator."""
    form = forms.ColleagueForm()
    towns = forms.split_towns(form.towns.data)
    return _change(
        cluster_id,
        "colleague",
        form,
        lambda: coordinators.add_colleague(cluster_id, form.login.data, towns),
        _("Done. This person coordinates the cluster from now on."),
    )


@blueprint.post("/settings/deputies")
@limiter.limit("20/hour")
@access(P.CLUSTER_UPDATE)
def add_deputy(cluster_id: UUID) -> ResponseReturnValue:
    """Somebody who stands in for some days."""
    form = forms.DeputyForm()
    return _change(
        cluster_id,
        "deputy",
        form,
        lambda: coordinators.add_deputy(cluster_id, form.deputy.data, form.from_on.data, form.until_on.data),
        _("Done. This person sees the cluster in these days, and not outside them."),
    )


@blueprint.post("/settings/hand-over")
@limiter.limit("10/hour")
@access(P.CLUSTER_UPDATE)
def hand_over(cluster_id: UUID) -> ResponseReturnValue:
    """Pass the own place on."""
    form = forms.HandOverForm()
    return _change(
        cluster_id,
        "over",
        form,
        lambda: coordinators.hand_over(cluster_id, form.successor.data),
        _("The cluster is handed over. You see nothing of it any more."),
        url_for("clusters.index"),
    )


@blueprint.post("/settings/coordinators/<uuid:coordinator_id>/share")
@access(P.CLUSTER_UPDATE)
def set_share(cluster_id: UUID, coordinator_id: UUID) -> ResponseReturnValue:
    """What somebody looks after."""
    form = forms.ShareForm()
    if not form.validate_on_submit():
        raise InputError
    towns = forms.split_towns(form.towns.data)
    try:
        coordinators.set_share(cluster_id, coordinator_id, towns)
    except InputError as error:
        flash(_(error.message), "clash")
    else:
        flash(_("Saved."), "ok")
    return redirect(url_for(".settings", cluster_id=cluster_id), 303)


@blueprint.post("/settings/coordinators/<uuid:coordinator_id>/remove")
@access(P.CLUSTER_UPDATE)
def remove(cluster_id: UUID, coordinator_id: UUID) -> ResponseReturnValue:
    """End somebody's coordination."""
    if not EmptyForm().validate_on_submit():
        raise InputError
    try:
        coordinators.remove(cluster_id, coordinator_id)
    except ForbiddenError as error:
        flash(_(error.message), "clash")
    else:
        flash(_("Done. From now on this person sees nothing of the cluster."), "ok")
    return redirect(url_for(".settings", cluster_id=cluster_id), 303)


@blueprint.get("/log")
@access(P.CLUSTER_READ)
def log(cluster_id: UUID) -> ResponseReturnValue:
    """What was done in the cluster, by page."""
    cluster = get_cluster(cluster_id)
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    rows = present_log(cluster, list_cluster_events(cluster.id, page), page, count_cluster_events(cluster.id))
    return render_template("cluster_reports/log.html", page=rows, cluster_id=cluster_id)


def _change(
    cluster_id: UUID, which: str, form: StrictForm, change: Callable[[], object], done: str, then: str = ""
) -> ResponseReturnValue:
    if form.validate_on_submit():
        try:
            change()
        except InputError as error:
            form.show(error)
        else:
            flash(done, "ok")
            return redirect(then or url_for(".settings", cluster_id=cluster_id), 303)
    return _page(cluster_id, **{which: form})


def _page(cluster_id: UUID, **filled: StrictForm) -> ResponseReturnValue:
    cluster = get_cluster(cluster_id)
    page = present_settings(
        cluster,
        list_coordinators([cluster.id]).get(cluster.id, ()),
        current_scope().user_id,
        now().astimezone(CHINA).date(),
        may_change=coordinators.is_in_charge(cluster.id),
    )
    used: dict[str, StrictForm] = {
        "colleague": forms.ColleagueForm(formdata=None),
        "deputy": forms.DeputyForm(formdata=None),
        "over": forms.HandOverForm(formdata=None),
        **filled,
    }
    shown = render_template("cluster_reports/settings.html", page=page, cluster_id=cluster_id, **used)
    return shown, 422 if any(form.errors for form in filled.values()) else 200
