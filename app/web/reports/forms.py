"""Order a report, check a code, compare a digest."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

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
            Length(max=300, message=lazy("This is longer than a code.")),
        ],
    )


def read_typed(typed: str) -> tuple[str, str]:
    """(code, host) of what was typed: a code, or the whole address that the square code of a report holds. The host is
    empty for a bare code."""
    before, mark, after = typed.partition("/verify/")
    if not mark:
        return typed, ""
    try:
        host = urlsplit(before if "://" in before else f"//{before}").netloc
    except ValueError:
        host = before[:100]
    return unquote(after.split("?")[0].split("#")[0]), host


def read_digest(typed: str) -> str | None:
    """A SHA-256 digest as programs print it, with or without blanks, a name behind it and capitals; None for others."""
    digits = "".join(typed.lower().split())[:64]
    return digits if len(digits) == 64 and set(digits) <= set("0123456789abcdef") else None
