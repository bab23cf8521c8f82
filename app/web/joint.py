"""What a joint programme comes to, in words that its own pages and the cluster's first page share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.i18n import day, ngettext, number
from app.i18n import gettext as _
from app.models.programmes import Programme
from app.web.names import sector_name


def yuan(value: int) -> str:
    """Whole yuan."""
    return _("%(value)s yuan", value=number(value, 0))


def title(programme: Programme) -> str:
    """Where to, for how much."""
    goal = _("Next level") if programme.target is None else _("To level %(level)s", level=programme.target)
    budget = _("no limit") if programme.budget is None else yuan(programme.budget)
    return _("%(goal)s, budget: %(budget)s", goal=goal, budget=budget)


def finding(payload: Mapping[str, Any]) -> str:
    """What a programme brings for which money, in one sentence."""
    lifted, target = sum(payload["lifted"]), payload["target"]
    if not lifted:
        if sum(payload["firms"]) == sum(payload["already"]):
            return _("All of these firms are there already.")
        return _("Within this budget no firm can be lifted.")
    cost = yuan(payload["price"][1])
    if target is None:
        return ngettext(
            "%(cost)s lift %(num)s firm to its next level.",
            "%(cost)s lift %(num)s firms to their next level.",
            lifted,
            cost=cost,
        )
    return ngettext(
        "%(cost)s lift %(num)s firm to level %(level)s.",
        "%(cost)s lift %(num)s firms to level %(level)s.",
        lifted,
        cost=cost,
        level=target,
    )


def about(programme: Programme) -> str:
    """Which firms, and when it was ordered."""
    choice = programme.choice
    parts = [_("all that agreed") if choice["everybody"] else _("firms that show their name")]
    if choice["sector"]:
        parts.append(sector_name(choice["sector"]))
    if choice["town"]:
        parts.append(choice["town"])
    if choice["firms"]:
        parts.append(ngettext("%(num)s chosen firm", "%(num)s chosen firms", len(choice["firms"])))
    if not choice["alone"]:
        parts.append(_("joint buying only"))
    return " · ".join([*parts, day(programme.created_at)])
