"""Words that the pages of filling in share: times, ranges, answers and problems in sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import g
from flask_babel import format_datetime, to_user_timezone

from app.errors import BadAnswerError, DomainError
from app.i18n import content_text, language, language_code, ngettext, number
from app.i18n import gettext as _
from app.models.base import now
from app.web.assessments.forms import NA, UNKNOWN
from scoring.content.model import Question, Text


def text(pair: Text | None) -> str:
    """A text of the content in the reader's language."""
    return content_text(pair, _reader())


def _reader() -> str:
    """The language of this request, looked up once: a page of questions asks for it hundreds of times."""
    known: str | None = g.get("reader")
    if known is None:
        known = g.reader = language_code()
    return known


def clock(at: datetime) -> str:
    """A moment in short: the time today, day and time before."""
    local = to_user_timezone(at)
    if local.date() == now().astimezone(local.tzinfo).date():
        return f"{local:%H:%M}"
    return str(format_datetime(at, "M月d日 HH:mm" if language() == "zh" else "d MMM, HH:mm"))


def minutes(count: int) -> str:
    """Time left, roughly."""
    return _("all answered") if count <= 0 else ngettext("about %(num)s minute", "about %(num)s minutes", count)


def level_range(low: int, high: int) -> str:
    """A range of levels in words."""
    return _("Level %(level)s", level=low) if low == high else _("Level %(low)s to %(high)s", low=low, high=high)


def size(count: int) -> str:
    """The size of a file."""
    return f"{number(count / 1024 / 1024, 1)} MB" if count >= 1024 * 1024 else f"{max(1, count // 1024)} kB"


def person(name: str) -> str:
    """Who wrote something; a colleague whose account has no name stays a colleague."""
    return name or _("A colleague")


def answer_text(question: Question, value: Any) -> str:
    """An answer in the words of its question."""
    if value is None:
        return _("no answer")
    if value == UNKNOWN:
        return _("Not sure")
    if value == NA:
        return text(question.na) or _("Does not apply to us")
    return _VALUE_TEXTS[question.kind](question, value)


def _rate_text(_question: Question, value: Mapping[str, Any]) -> str:
    if "whole" in value:
        return _("%(part)s of %(whole)s", part=number(value["part"]), whole=number(value["whole"]))
    return f"{number(float(value['rate']) * 100, 1)}%"


def _ticks_text(question: Question, value: Sequence[str]) -> str:
    ticked = [text(o.text) for o in question.options if o.id in value]
    return _("; ").join(ticked) if ticked else text(question.none_label) or _("None of these")


def _option_text(question: Question, value: str) -> str:
    return next((text(o.text) for o in question.options if o.id == value), value)


_VALUE_TEXTS: dict[str, Callable[[Question, Any], str]] = {
    "level": lambda question, value: text(question.anchors[value].label),
    "single": _option_text,
    "trend": _option_text,
    "multiple": _ticks_text,
    "rate": _rate_text,
}


def problem_text(question: Question, error: DomainError) -> str:
    """What is wrong with an answer and what to do, in one sentence."""
    if not isinstance(error, BadAnswerError):
        return _(error.message)
    names = {
        "part": text(question.part_label) or _("the first number"),
        "whole": text(question.whole_label) or _("the second number"),
    }
    reason = str(error.details.get("reason") or error.details.get("code") or "")
    sentence = _PROBLEMS.get(reason)
    return _(error.message) if sentence is None else sentence(names)


def impossible(question: Question) -> str:
    """The sentence for a part that is larger than its whole."""
    return problem_text(question, BadAnswerError(item=question.id, code="out_of_range", reason="part_above_whole"))


_PROBLEMS: dict[str, Callable[[Mapping[str, str]], str]] = {
    "part_above_whole": lambda names: _(
        "“%(part)s” cannot be more than “%(whole)s”. Please change one of the two numbers.", **names
    ),
    "below_zero": lambda _names: _("This number cannot be below 0."),
    "no_number": lambda _names: _("Please enter a number, for example 12."),
    "no_whole_number": lambda _names: _("Please enter a whole number."),
    "one_missing": lambda _names: _("Please fill in both numbers, or leave both empty."),
    "too_large": lambda _names: _("This number cannot be right. Please check it."),
    "out_of_range": lambda _names: _("This number cannot be right. Please check it."),
    "exclusive": lambda _names: _(
        "“None”, “not sure” and “does not apply” stand alone. Please remove the other ticks."
    ),
    "too_many": lambda _names: _("Please choose one answer only."),
    "na_not_allowed": lambda _names: _(
        "“Does not apply” is no answer here. If there is nothing, choose the first one."
    ),
    "unknown_option": lambda _names: _("This choice does not exist. Reload the page and choose again."),
    "text_too_long": lambda _names: _("This text is too long. Please shorten it to 2,000 characters."),
}
