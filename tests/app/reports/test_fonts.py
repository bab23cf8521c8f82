"""Fonts: what they cover, what becomes of the rest, and that they are prepared once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from reportlab.pdfbase.pdfmetrics import getFont

from app.config import ROOT
from app.i18n import read_catalogue
from app.reports import fonts as module
from app.reports.characters import STANDARD_BEYOND_GBK, covered
from app.reports.fonts import Fonts, notation, printable
from app.traditional import traditional
from scoring.content.checks import texts_of
from scoring.content.loader import list_sectors, load_catalogue

# Each character is in some font of the report, or its code point is written instead.
TORTURE = (
    "𠮷野家 䶮 㛃 喆 鿏 𬭚 㐀 ĀāŁłčřž Ωµ№ €£¥ ①②③ ★☆ ←→ 〔〕 １２３ ﾊﾝｶｸ 한글 ру́сский עברית 😀👨‍👩‍👧 ☎ ﬁ \U0002a6d6"
)


def test_the_standard_list_is_complete(fonts: Fonts) -> None:
    assert len(STANDARD_BEYOND_GBK) == 276
    assert fonts.covers(STANDARD_BEYOND_GBK)


def test_gbk_is_covered(fonts: Fonts) -> None:
    gbk = "".join(
        c
        for lead in range(0x81, 0xFF)
        for trail in range(0x40, 0xFF)
        if (c := bytes((lead, trail)).decode("gbk", "ignore")) and len(c) == 1 and c.isprintable()
    )
    assert len(gbk) > 21_000
    missing = [c for c in gbk if not fonts.covers(c)]
    assert missing == ["≒"], "the typefaces lack this one sign; its code point is written"


@pytest.mark.parametrize("face", ["sans", "serif"])
def test_every_character_is_in_the_font_that_draws_it(fonts: Fonts, face: str) -> None:
    for name, piece in fonts.runs(printable(TORTURE), face):
        held = getFont(name).face.charToGlyph
        assert all(ord(c) in held for c in piece), (name, piece)


def test_every_text_of_the_product_has_its_glyphs(fonts: Fonts) -> None:
    """In all three languages: content, and every message of site and report."""
    texts = {
        text.get(language)
        for sector in list_sectors()
        for _, text in texts_of(load_catalogue(sector))
        for language in ("zh", "en")
    }
    for entry in read_catalogue():
        if entry.id:
            texts.update(
                part for side in (entry.id, entry.string) for part in ([side] if isinstance(side, str) else side)
            )
    texts |= {traditional(text) for text in texts}
    missing = {c for text in texts for c in set(printable(text)) if not fonts.covers(c)}
    assert missing == set()


def test_rare_characters_keep_their_form_or_are_named(fonts: Fonts) -> None:
    shown = "".join(piece for _, piece in fonts.runs("㛃䶮㐀😀𠮷", "sans"))
    assert shown == "㛃䶮㐀〔U+1F600 U+20BB7〕"


def test_the_order_in_which_rare_characters_come_changes_nothing(fonts: Fonts) -> None:
    assert fonts.runs("㐀", "sans") == [("ReportSans-34", "㐀")] == fonts.runs("㐀", "sans")


def test_notation() -> None:
    assert notation("😀") == "〔U+1F600〕"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\u202eb\x00c\x07", "abc"),
        ("one\ntwo\r\n\tthree", "one two   three"),
        ("e\u0301", "é"),
        ("\ufeff王\u200d小\u200b明\ufe0f", "王小明"),
        ("\ud800x", "x"),
        ("全　角", "全　角"),
        ("豈", "豈"),
    ],
)
def test_printable(raw: str, shown: str) -> None:
    assert printable(raw) == shown


def test_two_processes_prepare_once(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from app.reports import fonts; "
        "fonts.covered = lambda: frozenset({32, 65, 0x4e00}); made = []; build = fonts.build; "
        "fonts._build_all = lambda faces, files: [made.append(f) or build(f, files[f]) for f in faces]; "
        "fonts.prepare(Path(sys.argv[1])); print(len(made))"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    made = sorted(p.communicate()[0].strip() for p in both)
    assert made == ["0", "2"]
    assert len(list(tmp_path.glob("*.ttf"))) == 2
    assert not [p for p in tmp_path.iterdir() if p.suffix not in (".ttf", "") and p.name != ".lock"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(module.FontError, match="fonts cannot be written"):
        module.prepare(blocked / "fonts")


def test_coverage_is_part_of_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = module.folder_key()
    monkeypatch.setattr(module, "covered", lambda: covered() | {0x1F600})
    assert module.folder_key() != before
