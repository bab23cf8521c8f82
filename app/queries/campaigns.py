"""Read the rounds that a coordinator has called, and what was sent for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.errors import NotFoundError
from app.extensions import db
from app.models.campaigns import Campaign
from app.models.invitees import Invitee
from app.models.messages import Message, MessageState


@dataclass(frozen=True, slots=True)
class SentMail:
    """What was sent in a round: the entries by kind of mail, and how many mails of it failed."""

    to: Mapping[str, set[UUID]]
    failed: Mapping[str, int]


def get_campaign(cluster_id: UUID, campaign_id: UUID) -> Campaign:
    """A round of a cluster. Raises NotFoundError."""
    row = db.session.scalar(select(Campaign).where(Campaign.id == campaign_id, Campaign.cluster_id == cluster_id))
    if row is None:
        raise NotFoundError
    return row


def list_campaigns(cluster_id: UUID) -> Sequence[Campaign]:
    """The rounds of a cluster, the newest first."""
    return db.session.scalars(
        select(Campaign)
        .where(Campaign.cluster_id == cluster_id)
        .order_by(Campaign.opens_on.desc(), Campaign.created_at.desc(), Campaign.id)
    ).all()


def current_campaign(campaigns: Sequence[Campaign], today: date) -> Campaign | None:
    """Of rounds, newest first, the one that is open, else the last that was; None before the first."""
    open_now = [c for c in campaigns if c.opens_on <= today <= c.closes_on]
    past = [c for c in campaigns if c.opens_on <= today]
    return next(iter(open_now or past), None)


def read_sent(campaign_id: UUID) -> SentMail:
    """What was sent in a round; mails that failed count as not sent."""
    to: dict[str, set[UUID]] = defaultdict(set)
    failed: dict[str, int] = defaultdict(int)
    for kind, invitee_id, state in db.session.execute(
        select(Message.kind, Invitee.id, Message.state)
        .join(Invitee, Invitee.id == Message.invitee_id)
        .where(Message.campaign_id == campaign_id)
    ):
        if state == MessageState.FAILED:
            failed[kind] += 1
        else:
            to[kind].add(invitee_id)
    return SentMail(to, failed)
