"""Many reports at once: what is inside, what is left out, whose it is and for how long."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import openpyxl
import pytest
from flask import Flask
from fsspec import register_implementation
from fsspec.implementations.memory import MemoryFileSystem

from app.access.policy import Permission as P
from app.access.scope import acting_as, narrow, system_scope
from app.errors import ConflictError, InputError, NotFoundError
from app.extensions import db
from app.files import get_file, put_file
from app.jobs import bundles as job_module
from app.jobs import engagements as engagement_jobs
from app.jobs import queue, tasks
from app.models.base import now
from app.models.engagements import Engagement
from app.models.firms import Firm
from app.models.jobs import Job, JobState
from app.models.reports import Report, ReportState
from app.models.users import User
from app.queries.access import CHINA, load_reach, today
from app.services import bundles, reports
from app.services.bundles import BundleState, Contents
from app.services.jobs import PAUSES, finish_job
from app.transaction import transaction
from tests.app import factories as make
from tests.app import light_reports
from tests.app.world import World

SECRET = "金丝雀"


@dataclass
class Town:
    """A consultant and his firms, all with a ready report but the last, which has no round; in the order of names."""

    user_id: UUID
    firm_ids: list[UUID]


@pytest.fixture
def town(app: Flask) -> Town:
    """Four firms with a report each, and one that has not submitted."""
    with make.writing(app):
        user = make.make_user("顾问")
        make.give(user, "consultant")
        firms = [make.make_firm(name) for name in ("A/一厂", "B 二厂", "C 三厂", "D 四厂", "E 五厂")]
        for number, firm in enumerate(firms):
            make.make_engagement(firm, user)
            if number < 4:
                result = make.make_result(make.make_assessment(firm, submitted=True))
                report = make.make_report(result, firm_name=firm.name)
                put_file(report.file_key or "", b"%PDF of " + firm.name.encode())
        return Town(user.id, [firm.id for firm in firms])


@contextmanager
def consultant(app: Flask, town: Town, *, writes: bool = False) -> Iterator[None]:
    """The scope of his request."""
    with app.app_context(), system_scope():
        scope = narrow(load_reach(town.user_id, None), P.BUNDLE_CREATE)
        with acting_as(scope), transaction(writes=writes):
            yield


def order(app: Flask, town: Town, what: Contents = Contents.BOTH, locale: str = "zh") -> UUID:
    """Order a bundle of all firms; jobs run at once."""
    with consultant(app, town, writes=True):
        return bundles.order(town.firm_ids, locale, what).id


def read(app: Flask, job_id: UUID) -> Job:
    """The job as stored now."""
    with app.app_context(), system_scope():
        return db.session.get_one(Job, job_id)


def file_of(app: Flask, town: Town, job_id: UUID) -> bytes:
    """What he would download."""
    with consultant(app, town):
        return get_file(bundles.fetch(job_id)[0])


def end(app: Flask, firm_id: UUID) -> None:
    """A firm ends the engagement."""
    with app.app_context(), system_scope(), transaction():
        row = db.session.scalar(
            db.select(Engagement).where(Engagement.firm_id == firm_id, Engagement.ended_at.is_(None))
        )
        assert row is not None
        row.ended_at = now()


@pytest.fixture(autouse=True)
def _light_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is drawn."""
    monkeypatch.setitem(tasks.TASKS, "reports.build", light_reports.build)


