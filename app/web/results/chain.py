"""Am I ready for a chain leader's order? What a leader of a strategic trade asks of its suppliers, met and missing."""

from __future__ import annotations

from dataclasses import dataclass

from app.i18n import gettext as _
from app.web.figures import nouns
from app.web.results.reading import Reading


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing: what the leader wants to see, and in short what is done now and what would do.

    `level` is None where nothing was answered; `now` then says so. Where levels follow from ticks there is no anchor,
    only the level.
    """

    title: str
    asks: str
    level: int | None
    to: int
    now: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Chain:
    """The part of the page; trades without a chain leader have none."""

    answer: str
    sub: str
    missing: tuple[Missing, ...]
    met: str


def present_chain(reading: Reading) -> Chain | None:
    """The stored count with the words of the content. None where the result says nothing of a chain."""
    found = reading.payload.get("chain")
    if not found or not found["of"]:
        return None
    wanted = {(entry["topic"], entry["wants"]): entry for entry in found["missing"]}
    missing, met = [], []
    for requirement, condition in reading.catalogue.chain:
        [(topic, _operator, level)] = condition.topics
        entry = wanted.get((topic, int(level)))
        if entry is not None:
            missing.append(_missing(reading, topic, reading.text(requirement.text), entry["has"], int(level)))
        elif reading.payload["capabilities"].get(topic) is not None:
            met.append(reading.title(topic))
    return Chain(
        answer=_("Ready for a chain leader's order: %(ready)s of %(of)s.", ready=found["ready"], of=found["of"]),
        sub=_(
            "A chain leader is the large customer that pulls its suppliers along. "
            "This is what it asks before it places an order, in its own words."
        ),
        missing=tuple(missing),
        met=_("Already met: %(titles)s.", titles=nouns(dict.fromkeys(met))) if met else "",
    )


def _missing(reading: Reading, topic: str, asks: str, has: int | None, to: int) -> Missing:
    now = _("not answered") if has is None else reading.anchor(topic, has) or _("level %(level)s", level=has)
    enough = reading.anchor(topic, to) or _("level %(level)s", level=to)
    return Missing(
        reading.title(topic), asks, has, to, _("Now: %(text)s", text=now), _("Enough: %(text)s", text=enough)
    )
