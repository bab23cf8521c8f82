"""Self-checks: begin, fill in, finish, and take over into the open round what the firm ticks.

Several people may fill in one run: a save names for each answer the value that its writer saw. What somebody else
changed meanwhile is not written over; it is given back with both values.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.access.scope import current_scope
from app.errors import (
    N_,
    BadAnswerError,
    ConflictError,
    DomainError,
    InputError,
    LockedError,
    NotFoundError,
    StaleAnswerError,
)
from app.extensions import db
from app.models.base import now
from app.models.firms import Firm
from app.models.selfchecks import RunStatus, SelfCheckRun
from app.queries.assessments import Round, find_draft, read_round, section_of
from app.queries.selfchecks import (
    find_last_finished,
    find_open_run,
    get_finished_run,
    last_profile,
    lock_run,
    next_run_number,
)
from app.services import audit
from app.services.answers import Save, lock_draft, save_answer, writer_name
from scoring import selfchecks as engine
from scoring.content.selfchecks import SelfCheck, load_check
from scoring.content.serving import serve, serve_check
from scoring.errors import AnswerError, ContentError
from scoring.feeds import Change, changes, with_ticks

ANY_TRADE = "general"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sent:
    """One answer as a page sent it: the value now, and the one that the page showed (None: none)."""

    value: Any
    was: Any


@dataclass(frozen=True, slots=True)
class PartSaved:
    """What became of the answers of one page: what was refused or is in conflict, by question; all else is saved."""

    run: SelfCheckRun
    problems: dict[str, DomainError]
    conflicts: dict[str, ConflictError]

    @property
    def is_clean(self) -> bool:
        """True when everything was saved."""
        return not self.problems and not self.conflicts


@dataclass(frozen=True, slots=True)
class Offer:
    """A change that the open round could take over. `version` is that of the answer it would replace; `closed` says
    why this visitor cannot choose it: "off" (switched off by the profile) or "colleague" (given to somebody else)."""

    change: Change
    version: int
    closed: str


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What was written into the open round, by question, and what somebody else had changed meanwhile."""

    items: tuple[str, ...]
    conflicts: dict[str, StaleAnswerError]


def check_of(run: SelfCheckRun) -> SelfCheck:
    """The content that a run was begun with. Raises NotFoundError where it cannot be used any more."""
    try:
        return load_check(run.check_id, run.version)
    except (KeyError, ContentError) as error:
        raise NotFoundError from error


def start_run(firm_id: UUID, check_id: str) -> SelfCheckRun:
    """Begin a run with the answers of the last one, or go on with the one that is begun. Raises NotFoundError."""
    try:
        check = serve_check(check_id)
    except (KeyError, ContentError) as error:
        raise NotFoundError from error
    firm = db.session.scalar(select(Firm).where(Firm.id == firm_id, Firm.deleted_at.is_(None)).with_for_update())
    if firm is None:
        raise NotFoundError
    begun = find_open_run(firm_id, check_id)
    if begun is not None:
        return begun
    last = find_last_finished(firm_id, check_id)
    known = {name: value for name, value in last_profile(firm_id).items() if isinstance(value, bool)}
    run = SelfCheckRun(
        firm_id=firm_id,
        firm=firm,
        check_id=check_id,
        version=check.version,
        number=next_run_number(firm_id, check_id),
        facts={**_fitting_facts(check, known), **_fitting_facts(check, last.facts if last else {})},
        answers=_fitting_answers(check, last.answers if last else {}),
        created_by=current_scope().user_id,
        updated_by_label=writer_name(),
    )
    db.session.add(run)
    audit.record("selfcheck:start", run.id, firm_id=firm_id, check=check_id, number=run.number)
    return run


def _fitting_facts(check: SelfCheck, facts: Mapping[str, Any]) -> dict[str, bool]:
    return {f.id: facts[f.id] for f in check.facts if isinstance(facts.get(f.id), bool)}


