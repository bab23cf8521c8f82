"""What a browser sends for questions, read by kind; and the forms of profile and review.

A question's fields carry its id: `MOL-05`, `MOL-05.version`, `MOL-05.note`, `MOL-05.evidence`, `MOL-05.file`, and for
counts `.part` and `.whole`. Anything else that is sent is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from app.errors import N_, BadAnswerError, DomainError, InputError
from app.services.answers import Evidence, Save
from app.services.assessments import Profile
from scoring.answers import load_json
from scoring.content.catalogue import Catalogue
from scoring.content.model import Fact, Question
from scoring.errors import AnswerError

NONE = "none"
NA = "na"
UNKNOWN = "unknown"
STEPS = ("next", "keep", "remove")
MAX_JSON = 1_500_000
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?")
_PARTS = ("version", "note", "evidence", "file", "part", "whole", "offered")

Form = MultiDict[str, str]


@dataclass(frozen=True, slots=True)
class Typed:
    """What stood in the fields of one question, to be shown again as it was."""

    picked: tuple[str, ...]
    part: str = ""
    whole: str = ""
    offered: str = ""
    note: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One question of a form: what was typed, and either the save it means or what is wrong with it."""

    question: Question
    typed: Typed
    version: int
    save: Save | None
    error: DomainError | None
    files: tuple[FileStorage, ...] = ()

    def over(self, version: int) -> Entry:
        """The same entry, meant to replace a version that its writer has seen by now."""
        save = None if self.save is None else replace(self.save, version=version)
        return replace(self, version=version, save=save)


def read_entries(questions: Iterable[Question], form: Form, files: MultiDict[str, FileStorage]) -> list[Entry]:
    """The questions of a page as they were filled in. Raises InputError for fields that do not belong there."""
    asked = list(questions)
    refuse_unknown((*form, *files), [q.id for q in asked], ("csrf_token", *STEPS))
    return [_entry(question, form, files) for question in asked]


def refuse_unknown(names: Iterable[str], items: Iterable[str], others: Sequence[str]) -> None:
    """Raise InputError if a field is neither of one of the items nor one of the others."""
    known = {*others, *items, *(f"{item}.{part}" for item in items for part in _PARTS)}
    for name in names:
        if name not in known:
            raise InputError(N_("The form has a field that does not belong there."), field=name[:64])


def _entry(question: Question, form: Form, files: MultiDict[str, FileStorage]) -> Entry:
    item = question.id
    typed = Typed(
        picked=tuple(form.getlist(item)),
        part=form.get(f"{item}.part", "")[:40],
        whole=form.get(f"{item}.whole", "")[:40],
        offered=form.get(f"{item}.offered", "")[:40],
        note=form.get(f"{item}.note", ""),
        evidence=form.get(f"{item}.evidence", ""),
    )
    version = read_version(form.get(f"{item}.version", "0"))
    sent = tuple(f for f in files.getlist(f"{item}.file") if f.filename)
    note = typed.note if f"{item}.note" in form else None
    evidence = typed.evidence if f"{item}.evidence" in form else None
    try:
        save = Save(READERS[question.kind](question, typed), version, evidence, note)
    except BadAnswerError as error:
        return Entry(question, typed, version, None, error, sent)
    return Entry(question, typed, version, save, None, sent)


def read_version(raw: str) -> int:
    """The version that a page was built from. Raises InputError."""
    if not raw.isascii() or not raw.isdigit() or len(raw) > 9:
        raise InputError(N_("The form has a field that does not belong there."), field="version")
    return int(raw)


def read_kept(raw: str) -> dict[str, tuple[str, int]]:
    """The button of a conflict: which answer stays, "mine" or "theirs", and over which version. Raises InputError."""
    if not raw:
        return {}
    item, _colon, rest = raw.partition(":")
    whose, _colon, version = rest.partition(":")
    if whose not in ("mine", "theirs"):
        raise InputError
    return {item: (whose, read_version(version))}


# ---- one reader a kind


def _single(question: Question, typed: Typed) -> Any:
    if len(typed.picked) > 1:
        raise BadAnswerError(item=question.id, code="bad_type", reason="too_many")
    return typed.picked[0] if typed.picked else None


def _level(question: Question, typed: Typed) -> Any:
    picked = _single(question, typed)
    return int(picked) if picked is not None and picked.isascii() and picked.isdigit() and len(picked) < 9 else picked


def _multiple(question: Question, typed: Typed) -> Any:
    exclusive = [p for p in typed.picked if p in (NONE, NA, UNKNOWN)]
    if exclusive and len(typed.picked) > 1:
        raise BadAnswerError(item=question.id, code="malformed", reason="exclusive")
    if exclusive:
        return [] if exclusive[0] == NONE else exclusive[0]
    return list(typed.picked) or None


def _rate(question: Question, typed: Typed) -> Any:
    part, whole = read_number(typed.part), read_number(typed.whole)
    if typed.offered and typed.whole == typed.offered and not typed.part.strip():
        return _single(question, typed)  # only what the page itself had filled in
    if typed.picked:
        if typed.part.strip() or typed.whole.strip():
            raise BadAnswerError(item=question.id, code="malformed", reason="exclusive")
        return _single(question, typed)
    if not typed.part.strip() and not typed.whole.strip():
        return None
    if (part is None and typed.part.strip()) or (whole is None and typed.whole.strip()):
        raise BadAnswerError(item=question.id, code="bad_type", reason="no_number")
    if whole == 0 and not part:
        return {"rate": 0}
    if part is None or whole is None:
        raise BadAnswerError(item=question.id, code="malformed", reason="one_missing")
    if question.whole_fact and (part != int(part) or whole != int(whole)):
        raise BadAnswerError(item=question.id, code="bad_type", reason="no_whole_number")
    return {"part": part, "whole": whole}


