"""The route to a goal: its page with other conditions, other ways, as data; and the plan that a firm makes of it."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.access.guard import access, may
from app.access.policy import Permission as P
from app.errors import InputError
from app.extensions import limiter
from app.i18n import gettext as _
from app.models.roadmaps import StepState
from app.queries.answers import list_answers
from app.queries.results import get_published_result, list_published_results
from app.queries.roadmaps import find_roadmap, get_roadmap
from app.services import roadmaps
from app.services.roadmaps import Submitted, find_route, find_ways
from app.web.forms import EmptyForm
from app.web.results.planned import present_planned, state_names
from app.web.results.reading import Reading, read_result
from app.web.roadmap.forms import AdoptForm, MarkForm
from app.web.roadmap.presenters import present_roadmap, today
from app.web.roadmap.ways import present_ways
from app.web.roadmap.wishes import Asked, AskedError, judged, to_wish
from scoring.route import SolverError, Wish, WishError

blueprint = Blueprint("roadmap", __name__, url_prefix="/assessments/<uuid:assessment_id>")

log = logging.getLogger("app.roadmap")

OFTEN = "120/minute;1500/hour"
SELDOM = "40/minute;400/hour"


@blueprint.get("/roadmap")
@limiter.limit(OFTEN)
@access(P.ROADMAP_READ)
def show(assessment_id: UUID) -> ResponseReturnValue:
    """The cheapest route under the conditions of the address; where these cannot be meant, the last one that was."""
    reading, asked = _reading(assessment_id), Asked.read(request.args)
    roadmap = find_roadmap(assessment_id)
    try:
        page = present_roadmap(reading, asked, _find(reading, asked)[1], roadmap)
    except AskedError as error:
        last = _last(reading, request.args.get("last", ""))
        page = present_roadmap(reading, last, _find(reading, last)[1], roadmap, asked, error.errors)
    return render_template("roadmap/show.html", page=page), 422 if page.form.wrong else 200


@blueprint.get("/roadmap.json")
@limiter.limit(OFTEN)
@access(P.ROADMAP_READ)
def data(assessment_id: UUID) -> ResponseReturnValue:
    """The engine's route as JSON; with `more` the other ways too."""
    reading, asked = _reading(assessment_id), Asked.read(request.args)
    try:
        wish, route = _find(reading, asked)
    except AskedError as error:
        codes = [{"field": p.item, "code": p.code, "message": p.message} for p in error.problems]
        return {"error": "bad_wish", "fields": error.errors, "problems": codes}, 422
    if "more" not in request.args:
        return route
    found = find_ways(_submitted(reading), wish)
    return {**route, "alternatives": found.alternatives, "sensitivity": found.sensitivity}


@blueprint.get("/roadmap/ways")
@limiter.limit(SELDOM)
@access(P.ROADMAP_READ)
def ways(assessment_id: UUID) -> ResponseReturnValue:
    """Other ways to the same goal, and what would change the route."""
    reading, asked = _reading(assessment_id), Asked.read(request.args)
    try:
        wish, route = _find(reading, asked)
    except AskedError:  # its page says what is wrong
        return redirect(url_for(".show", assessment_id=assessment_id) + "?" + asked.address())
    page = present_ways(reading, asked, route, find_ways(_submitted(reading), wish))
    return render_template("roadmap/ways.html", page=page)


@blueprint.get("/roadmap/plan")
@access(P.ROADMAP_READ)
def plan(assessment_id: UUID) -> ResponseReturnValue:
    """The plan of this round and how far its steps are."""
    return _plan_page(assessment_id)


