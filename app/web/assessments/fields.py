"""What stands in the fields of a question: choices, counts, and what would prove them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.i18n import gettext as _
from app.i18n import number
from app.queries.assessments import AnswerRow
from app.web.assessments.forms import NA, NONE, UNKNOWN, Typed
from app.web.assessments.words import impossible, text
from scoring.content.model import Question


@dataclass(frozen=True, slots=True)
class Choice:
    """One radio button or checkbox as a card. `plain` ones are dashed: none, not applicable, not sure."""

    id: str
    value: str
    label: str
    detail: str
    checked: bool
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """Two numbers and the share they give. `offered` is a whole that we filled in and nobody has entered."""

    part: str
    whole: str
    offered: str
    part_label: str
    whole_label: str
    unit: str
    step: str
    share: str
    working: str
    working_of: str
    impossible: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the fields of a card show: what is stored, or what was typed and could not be saved."""

    picked: frozenset[str] = frozenset()
    part: str = ""
    whole: str = ""
    note: str = ""
    evidence: str = ""
    version: int = 0

    @classmethod
    def stored(cls, row: AnswerRow | None) -> Shown:
        """The fields of a stored answer."""
        if row is None:
            return cls()
        picked, part, whole = _fields(row.value)
        return cls(picked, part, whole, row.note, row.evidence or "", row.version)

    @classmethod
    def value(cls, value: Any) -> Shown:
        """The fields of a value that is not stored."""
        picked, part, whole = _fields(value)
        return cls(picked, part, whole)

    @classmethod
    def typed(cls, typed: Typed, version: int) -> Shown:
        """The fields as they were sent."""
        return cls(frozenset(typed.picked), typed.part, typed.whole, typed.note, typed.evidence, version)


def _fields(value: Any) -> tuple[frozenset[str], str, str]:
    """A stored value as (picked choices, first number, second number)."""
    if isinstance(value, dict):
        if "whole" in value:
            return frozenset(), f"{value['part']}", f"{value['whole']}"
        share = float(value.get("rate", 0))
        return (frozenset(), "0", "0") if share == 0 else (frozenset(), f"{share * 100:g}", "100")
    if isinstance(value, list):
        return frozenset(value or [NONE]), "", ""
    return (frozenset(), "", "") if value is None else (frozenset({str(value)}), "", "")


def _level_choices(question: Question, shown: Shown) -> list[Choice]:
    return [
        _choice(question, str(n), text(anchor.label), text(anchor.text), shown)
        for n, anchor in enumerate(question.anchors)
    ]


def _option_choices(question: Question, shown: Shown) -> list[Choice]:
    return [_choice(question, o.id, text(o.text), text(o.detail), shown) for o in question.options]


def _tick_choices(question: Question, shown: Shown) -> list[Choice]:
    none = _choice(question, NONE, text(question.none_label) or _("None of these"), "", shown, plain=True)
    return [*_option_choices(question, shown), none]


def _choice(question: Question, value: str, label: str, detail: str, shown: Shown, *, plain: bool = False) -> Choice:
    return Choice(f"{question.id}-{value}", value, label, detail, value in shown.picked, plain)


_CHOICES: dict[str, Callable[[Question, Shown], list[Choice]]] = {
    "level": _level_choices,
    "single": _option_choices,
    "trend": _option_choices,
    "multiple": _tick_choices,
    "rate": lambda _question, _shown: [],
}


def choices(question: Question, shown: Shown) -> tuple[Choice, ...]:
    """All choices of a question: its own, "does not apply" where allowed, "not sure" always."""
    last = [_choice(question, NA, text(question.na), "", shown, plain=True)] if question.na else []
    unknown = _choice(question, UNKNOWN, _("Not sure, leave it for now"), "", shown, plain=True)
    return (*_CHOICES[question.kind](question, shown), *last, unknown)


def counts(question: Question, shown: Shown, machines: int | None = None) -> Counts | None:
    """The two number fields of a share; the number of machines is suggested where it is known."""
    if question.kind != "rate":
        return None
    names = {"part": text(question.part_label), "whole": text(question.whole_label)}
    suggested = str(machines) if question.whole_fact and machines is not None else ""
    offered = suggested if not (shown.part or shown.whole or shown.picked) else ""
    return Counts(
        part=shown.part,
        whole=shown.whole or offered,
        offered=offered,
        part_label=names["part"],
        whole_label=names["whole"],
        unit=text(question.unit),
        step="1" if question.whole_fact else "any",
        share=_share(shown.part, shown.whole),
        working=_working(shown.part, shown.whole),
        working_of=_working("{part}", "{whole}"),
        impossible=impossible(question),
    )


def _working(part: str, whole: str) -> str:
    return _("%(part)s ÷ %(whole)s, no need to work it out", part=part, whole=whole)


def _share(part: str, whole: str) -> str:
    try:
        share = float(part) / float(whole) * 100
    except (ValueError, ZeroDivisionError):
        return "0%" if part == whole == "0" else ""
    return f"{number(share, 1)}%" if 0 <= share <= 100 else ""


def proofs(question: Question) -> tuple[tuple[str, str], ...]:
    """What would prove an answer: for the question as a whole, or choice by choice."""
    by_choice = [(text(a.label), text(a.evidence)) for a in question.anchors if a.evidence]
    by_choice += [(text(o.text), text(o.evidence)) for o in question.options if o.evidence]
    return (("", text(question.evidence)),) if question.evidence else tuple(by_choice)
