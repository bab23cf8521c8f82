"""The bundles of a consultant: how far each is, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from app.i18n import day, moment, ngettext, number
from app.i18n import gettext as _
from app.models.base import now
from app.models.jobs import Job
from app.services.bundles import EXPIRED, WITHDRAWN, BundleState, Contents, state_of
from app.services.bundles import list_firms as firms_of
from app.web.bundles.forms import CONTENTS
from app.web.figures import sentences
from app.web.names import language_name


@dataclass(frozen=True, slots=True)
class Bundle:
    """One of them. The addresses are empty where there is nothing to do; `kind` is that of the message."""

    id: str
    title: str
    asked: str
    state: str
    percent: int
    text: str
    file_name: str
    size: str
    file_url: str
    state_url: str
    cancel_url: str
    again_url: str


@dataclass(frozen=True, slots=True)
class BundlesPage:
    """`watched` is the id of the one whose progress the script follows, else empty."""

    bundles: tuple[Bundle, ...]
    watched: str
    firms: str
    notice: str


def present_bundles(jobs: Sequence[Job], firms: int, notice: str = "") -> BundlesPage:
    """The newest of each selection; `firms` is how many the consultant reaches now."""
    newest: dict[str, Job] = {}
    for job in jobs:
        newest.setdefault(job.subject, job)
    bundles = tuple(present_bundle(job) for job in newest.values())
    watched = next((bundle.id for bundle in bundles if bundle.state == BundleState.PENDING), "")
    return BundlesPage(bundles, watched, ngettext("%(num)s firm", "%(num)s firms", firms), notice)


def present_bundle(job: Job) -> Bundle:
    """One bundle."""
    state = state_of(job)
    chosen = len(firms_of(job))
    over = state != BundleState.PENDING
    ready = state == BundleState.READY
    size = job.payload.get("size", 0)
    return Bundle(
        id=str(job.id),
        title=_(
            "%(what)s of %(firms)s, %(language)s",
            what=CONTENTS[Contents(job.payload["what"])],
            firms=ngettext("%(num)s firm", "%(num)s firms", chosen),
            language=language_name(job.payload["locale"]),
        ),
        asked=_("Ordered %(moment)s", moment=moment(job.created_at)),
        state=state.value,
        percent=job.progress,
        text=_text(job, state),
        file_name=job.file_name if ready else "",
        size=_("%(size)s MB", size=number(size / 1e6, 1))
        if size > 1e6
        else _("%(size)s kB", size=number(size / 1e3, 0)),
        file_url=url_for("bundles.download", job_id=job.id) if ready else "",
        state_url=url_for("bundles.state", job_id=job.id),
        cancel_url="" if over or job.cancel_asked else url_for("bundles.cancel", job_id=job.id),
        again_url=url_for("bundles.again", job_id=job.id) if over and not ready else "",
    )


def _text(job: Job, state: BundleState) -> str:
    match state:
        case BundleState.PENDING:
            return _progress(job)
        case BundleState.READY:
            out = job.payload["left_out"]
            return sentences(
                (
                    _("Ready. The file is kept until %(day)s.", day=day(job.expires_at)),
                    ngettext(
                        "%(num)s firm was left out; the list inside says why.",
                        "%(num)s firms were left out; the list inside says why.",
                        out,
                    )
                    if out
                    else "",
                )
            )
        case BundleState.FAILED:
            return _(job.message) if job.message and "/" not in job.message else _("It could not be built.")
        case BundleState.CANCELLED:
            return _("Called off.")
        case BundleState.EXPIRED:
            return _(EXPIRED)
    return _(WITHDRAWN)


def _progress(job: Job) -> str:
    if job.cancel_asked:
        return _("It is being called off.")
    done, total, held = (*job.message.split("/"), "", "")[:3]
    due = datetime.fromisoformat(held) if held else job.due_at
    if due is not None and due > now():
        return _("The server could not store the file. It is tried again at %(moment)s.", moment=moment(due))
    if total and done != total:
        return _("%(done)s of %(total)s reports", done=done, total=total)
    if total:
        return _("All reports are there; the file is being written.")
    return _("The reports are being ordered.") if job.progress else _("In the queue.")
