"""Ask for a joint programme."""

from __future__ import annotations

from wtforms import BooleanField, IntegerField, RadioField, SelectChoice, SelectField
from wtforms.validators import NumberRange, Optional

from app.i18n import lazy_gettext as _
from app.services.programmes import MOST_YUAN
from app.web.forms import MultiCheckboxField, StrictForm


class ProgrammeForm(StrictForm):
    """Which firms, where to, for how much. The choices of trade, town and firms are those that show their name."""

    target = SelectField(
        _("Lift them to"),
        choices=[
            SelectChoice("0", _("each firm to its next level")),
            SelectChoice("1", _("level 1")),
            SelectChoice("2", _("level 2")),
            SelectChoice("3", _("level 3")),
            SelectChoice("4", _("level 4")),
        ],
        default="2",
    )
    budget = IntegerField(
        _("Budget of all firms together"),
        validators=[
            Optional(),
            NumberRange(1, MOST_YUAN, _("Enter the budget in yuan, up to 1,000,000,000; or leave it empty.")),
        ],
        description=_("First year, all firms together. Empty: no limit."),
        render_kw={"inputmode": "numeric", "autocomplete": "off", "min": "1", "step": "1"},
    )
    who = RadioField(
        _("Firms that count"),
        choices=[
            SelectChoice("all", _("all that agreed, those without a name as a number")),
            SelectChoice("named", _("only firms that show their name")),
        ],
        default="all",
    )
    sector = SelectField(_("Trade"), validate_choice=True)
    town = SelectField(_("Town"), validate_choice=True)
    firms = MultiCheckboxField(_("Only these firms"))
    alone = BooleanField(_("A firm may also buy alone what too few others need, at the full price"), default=True)