@pytest.fixture
def held(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """Jobs are recorded and left alone; the list names them."""
    waiting: list[UUID] = []
    monkeypatch.setitem(app.extensions, "enqueue", lambda job_id, _priority: waiting.append(job_id))
    return waiting


def test_a_bundle_holds_the_reports_the_table_and_the_list(app: Flask, town: Town) -> None:
    job_id = order(app, town)
    job = read(app, job_id)
    assert (job.state, job.payload["left_out"]) == (JobState.DONE, 1)
    assert job.file_name.startswith("4 家企业报告 ") and job.file_name.endswith(".zip")
    archive = ZipFile(BytesIO(file_of(app, town, job_id)))
    assert archive.testzip() is None
    names = archive.namelist()
    assert names == [
        "001 A_一厂 数字化自评报告 第1轮.pdf", "002 B 二厂 数字化自评报告 第1轮.pdf",
        "003 C 三厂 数字化自评报告 第1轮.pdf", "004 D 四厂 数字化自评报告 第1轮.pdf",
        "00 企业汇总表.xlsx", "00 清单.txt",
    ]  # fmt: skip
    assert archive.read(names[0]) == "%PDF of A/一厂".encode()
    assert all(info.flag_bits & 0x800 for info in archive.infolist()), "Windows takes names without this mark for GBK"
    text = archive.read("00 清单.txt")
    assert text.startswith(b"\xef\xbb\xbf") and "5  E 五厂 还没有提交自评\r\n" in text.decode("utf-8-sig")
    book = openpyxl.load_workbook(BytesIO(archive.read("00 企业汇总表.xlsx")))
    head, *rows = book.worksheets[0].iter_rows(values_only=True)
    first = dict(zip(head, rows[0], strict=True))
    assert len(rows) == 4
    assert (first["序号"], first["企业"], first["自评等级"], first["自评得分"]) == (1, "A/一厂", 1, 36.375)
    assert first["文件"] == names[0] and first["镇街"] == "长安镇" and first["核实等级"] is None
    assert [row[1] for row in book.worksheets[1].iter_rows(values_only=True)] == ["企业", "E 五厂"]


def test_the_same_firms_give_the_same_bytes(app: Flask, town: Town) -> None:
    first = file_of(app, town, order(app, town))
    again = order(app, town)
    assert file_of(app, town, again) == first
    table = file_of(app, town, order(app, town, Contents.TABLE))
    assert file_of(app, town, order(app, town, Contents.TABLE)) == table


def test_a_newer_file_of_the_same_selection_takes_the_place_of_the_older(app: Flask, town: Town) -> None:
    older, newer = order(app, town), order(app, town)
    assert older != newer
    assert (read(app, older).file_key, read(app, newer).file_key is None) == (None, False)


def test_in_english_and_alone(app: Flask, town: Town) -> None:
    job = read(app, order(app, town, Contents.TABLE, "en"))
    assert job.file_name.startswith("Table of 4 firms ") and job.file_name.endswith(".xlsx")
    with app.app_context():
        book = openpyxl.load_workbook(BytesIO(get_file(job.file_key or "")))
    assert book.sheetnames == ["Firms", "Left out"]
    assert "Level claimed" in [cell.value for cell in book.worksheets[0][1]]


def test_long_and_odd_names_stay_readable_and_unlike(app: Flask, town: Town) -> None:
    with app.app_context(), system_scope(), transaction():
        for firm_id in town.firm_ids[:2]:
            db.session.get_one(Firm, firm_id).name = "长" * 190 + ":*?"
        for report in db.session.scalars(db.select(Report).where(Report.firm_id.in_(town.firm_ids[:2]))):
            report.firm_name = "长" * 190 + ":*?"
    names = ZipFile(BytesIO(file_of(app, town, order(app, town, Contents.REPORTS)))).namelist()
    assert len(names) == len({name.casefold() for name in names}) == 5
    assert all(len(name) < 120 and not set(name) & set('\\/:*?"<>|') for name in names)
    assert all(name.endswith((".pdf", ".txt")) for name in names)


def test_missing_reports_are_ordered_behind_everything_else_and_once(app: Flask, town: Town, held: list[UUID]) -> None:
    _forget_reports(app)
    job_id = order(app, town)
    assert order(app, town) == job_id, "the same bundle is already being made"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job_module, "TURN", -1.0)
        tasks.run_job(app, job_id)
    with app.app_context(), system_scope():
        ordered = db.session.scalars(db.select(Job).where(Job.kind == reports.BUILD)).all()
        assert len(ordered) == 4
        assert {(job.priority, job.requested_by) for job in ordered} == {(bundles.BEHIND, town.user_id)}
        bundle = db.session.get_one(Job, job_id)
        assert (bundle.state, bundle.message) in ((JobState.QUEUED, "1/4"), (JobState.QUEUED, "0/4"))


def test_calling_off_takes_the_waiting_reports_along_and_they_can_be_ordered_again(
    app: Flask, town: Town, held: list[UUID]
) -> None:
    _forget_reports(app)
    job_id = order(app, town)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job_module, "TURN", -1.0)
        tasks.run_job(app, job_id)
    with consultant(app, town, writes=True):
        bundles.cancel(job_id)
    with app.app_context(), system_scope():
        assert db.session.scalars(db.select(Job).where(Job.state == JobState.QUEUED)).all() == []
        report = db.session.scalars(db.select(Report).where(Report.state == ReportState.FAILED)).first()
        assert report is not None
        firm_id, assessment_id = report.firm_id, report.assessment_id
    assert firm_id in town.firm_ids
    held.clear()
    with consultant(app, town, writes=True):
        assert reports.request_report(assessment_id, "zh").state == ReportState.PENDING
    assert len(held) == 1


def test_a_running_bundle_stops_when_it_is_called_off(app: Flask, town: Town, held: list[UUID]) -> None:
    _forget_reports(app)
    job_id = order(app, town)

    def call_off(_app: Flask, _job_id: UUID) -> None:
        with consultant(app, town, writes=True):
            bundles.cancel(job_id)

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(tasks.TASKS, "bundles.build", _building_with(call_off))
        tasks.run_job(app, job_id)
    assert read(app, job_id).state == JobState.CANCELLED
    with app.app_context(), system_scope():
        assert db.session.scalars(db.select(Job).where(Job.state == JobState.QUEUED)).all() == []