@blueprint.post("/roadmap/plan")
@access(P.ROADMAP_WRITE)
def adopt(assessment_id: UUID) -> ResponseReturnValue:
    """Make the route for these conditions the plan. It is computed here, never taken from the page."""
    form = AdoptForm()
    if not form.validate_on_submit():
        return redirect(url_for(".show", assessment_id=assessment_id), 303)
    reading, asked = _reading(assessment_id), _asked(form.wish.data or "")
    try:
        roadmaps.adopt(assessment_id, asked.address(), _find(reading, asked)[1])
    except (AskedError, InputError) as error:
        if isinstance(error, InputError):
            flash(_(error.message), "clash")
        return redirect(url_for(".show", assessment_id=assessment_id) + "?" + asked.address(), 303)
    flash(_("This is your plan now. Tick here what is done; the next round compares."), "ok")
    return redirect(url_for(".plan", assessment_id=assessment_id), 303)


@blueprint.post("/roadmap/plan/give-up")
@access(P.ROADMAP_WRITE)
def give_up(assessment_id: UUID) -> ResponseReturnValue:
    """The plan no longer holds."""
    if EmptyForm().validate_on_submit():
        roadmaps.give_up(assessment_id)
        flash(_("The plan is taken back. The route is still there."), "ok")
    return redirect(url_for(".show", assessment_id=assessment_id), 303)


@blueprint.post("/roadmap/plan/steps/<solution>")
@access(P.ROADMAP_WRITE)
def mark(assessment_id: UUID, solution: str) -> ResponseReturnValue:
    """Say how far a step is."""
    form = MarkForm()
    if form.validate_on_submit():
        try:
            roadmaps.mark_step(assessment_id, solution, StepState(form.state.data), form.since.data)
        except InputError as error:
            form.show(error)
        else:
            flash(_("Saved."), "ok")
            return redirect(url_for(".plan", assessment_id=assessment_id), 303)
    wrong = [str(said) for field in form for said in field.errors]
    return _plan_page(assessment_id, solution, wrong, form.state.data or "", request.form.get("since", "")[:40]), 422


def _plan_page(
    assessment_id: UUID, solution: str = "", wrong: list[str] | None = None, state: str = "", since: str = ""
) -> str:
    roadmap = get_roadmap(assessment_id)
    rounds = list_published_results(roadmap.firm_id)
    later = next((r for r in rounds if r.assessment.number > roadmap.assessment.number), None)
    reading = read_result(later, list_answers(later.assessment_id)) if later else None
    return render_template(
        "roadmap/plan.html",
        plan=present_planned(roadmap, reading),
        firm=roadmap.assessment.firm.name,
        states=state_names(),
        writes=may(P.ROADMAP_WRITE, roadmap.firm_id),
        assessment_id=assessment_id,
        route_url=url_for(".show", assessment_id=assessment_id) + (f"?{roadmap.wish}" if roadmap.wish else ""),
        wrong={"solution": solution, "said": wrong or [], "state": state, "since": since},
        today=today().isoformat(),
    )


def _reading(assessment_id: UUID) -> Reading:
    return read_result(get_published_result(assessment_id), list_answers(assessment_id))


def _submitted(reading: Reading) -> Submitted:
    return Submitted(reading.result.id, reading.document, reading.catalogue)


def _find(reading: Reading, asked: Asked) -> tuple[Wish, dict[str, Any]]:
    """The wish that was asked, and its route. Raises AskedError."""
    wish = to_wish(asked, reading)
    try:
        return wish, find_route(_submitted(reading), wish)
    except WishError as error:
        raise judged(error, reading, wish) from error
    except SolverError as error:
        log.warning("result %s, %s: %s", reading.result.id, wish, error)
        raise AskedError(
            {"goal": [_("This could not be worked out in time. Choose another goal or other limits.")]}, []
        ) from error


def _asked(query: str) -> Asked:
    return Asked.read(MultiDict(parse_qsl(query)))


def _last(reading: Reading, query: str) -> Asked:
    """The conditions of the route that was shown before; the usual ones where these cannot be meant either."""
    asked = _asked(query)
    try:
        _find(reading, asked)
    except AskedError:
        return Asked()
    return asked
