"""A trade's content as tables, as YAML, and back: nothing is lost, and a new field cannot be forgotten."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, make_dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from scoring.content import cells, model
from scoring.content.dump import entries_text, entry_text, plain
from scoring.content.headings import FIELDS, SHEETS
from scoring.content.loader import ENTRIES, ROOT, list_sectors, parse, read_yaml
from scoring.content.model import Text
from scoring.content.reading import Reading
from scoring.content.shapes import Column, layouts
from scoring.content.tables import Own, to_tables
from scoring.versions import own_content

TRADES = list_sectors()
KINDS = {"sector": model.Sector, **ENTRIES}
MOLDS = own_content("molds", ROOT)[0]
SMALL = own_content("general", ROOT)[0].sector


@pytest.mark.parametrize("trade", TRADES)
def test_tables_and_back_give_the_same_entries(trade: str) -> None:
    own = own_content(trade, ROOT)[0]
    assert Reading(own).read(to_tables(own)) == own


@pytest.mark.parametrize("trade", TRADES)
def test_written_files_give_the_same_entries(trade: str, tmp_path: Path) -> None:
    """Of common and shared packages too: whatever a file may hold can be written."""
    parsed = parse(trade, {}, ROOT)
    for kind, entries in parsed.entries.items():
        path = tmp_path / f"{kind}.yaml"
        path.write_text(entries_text(kind, entries), encoding="utf-8")
        raw = read_yaml(path, tmp_path, faults := [])
        assert faults == []
        assert [TypeAdapter(ENTRIES[kind]).validate_python(r) for r in raw[kind] or []] == list(entries)
    head = yaml.safe_load(entry_text(parsed.sector))
    assert TypeAdapter(model.Sector).validate_python(head) == parsed.sector


LINES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), include_characters="\n"), min_size=1, max_size=40
).filter(lambda text: text.strip() == text and text.strip())


@settings(max_examples=200, deadline=None)
@given(zh=LINES, en=LINES)
def test_any_text_survives_tables_and_files(zh: str, en: str) -> None:
    text = TypeAdapter(Text).validate_python({"zh": zh, "en": en})
    asked = replace(MOLDS.entries["questions"][0], text=text, hint=text)
    own = Own(SMALL, {**dict.fromkeys(MOLDS.entries, ()), "questions": (asked,)})
    assert Reading(own).read(to_tables(own)) == own
    raw = yaml.safe_load(entries_text("questions", own.entries["questions"]))
    assert TypeAdapter(model.Question).validate_python(raw["questions"][0]) == own.entries["questions"][0]


def test_every_shape_of_an_effect_survives() -> None:
    effects = {
        "C10": 2, "data_collection": ("finance",), "information_systems": model.Effect(option="one_link"),
        "equipment_digital_rate": (model.Effect(band=2), model.Effect(band=3, **{"if": ("C06>=3",)})),
        "C21": (2, model.Effect(to=3, **{"if": ("C18>=2", "any(C10>=1;C19>=1)")})),
    }  # fmt: skip
    first, *rest = MOLDS.entries["solutions"]
    own = Own(MOLDS.sector, {**MOLDS.entries, "solutions": (replace(first, raises=effects), *rest)})
    assert Reading(own).read(to_tables(own)) == own


def test_rules_of_capability_and_former_ids_survive() -> None:
    rule = model.Capability(
        rule="cases", weights={"a": 2}, each=Decimal("0.5"), cases=(model.Case(3, ("a", "b")), model.Case(1, (), 1))
    )
    words = Text(zh="甲", en="a")
    options = (model.Option("a", words, was="old"), model.Option("b", Text(zh="乙", en="b")))
    first, *rest = MOLDS.entries["questions"]
    asked = replace(first, kind="multiple", anchors=(), options=options, capability=rule, was="MOL-00")
    own = Own(MOLDS.sector, {**MOLDS.entries, "questions": (asked, *rest)})
    assert Reading(own).read(to_tables(own)) == own
    raw = yaml.safe_load(entries_text("questions", [asked]))["questions"][0]
    assert TypeAdapter(model.Question).validate_python(raw) == asked


def test_what_stands_at_its_default_is_left_out() -> None:
    fact = model.Fact("x", "bool", Text(zh="甲", en="a"))
    assert plain(fact) == {"id": "x", "kind": "bool", "text": {"zh": "甲", "en": "a"}}


def test_every_field_and_sheet_has_a_heading_in_words() -> None:
    missing = set()
    for kind, owner in KINDS.items():
        for layout in layouts(kind, owner):
            missing |= {layout.key} - set(SHEETS)
            if is_dataclass(layout.owner) and layout.owner is not Text:
                known = FIELDS.get(layout.owner.__name__, {})
                missing |= {f"{layout.owner.__name__}.{f.name}" for f in fields(layout.owner) if f.name not in known}
    assert missing == set(), "name them in scoring/content/headings.py"


def test_headings_of_a_sheet_and_titles_of_sheets_differ() -> None:
    titles = [layout.title for kind, owner in KINDS.items() for layout in layouts(kind, owner)]
    assert len(set(titles)) == len(titles) and max(map(len, titles)) <= 31
    for kind, owner in KINDS.items():
        for layout in layouts(kind, owner):
            heads = [c.heading for c in layout.columns]
            assert len(set(heads)) == len(heads), layout.key


def test_a_field_that_no_cell_can_hold_is_an_error() -> None:
    odd = model.dataclass(make_dataclass("Odd", [("id", str), ("pairs", tuple[tuple[int, int], ...])]))
    with pytest.raises(TypeError, match="Odd.pairs"):
        layouts("odd", odd)


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("number", "１２", 12), ("number", 12.0, 12), ("number", "1,200", 1200), ("flag", "是", True),
        ("flag", "No", False), ("flag", True, True), ("word", 5.0, "5"), ("text", " a\r\nb ", "a\nb"),
        ("words", "C10>=2，C18≥1\nany(C10>=1；C18>=2)", ["C10>=2", "C18>=1", "any(C10>=1;C18>=2)"]),
        ("cases", "a=true & b>=2\nc=1", [["a=true", "b>=2"], ["c=1"]]), ("either", "machines", "machines"),
        ("either", 3.0, 3), ("decimal", "０.5", Decimal("0.5")), ("choice", "A", "a"), ("words", "  ", None),
    ],
)  # fmt: skip
def test_cells_are_read_as_they_were_meant(kind: str, cell: object, value: object) -> None:
    column = Column(("x",), "", "", kind, ("a", "b"))  # type: ignore[arg-type]
    assert cells.read(column, cell) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "cell"),
    [("number", "zwölf"), ("number", 1.5), ("flag", "maybe"), ("choice", "c"), ("decimal", "inf"), ("pairs", "a"),
     ("pairs", "a: 1\na: 2"), ("text", True)],
)  # fmt: skip
def test_cells_that_cannot_be_read_say_what_is_expected(kind: str, cell: object) -> None:
    column = Column(("x",), "", "", kind, ("a", "b"), inner="number")  # type: ignore[arg-type]
    with pytest.raises(cells.CellError) as error:
        cells.read(column, cell)  # type: ignore[arg-type]
    assert error.value.message.zh and error.value.message.en
