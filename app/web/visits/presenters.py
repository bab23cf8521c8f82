"""Finished values for the visit sheet: the order of the items, progress, how the level would change."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from app.access.scope import current_scope
from app.errors import DomainError, StaleAnswerError
from app.i18n import gettext as _
from app.i18n import ngettext
from app.models.verifications import Finding, FindingFile, Verification
from app.queries.assessments import FileRow, Round
from app.queries.verifications import findings_of
from app.services.answers import is_claim
from app.web.assessments.review import flag_text, question_of
from app.web.assessments.words import problem_text, text
from app.web.figures import points, sentences
from app.web.results.gates import away
from app.web.round_tabs import Tab, round_tabs
from app.web.visits.cards import Card, CardWords, Shown, card_words, present_card, present_state
from app.web.visits.forms import Entry, shown_fields
from scoring.answers import Document, read
from scoring.capability import capability_levels
from scoring.content.model import Question
from scoring.official import Standing, decimal, gates, standing
from scoring.quality import flags
from scoring.verification import deciding_items, verified_document
from scoring.visit import near_items

GATE, EVIDENCE, FLAGS = "gate", "evidence", "flags"


@dataclass(frozen=True)
class Visit:
    """A round with what was found so far, and with what of a form could not be saved. `usual` says by item what is
    usually corrected in firms of this trade."""

    round: Round
    verification: Verification | None
    files: Sequence[FileRow]
    photos: Sequence[FindingFile]
    writable: bool
    usual: Mapping[str, str] = field(default_factory=dict)
    entries: Mapping[str, Entry] = field(default_factory=dict)
    problems: Mapping[str, DomainError] = field(default_factory=dict)
    conflicts: Mapping[str, StaleAnswerError] = field(default_factory=dict)
    day: Day | None = None

    @cached_property
    def findings(self) -> Mapping[str, Finding]:
        """The findings by item."""
        return {f.item_id: f for f in self.verification.findings} if self.verification else {}

    def finding(self, item: str) -> Finding | None:
        """What was found for an item."""
        return self.findings.get(item)

    @cached_property
    def questions(self) -> dict[str, Question]:
        """The questions that this firm was asked, in order."""
        return {q.id: q for s in self.round.sections for q in self.round.questions(s)}

    @cached_property
    def claimed(self) -> Document:
        """The round as the engine reads it."""
        return read(self.round.document(), self.round.catalogue)

    def standing(self) -> Standing:
        """Where the firm stands with what was found so far; what was not looked at counts as the firm left it."""
        found = findings_of(self.verification) if self.verification else {}
        document = read(verified_document(self.round.document(), found), self.round.catalogue)
        return standing(document, self.round.catalogue.edition, evidenced=True)


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands on top: progress, the claim and what is verified so far, each with what is missing to the next."""

    looked_at: str
    done: int
    of: int
    claimed: str
    claimed_away: str
    verified: str
    verified_away: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the sheet, sent as one form."""

    id: str
    title: str
    lead: str
    cards: tuple[Card, ...]
    count: str
    count_of: str
    folded: bool


@dataclass(frozen=True, slots=True)
class Day:
    """The form of the day of the visit and the word on the whole; `was` is what is stored."""

    visited_on: str
    remark: str
    was_visited_on: str
    was_remark: str
    error: str = ""
    there: str = ""


@dataclass(frozen=True, slots=True)
class VisitPage:
    """The sheet."""

    firm: str
    title: str
    state: str
    writable: bool
    summary: Summary
    groups: tuple[Group, ...]
    words: CardWords
    day: Day
    tabs: tuple[Tab, ...]
    url: str
    day_url: str
    print_url: str
    verification_url: str
    states_url: str
    sign_in_url: str
    store: str
    errors: tuple[tuple[str, str], ...]


def present_visit(visit: Visit) -> VisitPage:
    """The sheet of a round."""
    round_ = visit.round
    address: dict[str, Any] = {"assessment_id": round_.id}
    groups = _groups(visit)
    url = url_for("visits.show", **address)
    return VisitPage(
        firm=round_.assessment.firm.name,
        title=_("Visit sheet"),
        state=_state(visit),
        writable=visit.writable,
        summary=present_summary(visit),
        groups=groups,
        words=card_words(),
        day=_day(visit),
        tabs=round_tabs(round_.id, round_.assessment.firm_id, "visits.show"),
        url=url,
        day_url=url_for("visits.save_day", **address),
        print_url=url_for("visits.sheet", **address),
        verification_url=next(
            (t.url for t in round_tabs(round_.id, round_.assessment.firm_id, "") if "/verif" in t.url), ""
        ),
        states_url=url_for("visits.states", **address),
        sign_in_url=url_for("accounts.sign_in", next=url),
        store=f"findings:{current_scope().user_id}:{round_.id}",
        errors=tuple((c.id, c.title) for g in groups for c in g.cards if c.error or c.clash),
    )


def _state(visit: Visit) -> str:
    """Why nothing can be changed now, or ""."""
    if visit.writable:
        return ""
    if visit.verification is not None and visit.verification.verified_at is not None:
        return _("This round is verified. To look again, open the verification again first.")
    return _("The findings lie with the firm. You can change them once it has answered.")


def present_summary(visit: Visit) -> Summary:
    """Progress and level."""
    edition = visit.round.catalogue.edition
    before, after = standing(visit.claimed, edition), visit.standing()
    done, of = sum(item in visit.questions for item in visit.findings), len(visit.questions)
    claimed, claimed_away = _standing_text(visit, before)
    verified, verified_away = _standing_text(visit, after)
    return Summary(
        looked_at=_("%(done)s of %(of)s looked at", done=done, of=of),
        done=done,
        of=of,
        claimed=claimed,
        claimed_away=claimed_away,
        verified=verified,
        verified_away=verified_away,
        changed=before.level != after.level,
    )


def _standing_text(visit: Visit, at: Standing) -> tuple[str, str]:
    edition = visit.round.catalogue.edition
    said = _("Level %(level)s, %(score)s points", level=at.level, score=points(decimal(at.score)))
    missing = gates(edition, at).get(str(at.level + 1))
    return said, "" if missing is None else away(at.level + 1, missing)


def present_saved(visit: Visit, item: str) -> dict[str, Any]:
    """The answer to a save as JSON: the finding as it stands, progress and level."""
    summary = present_summary(visit)
    return {
        "item": item,
        **present_state(visit.finding(item)),
        "looked_at": summary.looked_at,
        "done": summary.done,
        "verified": summary.verified,
        "verified_away": plain(summary.verified_away),
        "changed": summary.changed,
    }


def plain(marked: str) -> str:
    """A sentence without its marks."""
    return str(marked).replace("<em>", "").replace("</em>", "")


# ---- the order of the items


def _groups(visit: Visit) -> tuple[Group, ...]:
    """What decides the next gate, claims without evidence, what does not fit, and the rest by section."""
    catalogue, document = visit.round.catalogue, visit.round.document()
    holds, near = deciding_items(document, catalogue), near_items(document, catalogue)
    bare = [item for item in visit.questions if _is_bare(visit, item)]
    odd = _odd(visit)
    left = dict.fromkeys(visit.questions)
    level = standing(visit.claimed, catalogue.edition, evidenced=True).level
    tags = {item: _tags(visit, item, holds, near, bare, level) for item in visit.questions}
    groups = []
    first = [*holds, *sorted(near, key=lambda item: not catalogue.edition.scenes.get(item))]
    for name, items, title, lead in (
        (GATE, first, _("What decides the level"), _gate_lead(len(holds), len(set(near) - set(holds)), level)),
        (EVIDENCE, bare, _("Claimed without proof"), _("Claims of 2 or more for which the firm gave no proof.")),
        (FLAGS, list(odd), _("What does not fit together"), _("Answers that other answers make doubtful.")),
    ):
        mine = [item for item in items if item in left]
        for item in mine:
            left.pop(item)
        if mine:
            groups.append(_group(visit, name, title, lead, mine, tags, odd, folded=False))
    for section in visit.round.sections:
        mine = [item for item in section.questions if item in left]
        if mine:
            groups.append(_group(visit, section.id, text(section.title), "", mine, tags, odd, folded=True))
    return tuple(groups)


def _is_bare(visit: Visit, item: str) -> bool:
    """Whether a claim of 2 or more came without a text or a file."""
    row = visit.round.answers.get(item)
    return (
        row is not None
        and is_claim(visit.questions[item], row.value)
        and not (row.evidence or "").strip()
        and all(f.item_id != item for f in visit.files)
    )


def _odd(visit: Visit) -> dict[str, tuple[str, ...]]:
    """The sentences of the engine's flags by question, in the order asked."""
    found: dict[str, list[str]] = {}
    for flag in flags(visit.claimed, visit.round.catalogue, capability_levels(visit.claimed, visit.round.catalogue)):
        question = question_of(visit.round, str(flag.get("item") or ""))
        if flag["kind"] != "no_evidence" and question is not None:
            found.setdefault(question.id, []).append(flag_text(visit.round, flag))
    return {item: tuple(dict.fromkeys(found[item])) for item in visit.questions if item in found}


