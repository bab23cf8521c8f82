"""What a firm asks of its route, as address parameters: read, checked, and written back.

goal=level:2 | dimension:quality+10 | chain | scenes:production=2      default: the next level
budget=60000  most=4  parallel=2  by=cost|days|number  with=COM-S3  without=MOL-S2      (the last two repeat)
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import cast, get_args
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from app.i18n import gettext as _
from app.web.figures import clauses, sentences
from app.web.results.reading import Reading
from app.web.results.route import money
from scoring.costs import price
from scoring.errors import Problem
from scoring.route import PARALLEL, By, Goal, Wish, WishError, next_level

MOST_YUAN = 1_000_000_000
MOST_NUMBER = 99
NUMBERS = {"budget": (0, MOST_YUAN), "most": (1, MOST_NUMBER), "parallel": (1, MOST_NUMBER)}
_GOAL = re.compile(
    r"level:(?P<level>\d)|(?P<chain>chain)|dimension:(?P<dimension>[a-z_]+)\+(?P<points>\d{1,3})"
    r"|scenes:(?P<field>[a-z_]+)=(?P<depth>\d)"
)


class AskedError(ValueError):
    """A wish that cannot be meant: sentences by field, and the engine's problems behind them (none for bad numbers)."""

    def __init__(self, errors: dict[str, list[str]], problems: list[Problem]) -> None:
        super().__init__(str(errors))
        self.errors, self.problems = errors, problems


@dataclass(frozen=True, slots=True)
class Asked:
    """What was entered, as entered; empty where nothing was."""

    goal: str = ""
    budget: str = ""
    most: str = ""
    parallel: str = ""
    by: str = ""
    fixed: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> Asked:
        """From the parameters of an address; others are ignored."""
        one = {name: args.get(name, "").strip()[:40] for name in ("goal", "budget", "most", "parallel", "by")}
        fixed, without = (tuple(dict.fromkeys(v[:64] for v in args.getlist(n) if v)) for n in ("with", "without"))
        return cls(**one, fixed=fixed, without=without)

    def address(self, **changed: str) -> str:
        """The address parameters, without what is empty or usual."""
        values = {"goal": self.goal, "budget": self.budget, "most": self.most, "parallel": self.parallel, "by": self.by}
        values |= changed
        usual = {"parallel": str(PARALLEL), "by": "cost"}
        pairs = [(name, value) for name, value in values.items() if value and value != usual.get(name)]
        pairs += [("with", s) for s in self.fixed] + [("without", s) for s in self.without]
        return urlencode(pairs)


def goal_value(goal: Goal) -> str:
    """A goal as the parameter `goal` names it."""
    return {
        "level": f"level:{goal.level}",
        "chain": "chain",
        "dimension": f"dimension:{goal.name}+{goal.points}",
        "scenes": f"scenes:{goal.name}={goal.level}",
    }[goal.kind]


def to_wish(asked: Asked, reading: Reading) -> Wish:
    """The wish that was entered, not yet judged by the engine. Raises AskedError for what is no number or goal."""
    errors: dict[str, list[str]] = {}
    numbers: dict[str, int | None] = {}
    for name, (least, most) in NUMBERS.items():
        try:
            numbers[name] = value = _number(getattr(asked, name))
        except ValueError:
            errors[name] = [_("Please enter a whole number.")]
            continue
        if value is not None and value < least:
            errors[name] = [_too_small(name)]
        elif value is not None and value > most:
            errors[name] = [_("That is too much; enter %(most)s at most.", most=f"{most:,}")]
    goal = _goal(asked.goal) if asked.goal else next_level(reading.document, reading.catalogue)
    if goal is None:
        errors["goal"] = [_("We do not know this goal. Choose one of the list.")]
    if errors or goal is None:
        raise AskedError(errors, [])
    by = cast(By, asked.by) if asked.by in get_args(By) else "cost"
    parallel = numbers["parallel"]
    return Wish(
        goal,
        numbers["budget"],
        numbers["most"],
        PARALLEL if parallel is None else parallel,
        frozenset(asked.without),
        frozenset(asked.fixed),
        by,
    )


