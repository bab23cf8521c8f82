"""Mail and text messages to users: the outbox that the administrator sees where nothing sends them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Code, Moment, Row, UtcDateTime, now, one_of, reference


class Channel(StrEnum):
    """How a message travels."""

    MAIL = "mail"
    SMS = "sms"


class MessageState(StrEnum):
    """`kept`: the outbox is the destination. `queued`, `sent`, `failed`: a real sender is set."""

    KEPT = "kept"
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Message(Row):
    """One message, to a user or to a firm on a coordinator's list (`invitee_id`, in a round `campaign_id`).

    The body may hold a one-time link, so it is emptied once a real sender has sent it.
    """

    __tablename__ = "messages"

    channel: Mapped[str] = mapped_column(String(8))
    recipient: Mapped[str] = mapped_column(String(254))
    kind: Mapped[Code]
    subject: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default=MessageState.KEPT.value)
    user_id: Mapped[UUID | None] = mapped_column(reference("users.id"))
    invitee_id: Mapped[UUID | None] = mapped_column(reference("invitees.id"), index=True)
    campaign_id: Mapped[UUID | None] = mapped_column(reference("campaigns.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[Moment] = mapped_column(default=now, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (one_of("channel", Channel), one_of("state", MessageState))
