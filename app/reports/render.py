"""The document drawn: PDF bytes with every font embedded, the same bytes for the same document."""

from __future__ import annotations

from threading import Lock

from app.reports.document import Document
from app.reports.embedding import standards
from app.reports.fonts import Fonts
from app.reports.selfcheck import Sheet

_lock = Lock()


def one_at_a_time() -> Lock:
    """Held while a PDF is drawn: ReportLab keeps settings and fonts for the whole process."""
    return _lock


def render(document: Document, fonts: Fonts, *, with_charts: bool = True) -> bytes:
    """The PDF of a document. Safe in threads, one at a time. `with_charts=False` leaves the charts out."""
    # Matplotlib takes half a second to load: only who draws waits for it.
    from app.reports.pages import Pages  # noqa: PLC0415

    with one_at_a_time():
        standards(fonts.sans)
        return Pages(document, fonts, with_charts=with_charts).build()


def render_sheet(sheet: Sheet, fonts: Fonts) -> bytes:
    """The PDF of a self-check's result: always one page. Safe in threads, one at a time."""
    from app.reports.sheet_page import SheetPage  # noqa: PLC0415

    with one_at_a_time():
        standards(fonts.sans)
        return SheetPage(sheet, fonts).build()
