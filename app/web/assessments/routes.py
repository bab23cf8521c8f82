"""Pages of a round: overview, firm page, sections, review; and the two addresses that the section page calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, generate_csrf
from werkzeug.datastructures import FileStorage, MultiDict

from app.access.guard import access
from app.access.policy import Permission as P
from app.access.scope import current_scope
from app.errors import (
    BadAnswerError,
    ConflictError,
    DomainError,
    InputError,
    NotFoundError,
    SignInRequired,
    StaleAnswerError,
    error_row,
)
from app.i18n import gettext as _
from app.i18n import language
from app.queries.assessments import (
    Round,
    find_last_item,
    find_newer_content,
    get_round,
    list_files,
    list_section_holders,
    section_of,
)
from app.queries.handovers import list_open_handovers
from app.services import answers, assessments, attachments
from app.services.answers import SectionSaved
from app.services.uploads import MAX_BYTES
from app.transaction import finish_writing
from app.web.assessments import forms
from app.web.assessments.again import keep_what_was_sent
from app.web.assessments.cards import SectionView, present_conflict
from app.web.assessments.forms import Entry
from app.web.assessments.presenters import (
    may_answer,
    present_overview,
    present_saved,
    present_section,
    present_states,
)
from app.web.assessments.profile import present_profile
from app.web.assessments.review import present_review
from app.web.assessments.words import problem_text
from scoring.content.model import Section

blueprint = Blueprint("assessments", __name__)
MAX_FORM = 32 * 1024 * 1024
_FORMS_WITH_FILES = ("assessments.save_section", "assessments.save_review", "assessments.submit")


@blueprint.url_value_preprocessor
def _allow_files(endpoint: str | None, _values: object) -> None:
    """Forms of questions may carry some files at once; each file has its own limit."""
    if endpoint in _FORMS_WITH_FILES:
        request.max_content_length = MAX_FORM


# ---- a round


@blueprint.post("/firms/<uuid:firm_id>/assessments")
@access(P.ASSESSMENT_CREATE)
def start(firm_id: UUID) -> ResponseReturnValue:
    """Begin the next round, or go on with the one that is begun."""
    assessment = assessments.start_round(firm_id)
    target = ".show" if assessment.based_on or assessment.profile else ".profile"
    return redirect(url_for(target, assessment_id=assessment.id), 303)


@blueprint.get("/assessments/<uuid:assessment_id>")
@access(P.ASSESSMENT_READ)
def show(assessment_id: UUID) -> ResponseReturnValue:
    """How far the round is, and where to go on."""
    round_ = get_round(assessment_id)
    newer = find_newer_content(round_) is not None
    page = present_overview(round_, _view(round_), find_last_item(assessment_id), newer=newer)
    return render_template("assessments/show.html", page=page)


@blueprint.get("/assessments/<uuid:assessment_id>/profile")
@access(P.ASSESSMENT_READ)
def profile(assessment_id: UUID) -> ResponseReturnValue:
    """What the engine needs to know about the firm."""
    return _profile_page(get_round(assessment_id))


@blueprint.post("/assessments/<uuid:assessment_id>/profile")
@access(P.ASSESSMENT_UPDATE)
def save_profile(assessment_id: UUID) -> ResponseReturnValue:
    """Store the page about the firm; with a mistake nothing is stored and everything typed is kept."""
    round_ = get_round(assessment_id)
    given, problems = forms.read_profile(round_.catalogue, request.form)
    if problems:
        return _profile_page(round_, problems), 422
    try:
        assessments.save_profile(assessment_id, given)
    except ConflictError as error:
        if round_.assessment.is_draft:
            return _profile_page(round_, {}, _(error.message)), 409
        raise
    except InputError as error:
        return _profile_page(round_, error.details.get("problems", {})), 422
    flash(_("Saved."), "ok")
    fresh = get_round(assessment_id)
    if fresh.done:
        return redirect(url_for(".show", assessment_id=assessment_id), 303)
    return redirect(url_for(".section", assessment_id=assessment_id, section_id=fresh.sections[0].id), 303)


def _profile_page(round_: Round, problems: Mapping[str, str] | None = None, message: str = "") -> str:
    scope, firm_id = current_scope(), round_.assessment.firm_id
    limited = firm_id in scope.sections or firm_id in scope.consultant_firm_ids
    page = present_profile(
        round_,
        assessments.fingerprint(round_.assessment),
        writable=round_.assessment.is_draft and not limited,
        typed=None if problems is None else request.form,
        problems=problems,
        message=message,
    )
    return render_template("assessments/profile.html", page=page)


# ---- a section


@blueprint.get("/assessments/<uuid:assessment_id>/sections/<section_id>")
@access(P.ANSWER_READ)
def section(assessment_id: UUID, section_id: str) -> ResponseReturnValue:
    """A page of questions."""
    round_, found = _get_section(assessment_id, section_id)
    return _section_page(round_, found)


@blueprint.post("/assessments/<uuid:assessment_id>/sections/<section_id>")
@access(P.ANSWER_WRITE)
def save_section(assessment_id: UUID, section_id: str) -> ResponseReturnValue:
    """Save a page of questions sent as one form, then go where the pressed button leads."""
    round_, found = _get_section(assessment_id, section_id)
    entries = forms.read_entries(round_.questions(found), request.form, request.files)
    kept = forms.read_kept(request.form.get("keep", ""))
    entries = [_keep(entry, kept) for entry in entries if kept.get(entry.question.id, ("mine", 0))[0] == "mine"]
    saves = {e.question.id: e.save for e in entries if e.save is not None}
    outcome = answers.save_section(assessment_id, section_id, saves)
    problems = {e.question.id: e.error for e in entries if e.error is not None}
    problems |= outcome.problems | _add_files(assessment_id, {e.question.id: e.files for e in entries})
    problems |= _remove_file(request.form.get("remove", ""))
    if problems or outcome.conflicts:
        shown = {e.question.id: e for e in entries}
        fresh = get_round(assessment_id)
        status = 409 if outcome.conflicts else 422
        return _section_page(fresh, found, shown, problems, SectionSaved({}, outcome.conflicts)), status
    return _go_on(round_, found, request.form)


def _get_section(assessment_id: UUID, section_id: str) -> tuple[Round, Section]:
    round_ = get_round(assessment_id)
    found = round_.find_section(section_id)
    link = current_scope().handover
    if found is None or (link is not None and link.section_id != section_id):
        raise NotFoundError
    return round_, found


def _section_page(
    round_: Round,
    found: Section,
    entries: Mapping[str, Entry] | None = None,
    problems: Mapping[str, DomainError] | None = None,
    outcome: SectionSaved | None = None,
) -> str:
    view = _view(round_, entries or {}, problems or {}, outcome)
    allowed = may_answer(round_.assessment, found.id)
    return render_template("assessments/section.html", page=present_section(round_, found, view, may_write=allowed))


def _view(
    round_: Round,
    entries: Mapping[str, Entry] | None = None,
    problems: Mapping[str, DomainError] | None = None,
    outcome: SectionSaved | None = None,
) -> SectionView:
    return SectionView(
        files=list_files(round_.id),
        handovers=list_open_handovers(round_.id) if round_.assessment.is_draft else (),
        holders=list_section_holders(round_.assessment.firm_id),
        entries=entries or {},
        problems=problems or {},
        conflicts=outcome.conflicts if outcome else {},
    )


def _keep(entry: Entry, kept: Mapping[str, tuple[str, int]]) -> Entry:
    """The entry over the version that its writer has now seen, where he chose to keep his own answer."""
    if entry.question.id not in kept or entry.save is None:
        return entry
    return entry.over(kept[entry.question.id][1])


def _add_files(assessment_id: UUID, files: Mapping[str, tuple[FileStorage, ...]]) -> dict[str, DomainError]:
    """Keep the files of a form; what is wrong with one of them, by item."""
    problems: dict[str, DomainError] = {}
    for item, sent in files.items():
        for file in sent:
            try:
                data = file.stream.read(MAX_BYTES + 1)
                attachments.add_attachment(assessment_id, item, file.filename or "", data)
            except InputError as error:
                problems[item] = error
    return problems


def _remove_file(raw: str) -> dict[str, DomainError]:
    if raw:
        try:
            attachments.remove_attachment(UUID(raw))
        except ValueError as error:
            raise InputError from error
    return {}


def _go_on(round_: Round, found: Section, form: MultiDict[str, str]) -> ResponseReturnValue:
    target, item = form.get("next", ""), form.get("keep", "").partition(":")[0]
    address: dict[str, Any] = {"assessment_id": round_.id}
    if target == "review":
        return redirect(url_for(".review", **address), 303)
    if target == "later":
        flash(_("Saved. You can go on at any time, here or on another device."), "ok")
        return redirect(url_for(".show", **address), 303)
    section_id = target if round_.find_section(target) and not item else found.id
    if section_id == found.id:
        flash(_("Saved."), "ok")
    return redirect(url_for(".section", section_id=section_id, _anchor=item or None, **address), 303)


# ---- one answer


@blueprint.put("/api/assessments/<uuid:assessment_id>/answers/<item_id>")
@access(P.ANSWER_WRITE)
def save_answer(assessment_id: UUID, item_id: str) -> ResponseReturnValue:
    """Save one answer as it is given. 409 carries both values, 400 says what is wrong with this one."""
    save = forms.read_save(request.get_data())
    try:
        round_ = answers.save_answer(assessment_id, item_id, save)
    except StaleAnswerError as error:
        round_ = get_round(assessment_id)
        return present_conflict(round_, round_.catalogue.questions[item_id], error), 409
    except BadAnswerError as error:
        question = get_round(assessment_id).catalogue.questions[item_id]
        return {"error": error.id, **error.details, "message": problem_text(question, error)}, error_row(error).status
    round_.settle()
    language()  # may be kept with the account
    finish_writing()  # nobody else need wait while the progress is worked out
    return present_saved(round_, item_id, section_of(round_.catalogue, item_id))


@blueprint.get("/api/assessments/<uuid:assessment_id>/sections/<section_id>")
@access(P.ANSWER_READ)
def states(assessment_id: UUID, section_id: str) -> ResponseReturnValue:
    """The answers of a section as they are now, for a page that comes back from the browser's memory."""
    round_, found = _get_section(assessment_id, section_id)
    return present_states(round_, found, generate_csrf())


