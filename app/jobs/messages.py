"""Deliver messages through the senders that are set."""

from __future__ import annotations

import smtplib
from functools import partial
from uuid import UUID

from app.config import Config
from app.jobs.context import JobContext, Store
from app.jobs.senders import sender_for
from app.models.messages import Channel, MessageState
from app.queries.messages import get_message
from app.services.messages import mark_failed, mark_sent
from app.transaction import transaction


def deliver(context: JobContext) -> Store | None:
    """Send the message whose id is the subject; once sent it is not sent again."""
    settings: Config = context.app.extensions["config"]
    message_id = UUID(context.subject)
    with transaction(writes=False):
        message = get_message(message_id)
        if message.state != MessageState.QUEUED:
            return None
        url = settings.mail_url if message.channel == Channel.MAIL else settings.sms_url
        recipient, subject, body = message.recipient, message.subject, message.body
    try:
        sender_for(url)(url, recipient, subject, body)
    except smtplib.SMTPRecipientsRefused as refused:
        context.app.logger.exception("message %s was refused", message_id)
        return partial(mark_failed, message_id, bounced=all(code >= 500 for code, _text in refused.recipients.values()))
    except OSError:
        context.app.logger.exception("message %s was refused", message_id)
        return partial(mark_failed, message_id)
    return partial(mark_sent, message_id)
