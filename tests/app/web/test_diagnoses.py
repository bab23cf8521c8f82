"""The pages of a diagnosis, without JavaScript: written beside the figures, conflict with both texts, signed, read."""

from __future__ import annotations

from bs4 import BeautifulSoup
from flask import Flask

from tests.app import advice
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.rounds import Golden, make_golden
from tests.app.test_results import words
from tests.app.world import World


def page(browser: Browser, golden: Golden, language: str = "zh") -> BeautifulSoup:
    address = f"/assessments/{golden.assessment_id}/diagnosis?lang={language}"
    return BeautifulSoup(browser.get(address).data, "lxml")


def save(browser: Browser, golden: Golden, **fields: str):  # type: ignore[no-untyped-def]
    return browser.post(f"/assessments/{golden.assessment_id}/diagnosis", data={"version": "0", **fields})


def test_it_is_written_beside_figures_and_corrections(
    app: Flask, client_consultant: Browser, client_owner: Browser, world: World
) -> None:
    golden = make_golden(app, world)
    advice.verify(app, golden)
    text = words(page(client_consultant, golden, "en"))
    assert "claimed 3, found 1" in text and "订单只在微信里" in text and "Weakest:" in text
    assert "claimed 3, found 1" not in words(page(client_owner, golden, "en"))


def test_saved_signed_read_and_taken_back(
    app: Flask, client_consultant: Browser, client_owner: Browser, client_coordinator: Browser, world: World
) -> None:
    golden = make_golden(app, world)
    address = f"/assessments/{golden.assessment_id}"
    response = save(
        client_consultant, golden, zh_summary="先看检验。\n再看<b>排产</b>。", en_quality="Sheets are complete."
    )
    assert response.status_code == 303
    assert "先看检验" not in words(page(client_owner, golden))
    assert page(client_consultant, golden).select_one(f'form[action="{address}/diagnosis/sign"]') is not None
    assert client_consultant.post(f"{address}/diagnosis/sign", data={"version": "1"}).status_code == 303
    for browser in (client_owner, client_consultant):
        text = words(page(browser, golden, "en"))
        assert "先看检验。" in text and "<b>" in text and "Sheets are complete." in text and "consultant" in text
    line = words(BeautifulSoup(client_owner.get(f"{address}/result?lang=zh").data, "lxml"))
    assert "签署了诊断意见" in line
    seen = client_coordinator.get(f"{address}/result?lang=zh")
    assert seen.status_code == 200 and "诊断意见" not in words(BeautifulSoup(seen.data, "lxml"))
    client_consultant.post(f"{address}/diagnosis/take-back", data={})
    assert "先看检验" not in words(page(client_owner, golden))


def test_a_stale_save_shows_both_texts_and_can_be_repeated(
    app: Flask, client_consultant: Browser, world: World
) -> None:
    golden = make_golden(app, world)
    assert save(client_consultant, golden, zh_summary="第一段").status_code == 303
    response = save(client_consultant, golden, zh_summary="第二段")
    assert response.status_code == 409
    shown = BeautifulSoup(response.data, "lxml")
    assert "第二段" in shown.select_one("#zh_summary").text  # type: ignore[union-attr]
    assert "第一段" in words(shown)
    version = shown.select_one("form.diag input[name=version]")["value"]  # type: ignore[index]
    assert save(client_consultant, golden, zh_summary="第二段", version=str(version)).status_code == 303
    assert "第二段" in words(page(client_consultant, golden))


def test_a_block_is_put_into_its_place_with_its_placeholders_filled(
    app: Flask, client_consultant: Browser, world: World
) -> None:
    golden = make_golden(app, world)
    block = str(world.extra["block_id"])
    data = {"zh_quality": "先有的话", "block_quality": block, "insert": "quality"}
    response = save(client_consultant, golden, **data)
    assert response.status_code == 303 and response.headers["Location"].endswith("#quality")
    text = page(client_consultant, golden).select_one("#zh_quality").text  # type: ignore[union-attr]
    assert text.strip() == "先有的话\n恒钰模具的检验单齐全。"
    assert save(client_consultant, golden, version="1", block_quality="x", insert="quality").status_code == 400
    assert save(client_consultant, golden, version="1", zh_nothing="x").status_code == 400


def test_a_text_too_long_stays_in_its_field(app: Flask, client_consultant: Browser, world: World) -> None:
    golden = make_golden(app, world)
    response = save(client_consultant, golden, zh_summary="长" * 2001)
    shown = BeautifulSoup(response.data, "lxml")
    assert response.status_code == 422 and shown.select_one("#zh_summary-error") is not None
    assert "长" * 2001 in shown.select_one("#zh_summary").text  # type: ignore[union-attr]


def test_text_blocks_are_kept_changed_and_deleted(client_consultant: Browser, world: World) -> None:
    made = {"title": "排产", "dimension": "production", "text_zh": "看板还没有用起来"}
    assert client_consultant.post("/advice/blocks", data=made).status_code == 303
    assert "排产" in client_consultant.get("/advice/blocks").get_data(as_text=True)
    address = f"/advice/blocks/{world.extra['block_id']}"
    assert client_consultant.post(address, data={"title": "", "text_zh": "x"}).status_code == 422
    assert client_consultant.post(address, data={"title": "x", "text_zh": "", "text_en": ""}).status_code == 422
    assert client_consultant.post(f"{address}/delete", data={}).status_code == 303
    assert client_consultant.get(address).status_code == 404


def test_nothing_of_it_is_left_when_the_engagement_ends(app: Flask, client_consultant: Browser, world: World) -> None:
    golden = make_golden(app, world)
    with make.writing(app):
        for row in make.db.session.scalars(make.select(make.Engagement)):
            row.ended_at = make.now()
    for ending in ("diagnosis", "actions", "actions/list.xlsx"):
        assert client_consultant.get(f"/assessments/{golden.assessment_id}/{ending}").status_code == 404
