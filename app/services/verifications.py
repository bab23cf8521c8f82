"""Verify a submitted round on site: begin, show the firm, hear its answer, settle, open again.

Each step names the states it may be taken from; whoever comes too late is told what has happened instead. A click that
arrives twice does no more than one. `seen` is the mark of the findings that the page showed (`mark_of`): where they are
others by now, nothing is sent, answered or settled unseen. What is settled is what the firm has seen: whatever the
consultant changes, adds or deletes after its answer goes to it once more (`readiness`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from app.access.scope import current_scope
from app.errors import N_, ConflictError, ForbiddenError, InputError, NotFoundError
from app.extensions import db
from app.i18n import gettext as _
from app.i18n import in_language
from app.models.base import now
from app.models.firms import MembershipRole
from app.models.messages import Channel
from app.models.results import Basis, Result
from app.models.users import User
from app.models.verifications import Finding, Reply, Verdict, Verification, VerificationState
from app.queries.answers import answers_document, list_answers
from app.queries.assessments import lock_assessment
from app.queries.engagements import list_engagements
from app.queries.firms import find_membership, list_memberships
from app.queries.results import get_published_result
from app.queries.verifications import OPEN, find_open_verification, findings_of, mark_of
from app.services import audit
from app.services.answers import writer_name
from app.services.jobs import request_job
from app.services.links import absolute_url
from app.services.messages import send_message
from app.services.results import comparable, evidence_share
from app.services.texts import clean_text
from scoring.content.loader import load_catalogue
from scoring.result import assess
from scoring.verification import verified_document

S = VerificationState
ANSWER_DAYS = 10
"""So many days the firm has to answer; after that the consultant may settle without it."""
CALIBRATE = "calibrations.compute"


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a verification can be settled now. `reason` says why not; `objections` stay and are printed as such;
    `since` is the day from which it goes without the firm's answer."""

    ready: bool
    reason: str = ""
    objections: int = 0
    since: datetime | None = None


def begin(assessment_id: UUID) -> Verification:
    """The open verification of a submitted round; a new, empty one where there was none.

    Raises NotFoundError outside the reach, ForbiddenError for people of the firm itself, ConflictError while the round
    is a draft, and once it is verified: then it is opened again (`reopen`) on purpose.
    """
    assessment = lock_assessment(assessment_id)
    if assessment is None or assessment.firm_id not in current_scope().firm_ids:
        raise NotFoundError
    _require_outsider(assessment.firm_id)
    if assessment.is_draft:
        raise ConflictError(N_("This round is not submitted yet. There is nothing to verify."))
    found = find_open_verification(assessment_id)
    if found is not None:
        return found
    if _find_settled(assessment_id) is not None:
        raise ConflictError(N_("This round is verified. Open the verification again before you change a finding."))
    return _new(assessment.firm_id, assessment_id, "begin")


def submit(verification_id: UUID, seen: str | None = None) -> Verification:
    """Show the findings to the firm and ask for its answer. Raises InputError without a finding, ConflictError."""
    row = _lock(verification_id, own=True)
    if row.state == S.SUBMITTED:
        return row
    _require(row, S.DRAFT, S.CHANGES_REQUESTED)
    _require_same(row, seen)
    if not row.findings:
        raise InputError(N_("There is no finding yet. Note on the visit sheet what you have seen."))
    row.state, row.submitted_at, row.answered_at = S.SUBMITTED.value, now(), None
    audit.record("verification:submit", row.id, firm_id=row.firm_id, findings=len(row.findings))
    _tell_owners(row, _SENT)
    return row


def take_back(verification_id: UUID) -> Verification:
    """Go on with the findings before the firm has answered. Raises ConflictError once it has."""
    row = _lock(verification_id, own=True)
    if row.state == S.DRAFT:
        return row
    _require(row, S.SUBMITTED)
    if row.answered_at is not None:
        raise ConflictError(N_("The firm has answered in the meantime. Read its answer first."))
    row.state, row.submitted_at = S.DRAFT.value, None
    audit.record("verification:take_back", row.id, firm_id=row.firm_id)
    return row


