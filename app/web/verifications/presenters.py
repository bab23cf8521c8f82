"""The page of a verification as finished values, for the consultant and for the firm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, url_for

from app.access.guard import may
from app.access.policy import Permission as P
from app.i18n import day, ngettext
from app.i18n import gettext as _
from app.models.verifications import Finding, FindingFile, Verdict, Verification, VerificationState
from app.queries.verifications import OPEN, count_replies, is_shown, mark_of
from app.services.verifications import ANSWER_DAYS, Readiness, readiness
from app.web.figures import phrases, points
from app.web.names import reply_name, verdict_name
from app.web.results.answers import value_words
from app.web.results.reading import Reading
from app.web.round_tabs import Tab, round_tabs
from app.web.verifications.results import ResultRow, deciding_text, not_looked_at, present_results, target
from app.web.verifications.wording import head

S = VerificationState
PHOTO = "visits.file"


@dataclass(frozen=True, slots=True)
class Entered:
    """What was entered and not taken: the reply to one item, or the answer; `said` is the reason, `field` its place."""

    item: str = ""
    reply: str = ""
    text: str = ""
    answer: str | None = None
    accept_rest: bool = False
    said: str = ""
    field: str = ""

    def refused(self, said: str, field: str = "") -> Entered:
        """The same with the reason."""
        return replace(self, said=said, field=field)


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding: the claim and what was found, each in short and as a sentence. `open` shows the reply form, with
    `chosen`, `text` and `error` as they were entered."""

    item: str
    title: str
    question: str
    kind: str
    verdict: str
    claimed: tuple[str, str]
    found: tuple[str, str]
    note: str
    photos: tuple[tuple[str, str], ...]
    reply: str
    reply_text: str
    again: bool = False
    open: bool = False
    reply_url: str = ""
    chosen: str = ""
    text: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The findings of one verification: corrections first, what agreed apart; `again` findings are being looked at
    once more, so that the firm does not see what they say now."""

    title: str
    about: str
    remark: str
    answer: str
    counts: str
    corrections: tuple[FindingRow, ...]
    agreed: tuple[FindingRow, ...]
    level: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A step that can be taken now. `confirm` is what has to be ticked first; `warning` is shown before it."""

    url: str
    label: str
    go: bool = False
    confirm: str = ""
    error: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class AnswerBox:
    """The firm's answer to the whole; `rest` offers to accept what has no reply yet."""

    url: str
    text: str
    rest: str
    accept_rest: bool
    error: str


@dataclass(frozen=True, slots=True)
class VerificationPage:
    """All of it. `said` is why the last step was refused, where it belongs to no single finding."""

    title: str
    firm: str
    tabs: tuple[Tab, ...]
    back_url: str
    answer: str
    sub: str
    said: str
    results: tuple[ResultRow, ...]
    scenes_head: str
    note: str
    warning: str
    seen: str
    buttons: tuple[Button, ...]
    visit_url: str
    sheet: Sheet | None
    answer_box: AnswerBox | None
    older: tuple[Sheet, ...]


