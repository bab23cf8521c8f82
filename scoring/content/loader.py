"""Content files to frozen objects, strictly: the only place where raw YAML exists.

A package is a folder of one version: `common/v1`, `shared/v1`, `sectors/<sector>/v1`, `solutions/<sector>/v1`. A published
version never changes, so a catalogue can be loaded again years later by its version numbers.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from scoring.content import model
from scoring.content.catalogue import Catalogue, Edition, read_edition
from scoring.content.checks import references
from scoring.errors import ContentError, Fault

ROOT = Path(os.environ.get("CONTENT_ROOT") or Path(__file__).resolve().parents[2] / "questionnaires")
SECTORS = (
    "electronics", "appliances", "automotive", "pharma", "chemicals", "equipment", "displays",
    "textiles", "injection", "molds", "hardware", "general",
)  # fmt: skip
MAX_BYTES, MAX_DEPTH, MAX_NODES = 1_000_000, 20, 200_000
_ENTRIES: dict[str, type] = {
    "questions": model.Question, "facts": model.Fact, "solutions": model.Solution,
    "guards": model.Guard, "duties": model.Duty, "sources": model.Source,
}  # fmt: skip
_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def list_sectors(root: Path = ROOT) -> list[str]:
    """Ids of the trades that have content, in the order of the plan."""
    return [s for s in SECTORS if (root / "sectors" / s).is_dir()]


@lru_cache(maxsize=32)
def _cached(sector: str, versions: tuple[tuple[str, str], ...], root: Path) -> Catalogue:
    return _load(sector, dict(versions), root)


def load_catalogue(sector: str, versions: Mapping[str, str] | None = None, root: Path | None = None) -> Catalogue:
    """Everything that is asked, recommended and owed in one trade, checked for form and cross-references.

    `versions` pins packages (as stored in a result's `content`); what it leaves out is taken in its newest version.
    Raises ContentError with every fault found, or KeyError for a sector without content.
    """
    root = root or ROOT
    if sector not in list_sectors(root):
        raise KeyError(sector)
    return _cached(sector, tuple(sorted((versions or {}).items())), root)


def packages(sector: str, versions: Mapping[str, str], root: Path) -> dict[str, Path]:
    """Folder of each package that a sector reads, by package name."""
    names = {"common": root / "common", "shared": root / "shared", sector: root / "sectors" / sector}
    for owner in ("common", sector):
        if (root / "solutions" / owner).is_dir():
            names[f"solutions/{owner}"] = root / "solutions" / owner
    folders = {}
    for name, folder in names.items():
        found = sorted((int(m[1]) for d in folder.iterdir() if (m := re.fullmatch(r"v(\d+)", d.name))), reverse=True)
        wanted = versions.get(name)
        if not found or (wanted is not None and int(wanted) not in found):
            raise ContentError([Fault(f"{folder.relative_to(root)}", "", f"no version v{wanted or 1}; put the files into a folder v1")])
        folders[name] = folder / f"v{wanted or found[0]}"
    return folders


def _load(sector: str, versions: Mapping[str, str], root: Path) -> Catalogue:
    faults: list[Fault] = []
    entries: dict[str, list[Any]] = {key: [] for key in _ENTRIES}
    origin: dict[str, str] = {}
    the_sector: model.Sector | None = None
    folders = packages(sector, versions, root)
    for folder in folders.values():
        for path in sorted(folder.glob("*.yaml")):
            file = str(path.relative_to(root))
            raw = read_yaml(path, root, faults)
            if raw is None:
                continue
            if path.name == "sector.yaml":
                the_sector = _validate(model.Sector, raw, file, "", faults)
                continue
            if not isinstance(raw, dict) or set(raw) - set(_ENTRIES):
                known = ", ".join(_ENTRIES)
                faults.append(Fault(file, "", f"expects one of the keys {known} at the top"))
                continue
            for key, items in raw.items():
                if not isinstance(items, list):
                    faults.append(Fault(file, key, "expects a list of entries"))
                    continue
                for i, item in enumerate(items):
                    name = item.get("id", "?") if isinstance(item, dict) else "?"
                    entry = _validate(_ENTRIES[key], item, file, f"{key}[{i}] ({name})", faults)
                    if entry is None:
                        continue
                    if f"{key}:{entry.id}" in origin:
                        faults.append(Fault(file, f"{key}[{i}] ({name})", f"id already used in {origin[f'{key}:{entry.id}']}; choose another"))
                        continue
                    origin[f"{key}:{entry.id}"] = file
                    entries[key].append(entry)
    edition = _edition(root, faults)
    if faults or the_sector is None or edition is None:
        if the_sector is None and not faults:
            faults.append(Fault(f"sectors/{sector}", "", "no sector.yaml"))
        raise ContentError(faults)
    faults = references(the_sector, edition, origin, entries)
    if faults:
        raise ContentError(faults)
    return Catalogue.build(
        sector=the_sector,
        edition=edition,
        versions={name: folder.name[1:] for name, folder in folders.items()},
        origin=origin,
        **entries,
    )


def _edition(root: Path, faults: list[Fault]) -> Edition | None:
    path = root / "frameworks" / "miit-sme-2024.yaml"
    raw = read_yaml(path, root, faults)
    return read_edition(raw) if raw is not None else None


def _validate(kind: type, raw: Any, file: str, place: str, faults: list[Fault]) -> Any:
    adapter = _ADAPTERS.setdefault(kind, TypeAdapter(kind))
    try:
        return adapter.validate_python(raw)
    except ValidationError as error:
        for e in error.errors():
            inner = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in e["loc"] if p not in ("int", "Effect", "str"))
            faults.append(Fault(file, (place + inner).lstrip("."), _remedy(e)))
        return None


def _remedy(error: Any) -> str:
    kind, value = error["type"], error.get("input")
    if kind == "string_type" and isinstance(value, bool):
        return f'YAML read this as {value}; put the word in quotes ("{"yes" if value else "no"}")'
    if kind == "string_type" and not isinstance(value, dict | list):
        return f'YAML read this as {value!r}, not as a text; put it in quotes'
    if kind in ("unexpected_keyword_argument", "extra_forbidden"):
        return "unknown key; see scoring/content/model.py for the keys of this entry"
    if kind in ("missing", "missing_argument"):
        return "missing; add it"
    return str(error["msg"]).removeprefix("Value error, ")


class _Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """Safe loader that refuses duplicate keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            if key_node.value in seen:
                line = key_node.start_mark.line + 1
                raise yaml.constructor.ConstructorError(None, None, f"key {key_node.value!r} stands twice (line {line}); remove one", key_node.start_mark)
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path, root: Path, faults: list[Fault]) -> Any:
    """The parsed file, or None after adding a fault. Bounded in size, depth and number of nodes; aliases are refused."""
    file = str(path.relative_to(root)) if path.is_relative_to(root) else path.name
    try:
        data = path.read_bytes()
    except OSError as error:
        faults.append(Fault(file, "", f"cannot be read: {error.strerror}"))
        return None
    if len(data) > MAX_BYTES:
        faults.append(Fault(file, "", f"larger than {MAX_BYTES:,} bytes; split it"))
        return None
    try:
        loader = _Loader(data.decode("utf-8"))
        try:
            node = loader.get_single_node()
            if node is None:
                faults.append(Fault(file, "", "is empty"))
                return None
            problem = _bounded(node)
            if problem:
                faults.append(Fault(file, "", problem))
                return None
            return loader.construct_document(node)
        finally:
            loader.dispose()
    except UnicodeDecodeError:
        faults.append(Fault(file, "", "is not UTF-8; save it as UTF-8"))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        faults.append(Fault(file, f"line {mark.line + 1}" if mark else "", str(getattr(error, "problem", None) or error)))
    return None


def _bounded(root: yaml.Node) -> str | None:
    seen: set[int] = set()
    stack: list[tuple[yaml.Node, int]] = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        if id(node) in seen:
            return f"line {node.start_mark.line + 1}: anchors and aliases (& and *) are not used here; write the text out"
        seen.add(id(node))
        if depth > MAX_DEPTH or len(seen) > MAX_NODES:
            return f"line {node.start_mark.line + 1}: nested too deeply or too large"
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                stack += [(key, depth + 1), (value, depth + 1)]
        elif isinstance(node, yaml.SequenceNode):
            stack += [(n, depth + 1) for n in node.value]
    return None
