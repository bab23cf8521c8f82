"""What is found on site: its direction beside the claim, and what it makes of the result."""

import pytest

from scoring import load_catalogue
from scoring.errors import AnswerError
from scoring.verification import direction

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
