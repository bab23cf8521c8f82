"""`route`: how long firms of all trades wait for it, beside one bare solve of the same model.

Times are processor seconds, so that a busy machine does not change the ratio. The firms are made up, complete, and
ask for the next level with a budget or without; who is at the top already is left out.
"""

from __future__ import annotations

import os
import time
from random import Random
from typing import Any

from scipy.optimize import milp

from bench.batch import answer
from bench.table import Row
from scoring import list_sectors, load_catalogue
from scoring.answers import Document, read
from scoring.content.catalogue import Catalogue
from scoring.route import Wish, next_level, route
from scoring.route.programme import Programme
from scoring.route.reach import Reach
from scoring.route.search import Search

FIRMS = int(os.environ.get("BENCH_ROUTES", "1000"))
RATIO_LIMIT = 6.0
LIMIT = 2.0  # seconds, for any firm
SEED = 11


def run() -> list[Row]:
    whole, bare, seen = [], [], dict[str, int]()
    for seed in range(FIRMS):
        document, catalogue, wish = firm(seed)
        begun = time.process_time()
        found = route(document, catalogue, wish)
        spent = time.process_time() - begun
        seen[found["status"]] = seen.get(found["status"], 0) + 1
        if found["status"] != "already_there":
            whole.append(spent)
            bare.append(solve(document, catalogue, wish))
    whole, bare = sorted(whole), sorted(bare)
    note = ", ".join(f"{n:,} {status}" for status, n in sorted(seen.items()))
    ratio = p95(whole) / p95(bare)
    return [
        Row("route, p95, against one bare solve, p95", ratio, "times", RATIO_LIMIT, note=note),
        Row("route, slowest firm", whole[-1], "s", LIMIT),
        Row("route, p95", p95(whole) * 1000, "ms"),
        Row("route, median", whole[len(whole) // 2] * 1000, "ms"),
        Row("one bare solve, p95", p95(bare) * 1000, "ms"),
        Row("one bare solve, median", bare[len(bare) // 2] * 1000, "ms"),
    ]


def p95(ordered: list[float]) -> float:
    return ordered[int(0.95 * (len(ordered) - 1))]


def firm(seed: int) -> tuple[Document, Catalogue, Wish]:
    """A firm from a number: between hardly digital and nearly at the top, with a budget in three of ten cases."""
    random = Random(SEED * 1_000_003 + seed)
    catalogue = load_catalogue(random.choice(list_sectors()))
    most = random.choice([1, 1, 2, 2, 3])
    answers: dict[str, Any] = {}
    for question in catalogue.questions.values():
        raw = answer(question, random)
        if question.kind == "level":
            raw = min(raw, most)
        elif question.kind == "multiple":
            raw = raw[: len(question.options) * most // 4]
        answers[question.id] = raw
    profile = {f.id: random.random() < 0.5 for f in catalogue.facts.values() if f.kind == "bool"}
    raw_firm = {
        "sector": catalogue.sector.id,
        "employees": random.randint(10, 300),
        "revenue_wan": random.randint(300, 20_000),
        "machines": random.randint(1, 80),
        "profile": profile,
    }
    document = read({"firm": raw_firm, "answers": answers}, catalogue)
    budget = random.choice([None] * 7 + [20_000, 60_000, 200_000])
    return document, catalogue, Wish(next_level(document, catalogue), budget=budget)


def solve(document: Document, catalogue: Catalogue, wish: Wish) -> float:
    """Processor seconds of the solver alone, once, on the model whose optimum is the route."""
    search = Search(Programme(Reach(document, catalogue)), wish.goal)
    search.limit(wish.budget)
    search.solve(search.prices)  # adds the rows that circles need
    model = search.model({search.programme.x[n]: w for n, w in search.prices.items()}, search.demands)
    begun = time.process_time()
    if model is not None:
        milp(**model)
    return time.process_time() - begun
