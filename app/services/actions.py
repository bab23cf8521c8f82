"""Agree on what is to be done, by whom and by when; mark how far it is; remind, once a week at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from app.access.scope import current_scope
from app.errors import N_, ConflictError, InputError, NotFoundError
from app.extensions import db
from app.i18n import day, ngettext
from app.i18n import gettext as _
from app.models.actions import Action, ActionState
from app.models.assessments import Assessment
from app.models.base import now
from app.models.firms import Firm
from app.models.roadmaps import StepState
from app.queries.actions import (
    UNDONE,
    get_action,
    list_actions,
    list_consultants,
    list_firm_actions,
    lock_firm,
)
from app.queries.assessments import lock_assessment
from app.queries.firms import get_firm, list_owners
from app.queries.roadmaps import find_roadmap
from app.services import audit
from app.services.links import absolute_url
from app.services.messages import tell
from app.services.spreadsheets import CHINA
from app.services.texts import MAX_NAME, clean_line, clean_text

MOST = 60
LONGEST = 400
AHEAD = timedelta(days=7)
"""How long before its day an action is named in a reminder."""
PAUSE = timedelta(days=7)
"""A firm hears of its actions no more often than this."""
FARTHEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What is entered for one action; `solution` is an id of the round's catalogue, "" for other work."""

    text: str
    owner: str = ""
    due_on: date | None = None
    solution: str = ""


def today() -> date:
    """This day in China."""
    return now().astimezone(CHINA).date()


def is_overdue(action: Action, on: date) -> bool:
    """Whether its day has passed and it is not done."""
    return action.state in UNDONE and action.due_on is not None and action.due_on < on


def add(assessment_id: UUID, agreed: Agreed, known: Mapping[str, object]) -> Action:
    """Agree on one more, at the end of the list; `known` are the solutions of the catalogue. Raises InputError."""
    assessment = _lock(assessment_id)
    rows = list_actions(assessment_id)
    _leave_room(len(rows) + 1)
    row = _new(assessment, _last(rows) + 1)
    _write(row, agreed, known)
    db.session.add(row)
    audit.record("action:add", row.id, firm_id=row.firm_id)
    return row


def edit(assessment_id: UUID, action_id: UUID, agreed: Agreed, known: Mapping[str, object]) -> Action:
    """Change the words, person, day or solution of one. Raises InputError, NotFoundError."""
    _lock(assessment_id)
    row = get_action(assessment_id, action_id)
    _write(row, agreed, known)
    audit.record("action:edit", row.id, firm_id=row.firm_id)
    return row


def move(assessment_id: UUID, action_id: UUID, *, up: bool) -> None:
    """One place up or down; nothing at either end. Raises NotFoundError."""
    _lock(assessment_id)
    rows = list(list_actions(assessment_id))
    row = get_action(assessment_id, action_id)
    here = rows.index(row)
    there = here - 1 if up else here + 1
    if 0 <= there < len(rows):
        rows[here], rows[there] = rows[there], rows[here]
        for position, each in enumerate(rows, 1):
            each.position = position


def delete(assessment_id: UUID, action_id: UUID) -> None:
    """It is no longer agreed. Raises NotFoundError."""
    _lock(assessment_id)
    row = get_action(assessment_id, action_id)
    audit.record("action:delete", row.id, firm_id=row.firm_id, text=row.text)
    db.session.delete(row)


def mark(assessment_id: UUID, action_id: UUID, state: ActionState, since: date | None) -> Action:
    """Say how far it is, since which day (today where none is given). Raises InputError, NotFoundError."""
    _lock(assessment_id)
    row = get_action(assessment_id, action_id)
    if since is not None and since > today():
        raise InputError(N_("This day is still to come. Enter the day on which it happened."), field="since")
    row.state = state.value
    row.since = None if state is ActionState.OPEN else since or today()
    row.updated_by, row.updated_at = current_scope().user_id, now()
    audit.record("action:mark", row.id, firm_id=row.firm_id, state=state.value)
    return row


