"""Questions as cards: what stands in their fields, what was wrong with it, who else answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from app.access.scope import current_scope
from app.errors import DomainError, StaleAnswerError
from app.i18n import gettext as _
from app.i18n import number
from app.queries.assessments import AnswerRow, FileRow, Round, SectionHolder
from app.queries.handovers import HandoverState
from app.web.assessments.forms import NA, NONE, UNKNOWN, Entry, Typed
from app.web.assessments.words import (
    answer_text,
    clock,
    impossible,
    person,
    problem_text,
    size,
    text,
)
from scoring.content.catalogue import Catalogue
from scoring.content.model import Question, Section


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
    """Two numbers and the share they give."""

    part: str
    whole: str
    part_label: str
    whole_label: str
    unit: str
    step: str
    share: str
    working: str
    working_of: str
    impossible: str


@dataclass(frozen=True, slots=True)
class CardWords:
    """The texts that all cards of a page share, looked up once."""

    why: str
    extra: str
    proofs: str
    proof: str
    note: str
    file: str
    kinds: str
    remove: str
    differ: str
    keep_mine: str
    leave: str


def card_words() -> CardWords:
    """The texts of the cards in the reader's language."""
    return CardWords(
        why=_("Why we ask"),
        extra=_("Add a word or proof"),
        proofs=_("This would prove it. You can submit without it, but with it the level in the report stands firmer."),
        proof=_("Proof, in a line"),
        note=_("Anything to add"),
        file=_("Photo or file"),
        kinds=_("picture, PDF, Excel or Word, up to 10 MB"),
        remove=_("Remove"),
        differ=_("Two answers differ"),
        keep_mine=_("Keep mine"),
        leave=_("If you are not sure, leave it: until you choose, the other answer counts."),
    )


@dataclass(frozen=True, slots=True)
class Attached:
    """A file at an answer. `url` is None for who may not download it."""

    id: str
    name: str
    size: str
    by: str
    url: str | None
    remove_url: str


@dataclass(frozen=True, slots=True)
class Clash:
    """Two people, two answers: what each says, when, and what the buttons send."""

    who: str
    mine: str
    theirs: str
    mine_says: str
    theirs_says: str
    keep_mine: str
    keep_theirs: str
    keep_theirs_label: str


