"""The page before submission: what is missing, what looks odd, which claims lack evidence and what that changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.access.policy import Permission, is_allowed
from app.access.scope import current_scope
from app.errors import DomainError
from app.i18n import gettext as _
from app.i18n import ngettext, number
from app.queries.assessments import Round
from app.services.answers import is_claim
from app.services.assessments import document_with_files
from app.web.assessments.cards import Attached, SectionView, attached
from app.web.assessments.presenters import Standing, may_answer, present_standing, store_key
from app.web.assessments.words import answer_text, level_range, problem_text, text
from scoring.answers import read
from scoring.capability import capability_levels
from scoring.conditions import parse
from scoring.content.model import Question
from scoring.official import standing
from scoring.quality import flags


@dataclass(frozen=True, slots=True)
class Open:
    """A question without an answer, or answered "not sure"."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class OpenSection:
    """A section with what is open in it."""

    title: str
    url: str
    count: str
    items: tuple[Open, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that a reader would ask about."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Claim:
    """An answer of level 2 or more whose evidence is asked for."""

    id: str
    title: str
    answer: str
    proof: str
    url: str
    evidence: str
    version: int
    files: tuple[Attached, ...]
    error: str
    given: bool
    writable: bool


@dataclass(frozen=True, slots=True)
class ClaimSection:
    """The claims of one section; folded when all of them have evidence."""

    title: str
    claims: tuple[Claim, ...]
    count: str
    open: bool


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """The page before submission."""

    firm: str
    standing: Standing
    finding: str
    unanswered: tuple[OpenSection, ...]
    unanswered_text: str
    unknown: tuple[OpenSection, ...]
    unknown_text: str
    flags: tuple[Flag, ...]
    claims: tuple[ClaimSection, ...]
    claimed: str
    evidenced: str
    effect: str
    truth: str
    truth_error: str
    submit_url: str
    save_url: str
    overview_url: str
    submit_label: str
    may_submit: bool
    may_write: bool
    store: str
    sign_in_url: str
    states_url: str
    errors: tuple[tuple[str, str], ...]


def present_review(
    round_: Round,
    view: SectionView,
    *,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, DomainError] | None = None,
    truth_error: str = "",
) -> ReviewPage:
    """What to look at before submitting. `typed` and `problems` bring back what could not be saved, by item."""
    document = read(document_with_files(round_, as_if_asked=True), round_.catalogue)
    edition = round_.catalogue.edition
    claimed, evidenced = standing(document, edition).level, standing(document, edition, evidenced=True).level
    wrong = problems or {}
    claims = tuple(
        s
        for s in (_claim_section(round_, n, view, typed or {}, wrong) for n in range(len(round_.sections)))
        if s.claims
    )
    missing, unsure = _open_sections(round_, None), _open_sections(round_, "unknown")
    odd = flags(document, round_.catalogue, capability_levels(document, round_.catalogue))
    submit_allowed = is_allowed(Permission.ASSESSMENT_SUBMIT, current_scope().roles) and _is_own(round_)
    address: dict[str, Any] = {"assessment_id": round_.id}
    left = round_.total - round_.done
    errors = [(f"evidence-{c.id}", c.title) for s in claims for c in s.claims if c.error]
    if truth_error:
        errors.append(("truth", truth_error))
    return ReviewPage(
        firm=round_.assessment.firm.name,
        standing=present_standing(round_, view),
        finding=_finding(round_, left),
        unanswered=missing,
        unanswered_text=ngettext("%(num)s question without an answer", "%(num)s questions without an answer", left),
        unknown=unsure,
        unknown_text=_count_open(unsure),
        flags=tuple(dict.fromkeys(_flag(round_, f) for f in odd if f["kind"] != "no_evidence")),
        claims=claims,
        claimed=level_range(claimed, claimed),
        evidenced=level_range(evidenced, evidenced),
        effect=_effect(claimed, evidenced, claims),
        truth=_("I have answered as things really are in our firm, as far as I know."),
        truth_error=truth_error,
        submit_url=url_for("assessments.submit", **address),
        save_url=url_for("assessments.save_review", **address),
        overview_url=url_for("assessments.show", **address),
        submit_label=_submit_label(left),
        may_submit=submit_allowed,
        may_write=_is_own(round_),
        store=store_key(round_.id),
        sign_in_url=url_for("accounts.sign_in", next=url_for("assessments.review", **address)),
        states_url="",
        errors=tuple(errors),
    )


def _is_own(round_: Round) -> bool:
    scope = current_scope()
    firm_id = round_.assessment.firm_id
    return firm_id in scope.firm_ids and firm_id not in scope.consultant_firm_ids


def _finding(round_: Round, left: int) -> str:
    if left == 0:
        return _("All %(total)s questions are answered.", total=round_.total)
    return ngettext("%(num)s question is still open.", "%(num)s questions are still open.", left)


def _submit_label(left: int) -> str:
    if left == 0:
        return _("Submit and see the result")
    return ngettext("Submit with %(num)s open question", "Submit with %(num)s open questions", left)


def _count_open(sections: tuple[OpenSection, ...]) -> str:
    count = sum(len(s.items) for s in sections)
    return ngettext("%(num)s question answered “not sure”", "%(num)s questions answered “not sure”", count)


