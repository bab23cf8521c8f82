"""The result of a round, the firm's history, and the answers as a spreadsheet."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.access.guard import access, may
from app.access.policy import Permission as P
from app.queries.answers import list_answers
from app.queries.benchmarks import find_place
from app.queries.enclosures import read_enclosure
from app.queries.firms import get_firm
from app.queries.reports import list_reports
from app.queries.results import get_published_result, list_published_results
from app.queries.roadmaps import find_roadmaps_until
from app.queries.verifications import find_verified, list_verified
from app.services.roadmaps import Submitted, find_route
from app.services.spreadsheets import write_workbook
from app.web.downloads import send_bytes
from app.web.results.export import export_sheets, export_title
from app.web.results.forms import wanted_rounds
from app.web.results.history import choose_rounds, present_history
from app.web.results.presenters import present_result, result_ids
from app.web.results.reading import Reading, read_result
from scoring.route import RouteError, SolverError, Wish, next_level

blueprint = Blueprint("results", __name__)

log = logging.getLogger("app.results")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/assessments/<uuid:assessment_id>/result")
@access(P.RESULT_READ)
def show(assessment_id: UUID) -> ResponseReturnValue:
    """Where am I, what holds me back, what do I do first, profile, answers."""
    result = get_published_result(assessment_id)
    reading = read_result(result, list_answers(assessment_id))
    seen = may(P.ROADMAP_READ, result.firm_id)
    if may(P.REPORT_CREATE, result.firm_id):
        enclosure = read_enclosure(result.assessment)
        plans, verified = (enclosure.roadmap, enclosure.earlier_roadmap), enclosure.settled
    else:
        enclosure, verified = None, list_verified([assessment_id]).get(assessment_id)
        plans = find_roadmaps_until(result.assessment) if seen else (None, None)
    page = present_result(
        reading,
        enclosure,
        list_reports(*result_ids(result, enclosure), mark=enclosure.mark) if enclosure else (),
        find_place(result),
        _usual_route(reading) if seen else None,
        *plans,
        verified,
    )
    return render_template("results/show.html", page=page)


def _usual_route(reading: Reading) -> dict[str, Any] | None:
    """The cheapest route to the next level; None where its check fails, so that the result is seen all the same."""
    wish = Wish(next_level(reading.document, reading.catalogue))
    try:
        return find_route(Submitted(reading.result.id, reading.document, reading.catalogue), wish)
    except (RouteError, SolverError):
        log.exception("no route of result %s", reading.result.id)
        return None


@blueprint.get("/firms/<uuid:firm_id>/history")
@access(P.RESULT_READ)
def history(firm_id: UUID) -> ResponseReturnValue:
    """All rounds of a firm, and what changed between two of them."""
    firm = get_firm(firm_id)
    readings = [read_result(r, list_answers(r.assessment_id)) for r in list_published_results(firm_id)]
    by_number = {r.result.assessment.number: r for r in readings}
    chosen = choose_rounds(list(by_number), *wanted_rounds())
    pair = (by_number[chosen[0]], by_number[chosen[1]]) if chosen else None
    verified = list_verified([r.result.assessment_id for r in readings])
    page = present_history(firm.name, readings, pair, verified, whole=may(P.ANSWER_READ, firm_id))
    return render_template("results/history.html", page=page)


@blueprint.get("/assessments/<uuid:assessment_id>/answers.xlsx")
@access(P.ASSESSMENT_EXPORT)
def export(assessment_id: UUID) -> ResponseReturnValue:
    """Result and answers as an xlsx file."""
    reading = read_result(get_published_result(assessment_id), list_answers(assessment_id))
    name = f"{export_title(reading)}.xlsx"
    sheets = export_sheets(reading, find_verified(assessment_id))
    return send_bytes(write_workbook(sheets), name, XLSX, plain="answers")
