"""Where a page ends: air between pieces, room before a heading, tables that hold together."""

from __future__ import annotations

from typing import Any

from reportlab.platypus import Spacer, Table
from reportlab.platypus.doctemplate import FrameBreak

from app.reports import theme

_LOW = 180.0  # points: a table of this height is not split


class Air(Spacer):
    """Space between two pieces: none at the top of a page, and what is left at its foot."""

    def __init__(self, height: float) -> None:
        """`height` in points."""
        super().__init__(1, height)

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803  # ReportLab's names
        """The space as it is here."""
        frame = getattr(self, "_frame", None)
        return self.width, self.height if frame is None else 0.0 if frame._atTop else min(self.height, availHeight)


class Room(Air):
    """Air before a heading; a new page where what follows does not fit below it.

    A chapter that is no longer than a page is not torn: it goes on to the next one; but it begins on a page that is
    still half empty, whatever becomes of it.
    """

    need = 0.0  # height of the opening
    whole: float | None = None  # of the chapter, where it is one

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803
        """The air, where something stands above and enough fits below."""
        page = theme.HEIGHT - theme.TOP - theme.BOTTOM
        need = self.need
        if self.whole is not None:
            need = 0.0 if availHeight > page / 2 else self.whole if self.whole <= page else need
        frame = self._frame
        if not frame._atTop and availHeight < self.height + need:
            frame.add_generated_content(FrameBreak)
            return 0.0, 0.0
        return super().wrap(availWidth, availHeight)


class Rows(Table):
    """A table that is not split where it is low, and gives up keeping rows together where they are higher than a
    page."""

    _nosplitCmds: list[tuple[Any, ...]]  # noqa: N815  # ReportLab's name

    def opening(self) -> float:
        """Height of the rows before the first place where it may be split."""
        self.wrap(sum(self._colWidths), theme.HEIGHT)
        row, low = max(1, self.repeatRows + 1), sum(self._rowHeights) <= _LOW
        while row < len(self._rowHeights) and (low or any(a[1] < row <= b[1] for _, a, b in self._nosplitCmds)):
            row += 1
        return float(sum(self._rowHeights[:row]))

    def split(self, availWidth: float, availHeight: float) -> list[Any]:  # noqa: N803
        """Split as tables do."""
        top = self._frame._atTop
        if not top and sum(self._rowHeights) <= _LOW:
            return []
        parts = super().split(availWidth, availHeight)
        if not parts and self._nosplitCmds and top:
            self._nosplitCmds = []
            parts = super().split(availWidth, availHeight)
        return list(parts)
