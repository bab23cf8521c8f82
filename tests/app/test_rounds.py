"""The page about the firm, the page before submission, and submission.

Named cases of the platform's lessons: 22, 24.
"""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models.assessments import AnswerChange, Assessment
from app.models.results import Result
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.filling import (
    LEVEL,
    SECOND,
    page_url,
    put,
    soup,
)
from tests.app.world import World


def test_profile_is_saved_and_shown_again(app: Flask, client_owner: Browser, world: World) -> None:
    address = f"/assessments/{world.draft_id}/profile"
    page = soup(client_owner.get(address))
    seen = page.select_one("input[name=seen]")["value"]  # type: ignore[index]
    form = {
        "seen": seen,
        "employees": "６０",
        "revenue_wan": "2,800.5",
        "machines": "18",
        "fact.edm": "true",
        "fact.unattended_edm": "unknown",
        "fact.mould_type": "injection",
        "fact.design_seats": "12",
        "pain.2": "1",
        "pain.5": "2",
    }
    assert client_owner.post(address, data=form).status_code == 303
    with make.writing(app):
        row = db.session.get_one(Assessment, world.draft_id)
        assert row.employees == 60 and row.pains == [2, 5]
        assert row.profile == {"edm": True, "unattended_edm": "unknown", "mould_type": "injection", "design_seats": 12}
    page = soup(client_owner.get(address))
    assert page.find(id="f-edm-true").has_attr("checked")  # type: ignore[union-attr]
    assert page.select_one('select[name="pain.2"] option[selected]')["value"] == "1"  # type: ignore[index]


def test_a_wrong_profile_keeps_everything_typed(app: Flask, client_owner: Browser, world: World) -> None:
    address = f"/assessments/{world.draft_id}/profile"
    form = {
        "employees": "many",
        "revenue_wan": "-5",
        "machines": "18",
        "fact.design_seats": "x",
        "pain.1": "1",
        "pain.2": "1",
    }
    response = client_owner.post(address, data=form)
    page = soup(response)
    assert response.status_code == 422 and len(page.select("main [role=alert] a")) == 4
    assert page.find(id="f-employees")["value"] == "many"  # type: ignore[index]
    assert page.find(id="f-machines")["value"] == "18"  # type: ignore[index]
    with make.writing(app):
        assert db.session.get_one(Assessment, world.draft_id).machines is None


def test_two_tabs_of_the_profile_conflict(client_owner: Browser, client_member: Browser, world: World) -> None:
    address = f"/assessments/{world.draft_id}/profile"
    seen = soup(client_owner.get(address)).select_one("input[name=seen]")["value"]  # type: ignore[index]
    assert client_member.post(address, data={"seen": seen, "employees": "70"}).status_code == 303
    response = client_owner.post(address, data={"seen": seen, "employees": "80"})
    page = soup(response)
    assert response.status_code == 409 and page.find(id="f-employees")["value"] == "80"  # type: ignore[index]
    again = {"seen": page.select_one("input[name=seen]")["value"], "employees": "80"}  # type: ignore[index]
    assert client_owner.post(address, data=again).status_code == 303


def test_review_lists_what_is_open_and_asks_for_evidence(client_owner: Browser, world: World) -> None:
    put(client_owner, world, LEVEL, value=3)
    put(client_owner, world, SECOND, value="unknown", key="key-0002")
    page = soup(client_owner.get(f"/assessments/{world.draft_id}/review"))
    links = {str(a["href"]) for a in page.select(".opens a")}
    assert f"{page_url(world)}#{SECOND}" in links and f"{page_url(world)}#{LEVEL}" not in links
    assert page.find(id=f"evidence-{LEVEL}") is not None
    assert page.find(id=f"evidence-{SECOND}") is None


def test_flags_are_said_in_plain_words(client_owner: Browser, world: World) -> None:
    put(client_owner, world, "equipment_digital_rate", value={"part": 1, "whole": 10}, key="key-0001")
    put(client_owner, world, "equipment_networked_rate", value={"part": 9, "whole": 10}, key="key-0002")
    page = soup(client_owner.get(f"/assessments/{world.draft_id}/review"))
    assert len(page.select(".flags li")) >= 1
    assert page.select_one(".flags a") is not None


def test_submission_needs_the_truth_and_keeps_what_was_typed(app: Flask, client_owner: Browser, world: World) -> None:
    put(client_owner, world, LEVEL, value=3)
    address = f"/assessments/{world.draft_id}/submit"
    form = {f"{LEVEL}.evidence": "扫码记录", f"{LEVEL}.version": "1"}
    response = client_owner.post(address, data=form)
    assert response.status_code == 422 and soup(response).find(id="truth-err") is not None
    assert soup(response).find(id=f"evidence-{LEVEL}")["value"] == "扫码记录"  # type: ignore[index]
    with make.writing(app):
        assert db.session.get_one(Assessment, world.draft_id).status == "draft"


def test_case_22_double_click_on_submit_is_one_submission(app: Flask, client_owner: Browser, world: World) -> None:
    put(client_owner, world, LEVEL, value=3)
    for _ in range(2):
        response = client_owner.post(f"/assessments/{world.draft_id}/submit", data={"truth": "1"})
        assert response.status_code == 303
        assert response.headers["Location"] == f"/assessments/{world.draft_id}/result"
    with make.writing(app):
        assert len(db.session.scalars(select(Result).where(Result.assessment_id == world.draft_id)).all()) == 1


def test_case_24_after_submission_pages_read_only_and_forms_are_refused(
    app: Flask, client_owner: Browser, world: World
) -> None:
    put(client_owner, world, LEVEL, value=3)
    client_owner.post(f"/assessments/{world.draft_id}/submit", data={"truth": "1"})
    assert put(client_owner, world, LEVEL, value=1, version=1, key="key-0009").status_code == 409
    assert client_owner.post(page_url(world), data={LEVEL: "1"}).status_code == 409
    assert client_owner.post(f"/assessments/{world.draft_id}/profile", data={"employees": "1"}).status_code == 409
    assert client_owner.post(f"/assessments/{world.draft_id}/review", data={}).status_code == 409
    page = soup(client_owner.get(page_url(world)))
    assert all(card.has_attr("disabled") for card in page.select("fieldset.q"))
    assert page.select_one('button[name="next"]') is None
    assert client_owner.get(f"/assessments/{world.draft_id}/review").status_code == 302
    with make.writing(app):
        assert len(db.session.scalars(select(AnswerChange).where(AnswerChange.item_id == LEVEL)).all()) == 1


def test_a_member_sees_the_review_but_cannot_submit(client_member: Browser, world: World) -> None:
    page = soup(client_member.get(f"/assessments/{world.draft_id}/review"))
    assert page.find(id="truth") is None
    assert client_member.post(f"/assessments/{world.draft_id}/submit", data={"truth": "1"}).status_code == 403


def test_a_consultant_reads_only(client_consultant: Browser, world: World) -> None:
    page = soup(client_consultant.get(page_url(world)))
    assert all(card.has_attr("disabled") for card in page.select("fieldset.q"))
    assert put(client_consultant, world, LEVEL, value=1).status_code == 403
