"""Which results of hidden firms may stand in figures of a group, and with which others: kept, never changed."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import FirmOwned, Moment, Row, now, one_of, reference


class Family(StrEnum):
    """What the blocks are for. `results`: level, score, dimensions, of firms that show no name. `scenes`: levels of
    single scenes, which are answers, so that every firm is hidden."""

    RESULTS = "results"
    SCENES = "scenes"


class BlockMember(Row, FirmOwned):
    """A result in a block of a cluster (see `scoring.cohort`). `block` is the block's id, `of` how many results it was
    formed with: when a firm is deleted its row goes with it, and the block is seen to be broken."""

    __tablename__ = "block_members"

    cluster_id: Mapped[UUID] = mapped_column(reference("clusters.id"), index=True)
    result_id: Mapped[UUID] = mapped_column(reference("results.id"), index=True)
    family: Mapped[str] = mapped_column(String(16))
    block: Mapped[UUID]
    of: Mapped[int]
    sealed_at: Mapped[Moment] = mapped_column(default=now)

    __table_args__ = (UniqueConstraint("cluster_id", "family", "result_id"), one_of("family", Family))
