"""What changed between two versions, in words, and what becomes of stored answers."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from scoring.content.catalogue import Catalogue
from scoring.content.difference import compare
from scoring.content.loader import load_catalogue
from scoring.content.model import Option, Question, Text

MOLDS = load_catalogue("molds")
LEVEL = "MOL-01"


def words(text: str) -> Text:
    return Text(zh=text, en=re.sub(r"[^ -~]", "x", text))


def single(item: str = "Q-1", options: str = "abc", **values: object) -> Question:
    found = tuple(Option(o, words(f"选 {o}")) for o in options)
    asked = {"kind": "single", "anchors": (), "options": found, **values}
    return replace(MOLDS.questions[LEVEL], id=item, **asked)  # type: ignore[arg-type]


def with_questions(*questions: Question) -> Catalogue:
    return replace(MOLDS, questions={q.id: q for q in questions})


def test_equal_versions_keep_everything_and_say_nothing() -> None:
    found = compare(MOLDS, MOLDS)
    assert found.is_empty and {f.fate for f in found.fates} == {"keep"}
    assert found.carry(LEVEL, 3) == (LEVEL, 3)


def test_reworded_anchors_keep_the_answer_and_ask_to_look_again() -> None:
    old = MOLDS.questions[LEVEL]
    anchor = replace(old.anchors[2], text=words("每付模都照模板报价"))
    found = compare(
        with_questions(old), with_questions(replace(old, anchors=(*old.anchors[:2], anchor, *old.anchors[3:])))
    )
    (fate,) = found.fates
    assert (fate.fate, fate.reworded, found.carry(LEVEL, 2)) == ("keep", True, (LEVEL, 2))
    assert fate.reason("zh") == "文字有改动，请再看一眼" and fate.reason("en") == "wording changed, please look again"
    before = f"“{old.anchors[2].text.zh}” 改为 “每付模都照模板报价”"
    assert [c.say("zh") for c in found.changes][0] == f"问题 MOL-01 报价与历史成本 · 档位 2 · 做法 · 中文：{before}"


def test_new_evidence_alone_does_not_ask_to_look_again() -> None:
    old = MOLDS.questions[LEVEL]
    anchors = tuple(replace(a, evidence=words("一张照片")) for a in old.anchors)
    (fate,) = compare(with_questions(old), with_questions(replace(old, anchors=anchors))).fates
    assert not fate.reworded and fate.reason("zh") == ""


@pytest.mark.parametrize("state", ["unknown", "a"])
def test_an_option_that_stays_keeps_its_answer(state: str) -> None:
    found = compare(with_questions(single()), with_questions(single(options="ab")))
    assert found.carry("Q-1", state) == ("Q-1", state)


def test_an_option_that_is_gone_drops_the_answers_that_chose_it() -> None:
    found = compare(with_questions(single()), with_questions(single(options="ab")))
    assert found.carry("Q-1", "c") is None
    assert found.fates[0].reason("zh") == "去掉了选项 选 c，选了它的要重新回答"
    many = [single(kind="multiple", options=o) for o in ("abc", "abd")]
    found = compare(with_questions(many[0]), with_questions(many[1]))
    assert [found.carry("Q-1", v) for v in (["a", "b"], ["a", "c"], [])] == [("Q-1", ["a", "b"]), None, ("Q-1", [])]
    assert "多了选项 选 d" in found.fates[0].reason("zh")


def test_a_renamed_option_maps_its_answers() -> None:
    new = replace(single(options="ab"), options=(Option("a", words("选 a")), Option("z", words("选 c"), was="c")))
    found = compare(with_questions(single(options="ac")), with_questions(new))
    assert found.carry("Q-1", "c") == ("Q-1", "z") and found.fates[0].reason("zh") == ""


def test_a_renamed_question_maps_its_answers() -> None:
    old = MOLDS.questions[LEVEL]
    found = compare(with_questions(old), with_questions(replace(old, id="MOL-20", was=LEVEL)))
    assert found.carry(LEVEL, 3) == ("MOL-20", 3)
    assert [(f.fate, f.reason("en")) for f in found.fates] == [("map", "was MOL-01")]


@pytest.mark.parametrize("change", ["gone", "kind"])
def test_another_kind_or_no_question_drops_the_answer(change: str) -> None:
    old, new = single(), single(kind="trend") if change == "kind" else single("Q-2")
    found = compare(with_questions(old), with_questions(new))
    assert found.carry("Q-1", "a") is None and found.of("drop")[0].question.id == "Q-1"
    assert [f.question.id for f in found.of("new")] == ([] if change == "kind" else ["Q-2"])


def test_does_not_apply_is_dropped_where_it_is_no_answer_any_more() -> None:
    allowed, never = single(na=words("没有机台")), single()
    found = compare(with_questions(allowed), with_questions(never))
    assert found.carry("Q-1", "na") is None and found.carry("Q-1", "b") == ("Q-1", "b")
    assert "不能再答“不适用”" in found.fates[0].reason("zh")
    assert compare(with_questions(allowed), with_questions(allowed)).carry("Q-1", "na") == ("Q-1", "na")


def test_prices_effects_and_what_comes_and_goes_are_said() -> None:
    first = MOLDS.solutions["MOL-S1"]
    dearer = replace(first, id="MOL-S1", cost=replace(first.cost, high=700), days=(3, 12))
    solutions = {k: v for k, v in MOLDS.solutions.items() if k != "MOL-S2"} | {"MOL-S1": dearer}
    said = [c.say("zh") for c in compare(MOLDS, replace(MOLDS, solutions=solutions)).changes]
    assert "方案 MOL-S1 机床联网采集盒 · 费用 · 每年最高：“600” 改为 “700”" in said
    assert "方案 MOL-S1 机床联网采集盒 · 天数：“3、10” 改为 “3、12”" in said
    assert any(s.startswith("方案：去掉 “MOL-S2 ") for s in said)
    lifts = replace(first, raises={**first.raises, "scene_office": 2})
    said = [c.say("zh") for c in compare(MOLDS, replace(MOLDS, solutions={**MOLDS.solutions, "MOL-S1": lifts})).changes]
    assert "方案 MOL-S1 机床联网采集盒 · 能提升什么 · scene_office：新增 “升到几档 2”" in said
    english = [c.say("en") for c in compare(replace(MOLDS, solutions=solutions), MOLDS).changes]
    assert any(s.startswith("solution: added “MOL-S2 ") for s in english)


def test_pages_and_examples_are_said() -> None:
    first, *rest = MOLDS.sector.sections
    moved = replace(MOLDS.sector, sections=(*rest, replace(first, title=words("进度"))), examples={})
    said = " ".join(c.say("zh") for c in compare(MOLDS, replace(MOLDS, sector=moved)).changes)
    assert (
        "行业 · 页 · progress · 页名 · 中文：“工件与进度” 改为 “进度”" in said
        and "例子" in said
        or "本行业的例子" in said
    )
