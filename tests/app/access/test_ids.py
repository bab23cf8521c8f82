"""Large sets of ids: a set like any other, and one bound value of a statement however many they are."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from flask import Flask, g
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.access.ids import IdSet, ids_of
from app.access.scope import Scope
from app.extensions import db
from app.models.assessments import Assessment
from app.models.firms import Firm
from tests.app.world import World

MORE_THAN_BOUND_VALUES = 70_000
"""SQLite takes 32,766 bound values in a statement, PostgreSQL 65,535."""
FEW = st.lists(st.integers(0, 5).map(lambda number: UUID(int=number))).map(frozenset)


@given(FEW, FEW)
def test_it_is_a_set_like_any_other(a: frozenset[UUID], b: frozenset[UUID]) -> None:
    one, other = IdSet(a), IdSet(b)
    assert one == a and len(one) == len(a) and set(one) == a and bool(one) == bool(a)
    assert (one == other) == (a == b) and (hash(one) == hash(other)) >= (a == b)
    assert one | other == a | b and one & other == a & b and one - other == a - b
    assert one | b == a | b and one & b == a & b and a & other == a & b and a - other == a - b
    assert (one <= other) == (a <= b) and (a <= other) == (a <= b) and one.isdisjoint(other) == a.isdisjoint(b)
    assert all((number in one) == (number in a) for number in a | b)
    assert (one == a, other == b) == (True, True), "an operation has changed what it was asked of"


def test_it_is_read_as_either_database_writes_it() -> None:
    ids = [uuid4(), uuid4()]
    assert IdSet.read(",".join(map(str, ids))) == IdSet.read(",".join(i.hex for i in ids)) == set(ids)
    assert IdSet.read(None) == IdSet.read("") == IdSet() == frozenset()
    assert "x" not in IdSet(ids) and ids[0].hex not in IdSet(ids)


@pytest.mark.usefixtures("system")
def test_the_ids_of_a_column_are_selected_as_one_text(world: World) -> None:
    assert IdSet.read(db.session.scalar(select(ids_of(Firm.id)))) == {world.firm_id, world.other_firm_id}
    assert IdSet.read(db.session.scalar(select(ids_of(Firm.id)).where(Firm.id == uuid4()))) == set()


def test_a_scope_of_more_firms_than_a_statement_takes_values(app: Flask, world: World) -> None:
    many = IdSet(UUID(int=number) for number in range(MORE_THAN_BOUND_VALUES))
    with app.app_context():
        g.scope = Scope(firm_ids=many | {world.firm_id})
        query = select(Firm.id).join(Assessment, Assessment.firm_id == Firm.id).distinct()
        assert db.session.scalars(query).all() == [world.firm_id]
        g.scope = Scope(firm_ids=many)
        assert db.session.scalars(query).all() == []
