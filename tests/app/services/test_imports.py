"""Taking a list in: what is new, changed, the same, twice; against the list by number and name; all or nothing."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.access.policy import Permission
from app.access.scope import system_scope
from app.errors import ConflictError, NotFoundError, ScopeError
from app.extensions import db
from app.models.clusters import Cluster, ClusterMember
from app.models.invitees import Invitee
from app.queries.invitees import list_invitees, released
from app.services import imports, invitees
from app.services.imports import BadListError, Plan, make_plan
from app.services.names import Similar, core_name
from app.services.rosters import read_roster
from tests.app import factories as make
from tests.app.services.test_firms import acting
from tests.app.world import World


def good_number(stem: str) -> str:
    """A firm number with its right check character."""
    from stdnum.cn import uscc

    return stem + uscc.calc_check_digit(stem)


ONE, TWO = good_number("91440300192203821"), good_number("91441900MA4UKJ7X1")


def plan(app: Flask, world: World, text: str) -> Plan:
    """What a list would do to the list of the world, which holds 示例塑料厂."""
    with app.app_context(), system_scope():
        return make_plan(db.session.get_one(Cluster, world.cluster_id), read_roster(text.encode()))


def take_in(app: Flask, world: World, text: str) -> Mapping[str, int]:
    """Take it in."""
    with make.writing(app):
        return imports.import_file(db.session.get_one(Cluster, world.cluster_id), text.encode(), "list.csv")


def kinds(found: Plan) -> list[str]:
    """What becomes of each row."""
    return [row.kind for row in found.rows]


def names(app: Flask, world: World) -> list[str]:
    """The list."""
    with app.app_context(), system_scope():
        return [row.name for row in list_invitees(world.cluster_id)]


def test_rows_are_matched_by_number_then_by_name(app: Flask, world: World) -> None:
    take_in(app, world, f"企业名称,代码,统一社会信用代码,镇街\n甲精密模具有限公司,,{ONE},长安镇\n")
    found = plan(
        app,
        world,
        "企业名称,统一社会信用代码,镇街\n"
        f"甲精密公司新名,{ONE},\n"  # the same number: another name
        "示例 塑料厂,,虎门镇\n"  # the same name but for a blank
        "甲精密模具有限公司,,长安镇\n",  # the same name as the first: both mean one entry
    )
    assert kinds(found) == ["updated", "updated", "errors"]
    assert found.rows[0].changes == {"name": ["甲精密模具有限公司", "甲精密公司新名"]}
    assert len(found.problems) == 1 and found.problems[0].row == 4


def test_the_same_name_with_another_number_is_another_firm(app: Flask, world: World) -> None:
    take_in(app, world, f"企业名称,统一社会信用代码\n甲厂,{ONE}\n")
    assert kinds(plan(app, world, f"企业名称,统一社会信用代码\n甲厂,{TWO}\n")) == ["new"]
    assert kinds(plan(app, world, "企业名称,镇街\n甲厂,\n")) == ["same"]


def test_twins_in_the_file_are_left_out_and_contradictions_stop_it(app: Flask, world: World) -> None:
    assert kinds(plan(app, world, "企业名称,镇街\n甲厂,长安镇\n甲厂,长安镇\n")) == ["new", "duplicate"]
    assert kinds(plan(app, world, "企业名称,镇街\n甲厂,长安镇\n甲 厂,虎门镇\n")) == ["new", "errors"]


def test_a_similar_name_is_asked_about(app: Flask, world: World) -> None:
    take_in(app, world, "企业名称,镇街\n东莞市长安恒发精密模具有限公司,\n")
    row = plan(app, world, "企业名称,镇街\n恒发精密模具厂,\n").rows[0]
    assert row.kind == "new" and row.similar is not None and row.similar[1] == "东莞市长安恒发精密模具有限公司"
    assert plan(app, world, "企业名称,镇街\n万利五金,\n").rows[0].similar is None


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("东莞市恒发精密模具有限公司", "恒发精密模具厂", True),
        ("恒发精密模具", "恒发精密磨具", False),
        ("广东恒发智能装备股份有限公司", "恒发智能装备有限公司", True),
        ("恒发模具厂", "恒达模具厂", False),
        ("Best Mould Co., Ltd.", "BEST MOULD", True),
        ("恒发", "恒发", True),
    ],
)
def test_which_names_are_near(one: str, other: str, near: bool) -> None:
    assert (Similar([one, "毫不相干的厂"]).find(other) == 0) is near


def test_core_names_are_never_empty() -> None:
    assert all(core_name(name) for name in ("有限公司", "东莞市", "厂", "A", "东莞市长安镇厂"))


def test_wrong_cells_are_named_with_sheet_row_and_column(app: Flask, world: World) -> None:
    text = (
        "名单（2026）,,,,,,\n企业名称*,统一社会信用代码,职工人数,邮箱,行业,层级,备注\n"
        "甲厂,914403001922038210,六十,nobody,航天,99,=1+1\n,,,a@example.com,,,\n"
    )
    found = plan(app, world, text)
    assert [p.cell for p in found.problems] == ["B3", "C3", "D3", "E3", "F3", "A4"]
    with pytest.raises(BadListError):
        take_in(app, world, text)
    assert names(app, world) == ["示例塑料厂"]


def test_values_are_read_as_people_write_them(app: Flask, world: World) -> None:
    take_in(
        app,
        world,
        "Company;Firm number;Employees;Trade;Tags;Supplier tier;Language\n"
        f"甲厂;{ONE[:8]} {ONE[8:].lower()};1,200 人;模具行业;核心， 出口;二级;English\n",
    )
    with app.app_context(), system_scope():
        row = db.session.scalar(select(Invitee).where(Invitee.name == "甲厂"))
        assert row is not None
        assert (row.uscc, row.employees, row.sector, row.tag_list, row.tier, row.locale) == (
            ONE, 1200, "molds", ["核心", "出口"], 2, "en",
        )  # fmt: skip


def test_empty_cells_change_nothing(app: Flask, world: World) -> None:
    take_in(app, world, "企业名称,镇街\n示例塑料厂,长安镇\n")
    assert kinds(plan(app, world, "企业名称,镇街,邮箱\n示例塑料厂,,\n")) == ["same"]


def test_a_member_by_name_is_put_to_its_entry_and_a_hidden_one_never(app: Flask, world: World) -> None:
    found = plan(app, world, "企业名称,镇街\n示例模具厂,\n金丝雀五金厂,\n")
    assert [row.member for row in found.rows] == [world.firm_id, None]
    take_in(app, world, "企业名称,镇街\n示例模具厂,\n金丝雀五金厂,\n")
    with app.app_context(), system_scope():
        linked = set(db.session.scalars(select(ClusterMember.firm_id).where(ClusterMember.invitee_id.is_not(None))))
        assert linked == {world.firm_id}


def test_a_plan_is_carried_out_only_while_it_is_true(app: Flask, world: World) -> None:
    import_id = world.extra["import_id"]
    with acting(app, world, "coordinator", Permission.CLUSTER_UPDATE):
        _row, shown = imports.read_plan(world.cluster_id, import_id)  # type: ignore[arg-type]
    take_in(app, world, "企业名称,镇街\n新的厂,长安镇\n")
    with acting(app, world, "coordinator", Permission.CLUSTER_UPDATE), pytest.raises(ConflictError):
        imports.apply(world.cluster_id, import_id, shown.digest)  # type: ignore[arg-type]


def test_nobody_else_reaches_the_list(app: Flask, world: World) -> None:
    for visitor, permission in (("owner", Permission.CLUSTER_JOIN), ("foreign", Permission.CLUSTER_JOIN)):
        with acting(app, world, visitor, permission):
            assert db.session.scalar(select(func.count(Invitee.id))) == 0
            with pytest.raises(NotFoundError):
                invitees.remove_invitee(world.cluster_id, world.extra["invitee_id"])  # type: ignore[arg-type]


def test_an_entry_of_another_cluster_cannot_be_written(app: Flask, world: World) -> None:
    with make.writing(app):
        other = make.make_cluster("别的集群").id
    with pytest.raises(ScopeError), acting(app, world, "coordinator", Permission.CLUSTER_UPDATE):
        db.session.add(Invitee(cluster_id=other, name="x", name_key="x"))


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 0, 0), (0, 9, 0), (4, 4, 0), (4, 9, 0), (5, 5, 5), (5, 9, 0), (5, 10, 5), (9, 10, 5), (10, 10, 10),
     (12, 14, 5), (14, 20, 10), (19, 20, 15)],
)  # fmt: skip
def test_hidden_firms_are_counted_in_fives_with_their_rest(part: int, whole: int, shown: int) -> None:
    assert released(part, whole) == shown
    assert shown % 5 == 0 and (whole - shown == 0 or whole - shown >= 5 or shown == 0)
