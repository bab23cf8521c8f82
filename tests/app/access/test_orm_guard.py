"""The row locks: reads are filtered by the session, writes outside the scope are refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from flask import Flask, g
from sqlalchemy import func, insert, select, text, union_all, update
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.access.scope import NOBODY, HandoverLink, Scope, extend_scope, system_scope
from app.errors import ReadOnlyError, ScopeError
from app.extensions import db
from app.models.assessments import Answer, Assessment
from app.models.clusters import ClusterMember
from app.models.firms import Firm, Membership
from app.models.jobs import Job
from app.models.results import Result
from app.models.users import User
from app.transaction import transaction
from tests.app import factories as make
from tests.app.world import World


@contextmanager
def scoped(app: Flask, scope: Scope) -> Iterator[None]:
    """A fresh session under `scope`."""
    with app.app_context():
        g.scope = scope
        yield


@pytest.fixture
def own(app: Flask, world: World) -> Iterator[World]:
    """Everything below happens in the scope of the first firm."""
    with scoped(app, Scope(user_id=world.users["owner"], firm_ids=frozenset({world.firm_id}))):
        yield world


def test_nobody_sees_nothing(app: Flask, world: World) -> None:
    with scoped(app, NOBODY):
        for model in (Firm, Assessment, Answer, Membership, Result, ClusterMember, Job):
            assert db.session.scalars(select(model)).all() == []


def test_without_any_scope_nothing_is_seen(app: Flask, world: World) -> None:
    with app.app_context():
        assert db.session.scalars(select(Firm)).all() == []


def test_select_get_and_count_are_filtered(own: World) -> None:
    assert [firm.id for firm in db.session.scalars(select(Firm))] == [own.firm_id]
    assert db.session.get(Firm, own.other_firm_id) is None
    assert db.session.get(Assessment, own.other_assessment_id) is None
    assert db.session.scalar(select(func.count(Answer.id))) == 2
    assert db.session.scalar(select(func.count()).select_from(Answer)) == 2


def test_joins_aliases_and_subqueries_are_filtered(own: World) -> None:
    other = aliased(Firm)
    assert set(db.session.scalars(select(other.id))) == {own.firm_id}
    joined = select(User.id).join(Membership, Membership.user_id == User.id).join(Firm, Firm.id == Membership.firm_id)
    assert set(db.session.scalars(joined)) == {own.users["owner"], own.users["member"]}
    inside = select(User.id).where(User.id.in_(select(Membership.user_id)))
    assert set(db.session.scalars(inside)) == {own.users["owner"], own.users["member"]}
    derived = select(Assessment.firm_id).subquery()
    assert set(db.session.scalars(select(Firm.id).join(derived, derived.c.firm_id == Firm.id))) == {own.firm_id}
    exists = select(User.id).where(select(Membership.id).where(Membership.user_id == User.id).exists())
    assert own.users["foreign"] not in set(db.session.scalars(exists))


def test_unions_are_filtered(own: World) -> None:
    both = union_all(select(Firm.id), select(Assessment.firm_id))
    assert set(db.session.scalars(both)) == {own.firm_id}
    outer = both.subquery()
    named = select(User.id).where(User.id.in_(select(outer.c.id)))
    assert db.session.scalars(named).all() == []
    assert set(db.session.scalars(select(Firm.id).where(Firm.id.in_(select(outer.c.id))))) == {own.firm_id}
    assert db.session.scalar(select(func.count()).select_from(outer)) == 3, "one firm and its two rounds"


def test_relationships_are_filtered(own: World) -> None:
    firm = db.session.scalars(select(Firm).options(selectinload(Firm.memberships))).one()
    assert len(firm.memberships) == 2
    eager = db.session.scalars(select(Assessment).options(joinedload(Assessment.answers))).unique().all()
    assert {answer.firm_id for round_ in eager for answer in round_.answers} == {own.firm_id}


def test_a_foreign_row_reached_by_lazy_load_is_not_there(app: Flask, world: World) -> None:
    scope = Scope(firm_ids=frozenset(), cluster_ids=frozenset({world.cluster_id}))
    with scoped(app, scope):
        rows = db.session.scalars(select(ClusterMember)).all()
        assert len(rows) == 2, "a coordinator knows the membership of both firms"
        assert [row.firm for row in rows] == [None, None], "but not the firms that the scope does not hold"


def test_statements_outside_the_orm_are_refused(own: World) -> None:
    for statement in (text("SELECT 1"), select(Firm.__table__), select(Firm.__table__.c.name)):
        with pytest.raises(ScopeError):
            db.session.execute(statement)


def test_bulk_update_is_filtered_and_bulk_insert_refused(own: World, app: Flask) -> None:
    with transaction():
        db.session.execute(update(Firm).values(town="虎门镇"))
        with pytest.raises(ScopeError):
            db.session.execute(insert(Firm), [{"name": "x", "sector": "molds"}])
    with app.app_context(), system_scope():
        assert db.session.get_one(Firm, own.other_firm_id).town != "虎门镇"
        assert db.session.get_one(Firm, own.firm_id).town == "虎门镇"


def test_new_rows_of_another_firm_are_refused(own: World) -> None:
    with pytest.raises(ScopeError), transaction():
        db.session.add(Assessment(firm_id=own.other_firm_id, number=9, sector="molds", versions={}))


def test_a_row_without_firm_is_refused(own: World) -> None:
    with pytest.raises(ScopeError), transaction():
        db.session.add(Assessment(number=9, sector="molds", versions={}))


def test_moving_a_row_to_or_from_another_firm_is_refused(own: World) -> None:
    with pytest.raises(ScopeError), transaction():
        db.session.get_one(Assessment, own.draft_id).firm_id = own.other_firm_id
    with system_scope():
        foreign = db.session.get_one(Assessment, own.other_draft_id)
        db.session.expunge(foreign)
    with pytest.raises(ScopeError), transaction():
        db.session.add(foreign)
        foreign.firm_id = own.firm_id


def test_extend_scope_opens_a_new_firm(own: World) -> None:
    with transaction():
        firm = Firm(name="新厂", sector="molds")
        extend_scope(firm.id)
        db.session.add(firm)
    assert db.session.get(Firm, firm.id) is not None


def test_a_nested_system_scope_has_its_own_session_and_cannot_write(own: World) -> None:
    outer = db.session()
    with system_scope():
        assert db.session() is not outer
        assert db.session.get(Firm, own.other_firm_id) is not None
    assert db.session() is outer
    assert db.session.get(Firm, own.other_firm_id) is None
    with pytest.raises(ReadOnlyError), system_scope():
        db.session.add(Firm(name="x", sector="molds"))
        db.session.flush()


def test_jobs_are_seen_by_their_asker_only(app: Flask, world: World) -> None:
    with make.writing(app):
        db.session.add(Job(kind="x", requested_by=world.users["owner"]))
        db.session.add(Job(kind="y", requested_by=world.users["foreign"]))
    with scoped(app, Scope(user_id=world.users["owner"])):
        assert [job.kind for job in db.session.scalars(select(Job))] == ["x"]
    with scoped(app, Scope(user_id=world.users["owner"])), pytest.raises(ScopeError), transaction():
        db.session.add(Job(kind="z", requested_by=world.users["foreign"]))


class TestHandoverLink:
    """A visitor with a link sees one assessment and the name of its firm, and writes answers of that one only."""

    @pytest.fixture
    def link(self, app: Flask, world: World) -> Iterator[World]:
        """The scope of the link."""
        link = HandoverLink(world.handover_id, world.firm_id, world.draft_id, "common-1", "车间主任")
        with scoped(app, Scope(handover=link)):
            yield world

    def test_sees_its_assessment_and_nothing_else(self, link: World) -> None:
        assert set(db.session.scalars(select(Assessment.id))) == {link.draft_id}
        assert set(db.session.scalars(select(Answer.assessment_id))) == {link.draft_id}
        assert set(db.session.scalars(select(Firm.id))) == {link.firm_id}
        assert db.session.scalars(select(Membership)).all() == []
        assert db.session.scalars(select(Result)).all() == []

    def test_writes_answers_of_its_assessment_only(self, link: World) -> None:
        def answer(assessment_id: object, firm_id: object) -> Answer:
            return Answer(firm_id=firm_id, assessment_id=assessment_id, item_id="C10", value=1)

        with transaction():
            db.session.add(answer(link.draft_id, link.firm_id))
        for assessment_id, firm_id in (
            (link.assessment_id, link.firm_id),
            (link.draft_id, link.other_firm_id),
            (link.other_draft_id, link.firm_id),
        ):
            with pytest.raises(ScopeError), transaction():
                db.session.add(answer(assessment_id, firm_id))
        with pytest.raises(ScopeError), transaction():
            db.session.get_one(Firm, link.firm_id).name = "other"

    def test_answers_only_its_section(self, link: World) -> None:
        scope: Scope = g.scope
        assert scope.may_answer(link.firm_id, link.draft_id, "common-1")
        assert not scope.may_answer(link.firm_id, link.draft_id, "common-2")
        assert not scope.may_answer(link.firm_id, link.assessment_id, "common-1")
        assert not scope.may_answer(uuid4(), uuid4(), "common-1")


def test_a_statement_asks_anew_what_is_in_scope(app: Flask, world: World) -> None:
    """The same statement object, prepared once, under one scope after the other, also within one session."""
    query, scopes = select(Firm.id), {}
    for firm_id in (world.firm_id, world.other_firm_id):
        scopes[firm_id] = Scope(firm_ids=frozenset({firm_id}))
    for firm_id in (*scopes, *reversed(scopes)):
        with scoped(app, scopes[firm_id]):
            assert db.session.scalars(query).all() == [firm_id]
    with scoped(app, NOBODY):
        for firm_id in (*scopes, *reversed(scopes)):
            g.scope = scopes[firm_id]
            assert db.session.scalars(query).all() == [firm_id]
        g.scope = NOBODY
        assert db.session.scalars(query).all() == []
