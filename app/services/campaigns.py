"""Rounds that a coordinator calls: their dates and words, and the mails that invite and remind.

Nobody is written to twice within a day, by whichever cluster; not after unsubscribing, nor where mail came back. A firm
that has joined without showing its name gets invitations like everybody on the list, and no reminder: a reminder would
tell how far it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from app.access.scope import current_scope
from app.errors import N_, InputError
from app.extensions import db
from app.i18n import day, in_language
from app.i18n import gettext as _
from app.models.base import now
from app.models.campaigns import Campaign
from app.models.clusters import Cluster
from app.models.invitees import Invitee
from app.models.messages import Channel, Message
from app.queries.campaigns import get_campaign
from app.queries.clusters import get_cluster
from app.queries.invitees import RosterEntry
from app.services import audit
from app.services.invitees import personal_link, unsubscribe_link
from app.services.jobs import request_job
from app.services.messages import send_message
from app.services.spreadsheets import CHINA
from app.services.texts import MAX_TITLE, clean_line, clean_text
from scoring.content.serving import serve, served_sectors

SEND, LETTERS = "campaigns.send", "campaigns.letters"
REST = timedelta(hours=24)
LONGEST_ROUND = timedelta(days=366)
BATCH = 100


class MailKind(StrEnum):
    """What is sent in a round."""

    INVITATION = "invitation"
    REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class CampaignData:
    """What a coordinator says of a round. The texts may be empty: then the letters carry our own words."""

    title: str
    opens_on: date
    closes_on: date
    text_zh: str = ""
    text_en: str = ""


@dataclass(slots=True)
class MailPlan:
    """Who would be written to now, and who not, for which reason."""

    to: list[UUID] = field(default_factory=list)
    without_address: int = 0
    unsubscribed: int = 0
    bounced: int = 0
    rested: int = 0


def create_campaign(cluster_id: UUID, data: CampaignData) -> Campaign:
    """Call a round, with the questionnaires as they are published today. Raises InputError."""
    cluster = get_cluster(cluster_id)
    campaign = Campaign(cluster_id=cluster.id, versions=questionnaires_of(cluster), created_by=current_scope().user_id)
    _apply(campaign, data)
    db.session.add(campaign)
    audit.record("campaign:create", campaign.id, cluster=str(cluster.id))
    return campaign


def update_campaign(cluster_id: UUID, campaign_id: UUID, data: CampaignData) -> Campaign:
    """Change dates and words. Raises InputError, NotFoundError."""
    campaign = get_campaign(get_cluster(cluster_id).id, campaign_id)
    _apply(campaign, data)
    audit.record("campaign:update", campaign.id, cluster=str(cluster_id))
    return campaign


def questionnaires_of(cluster: Cluster) -> dict[str, dict[str, str]]:
    """The questionnaires that firms of a cluster get today, as a round keeps them."""
    sectors = [cluster.sector] if cluster.sector in served_sectors() else served_sectors()
    return {
        sector: {name: v for name, v in serve(sector).versions.items() if name in (sector, "common")}
        for sector in sectors
    }


def _apply(campaign: Campaign, data: CampaignData) -> None:
    title = clean_line(data.title, "title", MAX_TITLE)
    if not title:
        raise InputError(N_("A round needs a name, such as “Autumn 2026”."), field="title")
    if data.closes_on < data.opens_on:
        raise InputError(N_("The last day cannot lie before the first."), field="closes_on")
    if data.closes_on - data.opens_on > LONGEST_ROUND:
        raise InputError(N_("A round lasts a year at most."), field="closes_on")
    campaign.title, campaign.opens_on, campaign.closes_on = title, data.opens_on, data.closes_on
    campaign.text_zh = clean_text(data.text_zh, "text_zh")
    campaign.text_en = clean_text(data.text_en, "text_en")


# ---- mail


def plan_mail(
    entries: Iterable[RosterEntry], invited: Collection[UUID], kind: MailKind, at: datetime | None = None
) -> MailPlan:
    """Who is to be written to. `invited` are the entries that were invited in this round already."""
    at, plan = at or now(), MailPlan()
    for entry in entries:
        if entry.invitee_id is None or not _is_meant(entry, entry.invitee_id in invited, kind):
            continue
        if entry.unsubscribed:
            plan.unsubscribed += 1
        elif not entry.email:
            plan.without_address += 1
        elif entry.bounced:
            plan.bounced += 1
        elif entry.sent_at is not None and at - entry.sent_at < REST:
            plan.rested += 1
        else:
            plan.to.append(entry.invitee_id)
    return plan


def _is_meant(entry: RosterEntry, invited: bool, kind: MailKind) -> bool:
    if entry.stage in ("submitted", "verified"):
        return False
    if kind is MailKind.INVITATION:
        return not invited
    return invited and (entry.named or entry.stage in ("listed", "invited", "opened"))


def request_mail(cluster_id: UUID, campaign_id: UUID, kind: MailKind) -> None:
    """Have a job write to everybody who is due. Raises InputError outside the round, NotFoundError."""
    campaign = get_campaign(get_cluster(cluster_id).id, campaign_id)
    today = now().astimezone(CHINA).date()
    if campaign.closes_on < today:
        raise InputError(N_("This round is over; nobody is written to any more."))
    request_job(SEND, campaign.id, mail=kind.value)
    audit.record(f"campaign:send_{kind.value}", campaign.id, cluster=str(cluster_id))


def send_batch(campaign_id: UUID, kind: MailKind, invitee_ids: Sequence[UUID]) -> int:
    """Queue one mail for each entry that is still due; returns how many. For jobs, in system scope."""
    at = now()
    campaign = db.session.get_one(Campaign, campaign_id)
    rows = db.session.scalars(
        select(Invitee).where(Invitee.id.in_(invitee_ids)).order_by(Invitee.id).with_for_update()
    ).all()
    addresses = {row.email for row in rows}
    recent = set(
        db.session.scalars(
            select(Message.recipient).where(
                Message.recipient.in_(addresses), Message.invitee_id.is_not(None), Message.created_at > at - REST
            )
        )
    )
    sent = 0
    for invitee in rows:
        blocked = invitee.unsubscribed_at or invitee.bounced_at
        if invitee.email is None or blocked or invitee.email in recent:
            continue
        recent.add(invitee.email)
        subject, body = mail_text(campaign, campaign.cluster, invitee, kind)
        send_message(
            Channel.MAIL,
            invitee.email,
            kind=f"campaign_{kind.value}",
            subject=subject[:200],
            body=body,
            invitee_id=invitee.id,
            campaign_id=campaign.id,
        )
        invitee.invited_at, invitee.last_sent_at = invitee.invited_at or at, at
        sent += 1
    return sent


def mail_text(campaign: Campaign, cluster: Cluster, invitee: Invitee, kind: MailKind) -> tuple[str, str]:
    """(subject, body) in the language of the entry."""
    with in_language(invitee.locale):
        name = campaign_cluster_name(cluster, invitee.locale)
        subject = (
            _("%(cluster)s: reminder, %(title)s ends on %(day)s")
            if kind is MailKind.REMINDER
            else _("%(cluster)s invites you: %(title)s")
        ) % {"cluster": name, "title": campaign.title, "day": day(campaign.closes_on)}
        parts = [
            _("To %(firm)s", firm=" ".join(part for part in (invitee.name, invitee.contact) if part)),
            campaign_words(campaign, cluster, invitee.locale),
            _("Your personal link: %(link)s", link=personal_link(invitee)),
            _("The round is open until %(day)s.", day=day(campaign.closes_on)),
            name,
            _("No more mails from this cluster: %(link)s", link=unsubscribe_link(invitee)),
        ]
    return subject, "\n\n".join(parts)


def campaign_words(campaign: Campaign, cluster: Cluster, locale: str) -> str:
    """The text of a round in a language; our own words where the coordinator wrote none. Call inside `in_language`."""
    own = campaign.text_en if locale == "en" else campaign.text_zh
    return own or default_words(campaign_cluster_name(cluster, locale))


def default_words(cluster_name: str) -> str:
    """What an invitation says when the coordinator says nothing else, in the language in force."""
    return _(
        "%(cluster)s invites you to find out where your firm stands with digital tools. In 20 to 30 minutes you answer "
        "questions of your own trade, on a phone or a computer, and you receive the level of your firm under the "
        "national index, what keeps it from the next one, first steps that can be rented, and a report. "
        "It costs nothing, and you decide what we see of it.",
        cluster=cluster_name,
    )


def campaign_cluster_name(cluster: Cluster, locale: str) -> str:
    """The name of the cluster in a language."""
    return cluster.name_en if locale == "en" and cluster.name_en else cluster.name


# ---- letters


class LetterChoice(StrEnum):
    """Whom letters are printed for."""

    NOT_JOINED = "not_joined"
    NO_MAIL = "no_mail"
    ALL = "all"


def choose_letters(entries: Iterable[RosterEntry], choice: LetterChoice) -> list[UUID]:
    """The entries that get a letter, in the order of the list. Whoever has joined needs none, except with ALL."""
    waiting = ("listed", "invited", "opened")
    return [
        e.invitee_id
        for e in entries
        if e.invitee_id is not None
        and (choice is LetterChoice.ALL or e.stage in waiting)
        and (choice is not LetterChoice.NO_MAIL or not e.email or e.bounced or e.unsubscribed)
    ]


def request_letters(cluster_id: UUID, campaign_id: UUID, choice: LetterChoice) -> UUID:
    """Have a job print the letters; returns the job's id. Raises NotFoundError."""
    campaign = get_campaign(get_cluster(cluster_id).id, campaign_id)
    job = request_job(LETTERS, campaign.id, choice=choice.value)
    audit.record("campaign:letters", campaign.id, cluster=str(cluster_id))
    return job.id


def mark_lettered(invitee_ids: Sequence[UUID]) -> None:
    """These firms have a letter now: they count as invited. For jobs."""
    at = now()
    for start in range(0, len(invitee_ids), 500):
        part = invitee_ids[start : start + 500]
        for invitee in db.session.scalars(select(Invitee).where(Invitee.id.in_(part), Invitee.invited_at.is_(None))):
            invitee.invited_at = at
