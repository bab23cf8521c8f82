"""What to do: the trade's own topics, legal duties, first steps, and what was left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.reports import document as d
from app.reports.case import Case
from app.reports.standing import scene_level
from app.reports.wording import FORMS, POOLS, STATUSES
from scoring.conditions import is_topic
from scoring.content.model import Question, Solution

_SHOWN_GAINS = 6


# --- topics of the trade ---


def sector(case: Case) -> d.Section | None:
    """The trade's own topics: level, what is done now, the next step; then typical figures of the trade."""
    w, say, catalogue = case.words, case.words.say, case.catalogue
    own = [
        q for q in catalogue.questions.values() if not catalogue.topics[q.topic].common and q.id not in case.answers.off
    ]
    if not own:
        return None
    chart_rows = []
    blocks: list[d.Block] = []
    rows: list[tuple[d.Cell, ...]] = []
    for question in own:
        level = scene_level(case, question.id)
        word = w.state(case.answers.state(question.id))
        chart_rows.append((w.of(question.title), level, word))
        rows.append(_topic_row(case, question, level, word))
    levels = [level for _, level, _ in chart_rows if level is not None]
    low = sum(level <= 1 for level in levels)
    answer = w.count(
        "{low} of {n} topic of the trade stands at level 0 or 1.",
        "{low} of {n} topics of the trade stand at level 0 or 1.",
        len(levels),
        low=low,
    )
    names = tuple(say("Level {n}", n=n) if w.language == "zh" else str(n) for n in range(1, 5))
    blocks += [
        d.Answer(answer),
        d.Figure(d.TopicsChart(tuple(chart_rows), names), say("Level of the trade's own topics")),
        d.Table((say("Topic"), say("Now"), say("The next step")), tuple(rows), (0.22, 0.39, 0.39), "lll"),
    ]
    if catalogue.sector.kpis:
        kpis = tuple((w.of(k.title), w.of(k.value), w.cite(k.source)) for k in catalogue.sector.kpis)
        blocks += [
            d.Heading(say("Typical figures of the trade")),
            d.Para(say("To compare with your own books; they were not measured here.")),
            d.Table((say("Figure"), say("Typical"), say("Where from")), kpis, (0.34, 0.48, 0.18), "lll"),
        ]
    title = say("Findings for the trade: {trade}", trade=w.of(catalogue.sector.title))
    return d.Section("sector", title, say("What does the trade look at?"), tuple(blocks))


def _topic_row(case: Case, question: Question, level: int | None, word: str) -> tuple[d.Cell, ...]:
    w, say = case.words, case.words.say
    now = w.of(question.anchors[level].text) if level is not None else word
    following = say("The highest level is reached.") if level == 4 else w.of(question.anchors[(level or 0) + 1].text)
    step = w.of(question.anchors[(level or 0) + 1].label) if level != 4 else ""
    label = w.of(question.anchors[level].label) if level is not None else ""
    head = d.Lines(
        (
            d.Span(w.of(question.title), "strong"),
            d.Span(say("Level {n}", n=level) if level is not None else word, "quiet"),
        )
    )
    return (head, d.Lines((d.Span(label, "strong"), d.Span(now))), d.Lines((d.Span(step, "strong"), d.Span(following))))


# --- duties ---


def duties(case: Case) -> d.Section:
    """Legal duties, open ones first; they stand before any software."""
    w, say = case.words, case.words.say
    found = case.result["duties"]
    owed = sum(not x["notice"] for x in found)
    if not found:
        answer = say("No open duty shows in the answers.")
    elif owed:
        answer = w.count(
            "One legal duty is open. It comes before any software.",
            "{n} legal duties are open. They come before any software.",
            owed,
        )
    else:
        answer = say("No duty is open; there is something to prepare for.")
    blocks: list[d.Block] = [
        d.Answer(answer),
        d.Para(
            say(
                "Worked out from the facts and answers of the firm, with the rule as it stood at the "
                "date shown. Ask the authority named before acting."
            )
        ),
    ]
    blocks += [_duty(case, entry) for entry in found]
    return d.Section("duties", say("Legal duties"), say("What does the law ask?"), tuple(blocks))


