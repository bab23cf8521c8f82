"""Read accounts and their roles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.access.roles import Role
from app.access.scope import system_scope
from app.errors import InputError, NotFoundError
from app.extensions import db
from app.models.firms import Firm, Membership
from app.models.users import User, UserRole

_PHONE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")


def parse_login(login: str) -> tuple[str | None, str | None]:
    """(e-mail, None) or (None, mobile number in E.164). Raises InputError. Full-width digits are understood."""
    text = unicodedata.normalize("NFKC", login).strip()
    if len(text) > 254 or any(unicodedata.category(char).startswith("C") for char in text):
        text = ""
    if "@" in text:
        try:
            valid = validate_email(text, check_deliverability=False, test_environment=True)
        except EmailNotValidError as error:
            raise InputError("This is not an e-mail address.", field="login") from error
        return valid.normalized.lower(), None
    number = _PHONE.fullmatch(re.sub(r"[\s()-]", "", text))
    if number is None:
        raise InputError("Enter an e-mail address or a mobile number of 11 digits.", field="login")
    return None, "+86" + number[1]


def find_user(login: str) -> User | None:
    """The account with this e-mail address or mobile number, or None. Raises InputError for what is neither."""
    email, phone = parse_login(login)
    return db.session.scalar(select(User).where(User.email == email if email else User.phone == phone))


def get_user(user_id: UUID) -> User:
    """The account. Raises NotFoundError."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFoundError
    return user


def list_users(search: str = "", limit: int = 200) -> Sequence[User]:
    """Accounts by newest, for administrators; `search` is part of a name, address or number."""
    query = select(User).order_by(User.created_at.desc(), User.id).limit(limit)
    if search:
        query = query.where(
            or_(*(column.icontains(search, autoescape=True) for column in (User.name, User.email, User.phone)))
        )
    return db.session.scalars(query).all()


def list_roles(user_id: UUID) -> list[Role]:
    """The staff roles given to an account."""
    return [
        Role(role)
        for role in db.session.scalars(select(UserRole.role).where(UserRole.user_id == user_id).order_by(UserRole.role))
    ]


def list_firm_ids(user_id: UUID) -> frozenset[UUID]:
    """The firms that a user belongs to, in or out of reach."""
    with system_scope():
        return frozenset(
            db.session.scalars(
                select(Membership.firm_id)
                .join(Firm, Firm.id == Membership.firm_id)
                .where(Membership.user_id == user_id, Firm.deleted_at.is_(None))
            )
        )


def list_roles_of(user_ids: Collection[UUID]) -> dict[UUID, list[Role]]:
    """The staff roles of several accounts."""
    found: dict[UUID, list[Role]] = {user_id: [] for user_id in user_ids}
    for row in db.session.scalars(select(UserRole).where(UserRole.user_id.in_(list(user_ids))).order_by(UserRole.role)):
        found[row.user_id].append(Role(row.role))
    return found


def list_user_firms(user_ids: Collection[UUID]) -> dict[UUID, list[Membership]]:
    """The firms of several accounts, for administrators."""
    found: dict[UUID, list[Membership]] = {user_id: [] for user_id in user_ids}
    for row in db.session.scalars(
        select(Membership)
        .join(Membership.firm)
        .options(joinedload(Membership.firm))
        .where(Membership.user_id.in_(list(user_ids)), Firm.deleted_at.is_(None))
        .order_by(Membership.created_at, Membership.id)
    ):
        found[row.user_id].append(row)
    return found


def count_users() -> int:
    """How many accounts there are."""
    return db.session.scalar(select(func.count(User.id))) or 0
