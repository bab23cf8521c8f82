"""Firms: found, change, leave, delete; invite and remove members."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import select
from stdnum.cn import uscc as uscc_number
from stdnum.exceptions import ValidationError

from app.access.scope import current_scope, extend_scope
from app.errors import N_, ForbiddenError, InputError, NotFoundError, TokenError
from app.extensions import db
from app.models.audit import AuditEvent
from app.models.base import now
from app.models.consents import ConsentKind
from app.models.firms import Firm, FirmInvitation, Membership, MembershipRole
from app.models.users import User
from app.queries.clusters import list_firm_clusters
from app.queries.firms import (
    OpenInvitation,
    find_deleted_firm,
    find_membership,
    get_firm,
    get_invitation,
    get_open_invitation,
    list_open_invitations,
    uscc_is_taken,
)
from app.queries.handovers import list_firm_handovers
from app.services import audit
from app.services.comparison import CLEAR
from app.services.consents import record_consent
from app.services.jobs import request_job
from app.services.results import count_in_benchmarks
from app.services.texts import MAX_TITLE, clean_line
from app.services.tokens import hash_code, hash_secret, new_code, new_token

INVITATION_DAYS = 14


@dataclass(frozen=True, slots=True)
class FirmData:
    """What a firm says about itself. `uscc` may be empty; `revenue_wan` is in units of 10,000 yuan."""

    name: str
    sector: str
    town: str = ""
    uscc: str = ""
    employees: int | None = None
    revenue_wan: Decimal | None = None
    machines: int | None = None


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation with its secrets, which are shown now and never again."""

    invitation: FirmInvitation
    token: str
    code: str


def create_firm(data: FirmData, *, statistics: bool = False) -> Firm:
    """Found a firm; the current user becomes its owner and agrees to storage, with `statistics` also to group figures.

    Raises InputError.
    """
    user_id = current_scope().user_id
    if user_id is None:
        raise ForbiddenError
    firm = Firm(sector=data.sector)
    _apply(firm, data)
    extend_scope(firm.id)
    db.session.add(firm)
    db.session.add(Membership(firm_id=firm.id, user_id=user_id, role=MembershipRole.OWNER.value))
    audit.record("firm:create", firm.id, firm_id=firm.id)
    record_consent(firm.id, ConsentKind.STORAGE)
    if statistics:
        record_consent(firm.id, ConsentKind.STATISTICS)
    return firm


def update_firm(firm_id: UUID, data: FirmData) -> Firm:
    """Change what a firm says about itself. Rounds already begun keep their own figures. Raises InputError."""
    firm = get_firm(firm_id)
    _apply(firm, data)
    audit.record("firm:update", firm.id, firm_id=firm.id)
    return firm


def check_uscc(raw: str) -> str | None:
    """A 统一社会信用代码 in its plain form, None for empty. Raises InputError where the check digits do not hold."""
    text = unicodedata.normalize("NFKC", raw).strip().upper()
    if not text:
        return None
    try:
        number: str = uscc_number.validate(text)
    except ValidationError as error:
        raise InputError(
            N_("This number is not valid. It has 18 characters; please compare it."), field="uscc"
        ) from error
    return number


def _apply(firm: Firm, data: FirmData) -> None:
    name = clean_line(data.name, "name", MAX_TITLE)
    if not name:
        raise InputError(N_("A firm needs a name of up to 200 characters."), field="name")
    number = check_uscc(data.uscc)
    if number is not None and uscc_is_taken(number, other_than=firm.id):
        raise InputError(N_("This firm is already registered. Ask a colleague for an invitation."), field="uscc")
    firm.name, firm.uscc, firm.sector, firm.town = name, number, data.sector, clean_line(data.town, "town", MAX_TITLE)
    firm.employees, firm.revenue_wan, firm.machines = data.employees, data.revenue_wan, data.machines


def delete_firm(firm_id: UUID, *, confirmed_name: str) -> None:
    """Delete a firm: out of everybody's sight at once, its rows and files by a job right after.

    `confirmed_name` is the name as its owner typed it. Raises InputError where it differs.
    """
    firm = get_firm(firm_id)
    if _folded(confirmed_name) != _folded(firm.name):
        raise InputError(N_("This is not the name of the firm. Type it as it stands above."), field="name")
    count_in_benchmarks(firm.id, wanted=False)
    for member in list_firm_clusters(firm.id):
        request_job(CLEAR, member.cluster_id)
    firm.deleted_at = now()
    firm.uscc = None
    audit.record("firm:delete", firm.id, firm_id=firm.id)
    request_job("firms.purge", firm.id)


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def purge_firm(firm_id: UUID) -> None:
    """Remove a deleted firm's rows; the audit record keeps what happened and when, without particulars."""
    for event in db.session.scalars(select(AuditEvent).where(AuditEvent.firm_id == firm_id)):
        event.details, event.actor_label = {}, ""
    firm = find_deleted_firm(firm_id)
    if firm is not None:
        db.session.delete(firm)


