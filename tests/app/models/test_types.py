"""Our column types keep values exactly, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, StatementError

from app.access.scope import system_scope
from app.extensions import db
from app.models.assessments import Answer, Assessment
from app.models.firms import Firm
from app.models.results import Result
from app.models.users import User
from tests.app import factories as make


@pytest.mark.parametrize("value", ["0", "0.0001", "41.625", "36.375", "2800", "9999999.9999"])
def test_decimals_are_exact(app: Flask, value: str) -> None:
    with make.writing(app):
        firm_id = make.make_firm(revenue_wan=Decimal(value)).id
    with app.app_context(), system_scope():
        assert db.session.get_one(Firm, firm_id).revenue_wan == Decimal(value)


def test_decimals_sort_and_compare_as_numbers(app: Flask) -> None:
    with make.writing(app):
        round_ = make.make_assessment(make.make_firm(), submitted=True)
        for score in ("9.5", "10", "41.625", "40"):
            make.make_result(round_, score=Decimal(score))
    with app.app_context(), system_scope():
        scores = db.session.scalars(select(Result.score).order_by(Result.score)).all()
        assert scores == [Decimal("9.5"), Decimal(10), Decimal(40), Decimal("41.625")]
        assert len(db.session.scalars(select(Result).where(Result.score >= Decimal(40))).all()) == 2


def test_moments_are_utc_and_aware(app: Flask) -> None:
    china = datetime(2025, 3, 1, 8, 0, tzinfo=timezone(timedelta(hours=8)))
    with make.writing(app):
        user_id = make.make_user(created_at=china).id
    with app.app_context(), system_scope():
        stored = db.session.get_one(User, user_id).created_at
        assert stored == china and stored.tzinfo is UTC and stored.hour == 0
    with pytest.raises(StatementError), make.writing(app):
        make.make_user(created_at=datetime(2025, 3, 1))


@pytest.mark.parametrize(
    "value", [0, 4, "na", "unknown", [], ["finance"], {"part": 7, "whole": 12}, {"rate": 0.35}, "模具"]
)
def test_every_answer_value_survives(app: Flask, value: object) -> None:
    with make.writing(app):
        answer_id = make.make_answer(make.make_assessment(make.make_firm()), "x", value).id
    with app.app_context(), system_scope():
        stored = db.session.get_one(Answer, answer_id).value
        assert stored == value and type(stored) is type(value)


def test_zero_unanswered_na_and_unknown_are_four_things(app: Flask) -> None:
    with make.writing(app):
        round_ = make.make_assessment(make.make_firm())
        for item, value in (("a", 0), ("b", None), ("c", "na"), ("d", "unknown")):
            make.make_answer(round_, item, value)
    with app.app_context(), system_scope():
        stored = dict(db.session.execute(select(Answer.item_id, Answer.value)).all())  # type: ignore[arg-type]
        assert stored == {"a": 0, "b": None, "c": "na", "d": "unknown"}
        assert db.session.scalars(select(Answer.item_id).where(Answer.value.is_(None))).all() == ["b"]


@pytest.mark.parametrize("values", [{"status": "lost"}, {"number": 0}, {"status": "submitted"}])
def test_a_round_is_consistent(app: Flask, values: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), make.writing(app):
        make.make_assessment(make.make_firm(), **values)  # type: ignore[arg-type]


def test_one_answer_per_item_and_one_round_per_number(app: Flask) -> None:
    with pytest.raises(IntegrityError), make.writing(app):
        round_ = make.make_assessment(make.make_firm())
        make.make_answer(round_, "a", 1)
        make.make_answer(round_, "a", 2)
    with pytest.raises(IntegrityError), make.writing(app):
        firm = make.make_firm()
        make.make_assessment(firm)
        make.make_assessment(firm)


def test_rows_go_with_their_firm(app: Flask) -> None:
    with make.writing(app):
        firm = make.make_firm()
        round_ = make.make_assessment(firm, submitted=True)
        make.make_answer(round_, "scene_quality", 1)
        make.make_report(make.make_result(round_))
        make.make_membership(make.make_user(), firm)
        db.session.delete(firm)
        db.session.flush()
        db.session.expunge_all()
        for model in (Assessment, Answer, Result):
            assert db.session.scalars(select(model)).all() == []
