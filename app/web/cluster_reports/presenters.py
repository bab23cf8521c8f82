"""Finished values for the page from which the report on a cluster is ordered, and for the one that waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for

from app.i18n import LANGUAGES, in_language, language_code, moment
from app.i18n import gettext as _
from app.models.clusters import Cluster
from app.models.jobs import Job, JobState
from app.services.comparison import OUTDATED, is_outdated
from app.services.spreadsheets import CHINA
from app.web.clusters.wording import cluster_name
from app.web.names import language_name


@dataclass(frozen=True, slots=True)
class Earlier:
    """A report that was ordered before."""

    name: str
    when: str
    state: str
    url: str


@dataclass(frozen=True, slots=True)
class OrderPage:
    """`languages` are (code, name, whether it is the reader's own)."""

    name: str
    languages: tuple[tuple[str, str, bool], ...]
    earlier: tuple[Earlier, ...]
    order_url: str


@dataclass(frozen=True, slots=True)
class WaitPage:
    """A report that is being built: `state` is "pending", "ready" or "failed"."""

    name: str
    state: str
    percent: int
    text: str
    state_url: str
    open_url: str
    file_url: str
    refresh_url: str
    back_url: str


def present_order(cluster: Cluster, jobs: Sequence[Job]) -> OrderPage:
    """The languages to choose from, and the viewer's earlier reports."""
    return OrderPage(
        name=cluster_name(cluster),
        languages=tuple((code, language_name(code), code == language_code()) for code in LANGUAGES),
        earlier=tuple(
            Earlier(
                job.payload["name"],
                moment(job.created_at),
                _state_text(state_of(job)),
                url_for("cluster_reports.waiting", cluster_id=cluster.id, job_id=job.id),
            )
            for job in jobs
        ),
        order_url=url_for("cluster_reports.create", cluster_id=cluster.id),
    )


def present_wait(cluster_id: UUID, job: Job) -> WaitPage:
    """How far a report is."""
    state = state_of(job)
    texts = {
        "pending": _("The report is being put together. That takes a few seconds."),
        "ready": _("The report is ready."),
        "failed": _(OUTDATED)
        if is_outdated(job)
        else _(job.message)
        if job.message
        else _("The report could not be built. Please order it once more."),
    }
    return WaitPage(
        name=job.payload["name"],
        state=state,
        percent=job.progress,
        text=texts[state],
        state_url=url_for("cluster_reports.state", cluster_id=cluster_id, job_id=job.id),
        open_url=url_for("cluster_reports.view", cluster_id=cluster_id, job_id=job.id),
        file_url=url_for("cluster_reports.download", cluster_id=cluster_id, job_id=job.id),
        refresh_url=url_for("cluster_reports.waiting", cluster_id=cluster_id, job_id=job.id),
        back_url=url_for("cluster_reports.show", cluster_id=cluster_id),
    )


def _failure(job: Job) -> str:
    if is_outdated(job):
        return _(OUTDATED)
    return _(job.message) if job.message else _("The report could not be built. Please order it once more.")


def state_of(job: Job) -> str:
    """ "pending", "ready" or "failed"; a report that is gone because a firm took its name back has failed, too."""
    if is_outdated(job):
        return "failed"
    return {JobState.DONE: "ready", JobState.FAILED: "failed"}.get(JobState(job.state), "pending")


def _state_text(state: str) -> str:
    return {"pending": _("being built"), "ready": _("ready"), "failed": _("failed")}[state]


def file_name(cluster: Cluster, locale: str, at: datetime) -> str:
    """What the file is called, in the language of the report."""
    with in_language(locale):
        title = _("Cluster report: %(name)s", name=cluster_name(cluster)).replace(":", "").replace("：", " ")
    return f"{title} {at.astimezone(CHINA):%Y-%m-%d}.pdf"
