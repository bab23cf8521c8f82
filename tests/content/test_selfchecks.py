"""The self-checks as content: what they hold, and that each fault of an author is told with its place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scoring import load_catalogue
from scoring.conditions import parse
from scoring.content.loader import ROOT
from scoring.content.selfchecks import EFFORTS, fitting_feeds, list_checks, load_check
from scoring.errors import ContentError
from scoring.review import changed_versions, close_anchors, copied_sentences, digest, version_folders

SECURITY, CLOUD = "selfchecks/security/v1/check.yaml", "selfchecks/cloud/v1/check.yaml"
CHECKS = [pytest.param(name, id=name) for name in list_checks()]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The self-checks alone under a new root."""
    shutil.copytree(ROOT / "selfchecks", tmp_path / "selfchecks")
    return tmp_path


@pytest.fixture
def faults(root: Path) -> Callable[..., list[str]]:
    """faults(check, (old, new), …): the faults after these replacements."""

    def after(check: str, *edits: tuple[str, str]) -> list[str]:
        path = root / "selfchecks" / check / "v1" / "check.yaml"
        text = path.read_text(encoding="utf-8")
        for old, new in edits:
            assert old in text, old
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ContentError) as error:
            load_check(check, root=root)
        return [str(fault) for fault in error.value.faults]

    return after


def test_there_are_the_two_checks_in_the_order_they_are_offered():
    assert list_checks() == ["security", "cloud"]
    assert (len(load_check("security").questions), len(load_check("cloud").questions)) == (21, 12)


@pytest.mark.parametrize("name", CHECKS)
def test_every_question_is_asked_once_and_every_effort_has_measures(name):
    check = load_check(name)
    asked = [i for s in check.sections for i in s.questions]
    assert sorted(asked) == sorted(q.id for q in check.questions)
    assert {q.measure.effort for q in check.questions} == set(EFFORTS)
    assert list(fitting_feeds(check, load_catalogue("general"))) == []
    assert list(close_anchors(check)) == []


@pytest.mark.parametrize("name", CHECKS)
def test_every_source_is_used(name):
    check = load_check(name)
    used = {b.split(":")[0] for q in check.questions for b in q.basis} | {s for d in check.duties for s in d.source}
    used |= {b.split(":")[0] for s in check.sections for b in s.basis}
    assert {s.id for s in check.sources} == used


def test_the_security_check_can_say_something_about_every_tick_of_the_index():
    check, catalogue = load_check("security"), load_catalogue("general")
    for item in ("network_security", "data_security"):
        assert {f.add for f in check.feeds[item]} == {o.id for o in catalogue.questions[item].options}
    assert [f.to for f in check.feeds["C32"]] == [1, 2, 3, 4]


def test_guideline_items_lie_within_its_33():
    for name in list_checks():
        for q in load_check(name).questions:
            for basis in q.basis:
                if basis.startswith("G33:"):
                    assert all(1 <= int(n) <= 33 for n in basis[4:].split(","))


