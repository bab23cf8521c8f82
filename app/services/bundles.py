"""Many reports at once: a ZIP of a selection of firms, with a table of them, as a job. It belongs to whoever ordered
it, and is his only as long as every firm in it lets him in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.access.scope import current_scope
from app.errors import N_, ConflictError, InputError, NotFoundError
from app.extensions import db
from app.files import delete_file
from app.i18n import gettext as _
from app.i18n import in_language
from app.models.base import now
from app.models.jobs import Job, JobState
from app.models.reports import Report, ReportState
from app.queries.access import load_reach
from app.queries.bundles import Item, find_unfinished, get_bundle, sort_firms
from app.services import audit
from app.services.jobs import attach_file, cancel_job, hold_job, request_job
from app.services.reports import BUILD as REPORT
from app.services.spreadsheets import CHINA

BUILD = "bundles.build"
WITHDRAW = "bundles.withdraw"
FIRST, BEHIND, LAST = -5, -10, -15
"""Priorities: whoever waits for one report or a page goes first, then bundles, then the reports that they want, then
bundles that can only wait for those."""
KEPT = timedelta(days=7)
MOST_FIRMS = 5000
NONE_CHOSEN = N_("Choose at least one firm that has engaged you.")
TOO_MANY = N_("More than 5,000 firms are too many for one download. Choose a town or a trade.")
EXPIRED = N_("This file was kept for seven days and is gone. Have it built anew.")
WITHDRAWN = N_("A firm in this file no longer lets you in, so the file was removed. Build it anew, without that firm.")


class Contents(StrEnum):
    """What is wanted of the firms."""

    REPORTS = "reports"
    BOTH = "reports_and_table"
    TABLE = "table"


class BundleState(StrEnum):
    """A job as its asker sees it. `withdrawn`: a firm in it no longer lets him in."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


def order(firm_ids: Collection[UUID], locale: str, what: Contents) -> Job:
    """Have a bundle made of these firms, by name; firms out of reach are left out. The same one that is already being
    made is returned. Raises InputError."""
    chosen = sort_firms(current_scope().firm_ids & set(firm_ids))
    if not chosen:
        raise InputError(NONE_CHOSEN)
    if len(chosen) > MOST_FIRMS:
        raise InputError(TOO_MANY)
    wanted = {"locale": locale, "what": what.value, "firm_ids": [str(firm_id) for firm_id in chosen]}
    subject = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()
    job = find_unfinished(BUILD, subject)
    if job is None:
        job = request_job(BUILD, subject, priority=FIRST, **wanted)
        audit.record("bundle:create", job.id, firms=len(chosen), locale=locale, what=what.value)
    return job


def order_again(job_id: UUID) -> Job:
    """The same once more, of the firms that still let the asker in. Raises NotFoundError, InputError."""
    job = get_bundle(BUILD, job_id)
    return order(list_firms(job), job.payload["locale"], Contents(job.payload["what"]))


def cancel(job_id: UUID) -> None:
    """Call a bundle off, and the reports that are only waiting to be built for it. Raises NotFoundError."""
    job = get_bundle(BUILD, job_id)
    cancel_job(job)
    call_off_reports([item.report_id for item in list_items(job.payload) if item.report_id], job.requested_by)


def state_of(job: Job) -> BundleState:
    """How a bundle stands for whoever looks now."""
    match job.state:
        case JobState.QUEUED | JobState.RUNNING:
            return BundleState.PENDING
        case JobState.FAILED:
            return BundleState.FAILED
        case JobState.CANCELLED:
            return BundleState.CANCELLED
    if not _included(job) <= current_scope().firm_ids:
        return BundleState.WITHDRAWN
    if job.file_key is None or job.expires_at is None or job.expires_at <= now():
        return BundleState.EXPIRED
    return BundleState.READY


