"""Background jobs: look, call off, start again."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import access
from app.access.policy import Permission as P
from app.i18n import gettext as _
from app.queries.jobs import get_job, list_jobs
from app.services.jobs import cancel_job, retry_job
from app.web.forms import EmptyForm
from app.web.jobs.presenters import present_jobs

blueprint = Blueprint("jobs", __name__, url_prefix="/admin/jobs")


@blueprint.get("")
@access(P.SYSTEM_READ)
def index() -> ResponseReturnValue:
    """Background jobs with their state and errors."""
    return render_template("jobs/index.html", rows=present_jobs(list_jobs()))


@blueprint.post("/<uuid:job_id>/cancel")
@access(P.JOB_MANAGE)
def cancel(job_id: UUID) -> ResponseReturnValue:
    """Call a job off."""
    if EmptyForm().validate_on_submit():
        cancel_job(get_job(job_id))
        flash(_("Called off. What is running stops within a few seconds."), "ok")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<uuid:job_id>/retry")
@access(P.JOB_MANAGE)
def retry(job_id: UUID) -> ResponseReturnValue:
    """Start a job again."""
    if EmptyForm().validate_on_submit():
        retry_job(job_id)
        flash(_("It is started again."), "ok")
    return redirect(url_for(".index"), 303)
