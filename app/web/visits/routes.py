"""The visit sheet of a submitted round: what to look at first, what was found, photos; for the consultant alone."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, generate_csrf

from app.access.guard import access
from app.access.policy import Permission as P
from app.errors import (
    N_,
    BadAnswerError,
    ConflictError,
    DomainError,
    InputError,
    LockedError,
    NotFoundError,
    SignInRequired,
    StaleAnswerError,
    TooLargeError,
    error_row,
)
from app.i18n import gettext as _
from app.models.verifications import FindingFile
from app.queries.assessments import Round, get_round, list_files
from app.queries.verifications import find_open_verification, find_verified, list_round_files
from app.services import findings
from app.services.uploads import MAX_BYTES
from app.services.verifications import begin
from app.web.assessments.again import keep_what_was_sent
from app.web.assessments.forms import read_kept
from app.web.assessments.words import problem_text
from app.web.errors import wants_json
from app.web.visits import forms
from app.web.visits.cards import present_conflict, present_file, present_states
from app.web.visits.paper import present_sheet
from app.web.visits.presenters import Visit, present_day_problem, present_saved, present_visit

blueprint = Blueprint("visits", __name__)
MAX_FORM = 64 * 1024 * 1024
"""A form may carry photos as a phone takes them: each is judged for itself, and what was typed beside it is kept."""


@blueprint.url_value_preprocessor
def _allow_photos(endpoint: str | None, _values: object) -> None:
    if endpoint in ("visits.save", "visits.add_file"):
        request.max_content_length = MAX_FORM


@blueprint.get("/assessments/<uuid:assessment_id>/visit")
@access(P.VERIFICATION_WRITE)
def show(assessment_id: UUID) -> ResponseReturnValue:
    """The sheet: what decides the next gate first."""
    round_ = get_round(assessment_id)
    if round_.assessment.is_draft:
        flash(_("This round is not submitted yet. There is nothing to verify."), "info")
        return redirect(url_for("assessments.show", assessment_id=assessment_id))
    return render_template("visits/show.html", page=present_visit(_visit(round_)))


@blueprint.get("/assessments/<uuid:assessment_id>/visit/print")
@access(P.VERIFICATION_WRITE)
def sheet(assessment_id: UUID) -> ResponseReturnValue:
    """The same list for paper: boxes to tick and room to write."""
    round_ = get_round(assessment_id)
    if round_.assessment.is_draft:
        raise NotFoundError
    return render_template("visits/print.html", page=present_sheet(_visit(round_)))


def _visit(round_: Round) -> Visit:
    verification = find_open_verification(round_.id)
    settled = None if verification else find_verified(round_.id)
    known = verification or settled
    return Visit(
        round=round_,
        verification=known,
        files=list_files(round_.id),
        photos=list_round_files(round_.id),
        writable=settled is None and (verification is None or verification.state in findings.WRITABLE),
    )


@blueprint.post("/assessments/<uuid:assessment_id>/visit")
@access(P.VERIFICATION_WRITE)
def save(assessment_id: UUID) -> ResponseReturnValue:
    """Save the findings of a part sent as one form. An item that its sender did not touch is left alone."""
    round_ = get_round(assessment_id)
    asked = [q for s in round_.sections for q in round_.questions(s)]
    entries = forms.read_entries(asked, request.form, request.files)
    kept = read_kept(request.form.get("keep", ""))
    entries = [e.over(kept[e.question.id][1]) if e.question.id in kept else e for e in entries]
    entries = [e for e in entries if kept.get(e.question.id, ("mine", 0))[0] == "mine"]
    opened = begin(assessment_id)
    touched = {e.question.id: e for e in entries if e.touched}
    outcome = findings.save_findings(opened.id, {item: e.save for item, e in touched.items() if e.save is not None})
    problems: dict[str, DomainError] = {item: e.error for item, e in touched.items() if e.error is not None}
    problems |= outcome.problems | _add_files(opened.id, entries)
    if request.form.get("remove"):
        findings.remove_file(_uuid(request.form["remove"]))
    if problems or outcome.conflicts:
        visit = replace(
            _visit(get_round(assessment_id)),
            entries={e.question.id: e for e in entries},
            problems=problems,
            conflicts=outcome.conflicts,
        )
        page = render_template("visits/show.html", page=present_visit(visit))
        return page, 409 if outcome.conflicts else 422
    flash(_("Saved."), "ok")
    anchor = next(iter(kept), "") or request.form.get("next", "")
    return redirect(url_for(".show", assessment_id=assessment_id, _anchor=anchor or None), 303)


def _uuid(raw: str) -> UUID:
    try:
        return UUID(raw)
    except ValueError as error:
        raise InputError from error


def _add_files(verification_id: UUID, entries: list[forms.Entry]) -> dict[str, DomainError]:
    problems: dict[str, DomainError] = {}
    for entry in entries:
        for file in entry.files:
            try:
                data = file.stream.read(MAX_BYTES + 1)
                findings.add_file(verification_id, entry.question.id, file.filename or "", data)
            except InputError as error:
                problems[entry.question.id] = error
    return problems


@blueprint.post("/assessments/<uuid:assessment_id>/visit/day")
@access(P.VERIFICATION_WRITE)
def save_day(assessment_id: UUID) -> ResponseReturnValue:
    """Save the day of the visit and the word on the whole."""
    get_round(assessment_id)
    try:
        day = forms.read_day(request.form)
        findings.save_visit(begin(assessment_id).id, day.visited_on, day.remark, day.seen)
    except (InputError, ConflictError) as error:
        if isinstance(error, LockedError) or error.details.get("field") not in (None, "visited_on", "remark"):
            raise
        visit = replace(_visit(get_round(assessment_id)), day=present_day_problem(request.form, error))
        return render_template("visits/show.html", page=present_visit(visit)), 409 if isinstance(
            error, ConflictError
        ) else 422
    flash(_("Saved."), "ok")
    return redirect(url_for(".show", assessment_id=assessment_id, _anchor="day"), 303)


# ---- one finding


@blueprint.put("/api/assessments/<uuid:assessment_id>/findings/<item_id>")
@access(P.VERIFICATION_WRITE)
def save_finding(assessment_id: UUID, item_id: str) -> ResponseReturnValue:
    """Save one finding as it is made. 409 carries both values, 400 says what is wrong with this one."""
    wanted = forms.read_save(request.get_data())
    round_ = get_round(assessment_id)
    try:
        findings.save_finding(begin(assessment_id).id, item_id, wanted)
    except StaleAnswerError as error:
        return present_conflict(round_.catalogue.questions[item_id], error, _visit(round_).finding(item_id)), 409
    except BadAnswerError as error:
        question = round_.catalogue.questions[item_id]
        return {"error": error.id, **error.details, "message": problem_text(question, error)}, error_row(error).status
    return present_saved(_visit(round_), item_id)


@blueprint.get("/api/assessments/<uuid:assessment_id>/findings")
@access(P.VERIFICATION_WRITE)
def states(assessment_id: UUID) -> ResponseReturnValue:
    """The findings as they are now, for a page that comes back from the browser's memory."""
    visit = _visit(get_round(assessment_id))
    return present_states(visit.round, visit.findings, generate_csrf(), locked=not visit.writable)


