"""Send mail and text messages: kept in the outbox, or handed to a real sender by a job."""

from __future__ import annotations

from uuid import UUID

from flask import current_app

from app.config import Config
from app.extensions import db
from app.models.base import now
from app.models.messages import Channel, Message, MessageState
from app.services.jobs import request_job


def send_message(
    channel: Channel, recipient: str, *, kind: str, subject: str, body: str, user_id: UUID | None = None
) -> Message:
    """Record a message; where MAIL_URL or SMS_URL names a sender it leaves after this transaction's commit."""
    settings: Config = current_app.extensions["config"]
    sender = settings.mail_url if channel is Channel.MAIL else settings.sms_url
    kept = sender.startswith("outbox:")
    message = Message(
        channel=channel.value,
        recipient=recipient,
        kind=kind,
        subject=subject,
        body=body,
        user_id=user_id,
        state=(MessageState.KEPT if kept else MessageState.QUEUED).value,
    )
    db.session.add(message)
    if not kept:
        request_job("messages.deliver", message.id)
    return message


def mark_sent(message_id: UUID) -> None:
    """The message has left; its body, which may hold a one-time link, is emptied."""
    message = db.session.get_one(Message, message_id)
    message.state, message.sent_at, message.body = MessageState.SENT.value, now(), ""


def mark_failed(message_id: UUID) -> None:
    """The sender refused it; the body is emptied just the same."""
    message = db.session.get_one(Message, message_id)
    message.state, message.body = MessageState.FAILED.value, ""
