"""Finished values for taking a result over into the open round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from app.i18n import content_text
from app.i18n import gettext as _
from app.models.selfchecks import SelfCheckRun
from app.queries.assessments import Round
from app.services.selfchecks import Offer, check_of
from app.web.assessments.words import answer_text
from app.web.figures import nouns
from scoring.content.model import Question
from scoring.content.selfchecks import SelfCheck
from scoring.feeds import UP


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change that can be ticked. `warning` says that it lowers an answer; `closed` why it cannot be chosen."""

    id: str
    title: str
    before: str
    after: str
    because: str
    ticked: bool
    warning: str
    closed: str
    again: bool


@dataclass(frozen=True, slots=True)
class TakeOverPage:
    """What would change in the open round. `round_url` is empty where none is open."""

    firm: str
    check: str
    round_title: str
    round_url: str
    home_url: str
    back_url: str
    url: str
    rows: tuple[ChangeRow, ...]
    versions: tuple[tuple[str, int], ...]
    conflict: bool

    @property
    def can_choose(self) -> bool:
        """Whether anything may be ticked."""
        return any(not row.closed for row in self.rows)


def present_take_over(
    run: SelfCheckRun, round_: Round | None, offers: Sequence[Offer], conflicts: frozenset[str]
) -> TakeOverPage:
    """The page; questions in `conflicts` were changed by somebody else while this one was open."""
    check = check_of(run)
    questions = round_.catalogue.questions if round_ else {}
    return TakeOverPage(
        firm=run.firm.name,
        check=content_text(check.title),
        round_title=_("Round %(number)s", number=round_.assessment.number) if round_ else "",
        round_url=url_for("assessments.show", assessment_id=round_.id) if round_ else "",
        home_url=url_for("firms.show", firm_id=run.firm_id),
        back_url=url_for("selfchecks.show", run_id=run.id),
        url=url_for("selfchecks.apply", run_id=run.id),
        rows=tuple(_change_row(check, offer, questions, conflicts) for offer in offers),
        versions=tuple({o.change.item: o.version for o in offers}.items()),
        conflict=bool(conflicts),
    )


def _change_row(
    check: SelfCheck, offer: Offer, questions: Mapping[str, Question], conflicts: frozenset[str]
) -> ChangeRow:
    change = offer.change
    question, up = questions[change.item], change.direction == UP
    title = content_text(question.title)
    if change.option:
        option = content_text(next(o for o in question.options if o.id == change.option).text)
        before, after = (_("not ticked"), _("ticked")) if up else (_("ticked"), _("not ticked"))
        title = _("%(question)s: %(option)s", question=title, option=option)
    else:
        before = _("no answer") if change.before is None else answer_text(question, change.before)
        after = answer_text(question, change.after)
    closed = {
        "off": _("Your profile says that no machine is connected, so this is not asked."),
        "colleague": _("This section was given to somebody else."),
    }.get(offer.closed, "")
    return ChangeRow(
        id=change.id,
        title=title,
        before=before,
        after=after,
        because=nouns(content_text(check.question(i).title) for i in change.because),
        ticked=up and not closed,
        warning="" if up else _("This lowers an answer. Tick it only if the self-check is right."),
        closed=closed,
        again=change.item in conflicts,
    )
