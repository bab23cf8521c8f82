"""What an answers file may hold, and how each fault is named (contract, part 2)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from scoring import assess, load_catalogue
from scoring.answers import MAX_NUMBER, load_json, read, sector_of
from scoring.errors import AnswerError

MOLDS = load_catalogue("molds")


def faults(document: Any) -> list[tuple[str, str]]:
    """(code, item) of every problem of a document given as JSON text or as an object; empty where it can be scored."""
    try:
        raw = load_json(document if isinstance(document, str | bytes) else json.dumps(document))
        sector_of(raw)
        assess(raw, MOLDS)
    except AnswerError as error:
        assert all(p.message for p in error.problems)
        return [(p.code, p.item) for p in error.problems]
    return []


def with_answers(**answers: Any) -> dict[str, Any]:
    return {"firm": {"sector": "molds"}, "answers": answers}


def with_firm(**firm: Any) -> dict[str, Any]:
    return {"firm": {"sector": "molds", **firm}}


@pytest.mark.parametrize(
    "answers",
    [
        {"scene_quality": 0},
        {"scene_quality": {"value": 4, "evidence": "检验记录"}},
        {"scene_quality": {"value": 2, "evidence": ""}},
        {"scene_quality": {"value": 2}},
        {
            "scene_quality": "unknown",
            "network_build": "unknown",
            "information_systems": "unknown",
            "pass_rate": "unknown",
        },
        {"equipment_digital_rate": "unknown", "funding_rate": {"value": "unknown", "evidence": ""}},
        {"MOL-04": "na"},
        {"network_build": []},
        {"network_build": {"value": ["application_network"], "evidence": "网络图"}},
        {"equipment_digital_rate": {"part": 0, "whole": 1}},
        {"equipment_digital_rate": {"part": 7, "whole": 7}},
        {"equipment_digital_rate": {"rate": 0}},
        {"equipment_digital_rate": {"rate": 1}},
        {"equipment_digital_rate": {"value": {"rate": 0.35}, "evidence": "台账"}},
        {"funding_rate": {"part": 12.5, "whole": 2800}},
    ],
    ids=str,
)
def test_good_answers_are_accepted(answers):
    assert faults(with_answers(**answers)) == []


@pytest.mark.parametrize(
    ("item", "raw", "code"),
    [
        ("nope", 1, "unknown_item"),
        ("C20", 1, "unknown_item"),  # a topic; the question is scene_quality
        ("ELE-01", 1, "unknown_item"),  # of another trade
        ("scene_quality", True, "bad_type"),
        ("scene_quality", "2", "bad_type"),
        ("scene_quality", 2.0, "bad_type"),
        ("scene_quality", None, "bad_type"),
        ("scene_quality", [], "bad_type"),
        ("scene_quality", {}, "bad_type"),
        ("scene_quality", {"value": {"value": 1}}, "bad_type"),
        ("scene_quality", {"value": 1, "evidence": 3}, "malformed"),
        ("scene_quality", {"value": 1, "proof": "x"}, "malformed"),
        ("scene_quality", {"value": 1, "evidence": "x" * 20_001}, "out_of_range"),
        ("scene_quality", 5, "out_of_range"),
        ("scene_quality", -1, "out_of_range"),
        ("scene_quality", 10**4000, "out_of_range"),
        ("scene_quality", "na", "na_not_allowed"),
        ("network_build", "na", "na_not_allowed"),
        ("equipment_digital_rate", "na", "na_not_allowed"),
        ("network_build", "application_network", "bad_type"),
        ("network_build", [1], "bad_type"),
        ("network_build", ["telepathy"], "unknown_option"),
        ("network_build", ["policy"], "unknown_option"),
        ("network_build", ["application_network", "application_network"], "malformed"),
        ("information_systems", "some", "unknown_option"),
        ("information_systems", 1, "bad_type"),
        ("information_systems", ["all"], "bad_type"),
        ("pass_rate", "up", "unknown_option"),
        ("equipment_digital_rate", 0.5, "bad_type"),
        ("equipment_digital_rate", {"part": 1}, "bad_type"),
        ("equipment_digital_rate", {"part": 1, "whole": 2, "rate": 0.5}, "bad_type"),
        ("equipment_digital_rate", {"part": True, "whole": 2}, "bad_type"),
        ("equipment_digital_rate", {"part": "1", "whole": 2}, "bad_type"),
        ("equipment_digital_rate", {"part": 5, "whole": 4}, "out_of_range"),
        ("equipment_digital_rate", {"part": -1, "whole": 4}, "out_of_range"),
        ("equipment_digital_rate", {"part": 0, "whole": 0}, "out_of_range"),
        ("equipment_digital_rate", {"part": 1, "whole": MAX_NUMBER + 1}, "out_of_range"),
        ("equipment_digital_rate", {"rate": 1.01}, "out_of_range"),
        ("equipment_digital_rate", {"rate": -0.01}, "out_of_range"),
        ("equipment_digital_rate", {"rate": "0.5"}, "bad_type"),
    ],
    ids=lambda x: str(x)[:40],
)
def test_a_bad_answer_is_named_by_item_and_code(item, raw, code):
    assert faults(with_answers(**{item: raw})) == [(code, item)]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("1" + "0" * 5000, "out_of_range"),
        ("-1" + "0" * 5000, "out_of_range"),
        ("0." + "1" * 5000, "out_of_range"),
        ("1E+99999999999999999999", "out_of_range"),
        ("1E-99999999999999999999", "out_of_range"),
        ("1E+400", "out_of_range"),
    ],
)
def test_numbers_beyond_measure_are_refused_where_they_stand(number, code):
    text = '{"firm": {"sector": "molds"}, "answers": {"equipment_digital_rate": {"part": NUMBER, "whole": 3}}}'
    assert faults(text.replace("NUMBER", number)) == [(code, "equipment_digital_rate")]


def test_a_zero_written_with_any_exponent_is_zero():
    text = (
        '{"firm": {"sector": "molds", "machines": 0E+999999999}, "answers": {"funding_rate": {"rate": 0E-999999999}}}'
    )
    assert faults(text) == []


@pytest.mark.parametrize(
    ("document", "code", "item"),
    [
        ({}, "malformed", "firm"),
        ([], "malformed", "firm"),
        ("null", "malformed", "firm"),
        ("3", "malformed", "firm"),
        ({"firm": []}, "malformed", "firm"),
        ({"firm": {}}, "unknown_sector", "firm.sector"),
        ({"firm": {"sector": 1}}, "unknown_sector", "firm.sector"),
        ({"firm": {"sector": "molds"}, "answers": []}, "malformed", "answers"),
        ({"firm": {"sector": "molds"}, "extra": 1}, "unknown_item", "extra"),
        (with_firm(colour="red"), "unknown_item", "firm.colour"),
        (with_firm(name=7), "bad_type", "firm.name"),
        (with_firm(employees=-1), "out_of_range", "firm.employees"),
        (with_firm(employees=1.5), "out_of_range", "firm.employees"),
        (with_firm(employees=True), "bad_type", "firm.employees"),
        (with_firm(machines="12"), "bad_type", "firm.machines"),
        (with_firm(profile=[]), "malformed", "firm.profile"),
        (with_firm(profile={"nope": True}), "unknown_item", "firm.profile.nope"),
        (with_firm(profile={"own_design": 1}), "bad_type", "firm.profile.own_design"),
        (with_firm(profile={"mould_type": "wood"}), "unknown_option", "firm.profile.mould_type"),
        (with_firm(profile={"mould_type": True}), "bad_type", "firm.profile.mould_type"),
        (with_firm(profile={"machines_run_shifts": 9}), "out_of_range", "firm.profile.machines_run_shifts"),
        ({**with_firm(), "pains": 2}, "bad_type", "pains"),
        ({**with_firm(), "pains": ["2"]}, "bad_type", "pains"),
        ({**with_firm(), "pains": [True]}, "bad_type", "pains"),
        ({**with_firm(), "pains": [99]}, "unknown_option", "pains"),
        ({**with_firm(), "pains": [1, 1]}, "out_of_range", "pains"),
        ({**with_firm(), "pains": [1, 2, 3, 4]}, "out_of_range", "pains"),
    ],
    ids=lambda x: str(x)[:50],
)
def test_a_bad_document_is_named_by_place_and_code(document, code, item):
    assert faults(document) == [(code, item)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n",
        "{broken",
        '{"firm": {"sector": "molds"}} {}',
        '{"firm": {"sector": "molds"}, "answers": {"funding_rate": {"rate": NaN}}}',
        '{"firm": {"sector": "molds"}, "answers": {"funding_rate": {"rate": Infinity}}}',
        '{"firm": {"sector": "molds"}, "answers": {"funding_rate": {"rate": -Infinity}}}',
        '{"firm": {"sector": "molds"}, "answers": {"C10": 1, "C10": 2}}',
        "[" * 200_000,
        '{"a":' * 200_000,
        b"\xff\xfe{\x00}\x00",
        '{"firm": {"sector": "molds", "name": "厂"}}'.encode("gb18030"),
    ],
    ids=lambda t: repr(t[:40]),
)
def test_what_is_no_json_document_is_malformed(text):
    assert [code for code, _ in faults(text)] == ["malformed"]


def test_a_byte_order_mark_is_no_fault():
    text = json.dumps(with_answers(scene_quality=1))
    assert faults(b"\xef\xbb\xbf" + text.encode()) == []
    assert faults("\ufeff" + text) == []


def test_every_problem_is_listed_in_the_order_of_the_document():
    document = {**with_answers(zzz=1, scene_quality=9, aaa=1), "b": 1, "a": 2}
    assert [item for _, item in faults(document)] == ["b", "a", "zzz", "scene_quality", "aaa"]


def test_what_is_not_stated_is_not_a_fault():
    firm = with_firm(
        employees=None, machines="unknown", profile={"edm": None, "lifting": "unknown", "own_design": False}
    )
    facts = read(firm, MOLDS).facts
    assert dict(facts) == {"own_design": False}


def test_numbers_keep_their_exact_value():
    raw = load_json(
        '{"firm": {"sector": "molds", "revenue_wan": 2800.1}, "answers": {"equipment_digital_rate": {"rate": 0.1}}}'
    )
    document = read(raw, MOLDS)
    assert document.facts["revenue_wan"] == Decimal("2800.1")
    assert document.answers["equipment_digital_rate"].value[:2] == (1, 10)
    assert read(with_answers(equipment_digital_rate={"rate": 0.1}), MOLDS).answers["equipment_digital_rate"].value[
        :2
    ] == (1, 10)


NAUGHTY = [
    "",
    "undefined",
    "NULL",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "%s%n",
    "\u202e倒",
    "a" * 20_000,
    "\ud800",
    "𠮷",
    "\x00",
]


@pytest.mark.parametrize("text", NAUGHTY, ids=lambda t: ascii(t[:12]))
def test_naughty_strings_are_texts_in_names_and_evidence_and_nowhere_else(text):
    plain = assess(with_answers(scene_quality={"value": 1, "evidence": "x"}), MOLDS)
    named = {"firm": {"sector": "molds", "name": text}, "answers": {"scene_quality": {"value": 1, "evidence": text}}}
    assert assess(named, MOLDS) == plain
    assert faults(with_answers(**{text: 1})) == [("unknown_item", text)]
    assert faults(with_answers(information_systems=text)) == [("unknown_option", "information_systems")]
    assert faults(with_firm(profile={"mould_type": text})) == [("unknown_option", "firm.profile.mould_type")]
