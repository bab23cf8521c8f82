"""Accounts: register, authenticate, passwords, one-time reset links, roles.

Errors never tell whether an account exists. The one exception is registering a login that is taken: there is no way
to hide it without a round trip by mail or SMS, which many of our users do not have at hand; it is rate-limited.
"""

from __future__ import annotations

import hashlib
from collections.abc import Set
from datetime import timedelta
from uuid import UUID, uuid4

from flask import current_app
from flask_security.utils import hash_password, verify_password
from sqlalchemy import select

from app.access.roles import STAFF_ROLES, Role
from app.access.scope import current_scope
from app.config import Config
from app.errors import N_, ForbiddenError, InputError, TokenError
from app.extensions import db
from app.i18n import gettext as _
from app.i18n import in_language
from app.models.base import now
from app.models.messages import Channel
from app.models.users import AccountToken, Locale, TokenPurpose, User, UserRole
from app.queries.firms import list_sole_firms
from app.queries.users import find_user, list_firm_ids, list_roles, parse_login
from app.services import audit
from app.services.links import absolute_url
from app.services.messages import send_message
from app.services.texts import MAX_TITLE, clean_line
from app.services.tokens import hash_secret, new_token
from app.transaction import pause_writing

RESET_HOURS = 2
PRINTED_RESET_HOURS = 72
PASSWORD_LENGTH = (8, 128)

_BAD_SIGN_IN = N_("The e-mail address or mobile number and the password do not match.")
_DUMMY_PASSWORD = "compared-when-there-is-no-account"


def register_user(login: str, password: str, *, name: str = "", locale: str = Locale.ZH) -> User:
    """A new account. Raises InputError for a bad login, a weak password, or a login that is taken."""
    email, phone = parse_login(login)
    check_password(password, login)
    hashed = hash_password(password)  # before the first look into the database: it is slow on purpose
    if find_user(login) is not None:
        raise InputError("There is already an account with this. Please sign in, or reset the password.", field="login")
    user = User(email=email, phone=phone, name=clean_line(name, "name", MAX_TITLE), locale=Locale(locale).value)
    _set_password(user, hashed)
    db.session.add(user)
    audit.record("user:register", user.id, actor_id=user.id)
    return user


def authenticate(login: str, password: str) -> User:
    """The account of this login and password. Raises InputError; answer and time are the same for all causes."""
    try:
        user = find_user(login)
    except InputError:
        user = None
    stored = user.password if user is not None and _may_sign_in(user) else None
    pause_writing()
    if stored is None:
        hash_password(_DUMMY_PASSWORD)
    if user is None or stored is None or not verify_password(password, stored) or user.password != stored:
        raise InputError(_BAD_SIGN_IN, field="password")
    audit.record("user:sign_in", user.id, actor_id=user.id)
    return user


def _may_sign_in(user: User) -> bool:
    """Not when closed; and the passwords of demo accounts are known, so these open nothing on a public address."""
    settings: Config = current_app.extensions["config"]
    return user.active and (settings.is_local or not user.demo)


def change_password(user: User, old: str, new: str) -> None:
    """A new password; all sessions of the account end. Raises InputError."""
    if user.password is None or not verify_password(old, user.password):
        raise InputError("The present password is not right.", field="old")
    check_password(new, user.login, field="new")
    _set_password(user, hash_password(new))
    audit.record("user:change_password", user.id)
    _tell_about_change(user)


def update_account(user: User, *, name: str, locale: str) -> None:
    """Name to show, and the language of pages and messages."""
    user.name = clean_line(name, "name", MAX_TITLE)
    user.locale = Locale(locale).value


def check_password(password: str, login: str = "", *, field: str = "password") -> None:
    """Raises InputError for a password that is too short, too long, all one character, or the login itself."""
    low, high = PASSWORD_LENGTH
    if not low <= len(password) <= high:
        raise InputError("A password has 8 to 128 characters.", field=field)
    if len(set(password)) < 4 or password.casefold() in (login.casefold(), "12345678", "password", "88888888"):
        raise InputError("This password is too easy to guess.", field=field)


def request_reset(login: str) -> None:
    """Send a one-time link by mail or SMS if there is such an account. Raises InputError only for a malformed login."""
    parse_login(login)
    user = find_user(login)
    audit.record("user:request_reset", user.id if user else "")  # written for unknown accounts too: the time tells less
    if user is None or not user.active:
        return
    link = _issue_reset_link(user, hours=RESET_HOURS)
    with in_language(user.locale):
        send_message(
            Channel.MAIL if user.email else Channel.SMS,
            user.login,
            kind="reset_password",
            subject=_("Set a new password"),
            body=_(
                "Open this link within %(hours)s hours to set a new password: %(link)s "
                "If you did not ask for it, ignore this message.",
                hours=RESET_HOURS,
                link=link,
            ),
            user_id=user.id,
        )


def print_reset_link(login: str) -> str:
    """A one-time link to hand over in person. For administrators, and for coordinators to people of firms they see.

    A coordinator gets none for staff, nor for somebody who also belongs to a firm that is not named to him: the link
    opens the whole account. Raises InputError, the same for an unknown account and one out of reach.
    """
    scope = current_scope()
    user = find_user(login)
    if user is None or not user.active or not _may_print_link(user, scope.roles, scope.firm_ids):
        raise InputError("There is no account in your reach with this login.", field="login")
    audit.record("user:print_reset_link", user.id)
    return _issue_reset_link(user, hours=PRINTED_RESET_HOURS)