def _fitting_answers(check: SelfCheck, answers: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for q in check.questions:
        try:
            if answers.get(q.id) is not None:
                found[q.id] = engine.parse_check_answer(q, answers[q.id])
        except AnswerError:
            continue
    return found


def save_part(run_id: UUID, section_id: str, answers: Mapping[str, Sent], facts: Mapping[str, Sent]) -> PartSaved:
    """Save what one page sent, each answer for itself. Raises NotFoundError, LockedError once it is finished."""
    run = lock_run(run_id)
    if run is None:
        raise NotFoundError
    if not run.is_draft:
        raise LockedError(N_("This self-check is finished and can no longer be changed. Begin a new one."))
    check = check_of(run)
    try:
        asked = check.section(section_id).questions
    except KeyError as error:
        raise NotFoundError from error
    if set(answers) - set(asked) or set(facts) - {f.id for f in check.facts}:
        raise NotFoundError
    problems: dict[str, DomainError] = {}
    conflicts: dict[str, ConflictError] = {}
    after = (
        _merged(run.answers, answers, lambda item, raw: _answer(check, item, raw), problems, conflicts),
        _merged(run.facts, facts, _fact, problems, conflicts),
    )
    if after != (run.answers, run.facts):
        run.answers, run.facts = after
        run.updated_at, run.updated_by_label = now(), writer_name()
    return PartSaved(run, problems, conflicts)


def _merged(
    stored: Mapping[str, Any],
    sent: Mapping[str, Sent],
    checked: Callable[[str, Any], Any],
    problems: dict[str, DomainError],
    conflicts: dict[str, ConflictError],
) -> dict[str, Any]:
    """`stored` with what was sent. A value that the sender did not touch is left alone whoever changed it."""
    merged = dict(stored)
    for item, one in sent.items():
        try:
            value = checked(item, one.value)
        except InputError as error:
            problems[item] = error
            continue
        there = stored.get(item)
        if value is None or value in (one.was, there):
            continue
        if there != one.was:
            conflicts[item] = ConflictError(item=item, mine=value, theirs=there)
            continue
        merged[item] = value
    return merged


def _answer(check: SelfCheck, item: str, raw: Any) -> Any:
    if raw is None:
        return None
    try:
        return engine.parse_check_answer(check.question(item), raw)
    except AnswerError as error:
        raise BadAnswerError(item=item, code=error.problems[0].code) from error


def _fact(item: str, raw: Any) -> bool | None:
    if raw is None or isinstance(raw, bool):
        return raw
    raise BadAnswerError(item=item, code="bad_type")


def finish_run(run_id: UUID) -> SelfCheckRun:
    """Score a run and lock it. Finishing twice gives the same result. Raises InputError without a single answer."""
    run = lock_run(run_id)
    if run is None:
        raise NotFoundError
    if not run.is_draft:
        return run
    check = check_of(run)
    result = engine.score(engine.read({"facts": run.facts, "answers": run.answers}, check), check, serve(ANY_TRADE))
    if result["score"] is None:
        raise InputError(N_("Nothing is answered yet. Please answer some questions first."))
    run.payload, run.score = result, Decimal(str(result["score"]))
    run.status, run.finished_at, run.finished_by = RunStatus.FINISHED.value, now(), current_scope().user_id
    audit.record("selfcheck:finish", run.id, firm_id=run.firm_id, check=run.check_id, answered=result["answered"])
    return run


def find_offers(run: SelfCheckRun, round_: Round) -> list[Offer]:
    """What a finished run would change in an open round, in the order of the check."""
    answers = {item: row.value for item, row in round_.answers.items()}
    scope, assessment = current_scope(), round_.assessment
    found = []
    for change in changes((run.payload or {}).get("feeds", {}), round_.catalogue.questions, answers):
        section = section_of(round_.catalogue, change.item).id
        mine = scope.everything or scope.may_answer(assessment.firm_id, assessment.id, section)
        closed = "off" if change.item in round_.off else "" if mine else "colleague"
        row = round_.answers.get(change.item)
        found.append(Offer(change, row.version if row else 0, closed))
    return found


def take_over(run_id: UUID, chosen: Collection[str], versions: Mapping[str, int]) -> TakenOver:
    """Write the chosen changes into the open round, each question with the version that the firm saw.

    Raises NotFoundError, InputError where no round is open or nothing was chosen.
    """
    run = get_finished_run(run_id)
    draft = find_draft(run.firm_id)
    if draft is None:
        raise InputError(N_("No round is open. Begin one first; then its answers can be filled in from here."))
    round_ = read_round(lock_draft(draft.id))
    wanted = [o.change for o in find_offers(run, round_) if o.change.id in chosen and not o.closed]
    if not chosen:
        raise InputError(N_("Nothing is ticked. Tick what you want to take over."))
    done: list[str] = []
    conflicts: dict[str, StaleAnswerError] = {}
    for item in dict.fromkeys(change.item for change in wanted):
        picked = [change for change in wanted if change.item == item]
        before = round_.answers[item].value if item in round_.answers else None
        ticked = before if isinstance(before, list) else []
        ticks = {change.option: change.direction for change in picked if change.option}
        value = with_ticks(round_.catalogue.questions[item], ticked, ticks) if ticks else picked[0].after
        try:
            save_answer(draft.id, item, Save(value, versions.get(item, 0)))
        except StaleAnswerError as error:
            conflicts[item] = error
        else:
            done.append(item)
    if done:
        audit.record("selfcheck:take_over", run.id, firm_id=run.firm_id, round=draft.number, items=done)
    return TakenOver(tuple(done), conflicts)
