"""The JSON Schemas beside the content say the same as the classes that the loader checks against."""

from __future__ import annotations

from typing import Any

import pytest

from scoring.content.loader import ENTRIES, ROOT, load_catalogue, read_yaml
from scoring.content.schema import schemas, text, write

KINDS = (
    "questions", "facts", "solutions", "guards", "duties", "sources", "subsidies", "pools", "sector",
    "check",
)  # fmt: skip


def test_the_schemas_are_up_to_date():
    """If this fails: python -m scoring.content.schema"""
    written = {p.name: p.read_text(encoding="utf-8") for p in (ROOT / "schema").glob("*.json")}
    assert written == {name: text(schema) for name, schema in schemas().items()}


def test_there_is_one_for_each_kind_of_file(tmp_path):
    write(tmp_path / "schema")
    assert {p.name for p in (tmp_path / "schema").iterdir()} == {f"{k}.schema.json" for k in KINDS}


def follow(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    return root["$defs"][schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_key_is_refused_and_required_ones_are_told(kind):
    root = schemas()[f"{kind}.schema.json"]
    entry = root if kind in ("sector", "check") else follow(root["properties"][kind]["items"], root)
    assert entry["additionalProperties"] is False
    assert {"id", "title" if kind not in ("facts", "guards", "pools") else "text"} <= set(entry["required"])
    assert entry["description"]


def test_the_keys_that_content_uses_are_the_keys_of_the_schemas():
    folders = {"sectors/molds", "solutions/molds", "common", "shared"}
    seen = 0
    for folder in folders:
        for path in (ROOT / folder / "v1").glob("*.yaml"):
            raw = read_yaml(path, ROOT, [])
            for kind in set(raw) & set(ENTRIES) if path.name != "sector.yaml" else ():
                root = schemas()[f"{kind}.schema.json"]
                known = set(follow(root["properties"][kind]["items"], root)["properties"])
                for item in raw[kind]:
                    assert set(item) <= known, (path.name, item["id"])
                    seen += 1
    assert seen > len(load_catalogue("molds").questions)
