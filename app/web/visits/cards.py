"""Findings as cards: the claim in its words, what to ask and what to see, the choices, the photos, a conflict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for

from app.access.guard import may
from app.access.policy import Permission
from app.errors import StaleAnswerError
from app.i18n import gettext as _
from app.models.verifications import Finding, FindingFile
from app.queries.assessments import FileRow, Round
from app.services.findings import AGREED, NO_CLAIM, NOT_SEEN
from app.web.assessments.cards import Attached, Clash, clash_of, saved_by
from app.web.assessments.fields import Choice, Counts, counts, proofs
from app.web.assessments.fields import Shown as Typed
from app.web.assessments.words import answer_text, size, text
from app.web.visits.forms import OTHER, Fields
from scoring.answers import NOT_APPLICABLE
from scoring.content.model import Question


@dataclass(frozen=True, slots=True)
class CardWords:
    """The texts that all cards of the page share."""

    claim: str
    see: str
    usual: str
    firms_proof: str
    no_proof: str
    or_else: str
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
        claim=_("The firm says"),
        see=_("What to see"),
        usual=_("Usually"),
        firms_proof=_("The firm's proof"),
        no_proof=_("none given"),
        or_else=_("Or what you saw instead"),
        note=_("Note"),
        file=_("Photo or PDF"),
        kinds=_("up to 10 MB"),
        remove=_("Remove"),
        differ=_("Two findings differ"),
        keep_mine=_("Keep mine"),
        leave=_("If you are not sure, leave it: until you choose, the other one counts."),
    )


@dataclass(frozen=True, slots=True)
class Card:
    """One item of the sheet. `tags` say why it stands where it stands; `usual` what is usually corrected, or ""."""

    id: str
    kind: str
    number: str
    title: str
    tags: tuple[str, ...]
    flags: tuple[str, ...]
    claim: str
    claim_detail: str
    evidence: str
    firm_files: tuple[Attached, ...]
    see: tuple[tuple[str, str], ...]
    usual: str
    first: tuple[Choice, ...]
    others: tuple[Choice, ...]
    ticks: tuple[Choice, ...]
    counts: Counts | None
    note: str
    files: tuple[Attached, ...]
    upload_url: str
    save_url: str
    version: int
    was: str
    saved: str
    error: str
    clash: Clash | None

    @property
    def classes(self) -> str:
        """Class names of the card."""
        return "q is-clash" if self.clash else "q"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a card is made of beside the question: `fields` to show, and what is stored."""

    fields: Fields
    stored: Fields
    row: Finding | None
    error: str = ""
    conflict: StaleAnswerError | None = None


def present_card(
    round_: Round,
    question: Question,
    shown: Shown,
    *,
    number: str,
    tags: tuple[str, ...],
    flags: tuple[str, ...],
    usual: str,
    files: tuple[FileRow, ...],
    photos: tuple[FindingFile, ...],
    verification_id: UUID | None,
) -> Card:
    """One card."""
    answer = round_.answers.get(question.id)
    claimed = answer.value if answer else None
    row, fields = shown.row, shown.fields
    first, others = _choices(question, claimed, fields, found=row is not None)
    address: dict[str, Any] = {"assessment_id": round_.id, "item_id": question.id}
    version = row.version if row else 0
    return Card(
        id=question.id,
        kind=question.kind,
        number=number,
        title=text(question.text),
        tags=tags,
        flags=flags,
        claim=answer_text(question, claimed),
        claim_detail=_anchor_text(question, claimed),
        evidence=(answer.evidence or "") if answer else "",
        firm_files=tuple(_firm_file(round_, f) for f in files),
        see=_see(question, claimed),
        usual=usual,
        first=first,
        others=others,
        ticks=_ticks(question, fields),
        counts=counts(question, Typed(part=fields.part, whole=fields.whole)),
        note=fields.note,
        files=tuple(attached(f, verification_id) for f in photos),
        upload_url=url_for("visits.add_file", **address),
        save_url=url_for("visits.save_finding", **address),
        version=version,
        was=shown.stored.mark,
        saved=saved_by(row.updated_by, row.updated_by_label, row.updated_at) if row and not shown.error else "",
        error=shown.error,
        clash=None if shown.conflict is None else _clash(question, shown.conflict, row),
    )


def _anchor_text(question: Question, claimed: Any) -> str:
    if question.kind == "level" and isinstance(claimed, int):
        return text(question.anchors[claimed].text)
    return next((text(o.detail) for o in question.options if o.id == claimed and o.detail), "")


def _see(question: Question, claimed: Any) -> tuple[tuple[str, str], ...]:
    """What would prove the claim; where the content says it step by step, the steps from the claim down."""
    if question.kind == "level" and isinstance(claimed, int):
        hints = [(a.label, a.evidence) for a in question.anchors[: claimed + 1] if a.evidence]
        if hints:
            return tuple((text(label), text(hint)) for label, hint in reversed(hints[-2:]))
    return proofs(question)


