"""Small catalogues over the real common questions, in which needs, exclusions, conditions and gates meet each other.

Everything comes from one number. The gates of the index are moved close to the firm, so that many firms can reach the
next level and many cannot; what a catalogue raises and what it needs come from the same few questions, so that there
are chains and circles.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Any

from scoring.answers import Document, read
from scoring.conditions import parse
from scoring.content.catalogue import Catalogue, Gate, _plan
from scoring.content.loader import load_catalogue
from scoring.content.model import ChainRequirement, Cost, Effect, Guard, OneOff, Outcome, Solution, Text
from scoring.official import standing
from scoring.route import Goal, Wish
from tests.scoring import firms

TEXT = Text(zh="示例", en="example")
FACTS = (
    "own_design=true",
    "holds_drawings=true",
    "machines_connected!=false",
    "machines_run_shifts>=2",
    "employees>=50",
)
FORMS = ("saas", "box", "app", "shared", "service", "training")
OUT_OF_REACH = 10**6


@dataclass(frozen=True)
class Case:
    document: Document
    catalogue: Catalogue
    wish: Wish


@cache
def base() -> Catalogue:
    return load_catalogue("general")


def case(seed: int, most: int) -> Case:
    """A firm, a catalogue of up to `most` solutions and a wish."""
    random = Random(seed)
    catalogue = base()
    pool = _pool(random, catalogue)
    document = _document(random, catalogue, pool)
    count = random.randint(2, most) if most < 10 else most
    names = [f"S{n:02}" for n in range(count)]
    guards = {
        f"X{n}": Guard(f"X{n}", TEXT, TEXT, (f"x{n}",), _conditions(random, catalogue, pool, 2)) for n in range(3)
    }
    guards |= {"G13": catalogue.guards["G13"]}
    solutions = {n: _solution(random, catalogue, pool, n, names) for n in names}
    plans = {n: _plan(s, guards, catalogue.sector, set(), catalogue.questions) for n, s in solutions.items()}
    chain = tuple(
        (ChainRequirement(c.text, TEXT), c)
        for c in (
            parse(f"{random.choice(pool['topics'])}>={random.randint(1, 3)}") for _ in range(random.randint(1, 3))
        )
    )
    goal = _goal(random, catalogue, pool)
    edition = catalogue.edition
    if goal.kind == "level":
        edition = replace(edition, gates=_gates(random, document, catalogue, goal.level))
    made = replace(catalogue, solutions=solutions, plans=plans, guards=guards, chain=chain, edition=edition)
    return Case(document, made, _wish(random, goal, names))


def _pool(random: Random, catalogue: Catalogue) -> dict[str, list[str]]:
    """The questions that this catalogue is about, and the topics that its conditions ask for."""
    scenes = random.sample(list(catalogue.edition.scenes), random.randint(2, 5))
    levels = [q.id for q in catalogue.questions.values() if q.kind == "level" and q.id not in catalogue.edition.scenes]
    others = random.sample(levels, 2) + (["C32"] if random.random() < 0.4 else [])
    scored = random.sample(
        ["network_build", "equipment_digital_rate", "equipment_networked_rate", "data_collection", "network_security",
         "data_security", "plan_implementation", "management_mechanism", "talent"], random.randint(1, 4),
    )  # fmt: skip
    items = list(dict.fromkeys([*scenes, *others, *scored]))
    topics = list(dict.fromkeys(catalogue.topic_of[i] for i in items))
    return {"items": items, "topics": topics + (["C07"] if random.random() < 0.4 else [])}


def _document(random: Random, catalogue: Catalogue, pool: dict[str, list[str]]) -> Document:
    answers: dict[str, Any] = {}
    for question in catalogue.questions.values():
        raw = firms.any_answer(question, random, gaps=0.15)
        if question.kind == "level" and question.id in pool["items"]:
            raw = random.choice([0, 0, 1, 1, 2, {"value": 2, "evidence": ""}, "unknown", None])
            if question.na is not None and random.random() < (0.5 if question.id == "C32" else 0.1):
                raw = "na"
        if raw is not None:
            answers[question.id] = raw
    facts = [f for f in catalogue.facts.values() if random.random() < 0.6]
    firm = {"sector": "general", "profile": {f.id: firms.fact(f, random) for f in facts}}
    if random.random() < 0.7:
        firm["employees"] = random.randint(10, 100)
    return read({"firm": firm, "answers": answers}, catalogue)


def _solution(
    random: Random, catalogue: Catalogue, pool: dict[str, list[str]], name: str, names: list[str]
) -> Solution:
    items = random.sample(pool["items"], min(len(pool["items"]), random.choice([1, 1, 2, 3])))
    step = random.choice([1, 500, 1000])
    low = random.randint(1, 6) * step
    cost = Cost("site", low, low + random.randint(0, 6) * step, TEXT, (), "2026-11", "estimate")
    if random.random() < 0.3:
        cost = replace(cost, one_off=OneOff(0, random.randint(1, 4) * step))
    days = random.randint(1, 6) * random.choice([1, 10, 60])
    return Solution(
        id=name, title=TEXT, what=TEXT, start=TEXT, effect=Outcome(TEXT), plan_tasks=(1,),
        raises={item: _effects(random, catalogue, pool, item) for item in items},
        days=(1, days), cost=cost, form=random.choice(FORMS), pool=random.choice("HML"),
        needs=_conditions(random, catalogue, pool, random.choice([0, 0, 1, 1, 2])),
        applies_when=(random.choice(FACTS),) if random.random() < 0.1 else (),
        tags=(f"x{random.randint(0, 2)}",) if random.random() < 0.15 else (),
        excludes=(random.choice(names),) if random.random() < 0.15 and len(names) > 1 else (),
        connects_machines=random.random() < 0.25,
    )  # fmt: skip


def _effects(random: Random, catalogue: Catalogue, pool: dict[str, list[str]], item: str) -> Any:
    question = catalogue.questions[item]
    options = [o.id for o in question.options]
    if question.kind == "multiple":
        made: list[dict[str, Any]] = [{"add": tuple(random.sample(options, random.randint(1, min(4, len(options)))))}]
    elif question.kind == "single":
        made = [{"option": random.choice(options[1:])}]
    else:
        key = "band" if question.kind == "rate" else "to"
        made = [{key: random.randint(1, 3)}] + [{key: random.randint(2, 4)}] * (random.random() < 0.4)
    for n, effect in enumerate(made):
        if n or random.random() < 0.2:
            made[n] = effect | {"if": _conditions(random, catalogue, pool, 1)}
    return tuple(Effect(**effect) for effect in made)


def _conditions(random: Random, catalogue: Catalogue, pool: dict[str, list[str]], count: int) -> tuple[str, ...]:
    def one() -> str:
        if random.random() < 0.15:
            return random.choice(FACTS)
        return f"{random.choice(pool['topics'])}>={random.choice([1, 1, 2, 2, 3])}"

    def any_or_one() -> str:
        drawn = random.random()
        if drawn < 0.15:
            return f"any({one()};{one()})"
        return f"any(all({one()};{one()});{one()})" if drawn < 0.2 else one()

    return tuple(any_or_one() for _ in range(count))


def _goal(random: Random, catalogue: Catalogue, pool: dict[str, list[str]]) -> Goal:
    drawn = random.random()
    if drawn < 0.1:
        topic = catalogue.topics[random.choice(pool["topics"])]
        return Goal("dimension", name=topic.dimension, points=random.randint(1, 30))
    if drawn < 0.2:
        return Goal("chain")
    if drawn < 0.25:
        return Goal("scenes", random.randint(1, 2), random.choice(list(catalogue.edition.scene_fields.values())))
    return Goal("level", random.choice([1, 2, 2, 2, 3, 4]))


def _gates(random: Random, document: Document, catalogue: Catalogue, level: int) -> tuple[Gate, ...]:
    """Gates below the level that any firm passes, one just above the firm, and none within reach beyond it."""
    at = standing(document, catalogue.edition)
    scenes, starred = random.choice([0, 1, 1, 2]), random.choice([0, 0, 1])
    asked = [at.score + random.choice([-1000, 500, 500, 1875, 3000]), at.scenes[level - 1] + scenes,
             at.starred[level - 1] + starred]  # fmt: skip
    if asked[0] <= at.score and not scenes and not starred:
        asked[1] += 1
    return tuple(
        replace(g, score=0, scenes=0, starred=0) if g.level < level
        else replace(g, score=asked[0], scenes=asked[1], starred=asked[2]) if g.level == level
        else replace(g, score=OUT_OF_REACH)
        for g in catalogue.edition.gates
    )  # fmt: skip


def _wish(random: Random, goal: Goal, names: list[str]) -> Wish:
    rest = random.sample(names, len(names))
    fixed = frozenset(rest[:1]) if random.random() < 0.15 else frozenset()
    without = frozenset(rest[1:2]) if random.random() < 0.15 else frozenset()
    return Wish(
        goal=goal,
        budget=random.choice([None, None, None, random.randint(0, 15) * 1000]),
        most=random.choice([None, None, None, random.randint(1, 4)]),
        parallel=random.randint(1, 3),
        without=without,
        fixed=fixed,
        by=random.choice(["cost", "cost", "cost", "days", "number"]),
    )
