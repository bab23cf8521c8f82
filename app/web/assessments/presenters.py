"""Finished values for the pages of a round: sections, progress, range, overview, and the answers to saves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import session, url_for
from flask_babel import to_user_timezone

from app.access.scope import current_scope
from app.i18n import gettext as _
from app.i18n import moment, ngettext
from app.models.assessments import Assessment
from app.models.base import now
from app.queries.assessments import AnswerRow, Round, SectionProgress
from app.queries.handovers import HandoverState
from app.services.links import absolute_url
from app.web.assessments.cards import Card, CardWords, SectionView, card_words, present_cards, saved_text
from app.web.assessments.words import clock, level_range, minutes, person, text
from app.web.charts import RangeChart, Segment, progress, range_chart
from scoring.content.model import Section

HANDOVER_LINKS = "handover_links"


@dataclass(frozen=True, slots=True)
class Step:
    """A section in the list of sections."""

    id: str
    number: int
    title: str
    url: str
    count: str
    who: str
    done: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Progress and range, in words and as charts."""

    steps: tuple[Step, ...]
    segments: tuple[Segment, ...]
    answered: str
    minutes: str
    range: str
    range_now: str
    chart: RangeChart
    chart_title: str


def present_standing(round_: Round, view: SectionView, current: Section | None = None) -> Standing:
    """Progress by section, minutes left, and how the range of levels has narrowed."""
    low, high = round_.level_range()
    rows: list[tuple[str, int, int]] = [(_("At first"), *round_.level_range([]))]
    rows += [(_("After part %(number)s", number=n), *levels) for n, levels in round_.range_steps()][-3:-1]
    rows.append((_("Now"), low, high))
    named = _("; ").join(f"{label}: {level_range(a, b)}" for label, a, b in rows)
    return Standing(
        steps=tuple(_step(round_, n, p, view, current) for n, p in enumerate(round_.progress, 1)),
        segments=progress([(p.done, p.of) for p in round_.progress]),
        answered=_("%(done)s of %(total)s questions answered", done=round_.done, total=round_.total),
        minutes=minutes(round_.minutes_left),
        range=level_range(low, high),
        range_now=_("At present: %(range)s.", range=level_range(low, high)),
        chart=range_chart(rows),
        chart_title=_("Range of levels. %(steps)s", steps=named),
    )


def _step(round_: Round, place: int, part: SectionProgress, view: SectionView, current: Section | None) -> Step:
    names = [h.name for h in view.handovers if h.section_id == part.section.id]
    names += [person(h.name) for h in view.holders if part.section.id in h.sections]
    return Step(
        id=part.section.id,
        number=place,
        title=text(part.section.title),
        url=url_for("assessments.section", assessment_id=round_.id, section_id=part.section.id),
        count=f"{part.done}/{part.of}",
        who=_(", ").join(dict.fromkeys(names)),
        done=part.is_done,
        current=current is not None and part.section.id == current.id,
    )


def present_saved(round_: Round, item_id: str, section: Section) -> dict[str, Any]:
    """The answer to a save, as JSON: the answer as it stands, and the progress that changed with it."""
    low, high = round_.level_range()
    levels = level_range(low, high)
    part = next((p for p in round_.progress if p.section.id == section.id), None)
    return {
        "item": item_id,
        **present_state(round_.answers.get(item_id)),
        "count": f"{part.done}/{part.of}" if part else "",
        "done": part.is_done if part else False,
        "answered": _("%(done)s of %(total)s questions answered", done=round_.done, total=round_.total),
        "minutes": minutes(round_.minutes_left),
        "range": levels,
        "levels": [low, high],
        "range_now": _("At present: %(range)s.", range=levels),
        "segments": [s.done for s in progress([(p.done, p.of) for p in round_.progress])],
    }


def present_state(row: AnswerRow | None) -> dict[str, Any]:
    """One answer as JSON, for a page that brings itself up to date."""
    if row is None:
        return {"value": None, "evidence": "", "note": "", "version": 0, "saved": ""}
    return {
        "value": row.value,
        "evidence": row.evidence or "",
        "note": row.note,
        "version": row.version,
        "saved": saved_text(row),
    }


def present_states(round_: Round, section: Section, csrf_token: str) -> dict[str, Any]:
    """The answers of a section as JSON."""
    answers = {q.id: present_state(round_.answers.get(q.id)) for q in round_.questions(section)}
    return {"answers": answers, "locked": not round_.assessment.is_draft, "csrf_token": csrf_token}


