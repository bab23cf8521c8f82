"""Finished values for the rounds of a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import url_for

from app.i18n import gettext as _
from app.i18n import ngettext
from app.models.campaigns import Campaign
from app.models.clusters import Cluster
from app.queries.campaigns import SentMail
from app.queries.invitees import RosterPicture
from app.services.campaigns import LetterChoice, MailKind, MailPlan, choose_letters, plan_mail
from app.web.clusters.presenters import Bar
from app.web.clusters.wording import cluster_name
from app.web.members.presenters import Todo, find_todo, funnel_bars, round_days
from app.web.names import sector_name


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """One round of several."""

    title: str
    days: str
    state: str
    url: str


@dataclass(frozen=True, slots=True)
class MailBox:
    """What a button sends: to how many, and why not to the others. Without anybody there is no button."""

    kind: str
    title: str
    text: str
    notes: tuple[str, ...]
    label: str
    number: int
    sent: str


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """One round."""

    cluster_id: UUID
    cluster: str
    title: str
    days: str
    state: str
    versions: str
    todo: Todo
    funnel: tuple[Bar, ...]
    mails: tuple[MailBox, ...]
    letters: str
    letters_number: dict[str, int]
    open: bool
    urls: dict[str, str]


def present_campaigns(cluster: Cluster, campaigns: Sequence[Campaign], today: date) -> tuple[CampaignRow, ...]:
    """The rounds of a cluster."""
    return tuple(
        CampaignRow(
            c.title,
            round_days(c.opens_on, c.closes_on),
            _state(c, today),
            url_for("campaigns.show", cluster_id=cluster.id, campaign_id=c.id),
        )
        for c in campaigns
    )


def _state(campaign: Campaign, today: date) -> str:
    if today < campaign.opens_on:
        return _("not begun")
    if today > campaign.closes_on:
        return _("over")
    left = (campaign.closes_on - today).days
    return ngettext("open, %(num)s day left", "open, %(num)s days left", left) if left else _("open, last day")


def present_campaign(
    cluster: Cluster, campaign: Campaign, picture: RosterPicture, sent: SentMail, today: date
) -> CampaignPage:
    """A round: how far the firms are, whom to write to."""
    values: dict[str, Any] = {"cluster_id": cluster.id, "campaign_id": campaign.id}
    invited = sent.to["campaign_invitation"]
    return CampaignPage(
        cluster_id=cluster.id,
        cluster=cluster_name(cluster),
        title=campaign.title,
        days=round_days(campaign.opens_on, campaign.closes_on),
        state=_state(campaign, today),
        versions=_versions(campaign),
        todo=find_todo(cluster.id, campaign, picture),
        funnel=funnel_bars(picture.funnel),
        mails=tuple(_mail_box(kind, plan_mail(picture.entries, invited, kind), sent) for kind in MailKind),
        letters=ngettext(
            "%(num)s firm is not reached by mail.",
            "%(num)s firms are not reached by mail.",
            len(choose_letters(picture.entries, LetterChoice.NO_MAIL)),
        ),
        letters_number={choice.value: len(choose_letters(picture.entries, choice)) for choice in LetterChoice},
        open=today <= campaign.closes_on,
        urls={
            "edit": url_for("campaigns.edit", **values),
            "send": url_for("campaigns.send", **values),
            "letters": url_for("campaigns.letters", **values),
            "all": url_for("campaigns.index", cluster_id=cluster.id),
            "members": url_for("members.index", cluster_id=cluster.id),
        },
    )


def _mail_box(kind: MailKind, plan: MailPlan, sent: SentMail) -> MailBox:
    invitation = kind is MailKind.INVITATION
    key = f"campaign_{kind.value}"
    notes = [
        ngettext("%(num)s has no address.", "%(num)s have no address.", plan.without_address)
        if plan.without_address
        else "",
        ngettext("From %(num)s mail came back.", "From %(num)s mail came back.", plan.bounced) if plan.bounced else "",
        ngettext("%(num)s wants no mails.", "%(num)s want no mails.", plan.unsubscribed) if plan.unsubscribed else "",
        ngettext("%(num)s was written to within a day.", "%(num)s were written to within a day.", plan.rested)
        if plan.rested
        else "",
    ]
    done, failed = len(sent.to[key]), sent.failed[key]
    told = ngettext("Sent so far to %(num)s firm.", "Sent so far to %(num)s firms.", done) if done else ""
    if failed:
        told += " " + ngettext("%(num)s did not arrive.", "%(num)s did not arrive.", failed)
    return MailBox(
        kind=kind.value,
        title=_("Invitations by mail") if invitation else _("Reminders by mail"),
        text=_("To every firm of the list that has not been invited to this round.")
        if invitation
        else _("To invited firms that have not joined, and to those by name that have not submitted."),
        notes=tuple(note for note in notes if note),
        label=ngettext("Invite %(num)s firm", "Invite %(num)s firms", len(plan.to))
        if invitation
        else ngettext("Remind %(num)s firm", "Remind %(num)s firms", len(plan.to)),
        number=len(plan.to),
        sent=told.strip(),
    )


def _versions(campaign: Campaign) -> str:
    return " · ".join(
        f"{sector_name(sector)} {versions.get(sector, '')}".strip() for sector, versions in campaign.versions.items()
    )