def fetch(job_id: UUID) -> tuple[str, str]:
    """(key, name) of the finished file. Raises NotFoundError while there is none, ConflictError where it is gone or a
    firm in it has ended the engagement; the file is removed then."""
    job = get_bundle(BUILD, job_id)
    match state_of(job):
        case BundleState.READY:
            assert job.file_key is not None
            return job.file_key, job.file_name
        case BundleState.WITHDRAWN:
            if job.file_key is not None:
                delete_file(job.file_key)
            raise ConflictError(WITHDRAWN)
        case BundleState.EXPIRED:
            raise ConflictError(EXPIRED)
    raise NotFoundError


def list_firms(job: Job) -> list[UUID]:
    """The firms that were chosen, in their order."""
    return [UUID(firm_id) for firm_id in job.payload["firm_ids"]]


def list_items(payload: dict[str, Any]) -> list[Item]:
    """What the job has found for each firm so far; empty before it has ordered the reports."""
    return [Item(*(part and UUID(part) for part in row)) for row in payload.get("items", ())]


def _included(job: Job) -> set[UUID]:
    return {UUID(firm_id) for firm_id in job.payload.get("included", ())}


def order_withdrawal(firm_id: UUID, user_id: UUID) -> None:
    """The engagement has ended: have the consultant's files with this firm in them removed. Until then, and without
    it, `fetch` refuses them."""
    request_job(WITHDRAW, firm_id, user=str(user_id))


# ---- for the jobs, in system scope


def withdraw(firm_id: UUID, user_id: UUID | None = None) -> list[str]:
    """The keys of all files with this firm in them (of one consultant); their jobs no longer name them."""
    query = select(Job).where(Job.kind == BUILD, Job.file_key.is_not(None))
    if user_id is not None:
        query = query.where(Job.requested_by == user_id)
    keys = []
    for job in db.session.scalars(query):
        if job.file_key is not None and firm_id in _included(job):
            keys.append(job.file_key)
            job.file_key = None
    return keys


def keep_items(job_id: UUID, attempt: int, items: Sequence[Item]) -> None:
    """All reports are ordered: whoever takes the job up again goes on from here. Raises JobLost."""
    job = hold_job(job_id, attempt)
    job.payload = {**job.payload, "items": [[part and str(part) for part in item] for item in items]}


def step_back(job_id: UUID, attempt: int) -> None:
    """The bundle waits behind the reports that it wants. Raises JobLost."""
    hold_job(job_id, attempt).priority = LAST


def keep_file(job_id: UUID, key: str, size: int, included: Sequence[UUID], left_out: int) -> None:
    """The file stands under `key`; it takes the place of an older one of the same selection. Where a firm in it has
    ended the engagement since it was written, it is not kept."""
    job = db.session.get_one(Job, job_id)
    with in_language(job.payload["locale"]):
        title = (
            _("Table of %(number)s firms", number=len(included))
            if job.payload["what"] == Contents.TABLE
            else _("Reports of %(number)s firms", number=len(included))
        )
    ending = "xlsx" if job.payload["what"] == Contents.TABLE else "zip"
    if set(included) <= load_reach(job.requested_by, None).consultant_firm_ids:
        for old in attach_file(job_id, key, f"{title} {now().astimezone(CHINA):%Y-%m-%d}.{ending}"):
            delete_file(old)
    else:
        delete_file(key)
    job.expires_at = now() + KEPT
    job.payload = {
        "locale": job.payload["locale"],
        "what": job.payload["what"],
        "firm_ids": job.payload["firm_ids"],
        "included": [str(firm_id) for firm_id in included],
        "left_out": left_out,
        "size": size,
    }


def call_off_reports(report_ids: Collection[UUID], asker: UUID | None) -> None:
    """Those of these reports that wait to be built for a bundle of this user are not built; they can be ordered again.
    What somebody waits for by itself is left alone."""
    for job in db.session.scalars(
        select(Job)
        .where(
            Job.kind == REPORT,
            Job.subject.in_([str(report_id) for report_id in report_ids]),
            Job.state == JobState.QUEUED,
            Job.priority == BEHIND,
            Job.requested_by == asker,
        )
        .with_for_update()
    ):
        cancel_job(job)
        report = db.session.scalar(select(Report).where(Report.id == UUID(job.subject)))
        if report is not None and report.state == ReportState.PENDING:
            report.state = ReportState.FAILED.value