def _may_print_link(user: User, roles: frozenset[Role], named_firm_ids: Set[UUID]) -> bool:
    if Role.ADMIN in roles:
        return True
    firm_ids = list_firm_ids(user.id)
    return not set(list_roles(user.id)) & set(STAFF_ROLES) and bool(firm_ids) and firm_ids <= named_firm_ids


def get_reset_token(token: str) -> AccountToken:
    """The open reset token of a link. Raises TokenError."""
    row = db.session.scalar(
        select(AccountToken).where(
            AccountToken.token_hash == hash_secret(token), AccountToken.purpose == TokenPurpose.RESET_PASSWORD
        )
    )
    if row is None or row.used_at is not None or row.expires_at <= now():
        raise TokenError
    user = db.session.get_one(User, row.user_id)
    if not user.active or row.fingerprint != _fingerprint(user):
        raise TokenError
    return row


def reset_password(token: str, password: str) -> User:
    """Set the password through a one-time link; all sessions and other links end. Raises TokenError, InputError."""
    row = get_reset_token(token)
    user = db.session.get_one(User, row.user_id)
    check_password(password, user.login)
    row.used_at = now()
    _set_password(user, hash_password(password))
    audit.record("user:reset_password", user.id, actor_id=user.id)
    _tell_about_change(user)
    return user


def create_user(login: str, *, role: str, name: str = "") -> str:
    """For the command line and administrators: an account with a role; returns a one-time set-password link."""
    email, phone = parse_login(login)
    user = find_user(login)
    if user is None:
        user = User(email=email, phone=phone, name=clean_line(name, "name", MAX_TITLE))
        db.session.add(user)
        db.session.flush()
        audit.record("user:create", user.id)
    give_role(user, Role(role))
    return _issue_reset_link(user, hours=PRINTED_RESET_HOURS)


def give_role(user: User, role: Role) -> None:
    """Give a staff role; firm roles come from memberships and are not stored here. Ends the user's sessions."""
    if role not in STAFF_ROLES or role in list_roles(user.id):
        return
    db.session.add(UserRole(user_id=user.id, role=role.value))
    user.fs_uniquifier = uuid4().hex
    audit.record("user:give_role", user.id, role=role.value)


def take_role(user: User, role: Role) -> None:
    """Take a staff role away and end the user's sessions. Nobody takes his own; the last administrator stays."""
    if user.id == current_scope().user_id:
        raise ForbiddenError("You cannot change your own role.")
    if role is Role.ADMIN:
        _keep_an_admin()
    row = db.session.scalar(select(UserRole).where(UserRole.user_id == user.id, UserRole.role == role.value))
    if row is not None:
        db.session.delete(row)
        user.fs_uniquifier = uuid4().hex
        audit.record("user:take_role", user.id, role=role.value)


def deactivate_user(user: User, *, active: bool = False) -> None:
    """Close (or reopen) an account and end its sessions. Nobody closes his own."""
    if user.id == current_scope().user_id:
        raise ForbiddenError("You cannot close your own account here.")
    user.active = active
    user.fs_uniquifier = uuid4().hex
    audit.record("user:reopen" if active else "user:close", user.id)


def delete_user(user: User, password: str) -> None:
    """Delete the own account. Answers stay with the firms. Raises InputError for a wrong password, ForbiddenError for
    the last administrator and for somebody who would leave a firm without an owner."""
    if user.password is None or not verify_password(password, user.password):
        raise InputError(N_("The present password is not right."), field="password")
    if list_sole_firms(user.id):
        raise ForbiddenError(N_("A firm has no other owner than you. Name another one, or delete the firm first."))
    if Role.ADMIN in list_roles(user.id):
        _keep_an_admin()
    audit.record("user:delete", user.id)
    db.session.flush()
    db.session.delete(user)


def _keep_an_admin() -> None:
    admins = db.session.scalars(  # locked, so that two cannot remove each other at once
        select(UserRole.id)
        .join(User, User.id == UserRole.user_id)
        .where(UserRole.role == Role.ADMIN, User.active.is_(True))
        .order_by(UserRole.id)
        .with_for_update()
    ).all()
    if len(admins) <= 1:
        raise ForbiddenError(N_("The last administrator cannot be removed."))


def _set_password(user: User, hashed: str) -> None:
    user.password = hashed
    user.password_changed_at = now()
    user.fs_uniquifier = uuid4().hex


def _issue_reset_link(user: User, *, hours: int) -> str:
    token = new_token()
    db.session.add(
        AccountToken(
            user_id=user.id,
            purpose=TokenPurpose.RESET_PASSWORD.value,
            token_hash=hash_secret(token),
            fingerprint=_fingerprint(user),
            issued_by=current_scope().user_id,
            expires_at=now() + timedelta(hours=hours),
        )
    )
    return absolute_url("accounts.reset_password", token=token)


def _fingerprint(user: User) -> str:
    """Changes with password, address and number: an open link is void after any of them changed."""
    return hashlib.sha256("\n".join((user.password or "", user.email or "", user.phone or "")).encode()).hexdigest()


def _tell_about_change(user: User) -> None:
    with in_language(user.locale):
        send_message(
            Channel.MAIL if user.email else Channel.SMS,
            user.login,
            kind="password_changed",
            subject=_("Your password was changed"),
            body=_("The password of your account was changed. If this was not you, ask for a new link at once."),
            user_id=user.id,
        )
