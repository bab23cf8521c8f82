"""Agreeing on actions, and saying how far they are."""

from __future__ import annotations

from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from app.i18n import lazy_gettext as lazy
from app.models.actions import ActionState
from app.services.actions import LONGEST
from app.services.texts import MAX_NAME
from app.web.forms import StrictForm


class ActionForm(StrictForm):
    """One agreed action. `solution` is chosen from those of the round's catalogue."""

    text = TextAreaField(
        lazy("What is to be done"),
        validators=[InputRequired(lazy("Say what is to be done.")), Length(max=LONGEST * 4)],
    )
    owner = StringField(lazy("Who sees to it"), validators=[Length(max=MAX_NAME * 4)])
    due_on = DateField(lazy("By which day"), validators=[Optional()])
    solution = StringField(lazy("Solution of the catalogue"), validators=[Length(max=64)])


class StateForm(StrictForm):
    """How far an action is, and since when."""

    state = SelectField(
        choices=[(state.value, state.value) for state in ActionState],
        validators=[InputRequired(lazy("Please choose."))],
    )
    since = DateField(validators=[Optional()])


class MoveForm(StrictForm):
    """Up or down."""

    to = StringField(validators=[InputRequired(), AnyOf(("up", "down"))])


class RemindersForm(StrictForm):
    """On or off."""

    wanted = StringField(validators=[InputRequired(), AnyOf(("on", "off"))])
