"""Finished values for the page that moves an open round to newer content."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from flask import url_for

from app.i18n import gettext as _
from app.i18n import in_characters, language, ngettext
from app.i18n import lazy_gettext as lazy
from app.queries.assessments import Round
from app.services.renewals import Moved, Renewal
from app.web.assessments.words import answer_text, text
from scoring.content.difference import QuestionFate


@dataclass(frozen=True, slots=True)
class Line:
    """One question: its title, what happens, and the answer so far where it does not stay."""

    title: str
    reason: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class RenewalPage:
    """The page, group by group. `to` names the versions that the button asks for."""

    firm: str
    stays: str
    look_again: tuple[Line, ...]
    mapped: tuple[Line, ...]
    again: tuple[Line, ...]
    gone: tuple[Line, ...]
    new: tuple[Line, ...]
    profile: tuple[str, ...]
    beside: str
    to: str
    url: str
    overview_url: str


_BESIDE = {
    "solutions": lazy("solutions and prices"),
    "duties": lazy("legal duties"),
    "guards": lazy("rules of what is proposed"),
    "sources": lazy("sources"),
    "facts": lazy("questions about the firm"),
    "pains": lazy("troubles to pick from"),
    "sector": lazy("pages and examples"),
}


def present_renewal(round_: Round, renewal: Renewal) -> RenewalPage:
    """What changes and what becomes of the answers."""
    answered = {m.before for m in renewal.answers}
    stay = [m for m in renewal.answers if not m.is_dropped]
    look = [f for f in renewal.difference.fates if _worth_a_look(f) and f.before and f.before.id in answered]
    kept = {m.before for m in stay if m.item == m.before}
    return RenewalPage(
        firm=round_.assessment.firm.name,
        stays=ngettext("%(num)s answer stays as it is.", "%(num)s answers stay as they are.", len(stay)),
        look_again=tuple(_line(f) for f in look if f.before and f.before.id in kept),
        mapped=tuple(Line(text(m.fate.question.title), "") for m in renewal.mapped if m.fate is not None),
        again=tuple(_dropped(m) for m in renewal.dropped if not _is_gone(m)),
        gone=tuple(_dropped(m) for m in renewal.dropped if _is_gone(m)),
        new=tuple(_line(f) for f in renewal.difference.of("new")),
        profile=_profile(round_, renewal),
        beside=_beside(renewal),
        to=" ".join(f"{name}@{version}" for name, version in renewal.target.versions.items()),
        url=url_for("renewals.renew", assessment_id=round_.id),
        overview_url=url_for("assessments.show", assessment_id=round_.id),
    )


def _worth_a_look(fate: QuestionFate) -> bool:
    return fate.fate == "keep" and (fate.reworded or bool(fate.added))


def _line(fate: QuestionFate) -> Line:
    return Line(text(fate.question.title), "" if fate.fate == "new" else in_characters(fate.reason(language())))


def _is_gone(moved: Moved) -> bool:
    return moved.fate is None or moved.fate.after is None


def _dropped(moved: Moved) -> Line:
    """A question whose answer does not stay, why, and the answer in the words that it was given in."""
    fate = moved.fate
    if fate is None or fate.before is None:
        return Line(moved.before, "")
    reason = "" if _is_gone(moved) else in_characters(fate.reason(language()))
    return Line(text(fate.question.title), reason, answer_text(fate.before, moved.answer))


def _profile(round_: Round, renewal: Renewal) -> tuple[str, ...]:
    facts, pains = round_.catalogue.facts, round_.catalogue.pains
    return (
        *(text(facts[name].text) if name in facts else name for name in renewal.facts),
        *(text(pains[n].text) if n in pains else str(n) for n in renewal.pains),
    )


def _beside(renewal: Renewal) -> str:
    """What else is different, by kind: it changes what is proposed, not what was answered."""
    counts = Counter(change.kind for change in renewal.difference.changes)
    return _("; ").join(f"{words} ({counts[kind]})" for kind, words in _BESIDE.items() if counts[kind])


def present_done(renewal: Renewal) -> str:
    """What was done, in a sentence or two."""
    stay = len(renewal.answers) - len(renewal.dropped)
    said = ngettext(
        "The newer version is in use. %(num)s answer was taken over.",
        "The newer version is in use. %(num)s answers were taken over.", stay,
    )  # fmt: skip
    again = [text(m.fate.question.title) for m in renewal.dropped if m.fate is not None and not _is_gone(m)]
    if not again:
        return said
    return said + " " + _("Please answer again: %(titles)s", titles=_("; ").join(again))


def read_versions(raw: str) -> dict[str, str]:
    """The versions that the button was pressed for."""
    pairs = (part.rpartition("@") for part in raw.split()[:20])
    return {name: version for name, _at, version in pairs}
