"""Finished values for the quick look: its questions, the range of levels, three likely needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from flask_login import current_user

from app.errors import DomainError
from app.i18n import content_text
from app.i18n import gettext as _
from app.services.quick import quick_document
from app.web.assessments.cards import Card, CardWords, card_words, present_quick_card
from app.web.assessments.fields import Shown
from app.web.assessments.forms import Entry
from app.web.assessments.words import answer_text, level_range, text
from app.web.charts import Rung
from scoring.content.catalogue import Catalogue
from scoring.content.model import Pain
from scoring.content.serving import serve, served_sectors
from scoring.likely import likely_levels
from scoring.result import assess

MOST_NEEDS = 3


@dataclass(frozen=True, slots=True)
class TradeLink:
    """A trade that has questions."""

    id: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class QuickPage:
    """The questions of the quick look."""

    trade: str
    cards: tuple[Card, ...]
    words: CardWords
    url: str
    lead: str
    errors: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Need:
    """A likely need: the trouble in the trade's words, and the answer that points to it."""

    title: str
    because: str
    answer: str


@dataclass(frozen=True, slots=True)
class QuickResult:
    """What the quick look found."""

    trade: str
    range: str
    rungs: tuple[Rung, ...]
    ladder_title: str
    answered: str
    needs: tuple[Need, ...]
    keep_url: str
    keep_label: str
    again_url: str
    forget_url: str


def present_trades() -> tuple[TradeLink, ...]:
    """The trades that one can look at."""
    return tuple(
        TradeLink(s, content_text(serve(s).sector.title), url_for("quick.show", sector=s)) for s in served_sectors()
    )


def present_quick(
    catalogue: Catalogue,
    answers: Mapping[str, Any],
    entries: Mapping[str, Entry] | None = None,
    problems: Mapping[str, DomainError] | None = None,
) -> QuickPage:
    """The questions, with earlier answers, or with what was typed and could not be read."""
    sent, wrong = entries or {}, problems or {}
    cards = []
    for place, item in enumerate(catalogue.sector.quick, 1):
        question = catalogue.questions[item]
        shown = Shown.typed(sent[item].typed, 0) if item in sent else Shown.value(answers.get(item))
        cards.append(present_quick_card(catalogue, place, question, shown, wrong.get(item)))
    return QuickPage(
        trade=text(catalogue.sector.title),
        cards=tuple(cards),
        words=card_words(),
        url=url_for("quick.answer", sector=catalogue.sector.id),
        lead=_(
            "%(count)s questions, about 5 minutes. Choose what is usual in your firm. Answers stay in this browser.",
            count=len(cards),
        ),
        errors=tuple((c.id, c.title) for c in cards if c.error),
    )


def present_quick_result(catalogue: Catalogue, answers: Mapping[str, Any]) -> QuickResult:
    """The range of levels that the answers suggest, and what is likely to help most."""
    document = quick_document(catalogue.sector.id, answers)
    result = assess(document, catalogue)
    low, high = likely_levels(document, catalogue)
    names = [content_text(catalogue.edition.level_name(n)) for n in range(5)]
    own_firm = current_user.is_authenticated
    return QuickResult(
        trade=text(catalogue.sector.title),
        range=level_range(low, high),
        rungs=tuple(Rung(n, name, n * 22, _rung_state(n, low, high), n == high) for n, name in enumerate(names)),
        ladder_title=_("Ladder of five levels: %(range)s", range=level_range(low, high)),
        answered=_(
            "An estimate: as if the other %(rest)s questions were answered like these %(done)s. "
            "The full round decides the level.",
            done=len(answers),
            rest=len(catalogue.questions) - len(answers),
        ),
        needs=tuple(_needs(catalogue, answers, result["capabilities"])),
        keep_url=url_for("firms.create", sector=catalogue.sector.id)
        if own_firm
        else url_for("accounts.register", next=url_for("firms.create", sector=catalogue.sector.id)),
        keep_label=_("Keep the answers and set up my firm") if own_firm else _("Keep the answers: open an account"),
        again_url=url_for("quick.show", sector=catalogue.sector.id),
        forget_url=url_for("quick.forget", sector=catalogue.sector.id),
    )


def _rung_state(level: int, low: int, high: int) -> str:
    """A rough look stands nowhere for certain: what lies within the range is possible."""
    return "past" if level < low else "maybe" if level <= high else ""


@dataclass(frozen=True, slots=True)
class _Lack:
    item: str
    weight: float
    pain: Pain | None = field(default=None)


def _needs(catalogue: Catalogue, answers: Mapping[str, Any], capabilities: Mapping[str, int | None]) -> list[Need]:
    """Up to three answered topics that are lowest; emphasised ones and those behind a typical trouble come first."""
    heavy = {topic for topics, _given in catalogue.emphasis for topic in topics}
    lacks = []
    for item in catalogue.sector.quick:
        topic = catalogue.topic_of[item]
        level = capabilities.get(topic)
        if answers.get(item) in (None, "na", "unknown") or level is None or level >= 3:
            continue
        pain = next((p for p in catalogue.pains.values() if topic in p.topics), None)
        lacks.append(_Lack(item, (4 - level) * (1.5 if topic in heavy else 1) * (1.5 if pain else 1), pain))
    found: list[Need] = []
    shown: set[int] = set()
    for lack in sorted(lacks, key=lambda lack: -lack.weight):
        if lack.pain is not None and lack.pain.number in shown:
            continue
        question = catalogue.questions[lack.item]
        shown |= {lack.pain.number} if lack.pain else set()
        title = text(lack.pain.text) if lack.pain else text(question.title)
        found.append(Need(title, text(question.title), answer_text(question, answers[lack.item])))
        if len(found) == MOST_NEEDS:
            break
    return found
