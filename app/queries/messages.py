"""Read the outbox; for administrators."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.errors import NotFoundError
from app.extensions import db
from app.models.messages import Message


def get_message(message_id: UUID) -> Message:
    """The message. Raises NotFoundError."""
    message = db.session.get(Message, message_id)
    if message is None:
        raise NotFoundError
    return message


def list_messages(limit: int = 100, before: Message | None = None) -> Sequence[Message]:
    """The newest messages first; `before` continues a longer list."""
    query = select(Message).order_by(Message.created_at.desc(), Message.id).limit(limit)
    if before is not None:
        query = query.where(Message.created_at < before.created_at)
    return db.session.scalars(query).all()
