"""Finished values for the page from which the report on a cluster is ordered, and for the one that waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from app.i18n import LANGUAGES, in_language, language_code, moment
from app.i18n import gettext as _
from app.models.clusters import Cluster
from app.models.jobs import Job
from app.services.spreadsheets import CHINA
from app.web.clusters.waiting import state_of
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


def _state_text(state: str) -> str:
    return {"pending": _("being built"), "ready": _("ready"), "failed": _("failed")}[state]


def file_name(cluster: Cluster, locale: str, at: datetime) -> str:
    """What the file is called, in the language of the report."""
    with in_language(locale):
        title = _("Cluster report: %(name)s", name=cluster_name(cluster)).replace(":", "").replace("：", " ")
    return f"{title} {at.astimezone(CHINA):%Y-%m-%d}.pdf"