def present_verification(
    reading: Reading, rows: Sequence[Verification], files: Sequence[FindingFile], entered: Entered
) -> VerificationPage:
    """`rows` are all verifications of the round, newest first. The firm sees of them what `is_shown` lets it see."""
    assessment = reading.result.assessment
    firm = assessment.firm
    writes = may(P.VERIFICATION_WRITE, firm.id)
    replies = may(P.VERIFICATION_REPLY, firm.id) and not writes
    working = next((r for r in rows if r.state in OPEN), None)
    settled = next((r for r in rows if r.verified_at is not None), None)
    shown = working if working is not None and (writes or is_shown(working)) else settled
    waits = shown is not None and shown.state == S.SUBMITTED and shown.answered_at is None
    answers = replies and waits
    state = readiness(working) if working is not None else Readiness(False)
    here: dict[str, Any] = {"assessment_id": assessment.id}
    sheets = _Sheets(reading, files, writes=writes, waits=waits)
    deciding = not_looked_at(reading, working) if writes and working is not None else ()
    answer, sub = head(reading, working, settled, state, writes=writes)
    return VerificationPage(
        title=_("%(firm)s: verification on site", firm=firm.name),
        firm=firm.name,
        tabs=round_tabs(assessment.id, firm.id, "verifications.show"),
        back_url=url_for("results.show", **here),
        answer=answer,
        sub=sub,
        said="" if entered.field or not entered.said else entered.said,
        results=present_results(reading, shown, settled, writes=writes),
        scenes_head=_("Scenes at %(level)s", level=target(reading)),
        note=_(
            "What was seen counts with the value found. A level that could not be shown counts as 1 at most, a choice "
            "or number that could not be shown gives no points. What nobody looked at stays as the firm claims it."
        ),
        warning=deciding_text(deciding),
        seen="" if shown is None else mark_of(shown),
        buttons=_buttons(working, settled, state, entered) if writes else (),
        visit_url=_visit_url(here) if writes and (working is None or working.state != S.SUBMITTED) else "",
        sheet=None if shown is None else sheets.sheet(shown, entered if answers else None),
        answer_box=_answer_box(shown, entered) if answers and shown is not None else None,
        older=tuple(sheets.sheet(r) for r in rows if r is not shown and r.verified_at is not None),
    )


# ---- findings


@dataclass(frozen=True, slots=True)
class _Sheets:
    """Puts findings into words; `writes` for the consultant, `waits` while the firm is about to answer."""

    reading: Reading
    files: Sequence[FindingFile]
    writes: bool
    waits: bool

    def sheet(self, row: Verification, entered: Entered | None = None) -> Sheet:
        """The findings of one verification in the order of the questionnaire; with reply forms where `entered`."""
        order = {item: n for n, item in enumerate(self.reading.catalogue.questions)}
        known = [f for f in row.findings if self.writes or is_shown(row, f) or f.version > 1]
        known.sort(key=lambda f: order.get(f.item_id, len(order)))
        lines = [self._row(row, finding, entered) for finding in known]
        return Sheet(
            title=_("Verification %(number)s", number=row.number),
            about=_about(row),
            remark="" if row.state == S.CHANGES_REQUESTED and not self.writes else row.remark,
            answer=row.answer if row.answered_at is not None else "",
            counts=_counts(self.reading, [f for f in known if self.writes or is_shown(row, f)]),
            corrections=tuple(line for line in lines if line.kind != Verdict.AGREED),
            agreed=tuple(line for line in lines if line.kind == Verdict.AGREED),
            level=_level_of(self.reading, row),
        )

    def _row(self, row: Verification, finding: Finding, entered: Entered | None) -> FindingRow:
        reading, item = self.reading, finding.item_id
        question = reading.catalogue.questions[item]
        again = not self.writes and not is_shown(row, finding)
        photos = [
            f for f in self.files
            if f.verification_id == row.id and f.item_id == item and (self.writes or is_shown(row, f))
        ]  # fmt: skip
        said = "" if self.writes and self.waits and _is_unsent(row, finding) else finding.reply
        line = FindingRow(
            item=item,
            title=reading.text(question.title),
            question=reading.text(question.text),
            kind="again" if again else finding.verdict,
            verdict=_("is looked at again") if again else verdict_name(finding.verdict),
            claimed=value_words(reading, item, finding.claimed),
            found=("", "") if again or finding.value is None else value_words(reading, item, finding.value),
            note="" if again else finding.note,
            photos=tuple((f.name, _photo_url(f)) for f in photos),
            reply=reply_name(said),
            reply_text=finding.reply_text if said else "",
            again=again,
        )
        if entered is None:
            return line
        mine = entered.item == item and entered.said != ""
        return replace(
            line,
            open=True,
            reply_url=url_for("verifications.reply", verification_id=row.id, item_id=item),
            chosen=entered.reply if mine else finding.reply,
            text=entered.text if mine else finding.reply_text,
            error=entered.said if mine and entered.field else "",
        )


