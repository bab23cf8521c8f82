"""Accounts below the web: roles, logins, and what the last of a kind may not do."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask, g
from sqlalchemy.exc import IntegrityError

from app.access.roles import Role
from app.access.scope import Scope
from app.errors import ForbiddenError, InputError
from app.extensions import db
from app.models.users import User, UserRole
from app.queries.users import find_user, list_roles, list_users, parse_login
from app.services import users
from app.transaction import transaction
from tests.app import factories as make


@pytest.fixture
def admin(app: Flask) -> Iterator[UUID]:
    """The scope of the only administrator, with a writing transaction open."""
    with make.writing(app):
        user = make.make_user("admin")
        make.give(user, "admin")
        admin_id = user.id
    with app.app_context():
        g.scope = Scope(user_id=admin_id, roles=frozenset({Role.ACCOUNT, Role.ADMIN}), everything=True)
        with transaction():
            yield admin_id


def test_roles_are_given_once_and_end_the_sessions(admin: UUID) -> None:
    user = make.make_user()
    session = user.fs_uniquifier
    users.give_role(user, Role.CONSULTANT)
    users.give_role(user, Role.CONSULTANT)
    assert list_roles(user.id) == [Role.CONSULTANT]
    assert user.fs_uniquifier != session
    session = user.fs_uniquifier
    users.take_role(user, Role.CONSULTANT)
    assert list_roles(user.id) == []
    assert user.fs_uniquifier != session


def test_firm_roles_are_not_stored_as_staff_roles(admin: UUID) -> None:
    user = make.make_user()
    users.give_role(user, Role.OWNER)
    users.give_role(user, Role.LINK)
    assert list_roles(user.id) == []


def test_nobody_changes_his_own_role_or_closes_his_own_account(admin: UUID) -> None:
    myself = db.session.get_one(User, admin)
    with pytest.raises(ForbiddenError):
        users.take_role(myself, Role.ADMIN)
    with pytest.raises(ForbiddenError):
        users.deactivate_user(myself)


def test_the_last_administrator_stays(admin: UUID) -> None:
    second = make.make_user()
    users.give_role(second, Role.ADMIN)
    users.take_role(second, Role.ADMIN)
    g.scope = Scope(user_id=second.id, roles=frozenset({Role.ADMIN}), everything=True)
    with pytest.raises(ForbiddenError):
        users.take_role(db.session.get_one(User, admin), Role.ADMIN)
    assert list_roles(admin) == [Role.ADMIN]


def test_a_closed_account_cannot_sign_in(admin: UUID) -> None:
    user = make.make_user()
    assert users.authenticate(user.login, make.PASSWORD) is user
    users.deactivate_user(user)
    with pytest.raises(InputError):
        users.authenticate(user.login, make.PASSWORD)


def test_login_is_by_address_or_number_whatever_its_form(admin: UUID) -> None:
    user = make.make_user(email="wang@example.com", phone="+8613800138000")
    for login in ("WANG@example.com", "138 0013 8000", "+86 13800138000", "0086-138-0013-8000"):
        assert find_user(login) is user


@pytest.mark.parametrize(
    "login", ["", " ", "@", "a@", "12800138000", "1380013800", "x" * 1000, "a b@example.com", "\x00"]
)
def test_what_is_no_login_is_refused(admin: UUID, login: str) -> None:
    with pytest.raises(InputError):
        parse_login(login)


def test_users_are_found_by_part_of_name_or_login(admin: UUID) -> None:
    wang = make.make_user("王师傅", email="w_1%@example.com")
    assert list(list_users("王师")) == [wang]
    assert list(list_users("_1%")) == [wang]
    assert list(list_users("%%")) == []
    assert len(list_users()) == 2


@pytest.mark.parametrize("values", [{"email": None}, {"locale": "fr"}])
def test_constraints_hold_in_the_database(app: Flask, values: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), make.writing(app):
        make.make_user(**{"email": "x@example.com", **values})


def test_login_and_role_are_unique_in_the_database(app: Flask) -> None:
    with pytest.raises(IntegrityError), make.writing(app):
        make.make_user(email="x@example.com")
        make.make_user(email="x@example.com")
    with pytest.raises(IntegrityError), make.writing(app):
        user = make.make_user()
        make.give(user, "admin")
        make.give(user, "admin")


def test_a_reference_to_nobody_is_refused_at_commit(app: Flask) -> None:
    with pytest.raises(IntegrityError), make.writing(app):
        db.session.add(UserRole(user_id=UUID(int=1), role="admin"))
