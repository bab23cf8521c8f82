"""What a browser sends for findings: as a form without a script, as JSON with one.

The fields of an item carry its id: `MOL-05` (agreed, not_seen, other, =3 for an anchor or =one_link for an option),
`.found` (ticks of another answer), `.part` and `.whole` (counts of another answer), `.note`, `.version`, `.was` (a mark
of what the page showed) and `.file`. Anything else that is sent is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from app.errors import N_, BadAnswerError, DomainError, InputError
from app.models.verifications import Finding
from app.services.findings import AGREED, CLEARED, CORRECTED, NOT_SEEN, FindingSave
from app.web.assessments.fields import Shown
from app.web.assessments.forms import MAX_JSON, READERS, Typed, read_version
from scoring.answers import load_json
from scoring.content.model import Question
from scoring.errors import AnswerError

OTHER = "other"
_PARTS = ("found", "part", "whole", "note", "version", "was", "file")
_STEPS = ("csrf_token", "next", "keep", "remove")
_UNREADABLE = N_("This could not be read. Reload the page and try again.")
_FOREIGN = N_("The form has a field that does not belong there.")


@dataclass(frozen=True, slots=True)
class Fields:
    """What stands in the fields of one item: the choice, another answer typed beside it, the note."""

    choice: str = ""
    found: frozenset[str] = frozenset()
    part: str = ""
    whole: str = ""
    note: str = ""

    @property
    def mark(self) -> str:
        """Tells whether somebody changed the fields since the page was made."""
        told = json.dumps([self.choice, sorted(self.found), self.part, self.whole, self.note])
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def shown_fields(question: Question, claimed: Any, row: Finding | None) -> Fields:
    """The fields of what is stored. Another answer begins with the ticks or numbers of the claim."""
    corrected = row is not None and row.verdict not in (AGREED, NOT_SEEN)
    value = row.value if row is not None and corrected else claimed
    typed = Shown.value(value)
    choice = "" if row is None else _choice(question, row.value) if corrected else row.verdict
    note = "" if row is None else row.note
    if question.kind in ("multiple", "rate"):
        return Fields(
            choice, typed.picked if question.kind == "multiple" else frozenset(), typed.part, typed.whole, note
        )
    return Fields(choice, note=note)


def _choice(question: Question, value: Any) -> str:
    return OTHER if question.kind in ("multiple", "rate") and value != "na" else f"={value}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a form: what was typed, and either the save it means or what is wrong with it."""

    question: Question
    fields: Fields
    save: FindingSave | None
    error: DomainError | None
    touched: bool
    files: tuple[FileStorage, ...] = ()

    def over(self, version: int) -> Entry:
        """The same entry, meant to replace a version that its writer has seen by now."""
        return replace(self, touched=True, save=None if self.save is None else replace(self.save, version=version))


def read_entries(
    questions: Iterable[Question], form: MultiDict[str, str], files: MultiDict[str, FileStorage]
) -> list[Entry]:
    """The items of a form. Raises InputError for fields that do not belong there."""
    asked = {q.id: q for q in questions}
    known = {*_STEPS, *asked, *(f"{item}.{part}" for item in asked for part in _PARTS)}
    for name in (*form, *files):
        if name not in known:
            raise InputError(_FOREIGN, field=name[:64])
    sent = dict.fromkeys(name.partition(".")[0] for name in (*form, *files))
    return [_entry(asked[item], form, files) for item in sent if item in asked]


def _entry(question: Question, form: MultiDict[str, str], files: MultiDict[str, FileStorage]) -> Entry:
    item = question.id
    fields = Fields(
        choice=form.get(item, "")[:80],
        found=frozenset(form.getlist(f"{item}.found")),
        part=form.get(f"{item}.part", "")[:40],
        whole=form.get(f"{item}.whole", "")[:40],
        note=form.get(f"{item}.note", "").replace("\r\n", "\n").strip(),
    )
    version = read_version(form.get(f"{item}.version", "0"))
    touched = fields.mark != form.get(f"{item}.was")
    sent = tuple(f for f in files.getlist(f"{item}.file") if f.filename)
    try:
        verdict, value = _read(question, fields)
    except BadAnswerError as error:
        return Entry(question, fields, None, error, touched, sent)
    return Entry(question, fields, FindingSave(verdict, value, fields.note, version), None, touched, sent)


def _read(question: Question, fields: Fields) -> tuple[str, Any]:
    """Verdict and value of the fields. Raises BadAnswerError."""
    if fields.choice in (CLEARED, AGREED, NOT_SEEN):
        return fields.choice, None
    if fields.choice.startswith("="):
        return CORRECTED, READERS[question.kind](question, Typed((fields.choice[1:],)))
    if fields.choice != OTHER or question.kind not in ("multiple", "rate"):
        raise BadAnswerError(item=question.id, code="unknown_option")
    if question.kind == "multiple":
        return CORRECTED, sorted(fields.found)  # nothing ticked: none of them is there
    value = READERS[question.kind](question, Typed((), fields.part, fields.whole))
    if value is None:
        raise BadAnswerError(N_("Fill in what you saw instead."), item=question.id)
    return CORRECTED, value


def read_save(body: bytes) -> FindingSave:
    """One save as JSON: {"verdict", "value"?, "note"?, "version", "key"?}. Raises InputError."""
    if len(body) > MAX_JSON:
        raise InputError(N_("This text is too long. Please shorten it to 2,000 characters."), field="body")
    try:
        data = load_json(body)
    except AnswerError as error:
        raise InputError(_UNREADABLE, field="body") from error
    if not isinstance(data, dict) or not {"verdict", "version"} <= set(data):
        raise InputError(_UNREADABLE, field="verdict")
    unknown = set(data) - {"verdict", "value", "note", "version", "key"}
    if unknown:
        raise InputError(_FOREIGN, field=min(unknown)[:64])
    verdict, version, key, note = data["verdict"], data["version"], data.get("key"), data.get("note")
    if verdict not in (CLEARED, AGREED, NOT_SEEN, CORRECTED) if isinstance(verdict, str) else True:
        raise InputError(_UNREADABLE, field="verdict")
    if type(version) is not int or not 0 <= version < 10**9:
        raise InputError(_UNREADABLE, field="version")
    if key is not None and (not isinstance(key, str) or not re.fullmatch(r"[A-Za-z0-9_-]{8,64}", key)):
        raise InputError(_UNREADABLE, field="key")
    if not isinstance(note, str | None):
        raise InputError(N_("This is not a text."), field="note")
    return FindingSave(verdict, data.get("value"), note, version, key)


@dataclass(frozen=True, slots=True)
class Day:
    """The day of the visit and the word on the whole, as typed and as the page showed them."""

    visited_on: date | None
    remark: str
    seen: tuple[date | None, str]


def read_day(form: MultiDict[str, str]) -> Day:
    """The form of day and remark. Raises InputError."""
    for name in form:
        if name not in ("csrf_token", "visited_on", "remark", "was.visited_on", "was.remark"):
            raise InputError(_FOREIGN, field=name[:64])
    remark = form.get("was.remark", "").replace("\r\n", "\n")
    return Day(
        _date(form.get("visited_on", "")), form.get("remark", ""), (_date(form.get("was.visited_on", "")), remark)
    )


def _date(raw: str) -> date | None:
    if not raw.strip():
        return None
    try:
        return date.fromisoformat(raw.strip())
    except ValueError as error:
        raise InputError(N_("Please enter the day as 2026-11-30."), field="visited_on") from error