def _duty(case: Case, entry: Mapping[str, Any]) -> d.Duty:
    w, say = case.words, case.words.say
    duty = case.catalogue.duties[entry["id"]]
    law = w.sentence(w.of(duty.law), w.bracket(w.cite(duty.source)))
    facts: list[tuple[str, d.Rich]] = [
        (say("Because"), w.clauses(_because(case, b) for b in entry["because"])),
        (say("Rule"), law),
        (
            say("In force since"),
            say(
                "{date}; as known in {checked}, check the current text",
                date=w.month(entry["date"]),
                checked=w.month(entry["checked"]),
            ),
        ),
    ]
    remedies = [w.of(case.catalogue.solutions[s].title) for s in duty.remedies if s in case.catalogue.solutions]
    if remedies:
        facts.append((say("Helps"), w.listed(remedies)))
    return d.Duty(w.of(duty.title), w.of(duty.text), tuple(facts), not entry["notice"])


def _because(case: Case, reason: str) -> str:
    """A reason of the engine in words: `profile:fact=value` or `TOPIC:level`."""
    w, say = case.words, case.words.say
    if reason.startswith("profile:"):
        name, _, _ = reason.removeprefix("profile:").partition("=")
        value = case.answers.facts.get(name)
        if name not in case.catalogue.facts:
            return w.pair(name, w.number(value)) if value is not None else name
        return w.sentence(w.of(case.catalogue.facts[name].text), w.fact(name, value))
    topic, _, level = reason.partition(":")
    if is_topic(topic) or topic in case.catalogue.topics:
        return say("{topic} at level {n}", topic=w.quote(w.topic(topic)), n=level)
    return reason


# --- first steps ---


def steps(case: Case) -> d.Section:
    """What can start today, best first."""
    w, say, catalogue = case.words, case.words.say, case.catalogue
    found = case.result["recommendations"]
    if not found:
        text = say("No solution of the catalogue fits today; the chapter on what was left out says why.")
        return d.Section("steps", say("First steps"), say("What first?"), (d.Answer(text),))
    rows = tuple(
        (str(r["rank"]), w.of(catalogue.solutions[r["solution"]].title), *r["cost_per_year"], *r["days"]) for r in found
    )
    wan = w.language == "zh"
    chart = d.StepsChart(
        rows,
        say("First year, 10,000 yuan") if wan else say("First year, thousand yuan"),
        say("Days until it is used"),
        10_000 if wan else 1_000,
    )
    systems = sum(r["form"] in ("saas", "app", "box") for r in found)
    answer = w.count(
        "One step can start today.", "{n} steps can start today; the first three are enough to begin with.", len(found)
    )
    remarks = [
        say(
            "Ranked by the firm's own troubles, by what is low, by the gates of the next level, and "
            "by how light it is in money and days."
        )
    ]
    if systems > 3:
        remarks.append(
            say("Do not start all of them at once: few firms get more than three systems into daily use in a year.")
        )
    blocks: list[d.Block] = [
        d.Answer(answer),
        d.Para(w.sentence(*remarks)),
        d.Figure(chart, say("Cost and time of the first steps; the bar runs from the low to the high end")),
    ]
    blocks += [_step(case, r) for r in found]
    blocks.append(
        d.Note(
            say(
                "Prices are bands for a firm of this size, not quotations. Estimates and figures "
                "stated by vendors are marked as such."
            )
        )
    )
    return d.Section("steps", say("First steps"), say("What first?"), tuple(blocks))


