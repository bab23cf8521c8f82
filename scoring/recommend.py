"""First steps: what can start today, best first; and why everything else is not proposed.

A solution is ranked by four things, each worth at most what `WEIGHTS` says: how well it answers the firm's own pains, how
far it lifts what is low (emphasised and sector topics more), how much of the next level's gates it closes, and how
light it is in money and days. A remedy of an open legal duty comes before all of them.
"""

from __future__ import annotations

from typing import Any

from scoring.answers import Document
from scoring.conditions import MISSING, NA, Levels
from scoring.content.catalogue import Catalogue, Plan
from scoring.costs import Price, price
from scoring.effects import blocked, gains
from scoring.official import Standing

MOST = 10
WEIGHTS = {"pain": 40.0, "gain": 30.0, "gate": 15.0, "light": 15.0}
PAIN_BY_RANK = (1.0, 0.7, 0.5)
SYSTEM_FORMS = ("saas", "app", "box")
WAN = 10_000
SHARE_LIMIT, SHARE_HINT = 0.01, 0.005  # G12, where content sets no other limits


def recommend(
    document: Document, catalogue: Catalogue, levels: Levels, heavy: dict[str, int], at: Standing, owed: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(`recommendations`, `excluded`) of a result."""
    facts = document.facts
    remedies = {s: d["id"] for d in owed if not d["notice"] for s in catalogue.duties[d["id"]].remedies}
    wanted = _gate_needs(catalogue, at)
    proposed, excluded = [], []
    for plan in catalogue.plans.values():
        name = plan.solution.id
        guard, unmet = blocked(plan, levels, facts)
        if guard or unmet:
            excluded.append({"solution": name, "guard": guard, "unmet": unmet})
            continue
        gained = gains(plan, document, catalogue, levels)
        if not gained or (plan.sector_items and all(levels.get(catalogue.topic_of[i], NA) == NA for i in plan.sector_items)):
            excluded.append({"solution": name, "guard": "G16", "unmet": []})
            continue
        cost = price(plan.solution.cost, facts, catalogue)
        share = _share(cost, facts)
        limits = catalogue.guards["G12"].limits if "G12" in catalogue.guards else {}
        if share is not None and share > float(limits.get("share", SHARE_LIMIT)) and name not in remedies:
            excluded.append({"solution": name, "guard": "G12", "unmet": [f"cost<={float(limits.get('share', SHARE_LIMIT)):.1%} of revenue"]})
            continue
        pains = [n for n in document.pains if n in plan.pains]
        gates = _gates(gained, plan, catalogue, document, wanted)
        score = _score(document, catalogue, plan, gained, heavy, pains, gates, cost, share)
        because = [f"duty:{remedies[name]}"] if name in remedies else []
        because += [f"pain:{n}" for n in pains]
        because += [f"gap:{t}" for t in sorted(gained, key=lambda t: (gained[t][0] - gained[t][1], t))]
        because += [f"gate:{g}" for g in gates]
        proposed.append(((name not in remedies, -score, cost.first_year[1], name), plan, cost, gained, because, share))
    proposed.sort(key=lambda p: p[0])
    excluded += [{"solution": p.solution.id, "guard": None, "unmet": [], "reason": "rank"} for _, p, *_ in proposed[MOST:]]
    return [_entry(rank, *p[1:], document, catalogue) for rank, p in enumerate(proposed[:MOST], 1)], excluded


def _entry(
    rank: int,
    plan: Plan,
    cost: Price,
    gained: dict[str, tuple[int, int]],
    because: list[str],
    share: float | None,
    document: Document,
    catalogue: Catalogue,
) -> dict[str, Any]:
    s = plan.solution
    hint = float(catalogue.guards["G12"].limits.get("hint", SHARE_HINT)) if "G12" in catalogue.guards else SHARE_HINT
    return {
        "solution": s.id,
        "rank": rank,
        "cost_per_year": list(cost.first_year),
        "running": list(cost.running),
        "one_off": list(cost.one_off),
        "count": cost.count,
        "typical_count": cost.typical,
        "days": list(s.days),
        "raises": {t: list(r) for t, r in gained.items()},
        "because": because,
        "form": s.form,
        "pool": s.pool,
        "shared": s.shared,
        "check": _check_first(plan, document),
        "above_hint": share is not None and share > hint,
    }


def _check_first(plan: Plan, document: Document) -> list[str]:
    """Conditions on facts that the firm has not stated, and the price limit where revenue is unknown."""
    conditions = [c for _, unless in plan.guards for c in unless] + list(plan.applies) + list(plan.needs)
    open_facts = [c.text for c in conditions if c.facts and any(document.facts.get(name) is None for name, _, _ in c.facts)]
    unknown = [t for t in open_facts if not _settled(t, conditions, document)]
    return list(dict.fromkeys(unknown)) + ([] if document.facts.get("revenue_wan") else ["revenue_wan"])


def _settled(text: str, conditions: list[Any], document: Document) -> bool:
    condition = next(c for c in conditions if c.text == text)
    return not condition.topics and condition.test({}, document.facts) is not None


def _share(cost: Price, facts: Any) -> float | None:
    revenue = facts.get("revenue_wan")
    return cost.first_year[1] / (float(revenue) * WAN) if revenue else None


def _gate_needs(catalogue: Catalogue, at: Standing) -> tuple[int, bool, bool, bool]:
    """(next level, scenes missing, starred missing, score missing); level 5 when nothing is above."""
    if at.level >= len(catalogue.edition.gates):
        return 5, False, False, False
    gate = catalogue.edition.gates[at.level]
    n = gate.level - 1
    return gate.level, at.scenes[n] < gate.scenes, at.starred[n] < gate.starred, at.score < gate.score


def _gates(
    gained: dict[str, tuple[int, int]], plan: Plan, catalogue: Catalogue, document: Document, wanted: tuple[int, bool, bool, bool]
) -> list[str]:
    level, scenes, starred, score = wanted
    found = []
    lifted = []
    for item, _, _ in plan.raises:
        if item in catalogue.edition.scenes and (gain := gained.get(catalogue.topic_of[item])):
            answer = document.answers.get(item)
            claimed = answer.value if answer and answer.counted is not None else 0
            if claimed < level <= gain[1]:
                lifted.append(item)
    if starred and any(catalogue.edition.scenes[i] for i in lifted):
        found.append("starred")
    if scenes and lifted:
        found.append("scenes")
    if score and any(item in catalogue.edition.items and catalogue.topic_of[item] in gained for item, _, _ in plan.raises):
        found.append("score")
    return found


def _score(
    document: Document,
    catalogue: Catalogue,
    plan: Plan,
    gained: dict[str, tuple[int, int]],
    heavy: dict[str, int],
    pains: list[int],
    gates: list[str],
    cost: Price,
    share: float | None,
) -> float:
    pain = min(1.0, sum(PAIN_BY_RANK[document.pains.index(n)] for n in pains))
    lift = 0.0
    for topic, (start, to) in gained.items():
        about = catalogue.topics[topic]
        lift += (to - start) * (4 - start) / 4 * (1.5 if not about.common else 1.0) * (1.25 if topic in heavy else 1.0)
    light = 1.0 / (1.0 + 200 * share) if share is not None else 1.0 / (1.0 + cost.first_year[1] / 50_000)
    light = 0.7 * light + 0.3 * (1.0 / (1.0 + plan.solution.days[1] / 20))
    return (
        WEIGHTS["pain"] * pain
        + WEIGHTS["gain"] * (lift / (lift + 4))
        + WEIGHTS["gate"] * len(gates) / 3
        + WEIGHTS["light"] * light
    )


__all__ = ["MISSING", "recommend"]
