"""The result of a self-check as finished values. It is read as it was stored, never worked out anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.i18n import LANGUAGES, content_text, day, language_code, ngettext
from app.i18n import gettext as _
from app.models.selfchecks import SelfCheckRun
from app.services.selfchecks import check_of
from app.web.charts import percent
from app.web.figures import clauses, nouns
from app.web.names import language_name
from app.web.selfchecks.meanings import Meaning, means_answer, present_meanings
from app.web.selfchecks.presenters import RunRow, run_rows
from app.web.selfchecks.words import basis_text, cost_text, effort_name, level_text, share_text
from scoring.answers import UNANSWERED, UNKNOWN
from scoring.conditions import parse
from scoring.content.selfchecks import EFFORTS, CheckQuestion, SelfCheck


@dataclass(frozen=True, slots=True)
class BandMark:
    """One of the bands on the bar: its name, and where it begins."""

    name: str
    x: str
    width: str
    start: int
    here: bool


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A part of the check with its share; `width` is the length of its bar."""

    title: str
    share: str
    width: str
    answered: str


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A legal duty that the answers leave open."""

    title: str
    text: str
    law: str
    checked: str
    because: str


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One thing to do."""

    title: str
    text: str
    cost: str
    gain: str
    today: str
    duty: bool
    basis: str


@dataclass(frozen=True, slots=True)
class MeasureGroup:
    """Things to do that take equally long."""

    title: str
    sum: str
    rows: tuple[MeasureRow, ...]


@dataclass(frozen=True, slots=True)
class MoveRow:
    """Something that can move to the cloud. `state` is ready, later or there."""

    number: int
    title: str
    state: str
    said: str
    why: str
    today: str
    cost: str


