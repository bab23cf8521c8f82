"""Joint programmes: ordering, the page, papers and workbook; and who stays unseen in all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import event, select

from app.access.scope import system_scope
from app.extensions import db
from app.jobs.tasks import run_job
from app.models.base import now
from app.models.clusters import Cluster, ClusterMember
from app.models.consents import Consent, ConsentKind
from app.models.firms import Firm
from app.models.jobs import Job
from app.models.programmes import Programme
from app.services import releases
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.rounds import make_round, persona
from tests.app.world import World

FORM = {"target": "2", "budget": "", "who": "all", "sector": "", "town": "", "alone": "y"}
HIDDEN = "不署名"
STATEMENTS = 12


def add_firms(app: Flask, world: World, number: int, *, named: bool, name: str = "抱团厂") -> list[UUID]:
    """Firms of the cluster with one and the same believable result."""
    case = persona("P01")
    found = []
    with make.writing(app):
        cluster = db.session.get_one(Cluster, world.cluster_id)
        for n in range(number):
            firm = make.make_firm(f"{name}{n}", sector=case["sector"], town=f"{name}镇")
            make.join(cluster, firm, named=named)
            make.make_consent(firm, ConsentKind.STATISTICS)
            make_round(firm, case, {})
            found.append(firm.id)
        db.session.flush()
        releases.form(cluster.id)
    return found


def order(app: Flask, world: World, browser: Browser, **form: str) -> str:
    """The address of a new programme, worked out."""
    answer = browser.post(f"/clusters/{world.cluster_id}/programmes", data={**FORM, **form})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    with app.app_context(), system_scope():
        waiting = list(db.session.scalars(select(Job.id).where(Job.kind == "programmes.compute")))
    for job_id in waiting:
        run_job(app, job_id)
    return str(answer.location)


def read(app: Flask, address: str) -> Programme:
    with app.app_context(), system_scope():
        return db.session.get_one(Programme, UUID(address.rsplit("/", 1)[1]))


def everything(browser: Browser, address: str) -> str:
    """Page, papers and workbook in one text."""
    pages = [browser.get(address + part).get_data(as_text=True) for part in ("", "/letters", "/brief", "/state")]
    book = load_workbook(BytesIO(browser.post(address + "/programme.xlsx").data))
    cells = [str(cell.value) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    return "\n".join([*pages, *cells])


@contextmanager
def counting(app: Flask) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_coordinator_orders_a_programme_and_prints_its_letters(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    add_firms(app, world, 6, named=True)
    address = order(app, world, client_coordinator)
    assert read(app, address).state == "ready"
    page = BeautifulSoup(client_coordinator.get(address).get_data(as_text=True), "html.parser")
    assert "7" in page.h1.get_text()  # the firm of the world is among them
    assert len(page.select("#firms tbody tr")) == 7
    letters = BeautifulSoup(client_coordinator.get(address + "/letters").get_data(as_text=True), "html.parser")
    written = [p.get_text() for p in letters.select(".letter__to")]
    assert sorted(written) == [*(f"抱团厂{n}" for n in range(6)), "示例模具厂"]
    assert "抱团厂" not in client_coordinator.get(address + "/brief").get_data(as_text=True).replace("抱团厂镇", "")
    client_coordinator.speak("en")
    for part in ("", "/letters", "/brief"):
        assert client_coordinator.get(address + part).status_code == 200


@pytest.mark.parametrize(("others", "joint"), [(0, False), (6, True)])
def test_a_letter_invites_to_buy_together_only_where_others_need_the_same(
    app: Flask, world: World, client_coordinator: Browser, others: int, joint: bool
) -> None:
    add_firms(app, world, others, named=True)
    client_coordinator.speak("en")
    letters = client_coordinator.get(order(app, world, client_coordinator) + "/letters").get_data(as_text=True)
    assert ("Join in: cheaper together" in letters) is joint
    assert ("What would lift your firm" in letters) is not joint


def test_case_04_four_firms_without_a_name_are_not_even_computed_with(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    add_firms(app, world, 6, named=True)
    before = order(app, world, client_coordinator)
    add_firms(app, world, 4, named=False, name=HIDDEN)
    after = order(app, world, client_coordinator)
    assert read(app, after).payload == read(app, before).payload
    assert HIDDEN not in everything(client_coordinator, after)


def test_case_04_five_firms_without_a_name_count_and_stay_unseen(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    add_firms(app, world, 6, named=True)
    hidden = add_firms(app, world, 5, named=False, name=HIDDEN)
    address = order(app, world, client_coordinator)
    payload = read(app, address).payload
    assert payload is not None and payload["lifted"] == [7, 5]
    text = everything(client_coordinator, address)
    assert HIDDEN not in text.replace(f"{HIDDEN}镇 5", "")
    assert not [i for i in hidden if str(i) in str(payload) or str(i) in text]


@pytest.mark.both_databases
def test_case_04_no_run_is_told_apart_from_the_one_before_by_a_single_hidden_firm(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    """A second round of one, a newcomer, one that leaves: each changes nothing, or takes the whole group away."""
    add_firms(app, world, 6, named=True)
    hidden = add_firms(app, world, 5, named=False, name=HIDDEN)
    first = read(app, order(app, world, client_coordinator)).payload
    with make.writing(app):  # its second round raises nothing and lacks nothing
        better = dict.fromkeys(["scene_quality", "scene_equipment"], {"value": 4})
        make_round(db.session.get_one(Firm, hidden[0]), persona("P01"), better, number=2)
        releases.form(world.cluster_id)
    assert read(app, order(app, world, client_coordinator)).payload == first
    add_firms(app, world, 1, named=False, name=f"{HIDDEN}后来")
    assert read(app, order(app, world, client_coordinator)).payload == first
    with make.writing(app):
        member = db.session.scalars(select(ClusterMember).where(ClusterMember.firm_id == hidden[1])).one()
        member.left_at = now()
    after = read(app, order(app, world, client_coordinator)).payload
    assert first is not None and after is not None
    assert (first["lifted"], after["lifted"]) == ([7, 5], [7, 0])


def test_who_takes_the_name_back_or_leaves_is_gone_at_once(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    first, second, *_ = add_firms(app, world, 6, named=True)
    address = order(app, world, client_coordinator)
    assert "抱团厂0" in everything(client_coordinator, address)
    with make.writing(app):
        for consent in db.session.scalars(
            select(Consent).where(Consent.firm_id == first, Consent.kind == "named_results")
        ):
            consent.withdrawn_at = now()
        db.session.scalars(select(ClusterMember).where(ClusterMember.firm_id == second)).one().left_at = now()
    text = everything(client_coordinator, address)
    assert "抱团厂0" not in text and "抱团厂1" not in text
    assert "抱团厂2" in text
    assert client_coordinator.get(f"{address}/letters?firm={first}").status_code == 404


def test_without_statistics_consent_a_hidden_firm_is_not_read(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    firms = add_firms(app, world, 5, named=False, name=HIDDEN)
    with make.writing(app):
        for consent in db.session.scalars(
            select(Consent).where(Consent.firm_id == firms[0], Consent.kind == "statistics")
        ):
            consent.withdrawn_at = now()
    address = order(app, world, client_coordinator)
    payload = read(app, address).payload
    assert payload is not None and payload["firms"][1] == 0


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"budget": "-1"}, "budget"),
        ({"budget": "1e9999"}, "budget"),
        ({"budget": "9" * 30}, "budget"),
        ({"target": "7"}, "target"),
        ({"who": "everybody"}, "who"),
        ({"town": "没有这个镇", "who": "named"}, "town"),
        ({"town": "长安镇"}, "who"),
    ],
)
def test_bad_input_is_told_at_its_field(
    world: World, client_coordinator: Browser, form: dict[str, str], said: str
) -> None:
    answer = client_coordinator.post(f"/clusters/{world.cluster_id}/programmes", data={**FORM, **form})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    assert page.select_one(f"#{said}-error")


def test_a_foreign_firm_cannot_be_chosen(world: World, client_coordinator: Browser) -> None:
    form = {**FORM, "who": "named", "firms": str(world.other_firm_id)}
    assert client_coordinator.post(f"/clusters/{world.cluster_id}/programmes", data=form).status_code == 422


def test_a_cluster_without_results_says_so(app: Flask, world: World, client_coordinator: Browser) -> None:
    with make.writing(app):
        for row in db.session.scalars(select(ClusterMember)):
            row.left_at = now()
    address = order(app, world, client_coordinator)
    page = client_coordinator.get(address)
    assert page.status_code == 200 and read(app, address).state == "failed"
    client_coordinator.speak("en")
    assert "No firm that may take part" in client_coordinator.get(address).get_data(as_text=True)


def test_a_programme_of_another_cluster_is_not_there(app: Flask, world: World, client_coordinator: Browser) -> None:
    with make.writing(app):
        foreign = make.make_programme(make.make_cluster("别的集群"), db.session.get_one(Firm, world.firm_id))
        programme_id, cluster_id = foreign.id, foreign.cluster_id
    for cluster in (world.cluster_id, cluster_id):
        assert client_coordinator.get(f"/clusters/{cluster}/programmes/{programme_id}").status_code == 404


def test_a_formula_in_a_name_stays_text(app: Flask, world: World, client_coordinator: Browser) -> None:
    add_firms(app, world, 1, named=True, name="=1+1|")
    address = order(app, world, client_coordinator, who="named")
    book = load_workbook(BytesIO(client_coordinator.post(address + "/programme.xlsx").data))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert any(str(cell.value).startswith("=1+1") for cell in cells)
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]


def test_the_number_of_statements_does_not_grow_with_the_firms(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    numbers = []
    for more in (2, 8):
        add_firms(app, world, more, named=True, name=f"第{more}批")
        address = order(app, world, client_coordinator)
        for part in ("", "/letters", "/brief"):
            with counting(app) as sent:
                client_coordinator.get(address + part)
            assert len(sent) <= STATEMENTS, sent
            numbers.append(len(sent))
    assert numbers[:3] == numbers[3:]
    with counting(app) as sent:
        client_coordinator.get(f"/clusters/{world.cluster_id}/programmes")
    assert len(sent) <= STATEMENTS, sent
