"""What the engine promises for every firm of every trade, on the real content."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given

from scoring import assess
from scoring.answers import read
from scoring.capability import capability_levels
from scoring.conditions import MISSING, NA
from scoring.content.catalogue import Catalogue
from scoring.effects import CannotStart, apply, blocked, gains, simulate
from scoring.quality import systems_option
from scoring.result import score
from tests.scoring.firms import TRADES, answer, catalogue_of, fact, firm_of, least, most, rising, seeds, steady

pytestmark = pytest.mark.parametrize("trade", TRADES)


def numbers(result: dict[str, Any]) -> dict[str, Any]:
    """What must never fall: official level, score, points, evidenced level and the index."""
    official = result["official"]
    return {
        "level": official["level"],
        "score": Decimal(official["score"]),
        "evidenced": official["evidenced"]["level"],
        "index": result["index"]["overall"],
        **{f"points {i}": Decimal(p) for i, p in official["points"].items()},
        **{f"scenes {n}": s["count"] for n, s in official["scenes"].items()},
    }


def fallen(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {k: (v, after[k]) for k, v in before.items() if after[k] < v}


def fallen_capabilities(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    now = after["capabilities"]
    return {
        t: (v, now[t]) for t, v in before["capabilities"].items() if v is not None and (now[t] is None or now[t] < v)
    }


@steady
@given(seed=seeds)
def test_a_better_answer_never_lowers_score_level_capabilities_or_index(trade, seed):
    catalogue = catalogue_of(trade)
    document = firm_of(catalogue, seed)
    random = Random(seed)
    question = random.choice(list(catalogue.questions.values()))
    low, high = rising(question, random)
    evidence = random.choice([None, "", "单据"])

    def result(value: Any) -> dict[str, Any]:
        given_answer = value if evidence is None else {"value": value, "evidence": evidence}
        return assess({**document, "answers": {**document["answers"], question.id: given_answer}}, catalogue)

    before, after = result(low), result(high)
    assert fallen(numbers(before), numbers(after)) == {}
    assert fallen_capabilities(before, after) == {}
    dimensions = before["index"]["dimensions"], after["index"]["dimensions"]
    assert {
        d for d, v in dimensions[0].items() if v["score"] is not None and dimensions[1][d]["score"] < v["score"]
    } == set()


@steady
@given(seed=seeds)
def test_the_order_of_answers_changes_nothing(trade, seed):
    catalogue = catalogue_of(trade)
    document = firm_of(catalogue, seed)
    turned = list(document["answers"].items())
    Random(seed).shuffle(turned)
    profile = document["firm"]["profile"]
    other = {
        "answers": dict(turned),
        "pains": document["pains"],
        "firm": {**document["firm"], "profile": dict(reversed(profile.items()))},
    }
    assert json.dumps(assess(other, catalogue)) == json.dumps(assess(document, catalogue))


def expected_index(result: dict[str, Any], catalogue: Catalogue, facts: dict[str, Any]) -> dict[str, Any]:
    """The index from the printed capabilities alone, in exact fractions, by the words of the contract."""
    heavy = {
        t
        for topics, given_ in catalogue.emphasis
        if all(c.test({}, facts) is not False for c in given_)
        for t in topics
    }
    sums: dict[str, list[Fraction]] = {}
    for topic in catalogue.topics.values():
        if not topic.levelled or result["states"].get(topic.id) == "na":
            continue
        weight = 2 if topic.id in heavy else 1
        level = result["capabilities"][topic.id]
        for key in (topic.dimension, "common" if topic.common else "sector"):
            total = sums.setdefault(key, [Fraction(0)] * 4)
            total[0] += weight * (level or 0) * 25
            total[1] += weight
            total[2] += level is not None
            total[3] += 1
    mean = {k: v[0] / v[1] for k, v in sums.items()}
    if "common" in mean and "sector" in mean:
        overall = Fraction(6, 10) * mean["common"] + Fraction(4, 10) * mean["sector"]
    else:
        overall = mean.get("common", mean.get("sector", Fraction(0)))
    shown = {d: v for d, v in sums.items() if d not in ("common", "sector")}
    scores = {d: mean[d] if 2 * v[2] >= v[3] else None for d, v in shown.items()}
    return {"overall": overall, "scores": scores, "of": {d: (int(v[2]), int(v[3])) for d, v in shown.items()}}


@steady
@given(seed=seeds)
def test_the_index_counts_missing_as_nothing_and_leaves_out_what_does_not_apply(trade, seed):
    catalogue = catalogue_of(trade)
    document = firm_of(catalogue, seed)
    result = assess(document, catalogue)
    expected = expected_index(result, catalogue, read(document, catalogue).facts)
    index = result["index"]
    assert abs(Fraction(str(index["overall"])) - expected["overall"]) <= Fraction(5, 100)
    for name, shown in index["dimensions"].items():
        assert (shown["answered"], shown["of"]) == expected["of"].get(name, (0, 0)), name
        wanted = expected["scores"].get(name)
        assert (shown["score"] is None) == (wanted is None), name
        assert wanted is None or abs(Fraction(str(shown["score"])) - wanted) <= Fraction(5, 100), name
    known = [v for v in expected["scores"].values() if v is not None]
    average = sum(known, Fraction(0)) / len(known) if known else Fraction(0)
    variance = sum(((v - average) ** 2 for v in known), Fraction(0)) / len(known) if known else Fraction(0)
    assert abs(index["spread"] - float(variance) ** 0.5) <= 0.05 + 1e-9


@steady
@given(seed=seeds)
def test_zero_unanswered_unknown_and_not_applicable_are_four_different_things(trade, seed):
    catalogue = catalogue_of(trade)
    document = firm_of(catalogue, seed)
    allowed = [q for q in catalogue.questions.values() if q.kind == "level" and q.na is not None]
    question = Random(seed).choice(allowed)
    profile = {
        k: v
        for k, v in document["firm"]["profile"].items()
        if all(k != n for t in catalogue.switches.get(question.id, ()) for n, _, _ in t.atoms)
    }
    firm = {**document["firm"], "profile": profile}
    rest = {i: a for i, a in document["answers"].items() if i != question.id}

    def result(**own: Any) -> dict[str, Any]:
        return assess({**document, "firm": firm, "answers": {**rest, **own}}, catalogue)

    zero, left_out, unknown, na = (
        result(**{question.id: 0}), result(), result(**{question.id: "unknown"}), result(**{question.id: "na"})
    )  # fmt: skip
    states = [r["states"].get(question.id) for r in (zero, left_out, unknown, na)]
    assert states == [None, "unanswered", "unknown", "na"]
    assert [r["capabilities"][question.topic] for r in (zero, left_out, unknown, na)] == [0, None, None, None]
    dimension = [r["index"]["dimensions"][question.dimension] for r in (zero, left_out, unknown, na)]
    counted = [(d["answered"], d["of"]) for d in dimension]
    assert counted[1] == counted[2] == (counted[0][0] - 1, counted[0][1])
    assert counted[3] == (counted[0][0] - 1, counted[0][1] - 1)
    high = [r["index"]["range"][1] for r in (zero, left_out, unknown, na)]
    assert high[1] == high[2] >= max(high[0], high[3])
    if question.id in catalogue.edition.scenes:
        tops = [r["official"]["range"]["level"][1] for r in (zero, left_out, unknown, na)]
        assert tops[1] == tops[2] >= tops[0] == tops[3]


@steady
@given(seed=seeds)
def test_the_range_encloses_every_completion(trade, seed):
    catalogue = catalogue_of(trade)
    document = firm_of(catalogue, seed)
    result = assess(document, catalogue)
    open_items = [i for i, s in result["states"].items() if i in catalogue.questions and s in ("unanswered", "unknown")]
    assume(open_items)
    random = Random(seed)
    chosen = random.choice(["least", "most", "mixed"])

    def filled(item: str) -> Any:
        question = catalogue.questions[item]
        if chosen == "mixed":
            return "na" if question.na is not None and random.random() < 0.3 else answer(question, random)
        return least(question) if chosen == "least" else most(question)

    full = {**document["answers"], **{i: filled(i) for i in open_items}}
    after = assess({**document, "answers": full}, catalogue)
    official, reached = result["official"]["range"], after["official"]
    assert official["level"][0] <= reached["level"] <= official["level"][1]
    assert Decimal(official["score"][0]) <= Decimal(reached["score"]) <= Decimal(official["score"][1])
    low, high = result["index"]["range"]
    assert low <= after["index"]["overall"] <= high
    if chosen == "most":
        assert [reached["level"], reached["score"]] == [official["level"][1], official["score"][1]]
        assert after["index"]["overall"] == high
        assert after["official"]["range"]["level"] == [reached["level"]] * 2


@steady
@given(seed=seeds)
def test_no_rounding_lifts_a_level(trade, seed):
    catalogue = catalogue_of(trade)
    official = assess(firm_of(catalogue, seed), catalogue)["official"]
    exact = sum((Decimal(p) for p in official["points"].values()), Decimal(0))
    assert Decimal(official["score"]) == exact == sum(map(Decimal, official["sections"].values()))
    level = 0
    for gate in catalogue.edition.gates:
        at = official["scenes"][str(gate.level)]
        held = exact * 1000 >= gate.score and at["count"] >= gate.scenes and at["starred"] >= gate.starred
        missing = official["gates"][str(gate.level)]
        assert missing["reached"] == held
        assert Decimal(missing["score_missing"]) == max(Decimal(0), Decimal(gate.score) / 1000 - exact)
        level = gate.level if held else level
    assert official["level"] == level


@steady
@given(seed=seeds)
def test_a_result_survives_the_round_trip_through_json(trade, seed):
    catalogue = catalogue_of(trade)
    document = firm_of(catalogue, seed)
    result = assess(document, catalogue)
    assert json.loads(json.dumps(result, ensure_ascii=False, allow_nan=False)) == result
    again = json.loads(json.dumps(document), parse_float=Decimal)
    assert assess(again, catalogue) == result


@steady
@given(seed=seeds)
def test_a_solution_raises_in_the_simulation_what_its_recommendation_says(trade, seed):
    catalogue = catalogue_of(trade)
    document = read(firm_of(catalogue, seed), catalogue)
    before = score(document, catalogue)
    scenes = sum(
        1 for s in catalogue.edition.scenes if (document.state(s) == "answered" and document.answers[s].counted >= 2)
    )
    steps = ("none", "one_link", "two_or_more", "most_over_80pct", "all")
    claim = document.answers.get("information_systems")
    held = claim.value if claim and claim.state == "answered" else "none"
    consistent = steps.index(systems_option(scenes)) <= steps.index(held)
    for entry in before["recommendations"]:
        after = score(simulate(document, catalogue, [entry["solution"]]), catalogue)["capabilities"]
        grown = {
            t: [before["capabilities"][t] or 0, after[t]]
            for t in after
            if after[t] is not None and after[t] > (before["capabilities"][t] or 0)
        }
        if not consistent:
            grown.pop("C07", None)
            entry["raises"].pop("C07", None)
        assert grown == entry["raises"], entry["solution"]


@steady
@given(seed=seeds)
def test_gains_of_any_solution_are_the_difference_that_it_makes_alone(trade, seed):
    catalogue = catalogue_of(trade)
    raw = firm_of(catalogue, seed)
    raw["answers"]["information_systems"] = "all"
    document = read(raw, catalogue)
    levels = capability_levels(document, catalogue)
    for plan in catalogue.plans.values():
        after = capability_levels(apply(document, catalogue, [plan]), catalogue)
        zero = {t: 0 if v in (NA, MISSING) else v for t, v in levels.items()}
        grown = {t: (zero[t], v) for t, v in after.items() if v != NA and v > zero[t]}
        assert gains(plan, document, catalogue, levels) == grown, plan.solution.id


@steady
@given(seed=seeds)
def test_effects_do_not_depend_on_the_order_and_more_solutions_never_bring_less(trade, seed):
    catalogue = catalogue_of(trade)
    document = read(firm_of(catalogue, seed), catalogue)
    random = Random(seed)
    some = random.sample(list(catalogue.plans.values()), random.randint(2, 7))
    together = apply(document, catalogue, some)
    turned = apply(document, catalogue, random.sample(some, len(some)))
    assert (turned.answers, turned.off) == (together.answers, together.off)
    fewer = capability_levels(apply(document, catalogue, some[:-1]), catalogue)
    more = capability_levels(together, catalogue)
    assert {t: (v, more[t]) for t, v in fewer.items() if v != NA and more[t] < v} == {}
    assert {t for t, v in fewer.items() if (v == NA) != (more[t] == NA)} <= {"C32"}


@steady
@given(seed=seeds)
def test_no_level_climbs_more_than_two_and_nothing_raises_spending_or_trends(trade, seed):
    catalogue = catalogue_of(trade)
    document = read(firm_of(catalogue, seed), catalogue)
    after = apply(document, catalogue, list(catalogue.plans.values()))
    for item, question in catalogue.questions.items():
        if question.kind == "level" and after.state(item) == "answered":
            before = document.answers.get(item)
            start = (
                before.counted if before and before.counted is not None and document.state(item) == "answered" else 0
            )
            assert after.answers[item].counted <= max(start, start + 2), item
    for item in ("funding_rate", "energy_per_revenue", "pass_rate", "revenue_per_head", "cost_per_revenue"):
        assert after.answers.get(item) == document.answers.get(item)


@steady
@given(seed=seeds)
def test_simulating_solutions_never_lowers_anything(trade, seed):
    catalogue = catalogue_of(trade)
    document = read(firm_of(catalogue, seed), catalogue)
    before = score(document, catalogue)
    taken: list[str] = []
    current = document
    for name in Random(seed).sample(list(catalogue.plans), 8):
        guard, unmet = blocked(catalogue.plans[name], capability_levels(current, catalogue), document.facts)
        if guard or unmet:
            with pytest.raises(CannotStart):
                simulate(document, catalogue, [*taken, name])
        else:
            taken.append(name)
            current = simulate(document, catalogue, taken)
    after = score(current, catalogue)
    was, now = numbers(before), numbers(after)
    if before["states"].get("C32") != after["states"].get("C32"):  # now it applies, and counts
        was.pop("index")
    assert fallen(was, now) == {}
    assert fallen_capabilities(before, after) == {}


@steady
@given(seed=seeds)
def test_unstated_facts_open_no_duty_and_forbid_no_solution(trade, seed):
    catalogue = catalogue_of(trade)
    document = firm_of(catalogue, seed)
    bare = {**document, "firm": {"sector": trade}}
    result = assess(bare, catalogue)
    assert [d["id"] for d in result["duties"] if any(b.startswith("profile:") for b in d["because"])] == []
    for entry in result["excluded"]:
        topics = [u for u in entry["unmet"] if any(t in u for t in catalogue.topics)]
        assert entry["unmet"] == topics, entry


@steady
@given(seed=seeds)
def test_a_switched_off_answer_is_ignored_and_comes_back(trade, seed):
    catalogue = catalogue_of(trade)
    assume(catalogue.switches)
    document = firm_of(catalogue, seed)
    random = Random(seed)
    item = random.choice(list(catalogue.switches))
    question = catalogue.questions[item]
    names = {n for c in catalogue.switches[item] for n, _, _ in c.atoms}
    off = {n: fact(catalogue.facts[n], random) for n in names if n in catalogue.facts}
    assume(any(c.test({}, off) is False for c in catalogue.switches[item]))
    first, second = answer(question, random), answer(question, random)
    rest = {k: v for k, v in document["firm"]["profile"].items() if k not in names}

    def result(profile: dict[str, Any], value: Any) -> dict[str, Any]:
        firm = {**document["firm"], "profile": profile}
        return assess({**document, "firm": firm, "answers": {**document["answers"], item: value}}, catalogue)

    closed = result({**rest, **off}, first)
    assert closed["states"][item] == "na"
    assert closed == result({**rest, **off}, second)
    if question.kind == "level":
        assert result(rest, first)["capabilities"][question.topic] == first
    assert item not in result(rest, first)["states"]


@steady
@given(seed=seeds)
def test_what_is_evidenced_never_exceeds_what_is_claimed(trade, seed):
    catalogue = catalogue_of(trade)
    document = firm_of(catalogue, seed)
    result = assess(document, catalogue)
    official = result["official"]
    assert official["evidenced"]["level"] <= official["level"]
    for n, at in official["evidenced"]["scenes"].items():
        assert at["count"] <= official["scenes"][n]["count"] and at["starred"] <= official["scenes"][n]["starred"]
    for item, raw in document["answers"].items():
        if catalogue.questions[item].kind != "level" or item in result["states"]:
            continue
        wrapped = raw if isinstance(raw, dict) else {"value": raw, "evidence": None}
        unproven = wrapped["evidence"] is not None and not wrapped["evidence"].strip() and wrapped["value"] >= 2
        assert result["capabilities"][catalogue.topic_of[item]] == (1 if unproven else wrapped["value"])
