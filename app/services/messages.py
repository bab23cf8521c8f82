"""Send mail and text messages: kept in the outbox, or handed to a real sender by a job."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import current_app

from app.config import Config
from app.extensions import db
from app.i18n import in_language
from app.models.base import now
from app.models.invitees import Invitee
from app.models.messages import Channel, Message, MessageState
from app.models.users import User
from app.queries.messages import get_message
from app.services import audit
from app.services.jobs import request_job


def send_message(
    channel: Channel,
    recipient: str,
    *,
    kind: str,
    subject: str,
    body: str,
    user_id: UUID | None = None,
    invitee_id: UUID | None = None,
    campaign_id: UUID | None = None,
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
        invitee_id=invitee_id,
        campaign_id=campaign_id,
        state=(MessageState.KEPT if kept else MessageState.QUEUED).value,
    )
    db.session.add(message)
    if not kept:
        request_job("messages.deliver", message.id)
    return message


def tell(user: User, kind: str, words: Callable[[], tuple[str, str]]) -> None:
    """Write to somebody in their own language; `words` gives subject and text."""
    with in_language(user.locale):
        subject, body = words()
    send_message(
        Channel.MAIL if user.email else Channel.SMS,
        user.login,
        kind=kind,
        subject=subject[:200],
        body=body,
        user_id=user.id,
    )


def mark_sent(message_id: UUID) -> None:
    """The message has left; its body, which may hold a one-time link, is emptied."""
    message = db.session.get_one(Message, message_id)
    message.state, message.sent_at, message.body = MessageState.SENT.value, now(), ""


def mark_failed(message_id: UUID, *, bounced: bool = False) -> None:
    """The sender refused it; the body is emptied just the same. `bounced`: the address itself is wrong, so that a firm
    on a coordinator's list is not written to again before it has another."""
    message = db.session.get_one(Message, message_id)
    message.state, message.body = MessageState.FAILED.value, ""
    if bounced and message.invitee_id is not None:
        invitee = db.session.get(Invitee, message.invitee_id)
        if invitee is not None and invitee.email == message.recipient:
            invitee.bounced_at = now()


def record_bounce(message_id: UUID) -> None:
    """The mail came back by another way, as somebody has seen. Raises NotFoundError."""
    message = get_message(message_id)
    mark_failed(message.id, bounced=True)
    audit.record("message:bounce", message.id)
