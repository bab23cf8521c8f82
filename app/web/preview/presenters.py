"""The bar above every page of the preview: which content it is, and what is still wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.i18n import content_text, in_characters, language, ngettext
from app.i18n import gettext as _
from app.queries.assessments import Round
from scoring.content.remedies import say_zh
from scoring.errors import Fault


@dataclass(frozen=True, slots=True)
class Bar:
    """`title` names trade and versions, `faults` are sentences with place and remedy."""

    title: str
    faults_title: str
    faults: tuple[str, ...]


def present_bar(round_: Round, faults: Sequence[Fault]) -> Bar:
    """The bar of a page."""
    sector = round_.catalogue.sector
    own = {name: n for name, n in round_.catalogue.versions.items() if name in (sector.id, f"solutions/{sector.id}")}
    versions = _(", ").join(f"{name}@{number}" for name, number in own.items())
    return Bar(
        title=_(
            "Preview of %(trade)s (%(versions)s). Nothing is stored.",
            trade=content_text(sector.title),
            versions=versions,
        ),
        faults_title=ngettext("%(num)s thing to mend", "%(num)s things to mend", len(faults)) if faults else "",
        faults=tuple(_said(f) for f in faults),
    )


def _said(fault: Fault) -> str:
    if language() == "en":
        return str(fault)
    place = f"{fault.file}：{fault.place}" if fault.place else fault.file
    return f"{place}：{in_characters(say_zh(fault.message))}"