@dataclass(frozen=True, slots=True)
class KeepRow:
    """Something that stays in the plant."""

    title: str
    why: str
    said: str
    may_go: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One answer."""

    id: str
    title: str
    text: str
    answer: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Download:
    """The page as PDF in one language."""

    label: str
    url: str
    go: bool


@dataclass(frozen=True, slots=True)
class RunPage:
    """All of it."""

    firm: str
    check: str
    demo: bool
    sub: str
    share: str
    share_width: str
    share_title: str
    answer: str
    band_text: str
    bands: tuple[BandMark, ...]
    sections: tuple[SectionRow, ...]
    open_note: str
    duties_title: str
    duties: tuple[DutyRow, ...]
    todo_answer: str
    todo_sub: str
    groups: tuple[MeasureGroup, ...]
    moves_answer: str
    moves: tuple[MoveRow, ...]
    keeps: tuple[KeepRow, ...]
    means_answer: str
    meanings: tuple[Meaning, ...]
    said: tuple[Said, ...]
    runs: tuple[RunRow, ...]
    basis: tuple[str, ...]
    downloads: tuple[Download, ...]
    take_over_url: str
    again_url: str
    index_url: str
    back_url: str


def present_run(run: SelfCheckRun, runs: Sequence[SelfCheckRun], *, writes: bool) -> RunPage:
    """The page of a finished run; `runs` are all of the firm, for the history."""
    check, result = check_of(run), run.payload or {}
    band = check.bands[result["band"]]
    name, share = content_text(band.title), share_text(result["score"])
    groups = _groups(check, run, result)
    moves = _moves(check, result)
    meanings = present_meanings(check, result)
    others = [r for r in runs if r.check_id == run.check_id and not r.is_draft]
    return RunPage(
        firm=run.firm.name,
        check=content_text(check.title),
        demo=run.firm.demo,
        sub=_("No. %(number)s, finished on %(day)s. Self-assessed.", number=run.number, day=day(run.finished_at)),
        share=share,
        share_width=percent(result["score"] or 0),
        share_title=_("%(share)s of 100 in place: %(band)s", share=share, band=name),
        answer=_("%(band)s: %(share)s of 100 in place.", band=name, share=share),
        band_text=content_text(band.text),
        bands=_bands(check, result),
        sections=tuple(_section(content_text(s.title), result["sections"][s.id]) for s in check.sections),
        open_note=_open_note(result),
        duties_title=ngettext(
            "One legal duty is open. It comes first.", "%(num)s legal duties are open. They come first.",
            len(result["duties"]),
        ),
        duties=tuple(_duty(check, entry) for entry in result["duties"]),
        todo_answer=_todo_answer(groups),
        todo_sub=_("In each group what the law asks comes first, then the greater risk, then the lower price."),
        groups=groups,
        moves_answer=_moves_answer(moves),
        moves=moves,
        keeps=tuple(_keep(check, entry) for entry in result["keeps"]),
        means_answer=means_answer(meanings),
        meanings=meanings,
        said=tuple(_said(run, result, question) for question in check.questions),
        runs=run_rows([r for r in others if r.id != run.id]),
        basis=tuple(_source(check, s.id) for s in check.sources),
        downloads=_downloads(run),
        take_over_url=url_for("selfchecks.take_over", run_id=run.id) if writes and result["feeds"] else "",
        again_url=url_for("selfchecks.start", firm_id=run.firm_id, check_id=run.check_id) if writes else "",
        index_url=url_for("selfchecks.index", firm_id=run.firm_id),
        back_url=url_for("firms.show", firm_id=run.firm_id) if writes else url_for("engagements.index"),
    )  # fmt: skip


def _given(run: SelfCheckRun, result: Mapping[str, Any], item: str) -> Any:
    """What was answered; "na" where the facts switch a question off."""
    state = result["states"].get(item)
    return run.answers.get(item) if state in (None, UNKNOWN, UNANSWERED) else state


def _said(run: SelfCheckRun, result: Mapping[str, Any], question: CheckQuestion) -> Said:
    answer = level_text(question, _given(run, result, question.id))
    texts = (question.title, question.text, question.evidence)
    title, asked, evidence = (content_text(text) for text in texts)
    return Said(question.id, title, asked, answer, evidence)


def _bands(check: SelfCheck, result: Mapping[str, Any]) -> tuple[BandMark, ...]:
    ends = [*(b.start for b in check.bands[1:]), 100]
    return tuple(
        BandMark(content_text(b.title), percent(b.start), percent(end - b.start), b.start, n == result["band"])
        for n, (b, end) in enumerate(zip(check.bands, ends, strict=True))
    )


def _section(title: str, entry: Mapping[str, Any]) -> SectionRow:
    answered = _("%(done)s of %(of)s answered", done=entry["answered"], of=entry["of"])
    return SectionRow(title, share_text(entry["score"]), percent(entry["score"] or 0), answered)


def _open_note(result: Mapping[str, Any]) -> str:
    missing = result["of"] - result["answered"]
    if not missing:
        return ""
    return ngettext(
        "%(num)s question is not answered or not sure; it counts as not in place until you know.",
        "%(num)s questions are not answered or not sure; they count as not in place until you know.",
        missing,
    )


def _duty(check: SelfCheck, entry: Mapping[str, Any]) -> DutyRow:
    duty = next(d for d in check.duties if d.id == entry["id"])
    return DutyRow(
        title=content_text(duty.title),
        text=content_text(duty.text),
        law=content_text(duty.law),
        checked=_("as known in %(month)s; check the current text", month=duty.checked),
        because=nouns(content_text(check.question(i).title) for i in entry["items"]),
    )


def _groups(check: SelfCheck, run: SelfCheckRun, result: Mapping[str, Any]) -> tuple[MeasureGroup, ...]:
    found = []
    for effort in EFFORTS:
        entries = [m for m in result["measures"] if m["effort"] == effort]
        if entries:
            low, high = (sum(m["cost"][n] for m in entries) for n in (0, 1))
            rows = tuple(_measure(check, run, result, m) for m in entries)
            found.append(MeasureGroup(effort_name(effort), cost_text(low, high), rows))
    return tuple(found)


def _measure(check: SelfCheck, run: SelfCheckRun, result: Mapping[str, Any], entry: Mapping[str, Any]) -> MeasureRow:
    question = check.question(entry["item"])
    measure = question.measure
    return MeasureRow(
        title=content_text(measure.title),
        text=content_text(measure.text),
        cost=cost_text(*entry["cost"]),
        gain="" if entry["gain"] is None else _("+%(points)s", points=share_text(entry["gain"])),
        today=level_text(question, _given(run, result, question.id)),
        duty=entry["duty"],
        basis=basis_text(check, question.basis),
    )


def _todo_answer(groups: Sequence[MeasureGroup]) -> str:
    """Where to begin: what the law asks, else the first thing that takes least time."""
    rows = [row for group in groups for row in group.rows]
    if not rows:
        return _("Nothing is open. Check again in a year.")
    return _("Begin with: %(what)s.", what=next((row for row in rows if row.duty), rows[0]).title)


def _moves(check: SelfCheck, result: Mapping[str, Any]) -> tuple[MoveRow, ...]:
    known = {m.id: m for m in check.moves}
    found = []
    for number, entry in enumerate(result["moves"], 1):
        move = known[entry["id"]]
        waits = _first(check, entry["unmet"])
        said = {
            "ready": _("can move now"),
            "later": _("first: %(what)s", what=waits),
            "there": _("is there already"),
        }[entry["state"]]
        question = check.question(move.question)
        found.append(
            MoveRow(
                number=number,
                title=content_text(move.title),
                state=entry["state"],
                said=said,
                why=content_text(move.why),
                today=level_text(question, entry["level"]),
                cost=cost_text(move.low, move.high),
            )
        )
    return tuple(found)


def _moves_answer(moves: Sequence[MoveRow]) -> str:
    ready = [m.title for m in moves if m.state == "ready"]
    if ready:
        return _("Move first: %(what)s.", what=ready[0])
    if any(m.state == "later" for m in moves):
        return _("Nothing can move yet; first lay the ground.")
    return _("Everything on this list runs online already.")


def _keep(check: SelfCheck, entry: Mapping[str, Any]) -> KeepRow:
    keep = next(k for k in check.keeps if k.id == entry["id"])
    may = entry["state"] == "may_go"
    if may:
        said = _("may go, with the contract you have")
    elif keep.may_if:
        said = _("stays until this is done: %(what)s", what=_first(check, entry["unmet"]))
    else:
        said = _("stays in the plant")
    return KeepRow(content_text(keep.title), content_text(keep.why), said, may)


def _first(check: SelfCheck, conditions: Sequence[str]) -> str:
    """What must be done before conditions hold: the measures of their questions."""
    names = dict.fromkeys(name for text in conditions for name, _op, _value in parse(text).topics)
    return clauses(content_text(check.question(name).measure.title) for name in names)


def _source(check: SelfCheck, source: str) -> str:
    entry = next(s for s in check.sources if s.id == source)
    return content_text(entry.title) + (f" ({entry.date})" if entry.date else "")


def _downloads(run: SelfCheckRun) -> tuple[Download, ...]:
    """The reader's language first."""
    codes = sorted(LANGUAGES, key=lambda code: code != language_code())
    return tuple(
        Download(
            _("One page as PDF") if code == language_code() else language_name(code),
            url_for("selfchecks.sheet", run_id=run.id, locale=code),
            code == language_code(),
        )
        for code in codes
    )
