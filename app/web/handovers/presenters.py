"""Finished values for the page behind a hand-over link."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from app.i18n import moment
from app.queries.handovers import OpenHandover, find_section_title
from app.web.assessments.words import text


@dataclass(frozen=True, slots=True)
class HandoverPage:
    """What somebody is asked to do, and until when."""

    name: str
    firm: str
    section: str
    questions: int
    minutes: int
    until: str
    start_url: str


def present_handover(handover: OpenHandover, token: str) -> HandoverPage:
    """The page that a colleague sees first."""
    title, questions = find_section_title(handover)
    return HandoverPage(
        name=handover.link.name,
        firm=handover.firm_name,
        section=text(title),
        questions=questions,
        minutes=-(-questions * 35 // 60),
        until=moment(handover.expires_at),
        start_url=url_for("handovers.start", token=token),
    )
