"""Where am I? The ladder with its range, and what is claimed, shown and checked, in three rows that never merge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.i18n import day, ngettext
from app.i18n import gettext as _
from app.queries.verifications import Verified
from app.web.charts import Rung, ladder
from app.web.figures import nouns, phrases, points, sentences
from app.web.names import beside_level, edition_name, level_name
from app.web.results.reading import Reading

SHORT_LIST = 4


@dataclass(frozen=True, slots=True)
class View:
    """One of the three views of the level: a name and its cells, or a sentence in their place."""

    name: str
    level: str = ""
    score: str = ""
    scenes: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The first part of the page."""

    answer: str
    sub: tuple[str, ...]
    rungs: tuple[Rung, ...]
    ladder_title: str
    scenes_head: str
    views: tuple[View, ...]
    evidence: str
    edition: str


@dataclass(frozen=True, slots=True)
class Head:
    """Who and when, and the cells of the nameplate as (term, value, small print, large figure)."""

    firm: str
    sub: str
    plate: tuple[tuple[str, str, str, bool], ...]
    demo: bool
    verified: str


def present_head(
    reading: Reading, code: tuple[str, str] | None, verified: Verified | None = None, *, whole: bool = True
) -> Head:
    """`code` is the (check code, address) of a report that is there. Without `whole` the level that was verified and
    the day are all that is said of the verification."""
    assessment = reading.result.assessment
    firm, catalogue = assessment.firm, reading.catalogue
    people = ngettext("%(num)s person", "%(num)s people", assessment.employees or 0) if assessment.employees else ""
    submitted = _("submitted %(day)s", day=day(assessment.submitted_at))
    parts = [reading.text(catalogue.sector.title), people, firm.town, submitted]
    cells: tuple[tuple[str, str, str, bool], ...] = (
        (_("Firm"), firm.name, "", False),
        (_("Trade"), reading.text(catalogue.sector.title), "", False),
        (_("Level"), str(reading.level), beside_level(level_name(catalogue, reading.level)), True),
        (_("Score"), points(reading.score), _("of 100"), True),
        (_("Index"), edition_name(reading.payload["edition"]), "", False),
        (_("Check code"), code[0] if code else _("comes with the report"), "", False),
    )
    if verified is not None:
        level, by = verified.result.level, verified.by_name if whole else ""
        cells += (
            (_("Verified level"), str(level), beside_level(level_name(catalogue, level)), True),
            (_("Verified by"), by, day(verified.at), False) if by else (_("Verified on"), day(verified.at), "", False),
        )
    return Head(firm.name, " · ".join(p for p in parts if p), cells, firm.demo, _verified_tag(verified, whole=whole))


def _verified_tag(verified: Verified | None, *, whole: bool) -> str:
    if verified is None:
        return ""
    level, on = verified.result.level, day(verified.at)
    if whole and verified.by_name:
        return _("Level %(level)s verified on site by %(name)s on %(day)s", level=level, name=verified.by_name, day=on)
    return _("Level %(level)s verified on site on %(day)s", level=level, day=on)


def present_standing(reading: Reading, verified: Verified | None = None, *, whole: bool = True) -> Standing:
    """The ladder, the range in words, and the three views; without `whole` only the level that was verified."""
    official = reading.payload["official"]
    names = [level_name(reading.catalogue, n) for n in range(5)]
    level, best = official["range"]["level"]
    target = reading.next_gate.level if reading.next_gate else level
    title = _("Ladder of five levels: you are at level %(level)s, %(name)s", level=level, name=names[level])
    if best > level:
        title = _("%(here)s; at best level %(best)s", here=title, best=best)
    return Standing(
        answer=_("Level %(level)s, %(name)s.", level=level, name=names[level]),
        sub=_range_sentences(reading),
        rungs=ladder(names, level, best),
        ladder_title=title,
        scenes_head=_("Scenes at %(level)s", level=target),
        views=(
            _view(_("Claimed"), reading, official, target),
            _view(_("With evidence"), reading, official["evidenced"], target),
            _verified_view(reading, verified, target, whole=whole),
        ),
        evidence=_evidence_sentence(reading),
        edition=_(
            "This is your own assessment, following the national index for small firms (%(edition)s). "
            "It is not the official determination.",
            edition=edition_name(reading.payload["edition"]),
        ),
    )


def _verified_view(reading: Reading, verified: Verified | None, target: int, *, whole: bool) -> View:
    if verified is None:
        return View(_("Verified"), instead=_("Nobody has checked on site yet."))
    if whole:
        return _view(_("Verified"), reading, verified.result.payload["official"]["evidenced"], target)
    level = verified.result.level
    name = level_name(reading.catalogue, level)
    return View(
        _("Verified"),
        instead=_("%(level)s %(name)s, on site on %(day)s", level=level, name=name, day=day(verified.at)),
    )


def _view(name: str, reading: Reading, official: dict[str, Any], target: int) -> View:
    scenes = official["scenes"][str(target)]["count"]
    level = _("%(level)s %(name)s", level=official["level"], name=level_name(reading.catalogue, official["level"]))
    return View(name, level, points(official["score"]), str(scenes))


def open_items(reading: Reading) -> tuple[list[str], list[str]]:
    """Ids of the questions left open and of those answered "not sure"."""
    states = reading.payload["states"]
    asked = [i for i in reading.catalogue.questions if i not in reading.document.off]
    return [i for i in asked if states.get(i) == "unanswered"], [i for i in asked if states.get(i) == "unknown"]


def _range_sentences(reading: Reading) -> tuple[str, ...]:
    official = reading.payload["official"]
    unanswered, unknown = open_items(reading)
    said = [_("Score %(score)s of 100.", score=points(reading.score))]
    open_count = len(unanswered) + len(unknown)
    if open_count:
        parts = []
        if unknown:
            parts.append(ngettext('%(num)s answer is "not sure"', '%(num)s answers are "not sure"', len(unknown)))
        if unanswered:
            parts.append(ngettext("%(num)s is left open", "%(num)s are left open", len(unanswered)))
        best_score = points(official["range"]["score"][1])
        best = official["range"]["level"][1]
        if best > official["level"]:
            then = _(
                "Were all of it in place, you would stand at level %(level)s with %(score)s.",
                level=best,
                score=best_score,
            )
        else:
            then = _(
                "Even with all of it in place it would stay level %(level)s, with %(score)s.",
                level=best,
                score=best_score,
            )
        said.append(sentences([_("%(text)s.", text=phrases(parts)), then]))
    else:
        said.append(_("Every question is answered, so there is no range."))
    return tuple(said)


def _evidence_sentence(reading: Reading) -> str:
    asked = [a for i, a in reading.document.answers.items() if a.evidence is not None and i not in reading.document.off]
    without = [f["item"] for f in reading.payload["flags"] if f["kind"] == "no_evidence"]
    if not asked:
        return _("Evidence was not asked for in this round, so the second row repeats the first.")
    if not without:
        return _("Every claim for which evidence was asked has some.")
    titles = [reading.title(item) for item in without]
    named = (
        nouns(titles[:SHORT_LIST])
        if len(titles) <= SHORT_LIST
        else _("%(names)s and others", names=nouns(titles[:SHORT_LIST]))
    )
    return ngettext(
        "One claim has no evidence and counts as level 1 in the second row: %(names)s.",
        "%(num)s claims have no evidence and count as level 1 in the second row: %(names)s.",
        len(without), names=named,
    )  # fmt: skip


def verify_address(code: str) -> str:
    """The public page that confirms a report."""
    return url_for("reports.verify", code=code)
