"""What a consultant and the firm add to a report: the diagnosis in words, what was agreed, what has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.reports import document as d
from app.reports.case import LONGEST, Action, Case
from app.reports.wording import DIMENSIONS, N_
from scoring.effects import raised_topics

_STATES = {"open": N_("not begun"), "working": N_("in work"), "done": N_("finished"), "dropped": N_("dropped")}


def diagnosis(case: Case) -> d.Section | None:
    """The words of the consultant under his name; None where nobody has signed any."""
    w, say, found = case.words, case.words.say, case.issue.diagnosis
    if found is None:
        return None
    signed = say("{name}, consultant, {day}", name=w.plain(found.by), day=w.day(found.on))
    blocks: list[d.Block] = [d.Answer(w.sentence(say("In the words of the consultant."))), *_prose(case, found.summary)]
    for dimension, cell in case.result["index"]["dimensions"].items():
        text = found.findings.get(dimension, "")
        if text:
            score = "" if cell["score"] is None else w.bracket(say("{score} of 100", score=f"{cell['score']:.1f}"))
            title = say(DIMENSIONS[dimension])
            gap = "" if w.language == "zh" or not score else " "
            blocks += [d.Heading(f"{title}{gap}{score}"), *_prose(case, text)]
    blocks.append(d.Note(signed))
    return d.Section("diagnosis", say("Diagnosis"), say("What does the consultant say?"), tuple(blocks))


def _prose(case: Case, text: str) -> list[d.Block]:
    return [d.Para(case.words.plain(line)) for line in text.split("\n") if line.strip()]


def agreed(case: Case) -> d.Section | None:
    """The list with person, day and state, and the plan of the route; None where nothing is agreed."""
    w, say, actions = case.words, case.words.say, case.issue.actions
    if not actions:
        return None
    head = ("", say("What is to be done"), say("Who"), say("By"), say("How far"))
    rows = tuple(
        (
            (d.Span(str(number), "accent"),),
            _what(case, action),
            w.brief(action.owner, LONGEST // 5) or "–",
            w.day(action.due) if action.due else "–",
            _state(case, action),
        )
        for number, action in enumerate(actions, 1)
    )
    answer = w.count("One action is agreed.", "{n} actions are agreed.", len(actions))
    blocks: list[d.Block] = [d.Answer(answer), d.Table(head, rows, (0.05, 0.43, 0.15, 0.18, 0.19), "lllll")]
    return d.Section("agreed", say("Agreed actions"), say("Who does what by when?"), (*blocks, *_plan(case)))


def _what(case: Case, action: Action) -> d.Cell:
    w = case.words
    text = w.brief(action.text, LONGEST)
    solution = case.catalogue.solutions.get(action.solution)
    title = w.of(solution.title) if solution else ""
    if not title or title == text:
        return text
    return d.Lines((d.Span(text), d.Span(w.pair(w.say("Solution"), title), "quiet")))


def _state(case: Case, action: Action) -> d.Cell:
    w = case.words
    state = w.say(_STATES[action.state])
    return d.Lines((d.Span(state), d.Span(w.day(action.since), "quiet"))) if action.since else state


def _plan(case: Case) -> list[d.Block]:
    w, say, plan = case.words, case.words.say, case.issue.plan
    if plan is None:
        return []
    head = (say("Step"), say("Days"), say("First year"), say("How far"))
    rows = tuple(
        (
            w.of(case.catalogue.solutions[s.solution].title) if s.solution in case.catalogue.solutions else s.solution,
            say("{start} to {end}", start=s.start_day, end=s.end_day),
            w.money(s.price),
            say(_STATES[s.state]),
        )
        for s in plan.steps
    )
    return [
        d.Heading(say("The plan of {day}", day=w.day(plan.on))),
        d.Para(say("The firm has made this route its plan; after its last step it stands at level {n}.", n=plan.level)),
        d.Table(head, rows, (0.46, 0.16, 0.22, 0.16), "lrrl"),
    ]


# --- since the round before


def since(case: Case) -> d.Section | None:
    """What was agreed after an earlier round, what is done of it, and the levels before and now."""
    w, say, earlier = case.words, case.words.say, case.issue.earlier
    if earlier is None or not earlier.actions:
        return None
    now = case.issue.verified.payload if case.issue.verified else None
    done = sum(action.state == "done" for action in earlier.actions)
    answer = w.count(
        "{done} of {n} agreed action is done.",
        "{done} of {n} agreed actions are done.",
        len(earlier.actions),
        done=done,
    )
    lines = [
        say("Claimed: level {before} in round {number} of {day}, {after} now.",
            before=earlier.claimed["official"]["level"], number=earlier.number, day=w.day(earlier.on),
            after=case.claimed["official"]["level"]),
    ]  # fmt: skip
    if earlier.verified or now:
        then, today = _verified_level(case, earlier.verified), _verified_level(case, now)
        lines.append(say("Verified: {before} then, {after} now.", before=then, after=today))
    head = (say("What was agreed"), say("How far"), say("What it should raise"), say("Claimed"), say("Verified"))
    rows: list[tuple[d.Cell, ...]] = []
    for action in earlier.actions:
        text, state = w.brief(action.text, LONGEST), _state(case, action)
        for number, topic in enumerate(raised_topics(case.catalogue, action.solution) or [""]):
            first: tuple[d.Cell, d.Cell] = (text, state) if number == 0 else ("", "")
            moves = (
                (w.topic(topic), _move(case, topic, earlier.claimed, case.claimed),
                 _move(case, topic, earlier.verified, now))
                if topic
                else ("–", "–", "–")
            )  # fmt: skip
            rows.append((*first, *moves))
    blocks = (
        d.Answer(answer),
        d.Para(w.sentence(*lines)),
        d.Table(head, tuple(rows), (0.30, 0.16, 0.28, 0.13, 0.13), "lllll"),
        d.Note(
            say("Levels of the topics that a solution can raise, then and now. A dash: no level, or nobody looked.")
        ),
    )
    return d.Section("since", say("What has changed since"), say("What has come of what was agreed?"), blocks)


def _verified_level(case: Case, payload: Mapping[str, Any] | None) -> str:
    say = case.words.say
    return say("level {n}", n=payload["official"]["evidenced"]["level"]) if payload else say("not verified")


def _move(case: Case, topic: str, before: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> str:
    """A level then and now; a dash where nobody looked at either time."""
    levels = [payload["capabilities"].get(topic) if payload else None for payload in (before, now)]
    if levels == [None, None]:
        return "–"
    first, last = ("–" if level is None else str(level) for level in levels)
    return case.words.say("{before} to {after}", before=first, after=last)
