"""What holds me back? The three gates of the next level, the scenes one step away, and where points are still open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from app.i18n import gettext as _
from app.i18n import ngettext
from app.web.charts import BrickRow, ScoreBar, brick_row, score_bar
from app.web.figures import join, phrases, points
from app.web.results.reading import Reading

OPEN_ITEMS = 6
NEVER_FOR_POINTS = ("funding_rate",)


@dataclass(frozen=True, slots=True)
class GateRow:
    """One gate: its bar (a score bar or a row of bricks), what is there, what is asked, what is short ("" if met)."""

    title: str
    value: str
    goal: str
    short: str
    starred: bool
    chart_title: str
    bar: ScoreBar | None = None
    bricks: BrickRow | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class NextScene:
    """A scene one step below the next level, and what to do to get there."""

    title: str
    starred: bool
    level: int
    to: int
    anchor: str


@dataclass(frozen=True, slots=True)
class OpenPoints:
    """A scored item with points that are not taken yet."""

    title: str
    points: str


@dataclass(frozen=True, slots=True)
class Gates:
    """The second part of the page."""

    answer: str
    sub: str
    rows: tuple[GateRow, ...]
    scenes_title: str
    scenes_note: str
    scenes: tuple[NextScene, ...]
    open_title: str
    open_note: str
    open_points: tuple[OpenPoints, ...]


def present_gates(reading: Reading) -> Gates:
    """The gates of the next level; on the highest, those of that level, all passed."""
    gate = reading.next_gate
    n = gate.level if gate else reading.level
    scenes = _next_scenes(reading, n) if gate else ()
    title, note = _scenes_words(reading, n, len(scenes))
    left = _open_points(reading) if gate and _missing(reading, n)["score_missing"] != "0" else ()
    return Gates(
        answer=_answer(reading, n) if gate else _("All three gates of the highest level are passed."),
        sub=_(
            "All three gates must be passed. "
            "A scene is one of 16 everyday jobs, such as purchasing, scheduling or inspection."
        ),
        rows=(_score_row(reading, n), _scene_row(reading, n), _star_row(reading, n)),
        scenes_title=title,
        scenes_note=note,
        scenes=scenes,
        open_title=_("Where points are still open"),
        open_note=_("What counts is what people do every day. Nothing is worth buying for points alone."),
        open_points=left,
    )


def _missing(reading: Reading, level: int) -> dict[str, str]:
    found: dict[str, str] = reading.payload["official"]["gates"][str(level)]
    return found


def _answer(reading: Reading, level: int) -> str:
    return away(level, _missing(reading, level))


def away(level: int, missing: Mapping[str, Any]) -> str:
    """What is still missing to the gates of a level, in a sentence."""
    parts = []
    short = missing["score_missing"]
    if short != "0":
        parts.append(_("1 point") if short == "1" else _("%(points)s points", points=points(short)))
    scenes, starred = int(missing["scenes_missing"]), int(missing["starred_missing"])
    if starred > scenes:
        parts.append(ngettext("%(num)s starred scene", "%(num)s starred scenes", starred))
    elif starred:
        parts.append(
            ngettext(
                "%(num)s scene that is starred", "%(num)s scenes (%(starred)s of them starred)", scenes, starred=starred
            )
        )
    elif scenes:
        parts.append(ngettext("%(num)s scene", "%(num)s scenes", scenes))
    if not parts:
        return _("The gates of level %(level)s hold, but those of a level below it do not.", level=level)
    marked = [Markup("<em>{}</em>").format(part) for part in parts]
    return Markup(_("Level %(level)s is %(missing)s away.")) % {"level": level, "missing": join(marked)}


def _score_row(reading: Reading, level: int) -> GateRow:
    short = _missing(reading, level)["score_missing"]
    goal = reading.gate_scores[level - 1]
    value = points(reading.score)
    sections = reading.payload["official"]["sections"]
    note = phrases(
        _(
            "%(name)s %(points)s of %(most)s",
            name=reading.text(s.title), points=points(sections[s.id]), most=points(Decimal(s.points) / 1000),
        )
        for s in reading.catalogue.edition.sections
    )  # fmt: skip
    gates = [(g.level, reading.gate_scores[g.level - 1]) for g in reading.catalogue.edition.gates]
    return GateRow(
        title=_("Score"),
        value=value,
        goal=points(goal),
        short="" if short == "0" else _("%(points)s short", points=points(short)),
        starred=False,
        chart_title=_(
            "Score %(score)s; the gate of level %(level)s is %(goal)s, the most is 100",
            score=value, level=level, goal=points(goal),
        ),
        bar=score_bar(reading.score, gates, level),
        note=_("%(text)s.", text=note),
    )  # fmt: skip


def _scene_row(reading: Reading, level: int) -> GateRow:
    have = reading.payload["official"]["scenes"][str(level)]["count"]
    gate = reading.catalogue.edition.gates[level - 1]
    total = len(reading.catalogue.edition.scenes)
    short = int(_missing(reading, level)["scenes_missing"])
    return GateRow(
        title=_("Scenes at level %(level)s", level=level),
        value=str(have),
        goal=str(gate.scenes),
        short=_("%(points)s short", points=short) if short else "",
        starred=False,
        chart_title=_(
            "%(have)s of %(total)s scenes stand at level %(level)s or above; the gate is %(goal)s",
            have=have, total=total, level=level, goal=gate.scenes,
        ),
        bricks=brick_row(have, gate.scenes, total, total),
    )  # fmt: skip


def _star_row(reading: Reading, level: int) -> GateRow:
    edition = reading.catalogue.edition
    have = reading.payload["official"]["scenes"][str(level)]["starred"]
    gate = edition.gates[level - 1]
    total = sum(edition.scenes.values())
    short = int(_missing(reading, level)["starred_missing"])
    return GateRow(
        title=_("Of these, starred"),
        value=str(have),
        goal=str(gate.starred),
        short=_("%(points)s short", points=short) if short else "",
        starred=True,
        chart_title=_(
            "%(have)s of %(total)s starred scenes stand at level %(level)s or above; the gate is %(goal)s",
            have=have, total=total, level=level, goal=gate.starred,
        ),
        bricks=brick_row(have, gate.starred, total, len(edition.scenes)),
    )  # fmt: skip


def _next_scenes(reading: Reading, level: int) -> tuple[NextScene, ...]:
    """The scenes just below `level`, starred ones first; none where both scene gates are passed."""
    missing = _missing(reading, level)
    if not int(missing["scenes_missing"]) and not int(missing["starred_missing"]):
        return ()
    at = [
        (s, starred) for s, starred in reading.catalogue.edition.scenes.items() if reading.scene_level(s) == level - 1
    ]
    at = [(s, starred) for s, starred in at if s not in reading.document.off]
    return tuple(
        NextScene(reading.title(s), starred, level - 1, level, reading.anchor(s, level))
        for s, starred in sorted(at, key=lambda entry: not entry[1])
    )


def _scenes_words(reading: Reading, level: int, count: int) -> tuple[str, str]:
    missing = _missing(reading, level)
    scenes, starred = int(missing["scenes_missing"]), int(missing["starred_missing"])
    title = ngettext(
        "One scene is one step from level %(level)s",
        "%(num)s scenes are one step from level %(level)s",
        count,
        level=level,
    )
    needed = max(scenes, starred)
    if count < needed:
        note = _("That is fewer than are missing, so others have to climb two steps or more.")
    elif starred:
        note = ngettext(
            "One of them is enough, if it is starred. Doing what stands below it counts.",
            "%(num)s of them are enough, %(starred)s of these starred. Doing what stands below each counts.",
            needed, starred=starred,
        )  # fmt: skip
    else:
        note = ngettext(
            "One of them is enough. Doing what stands below it counts.",
            "%(num)s of them are enough. Doing what stands below each counts.",
            needed,
        )
    return title, note


def _open_points(reading: Reading) -> tuple[OpenPoints, ...]:
    edition, taken = reading.catalogue.edition, reading.payload["official"]["points"]
    left = []
    for name, item in edition.items.items():
        if name in NEVER_FOR_POINTS or item.kind == "trend" or reading.catalogue.questions[name].kind == "trend":
            continue
        most, has = Decimal(item.most) / 1000, Decimal(taken[name])
        if most > has:
            left.append((most - has, name, has, most))
    left.sort(key=lambda entry: (-entry[0], entry[1]))
    return tuple(
        OpenPoints(
            reading.title_of_item(name), _("%(points)s of %(most)s points", points=points(has), most=points(most))
        )
        for _gap, name, has, most in left[:OPEN_ITEMS]
    )
