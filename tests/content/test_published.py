"""A published version never changes: `published.yaml` holds the digest of each."""

from __future__ import annotations

import pytest
import yaml

from scoring.content.loader import ROOT
from scoring.errors import ContentError
from scoring.review import changed_versions, digest, review, version_folders


def publish(root) -> dict[str, str]:
    register = {str(f.relative_to(root)): digest(f) for f in version_folders(root)}
    (root / "published.yaml").write_text(yaml.safe_dump(register), encoding="utf-8")
    return register


def changed(root) -> list[str]:
    return [str(f) for f in changed_versions(root)]


def test_the_published_versions_of_this_content_are_as_they_were():
    assert changed(ROOT) == []


def test_what_is_published_and_unchanged_is_no_fault(content):
    assert changed(content) == []
    assert set(publish(content)) >= {"common/v1", "shared/v1", "sectors/molds/v1", "solutions/molds/v1"}
    assert changed(content) == []


@pytest.mark.parametrize("change", ["edit", "add", "remove", "rename"])
def test_a_changed_file_of_a_published_version_is_told_and_makes_check_fail(content, edit, change):
    publish(content)
    folder = content / "sectors" / "molds" / "v1"
    if change == "edit":
        edit("sectors/molds/v1/questions.yaml", "kind: level", "kind:  level")
    elif change == "add":
        (folder / "more.yaml").write_text("questions: []\n")
    elif change == "remove":
        (folder / "questions.yaml").unlink()
    else:
        (folder / "questions.yaml").rename(folder / "q.yaml")
    fault = "sectors/molds/v1: was published and has changed; put it back and make a new version"
    assert changed(content) == [fault]
    with pytest.raises(ContentError) as error:
        review(content)
    assert fault in str(error.value)


def test_a_published_version_that_is_gone_is_told(content):
    publish(content)
    (content / "solutions" / "molds" / "v1" / "solutions.yaml").unlink()
    (content / "solutions" / "molds" / "v1").rmdir()
    assert changed(content) == ["solutions/molds/v1: was published and is gone; put it back"]


def test_a_new_version_beside_a_published_one_is_no_fault(content):
    publish(content)
    (content / "sectors" / "molds" / "v2").mkdir()
    (content / "sectors" / "molds" / "v2" / "questions.yaml").write_text("questions: []\n")
    assert changed(content) == []


@pytest.mark.parametrize(
    ("text", "says"), [("- a\n", "expects folder: digest"), ("a: 1\na: 2\n", "stands twice"), ("", "is empty")]
)
def test_a_register_that_cannot_be_read_is_told(content, text, says):
    (content / "published.yaml").write_text(text)
    (fault,) = changed(content)
    assert fault.startswith("published.yaml: ") and says in fault
