"""How far the firm is ready for a chain leader's order: what is missing, now and wanted."""

from __future__ import annotations

from typing import Any

from app.reports import document as d
from app.reports.case import Case
from scoring.content.model import ChainRequirement


def chain(case: Case) -> d.Section | None:
    """Count, table of what is missing, and what is met. None in a trade without a chain leader."""
    w, say = case.words, case.words.say
    found = case.result.get("chain")
    if not found or not found["of"]:
        return None
    wanted = {(entry["topic"], entry["wants"]): entry for entry in found["missing"]}
    rows: list[tuple[d.Cell, ...]] = []
    met: list[str] = []
    for requirement, condition in case.catalogue.chain:
        [(topic, _, level)] = condition.topics
        entry = wanted.get((topic, int(level)))
        if entry is not None:
            rows.append(_row(case, requirement, entry))
        elif case.result["capabilities"].get(topic) is not None:
            met.append(w.topic(topic))
    blocks: list[d.Block] = [
        d.Answer(say("Ready for a chain leader's order: {n} of {of}.", n=found["ready"], of=found["of"])),
        d.Para(
            say(
                "A chain leader is the large customer that pulls its suppliers along. "
                "This is what it asks before it places an order, in its own words."
            )
        ),
    ]
    if rows:
        head = (say("What the chain leader wants to see"), say("Now"), say("Enough when this is normal"))
        blocks.append(d.Table(head, tuple(rows), (0.38, 0.29, 0.33), "lll"))
    if met:
        blocks.append(d.Note(say("Already met: {titles}.", titles=w.listed(dict.fromkeys(met)))))
    return d.Section(
        "chain",
        say("Ready for a chain leader's order"),
        say("Would a large customer order?"),
        tuple(blocks),
    )


def _row(case: Case, requirement: ChainRequirement, entry: dict[str, Any]) -> tuple[d.Cell, ...]:
    w = case.words
    topic = entry["topic"]
    asked = d.Lines((d.Span(w.topic(topic), "strong"), d.Span(w.of(requirement.text))))
    return (asked, _anchor(case, topic, entry["has"]), _anchor(case, topic, entry["wants"]))


def _anchor(case: Case, topic: str, level: int | None) -> d.Cell:
    """Level and sentence of a topic; the level alone where it follows from ticks."""
    w = case.words
    if level is None:
        return d.Lines((d.Span(w.state(case.result["states"].get(topic, "")), "quiet"),))
    question = case.catalogue.questions[case.catalogue.topics[topic].items[0]]
    said = w.of(question.anchors[level].text) if question.kind == "level" else ""
    return d.Lines((d.Span(w.say("Level {n}", n=level), "strong"), d.Span(said)))
