"""What has changed between the last two rounds, for the same firms only."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flask import url_for

from app.i18n import gettext as _
from app.i18n import ngettext
from app.models.clusters import Cluster
from app.queries.releases import Release
from app.services.comparison import Change
from app.web.clusters.wording import cluster_name
from app.web.figures import one_decimal, phrases, sentences, signed
from app.web.names import dimension_name


@dataclass(frozen=True, slots=True)
class Line:
    """A figure before and after; `note` where it is of fewer firms."""

    name: str
    before: str
    after: str
    change: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Mover:
    """A firm that has changed its level."""

    name: str
    url: str
    before: int
    after: int
    change: str


@dataclass(frozen=True, slots=True)
class RoundsPage:
    """The page. `trio` are the firms that rose, stayed, fell."""

    name: str
    answer: str
    composition: str
    trio: tuple[tuple[str, int], ...]
    lines: tuple[Line, ...]
    moves: tuple[tuple[int, tuple[tuple[int, str], ...]], ...]
    movers: tuple[Mover, ...]
    more_movers: str


_MOST = 20


def present_rounds(cluster: Cluster, change: Change, release: Release) -> RoundsPage:
    """All figures are of `change.same`; who else there is stands in `composition`."""
    number = len(change.same)
    movers = sorted(
        (s for s in change.same if s.before and s.level != s.before.level),
        key=lambda s: (-((s.level or 0) - (s.before.level if s.before else 0)), s.name),
    )
    return RoundsPage(
        name=cluster_name(cluster),
        answer=_answer(change),
        composition=_composition(change, release),
        trio=(
            (_("Rose a level"), change.up),
            (_("Same level"), number - change.up - change.down),
            (_("Fell a level"), change.down),
        ),
        lines=_lines(change),
        moves=tuple(
            (old, tuple((new, str(change.moves.get((old, new), "")) or "") for new in range(5))) for old in range(5)
        ),
        movers=tuple(
            Mover(
                s.name,
                url_for("results.history", firm_id=s.firm_id),
                s.before.level,
                s.level or 0,
                signed(s.change or Decimal(0)),
            )
            for s in movers[:_MOST]
            if s.before
        ),
        more_movers=ngettext("and %(num)s more", "and %(num)s more", len(movers) - _MOST)
        if len(movers) > _MOST
        else "",
    )


def _answer(change: Change) -> str:
    if change.score is None:
        return _("No firm has submitted twice yet.")
    old, new = change.score
    count = len(change.same)
    return ngettext(
        "The same %(num)s firm: %(before)s points before, %(after)s now.",
        "The same %(num)s firms: %(before)s points on average before, %(after)s now.",
        count,
        before=one_decimal(old),
        after=one_decimal(new),
    )


def _composition(change: Change, release: Release) -> str:
    hidden = release.members - release.named
    others = [
        ngettext("%(num)s has submitted once", "%(num)s have submitted once", change.once) if change.once else "",
        ngettext("%(num)s not yet", "%(num)s not yet", change.never) if change.never else "",
        ngettext("%(num)s shows no name", "%(num)s show no name", hidden) if hidden else "",
    ]
    said = phrases(text for text in others if text)
    return sentences(
        (
            _("Only firms by name that submitted at least twice are compared, each with its own round before."),
            _("Not in these figures: %(others)s.", others=said) if said else "",
        )
    )


def _lines(change: Change) -> tuple[Line, ...]:
    pairs: list[tuple[str, tuple[Decimal | float, Decimal | float] | None, int]] = [
        (_("Score"), change.score, len(change.same)),
        (_("Overall index"), change.index, len(change.same)),
        *((dimension_name(d), (old, new), n) for d, (old, new, n) in change.dimensions.items()),
    ]
    return tuple(
        Line(
            name,
            one_decimal(pair[0]),
            one_decimal(pair[1]),
            signed(float(pair[1]) - float(pair[0])),
            "" if number == len(change.same) else ngettext("%(num)s firm", "%(num)s firms", number),
        )
        for name, pair, number in pairs
        if pair is not None
    )
