"""Benchmarks: who counts, where a firm stands, and that two looks tell nothing of one firm."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models.benchmarks import Benchmark
from app.models.consents import ConsentKind
from app.models.firms import Firm
from app.models.results import Result
from app.queries.benchmarks import Place, find_place, middle, percentile
from app.services import benchmarks
from tests.app import factories as make


def add(app: Flask, score: int, *, agreed: bool = True, town: str = "长安镇", employees: int = 50) -> UUID:
    """A firm with a result that is published as the services do it."""
    with make.writing(app):
        firm = make.make_firm(town=town)
        if agreed:
            make.make_consent(firm, ConsentKind.STATISTICS)
        publish(firm, score, employees=employees)
        return firm.id


def publish(firm: Firm, score: int, *, number: int = 1, employees: int = 50) -> Result:
    before = db.session.scalar(select(Result).where(Result.firm_id == firm.id, Result.current.is_(True)))
    assessment = make.make_assessment(firm, number=number, submitted=True, employees=employees)
    result = make.make_result(assessment, score=Decimal(score), index_overall=Decimal(score) / 2)
    benchmarks.replace_result(before, result)
    return result


def place(app: Flask, firm_id: UUID) -> Place | None:
    with make.writing(app):
        return find_place(db.session.scalars(select(Result).where(Result.firm_id == firm_id, Result.current)).one())


def numbers(app: Flask) -> dict[str, int]:
    with make.writing(app):
        return {row.cell: row.number for row in db.session.scalars(select(Benchmark))}


def test_a_firm_has_a_place_from_ten_on_and_in_the_narrowest_group(app: Flask) -> None:
    ids = [add(app, 10 * n) for n in range(9)]
    assert place(app, ids[0]) is None
    ids.append(add(app, 90))
    found = place(app, ids[7])
    assert found == Place(("molds", "20", "长安镇"), 10, {"score": 75, "index": 75}, {"score": 40, "index": 20})


def test_it_falls_back_openly_to_wider_groups(app: Flask) -> None:
    towns = [f"镇{n}" for n in range(10)]
    ids = [add(app, 10 * n, town=town) for n, town in enumerate(towns)]
    found = place(app, ids[0])
    assert found is not None
    assert (found.cell, found.tried) == (("molds", "20"), (("molds", "20", "镇0"),))
    other = add(app, 50, employees=500, town="别处")
    found = place(app, other)
    assert found is not None
    assert (found.cell, found.tried) == (("molds",), (("molds", "300", "别处"), ("molds", "300")))


def test_one_newcomer_changes_no_place(app: Flask) -> None:
    first = [add(app, 50) for _number in range(10)][0]
    before = place(app, first)
    for score in (0, 1, 2, 3):
        add(app, score)
        assert place(app, first) == before
    add(app, 4)
    after = place(app, first)
    assert before is not None and after is not None and (before.number, after.number) == (10, 15)
    assert after.ahead["score"] > before.ahead["score"]


def test_a_firm_counts_once_with_its_newest_result(app: Flask) -> None:
    ids = [add(app, 50) for _number in range(10)]
    with make.writing(app):
        for firm_id in ids[:5]:
            publish(db.session.get_one(Firm, firm_id), 90, number=2)
    found = place(app, ids[9])
    assert found is not None and (found.number, found.ahead["score"]) == (10, 25)


def test_only_firms_that_agreed_to_averages_count_and_only_as_long(app: Flask) -> None:
    agreed = [add(app, 50) for _number in range(10)]
    for _number in range(10):
        add(app, 50, agreed=False)
    assert set(numbers(app).values()) == {10}
    with make.writing(app):
        for row in db.session.scalars(select(Result).where(Result.firm_id.in_(agreed[:5]))):
            benchmarks.set_counted(row, wanted=False)
            benchmarks.set_counted(row, wanted=False)
    assert set(numbers(app).values()) == {5}


@pytest.mark.parametrize(
    ("counts", "points", "ahead"),
    [([0] * 101, 50, 0), ([1] * 101, 0, 0), ([1] * 101, 100, 100), ([1] * 101, 50, 50), ([0, 4, 0, 4], 200, 75)],
)
def test_percentiles_are_whole_and_in_bounds(counts: list[int], points: int, ahead: int) -> None:
    assert percentile(counts, points) == ahead


def test_the_middle_one() -> None:
    assert middle([0, 4, 0, 4]) == 1
    assert middle([0, 0, 0, 5]) == 3
    assert middle([]) == 0
