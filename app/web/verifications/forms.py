"""The steps of a verification. `seen` is the mark of the findings that the page showed."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, StringField, TextAreaField

from app.models.verifications import Reply
from app.web.forms import StrictForm


class StepForm(StrictForm):
    """A button of one side."""

    seen = HiddenField()


class ReplyForm(StepForm):
    """What the firm says to one finding; the service judges it."""

    reply = StringField()
    text = TextAreaField()

    @property
    def said(self) -> Reply:
        """The choice; NONE for none and for anything else."""
        return Reply(self.reply.data) if self.reply.data in (Reply.ACCEPTED, Reply.OBJECTED) else Reply.NONE


class AnswerForm(StepForm):
    """The firm's answer to the whole."""

    answer = TextAreaField()
    accept_rest = BooleanField()


class VerifyForm(StepForm):
    """The consultant settles it; `settle` where objections stay."""

    settle = BooleanField()
