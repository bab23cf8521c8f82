"""Content files to frozen objects, strictly: the only place where raw YAML exists.

A package is a folder of one version: `common/v1`, `shared/v1`, `sectors/<sector>/v1`, `solutions/<sector>/v1`. A
published version never changes, so a catalogue can be loaded again years later by its version numbers.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import TypeAdapter, ValidationError

from scoring.content import model
from scoring.content.catalogue import Catalogue, Edition, read_edition
from scoring.content.checks import references
from scoring.errors import ContentError, Fault

ROOT = Path(os.environ.get("CONTENT_ROOT") or Path(__file__).resolve().parents[2] / "questionnaires")
EDITION = "frameworks/miit-sme-2024.yaml"
MAX_BYTES, MAX_DEPTH, MAX_NODES = 1_000_000, 20, 200_000
ENTRIES: dict[str, type] = {
    "questions": model.Question, "facts": model.Fact, "solutions": model.Solution,
    "guards": model.Guard, "duties": model.Duty, "sources": model.Source,
    "subsidies": model.Subsidy, "pools": model.Pool,
}  # fmt: skip
_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def list_sectors(root: Path = ROOT) -> list[str]:
    """Ids of the trades that have content, in the order of the plan."""
    return [s for s in model.SECTORS if (root / "sectors" / s).is_dir()]


@lru_cache(maxsize=64)
def _cached(sector: str, versions: tuple[tuple[str, str], ...], root: Path) -> Catalogue:
    if sector not in list_sectors(root):
        raise KeyError(sector)
    return _load(sector, dict(versions), root)


def load_catalogue(sector: str, versions: Mapping[str, str] | None = None, root: Path | None = None) -> Catalogue:
    """Everything that is asked, recommended and owed in one trade, checked for form and cross-references.

    `versions` pins packages (as stored in a result's `content`); what it leaves out is taken in its newest version.
    Raises ContentError with every fault found, or KeyError for a sector without content.
    """
    return _cached(sector, tuple(sorted((versions or {}).items())), root or ROOT)


class Outline(NamedTuple):
    """What a list of trades shows: the trade, its version, and the profile facts asked in it."""

    sector: model.Sector
    version: str
    facts: tuple[model.Fact, ...]


def outline(sector: str, root: Path | None = None) -> Outline:
    """The head of a trade without its questions, solutions and duties. Raises ContentError, or KeyError."""
    root = root or ROOT
    if sector not in list_sectors(root):
        raise KeyError(sector)
    folders = packages(sector, {}, root)
    path = folders[sector] / "sector.yaml"
    head = _file(path, root, _stamp(path))
    faults = list(head.faults)
    facts: list[model.Fact] = []
    path = folders["common"] / "facts.yaml"
    if path.exists():
        common = _file(path, root, _stamp(path))
        faults += common.faults
        facts += [entry for key, _, entry in common.entries if key == "facts"]
    if faults or head.sector is None:
        raise ContentError(faults)
    return Outline(head.sector, folders[sector].name[1:], (*facts, *head.sector.facts))


def numbers(folder: Path) -> list[str]:
    """The versions of a package that lie in its folder, newest first."""
    found = [m[1] for d in folder.glob("v*") if (m := re.fullmatch(r"v([1-9]\d*)", d.name)) and d.is_dir()]
    return sorted(found, key=int, reverse=True)


def packages(sector: str, versions: Mapping[str, str], root: Path) -> dict[str, Path]:
    """Folder of each package that a sector reads, by package name."""
    names = {"common": root / "common", "shared": root / "shared", sector: root / "sectors" / sector}
    for owner in ("common", sector):
        if (root / "solutions" / owner).is_dir():
            names[f"solutions/{owner}"] = root / "solutions" / owner
    folders: dict[str, Path] = {}
    faults: list[Fault] = []
    for name, folder in names.items():
        there = numbers(folder)
        wanted = versions.get(name, there[0] if there else "1")
        if wanted not in there:
            place = str(folder.relative_to(root))
            faults.append(Fault(place, "", f"no version v{wanted}; put the files into a folder v{wanted}"))
        folders[name] = folder / f"v{wanted}"
    if faults:
        raise ContentError(faults)
    return folders


class Parsed(NamedTuple):
    """The entries of one trade as their files hold them, before references are checked. `origin`: kind:id → file."""

    sector: model.Sector
    edition: Edition
    versions: dict[str, str]
    origin: dict[str, str]
    entries: dict[str, list[Any]]


def _load(sector: str, versions: Mapping[str, str], root: Path) -> Catalogue:
    parsed = parse(sector, versions, root)
    faults = references(parsed.sector, parsed.edition, parsed.origin, parsed.entries)
    if faults:
        raise ContentError(faults)
    return _build(parsed)


def load_draft(sector: str, root: Path) -> tuple[Catalogue, list[Fault]]:
    """A trade's newest content though its references have faults, with them: for the preview of what is half finished.

    Raises ContentError for faults of form, or where the faults leave nothing to show.
    """
    parsed = parse(sector, {}, root)
    faults = references(parsed.sector, parsed.edition, parsed.origin, parsed.entries)
    try:
        return _build(parsed), faults
    except (KeyError, IndexError, ValueError) as error:
        raise ContentError(faults) from error


def _build(parsed: Parsed) -> Catalogue:
    return Catalogue.build(
        sector=parsed.sector, edition=parsed.edition, versions=parsed.versions, origin=parsed.origin, **parsed.entries
    )


def parse(sector: str, versions: Mapping[str, str], root: Path) -> Parsed:
    """Reads and validates the files of a trade. Raises ContentError with every fault of form."""
    faults: list[Fault] = []
    entries: dict[str, list[Any]] = {key: [] for key in ENTRIES}
    origin: dict[str, str] = {}
    the_sector: model.Sector | None = None
    folders = packages(sector, versions, root)
    for name, folder in folders.items():
        for path in sorted(folder.iterdir()):
            if path.suffix != ".yaml":
                if path.suffix.lower() in (".yml", ".yaml", ".json"):
                    faults.append(Fault(str(path.relative_to(root)), "", "is not read; name it .yaml"))
                continue
            file = _file(path, root, _stamp(path))
            faults += file.faults
            if file.sector is not None and name != sector:
                faults.append(Fault(str(path.relative_to(root)), "", f"belongs into sectors/{sector}"))
            elif file.sector is not None:
                the_sector = file.sector
            for key, place, entry in file.entries:
                if first := origin.get(f"{key}:{entry.id}"):
                    faults.append(
                        Fault(str(path.relative_to(root)), place, f"id already used in {first}; choose another")
                    )
                    continue
                origin[f"{key}:{entry.id}"] = str(path.relative_to(root))
                entries[key].append(entry)
    edition, found = _edition(root, _stamp(root / EDITION))
    faults += found
    if the_sector is None and not faults:
        faults.append(Fault(str(folders[sector].relative_to(root)), "", "no sector.yaml; add it"))
    if the_sector is not None and the_sector.id != sector:
        place = str(folders[sector].relative_to(root) / "sector.yaml")
        faults.append(Fault(place, "id", f"is {the_sector.id}, but the folder is {sector}; make them the same"))
    if faults or the_sector is None or edition is None:
        raise ContentError(faults)
    return Parsed(the_sector, edition, {name: folder.name[1:] for name, folder in folders.items()}, origin, entries)


class _File(NamedTuple):
    """What one file holds: a sector, or entries as (kind, place in the file, entry); and its faults of form."""

    sector: model.Sector | None
    entries: tuple[tuple[str, str, Any], ...]
    faults: tuple[Fault, ...]


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_mtime_ns, about.st_size


@lru_cache(maxsize=256)
def _file(path: Path, root: Path, stamp: tuple[int, int] | None) -> _File:
    """One file, read once as long as it does not change: common files serve every trade."""
    faults: list[Fault] = []
    found: list[tuple[str, str, Any]] = []
    file = str(path.relative_to(root))
    raw = read_yaml(path, root, faults)
    if raw is None:
        return _File(None, (), tuple(faults))
    if path.name == "sector.yaml":
        return _File(validate(model.Sector, raw, file, "", faults), (), tuple(faults))
    if not isinstance(raw, dict) or set(raw) - set(ENTRIES):
        wrong = ", ".join(sorted(str(k) for k in set(raw) - set(ENTRIES))) if isinstance(raw, dict) else ""
        message = f"expects one of the keys {', '.join(ENTRIES)} at the top" + (f", not {wrong}" if wrong else "")
        return _File(None, (), (Fault(file, "", message),))
    for key, items in raw.items():
        if not isinstance(items, list):
            faults.append(Fault(file, key, "expects a list of entries"))
            continue
        for i, item in enumerate(items):
            place = f"{key}[{i}] ({item.get('id', '?') if isinstance(item, dict) else '?'})"
            entry = validate(ENTRIES[key], item, file, place, faults)
            if entry is not None:
                found.append((key, place, entry))
    return _File(None, tuple(found), tuple(faults))


@lru_cache(maxsize=8)
def _edition(root: Path, stamp: tuple[int, int] | None) -> tuple[Edition | None, tuple[Fault, ...]]:
    faults: list[Fault] = []
    raw = read_yaml(root / EDITION, root, faults)
    if raw is None:
        return None, tuple(faults)
    try:
        return read_edition(raw), ()
    except KeyError as error:
        return None, (Fault(EDITION, "", f"{error} is missing; add it"),)
    except (ArithmeticError, AttributeError, IndexError, TypeError, ValueError) as error:
        return None, (Fault(EDITION, "", f"cannot be used: {error}"),)


def validate(kind: type, raw: Any, file: str, place: str, faults: list[Fault]) -> Any:
    """The entry as an object of `kind`, or None after adding what is wrong with its form."""
    adapter = _ADAPTERS.setdefault(kind, TypeAdapter(kind))
    try:
        return adapter.validate_python(raw)
    except ValidationError as error:
        seen: set[str] = set()
        for e in error.errors():
            where, choice = _where(e["loc"])
            if where in seen:
                continue
            seen.add(where)
            faults.append(Fault(file, (place + where).lstrip("."), _CHOICES[choice] if choice else remedy(e)))
        return None


# Where an entry may be written in several ways, one line says which, instead of one for each way that does not fit.
_CHOICES = {
    "raises": "expects a level 1 to 4, a list of options, or {to | band | option | add: …, if: […]}",
    "count_from": "expects the id of a fact, or a number of 1 or more",
    "solves": "expects a list of pain numbers, or {trade: [numbers]}",
}


def _where(location: tuple[int | str, ...]) -> tuple[str, str | None]:
    """(place inside an entry, key of `_CHOICES` if it lies inside one)."""
    parts: list[int | str] = []
    choice = None
    for part in location:
        if choice and len(parts) == (2 if choice == "raises" else parts.index(choice) + 1):
            break
        parts.append(part)
        if part in _CHOICES and choice is None:
            choice = str(part)
    if choice == "raises" and len(parts) < 2:
        choice = None
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in parts), choice


def remedy(error: Any) -> str:
    """What to do about one error of validation, in a sentence."""
    kind, value = error["type"], error.get("input")
    if kind == "string_type" and isinstance(value, bool):
        return f'YAML read this as {value}; put the word in quotes ("{"yes" if value else "no"}")'
    if kind == "string_type" and not isinstance(value, dict | list):
        return f"YAML read this as {value!r}, not as a text; put it in quotes"
    if kind in ("unexpected_keyword_argument", "extra_forbidden"):
        return "unknown key; see scoring/content/model.py for the keys of this entry"
    if kind in ("missing", "missing_argument"):
        return "missing; add it"
    return str(error["msg"]).removeprefix("Value error, ")


# Octal (010), base 60 (1:30) and digits grouped by _ are other numbers than an author means.
NUMBER_TRAP = re.compile(
    r"[-+]?(0[0-9_]+|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?|[0-9][0-9]*_[0-9_]*|0[xb][0-9a-fA-F_]+)$"
)


class _Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """Safe loader that refuses duplicate keys, and keys that are no plain words."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            line = f"(line {key_node.start_mark.line + 1})"
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, f"a key is a word, not a list or a mapping {line}", key_node.start_mark
                )
            if key_node.tag == "tag:yaml.org,2002:bool":
                raise yaml.constructor.ConstructorError(
                    None,
                    None,
                    f"YAML reads the key {key_node.value} as true or false {line}; put it in quotes",
                    key_node.start_mark,
                )
            if key_node.value == "<<":
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key << is not used here; write the keys out {line}", key_node.start_mark
                )
            if key_node.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key_node.value!r} stands twice {line}; remove one", key_node.start_mark
                )
            seen.add(key_node.value)
        return dict(super().construct_mapping(node, deep))


