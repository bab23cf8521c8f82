"""Ready for a chain leader's order: n of m, from the levels alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.chain import chain
from scoring.conditions import MISSING, NA, parse
from scoring.content.catalogue import Catalogue
from scoring.content.model import ChainRequirement, Text
from scoring.result import assess
from tests.scoring.firms import TRADES, catalogue_of

ASKS = ("C12>=2", "C20>=2", "C32>=1")


@pytest.fixture(scope="module")
def trade() -> Catalogue:
    words = Text(zh="示例", en="Example")
    return replace(catalogue_of("molds"), chain=tuple((ChainRequirement(asks, words), parse(asks)) for asks in ASKS))


@pytest.mark.parametrize(
    ("levels", "ready", "of", "missing"),
    [
        ({"C12": 2, "C20": 3, "C32": 1}, 3, 3, []),
        ({"C12": 1, "C20": 2, "C32": 4}, 2, 3, [("C12", 1)]),
        ({"C12": MISSING, "C20": 0, "C32": 2}, 1, 3, [("C12", None), ("C20", 0)]),
        ({"C12": 2, "C20": 2, "C32": NA}, 2, 2, []),
    ],
)
def test_what_is_below_the_wanted_level_is_missing_and_na_is_not_asked(trade, levels, ready, of, missing):
    found = chain(trade, levels)
    assert (found["ready"], found["of"]) == (ready, of)
    assert [(m["topic"], m["has"]) for m in found["missing"]] == missing


@pytest.mark.parametrize("name", TRADES)
def test_a_result_speaks_of_the_chain_where_the_trade_has_a_leader(name):
    catalogue = catalogue_of(name)
    found = assess({"firm": {"sector": name}, "answers": {}}, catalogue)["chain"]
    if catalogue.sector.chain:
        assert found["ready"] == 0 and found["of"] == len(found["missing"]) <= len(catalogue.sector.chain)
    else:
        assert found is None


LED = [name for name in TRADES if catalogue_of(name).sector.chain]


@pytest.mark.parametrize("name", LED)
def test_six_to_nine_things_are_asked_each_of_another_topic(name):
    asked = [condition.topics[0][0] for _, condition in catalogue_of(name).chain]
    assert 6 <= len(asked) <= 9
    assert len(set(asked)) == len(asked)