def take_over(assessment_id: UUID, titles: Mapping[str, str]) -> int:
    """Make the steps of the firm's plan actions, due on the day on which they end by its schedule, counted from the day
    of the plan; returns how many are new. What is agreed already, and what was dropped, is left out.

    `titles` names the solutions in words. Raises InputError without a plan.
    """
    assessment = _lock(assessment_id)
    plan = find_roadmap(assessment_id)
    if plan is None:
        raise InputError(N_("The firm has made no plan of its route yet."))
    rows = list_actions(assessment_id)
    agreed = {row.solution for row in rows}
    ends = {step["solution"]: step["end_day"] for step in plan.route["steps"]}
    begun = plan.adopted_at.astimezone(CHINA).date()
    new = [s for s in plan.steps if s.solution not in agreed and s.state != StepState.DROPPED]
    _leave_room(len(rows) + len(new))
    for position, step in enumerate(new, _last(rows) + 1):
        row = _new(assessment, position)
        row.text, row.solution = titles.get(step.solution, step.solution), step.solution
        row.due_on = begun + timedelta(days=ends[step.solution])
        row.state, row.since = step.state, step.since
        db.session.add(row)
    if new:
        audit.record("action:take_over", plan.id, firm_id=plan.firm_id, number=len(new))
    return len(new)


def set_reminders(firm_id: UUID, *, wanted: bool) -> None:
    """Write to the owners and the consultant about due actions, or do not. Raises NotFoundError."""
    firm = get_firm(firm_id)
    if firm.action_reminders != wanted:
        firm.action_reminders = wanted
        audit.record("action:reminders", firm.id, firm_id=firm.id, wanted=wanted)


def remind(firm_id: UUID, on: date) -> int:
    """Write to the owners and consultants of a firm about what is due within a week or overdue; returns the number of
    messages. Nothing within a week of the last time, nor where the firm has switched it off."""
    firm = lock_firm(firm_id)
    if firm is None or not firm.action_reminders:
        return 0
    rows = list_firm_actions(firm_id)
    due = [r for r in rows if r.state in UNDONE and r.due_on is not None and r.due_on <= on + AHEAD]
    last = max((row.reminded_on for row in rows if row.reminded_on is not None), default=None)
    if not due or (last is not None and on < last + PAUSE):
        return 0
    people = {user.id: user for user in (*list_owners(firm_id), *list_consultants(firm_id, on))}
    for user in people.values():
        tell(user, "action_reminder", partial(_reminder, firm, due, on))
    for row in due:
        row.reminded_on = on
    audit.record("action:remind", firm.id, firm_id=firm.id, number=len(due))
    return len(people)


def _reminder(firm: Firm, due: Sequence[Action], on: date) -> tuple[str, str]:
    subject = ngettext(
        "%(firm)s: one agreed action is due", "%(firm)s: %(num)s agreed actions are due", len(due), firm=firm.name
    )
    lines = [
        _("These agreed actions of %(firm)s are due within a week or overdue:", firm=firm.name),
        *(f"- {row.text}{_owner(row)}: {_when(row, on)}" for row in due),
        _(
            "Say here how far they are, or switch these reminders off: %(link)s",
            link=absolute_url("actions.index", assessment_id=due[-1].assessment_id),
        ),
    ]
    return subject, "\n".join(lines)


def _owner(row: Action) -> str:
    return f" ({row.owner})" if row.owner else ""


def _when(row: Action, on: date) -> str:
    shown = day(row.due_on)
    return _("overdue since %(day)s", day=shown) if is_overdue(row, on) else _("due on %(day)s", day=shown)


def _lock(assessment_id: UUID) -> Assessment:
    assessment = lock_assessment(assessment_id)
    if assessment is None or assessment.firm_id not in current_scope().firm_ids:
        raise NotFoundError
    if assessment.is_draft:
        raise ConflictError(N_("This round is not submitted yet. Actions are agreed after its result."))
    return assessment


def _leave_room(number: int) -> None:
    if number > MOST:
        raise InputError(N_("More than 60 actions are no plan any more. Delete what is done or no longer meant."))


def _last(rows: Sequence[Action]) -> int:
    return max((row.position for row in rows), default=0)


def _new(assessment: Assessment, position: int) -> Action:
    user_id = current_scope().user_id
    return Action(
        firm_id=assessment.firm_id,
        assessment_id=assessment.id,
        position=position,
        created_by=user_id,
        updated_by=user_id,
    )


def _write(row: Action, agreed: Agreed, known: Mapping[str, object]) -> None:
    text = " ".join(clean_text(agreed.text, "text", LONGEST).split("\n"))
    if not text:
        raise InputError(N_("Say what is to be done."), field="text")
    if agreed.solution and agreed.solution not in known:
        raise InputError(N_("We do not know this solution. Choose one of the list."), field="solution")
    if agreed.due_on is not None and abs(agreed.due_on - today()) > FARTHEST:
        raise InputError(N_("This day is more than ten years away. Check the year."), field="due_on")
    row.text, row.solution, row.due_on = text, agreed.solution, agreed.due_on
    row.owner = clean_line(agreed.owner, "owner", MAX_NAME)
    row.updated_by, row.updated_at = current_scope().user_id, now()
