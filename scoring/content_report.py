"""How good the content is, as far as arithmetic can tell: `python -m scoring check --quality`.

Reading length and weight of each question, anchors that hardly differ, what no solution can raise, and what 2,000
made-up firms show: solutions that nobody is offered, guard rules that never speak, how the levels spread.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from random import Random
from typing import Any

from scoring.answers import read
from scoring.capability import capability_levels
from scoring.content.catalogue import MILLI, Catalogue
from scoring.content.checks import NEVER_RAISED
from scoring.content.loader import list_sectors, load_catalogue
from scoring.content.model import Question, Text
from scoring.effects import apply
from scoring.index import COMMON_SHARE, weights
from scoring.result import score
from scoring.review import firm_at
from scoring.samples import make_document

FIRMS = 2000
MORE = 2000  # of a trade, for what nobody was offered: rare is no fault, never is one
SEED = 2026
CHARACTERS_A_SECOND = 7.0  # silent reading of plain Chinese (420 a minute): an estimate, as are the next two
DECIDING_SECONDS = 8.0  # to find the own anchor and tap it
WEIGHED = 2
MINUTES = (20, 30)
ALIKE = 0.7
RAISED_TO = 2
ON_ONE_LEVEL = 0.95
_SPACE = re.compile(r"\s+")


@dataclass
class _Seen:
    """What the made-up firms of all trades showed."""

    offered: set[str] = field(default_factory=set)
    spoke: set[str] = field(default_factory=set)
    speakable: set[str] = field(default_factory=set)
    solutions: set[str] = field(default_factory=set)


def content_report(root: Path, firms: int = FIRMS) -> dict[str, Any]:
    """{"sectors": {id: {...}}, "findings": [sentences]} over `firms` made-up firms, the same number of each trade.

    What none of them is offered is looked for in further firms of its trade: `rarely_offered` says how many it took to
    find one, `never_offered` names the rest. The same content gives the same report. Raises ContentError where content
    cannot be loaded.
    """
    seen = _Seen()
    sectors = {}
    findings: list[str] = []
    names = list_sectors(root)
    for name in names:
        catalogue = load_catalogue(name, root=root)
        sectors[name] = _sector(catalogue, max(1, firms // len(names)), seen)
        findings += _findings(name, sectors[name])
    rare: dict[str, int] = {}
    for name in names if seen.solutions - seen.offered else ():
        rare |= _rarely(load_catalogue(name, root=root), seen.solutions - seen.offered, firms)
    never = sorted(seen.solutions - seen.offered - rare.keys())
    silent = sorted(seen.speakable - seen.spoke, key=lambda guard: int(guard[1:]))
    findings += [
        f"solution {name}: none of {firms} made-up firms is offered it, nor of more of its trade" for name in never
    ]
    findings += [f"guard rule {name}: it never speaks in {firms} made-up firms" for name in silent]
    return {
        "firms": firms,
        "sectors": sectors,
        "rarely_offered": rare,
        "never_offered": never,
        "silent_guards": silent,
        "findings": findings,
    }


def _sector(catalogue: Catalogue, firms: int, seen: _Seen) -> dict[str, Any]:
    questions = [_question(catalogue, q) for q in catalogue.questions.values()]
    levels, asked = _levels(catalogue, firms, seen)
    return {
        "minutes": round(sum(q["seconds"] * asked[q["id"]] for q in questions) / firms / 60, 1),
        "minutes_at_most": round(sum(q["seconds"] for q in questions) / 60, 1),
        "questions": questions,
        "alike": list(_alike(catalogue)),
        "never_raised": list(_never_raised(catalogue)),
        "levels": levels,
    }


# one question


def _question(catalogue: Catalogue, q: Question) -> dict[str, Any]:
    length, taken_in = _reading_length(catalogue, q)
    item = catalogue.edition.items.get(q.id)
    starred = catalogue.edition.scenes.get(q.id)
    return {
        "id": q.id,
        "characters": length,
        "seconds": round(taken_in / CHARACTERS_A_SECOND + DECIDING_SECONDS),
        "index_percent": round(_index_share(catalogue, q), 2),
        "official_percent": round(100 * item.most / (100 * MILLI), 2) if item else 0.0,
        "scene": None if starred is None else "starred" if starred else "plain",
    }


def _reading_length(catalogue: Catalogue, q: Question) -> tuple[int, int]:
    """(characters that stand open, of them read): title, question, hint, example of the trade, anchors or options.

    Of anchors all labels are read, and the full sentence of the `WEIGHED` between which one hesitates.
    """
    whole = [q.title, q.text, q.hint, catalogue.sector.examples.get(q.id), *(a.label for a in q.anchors)]
    whole += [t for o in q.options for t in (o.text, o.detail)]
    read_in_full = sum(_length(t) for t in whole if t)
    anchors = sum(_length(a.text) for a in q.anchors)
    return read_in_full + anchors, read_in_full + (WEIGHED * anchors // len(q.anchors) if q.anchors else 0)


def _length(text: Text) -> int:
    return len(_SPACE.sub("", text.zh))


def _index_share(catalogue: Catalogue, q: Question) -> float:
    """Percent of the overall index that hangs on this question in a firm to which everything applies."""
    heavy = weights(catalogue, {})
    topic = catalogue.topics[q.topic]
    if not topic.levelled:
        return 0.0
    peers = [t for t in catalogue.topics.values() if t.levelled and t.common == topic.common]
    own = any(not t.common for t in catalogue.topics.values())
    share = (COMMON_SHARE if topic.common else 1 - COMMON_SHARE) if own else 1.0
    return 100 * share * heavy.get(topic.id, 1) / sum(heavy.get(t.id, 1) for t in peers) / len(topic.items)


def _alike(catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    """Neighbouring anchors of the trade's own questions (of all in `general`) that share most of their wording."""
    for q in catalogue.questions.values():
        if catalogue.topics[q.topic].common and catalogue.sector.kind != "general":
            continue
        for n, (a, b) in enumerate(zip(q.anchors, q.anchors[1:], strict=False)):
            ratio = SequenceMatcher(None, a.text.zh, b.text.zh, autojunk=False).ratio()
            if ratio > ALIKE:
                yield {"id": q.id, "anchors": [n, n + 1], "alike": round(ratio, 2)}


