"""The result of a self-check as one page says it: finished values, no drawing. `sheet_page` draws them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line: what it is and what it costs. `note` always stands below, `text` explains where there is room; `duty`
    says that the law asks for it."""

    title: str
    cost: str = ""
    note: str = ""
    text: str = ""
    duty: bool = False


@dataclass(frozen=True, slots=True)
class SheetGroup:
    """Rows under one heading, with what they cost together."""

    title: str
    sum: str
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that stands on the page.

    `language` is "zh" or "en", `tag` that of the document. `share_part` is the share 0-100, `bands` the shares at which
    the bands begin; parts of `sections` are 0-1.
    """

    language: str
    tag: str
    title: str
    firm: str
    line: str
    share: str
    share_part: float
    share_unit: str
    band: str
    band_text: str
    bands: tuple[int, ...]
    sections: tuple[tuple[str, str, float], ...]
    duty: str
    duties: tuple[str, ...]
    groups: tuple[SheetGroup, ...]
    law_mark: str
    means: str
    foot: tuple[str, ...]
    footer: str
    empty: str
