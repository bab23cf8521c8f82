"""The prepared fonts, and reports of the sample firms, made once for all tests of a run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from app.config import ROOT
from app.i18n import translations_for
from app.reports import fonts as report_fonts
from app.reports.assemble import Issue, assemble
from app.reports.document import Document
from app.reports.fonts import Fonts
from app.reports.render import render
from scoring import assess, load_catalogue
from tests.app.reports import samples

DAY = date(2026, 3, 18)


@pytest.fixture(scope="session")
def fonts() -> Fonts:
    return report_fonts.load(ROOT / "instance" / "fonts")


def document(raw: dict[str, Any], language: str, **issue: Any) -> Document:
    """The document of an answers file."""
    catalogue = load_catalogue(raw["firm"]["sector"])
    texts = translations_for(language)
    return assemble(assess(raw, catalogue), raw, catalogue, language, texts, Issue(**{"on": DAY} | issue))


class Pdf:
    """A rendered report with what tests ask of it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.reader = PdfReader(BytesIO(data))
        self.pages = [page.extract_text() for page in self.reader.pages]

    @property
    def text(self) -> str:
        return "\n".join(self.pages)

    @property
    def solid(self) -> str:
        """All text without white space, as Chinese lines break anywhere."""
        return "".join(self.text.split())

    def fonts(self) -> dict[str, bool]:
        """Each font of every page and form, and whether it is embedded."""
        found: dict[str, bool] = {}

        def look(resources: Any) -> None:
            for font in (resources.get("/Font") or {}).values():
                font = font.get_object()
                descriptor = font.get("/FontDescriptor")
                found[font["/BaseFont"]] = bool(descriptor and "/FontFile2" in descriptor.get_object())
            for form in (resources.get("/XObject") or {}).values():
                form = form.get_object()
                assert form["/Subtype"] == "/Form", "a report holds no pictures"
                if "/Resources" in form:
                    look(form["/Resources"].get_object())

        for page in self.reader.pages:
            look(page["/Resources"].get_object())
        return found


@pytest.fixture(scope="session")
def report(fonts: Fonts) -> Callable[..., Pdf]:
    """`report(sector, language)`: the sample firm's report; `report(raw, language)`: that of an answers file."""

    @cache
    def sample(sector: str, language: str) -> Pdf:
        return Pdf(render(document(samples.answers(sector), language), fonts))

    def make(what: str | dict[str, Any], language: str, **issue: Any) -> Pdf:
        if isinstance(what, str):
            return sample(what, language)
        return Pdf(render(document(what, language, **issue), fonts))

    return make
