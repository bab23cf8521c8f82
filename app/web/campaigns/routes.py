"""Pages of the rounds that a coordinator calls."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import access
from app.access.policy import Permission as P
from app.errors import InputError
from app.extensions import limiter
from app.i18n import gettext as _
from app.models.base import now
from app.queries.campaigns import get_campaign, list_campaigns, read_sent
from app.queries.clusters import get_cluster
from app.queries.invitees import read_roster
from app.queries.jobs import find_latest_job
from app.services import campaigns
from app.services.campaigns import CampaignData, LetterChoice, MailKind
from app.services.spreadsheets import CHINA
from app.web.campaigns import forms
from app.web.campaigns.presenters import present_campaign, present_campaigns
from app.web.clusters.wording import cluster_name

blueprint = Blueprint("campaigns", __name__)


@blueprint.get("/clusters/<uuid:cluster_id>/rounds")
@access(P.CLUSTER_READ)
def index(cluster_id: UUID) -> ResponseReturnValue:
    """All rounds of the cluster."""
    cluster = get_cluster(cluster_id)
    rows = present_campaigns(cluster, list_campaigns(cluster.id), _today())
    return render_template("campaigns/index.html", rows=rows, cluster_id=cluster.id, cluster=cluster_name(cluster))


@blueprint.route("/clusters/<uuid:cluster_id>/rounds/new", methods=["GET", "POST"])
@access(P.CLUSTER_UPDATE)
def create(cluster_id: UUID) -> ResponseReturnValue:
    """Call a round."""
    cluster = get_cluster(cluster_id)
    today = _today()
    form = forms.CampaignForm(data={"opens_on": today, "closes_on": today + timedelta(days=30)})
    if form.validate_on_submit():
        try:
            campaign = campaigns.create_campaign(cluster.id, _read(form))
        except InputError as error:
            form.show(error)
        else:
            flash(_("The round is called. Nobody has been written to yet."), "ok")
            return redirect(url_for(".show", cluster_id=cluster.id, campaign_id=campaign.id), 303)
    return _page("campaigns/create.html", form, cluster_id=cluster.id, cluster=cluster_name(cluster))


@blueprint.get("/clusters/<uuid:cluster_id>/rounds/<uuid:campaign_id>")
@access(P.CLUSTER_READ)
def show(cluster_id: UUID, campaign_id: UUID) -> ResponseReturnValue:
    """How far the firms are in this round, and what to send."""
    cluster = get_cluster(cluster_id)
    campaign = get_campaign(cluster.id, campaign_id)
    picture = read_roster(cluster.id, campaign)
    page = present_campaign(cluster, campaign, picture, read_sent(campaign.id), _today())
    job = find_latest_job(campaigns.LETTERS, campaign.id)
    work_url = url_for("members.work", cluster_id=cluster.id, job_id=job.id) if job and job.file_key else ""
    return render_template("campaigns/show.html", page=page, form=forms.LettersForm(formdata=None), work_url=work_url)


@blueprint.route("/clusters/<uuid:cluster_id>/rounds/<uuid:campaign_id>/edit", methods=["GET", "POST"])
@access(P.CLUSTER_UPDATE)
def edit(cluster_id: UUID, campaign_id: UUID) -> ResponseReturnValue:
    """Change days and words."""
    cluster = get_cluster(cluster_id)
    campaign = get_campaign(cluster.id, campaign_id)
    back = url_for(".show", cluster_id=cluster.id, campaign_id=campaign.id)
    form = forms.CampaignForm(obj=campaign)
    if form.validate_on_submit():
        try:
            campaigns.update_campaign(cluster.id, campaign.id, _read(form))
        except InputError as error:
            form.show(error)
        else:
            flash(_("Saved."), "ok")
            return redirect(back, 303)
    return _page(
        "campaigns/edit.html",
        form,
        cluster_id=cluster.id,
        cluster=cluster_name(cluster),
        back=back,
        title=campaign.title,
    )


@blueprint.post("/clusters/<uuid:cluster_id>/rounds/<uuid:campaign_id>/mail")
@limiter.limit("10/minute;60/hour")
@access(P.CLUSTER_UPDATE)
def send(cluster_id: UUID, campaign_id: UUID) -> ResponseReturnValue:
    """Write to everybody who is due."""
    form = forms.MailForm()
    if not form.validate_on_submit():
        raise InputError
    try:
        campaigns.request_mail(cluster_id, campaign_id, MailKind(form.mail.data))
    except InputError as error:
        flash(_(error.message), "clash")
    else:
        flash(_("The mails are on their way; the page shows how many have left when you open it again."), "ok")
    return redirect(url_for(".show", cluster_id=cluster_id, campaign_id=campaign_id), 303)


@blueprint.post("/clusters/<uuid:cluster_id>/rounds/<uuid:campaign_id>/letters")
@limiter.limit("10/minute;60/hour")
@access(P.CLUSTER_UPDATE)
def letters(cluster_id: UUID, campaign_id: UUID) -> ResponseReturnValue:
    """Print letters."""
    form = forms.LettersForm()
    if not form.validate_on_submit():
        raise InputError
    job_id = campaigns.request_letters(cluster_id, campaign_id, LetterChoice(form.choice.data))
    return redirect(url_for("members.work", cluster_id=cluster_id, job_id=job_id), 303)


def _today() -> date:
    return now().astimezone(CHINA).date()


def _read(form: forms.CampaignForm) -> CampaignData:
    return CampaignData(
        title=form.title.data,
        opens_on=form.opens_on.data,
        closes_on=form.closes_on.data,
        text_zh=form.text_zh.data or "",
        text_en=form.text_en.data or "",
    )


def _page(name: str, form: forms.CampaignForm, **values: Any) -> ResponseReturnValue:
    return render_template(name, form=form, **values), 422 if form.errors else 200