def _step(case: Case, entry: Mapping[str, Any]) -> d.Step:
    w, say = case.words, case.words.say
    solution = case.catalogue.solutions[entry["solution"]]
    facts: list[tuple[str, d.Rich]] = [
        (say("In use after"), w.days(entry["days"])),
        (say("Form"), _form(case, solution, entry)),
        (say("Lifts"), _lifts(case, entry)),
        (say("Why"), _why(case, entry)),
        (say("First move"), w.of(solution.start)),
        (
            say("What users report"),
            w.sentence(w.of(solution.effect.text), w.bracket(w.cite(solution.effect.source))),
        ),
    ]
    check = [_check(case, c) for c in entry["check"]]
    if entry["above_hint"]:
        check.append(say("this is more than half a per cent of a year's revenue: weigh it first"))
    if check:
        text = w.clauses(check)
        facts.append((say("Check first"), text[:1].upper() + text[1:]))
    return d.Step(
        number=str(entry["rank"]),
        problem=_problem(case, entry),
        title=w.of(solution.title),
        what=w.of(solution.what),
        cost=w.money(entry["cost_per_year"]),
        cost_note=_cost_note(case, entry),
        price_note=_price_note(case, solution, entry),
        facts=tuple(facts),
        first=entry["rank"] == 1,
    )


def _problem(case: Case, entry: Mapping[str, Any]) -> str:
    w, say = case.words, case.words.say
    for reason in entry["because"]:
        kind, _, name = reason.partition(":")
        if kind == "duty" and name in case.catalogue.duties:
            return say("Open legal duty: {duty}", duty=w.of(case.catalogue.duties[name].title))
        if kind == "pain":
            pain = case.catalogue.pains[int(name)]
            rank = case.answers.pains.index(int(name))
            label = (say("Your first trouble"), say("Your second trouble"), say("Your third trouble"))[rank]
            return w.pair(label, w.of(pain.text))
    gaps = [name for kind, _, name in (r.partition(":") for r in entry["because"]) if kind == "gap"]
    return say("Where you are low: {topics}", topics=w.listed(w.topic(g) for g in gaps[:3]))


def _cost_note(case: Case, entry: Mapping[str, Any]) -> str:
    w, say = case.words, case.words.say
    running, once = entry["running"], entry["one_off"]
    parts = [say("first year")]
    if any(once) and any(running):
        parts.append(say("{running} a year and {once} once", running=w.money(running), once=w.money(once)))
    elif any(once):
        parts.append(say("paid once"))
    else:
        parts.append(say("every year"))
    return ("，" if w.language == "zh" else ", ").join(parts)


def _price_note(case: Case, solution: Solution, entry: Mapping[str, Any]) -> str:
    w, say = case.words, case.words.say
    cost = solution.cost
    counted = ""
    if cost.unit in ("machine", "seat", "use") and not isinstance(cost.count_from, int):
        n = entry["count"]
        number = {
            "machine": w.count("{n} machine", "{n} machines", n), "seat": w.count("{n} seat", "{n} seats", n),
            "use": w.count("{n} use", "{n} uses", n),
        }[cost.unit]  # fmt: skip
        counted = (
            say("Counted for {number}, the usual size of the trade, as the firm gave no number.", number=number)
            if entry["typical_count"]
            else say("Counted for {number}.", number=number)
        )
    origin = w.listed([say(STATUSES[cost.status]), w.month(cost.date), w.cite(cost.source)])
    return w.sentence(w.of(cost.basis), counted, w.bracket(origin))


def _form(case: Case, solution: Solution, entry: Mapping[str, Any]) -> str:
    w, say = case.words, case.words.say
    parts = [say(FORMS[entry["form"]]), say(POOLS[entry["pool"]])]
    if entry["shared"] and solution.form != "shared":
        parts.append(say("used together at one place"))
    return w.clauses([parts[0], *(part[:1].lower() + part[1:] for part in parts[1:])])


def _lifts(case: Case, entry: Mapping[str, Any]) -> str:
    w, say = case.words, case.words.say
    gains = sorted(entry["raises"].items(), key=lambda g: (g[1][0] - g[1][1], g[0]))
    shown = [
        say("{topic} {low} → {high}", topic=w.topic(t), low=low, high=high) for t, (low, high) in gains[:_SHOWN_GAINS]
    ]
    rest = len(gains) - _SHOWN_GAINS
    if rest > 0:
        shown.append(w.count("one more", "{n} more", rest))
    return ("，" if w.language == "zh" else ", ").join(shown)