def _open_sections(round_: Round, state: str | None) -> tuple[OpenSection, ...]:
    """Sections with questions whose stored value is `state` (None: no answer)."""
    found = []
    for section in round_.sections:
        address = url_for("assessments.section", assessment_id=round_.id, section_id=section.id)
        items = tuple(
            Open(text(q.text), f"{address}#{q.id}") for q in round_.questions(section) if _value(round_, q.id) == state
        )
        if items:
            found.append(OpenSection(text(section.title), address, str(len(items)), items))
    return tuple(found)


def _value(round_: Round, item: str) -> Any:
    row = round_.answers.get(item)
    return None if row is None else row.value


def _claim_section(
    round_: Round, place: int, view: SectionView, typed: Mapping[str, str], wrong: Mapping[str, DomainError]
) -> ClaimSection:
    section = round_.sections[place]
    writable = _is_own(round_) and may_answer(round_.assessment, section.id)
    claims = tuple(
        _claim(round_, section.id, q, view, typed, wrong, writable=writable)
        for q in round_.questions(section)
        if is_claim(q, _value(round_, q.id))
    )
    given = sum(c.given for c in claims)
    return ClaimSection(
        text(section.title),
        claims,
        _("%(given)s of %(total)s with evidence", given=given, total=len(claims)),
        given < len(claims) or any(c.error for c in claims),
    )


def _claim(
    round_: Round,
    section_id: str,
    question: Question,
    view: SectionView,
    typed: Mapping[str, str],
    wrong: Mapping[str, DomainError],
    *,
    writable: bool,
) -> Claim:
    row = round_.answers[question.id]
    files = tuple(attached(f) for f in view.files if f.item_id == question.id)
    error = wrong.get(question.id)
    address = url_for("assessments.section", assessment_id=round_.id, section_id=section_id)
    anchor = question.anchors[row.value]
    return Claim(
        id=question.id,
        title=text(question.text),
        answer=answer_text(question, row.value),
        proof=text(anchor.evidence or question.evidence),
        url=f"{address}#{question.id}",
        evidence=typed.get(question.id, row.evidence or "") if error else row.evidence or "",
        version=row.version,
        files=files,
        error="" if error is None else problem_text(question, error),
        given=bool(row.evidence or files),
        writable=writable,
    )


def _effect(claimed: int, evidenced: int, claims: tuple[ClaimSection, ...]) -> str:
    lacking = sum(not c.given for s in claims for c in s.claims)
    if lacking == 0:
        return _("Every answer that needs evidence has some.")
    without = ngettext("%(num)s answer has no evidence yet.", "%(num)s answers have no evidence yet.", lacking)
    if evidenced < claimed:
        return (
            without
            + " "
            + _(
                "As claimed you stand on level %(claimed)s; with the evidence given so far, on level %(evidenced)s.",
                claimed=claimed,
                evidenced=evidenced,
            )
        )
    return without + " " + _("Your level stays the same either way; the report shows both.")


# ---- what a reader would ask about


def _flag(round_: Round, flag: Mapping[str, Any]) -> Flag:
    question = question_of(round_, str(flag.get("item") or ""))
    return Flag(flag_text(round_, flag), "" if question is None else _question_url(round_, question.id))


def flag_text(round_: Round, flag: Mapping[str, Any]) -> str:
    """A flag of the engine as a sentence that asks to look again."""
    return _FLAGS.get(str(flag["kind"]), _other_flag)(round_, flag)


def question_of(round_: Round, topic: str) -> Question | None:
    """The question behind an item or a topic."""
    questions = round_.catalogue.questions
    return questions.get(topic) or next((q for q in questions.values() if q.topic == topic), None)


def _question_url(round_: Round, item: str) -> str:
    section = next((s for s in round_.sections if item in s.questions), None)
    if section is None:
        return ""
    return url_for("assessments.section", assessment_id=round_.id, section_id=section.id, _anchor=item)


def _name(round_: Round, topic: str) -> str:
    question = question_of(round_, topic)
    return topic if question is None else text(question.title)


def _unmet_need(round_: Round, flag: Mapping[str, Any]) -> str:
    needed = str(flag["needs"])
    names = _(", ").join(_name(round_, topic) for topic, _operator, _level in parse(needed).topics) or needed
    return _(
        "“%(name)s” is answered high, but it usually rests on “%(needs)s”, which is low. Please look at both.",
        name=_name(round_, str(flag["item"])),
        needs=names,
    )


def _networked(_round: Round, _flag: Mapping[str, Any]) -> str:
    return _("More machines are online than give out data at all. Please compare the two numbers.")


def _machines(_round: Round, flag: Mapping[str, Any]) -> str:
    return _(
        "The number of machines here differs from the %(machines)s on the page about your firm.",
        machines=number(flag["machines"]),
    )


def _systems_above(_round: Round, _flag: Mapping[str, Any]) -> str:
    return _("You named many software systems, but few areas are answered as if software were used there.")


def _systems_below(_round: Round, _flag: Mapping[str, Any]) -> str:
    return _("Many areas are answered as if software were used there, but you named few software systems.")


def _same(_round: Round, flag: Mapping[str, Any]) -> str:
    return _("%(count)s answers are all on the same step. Please check whether that is really so.", count=flag["count"])


def _other_flag(round_: Round, flag: Mapping[str, Any]) -> str:
    return _("Please look at “%(name)s” again.", name=_name(round_, str(flag.get("item") or "")))


_FLAGS: dict[str, Callable[[Round, Mapping[str, Any]], str]] = {
    "unmet_need": _unmet_need,
    "networked_above_digital": _networked,
    "machines_differ": _machines,
    "systems_above_scenes": _systems_above,
    "systems_below_scenes": _systems_below,
    "same_answer": _same,
}