def invite_member(
    firm_id: UUID,
    *,
    name: str = "",
    role: MembershipRole = MembershipRole.MEMBER,
    sections: Sequence[str] | None = None,
) -> NewInvitation:
    """Invite a colleague by link, QR or code. `sections` limits what the new member fills in; None means all."""
    firm = get_firm(firm_id)
    token, code = new_token(), new_code()
    invitation = FirmInvitation(
        firm_id=firm.id,
        name=clean_line(name, "name", MAX_TITLE),
        role=role.value,
        sections=list(sections) if sections else None,
        token_hash=hash_secret(token),
        code_hash=hash_code(code),
        created_by=current_scope().user_id,
        expires_at=now() + timedelta(days=INVITATION_DAYS),
    )
    db.session.add(invitation)
    audit.record("firm:invite", invitation.id, firm_id=firm.id, role=role.value)
    return NewInvitation(invitation, token, code)


def revoke_invitation(firm_id: UUID, invitation_id: UUID) -> None:
    """Withdraw an invitation; its link and code stop working. Raises NotFoundError."""
    invitation = get_invitation(firm_id, invitation_id)
    if invitation.used_at is None and invitation.revoked_at is None:
        invitation.revoked_at = now()
        audit.record("firm:revoke_invitation", invitation.id, firm_id=invitation.firm_id)


def read_invitation(secret: str) -> OpenInvitation:
    """What an invitation is for, by its link token or code. Raises TokenError."""
    return get_open_invitation(hash_secret(secret), hash_code(secret))


def accept_invitation(secret: str, user: User) -> UUID:
    """Join the firm that invites; returns its id. A member who accepts again stays what he is. Raises TokenError."""
    found = read_invitation(secret)
    extend_scope(found.firm_id)
    invitation = db.session.scalar(
        select(FirmInvitation).where(FirmInvitation.id == found.invitation_id).with_for_update()
    )
    if invitation is None or not invitation.is_open(now()):
        raise TokenError
    invitation.used_at, invitation.used_by = now(), user.id
    member = db.session.scalar(
        select(Membership).where(Membership.firm_id == found.firm_id, Membership.user_id == user.id)
    )
    if member is None:
        db.session.add(
            Membership(firm_id=found.firm_id, user_id=user.id, role=invitation.role, sections=invitation.sections)
        )
    audit.record("firm:accept_invitation", invitation.id, firm_id=found.firm_id, actor_id=user.id)
    return found.firm_id


def change_member(membership: Membership, *, role: MembershipRole, sections: Sequence[str] | None) -> None:
    """Change a member's role and sections. Nobody changes the own; the last owner stays. A new role ends sessions."""
    if membership.user_id == current_scope().user_id:
        raise ForbiddenError(N_("You cannot change your own role."))
    if role is not MembershipRole.OWNER:
        _keep_an_owner(membership)
    if membership.role != role:
        membership.user.fs_uniquifier = uuid4().hex
        if role is not MembershipRole.OWNER:
            _withdraw_invitations(membership)
    membership.role, membership.sections = role.value, list(sections) if sections else None
    audit.record("membership:change", membership.id, firm_id=membership.firm_id, role=role.value)


def remove_member(membership: Membership) -> None:
    """Take somebody out of a firm, or leave it oneself. The last owner stays."""
    _keep_an_owner(membership)
    _withdraw_invitations(membership)
    audit.record("membership:remove", membership.id, firm_id=membership.firm_id, user=str(membership.user_id))
    db.session.delete(membership)


def leave_firm(firm_id: UUID, user_id: UUID) -> None:
    """Somebody leaves a firm of his own accord. Raises NotFoundError, and ForbiddenError for the last owner."""
    membership = find_membership(firm_id, user_id)
    if membership is None:
        raise NotFoundError
    remove_member(membership)


def _keep_an_owner(membership: Membership) -> None:
    if membership.role != MembershipRole.OWNER:
        return
    owners = db.session.scalars(  # locked, so that two cannot leave at once
        select(Membership.id)
        .where(Membership.firm_id == membership.firm_id, Membership.role == MembershipRole.OWNER)
        .order_by(Membership.id)
        .with_for_update()
    ).all()
    if len(owners) <= 1:
        raise ForbiddenError(N_("A firm needs an owner. Name another one first."))


def _withdraw_invitations(membership: Membership) -> None:
    """Open invitations and section links that this person made: they would be a way back in."""
    for invitation in list_open_invitations(membership.firm_id):
        if invitation.created_by == membership.user_id:
            invitation.revoked_at = now()
            audit.record("firm:revoke_invitation", invitation.id, firm_id=membership.firm_id)
    for handover in list_firm_handovers(membership.firm_id):
        if handover.created_by == membership.user_id:
            handover.revoked_at = now()
            audit.record("handover:revoke", handover.id, firm_id=membership.firm_id, section=handover.section_id)