def _choices(
    question: Question, claimed: Any, fields: Fields, *, found: bool
) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """The two that are needed most, and what could be seen instead."""
    first, others = [], []
    if claimed not in NO_CLAIM:
        detail = answer_text(question, claimed)
        first.append(_choice(question, AGREED, _("Agrees"), detail, fields))
        if claimed not in (0, [], NOT_APPLICABLE):
            first.append(_choice(question, NOT_SEEN, _("Not seen"), _not_seen(question), fields))
    if question.kind == "level":
        steps = [(n, a.label, a.text) for n, a in enumerate(question.anchors)]
        others += [_choice(question, f"={n}", text(a), text(b), fields) for n, a, b in steps if n != claimed]
    elif question.kind in ("multiple", "rate"):
        others.append(_choice(question, OTHER, _("Other than claimed"), "", fields))
    else:
        others += [
            _choice(question, f"={o.id}", text(o.text), text(o.detail), fields)
            for o in question.options
            if o.id != claimed
        ]
    if question.na and claimed != NOT_APPLICABLE:
        others.append(_choice(question, f"={NOT_APPLICABLE}", text(question.na), "", fields, plain=True))
    if found:
        others.append(_choice(question, "", _("Not looked at yet"), "", fields, plain=True))
    return tuple(first), tuple(others)


def _choice(question: Question, value: str, label: str, detail: str, fields: Fields, *, plain: bool = False) -> Choice:
    place = value.removeprefix("=") or "-clear"
    return Choice(f"{question.id}-{place}", value, label, detail, value == fields.choice, plain)


def _not_seen(question: Question) -> str:
    if question.kind == "level":
        return _("Nobody could show it. A claim of 2 or more then counts as 1.")
    return _("Nobody could show it. It then gives no points.")


def _ticks(question: Question, fields: Fields) -> tuple[Choice, ...]:
    if question.kind != "multiple":
        return ()
    return tuple(
        Choice(f"{question.id}-t-{o.id}", o.id, text(o.text), text(o.detail), o.id in fields.found)
        for o in question.options
    )


def _firm_file(round_: Round, file: FileRow) -> Attached:
    reads = may(Permission.ATTACHMENT_READ, round_.assessment.firm_id)
    url = url_for("attachments.download", attachment_id=file.id) if reads else None
    return Attached(str(file.id), file.name, size(file.size), file.created_by_label, url, None)


def attached(file: FindingFile, verification_id: UUID | None) -> Attached:
    """A photo or file of a finding; those of an earlier verification stay."""
    return Attached(
        id=str(file.id),
        name=file.name,
        size=size(file.size),
        by=file.created_by_label,
        url=url_for("visits.file", file_id=file.id),
        remove_url=url_for("visits.remove_file", file_id=file.id) if file.verification_id == verification_id else None,
    )


def present_file(file: FindingFile) -> dict[str, Any]:
    """A photo or file as JSON."""
    shown = attached(file, file.verification_id)
    return {"id": shown.id, "name": shown.name, "size": shown.size, "url": shown.url, "remove_url": shown.remove_url}


# ---- findings in words and as JSON


def finding_text(question: Question, state: Mapping[str, Any] | None) -> str:
    """A finding in the words of its question; `state` as `services.findings.finding_state` gives it."""
    if state is None or not state["verdict"]:
        said = _("nothing found yet")
    elif state["verdict"] == NOT_SEEN:
        said = _("Not seen")
    elif state["verdict"] == AGREED:
        said = _("Agrees: %(answer)s", answer=answer_text(question, state["value"]))
    else:
        said = answer_text(question, state["value"])
    return _("%(finding)s (note: %(note)s)", finding=said, note=state["note"]) if state and state["note"] else said


def _clash(question: Question, conflict: StaleAnswerError, row: Finding | None) -> Clash:
    texts = finding_text(question, conflict.details["mine"]), finding_text(question, conflict.details["theirs"])
    return clash_of(conflict, texts, row.updated_by if row else None, row.updated_at if row else None)


def present_state(row: Finding | None) -> dict[str, Any]:
    """One finding as JSON."""
    if row is None:
        return {"verdict": "", "value": None, "note": "", "version": 0, "saved": ""}
    return {
        "verdict": row.verdict,
        "value": row.value,
        "note": row.note,
        "version": row.version,
        "saved": saved_by(row.updated_by, row.updated_by_label, row.updated_at),
    }


def present_states(round_: Round, findings: Mapping[str, Finding], csrf_token: str, *, locked: bool) -> dict[str, Any]:
    """All findings as JSON, as the script takes them over."""
    asked = [q.id for s in round_.sections for q in round_.questions(s)]
    answers = {item: present_state(findings.get(item)) for item in asked}
    return {"answers": answers, "locked": locked, "csrf_token": csrf_token}


def present_conflict(question: Question, conflict: StaleAnswerError, row: Finding | None) -> dict[str, Any]:
    """A conflict as JSON: both findings, who and when, in words and as values."""
    clash = _clash(question, conflict, row)
    return {
        "error": conflict.id,
        "message": clash.who,
        "item": question.id,
        "version": conflict.details["version"],
        "mine": {**conflict.details["mine"], "text": clash.mine, "says": clash.mine_says},
        "theirs": {
            **present_state(row),
            "text": clash.theirs,
            "says": clash.theirs_says,
            "keep": clash.keep_theirs_label,
            "by": str(conflict.details.get("by") or ""),
            "at": conflict.details.get("at"),
        },
    }
