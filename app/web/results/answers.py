"""What did I answer? Every question asked, with the chosen words, evidence and note; and what to look at again."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.i18n import gettext as _
from app.i18n import number
from app.web.figures import clauses, nouns, phrases
from app.web.results.reading import Reading
from app.web.results.standing import open_items
from scoring.answers import ANSWERED, NOT_APPLICABLE, UNKNOWN, Answer, parse_value
from scoring.content.model import Question


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One question: its title and id, the answer in short, the full sentence, evidence and note."""

    item: str
    title: str
    question: str
    answer: str
    detail: str
    level: int | None
    evidence: str
    evidence_text: str
    note: str


@dataclass(frozen=True, slots=True)
class AnswerSection:
    """The rows of one page of the questionnaire."""

    title: str
    rows: tuple[AnswerRow, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """The last part of the page."""

    answer: str
    checks: tuple[str, ...]
    sections: tuple[AnswerSection, ...]


def present_answers(reading: Reading) -> Answers:
    """All that was asked, section by section; what the firm's facts switched off is left out."""
    sections = answer_sections(reading)
    asked = sum(len(s.rows) for s in sections)
    unanswered, unknown = open_items(reading)
    answered = asked - len(unanswered) - len(unknown)
    said = [_("%(answered)s of %(asked)s questions answered", answered=answered, asked=asked)]
    if unknown:
        said.append(_('%(number)s "not sure"', number=len(unknown)))
    return Answers(
        answer=_("%(text)s.", text=phrases(said)),
        checks=tuple(_flag(reading, flag) for flag in reading.payload["flags"] if flag["kind"] != "no_evidence"),
        sections=sections,
    )


def answer_sections(reading: Reading) -> tuple[AnswerSection, ...]:
    """The rows in the order asked; sections in which nothing was asked are left out."""
    found = []
    for section in reading.catalogue.sector.sections:
        rows = tuple(_row(reading, item) for item in section.questions if item not in reading.document.off)
        if rows:
            found.append(AnswerSection(reading.text(section.title), rows))
    return tuple(found)


def value_words(reading: Reading, item: str, raw: Any) -> tuple[str, str]:
    """An answer value of the contract as (in short, the full sentence or ""); None for no answer."""
    question = reading.catalogue.questions[item]
    return _words(reading, question, None if raw is None else parse_value(question, raw), raw)


def _row(reading: Reading, item: str) -> AnswerRow:
    question = reading.catalogue.questions[item]
    given = reading.document.answers.get(item)
    row = reading.answers.get(item)
    answer, detail = _words(reading, question, given, row.value if row else None)
    evidence = "" if given is None or given.evidence is None else given.evidence
    return AnswerRow(
        item=item,
        title=reading.text(question.title),
        question=reading.text(question.text),
        answer=answer,
        detail=detail,
        level=int(given.value) if given and given.state == ANSWERED and question.kind == "level" else None,
        evidence=_("not asked")
        if given is None or given.evidence is None
        else _("evidence given")
        if evidence
        else _("no evidence"),
        evidence_text=evidence,
        note=row.note if row else "",
    )


def _words(reading: Reading, question: Question, given: Answer | None, raw: Any) -> tuple[str, str]:
    """(the answer in short, the full sentence or "")."""
    if given is None:
        return _("No answer"), ""
    if given.state == UNKNOWN:
        return _("Not sure"), ""
    if given.state == NOT_APPLICABLE:
        return _("Does not apply"), ""
    if question.kind == "level":
        anchor = question.anchors[given.value]
        return reading.text(anchor.label), reading.text(anchor.text)
    if question.kind == "rate":
        return _rate(reading, question, given.value, raw), ""
    chosen = [reading.text(o.text) for o in question.options if o.id in _as_set(given.value)]
    return nouns(chosen) or reading.text(question.none_label) or _("None of these"), ""


def _as_set(value: Any) -> frozenset[str]:
    return frozenset({value}) if isinstance(value, str) else frozenset(value)


def _rate(reading: Reading, question: Question, value: Any, raw: Any) -> str:
    share = f"{number(Decimal(100 * value.part) / value.whole, 1)} %"
    if value.counted and isinstance(raw, dict):
        return _(
            "%(part)s of %(whole)s %(unit)s, %(share)s",
            part=number(raw["part"]), whole=number(raw["whole"]), unit=reading.text(question.unit), share=share,
        )  # fmt: skip
    return share


def _flag(reading: Reading, flag: dict[str, Any]) -> str:
    """A flag as a sentence that says what does not fit; none of them has changed a figure."""
    title = reading.title(flag["item"]) if flag["item"] else ""
    match flag["kind"]:
        case "unmet_need":
            return _(
                "%(title)s is claimed at level %(claimed)s; that usually takes: %(needs)s.",
                title=title, claimed=flag["claimed"], needs=reading.condition(flag["needs"]),
            )  # fmt: skip
        case "networked_above_digital":
            return _("More machines are connected than can give out data at all. One of the two counts is off.")
        case "machines_differ":
            return _(
                "%(title)s: the number of machines differs from the %(machines)s stated for the firm.",
                title=title,
                machines=flag["machines"],
            )
        case "systems_above_scenes":
            return _(
                "%(title)s is claimed high, but only %(scenes)s scenes stand at level 2 or above.",
                title=title, scenes=flag["scenes_at_2"],
            )  # fmt: skip
        case "systems_below_scenes":
            return _(
                "%(scenes)s scenes stand at level 2 or above, yet %(title)s is claimed low.",
                title=title, scenes=flag["scenes_at_2"],
            )  # fmt: skip
        case "same_answer":
            return _(
                "%(count)s questions in a row have the same answer, level %(level)s.",
                count=flag["count"],
                level=flag["level"],
            )
        case _:
            return clauses([title])