@dataclass(frozen=True, slots=True)
class Handed:
    """A hand-over as the firm sees it. `link` only in the browser that made it."""

    title: str
    link: str
    state: str
    until: str
    revoke_url: str
    id: str


@dataclass(frozen=True, slots=True)
class SectionPage:
    """A page of questions."""

    id: str
    firm: str
    place: str
    title: str
    lead: str
    cards: tuple[Card, ...]
    words: CardWords
    standing: Standing
    count: str
    writable: bool
    why_closed: str
    url: str
    states_url: str
    overview_url: str
    next_value: str
    next_label: str
    previous_value: str
    handed: tuple[Handed, ...]
    handed_to: str
    hand_url: str
    visitor: str
    store: str
    sign_in_url: str
    errors: tuple[tuple[str, str], ...]


def present_section(round_: Round, section: Section, view: SectionView, *, may_write: bool) -> SectionPage:
    """A page of questions, to fill in or only to read."""
    scope = current_scope()
    visitor = scope.handover if round_.assessment.firm_id not in scope.firm_ids else None
    ids = [s.id for s in round_.sections]
    place = ids.index(section.id)
    following = None if visitor else next(iter(round_.sections[place + 1 :]), None)
    questions = round_.questions(section)
    standing = present_standing(round_, view, section)
    address: dict[str, Any] = {"assessment_id": round_.id, "section_id": section.id}
    cards = present_cards(round_, section, view)
    writable = may_write and round_.assessment.is_draft
    return SectionPage(
        id=section.id,
        firm=round_.assessment.firm.name,
        place=_("Part %(number)s of %(total)s", number=place + 1, total=len(ids)),
        title=text(section.title),
        lead=_(
            "%(count)s questions, %(minutes)s. Choose what is usual in your firm; there is no right or wrong. "
            "Every answer is saved at once, you can stop at any time.",
            count=len(questions),
            minutes=minutes(-(-len(questions) * 35 // 60)),
        ),
        cards=cards,
        words=card_words(),
        standing=standing,
        count=next(s.count for s in standing.steps if s.current),
        writable=writable,
        why_closed="" if writable else _closed_text(round_, section, view),
        url=url_for("assessments.section", **address),
        states_url=url_for("assessments.states", **address),
        overview_url=url_for("assessments.show", assessment_id=round_.id),
        next_value=following.id if following else "stay" if visitor else "review",
        next_label=_next_label(following, visitor is not None),
        previous_value="" if visitor or place == 0 else ids[place - 1],
        handed=tuple(_handed(h, round_, section) for h in view.handovers if h.section_id == section.id),
        handed_to=_(", ").join(h.name for h in view.handovers if h.section_id == section.id),
        hand_url="" if visitor or not writable else url_for("handovers.create", **address),
        visitor=visitor.name if visitor else "",
        store=store_key(round_.id),
        sign_in_url=url_for("accounts.sign_in", next=url_for("assessments.section", **address)),
        errors=tuple((card.id, card.title) for card in cards if card.error or card.clash),
    )


def store_key(assessment_id: UUID) -> str:
    """Under which name this person's unsent answers stay in the browser: no other account reads them."""
    scope = current_scope()
    who = scope.user_id or (scope.handover.handover_id if scope.handover else "nobody")
    return f"answers:{who}:{assessment_id}"


def _next_label(following: Section | None, visitor: bool) -> str:
    if following is not None:
        return _("Save and go on: %(title)s", title=text(following.title))
    return _("Save") if visitor else _("Save and check before submitting")


def _closed_text(round_: Round, section: Section, view: SectionView) -> str:
    if not round_.assessment.is_draft:
        return _("This round is submitted. The answers can no longer be changed.")
    names = [person(h.name) for h in view.holders if section.id in h.sections]
    if names:
        return _("%(names)s answers this part. You can read it.", names=_(", ").join(names))
    return _("You can read this part, but not change it.")


def _handed(handover: HandoverState, round_: Round, section: Section) -> Handed:
    answers = len(handover.items & {q.id for q in round_.questions(section)})
    token = session.get(HANDOVER_LINKS, {}).get(str(handover.id))
    if handover.opened_at is None:
        state = _("not opened yet")
    else:
        state = ngettext(
            "opened %(time)s, %(num)s question answered", "opened %(time)s, %(num)s questions answered",
            answers, time=clock(handover.opened_at),
        )  # fmt: skip
    return Handed(
        title=_("Link for %(name)s", name=handover.name),
        link=absolute_url("handovers.show", token=token) if token else "",
        state=state,
        until=_("works until %(time)s", time=clock(handover.expires_at)),
        revoke_url=url_for("handovers.revoke", handover_id=handover.id),
        id=str(handover.id),
    )


@dataclass(frozen=True, slots=True)
class Overview:
    """The page of a round: how far it is, who does what, what to do next."""

    firm: str
    title: str
    since: str
    standing: Standing
    go_url: str
    go_label: str
    profile_url: str
    profile_state: str
    profile_done: bool
    review_url: str
    result_url: str
    firm_url: str
    submitted: str
    handed: tuple[tuple[str, Handed], ...]
    copied: str
    store: str
    sign_in_url: str
    overview_url: str
    renewal_url: str


def present_overview(round_: Round, view: SectionView, last_item: str | None, *, newer: bool = False) -> Overview:
    """How far a round is, and the one thing to do next; with `newer`, that there is newer content to move to."""
    assessment = round_.assessment
    standing = present_standing(round_, view)
    address: dict[str, Any] = {"assessment_id": round_.id}
    described = bool(assessment.profile or assessment.employees)
    resume = _resume(round_, last_item)
    if not assessment.is_draft:
        go_url, go_label = url_for("results.show", **address), _("See the result")
    elif not described and round_.done == 0:
        go_url, go_label = url_for("assessments.profile", **address), _("Begin: about your firm")
    elif resume is None:
        go_url, go_label = url_for("assessments.review", **address), _("Check and submit")
    else:
        go_url = url_for("assessments.section", section_id=resume.id, **address)
        go_label = _("Go on: %(title)s", title=text(resume.title))
    return Overview(
        firm=assessment.firm.name,
        title=_("Round %(number)s", number=assessment.number),
        since=_since(assessment, round_),
        standing=standing,
        go_url=go_url,
        go_label=go_label,
        profile_url=url_for("assessments.profile", **address),
        profile_state=_profile_state(round_, described),
        profile_done=described,
        review_url=url_for("assessments.review", **address),
        result_url="" if assessment.is_draft else url_for("results.show", **address),
        firm_url=url_for("firms.show", firm_id=assessment.firm_id),
        submitted="" if assessment.submitted_at is None else moment(assessment.submitted_at),
        handed=tuple(
            (text(s.title), _handed(h, round_, s))
            for s in round_.sections
            for h in view.handovers
            if h.section_id == s.id
        ),
        copied=_("The answers of your last round are already filled in. Change what is different now.")
        if assessment.based_on and assessment.is_draft
        else "",
        store=store_key(round_.id),
        sign_in_url=url_for("accounts.sign_in", next=url_for("assessments.show", **address)),
        overview_url=url_for("assessments.show", **address),
        renewal_url=url_for("renewals.show", **address) if newer and may_move(assessment) else "",
    )


def may_move(assessment: Assessment) -> bool:
    """Whether the current visitor works on the round as a whole."""
    scope = current_scope()
    reads_only = assessment.firm_id in scope.consultant_firm_ids
    return not reads_only and assessment.firm_id in scope.firm_ids and assessment.firm_id not in scope.sections


def _resume(round_: Round, last_item: str | None) -> Section | None:
    """Where to go on: the section answered last while it is unfinished, else the next unfinished one."""
    mine = [p for p in round_.progress if may_answer(round_.assessment, p.section.id)]
    unfinished = [p.section for p in mine if not p.is_done]
    last = next((n for n, p in enumerate(mine) if last_item in p.section.questions), 0)
    later = [p.section for p in mine[last:] if not p.is_done]
    return next(iter(later or unfinished), None)


def may_answer(assessment: Assessment, section_id: str) -> bool:
    """Whether the current visitor fills in a section (a consultant only reads)."""
    scope = current_scope()
    reads_only = assessment.firm_id in scope.consultant_firm_ids
    return not reads_only and scope.may_answer(assessment.firm_id, assessment.id, section_id)


def _since(assessment: Assessment, round_: Round) -> str:
    days = (to_user_timezone(now()).date() - to_user_timezone(assessment.created_at).date()).days
    begun = _("begun today") if days == 0 else ngettext("begun %(num)s day ago", "begun %(num)s days ago", days)
    times = [row.updated_at for row in round_.answers.values() if row.updated_at >= assessment.created_at]
    return begun if not times else _("%(begun)s, last answer %(time)s", begun=begun, time=clock(max(times)))


def _profile_state(round_: Round, described: bool) -> str:
    if not described:
        return _("not filled in yet")
    picked = len(round_.assessment.pains)
    return (
        ngettext("%(num)s trouble picked", "%(num)s troubles picked", picked) if picked else _("no troubles picked yet")
    )
