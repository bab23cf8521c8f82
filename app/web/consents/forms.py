"""Forms of the consent page: yes or no, and whom to let in."""

from __future__ import annotations

from wtforms import HiddenField, StringField
from wtforms.validators import AnyOf, InputRequired, Length

from app.i18n import lazy_gettext as _
from app.web.forms import StrictForm, strip


class ChoiceForm(StrictForm):
    """Give a consent, or withdraw it: the value of the button."""

    choice = HiddenField(validators=[AnyOf(["give", "withdraw"])])


class EngageForm(StrictForm):
    """The consultant to let in."""

    login = StringField(
        _("Their e-mail address or mobile number"),
        validators=[InputRequired(_("Please fill this in.")), Length(max=254)],
        filters=[strip],
        description=_("The one with which your consultant signs in here."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class EmptyForm(StrictForm):
    """A button with its CSRF token."""