def test_a_firm_that_leaves_while_it_is_built_is_left_out_without_its_name(
    app: Flask, town: Town, held: list[UUID]
) -> None:
    with app.app_context(), system_scope(), transaction():
        db.session.get_one(Firm, town.firm_ids[1]).name = f"B {SECRET}"
    job_id = order(app, town)
    end(app, town.firm_ids[1])
    tasks.run_job(app, job_id)
    data = file_of(app, town, job_id)
    archive = ZipFile(BytesIO(data))
    assert [name[:3] for name in archive.namelist()] == ["001", "003", "004", "00 ", "00 "]
    assert "2  委托已结束，此处不列名称" in archive.read("00 清单.txt").decode("utf-8-sig")
    book = openpyxl.load_workbook(BytesIO(archive.read("00 企业汇总表.xlsx")))
    cells = [str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row]
    assert not any(SECRET in text for text in [*cells, *archive.namelist(), archive.read("00 清单.txt").decode()])


def test_a_firm_that_leaves_afterwards_takes_the_file_along(app: Flask, town: Town) -> None:
    job_id = order(app, town)
    key = read(app, job_id).file_key or ""
    end(app, town.firm_ids[0])
    with consultant(app, town), pytest.raises(ConflictError) as caught:
        bundles.fetch(job_id)
    assert caught.value.message == bundles.WITHDRAWN
    with app.app_context(), pytest.raises(NotFoundError):
        get_file(key)
    with consultant(app, town, writes=True):
        again = bundles.order_again(job_id).id
    assert len(ZipFile(BytesIO(file_of(app, town, again))).namelist()) == 5


def test_the_end_of_an_engagement_removes_the_files_with_this_firm_and_no_others(app: Flask, town: Town) -> None:
    with_firm = order(app, town)
    with consultant(app, town, writes=True):
        without = bundles.order(town.firm_ids[1:], "zh", Contents.TABLE).id
    key = read(app, with_firm).file_key or ""
    end(app, town.firm_ids[0])
    with app.app_context(), system_scope(), transaction():
        bundles.order_withdrawal(town.firm_ids[0], town.user_id)
    with app.app_context(), pytest.raises(NotFoundError):
        get_file(key)
    with consultant(app, town):
        assert bundles.state_of(db.session.get_one(Job, with_firm)) == BundleState.WITHDRAWN
        assert bundles.state_of(db.session.get_one(Job, without)) == BundleState.READY


def test_a_firm_that_leaves_while_the_last_page_is_written_leaves_no_file(
    app: Flask, town: Town, held: list[UUID]
) -> None:
    job_id = order(app, town)
    with app.app_context():
        put_file("bundles/late.zip", b"PK")
    end(app, town.firm_ids[0])
    with app.app_context(), system_scope(), transaction():
        bundles.keep_file(job_id, "bundles/late.zip", 2, town.firm_ids[:2], 0)
        finish_job(job_id)
    with app.app_context(), pytest.raises(NotFoundError):
        get_file("bundles/late.zip")
    with consultant(app, town):
        assert bundles.state_of(db.session.get_one(Job, job_id)) == BundleState.WITHDRAWN


def test_an_engagement_that_runs_out_takes_the_files_along_like_one_that_is_ended(app: Flask, town: Town) -> None:
    job_id = order(app, town)
    key = read(app, job_id).file_key or ""
    with app.app_context(), system_scope(), transaction():
        for row in db.session.scalars(db.select(Engagement).where(Engagement.firm_id == town.firm_ids[0])):
            row.until_on = today() - timedelta(days=1)
    assert engagement_jobs.run(app, now().astimezone(CHINA))[0] == 1
    with app.app_context(), pytest.raises(NotFoundError):
        get_file(key)
    with consultant(app, town):
        assert bundles.state_of(db.session.get_one(Job, job_id)) == BundleState.WITHDRAWN


def test_it_is_nobody_elses_and_nobody_orders_what_is_out_of_reach(app: Flask, town: Town, world: World) -> None:
    job_id = order(app, town)
    stranger = Town(world.users["consultant"], town.firm_ids)
    with consultant(app, stranger), pytest.raises(NotFoundError):
        bundles.fetch(job_id)
    with pytest.raises(InputError):
        order(app, stranger)


def test_a_consultant_who_is_none_any_more_gets_nothing(app: Flask, town: Town, held: list[UUID]) -> None:
    job_id = order(app, town)
    with app.app_context(), system_scope(), transaction():
        user = db.session.get_one(User, town.user_id)
        for role in db.session.scalars(db.select(make.UserRole).where(make.UserRole.user_id == user.id)):
            db.session.delete(role)
    tasks.run_job(app, job_id)
    assert read(app, job_id).state == JobState.FAILED
    assert read(app, job_id).file_key is None


