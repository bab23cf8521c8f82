"""JSON Schema of each kind of content file, for editors: `python -m scoring.content.schema [FOLDER]` writes them.

They come from the classes of `model.py`, so an editor knows the same keys as the loader. References between entries
are beyond a schema; `python -m scoring check` proves them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from scoring.content.loader import ENTRIES, ROOT
from scoring.content.model import Sector
from scoring.content.selfchecks import SelfCheck

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """The schemas by file name."""
    found = {"sector": TypeAdapter(Sector).json_schema(), "check": TypeAdapter(SelfCheck).json_schema()}
    del found["check"]["properties"]["version"]  # the name of the folder says it
    for kind, entry in ENTRIES.items():
        inner = TypeAdapter(entry).json_schema()
        definitions = inner.pop("$defs", {})
        found[kind] = {
            "title": kind,
            "type": "object",
            "properties": {kind: {"type": "array", "items": inner}},
            "required": [kind],
            "additionalProperties": False,
            "$defs": definitions,
        }
    return {f"{kind}.schema.json": {"$schema": DIALECT, **schema} for kind, schema in found.items()}


def text(schema: dict[str, Any]) -> str:
    """A schema as it is written to its file."""
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write(folder: Path) -> None:
    """Writes all schemas; unchanged files are left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text(schema):
            path.write_text(text(schema), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "schema")
