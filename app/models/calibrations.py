"""How far claims of a trade stood from what was found on site: computed from all verified rounds, nobody's row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Code, Json, Moment, Row, now


class Calibration(Row):
    """The figures of one item in one trade ("" for all trades together), as `scoring.calibration` gives them. `n` is
    the number of firms behind them."""

    __tablename__ = "calibrations"

    sector: Mapped[Code] = mapped_column(default="")
    item_id: Mapped[Code]
    n: Mapped[int]
    figures: Mapped[dict[str, Any]] = mapped_column(Json)
    computed_at: Mapped[Moment] = mapped_column(default=now)

    __table_args__ = (UniqueConstraint("sector", "item_id"),)
