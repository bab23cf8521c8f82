"""The site serves the newest published content that loads; what is broken is named, and takes no trade down."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scoring.content.loader import ROOT, load_catalogue
from scoring.content.published import publish, read_register
from scoring.content.serving import serve, serve_check, served_checks, served_sectors, troubles
from scoring.errors import ContentError
from scoring.review import review

Edit = Callable[[str, str, str], None]


def next_version(content: Path, package: str = "sectors/molds") -> str:
    folder = content / package
    number = len(list(folder.glob("v*"))) + 1
    shutil.copytree(folder / f"v{number - 1}", folder / f"v{number}")
    return f"{package}/v{number}"


def republish(content: Path) -> None:
    """Register new folders; the register's time differs though the file system's clock be coarse."""
    publish(content)
    about = (content / "published.yaml").stat()
    os.utime(content / "published.yaml", ns=(about.st_atime_ns, about.st_mtime_ns + 1_000_000))


def test_without_a_register_the_newest_folder_is_served(content: Path) -> None:
    next_version(content)
    assert serve("molds", content).versions["molds"] == "2" and troubles(content) == ()


def test_what_is_not_published_is_not_served(content: Path) -> None:
    publish(content)
    next_version(content)
    assert serve("molds", content).versions["molds"] == "1"
    assert load_catalogue("molds", root=content).versions["molds"] == "2"


def test_a_running_site_takes_up_what_is_published(content: Path) -> None:
    publish(content)
    assert serve("molds", content).versions["molds"] == "1"
    next_version(content)
    republish(content)
    assert serve("molds", content).versions["molds"] == "2"


@pytest.mark.parametrize("published", [False, True])
@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("kind: level", "kind: lvel", "questions[0] (MOL-01).kind", "Input should be"),
        ("questions:", "questions", "line 3", "mapping"),
        ("scene: scene_marketing", "scene: scene_nowhere", "questions MOL-01.scene", "no scene scene_nowhere"),
    ],
)
def test_a_broken_new_version_is_passed_over_and_named(
    content: Path, edit: Edit, published: bool, old: str, new: str, place: str, message: str
) -> None:
    publish(content)
    folder = next_version(content)
    edit(f"{folder}/questions.yaml", old, new)
    if published:
        republish(content)
    assert serve("molds", content).versions["molds"] == "1" and served_sectors(content) == ["molds"]
    (trouble,) = troubles(content)
    assert (
        (trouble.kind, trouble.name) == ("sector", "molds")
        and trouble.serving is not None
        and trouble.serving["molds"] == "1"
    )
    fault = trouble.faults[0]
    assert fault.file == f"{folder}/questions.yaml" and message in fault.message
    assert place in fault.place or fault.place.startswith("line")
    with pytest.raises(ContentError):
        review(content)


def test_an_empty_new_folder_is_passed_over(content: Path) -> None:
    (content / "sectors/molds/v2").mkdir()
    assert serve("molds", content).versions["molds"] == "1"
    assert "no sector.yaml" in troubles(content)[0].faults[0].message


def test_solutions_that_do_not_fit_take_only_themselves_back(content: Path, edit: Edit) -> None:
    next_version(content)
    folder = next_version(content, "solutions/molds")
    edit(f"{folder}/solutions.yaml", "tags: [machine_networking]", "tags: [no_such_tag]")
    served = serve("molds", content).versions
    assert (served["molds"], served["solutions/molds"]) == ("2", "1")


def test_versions_that_belong_together_go_back_together(content: Path, edit: Edit) -> None:
    """The pains of v2 name a solution of v2, which is broken: neither can be used without the other."""
    folder, beside = next_version(content), next_version(content, "solutions/common")
    edit(f"{folder}/sector.yaml", "solutions: [COM-S15,", "solutions: [COM-S99,")
    edit(f"{beside}/shop-floor.yaml", "form:", "from:")
    served = serve("molds", content).versions
    assert (served["molds"], served["solutions/common"]) == ("1", "1")


def test_a_trade_without_any_good_version_is_not_served(content: Path, edit: Edit) -> None:
    edit("sectors/molds/v1/questions.yaml", "kind: level", "kind: lvel")
    assert served_sectors(content) == []
    (trouble,) = troubles(content)
    assert trouble.serving is None
    with pytest.raises(ContentError):
        serve("molds", content)
    with pytest.raises(KeyError):
        serve("nowhere", content)


def test_troubles_go_when_the_file_is_mended(content: Path, edit: Edit) -> None:
    folder = next_version(content)
    edit(f"{folder}/questions.yaml", "kind: level", "kind: lvel")
    assert troubles(content)
    edit(f"{folder}/questions.yaml", "kind: lvel", "kind: level")
    assert troubles(content) == ()


def test_a_register_that_cannot_be_read_is_as_none(content: Path) -> None:
    (content / "published.yaml").write_text("- a\n")
    next_version(content)
    assert read_register(content) == {} and serve("molds", content).versions["molds"] == "2"


# self-checks


@pytest.fixture
def checked(content: Path) -> Path:
    """The content with its self-checks, published, and a second version of one."""
    shutil.copytree(ROOT / "selfchecks", content / "selfchecks")
    publish(content)
    next_version(content, "selfchecks/security")
    return content


def test_a_self_check_is_served_in_its_newest_published_version(checked: Path) -> None:
    assert serve_check("security", checked).version == "1" and troubles(checked) == ()
    republish(checked)
    assert serve_check("security", checked).version == "2" and troubles(checked) == ()
    with pytest.raises(KeyError):
        serve_check("nope", checked)


@pytest.mark.parametrize("published", [False, True])
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [("questions:", "questions: [", "line"), ("id: security", "id: secure", "but the folder is")],
)
def test_a_broken_new_version_of_a_self_check_is_passed_over_and_named(
    checked: Path, edit: Edit, published: bool, old: str, new: str, says: str
) -> None:
    edit("selfchecks/security/v2/check.yaml", old, new)
    if published:
        republish(checked)
    assert serve_check("security", checked).version == "1" and served_checks(checked) == ["security", "cloud"]
    (trouble,) = troubles(checked)
    assert (trouble.kind, trouble.name) == ("selfcheck", "security")
    assert trouble.serving == {"selfchecks/security": "1"}
    assert trouble.faults[0].file == "selfchecks/security/v2/check.yaml" and says in str(trouble.faults[0])


def test_a_self_check_without_any_good_version_takes_no_other_down(checked: Path, edit: Edit) -> None:
    for version in ("v1", "v2"):
        edit(f"selfchecks/security/{version}/check.yaml", "questions:", "questions: [")
    assert served_checks(checked) == ["cloud"] and serve_check("cloud", checked).version == "1"
    with pytest.raises(ContentError):
        serve_check("security", checked)
    (trouble,) = troubles(checked)
    assert trouble.serving is None and trouble.name == "security"


@pytest.mark.parametrize(
    ("file", "text"), [("published.yaml", "a: ["), ("frameworks/guangdong-plan-2021.yaml", "id: [")]
)
def test_a_shared_file_that_is_broken_is_named(content: Path, file: str, text: str) -> None:
    publish(content)
    (content / file).write_text(text, encoding="utf-8")
    (trouble,) = troubles(content)
    assert (trouble.kind, trouble.name, trouble.serving) == ("file", file, {})
    assert trouble.faults[0].file == file and "look here" in trouble.faults[0].message


@pytest.mark.parametrize("package", ["sectors/molds", "solutions/molds", "common"])
def test_a_folder_that_is_gone_is_named(content: Path, package: str) -> None:
    publish(content)
    shutil.rmtree(content / package / "v1")
    (trouble,) = troubles(content)
    assert trouble.serving is None and str(trouble.faults[0]).startswith(f"{package}: no version v1; put the files")
    assert served_sectors(content) == []


def test_a_published_version_that_was_edited_is_named_though_it_can_be_used(content: Path, edit: Edit) -> None:
    publish(content)
    edit("sectors/molds/v1/questions.yaml", "# ", "# (edited) ")
    assert serve("molds", content).versions["molds"] == "1"
    (trouble,) = troubles(content)
    (fault,) = trouble.faults
    assert fault.file == "sectors/molds/v1" and "make a new version" in fault.message
    assert trouble.serving is not None and trouble.serving["molds"] == "1"
