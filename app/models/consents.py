"""What a firm has agreed to, in which words, and until when."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import FirmOwned, Moment, Row, UtcDateTime, now, one_of, reference


class ConsentKind(StrEnum):
    """`storage`: answers are kept. `statistics`: they count in group figures. `named_results`: a cluster's
    coordinator sees the firm's results by name (this one names the cluster)."""

    STORAGE = "storage"
    STATISTICS = "statistics"
    NAMED_RESULTS = "named_results"


class Consent(Row, FirmOwned):
    """One given consent; withdrawing keeps the row. Active while `withdrawn_at` is null."""

    __tablename__ = "consents"

    kind: Mapped[str] = mapped_column(String(32))
    cluster_id: Mapped[UUID | None] = mapped_column(reference("clusters.id"), index=True)
    text_version: Mapped[str] = mapped_column(String(32))
    given_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    given_at: Mapped[Moment] = mapped_column(default=now)
    withdrawn_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (one_of("kind", ConsentKind),)
