"""Made-up but believable firms: one maturity behind all answers of a firm, strong and weak sides, some evidence.

Demo data and the content report draw from here; the same generator gives the same firms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from scoring.answers import open_facts, switched_off
from scoring.content.catalogue import Catalogue
from scoring.content.model import Fact, Question

COMMON_FACTS = {"own_design": 0.6, "holds_drawings": 0.6, "layout_stable": 0.7, "moving_equipment": 0.3}
RARE_FACTS = ("explosible_dust", "sleeps_in_workshop", "xray", "graphite_electrodes")


@dataclass
class FirmProfile:
    """A made-up firm: its size, how mature it is (0 to 1), how each dimension and question differs from that."""

    catalogue: Catalogue
    employees: int
    revenue_wan: int
    machines: int
    maturity: float
    facts: dict[str, Any]
    pains: list[int]
    tilt: dict[str, float]
    noise: dict[str, float]
    careful: float
    order: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MadeAnswer:
    """An answer with its evidence text; None where evidence was not asked."""

    item_id: str
    value: Any
    evidence: str | None


def make_profile(catalogue: Catalogue, random: Random) -> FirmProfile:
    """A firm of this trade."""
    typical = catalogue.sector.typical
    size = random.lognormvariate(0, 0.55)
    employees = max(8, round(typical["employees"] * size))
    return FirmProfile(
        catalogue=catalogue,
        employees=employees,
        revenue_wan=max(100, round(typical["revenue_wan"] * size * random.lognormvariate(0, 0.6) / 10) * 10),
        machines=max(3, round(typical["machines"] * size * random.uniform(0.8, 1.2))),
        maturity=min(0.85, random.betavariate(2.4, 4.6) + 0.04 * (employees > 150)),
        facts=_facts(catalogue, random, size),
        pains=random.sample(sorted(catalogue.pains), min(3, len(catalogue.pains))),
        tilt={q.dimension: random.gauss(0, 0.07) for q in catalogue.questions.values()},
        noise={item: random.gauss(0, 0.07) for item in catalogue.questions},
        careful=random.uniform(0.4, 0.95),
        order={item: random.random() for item in catalogue.questions},
    )


def _facts(catalogue: Catalogue, random: Random, size: float) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for _turn in range(3):  # a fact may open others
        for fact in open_facts(catalogue, facts):
            if fact.id not in facts:
                facts[fact.id] = _fact(fact, catalogue, random, size)
    return {name: value for name, value in facts.items() if value is not None}


def _fact(fact: Fact, catalogue: Catalogue, random: Random, size: float) -> Any:
    if fact.kind == "bool":
        share = 0.08 if fact.id in RARE_FACTS else COMMON_FACTS.get(fact.id, 0.4)
        return random.random() < share
    if fact.kind == "choice":
        return random.choice([option.id for option in fact.options])
    if fact.id == "machines_run_shifts":
        return random.choice([1, 1, 2, 2, 3])
    if fact.id in ("daily_volume", "unit_value"):
        return None if random.random() < 0.5 else random.choice([20, 80, 300, 1200])
    return max(fact.low, min(fact.high, round(catalogue.sector.typical.get(fact.id, 5) * size)))


def make_answers(profile: FirmProfile, asked: list[str], random: Random, *, share: float = 1.0) -> list[MadeAnswer]:
    """Answers to the questions asked, in order; with `share` below 1 only the first part of them."""
    made = []
    digital: int | None = None
    for item in asked[: round(len(asked) * share)]:
        question = profile.catalogue.questions[item]
        if random.random() < 0.02:
            made.append(MadeAnswer(item, "unknown", None))
            continue
        if question.na is not None and random.random() < 0.06:
            made.append(MadeAnswer(item, "na", None))
            continue
        value = _value(question, profile, digital)
        if item == "equipment_digital_rate":
            digital = value["part"]
        made.append(MadeAnswer(item, value, _evidence(question, value, profile, random)))
    return made


def _value(question: Question, profile: FirmProfile, digital: int | None) -> Any:
    strength = profile.maturity + profile.tilt[question.dimension] + profile.noise[question.id]
    strength = min(1.0, max(0.0, strength))
    ids = [option.id for option in question.options]
    match question.kind:
        case "level":
            return min(4, int(strength * 4.6))
        case "single":
            return ids[min(len(ids) - 1, int(strength * len(ids)))]
        case "trend":
            return ids[0] if strength < 0.12 else ids[1] if strength < 0.42 else ids[-1]
        case "multiple":
            number = round(strength * len(ids) * 0.8)
            order = profile.order[question.id]
            early = {o: n / len(ids) + Random(f"{order}:{o}").random() for n, o in enumerate(ids)}
            chosen = set(sorted(ids, key=lambda o: early[o])[:number])
            return [option for option in ids if option in chosen]
    if question.whole_fact == "machines":
        part = round(profile.machines * strength)
        if question.id == "equipment_networked_rate":
            part = round(part * 0.6) if digital is None else min(digital, round(part * 0.6))
        return {"part": part, "whole": profile.machines}
    return {"rate": round(strength * 0.06, 3)}


def _evidence(question: Question, value: Any, profile: FirmProfile, random: Random) -> str | None:
    if question.kind != "level" or not isinstance(value, int) or value < 2:
        return None
    hint = question.anchors[value].evidence
    return hint.zh if hint is not None and random.random() < profile.careful else ""


def make_document(catalogue: Catalogue, random: Random) -> dict[str, Any]:
    """The answers document of a firm of this trade that answered everything it was asked, a few times "unknown"."""
    profile = make_profile(catalogue, random)
    off = switched_off(catalogue, profile.facts)
    made = make_answers(profile, [item for item in catalogue.questions if item not in off], random)
    answers = {a.item_id: a.value if a.evidence is None else {"value": a.value, "evidence": a.evidence} for a in made}
    firm = {
        "sector": catalogue.sector.id, "employees": profile.employees, "revenue_wan": profile.revenue_wan,
        "machines": profile.machines, "profile": profile.facts,
    }  # fmt: skip
    return {"firm": firm, "pains": profile.pains, "answers": answers}
