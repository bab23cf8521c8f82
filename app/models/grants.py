"""Access that a firm gives to a consultant."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import FirmOwned, Moment, Row, UtcDateTime, now, reference
from app.models.firms import Firm
from app.models.users import User


class ConsultantGrant(Row, FirmOwned):
    """A consultant's access to one firm, until revoked. Granting again takes up the same row."""

    __tablename__ = "consultant_grants"

    user_id: Mapped[UUID] = mapped_column(reference("users.id"), index=True)
    granted_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    granted_at: Mapped[Moment] = mapped_column(default=now)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    firm: Mapped[Firm] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])

    __table_args__ = (UniqueConstraint("user_id", "firm_id"),)
