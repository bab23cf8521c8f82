"""Agree on actions, say how far they are, take them from the plan and fix the plan to them, as a spreadsheet."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.access.guard import access
from app.access.policy import Permission as P
from app.errors import InputError
from app.i18n import gettext as _
from app.i18n import ngettext
from app.models.actions import Action, ActionState
from app.queries.actions import find_later_round, list_actions, list_actions_until
from app.queries.answers import list_answers
from app.queries.results import get_published_result, list_verified_results
from app.queries.roadmaps import find_roadmap
from app.services import actions, roadmaps
from app.services.actions import Agreed
from app.services.roadmaps import Submitted, find_route
from app.services.spreadsheets import write_workbook
from app.web.actions.followup import FollowUp, Standing, present_follow_up
from app.web.actions.forms import ActionForm, MoveForm, RemindersForm, StateForm
from app.web.actions.presenters import Wrong, action_sheet, agreed_solutions, present_actions, solution_titles
from app.web.downloads import send_bytes
from app.web.forms import EmptyForm
from app.web.results.reading import Reading, read_result
from app.web.roadmap.wishes import Asked, AskedError, judged, to_wish
from scoring.route import RouteError, SolverError, WishError

blueprint = Blueprint("actions", __name__, url_prefix="/assessments/<uuid:assessment_id>/actions")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("")
@access(P.ACTION_READ)
def index(assessment_id: UUID) -> ResponseReturnValue:
    """What was agreed after this round, and what has come of what was agreed before it."""
    return _page(assessment_id)


@blueprint.post("")
@access(P.ACTION_AGREE)
def create(assessment_id: UUID) -> ResponseReturnValue:
    """One more."""
    return _write(assessment_id, None)


@blueprint.post("/<uuid:action_id>")
@access(P.ACTION_AGREE)
def edit(assessment_id: UUID, action_id: UUID) -> ResponseReturnValue:
    """Change one."""
    return _write(assessment_id, action_id)


@blueprint.post("/<uuid:action_id>/move")
@access(P.ACTION_AGREE)
def move(assessment_id: UUID, action_id: UUID) -> ResponseReturnValue:
    """One place up or down."""
    form = MoveForm()
    if form.validate_on_submit():
        actions.move(assessment_id, action_id, up=form.to.data == "up")
    return _back(assessment_id, action_id)


@blueprint.post("/<uuid:action_id>/delete")
@access(P.ACTION_AGREE)
def delete(assessment_id: UUID, action_id: UUID) -> ResponseReturnValue:
    """No longer agreed."""
    if EmptyForm().validate_on_submit():
        actions.delete(assessment_id, action_id)
        flash(_("Deleted."), "ok")
    return _back(assessment_id)


@blueprint.post("/<uuid:action_id>/state")
@access(P.ACTION_WRITE)
def mark(assessment_id: UUID, action_id: UUID) -> ResponseReturnValue:
    """Say how far one is."""
    form = StateForm()
    if form.validate_on_submit():
        try:
            actions.mark(assessment_id, action_id, ActionState(form.state.data), form.since.data)
        except InputError as error:
            form.show(error)
        else:
            flash(_("Saved."), "ok")
            return _back(assessment_id, action_id)
    return _wrong(assessment_id, f"state-{action_id}", form)


@blueprint.post("/take-over")
@access(P.ACTION_AGREE)
def take_over(assessment_id: UUID) -> ResponseReturnValue:
    """Make the steps of the firm's plan actions."""
    if EmptyForm().validate_on_submit():
        try:
            number = actions.take_over(assessment_id, solution_titles(_reading(assessment_id)))
        except InputError as error:
            flash(_(error.message), "clash")
        else:
            flash(ngettext("One step is taken over.", "%(num)s steps are taken over.", number), "ok")
    return _back(assessment_id)