def reply(verification_id: UUID, item_id: str, said: Reply, text: str, seen: str | None = None) -> Finding:
    """The firm accepts one finding, or objects with a reason. Raises InputError, ConflictError, NotFoundError."""
    row = _lock(verification_id)
    _require_unanswered(row)
    _require_same(row, seen)
    finding = next((f for f in row.findings if f.item_id == item_id), None)
    if finding is None:
        raise NotFoundError
    text = clean_text(text, "text")
    if said is Reply.NONE:
        raise InputError(N_("Choose whether you accept this or object."), field="reply")
    if said is Reply.OBJECTED and not text:
        raise InputError(N_("Say why you object, so that the consultant knows what to look at again."), field="text")
    finding.reply, finding.reply_text = said.value, text
    finding.replied_by, finding.replied_at = current_scope().user_id, now()
    audit.record("verification:reply", row.id, firm_id=row.firm_id, item=item_id, reply=said.value)
    return finding


def send_answer(
    verification_id: UUID, text: str = "", *, accept_rest: bool = False, seen: str | None = None
) -> Verification:
    """The firm's answer to the whole. With an objection the consultant looks again, else he can settle.

    Every correction needs a reply; `accept_rest` accepts those that have none. Raises InputError, ConflictError.
    """
    row = _lock(verification_id)
    _require_unanswered(row)
    _require_same(row, seen)
    answer = clean_text(text, "answer")
    left = [f for f in row.findings if f.verdict != Verdict.AGREED and f.reply == Reply.NONE]
    if left and not accept_rest:
        raise InputError(N_("Some findings have no reply yet. Reply to each, or accept the rest."), field="accept_rest")
    at = now()
    for finding in left:
        finding.reply, finding.replied_by, finding.replied_at = Reply.ACCEPTED.value, current_scope().user_id, at
    objected = sum(f.reply == Reply.OBJECTED for f in row.findings)
    row.answer, row.answered_at, row.answered_mark = answer, at, mark_of(row)
    row.state = (S.CHANGES_REQUESTED if objected else S.SUBMITTED).value
    audit.record("verification:answer", row.id, firm_id=row.firm_id, objected=objected, accepted_rest=len(left))
    _tell_consultant(row)
    return row


def readiness(row: Verification) -> Readiness:
    """Whether this verification can be settled now, as `verify` judges it."""
    objections = sum(f.reply == Reply.OBJECTED for f in row.findings)
    if row.state not in OPEN:
        return Readiness(False)
    if not row.findings:
        return Readiness(False, N_("There is no finding yet. Note on the visit sheet what you have seen."))
    if row.state == S.DRAFT or row.submitted_at is None:
        return Readiness(False, N_("The firm has not seen the findings yet. Send them to it first."))
    if row.state == S.CHANGES_REQUESTED:
        if row.answered_mark != mark_of(row):
            return Readiness(
                False,
                N_("You have changed or deleted something since the firm answered. Send it all to the firm again."),
            )
        return Readiness(True, objections=objections)
    since = row.submitted_at + timedelta(days=ANSWER_DAYS)
    if row.answered_at is None and now() < since:
        return Readiness(False, N_("The firm has not answered yet."), since=since)
    return Readiness(True, objections=objections)


