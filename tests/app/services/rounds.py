"""Acting on the rounds of the small world: as its people or as the visitor of a link; looking at what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from app.access.roles import Role
from app.access.scope import HandoverLink, Scope, set_scope
from app.extensions import db
from app.models.assessments import Answer
from app.services import answers, assessments
from app.services.answers import Save
from app.transaction import transaction
from scoring.content.loader import load_catalogue
from tests.app import factories as make
from tests.app.pdfs import blank_pdf
from tests.app.world import SECTION, World

MOLDS = load_catalogue("molds")
LEVEL = next(i for i in MOLDS.sector.sections[0].questions if MOLDS.questions[i].kind == "level")
OTHER_LEVEL = next(i for i in MOLDS.sector.sections[1].questions if MOLDS.questions[i].kind == "level")
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
PDF = blank_pdf()


@contextmanager
def acting(app: Flask, world: World, user: str = "owner", **values: object) -> Iterator[None]:
    """A writing transaction as one of the world's people."""
    firm_id = world.other_firm_id if user == "foreign" else world.firm_id
    roles = frozenset({Role.ACCOUNT, Role.MEMBER if user == "member" else Role.OWNER})
    scope = Scope(user_id=world.users[user], roles=roles, firm_ids=frozenset({firm_id}), **values)  # type: ignore[arg-type]
    with app.app_context():
        set_scope(scope)
        with transaction():
            yield


@contextmanager
def visiting(app: Flask, world: World, section: str = SECTION) -> Iterator[None]:
    """A writing transaction as the visitor of the world's hand-over link."""
    link = HandoverLink(world.handover_id, world.firm_id, world.draft_id, section, "车间主任")
    with app.app_context():
        set_scope(Scope(roles=frozenset({Role.LINK}), handover=link))
        with transaction():
            yield


def save(
    app: Flask, world: World, item: str, value: object, version: int = 0, user: str = "owner", **rest: object
) -> int:
    """Save one answer; returns its new version."""
    with acting(app, world, user):
        answers.save_answer(world.draft_id, item, Save(value, version, **rest))  # type: ignore[arg-type]
    return state(app, world, item)[1]


def state(app: Flask, world: World, item: str) -> tuple[object, int]:
    """Value and version of an answer of the open round."""
    with make.writing(app):
        row = db.session.scalar(select(Answer).where(Answer.assessment_id == world.draft_id, Answer.item_id == item))
        return (None, 0) if row is None else (row.value, row.version)


def count(app: Flask, model: type, **where: object) -> int:
    """Rows of a table with these values."""
    with make.writing(app):
        return db.session.scalar(select(func.count()).select_from(model).filter_by(**where)) or 0


def submit(app: Flask, world: World) -> UUID:
    """Submit the open round."""
    with acting(app, world):
        return assessments.submit(world.draft_id, truth_confirmed=True).id
