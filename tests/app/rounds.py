"""Submitted rounds with real answers and a published result, for tests of results and reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Flask

from app.extensions import db
from app.models.base import now
from app.models.firms import Firm
from app.models.users import User
from app.queries.answers import answers_document, list_answers
from app.services.results import publish
from scoring import load_catalogue
from tests.app import factories as make
from tests.app.world import World
from tests.scoring import personas

SAID = {
    "scene_energy": {"value": "unknown"},
    "scene_purchasing": {"value": 3, "evidence": "", "evidence_asked": True, "note": "和供应商用微信对单"},
    "scene_quality": {"value": 2, "evidence": "检验记录在云表里", "evidence_asked": True},
    "scene_product_design": {"value": "na"},
    "network_security": None,
    "data_security": None,
    "C10": {"value": 0},
}
"""What the golden round says beside its persona: every state, with and without evidence, a note."""


@dataclass(frozen=True)
class Golden:
    """One submitted round and what went into it."""

    firm_id: UUID
    assessment_id: UUID
    document: dict[str, Any]
    payload: dict[str, Any]


def persona(name: str) -> dict[str, Any]:
    """An acceptance persona by the beginning of its name."""
    return next(case for case in personas.read("personas.yaml") if case["name"].startswith(name))


def make_round(firm: Firm, case: dict[str, Any], said: dict[str, Any], *, number: int = 1, days_ago: int = 0) -> Golden:
    """A submitted round with the answers of a persona, changed as `said` says, and its published result."""
    assessment = make.make_assessment(
        firm,
        number=number,
        submitted=True,
        profile=case["profile"],
        pains=case["pains"],
        employees=case["firm"]["employees"],
        revenue_wan=Decimal(case["firm"]["revenue_wan"]),
        machines=case["firm"]["machines"],
        submitted_at=now() - timedelta(days=days_ago),
    )
    for item, value in (personas.document(case)["answers"] | dict.fromkeys(said)).items():
        given = said.get(item, {"value": value})
        if given is not None:
            make.make_answer(assessment, item, **given)
    db.session.flush()
    assessment.firm = firm
    document = answers_document(assessment, list_answers(assessment.id))
    result = publish(assessment, document, load_catalogue(firm.sector))
    return Golden(firm.id, assessment.id, document, result.payload)


def make_golden(
    app: Flask, world: World, *, said: dict[str, Any] | None = None, name: str = "恒钰模具", **firm: Any
) -> Golden:
    """A mould shop of the world's owner, seen by its consultant and, with consent, by its coordinator."""
    with make.writing(app):
        row = make.make_firm(name, **firm)
        make.make_membership(db.session.get_one(User, world.users["owner"]), row)
        make.make_membership(db.session.get_one(User, world.users["member"]), row, "member")
        make.make_engagement(row, db.session.get_one(User, world.users["consultant"]))
        make.join(db.session.get_one(make.Cluster, world.cluster_id), row, named=True)
        return make_round(row, persona("P01"), SAID | (said or {}))
