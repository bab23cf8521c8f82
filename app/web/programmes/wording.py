"""How kinds, tiers and gaps of joint programmes are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.i18n import gettext as _
from app.i18n import language, ngettext
from app.i18n import lazy_gettext as lazy

_KINDS = {
    "rented": lazy("rented together through a platform"),
    "bought": lazy("bought together"),
    "shared": lazy("shared manufacturing centre"),
    "taught": lazy("one teacher for several firms"),
}
_SIZES = {
    "1": lazy("under 20 people"),
    "20": lazy("20 to 99 people"),
    "100": lazy("100 to 299 people"),
    "300": lazy("300 people and more"),
}


def kind_name(kind: str) -> str:
    """What joining in means."""
    return str(_KINDS[kind])


def size_name(size: str) -> str:
    """A size band."""
    return str(_SIZES[size])


def firms_text(count: int) -> str:
    """A number of firms."""
    return ngettext("%(num)s firm", "%(num)s firms", count)


def gap_text(more: int) -> str:
    """How sure it is that nothing better exists."""
    if more <= 0:
        return _("Proven: within this budget no other choice of programmes lifts more firms.")
    return ngettext(
        "Not proven to the last firm: at most %(num)s more firm could be lifted by another choice.",
        "Not proven to the last firm: at most %(num)s more firms could be lifted by another choice.",
        more,
    )


def tier_text(entry: Mapping[str, Any]) -> str:
    """The saving that is counted on, and what more firms would bring."""
    tier, further = entry["tier"], entry["next"]
    now = (
        _("from %(firms)s firms: %(low)s to %(high)s %% off", firms=tier["firms"], **_percent(tier))
        if tier
        else _("too few for a joint price")
    )
    if further is None:
        return now
    more = ngettext(
        "%(num)s more firm: %(low)s to %(high)s %% off",
        "%(num)s more firms: %(low)s to %(high)s %% off",
        further["more"],
        **_percent(further),
    )
    return listed([now, more])


def listed(parts: Sequence[str]) -> str:
    """Half sentences in a row."""
    return ("；" if language() == "zh" else "; ").join(parts)


def _percent(tier: Mapping[str, Any]) -> dict[str, int]:
    return {"low": tier["percent"][0], "high": tier["percent"][1]}


def unit_text(unit: str, count: int) -> str:
    """How many machines, seats or uses; empty where it is one per firm."""
    if unit == "machine":
        return ngettext("%(num)s machine", "%(num)s machines", count)
    if unit == "seat":
        return ngettext("%(num)s seat", "%(num)s seats", count)
    if unit == "use":
        return ngettext("%(num)s use a year", "%(num)s uses a year", count)
    return ""
