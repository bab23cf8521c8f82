"""Where a verification stands, who must act, and what comes next, in words for either side."""

from __future__ import annotations

from datetime import timedelta

from app.i18n import day, ngettext
from app.i18n import gettext as _
from app.models.verifications import Reply, Verification, VerificationState
from app.queries.verifications import count_replies
from app.services.verifications import ANSWER_DAYS, Readiness
from app.web.names import level_name
from app.web.results.reading import Reading

S = VerificationState


def head(
    reading: Reading, working: Verification | None, settled: Verification | None, state: Readiness, *, writes: bool
) -> tuple[str, str]:
    """(where it stands, who must act and what comes next)."""
    if working is None:
        return _settled(reading, settled, writes) if settled is not None else _nothing(writes)
    if writes:
        return _for_consultant(working, state)
    return _for_firm(working, settled is not None)


def _nothing(writes: bool) -> tuple[str, str]:
    if writes:
        return _("Nothing has been looked at yet."), _(
            "Begin on the visit sheet: what you note there stands here, and only you see it until you send it."
        )
    return _("Nobody has checked on site yet."), _(
        "A consultant whom you engage looks at what you claim, and notes what can be shown. "
        "You see every correction and answer it before anything is settled."
    )


def _settled(reading: Reading, row: Verification, writes: bool) -> tuple[str, str]:
    level = row.result.level if row.result is not None else 0
    answer = _("Verified on site: level %(level)s, %(name)s.", level=level, name=level_name(reading.catalogue, level))
    values = {"name": row.by_name, "day": day(row.verified_at)}
    if writes:
        return answer, _("By %(name)s on %(day)s. Should it have to change, open it again.", **values)
    return answer, _("By %(name)s on %(day)s. What you claim yourself stays beside it.", **values)


def _for_firm(row: Verification, verified: bool) -> tuple[str, str]:
    name = row.by_name or _("Your consultant")
    if row.state == S.DRAFT or row.submitted_at is None:
        sub = _("You see the findings once they are sent to you, and answer them before anything is settled.")
        if verified:
            sub = _("The verified result stands until there is a new one.") + " " + sub
        return _("%(name)s is noting what was seen on site.", name=name), sub
    if row.state == S.CHANGES_REQUESTED:
        return _("You have objected. %(name)s looks again.", name=name), _(
            "Either the findings come to you once more, or %(name)s decides; then your objection is printed with them.",
            name=name,
        )
    if row.answered_at is not None:
        return _("You have answered. %(name)s settles it next.", name=name), _("You will be told when it is done.")
    left, number = count_replies(row.findings)
    until = day(row.submitted_at + timedelta(days=ANSWER_DAYS))
    if not number:
        answer = _("Your turn: everything that was looked at agrees.")
    else:
        answer = ngettext("Your turn: one finding differs.", "Your turn: %(num)s findings differ.", number)
    return answer, _(
        "Accept each one or object with your reason, then send your answer. "
        "After %(day)s %(name)s may settle it without one.",
        day=until, name=name,
    )  # fmt: skip


def _for_consultant(row: Verification, state: Readiness) -> tuple[str, str]:
    number = len(row.findings)
    if row.state == S.DRAFT:
        return ngettext("Your draft has one finding.", "Your draft has %(num)s findings.", number), _(
            "The firm sees nothing of it. When the visit is noted, send it to the firm; it answers each correction."
        )
    if row.state == S.CHANGES_REQUESTED:
        objected = sum(f.reply == Reply.OBJECTED for f in row.findings)
        answer = ngettext("The firm objects to one finding.", "The firm objects to %(num)s findings.", objected)
        if not objected:
            answer = _("The findings have changed since the firm objected.")
        return answer, _(
            "Look again on the visit sheet and send it once more, or decide: then the objection is printed as such."
        )
    if row.answered_at is not None:
        return _("The firm has answered and accepts what you found."), _("Settle it: the result gets your name.")
    if state.ready:
        return _("The firm has not answered in %(days)s days.", days=ANSWER_DAYS), _("You can settle it without it.")
    return _("With the firm since %(day)s.", day=day(row.submitted_at)), _(
        "It has time until %(day)s; after that you can settle without its answer.", day=day(state.since)
    )