def _is_unsent(row: Verification, finding: Finding) -> bool:
    """Whether a reply was written since the findings were sent; its author may still change it."""
    return finding.replied_at is not None and row.submitted_at is not None and finding.replied_at > row.submitted_at


def _about(row: Verification) -> str:
    said = []
    if row.visited_on:
        said.append(_("visited on %(day)s", day=day(row.visited_on)))
    if row.verified_at:
        said.append(_("verified by %(name)s on %(day)s", name=row.by_name, day=day(row.verified_at)))
        if row.answered_at is None:
            said.append(_("without an answer of the firm within %(days)s days", days=ANSWER_DAYS))
    elif row.by_name:
        said.append(_("noted by %(name)s", name=row.by_name))
    return phrases(said)


def _level_of(reading: Reading, row: Verification) -> str:
    if row.result is None:
        return ""
    return _("level %(level)s, score %(score)s", level=row.result.level, score=points(row.result.score))


def _counts(reading: Reading, findings: Sequence[Finding]) -> str:
    of = sum(item not in reading.document.off for item in reading.catalogue.questions)
    number = {v: sum(f.verdict == v for f in findings) for v in Verdict}
    said = [_("%(number)s of %(of)s questions looked at", number=len(findings), of=of)]
    for verdict in Verdict:
        if number[verdict]:
            said.append(_("%(verdict)s: %(number)s", verdict=verdict_name(verdict), number=number[verdict]))
    return _("%(text)s.", text=phrases(said))


def _photo_url(file: FindingFile) -> str:
    return url_for(PHOTO, file_id=file.id) if PHOTO in current_app.view_functions else ""


# ---- steps


def _visit_url(here: Mapping[str, Any]) -> str:
    return url_for("visits.show", **here) if "visits.show" in current_app.view_functions else ""


def _buttons(
    working: Verification | None, settled: Verification | None, state: Readiness, entered: Entered
) -> tuple[Button, ...]:
    def to(step: str, row: Verification) -> str:
        return url_for(f"verifications.{step}", verification_id=row.id)

    if working is None:
        return (Button(to("reopen", settled), _("Open it again")),) if settled is not None else ()
    found: list[Button] = []
    if state.ready:
        confirm = ""
        if state.objections:
            confirm = ngettext(
                "I decide. The firm's objection stays and is printed.",
                "I decide. The firm's %(num)s objections stay and are printed.",
                state.objections,
            )
        error = entered.said if entered.field == "settle" else ""
        found.append(Button(to("verify", working), _("Settle and sign it"), not confirm, confirm, error))
    if working.state in (S.DRAFT, S.CHANGES_REQUESTED) and working.findings:
        again = working.state == S.CHANGES_REQUESTED
        label = _("Send to the firm again") if again else _("Send to the firm")
        found.append(Button(to("submit", working), label, not found or found[0].confirm != ""))
    if working.state == S.SUBMITTED and working.answered_at is None:
        found.append(Button(to("take_back", working), _("Take back and change")))
    warning = _("What you noted is kept, but no verified level comes of it. A firm that has seen the findings is told.")
    found.append(Button(to("give_up", working), _("End without a result"), warning=warning))
    return tuple(found)


def _answer_box(row: Verification, entered: Entered) -> AnswerBox:
    left, _number = count_replies(row.findings)
    mine = entered.answer is not None and entered.said != ""
    rest = ""
    if left:
        rest = ngettext("We accept the one without a reply.", "We accept the %(num)s without a reply.", left)
    return AnswerBox(
        url=url_for("verifications.answer", verification_id=row.id),
        text=(entered.answer or "") if mine else row.answer,
        rest=rest,
        accept_rest=entered.accept_rest,
        error=entered.said if mine and entered.field else "",
    )