def test_the_file_goes_after_seven_days(app: Flask, town: Town) -> None:
    job_id = order(app, town)
    job = read(app, job_id)
    assert job.expires_at is not None and timedelta(days=6) < job.expires_at - now() <= bundles.KEPT
    with app.app_context(), system_scope(), transaction():
        db.session.get_one(Job, job_id).expires_at = now() - timedelta(seconds=1)
    with consultant(app, town):
        assert bundles.state_of(db.session.get_one(Job, job_id)) == BundleState.EXPIRED
        with pytest.raises(ConflictError):
            bundles.fetch(job_id)
    queue.clear_expired(app)
    with app.app_context(), pytest.raises(NotFoundError):
        get_file(job.file_key or "")


def test_a_report_that_cannot_be_built_or_found_does_not_hold_up_the_others(app: Flask, town: Town) -> None:
    with app.app_context(), system_scope(), transaction():
        one, two = db.session.scalars(
            db.select(Report).where(Report.firm_id.in_(town.firm_ids[:2])).order_by(Report.firm_name)
        )
        one.state, one.file_key = ReportState.PENDING.value, None
        two.file_key = "reports/nowhere.pdf"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(tasks.TASKS, "reports.build", _break)
        job_id = order(app, town)
    text = ZipFile(BytesIO(file_of(app, town, job_id))).read("00 清单.txt").decode("utf-8-sig")
    assert "1  A/一厂 报告没有做成" in text and "2  B 二厂 报告文件缺失" in text
    assert read(app, job_id).payload["left_out"] == 3


class Full(MemoryFileSystem):
    """A store without room for one kind of files, until somebody makes some."""

    protocol = "full"
    room = False
    lacking = "bundles"
    left: list[str] = []

    def _open(self, path: str, mode: str = "rb", **rest: Any) -> Any:
        if "w" in mode and Full.lacking in path and not Full.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super()._open(path, mode, **rest)


def test_a_full_disk_is_said_clearly_leaves_nothing_behind_and_is_tried_again(
    app: Flask, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    register_implementation("full", Full, clobber=True)
    with app.app_context(), system_scope():
        kept = {row.file_key or "": get_file(row.file_key or "") for row in db.session.scalars(db.select(Report))}
    monkeypatch.setitem(app.extensions, "config", replace(app.extensions["config"], files_url="full://store"))
    monkeypatch.setattr(Full, "room", False)
    with app.app_context():
        for key, data in kept.items():
            put_file(key, data)
    job_id = order(app, town)
    job = read(app, job_id)
    assert (job.state, job.file_key) == (JobState.QUEUED, None)
    assert job.due_at is not None and job.due_at - now() <= PAUSES[0]
    assert not [path for path in Full().find("/") if "bundles" in path]
    Full.room = True
    with app.app_context(), system_scope(), transaction():
        db.session.get_one(Job, job_id).due_at = None
    tasks.run_job(app, job_id)
    assert len(ZipFile(BytesIO(file_of(app, town, job_id))).namelist()) == 6


def test_a_full_disk_that_holds_up_the_reports_of_a_bundle_is_said_too(
    app: Flask, town: Town, held: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    register_implementation("full", Full, clobber=True)
    monkeypatch.setitem(app.extensions, "config", replace(app.extensions["config"], files_url="full://held"))
    monkeypatch.setattr(Full, "room", False)
    monkeypatch.setattr(Full, "lacking", "/reports/")
    monkeypatch.setattr(job_module, "REST", 0.0)
    _forget_reports(app)
    job_id = order(app, town)
    tasks.run_job(app, job_id)
    job = read(app, job_id)
    done, total, until = job.message.split("/")
    assert (job.state, done, total) == (JobState.QUEUED, "0", "4") and datetime.fromisoformat(until) > now()
    Full.room = True
    with app.app_context(), system_scope(), transaction():
        waiting = db.session.scalars(db.select(Job).where(Job.kind == reports.BUILD)).all()
        for row in waiting:
            row.due_at = None
        ids = [row.id for row in waiting]
    for one in (*ids, job_id):
        tasks.run_job(app, one)
    assert len(ZipFile(BytesIO(file_of(app, town, job_id))).namelist()) == 6


def _break(_context: Any) -> None:
    raise ZeroDivisionError


def _forget_reports(app: Flask) -> None:
    with app.app_context(), system_scope(), transaction():
        for report in db.session.scalars(db.select(Report)):
            db.session.delete(report)


def _building_with(run_job: Callable[[Flask, UUID], None]) -> Any:
    """The task, with this in place of building a report."""
    return lambda context: job_module.build(context, run_job)
