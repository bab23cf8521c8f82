"""Planted rows: five firms that show no name, each with an odd name, town, score and note. Whatever a coordinator can
open, take away or have made holds none of it: pages, JSON, pictures, workbooks, the report as PDF."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask, url_for
from sqlalchemy import select

from app.extensions import db
from app.models.clusters import Cluster
from app.models.consents import ConsentKind
from app.models.firms import Firm
from app.models.results import Result
from app.services import releases
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.rounds import make_round, persona
from tests.app.test_access import read_all
from tests.app.test_reports import _fonts  # noqa: F401  # the prepared fonts
from tests.app.web.test_cluster_reports import order as order_report
from tests.app.web.test_cluster_reports import pdf_text
from tests.app.web.test_programmes import order as order_programme
from tests.app.web.test_programmes import read as read_programme
from tests.app.world import CANARY, World

SCORES = ("97.319", "96.427", "95.533", "94.641", "93.757")
"""One decimal of each is told nowhere by chance; their mean, 95.5, may be told in whole points."""


@pytest.fixture
def planted(app: Flask, world: World) -> list[str]:
    """The firms, in a block of the release rule; what may stand nowhere."""
    marks = [CANARY]
    with make.writing(app):
        cluster = db.session.get_one(Cluster, world.cluster_id)
        for n, score in enumerate(SCORES):
            firm = make.make_firm(f"{CANARY}独厂{n}", sector="molds", town=f"{CANARY}{n}镇")
            make.join(cluster, firm)
            make.make_consent(firm, ConsentKind.STATISTICS)
            said = {"scene_quality": {"value": 1, "evidence": CANARY, "evidence_asked": True, "note": CANARY}}
            golden = make_round(firm, persona("P01"), said, days_ago=400 + n)
            result = db.session.scalars(select(Result).where(Result.assessment_id == golden.assessment_id)).one()
            result.score, result.index_overall, result.level = Decimal(score), Decimal(score), 4
            marks += [str(firm.id), str(golden.assessment_id), str(result.id), score, score[:4], score[:5]]
        releases.form(cluster.id)
    return marks


def test_case_05_nothing_that_a_coordinator_can_get_holds_a_planted_firm(
    app: Flask, world: World, planted: list[str], client_coordinator: Browser
) -> None:
    programme = order_programme(app, world, client_coordinator)
    got = dict(everything(app, world, client_coordinator, UUID(programme.rsplit("/", 1)[1])))
    told = {where: found for where, text in got.items() if (found := held(text, planted))}
    assert not told
    payload = read_programme(app, programme).payload
    assert payload is not None and payload["firms"][1] == 5 and not held(str(payload), planted)
    assert "6 家平均" in got["/compare"]  # they are counted all the same
    assert len(got) > 40


def test_a_picture_of_chosen_firms_is_the_same_with_a_planted_firm_asked_for(
    app: Flask, world: World, planted: list[str], client_coordinator: Browser
) -> None:
    with make.writing(app):
        second = make.make_firm("署名二厂")
        make.join(db.session.get_one(Cluster, world.cluster_id), second, named=True)
        make_round(second, persona("P01"), {})
        two = f"/clusters/{world.cluster_id}/compare/radar.svg?firm={world.firm_id}&firm={second.id}"
    picture = client_coordinator.get(two)
    assert picture.mimetype == "image/svg+xml" and b"<path" in picture.data
    firms = planted_firms(app)
    assert len(firms) == len(SCORES)
    for firm_id in firms:
        assert strokes(client_coordinator.get(f"{two}&firm={firm_id}").data) == strokes(picture.data)


def strokes(svg: bytes) -> list[str]:
    """What is drawn; the ids in a picture are new each time."""
    return re.findall(r'<path[^>]* d="([^"]+)"', svg.decode())


def planted_firms(app: Flask) -> list[UUID]:
    """The planted firms."""
    with make.writing(app):
        return list(db.session.scalars(select(Firm.id).where(Firm.name.startswith(f"{CANARY}独厂"))))


def held(text: str, marks: list[str]) -> list[str]:
    """The marks in a text; a number only where it stands alone."""
    return [m for m in marks if re.search(rf"(?<![\d.]){re.escape(m)}(?!\d)", text)]


def everything(app: Flask, world: World, browser: Browser, programme_id: UUID) -> Iterator[tuple[str, str]]:
    """(where, words) of all that one address of the cluster gives, in both languages, and of what is made to order."""
    known = {"cluster_id": world.cluster_id, "programme_id": programme_id, **world.extra}
    with app.test_request_context():
        rules = [r for r in app.url_map.iter_rules() if "cluster_id" in r.arguments and not r.rule.startswith("/admin")]
        pages = [
            url_for(r.endpoint, **{name: known[name] for name in r.arguments})
            for r in rules
            if "GET" in (r.methods or ()) and r.arguments <= known.keys() and "job_id" not in r.arguments
        ]
        books = [
            url_for(r.endpoint, **{name: known[name] for name in r.arguments})
            for r in rules
            if "POST" in (r.methods or ()) and r.rule.endswith(".xlsx")
        ]
    here = f"/clusters/{world.cluster_id}"
    side = f"?firm={world.firm_id}&firm={world.other_firm_id}"
    pages += [here + "/compare?sort=-score", here + f"/compare?q={CANARY[:1]}", here + "/compare?level=4"]
    pages += [f"{here}/compare/{part}{side}" for part in ("firms", "radar.svg")]
    for address in pages:
        for language in ("zh", "en"):
            browser.speak(language)
            answer = browser.get(address)
            assert answer.status_code in (200, 302, 404), address
            yield f"{language if language != 'zh' else ''}{address.removeprefix(here)}", read_all(answer.data)
    for address in books:
        answer = browser.post(address)
        assert answer.status_code == 200, address
        yield address.removeprefix(here), read_all(answer.data)
    for locale in ("zh", "zh-Hant", "en"):
        address = order_report(browser, world, locale)
        yield f"state {locale}", str(browser.get(f"{address}/state").get_json())
        yield f"report {locale}", pdf_text(browser, address)
