"""Finished values for the list of self-checks and for a page of questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.i18n import content_text, day, ngettext
from app.i18n import gettext as _
from app.models.firms import Firm
from app.models.selfchecks import SelfCheckRun
from app.services.selfchecks import PartSaved, check_of
from app.web.assessments.words import clock
from app.web.charts import Segment, progress
from app.web.selfchecks.forms import FACT, typed
from app.web.selfchecks.words import basis_text, level_text, share_text
from scoring.answers import NOT_APPLICABLE, UNKNOWN
from scoring.content.model import Text
from scoring.content.selfchecks import CheckQuestion, CheckSection, SelfCheck
from scoring.content.serving import serve_check, served_checks
from scoring.selfchecks import switched_off

# ---- the list


@dataclass(frozen=True, slots=True)
class RunRow:
    """A finished run."""

    title: str
    finished: str
    share: str
    band: str
    url: str


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A self-check with the runs of the firm. `label` is empty where this visitor fills nothing in; `carry_url` leads
    to the questions of a run that is begun."""

    id: str
    title: str
    summary: str
    effort: str
    state: str
    label: str
    start_url: str
    carry_url: str
    go: bool
    runs: tuple[RunRow, ...]


@dataclass(frozen=True, slots=True)
class IndexPage:
    """All self-checks of a firm."""

    firm: str
    back_url: str
    checks: tuple[CheckRow, ...]


def present_index(firm: Firm, runs: Sequence[SelfCheckRun], *, writes: bool) -> IndexPage:
    """The self-checks; who only reads sees those that have a result."""
    rows = [
        _check_row(firm, serve_check(name), [r for r in runs if r.check_id == name], writes) for name in served_checks()
    ]
    return IndexPage(
        firm=firm.name,
        back_url=url_for("firms.show", firm_id=firm.id) if writes else url_for("engagements.index"),
        checks=tuple(rows),
    )


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A self-check on the firm's start page."""

    title: str
    state: str
    url: str


def check_lines(runs: Sequence[SelfCheckRun]) -> tuple[CheckLine, ...]:
    """Each self-check with how it stands: the newest result, how far the draft is, or that it is still to do."""
    found = []
    for name in served_checks():
        check = serve_check(name)
        own = [r for r in runs if r.check_id == name]
        draft = next((r for r in own if r.is_draft), None)
        last = next(iter(run_rows([r for r in own if not r.is_draft][:1])), None)
        state = _("%(count)s questions, about %(minutes)s minutes", count=len(check.questions), minutes=check.minutes)
        if draft is not None:
            done, of = _progress(check_of(draft), draft)
            state = _("%(done)s of %(of)s answered", done=done, of=of)
        elif last is not None:
            state = _("%(share)s of 100, %(band)s", share=last.share, band=last.band)
        url = _carry_url(draft) if draft else last.url if last else ""
        found.append(CheckLine(content_text(check.title), state, url))
    return tuple(found)


def _check_row(firm: Firm, check: SelfCheck, runs: Sequence[SelfCheckRun], writes: bool) -> CheckRow:
    draft = next((r for r in runs if r.is_draft), None)
    finished = [r for r in runs if not r.is_draft]
    state = ""
    if draft is not None and writes:
        done, of = _progress(check_of(draft), draft)
        state = _("Begun: %(done)s of %(of)s questions are answered.", done=done, of=of)
    elif not finished:
        state = _("Not done yet.")
    label = _("Carry on") if draft else _("Do it again") if finished else _("Begin")
    return CheckRow(
        id=check.id,
        title=content_text(check.title),
        summary=content_text(check.summary),
        effort=_(
            "%(count)s questions, about %(minutes)s minutes. %(who)s",
            count=len(check.questions), minutes=check.minutes, who=content_text(check.who),
        ),
        state=state,
        label=label if writes else "",
        start_url=url_for("selfchecks.start", firm_id=firm.id, check_id=check.id),
        carry_url=_carry_url(draft) if draft else "",
        go=draft is not None or not finished,
        runs=run_rows(finished),
    )  # fmt: skip


