"""Engage a consultant: agreed by the firm until a day, ended by either side or with that day. How somebody asks from
outside stands in `engagement_requests`."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from app.access.roles import Role
from app.access.scope import current_scope
from app.errors import N_, ConflictError, InputError
from app.extensions import db
from app.i18n import day
from app.i18n import gettext as _
from app.models.base import now
from app.models.engagements import AskedBy, Engagement
from app.models.firms import Firm
from app.models.users import User
from app.queries.access import CHINA, today
from app.queries.engagements import (
    find_open_engagement,
    get_engagement,
    get_own_engagement,
    lock_engagement,
)
from app.queries.firms import get_firm, list_owners
from app.queries.users import find_user, list_roles
from app.services import audit, bundles
from app.services.links import absolute_url
from app.services.messages import tell
from app.services.texts import clean_text

USUAL = timedelta(days=183)
LONGEST = timedelta(days=2 * 366)
AHEAD = timedelta(days=14)
"""How long before its last day both sides are reminded that an engagement ends."""
MAX_WORDS = 500
"""Characters of what is written with a request, or with a no."""


# ---- the firm


def engage(firm_id: UUID, login: str, *, until_on: date | None = None, visit_on: date | None = None) -> Engagement:
    """Let the consultant with this login work for the firm from now on, half a year unless said otherwise.

    The answer is the same for an unknown account and for one that is no consultant's. Raises InputError.
    """
    firm = get_firm(firm_id)
    user = find_user(login)
    if user is None or not is_consultant(user):
        raise InputError(
            N_("There is no consultant with this address or number here. Ask your consultant which one they use here."),
            field="login",
        )
    row = open_engagement(firm.id, user.id)
    if row is None:
        row = Engagement(firm_id=firm.id, user_id=user.id, user=user, asked_by=AskedBy.FIRM.value)
        db.session.add(row)
    _agree(row, firm, until_on, visit_on)
    return row


def agree(firm_id: UUID, engagement_id: UUID, *, until_on: date | None = None, visit_on: date | None = None) -> None:
    """Say yes to what was asked; for an engagement in force, change its days. Raises InputError, ConflictError where
    it is over, NotFoundError."""
    row = get_engagement(firm_id, engagement_id)
    if row.ended_at is not None or row.declined_at is not None:
        raise ConflictError(N_("This is over. Engage the consultant anew, if you want to."))
    _agree(row, get_firm(firm_id), until_on, visit_on)


def _agree(row: Engagement, firm: Firm, until_on: date | None, visit_on: date | None) -> None:
    until_on = until_on or today() + USUAL
    if until_on < today():
        raise InputError(N_("This day is past."), field="until_on")
    if until_on > today() + LONGEST:
        raise InputError(N_("Two years at most; it can be extended then."), field="until_on")
    if visit_on != row.visit_on:
        check_visit(visit_on, until_on)
    days = (until_on, visit_on)
    if row.agreed_at is None:
        row.agreed_by, row.agreed_at = current_scope().user_id, now()
        audit.record("engagement:agree", row.id, firm_id=firm.id, user=str(row.user_id))
        tell(
            row.user,
            "engagement_agreed",
            lambda: (
                _("%(firm)s has engaged you", firm=firm.name),
                _(
                    "%(firm)s lets you see its answers, results, self-checks and reports until %(until)s: %(link)s",
                    firm=firm.name,
                    until=day(until_on),
                    link=absolute_url("engagements.index"),
                ),
            ),
        )
    elif days != (row.until_on, row.visit_on):
        audit.record("engagement:change", row.id, firm_id=firm.id, until=str(until_on), visit=str(visit_on or ""))
        tell(
            row.user,
            "engagement_changed",
            lambda: (_("%(firm)s has changed the days", firm=firm.name), _days(firm, until_on, visit_on)),
        )
    if until_on != row.until_on:
        row.told_on = None
    row.until_on, row.visit_on = days


def decline(firm_id: UUID, engagement_id: UUID, word: str = "") -> None:
    """Say no. Whoever asked is told only where the firm writes a word. Raises ConflictError, NotFoundError."""
    row = get_engagement(firm_id, engagement_id)
    if row.agreed_at is not None or row.ended_at is not None or row.declined_at is not None:
        raise ConflictError(N_("This request is no longer open."))
    row.answer = clean_text(word, "word", MAX_WORDS)
    row.declined_at = now()
    audit.record("engagement:decline", row.id, firm_id=firm_id, user=str(row.user_id))
    if row.answer and row.asked_by == AskedBy.CONSULTANT:
        firm = get_firm(firm_id)
        tell(
            row.user,
            "engagement_declined",
            lambda: (
                _("%(firm)s does not engage you", firm=firm.name),
                _("%(firm)s writes: %(word)s", firm=firm.name, word=row.answer),
            ),
        )


def end(firm_id: UUID, engagement_id: UUID) -> None:
    """End an engagement at once, from the firm's side; harmless where it has ended."""
    row = get_engagement(firm_id, engagement_id)
    if row.agreed_at is None or row.ended_at is not None:
        return
    _end(row)
    firm = get_firm(firm_id)
    tell(
        row.user,
        "engagement_ended",
        lambda: (
            _("%(firm)s has ended your work for it", firm=firm.name),
            _("From now on you no longer see %(firm)s. What you have verified stays under your name.", firm=firm.name),
        ),
    )


# ---- the consultant


