"""Words that all pages of the self-checks share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.i18n import content_text, language, number
from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.web.figures import nouns, one_decimal
from scoring.answers import NOT_APPLICABLE, UNKNOWN
from scoring.content.selfchecks import CheckQuestion, SelfCheck

EFFORTS = {
    "hours": lazy("This afternoon"),
    "days": lazy("This week"),
    "weeks": lazy("This quarter"),
}


def effort_name(effort: str) -> str:
    """How long a measure takes, as the heading of its group."""
    return str(EFFORTS[effort])


def share_text(score: float | None) -> str:
    """The share in place with one decimal; a dash where nothing is answered."""
    return "–" if score is None else one_decimal(score)


def cost_text(low: int, high: int) -> str:
    """A price band in yuan, or that it costs nothing."""
    if high == 0:
        return _("free")
    if low == 0:
        return _("up to %(high)s yuan", high=number(high))
    return _("%(low)s to %(high)s yuan", low=number(low), high=number(high))


def level_text(question: CheckQuestion, value: Any) -> str:
    """An answer in the words of its question."""
    if value == UNKNOWN:
        return _("Not sure")
    if value == NOT_APPLICABLE:
        return content_text(question.na) or _("Does not apply to us")
    if isinstance(value, int) and 0 <= value < len(question.anchors):
        return content_text(question.anchors[value])
    return _("no answer")


def basis_text(check: SelfCheck, basis: Iterable[str]) -> str:
    """On what a question rests: sources with their clauses."""
    sources = {s.id: content_text(s.short) for s in check.sources}
    said = []
    for reference in basis:
        source, _colon, clauses = reference.partition(":")
        shown = clauses.replace(",", "、" if language() == "zh" else ", ").replace("-", "–")
        said.append(_("%(source)s %(clauses)s", source=sources[source], clauses=shown) if clauses else sources[source])
    return nouns(said)
