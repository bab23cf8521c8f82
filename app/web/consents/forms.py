"""The form of the consent page: yes or no."""

from __future__ import annotations

from wtforms import HiddenField
from wtforms.validators import AnyOf

from app.web.forms import StrictForm


class ChoiceForm(StrictForm):
    """Give a consent, or withdraw it: the value of the button."""

    choice = HiddenField(validators=[AnyOf(["give", "withdraw"])])
