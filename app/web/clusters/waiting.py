"""A file about a cluster that is being made: a report, or a workbook with many firms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for

from app.i18n import gettext as _
from app.models.jobs import Job, JobState
from app.services.comparison import OUTDATED, is_outdated


@dataclass(frozen=True, slots=True)
class WaitPage:
    """`state` is "pending", "ready" or "failed"; `text` says it in words. `open_url` is "" for what is only saved."""

    name: str
    state: str
    percent: int
    text: str
    back: str
    back_url: str
    state_url: str
    file_url: str
    refresh_url: str
    open_url: str


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the pages of one kind of file are: what it is ordered on, how far it is (page and JSON), the file."""

    order: str
    wait: str
    state: str
    file: str
    view: str = ""


def state_of(job: Job) -> str:
    """ "pending", "ready" or "failed"; a file that is gone because a firm took its name back has failed, too."""
    if is_outdated(job):
        return "failed"
    return {JobState.DONE: "ready", JobState.FAILED: "failed"}.get(JobState(job.state), "pending")


def present_wait(cluster_id: UUID, job: Job, back: str, endpoints: Endpoints) -> WaitPage:
    """How far it is. `back` names the page it is ordered on."""
    state = state_of(job)
    failure = _(job.message) if job.message else _("The file could not be made. Please order it again.")
    texts = {
        "pending": _("The file is being made. You can stay here or come back later."),
        "ready": _("The file is ready."),
        "failed": _(OUTDATED) if is_outdated(job) else failure,
    }
    here: dict[str, Any] = {"cluster_id": cluster_id, "job_id": job.id}
    return WaitPage(
        name=job.payload["name"],
        state=state,
        percent=job.progress,
        text=texts[state],
        back=back,
        back_url=url_for(endpoints.order, cluster_id=cluster_id),
        state_url=url_for(endpoints.state, **here),
        file_url=url_for(endpoints.file, **here),
        refresh_url=url_for(endpoints.wait, **here),
        open_url=url_for(endpoints.view, **here) if endpoints.view else "",
    )
