"""What stands behind the report: evidence to show, answers to check, method and limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.reports import document as d
from app.reports.case import Case
from app.reports.summary import not_official
from scoring.answers import ANSWERED
from scoring.content.model import Question

# --- evidence ---


def evidence(case: Case) -> d.Section:
    """What to show on site for every claim of level 2 or more, and for points of the index."""
    w, say = case.words, case.words.say
    rows: list[tuple[d.Cell, ...]] = []
    missing = 0
    for item, question in case.catalogue.questions.items():
        if case.answers.state(item) != ANSWERED:
            continue
        claim, records = _claim(case, question)
        if not records:
            continue
        given = case.evidence(item)
        if given == "":
            missing += 1
        rows.append((w.of(question.title), claim, w.clauses(records), _given(case, item, given)))
    if not rows:
        text = say("No answer claims a level that needs a record.")
        return d.Section(
            "evidence", say("Evidence for a visit"), say("What must I be able to show?"), (d.Answer(text),)
        )
    answer = w.count("One record to have at hand.", "{n} records to have at hand.", len(rows))
    if missing:
        answer = w.sentence(
            answer, w.count("One was asked for and is missing.", "{n} were asked for and are missing.", missing)
        )
    head = (say("Item"), say("Claimed"), say("What to show"), say("Evidence"))
    blocks = (
        d.Answer(answer),
        d.Para(
            say(
                "Whoever determines the level on site looks for records of daily work, not for "
                "software that was bought. A photograph of the screen or sheet is enough to prepare."
            )
        ),
        d.Table(head, tuple(rows), (0.20, 0.13, 0.47, 0.20), "llll"),
    )
    return d.Section("evidence", say("Evidence for a visit"), say("What must I be able to show?"), blocks)


def _claim(case: Case, question: Question) -> tuple[d.Cell, list[str]]:
    w, say = case.words, case.words.say
    value = case.answers.answers[question.id].value
    if question.kind == "level":
        if value < 2:
            return "", []
        anchor = question.anchors[value]
        return d.Level(value), [w.of(anchor.evidence)] if anchor.evidence else []
    if question.kind == "multiple":
        ticked = [o for o in question.options if o.id in value]
        own = [w.of(o.evidence) for o in ticked if o.evidence]
        common = [w.of(question.evidence)] if ticked and question.evidence and not own else []
        return say("{n} of {of}", n=len(ticked), of=len(question.options)), own or common
    points = case.result["official"]["points"].get(question.id, "0")
    if points == "0":
        return "", []
    chosen = [o.evidence for o in question.options if o.id == value and o.evidence] if question.kind != "rate" else []
    records = [w.of(t) for t in (*chosen, question.evidence) if t]
    return say("{points} points", points=points), records[:1]


def _given(case: Case, item: str, given: str | None) -> d.Cell:
    say = case.words.say
    attached = case.attached(item)
    if given or attached:
        return case.words.clauses([given or "", *attached])
    return (d.Span(say("missing"), "accent"),) if given == "" else (d.Span(say("not asked"), "quiet"),)


# --- checks ---


def checks(case: Case) -> d.Section | None:
    """Answers that a human should look at, and what is open."""
    w, say = case.words, case.words.say
    flags = _flags(case)
    open_items = [
        (i, case.answers.state(i))
        for i in case.catalogue.questions
        if case.answers.state(i) in ("unknown", "unanswered")
    ]
    if not flags and not open_items:
        return None
    parts = []
    if flags:
        parts.append(
            w.count("One answer should be looked at again.", "{n} answers should be looked at again.", len(flags))
        )
    if open_items:
        parts.append(w.count("One question is open.", "{n} questions are open.", len(open_items)))
    blocks: list[d.Block] = [d.Answer(w.sentence(*parts))]
    if flags:
        blocks += [
            d.Heading(say("Look at again")),
            d.Para(say("Nothing was lowered because of these remarks.")),
            d.Bullets(tuple(flags)),
        ]
    if open_items:
        rows = tuple((w.topic(i), w.of(case.catalogue.questions[i].text), w.state(state)) for i, state in open_items)
        blocks += [
            d.Heading(say("Open questions")),
            d.Para(_range(case)),
            d.Table((say("Item"), say("Question"), say("State")), rows, (0.24, 0.60, 0.16), "lll"),
        ]
    return d.Section("checks", say("Answers to check"), say("How sure is this?"), tuple(blocks))


def _range(case: Case) -> str:
    say, official = case.words.say, case.result["official"]["range"]
    (low, high), (worst, best) = official["score"], official["level"]
    if low == high and worst == best:
        return say("They count as nothing for now. Whatever the answers, score and level stay as they are.")
    return say(
        "They count as nothing for now. Depending on the answers the score lies between {low} and {high} "
        "and the level between {worst} and {best}.",
        low=low,
        high=high,
        worst=worst,
        best=best,
    )


def _flags(case: Case) -> list[str]:
    """The flags in words; unmet needs of one topic together."""
    needs: dict[str, list[Mapping[str, Any]]] = {}
    for flag in case.result["flags"]:
        if flag["kind"] == "unmet_need":
            needs.setdefault(flag["item"], []).append(flag)
    found = [_unmet(case, flags) for flags in needs.values()]
    rest = [flag for flag in case.result["flags"] if flag["kind"] in _FLAGS]
    return found + [_FLAGS[flag["kind"]](case, flag) for flag in rest]


def _unmet(case: Case, flags: list[Mapping[str, Any]]) -> str:
    w, say = case.words, case.words.say
    parts = []
    for flag in flags:
        has = say("open") if flag["has"] is None else say("now {n}", n=flag["has"])
        parts.append(say("{needs} ({has})", needs=w.condition(flag["needs"]), has=has))
    return say(
        "{topic} is claimed at level {n}. That usually stands on {needs}.",
        topic=w.quote(w.topic(flags[0]["item"])), n=flags[0]["claimed"], needs=w.clauses(parts),
    )  # fmt: skip


def _no_evidence(case: Case, flag: Mapping[str, Any]) -> str:
    w, say = case.words, case.words.say
    return say("{topic} is claimed at level {n} without evidence; the evidenced view counts {m}.",
               topic=w.quote(w.topic(flag["item"])), n=flag["claimed"], m=flag["counted"])  # fmt: skip


def _networked(case: Case, flag: Mapping[str, Any]) -> str:
    return case.words.say("More machines are said to be connected than can give out data at all.")


def _machines(case: Case, flag: Mapping[str, Any]) -> str:
    w, say = case.words, case.words.say
    return say(
        "{topic}: the number of machines differs from the {n} stated for the firm.",
        topic=w.quote(w.topic(flag["item"])),
        n=flag["machines"],
    )


def _systems(case: Case, flag: Mapping[str, Any]) -> str:
    w, say = case.words, case.words.say
    claimed = next(
        (w.of(o.text) for o in case.catalogue.questions[flag["item"]].options if o.id == flag["claimed"]),
        flag["claimed"],
    )
    return say(
        "{topic}: {claimed}. In the scenes, {n} of 16 run in a system (level 2 or above); the two do not agree.",
        topic=w.topic(flag["item"]), claimed=claimed, n=flag["scenes_at_2"],
    )  # fmt: skip


def _same(case: Case, flag: Mapping[str, Any]) -> str:
    return case.words.say(
        "{n} level questions in a row carry the same answer {level}.", n=flag["count"], level=flag["level"]
    )


_FLAGS: dict[str, Callable[[Case, Mapping[str, Any]], str]] = {
    "no_evidence": _no_evidence, "networked_above_digital": _networked, "machines_differ": _machines,
    "systems_below_scenes": _systems, "systems_above_scenes": _systems, "same_answer": _same,
}  # fmt: skip


# --- method ---


def method(case: Case) -> d.Section:
    """How the figures come about, and what they cannot say."""
    w, say, edition = case.words, case.words.say, case.catalogue.edition
    versions = ("，" if w.language == "zh" else ", ").join(
        f"{name} {number}" for name, number in sorted(case.result["content"].items())
    )
    gates = tuple((w.level(g.level), f"{g.score / 1000:g}", str(g.scenes), str(g.starred)) for g in edition.gates)
    blocks: list[d.Block] = [
        d.Para(not_official(case)),
        d.Heading(say("Level and score")),
        d.Para(
            say(
                "Fifteen items carry up to 100 points; sixteen scenes are placed at a level from 0 to"
                " 4 by what people do on a normal day. "
                "The level is the highest one whose three gates hold. Points are added as exact "
                "decimals and are not rounded."
            )
        ),
        d.Table(
            (say("Level"), say("Points from"), say("Scenes"), say("Starred")), gates, (0.40, 0.20, 0.20, 0.20), "lrrr"
        ),
    ]
    if edition.gate_status != "read":
        blocks.append(
            d.Note(
                say(
                    "The gate figures are quoted at second hand and are indicative until checked "
                    "against the official text."
                )
            )
        )
    blocks += [
        d.Heading(say("Cluster index")),
        d.Para(
            say(
                "Each topic has a level from 0 to 4, worth 25 points a step. A dimension is their "
                "weighted mean; topics that matter most in the trade "
                "count double. The index is 60 % common topics and 40 % topics of the trade. What "
                "does not apply is left out; what is open counts as nothing."
            )
        ),
        d.Heading(say("First steps and prices")),
        d.Para(
            say(
                "A solution is proposed if it can start today, is meant for a firm like this one, "
                "raises something and does not cost too much of the revenue. "
                "Prices are bands with their basis; an estimate is never shown as a quotation, and no"
                " supplier paid to be here."
            )
        ),
        d.Heading(say("Limits")),
        d.Bullets(
            (
                say(
                    "Answers were given by the firm; nobody has seen the plant unless the cover names who verified it."
                ),
                say("Legal duties follow from the answers given. They are not legal advice and not complete."),
                say("Figures of the trade come from the sources named and may not fit a single plant."),
            )
        ),
        d.Note(
            say(
                "Edition {edition}; content {versions}; engine {engine}.",
                edition=edition.id,
                versions=versions,
                engine=case.result["engine"],
            )
        ),
    ]
    return d.Section("method", say("Method and limits"), say("How far can I trust it?"), tuple(blocks))
