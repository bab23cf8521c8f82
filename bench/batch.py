"""`score --batch`: how much slower than reading and writing the same lines as JSON, and whether memory stays flat.

Times are processor seconds, so that a busy machine does not change the ratio. BENCH_FIRMS sets the number of firms of
the memory measurement (100,000).
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import IO, Any

from bench.table import Row
from scoring import list_sectors, load_catalogue
from scoring.content.model import Question

FIRMS_TIMED = 3_000
FIRMS_SMALL = 1_000
FIRMS_LARGE = int(os.environ.get("BENCH_FIRMS", "100000"))
RATIO_LIMIT = 60
GROWTH_LIMIT = 8.0  # MB between the small and the large number of firms
START_LIMIT = 1.0  # seconds until one firm is scored
SEED = 7
COMMAND = [sys.executable, "-m", "scoring", "score", "--batch", "-"]
PROJECT = Path(__file__).resolve().parent.parent
MB = 1024


def run() -> list[Row]:
    lines = [firm(n) for n in range(200)]
    return [start(lines[0]), *speed(lines), *memory(lines)]


def firm(seed: int) -> bytes:
    """One complete answers document on a line, the trade and its answers from a number."""
    random = Random(SEED * 1_000_003 + seed)
    catalogue = load_catalogue(random.choice(list_sectors()))
    document = {
        "firm": {
            "name": f"示例企业 {seed}",
            "sector": catalogue.sector.id,
            "employees": random.randint(10, 300),
            "revenue_wan": random.randint(300, 20_000),
            "machines": random.randint(1, 80),
            "profile": {f.id: random.random() < 0.5 for f in catalogue.facts.values() if f.kind == "bool"},
        },
        "pains": random.sample(list(catalogue.pains), min(3, len(catalogue.pains))),
        "answers": {q.id: answer(q, random) for q in catalogue.questions.values()},
    }
    return json.dumps(document, ensure_ascii=False).encode() + b"\n"


def answer(question: Question, random: Random) -> Any:
    options = [o.id for o in question.options]
    if question.kind == "level":
        return random.randint(0, 3)
    if question.kind == "multiple":
        return random.sample(options, random.randint(0, len(options)))
    if question.kind == "rate":
        return {"part": random.randint(0, 20), "whole": 20}
    return random.choice(options)


def start(line: bytes) -> Row:
    """Processor seconds from nothing to the first result, imports and content included."""
    return Row("one firm from a cold start", spent(line), "s", START_LIMIT)


def speed(lines: list[bytes]) -> list[Row]:
    """Ratio of scoring to plain JSON over the same lines, both in this run."""
    data = b"".join(lines[n % len(lines)] for n in range(FIRMS_TIMED))
    scoring = spent(data)
    begun = time.process_time()
    for line in data.splitlines():
        json.dumps(json.loads(line))
    plain = time.process_time() - begun
    note = f"{FIRMS_TIMED:,} firms, start of the program included"
    return [
        Row("score --batch against json.loads + json.dumps", scoring / plain, "times", RATIO_LIMIT, note=note),
        Row("score --batch", FIRMS_TIMED / scoring, "firms/s"),
    ]


def spent(data: bytes) -> float:
    """Processor seconds of a batch over these lines."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(COMMAND, input=data, stdout=subprocess.DEVNULL, check=True, cwd=PROJECT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def memory(lines: list[bytes]) -> list[Row]:
    """Resident memory of one process after few and after many firms, made up as they are read."""
    name = f"memory from {FIRMS_SMALL:,} to {FIRMS_LARGE:,} firms"
    if not Path("/proc/self/status").exists():
        return [Row(name, None, "MB", note="this system has no /proc to read a process's memory from")]
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT) as process:
        assert process.stdin and process.stdout
        feeder = threading.Thread(target=feed, args=(process.stdin, stream(lines)), daemon=True)
        feeder.start()
        resident = {}
        for count, _ in enumerate(process.stdout, 1):
            if count in (FIRMS_SMALL, FIRMS_LARGE):
                resident[count] = resident_kb(process.pid) / MB
        feeder.join()
    if process.returncode or set(resident) != {FIRMS_SMALL, FIRMS_LARGE}:
        raise RuntimeError(
            f"score --batch ended with {process.returncode} after {max(resident, default=0)} firms or more"
        )
    few, many = resident[FIRMS_SMALL], resident[FIRMS_LARGE]
    note = f"{few:.0f} MB, then {many:.0f} MB"
    return [Row(name, max(0.0, many - few), "MB", GROWTH_LIMIT, note=note)]


def stream(lines: list[bytes]) -> Iterator[bytes]:
    for n in range(FIRMS_LARGE):
        yield lines[n % len(lines)].replace("示例企业".encode(), f"示例企业 {n} ".encode(), 1)
    yield from lines[:1]  # the process is alive when the last of the counted firms has come out


def feed(pipe: IO[bytes], lines: Iterator[bytes]) -> None:
    with pipe:
        for line in lines:
            pipe.write(line)


def resident_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    return int(status.split("VmRSS:")[1].split()[0])
