"""Cases that a domain expert can read and add to (`golden/*.yaml`)."""

from __future__ import annotations

import pytest

from scoring import assess, load_catalogue
from tests.scoring import personas


@pytest.mark.parametrize("case", personas.read("official.yaml"), ids=lambda c: c["name"])
def test_official(case):
    raw = personas.document(case)
    raw["answers"] |= case.get("scenes", {})
    official = assess(raw, load_catalogue(case["sector"]))["official"]
    expect = case["expect"]
    seen = {
        "level": official["level"],
        "score": official["score"],
        "range": official["range"]["level"],
        "score_range": official["range"]["score"],
        "sections": official["sections"],
        "points": {i: official["points"][i] for i in expect.get("points", {})},
        "evidenced": {k: official["evidenced"][k] for k in expect.get("evidenced", {})},
        **{f"gate{n}": official["gates"][n] for n in "1234"},
        **{f"scene{n}": official["scenes"][n] for n in "1234"},
    }
    assert {key: seen[key] for key in expect} == expect


TRADES = sorted(path.name for path in (personas.GOLDEN / "trades").glob("*.yaml"))
FIRMS = [("persona", case) for case in personas.read("personas.yaml")] + [
    (name.removesuffix(".yaml"), case) for name in TRADES for case in personas.read(f"trades/{name}")
]


@pytest.mark.parametrize("case", [c for _, c in FIRMS], ids=[f"{kind}-{c['name'].split()[0]}" for kind, c in FIRMS])
def test_first_steps_are_what_an_expert_would_say(case):
    result = assess(personas.document(case), load_catalogue(case["sector"]))
    expect = case["expect"]
    listed = [r["solution"] for r in result["recommendations"]]
    excluded = {e["solution"]: e["guard"] for e in result["excluded"]}
    assert expect["first"] in listed[:2]
    assert set(expect["listed"]) <= set(listed)
    in_trade = [s for s in listed if not s.startswith("COM-")]
    if not expect["first"].startswith("COM-"):
        assert in_trade.pop(0) == expect["first"]
    assert in_trade[: len(expect.get("next_in_trade", []))] == expect.get("next_in_trade", [])
    assert {s: excluded.get(s) for s in expect.get("blocked", {})} == expect.get("blocked", {})
    assert not set(expect.get("absent", [])) & set(listed)
    assert [t for t in expect.get("na", []) if result["states"].get(t) != "na"] == []
    assert set(expect.get("duties", [])) <= {d["id"] for d in result["duties"]}
    for topic, level in expect.get("raises", {}).items():
        assert any(r["raises"].get(topic, [0, 0])[1] >= level for r in result["recommendations"])
