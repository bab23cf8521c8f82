"""New versions of a trade: only what changed, never over a published one, all or nothing."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from scoring.content.loader import ROOT
from scoring.content.model import Text
from scoring.content.published import changed_versions, publish
from scoring.content.tables import Own
from scoring.versions import own_content, propose, published_versions, try_out, write


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """One trade's content, published."""
    for name in ("common", "shared", "frameworks", "sectors/molds", "solutions/common", "solutions/molds"):
        shutil.copytree(ROOT / name, tmp_path / name)
    publish(tmp_path)
    return tmp_path


def dearer(own: Own) -> Own:
    first, *rest = own.entries["solutions"]
    price = replace(first.cost, high=first.cost.high + 100)
    return Own(own.sector, {**own.entries, "solutions": (replace(first, cost=price), *rest)})


def reworded(own: Own, zh: str = "另一个问法，看看机床边上？", en: str = "Another way to ask?") -> Own:
    first, *rest = own.entries["questions"]
    return Own(own.sector, {**own.entries, "questions": (replace(first, text=Text(zh=zh, en=en)), *rest)})


def test_equal_content_gives_no_version(content: Path) -> None:
    own = own_content("molds", content)[0]
    assert propose(own, own, content) == []


@pytest.mark.parametrize(("change", "folder"), [(dearer, "solutions/molds/v2"), (reworded, "sectors/molds/v2")])
def test_only_the_package_that_changed_gets_a_version(content: Path, change, folder: str) -> None:
    own = own_content("molds", content)[0]
    new = change(own)
    (proposal,) = propose(own, new, content)
    assert (proposal.folder, proposal.replaces) == (folder, False)
    write([proposal], content)
    again, versions = own_content("molds", content)
    assert again == new and changed_versions(content) == [] and sorted(versions.values()) == ["1", "1", "1", "1", "2"]
    assert published_versions("molds", content) == {"molds": "1", "solutions/molds": "1"}


def test_a_version_that_is_not_published_yet_is_replaced(content: Path) -> None:
    own = own_content("molds", content)[0]
    write(propose(own, reworded(own), content), content)
    second = reworded(own_content("molds", content)[0], "第三个问法，看看机床边上？")
    (proposal,) = propose(own_content("molds", content)[0], second, content)
    assert (proposal.folder, proposal.replaces) == ("sectors/molds/v2", True)
    write([proposal], content)
    assert own_content("molds", content)[0] == second
    assert sorted(p.name for p in (content / "sectors/molds").iterdir()) == ["v1", "v2"]


def test_a_fault_is_found_on_a_copy_and_nothing_is_written(content: Path) -> None:
    own = own_content("molds", content)[0]
    new = reworded(own, en="这里是中文")
    trial = try_out(propose(own, new, content), new, content)
    assert [(f.file, f.place) for f in trial.faults] == [("sectors/molds/v2/questions.yaml", "questions MOL-01.text")]
    assert [p.name for p in (content / "sectors/molds").iterdir()] == ["v1"]


def test_a_fault_that_was_there_before_does_not_stop_a_change(content: Path) -> None:
    (content / "sectors/hardware").mkdir()
    own = own_content("molds", content)[0]
    new = dearer(own)
    trial = try_out(propose(own, new, content), new, content)
    assert trial.faults == () and [f.file for f in trial.before] == ["sectors/hardware"]


def test_two_packages_are_written_both_or_neither(content: Path) -> None:
    own = own_content("molds", content)[0]
    proposals = propose(own, dearer(reworded(own)), content)
    assert [p.folder for p in proposals] == ["sectors/molds/v2", "solutions/molds/v2"]
    (content / "solutions/molds/v2").mkdir()
    (content / "solutions/molds/v2/in-the-way.txt").touch()
    with pytest.raises(OSError):
        write(proposals, content)
    assert [p.name for p in (content / "sectors/molds").iterdir()] == ["v1"]
    assert [p.name for p in (content / "solutions/molds/v2").iterdir()] == ["in-the-way.txt"]
