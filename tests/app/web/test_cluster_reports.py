"""The report on a cluster, the chain leader's view, the quality of the answers: what they show and must not show."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import event, select

from app.extensions import db
from app.models.base import now
from app.models.clusters import Cluster, ClusterMember
from app.models.consents import Consent, ConsentKind
from app.models.firms import Firm
from app.models.invitees import Invitee
from app.models.results import Result
from app.services import releases
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.test_reports import _fonts  # noqa: F401  # the prepared fonts
from tests.app.world import CANARY, World

PAGES = ("report", "quality", "chain", "settings", "log")


def add_supplier(
    app: Flask, world: World, name: str, *, named: bool, met: bool = True, tier: int | None = None, **flags: int
) -> UUID:
    """A supplier of an electronics chain, which meets all that is asked, or nothing."""
    with make.writing(app):
        cluster = db.session.get_one(Cluster, world.cluster_id)
        firm = make.make_firm(name, sector="electronics", town="石排镇")
        member = make.join(cluster, firm, named=named)
        make.make_consent(firm, ConsentKind.STATISTICS)
        if tier is not None:
            row = Invitee(cluster_id=cluster.id, name=name, name_key=name, tier=tier, part_group="连接器")
            db.session.add(row)
            db.session.flush()
            member.invitee_id = row.id
        result = make.make_result(make.make_assessment(firm, submitted=True))
        result.summary = {
            **result.summary,
            "chain": dict.fromkeys(result.summary["chain"], met),
            "flags": flags,
            "dimensions": dict.fromkeys(result.summary["dimensions"], 70.0 if met else 10.0),
        }
        releases.form(cluster.id)
        return firm.id


def text(browser: Browser, world: World, page: str, lang: str = "en") -> str:
    """The words of a page."""
    answer = browser.get(f"/clusters/{world.cluster_id}/{page}?lang={lang}")
    assert answer.status_code == 200
    return " ".join(BeautifulSoup(answer.get_data(as_text=True), "html.parser").get_text(" ").split())


def order(browser: Browser, world: World, locale: str) -> str:
    """Order the report; the address of the page that waits for it."""
    answer = browser.post(f"/clusters/{world.cluster_id}/report", data={"locale": locale})
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def pdf_text(browser: Browser, address: str) -> str:
    """The words of a finished report."""
    answer = browser.get(f"{address}/file")
    assert answer.mimetype == "application/pdf"
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("zh", ("集群报告", "署名企业")),
        ("zh-Hant", ("集羣報告", "署名企業")),
        ("en", ("Cluster report", "The firms by name")),
    ],
)
def test_the_report_is_built_in_each_language_and_names_only_who_agreed(
    app: Flask, world: World, client_coordinator: Browser, locale: str, words: tuple[str, ...]
) -> None:
    address = order(client_coordinator, world, locale)
    assert client_coordinator.get(f"{address}/state").get_json()["state"] == "ready"
    found = pdf_text(client_coordinator, address)
    assert all(word in found for word in words)
    assert "示例模具厂" in found
    assert CANARY not in found
    assert client_coordinator.get(f"{address}/download").headers["Content-Disposition"].startswith("attachment")


def test_a_report_cannot_be_fetched_once_a_firm_takes_its_name_back(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    address = order(client_coordinator, world, "en")
    with make.writing(app):
        query = select(Consent).where(Consent.firm_id == world.firm_id, Consent.kind == ConsentKind.NAMED_RESULTS)
        db.session.scalars(query).one().withdrawn_at = now()
    assert client_coordinator.get(f"{address}/file").status_code == 409
    assert "示例模具厂" not in pdf_text(client_coordinator, order(client_coordinator, world, "zh"))


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("zh", ("抱团方案", "6,000 元可使 1 家企业达到 2 级")),
        ("zh-Hant", ("抱團方案", "6,000 元可使 1 家企業達到 2 級")),
        ("en", ("Joint programme", "6,000 yuan lift 1 firm to level 2", "Firms by name that it lifts")),
    ],
)
def test_the_joint_programme_worked_out_last_has_a_chapter_with_the_firms_that_still_show_their_name(
    app: Flask, world: World, client_coordinator: Browser, locale: str, words: tuple[str, ...]
) -> None:
    with make.writing(app):
        hidden = make.make_firm(CANARY)
        cluster = db.session.get_one(Cluster, world.cluster_id)
        make.join(cluster, hidden)  # it showed its name when its programme was worked out
        make.make_programme(cluster, hidden)
        firm = db.session.get_one(Firm, world.firm_id)
        make.make_programme(cluster, firm, created_at=now() + timedelta(days=1))
        hidden_id = hidden.id
    found = pdf_text(client_coordinator, order(client_coordinator, world, locale))
    assert all(word in found for word in words)
    assert found.count("示例模具厂") == 2  # in the chapter and among the firms by name
    with make.writing(app):
        cluster = db.session.get_one(Cluster, world.cluster_id)
        make.make_programme(cluster, db.session.get_one(Firm, hidden_id), created_at=now() + timedelta(days=2))
    found = pdf_text(client_coordinator, order(client_coordinator, world, locale))
    assert found.count("示例模具厂") == 1 and CANARY not in found


def test_a_report_of_another_language_or_job_is_refused(world: World, client_coordinator: Browser) -> None:
    assert client_coordinator.post(f"/clusters/{world.cluster_id}/report", data={"locale": "fr"}).status_code == 400
    missing = f"/clusters/{world.cluster_id}/report/{world.firm_id}"
    assert client_coordinator.get(missing).status_code == 404


def test_no_page_names_a_firm_without_its_consent(app: Flask, world: World, client_coordinator: Browser) -> None:
    for number in range(6):
        add_supplier(app, world, f"{CANARY}{number}", named=False, tier=1, unmet_need=9)
    for page in PAGES:
        assert CANARY not in text(client_coordinator, world, page)


def test_what_suppliers_lack_is_told_from_five_on_even_of_named_ones(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    for number in range(4):
        add_supplier(app, world, f"示例厂{number}", named=True, met=number > 0)
    assert "lack it" not in text(client_coordinator, world, "chain")
    add_supplier(app, world, "示例厂四", named=True)
    found = text(client_coordinator, world, "chain")
    assert "20 % lack it" in found
    assert "On average a supplier meets 80 % of what is asked." in found
    with make.writing(app):  # one of the five leaves: the figure goes with it
        leaver = db.session.scalars(select(Firm.id).where(Firm.name == "示例厂四")).one()
        db.session.scalars(select(ClusterMember).where(ClusterMember.firm_id == leaver)).one().left_at = now()
    assert "lack it" not in text(client_coordinator, world, "chain")


def test_named_suppliers_stand_by_tier_and_readiness(app: Flask, world: World, client_coordinator: Browser) -> None:
    add_supplier(app, world, "示例先进厂", named=True, tier=1)
    add_supplier(app, world, "示例起步厂", named=True, met=False, tier=2)
    found = text(client_coordinator, world, "chain")
    assert "Tier 1 1 0 0 0" in found and "Tier 2 0 0 1 0" in found
    assert found.index("示例先进厂") < found.index("示例起步厂")
    assert "1 of 2 named suppliers are ahead." in found


def test_the_firms_to_look_at_come_with_the_reason_the_worst_first(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    add_supplier(app, world, "示例甲厂", named=True, unmet_need=2)
    add_supplier(app, world, "示例乙厂", named=True, same_answer=1, networked_above_digital=1)
    add_supplier(app, world, "示例丙厂", named=True)
    found = text(client_coordinator, world, "quality")
    assert found.index("示例乙厂") < found.index("示例甲厂")
    assert "2 claims without what they build on" in found and "the same answer everywhere" in found
    assert "示例丙厂" not in found
    assert "These figures need 30 firms" in found


def test_alpha_and_omega_are_told_from_thirty_firms_on(app: Flask, world: World, client_coordinator: Browser) -> None:
    with make.writing(app):
        cluster = db.session.get_one(Cluster, world.cluster_id)
        for number in range(30):
            firm = make.make_firm(sector="molds")
            make.join(cluster, firm)
            make.make_consent(firm, ConsentKind.STATISTICS)
            result: Result = make.make_result(make.make_assessment(firm, submitted=True))
            levels = {name: number % 4 + place % 2 for place, name in enumerate(result.payload["capabilities"])}
            result.payload = {**result.payload, "capabilities": levels}
        releases.form(cluster.id)
    found = text(client_coordinator, world, "quality")
    assert "α" in found and "ω" in found
    assert "30 firms" in found
    assert "The questions measure one thing" in found


def test_pages_take_few_statements_whatever_the_size(app: Flask, world: World, client_coordinator: Browser) -> None:
    def count(page: str) -> int:
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith("BEGIN"):
                statements.append(statement)

        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", note)
            try:
                text(client_coordinator, world, page)
            finally:
                event.remove(db.engine, "before_cursor_execute", note)
        return len(statements)

    few = {page: count(page) for page in PAGES}
    for number in range(12):
        add_supplier(app, world, f"示例厂{number}", named=number % 2 == 0, tier=1 + number % 3)
    many = {page: count(page) for page in PAGES}
    assert max(many.values()) <= 12
    assert all(many[page] <= few[page] + 2 for page in PAGES)


def test_a_colleague_is_named_on_the_page_and_what_is_wrong_is_said_there(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    here = f"/clusters/{world.cluster_id}/settings"
    data = {"login": world.logins["account"], "towns": "横沥镇，长安镇"}
    assert client_coordinator.post(f"{here}/colleagues", data=data).status_code == 303
    found = text(client_coordinator, world, "settings")
    assert "Looks after 横沥镇 长安镇" in found
    answer = client_coordinator.post(f"{here}/colleagues", data={"login": "nobody@example.com", "towns": ""})
    assert answer.status_code == 422
    days = {"deputy": world.logins["owner"], "from_on": "2026-12-05", "until_on": "2026-12-01"}
    assert client_coordinator.post(f"{here}/deputies", data=days).status_code == 422
    assert client_coordinator.post(f"{here}/hand-over", data={"successor": world.logins["owner"]}).status_code == 422
    log = text(client_coordinator, world, "log")
    assert "named a coordinator" in log
