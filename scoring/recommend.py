"""First steps: what can start today, best first; and why everything else is not proposed.

A solution is ranked by four things, each worth at most what `WEIGHTS` says: how well it answers the firm's own pains,
how far it lifts what is low (emphasised and sector topics more), how much of the next level's gates it closes, and how
light it is in money and days; what was made for the trade comes a little before the general. A remedy of an open legal
duty comes before all of them. A solution that brings nothing beyond a better-ranked one is left out as covered by it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from scoring.answers import Document
from scoring.conditions import NA, Levels
from scoring.content.catalogue import Catalogue, Plan
from scoring.costs import Price, price
from scoring.effects import blocked, gains
from scoring.official import Standing

MOST = 10
WEIGHTS = {"pain": 45.0, "gain": 28.0, "gate": 12.0, "light": 15.0}
OWN_TRADE = 10.0
INCIDENTAL = {
    "C11",
    "C07",
}  # ticks that come along with other effects; alone they make no second solution worth its price
PAIN_BY_RANK = (1.0, 0.7, 0.5)
SYSTEM_FORMS = ("saas", "app", "box")
WAN = 10_000
DERIVED = "C07"  # follows from the scenes, which are counted themselves
SHARE_LIMIT, SHARE_HINT = Decimal("0.01"), Decimal("0.005")  # G12, where content sets no other limits


def recommend(
    document: Document,
    catalogue: Catalogue,
    levels: Levels,
    heavy: dict[str, int],
    at: Standing,
    owed: list[dict[str, Any]],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(`recommendations`, `excluded`) of a result."""
    facts = document.facts
    remedies: dict[str, list[str]] = {}
    for d in owed:
        for s in () if d["notice"] else catalogue.duties[d["id"]].remedies:
            remedies.setdefault(s, []).append(d["id"])
    limits = catalogue.guards["G12"].limits if "G12" in catalogue.guards else {}
    limit = limits.get("share", SHARE_LIMIT)
    wanted = _gate_needs(catalogue, at)
    proposed, excluded = [], []
    for plan in catalogue.plans.values():
        name = plan.solution.id
        guard, unmet = blocked(plan, levels, facts)
        if guard or unmet:
            excluded.append({"solution": name, "guard": guard, "unmet": unmet})
            continue
        gained = gains(plan, document, catalogue, levels)
        if not gained or (
            plan.sector_items and all(levels.get(catalogue.topic_of[i], NA) == NA for i in plan.sector_items)
        ):
            excluded.append({"solution": name, "guard": "G16", "unmet": []})
            continue
        cost = price(plan.solution.cost, facts, catalogue)
        share = _share(cost, facts)
        if above(cost, facts, limit) and name not in remedies:
            excluded.append({"solution": name, "guard": "G12", "unmet": [f"cost<={float(limit):.1%} of revenue"]})
            continue
        pains = [n for n in document.pains if n in plan.pains]
        gates = _gates(gained, plan, catalogue, document, wanted)
        score = _score(document, catalogue, plan, gained, heavy, pains, gates, cost, share)
        proposed.append(((name not in remedies, -score, cost.first_year[1], name), plan, cost, gained, pains, gates))
    proposed.sort(key=lambda p: p[0])
    listed: list[Any] = []
    for entry in proposed:
        plan, gained = entry[1], entry[3]
        by = next((better[1].solution.id for better in listed if _covers(better[3], gained)), None)
        if by is None and len(listed) < MOST:
            listed.append(entry)
        else:
            reason = {"reason": "covered", "by": by} if by else {"reason": "rank"}
            excluded.append({"solution": plan.solution.id, "guard": None, "unmet": [], **reason})
    entries = [
        _entry(
            rank,
            plan,
            cost,
            gained,
            _because(remedies.get(plan.solution.id, []), pains, gained, gates),
            document,
            catalogue,
            levels,
        )
        for rank, (_, plan, cost, gained, pains, gates) in enumerate(listed, 1)
    ]
    return entries, excluded


def _because(duties: list[str], pains: list[int], gained: dict[str, tuple[int, int]], gates: list[str]) -> list[str]:
    """Why a solution is proposed, the weightiest reasons first."""
    gaps = sorted(gained, key=lambda t: (gained[t][0] - gained[t][1], t))
    return [
        *(f"duty:{d}" for d in duties), *(f"pain:{n}" for n in pains), *(f"gap:{t}" for t in gaps),
        *(f"gate:{g}" for g in gates),
    ]  # fmt: skip


def _covers(better: dict[str, tuple[int, int]], gained: dict[str, tuple[int, int]]) -> bool:
    """Whether everything that counts in `gained` is also raised as far by `better`."""
    counts = {t: to for t, (_, to) in gained.items() if t not in INCIDENTAL} or {t: to for t, (_, to) in gained.items()}
    return all(t in better and better[t][1] >= to for t, to in counts.items())


def _entry(
    rank: int,
    plan: Plan,
    cost: Price,
    gained: dict[str, tuple[int, int]],
    because: list[str],
    document: Document,
    catalogue: Catalogue,
    levels: Levels,
) -> dict[str, Any]:
    s = plan.solution
    limits = catalogue.guards["G12"].limits if "G12" in catalogue.guards else {}
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
        "check": _check_first(plan, document, levels),
        "above_hint": above(cost, document.facts, limits.get("hint", SHARE_HINT)),
    }


def _check_first(plan: Plan, document: Document, levels: Levels) -> list[str]:
    """Conditions that hang on facts the firm has not stated, and the price limit where revenue is unknown."""
    conditions = [*plan.applies, *(c for _, unless in plan.guards for c in unless), *plan.needs]
    unknown = [c.text for c in conditions if c.test(levels, document.facts) is None]
    return list(dict.fromkeys(unknown)) + ([] if document.facts.get("revenue_wan") is not None else ["revenue_wan"])


def above(cost: Price, facts: Any, limit: Decimal) -> bool:
    """Whether the first year's upper end exceeds this share of revenue, exactly. An unknown revenue limits nothing."""
    revenue = facts.get("revenue_wan")
    return revenue is not None and cost.first_year[1] > limit * revenue * WAN


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
    gained: dict[str, tuple[int, int]],
    plan: Plan,
    catalogue: Catalogue,
    document: Document,
    wanted: tuple[int, bool, bool, bool],
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
    if score and any(item in catalogue.edition.items for topic in gained for item in catalogue.topics[topic].items):
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
        if topic == DERIVED:
            continue
        about = catalogue.topics[topic]
        lift += (to - start) * (4 - start) / 4 * (1.75 if not about.common else 1.0) * (1.25 if topic in heavy else 1.0)
    light = 1.0 / (1.0 + 400 * share) if share is not None else 1.0 / (1.0 + cost.first_year[1] / 50_000)
    light = 0.7 * light + 0.3 * (1.0 / (1.0 + plan.solution.days[1] / 20))
    return (
        WEIGHTS["pain"] * pain
        + WEIGHTS["gain"] * (lift / (lift + 4))
        + WEIGHTS["gate"] * len(gates) / 3
        + WEIGHTS["light"] * light
        + (OWN_TRADE if plan.sector_items or not plan.solution.id.startswith("COM-") else 0.0)
    )
