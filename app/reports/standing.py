"""Where the firm stands: gates, official score, scenes, profile."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.reports import document as d
from app.reports.case import Case
from app.reports.wording import DIMENSIONS, FIELDS, N_
from scoring.answers import ANSWERED
from scoring.content.catalogue import Gate

_SCENES = 16


# --- gates ---


def gates(case: Case) -> d.Section:
    """Three bars and the scenes that are one step away."""
    say = case.words.say
    target = case.target or len(case.catalogue.edition.gates)
    blocks: list[d.Block] = [
        d.Answer(blocking(case)),
        d.Para(
            say(
                "A level is reached when three gates hold at once: enough points, enough of the 16 "
                "scenes (the blocks of daily business "
                "such as purchasing, scheduling or inspection) at that level, and enough of the "
                "starred ones among them."
            )
        ),
        d.Figure(d.GatesChart(_bars(case, case.catalogue.edition.gates[target - 1]))),
    ]
    if case.catalogue.edition.gate_status != "read":
        blocks.append(
            d.Note(
                say(
                    "The gate figures are quoted at second hand and are indicative until checked "
                    "against the official text."
                )
            )
        )
    blocks += _near(case)
    return d.Section("gates", say("The gates of the next level"), say("What holds me back?"), tuple(blocks))


def _missing(case: Case, level: int) -> tuple[d.Span, ...]:
    """The parts of a gate that are missing, as spans."""
    w, say = case.words, case.words.say
    gate = case.result["official"]["gates"][str(level)]
    parts = []
    if gate["score_missing"] != "0":
        parts.append(say("{points} points", points=gate["score_missing"]))
    if gate["scenes_missing"]:
        parts.append(w.count("{n} scene", "{n} scenes", gate["scenes_missing"]))
    if gate["starred_missing"]:
        parts.append(w.count("{n} starred scene", "{n} starred scenes", gate["starred_missing"]))
    return tuple(d.Span(p, "accent") for p in parts)


def blocking(case: Case) -> tuple[d.Span, ...]:
    """The sentence on what is missing for the next level."""
    w, say = case.words, case.words.say
    if case.target is None:
        return (d.Span(say("Nothing: this is the highest level.")),)
    before, _, after = say("Missing for level {n}: {parts}.", n=case.target, parts="\x00").partition("\x00")
    missing = _missing(case, case.target)
    joined: list[d.Span] = []
    for i, span in enumerate(missing):
        if i:
            last = i == len(missing) - 1
            joined.append(d.Span(say(" and ") if last else ("、" if w.language == "zh" else ", ")))
        joined.append(span)
    return (d.Span(before), *joined, d.Span(after))


def _bars(case: Case, gate: Gate) -> tuple[d.Gate, ...]:
    say, official = case.words.say, case.result["official"]
    missing = official["gates"][str(gate.level)]
    counts = official["scenes"][str(gate.level)]
    enough = say("enough")
    starred = sum(case.catalogue.edition.scenes.values())
    ticks = tuple(
        (g.score / 1000, say("L{n}: {points}", n=g.level, points=f"{g.score / 1000:g}"), g.level == gate.level)
        for g in case.catalogue.edition.gates
    )
    return (
        d.Gate(
            say("Score"),
            official["score"],
            f"/ {gate.score / 1000:g}",
            enough
            if missing["score_missing"] == "0"
            else say("{points} points missing", points=missing["score_missing"]),
            float(Decimal(official["score"])),
            gate.score / 1000,
            100,
            100,
            missing["score_missing"] == "0",
            False,
            ticks,
        ),
        d.Gate(
            say("Scenes at level {n}", n=gate.level),
            str(counts["count"]),
            f"/ {gate.scenes}",
            enough if not missing["scenes_missing"] else say("{n} missing", n=missing["scenes_missing"]),
            counts["count"],
            gate.scenes,
            _SCENES,
            _SCENES,
            not missing["scenes_missing"],
            True,
            ((gate.scenes, say("gate {n}", n=gate.scenes), True),),
        ),
        d.Gate(
            say("Starred among them ★"),
            str(counts["starred"]),
            f"/ {gate.starred}",
            enough if not missing["starred_missing"] else say("{n} missing", n=missing["starred_missing"]),
            counts["starred"],
            gate.starred,
            starred,
            _SCENES,
            not missing["starred_missing"],
            True,
            ((gate.starred, say("gate {n}", n=gate.starred), True),),
        ),
    )


def scene_level(case: Case, item: str) -> int | None:
    """Claimed level of a scene, None where it has none."""
    answer = case.answers.answers.get(item)
    return int(answer.value) if answer and case.answers.state(item) == ANSWERED else None


def one_step_away(case: Case) -> list[str]:
    """Scenes that stand just below the next level, starred ones first."""
    target = case.target
    if target is None:
        return []
    edition = case.catalogue.edition
    near = [i for i in edition.scenes if (scene_level(case, i) or 0) == target - 1 and i not in case.answers.off]
    return sorted(near, key=lambda i: not edition.scenes[i])


def _near(case: Case) -> list[d.Block]:
    w, say, target = case.words, case.words.say, case.target
    near = one_step_away(case)
    if target is None or not near:
        return []
    rows = tuple(
        (
            d.Lines(
                (d.Span(w.topic(i), "strong"),)
                + ((d.Span(say("★ starred"), "accent"),) if case.catalogue.edition.scenes[i] else ())
            ),
            d.Level(scene_level(case, i), case.words.state(case.answers.state(i))),
            w.of(case.catalogue.questions[i].anchors[target].text),
        )
        for i in near
    )
    missing = case.result["official"]["gates"][str(target)]["scenes_missing"]
    note = (
        w.count("Choose one of them to pass this gate.", "Choose {n} of them to pass this gate.", missing)
        if missing
        else say("This gate is passed already; these are the cheapest to add for safety.")
    )
    return [
        d.Heading(say("One step away from level {n}", n=target)),
        d.Para(note),
        d.Table((say("Scene"), say("Now"), say("Reached when this is normal")), rows, (0.20, 0.13, 0.67), "lll"),
    ]


# --- score ---


def score(case: Case) -> d.Section:
    """Points by section, group and item, and the claimed, evidenced and verified views side by side."""
    w, say, official = case.words, case.words.say, case.result["official"]
    edition = case.catalogue.edition
    rows: list[tuple[d.Cell, ...]] = []
    groups: set[int] = set()
    for section in edition.sections:
        groups.add(len(rows))
        have, most = official["sections"][section.id], section.points / 1000
        rows.append((w.of(section.title), "", have, f"{most:g}", d.Bar(float(Decimal(have)), most)))
        for group in section.groups:
            for item in group.items:
                scored = edition.items[item]
                points, best = official["points"][item], scored.most / 1000
                value = w.answer(item, case.answers, _raw(case, item))[1]
                rows.append(
                    (
                        w.topic(item),
                        w.cut(value, 19 if w.language == "zh" else 40),
                        points,
                        f"{best:g}",
                        d.Bar(float(Decimal(points)), best),
                    )
                )
    rows.append((say("Score"), "", official["score"], "100", d.Bar(float(Decimal(official["score"])), 100)))
    head = (say("Item"), say("Answer"), say("Points"), say("of"), "")
    blocks = (
        d.Answer(say("{score} of 100 points.", score=official["score"])),
        d.Para(say("Fifteen items carry points; the sixteen scenes carry none, they are gates.")),
        d.Table(head, tuple(rows), (0.29, 0.37, 0.09, 0.07, 0.18), "llrrl", frozenset(groups), total=True, dense=True),
        d.Note(say("Never spend money for points: the item on funding is left out of every recommendation.")),
        d.Heading(say("Claimed, evidenced, verified")),
        _views(case),
        d.Note(
            say(
                "Where evidence was asked and none was given, a level of 2 or more counts as 1 in the"
                " evidenced view. The claim stays as it is."
            )
        ),
    )
    return d.Section("score", say("Official score"), say("How does the score come about?"), blocks)


def _raw(case: Case, item: str) -> Any:
    return case.raw.get("answers", {}).get(item)


def _views(case: Case) -> d.Table:
    w, say, official = case.words, case.words.say, case.claimed["official"]
    at = str(case.target or case.level)

    def row(name: str, seen: Mapping[str, Any]) -> tuple[d.Cell, ...]:
        scenes = seen["scenes"][at]
        return (name, w.level(seen["level"]), seen["score"], str(scenes["count"]), str(scenes["starred"]))

    rows = [row(say("Claimed by the firm"), official), row(say("With evidence"), official["evidenced"])]
    if case.issue.verified:
        rows.append(row(say("Verified on site"), case.issue.verified.payload["official"]["evidenced"]))
    else:
        rows.append((say("Verified on site"), say("not yet"), "–", "–", "–"))
    head = ("", say("Level"), say("Score"), say("Scenes at {n}", n=at), say("Starred"))
    return d.Table(head, tuple(rows), (0.28, 0.30, 0.14, 0.14, 0.14), "llrrr")


# --- scenes ---


def scenes(case: Case) -> d.Section:
    """The sixteen scenes: skyline and table."""
    w, say, edition = case.words, case.words.say, case.catalogue.edition
    fields: dict[str, list[tuple[str, int | None, bool]]] = {}
    rows: list[tuple[d.Cell, ...]] = []
    groups: set[int] = set()
    by_field: dict[str, list[str]] = {}
    for item in edition.scenes:
        by_field.setdefault(edition.scene_fields[item], []).append(item)
    for name, items in by_field.items():
        groups.add(len(rows))
        rows.append((say(FIELDS.get(name, N_("Other"))), "", ""))
        for item in items:
            level = scene_level(case, item)
            fields.setdefault(name, []).append((w.topic(item), level, edition.scenes[item]))
            question = case.catalogue.questions[item]
            star: tuple[d.Span, ...] = (d.Span(" ★", "accent"),) if edition.scenes[item] else ()
            now = w.of(question.anchors[level].label) if level is not None else w.state(case.answers.state(item))
            following = "" if level == 4 else w.of(question.anchors[(level or 0) + 1].label)
            rows.append(((d.Span(w.topic(item)), *star), d.Level(level, "–"), d.Lines((d.Span(now),)), following))
    rows = [r if len(r) == 4 else (*r, "") for r in rows]
    counts = case.result["official"]["scenes"]
    target = case.target or case.level
    at = counts[str(target)]
    answer = w.count(
        "{n} of 16 scenes stands at level {level} or above, {starred} of them starred.",
        "{n} of 16 scenes stand at level {level} or above, {starred} of them starred.",
        at["count"], level=target, starred=at["starred"],
    )  # fmt: skip
    chart = d.ScenesChart(
        tuple((say(FIELDS.get(name, N_("Other"))), tuple(items)) for name, items in fields.items()),
        target, say("level {n}", n=target), say("Level"),
    )  # fmt: skip
    head = (say("Scene"), say("Level"), say("Now"), say("Next step"))
    blocks = (
        d.Answer(answer),
        d.Figure(chart, say("Level of the sixteen scenes; ★ marks the starred ones")),
        d.Table(head, tuple(rows), (0.30, 0.10, 0.30, 0.30), "llll", frozenset(groups), dense=True),
    )
    return d.Section("scenes", say("The sixteen scenes"), say("How is daily business run?"), blocks)


# --- profile ---


def profile(case: Case) -> d.Section:
    """Radar and table by dimension."""
    w, say, index = case.words, case.words.say, case.result["index"]
    axes, rows = [], []
    thin = []
    for name, entry in index["dimensions"].items():
        title, score_ = say(DIMENSIONS[name]), entry["score"]
        axes.append((title, score_))
        if score_ is None:
            thin.append(title)
        topics = say("{n} of {of}", n=entry["answered"], of=entry["of"])
        shown = f"{score_:.1f}" if score_ is not None else "–"
        rows.append((title, topics, shown, d.Bar(score_ or 0.0, 100)))
    rows.append((say("Cluster index"), "", f"{index['overall']:.1f}", d.Bar(index["overall"], 100)))
    low, high = index["range"]
    text = [
        say("The cluster index compares firms of one trade; it is not part of the official index."),
        say("Common topics {common}, topics of the trade {sector}, spread over the dimensions {spread}.",
            common=_one(index["common"]), sector=_one(index["sector"]), spread=_one(index["spread"])),
    ]  # fmt: skip
    if low != high:
        text.append(say("With the missing answers it lies between {low} and {high}.", low=_one(low), high=_one(high)))
    blocks: list[d.Block] = [
        d.Answer(say("Cluster index {overall} of 100.", overall=_one(index["overall"]))),
        d.Para(w.sentence(*text)),
        d.Figure(d.RadarChart(tuple(axes)), say("Score by dimension, 0 to 100")),
        d.Table(
            (say("Dimension"), say("Answered"), say("Score"), ""),
            tuple(rows),
            (0.32, 0.16, 0.12, 0.40),
            "lrrl",
            total=True,
        ),
    ]
    if thin:
        blocks.append(d.Note(say("Too little was answered for a score: {names}.", names=w.listed(thin))))
    return d.Section("profile", say("Profile"), say("Where strong, where weak?"), tuple(blocks))


def _one(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
