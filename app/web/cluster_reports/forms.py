"""Forms of the cluster's report and of who runs it."""

from __future__ import annotations

import re

from wtforms import BooleanField, DateField, StringField
from wtforms.validators import AnyOf, InputRequired, Length

from app.i18n import LANGUAGES
from app.i18n import lazy_gettext as lazy
from app.web.forms import StrictForm, strip

_REQUIRED = InputRequired(lazy("Please fill this in."))


class OrderForm(StrictForm):
    """The language of the report."""

    locale = StringField(validators=[InputRequired(), AnyOf(LANGUAGES)])


def _login(label: str) -> StringField:
    return StringField(
        label,
        validators=[_REQUIRED, Length(max=254)],
        filters=[strip],
        description=lazy("Of an account that exists."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


def _towns() -> StringField:
    return StringField(
        lazy("Towns to look after"),
        validators=[Length(max=600)],
        filters=[strip],
        description=lazy("Separated by commas; empty for all."),
    )


class ColleagueForm(StrictForm):
    """Somebody who is to coordinate the cluster, too."""

    login = _login(lazy("E-mail address or mobile number"))
    towns = _towns()


class ShareForm(StrictForm):
    """What somebody looks after."""

    towns = _towns()


class DeputyForm(StrictForm):
    """Who stands in, from when to when."""

    deputy = _login(lazy("E-mail address or mobile number"))
    from_on = DateField(lazy("First day"), validators=[InputRequired(lazy("Enter a date."))])
    until_on = DateField(lazy("Last day"), validators=[InputRequired(lazy("Enter a date."))])


class HandOverForm(StrictForm):
    """Who takes over."""

    successor = _login(lazy("E-mail address or mobile number"))
    sure = BooleanField(
        lazy("I know that I will see nothing of this cluster from then on."),
        validators=[InputRequired(lazy("Please tick this."))],
    )


def split_towns(text: str | None) -> list[str]:
    """The towns of a line, separated by any comma or semicolon."""
    return [town.strip() for town in re.split(r"[,;，、；]", text or "") if town.strip()]