def leave(engagement_id: UUID) -> None:
    """End an engagement at once, from the consultant's side. Raises NotFoundError."""
    row = get_own_engagement(engagement_id)
    name, owners = row.user.display_name, list_owners(row.firm_id)
    _end(row)
    for owner in owners:
        tell(
            owner,
            "engagement_ended",
            lambda: (
                _("%(name)s no longer works for %(firm)s", name=name, firm=row.firm.name),
                _("The consultant has ended it and sees nothing of the firm any more."),
            ),
        )


def set_visit(engagement_id: UUID, visit_on: date | None) -> None:
    """Set the day of the visit, or take it away; the firm is told. Raises InputError, NotFoundError."""
    row = get_own_engagement(engagement_id)
    if visit_on == row.visit_on:
        return
    check_visit(visit_on, row.until_on)
    row.visit_on = visit_on
    audit.record("engagement:visit", row.id, firm_id=row.firm_id, day=str(visit_on or ""))
    name, firm = row.user.display_name, row.firm
    link = absolute_url("engagements.firm", firm_id=firm.id)
    for owner in list_owners(firm.id):
        tell(
            owner,
            "engagement_visit",
            lambda: (
                _("%(name)s comes on %(day)s", name=name, day=day(visit_on))
                if visit_on
                else _("%(name)s has taken back the day of the visit", name=name),
                _("The visit at %(firm)s: %(link)s", firm=firm.name, link=link),
            ),
        )


# ---- the worker's clock


def remind_of_end(engagement_id: UUID, on: date) -> int:
    """Tell the consultant and the firm's owners, once, that the engagement ends within AHEAD of `on`, and how it can go
    on; a later day agreed makes it due anew. For jobs, in system scope; returns the number of messages."""
    row = lock_engagement(engagement_id)
    if row is None or not _is_in_force(row) or row.told_on is not None:
        return 0
    last, name, firm = row.until_on, row.user.display_name, row.firm
    if last is None or not on <= last <= on + AHEAD:
        return 0
    row.told_on = on
    audit.record("engagement:remind", row.id, firm_id=firm.id, until=str(last))
    own = absolute_url("engagements.show", engagement_id=row.id)
    agreement = absolute_url("engagements.agree", firm_id=firm.id, engagement_id=row.id)
    if row.user.active:
        tell(
            row.user,
            "engagement_ending",
            lambda: (
                _("Your work for %(firm)s ends on %(day)s", firm=firm.name, day=day(last)),
                _(
                    "After that day you no longer see %(firm)s. If there is more to do, ask it to agree on a later "
                    "day: %(link)s",
                    firm=firm.name,
                    link=own,
                ),
            ),
        )
    owners = list_owners(firm.id)
    for owner in owners:
        tell(
            owner,
            "engagement_ending",
            lambda: (
                _("%(name)s works for %(firm)s until %(day)s", name=name, firm=firm.name, day=day(last)),
                _(
                    "After that day %(name)s sees nothing of %(firm)s any more. You need do nothing. If the work is to "
                    "go on, agree on a later day: %(link)s",
                    name=name,
                    firm=firm.name,
                    link=agreement,
                ),
            ),
        )
    return len(owners) + row.user.active


def run_out(engagement_id: UUID, on: date) -> bool:
    """Close an engagement whose last day lies before `on`, as one that is ended by hand; the consultant reaches nothing
    of the firm since that day. For jobs, in system scope; False where there is nothing to close (any more)."""
    row = lock_engagement(engagement_id)
    if row is None or not _is_in_force(row) or row.until_on is None or row.until_on >= on:
        return False
    _close(row, row.until_on)
    return True


# ---- parts


def open_engagement(firm_id: UUID, user_id: UUID) -> Engagement | None:
    """What is asked or agreed between the two; one whose last day is past is closed first."""
    row = find_open_engagement(firm_id, user_id)
    if row is not None and row.until_on is not None and row.until_on < today():
        _close(row, row.until_on)
        db.session.flush()
        return None
    return row


def _end(row: Engagement) -> None:
    row.ended_by, row.ended_at = current_scope().user_id, now()
    bundles.order_withdrawal(row.firm_id, row.user_id)
    audit.record("engagement:end", row.id, firm_id=row.firm_id, user=str(row.user_id))


def _close(row: Engagement, last: date) -> None:
    """It has run out, with the end of its last day."""
    row.ended_at = datetime.combine(last, time.max, CHINA)
    if row.agreed_at is not None:
        bundles.order_withdrawal(row.firm_id, row.user_id)
    audit.record("engagement:run_out", row.id, firm_id=row.firm_id, user=str(row.user_id))


def _is_in_force(row: Engagement) -> bool:
    return row.agreed_at is not None and row.ended_at is None


def check_visit(visit_on: date | None, until_on: date | None) -> None:
    if visit_on is None:
        return
    if visit_on < today():
        raise InputError(N_("This day is past."), field="visit_on")
    if visit_on > (until_on or today() + LONGEST):
        raise InputError(N_("The visit lies after the last day agreed."), field="visit_on")


def _days(firm: Firm, until_on: date, visit_on: date | None) -> str:
    if visit_on is None:
        return _("%(firm)s: until %(until)s, no day for the visit", firm=firm.name, until=day(until_on))
    return _("%(firm)s: until %(until)s, visit on %(visit)s", firm=firm.name, until=day(until_on), visit=day(visit_on))


def is_consultant(user: User) -> bool:
    return user.active and Role.CONSULTANT in list_roles(user.id)
