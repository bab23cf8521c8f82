"""The tabs of a submitted round: its result, the visit, what was found, the diagnosis, what was agreed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import current_app, url_for

from app.access.guard import may, permission_of
from app.i18n import lazy_gettext as lazy

PARTS = (
    ("results.show", lazy("Result")),
    ("visits.show", lazy("Visit sheet")),
    ("verifications.show", lazy("Verification")),
    ("diagnoses.show", lazy("Diagnosis")),
    ("actions.index", lazy("Agreed actions")),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab as the template prints it."""

    url: str
    label: str
    current: bool


def round_parts(assessment_id: UUID, firm_id: UUID, here: str = "") -> tuple[Tab, ...]:
    """The parts of the round that this visitor may open; `here` is the endpoint of the page."""
    shown = []
    for endpoint, label in PARTS:
        permission = permission_of(current_app, endpoint)
        if permission is not None and may(permission, firm_id):
            shown.append(Tab(url_for(endpoint, assessment_id=assessment_id), str(label), endpoint == here))
    return tuple(shown)


def round_tabs(assessment_id: UUID, firm_id: UUID, here: str) -> tuple[Tab, ...]:
    """The parts as tabs of the page `here`. Empty for one alone."""
    parts = round_parts(assessment_id, firm_id, here)
    return parts if len(parts) > 1 else ()
