"""The rounds of a made-up firm: answers, results, a plan made of a route."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from app.extensions import db
from app.models.assessments import Answer, AnswerChange, Assessment, AssessmentStatus
from app.models.firms import Firm
from app.models.roadmaps import Roadmap, RoadmapStep, StepState
from app.queries.answers import answers_document, list_answers
from app.queries.assessments import known_facts
from app.services.results import publish
from scoring import asked
from scoring.answers import read
from scoring.content.serving import serve
from scoring.route import Wish, next_level, route
from scoring.samples import FirmProfile, make_answers

SHOWN = {0: 0.36, 1: 0.33}
"""The two mould shops whose owners get a login stand where most small firms do: below level 2."""

ROUND_BEGAN = timedelta(days=40)
"""So long ago the open round of each cluster began; second results lie in it."""


@dataclass(frozen=True, slots=True)
class Maker:
    """What making a firm needs: the source of chance and the moment from which dates count back."""

    random: Random
    at: datetime

    def new_id(self) -> UUID:
        """An id that depends on the seed only."""
        return UUID(int=self.random.getrandbits(128), version=4)


def make_history(maker: Maker, number: int, firm: Firm, profile: FirmProfile) -> None:
    """Rounds of a firm: the first one has half a draft, one in nine nothing yet, every other of the rest has two, and
    some of the others have begun a second one."""
    if number == 0:
        _make_round(maker, firm, profile, 1, maker.at - timedelta(days=3), share=0.5, submit=False)
        return
    if number % 9 == 8:
        return
    first = _make_round(maker, firm, profile, 1, maker.at - timedelta(days=210 + number % 30))
    if number in SHOWN:
        _make_plan(maker, first)
    if number % 2 == 1:
        profile.maturity = min(0.95, profile.maturity + maker.random.uniform(0.03, 0.2))
        _make_round(maker, firm, profile, 2, maker.at - timedelta(days=12 + number % 20))
    elif number % 6 == 4:
        aside = Maker(Random(f"begun {number}"), maker.at)
        share = 0.25 if number % 12 == 4 else 0.75
        _make_round(aside, firm, profile, 2, maker.at - timedelta(days=4), share=share, submit=False)


def _make_round(
    maker: Maker,
    firm: Firm,
    profile: FirmProfile,
    number: int,
    at: datetime,
    *,
    share: float = 1.0,
    submit: bool = True,
) -> Assessment:
    catalogue = profile.catalogue
    assessment = Assessment(
        id=maker.new_id(),
        firm=firm,
        firm_id=firm.id,
        number=number,
        sector=catalogue.sector.id,
        versions=dict(catalogue.versions),
        profile=profile.facts,
        pains=profile.pains,
        employees=profile.employees,
        revenue_wan=Decimal(profile.revenue_wan),
        machines=profile.machines,
        created_at=at - timedelta(days=2),
    )
    db.session.add(assessment)
    _add_answers(maker, assessment, profile, at, share)
    db.session.flush()
    if submit:
        assessment.status, assessment.submitted_at = AssessmentStatus.SUBMITTED.value, at
        assessment.truth_confirmed = True
        db.session.flush()
        result = publish(assessment, answers_document(assessment, list_answers(assessment.id)), catalogue)
        result.created_at = at
    return assessment


def _make_plan(maker: Maker, assessment: Assessment) -> None:
    """The firm has made the cheapest route its plan: begun the day after the round, the first half of it done."""
    catalogue = serve(assessment.sector)
    document = read(answers_document(assessment, list_answers(assessment.id)), catalogue)
    found = route(document, catalogue, Wish(next_level(document, catalogue)))
    begun = assessment.submitted_at or maker.at
    plan = Roadmap(
        id=maker.new_id(),
        firm_id=assessment.firm_id,
        assessment_id=assessment.id,
        wish="",
        route=found,
        adopted_at=begun + timedelta(days=1),
    )
    db.session.add(plan)
    for step in found["steps"]:
        done = step["order"] <= len(found["steps"]) // 2
        db.session.add(
            RoadmapStep(
                id=maker.new_id(),
                firm_id=plan.firm_id,
                roadmap_id=plan.id,
                position=step["order"],
                solution=step["solution"],
                state=(StepState.DONE if done else StepState.OPEN).value,
                since=(begun + timedelta(days=min(step["end_day"], 150))).date() if done else None,
                updated_at=begun + timedelta(days=1),
            )
        )


def _add_answers(maker: Maker, assessment: Assessment, profile: FirmProfile, at: datetime, share: float) -> None:
    items = asked(profile.catalogue, known_facts(assessment))
    for made in make_answers(profile, items, maker.random, share=share):
        writer = {"updated_by_label": "示例厂长", "updated_at": at - timedelta(hours=3)}
        answer = Answer(
            id=maker.new_id(),
            assessment_id=assessment.id,
            firm_id=assessment.firm_id,
            item_id=made.item_id,
            value=made.value,
            evidence=made.evidence,
            evidence_asked=made.evidence is not None,
            version=1,
            **writer,
        )
        db.session.add(answer)
        db.session.add(
            AnswerChange(
                id=maker.new_id(),
                assessment_id=assessment.id,
                firm_id=assessment.firm_id,
                item_id=made.item_id,
                version=1,
                before=None,
                after={"value": made.value, "evidence": made.evidence or "", "note": ""},
                changed_by_label="示例厂长",
                changed_at=at - timedelta(hours=3),
            )
        )
