"""What the pages of joint programmes say above their contents: the cluster, what was ordered, how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import url_for

from app.i18n import gettext as _
from app.i18n import moment, ngettext
from app.models.clusters import Cluster
from app.models.jobs import Job, JobState
from app.models.programmes import Programme, ProgrammeState
from app.web.clusters.wording import cluster_facts, cluster_name
from app.web.joint import about, title


@dataclass(frozen=True, slots=True)
class Head:
    """What every page of the part says of its cluster."""

    cluster_id: UUID
    name: str
    facts: str
    demo: bool


@dataclass(frozen=True, slots=True)
class Past:
    """A programme in the list."""

    url: str
    title: str
    about: str
    state: str
    made: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a computation is, as the page and its script read it. `percent` is None where only the asker sees it."""

    state: str
    percent: int | None
    text: str


def present_head(cluster: Cluster) -> Head:
    """The cluster above the page."""
    return Head(cluster.id, cluster_name(cluster), cluster_facts(cluster), cluster.demo)


def present_past(programmes: Sequence[Programme]) -> tuple[Past, ...]:
    """The list of what was worked out."""
    states = {
        ProgrammeState.PENDING: _("is being worked out"),
        ProgrammeState.READY: _("ready"),
        ProgrammeState.FAILED: _("could not be worked out"),
    }
    found = []
    for p in programmes:
        state = ProgrammeState(p.state)
        text = states[state]
        if p.lifted is not None:
            text = ngettext("lifts %(num)s firm", "lifts %(num)s firms", p.lifted)
        url = url_for("programmes.show", cluster_id=p.cluster_id, programme_id=p.id)
        found.append(Past(url, title(p), about(p), text, moment(p.created_at)))
    return tuple(found)


def present_progress(programme: Programme, job: Job | None) -> Progress:
    """State, percent and a sentence."""
    if programme.state == ProgrammeState.READY:
        return Progress(programme.state, 100, _("The computation is ready."))
    if programme.state == ProgrammeState.FAILED or (job is not None and job.state == JobState.FAILED):
        reason = (programme.payload or {}).get("reason") or ""
        text = _(reason) if reason else _("This could not be worked out. Nothing is lost; please order it once more.")
        return Progress(ProgrammeState.FAILED.value, None, text)
    percent = None if job is None else job.progress
    return Progress(programme.state, percent, _("Being worked out. With 200 firms that takes about a minute."))
