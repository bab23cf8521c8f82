"""How the numbers come about: points item by item, scenes, gates and dimensions, as stored in the result."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.i18n import gettext as _
from app.web.figures import one_decimal, points
from app.web.names import dimension_title
from app.web.results.answers import answer_sections
from app.web.results.reading import Reading
from scoring.index import EMPHASIS, weights


@dataclass(frozen=True, slots=True)
class Line:
    """A figure and what it rests on; `strong` lines are sums of those below them."""

    name: str
    rests_on: str
    value: str
    of: str
    strong: bool = False
    starred: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """Three tables: points, scenes, dimensions; and the rule of each in a sentence."""

    score: tuple[Line, ...]
    score_rule: str
    scenes: tuple[Line, ...]
    scenes_rule: str
    gates: tuple[tuple[str, ...], ...]
    index: tuple[Line, ...]
    index_rule: str
    versions: str


def present_trace(reading: Reading) -> Trace:
    """Every stored figure down to the answers."""
    said = {row.item: row.answer for section in answer_sections(reading) for row in section.rows}
    index = reading.payload["index"]
    rule = _(
        "Score of a dimension: mean of its topics' levels times 25. Topics marked ×2 count double for your branch. "
        "What does not apply is left out."
    )
    overall = (
        _("Index: 60 %% of %(common)s (common topics) and 40 %% of %(sector)s (topics of the trade) give %(overall)s.",
          common=one_decimal(index["common"]), sector=one_decimal(index["sector"]),
          overall=one_decimal(index["overall"]))
        if index["sector"] is not None
        else _("Index: %(overall)s, from the common topics.", overall=one_decimal(index["overall"]))
    )  # fmt: skip
    return Trace(
        score=_score(reading, said),
        score_rule=_("Points are added up item by item, exactly; nothing is rounded before the level is found."),
        scenes=_scenes(reading, said),
        scenes_rule=_("A scene counts at its claimed level. A scene without an answer counts as 0."),
        gates=_gates(reading),
        index=_index(reading),
        index_rule=f"{rule} {overall}",
        versions=_(
            "Content %(content)s, engine %(engine)s.",
            content=", ".join(f"{name} v{version}" for name, version in sorted(reading.payload["content"].items())),
            engine=reading.payload["engine"],
        ),
    )


def _score(reading: Reading, said: dict[str, str]) -> tuple[Line, ...]:
    taken, official = reading.payload["official"]["points"], reading.payload["official"]
    lines = [Line(_("Score"), "", points(official["score"]), "100", strong=True)]
    for section in reading.catalogue.edition.sections:
        most = points(Decimal(section.points) / 1000)
        lines.append(Line(reading.text(section.title), "", points(official["sections"][section.id]), most, strong=True))
        for group in section.groups:
            for item in group.items:
                highest = points(Decimal(reading.catalogue.edition.items[item].most) / 1000)
                lines.append(
                    Line(reading.title_of_item(item), said.get(item, _("Not asked")), points(taken[item]), highest)
                )
    return tuple(lines)


def _scenes(reading: Reading, said: dict[str, str]) -> tuple[Line, ...]:
    return tuple(
        Line(
            reading.title_of_item(scene),
            said.get(scene, _("Not asked")),
            str(reading.scene_level(scene)),
            "4",
            starred=starred,
        )
        for scene, starred in reading.catalogue.edition.scenes.items()
    )


def _gates(reading: Reading) -> tuple[tuple[str, ...], ...]:
    """(level and name, score, scenes, starred scenes, passed or not) of each level."""
    official = reading.payload["official"]
    rows = []
    for gate, goal in zip(reading.catalogue.edition.gates, reading.gate_scores, strict=True):
        at = official["scenes"][str(gate.level)]
        rows.append(
            (
                _("%(level)s %(name)s", level=gate.level, name=reading.text(gate.name)),
                f"{points(reading.score)} / {points(goal)}",
                f"{at['count']} / {gate.scenes}",
                f"{at['starred']} / {gate.starred}",
                _("passed") if official["gates"][str(gate.level)]["reached"] else _("not yet"),
            )
        )
    return tuple(rows)


def _index(reading: Reading) -> tuple[Line, ...]:
    heavy = weights(reading.catalogue, reading.document.facts)
    capabilities, states = reading.payload["capabilities"], reading.payload["states"]
    why = {"na": _("does not apply"), "unanswered": _("no answer, counts as 0"), "unknown": _("not sure, counts as 0")}
    lines = []
    for dimension, stored in reading.payload["index"]["dimensions"].items():
        lines.append(
            Line(
                dimension_title(dimension),
                _("%(answered)s of %(of)s topics answered", answered=stored["answered"], of=stored["of"]),
                one_decimal(stored["score"]), "100", strong=True,
            )
        )  # fmt: skip
        for topic in reading.catalogue.topics.values():
            if topic.dimension != dimension or not topic.levelled:
                continue
            level = capabilities[topic.id]
            double = f" ×{EMPHASIS}" if topic.id in heavy else ""
            name = reading.title(topic.id) + double
            lines.append(
                Line(name, topic.id, why.get(states.get(topic.id, ""), "–") if level is None else str(level), "4")
            )
    return tuple(lines)
