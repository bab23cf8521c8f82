"""Order a bundle."""

from __future__ import annotations

from uuid import UUID

from wtforms import BooleanField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired

from app.i18n import LANGUAGES
from app.i18n import lazy_gettext as lazy
from app.services.bundles import Contents
from app.web.forms import StrictForm
from app.web.names import language_name

CONTENTS = {
    Contents.BOTH: lazy("Reports and table"),
    Contents.REPORTS: lazy("Reports alone"),
    Contents.TABLE: lazy("Table alone (xlsx)"),
}


class BundleForm(StrictForm):
    """Firms one by one, or with `all` those that the filters of the portfolio leave, read as the portfolio reads them
    (`read_wish`)."""

    firm_id = SelectMultipleField(choices=[], coerce=UUID, validate_choice=False)
    all = BooleanField()
    q = StringField()
    stage = StringField()
    town = StringField()
    sector = StringField()
    locale = SelectField(lazy("Language of the reports"), validators=[InputRequired()])
    what = SelectField(
        lazy("What you need"),
        choices=[(kind.value, label) for kind, label in CONTENTS.items()],
        default=Contents.BOTH.value,
        validators=[InputRequired()],
    )

    def __init__(self) -> None:
        super().__init__()
        self.locale.choices = [(code, language_name(code)) for code in LANGUAGES]
