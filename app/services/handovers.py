"""Hand a section to a colleague by link: no account, one section, seven days, withdrawn at any time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from app.access.scope import HandoverLink, current_scope, set_scope
from app.errors import N_, InputError, TokenError
from app.extensions import db
from app.models.base import now
from app.models.handovers import Handover
from app.queries.assessments import catalogue_of
from app.queries.handovers import OpenHandover, find_open_row, get_handover, get_open_handover, list_open_handovers
from app.services import audit
from app.services.answers import lock_draft, require_section
from app.services.texts import clean_line
from app.services.tokens import hash_secret, new_token

DAYS = 7
MOST_OPEN = 30


@dataclass(frozen=True, slots=True)
class NewHandover:
    """A hand-over with its token, which is known now and never again."""

    handover: Handover
    token: str


def create_handover(assessment_id: UUID, section_id: str, name: str) -> NewHandover:
    """Make a link for one section, for a named colleague. Raises InputError, LockedError, ForbiddenError."""
    assessment = lock_draft(assessment_id)
    require_section(assessment, section_id)
    if all(section.id != section_id for section in catalogue_of(assessment).sector.sections):
        raise InputError(N_("There is no such section."), field="name")
    label = clean_line(name, "name")
    if not label:
        raise InputError(N_("Please enter whom the link is for."), field="name")
    open_now = list_open_handovers(assessment_id)
    if len(open_now) >= MOST_OPEN:
        raise InputError(N_("There are too many open links. Please withdraw some first."), field="name")
    if any(other.name == label and other.section_id == section_id for other in open_now):
        raise InputError(
            N_("This colleague already has a link for this section. Withdraw it to make a new one."), field="name"
        )
    token = new_token()
    handover = Handover(
        firm_id=assessment.firm_id,
        assessment_id=assessment.id,
        section_id=section_id,
        name=label,
        token_hash=hash_secret(token),
        created_by=current_scope().user_id,
        expires_at=now() + timedelta(days=DAYS),
    )
    db.session.add(handover)
    audit.record("handover:create", handover.id, firm_id=assessment.firm_id, section=section_id, name=label)
    return NewHandover(handover, token)


def revoke_handover(handover_id: UUID) -> Handover:
    """Withdraw a link; it stops working at once. What was answered stays. Raises NotFoundError, ForbiddenError."""
    handover = get_handover(handover_id)
    require_section(lock_draft(handover.assessment_id), handover.section_id)
    if handover.revoked_at is None:
        handover.revoked_at = now()
        audit.record("handover:revoke", handover.id, firm_id=handover.firm_id, section=handover.section_id)
    return handover


def read_handover(token: str) -> OpenHandover:
    """What a link is for. Raises TokenError."""
    return get_open_handover(hash_secret(token))


def open_handover(token: str) -> HandoverLink:
    """Start answering by a link: from now on this request, and the browser that remembers it, may fill in its section.

    Raises TokenError.
    """
    link = read_handover(token).link
    scope = current_scope()
    if link.firm_id not in scope.firm_ids:
        set_scope(replace(scope, handover=link))
    handover = find_open_row(link.handover_id)
    if handover is None:
        raise TokenError
    if handover.opened_at is None:
        handover.opened_at = now()
        audit.record("handover:open", handover.id, firm_id=handover.firm_id, section=handover.section_id)
    return link
