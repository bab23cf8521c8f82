"""Diagnoses: saved by version, signed, taken back; text blocks are the writer's own."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.errors import ConflictError, ForbiddenError, InputError, LockedError, NotFoundError
from app.extensions import db
from app.models.base import now
from app.models.diagnoses import Diagnosis
from app.models.engagements import Engagement
from app.models.messages import Message
from app.services import diagnoses
from app.services.diagnoses import fill, text_for
from tests.app import factories as make
from tests.app.services.rounds import acting
from tests.app.world import World

SAID = {"zh": {"summary": "先做检验。 ", "quality": "单子齐全"}, "en": {"summary": ""}}


def stored(app: Flask, world: World) -> Diagnosis:
    with make.writing(app):
        row = db.session.scalars(select(Diagnosis).where(Diagnosis.assessment_id == world.assessment_id)).one()
        db.session.expunge(row)
        return row


def test_words_are_saved_and_empty_places_left_out(app: Flask, world: World) -> None:
    with acting(app, world, "consultant"):
        diagnoses.save(world.assessment_id, SAID, 0)
    row = stored(app, world)
    assert row.texts == {"zh": {"summary": "先做检验。", "findings": {"quality": "单子齐全"}}}
    assert (row.version, row.by_name, row.signed_at) == (1, "consultant", None)


def test_a_stale_save_is_refused_and_the_same_words_are_not(app: Flask, world: World) -> None:
    with acting(app, world, "consultant"):
        diagnoses.save(world.assessment_id, SAID, 0)
    with pytest.raises(ConflictError), acting(app, world, "consultant"):
        diagnoses.save(world.assessment_id, {"zh": {"summary": "另一段"}}, 0)
    assert stored(app, world).texts["zh"]["summary"] == "先做检验。"
    with acting(app, world, "consultant"):
        assert diagnoses.save(world.assessment_id, SAID, 0).version == 1


def test_signing_needs_a_summary_and_tells_the_owner_in_his_language(app: Flask, world: World) -> None:
    with pytest.raises(InputError), acting(app, world, "consultant"):
        diagnoses.sign(world.assessment_id, 0)
    with acting(app, world, "consultant"):
        diagnoses.save(world.assessment_id, SAID, 0)
    with pytest.raises(ConflictError), acting(app, world, "consultant"):
        diagnoses.sign(world.assessment_id, 7)
    with acting(app, world, "consultant"):
        diagnoses.sign(world.assessment_id, 1)
    with make.writing(app):
        told = db.session.scalars(select(Message).where(Message.kind == "diagnosis_signed")).all()
        assert [m.user_id for m in told] == [world.users["owner"]]
        assert "诊断" in told[0].subject and f"/assessments/{world.assessment_id}/diagnosis" in told[0].body
    with pytest.raises(LockedError), acting(app, world, "consultant"):
        diagnoses.save(world.assessment_id, {"zh": {"summary": "改"}}, 1)


def test_only_the_signer_takes_it_back_while_he_works_for_the_firm(app: Flask, world: World) -> None:
    with acting(app, world, "consultant"):
        diagnoses.save(world.assessment_id, SAID, 0)
        diagnoses.sign(world.assessment_id, 1)
    with pytest.raises(ForbiddenError), acting(app, world, "admin"):  # stands for a second consultant of the firm
        diagnoses.take_back(world.assessment_id)
    with make.writing(app):
        db.session.get_one(Engagement, world.engagement_id).ended_at = now()
    with acting(app, world, "admin"):
        diagnoses.take_back(world.assessment_id)
    assert stored(app, world).signed_at is None


def test_there_is_none_of_a_draft_and_none_of_a_foreign_firm(app: Flask, world: World) -> None:
    with pytest.raises(ConflictError), acting(app, world, "consultant"):
        diagnoses.save(world.draft_id, SAID, 0)
    with pytest.raises(NotFoundError), acting(app, world, "consultant"):
        diagnoses.save(world.other_assessment_id, SAID, 0)
    with pytest.raises(InputError), acting(app, world, "consultant"):
        diagnoses.save(world.assessment_id, {"zh": {"summary": "长" * 2001}}, 0)


def test_text_blocks_are_their_writers_own(app: Flask, world: World) -> None:
    with acting(app, world, "consultant"):
        block_id = diagnoses.save_block(None, "检验", "quality", "{企业}的检验", "").id
    with pytest.raises(NotFoundError), acting(app, world, "owner"):
        diagnoses.save_block(block_id, "x", "", "y", "")
    with pytest.raises(InputError), acting(app, world, "consultant"):
        diagnoses.save_block(block_id, " ", "", "y", "")
    with pytest.raises(InputError), acting(app, world, "consultant"):
        diagnoses.save_block(block_id, "x", "", " ", "")
    with acting(app, world, "consultant"):
        diagnoses.delete_block(block_id)


def test_placeholders_that_nobody_knows_stay() -> None:
    assert fill("{firm}: {level} {nobody} {firm.name}", {"firm": "甲厂{level}", "level": "2"}) == (
        "甲厂{level}: 2 {nobody} {firm.name}"
    )


def test_a_missing_language_is_read_in_the_other() -> None:
    texts = {"en": {"summary": "First", "findings": {}}, "zh": {"summary": "", "findings": {"quality": "检验"}}}
    assert text_for(texts, "zh", "summary") == ("en", "First")
    assert text_for(texts, "en", "quality") == ("zh", "检验")
    assert text_for(texts, "en", "market") == ("en", "")