def verify(verification_id: UUID, *, settle: bool = False, seen: str | None = None) -> Verification:
    """Settle it: the result on what was found is stored, once, under the name of the present consultant.

    Where the firm keeps objecting, `settle` says that the consultant decides; the objections stay with the findings.
    Raises ConflictError where it is not ready, InputError where objections stay and `settle` was not said.
    """
    row = _lock(verification_id, own=True)
    if row.state == S.VERIFIED:
        return row
    _require(row, S.SUBMITTED, S.CHANGES_REQUESTED, S.DRAFT)
    _require_same(row, seen)
    state = readiness(row)
    if not state.ready:
        raise ConflictError(state.reason)
    if state.objections and not settle:
        raise InputError(
            N_("The firm objects. Confirm that you decide, and that its objection is printed."), field="settle"
        )
    at = now()
    result = store_result(row)
    settled = _find_settled(row.assessment_id)
    if settled is not None:
        settled.state, settled.closed_at = S.CLOSED.value, at
    row.state, row.verified_at, row.result = S.VERIFIED.value, at, result
    row.user_id, row.by_name = current_scope().user_id, writer_name()
    audit.record(
        "verification:verify", row.id, firm_id=row.firm_id, result=str(result.id), level=result.level,
        objections=state.objections, answered=row.answered_at is not None,
    )  # fmt: skip
    _tell_owners(row, _SETTLED)
    request_job(CALIBRATE, result.sector)
    return row


def reopen(verification_id: UUID) -> Verification:
    """Look again at a verified round: a new number that starts from the findings of this one, whose result stays.

    Returns the open one where somebody has opened it already. Raises ConflictError where it is not verified.
    """
    row = _lock(verification_id, own=True)
    found = find_open_verification(row.assessment_id)
    if found is not None:
        return found
    _require(row, S.VERIFIED)
    fresh = _new(row.firm_id, row.assessment_id, "reopen")
    copied = ("item_id", "claimed", "verdict", "value", "note", "updated_by", "updated_by_label")
    for finding in row.findings:
        values = {name: getattr(finding, name) for name in copied}
        fresh.findings.append(Finding(firm_id=row.firm_id, **values))
    return fresh


def give_up(verification_id: UUID) -> Verification:
    """End an open verification without a result. Raises ConflictError where it is not open any more."""
    row = _lock(verification_id, own=True)
    if row.state == S.CLOSED and row.verified_at is None:
        return row
    _require(row, *OPEN)
    known = row.state != S.DRAFT
    row.state, row.closed_at = S.CLOSED.value, now()
    audit.record("verification:give_up", row.id, firm_id=row.firm_id)
    if known:
        _tell_owners(row, _GIVEN_UP)
    return row


