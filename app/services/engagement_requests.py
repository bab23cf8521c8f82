"""Ask a firm to let a consultant in, from outside: by the consultant, or by the coordinator of a cluster.

Who asks learns nothing about a firm that has not agreed: what was typed is kept as a request and looked at by a job,
and the answer is the same for known and unknown firms and consultants. Only the firm's own yes, or its own word with a
no, tells more.
"""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from app.access.roles import Role
from app.access.scope import current_scope
from app.errors import N_, ForbiddenError, InputError
from app.extensions import db
from app.i18n import gettext as _
from app.models.base import now
from app.models.clusters import Cluster, ClusterMember
from app.models.engagements import AskedBy, Engagement, EngagementRequest
from app.models.firms import Firm, Membership, MembershipRole
from app.models.users import User
from app.queries.clusters import get_cluster
from app.queries.engagements import count_requests, list_own_requests, was_declined
from app.queries.firms import list_owners
from app.queries.invitees import find_member, get_invitee
from app.queries.users import find_user, get_user, parse_login
from app.services import audit
from app.services.engagements import MAX_WORDS, check_visit, is_consultant, open_engagement
from app.services.firms import check_uscc
from app.services.jobs import request_job
from app.services.links import absolute_url
from app.services.messages import tell
from app.services.texts import clean_text

ASK = "engagements.ask"
KEPT = timedelta(days=90)
"""How long it is kept what somebody typed to ask."""
MOST_A_DAY = 20


def ask(firm_typed: str, purpose: str, visit_on: date | None = None) -> EngagementRequest:
    """A consultant asks a firm, by its number or its owner's login. Raises InputError, ForbiddenError for others."""
    if Role.CONSULTANT not in current_scope().roles:
        raise ForbiddenError
    row = EngagementRequest(firm_typed=_read_firm(firm_typed), consultant_typed="", visit_on=visit_on)
    return _request(row, purpose)


def ask_for(
    cluster_id: UUID,
    consultant_typed: str,
    firm_typed: str,
    purpose: str,
    *,
    invitee_id: UUID | None = None,
    visit_on: date | None = None,
) -> EngagementRequest:
    """A coordinator asks a member of the cluster to let a consultant in: one on his list, or by number or login.

    Raises InputError, NotFoundError.
    """
    cluster = get_cluster(cluster_id)
    invitee = None if invitee_id is None else get_invitee(cluster.id, invitee_id)
    row = EngagementRequest(
        cluster_id=cluster.id,
        invitee_id=invitee_id,
        firm_typed=_read_firm(firm_typed) if invitee is None else "",
        consultant_typed=_read_login(consultant_typed, "consultant"),
        visit_on=visit_on,
    )
    return _request(row, purpose)


def open_request(request_id: UUID) -> None:
    """Look whether a request names a firm and a consultant, and ask the firm. For jobs, in system scope; leaves
    alone what is asked or agreed already, and a firm that has declined lately."""
    request = db.session.get(EngagementRequest, request_id)
    if request is None or request.engagement_id is not None:
        return
    db.session.execute(delete(EngagementRequest).where(EngagementRequest.asked_at < now() - KEPT))
    asker = get_user(request.requested_by)
    consultant = find_user(request.consultant_typed) if request.consultant_typed else asker
    firm = _find_firm(request)
    if firm is None or consultant is None or not is_consultant(consultant):
        return
    row = open_engagement(firm.id, consultant.id)
    if row is None and not was_declined(firm.id, consultant.id):
        by = AskedBy.CONSULTANT if request.cluster_id is None else AskedBy.COORDINATOR
        row = Engagement(
            firm_id=firm.id,
            user_id=consultant.id,
            asked_by=by.value,
            asked_by_name=asker.display_name,
            cluster_id=request.cluster_id,
            purpose=request.purpose,
            visit_on=request.visit_on,
            asked_at=request.asked_at,
        )
        db.session.add(row)
        audit.record("engagement:ask", row.id, firm_id=firm.id, actor_id=asker.id, user=str(consultant.id))
        _tell_of_request(row, firm, consultant)
    if row is not None:
        request.engagement_id = row.id