@blueprint.post("/fix-route")
@access(P.ROADMAP_WRITE)
def fix_route(assessment_id: UUID) -> ResponseReturnValue:
    """Make the cheapest route that holds all agreed solutions the firm's plan, with the goal that the plan had."""
    if not EmptyForm().validate_on_submit():
        return _back(assessment_id)
    reading, plan = _reading(assessment_id), find_roadmap(assessment_id)
    agreed = agreed_solutions(list_actions(assessment_id))
    asked = Asked.read(MultiDict(parse_qsl(plan.wish))) if plan else Asked()
    without = tuple(name for name in asked.without if name not in agreed)
    asked = replace(asked, fixed=tuple(agreed), without=without, budget="", most="")
    try:
        roadmaps.adopt(assessment_id, asked.address(), _route(reading, asked))
    except AskedError as error:
        for said in error.errors.values():
            flash(" ".join(said), "clash")
    except (InputError, RouteError, SolverError) as error:
        flash(_(error.message) if isinstance(error, InputError) else _("No route holds all that was agreed."), "clash")
    else:
        flash(_("The plan now holds what was agreed, and what else the goal takes."), "ok")
        return redirect(url_for("roadmap.plan", assessment_id=assessment_id), 303)
    return _back(assessment_id)


@blueprint.post("/reminders")
@access(P.ACTION_AGREE)
def reminders(assessment_id: UUID) -> ResponseReturnValue:
    """Reminders of due actions on or off, for the whole firm."""
    form = RemindersForm()
    if form.validate_on_submit():
        wanted = form.wanted.data == "on"
        actions.set_reminders(get_published_result(assessment_id).firm_id, wanted=wanted)
        flash(_("Reminders are on.") if wanted else _("Reminders are off."), "ok")
    return _back(assessment_id)


@blueprint.get("/list.xlsx")
@access(P.ACTION_READ)
def export(assessment_id: UUID) -> ResponseReturnValue:
    """The list as a spreadsheet."""
    reading = _reading(assessment_id)
    sheet = action_sheet(reading, list_actions(assessment_id), actions.today())
    name = f"{reading.result.assessment.firm.name} {_('Agreed actions')}.xlsx"
    return send_bytes(write_workbook([sheet]), name, XLSX, plain="actions")


def _reading(assessment_id: UUID) -> Reading:
    return read_result(get_published_result(assessment_id), list_answers(assessment_id))


def _page(assessment_id: UUID, wrong: Wrong | None = None) -> str:
    result = get_published_result(assessment_id)
    reading = read_result(result, ())
    rows, earlier = list_actions_until(result.assessment)
    later = find_later_round(result.firm_id, result.assessment.number) if rows else None
    page = present_actions(
        reading,
        rows,
        find_roadmap(assessment_id),
        _follow_up(reading, earlier) if earlier else None,
        (later.number, later.id) if later else None,
        actions.today(),
        wrong or Wrong(),
    )
    return render_template("actions/index.html", page=page)


def _follow_up(reading: Reading, earlier: list[Action]) -> FollowUp:
    """The last actions agreed before this round against it."""
    before, result = get_published_result(earlier[0].assessment_id), reading.result
    verified = list_verified_results([before.assessment_id, result.assessment_id])
    return present_follow_up(
        reading,
        earlier,
        Standing(before, verified.get(before.assessment_id)),
        Standing(result, verified.get(result.assessment_id)),
    )


def _write(assessment_id: UUID, action_id: UUID | None) -> ResponseReturnValue:
    form = ActionForm()
    if form.validate_on_submit():
        known = _reading(assessment_id).catalogue.solutions
        agreed = Agreed(form.text.data or "", form.owner.data or "", form.due_on.data, form.solution.data or "")
        try:
            if action_id is None:
                action_id = actions.add(assessment_id, agreed, known).id
            else:
                actions.edit(assessment_id, action_id, agreed, known)
        except InputError as error:
            form.show(error)
        else:
            flash(_("Saved."), "ok")
            return _back(assessment_id, action_id)
    return _wrong(assessment_id, f"edit-{action_id}" if action_id else "new", form)


def _wrong(assessment_id: UUID, at: str, form: ActionForm | StateForm) -> ResponseReturnValue:
    values = {name: request.form.get(name, "")[:2000] for name in form.data if name != "csrf_token"}
    said = {str(name): [str(e) for e in errors] for name, errors in form.errors.items()}
    return _page(assessment_id, Wrong(at, values, said)), 422


def _back(assessment_id: UUID, action_id: UUID | None = None) -> ResponseReturnValue:
    anchor = f"a-{action_id}" if action_id else None
    return redirect(url_for(".index", assessment_id=assessment_id, _anchor=anchor), 303)


def _route(reading: Reading, asked: Asked) -> dict[str, object]:
    wish = to_wish(asked, reading)
    try:
        return find_route(Submitted(reading.result.id, reading.document, reading.catalogue), wish)
    except WishError as error:
        raise judged(error, reading, wish) from error
