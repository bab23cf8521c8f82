"""What may be said about a group of firms: one release rule, used by every page and file that shows a group figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

NEED = 5


def releasable(hidden: int, need: int = NEED) -> bool:
    """True when a figure may be shown to somebody who cannot see `hidden` of the firms in it one by one.

    Either he sees all of them anyway, or enough are hidden that no single one can be worked out.
    """
    if hidden < 0 or need < 2:
        raise ValueError("hidden is at least 0, need at least 2")
    return hidden == 0 or hidden >= need


def counted(hidden: int, need: int = NEED) -> int:
    """How many hidden firms enter a figure: whole blocks of `need` only, so that one firm more changes nothing.

    The blocks are filled in a fixed order (first come first), which makes the figure before and after a newcomer the
    same until the next block is full.
    """
    return hidden - hidden % need if releasable(hidden, need) else 0


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean of `number` firms, of which `hidden` are not shown one by one. Never a minimum or maximum."""

    number: int
    hidden: int
    score: Decimal
    index: Decimal


def summarize(
    named: Sequence[tuple[Decimal, Decimal]], hidden: Iterable[tuple[Decimal, Decimal]], need: int = NEED
) -> Summary | None:
    """The mean (score, index) of the named firms and of as many hidden ones as may be counted, in their given order.

    None where nobody is left. Means of groups with hidden firms are rounded to whole points.
    """
    waiting = list(hidden)
    taken = waiting[: counted(len(waiting), need)]
    group = [*named, *taken]
    if not group:
        return None
    unit = Decimal(1) if taken else Decimal("0.1")
    score, index = (
        (sum((pair[i] for pair in group), Decimal(0)) / len(group)).quantize(unit, ROUND_HALF_UP) for i in (0, 1)
    )
    return Summary(number=len(group), hidden=len(taken), score=score, index=index)
