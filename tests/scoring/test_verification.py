"""What is found on site: its direction beside the claim, and what it makes of the result."""

from random import Random

import pytest
from hypothesis import given

from scoring import assess, load_catalogue
from scoring.answers import ANSWERED, read
from scoring.errors import AnswerError
from scoring.verification import deciding_items, direction, summary, verified_document
from tests.scoring import personas
from tests.scoring.firms import TRADES, any_answer, catalogue_of, firm_of, seeds, steady

QUESTIONS = load_catalogue("molds").questions


@pytest.mark.parametrize(
    ("item", "claimed", "value", "expected"),
    [
        ("scene_quality", 2, 2, "agreed"),
        ("scene_quality", 2, 3, "up"),
        ("scene_quality", 2, 0, "down"),
        ("information_systems", "one_link", "all", "up"),
        ("information_systems", "all", "none", "down"),
        ("energy_per_revenue", "unchanged", "better", "up"),
        ("energy_per_revenue", "better", "worse", "down"),
        ("network_build", ["industrial_5g", "shop_floor_network"], ["shop_floor_network", "industrial_5g"], "agreed"),
        ("network_build", ["shop_floor_network"], ["industrial_5g"], "down"),
        ("network_build", [], ["industrial_5g"], "up"),
        ("network_build", ["industrial_5g"], [], "down"),
        ("equipment_digital_rate", {"part": 5, "whole": 10}, {"part": 10, "whole": 20}, "agreed"),
        ("equipment_digital_rate", {"part": 5, "whole": 10}, {"rate": 0.5}, "agreed"),
        ("equipment_digital_rate", {"part": 5, "whole": 10}, {"part": 5, "whole": 11}, "down"),
        ("equipment_digital_rate", {"rate": 0}, {"part": 1, "whole": 900}, "up"),
        ("scene_quality", None, 0, "up"),
        ("scene_quality", "unknown", 1, "up"),
        ("MOL-04", "na", 0, "up"),
        ("MOL-04", 2, "na", "down"),
        ("MOL-04", "na", "na", "agreed"),
    ],
)
def test_what_is_found_agrees_or_corrects_upwards_or_downwards(item, claimed, value, expected):
    assert direction(QUESTIONS[item], claimed, value) == expected


@pytest.mark.parametrize(
    ("item", "value"),
    [("scene_quality", 5), ("scene_quality", True), ("scene_quality", "na"), ("network_build", ["tin_cans"])],
)
def test_a_value_that_the_question_does_not_take_is_refused(item, value):
    with pytest.raises(AnswerError):
        direction(QUESTIONS[item], 1 if item == "scene_quality" else [], value)


@pytest.mark.parametrize("sector", ["molds", "hardware"])
def test_content_lists_choices_from_the_least_points_to_the_most(sector):
    catalogue = load_catalogue(sector)
    for question in catalogue.questions.values():
        if question.kind in ("single", "trend"):
            points = [catalogue.edition.items[question.id].points[o.id] for o in question.options]
            assert points == sorted(points), question.id


@pytest.mark.parametrize("case", personas.read("verifications.yaml"), ids=lambda case: case["name"])
def test_golden_cases(case):
    catalogue = load_catalogue("general")
    answers = case["claims"] | case["scenes"]
    findings = {}
    for item, found in case["found"].items():
        claimed = answers.get(item)
        if found == "not_seen":
            findings[item] = {"verdict": found, "value": None}
        else:
            value = claimed if found == "agreed" else found
            findings[item] = {"verdict": direction(catalogue.questions[item], claimed, value), "value": value}
    shown = summary({"firm": {"sector": "general"}, "answers": answers}, findings, catalogue)
    for name, expected in case["expect"].items():
        if name in ("claimed", "evidenced", "verified"):
            assert [shown[name]["level"], shown[name]["score"]] == expected, name
        elif name == "gate":
            assert shown["verified"]["gate"] == expected
        else:
            assert shown[name] == expected, name


def agreeing(document, catalogue):
    """A finding for each answered question that agrees with it."""
    parsed = read(document, catalogue)
    found = {}
    for item, raw in document["answers"].items():
        if item in catalogue.questions and parsed.state(item) == ANSWERED:
            value = raw["value"] if isinstance(raw, dict) and "value" in raw else raw
            found[item] = {"verdict": "agreed", "value": value}
    return found


@steady
@pytest.mark.parametrize("trade", TRADES)
@given(seed=seeds)
def test_a_visit_that_agrees_everywhere_verifies_what_was_claimed(trade, seed):
    catalogue = catalogue_of(trade)
    document = firm_of(catalogue, seed)
    shown = summary(document, agreeing(document, catalogue), catalogue)
    assert shown["verified"] == shown["claimed"]
    assert shown["up"] == shown["down"] == shown["not_seen"] == 0
    assert shown["seen"] + shown["open"] == shown["of"]


@steady
@pytest.mark.parametrize("trade", TRADES[:3])
@given(seed=seeds)
def test_the_order_of_findings_does_not_matter_and_the_claims_stay(trade, seed):
    catalogue, random = catalogue_of(trade), Random(seed)
    document = firm_of(catalogue, seed)
    before = assess(document, catalogue)
    found = {}
    for item in random.sample(list(catalogue.questions), 8):
        value = any_answer(catalogue.questions[item], random, gaps=0)
        value = value["value"] if isinstance(value, dict) and "value" in value else value
        found[item] = random.choice([{"verdict": "not_seen", "value": None}, {"verdict": "up", "value": value}])
    mixed = dict(random.sample(list(found.items()), len(found)))
    assert assess(verified_document(document, found), catalogue) == assess(
        verified_document(document, mixed), catalogue
    )
    assert assess(document, catalogue) == before
    assert summary(document, found, catalogue)["claimed"]["level"] == before["official"]["level"]


@steady
@pytest.mark.parametrize("trade", TRADES[:3])
@given(seed=seeds)
def test_one_step_less_in_a_deciding_level_loses_the_level_and_in_no_other(trade, seed):
    catalogue = catalogue_of(trade)
    document = firm_of(catalogue, seed)
    deciding = deciding_items(document, catalogue)
    before = summary(document, {}, catalogue)["evidenced"]["level"]
    parsed = read(document, catalogue)
    for item in catalogue.edition.scenes:
        answer = parsed.answers.get(item)
        if answer is None or parsed.state(item) != ANSWERED or not answer.counted:
            continue
        found = {item: {"verdict": "down", "value": answer.counted - 1}}
        assert (summary(document, found, catalogue)["verified"]["level"] < before) == (item in deciding)


def test_nobody_loses_level_0():
    assert deciding_items({"firm": {"sector": "general"}, "answers": {}}, load_catalogue("general")) == ()


def test_a_scored_choice_decides_where_its_points_carry_the_level():
    case = personas.read("verifications.yaml")[0]
    document = {"firm": {"sector": "general"}, "answers": case["claims"] | case["scenes"]}
    catalogue = load_catalogue("general")
    assert set(deciding_items(document, catalogue)) == set(document["answers"])
