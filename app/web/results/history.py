"""What has changed between two rounds of one firm: level, score, index, dimensions, scenes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import url_for

from app.i18n import day, ngettext
from app.i18n import gettext as _
from app.queries.verifications import Verified
from app.web.charts import ValueBar, value_bar
from app.web.figures import join, one_decimal, points, signed, signed_points
from app.web.names import dimension_title, level_name, verified_text
from app.web.results.reading import Reading

DASH = "–"


@dataclass(frozen=True, slots=True)
class Round:
    """One round in the list, newest first."""

    number: int
    label: str
    day: str
    level: int
    level_name: str
    score: str
    score_change: str
    index: str
    index_change: str
    url: str
    verified: str


@dataclass(frozen=True, slots=True)
class Change:
    """A figure before and after."""

    name: str
    before: str
    after: str
    difference: str
    bar: ValueBar
    starred: bool = False


@dataclass(frozen=True, slots=True)
class SceneChange:
    """A scene whose level has changed, with what people do now."""

    name: str
    starred: bool
    before: int
    after: int
    up: bool
    anchor: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two rounds side by side."""

    answer: str
    sub: str
    before_label: str
    after_label: str
    dimensions: tuple[Change, ...]
    scenes: tuple[SceneChange, ...]
    scenes_title: str
    same: str
    caution: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A round to choose from."""

    value: str
    label: str
    before: bool
    after: bool


@dataclass(frozen=True, slots=True)
class History:
    """The page. Without a second round there is nothing to compare yet."""

    firm: str
    back_url: str
    rounds: tuple[Round, ...]
    choices: tuple[Choice, ...]
    comparison: Comparison | None


def choose_rounds(numbers: Sequence[int], before: int | None, after: int | None) -> tuple[int, int] | None:
    """The two rounds to compare, the older first: those asked for where they exist, else the two latest."""
    if len(numbers) < 2:
        return None
    wanted = sorted({n for n in (before, after) if n in numbers and n is not None})
    if len(wanted) == 2:
        return wanted[0], wanted[1]
    return numbers[-2], numbers[-1]


def present_history(
    firm_name: str,
    readings: Sequence[Reading],
    pair: tuple[Reading, Reading] | None,
    verified: Mapping[UUID, Verified],
    *,
    whole: bool,
) -> History:
    """`readings` are the published rounds, oldest first, `verified` what was verified of them.
    Without `whole` single scenes, being answers, stay out."""
    rounds = [
        _round(reading, previous, verified.get(reading.result.assessment_id))
        for previous, reading in zip([None, *readings], readings, strict=False)
    ]
    return History(
        firm=firm_name,
        back_url=rounds[-1].url if rounds else url_for("home.index"),
        rounds=tuple(reversed(rounds)),
        choices=tuple(
            Choice(str(r.result.assessment.number), f"{_label(r)}, {day(r.result.assessment.submitted_at)}",
                   pair is not None and r is pair[0], pair is not None and r is pair[1])
            for r in readings
        ) if len(readings) > 2 else (),
        comparison=_compare(*pair, whole=whole) if pair else None,
    )  # fmt: skip


def _label(reading: Reading) -> str:
    return _("Round %(number)s", number=reading.result.assessment.number)


def _round(reading: Reading, previous: Reading | None, verified: Verified | None) -> Round:
    assessment = reading.result.assessment
    assessment_id: UUID = assessment.id
    index = reading.payload["index"]["overall"]
    return Round(
        number=assessment.number,
        label=_label(reading),
        day=day(assessment.submitted_at),
        level=reading.level,
        level_name=level_name(reading.catalogue, reading.level),
        score=points(reading.score),
        score_change=signed_points(reading.score - previous.score) if previous else "",
        index=one_decimal(index),
        index_change=signed(index - previous.payload["index"]["overall"]) if previous else "",
        url=url_for("results.show", assessment_id=assessment_id),
        verified=verified_text(verified),
    )


def _compare(before: Reading, after: Reading, *, whole: bool) -> Comparison:
    scenes = _scene_changes(before, after)
    still = len(after.catalogue.edition.scenes) - len(scenes)
    return Comparison(
        answer=_level_sentence(before, after),
        sub=_(
            "Score %(score_before)s to %(score_after)s, cluster index %(index_before)s to %(index_after)s.",
            score_before=points(before.score), score_after=points(after.score),
            index_before=one_decimal(before.payload["index"]["overall"]),
            index_after=one_decimal(after.payload["index"]["overall"]),
        ),
        before_label=_label(before),
        after_label=_label(after),
        dimensions=_dimension_changes(before, after),
        scenes=scenes if whole else (),
        scenes_title=_scenes_title(len(scenes)),
        same=_still(still),
        caution=_caution(before, after),
    )  # fmt: skip


def _scenes_title(count: int) -> str:
    if not count:
        return _("No scene has changed")
    return ngettext("One scene has changed", "%(num)s scenes have changed", count)


def _still(count: int) -> str:
    if not count:
        return ""
    return ngettext("One scene stands where it stood.", "%(num)s scenes stand where they stood.", count)


def _level_sentence(before: Reading, after: Reading) -> str:
    if after.level > before.level:
        return _("Up from level %(before)s to level %(after)s.", before=before.level, after=after.level)
    if after.level < before.level:
        return _("From level %(before)s down to level %(after)s.", before=before.level, after=after.level)
    if after.score > before.score:
        return _("Still level %(level)s, with a higher score.", level=after.level)
    if after.score < before.score:
        return _("Still level %(level)s, with a lower score.", level=after.level)
    return _("Still level %(level)s, with the same score.", level=after.level)


def _dimension_changes(before: Reading, after: Reading) -> tuple[Change, ...]:
    rows = []
    old, new = before.payload["index"]["dimensions"], after.payload["index"]["dimensions"]
    for dimension, stored in new.items():
        was, now = old.get(dimension, {}).get("score"), stored["score"]
        difference = DASH if was is None or now is None else signed(now - was)
        rows.append(
            Change(dimension_title(dimension), one_decimal(was), one_decimal(now), difference, value_bar(now, was))
        )
    return tuple(rows)


def _scene_changes(before: Reading, after: Reading) -> tuple[SceneChange, ...]:
    found = []
    for scene, starred in after.catalogue.edition.scenes.items():
        was, now = before.scene_level(scene), after.scene_level(scene)
        if was != now:
            found.append(
                SceneChange(after.title_of_item(scene), starred, was, now, now > was, after.anchor(scene, now))
            )
    return tuple(sorted(found, key=lambda s: (not s.up, s.before - s.after if s.up else s.after - s.before)))


def _caution(before: Reading, after: Reading) -> str:
    parts = []
    if before.result.assessment.sector != after.result.assessment.sector:
        parts.append(_("the trade"))
    elif before.payload["content"] != after.payload["content"]:
        parts.append(_("the questions"))
    if before.payload["edition"] != after.payload["edition"]:
        parts.append(_("the edition of the national index"))
    if before.payload["engine"] != after.payload["engine"]:
        parts.append(_("the arithmetic"))
    if not parts:
        return ""
    return _("Between these rounds %(what)s changed, so part of the difference may come from that.", what=join(parts))
