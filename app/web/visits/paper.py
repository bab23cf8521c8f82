"""Finished values for the visit sheet on paper: the same items in the same order, with boxes to tick."""

from __future__ import annotations

from dataclasses import dataclass

from app.i18n import day
from app.i18n import gettext as _
from app.models.verifications import Finding
from app.web.assessments.cards import saved_by
from app.web.assessments.words import answer_text
from app.web.visits.cards import Card
from app.web.visits.forms import OTHER
from app.web.visits.presenters import Visit, plain, present_visit
from scoring.content.model import Question


@dataclass(frozen=True, slots=True)
class Line:
    """One item on paper. `boxes` are what can be ticked."""

    number: str
    title: str
    tags: tuple[str, ...]
    claim: str
    proof: str
    see: str
    boxes: tuple[str, ...]
    found: str


@dataclass(frozen=True, slots=True)
class SheetPage:
    """The sheet on paper."""

    firm: str
    place: str
    visited_on: str
    consultant: str
    claimed: str
    claimed_away: str
    groups: tuple[tuple[str, str, tuple[Line, ...]], ...]
    back_url: str


def present_sheet(visit: Visit) -> SheetPage:
    """The same items in the same order, for paper."""
    page, row = present_visit(visit), visit.verification
    assessment = visit.round.assessment
    return SheetPage(
        firm=page.firm,
        place=_("Round %(number)s", number=assessment.number),
        visited_on=day(row.visited_on) if row and row.visited_on else "",
        consultant=row.by_name if row else "",
        claimed=page.summary.claimed,
        claimed_away=plain(page.summary.claimed_away),
        groups=tuple((g.title, g.lead, tuple(_line(visit, c) for c in g.cards)) for g in page.groups),
        back_url=page.url,
    )


def _line(visit: Visit, card: Card) -> Line:
    question = visit.questions[card.id]
    boxes = [c.label for c in (*card.first, *card.others, *card.ticks) if c.value and c.value != OTHER]
    proofs = [card.evidence, *(f.name for f in card.firm_files)]
    row = visit.finding(card.id)
    return Line(
        number=card.number,
        title=card.title,
        tags=card.tags,
        claim=card.claim,
        proof=_("; ").join(p for p in proofs if p),
        see=_("; ").join(hint for _label, hint in card.see),
        boxes=tuple(boxes),
        found="" if row is None else _finding_line(question, row),
    )


def _finding_line(question: Question, row: Finding) -> str:
    """What was found already, for the margin of the sheet."""
    said = answer_text(question, row.value) if row.value is not None else _("Not seen")
    return _(
        "%(finding)s, %(saved)s", finding=said, saved=saved_by(row.updated_by, row.updated_by_label, row.updated_at)
    )
