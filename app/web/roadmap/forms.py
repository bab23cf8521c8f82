"""Making a route the plan, and saying how far a step is."""

from __future__ import annotations

from wtforms import DateField, HiddenField, SelectField
from wtforms.validators import InputRequired, Length, Optional

from app.i18n import lazy_gettext as _
from app.models.roadmaps import StepState
from app.web.forms import StrictForm

LONGEST_QUERY = 4_000


class AdoptForm(StrictForm):
    """`wish` is the wish as the page's address has it."""

    wish = HiddenField(validators=[Length(max=LONGEST_QUERY)])


class MarkForm(StrictForm):
    """How far a step is, and since when."""

    state = SelectField(
        choices=[(state.value, state.value) for state in StepState],
        validators=[InputRequired(_("Please choose."))],
    )
    since = DateField(validators=[Optional()])