def _new(firm_id: UUID, assessment_id: UUID, step: str) -> Verification:
    last = db.session.scalar(select(func.max(Verification.number)).where(Verification.assessment_id == assessment_id))
    row = Verification(
        firm_id=firm_id,
        assessment_id=assessment_id,
        number=(last or 0) + 1,
        user_id=current_scope().user_id,
        by_name=writer_name(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(f"verification:{step}", row.id, firm_id=row.firm_id)
    return row


def _lock(verification_id: UUID, *, own: bool = False) -> Verification:
    """The verification as it is now; who else wants to change its round or its findings waits. `own`: a step of the
    consultant, which nobody takes for his own firm."""
    assessment_id = db.session.scalar(select(Verification.assessment_id).where(Verification.id == verification_id))
    assessment = None if assessment_id is None else lock_assessment(assessment_id)
    if assessment is None or assessment.firm_id not in current_scope().firm_ids:
        raise NotFoundError
    if own:
        _require_outsider(assessment.firm_id)
    row = db.session.scalar(
        select(Verification)
        .where(Verification.id == verification_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFoundError
    db.session.refresh(row, ["findings"])
    return row


def _require_outsider(firm_id: UUID) -> None:
    user_id = current_scope().user_id
    if user_id is not None and find_membership(firm_id, user_id) is not None:
        raise ForbiddenError(N_("You belong to this firm. Somebody from outside has to verify it."))


def _require(row: Verification, *states: VerificationState) -> None:
    if row.state not in states:
        raise ConflictError(_LATE[S(row.state)])


def _require_unanswered(row: Verification) -> None:
    if row.state == S.CHANGES_REQUESTED or (row.state == S.SUBMITTED and row.answered_at is not None):
        raise ConflictError(N_("Your firm has already answered. The consultant has the next word."))
    _require(row, S.SUBMITTED)


def _require_same(row: Verification, seen: str | None) -> None:
    if seen is not None and seen != mark_of(row):
        raise ConflictError(N_("The findings have changed since you opened this page. Read them again first."))


_LATE = {
    S.DRAFT: N_(
        "The consultant has taken the findings back to change them. You will be told when they are sent again."
    ),
    S.SUBMITTED: N_("The findings are with the firm now."),
    S.CHANGES_REQUESTED: N_("The firm has objected. Read its answer first."),
    S.VERIFIED: N_("This verification is settled already."),
    S.CLOSED: N_("This verification is closed. Nothing in it can be changed any more."),
}


def _find_settled(assessment_id: UUID) -> Verification | None:
    return db.session.scalar(
        select(Verification).where(Verification.assessment_id == assessment_id, Verification.state == S.VERIFIED)
    )


def store_result(row: Verification) -> Result:
    """The result with the verified values: beside the published one, in no comparison and no benchmark."""
    published = get_published_result(row.assessment_id)
    assessment = published.assessment
    catalogue = load_catalogue(assessment.sector, published.payload["content"])
    document = verified_document(answers_document(assessment, list_answers(assessment.id)), findings_of(row))
    payload = assess(document, catalogue)
    shown, overall = payload["official"]["evidenced"], payload["index"]["overall"]
    columns = comparable(payload, catalogue, assessment, published.town) | {"current": False}
    result = Result(
        firm_id=row.firm_id,
        assessment_id=row.assessment_id,
        engine=payload["engine"],
        basis=Basis.VERIFIED.value,
        versions=dict(payload["content"]),
        level=shown["level"],
        score=Decimal(shown["score"]),
        index_overall=None if overall is None else Decimal(str(overall)),
        payload=payload,
        evidence=evidence_share(document),
        **columns,
    )
    db.session.add(result)
    return result


_SENT, _SETTLED, _GIVEN_UP = "verification_sent", "verification_settled", "verification_given_up"


def _tell_owners(row: Verification, kind: str) -> None:
    owners = [m.user for m in list_memberships(row.firm_id) if m.role == MembershipRole.OWNER]
    for user in owners:
        with in_language(user.locale):
            values = {"firm": row.assessment.firm.name, "link": _link(row), "name": row.by_name or _("Your consultant")}
            subject, body = {
                _SENT: (
                    _("What was found on site: please answer"),
                    _(
                        "%(name)s has noted what was seen at %(firm)s. Please answer within %(days)s days: %(link)s",
                        days=ANSWER_DAYS,
                        **values,
                    ),
                ),
                _SETTLED: (
                    _("Your result is verified"),
                    _("%(name)s has verified the result of %(firm)s: %(link)s", **values),
                ),
                _GIVEN_UP: (
                    _("The verification was ended"),
                    _("%(name)s has ended the verification of %(firm)s without a result: %(link)s", **values),
                ),
            }[kind]
        _send(user, kind, subject, body)


def _tell_consultant(row: Verification) -> None:
    """To whoever noted the findings while he still works for the firm; else to those who do now."""
    working = [e.user for e in list_engagements(row.firm_id)]
    for user in [u for u in working if u.id == row.user_id] or working:
        with in_language(user.locale):
            values = {"firm": row.assessment.firm.name, "link": _link(row)}
            subject = _("%(firm)s has answered your findings", firm=values["firm"])[:200]
            body = (
                _("%(firm)s objects to some findings. Look at them again: %(link)s", **values)
                if row.state == S.CHANGES_REQUESTED
                else _("%(firm)s accepts what you found. You can settle the verification: %(link)s", **values)
            )
        _send(user, "verification_answered", subject, body)


def _send(user: User, kind: str, subject: str, body: str) -> None:
    channel = Channel.MAIL if user.email else Channel.SMS
    send_message(channel, user.login, kind=kind, subject=subject, body=body, user_id=user.id)


def _link(row: Verification) -> str:
    return absolute_url("verifications.show", assessment_id=row.assessment_id)