def _tags(
    visit: Visit, item: str, holds: Collection[str], near: Collection[str], bare: Collection[str], level: int
) -> tuple[str, ...]:
    tags = []
    if item in holds:
        tags.append(_("level %(level)s hangs on it", level=level))
    elif item in near:
        tags.append(_("near level %(level)s", level=level + 1))
    if visit.round.catalogue.edition.scenes.get(item):
        tags.append(_("starred scene"))
    if item in bare:
        tags.append(_("no proof"))
    return tuple(tags)


def _gate_lead(holds: int, near: int, level: int) -> str:
    said = []
    if holds:
        said.append(
            ngettext(
                "One answer holds level %(level)s: one step lower, and it is lost.",
                "%(num)s answers hold level %(level)s: any of them one step lower, and it is lost.",
                holds, level=level,
            )
        )  # fmt: skip
    if near:
        said.append(
            ngettext(
                "One stands just below level %(next)s.", "%(num)s stand just below level %(next)s.",
                near, next=level + 1,
            )
        )  # fmt: skip
    return sentences(said)


def _group(
    visit: Visit,
    name: str,
    title: str,
    lead: str,
    items: Sequence[str],
    tags: Mapping[str, tuple[str, ...]],
    odd: Mapping[str, tuple[str, ...]],
    *,
    folded: bool,
) -> Group:
    order = {item: n for n, item in enumerate(visit.questions, 1)}
    cards = tuple(
        present_card(
            visit.round,
            visit.questions[item],
            _shown(visit, visit.questions[item]),
            number=_("Question %(number)s", number=order[item]),
            tags=tags[item],
            flags=odd.get(item, ()),
            usual=visit.usual.get(item, ""),
            files=tuple(f for f in visit.files if f.item_id == item),
            photos=tuple(f for f in visit.photos if f.item_id == item),
            verification_id=visit.verification.id if visit.verification else None,
        )
        for item in items
    )
    done = sum(item in visit.findings for item in items)
    closed = folded and not any(c.error or c.clash for c in cards)
    count, count_of = (_("%(done)s of %(of)s looked at", done=n, of=len(cards)) for n in (done, "{done}"))
    return Group(name, title, lead, cards, count, count_of, closed)


