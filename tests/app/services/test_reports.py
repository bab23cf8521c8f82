"""Ordering and recording reports, on both databases."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.access.scope import system_scope
from app.errors import NotFoundError
from app.extensions import db
from app.models.reports import Report, ReportState
from app.queries.reports import find_printed_report, get_report, list_reports
from app.services.reports import file_key, mark_failed, mark_ready, new_code, request_report
from app.transaction import transaction
from tests.app.rounds import Golden, make_golden
from tests.app.world import World


@pytest.fixture
def golden(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> Golden:
    """A submitted round; jobs are recorded and left alone."""
    monkeypatch.setitem(app.extensions, "enqueue", lambda _job_id, _priority: None)
    return make_golden(app, world)


def test_a_report_lives_from_order_to_ready(app: Flask, golden: Golden) -> None:
    with app.app_context(), system_scope(), transaction():
        report = request_report(golden.assessment_id, "zh")
        report_id, code = report.id, report.verify_code
        assert (report.state, report.firm_name) == (ReportState.PENDING, "恒钰模具")
    with app.app_context(), system_scope(), transaction():
        assert request_report(golden.assessment_id, "zh").id == report_id
        mark_ready(report_id, file_key(report_id), b"%PDF")
    with app.app_context(), system_scope():
        assert get_report(report_id).state == ReportState.READY
    with app.app_context():
        found = find_printed_report(code)
        assert found is not None
        assert (found.firm_name, found.level) == ("恒钰模具", golden.payload["official"]["level"])
        assert str(found.score) == golden.payload["official"]["score"]
        assert found.edition == "miit-sme-2024"


def test_a_failed_report_is_ordered_again_under_its_code(app: Flask, golden: Golden) -> None:
    with app.app_context(), system_scope(), transaction():
        report = request_report(golden.assessment_id, "en")
        report_id, code = report.id, report.verify_code
    with app.app_context(), system_scope(), transaction():
        mark_failed(report_id)
    with app.app_context(), system_scope(), transaction():
        again = request_report(golden.assessment_id, "en")
        assert (again.id, again.verify_code, again.state) == (report_id, code, ReportState.PENDING)


def test_one_report_for_each_result_and_language(app: Flask, golden: Golden) -> None:
    with app.app_context(), system_scope(), transaction():
        first = request_report(golden.assessment_id, "zh")
        request_report(golden.assessment_id, "en")
        assert [r.locale for r in list_reports(first.result_id)] == ["en", "zh"]
        values = {"firm_id": first.firm_id, "assessment_id": first.assessment_id, "result_id": first.result_id}
    with pytest.raises(IntegrityError), app.app_context(), system_scope(), transaction():
        db.session.add(Report(**values, locale="zh", verify_code=new_code()))


def test_without_a_result_there_is_no_report(app: Flask, golden: Golden, world: World) -> None:
    with pytest.raises(NotFoundError), app.app_context(), system_scope(), transaction():
        request_report(world.draft_id, "zh")
