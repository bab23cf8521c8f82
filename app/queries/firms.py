"""Read firms, memberships and invitations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.access.scope import current_scope, system_scope
from app.errors import NotFoundError, TokenError
from app.extensions import db
from app.models.attachments import Attachment
from app.models.base import now
from app.models.firms import Firm, FirmInvitation, Membership, MembershipRole
from app.models.reports import Report
from app.models.verifications import FindingFile


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """What somebody who holds an invitation may know before accepting it."""

    invitation_id: UUID
    firm_id: UUID
    firm_name: str
    role: str
    expires_at: datetime


def get_firm(firm_id: UUID) -> Firm:
    """The firm. Raises NotFoundError, also for a deleted one."""
    firm = db.session.scalar(select(Firm).where(Firm.id == firm_id, Firm.deleted_at.is_(None)))
    if firm is None:
        raise NotFoundError
    return firm


def list_own_memberships() -> Sequence[Membership]:
    """The memberships of the current user with their firms, oldest first."""
    return db.session.scalars(
        select(Membership)
        .join(Membership.firm)
        .options(joinedload(Membership.firm))
        .where(Membership.user_id == current_scope().user_id, Firm.deleted_at.is_(None))
        .order_by(Membership.created_at, Membership.id)
    ).all()


def list_memberships(firm_id: UUID) -> Sequence[Membership]:
    """Everybody in a firm with the account, oldest first."""
    return db.session.scalars(
        select(Membership)
        .options(joinedload(Membership.user))
        .where(Membership.firm_id == firm_id)
        .order_by(Membership.created_at, Membership.id)
    ).all()


def get_membership(firm_id: UUID, membership_id: UUID) -> Membership:
    """The membership with account and firm, through its firm. Raises NotFoundError."""
    row = db.session.scalar(
        select(Membership)
        .options(joinedload(Membership.user), joinedload(Membership.firm))
        .where(Membership.id == membership_id, Membership.firm_id == firm_id)
    )
    if row is None:
        raise NotFoundError
    return row


def find_membership(firm_id: UUID, user_id: UUID) -> Membership | None:
    """A user's place in a firm, or None."""
    return db.session.scalar(select(Membership).where(Membership.firm_id == firm_id, Membership.user_id == user_id))


def list_sole_firms(user_id: UUID) -> list[str]:
    """Names of the firms that would be left without an owner if this user went."""
    owner = aliased(Membership)
    with system_scope():
        return list(
            db.session.scalars(
                select(Firm.name)
                .join(Membership, Membership.firm_id == Firm.id)
                .where(
                    Membership.user_id == user_id,
                    Membership.role == MembershipRole.OWNER.value,
                    Firm.deleted_at.is_(None),
                    ~exists().where(
                        owner.firm_id == Firm.id,
                        owner.role == MembershipRole.OWNER.value,
                        owner.user_id != user_id,
                    ),
                )
                .order_by(Firm.name, Firm.id)
            )
        )


def list_open_invitations(firm_id: UUID) -> Sequence[FirmInvitation]:
    """Invitations of a firm that can still be accepted, newest first."""
    return db.session.scalars(
        select(FirmInvitation)
        .where(
            FirmInvitation.firm_id == firm_id,
            FirmInvitation.used_at.is_(None),
            FirmInvitation.revoked_at.is_(None),
            FirmInvitation.expires_at > now(),
        )
        .order_by(FirmInvitation.created_at.desc(), FirmInvitation.id)
    ).all()


def get_invitation(firm_id: UUID, invitation_id: UUID) -> FirmInvitation:
    """The invitation, through its firm. Raises NotFoundError."""
    row = db.session.scalar(
        select(FirmInvitation).where(FirmInvitation.id == invitation_id, FirmInvitation.firm_id == firm_id)
    )
    if row is None:
        raise NotFoundError
    return row


def get_open_invitation(token_hash: str, code_hash: str) -> OpenInvitation:
    """The invitation that a link or a code opens, for anybody who holds it. Raises TokenError."""
    with system_scope():
        row = db.session.execute(
            select(FirmInvitation, Firm.name)
            .join(Firm, Firm.id == FirmInvitation.firm_id)
            .where(
                or_(FirmInvitation.token_hash == token_hash, FirmInvitation.code_hash == code_hash),
                Firm.deleted_at.is_(None),
            )
        ).one_or_none()
        if row is None or not row[0].is_open(now()):
            raise TokenError
        invitation, firm_name = row
        return OpenInvitation(invitation.id, invitation.firm_id, firm_name, invitation.role, invitation.expires_at)


def find_deleted_firm(firm_id: UUID) -> Firm | None:
    """A firm that is deleted but whose rows are still there; for the job that removes them."""
    return db.session.scalar(select(Firm).where(Firm.id == firm_id, Firm.deleted_at.is_not(None)))


def list_file_keys(firm_id: UUID) -> list[str]:
    """The keys of all files of a firm in the store: evidence, files of findings, reports."""
    keys = [
        *db.session.scalars(select(Attachment.file_key).where(Attachment.firm_id == firm_id)),
        *db.session.scalars(select(FindingFile.file_key).where(FindingFile.firm_id == firm_id)),
        *db.session.scalars(select(Report.file_key).where(Report.firm_id == firm_id)),
    ]
    return sorted(key for key in keys if key)


def uscc_is_taken(uscc: str, *, other_than: UUID | None = None) -> bool:
    """Whether another firm has this number, in or out of reach."""
    with system_scope():
        found = db.session.scalar(select(Firm.id).where(Firm.uscc == uscc))
    return found is not None and found != other_than
