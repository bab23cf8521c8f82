"""Forms around clusters: a code, and how much the coordinators may see."""

from __future__ import annotations

from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length

from app.i18n import lazy_gettext as _
from app.web.forms import StrictForm, strip


class CodeForm(StrictForm):
    """The code from a letter."""

    code = StringField(
        _("Code of the cluster"),
        validators=[InputRequired(_("Please fill this in.")), Length(max=32)],
        filters=[strip],
        description=_("Eight letters and digits, in the letter of your association, town office or chain leader."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class JoinForm(StrictForm):
    """Join, by name or only as a number. There is no default: the firm decides."""

    named = RadioField(
        _("What may its coordinators see?"),
        choices=[
            SelectChoice(
                "yes",
                _(
                    "Our name, trade, town, size, how far we are, level, score, dimensions, share of evidence "
                    "and date. No single answer."
                ),
            ),
            SelectChoice(
                "no",
                _("Not our result. Only that one more firm has joined, or that we have, if they invited us by name."),
            ),
        ],
        validators=[InputRequired(_("Please choose one of the two."))],
    )
