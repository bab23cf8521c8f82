"""The list of agreed actions as the page and its spreadsheet print it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import url_for

from app.access.guard import may
from app.access.policy import Permission as P
from app.i18n import day, ngettext
from app.i18n import gettext as _
from app.models.actions import Action, ActionState
from app.models.roadmaps import Roadmap
from app.services.actions import is_overdue
from app.services.spreadsheets import Cell, Sheet
from app.web.actions.followup import FollowUp
from app.web.figures import sentences
from app.web.results.planned import state_names
from app.web.results.reading import Reading
from app.web.round_tabs import Tab, round_tabs

DASH = "–"


@dataclass(frozen=True, slots=True)
class Entry:
    """One action; fields as they stand in the forms, words as they are read."""

    id: str
    number: int
    text: str
    owner: str
    due_on: str
    due: str
    overdue: bool
    solution: str
    solution_title: str
    state: str
    state_name: str
    since: str
    since_day: str
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was entered and is not right: the action (or "new"), its fields as typed, the sentences by field."""

    at: str = ""
    values: Mapping[str, str] | None = None
    said: Mapping[str, Sequence[str]] | None = None


@dataclass(frozen=True, slots=True)
class ActionsPage:
    """The page. `agrees` and `marks` say what this visitor may do."""

    title: str
    tabs: tuple[Tab, ...]
    answer: str
    sub: str
    entries: tuple[Entry, ...]
    states: Mapping[str, str]
    solutions: tuple[tuple[str, str], ...]
    agrees: bool
    marks: bool
    take_over: str
    fix: str
    plan_url: str
    reminders: bool
    assessment_id: UUID
    firm_id: UUID
    follow_up: FollowUp | None
    later: tuple[str, str] | None
    wrong: Wrong
    today: str


def solution_titles(reading: Reading) -> dict[str, str]:
    """The solutions of the round's catalogue by id, in the reader's language."""
    return {name: reading.text(solution.title) for name, solution in reading.catalogue.solutions.items()}


def present_actions(
    reading: Reading,
    rows: Sequence[Action],
    plan: Roadmap | None,
    follow_up: FollowUp | None,
    later: tuple[int, UUID] | None,
    today: date,
    wrong: Wrong,
) -> ActionsPage:
    """`later` is (number, id) of the next submitted round; `follow_up` compares an earlier one with this."""
    assessment = reading.result.assessment
    titles = solution_titles(reading)
    agreed = {row.solution for row in rows if row.solution}
    agrees = may(P.ACTION_AGREE, assessment.firm_id)
    open_steps = [s for s in plan.steps if s.solution not in agreed and s.state != "dropped"] if plan else []
    fixed = agreed_solutions(rows)
    return ActionsPage(
        title=_("Agreed actions: %(firm)s", firm=assessment.firm.name),
        tabs=round_tabs(assessment.id, assessment.firm_id, "actions.index"),
        answer=_answer(rows, today),
        sub=_("After round %(number)s, submitted %(day)s.",
              number=assessment.number, day=day(assessment.submitted_at)),
        entries=tuple(_entry(row, n, len(rows), titles, today) for n, row in enumerate(rows, 1)),
        states={str(state): name for state, name in state_names().items()},
        solutions=tuple(titles.items()),
        agrees=agrees,
        marks=may(P.ACTION_WRITE, assessment.firm_id),
        take_over=ngettext(
            "Take the step of the plan over", "Take the %(num)s steps of the plan over", len(open_steps)
        ) if open_steps and agrees else "",
        fix=_("Fix the route to what was agreed") if fixed and may(P.ROADMAP_WRITE, assessment.firm_id) else "",
        plan_url=url_for("roadmap.plan", assessment_id=assessment.id) if plan else "",
        reminders=assessment.firm.action_reminders,
        assessment_id=assessment.id,
        firm_id=assessment.firm_id,
        follow_up=follow_up,
        later=(
            _("What has changed by round %(number)s", number=later[0]),
            url_for("actions.index", assessment_id=later[1]),
        ) if later and rows else None,
        wrong=wrong,
        today=today.isoformat(),
    )  # fmt: skip


def agreed_solutions(rows: Sequence[Action]) -> list[str]:
    """The solutions that are agreed and not dropped, in the order agreed, each once."""
    return list(dict.fromkeys(r.solution for r in rows if r.solution and r.state != ActionState.DROPPED))


def action_sheet(reading: Reading, rows: Sequence[Action], today: date) -> Sheet:
    """The list as a sheet."""
    titles, names = solution_titles(reading), state_names()
    headers = (
        _("No."), _("What is to be done"), _("Who sees to it"), _("By which day"), _("How far"), _("Since"),
        _("Overdue"), _("Solution of the catalogue"),
    )  # fmt: skip

    def cells(number: int, row: Action) -> tuple[Cell, ...]:
        late = _("overdue") if is_overdue(row, today) else ""
        state = names[ActionState(row.state)]
        return (number, row.text, row.owner, row.due_on, state, row.since, late, titles.get(row.solution, ""))

    return Sheet(
        _("Agreed actions"), headers, [cells(n, row) for n, row in enumerate(rows, 1)], (6, 60, 18, 14, 12, 14, 10, 40)
    )


def _answer(rows: Sequence[Action], today: date) -> str:
    if not rows:
        return _("Nothing is agreed yet.")
    done = sum(row.state == ActionState.DONE for row in rows)
    late = sum(is_overdue(row, today) for row in rows)
    said = [
        ngettext(
            "%(done)s of %(num)s agreed action is done.", "%(done)s of %(num)s agreed actions are done.", len(rows),
            done=done,
        )
    ]  # fmt: skip
    if late:
        said.append(ngettext("One is overdue.", "%(num)s are overdue.", late))
    return sentences(said)


def _entry(row: Action, number: int, of: int, titles: Mapping[str, str], today: date) -> Entry:
    return Entry(
        id=str(row.id),
        number=number,
        text=row.text,
        owner=row.owner,
        due_on=row.due_on.isoformat() if row.due_on else "",
        due=day(row.due_on) if row.due_on else DASH,
        overdue=is_overdue(row, today),
        solution=row.solution,
        solution_title=titles.get(row.solution, row.solution),
        state=row.state,
        state_name=state_names()[ActionState(row.state)],
        since=row.since.isoformat() if row.since else "",
        since_day=day(row.since) if row.since else "",
        first=number == 1,
        last=number == of,
    )