# ---- before submission


@blueprint.get("/assessments/<uuid:assessment_id>/review")
@access(P.ASSESSMENT_READ)
def review(assessment_id: UUID) -> ResponseReturnValue:
    """What is missing, what looks odd, which evidence is asked for."""
    round_ = get_round(assessment_id)
    if not round_.assessment.is_draft:
        return redirect(url_for("results.show", assessment_id=assessment_id))
    return render_template("assessments/review.html", page=present_review(round_, _view(round_)))


@blueprint.post("/assessments/<uuid:assessment_id>/review")
@access(P.ANSWER_WRITE)
def save_review(assessment_id: UUID) -> ResponseReturnValue:
    """Save the evidence given so far."""
    problems = _save_evidence(assessment_id)
    if problems:
        return _review_page(assessment_id, problems), 422
    flash(_("Saved."), "ok")
    return redirect(url_for(".review", assessment_id=assessment_id), 303)


@blueprint.post("/assessments/<uuid:assessment_id>/submit")
@access(P.ASSESSMENT_SUBMIT)
def submit(assessment_id: UUID) -> ResponseReturnValue:
    """Submit. Pressing twice submits once."""
    result_url = url_for("results.show", assessment_id=assessment_id)
    if not get_round(assessment_id).assessment.is_draft:
        return redirect(result_url, 303)
    problems = _save_evidence(assessment_id)
    if problems:
        return _review_page(assessment_id, problems), 422
    try:
        assessments.submit(assessment_id, truth_confirmed=request.form.get("truth") == "1")
    except InputError as error:
        return _review_page(assessment_id, {}, _(error.message)), 422
    flash(_("Submitted. Here is where you stand."), "ok")
    return redirect(result_url, 303)


def _save_evidence(assessment_id: UUID) -> dict[str, DomainError]:
    round_ = get_round(assessment_id)
    given = forms.read_evidence(round_.catalogue.questions, request.form, request.files)
    saved = answers.save_evidence(assessment_id, given)
    files = {item: tuple(f for f in request.files.getlist(f"{item}.file") if f.filename) for item in given}
    problems = saved.problems | saved.conflicts | _add_files(assessment_id, files)
    return problems | _remove_file(request.form.get("remove", ""))


def _review_page(assessment_id: UUID, problems: Mapping[str, DomainError], truth_error: str = "") -> str:
    round_ = get_round(assessment_id)
    typed = {item: request.form.get(f"{item}.evidence", "") for item in problems}
    page = present_review(round_, _view(round_), typed=typed, problems=problems, truth_error=truth_error)
    return render_template("assessments/review.html", page=page)


blueprint.register_error_handler(SignInRequired, keep_what_was_sent)
blueprint.register_error_handler(CSRFError, keep_what_was_sent)