def judged(error: WishError, reading: Reading, wish: Wish) -> AskedError:
    """What the engine says of a wish, in the reader's words, by field."""
    errors: dict[str, list[str]] = {}
    for problem in error.problems:
        field = "goal" if problem.item == "target" else problem.item
        errors.setdefault(field, []).append(_sentence(problem, reading, wish))
    return AskedError({field: list(dict.fromkeys(said)) for field, said in errors.items()}, error.problems)


def _goal(text: str) -> Goal | None:
    match = _GOAL.fullmatch(text)
    if match is None:
        return None
    if match["level"]:
        return Goal("level", int(match["level"]))
    if match["chain"]:
        return Goal("chain")
    if match["dimension"]:
        return Goal("dimension", name=match["dimension"], points=int(match["points"]))
    return Goal("scenes", int(match["depth"]), match["field"])


def _number(text: str) -> int | None:
    """A whole number however it was typed (full width, with separators); None for nothing. Raises ValueError."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "").replace("−", "-")
    if plain and not re.fullmatch(r"-?[0-9]+", plain):
        raise ValueError(text)
    return int(plain) if plain else None


def _too_small(name: str) -> str:
    return {
        "budget": _("The budget is below 0. Enter 0 yuan or more, or leave it empty for no limit."),
        "most": _("At least one solution. Leave it empty for no limit."),
        "parallel": _("At least one project at a time."),
    }[name]


def _sentence(problem: Problem, reading: Reading, wish: Wish) -> str:
    names = [_title(reading, name) for name in problem.names]
    match problem.code, problem.item:
        case "unknown_solution", _any:
            return _("A solution named in the address does not exist in your trade. Take it out.")
        case "out_of_range", ("budget" | "most" | "parallel") as name:
            return _too_small(name)
        case "out_of_range", "target":
            return _("There is no such level. Levels go from 1 to %(top)s.", top=len(reading.catalogue.edition.gates))
        case "target_below", _any:
            return _("You stand at level %(level)s already. Choose a higher one.", level=reading.level)
        case "out_of_range", "goal":
            return _("A dimension ends at 100 points, and this one stands too high for that. Choose another.")
        case "contradiction", "budget":
            known = [s for s in wish.fixed if s in reading.catalogue.solutions]
            return _(
                "What you have signed costs %(money)s by itself. Raise the budget, or take something out.",
                money=money(sum(_dearest(reading, s) for s in known)),
            )
        case "contradiction", "most":
            return _("You have signed %(number)s already. Allow at least as many.", number=len(wish.fixed))
        case "contradiction", _any if len(names) == 1:
            return _("%(title)s is both signed and ruled out. Choose one.", title=names[0])
        case "contradiction", _any:
            return _("%(one)s and %(other)s exclude each other. Keep one.", one=names[0], other=names[-1])
        case "guarded", _any:
            return sentences(
                [_("%(title)s cannot be part of a route.", title=names[0]), _guard(reading, problem.names[0])]
            )
        case _:
            return _("We do not know this goal. Choose one of the list.")


def _title(reading: Reading, solution: str) -> str:
    known = reading.catalogue.solutions.get(solution)
    return reading.text(known.title) if known else solution


def _dearest(reading: Reading, solution: str) -> int:
    """The first year of a solution at the upper end, as the engine counts it."""
    cost = reading.catalogue.solutions[solution].cost
    return price(cost, reading.document.facts, reading.catalogue).first_year[1]


def _guard(reading: Reading, solution: str) -> str:
    """Why a solution cannot start in this firm, as the stored result says it."""
    entry = next((e for e in reading.payload["excluded"] if e["solution"] == solution), None)
    rule = reading.catalogue.guards.get(entry["guard"]) if entry and entry["guard"] else None
    if rule:
        return reading.text(rule.reason)
    if entry and entry["unmet"]:
        return _("First needed: %(needs)s.", needs=clauses(reading.condition(text) for text in entry["unmet"]))
    return _("It is meant for other firms, or would add nothing here.")
