"""The content that comes with the program: complete in both languages, and every solution of use to somebody."""

from __future__ import annotations

import re

import pytest

from scoring import asked
from scoring.answers import switched_off
from scoring.capability import capability_levels
from scoring.content.checks import texts_of
from scoring.content.loader import ROOT, list_sectors, load_catalogue
from scoring.effects import blocked, gains
from scoring.review import holder, review

TRADES = list_sectors()
HAN = re.compile(r"[\u3400-\u9fff]")


def test_check_finds_nothing_wrong():
    counts = review(ROOT)
    assert counts["languages"] == ["zh", "en"]
    assert counts["sectors"] == len([t for t in TRADES if t != "general"])
    assert counts["warnings"] == []


@pytest.mark.parametrize("trade", TRADES)
def test_a_page_has_four_to_seven_questions_and_each_question_one_page(trade):
    sections = load_catalogue(trade).sector.sections
    assert {s.id: len(s.questions) for s in sections if not 4 <= len(s.questions) <= 7} == {}
    asked = [i for s in sections for i in s.questions]
    assert len(asked) == len(set(asked)) == len(load_catalogue(trade).questions)


@pytest.mark.parametrize("trade", TRADES)
def test_every_text_is_written_in_chinese_and_in_english(trade):
    catalogue = load_catalogue(trade)
    entries = [
        catalogue.sector,
        *catalogue.questions.values(),
        *catalogue.facts.values(),
        *catalogue.solutions.values(),
    ]
    entries += [*catalogue.guards.values(), *catalogue.duties.values(), *catalogue.sources.values()]
    texts = [(getattr(e, "id", trade), place, text) for e in entries for place, text in texts_of(e)]
    assert len(texts) > 500
    assert [(e, p) for e, p, t in texts if not t.zh.strip() or not t.en.strip()] == []
    assert [(e, p) for e, p, t in texts if t.zh == t.en and HAN.search(t.zh)] == []
    assert [(e, p, t.en) for e, p, t in texts if len(t.zh) > 12 and not re.search("[A-Za-z]", t.en)] == []


@pytest.mark.parametrize("trade", [t for t in TRADES if t != "general"])
def test_a_trade_says_of_eight_scenes_or_more_what_they_mean_in_it(trade):
    catalogue = load_catalogue(trade)
    assert len([i for i in catalogue.sector.examples if i in catalogue.edition.scenes]) >= 8


@pytest.mark.parametrize("trade", [t for t in TRADES if t != "general"])
def test_a_trade_has_its_own_topics_pains_and_solutions(trade):
    catalogue = load_catalogue(trade)
    assert len([t for t in catalogue.topics.values() if not t.common]) >= 6
    assert len(catalogue.pains) >= 6
    own = [p for p in catalogue.plans.values() if not p.solution.id.startswith("COM-")]
    assert len(own) >= 6
    assert [p.solution.id for p in own if not p.pains and not p.guards] == []
    assert {n for p in catalogue.plans.values() for n in p.pains} == set(catalogue.pains)


@pytest.mark.parametrize("trade", TRADES)
def test_every_solution_can_start_at_some_firm_and_raises_something_there(trade):
    catalogue = load_catalogue(trade)
    lost = []
    for plan in catalogue.plans.values():
        guards = [c for _, unless in plan.guards for c in unless]
        for firm in holder(catalogue, [*plan.needs, *guards, *plan.applies]):
            levels = capability_levels(firm, catalogue)
            if not any(blocked(plan, levels, firm.facts)) and gains(plan, firm, catalogue, levels):
                break
        else:
            lost.append(plan.solution.id)
    assert lost == []


@pytest.mark.parametrize("trade", TRADES)
def test_a_firm_that_states_no_fact_is_asked_everything(trade):
    catalogue = load_catalogue(trade)
    assert switched_off(catalogue, {}) == frozenset()
    assert asked(catalogue, {}) == list(catalogue.questions)


@pytest.mark.parametrize("trade", TRADES)
def test_prices_are_never_nothing_and_estimates_never_pass_for_more(trade):
    for s in load_catalogue(trade).solutions.values():
        once = s.cost.one_off
        assert s.cost.low + (once.low if once else 0) > 0, s.id
        assert s.cost.source or s.cost.status == "estimate", s.id
