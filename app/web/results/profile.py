"""The profile by dimension: radar and table, with a dash where too little was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.i18n import gettext as _
from app.web.charts import Radar, Spoke, ValueBar, radar, value_bar
from app.web.figures import join, nouns, one_decimal, sentences
from app.web.names import dimension_name, dimension_title
from app.web.results.reading import Reading

DASH = "–"
FEWEST_SPOKES = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table as the macro `dimension_table` prints it."""

    name: str
    score: str
    bar: ValueBar


@dataclass(frozen=True, slots=True)
class Profile:
    """The part of the page on dimensions. `chart` is None where fewer than three dimensions have a score."""

    answer: str
    sub: str
    chart: Radar | None
    chart_title: str
    rows: tuple[Row, ...]
    overall: Row
    note: str


def present_profile(reading: Reading) -> Profile:
    """Scores as stored; dimensions that do not apply at all are not there."""
    index = reading.payload["index"]
    dimensions = index["dimensions"]
    scores = {d: v["score"] for d, v in dimensions.items()}
    enough = sum(score is not None for score in scores.values()) >= FEWEST_SPOKES
    return Profile(
        answer=_answer({d: s for d, s in scores.items() if s is not None}),
        sub=_sub(index),
        chart=radar([Spoke(dimension_name(d), s) for d, s in scores.items()]) if enough else None,
        chart_title=_("Radar: scores in %(number)s dimensions; the figures are in the table", number=len(scores)),
        rows=tuple(_row(d, s) for d, s in scores.items()),
        overall=Row(_("Cluster index"), one_decimal(index["overall"]), value_bar(index["overall"])),
        note=_note(reading, [d for d, s in scores.items() if s is None]),
    )


def _sub(index: dict[str, Any]) -> str:
    overall, common = one_decimal(index["overall"]), one_decimal(index["common"])
    if index["sector"] is None:
        return _("Cluster index %(index)s of 100, from what every plant needs.", index=overall)
    return _(
        "Cluster index %(index)s of 100: "
        "%(common)s for what every plant needs, %(sector)s for what is special to your trade.",
        index=overall,
        common=common,
        sector=one_decimal(index["sector"]),
    )


def _row(dimension: str, score: float | None) -> Row:
    return Row(dimension_title(dimension) + ("" if score is not None else "*"), one_decimal(score), value_bar(score))


def _answer(scores: dict[str, float]) -> str:
    if len(scores) < FEWEST_SPOKES:
        return _("Too little is answered for a profile.")
    low, high = min(scores.values()), max(scores.values())
    if low == high:
        return _("All dimensions stand alike.")
    best = [d for d, s in scores.items() if s == high]
    weak = sorted(scores, key=lambda d: scores[d])[:2]
    if scores[weak[1]] == high:
        weak = weak[:1]
    return _(
        "Strongest in %(best)s, weakest in %(weak)s.",
        best=join([_in_sentence(d) for d in best[:2]]),
        weak=join([_in_sentence(d) for d in weak]),
    )


def _in_sentence(dimension: str) -> str:
    return dimension_title(dimension).lower()


def _note(reading: Reading, unrated: list[str]) -> str:
    said = []
    if unrated:
        names = nouns(dimension_title(d) for d in unrated)
        said.append(
            _("* Fewer than half of the questions on %(names)s are answered, so no score is given.", names=names)
        )
    spread = one_decimal(reading.payload["index"]["spread"])
    said.append(
        _(
            "The dimensions differ by %(spread)s (standard deviation). "
            "Raising the short ones pays more than lengthening the long ones.",
            spread=spread,
        )
    )
    return sentences(said)
