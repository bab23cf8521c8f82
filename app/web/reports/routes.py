"""Order, watch and fetch a report; check a printed one by its code."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import access
from app.access.policy import Permission as P
from app.errors import InputError
from app.extensions import limiter
from app.models.results import Basis
from app.queries.jobs import find_latest_job
from app.queries.reports import ReportFile, find_printed_report, get_report, get_report_file
from app.queries.results import find_verified_result
from app.services.links import absolute_url
from app.services.reports import BUILD, plain_code, request_report
from app.web.downloads import send_stored
from app.web.reports.forms import CodeForm, OrderForm, read_typed
from app.web.reports.presenters import present_progress, present_report, present_verified

blueprint = Blueprint("reports", __name__)

PDF = "application/pdf"


@blueprint.post("/assessments/<uuid:assessment_id>/reports")
@limiter.limit("30/hour")
@access(P.REPORT_CREATE)
def create(assessment_id: UUID) -> ResponseReturnValue:
    """Order the report in one language; an existing one is used again."""
    form = OrderForm()
    if not form.validate_on_submit():
        raise InputError
    report = request_report(assessment_id, form.locale.data, Basis(form.basis.data) if form.basis.data else None)
    return redirect(url_for(".show", report_id=report.id), 303)


@blueprint.get("/reports/<uuid:report_id>")
@access(P.REPORT_DOWNLOAD)
def show(report_id: UUID) -> ResponseReturnValue:
    """How far the report is; once it is ready, the file."""
    report = get_report(report_id)
    verified = find_verified_result(report.assessment_id)
    page = present_report(report, find_latest_job(BUILD, report_id), verified)
    return render_template("reports/show.html", page=page)


@blueprint.get("/reports/<uuid:report_id>/state")
@access(P.REPORT_DOWNLOAD)
def state(report_id: UUID) -> ResponseReturnValue:
    """The same as JSON, for the script of the page."""
    progress = present_progress(get_report(report_id), find_latest_job(BUILD, report_id))
    return {"state": progress.state, "percent": progress.percent, "text": progress.text}


@blueprint.get("/reports/<uuid:report_id>/file")
@access(P.REPORT_DOWNLOAD)
def view(report_id: UUID) -> ResponseReturnValue:
    """The file, opened in the browser."""
    return _file(get_report_file(report_id), inline=True)


@blueprint.get("/reports/<uuid:report_id>/download")
@access(P.REPORT_DOWNLOAD)
def download(report_id: UUID) -> ResponseReturnValue:
    """The file, to keep."""
    return _file(get_report_file(report_id), inline=False)


def _file(report: ReportFile, *, inline: bool) -> Response:
    return send_stored(report.key, report.name, PDF, plain=f"report-{report.locale}", inline=inline)


@blueprint.get("/verify")
@limiter.limit("60/minute")
@access(P.PUBLIC)
def verify_form() -> ResponseReturnValue:
    """Enter a code."""
    form = CodeForm(request.args)
    if "code" in request.args and form.validate():
        code, host = read_typed(form.code.data)
        if host and host not in (request.host, urlsplit(absolute_url("home.index")).netloc):
            page = present_verified(form.code.data, None, elsewhere=host)
            return render_template("reports/verify.html", page=page), 404
        return redirect(url_for(".verify", code=plain_code(code) or "-"), 303)
    return render_template("reports/verify_form.html", form=form)


@blueprint.get("/verify/<code>")
@limiter.limit("20/minute;200/day")
@access(P.PUBLIC)
def verify(code: str) -> ResponseReturnValue:
    """Is the report with this code genuine? Says what is printed on it, and whether a digest is that of its file."""
    page = present_verified(code[:40], find_printed_report(plain_code(code)), digest=request.args.get("sha256"))
    return render_template("reports/verify.html", page=page), 200 if page.cells else 404
