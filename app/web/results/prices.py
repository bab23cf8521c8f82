"""What a first step costs, in words: always with band, year, basis, and "estimate" or "stated by vendors"."""

from __future__ import annotations

from typing import Any

from app.i18n import gettext as _
from app.i18n import ngettext
from app.web.figures import clauses, phrases, sentences, yuan_text
from app.web.results.reading import Reading
from scoring.content.model import Cost

WAN = 10_000


def cost_note(reading: Reading, entry: dict[str, Any], cost: Cost) -> str:
    """What the band of the first year covers, for how many, and what share of revenue it is."""
    said = [_("first year")]
    running, once = entry["running"], entry["one_off"]
    if once[1] and running[1]:
        said.append(_("of it %(money)s once", money=yuan_text(*once)))
        said.append(_("then %(money)s a year", money=yuan_text(*running)))
    elif once[1]:
        said.append(_("paid once"))
    counted = {
        "machine": ngettext("for one machine", "for %(num)s machines", entry["count"]),
        "seat": ngettext("for one seat", "for %(num)s seats", entry["count"]),
        "use": ngettext("for one use", "for %(num)s uses", entry["count"]),
    }.get(cost.unit)
    if counted:
        said.append(_("%(count)s, typical of the trade", count=counted) if entry["typical_count"] else counted)
    revenue = reading.document.facts.get("revenue_wan")
    if revenue:
        low, high = (100 * v / (float(revenue) * WAN) for v in entry["cost_per_year"])
        said.append(_("about %(low)s to %(high)s %% of revenue", low=_share(low), high=_share(high)))
    return phrases(said)


def _share(percent: float) -> str:
    return f"{max(percent, 0.01):.2f}" if percent < 1 else f"{percent:.1f}"


def source(reading: Reading, cost: Cost) -> str:
    """How sure the price is, of when, on which basis, from where."""
    status = {
        "estimate": _("Estimate"),
        "vendor-stated": _("Stated by vendors"),
        "published": _("Published price"),
    }[cost.status]
    said = [_("%(status)s, %(month)s.", status=status, month=cost.date), reading.text(cost.basis)]
    titles = [reading.text(reading.catalogue.sources[s].title) for s in cost.source]
    if titles:
        said.append(_("Source: %(titles)s.", titles=clauses(titles)))
    return sentences(said)


def paid(entry: dict[str, Any], cost: Cost) -> str:
    """How it is paid."""
    if not entry["running"][1]:
        return _("one payment")
    return {
        "site": _("by the year"),
        "machine": _("by machine and year"),
        "seat": _("by seat and year"),
        "month": _("by the month"),
        "use": _("each time it is used"),
    }[cost.unit]
