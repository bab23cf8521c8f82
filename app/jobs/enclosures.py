"""Rows that a report prints beside its result, as the report reads them: plain values, out of the session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from app.models.actions import Action
from app.models.reports import Report
from app.models.results import Basis
from app.models.roadmaps import Roadmap
from app.queries.enclosures import Enclosure, find_settled, list_file_names
from app.queries.results import get_published_result
from app.reports import case
from app.services.diagnoses import SUMMARY, text_for
from app.services.spreadsheets import CHINA


def verified_part(report: Report, enclosure: Enclosure) -> case.Verified | None:
    """Who was on site and what was found: of the result that the report rests on, else of the newest verified one."""
    main = report.result.basis == Basis.VERIFIED
    result = report.result if main else enclosure.verified
    row = None if result is None else find_settled(report.assessment, result)
    if result is None or row is None:
        return None
    names = list_file_names(row) if main else {}
    findings = tuple(
        case.Found(f.item_id, f.verdict, f.value, f.note, f.reply, f.reply_text, names.get(f.item_id, ()))
        for f in row.findings
    )
    on = row.visited_on or _day(row.verified_at or result.created_at)
    return case.Verified(row.by_name, on, result.payload, findings, row.remark, main)


def enclosed_parts(enclosure: Enclosure, locale: str) -> dict[str, Any]:
    """The diagnosis in the language of the report where it has it, the actions, the plan, the round before."""
    return {
        "diagnosis": _diagnosis(enclosure, "en" if locale == "en" else "zh"),
        "actions": _actions(enclosure.actions),
        "plan": _plan(enclosure.plan) if enclosure.plan else None,
        "earlier": _earlier(enclosure) if enclosure.earlier else None,
    }


def _diagnosis(enclosure: Enclosure, language: str) -> case.Diagnosis | None:
    row = enclosure.diagnosis
    if row is None or row.signed_at is None:
        return None
    places = {place for texts in row.texts.values() for place in texts["findings"]}
    findings = {place: text_for(row.texts, language, place)[1] for place in sorted(places)}
    return case.Diagnosis(row.by_name, _day(row.signed_at), text_for(row.texts, language, SUMMARY)[1], findings)


def _actions(rows: Sequence[Action]) -> tuple[case.Action, ...]:
    return tuple(case.Action(r.text, r.owner, r.due_on, r.state, r.since, r.solution) for r in rows)


def _plan(row: Roadmap) -> case.Plan:
    planned = {step["solution"]: step for step in row.route["steps"]}
    steps = tuple(
        case.PlannedStep(
            step.solution,
            planned[step.solution]["start_day"],
            planned[step.solution]["end_day"],
            (planned[step.solution]["price"][0], planned[step.solution]["price"][1]),
            step.state,
        )
        for step in row.steps
    )
    return case.Plan(_day(row.adopted_at), int(row.route["after"]["level"]), steps)


def _earlier(enclosure: Enclosure) -> case.Earlier:
    assessment = enclosure.earlier[0].assessment
    claimed, verified = get_published_result(assessment.id), enclosure.earlier_verified
    return case.Earlier(
        assessment.number,
        _day(assessment.submitted_at or claimed.created_at),
        claimed.payload,
        verified.payload if verified else None,
        _actions(enclosure.earlier),
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()
