"""Small solutions, documents and results for the tests of the rules of the contract (part 3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scoring import assess, load_catalogue
from scoring.answers import read
from scoring.conditions import parse_all
from scoring.content.catalogue import Catalogue, Plan
from scoring.content.model import Cost, Effect, Solution, Text
from scoring.effects import apply
from scoring.result import score

MOLDS = load_catalogue("molds")
HERE = Text(zh="示例", en="Example")


def raw(
    answers: dict[str, Any] | None = None, profile: dict[str, Any] | None = None, sector: str = "molds", **firm: Any
) -> dict[str, Any]:
    return {"firm": {"sector": sector, "profile": profile or {}, **firm}, "answers": answers or {}}


def result(answers: dict[str, Any] | None = None, profile: dict[str, Any] | None = None, **firm: Any) -> dict[str, Any]:
    return assess(raw(answers, profile, **firm), load_catalogue(firm.get("sector", "molds")))


def capability(topic: str, **answers: Any) -> int | None:
    return result(answers)["capabilities"][topic]


def solution(name: str, raises: dict[str, Any], **more: Any) -> Solution:
    cost = Cost(unit="site", low=1000, high=2000, basis=HERE, source=(), date="2026-11", status="estimate")
    start = {"title": HERE, "what": HERE, "start": HERE, "days": (1, 5), "cost": cost, "form": "saas", "pool": "L"}
    return Solution(id=name, raises=raises, effect={"text": HERE}, plan_tasks=(6,), **{**start, **more})


def plan(
    name: str,
    raises: dict[str, Effect | list[Effect]],
    *,
    needs: tuple[str, ...] = (),
    connects: bool = False,
    catalogue: Catalogue = MOLDS,
) -> Plan:
    pairs = [(i, e) for i, es in raises.items() for e in (es if isinstance(es, list) else [es])]
    made = solution(name, {"C10": 1}, connects_machines=connects)
    own = tuple(i for i in raises if not catalogue.topics[catalogue.topic_of[i]].common)
    return Plan(
        solution=made, needs=parse_all(needs), applies=(), guards=(), pains=frozenset(), sector_items=own,
        raises=tuple((i, e, parse_all(e.given)) for i, e in pairs),
    )  # fmt: skip


def with_plans(*plans: Plan) -> Catalogue:
    return replace(MOLDS, plans={p.solution.id: p for p in plans}, solutions={p.solution.id: p.solution for p in plans})


def after(document: dict[str, Any], *plans: Plan) -> dict[str, Any]:
    return score(apply(read(document, MOLDS), MOLDS, plans), MOLDS)
