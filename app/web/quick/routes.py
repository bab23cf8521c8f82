"""The quick look: a dozen questions without an account, a range of levels and three likely needs. Nothing is stored."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import access
from app.access.policy import Permission as P
from app.errors import NotFoundError
from app.extensions import limiter
from app.services.quick import check_values
from app.web.assessments import forms
from app.web.quick import memory
from app.web.quick.presenters import present_quick, present_quick_result, present_trades
from scoring.content.catalogue import Catalogue
from scoring.content.serving import serve, served_sectors

blueprint = Blueprint("quick", __name__, url_prefix="/quick")


@blueprint.get("")
@access(P.PUBLIC)
def start() -> ResponseReturnValue:
    """Pick a trade; one that is named already leads straight to its questions."""
    sector = request.args.get("sector", "")
    if sector in served_sectors():
        return redirect(url_for(".show", sector=sector))
    return render_template("quick/start.html", trades=present_trades())


@blueprint.get("/<sector>")
@access(P.PUBLIC)
def show(sector: str) -> ResponseReturnValue:
    """The questions of the quick look, with what this browser answered before."""
    page = present_quick(_catalogue(sector), memory.read_answers(sector))
    return render_template("quick/show.html", page=page)


@blueprint.post("/<sector>")
@limiter.limit("30/minute;300/hour")
@access(P.PUBLIC)
def answer(sector: str) -> ResponseReturnValue:
    """Look at the answers; they go back into the visitor's own cookie and nowhere else."""
    catalogue = _catalogue(sector)
    questions = [catalogue.questions[item] for item in catalogue.sector.quick]
    entries = forms.read_entries(questions, request.form, request.files)
    answers, problems = check_values(catalogue, {e.question.id: e.save.value for e in entries if e.save is not None})
    problems |= {e.question.id: e.error for e in entries if e.error is not None}
    if problems:
        page = present_quick(catalogue, answers, {e.question.id: e for e in entries}, problems)
        return render_template("quick/show.html", page=page), 422
    memory.remember_answers(sector, answers)
    return redirect(url_for(".result", sector=sector), 303)


@blueprint.get("/<sector>/result")
@access(P.PUBLIC)
def result(sector: str) -> ResponseReturnValue:
    """The range of levels and three likely needs."""
    answers = memory.read_answers(sector)
    if not answers:
        return redirect(url_for(".show", sector=sector))
    return render_template("quick/result.html", page=present_quick_result(_catalogue(sector), answers))


@blueprint.post("/<sector>/forget")
@access(P.PUBLIC)
def forget(sector: str) -> ResponseReturnValue:
    """Throw the answers away and begin anew."""
    _catalogue(sector)
    memory.forget_answers()
    return redirect(url_for(".show", sector=sector), 303)


def _catalogue(sector: str) -> Catalogue:
    if sector not in served_sectors():
        raise NotFoundError
    return serve(sector)
