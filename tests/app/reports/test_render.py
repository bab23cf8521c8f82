"""Whole reports, read back as their readers see them."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest

from app.reports.case import Found, Verified
from app.reports.fonts import Fonts
from app.reports.render import render
from scoring import assess, load_catalogue
from scoring.verification import verified_document
from tests.app.characters import simplified
from tests.app.reports import samples
from tests.app.reports.conftest import DAY, Pdf, document
from tests.app.reports.test_fonts import TORTURE

SECTORS = ("molds", "textiles", "electronics", "appliances", "general")
BOTH = [(sector, language) for sector in SECTORS for language in ("zh", "en")]
CHINESE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]+")

Make = Callable[..., Pdf]


@pytest.mark.parametrize(("sector", "language"), BOTH)
def test_a_full_firm(report: Make, sector: str, language: str) -> None:
    pdf = report(sector, language)
    assert len(pdf.pages) >= 10
    assert len(pdf.data) < 400_000
    assert all(pdf.fonts().values()), "every font is embedded"
    assert "\x00" not in pdf.text, "no missing glyph"
    assert "{" not in pdf.text and "U+" not in pdf.text


@pytest.mark.parametrize(("sector", "language"), BOTH)
def test_page_and_command_line_say_the_same(report: Make, sector: str, language: str) -> None:
    raw = samples.answers(sector)
    catalogue = load_catalogue(sector)
    result = assess(raw, catalogue)
    official = result["official"]
    name = catalogue.edition.level_name(official["level"]).get(language)
    pdf = report(sector, language)
    for page in pdf.pages[:2]:
        solid = "".join(page.split())
        assert official["score"] in solid
        assert "".join(name.split()) in solid
    for points in official["points"].values():
        assert points in pdf.pages[3]
    for entry in result["recommendations"]:
        title = catalogue.solutions[entry["solution"]].title.get(language)
        assert "".join(title.split()) in pdf.solid


@pytest.mark.parametrize("sector", SECTORS)
def test_english_pages_hold_chinese_only_where_the_firm_wrote_it(report: Make, sector: str) -> None:
    raw = samples.answers(sector, name="Sample Works", evidence=False)
    pdf = report(raw, "en")
    catalogue = load_catalogue(sector)
    allowed = "".join(t.en for t in _texts(catalogue))
    found = [c for c in CHINESE.findall(pdf.text) if c not in allowed and c not in "★：（）"]
    assert found == []


def _texts(value: Any, seen: set[int] | None = None) -> list[Any]:
    """All content texts of a catalogue."""
    from dataclasses import fields, is_dataclass

    from scoring.content.model import Text

    if isinstance(value, Text):
        return [value]
    if isinstance(value, dict):
        return [t for v in value.values() for t in _texts(v)]
    if isinstance(value, list | tuple):
        return [t for v in value for t in _texts(v)]
    if is_dataclass(value):
        return [t for f in fields(value) for t in _texts(getattr(value, f.name))]
    return []


def test_the_same_input_gives_the_same_bytes(fonts: Fonts) -> None:
    made = [render(document(samples.answers("molds"), "zh"), fonts) for _ in range(2)]
    assert made[0] == made[1]


def test_bytes_do_not_depend_on_what_was_drawn_before(fonts: Fonts) -> None:
    first = render(document(samples.answers("molds", name="㐀记"), "zh"), fonts)
    render(document(samples.answers("textiles", name="䶮㛃㐁𫞩😀"), "en"), fonts)
    assert render(document(samples.answers("molds", name="㐀记"), "zh"), fonts) == first


def test_what_the_profile_switches_off_is_not_printed(report: Make) -> None:
    """Case 27: hidden answers are neither scored nor printed, and come back if the branch reopens."""
    raw = samples.answers("molds")
    raw["firm"]["profile"]["edm"] = True
    title = "编程与电极"
    assert title in report(raw, "zh").solid
    closed = copy.deepcopy(raw)
    closed["firm"]["profile"]["edm"] = False
    assert title not in report(closed, "zh").solid
    assert title in report(raw, "zh").solid


def test_open_answers_are_named_and_give_a_range(report: Make) -> None:
    raw = samples.answers("molds")
    del raw["answers"]["data_collection"]
    raw["answers"]["talent"] = "unknown"
    pdf = report(raw, "en")
    assert "not answered" in pdf.text and "not sure" in pdf.text
    assert "the score lies between" in " ".join(pdf.text.split())


def test_markup_in_texts_stays_text(report: Make) -> None:
    """Case 6: whatever a name holds, it is printed and never read."""
    hostile = '<b>Shop</b> & <img src="file:///etc/passwd"> {{7*7}} {firm} %(n)s </para>'
    raw = samples.answers("molds", name=hostile, evidence=False)
    raw["answers"]["MOL-01"] = {"value": 2, "evidence": "<a href='javascript:x'>proof</a> &nbsp; <br/> \\input{x}"}
    for language in ("zh", "en"):
        pdf = report(raw, language, notes={"MOL-02": "<onDraw name='x'/>"}, attachments={"MOL-02": ("<x>.pdf",)})
        for text in ("<b>Shop</b>", "{{7*7}}", "{firm}", "%(n)s", "<ahref='javascript:x'>proof</a>&nbsp;", "<x>.pdf"):
            assert text.replace(" ", "") in pdf.solid
        actions = [a for page in pdf.reader.pages for a in page.get("/Annots", [])]
        assert actions == []


# A few strings of the kind that other people's programs stumble over (case 31).
NAUGHTY = (
    "undefined",
    "NaN",
    "1/0",
    "-1.00",
    "0x0",
    "٠١٢",
    "Ω≈ç√∫˜µ≤≥÷",
    "田中さんにあげて下さい",
    "社會科學院語學研究所",
    "찦차를 타고 온 펲시맨과",
    "𠜎𠜱𠝹𠱓𠱸",
    "ȺȾ",
    "❤️ 💔 💌",
    "🐵 🙈 🙉 🙊",
    "0️⃣ 1️⃣",
    "🇺🇸🇷🇺",
    "ثم نفس سقطت",
    "בְּרֵאשִׁית",
    "Ṱ̺̺̕o͞ ̷i̲̬͇̪͙n̝̗͕v̟̜̘̦͟o̶̙̰̠kè͚̮̺̪̹̱̤",
    "˙ɐnbᴉlɐ",
    "００˙Ɩ$-",
    "<script>alert(0)</script>",
    "';DROP TABLE users",
    "../../etc/passwd",
    "\u200b\u202e\u2066",
    "\x00\x1b[31m",
    "If you're reading this, you've been in a coma",
    "Ｔｈｅ ｑｕｉｃｋ",
    "﷽",
    "A" * 300,
    "厂" * 300,
)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_text_makes_a_report_fail_or_leaves_an_empty_box(report: Make, language: str) -> None:
    raw = samples.answers("molds", name=TORTURE, evidence=False)
    items = [i for i, q in load_catalogue("molds").questions.items() if q.kind == "level"]
    for item, text in zip(items, NAUGHTY, strict=False):
        raw["answers"][item] = {"value": 2, "evidence": text}
    pdf = report(raw, language)
    assert "\x00" not in pdf.text
    assert all(pdf.fonts().values())
    for shown in ("䶮㛃喆鿏𬭚㐀", "〔U+1F600", "社會科學院語學研究所", "<script>alert(0)</script>", "A" * 80):
        assert shown in pdf.solid


def test_a_very_long_name_and_text_still_fit(report: Make) -> None:
    raw = samples.answers("molds", name="广东省东莞市横沥镇" + "精密模具科技有限公司" * 30, evidence=False)
    raw["answers"]["MOL-01"] = {"value": 2, "evidence": "凭据" * 9_000}
    pdf = report(raw, "zh")
    assert "凭据凭据" in pdf.solid and "（还有17600个字）" in pdf.solid


def test_a_firm_that_answered_nothing(report: Make) -> None:
    for language in ("zh", "en"):
        pdf = report({"firm": {"sector": "molds"}}, language)
        assert len(pdf.pages) >= 8
        assert ("Unnamed firm" if language == "en" else "未署名企业") in pdf.text


@pytest.mark.parametrize("level", [0, 4])
def test_the_lowest_and_the_highest_firm(report: Make, level: int) -> None:
    raw: dict[str, Any] = {"firm": {"sector": "molds", "name": "甲"}, "answers": {}}
    for item, q in load_catalogue("molds").questions.items():
        best = level == 4
        match q.kind:
            case "level":
                raw["answers"][item] = level
            case "multiple":
                raw["answers"][item] = [o.id for o in q.options] if best else []
            case "rate":
                raw["answers"][item] = {"rate": 1 if best else 0}
            case _:
                raw["answers"][item] = q.options[-1 if best else 0].id
    pdf = report(raw, "en")
    assert ("Level 4, Collaborative" if level else "Level 0, No level") in pdf.text
    if level:
        assert "this is the highest level" in pdf.text


def test_cover_tells_who_is_sure_and_how_to_check(report: Make) -> None:
    raw = samples.answers("molds", name="甲厂")
    plain = report(raw, "zh")
    assert "自评" in plain.pages[0] and "扫码" not in plain.pages[0]
    found = (Found("scene_quality", "down", 0, "没有检验单"),)
    payload = assess(
        verified_document(raw, {"scene_quality": {"verdict": "down", "value": 0}}), load_catalogue("molds")
    )
    verified = Verified("李顾问", DAY, payload, found)
    url = "https://example.org/verify/HL267KD2"
    checked = report(raw, "zh", code="HL26-7KD2", verify_url=url, verified=verified, town="东莞横沥", demo=True)
    assert "李顾问于2026年3月18日到现场核实" in "".join(checked.pages[0].split())
    assert "HL26-7KD2" in checked.pages[0] and "扫码核验" in checked.pages[0] and "示例数据" in checked.pages[0]
    links = [a.get_object()["/A"]["/URI"] for a in checked.reader.pages[0]["/Annots"]]
    assert links == [url]
    assert "没有检验单" in checked.solid


def test_every_page_carries_firm_and_number(report: Make) -> None:
    pdf = report("molds", "en")
    for number, page in enumerate(pdf.pages[1:], 2):
        assert f"Page {number} of {len(pdf.pages)}" in page
        assert "示例模具厂" in page


def test_outline_and_particulars(report: Make) -> None:
    pdf = report("molds", "zh")
    titles = [entry["/Title"] for entry in pdf.reader.outline]  # type: ignore[call-overload,index]
    assert titles[0] == "一页看懂" and "法律上该做的事" in titles
    assert pdf.reader.metadata is not None
    assert pdf.reader.metadata.title == "数字化诊断报告：示例模具厂"
    assert pdf.reader.trailer["/Root"]["/Lang"] == "zh-CN"  # type: ignore[index]
    for title in titles:
        assert "".join(title.split()) in "".join(pdf.pages[0].split()), "the contents on the cover name every chapter"


def test_traditional_characters_but_for_what_the_firm_wrote(report: Make) -> None:
    raw = samples.answers("molds", evidence=False)
    raw["answers"]["MOL-01"] = {"value": 2, "evidence": "模具图纸签样"}
    pdf = report(raw, "zh-Hant", town="东莞横沥", notes={"MOL-02": "老师傅说的"})
    own = ("示例模具厂", "模具图纸签样", "东莞横沥", "老师傅说的")
    assert all(text in pdf.solid for text in own)
    text = pdf.solid
    for typed in own:
        text = text.replace(typed, "")
    assert simplified(text) == set()
    assert "萬元" in text
    titles = [entry["/Title"] for entry in pdf.reader.outline]  # type: ignore[call-overload,index]
    assert titles[0] == "一頁看懂"
    assert pdf.reader.trailer["/Root"]["/Lang"] == "zh-Hant-HK"  # type: ignore[index]


def test_duties_come_before_steps(report: Make) -> None:
    titles = [entry["/Title"] for entry in report("molds", "en").reader.outline]  # type: ignore[call-overload,index]
    assert titles.index("Legal duties") < titles.index("First steps")


def test_evidence_that_was_asked_and_not_given_is_marked(report: Make) -> None:
    raw = samples.answers("molds", evidence=False)
    raw["answers"]["MOL-03"] = {"value": 3, "evidence": ""}
    pdf = report(raw, "en")
    assert "1 were asked" not in pdf.text and "One was asked for and is missing." in " ".join(pdf.text.split())
