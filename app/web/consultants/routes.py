"""The consultant's start page."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.access.guard import access
from app.access.policy import Permission as P
from app.queries.engagements import list_own_engagements
from app.queries.results import list_latest_results
from app.web.consultants.presenters import present_firms

blueprint = Blueprint("consultants", __name__)


@blueprint.get("/advice")
@access(P.ADVICE_READ)
def index() -> ResponseReturnValue:
    """The firms that let this consultant in, with their newest results."""
    engagements = list_own_engagements()
    results = list_latest_results([engagement.firm_id for engagement in engagements])
    return render_template("consultants/index.html", firms=present_firms(engagements, results))
