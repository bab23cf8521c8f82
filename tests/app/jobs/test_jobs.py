"""Background work: recorded, enqueued after commit, run once, failing visibly; on SQLite and on Valkey."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from huey import Huey, RedisHuey, SqliteHuey

from app import create_app
from app.access.scope import system_scope
from app.config import read_config
from app.extensions import db
from app.jobs import queue, senders, tasks
from app.jobs.context import JobContext, JobFailed, Store
from app.models.clusters import Cluster
from app.models.invitees import Invitee
from app.models.jobs import Job, JobState
from app.models.messages import Channel, Message, MessageState
from app.services.jobs import request_job
from app.services.messages import send_message
from app.transaction import transaction
from tests.app import factories as make


def read_job(app: Flask, job_id: UUID) -> Job:
    """The job as stored now."""
    with app.app_context(), system_scope():
        return db.session.get_one(Job, job_id)


def request(app: Flask, kind: str, **payload: Any) -> UUID:
    """Ask for a job the way a service does."""
    with app.app_context(), system_scope(), transaction():
        return request_job(kind, "subject", **payload).id


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The task table, to be filled by a test."""
    entries: dict[str, Any] = {}
    monkeypatch.setattr(tasks, "TASKS", entries)
    return entries


def test_a_job_runs_after_the_commit_and_stores_with_its_success(app: Flask, table: dict[str, Any]) -> None:
    seen: list[tuple[int, str]] = []

    def build(context: JobContext) -> Store:
        context.progress(40, "half")
        job = read_job(app, context.job_id)
        seen.append((job.progress, job.state))
        return lambda: db.session.add(Cluster(name=context.payload["name"], code="X"))

    table["build"] = build
    job_id = request(app, "build", name="长安")
    job = read_job(app, job_id)
    assert seen == [(40, JobState.RUNNING)]
    assert (job.state, job.progress) == (JobState.DONE, 100)
    assert job.started_at is not None and job.ended_at is not None and job.started_at <= job.ended_at
    with app.app_context(), system_scope():
        assert db.session.scalars(db.select(Cluster.name)).all() == ["长安"]


def test_a_failing_task_is_marked_with_an_error_id_and_stores_nothing(
    app: Flask, table: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    def fail_late(_context: JobContext) -> Store:
        def store() -> None:
            db.session.add(Cluster(name="x", code="X"))
            db.session.flush()
            raise ZeroDivisionError

        return store

    table["fail"] = fail_late
    job = read_job(app, request(app, "fail"))
    assert job.state == JobState.FAILED
    assert job.error_id and job.error_id in caplog.text
    with app.app_context(), system_scope():
        assert db.session.scalars(db.select(Cluster)).all() == []


def test_an_understandable_failure_keeps_its_message(app: Flask, table: dict[str, Any]) -> None:
    def refuse(_context: JobContext) -> None:
        raise JobFailed("not enough answers")

    table["refuse"] = refuse
    job = read_job(app, request(app, "refuse"))
    assert (job.state, job.message) == (JobState.FAILED, "not enough answers")


def test_an_unknown_kind_fails(app: Flask, table: dict[str, Any]) -> None:
    assert read_job(app, request(app, "unheard-of")).state == JobState.FAILED


def test_a_rolled_back_request_enqueues_nothing(app: Flask, table: dict[str, Any]) -> None:
    ran: list[UUID] = []
    table["note"] = lambda context: ran.append(context.job_id)
    with pytest.raises(ZeroDivisionError), app.app_context(), system_scope(), transaction():
        request_job("note")
        raise ZeroDivisionError
    assert ran == []


def test_running_twice_and_running_what_is_gone_does_no_harm(app: Flask, table: dict[str, Any]) -> None:
    ran: list[UUID] = []
    table["note"] = lambda context: ran.append(context.job_id)
    job_id = request(app, "note")
    tasks.run_job(app, job_id)
    tasks.run_job(app, uuid4())
    assert ran == [job_id]


def test_the_same_waiting_work_is_asked_for_once(app: Flask, table: dict[str, Any]) -> None:
    with app.app_context(), system_scope(), transaction():
        first = request_job("note", "s", locale="zh").id
        assert request_job("note", "s", locale="zh").id == first
        assert request_job("note", "s", locale="en").id != first
        db.session.rollback()


def test_mail_leaves_through_the_sender_and_its_body_is_emptied(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, ...]] = []
    monkeypatch.setitem(senders.SENDERS, "smtp", lambda *parts: sent.append(parts))
    with with_mail_url(app, "smtp://user:secret@mail.example.com:25"):
        message_id = _send(app)
    assert sent == [("smtp://user:secret@mail.example.com:25", "a@example.com", "标题", "secret link")]
    message = _message(app, message_id)
    assert (message.state, message.body) == (MessageState.SENT, "")


