"""Which tasks of the provincial plan a result has to do with."""

from __future__ import annotations

import pytest

from scoring.content.loader import ROOT
from scoring.content.plan import PLAN, load_plan
from scoring.errors import ContentError
from scoring.result import assess
from scoring.tasks import LOW, Served, tasks_served
from tests.scoring.firms import TRADES, catalogue_of


def test_the_plan_names_its_eighteen_tasks_in_both_languages():
    plan = load_plan()
    assert list(plan.tasks) == list(range(1, 19))
    assert plan.tasks[6].zh == "推动工业互联网平台应用创新"
    assert len({title.en for title in plan.tasks.values()}) == 18


def test_solutions_and_low_topics_stand_under_each_task_they_serve():
    catalogue = catalogue_of("molds")
    result = {
        "recommendations": [{"solution": "MOL-S2"}, {"solution": "MOL-S1"}],
        "capabilities": {"MOL-05": 1, "C20": 2, "C16": None, "C31": 0},
    }
    served = {found.task: found for found in tasks_served(result, catalogue)}
    for name in ("MOL-S2", "MOL-S1"):
        tasks = {task for task, found in served.items() if name in found.solutions}
        assert tasks == set(catalogue.solutions[name].plan_tasks)
    assert {t for t, found in served.items() if "MOL-05" in found.topics} == set(
        catalogue.questions["MOL-05"].plan_tasks
    )
    both = {*catalogue.questions["network_security"].plan_tasks, *catalogue.questions["data_security"].plan_tasks}
    assert {t for t, found in served.items() if "C31" in found.topics} == both
    assert not any({"C20", "C16"} & set(found.topics) for found in served.values())


def test_a_result_with_nothing_low_and_nothing_proposed_serves_no_task():
    assert tasks_served({"recommendations": [], "capabilities": {"MOL-05": LOW + 1}}, catalogue_of("molds")) == ()


@pytest.mark.parametrize("trade", TRADES)
def test_every_task_of_a_result_is_one_of_the_plan(trade):
    catalogue = catalogue_of(trade)
    result = assess({"firm": {"sector": trade}, "answers": {i: 0 for i, q in catalogue.questions.items() if q.anchors}},
                    catalogue)  # fmt: skip
    served = tasks_served(result, catalogue)
    assert served and {found.task for found in served} <= set(load_plan().tasks)
    assert all(isinstance(found, Served) and (found.solutions or found.topics) for found in served)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("number: 7,", "number: 8,", "the tasks are numbered 1 to 18"),
        ("id: guangdong-plan-2021", "id: 广东", "an id has ASCII letters"),
        ("parts:", "chapters:", "parts"),
        ("parts:", "parts: [", "line"),
    ],
)
def test_a_broken_plan_file_is_named(tmp_path, old, new, told):
    path = tmp_path / PLAN
    path.parent.mkdir()
    text = (ROOT / PLAN).read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_plan(tmp_path)
    assert PLAN in str(caught.value) and told in str(caught.value)


def test_a_plan_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(ContentError, match="guangdong-plan-2021"):
        load_plan(tmp_path)