def _request(row: EngagementRequest, purpose: str) -> EngagementRequest:
    """Keep what was typed, and have a job look whether there is such a firm."""
    row.requested_by = current_scope().user_id or UUID(int=0)
    row.purpose = clean_text(purpose, "purpose", MAX_WORDS)
    if not row.purpose:
        raise InputError(
            N_("Write in a sentence what you want to do for the firm; it decides by this."), field="purpose"
        )
    check_visit(row.visit_on, None)
    if count_requests(now() - timedelta(days=1)) >= MOST_A_DAY:
        raise InputError(N_("You have asked twenty times today. Go on tomorrow."), field="firm")
    what = (row.firm_typed, row.invitee_id, row.consultant_typed)
    for earlier in list_own_requests(row.cluster_id):
        if (earlier.firm_typed, earlier.invitee_id, earlier.consultant_typed) == what:
            raise InputError(
                N_("You have asked for this within the last 30 days. It is up to the firm now."), field="firm"
            )
    db.session.add(row)
    request_job(ASK, row.id)
    audit.record("engagement:request", row.id, cluster=None if row.cluster_id is None else str(row.cluster_id))
    return row


def _tell_of_request(row: Engagement, firm: Firm, consultant: User) -> None:
    cluster = None if row.cluster_id is None else db.session.get(Cluster, row.cluster_id)
    link = absolute_url("engagements.firm", firm_id=firm.id)
    for owner in list_owners(firm.id):
        tell(
            owner,
            "engagement_asked",
            lambda: (
                _("A consultant asks to work for %(firm)s", firm=firm.name),
                _(
                    "%(asker)s asks you to let %(name)s (%(login)s) see your answers, results, self-checks and "
                    "reports. What for: %(purpose)s Agree or decline: %(link)s",
                    asker=cluster.name if cluster else consultant.display_name,
                    name=consultant.display_name,
                    login=consultant.login,
                    purpose=row.purpose,
                    link=link,
                ),
            ),
        )


def _find_firm(request: EngagementRequest) -> Firm | None:
    """The firm that was meant: of an owner with several the first; for a coordinator only a member of the cluster."""
    query = select(Firm).where(Firm.deleted_at.is_(None))
    if request.cluster_id is not None and request.invitee_id is not None:
        member = find_member(request.invitee_id)
        if member is None:
            return None
        query = query.where(Firm.id == member.firm_id)
    elif len(request.firm_typed) == 18 and "@" not in request.firm_typed:
        query = query.where(Firm.uscc == request.firm_typed)
    else:
        owner = find_user(request.firm_typed)
        if owner is None:
            return None
        query = (
            query.join(Membership, Membership.firm_id == Firm.id)
            .where(Membership.user_id == owner.id, Membership.role == MembershipRole.OWNER.value)
            .order_by(Membership.created_at, Membership.id)
        )
    if request.cluster_id is not None:
        query = query.join(ClusterMember, ClusterMember.firm_id == Firm.id).where(
            ClusterMember.cluster_id == request.cluster_id, ClusterMember.left_at.is_(None)
        )
    return db.session.scalar(query.limit(1))


def _read_firm(typed: str) -> str:
    """A firm number or a login in its plain form. Raises InputError."""
    text = unicodedata.normalize("NFKC", typed).strip()
    try:
        if len(text) == 18 and "@" not in text:
            return check_uscc(text) or ""
        return _read_login(text, "firm")
    except InputError as error:
        raise InputError(
            N_("Enter the firm number of 18 characters, or the e-mail address or mobile number of the firm's owner."),
            field="firm",
        ) from error


def _read_login(typed: str, field: str) -> str:
    try:
        mail, phone = parse_login(typed)
    except InputError as error:
        raise InputError(error.message, field=field) from error
    return mail or phone or ""