# ---- photos and files


@blueprint.post("/assessments/<uuid:assessment_id>/findings/<item_id>/files")
@access(P.VERIFICATION_WRITE)
def add_file(assessment_id: UUID, item_id: str) -> ResponseReturnValue:
    """Keep one photo or PDF beside a finding."""
    get_round(assessment_id)
    if set(request.form) - {"csrf_token"} or set(request.files) - {"file"}:
        raise InputError(N_("The form has a field that does not belong there."))
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InputError(N_("Please choose a file first."), field="file")
    data = sent.stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLargeError
    row = findings.add_file(begin(assessment_id).id, item_id, sent.filename, data)
    return _answer(row, present_file(row), 201)


@blueprint.get("/finding-files/<uuid:file_id>")
@access(P.VERIFICATION_READ)
def file(file_id: UUID) -> ResponseReturnValue:
    """The file, as a download that no browser opens in our name; with `view` a photo is shown in the page."""
    row, data = findings.read_file(file_id)
    inline = "view" in request.args and row.media_type.startswith("image/")
    response = send_file(
        io.BytesIO(data), mimetype=row.media_type, as_attachment=not inline, download_name=row.name, max_age=0
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/finding-files/<uuid:file_id>/remove")
@access(P.VERIFICATION_WRITE)
def remove_file(file_id: UUID) -> ResponseReturnValue:
    """Remove a photo or file."""
    row = findings.remove_file(file_id)
    return _answer(row, {"removed": str(file_id)}, 200)


def _answer(row: FindingFile, told: Mapping[str, Any], status: int) -> ResponseReturnValue:
    if wants_json():
        return dict(told), status
    flash(_("Saved."), "ok")
    assessment_id = row.verification.assessment_id
    return redirect(url_for(".show", assessment_id=assessment_id, _anchor=row.item_id), 303)


blueprint.register_error_handler(SignInRequired, keep_what_was_sent)
blueprint.register_error_handler(CSRFError, keep_what_was_sent)
