"""Finished values for the consultant's list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from flask import url_for

from app.i18n import day, ngettext
from app.i18n import gettext as _
from app.models.engagements import Engagement
from app.models.firms import Firm
from app.models.results import Result
from app.web.figures import one_decimal, rounded_points
from app.web.names import level_name, sector_name
from scoring.content.loader import load_catalogue


@dataclass(frozen=True, slots=True)
class AdvisedFirm:
    """A firm that let the consultant in, and its newest result."""

    name: str
    facts: str
    since: str
    level: int | None
    level_name: str
    score: str
    submitted: str
    url: str
    history_url: str
    checks_url: str


def present_firms(engagements: Sequence[Engagement], results: Mapping[UUID, Result]) -> tuple[AdvisedFirm, ...]:
    """The firms by name; `results` are the newest published ones by firm."""
    return tuple(_firm(engagement, results.get(engagement.firm_id)) for engagement in engagements)


def _firm(engagement: Engagement, result: Result | None) -> AdvisedFirm:
    firm = engagement.firm
    since = _("open to you since %(day)s", day=day(engagement.agreed_at))
    checks_url = url_for("selfchecks.index", firm_id=firm.id)
    if result is None:
        return AdvisedFirm(firm.name, _facts(firm), since, None, "", "", "", "", "", checks_url)
    catalogue = load_catalogue(result.assessment.sector, result.versions)
    gates = [Decimal(gate.score) / 1000 for gate in catalogue.edition.gates]
    return AdvisedFirm(
        name=firm.name,
        facts=_facts(firm),
        since=since,
        level=result.level,
        level_name=level_name(catalogue, result.level),
        score=one_decimal(rounded_points(result.score, gates)),
        submitted=day(result.assessment.submitted_at),
        url=url_for("results.show", assessment_id=result.assessment_id),
        history_url=url_for("results.history", firm_id=firm.id) if result.assessment.number > 1 else "",
        checks_url=checks_url,
    )


def _facts(firm: Firm) -> str:
    people = ngettext("%(num)s person", "%(num)s people", firm.employees) if firm.employees else ""
    return " · ".join(part for part in (sector_name(firm.sector), firm.town, people) if part)
