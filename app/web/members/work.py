"""Finished values for work in the background that a coordinator asked for: mails, letters, a long list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for

from app.i18n import gettext as _
from app.models.clusters import Cluster
from app.models.jobs import Job, JobState
from app.web.clusters.wording import cluster_name

KINDS = ("campaigns.letters", "campaigns.send", "invitees.export")


@dataclass(frozen=True, slots=True)
class WorkPage:
    """One piece of work: "pending", "ready" or "failed"."""

    cluster_id: UUID
    cluster: str
    title: str
    state: str
    percent: int
    text: str
    file_name: str
    urls: dict[str, str]


def present_work(cluster: Cluster, job: Job) -> WorkPage:
    """The page of a piece of work."""
    values: dict[str, Any] = {"cluster_id": cluster.id, "job_id": job.id}
    answer = work_state(job)
    back = url_for("members.index", cluster_id=cluster.id)
    if job.kind.startswith("campaigns."):
        back = url_for("campaigns.show", cluster_id=cluster.id, campaign_id=job.subject)
    return WorkPage(
        cluster_id=cluster.id,
        cluster=cluster_name(cluster),
        title={
            "campaigns.letters": _("Letters to print"),
            "campaigns.send": _("Mails"),
            "invitees.export": _("The list as xlsx"),
        }[job.kind],
        state=answer["state"],
        percent=answer["percent"],
        text=answer["text"],
        file_name=job.file_name if job.file_key else "",
        urls={
            "state": url_for("members.state", **values),
            "refresh": url_for("members.work", **values),
            "file": url_for("members.file", **values),
            "back": back,
        },
    )


def work_state(job: Job) -> dict[str, Any]:
    """State, percent and a sentence, as the script of the page reads them."""
    match JobState(job.state):
        case JobState.DONE:
            return {"state": "ready", "percent": 100, "text": _("It is done.")}
        case JobState.FAILED if job.message == "nobody":
            return {"state": "failed", "percent": 0, "text": _("Nobody needs a letter of this kind.")}
        case JobState.FAILED:
            text = _("It did not work. Nothing is lost; please ask for it once more.")
            return {"state": "failed", "percent": 0, "text": text}
        case _:
            return {"state": "pending", "percent": job.progress, "text": _("In the making: %(n)s %%", n=job.progress)}
