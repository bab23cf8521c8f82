"""What each role reaches under each permission, and how the reach is read from the database."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask

from app.access.policy import GRANTS, Permission, is_allowed, roles_with
from app.access.roles import Role
from app.access.scope import Reach, narrow, system_scope
from app.extensions import db
from app.models.base import now
from app.models.clusters import ClusterMember
from app.models.consents import Consent
from app.models.engagements import Engagement
from app.models.firms import Firm, Membership
from app.models.handovers import Handover
from app.models.users import User
from app.queries.access import load_reach
from tests.app import factories as make
from tests.app.world import World

P = Permission
A, B, C, D = (UUID(int=n) for n in range(1, 5))


def test_permissions_read_resource_and_action() -> None:
    for permission in Permission:
        assert permission is P.PUBLIC or permission.count(":") == 1


def test_every_permission_is_held_by_somebody_and_public_is_granted_to_nobody() -> None:
    for permission in Permission:
        assert roles_with(permission), permission
    assert not any(P.PUBLIC in granted for granted in GRANTS.values())


def test_owner_of_one_firm_and_member_of_another_manages_only_the_first() -> None:
    reach = Reach(
        user_id=D,
        roles=frozenset({Role.ACCOUNT, Role.OWNER, Role.MEMBER}),
        owner_firm_ids=frozenset({A}),
        member_firm_ids=frozenset({B}),
    )
    assert is_allowed(P.FIRM_MANAGE, reach.roles)
    assert narrow(reach, P.FIRM_MANAGE).firm_ids == {A}
    assert narrow(reach, P.ANSWER_WRITE).firm_ids == {A, B}
    assert narrow(reach, P.PUBLIC).firm_ids == {A, B}


def test_a_consultant_reads_and_a_coordinator_sees_results_only() -> None:
    reach = Reach(
        user_id=D,
        roles=frozenset({Role.ACCOUNT, Role.CONSULTANT, Role.COORDINATOR}),
        consultant_firm_ids=frozenset({A}),
        named_firm_ids=frozenset({B}),
        cluster_ids=frozenset({C}),
    )
    assert narrow(reach, P.RESULT_READ).firm_ids == {A, B}
    assert narrow(reach, P.REPORT_DOWNLOAD).firm_ids == {A}
    assert narrow(reach, P.ANSWER_WRITE).firm_ids == frozenset()
    assert narrow(reach, P.CLUSTER_READ).cluster_ids == {C}
    assert narrow(reach, P.FIRM_MANAGE).cluster_ids == frozenset()


def test_an_administrator_reaches_everything_to_manage_and_no_results() -> None:
    reach = Reach(user_id=D, roles=frozenset({Role.ACCOUNT, Role.ADMIN}))
    assert narrow(reach, P.USER_MANAGE).everything
    assert not narrow(reach, P.ACCOUNT_MANAGE).everything
    assert not is_allowed(P.RESULT_READ, reach.roles)


def reach_of(app: Flask, world: World, name: str, handover: UUID | None = None) -> Reach:
    """The reach as the hook reads it."""
    with app.app_context(), system_scope():
        return load_reach(world.users.get(name), handover)


def test_reach_of_each_user(app: Flask, world: World) -> None:
    assert reach_of(app, world, "owner").owner_firm_ids == {world.firm_id}
    assert reach_of(app, world, "member").member_firm_ids == {world.firm_id}
    assert reach_of(app, world, "consultant").consultant_firm_ids == {world.firm_id}
    coordinator = reach_of(app, world, "coordinator")
    assert coordinator.cluster_ids == {world.cluster_id}
    assert coordinator.named_firm_ids == {world.firm_id}
    assert reach_of(app, world, "account").roles == {Role.ACCOUNT}
    assert reach_of(app, world, "nobody", world.handover_id).roles == {Role.LINK}


def test_named_results_end_with_the_consent_and_with_the_membership(app: Flask, world: World) -> None:
    with make.writing(app):
        consent = db.session.scalars(db.select(Consent).where(Consent.firm_id == world.firm_id)).one()
        consent.withdrawn_at = now()
        consent_id = consent.id
    assert reach_of(app, world, "coordinator").named_firm_ids == frozenset()
    with make.writing(app):
        db.session.get_one(Consent, consent_id).withdrawn_at = None
        row = db.session.scalars(db.select(ClusterMember).where(ClusterMember.firm_id == world.firm_id)).one()
        row.left_at = now()
    assert reach_of(app, world, "coordinator").named_firm_ids == frozenset()


def test_a_consent_to_one_cluster_says_nothing_to_another(app: Flask, world: World) -> None:
    with make.writing(app):
        second = make.make_cluster("另一个集群")
        make.join(second, db.session.get_one(Firm, world.firm_id))
        stranger = make.make_user()
        make.coordinate(second, stranger)
        world.users["stranger"] = stranger.id
    assert reach_of(app, world, "stranger").named_firm_ids == frozenset()


def test_a_grant_ends_when_revoked(app: Flask, world: World) -> None:
    with make.writing(app):
        db.session.get_one(Engagement, world.engagement_id).ended_at = now()
    assert reach_of(app, world, "consultant").consultant_firm_ids == frozenset()


def test_a_grant_is_worth_nothing_without_the_role(app: Flask, world: World) -> None:
    with make.writing(app):
        make.make_engagement(db.session.get_one(Firm, world.firm_id), db.session.get_one(User, world.users["account"]))
    assert reach_of(app, world, "account").consultant_firm_ids == frozenset()


def test_a_deleted_firm_is_out_of_everybodys_reach(app: Flask, world: World) -> None:
    with make.writing(app):
        db.session.get_one(Firm, world.firm_id).deleted_at = now()
    assert reach_of(app, world, "owner").owner_firm_ids == frozenset()
    assert reach_of(app, world, "consultant").consultant_firm_ids == frozenset()
    assert reach_of(app, world, "coordinator").named_firm_ids == frozenset()
    assert reach_of(app, world, "nobody", world.handover_id).handover is None


@pytest.mark.parametrize("column", ["revoked_at", "expires_at"])
def test_a_handover_link_ends(app: Flask, world: World, column: str) -> None:
    with make.writing(app):
        setattr(db.session.get_one(Handover, world.handover_id), column, now())
    assert reach_of(app, world, "nobody", world.handover_id).handover is None


def test_sections_limit_a_member_and_never_an_owner(app: Flask, world: World) -> None:
    with make.writing(app):
        for row in db.session.scalars(db.select(Membership).where(Membership.firm_id == world.firm_id)):
            row.sections = ["production"]
    member = narrow(reach_of(app, world, "member"), P.ANSWER_WRITE)
    assert member.may_answer(world.firm_id, world.draft_id, "production")
    assert not member.may_answer(world.firm_id, world.draft_id, "quality")
    owner = narrow(reach_of(app, world, "owner"), P.ANSWER_WRITE)
    assert owner.may_answer(world.firm_id, world.draft_id, "quality")
