"""From folders to a trade: faults of form are told with file, place and remedy, and versions stay what they were."""

from __future__ import annotations

import shutil

import pytest

from scoring import assess
from scoring.content.loader import list_sectors, load_catalogue, outline
from scoring.errors import ContentError

QUESTIONS = "sectors/molds/v1/questions.yaml"
SECTOR = "sectors/molds/v1/sector.yaml"
SOLUTIONS = "solutions/molds/v1/solutions.yaml"


def faults(root) -> list[str]:
    with pytest.raises(ContentError) as error:
        load_catalogue("molds", root=root)
    assert str(error.value).splitlines() == [str(f) for f in error.value.faults]
    return [str(f) for f in error.value.faults]


def test_a_copy_of_the_content_loads(content):
    catalogue = load_catalogue("molds", root=content)
    assert list_sectors(content) == ["molds"]
    assert catalogue.versions.items() >= {"common": "1", "shared": "1", "molds": "1", "solutions/molds": "1"}.items()
    assert outline("molds", root=content).facts == tuple(catalogue.facts.values())


def test_a_trade_without_content_is_no_fault_of_the_content(content):
    for trade in ("hardware", "../molds", ""):
        with pytest.raises(KeyError):
            load_catalogue(trade, root=content)
        with pytest.raises(KeyError):
            outline(trade, root=content)


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "says"),
    [
        (QUESTIONS, "kind: level", "kind: slider", "questions[0] (MOL-01).kind: ", "Input should be"),
        (QUESTIONS, "kind: level", "kind: level\n    colour: red", "questions[0] (MOL-01).colour: ", "unknown key"),
        (QUESTIONS, "kind: level", "kind: level\n    unit: {zh: 是}", "(MOL-01).unit.en: ", "missing; add it"),
        (QUESTIONS, "kind: level", "kind: level\n    unit: {zh: no, en: Yes}", "unit.zh: ", 'word in quotes ("no")'),
        (QUESTIONS, "kind: level", "kind: level\n    unit: {zh: 是, en: 1.10}", "unit.en: ", "as 1.1, not as a text"),
        (QUESTIONS, "kind: level", "kind: level\n    unit: {zh: 2026-11-01, en: Yes}", "unit.zh: ", "not as a text"),
        (QUESTIONS, "kind: level", 'kind: level\n    unit: {zh: "", en: a}', "unit.zh: ", "at least 1 character"),
        (QUESTIONS, "kind: level", 'kind: level\n    unit: {zh: "  ", en: a}', "unit.zh: ", "at least 1 character"),
        (QUESTIONS, "kind: level", f"kind: level\n    unit: {{zh: {'长' * 1300}, en: a}}", "unit.zh: ", "at most 1200"),
        (QUESTIONS, "id: MOL-01", "id: 模具一", "questions[0] (模具一).id: ", "ASCII letters"),
        (QUESTIONS, "id: MOL-02", "id: MOL-01", "questions[1] (MOL-01): ", f"id already used in {QUESTIONS}; "),
        (QUESTIONS, "id: MOL-01", "id: C10", "questions[0] (C10): ", "id already used in common/v1/"),
        (QUESTIONS, "questions:", "question:", "", "expects one of the keys questions, facts"),
        (QUESTIONS, "questions:", "questions: []\nsolutions: 3\nguards:", "solutions: ", "expects a list of entries"),
        (SECTOR, "id: molds", "id: mould", "id: ", "is mould, but the folder is molds"),
        (SECTOR, "kind: traditional", "kind: old", "kind: ", "Input should be"),
        (SECTOR, "kind: traditional", "kind: traditional\nmotto: x", "motto: ", "unknown key"),
        (SOLUTIONS, "MOL-06: 2", "MOL-06: five", "solutions[0] (MOL-S1).raises.MOL-06: ", "expects a level 1 to 4"),
        (SOLUTIONS, "MOL-06: 2", "MOL-06: {to: 9}", "solutions[0] (MOL-S1).raises.MOL-06: ", "expects a level 1 to 4"),
        (SOLUTIONS, "MOL-06: 2", "MOL-06: {too: 2}", "solutions[0] (MOL-S1).raises.MOL-06: ", "expects a level 1 to 4"),
        (SOLUTIONS, "solves: [5]", "solves: five", "solutions[0] (MOL-S1).solves: ", "expects a list of pain numbers"),
        (SOLUTIONS, "count_from: machines", "count_from: 0", "(MOL-S1).cost.count_from: ", "the id of a fact"),
        (SOLUTIONS, "low: 200", "low: -1", "solutions[0] (MOL-S1).cost.low: ", "greater than or equal to 0"),
        (SOLUTIONS, "low: 200", "low: 2.5", "solutions[0] (MOL-S1).cost.low: ", "integer"),
        (SOLUTIONS, "high: 3000, per", "high: null, per", "solutions[0] (MOL-S1).cost.one_off.high: ", "integer"),
        (SOLUTIONS, 'date: "2026-11"', "date: 2026-11-01", "solutions[0] (MOL-S1).cost.date: ", "not as a text"),
        (SOLUTIONS, 'date: "2026-11"', 'date: "11/2026"', "solutions[0] (MOL-S1).cost.date: ", "pattern"),
        (SOLUTIONS, "status: vendor-stated", "status: sure", "solutions[0] (MOL-S1).cost.status: ", "Input should be"),
        (SOLUTIONS, "form: box", "form: magic", "solutions[0] (MOL-S1).form: ", "Input should be"),
        (SOLUTIONS, "days: [3, 10]", "days: [0, 10]", "solutions[0] (MOL-S1).days[0]: ", "greater than or equal to 1"),
        ("frameworks/miit-sme-2024.yaml", "items:", "things:", "", "'items' is missing"),
        ("frameworks/miit-sme-2024.yaml", "points: 50", "points: many", "", "cannot be used"),
        ("frameworks/miit-sme-2024.yaml", "0.7", "0.71234", "", "at most three decimals"),
        ("shared/v1/guards.yaml", "id: G1", "id: G2", "guards[1] (G2): ", "id already used"),
    ],
    ids=lambda x: str(x).replace("\n", " ")[:40],
)  # fmt: skip
def test_a_fault_of_form_names_file_place_and_remedy(content, edit, file, old, new, place, says):
    edit(file, old, new)
    found = faults(content)
    assert [f for f in found if f.startswith(f"{file}: ") and place in f and says in f], found


