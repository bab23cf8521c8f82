"""The cheapest route to the next level: proof, Gantt strip, why each step, what is paid when, other ways, subsidies."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.reports import document as d
from app.reports.case import Case
from app.reports.wording import N_
from scoring.route import RouteError, SolverError, Wish, alternatives, next_level, route

log = logging.getLogger("app.reports")

YEAR, QUARTERS = 365, 4
MONTH, IN_DAYS = 30.4, 60
WAN = 10_000


def roadmap(case: Case) -> d.Section | None:
    """The chapter; None where the simulation does not confirm the route, so that the rest is printed all the same."""
    wish = Wish(next_level(case.answers, case.catalogue))
    try:
        found = route(case.answers, case.catalogue, wish)
        others = alternatives(case.answers, case.catalogue, wish) if found["status"] == "optimal" else {}
    except (RouteError, SolverError):
        log.exception("no route in the report")
        return None
    say = case.words.say
    blocks = {"optimal": _optimal, "already_there": _already_there, "unreachable": _unreachable}[found["status"]](
        case, found, others
    )
    return d.Section("roadmap", say("The route"), say("How far can I get?"), (*blocks, *_subsidies(case, found)))


def quarters(steps: Sequence[Mapping[str, Any]]) -> list[tuple[list[int], int, int]]:
    """(steps that start, paid once, running) by quarter of a year, upper ends, from the start of the route on.

    One-offs fall into the quarter of the start; the running price of the first twelve months is spread evenly over
    four quarters from there on. The sum over all is the price of the route, to the yuan.
    """
    starts = [step["start_day"] * QUARTERS // YEAR for step in steps]
    rows: list[tuple[list[int], int, int]] = [([], 0, 0) for _ in range(max(starts) + QUARTERS)]
    for step, first in zip(steps, starts, strict=True):
        running = step["running"][1]
        for n in range(QUARTERS):
            part = running * (n + 1) // QUARTERS - running * n // QUARTERS
            begun, once, spread = rows[first + n]
            if n == 0:
                begun, once = [*begun, step["order"]], once + step["one_off"][1]
            rows[first + n] = (begun, once, spread + part)
    return rows


# --- a route


def _optimal(case: Case, found: Mapping[str, Any], others: Mapping[str, Any]) -> list[d.Block]:
    w, say, steps = case.words, case.words.say, found["steps"]
    answer = w.count(
        "This one solution, for at most {money}, takes the firm to level {level} in {time}; nothing cheaper in the "
        "catalogue does.",
        "These {n} solutions, in this order, for at most {money}, take the firm to level {level} in {time}; nothing "
        "cheaper in the catalogue does.",
        len(steps),
        money=_counted(case, found),
        level=found["target"],
        time=_time(case, found["days"]),
    )
    proof = say(
        "Computed over all solutions that fit the answers, and proven: without any one of the steps the level is "
        "missed, and the answers after the last step were scored like real ones."
    )
    blocks: list[d.Block] = [d.Answer(answer), d.Para(w.sentence(proof, _slow(case, found)))]
    blocks += _law(case, found)
    blocks.append(d.Figure(_gantt(case, found), say("Steps over time, in days from the start of the route")))
    blocks.append(_steps(case, found))
    blocks += [d.Heading(say("Why each step")), _reasons(case, found)]
    blocks += [d.Heading(say("What is paid when")), _spending(case, found), d.Note(_spending_note(case, found))]
    blocks += [d.Heading(say("Other ways")), _others(case, found, others)]
    return blocks


def _law(case: Case, found: Mapping[str, Any]) -> list[d.Block]:
    owed = [entry for entry in found["duties"] if not entry["notice"]]
    if not owed:
        return []
    titles = case.words.listed(case.words.of(case.catalogue.duties[entry["id"]].title) for entry in owed)
    return [d.Para(case.words.say("First what the law asks; it is no step of the route: {titles}.", titles=titles))]


def _slow(case: Case, found: Mapping[str, Any]) -> str:
    few = (case.result["capabilities"].get("C04") or 0) < 2
    if found["days"] <= YEAR or not few or "G13" not in case.catalogue.guards:
        return ""
    return case.words.say(
        "It runs over more than one year: until somebody is placed to look after them, no more than two new systems "
        "start in a year."
    )


def _gantt(case: Case, found: Mapping[str, Any]) -> d.GanttChart:
    w, catalogue = case.words, case.catalogue
    rows = tuple(
        (
            str(s["order"]),
            w.of(catalogue.solutions[s["solution"]].title),
            s["start_day"],
            s["end_day"],
            _money(case, s["cost_per_year"]),
        )
        for s in found["steps"]
    )
    level = w.say("Level {n}", n=found["after"]["level"])
    return d.GanttChart(rows, found["days"], w.say("Days"), w.say("First year, at most"), level)


def _steps(case: Case, found: Mapping[str, Any]) -> d.Table:
    w, say = case.words, case.words.say
    head = ("", say("Step"), say("Days"), say("First year"), say("Sum so far"), say("Score"), say("Level"))
    rows = tuple(
        (
            (d.Span(str(s["order"]), "accent"),),
            w.of(case.catalogue.solutions[s["solution"]].title),
            say("{start} to {end}", start=s["start_day"], end=s["end_day"]),
            w.money(s["price"]),
            _money(case, s["after"]["cost"]),
            s["after"]["score"],
            d.Level(s["after"]["level"]),
        )
        for s in found["steps"]
    )
    return d.Table(head, rows, (0.05, 0.31, 0.13, 0.18, 0.14, 0.10, 0.09), "llrrrrc")


def _reasons(case: Case, found: Mapping[str, Any]) -> d.Table:
    w, say = case.words, case.words.say
    order = {s["solution"]: s["order"] for s in found["steps"]}
    rows = tuple(
        (
            f"{s['order']}. {w.of(case.catalogue.solutions[s['solution']].title)}",
            _why(case, s, order),
            _presupposes(case, s, order),
        )
        for s in found["steps"]
    )
    return d.Table((say("Step"), say("Why"), say("Needs first")), rows, (0.28, 0.38, 0.34), "lll")


def _why(case: Case, step: Mapping[str, Any], order: Mapping[str, int]) -> str:
    w, say = case.words, case.words.say
    names = {"score": say("points"), "scenes": say("scenes"), "starred": say("starred scenes")}
    parts: dict[str, list[str]] = {}
    for reason in step["why"]:
        kind, _colon, name = reason.partition(":")
        parts.setdefault(kind, []).append(name)
    said = []
    for name in parts.get("duty", ()):
        said.append(say("It helps with the open duty: {title}.", title=w.of(case.catalogue.duties[name].title)))
    if "gate" in parts:
        said.append(say("Missing without it: {what}.", what=w.listed(names[name] for name in parts["gate"])))
    waiting = [str(order[name]) for name in parts.get("need", ()) if name in order]
    if waiting:
        one, many = N_("Step {n} cannot start without it."), N_("Steps {n} cannot start without it.")
        said.append(say(one if len(waiting) < 2 else many, n=w.listed(waiting)))
    return w.sentence(*said)


def _presupposes(case: Case, step: Mapping[str, Any], order: Mapping[str, int]) -> str:
    w, say = case.words, case.words.say
    said = []
    for need in step["needs"]:
        by = [str(order[s]) for s in need["by"] if s in order]
        condition = w.condition(need["condition"])
        one, many = N_("{condition}, after step {numbers}"), N_("{condition}, after steps {numbers}")
        said.append(say(one if len(by) < 2 else many, condition=condition, numbers=w.listed(by)) if by else condition)
    said += [say("check first: {condition}", condition=w.condition(text)) for text in step["check"]]
    return w.clauses(said) or say("nothing more than today")


def _spending(case: Case, found: Mapping[str, Any]) -> d.Table:
    w, say = case.words, case.words.say
    head = (say("Quarter"), say("Steps that start"), say("Paid once"), say("Running"), say("Sum so far"))
    rows: list[tuple[d.Cell, ...]] = []
    total = all_once = all_running = 0
    for number, (begun, once, running) in enumerate(quarters(found["steps"]), 1):
        total, all_once, all_running = total + once + running, all_once + once, all_running + running
        rows.append((str(number), w.listed(map(str, begun)), _plain(once), _plain(running), _plain(total)))
    rows.append((say("Together"), "", _plain(all_once), _plain(all_running), _plain(total)))
    return d.Table(head, tuple(rows), (0.14, 0.26, 0.2, 0.2, 0.2), "llrrr", total=True, dense=True)


def _spending_note(case: Case, found: Mapping[str, Any]) -> str:
    yearly = sum(s["running"][1] for s in found["steps"])
    return case.words.say(
        "In yuan, upper ends. A quarter has about 91 days and counts from the start of the route. What is paid once "
        "falls into the quarter in which the step starts; the running price of its first twelve months is spread "
        "evenly over four quarters from there on. What a step costs after its first twelve months is not in the table: "
        "at most {money} a year for all steps together.",
        money=_money(case, yearly),
    )


def _others(case: Case, found: Mapping[str, Any], others: Mapping[str, Any]) -> d.Table:
    w, say = case.words, case.words.say
    chosen = sorted(s["solution"] for s in found["steps"])
    named = [
        (say("The next cheapest"), found["runner_up"]),
        (say("The quickest"), others["fastest"]),
        (say("The fewest contracts"), others["fewest"]),
        (say("Nothing bought outright"), others["rented"]),
    ]
    if others["staffed"]:  # else nothing waits for another year
        named.insert(1, (say("With somebody placed for it, so that no system waits a year"), others["staffed"]))
    rows: list[tuple[d.Cell, ...]] = []
    for name, way in named:
        if way is None:
            rows.append((name, "–", "–", say("there is none")))
        elif sorted(way["solutions"]) == chosen:
            rows.append((name, _money(case, way["cost_per_year"]), _time(case, way["days"]), say("is this route")))
        else:
            titles = w.listed(w.of(case.catalogue.solutions[s].title) for s in way["solutions"])
            rows.append((name, _money(case, way["cost_per_year"]), _time(case, way["days"]), titles))
    head = (say("Way"), say("First year, at most"), say("Time"), say("Steps"))
    return d.Table(head, tuple(rows), (0.2, 0.17, 0.17, 0.46), "lrrl")


# --- none


def _already_there(case: Case, found: Mapping[str, Any], others: Mapping[str, Any]) -> list[d.Block]:
    text = case.words.say(
        "Level {n} is the highest and is reached; nothing has to be bought for it.", n=found["target"]
    )
    return [d.Answer(text)]


def _unreachable(case: Case, found: Mapping[str, Any], others: Mapping[str, Any]) -> list[d.Block]:
    w, say, level = case.words, case.words.say, found["target"]
    gaps = []
    for entry in found["missing"]:
        if entry["gate"] == "score":
            gaps.append(say("{n} points", n=entry["short"]))
        elif entry["gate"] == "starred":
            gaps.append(
                w.count(
                    "{n} starred scene at level {level}",
                    "{n} starred scenes at level {level}",
                    entry["short"],
                    level=level,
                )
            )
        else:
            gaps.append(
                w.count("{n} scene at level {level}", "{n} scenes at level {level}", entry["short"], level=level)
            )
    near = found["nearest"]
    nearest = say("The nearest state is the present one.")
    if near["solutions"]:
        nearest = say(
            "The nearest state: level {level} with {points} points, for at most {money} in the first year, "
            "with {titles}.",
            level=near["level"],
            points=near["score"],
            money=_money(case, near["cost_per_year"]),
            titles=w.listed(w.of(case.catalogue.solutions[s].title) for s in near["solutions"]),
        )
    return [
        d.Answer(say("Level {n} cannot be reached with the catalogue yet.", n=level)),
        d.Para(
            w.sentence(
                say("Missing even at best: {what}. No set of solutions brings more.", what=w.listed(gaps)), nearest
            )
        ),
        *_law(case, found),
    ]


# --- subsidies


def _subsidies(case: Case, found: Mapping[str, Any]) -> list[d.Block]:
    """Rules of the firm's city where the town shows it, else of all; never part of a figure."""
    w, say = case.words, case.words.say
    rules = list(case.catalogue.subsidies.values())
    if found["status"] != "optimal" or not rules:
        return []
    here = [rule for rule in rules if rule.holds_in(case.issue.town)]
    level = found["after"]["level"]
    rows: list[tuple[d.Cell, ...]] = []
    for rule in here or rules:
        expired = rule.until is not None and rule.until < case.issue.on.isoformat()
        ceiling = rule.ceiling(level)
        dates = [
            say("rule of {date}", date=w.month(rule.date)) if rule.date else "",
            (
                say("expired on {date}", date=w.month(rule.until))
                if expired
                else say("until {date}", date=w.month(rule.until))
            )
            if rule.until
            else "",
            say("as known in {date}", date=w.month(rule.checked)),
            w.cite(rule.source),
        ]
        text = say("Ceiling at level {n}: {money}.", n=level, money=_money(case, ceiling)) if ceiling else ""
        rows.append((w.of(rule.title), w.sentence(text, w.of(rule.text)), w.listed(dates)))
    return [
        d.Heading(say("Subsidies that may be applied for")),
        d.Para(say("Ask first: no promise, and not counted in any figure of the route.")),
        d.Table((say("Rule"), say("What it says"), say("Date and source")), tuple(rows), (0.22, 0.52, 0.26), "lll"),
    ]


# --- figures


def _money(case: Case, amount: int) -> str:
    """One exact sum, as the page prints it."""
    if case.words.language == "zh" and amount >= WAN and amount % 100 == 0:
        return case.words.say("{amount} times 10,000 yuan", amount=f"{(Decimal(amount) / WAN).normalize():f}")
    return f"{amount:,} 元" if case.words.language == "zh" else f"{amount:,} yuan"


def _counted(case: Case, found: Mapping[str, Any]) -> str:
    """The price of a route and what is counted in it: where it runs longer, the first year is each step's own."""
    money = _money(case, found["cost_per_year"])
    if found["days"] <= YEAR:
        return case.words.say("{money} in the first year", money=money)
    return case.words.say("{money} for the first twelve months of each", money=money)


def _plain(amount: int) -> str:
    return f"{amount:,}" if amount else "–"


def _time(case: Case, days: int) -> str:
    if days < IN_DAYS:
        return case.words.count("{n} day", "{n} days", days)
    return case.words.count("about {n} month", "about {n} months", round(days / MONTH))
