"""Entries as content writes them: plain values, and YAML in the style of the files that authors know.

What stands at its default is left out. Comments of a file are not part of its content, and are not kept.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

import yaml

from scoring.content.loader import NUMBER_TRAP
from scoring.content.shapes import raw_name

LINE = 132


def plain(value: Any) -> Any:
    """A value of an entry as parsed YAML would hold it; fields at their default are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        known = value.__pydantic_fields__  # type: ignore[attr-defined]
        found = {}
        for f in fields(value):
            inner = getattr(value, f.name)
            about = known[f.name]
            if about.is_required() or inner != about.get_default(call_default_factory=True):
                found[raw_name(type(value), f.name)] = plain(inner)
        return found
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [plain(inner) for inner in value]
    return value


def entries_text(kind: str, entries: Iterable[Any]) -> str:
    """The file of one kind of entry: a list under its key, an empty line between two entries."""
    blocks = [textwrap.indent(_yaml([plain(entry)]), "  ") for entry in entries]
    return f"{kind}:\n" + "\n".join(blocks)


def entry_text(entry: Any) -> str:
    """The file of a single entry (`sector.yaml`): its lists and mappings stand apart."""
    parts = []
    for key, value in plain(entry).items():
        block = _yaml({key: value})
        parts.append(f"\n{block}" if isinstance(value, list | dict) and block.count("\n") > 2 else block)
    return "".join(parts)


class _Flow(dict[str, Any]):
    """A mapping written on one line."""


class _FlowList(list[Any]):
    """A list written on one line."""


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _string(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    style = '"' if NUMBER_TRAP.match(value) else "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _decimal(dumper: _Dumper, value: Decimal) -> yaml.ScalarNode:
    whole = value == value.to_integral_value()
    return dumper.represent_int(int(value)) if whole else dumper.represent_float(float(value))


_Dumper.add_representer(str, _string)
_Dumper.add_representer(Decimal, _decimal)
_Dumper.add_representer(_Flow, lambda d, v: d.represent_mapping("tag:yaml.org,2002:map", v, flow_style=True))
_Dumper.add_representer(_FlowList, lambda d, v: d.represent_sequence("tag:yaml.org,2002:seq", v, flow_style=True))


def _yaml(value: Any) -> str:
    return yaml.dump(
        _laid_out(value, 0),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=1_000_000,
        default_flow_style=False,
    )


def _laid_out(value: Any, depth: int) -> Any:
    """The same value, with what fits on a line put on one line, as the files do."""
    if isinstance(value, Mapping):
        if depth and _fits(value, depth):
            return _Flow({key: _flow(inner) for key, inner in value.items()})
        return {key: _laid_out(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        if all(not isinstance(inner, Mapping) for inner in value):
            return _flow(value)
        return [_laid_out(inner, depth + 1) for inner in value]
    return value


def _flow(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _Flow({key: _flow(inner) for key, inner in value.items()})
    return _FlowList(map(_flow, value)) if isinstance(value, list) else value


def _fits(value: Mapping[str, Any], depth: int) -> bool:
    """A zh/en pair or a few plain values, short enough; an entry with an id only where it is as short as an option."""
    if any("\n" in inner for inner in value.values() if isinstance(inner, str)):
        return False
    nested = [inner for inner in value.values() if isinstance(inner, Mapping | list)]
    if len(nested) > 2 or (depth == 1 and "id" in value):
        return False
    return len(str(value)) + sum(not c.isascii() for c in str(value)) + 4 * depth <= LINE