def _shown(visit: Visit, question: Question) -> Shown:
    row, answer = visit.finding(question.id), visit.round.answers.get(question.id)
    stored = shown_fields(question, answer.value if answer else None, row)
    error, conflict = visit.problems.get(question.id), visit.conflicts.get(question.id)
    entry = visit.entries.get(question.id)
    fields = entry.fields if entry is not None and (error or conflict) else stored
    return Shown(fields, stored, row, "" if error is None else problem_text(question, error), conflict)


# ---- day and remark


def _day(visit: Visit) -> Day:
    row = visit.verification
    visited_on = row.visited_on.isoformat() if row and row.visited_on else ""
    remark = row.remark if row else ""
    if visit.day is None:
        return Day(visited_on, remark, visited_on, remark)
    there = ""
    if (visited_on, remark) != (visit.day.was_visited_on, visit.day.was_remark):
        there = _("Stored meanwhile: %(day)s %(remark)s", day=visited_on or _("no day"), remark=remark)
    return Day(visit.day.visited_on, visit.day.remark, visited_on, remark, visit.day.error, there)


def present_day_problem(form: MultiDict[str, str], error: DomainError) -> Day:
    """What was typed, and what is wrong with it."""
    return Day(
        form.get("visited_on", "")[:40],
        form.get("remark", ""),
        form.get("was.visited_on", ""),
        form.get("was.remark", "").replace("\r\n", "\n"),
        _(error.message),
    )
