"""The self-checks of a firm: what there is, filling in part by part, the result, its page as PDF, taking it over."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import access, may
from app.access.policy import Permission as P
from app.errors import InputError, NotFoundError
from app.extensions import limiter
from app.i18n import LANGUAGES, in_language, language_code
from app.i18n import gettext as _
from app.models.selfchecks import SelfCheckRun
from app.queries.assessments import find_draft, read_round
from app.queries.firms import get_firm
from app.queries.selfchecks import get_finished_run, get_run, list_runs
from app.reports import fonts
from app.reports.render import render_sheet
from app.services import selfchecks
from app.services.selfchecks import PartSaved, check_of
from app.web.downloads import send_bytes
from app.web.selfchecks import forms
from app.web.selfchecks.presenters import next_part, present_index, present_part, present_saved
from app.web.selfchecks.results import present_run
from app.web.selfchecks.sheets import present_sheet
from app.web.selfchecks.taking import present_take_over

blueprint = Blueprint("selfchecks", __name__)

FINISH, LATER = "finish", "later"


@blueprint.get("/firms/<uuid:firm_id>/self-checks")
@access(P.SELFCHECK_READ)
def index(firm_id: UUID) -> ResponseReturnValue:
    """The self-checks there are, with the runs of this firm."""
    firm = get_firm(firm_id)
    page = present_index(firm, list_runs(firm.id), writes=may(P.SELFCHECK_WRITE, firm.id))
    return render_template("selfchecks/index.html", page=page)


@blueprint.post("/firms/<uuid:firm_id>/self-checks/<check_id>")
@limiter.limit("30/minute;200/hour")
@access(P.SELFCHECK_WRITE)
def start(firm_id: UUID, check_id: str) -> ResponseReturnValue:
    """Begin a run, or go on with the one that is begun."""
    get_firm(firm_id)
    run = selfchecks.start_run(firm_id, check_id)
    return redirect(url_for(".part", run_id=run.id, section_id=next_part(run)), 303)


@blueprint.get("/self-checks/<uuid:run_id>/parts/<section_id>")
@access(P.SELFCHECK_WRITE)
def part(run_id: UUID, section_id: str) -> ResponseReturnValue:
    """One page of questions."""
    run = get_run(run_id)
    if not run.is_draft:
        return redirect(url_for(".show", run_id=run.id))
    _require_section(run, section_id)
    return render_template("selfchecks/part.html", page=present_part(run, section_id))


@blueprint.post("/self-checks/<uuid:run_id>/parts/<section_id>")
@limiter.limit("120/minute;2000/hour")
@access(P.SELFCHECK_WRITE)
def save_part(run_id: UUID, section_id: str) -> ResponseReturnValue:
    """Save a page: then the next one, the result, or the overview. A script gets told what was saved."""
    run = get_run(run_id)
    _require_section(run, section_id)
    answers, facts = forms.read_part(check_of(run), section_id, request.form)
    saved = selfchecks.save_part(run_id, section_id, answers, facts)
    if request.accept_mimetypes.best == "application/json":
        return present_saved(saved), 200 if saved.is_clean else 409
    if not saved.is_clean:
        return _shown_again(saved, section_id)
    follow = request.form.get("next", "")
    if follow == FINISH:
        try:
            selfchecks.finish_run(run_id)
        except InputError as error:
            flash(_(error.message), "clash")
            return redirect(url_for(".part", run_id=run_id, section_id=section_id), 303)
        return redirect(url_for(".show", run_id=run_id), 303)
    if any(section.id == follow for section in check_of(run).sections):
        return redirect(url_for(".part", run_id=run_id, section_id=follow), 303)
    if follow == LATER:
        flash(_("Saved. You can go on at any time."), "ok")
        return redirect(url_for(".index", firm_id=run.firm_id), 303)
    return redirect(url_for(".part", run_id=run_id, section_id=section_id), 303)


@blueprint.get("/self-checks/<uuid:run_id>")
@access(P.SELFCHECK_READ)
def show(run_id: UUID) -> ResponseReturnValue:
    """The result. A run that is not finished leads its people to its questions; others find nothing."""
    run = get_run(run_id)
    if run.is_draft:
        if not may(P.SELFCHECK_WRITE, run.firm_id):
            raise NotFoundError
        return redirect(url_for(".part", run_id=run.id, section_id=next_part(run)))
    page = present_run(run, list_runs(run.firm_id), writes=may(P.SELFCHECK_WRITE, run.firm_id))
    return render_template("selfchecks/result.html", page=page)


@blueprint.get("/self-checks/<uuid:run_id>/page.pdf")
@limiter.limit("20/minute;200/hour")
@access(P.SELFCHECK_READ)
def sheet(run_id: UUID) -> ResponseReturnValue:
    """The result on one page, in the language asked for (`locale`), else in the reader's."""
    run = get_finished_run(run_id)
    wanted = request.args.get("locale", "")
    folder = current_app.extensions["config"].fonts
    if not fonts.is_prepared(folder):  # half a minute of work; set-up does it, or the first report
        flash(_("The typefaces are not ready yet. Please try again in a minute."), "wait")
        return redirect(url_for(".show", run_id=run.id))
    code = wanted if wanted in LANGUAGES else language_code()
    with in_language(code):
        page = present_sheet(run)
    data = render_sheet(page, fonts.load(folder))
    return send_bytes(data, f"{page.title} {page.firm}.pdf", "application/pdf", plain="self-check", inline=True)


@blueprint.get("/self-checks/<uuid:run_id>/take-over")
@access(P.SELFCHECK_WRITE)
def take_over(run_id: UUID) -> ResponseReturnValue:
    """What the result would change in the open round: old and new beside each other, ticked where it raises."""
    return _take_over_page(get_finished_run(run_id))


@blueprint.post("/self-checks/<uuid:run_id>/take-over")
@access(P.SELFCHECK_WRITE)
def apply(run_id: UUID) -> ResponseReturnValue:
    """Take over what is ticked. What somebody changed meanwhile is shown again as it stands now."""
    run = get_finished_run(run_id)
    try:
        done = selfchecks.take_over(run_id, set(request.form.getlist("change")), forms.read_versions(request.form))
    except InputError as error:
        flash(_(error.message), "clash")
        return redirect(url_for(".take_over", run_id=run.id), 303)
    if done.conflicts:
        return _take_over_page(run, frozenset(done.conflicts)), 409
    flash(
        _("Taken over into the questionnaire.") if done.items else _("There was nothing left to take over."),
        "ok" if done.items else "info",
    )
    return redirect(url_for(".take_over", run_id=run.id), 303)


def _take_over_page(run: SelfCheckRun, conflicts: frozenset[str] = frozenset()) -> str:
    draft = find_draft(run.firm_id)
    round_ = read_round(draft) if draft else None
    offers = selfchecks.find_offers(run, round_) if round_ else []
    page = present_take_over(run, round_, offers, conflicts)
    return render_template("selfchecks/take_over.html", page=page)


def _require_section(run: SelfCheckRun, section_id: str) -> None:
    if all(section.id != section_id for section in check_of(run).sections):
        raise NotFoundError


def _shown_again(saved: PartSaved, section_id: str) -> ResponseReturnValue:
    return render_template("selfchecks/part.html", page=present_part(saved.run, section_id, saved)), 422
