"""How far claims stand from findings: which rounds count, what a viewer may see, and that nothing else changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from flask import Flask, g
from sqlalchemy import func, select

from app.access.policy import Permission
from app.access.scope import narrow, set_scope
from app.extensions import db
from app.models.assessments import Answer
from app.models.base import now
from app.models.calibrations import Calibration
from app.models.consents import Consent
from app.models.results import Result
from app.queries.access import load_reach
from app.queries.calibrations import Hint, hint, hints, list_calibrated_trades, list_calibrations
from app.services import calibrations
from app.services.jobs import request_job
from scoring.calibration import ALL
from tests.app import factories as make
from tests.app.calibrated import add_firms, add_verified

CLAIMED_3_FOUND_2 = {"C10": (3, "down", 2), "scene_quality": (2, "agreed", 2)}


def computed(app: Flask) -> dict[tuple[str, str], Calibration]:
    """The figures after the command."""
    done = app.test_cli_runner().invoke(args=["calibrate"])
    assert done.exit_code == 0, done.output
    with make.writing(app):
        rows = {(row.sector, row.item_id): row for row in db.session.scalars(select(Calibration))}
        db.session.expunge_all()
    assert json.loads(done.stdout)["figures"] == len(rows)
    return rows


@contextmanager
def reading(app: Flask, user_id: UUID | None = None) -> Iterator[None]:
    """As a consultant (a new one where nobody is named) who opens the page."""
    if user_id is None:
        with make.writing(app):
            user = make.make_user()
            make.give(user, "consultant")
            user_id = user.id
    with app.test_request_context():
        with make.system_scope():
            reach = load_reach(user_id, None)
        g.reach = reach
        set_scope(narrow(reach, Permission.CALIBRATION_READ))
        yield


def shown(app: Flask, sector: str, user_id: UUID | None = None) -> dict[str, int]:
    """Item → number of firms, of what a consultant is shown."""
    with reading(app, user_id):
        return {one.item_id: one.n for one in list_calibrations(sector).shown}


def test_figures_of_a_trade_and_of_all(app: Flask) -> None:
    with make.writing(app):
        add_firms(5, CLAIMED_3_FOUND_2)
        add_firms(5, {"C10": (1, "up", 3), "C05": (2, "agreed", 2)}, sector="textiles")
    rows = computed(app)
    assert set(rows) == {
        (sector, item)
        for sector, items in {"molds": ("C10", "scene_quality"), "textiles": ("C10", "C05"),
                              ALL: ("C10", "scene_quality", "C05")}.items()
        for item in items
    }  # fmt: skip
    one, both = rows["molds", "C10"].figures, rows[ALL, "C10"].figures
    assert (one["mean"], one["down"], one["up"], rows["molds", "C10"].n) == (1, 1, 0, 5)
    assert (both["mean"], both["down"], both["up"], rows[ALL, "C10"].n) == (-0.5, 0.5, 0.5, 10)
    with reading(app):
        assert list_calibrated_trades() == ["molds", "textiles"]


def test_firms_enter_five_at_a_time_in_the_order_of_verification(app: Flask) -> None:
    with make.writing(app):
        add_firms(4, CLAIMED_3_FOUND_2)
    assert computed(app) == {}
    with make.writing(app):
        add_firms(3, {"C10": (4, "down", 0)})
        add_firms(2, {"C10": (1, "agreed", 1)}, sector="textiles")
    rows = computed(app)
    assert {cell: row.n for cell, row in rows.items() if cell[1] == "C10"} == {("molds", "C10"): 5, (ALL, "C10"): 5}


def test_the_last_verification_of_a_firm_counts_and_only_of_firms_that_agreed(app: Flask) -> None:
    with make.writing(app):
        firms = add_firms(8, CLAIMED_3_FOUND_2)
        for firm in firms[:5]:
            first = db.session.scalars(select(Result.assessment_id).where(Result.firm_id == firm.id)).one()
            assessment = db.session.get_one(make.Assessment, first)
            add_verified(firm, {"C10": (3, "agreed", 3)}, assessment=assessment, number=2, days_ago=0)
        firms[5].deleted_at = now()
        for consent in db.session.scalars(select(Consent).where(Consent.firm_id == firms[6].id)):
            consent.withdrawn_at = now()
    rows = computed(app)
    # Six firms are left; the one that was verified once came first.
    assert rows["molds", "C10"].n == 5
    assert rows["molds", "C10"].figures["mean"] == 0.2


def test_what_was_not_seen_is_counted_apart(app: Flask) -> None:
    with make.writing(app):
        add_firms(4, {"C10": (3, "not_seen", None)})
        add_firms(6, {"C10": (2, "agreed", 2), "C05": ("na", "agreed", "na"), "C12": ("unknown", "up", 2)})
    rows = computed(app)
    found = rows["molds", "C10"]
    assert (found.n, found.figures["mean"], found.figures["not_seen"]) == (6, 0, 0.4)
    assert set(rows) == {("molds", "C10"), (ALL, "C10")}


def test_questions_without_levels_enter_on_the_same_scale(app: Flask) -> None:
    claims: dict[str, tuple[Any, str, Any]] = {
        "equipment_digital_rate": ({"part": 12, "whole": 12}, "down", {"part": 0, "whole": 12}),
        "information_systems": ("one_link", "agreed", "one_link"),
    }
    with make.writing(app):
        add_firms(5, claims)
    rows = computed(app)
    assert rows["molds", "equipment_digital_rate"].figures["mean"] == 4
    assert rows["molds", "information_systems"].figures["mean"] == 0


def test_a_hint_falls_back_openly_to_all_trades(app: Flask) -> None:
    with make.writing(app):
        add_firms(5, {"C10": (3, "down", 2), "C05": (3, "down", 2)})
        add_firms(5, {"C10": (3, "down", 2)}, sector="textiles")
    computed(app)
    with reading(app):
        own, other = hint("molds", "C10"), hint("hardware", "C10")
        assert own == Hint("molds", 5, -1, -1, -1)
        assert other is not None and (other.sector, other.n, other.correction) == (ALL, 10, -1)
        assert hint("molds", "C12") is None
        assert {item: one.sector for item, one in hints("textiles").items()} == {"C10": "textiles", "C05": ALL}


def test_nobody_is_shown_figures_of_fewer_than_five_firms_he_does_not_know(app: Flask) -> None:
    with make.writing(app):
        user = make.make_user()
        make.give(user, "consultant")
        engaged = add_firms(3, CLAIMED_3_FOUND_2)[0]
        add_firms(1, CLAIMED_3_FOUND_2, user_id=user.id)
        others = [firm.id for firm in add_firms(6, CLAIMED_3_FOUND_2)]
        make.make_engagement(engaged, user)
        user_id = user.id
    computed(app)
    # Ten firms, of which this consultant sees one and verified another.
    assert shown(app, "molds", user_id)["C10"] == 10
    with make.writing(app):
        for firm_id in others[:4]:
            make.make_engagement(db.session.get_one(make.Firm, firm_id), db.session.get_one(make.User, user_id))
    assert shown(app, "molds", user_id) == {}
    assert shown(app, ALL, user_id) == {}
    assert shown(app, "molds")["C10"] == 10
    with reading(app, user_id):
        assert hint("molds", "C10") is None and list_calibrated_trades() == []
        assert set(list_calibrations("molds").hidden) == {"C10", "scene_quality"}


def test_the_task_may_run_twice_and_changes_no_answer_and_no_result(app: Flask) -> None:
    def everything() -> list[Any]:
        with make.writing(app):
            return [
                [(r.id, r.level, r.score, r.payload) for r in db.session.scalars(select(Result).order_by(Result.id))],
                [(a.id, a.value, a.version) for a in db.session.scalars(select(Answer).order_by(Answer.id))],
            ]

    with make.writing(app):
        for firm in add_firms(5, CLAIMED_3_FOUND_2):
            make.make_answer(make.make_assessment(firm, number=9), "C10", 3)
    before = everything()
    for _ in range(2):
        with make.writing(app):
            request_job("calibrations.compute", "molds")
    with make.writing(app):
        assert db.session.scalar(select(func.count(Calibration.id))) == 4
        assert set(db.session.scalars(select(make.Job.state))) == {"done"}
    assert everything() == before


def test_figures_go_with_the_firms_behind_them(app: Flask) -> None:
    with make.writing(app):
        first = add_firms(5, CLAIMED_3_FOUND_2)[0].id
    assert computed(app)
    with make.writing(app):
        db.session.get_one(make.Firm, first).deleted_at = now()
    assert computed(app) == {}
    with make.writing(app):
        assert calibrations.compute() == []
