"""Order a report, check a code."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from app.i18n import LANGUAGES
from app.i18n import lazy_gettext as lazy
from app.models.results import Basis
from app.web.forms import StrictForm, strip


class OrderForm(StrictForm):
    """The language of the report, and what it rests on; the newest verified result where there is one, if not said."""

    locale = StringField(validators=[InputRequired(), AnyOf(LANGUAGES)])
    basis = StringField(validators=[Optional(), AnyOf([basis.value for basis in Basis])])


class CodeForm(StrictForm):
    """The code that stands on a report. Sent by GET: a check changes nothing and can be linked."""

    class Meta:
        """No token: nothing is changed."""

        csrf = False

    code = StringField(
        lazy("Check code"),
        description=lazy("It stands on the cover of the report, for example 7KD2-HM4P-9QXT."),
        filters=[strip],
        validators=[
            InputRequired(lazy("Enter the code of the report.")),
            Length(max=40, message=lazy("This is longer than a code.")),
        ],
    )
