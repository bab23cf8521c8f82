"""The verification of a round: one page for both sides, and the steps that each may take."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import access
from app.access.policy import Permission as P
from app.errors import ConflictError, InputError
from app.extensions import limiter
from app.i18n import gettext as _
from app.models.verifications import Verification
from app.queries.answers import list_answers
from app.queries.results import get_published_result
from app.queries.verifications import get_verification, list_round_files, list_verifications
from app.services import verifications
from app.web.results.reading import read_result
from app.web.verifications.forms import AnswerForm, ReplyForm, StepForm, VerifyForm
from app.web.verifications.presenters import Entered, present_verification

blueprint = Blueprint("verifications", __name__)

OFTEN = "120/minute;2000/hour"


@blueprint.get("/assessments/<uuid:assessment_id>/verification")
@access(P.VERIFICATION_READ)
def show(assessment_id: UUID) -> ResponseReturnValue:
    """How far it is, the three results, every finding with the firm's reply, and what was verified before."""
    return _page(assessment_id, Entered())


@blueprint.post("/verifications/<uuid:verification_id>/submit")
@limiter.limit(OFTEN)
@access(P.VERIFICATION_WRITE)
def submit(verification_id: UUID) -> ResponseReturnValue:
    """Send the findings to the firm."""
    form = StepForm()
    return _step(
        verification_id,
        lambda: verifications.submit(verification_id, form.seen.data),
        _("Sent. The firm has been told; you will be told when it answers."),
    )


@blueprint.post("/verifications/<uuid:verification_id>/take-back")
@limiter.limit(OFTEN)
@access(P.VERIFICATION_WRITE)
def take_back(verification_id: UUID) -> ResponseReturnValue:
    """Go on with the findings before the firm has answered."""
    StepForm()
    return _step(
        verification_id,
        lambda: verifications.take_back(verification_id),
        _("Taken back. The firm does not see the findings any more."),
    )


@blueprint.post("/verifications/<uuid:verification_id>/verify")
@limiter.limit(OFTEN)
@access(P.VERIFICATION_WRITE)
def verify(verification_id: UUID) -> ResponseReturnValue:
    """Settle it and store the verified result."""
    form = VerifyForm()
    return _step(
        verification_id,
        lambda: verifications.verify(verification_id, settle=form.settle.data, seen=form.seen.data),
        _("Verified. The result stands beside the claim from now on."),
    )


@blueprint.post("/verifications/<uuid:verification_id>/reopen")
@limiter.limit(OFTEN)
@access(P.VERIFICATION_WRITE)
def reopen(verification_id: UUID) -> ResponseReturnValue:
    """Look again at a verified round."""
    StepForm()
    return _step(
        verification_id,
        lambda: verifications.reopen(verification_id),
        _("Opened again, with the findings as they were. The verified result stands until there is a new one."),
    )


@blueprint.post("/verifications/<uuid:verification_id>/give-up")
@limiter.limit(OFTEN)
@access(P.VERIFICATION_WRITE)
def give_up(verification_id: UUID) -> ResponseReturnValue:
    """End it without a result."""
    StepForm()
    return _step(verification_id, lambda: verifications.give_up(verification_id), _("Ended without a result."))


@blueprint.post("/verifications/<uuid:verification_id>/findings/<item_id>/reply")
@limiter.limit(OFTEN)
@access(P.VERIFICATION_REPLY)
def reply(verification_id: UUID, item_id: str) -> ResponseReturnValue:
    """The firm's reply to one finding; its text is kept where it was refused."""
    form = ReplyForm()
    text = form.text.data or ""
    return _step(
        verification_id,
        lambda: verifications.reply(verification_id, item_id, form.said, text, form.seen.data),
        _("Saved. The consultant reads it when you send your answer."),
        Entered(item=item_id, reply=form.said.value, text=text),
        f"finding-{item_id}",
    )


@blueprint.post("/verifications/<uuid:verification_id>/answer")
@limiter.limit(OFTEN)
@access(P.VERIFICATION_REPLY)
def answer(verification_id: UUID) -> ResponseReturnValue:
    """Send the firm's answer."""
    form = AnswerForm()
    text, rest = form.answer.data or "", form.accept_rest.data
    return _step(
        verification_id,
        lambda: verifications.send_answer(verification_id, text, accept_rest=rest, seen=form.seen.data),
        _("Your answer is sent. The consultant has been told."),
        Entered(answer=text, accept_rest=rest),
    )


def _step(
    verification_id: UUID,
    act: Callable[[], object],
    done: str,
    entered: Entered | None = None,
    place: str | None = None,
) -> ResponseReturnValue:
    """Take a step and go back to the page; what was refused is shown there with all that was entered."""
    assessment_id = get_verification(verification_id).assessment_id
    try:
        act()
    except InputError as error:
        shown = (entered or Entered()).refused(_(error.message), str(error.details.get("field", "")))
        return _page(assessment_id, shown), 422
    except ConflictError as error:
        return _page(assessment_id, (entered or Entered()).refused(_(error.message))), 409
    flash(done, "ok")
    return redirect(url_for(".show", assessment_id=assessment_id, _anchor=place), 303)


def _page(assessment_id: UUID, entered: Entered) -> str:
    reading = read_result(get_published_result(assessment_id), list_answers(assessment_id))
    rows: list[Verification] = list(list_verifications(assessment_id))
    files = list_round_files(assessment_id) if rows else ()
    return render_template("verifications/show.html", page=present_verification(reading, rows, files, entered))