def test_one_fault_in_an_entry_with_several_ways_to_write_it_is_one_line(content, edit):
    edit(SOLUTIONS, "MOL-06: 2", "MOL-06: {to: 9}")
    assert len(faults(content)) == 1


def test_all_faults_of_all_files_are_told_at_once(content, edit):
    edit(QUESTIONS, "kind: level", "kind: slider")
    edit(SOLUTIONS, "form: box", "form: magic")
    edit("common/v1/facts.yaml", "kind: bool", "kind: boolean")
    assert {f.split(":")[0] for f in faults(content)} == {QUESTIONS, SOLUTIONS, "common/v1/facts.yaml"}


def test_packages_and_files_that_are_missing_are_named(content):
    (content / SECTOR).unlink()
    assert faults(content) == ["sectors/molds/v1: no sector.yaml; add it"]
    shutil.rmtree(content / "common")
    shutil.rmtree(content / "shared" / "v1")
    assert faults(content) == [f"{n}: no version v1; put the files into a folder v1" for n in ("common", "shared")]


def test_the_index_file_must_be_there(content):
    (content / "frameworks" / "miit-sme-2024.yaml").unlink()
    (fault,) = faults(content)
    assert fault.startswith("frameworks/miit-sme-2024.yaml: cannot be read: ") and "put it back" in fault


@pytest.mark.parametrize("name", ["more.yml", "more.YAML", "more.json"])
def test_a_file_that_would_be_overlooked_is_named(content, name):
    (content / "sectors" / "molds" / "v1" / name).write_text("questions: []\n")
    assert faults(content) == [f"sectors/molds/v1/{name}: is not read; name it .yaml"]


def test_a_sector_file_belongs_to_its_trade(content):
    shutil.copy(content / SECTOR, content / "common" / "v1" / "sector.yaml")
    assert faults(content) == ["common/v1/sector.yaml: belongs into sectors/molds"]


def test_a_file_in_another_encoding_is_named(content):
    path = content / QUESTIONS
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    assert f"{QUESTIONS}: is not UTF-8; save it as UTF-8" in faults(content)


# versions


def test_a_pinned_version_still_loads_and_scores_the_same_when_a_new_one_exists(content, edit):
    document = {"firm": {"sector": "molds"}, "answers": {"MOL-05": 1, "scene_quality": 2}}
    before = assess(document, load_catalogue("molds", root=content))
    for package in ("common", "sectors/molds", "solutions/molds"):
        shutil.copytree(content / package / "v1", content / package / "v2")
    edit("sectors/molds/v2/questions.yaml", "zh: 工件进度", "zh: 第二版进度")
    edit("solutions/molds/v2/solutions.yaml", "low: 200", "low: 201")
    newest = load_catalogue("molds", {"shared": "1"}, root=content)
    assert newest.versions.items() >= {"common": "2", "shared": "1", "molds": "2", "solutions/molds": "2"}.items()
    assert newest.questions["MOL-05"].title.zh.startswith("第二版进度")
    assert newest.solutions["MOL-S1"].cost.low == 201
    pinned = load_catalogue("molds", before["content"], root=content)
    assert pinned.versions == before["content"]
    assert assess(document, pinned) == before
    assert outline("molds", root=content).version == "2"


def test_the_tenth_version_is_newer_than_the_ninth(content):
    for n in (9, 10):
        shutil.copytree(content / "sectors" / "molds" / "v1", content / "sectors" / "molds" / f"v{n}")
    (content / "sectors" / "molds" / "v11.txt").write_text("")
    (content / "sectors" / "molds" / "v012").mkdir()
    assert load_catalogue("molds", {"common": "1"}, root=content).versions["molds"] == "10"


@pytest.mark.parametrize("version", ["2", "x", "01", ""])
def test_a_version_that_does_not_exist_is_named(content, version):
    with pytest.raises(ContentError) as error:
        load_catalogue("molds", {"molds": version}, root=content)
    assert str(error.value).startswith(f"sectors/molds: no version v{version}")