def _why(case: Case, entry: Mapping[str, Any]) -> str:
    w, say = case.words, case.words.say
    target = case.target
    parts = []
    pains = [r for r in entry["because"] if r.startswith("pain:")]
    if pains:
        parts.append(w.count("it tackles one of your troubles", "it tackles {n} of your troubles", len(pains)))
    gates = {r.removeprefix("gate:") for r in entry["because"] if r.startswith("gate:")}
    if gates & {"scenes", "starred"}:
        parts.append(say("it brings a scene to level {n}, which is missing", n=target))
    if "score" in gates:
        parts.append(say("it adds points, which are missing for level {n}", n=target))
    if any(r.startswith("duty:") for r in entry["because"]):
        parts.insert(0, say("it helps to meet an open legal duty"))
    gaps = [name for kind, _, name in (r.partition(":") for r in entry["because"]) if kind == "gap"]
    own = [g for g in gaps if not case.catalogue.topics[g].common]
    if own and not pains:
        parts.append(say("it lifts what your trade looks at: {topics}", topics=w.listed(w.topic(g) for g in own[:2])))
    if not parts:
        parts.append(say("it is light and lifts {topics}", topics=w.listed(w.topic(g) for g in gaps[:2])))
    text = w.clauses(parts)
    return text[:1].upper() + text[1:] + w.stop


def _check(case: Case, condition: str) -> str:
    if condition == "revenue_wan":
        return case.words.say("the price against a year's revenue, which was not stated")
    return case.words.condition(condition)


# --- left out ---


def left_out(case: Case) -> d.Section | None:
    """What is not proposed today and what would have to come first."""
    w, say, catalogue = case.words, case.words.say, case.catalogue
    ruled: dict[str, list[str]] = {}
    waiting: list[tuple[d.Cell, ...]] = []
    later: list[str] = []
    covered: list[tuple[d.Cell, ...]] = []
    foreign = 0
    for entry in case.result["excluded"]:
        solution = catalogue.solutions.get(entry["solution"])
        if solution is None:
            continue
        title = w.of(solution.title)
        if entry["guard"] == "G16":
            foreign += 1
        elif entry["guard"] in catalogue.guards:
            ruled.setdefault(entry["guard"], []).append(title)
        elif entry.get("reason") == "rank":
            later.append(title)
        elif entry.get("by") in catalogue.solutions:
            covered.append((title, w.of(catalogue.solutions[entry["by"]].title)))
        else:
            waiting.append((title, w.clauses(w.condition(c) for c in entry["unmet"])))
    blocks: list[d.Block] = [d.Answer(say("Not everything that is sold helps today."))]
    if ruled:
        rows = tuple(
            (w.listed(ruled[guard.id]), w.of(guard.reason)) for guard in catalogue.guards.values() if guard.id in ruled
        )
        blocks.append(d.Table((say("Leave for now"), say("Why")), rows, (0.34, 0.66), "ll"))
    if waiting:
        blocks += [
            d.Heading(say("Possible after other steps")),
            d.Table((say("Solution"), say("First")), tuple(waiting), (0.34, 0.66), "ll", dense=True),
        ]
    if covered:
        head = (say("Solution"), say("Covered by"))
        blocks += [
            d.Heading(say("Covered by a step above")),
            d.Table(head, tuple(covered), (0.5, 0.5), "ll", dense=True),
        ]
    if later:
        blocks += [d.Heading(say("Fits, but ten others come first")), d.Para(w.listed(later) + w.stop)]
    if foreign:
        blocks.append(
            d.Note(
                w.count(
                    "One more was looked at: it is meant for other firms or would change nothing here.",
                    "{n} more were looked at: they are meant for other firms or would change nothing here.",
                    foreign,
                )
            )
        )
    if len(blocks) == 1:
        return None
    return d.Section("left-out", say("What was left out"), say("What should wait?"), tuple(blocks))
