"""What a page of a self-check sends: for each question the answer and, hidden beside it, the one that was shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.services.selfchecks import Sent
from scoring.content.selfchecks import SelfCheck

WAS, FACT, VERSION = "was.", "fact.", "version."
_ANSWERS: dict[str, Any] = {"0": 0, "1": 1, "2": 2}
_FACTS: dict[str, Any] = {"yes": True, "no": False}
MOST = 40


def read_part(check: SelfCheck, section_id: str, form: Mapping[str, str]) -> tuple[dict[str, Sent], dict[str, Sent]]:
    """(answers, facts) that a page sent. What cannot be read goes on as it is, for the service to refuse."""
    section = next((s for s in check.sections if s.id == section_id), None)
    answers = {i: _sent(i, form, _ANSWERS) for i in (section.questions if section else ())}
    facts = {f.id: _sent(FACT + f.id, form, _FACTS) for f in check.facts}
    return (
        {i: s for i, s in answers.items() if s.value is not None},
        {i: s for i, s in facts.items() if s.value is not None},
    )


def _sent(name: str, form: Mapping[str, str], values: Mapping[str, Any]) -> Sent:
    now, was = form.get(name, "")[:MOST], form.get(WAS + name, "")[:MOST]
    return Sent(values.get(now, now or None), values.get(was, was or None))


def typed(value: Any) -> str:
    """A stored answer or fact as its field sends it; empty for none."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else "" if value is None else str(value)


def read_versions(form: Mapping[str, str]) -> dict[str, int]:
    """The version of each answer of the round that the page showed."""
    found = {}
    for name, value in form.items():
        if name.startswith(VERSION) and value.isascii() and value.isdigit() and len(value) < 8:
            found[name.removeprefix(VERSION)] = int(value)
    return found
