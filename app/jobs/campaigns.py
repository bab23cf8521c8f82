"""Write to the firms of a round, and print its letters."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from app.config import Config
from app.extensions import db
from app.files import delete_file, put_file
from app.i18n import day, in_language, language_code
from app.i18n import gettext as _
from app.jobs.context import JobContext, JobFailed, Store
from app.models.base import now
from app.models.campaigns import Campaign
from app.models.clusters import Cluster
from app.models.invitees import Invitee
from app.queries.campaigns import read_sent
from app.queries.invitees import list_invitees, read_roster
from app.reports.document import Letter
from app.services.campaigns import (
    BATCH,
    LetterChoice,
    MailKind,
    campaign_cluster_name,
    campaign_words,
    choose_letters,
    mark_lettered,
    plan_mail,
    send_batch,
)
from app.services.invitees import personal_link
from app.services.jobs import attach_file
from app.services.links import absolute_url
from app.services.spreadsheets import CHINA
from app.transaction import transaction


def send(context: JobContext) -> Store | None:
    """Invite or remind, batch by batch, so that nobody waits for the turn to write. Begun again after a stop it goes on
    where it was: who has been written to is not written to twice."""
    campaign_id, kind = UUID(context.subject), MailKind(context.payload["mail"])
    with transaction(writes=False):
        campaign = db.session.get(Campaign, campaign_id)
        if campaign is None:
            raise JobFailed("gone")
        invited = read_sent(campaign.id).to[f"campaign_{MailKind.INVITATION}"]
        due = plan_mail(read_roster(campaign.cluster_id, campaign).entries, invited, kind).to
    for start in range(0, len(due), BATCH):
        with transaction():
            send_batch(campaign_id, kind, due[start : start + BATCH])
        context.progress(100 * start // max(len(due), 1))
    return None


def letters(context: JobContext) -> Store | None:
    """Print one letter for each firm that was chosen, as one PDF."""
    campaign_id, choice = UUID(context.subject), LetterChoice(context.payload["choice"])
    with transaction(writes=False):
        campaign = db.session.get(Campaign, campaign_id)
        if campaign is None:
            raise JobFailed("gone")
        chosen = choose_letters(read_roster(campaign.cluster_id, campaign).entries, choice)
        if not chosen:
            raise JobFailed("nobody")
        wanted = set(chosen)
        rows = [row for row in list_invitees(campaign.cluster_id) if row.id in wanted]
        pages = [_letter(campaign, campaign.cluster, row) for row in rows]
        title = campaign.title
    # Drawing takes half a second to load: only who prints waits for it.
    from app.reports import fonts  # noqa: PLC0415
    from app.reports.letters import render_letters  # noqa: PLC0415

    settings: Config = context.app.extensions["config"]
    context.progress(10)
    data = render_letters(
        pages, fonts.load(settings.fonts), lambda done: context.progress(10 + 85 * done // max(len(pages), 1))
    )
    key = f"letters/{secrets.token_hex(16)}.pdf"
    put_file(key, data)
    return partial(_keep, context.job_id, key, f"{title}.pdf", chosen)


def _keep(job_id: UUID, key: str, name: str, invitee_ids: Sequence[UUID]) -> None:
    mark_lettered(invitee_ids)
    for old in attach_file(job_id, key, name):
        delete_file(old)


def _letter(campaign: Campaign, cluster: Cluster, invitee: Invitee) -> Letter:
    with in_language(invitee.locale):
        name = campaign_cluster_name(cluster, invitee.locale)
        code = cluster.code
        half = (len(code) + 1) // 2
        return Letter(
            language="en" if language_code() == "en" else "zh",
            firm=invitee.name,
            contact=invitee.contact,
            sender=name,
            dated=day(now().astimezone(CHINA).date()),
            title=_("Where does your firm stand with digital tools?"),
            paragraphs=(
                campaign_words(campaign, cluster, invitee.locale),
                _("The round “%(title)s” is open until %(day)s.", title=campaign.title, day=day(campaign.closes_on)),
            ),
            steps=(
                _("Scan, or open the address and enter the code."),
                _("Open an account with a mobile number or an e-mail address, and enter your firm."),
                _("Choose what we may see, and begin. You can stop at any time and go on later."),
            ),
            link=personal_link(invitee),
            scan=_("Scan with WeChat or the camera. This code is for your firm alone."),
            code=(_("Code of the cluster"), f"{code[:half]} {code[half:]}" if len(code) > 5 else code),
            address=(_("To be entered at"), absolute_url("clusters.enter_code")),
            small=_(
                "If we see you by name, we see: name, trade, town, size, level, score, dimensions, share of evidence, "
                "how far you are, and date. Never single answers, self-checks, notes or files. "
                "We see that you have joined."
            ),
        )