def test_refused_mail_is_marked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_parts: str) -> None:
        raise OSError("no route")

    monkeypatch.setitem(senders.SENDERS, "smtp", refuse)
    with with_mail_url(app, "smtp://mail.example.com"):
        message_id = _send(app)
    assert _message(app, message_id).state == MessageState.FAILED


@pytest.mark.parametrize(("code", "bounced"), [(550, True), (450, False)])
def test_an_address_that_is_refused_for_good_is_not_written_to_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch, code: int, bounced: bool
) -> None:
    def refuse(*_parts: str) -> None:
        raise smtplib.SMTPRecipientsRefused({"firm@example.com": (code, b"no")})

    monkeypatch.setitem(senders.SENDERS, "smtp", refuse)
    with make.writing(app):
        invitee_id = make.make_invitee(make.make_cluster(), email="firm@example.com").id
    with with_mail_url(app, "smtp://mail.example"), make.writing(app):
        send_message(
            Channel.MAIL, "firm@example.com", kind="campaign_invitation", subject="s", body="b", invitee_id=invitee_id
        )
    with app.app_context(), system_scope():
        assert (db.session.get_one(Invitee, invitee_id).bounced_at is not None) is bounced


def test_the_outbox_keeps_messages_for_the_administrator(app: Flask) -> None:
    message = _message(app, _send(app))
    assert (message.state, message.body) == (MessageState.KEPT, "secret link")


@contextmanager
def with_mail_url(app: Flask, url: str) -> Iterator[None]:
    """MAIL_URL for a moment."""
    from dataclasses import replace

    settings = app.extensions["config"]
    app.extensions["config"] = replace(settings, mail_url=url)
    try:
        yield
    finally:
        app.extensions["config"] = settings


def _send(app: Flask) -> UUID:
    with app.app_context(), system_scope(), transaction():
        return send_message(Channel.MAIL, "a@example.com", kind="test", subject="标题", body="secret link").id


def _message(app: Flask, message_id: UUID) -> Message:
    with app.app_context(), system_scope():
        return db.session.get_one(Message, message_id)


def test_a_real_queue_carries_jobs_to_a_worker(
    backend: str, app: Flask, queue_url: str, table: dict[str, Any], tmp_path: Path
) -> None:
    """Enqueue in one application, execute as the consumer does; what a dead worker left is recovered."""
    ran: list[str] = []
    table["note"] = lambda context: ran.append(context.subject)
    settings = app.extensions["config"]
    other = create_app(
        read_config(
            {
                "INSTANCE_PATH": str(tmp_path),
                "DATABASE_URL": settings.database_url,
                "SECRET_KEY": settings.secret_key,
                "QUEUE_URL": queue_url,
            },
            testing=True,
        )
    )
    job_id = request(other, "note")
    huey: Huey = queue.get_queue(other)
    assert isinstance(huey, RedisHuey if queue_url.startswith("redis") else SqliteHuey)
    assert queue.is_reachable(other)
    assert read_job(other, job_id).state == JobState.QUEUED
    huey.execute(huey.dequeue())
    assert ran == ["subject"]
    assert read_job(other, job_id).state == JobState.DONE
    request(other, "note")
    huey.flush()
    assert queue.recover(other) == 1
    huey.execute(huey.dequeue())
    assert ran == ["subject", "subject"]