def read_yaml(path: Path, root: Path, faults: list[Fault]) -> Any:
    """The parsed file, or None after adding a fault. Size, depth and number of values are bounded, aliases refused."""
    file = str(path.relative_to(root)) if path.is_relative_to(root) else path.name
    try:
        data = path.read_bytes()
    except OSError as error:
        faults.append(Fault(file, "", f"cannot be read: {error.strerror}; put it back or make it readable"))
        return None
    if len(data) > MAX_BYTES:
        faults.append(Fault(file, "", f"larger than {MAX_BYTES:,} bytes; split it"))
        return None
    try:
        text = data.decode("utf-8-sig")
        problem = _unusable(text)
        if problem is None:
            loader = _Loader(text)
            try:
                return loader.get_single_data()
            finally:
                loader.dispose()
        faults.append(Fault(file, *problem))
    except UnicodeDecodeError:
        faults.append(Fault(file, "", "is not UTF-8; save it as UTF-8"))
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as error:
        mark = getattr(error, "problem_mark", None)
        faults.append(Fault(file, f"line {mark.line + 1}" if mark else "", _yaml_remedy(error)))
    return None


def _yaml_remedy(error: Exception) -> str:
    said = str(getattr(error, "problem", None) or error)
    if ";" in said:
        return said
    if "cannot start any token" in said:
        return f"{said}; indent with spaces, never tabs, and put a text that starts with a sign in quotes"
    return f"{said}; look here and at the lines above for a missing quote, bracket, colon or indent"


def _unusable(text: str) -> tuple[str, str] | None:
    """(place, message) of what must not be composed into a tree; read as a stream, so that depth costs nothing."""
    events = _Loader(text)
    try:
        depth = nodes = 0
        while not isinstance(event := events.get_event(), yaml.StreamEndEvent):
            place = f"line {event.start_mark.line + 1}"
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                return place, "anchors and aliases (& and *) are not used here; write the text out"
            if getattr(event, "tag", None):
                return place, f"the tag {event.tag} is not used here; write the value plainly or in quotes"
            if isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            elif isinstance(event, yaml.NodeEvent):
                nodes += 1
                depth += isinstance(event, yaml.CollectionStartEvent)
                if depth > MAX_DEPTH or nodes > MAX_NODES:
                    return place, f"nested deeper than {MAX_DEPTH} or more than {MAX_NODES:,} values; split it"
                if isinstance(event, yaml.ScalarEvent) and event.implicit[0] and NUMBER_TRAP.match(event.value):
                    return (
                        place,
                        f"YAML 1.1 reads {event.value} as another number; put it in quotes or write it plainly",
                    )
        return None if nodes else ("", "is empty; put its content back, or delete it")
    finally:
        events.dispose()
