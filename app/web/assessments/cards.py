"""Questions as cards: what stands in their fields, what was wrong with it, who else answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for

from app.access.scope import current_scope
from app.errors import DomainError, StaleAnswerError
from app.i18n import gettext as _
from app.queries.assessments import AnswerRow, FileRow, Round, SectionHolder
from app.queries.handovers import HandoverState
from app.services.attachments import may_remove
from app.web.assessments.fields import Choice, Counts, Shown, choices, counts, proofs
from app.web.assessments.forms import Entry
from app.web.assessments.words import (
    answer_text,
    clock,
    person,
    problem_text,
    size,
    text,
)
from scoring.content.catalogue import Catalogue
from scoring.content.model import Question, Section


@dataclass(frozen=True, slots=True)
class CardWords:
    """The texts that all cards of a page share, looked up once."""

    why: str
    chain: str
    chain_says: str
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
        chain=_("A chain leader asks this"),
        chain_says=_("What a chain leader (the large customer that pulls its suppliers along) says:"),
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
    remove_url: str | None


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
    chain: tuple[str, ...]
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
        chain=_chain(round_.catalogue, question),
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
        chain=_chain(catalogue, question),
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


def _chain(catalogue: Catalogue, question: Question) -> tuple[str, ...]:
    """What a chain leader wants to see on the topic of this question, in a buyer's words."""
    asked = ((requirement, condition.topics[0][0]) for requirement, condition in catalogue.chain)
    return tuple(text(requirement.text) for requirement, topic in asked if topic == question.topic)


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
        remove_url=url_for("attachments.remove", attachment_id=file.id) if may_remove(file) else None,
    )


def present_file(file: FileRow) -> dict[str, Any]:
    """An attached file as JSON."""
    shown = attached(file)
    return {"id": shown.id, "name": shown.name, "size": shown.size, "url": shown.url, "remove_url": shown.remove_url}


def saved_text(row: AnswerRow | None) -> str:
    """When an answer was saved, and by whom if it was somebody else."""
    return "" if row is None or row.value is None else saved_by(row.updated_by, row.updated_by_label, row.updated_at)


def saved_by(by: UUID | None, name: str, at: datetime) -> str:
    """When something was saved, and by whom if it was somebody else."""
    scope = current_scope()
    own = by == scope.user_id and (scope.user_id is not None or scope.handover is not None)
    if own or not name:
        return _("Saved %(time)s", time=clock(at))
    return _("%(name)s, %(time)s", name=name, time=clock(at))


def _clash(question: Question, conflict: StaleAnswerError, row: AnswerRow | None) -> Clash:
    mine, theirs = conflict.details["mine"], conflict.details["theirs"] or {}
    texts = answer_text(question, mine["value"]), answer_text(question, theirs.get("value"))
    return clash_of(conflict, texts, row.updated_by if row else None, row.updated_at if row else None)


def clash_of(conflict: StaleAnswerError, texts: tuple[str, str], by: UUID | None, at: datetime | None) -> Clash:
    """The words of a conflict; `texts` are mine and theirs, `by` and `at` who wrote theirs and when."""
    when = clock(at) if at else ""
    item, version = conflict.details["item"], conflict.details["version"]
    name = person(str(conflict.details.get("by") or ""))
    if by is not None and by == current_scope().user_id:
        who = _(
            "In another window or on another device you chose differently at %(time)s. Which answer stays?", time=when
        )
        theirs_says, keep_theirs = _("There you chose at %(time)s", time=when), _("Keep that one")
    else:
        who = _("%(name)s also answered this at %(time)s, and differently. Which answer stays?", name=name, time=when)
        theirs_says = _("%(name)s chose at %(time)s", name=name, time=when)
        keep_theirs = _("Keep that of %(name)s", name=name)
    return Clash(
        who=who,
        mine=texts[0],
        theirs=texts[1],
        mine_says=_("You chose"),
        theirs_says=theirs_says,
        keep_mine=f"{item}:mine:{version}",
        keep_theirs=f"{item}:theirs:{version}",
        keep_theirs_label=keep_theirs,
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