@dataclass(frozen=True, slots=True)
class Card:
    """One question on a page."""

    id: str
    kind: str
    partial: str
    number: str
    title: str
    hint: str
    example: str
    why: str
    proofs: tuple[tuple[str, str], ...]
    multiple: bool
    choices: tuple[Choice, ...]
    counts: Counts | None
    version: int
    note: str
    evidence: str
    has_extra: bool
    files: tuple[Attached, ...]
    upload_url: str
    save_url: str
    saved: str
    error: str
    clash: Clash | None

    @property
    def classes(self) -> str:
        """Class names of the card."""
        return "q is-clash" if self.clash else "q"

    @property
    def describedby(self) -> str:
        """Ids of what describes the group: hint, example, error."""
        parts = [f"{self.id}-h"] if self.hint else []
        parts += [f"{self.id}-x"] if self.example else []
        parts += [f"{self.id}-err"] if self.error else []
        return " ".join(parts)


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
    whole = shown.whole or (suggested if not shown.part and not shown.picked else "")
    return Counts(
        part=shown.part,
        whole=whole,
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


@dataclass(frozen=True, slots=True)
class SectionView:
    """What a page of questions is made of, beside the round itself."""

    files: Sequence[FileRow] = ()
    handovers: Sequence[HandoverState] = ()
    holders: Sequence[SectionHolder] = ()
    entries: Mapping[str, Entry] = field(default_factory=dict)
    problems: Mapping[str, DomainError] = field(default_factory=dict)
    conflicts: Mapping[str, StaleAnswerError] = field(default_factory=dict)


def present_cards(round_: Round, section: Section, view: SectionView) -> tuple[Card, ...]:
    """The cards of a section. A card with a problem or a conflict shows what was typed."""
    return tuple(_card(round_, n, q, view) for n, q in enumerate(round_.questions(section), 1))


def _card(round_: Round, place: int, question: Question, view: SectionView) -> Card:
    row = round_.answers.get(question.id)
    entry = view.entries.get(question.id)
    error = view.problems.get(question.id)
    conflict = view.conflicts.get(question.id)
    unsaved = entry is not None and (error is not None or conflict is not None)
    shown = Shown.typed(entry.typed, entry.version) if entry and unsaved else Shown.stored(row)
    files = [f for f in view.files if f.item_id == question.id]
    address: dict[str, Any] = {"assessment_id": round_.id, "item_id": question.id}
    return Card(
        id=question.id,
        kind=question.kind,
        partial=_partial(question),
        number=_("Question %(number)s", number=place),
        title=text(question.text),
        hint=text(question.hint),
        example=text(round_.catalogue.sector.examples.get(question.id)),
        why=text(question.why),
        proofs=proofs(question),
        multiple=question.kind in ("multiple", "rate"),
        choices=choices(question, shown),
        counts=counts(question, shown, round_.assessment.machines),
        version=shown.version,
        note=shown.note,
        evidence=shown.evidence,
        has_extra=bool(shown.note or shown.evidence or files),
        files=tuple(attached(f) for f in files),
        upload_url=url_for("attachments.add", **address),
        save_url=url_for("assessments.save_answer", **address),
        saved=saved_text(row) if error is None and conflict is None else "",
        error="" if error is None else problem_text(question, error),
        clash=None if conflict is None else _clash(question, conflict, row),
    )


def present_quick_card(
    catalogue: Catalogue, place: int, question: Question, shown: Shown, error: DomainError | None
) -> Card:
    """A card of the quick look: the question and its choices, nothing to attach or to comment."""
    return Card(
        id=question.id,
        kind=question.kind,
        partial=_partial(question),
        number=_("Question %(number)s", number=place),
        title=text(question.text),
        hint=text(question.hint),
        example=text(catalogue.sector.examples.get(question.id)),
        why=text(question.why),
        proofs=(),
        multiple=question.kind in ("multiple", "rate"),
        choices=choices(question, shown),
        counts=counts(question, shown),
        version=0,
        note="",
        evidence="",
        has_extra=False,
        files=(),
        upload_url="",
        save_url="",
        saved="",
        error="" if error is None else problem_text(question, error),
        clash=None,
    )


def _partial(question: Question) -> str:
    return "assessments/kinds/counts.html" if question.kind == "rate" else "assessments/kinds/choices.html"


def attached(file: FileRow) -> Attached:
    visitor = current_scope().handover is not None
    return Attached(
        id=str(file.id),
        name=file.name,
        size=size(file.size),
        by=file.created_by_label,
        url=None if visitor else url_for("attachments.download", attachment_id=file.id),
        remove_url=url_for("attachments.remove", attachment_id=file.id),
    )


def present_file(file: FileRow) -> dict[str, Any]:
    """An attached file as JSON."""
    shown = attached(file)
    return {"id": shown.id, "name": shown.name, "size": shown.size, "url": shown.url, "remove_url": shown.remove_url}


def saved_text(row: AnswerRow | None) -> str:
    """When an answer was saved, and by whom if it was somebody else."""
    if row is None or row.value is None:
        return ""
    scope = current_scope()
    own = row.updated_by == scope.user_id and (scope.user_id is not None or scope.handover is not None)
    when = clock(row.updated_at)
    if own or not row.updated_by_label:
        return _("Saved %(time)s", time=when)
    return _("%(name)s, %(time)s", name=row.updated_by_label, time=when)


def _clash(question: Question, conflict: StaleAnswerError, row: AnswerRow | None) -> Clash:
    mine, theirs = conflict.details["mine"], conflict.details["theirs"] or {}
    who = person(str(conflict.details.get("by") or ""))
    when = clock(row.updated_at) if row else ""
    version = conflict.details["version"]
    return Clash(
        who=_("%(name)s also answered this at %(time)s, and differently. Which answer stays?", name=who, time=when),
        mine=answer_text(question, mine["value"]),
        theirs=answer_text(question, theirs.get("value")),
        mine_says=_("You chose"),
        theirs_says=_("%(name)s chose at %(time)s", name=who, time=when),
        keep_mine=f"{question.id}:mine:{version}",
        keep_theirs=f"{question.id}:theirs:{version}",
        keep_theirs_label=_("Keep that of %(name)s", name=who),
    )


def present_conflict(round_: Round, question: Question, conflict: StaleAnswerError) -> dict[str, Any]:
    """A conflict as JSON: both values, who and when, in words and as values."""
    row = round_.answers.get(question.id)
    clash = _clash(question, conflict, row)
    theirs = conflict.details["theirs"] or {"value": None, "evidence": "", "note": ""}
    return {
        "error": conflict.id,
        "message": clash.who,
        "item": question.id,
        "version": conflict.details["version"],
        "mine": {"value": conflict.details["mine"]["value"], "text": clash.mine, "says": clash.mine_says},
        "theirs": {
            **theirs,
            "text": clash.theirs,
            "says": clash.theirs_says,
            "keep": clash.keep_theirs_label,
            "by": person(str(conflict.details.get("by") or "")),
            "at": conflict.details.get("at"),
            "saved": saved_text(row),
        },
    }