def read_number(raw: str) -> Decimal | None:
    """A number as people type it: full-width digits, thousands commas and blanks are fine. None for anything else."""
    text = unicodedata.normalize("NFKC", raw).strip().replace(",", "").replace(" ", "").replace("，", "")
    return Decimal(text) if _NUMBER.fullmatch(text) else None


READERS: dict[str, Callable[[Question, Typed], Any]] = {
    "level": _level, "single": _single, "trend": _single, "multiple": _multiple, "rate": _rate,
}  # fmt: skip


# ---- JSON


def read_save(body: bytes) -> Save:
    """One save sent as JSON: {"value", "version", "evidence"?, "note"?, "key"?}. Raises InputError."""
    if len(body) > MAX_JSON:
        raise InputError(N_("This text is too long. Please shorten it to 2,000 characters."), field="body")
    try:
        data = load_json(body)
    except AnswerError as error:
        raise InputError(N_("This could not be read. Reload the page and try again."), field="body") from error
    if not isinstance(data, dict) or not {"value", "version"} <= set(data):
        raise InputError(N_("This could not be read. Reload the page and try again."), field="value")
    unknown = set(data) - {"value", "version", "evidence", "note", "key"}
    if unknown:
        raise InputError(N_("The form has a field that does not belong there."), field=min(unknown)[:64])
    version, key = data["version"], data.get("key")
    if type(version) is not int or not 0 <= version < 10**9:
        raise InputError(N_("This could not be read. Reload the page and try again."), field="version")
    if key is not None and (not isinstance(key, str) or not re.fullmatch(r"[A-Za-z0-9_-]{8,64}", key)):
        raise InputError(N_("This could not be read. Reload the page and try again."), field="key")
    for name in ("evidence", "note"):
        if not isinstance(data.get(name), str | None):
            raise InputError(N_("This is not a text."), field=name)
    return Save(data["value"], version, data.get("evidence"), data.get("note"), key)


# ---- profile


def read_profile(catalogue: Catalogue, form: Form) -> tuple[Profile, dict[str, str]]:
    """The page about the firm as it was filled in, and what cannot be read, by field. Raises InputError."""
    facts = {f"fact.{name}" for name in catalogue.facts}
    pains = {f"pain.{number}" for number in catalogue.pains}
    known = {"csrf_token", "seen", "employees", "revenue_wan", "machines", *facts, *pains}
    for name in form:
        if name not in known:
            raise InputError(N_("The form has a field that does not belong there."), field=name[:64])
    problems: dict[str, str] = {}
    numbers = {name: _profile_number(form, name, problems) for name in ("employees", "revenue_wan", "machines")}
    for name in ("employees", "machines"):
        number = numbers[name]
        if number is not None and number != int(number):
            problems[name] = N_("Please enter a whole number.")
    given = {}
    for name, fact in catalogue.facts.items():
        value = _fact(fact, form, problems)
        if value is not None:
            given[name] = value
    employees, machines = numbers["employees"], numbers["machines"]
    profile = Profile(
        employees=None if employees is None or "employees" in problems else int(employees),
        revenue_wan=numbers["revenue_wan"],
        machines=None if machines is None or "machines" in problems else int(machines),
        facts=given,
        pains=_pains(catalogue, form, problems),
        seen=form.get("seen"),
    )
    return profile, problems


def _profile_number(form: Form, name: str, problems: dict[str, str]) -> Decimal | None:
    raw = form.get(name, "")
    number = read_number(raw)
    if number is None and raw.strip():
        problems[name] = N_("Please enter a number, for example 12.")
    elif number is not None and number < 0:
        problems[name] = N_("This number cannot be below 0.")
    return number


def _fact(fact: Fact, form: Form, problems: dict[str, str]) -> Any:
    raw = form.get(f"fact.{fact.id}", "").strip()
    if not raw:
        return None
    if raw == UNKNOWN:
        return UNKNOWN
    if fact.kind == "bool":
        return {"true": True, "false": False}.get(raw, raw)
    if fact.kind == "choice":
        return raw
    number = read_number(raw)
    if number is None:
        problems[fact.id] = N_("Please enter a number, for example 12.")
        return None
    return int(number) if number == int(number) else number


def _pains(catalogue: Catalogue, form: Form, problems: dict[str, str]) -> tuple[int, ...]:
    """The troubles picked, the worst first: each carries its rank, 1 to 3."""
    ranked = [(form.get(f"pain.{n}", ""), n) for n in catalogue.pains if form.get(f"pain.{n}", "")]
    ranks = [rank for rank, _n in ranked]
    if any(rank not in ("1", "2", "3") for rank in ranks) or len(set(ranks)) != len(ranks):
        problems["pains"] = N_("Each place, first to third, can be given once.")
        return ()
    return tuple(n for _rank, n in sorted(ranked))


# ---- review


def read_evidence(items: Iterable[str], form: Form, files: MultiDict[str, FileStorage]) -> dict[str, Evidence]:
    """The evidence texts of the review page, by item. Raises InputError for foreign fields."""
    known = list(items)
    refuse_unknown((*form, *files), known, ("csrf_token", "truth", "remove"))
    return {
        item: Evidence(form[f"{item}.evidence"], read_version(form.get(f"{item}.version", "0")))
        for item in known
        if f"{item}.evidence" in form
    }