def _carry_url(draft: SelfCheckRun) -> str:
    return url_for("selfchecks.part", run_id=draft.id, section_id=next_part(draft))


def run_rows(runs: Sequence[SelfCheckRun]) -> tuple[RunRow, ...]:
    """Finished runs, in the order given."""
    return tuple(
        RunRow(
            title=_("No. %(number)s", number=run.number),
            finished=day(run.finished_at),
            share=share_text(run.payload["score"]),
            band=content_text(check_of(run).bands[run.payload["band"]].title),
            url=url_for("selfchecks.show", run_id=run.id),
        )
        for run in runs
        if run.payload is not None
    )


def _progress(check: SelfCheck, run: SelfCheckRun) -> tuple[int, int]:
    off = switched_off(check, run.facts)
    asked = [q.id for q in check.questions if q.id not in off]
    return sum(i in run.answers for i in asked), len(asked)


# ---- filling in


@dataclass(frozen=True, slots=True)
class Choice:
    """One radio card; a dashed one stands apart."""

    id: str
    value: str
    text: str
    checked: bool
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """One question. `was` is what the page shows as stored; `error` and `clash` say why it was not saved."""

    id: str
    number: str
    title: str
    hint: str
    why: str
    evidence: str
    basis: str
    choices: tuple[Choice, ...]
    was: str
    error: str = ""
    clash: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A page of the check, for the list beside the questions."""

    title: str
    url: str
    count: str
    done: bool
    current: bool
    number: int


@dataclass(frozen=True, slots=True)
class PartPage:
    """One page of questions."""

    firm: str
    check: str
    place: str
    title: str
    lead: str
    url: str
    facts: tuple[Card, ...]
    cards: tuple[Card, ...]
    steps: tuple[Step, ...]
    segments: tuple[Segment, ...]
    answered: str
    saved: str
    previous: str
    next: str
    next_label: str
    open_note: str
    errors: tuple[tuple[str, str], ...]
    back_url: str


def next_part(run: SelfCheckRun) -> str:
    """The first page with an open question, else the last one."""
    check = check_of(run)
    off = switched_off(check, run.facts)
    for section in check.sections:
        if any(i not in run.answers and i not in off for i in section.questions):
            return section.id
    return check.sections[-1].id


def present_part(run: SelfCheckRun, section_id: str, saved: PartSaved | None = None) -> PartPage:
    """A page, with what could not be saved where `saved` says so."""
    check = check_of(run)
    off = switched_off(check, run.facts)
    place = next(n for n, s in enumerate(check.sections) if s.id == section_id)
    section, last = check.sections[place], place == len(check.sections) - 1
    numbers = {q.id: n for n, q in enumerate((q for q in check.questions if q.id not in off), 1)}
    asked = [check.question(i) for i in section.questions if i not in off]
    cards = tuple(_card(check, q, numbers[q.id], run, saved) for q in asked)
    facts = tuple(_fact_card(f.id, f.text, f.hint, run, saved) for f in check.facts) if place == 0 else ()
    done, of = _progress(check, run)
    counts = [_counts(s, off, run) for s in check.sections]
    missing = of - done - sum(c.was == "" for c in cards)
    return PartPage(
        firm=run.firm.name,
        check=content_text(check.title),
        place=_("Part %(number)s of %(count)s", number=place + 1, count=len(check.sections)),
        title=content_text(section.title),
        lead=_("Choose what is usual here. What is only planned does not count yet."),
        url=url_for("selfchecks.save_part", run_id=run.id, section_id=section.id),
        facts=facts,
        cards=cards,
        steps=tuple(_step(run, s, n, counts[n], n == place) for n, s in enumerate(check.sections)),
        segments=progress(counts),
        answered=_("%(done)s of %(of)s answered", done=done, of=of),
        saved=_("Saved %(time)s", time=clock(run.updated_at)) if done else "",
        previous="" if place == 0 else check.sections[place - 1].id,
        next="finish" if last else check.sections[place + 1].id,
        next_label=_("See the result") if last else _("Save and go on"),
        open_note=ngettext(
            "%(num)s question on the other pages is still open; in the result it counts as not done.",
            "%(num)s questions on the other pages are still open; in the result they count as not done.",
            missing,
        ) if last and missing > 0 else "",
        errors=tuple((c.id, c.title) for c in (*facts, *cards) if c.error or c.clash),
        back_url=url_for("selfchecks.index", firm_id=run.firm_id),
    )  # fmt: skip


def _counts(section: CheckSection, off: frozenset[str], run: SelfCheckRun) -> tuple[int, int]:
    asked = [i for i in section.questions if i not in off]
    return sum(i in run.answers for i in asked), len(asked)


def _step(run: SelfCheckRun, section: CheckSection, place: int, count: tuple[int, int], current: bool) -> Step:
    return Step(
        title=content_text(section.title),
        url=url_for("selfchecks.part", run_id=run.id, section_id=section.id),
        count=f"{count[0]}/{count[1]}",
        done=count[0] == count[1],
        current=current,
        number=place + 1,
    )


def _card(check: SelfCheck, q: CheckQuestion, number: int, run: SelfCheckRun, saved: PartSaved | None) -> Card:
    stored = typed(run.answers.get(q.id))
    error, clash, shown = _trouble(q.id, stored, saved, lambda value: level_text(q, value))
    choices = [Choice(f"{q.id}-{n}", str(n), content_text(a), shown == str(n)) for n, a in enumerate(q.anchors)]
    if q.na is not None:
        text = _("Does not apply: %(when)s", when=content_text(q.na))
        choices.append(Choice(f"{q.id}-na", NOT_APPLICABLE, text, shown == NOT_APPLICABLE, True))
    choices.append(Choice(f"{q.id}-unknown", UNKNOWN, _("Not sure"), shown == UNKNOWN, True))
    return Card(
        id=q.id,
        number=_("Question %(number)s", number=number),
        title=content_text(q.text),
        hint=content_text(q.hint),
        why=content_text(q.why),
        evidence=content_text(q.evidence),
        basis=basis_text(check, q.basis),
        choices=tuple(choices),
        was=stored,
        error=error,
        clash=clash,
    )


def _fact_card(fact: str, text: Text, hint: Text | None, run: SelfCheckRun, saved: PartSaved | None) -> Card:
    stored, name = typed(run.facts.get(fact)), FACT + fact
    words = {"yes": _("Yes"), "no": _("No")}
    error, clash, shown = _trouble(fact, stored, saved, lambda value: words.get(typed(value), ""))
    choices = tuple(Choice(f"{name}-{value}", value, word, shown == value) for value, word in words.items())
    title, more = content_text(text), content_text(hint)
    return Card(name, _("About the plant"), title, more, "", "", "", choices, stored, error, clash)


def _trouble(item: str, stored: str, saved: PartSaved | None, words: Any) -> tuple[str, str, str]:
    """(error, clash, what is chosen on the page) of a question."""
    if saved is not None and item in saved.problems:
        return _("This answer cannot be used. Please choose one of these."), "", stored
    if saved is not None and item in saved.conflicts:
        theirs, mine = (saved.conflicts[item].details[key] for key in ("theirs", "mine"))
        said = words(theirs) if theirs is not None else _("no answer")
        text = _(
            "A colleague has answered this meanwhile: “%(theirs)s” Yours is ticked below; save again to keep it.",
            theirs=said,
        )
        return "", text, typed(mine)
    return "", "", stored


def present_saved(saved: PartSaved) -> dict[str, Any]:
    """What a script is told: when it was saved, how far the run is, and which questions need a look."""
    done, of = _progress(check_of(saved.run), saved.run)
    return {
        "saved": _("Saved %(time)s", time=clock(saved.run.updated_at)),
        "answered": _("%(done)s of %(of)s answered", done=done, of=of),
        "look": [*saved.problems, *saved.conflicts],
    }
