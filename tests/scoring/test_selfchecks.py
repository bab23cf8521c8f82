"""Self-checks scored: cases that an expert can read (`golden/selfchecks.yaml`), and what holds for all answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring import load_catalogue
from scoring.content.selfchecks import EFFORTS, list_checks, load_check
from scoring.errors import AnswerError
from scoring.feeds import DOWN, UP, changes
from scoring.selfchecks import read, score
from tests.scoring.test_cli import run

GOLDEN = yaml.safe_load((Path(__file__).parent / "golden" / "selfchecks.yaml").read_text(encoding="utf-8"))
COMMON = load_catalogue("general")
NAMES = list_checks()


def document(case: dict[str, Any]) -> dict[str, Any]:
    """The answers document of a case."""
    check, named = load_check(case["check"]), case.get("answers", {})
    answers = {q.id: named.get(q.id, case["default"]) for q in check.questions}
    return {"facts": case["facts"], "answers": {i: a for i, a in answers.items() if a != "-"}}


def result_of(name: str, raw: dict[str, Any]) -> dict[str, Any]:
    """What the engine says."""
    check = load_check(name)
    return score(read(raw, check), check, COMMON)


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["name"][:2])
def test_golden(case):
    result, expect = result_of(case["check"], document(case)), case["expect"]
    found = changes(result["feeds"], COMMON.questions, expect.get("draft", {}))
    seen = {
        "score": result["score"],
        "band": result["band"],
        "of": result["of"],
        "duties": [d["id"] for d in result["duties"]],
        "moves": {m["id"]: m["state"] for m in result["moves"]},
        "waits": {m: next(x["unmet"] for x in result["moves"] if x["id"] == m) for m in expect.get("waits", {})},
        "keeps": {k["id"]: k["state"] for k in result["keeps"] if k["id"] in expect.get("keeps", {})},
        "implies": {t: result["implies"].get(t) for t in expect.get("implies", {})},
        "silent": [t for t in expect.get("silent", []) if t not in result["implies"]],
        "first": {
            effort: [m["item"] for m in result["measures"] if m["effort"] == effort][: len(items)]
            for effort, items in expect.get("first", {}).items()
        },
        "draft": expect.get("draft"),
        "changes": [c.id for c in found],
        "lowers": [c.id for c in found if c.direction == DOWN],
    }
    assert {key: seen[key] for key in expect} == expect


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["name"][:2])
def test_moves_that_are_ready_come_first(case):
    states = [m["state"] for m in result_of(case["check"], document(case))["moves"]]
    assert states == sorted(states, key=["ready", "later", "there"].index)


@st.composite
def filled(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Any answers to any check."""
    name = draw(st.sampled_from(NAMES))
    check = load_check(name)
    answers = {}
    for q in check.questions:
        allowed = [None, 0, 1, 2, "unknown", *(["na"] if q.na else [])]
        if (value := draw(st.sampled_from(allowed))) is not None:
            answers[q.id] = value
    facts = {f.id: value for f in check.facts if (value := draw(st.sampled_from([None, True, False]))) is not None}
    return name, {"facts": facts, "answers": answers}


any_answers = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(filled())
@any_answers
def test_the_result_is_plain_json_and_its_list_is_in_order(case):
    name, raw = case
    result = result_of(name, raw)
    assert json.loads(json.dumps(result)) == result
    assert result["score"] is None or 0 <= result["score"] <= 100
    order = [(EFFORTS.index(m["effort"]), not m["duty"], -m["risk"], m["cost"][1]) for m in result["measures"]]
    assert order == sorted(order)
    open_items = {i for i, level in result["levels"].items() if result["states"].get(i) != "na" and level != 2}
    moved = {m.question for m in load_check(name).moves}
    assert {m["item"] for m in result["measures"]} == open_items - moved


@given(filled(), st.data())
@any_answers
def test_a_better_answer_never_makes_anything_worse(case, data):
    name, raw = case
    graded = [i for i, value in raw["answers"].items() if value in (0, 1)]
    if not graded:
        return
    item = data.draw(st.sampled_from(graded))
    before = result_of(name, raw)
    after = result_of(name, raw | {"answers": raw["answers"] | {item: raw["answers"][item] + 1}})
    assert (after["score"] or 0) >= (before["score"] or 0)
    assert after["band"] >= before["band"]
    assert {d["id"] for d in after["duties"]} <= {d["id"] for d in before["duties"]}
    assert all(
        after["implies"][topic] >= level for topic, level in before["implies"].items() if topic in after["implies"]
    )
    there = {m["id"] for m in before["moves"] if m["state"] != "later"}
    assert there <= {m["id"] for m in after["moves"] if m["state"] != "later"}


@given(filled(), st.sampled_from([None, "unknown", "na", 0, 1, 2, 3, 4]))
@any_answers
def test_what_is_taken_over_leaves_nothing_to_take_over(case, level):
    name, raw = case
    feeds = result_of(name, raw)["feeds"]
    draft: dict[str, Any] = {"C32": level, "network_security": ["boundary_control"]}
    for direction in (UP, DOWN):
        for _ in range(8):
            found = [c for c in changes(feeds, COMMON.questions, draft) if c.direction == direction]
            if not found:
                break
            draft[found[0].item] = found[0].after
    assert changes(feeds, COMMON.questions, draft) == []


@pytest.mark.parametrize("answered", ["C32", "network_security"])
def test_what_stands_is_only_lowered_where_every_open_question_would_not_save_it(answered):
    nothing = result_of("security", {"facts": {"machines_connected": True}, "answers": {"SEC-02": 2}})
    draft = {"C32": 4, "network_security": ["policy", "boundary_control"]}
    assert [c for c in changes(nothing["feeds"], COMMON.questions, draft) if c.item == answered] == []


def test_unanswered_throughout_has_no_score():
    assert result_of("cloud", {})["score"] is None


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ([], "malformed"),
        ({"answers": []}, "malformed"),
        ({"more": 1}, "unknown_item"),
        ({"answers": {"SEC-99": 1}}, "unknown_item"),
        ({"answers": {"SEC-01": 3}}, "out_of_range"),
        ({"answers": {"SEC-01": True}}, "bad_type"),
        ({"answers": {"SEC-01": "2"}}, "bad_type"),
        ({"answers": {"SEC-01": "na"}}, "na_not_allowed"),
        ({"facts": {"machines_connected": "yes"}}, "bad_type"),
        ({"facts": {"machines": True}}, "unknown_item"),
    ],
)
def test_what_cannot_be_scored_is_told_by_code(raw, code):
    with pytest.raises(AnswerError) as error:
        read(raw, load_check("security"))
    assert [p.code for p in error.value.problems] == [code]


def test_command_line(tmp_path):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(document(GOLDEN[3])))
    bad.write_text('{"answers": {"SEC-01": 7, "SEC-77": 1}}')
    done = run("selfcheck", "security", str(good))
    assert done.returncode == 0 and not done.stderr
    assert json.loads(done.stdout)["implies"] == {"C31": 0, "C32": 1}
    wrong = run("selfcheck", "security", str(bad))
    assert (wrong.returncode, wrong.stdout, len(wrong.stderr.splitlines())) == (2, b"", 2)
    unknown = run("selfcheck", "safety", str(good))
    assert unknown.returncode == 2 and b"known: security, cloud" in unknown.stderr
