"""Build a bundle: order what is missing, work through it together with the other workers, write the file.

All that counts stands in the database (the reports ordered, their files), so whoever takes the job up again goes on
from there. The asker's reach is read anew for every part: who has ended the engagement meanwhile is left out.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from io import SEEK_END
from tempfile import TemporaryFile
from typing import IO
from uuid import UUID

from flask import Flask

from app.access.policy import Permission
from app.access.scope import acting_as, narrow
from app.errors import N_, NotFoundError
from app.files import delete_file, put_stream
from app.i18n import in_language
from app.jobs.context import JobContext, JobFailed, JobPaused, Store
from app.models.reports import ReportState
from app.queries.access import load_reach
from app.queries.bundles import Entry, Item, list_assessments, list_names, list_rounds, read_entries, survey_reports
from app.services.bundle_files import (
    ENDED,
    NO_FILE,
    NOT_BUILT,
    NOT_SUBMITTED,
    Told,
    add_contents,
    add_report,
    add_table,
    write_table,
    writing_zip,
)
from app.services.bundles import (
    BEHIND,
    Contents,
    call_off_reports,
    keep_file,
    keep_items,
    list_items,
    step_back,
    withdraw,
)
from app.services.jobs import JobCancelled
from app.services.reports import BUILD as REPORT
from app.services.reports import request_report
from app.transaction import after_commit, transaction

RunJob = Callable[[Flask, UUID], None]

BATCH = 20
TURN, GLANCE, REST = 10.0, 0.3, 2.0
"""Seconds: how long a bundle works before others have a turn, looks again at what others build, and leaves reports
alone that are held back for a later try."""
ORDERED, BUILT, WRITTEN = 4, 84, 98
"""Percent after each part."""
NOTHING = N_("None of these firms has a result that you may see. Nothing was built.")


def build(context: JobContext, run_job: RunJob) -> Store:
    """Build the bundle of the payload; `run_job` runs a waiting report in this worker."""
    items = list_items(context.payload)
    try:
        if not items:
            items = _order(context)
        if not any(item.result_id for item in items):
            raise JobFailed(NOTHING)
        _work_through(context, {item.report_id for item in items if item.report_id}, run_job)
        return _write(context, items)
    except JobCancelled:
        with transaction():
            call_off_reports([item.report_id for item in items if item.report_id], context.requested_by)
        raise


def remove(context: JobContext) -> Store:
    """Remove the files of a consultant (`user`) with the firm in them that is the subject."""

    def store() -> None:
        for key in withdraw(UUID(context.subject), UUID(context.payload["user"])):
            after_commit(partial(delete_file, key))

    return store


@contextmanager
def _asker(context: JobContext, *, writes: bool = False) -> Iterator[None]:
    """Whoever asked, with what he reaches now, and a transaction."""
    scope = narrow(load_reach(context.requested_by, None), Permission.BUNDLE_CREATE)
    with acting_as(scope), transaction(writes=writes):
        yield


def _order(context: JobContext) -> list[Item]:
    """Find the newest result of each firm, and order the reports that are missing."""
    firm_ids = [UUID(firm_id) for firm_id in context.payload["firm_ids"]]
    reports = context.payload["what"] != Contents.TABLE
    items: list[Item] = []
    for start in range(0, len(firm_ids), BATCH):
        batch = firm_ids[start : start + BATCH]
        with _asker(context, writes=reports):
            rounds = list_rounds(batch)
            for firm_id in batch:
                assessment_id, result_id = rounds.get(firm_id, (None, None))
                report_id = None
                if assessment_id and reports:
                    report_id = request_report(assessment_id, context.payload["locale"], priority=BEHIND).id
                items.append(Item(firm_id, result_id, report_id))
        context.progress(ORDERED * len(items) // len(firm_ids))
    with transaction():
        keep_items(context.job_id, context.attempt, items)
    return items


def _work_through(context: JobContext, report_ids: Collection[UUID], run_job: RunJob) -> None:
    """Until all reports are there: build the one that the other workers come to last. Raises JobPaused."""
    until = time.monotonic() + TURN
    given_up: set[UUID] = set()
    while report_ids:
        with transaction(writes=False):
            seen = survey_reports(report_ids, REPORT)
        lost = seen.lost - given_up
        percent = ORDERED + (BUILT - ORDERED) * seen.ready // len(report_ids)
        held = f"/{seen.held_until.isoformat()}" if seen.held_until else ""
        context.progress(percent, f"{seen.ready}/{len(report_ids)}{held}")
        if lost:
            given_up |= lost - _order_again(context, lost)
        elif seen.open <= given_up:
            return
        elif seen.waiting is not None:
            run_job(context.app, seen.waiting)
        elif seen.running:
            context.stop.wait(GLANCE)
        else:  # what is left has failed once: to be tried by itself, perhaps later
            context.stop.wait(REST)
            with transaction():
                step_back(context.job_id, context.attempt)
            raise JobPaused
        if time.monotonic() > until:
            raise JobPaused


def _order_again(context: JobContext, report_ids: Collection[UUID]) -> set[UUID]:
    """Reports whose job somebody called off; returns those that the asker still reaches."""
    with _asker(context, writes=True):
        rounds = list_assessments(report_ids)
        for assessment_id in rounds.values():
            request_report(assessment_id, context.payload["locale"], priority=BEHIND)
    return set(rounds)


def _write(context: JobContext, items: Sequence[Item]) -> Store:
    what = Contents(context.payload["what"])
    told = Told()
    with TemporaryFile() as file, in_language(context.payload["locale"]):
        if what == Contents.TABLE:
            included = _collect(context, items, told, lambda _number, _entry: "")
            write_table(file, told)
        else:
            with writing_zip(file) as archive:
                included = _collect(
                    context, items, told, lambda number, entry: add_report(archive, number, len(items), entry)
                )
                if what == Contents.BOTH:
                    add_table(archive, told)
                add_contents(archive, told, what == Contents.BOTH)
        if not included:
            raise JobFailed(NOTHING)
        size = file.seek(0, SEEK_END)
        key = _put(file, "xlsx" if what == Contents.TABLE else "zip")
    return partial(keep_file, context.job_id, key, size, included, len(told.left_out))


def _collect(context: JobContext, items: Sequence[Item], told: Told, add: Callable[[int, Entry], str]) -> list[UUID]:
    """Add each firm that the asker reaches at this moment; returns them."""
    included: list[UUID] = []
    for start in range(0, len(items), BATCH):
        batch = items[start : start + BATCH]
        with _asker(context):
            names, entries = list_names([item.firm_id for item in batch]), read_entries(batch)
            for number, item in enumerate(batch, start + 1):
                name, entry = names.get(item.firm_id), entries.get(item.firm_id)
                if name is None:
                    told.leave_out(number, "", ENDED)
                elif entry is None:
                    told.leave_out(number, name, NOT_SUBMITTED)
                elif item.report_id and (entry.report is None or entry.report.state != ReportState.READY):
                    told.leave_out(number, name, NOT_BUILT)
                else:
                    try:
                        told.add(number, entry, add(number, entry))
                        included.append(item.firm_id)
                    except NotFoundError:
                        told.leave_out(number, name, NO_FILE)
        context.progress(BUILT + (WRITTEN - BUILT) * (start + len(batch)) // len(items))
    return included


def _put(file: IO[bytes], ending: str) -> str:
    key = f"bundles/{secrets.token_hex(16)}.{ending}"
    file.seek(0)
    put_stream(key, file)
    return key
