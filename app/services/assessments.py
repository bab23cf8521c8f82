"""Rounds of assessment: begin, describe the firm, submit. The answers themselves are in `services.answers`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.access.scope import current_scope
from app.errors import N_, ConflictError, InputError, LockedError, NotFoundError
from app.extensions import db
from app.models.assessments import Answer, AnswerChange, Assessment, AssessmentStatus
from app.models.base import now
from app.models.firms import Firm
from app.models.results import Result
from app.queries.answers import list_answers
from app.queries.assessments import (
    Round,
    catalogue_of,
    find_draft,
    find_last_submitted,
    next_number,
    read_round,
)
from app.queries.results import find_published_result
from app.services import audit, releases, results
from app.services.answers import (
    answer_state,
    file_names,
    is_claim,
    lock_draft,
    name_files_as_evidence,
    plain_number,
    require_whole_round,
)
from scoring.answers import open_facts, parse_fact, parse_value
from scoring.content.catalogue import Catalogue
from scoring.content.difference import compare
from scoring.content.serving import serve
from scoring.errors import AnswerError, ContentError

MOST_EMPLOYEES = 1_000_000
MOST_MACHINES = 1_000_000
MOST_REVENUE = Decimal(100_000_000)
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Profile:
    """What the profile page asks. `facts` holds only what was answered; `seen` the state the writer began from."""

    employees: int | None = None
    revenue_wan: Decimal | None = None
    machines: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    pains: tuple[int, ...] = ()
    seen: str | None = None


def start_round(firm_id: UUID) -> Assessment:
    """Begin the next round of a firm from its last submitted answers, or go on with the one that is begun."""
    firm = db.session.scalar(select(Firm).where(Firm.id == firm_id, Firm.deleted_at.is_(None)).with_for_update())
    if firm is None:
        raise NotFoundError
    draft = find_draft(firm_id)
    if draft is not None:
        return draft
    try:
        catalogue = serve(firm.sector)
    except (KeyError, ContentError) as error:
        raise InputError(N_("There are no questions for this trade yet.")) from error
    last = find_last_submitted(firm_id)
    assessment = Assessment(
        firm_id=firm.id,
        firm=firm,
        number=next_number(firm_id),
        sector=firm.sector,
        versions=dict(catalogue.versions),
        employees=firm.employees,
        revenue_wan=firm.revenue_wan,
        machines=firm.machines,
        based_on=last.id if last else None,
        created_by=current_scope().user_id,
    )
    db.session.add(assessment)
    copied = _copy_answers(last, assessment, catalogue) if last else 0
    audit.record("assessment:start", assessment.id, firm_id=firm.id, number=assessment.number, copied_answers=copied)
    return assessment


def _copy_answers(last: Assessment, assessment: Assessment, catalogue: Catalogue) -> int:
    """Take over what the present questionnaire still understands: answers, notes, evidence texts, profile, pains."""
    if last.sector == assessment.sector:
        assessment.pains = [n for n in last.pains if n in catalogue.pains]
    assessment.profile = {name: value for name, value in last.profile.items() if fits(catalogue, name, value)}
    carry = _carrier(last, catalogue)
    copied, files = 0, file_names(last.id)
    for old in list_answers(last.id):
        item, value = carry(old.item_id, old.value) or ("", None)
        question = catalogue.questions.get(item)
        if question is None or value is None:
            continue
        try:
            parse_value(question, value)
        except AnswerError:
            continue
        answer = Answer(
            firm_id=assessment.firm_id,
            item_id=question.id,
            value=value,
            evidence=None if old.evidence == files.get(old.item_id) else old.evidence or None,  # files stay behind
            note=old.note,
            version=1,
            updated_by=old.updated_by,
            updated_by_label=old.updated_by_label,
            updated_at=old.updated_at,
        )
        assessment.answers.append(answer)
        db.session.add(
            AnswerChange(
                firm_id=assessment.firm_id, assessment_id=assessment.id, item_id=question.id, version=1,
                before=None, after=answer_state(answer),
            )
        )  # fmt: skip
        copied += 1
    return copied


def _carrier(last: Assessment, catalogue: Catalogue) -> Callable[[str, Any], tuple[str, Any] | None]:
    """What an answer of the last round becomes in this content; as it is, where the last content is not there."""
    try:
        return compare(catalogue_of(last), catalogue).carry
    except (KeyError, ContentError):
        return lambda item, value: (item, value)


def fits(catalogue: Catalogue, name: str, value: Any) -> bool:
    """Whether a profile fact is one of this content, with a value that it takes."""
    fact = catalogue.facts.get(name)
    if fact is None:
        return False
    try:
        return value == UNKNOWN or parse_fact(fact, value) is not None
    except AnswerError:
        return False


def fingerprint(assessment: Assessment) -> str:
    """A short mark of everything that the profile page shows; it changes when any of it changes."""
    shown = [
        assessment.employees, str(assessment.revenue_wan), assessment.machines, assessment.pains,
        sorted(assessment.profile.items()),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(shown, default=str).encode()).hexdigest()[:16]


def save_profile(assessment_id: UUID, profile: Profile) -> Assessment:
    """Store what the engine needs to know about the firm. The firm's own numbers follow.

    Raises InputError with `problems` (place → message) and ConflictError where somebody else changed the page.
    """
    assessment = lock_draft(assessment_id)
    require_whole_round(assessment)
    catalogue = catalogue_of(assessment)
    problems = _profile_problems(catalogue, profile)
    if problems:
        raise InputError(problems=problems)
    if profile.seen is not None and profile.seen != fingerprint(assessment):
        raise ConflictError(N_("Somebody changed this page in the meantime. Check your entries and save again."))
    asked = {fact.id for fact in open_facts(catalogue, profile.facts)}
    before = _profile_state(assessment)
    assessment.employees, assessment.machines = profile.employees, profile.machines
    assessment.revenue_wan = profile.revenue_wan
    assessment.profile = {name: _json(value) for name, value in profile.facts.items() if name in asked}
    assessment.pains = list(profile.pains)
    firm = assessment.firm
    for name in ("employees", "revenue_wan", "machines"):
        if getattr(profile, name) is not None:
            setattr(firm, name, getattr(profile, name))
    after = _profile_state(assessment)
    if after != before:
        audit.record(
            "assessment:profile", assessment.id, firm_id=assessment.firm_id,
            before={k: v for k, v in before.items() if after.get(k) != v},
            after={k: v for k, v in after.items() if before.get(k) != v},
        )  # fmt: skip
    return assessment


def _profile_state(assessment: Assessment) -> dict[str, Any]:
    revenue = assessment.revenue_wan
    return {
        **assessment.profile, "employees": assessment.employees, "machines": assessment.machines,
        "revenue_wan": None if revenue is None else str(revenue.normalize()), "pains": list(assessment.pains),
    }  # fmt: skip


def _profile_problems(catalogue: Catalogue, profile: Profile) -> dict[str, str]:
    problems: dict[str, str] = {}
    for name, value, most in (
        ("employees", profile.employees, MOST_EMPLOYEES),
        ("machines", profile.machines, MOST_MACHINES),
        ("revenue_wan", profile.revenue_wan, MOST_REVENUE),
    ):
        if value is not None and not 0 <= value <= most:
            problems[name] = N_("This number cannot be right. Please check it.")
    for name, value in profile.facts.items():
        fact = catalogue.facts.get(name)
        if fact is None:
            problems[name] = N_("This question is not part of your questionnaire.")
            continue
        try:
            if value != UNKNOWN:
                parse_fact(fact, value)
        except AnswerError:
            problems[name] = N_("This number cannot be right. Please check it.")
    if len(profile.pains) > 3 or len(set(profile.pains)) != len(profile.pains):
        problems["pains"] = N_("Pick up to three different troubles.")
    elif any(n not in catalogue.pains for n in profile.pains):
        problems["pains"] = N_("This trouble is not on the list of your trade.")
    return problems


def _json(value: Any) -> Any:
    return plain_number(value) if isinstance(value, Decimal) else value


def document_with_files(round_: Round, *, as_if_asked: bool = False) -> dict[str, Any]:
    """The answers document of a draft as submission will store it: an attached file counts as evidence.

    `as_if_asked` takes every claim of 2 or more as asked for its evidence.
    """
    document = round_.document()
    names = file_names(round_.id)
    answers = document["answers"]
    for item, raw in answers.items():
        if isinstance(raw, dict) and raw.get("evidence"):
            continue
        value = raw["value"] if isinstance(raw, dict) and "value" in raw else raw
        if item in names:
            answers[item] = {"value": value, "evidence": names[item]}
        elif as_if_asked and is_claim(round_.catalogue.questions[item], value):
            answers[item] = {"value": value, "evidence": ""}
    return document


def submit(assessment_id: UUID, *, truth_confirmed: bool) -> Result:
    """Lock the round and publish its result. Submitting twice gives the same result.

    Raises InputError without the truth statement or without a single answer.
    """
    try:
        assessment = lock_draft(assessment_id)
    except LockedError:
        published = find_published_result(assessment_id)
        if published is None:
            raise
        return published
    require_whole_round(assessment)
    if not truth_confirmed:
        raise InputError(N_("Please confirm that the answers are true before you submit."), field="truth")
    name_files_as_evidence(assessment)
    round_ = read_round(assessment)
    if round_.done == 0:
        raise InputError(N_("Nothing is answered yet. Please answer some questions first."), field="truth")
    assessment.status, assessment.submitted_at = AssessmentStatus.SUBMITTED.value, now()
    assessment.submitted_by, assessment.truth_confirmed = current_scope().user_id, True
    db.session.flush()
    result = results.publish(assessment, round_.document(), round_.catalogue)
    releases.request_blocks(assessment.firm_id)
    audit.record(
        "assessment:submit", assessment.id, firm_id=assessment.firm_id, answered=round_.done, asked=round_.total,
    )  # fmt: skip
    return result
