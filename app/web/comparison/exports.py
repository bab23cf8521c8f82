"""A workbook that is being made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for

from app.i18n import gettext as _
from app.models.jobs import Job, JobState
from app.services.comparison import OUTDATED, is_outdated


@dataclass(frozen=True, slots=True)
class ExportPage:
    """`state` is "pending", "ready" or "failed"; `text` says it in words."""

    state: str
    percent: int
    text: str
    name: str
    state_url: str
    file_url: str
    refresh_url: str
    back_url: str


def present_export(cluster_id: UUID, job: Job) -> ExportPage:
    """How far it is."""
    state = {JobState.DONE: "ready", JobState.FAILED: "failed"}.get(JobState(job.state), "pending")
    failure = _(job.message) if job.message else _("The file could not be made. Please order it again.")
    if is_outdated(job):
        state, failure = "failed", _(OUTDATED)
    texts = {
        "pending": _("The file is being made. You can stay here or come back later."),
        "ready": _("The file is ready."),
        "failed": failure,
    }
    here: dict[str, Any] = {"cluster_id": cluster_id, "job_id": job.id}
    return ExportPage(
        state,
        job.progress,
        texts[state],
        job.payload["name"],
        url_for("comparison.export_state", **here),
        url_for("comparison.download", **here),
        url_for("comparison.exported", **here),
        url_for("comparison.show", cluster_id=cluster_id),
    )