def _never_raised(catalogue: Catalogue) -> Iterator[str]:
    """Questions that all solutions together, taken again and again, leave below level 2."""
    after = firm_at(catalogue, {})
    for _ in range(3):
        after = apply(after, catalogue, list(catalogue.plans.values()))
    levels = capability_levels(after, catalogue)
    for q in catalogue.questions.values():
        if q.id not in NEVER_RAISED and levels.get(q.topic, 0) < RAISED_TO:
            yield q.id


# made-up firms


def _levels(catalogue: Catalogue, firms: int, seen: _Seen) -> tuple[dict[str, int], Counter[str]]:
    """(made-up firms at each official level, firms that are asked each question); notes what is offered and refused."""
    random = Random(f"{SEED}:{catalogue.sector.id}")
    spread: Counter[int] = Counter()
    asked: Counter[str] = Counter()
    for _ in range(firms):
        document = read(make_document(catalogue, random), catalogue)
        result = score(document, catalogue)
        asked.update(catalogue.questions.keys() - document.off)
        spread[result["official"]["level"]] += 1
        seen.offered.update(r["solution"] for r in result["recommendations"])
        seen.spoke.update(e["guard"] for e in result["excluded"] if e["guard"])
    seen.solutions.update(catalogue.plans)
    tags = {t for p in catalogue.plans.values() for t in p.solution.tags}
    seen.speakable.update(g.id for g in catalogue.guards.values() if tags & set(g.tags))
    return {str(level): spread[level] for level in range(len(catalogue.edition.gates) + 1)}, asked


def _rarely(catalogue: Catalogue, wanted: set[str], firms: int) -> dict[str, int]:
    """Of the wanted solutions those that some further firm of this trade is offered, with how many it took."""
    random = Random(f"{SEED}:{catalogue.sector.id}:more")
    found: dict[str, int] = {}
    wanted = {name for name in wanted & catalogue.plans.keys() if not name.startswith("COM-")}
    for number in range(1, min(MORE, firms) + 1) if wanted else ():
        result = score(read(make_document(catalogue, random), catalogue), catalogue)
        found |= {r["solution"]: number for r in result["recommendations"] if r["solution"] in wanted - found.keys()}
        if len(found) == len(wanted):
            break
    return found


def _findings(name: str, about: dict[str, Any]) -> Iterator[str]:
    low, high = MINUTES
    if not low <= about["minutes"] <= high:
        yield f"{name}: reading and answering takes a firm about {about['minutes']} minutes; {low} to {high} are wanted"
    for pair in about["alike"]:
        n, m = pair["anchors"]
        yield f"{name} {pair['id']}: anchors {n} and {m} share {pair['alike']:.0%} of their wording"
    for item in about["never_raised"]:
        yield f"{name} {item}: no solution lifts it to level {RAISED_TO}"
    total = sum(about["levels"].values())
    for level, firms in about["levels"].items():
        if firms > ON_ONE_LEVEL * total:
            yield f"{name}: {firms} of {total} made-up firms stand at level {level}; nothing tells them apart"
