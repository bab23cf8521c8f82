"""What a result would mean for the main questionnaire, as finished values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.i18n import content_text
from app.i18n import gettext as _
from app.services.selfchecks import ANY_TRADE
from app.web.figures import clauses, join, nouns, sentences
from scoring.content.catalogue import Catalogue
from scoring.content.selfchecks import SelfCheck
from scoring.content.serving import serve


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the result would mean for one question of the main questionnaire."""

    title: str
    topic: str
    level: int
    said: str
    because: str


def present_meanings(check: SelfCheck, result: Mapping[str, Any]) -> tuple[Meaning, ...]:
    """By topic, in the order of the check."""
    catalogue = serve(ANY_TRADE)
    found: dict[str, Meaning] = {}
    feeds = result["feeds"]
    for topic, level in result["implies"].items():
        items = [i for i in feeds if catalogue.topic_of[i] == topic]
        titles = [content_text(catalogue.questions[i].title) for i in items]
        because = dict.fromkeys(name for i in items for name in _resting(feeds[i]))
        found[topic] = Meaning(
            title=join(titles),
            topic=topic,
            level=level,
            said=sentences(_said(catalogue, i, feeds[i]) for i in items),
            because=nouns(content_text(check.question(name).title) for name in because),
        )
    return tuple(found.values())


def _resting(entry: Mapping[str, Any]) -> list[str]:
    because = entry["because"]
    return [name for names in because.values() for name in names] if isinstance(because, dict) else list(because)


def _said(catalogue: Catalogue, item: str, entry: Mapping[str, Any]) -> str:
    question = catalogue.questions[item]
    if entry["kind"] == "to":
        return content_text(question.anchors[entry["level"]].text)
    if entry["kind"] == "option":
        option = next(o for o in question.options if o.id == entry["option"])
        return _("At least “%(option)s”.", option=content_text(option.text))
    return _(
        "%(question)s: %(done)s of %(of)s ticks.",
        question=content_text(question.title), done=len(entry["add"]), of=len(question.options),
    )  # fmt: skip


def means_answer(meanings: Sequence[Meaning]) -> str:
    """All of them in one sentence."""
    if not meanings:
        return _("These answers say nothing for the questionnaire yet.")
    parts = [_("%(title)s level %(level)s", title=m.title, level=m.level) for m in meanings]
    return _("In the questionnaire this would be: %(what)s.", what=clauses(parts))
