"""Firms below the web: founding, members, consents, grants, deletion."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from flask import Flask, g
from sqlalchemy import func, select

from app.access.policy import Permission
from app.access.scope import narrow, system_scope
from app.errors import ForbiddenError, InputError, NotFoundError, TokenError
from app.extensions import db
from app.files import get_file
from app.models.assessments import Answer
from app.models.audit import AuditEvent
from app.models.consents import Consent, ConsentKind
from app.models.firms import Firm, FirmInvitation, Membership, MembershipRole
from app.models.handovers import Handover
from app.models.users import User
from app.queries.access import load_reach
from app.queries.firms import find_membership, get_membership
from app.services import consents, engagements, firms, users
from app.transaction import transaction
from tests.app import factories as make
from tests.app.world import INVITATION_TOKEN, World

USCC = "91440101MA59E8XD4G"


@contextmanager
def acting(app: Flask, world: World, visitor: str, permission: Permission) -> Iterator[None]:
    """The scope that `permission` opens to a visitor, with a writing transaction; committed at the end."""
    with app.app_context():
        with system_scope():
            reach = load_reach(world.users[visitor], None)
        db.session.remove()
        g.scope = narrow(reach, permission)
        with transaction():
            yield


def count(app: Flask, model: type, **values: object) -> int:
    """How many rows of a model have these values."""
    with app.app_context(), system_scope():
        return db.session.scalar(select(func.count()).select_from(model).filter_by(**values)) or 0


def found(app: Flask, world: World, **values: str) -> UUID:
    """Found a firm as the visitor without one."""
    with acting(app, world, "account", Permission.FIRM_CREATE):
        return firms.create_firm(firms.FirmData(**{"name": "新厂", "sector": "molds", **values}), statistics=True).id


def test_founding_makes_an_owner_and_records_what_was_agreed(app: Flask, world: World) -> None:
    firm_id = found(app, world)
    assert count(app, Membership, firm_id=firm_id, role="owner", user_id=world.users["account"]) == 1
    for kind in ("storage", "statistics"):
        assert count(app, Consent, firm_id=firm_id, kind=kind) == 1
    assert count(app, Consent, firm_id=firm_id, kind="named_results") == 0


@pytest.mark.parametrize("typed", [USCC, USCC.lower(), f" {USCC} ", "９１440101MA59E8XD4G"])
def test_the_credit_code_is_understood_however_it_is_typed(app: Flask, world: World, typed: str) -> None:
    firm_id = found(app, world, uscc=typed)
    assert count(app, Firm, id=firm_id, uscc=USCC) == 1


@pytest.mark.parametrize(
    "typed", ["91440101MA59E8XD4H", "123", "9144 0101", "9" * 18, "<img>", "91440101MA59E8XD4G" * 9]
)
def test_a_wrong_credit_code_is_refused_at_its_field(app: Flask, world: World, typed: str) -> None:
    with pytest.raises(InputError) as refused:
        found(app, world, uscc=typed)
    assert refused.value.details["field"] == "uscc"


def test_a_firm_that_is_there_already_is_not_founded_twice(app: Flask, world: World) -> None:
    found(app, world, uscc=USCC)
    with pytest.raises(InputError, match="already registered"):
        found(app, world, uscc=USCC)


def test_the_last_owner_cannot_leave_and_a_second_one_can(app: Flask, world: World) -> None:
    with acting(app, world, "owner", Permission.MEMBERSHIP_LEAVE), pytest.raises(ForbiddenError):
        firms.leave_firm(world.firm_id, world.users["owner"])
    with acting(app, world, "owner", Permission.MEMBERSHIP_MANAGE):
        member = get_membership(world.firm_id, world.membership_id)
        firms.change_member(member, role=MembershipRole.OWNER, sections=None)
    with acting(app, world, "owner", Permission.MEMBERSHIP_LEAVE):
        firms.leave_firm(world.firm_id, world.users["owner"])
    assert count(app, Membership, firm_id=world.firm_id) == 1


def test_case_21_nobody_changes_the_own_role_and_a_new_role_ends_sessions(app: Flask, world: World) -> None:
    with acting(app, world, "owner", Permission.MEMBERSHIP_MANAGE):
        own = find_membership(world.firm_id, world.users["owner"])
        assert own is not None
        with pytest.raises(ForbiddenError):
            firms.change_member(own, role=MembershipRole.MEMBER, sections=None)
        member = get_membership(world.firm_id, world.membership_id)
        firms.change_member(member, role=MembershipRole.OWNER, sections=None)
    assert count(app, User, fs_uniquifier=world.uniquifiers["member"]) == 0


def test_case_14_who_is_taken_out_keeps_no_way_back_in(app: Flask, world: World) -> None:
    with make.writing(app):
        for made in (FirmInvitation, Handover):
            db.session.scalars(select(made)).one().created_by = world.users["member"]
    with acting(app, world, "owner", Permission.MEMBERSHIP_MANAGE):
        firms.remove_member(get_membership(world.firm_id, world.membership_id))
    with app.app_context(), pytest.raises(TokenError):
        firms.read_invitation(INVITATION_TOKEN)
    with app.app_context(), system_scope():
        assert load_reach(None, world.handover_id).handover is None


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("甲\x00乙", "甲 乙"),
        ("甲\r\n乙", "甲 乙"),
        ("\u202e甲", "甲"),
        ("𰻝𰻝面厂", "𰻝𰻝面厂"),
        ("\U000323af厂", "\U000323af厂"),
    ],
)
def test_case_06_a_name_is_one_line_of_visible_characters(app: Flask, world: World, typed: str, stored: str) -> None:
    assert count(app, Firm, id=found(app, world, name=typed), name=stored) == 1


@pytest.mark.parametrize("typed", ["", "  ", "\u200b", "\x00"])
def test_a_name_of_which_nothing_can_be_seen_is_refused(app: Flask, world: World, typed: str) -> None:
    with pytest.raises(InputError):
        found(app, world, name=typed)


def test_case_03_rows_of_another_firm_are_not_found_through_ones_own(app: Flask, world: World) -> None:
    with acting(app, world, "foreign", Permission.MEMBERSHIP_MANAGE):
        for firm_id in (world.firm_id, world.other_firm_id):
            with pytest.raises(NotFoundError):
                get_membership(firm_id, world.membership_id)
            with pytest.raises(NotFoundError):
                firms.revoke_invitation(firm_id, world.invitation_id)
    with acting(app, world, "foreign", Permission.ENGAGEMENT_AGREE), pytest.raises(NotFoundError):
        engagements.end(world.other_firm_id, world.engagement_id)


def test_case_14_an_invitation_works_once_and_not_after_withdrawal(app: Flask, world: World) -> None:
    with acting(app, world, "owner", Permission.MEMBERSHIP_MANAGE):
        first = firms.invite_member(world.firm_id, sections=["machines"])
        second = firms.invite_member(world.firm_id)
        withdrawn = second.token
        firms.revoke_invitation(world.firm_id, second.invitation.id)
        token, code = first.token, first.code
        assert token not in (first.invitation.token_hash, first.invitation.code_hash)
    with acting(app, world, "account", Permission.PUBLIC):
        user = db.session.get_one(User, world.users["account"])
        assert firms.accept_invitation(f" {code.lower()[:5]}-{code.lower()[5:]} ", user) == world.firm_id
        for secret in (token, code, withdrawn, "", "x" * 500):
            with pytest.raises(TokenError):
                firms.accept_invitation(secret, user)
    with app.app_context(), system_scope():
        member = find_membership(world.firm_id, world.users["account"])
        assert member is not None
        assert (member.role, member.sections) == ("member", ["machines"])


def test_consents_are_given_once_and_withdrawn_with_history(app: Flask, world: World) -> None:
    with acting(app, world, "owner", Permission.CONSENT_MANAGE):
        first = consents.give_consent(world.firm_id, ConsentKind.STATISTICS)
        assert consents.give_consent(world.firm_id, ConsentKind.STATISTICS).id == first.id
        consents.withdraw_consent(world.firm_id, ConsentKind.STATISTICS)
        consents.withdraw_consent(world.firm_id, ConsentKind.STATISTICS)
        assert consents.give_consent(world.firm_id, ConsentKind.STATISTICS).id != first.id
    assert count(app, Consent, firm_id=world.firm_id, kind="statistics") == 2


def test_storage_is_not_withdrawn_without_deleting(app: Flask, world: World) -> None:
    with acting(app, world, "owner", Permission.CONSENT_MANAGE), pytest.raises(InputError):
        consents.withdraw_consent(world.firm_id, ConsentKind.STORAGE)


def test_named_results_need_a_cluster_that_the_firm_belongs_to(app: Flask, world: World) -> None:
    with make.writing(app):
        strange = make.make_cluster("别的集群").id
    with acting(app, world, "owner", Permission.CONSENT_MANAGE):
        with pytest.raises(InputError):
            consents.give_consent(world.firm_id, ConsentKind.NAMED_RESULTS)
        with pytest.raises(NotFoundError):
            consents.give_consent(world.firm_id, ConsentKind.NAMED_RESULTS, strange)


def test_only_consultants_are_let_in_and_nobody_learns_more(app: Flask, world: World) -> None:
    with acting(app, world, "owner", Permission.ENGAGEMENT_AGREE):
        messages = set()
        for login in (world.logins["member"], "nobody@example.com"):
            with pytest.raises(InputError) as refused:
                engagements.engage(world.firm_id, login)
            messages.add(refused.value.message)
        assert len(messages) == 1
        engagements.end(world.firm_id, world.engagement_id)
        assert engagements.engage(world.firm_id, world.logins["consultant"]).id != world.engagement_id


def test_withdrawing_a_grant_takes_the_firm_out_of_reach_at_once(app: Flask, world: World) -> None:
    with acting(app, world, "owner", Permission.ENGAGEMENT_AGREE):
        engagements.end(world.firm_id, world.engagement_id)
    with app.app_context(), system_scope():
        assert load_reach(world.users["consultant"], None).consultant_firm_ids == frozenset()


def test_deleting_takes_the_typed_name_and_removes_rows_and_files(app: Flask, world: World) -> None:
    with app.app_context(), system_scope():
        key = db.session.scalar(select(make.Report.file_key).where(make.Report.firm_id == world.firm_id))
        assert key is not None
        assert get_file(key)
    with acting(app, world, "owner", Permission.FIRM_DELETE), pytest.raises(InputError):
        firms.delete_firm(world.firm_id, confirmed_name="别的厂")
    with acting(app, world, "owner", Permission.FIRM_DELETE):
        firms.delete_firm(world.firm_id, confirmed_name=" 示例模具厂 ")
    assert count(app, Firm, id=world.firm_id) == 0
    assert count(app, Answer, firm_id=world.firm_id) == 0
    assert count(app, Firm, id=world.other_firm_id) == 1
    with app.app_context(), system_scope():
        with pytest.raises(NotFoundError):
            get_file(key)
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.firm_id == world.firm_id)).all()
        assert "firm:delete" in {event.kind for event in events}
        assert all(event.details == {} and event.actor_label == "" for event in events)


def test_an_account_is_deleted_with_its_password_and_not_while_a_firm_would_be_orphaned(
    app: Flask, world: World
) -> None:
    with acting(app, world, "owner", Permission.ACCOUNT_MANAGE), pytest.raises(ForbiddenError):
        users.delete_user(db.session.get_one(User, world.users["owner"]), make.PASSWORD)
    with acting(app, world, "member", Permission.ACCOUNT_MANAGE):
        member = db.session.get_one(User, world.users["member"])
        with pytest.raises(InputError):
            users.delete_user(member, "wrong")
        users.delete_user(member, make.PASSWORD)
    assert count(app, User, id=world.users["member"]) == 0
    assert count(app, Membership, firm_id=world.firm_id) == 1
    assert count(app, AuditEvent, kind="user:delete", subject=str(world.users["member"])) == 1


def test_case_21_the_last_administrator_cannot_delete_himself(app: Flask, world: World) -> None:
    with acting(app, world, "admin", Permission.ACCOUNT_MANAGE), pytest.raises(ForbiddenError):
        users.delete_user(db.session.get_one(User, world.users["admin"]), make.PASSWORD)
