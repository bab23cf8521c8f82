"""What a list with headings that sort, filters and pages is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A column; it sorts where it has an address. `order` is the value of aria-sort, empty where another one sorts."""

    label: str
    url: str
    order: str


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a filter, or a column to choose."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a row of links."""

    label: str
    url: str
    current: bool = False
