"""`joint`: joint programmes for 200 firms and 60 candidate programmes, on one core, with the gap that is left."""

from __future__ import annotations

import os
import time
from random import Random

from bench.table import Row
from scoring.answers import read
from scoring.content.loader import load_catalogue
from scoring.joint import Firm, JointWish, joint
from scoring.samples import make_document

FIRMS = int(os.environ.get("BENCH_JOINT", "200"))
PROGRAMMES = 60
TRADES = ("molds", "hardware", "injection", "textiles")
BUDGETS = (1_000_000, 3_000_000)
LIMIT = 60.0  # seconds
SEED = 5


def run() -> list[Row]:
    firms = make_firms()
    candidates = frozenset(sorted({name for f in firms for name in f.catalogue.plans})[:PROGRAMMES])
    rows = []
    for budget in BUDGETS:
        begun = time.process_time()
        found = joint(firms, JointWish(2, budget, only=candidates))
        spent = time.process_time() - begun
        gap = found["bound"] - found["lifted"]
        note = f"{found['lifted']} lifted, at most {found['bound']}; {len(found['programmes'])} programmes"
        rows.append(Row(f"{FIRMS} firms, {len(candidates)} programmes, {budget:,} yuan", spent, "s", LIMIT, note=note))
        rows.append(Row(f"firms between choice and bound, {budget:,} yuan", gap, "firms"))
    return rows


def make_firms() -> list[Firm]:
    """Believable firms of a few neighbouring trades."""
    random = Random(SEED)
    found = []
    for n in range(FIRMS):
        catalogue = load_catalogue(TRADES[n % len(TRADES)])
        found.append(Firm(f"{n:04}", read(make_document(catalogue, random), catalogue), catalogue))
    return found