def test_a_legal_duty_opens_only_on_an_answer_that_was_given():
    for duty in load_check("security").duties:
        assert all(operator == "<" for case in duty.when for text in case for _, operator, _ in parse(text).topics)


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (("weight: 4", "weight: 9"), "questions[0].weight: Input should be less than or equal to 5"),
        (("    weight: 4\n", ""), "questions[0].weight: missing; add it"),
        (("    weight: 4\n", "    weight: 4\n    colour: red\n"), "questions[0].colour: unknown key"),
        (("effort: hours", "effort: minutes"), "questions[0].measure.effort"),
        (("low: 0\n      high: 200", "low: 300\n      high: 200"), "SEC-01.measure: the lower price stands first"),
        (("basis: [\"G33:32\", \"CSL\"]", "basis: []"), "SEC-01.basis: says on what it rests"),
        (("basis: [\"G33:32\", \"CSL\"]", "basis: [G99]"), "SEC-01.basis: no source G99"),
        (("asked_if: [machines_connected=true]", "asked_if: [machines=true]"), "no fact machines"),
        (("asked_if: [machines_connected=true]", "asked_if: [\"SEC-01>=1\"]"), "only facts may stand here"),
        (("asked_if: [machines_connected=true]", "asked_if: [machines_connected]"), "write TOPIC>=n"),
        (("questions: [SEC-01, SEC-02,", "questions: [SEC-02,"), "SEC-01 stands on no page"),
        (("questions: [SEC-01, SEC-02,", "questions: [SEC-01, SEC-05, SEC-02,"), "SEC-05 stands on two pages"),
        (("questions: [SEC-01, SEC-02,", "questions: [SEC-01, SEC-77, SEC-02,"), "no question SEC-77"),
        (("from: 40", "from: 80"), "bands: expects 3 bands"),
        (("{add: policy, if: [\"SEC-01>=2\"]}", "{add: policy, if: [\"SEC-01>=3\"]}"), "levels go from 0 to 2"),
        (("{add: policy, if: [\"SEC-01>=2\"]}", "{to: 1, if: [\"SEC-01>=2\"]}"), "each entry has one of"),
        (("{add: policy, if: [\"SEC-01>=2\"]}", "{add: policy, if: [holds_drawings=true]}"), "rests on no answer"),
        (("{to: 2, if:", "{to: 3, if:"), "the levels form a ladder"),
        (("when: [[\"SEC-13<1\"]]", "when: [[\"SEC-99<1\"]]"), "duties data_law.when: SEC-99<1: no question SEC-99"),
        (("id: security", "id: safety"), "id: is safety, but the folder is security"),
        (("minutes: 12", "minutes: 12\nversion: \"1\""), "version: is the name of the folder"),
        (("en: \"People and rules\"", "en: \"People 和 rules\""), "holds Chinese outside parentheses"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)  # fmt: skip
def test_a_fault_is_told_with_its_place(faults, edit, says):
    found = faults("security", edit)
    assert any(fault.startswith(f"{SECURITY}: ") and says in fault for fault in found), found


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (("question: CLD-06", "question: CLD-66"), "moves file_backup.question: no question CLD-66"),
        (("raise_only: [information_systems]", "raise_only: []"), "a single choice is only ever raised"),
        (("at_least: 2", "at_least: 6"), "only 5 conditions stand there"),
        (("raise_only: [information_systems]", "raise_only: [information_systems, C32]"), "nothing feeds C32"),
    ],
)
def test_a_fault_of_moves_and_choices_is_told(faults, edit, says):
    assert any(says in fault for fault in faults("cloud", edit))


def test_what_the_questionnaire_does_not_have_is_told(root):
    path = root / SECURITY
    text = path.read_text(encoding="utf-8")
    text = text.replace("{add: policy, if: [\"SEC-01>=2\"]}", "{add: rules, if: [\"SEC-01>=2\"]}", 1)  # fmt: skip
    path.write_text(text.replace("  C32:\n", "  MOL-05:\n", 1), encoding="utf-8")
    found = [str(f) for f in fitting_feeds(load_check("security", root=root), load_catalogue("molds"))]
    assert any("no option rules" in f for f in found)
    assert any("feeds.MOL-05: is no common question" in f for f in found)


def test_a_sentence_that_stands_in_both_checks_is_told(root):
    path = root / CLOUD
    stolen = "病毒多半是人自己点进来的，会计和跟单最常碰到。"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("账是最成熟、最容易上云的一块，也是最怕那台电脑坏掉的一块。", stolen), encoding="utf-8"
    )
    found = copied_sentences([], [load_check(name, root=root) for name in ("security", "cloud")])
    assert [str(f) for f in found] == [
        f"{CLOUD}: CLD-01.why: the same sentence stands in security SEC-02; write it for this trade"
    ]


def test_a_version_that_is_published_and_changed_is_told(root):
    register = "".join(f"{f.relative_to(root).as_posix()}: {digest(f)}\n" for f in version_folders(root))
    assert "selfchecks/security/v1" in register
    (root / "published.yaml").write_text(register, encoding="utf-8")
    assert changed_versions(root) == []
    (root / SECURITY).write_text((root / SECURITY).read_text(encoding="utf-8") + "\n# more\n", encoding="utf-8")
    assert [f.file for f in changed_versions(root)] == ["selfchecks/security/v1"]


def test_an_unknown_check_or_version_is_told():
    with pytest.raises(KeyError):
        load_check("safety")
    with pytest.raises(ContentError, match="no version v7"):
        load_check("security", "7")
