"""The page of a diagnosis: as its consultant writes it beside the figures, and as the firm reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import url_for

from app import traditional
from app.i18n import day, html_lang, in_characters, in_language, language, moment
from app.i18n import gettext as _
from app.models.diagnoses import Diagnosis, TextBlock
from app.models.results import Basis
from app.models.verifications import Verdict, Verification
from app.services.diagnoses import SUMMARY, WRITTEN, Said, fill, text_at, text_for
from app.web.figures import nouns, one_decimal, points
from app.web.names import dimension_title, language_name, level_name
from app.web.results.reading import Reading
from app.web.round_tabs import Tab, round_tabs

WEAKEST = 3
WEAK = 2
"""Topics below this level are named as weak."""
KNOWN = {
    "firm": "企业", "level": "等级", "level_name": "等级名称", "score": "得分", "next": "下一级", "date": "提交日期",
    "dimension": "维度", "points": "维度得分", "weakest": "薄弱项",
}  # fmt: skip
"""Placeholders of text blocks: each by an English name and a Chinese one, in either characters."""


@dataclass(frozen=True, slots=True)
class Written:
    """One text in one language. `theirs` is what somebody else has saved meanwhile, None where it is the same."""

    name: str
    label: str
    lang: str
    text: str
    theirs: str | None
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the diagnosis with the figures that stand beside it, and the blocks that may go into it."""

    id: str
    title: str
    facts: tuple[str, ...]
    corrections: tuple[str, ...]
    texts: tuple[Written, ...]
    blocks: tuple[tuple[str, str], ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """The page of who writes."""

    title: str
    firm: str
    sub: str
    tabs: tuple[Tab, ...]
    places: tuple[Place, ...]
    version: int
    state: str
    clash: str
    may_sign: bool
    save_url: str
    sign_url: str
    blocks_url: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One part as it is read; `lang` is that of the text, `points` the score of the dimension."""

    title: str
    points: str
    text: str
    lang: str


@dataclass(frozen=True, slots=True)
class Signed:
    """The page of who reads. Without `parts` nothing is signed yet; `waiting` says so."""

    title: str
    firm: str
    tabs: tuple[Tab, ...]
    parts: tuple[Passage, ...]
    by: str
    other_language: str
    waiting: str
    actions_url: str
    take_back_url: str
    version: int


def places_of(reading: Reading) -> tuple[str, ...]:
    """Where words may stand: the summary, then the dimensions of the trade."""
    return (SUMMARY, *reading.payload["index"]["dimensions"])


def present_draft(
    reading: Reading,
    row: Diagnosis | None,
    verification: Verification | None,
    blocks: Sequence[TextBlock],
    *,
    mine: Said | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
    clash: str = "",
) -> Draft:
    """`mine` are texts that were sent and not stored: they stay in the fields, and with `clash` those that stand
    instead are shown beneath. `verification` is the one whose corrections are named."""
    stored = row.texts if row else {}
    result, firm = reading.result, reading.result.assessment.firm
    version = row.version if row else 0
    found = _corrections(reading, verification)
    places = tuple(
        _place(reading, place, stored, mine, errors or {}, bool(clash), found.get(place, ()), blocks)
        for place in places_of(reading)
    )
    state = _("Nothing is written yet.")
    if row is not None:
        state = _("Last saved %(at)s by %(name)s.", at=moment(row.updated_at), name=row.updated_by_label or "–")
    return Draft(
        title=_("Diagnosis: %(firm)s", firm=firm.name),
        firm=firm.name,
        sub=_level_line(reading),
        tabs=round_tabs(result.assessment_id, firm.id, "diagnoses.show"),
        places=places,
        version=version,
        state=state,
        clash=clash,
        may_sign=bool(text_for(stored, "zh", SUMMARY)[1]) and mine is None,
        save_url=url_for("diagnoses.save", assessment_id=result.assessment_id),
        sign_url=url_for("diagnoses.sign", assessment_id=result.assessment_id),
        blocks_url=url_for("diagnoses.blocks", round=result.assessment_id),
    )


def present_signed(reading: Reading, row: Diagnosis | None, *, may_take_back: bool) -> Signed:
    """For everybody who reads: the firm, and the consultant after signing."""
    result, firm = reading.result, reading.result.assessment.firm
    signed = row if row is not None and row.signed_at is not None else None
    parts = tuple(_part(reading, signed, place) for place in places_of(reading)) if signed else ()
    shown = tuple(part for part in parts if part.text)
    return Signed(
        title=_("Diagnosis: %(firm)s", firm=firm.name),
        firm=firm.name,
        tabs=round_tabs(result.assessment_id, firm.id, "diagnoses.show"),
        parts=shown,
        by=_("%(name)s, consultant, %(day)s", name=signed.by_name, day=day(signed.signed_at)) if signed else "",
        other_language=_("Part of this was written in the other language only and is shown as it stands.")
        if any((part.lang == "en") != (language() == "en") for part in shown)
        else "",
        waiting="" if signed else _("No diagnosis of this round is signed yet. It will stand here."),
        actions_url=url_for("actions.index", assessment_id=result.assessment_id),
        take_back_url=url_for("diagnoses.take_back", assessment_id=result.assessment_id) if may_take_back else "",
        version=signed.version if signed else 0,
    )


def placeholders(reading: Reading, place: str, code: str) -> dict[str, str]:
    """What the placeholders of a block stand for at one place, in the language of the block."""
    with in_language(code):
        spoken = replace(reading, language=code)
        official = reading.payload["official"]
        official = official["evidenced"] if _is_verified(reading) else official
        level = official["level"]
        top = len(reading.catalogue.edition.gates)
        score = reading.payload["index"]["dimensions"].get(place, {}).get("score")
        values = {
            "firm": reading.result.assessment.firm.name,
            "level": str(level),
            "level_name": level_name(reading.catalogue, level),
            "score": points(official["score"]),
            "next": str(min(level + 1, top)),
            "date": day(reading.result.assessment.submitted_at),
            "dimension": _place_title(place),
            "points": one_decimal(score),
            "weakest": nouns(title for title, _level in _weakest(spoken, place)) or "–",
        }
    chinese = {name: values[english] for english, name in KNOWN.items()}
    return values | chinese | {in_characters(name, traditional.CODE): value for name, value in chinese.items()}


def known_placeholders() -> dict[str, str]:
    """The Chinese name of each placeholder by its English one, in the reader's characters."""
    return {english: in_characters(chinese) for english, chinese in KNOWN.items()}


def with_block(said: Said, reading: Reading, place: str, block: TextBlock) -> dict[str, dict[str, str]]:
    """The texts with a block put after what stands at a place, in each language that it has."""
    texts = {code: dict(said.get(code, {})) for code in WRITTEN}
    for code, text in (("zh", block.text_zh), ("en", block.text_en)):
        if text:
            filled = fill(text, placeholders(reading, place, code))
            texts[code][place] = "\n".join(part for part in (texts[code].get(place, "").rstrip(), filled) if part)
    return texts


def _is_verified(reading: Reading) -> bool:
    return reading.result.basis == Basis.VERIFIED


def _level_line(reading: Reading) -> str:
    official = reading.payload["official"]
    if _is_verified(reading):
        shown = official["evidenced"]
        return _(
            "Verified level %(level)s, score %(score)s. The firm claimed level %(claimed)s.",
            level=shown["level"], score=points(shown["score"]), claimed=reading.level,
        )  # fmt: skip
    return _("Self-assessed level %(level)s, score %(score)s.", level=reading.level, score=points(reading.score))


def _place_title(place: str) -> str:
    return _("Summary") if place == SUMMARY else dimension_title(place)


def _place(
    reading: Reading,
    place: str,
    stored: Mapping[str, object],
    mine: Said | None,
    errors: Mapping[str, Sequence[str]],
    clash: bool,
    corrections: Sequence[str],
    blocks: Sequence[TextBlock],
) -> Place:
    texts = []
    for code in WRITTEN:
        name, there = f"{code}_{place}", text_at(stored, code, place)
        text = there if mine is None else mine.get(code, {}).get(place, "")
        theirs = there if clash and text.strip() != there else None
        label = _("%(place)s, %(language)s", place=_place_title(place), language=language_name(code))
        texts.append(Written(name, label, html_lang(code), text, theirs, tuple(errors.get(name, ()))))
    fitting = tuple((str(b.id), b.title) for b in blocks if b.dimension in ("", place))
    return Place(
        id=place,
        title=_place_title(place),
        facts=_facts(reading, place),
        corrections=tuple(corrections),
        texts=tuple(texts),
        blocks=fitting,
        open=place == SUMMARY or any(t.text or t.theirs or t.errors for t in texts) or bool(corrections),
    )


def _facts(reading: Reading, place: str) -> tuple[str, ...]:
    if place == SUMMARY:
        gate = reading.payload["official"]["gates"].get(str(reading.level + 1))
        overall = _("Cluster index %(index)s.", index=one_decimal(reading.payload["index"]["overall"]))
        if gate is None:
            return (_level_line(reading), overall)
        missing = _(
            "Missing for level %(level)s: %(score)s points, %(scenes)s scenes, %(starred)s starred.",
            level=reading.level + 1, score=points(gate["score_missing"]), scenes=gate["scenes_missing"],
            starred=gate["starred_missing"],
        )  # fmt: skip
        return (_level_line(reading), missing, overall)
    cell = reading.payload["index"]["dimensions"][place]
    if cell["score"] is None:
        score = _("Too little was answered for a score.")
    else:
        score = _("%(score)s of 100.", score=one_decimal(cell["score"]))
    weak = [_("%(title)s (level %(level)s)", title=title, level=level) for title, level in _weakest(reading, place)]
    return (score, _("Weakest: %(topics)s.", topics=nouns(weak))) if weak else (score,)


def _weakest(reading: Reading, place: str) -> list[tuple[str, int]]:
    """The lowest topics of a dimension below level 2, lowest first; of all dimensions for the summary."""
    levels = reading.payload["capabilities"]
    found = [
        (level, topic.id)
        for topic in reading.catalogue.topics.values()
        if place in (SUMMARY, topic.dimension) and (level := levels.get(topic.id)) is not None and level < WEAK
    ]
    return [(reading.title(topic), level) for level, topic in sorted(found)[:WEAKEST]]


def _corrections(reading: Reading, verification: Verification | None) -> dict[str, list[str]]:
    """What was corrected on site, by dimension."""
    found: dict[str, list[str]] = {}
    for finding in verification.findings if verification else ():
        question = reading.catalogue.questions.get(finding.item_id)
        topic = reading.catalogue.topics.get(reading.catalogue.topic_of.get(finding.item_id, ""))
        if question is None or topic is None or finding.verdict == Verdict.AGREED:
            continue
        title = reading.text(question.title)
        if finding.verdict == Verdict.NOT_SEEN:
            said = _("%(title)s: not seen", title=title)
        elif question.kind == "level" and finding.claimed is not None:
            said = _("%(title)s: claimed %(claimed)s, found %(found)s",
                     title=title, claimed=_plain(finding.claimed), found=_plain(finding.value))  # fmt: skip
        elif finding.verdict == Verdict.UP:
            said = _("%(title)s: corrected up", title=title)
        else:
            said = _("%(title)s: corrected down", title=title)
        found.setdefault(topic.dimension, []).append(f"{said}. {finding.note}" if finding.note else said)
    return found


def _plain(value: object) -> str:
    return str(value) if isinstance(value, int) else "–"


def _part(reading: Reading, row: Diagnosis, place: str) -> Passage:
    code, text = text_for(row.texts, language(), place)
    cell = reading.payload["index"]["dimensions"].get(place, {})
    score = _("%(score)s of 100", score=one_decimal(cell["score"])) if cell.get("score") is not None else ""
    return Passage(_place_title(place), score, text, html_lang(code))
