"""Firms for property tests: documents drawn from the real questions of a trade, in every mix of states.

A whole document is made from one drawn number, so that a hundred of them cost no more than scoring them; a failing
example names the number, and `firm_of` shows the firm.
"""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from scoring.content.catalogue import Catalogue
from scoring.content.loader import list_sectors, load_catalogue
from scoring.content.model import Fact, Question

TRADES = list_sectors()
RATES = (0, 0.1, 0.1000001, 0.2, 0.35, 0.4, 0.6, 0.61, 1)
steady = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def catalogue_of(trade: str) -> Catalogue:
    return load_catalogue(trade)


def answer(question: Question, random: Random) -> Any:
    """A plain answer in full: no "na", no "unknown"."""
    options = [o.id for o in question.options]
    if question.kind == "level":
        return random.randint(0, 4)
    if question.kind == "multiple":
        return random.sample(options, random.randint(0, len(options)))
    if question.kind == "rate":
        if random.random() < 0.4:
            return {"rate": random.choice(RATES)}
        whole = random.randint(1, 40)
        return {"part": random.randint(0, whole), "whole": whole}
    return random.choice(options)


def any_answer(question: Question, random: Random, *, gaps: float = 0.25) -> Any:
    """An answer in any state; None stands for "left out". `gaps`: how often it is no plain answer."""
    if random.random() >= gaps:
        plain = answer(question, random)
        if question.kind == "level" and random.random() < 0.3:
            return {"value": plain, "evidence": random.choice(["", "  ", "单据照片"])}
        return plain
    return random.choice([None, "unknown", "na" if question.na is not None else None])


def fact(known: Fact, random: Random) -> Any:
    if known.kind == "bool":
        return random.random() < 0.5
    if known.kind == "choice":
        return random.choice([o.id for o in known.options])
    return random.randint(known.low, min(known.high, 20_000))


def firm_of(catalogue: Catalogue, seed: int) -> dict[str, Any]:
    """The answers document that belongs to a number: some firms are complete, some hardly begun, some nearly at 4."""
    random = Random(seed)
    gaps = random.choice([0.0, 0.1, 0.4, 0.9])
    stated = random.choice([0.0, 0.5, 1.0])
    profile = {f.id: fact(f, random) for f in catalogue.facts.values() if random.random() < stated}
    firm: dict[str, Any] = {"name": "示例", "sector": catalogue.sector.id, "profile": profile}
    for name, most in (("employees", 900), ("machines", 300), ("revenue_wan", 40_000)):
        if random.random() < 0.7:
            firm[name] = random.randint(0, most)
    best = random.random() < 0.25
    answers = {}
    for question in catalogue.questions.values():
        raw = any_answer(question, random, gaps=gaps)
        if best and question.kind == "level" and type(raw) is int:
            raw = max(raw, random.randint(2, 4))
        if raw is not None:
            answers[question.id] = raw
    pains = random.sample(list(catalogue.pains), min(random.randint(0, 3), len(catalogue.pains)))
    return {"firm": firm, "pains": pains, "answers": answers}


seeds = st.integers(0, 2**32 - 1)


def rising(question: Question, random: Random) -> tuple[Any, Any]:
    """Two answers of which the second is at least as good as the first."""
    if question.kind == "level":
        low, high = sorted((random.randint(0, 4), random.randint(0, 4)))
        return low, high
    if question.kind == "multiple":
        high = answer(question, random)
        return random.sample(high, random.randint(0, len(high))), high
    if question.kind == "rate":
        low, high = sorted((random.randint(0, 1000), random.randint(0, 1000)))
        return {"rate": low / 1000}, {"rate": high / 1000}
    order = [o.id for o in question.options] if question.kind == "single" else ["worse", "unchanged", "better"]
    low, high = sorted((random.choice(order), random.choice(order)), key=order.index)
    return low, high


def least(question: Question) -> Any:
    worst = {"level": 0, "rate": {"rate": 0}, "multiple": [], "trend": "worse"}
    return worst.get(question.kind, question.options[0].id if question.options else None)


def most(question: Question) -> Any:
    best = {"level": 4, "rate": {"rate": 1}, "multiple": [o.id for o in question.options], "trend": "better"}
    return best.get(question.kind, question.options[-1].id if question.options else None)
