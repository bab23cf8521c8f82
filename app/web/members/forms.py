"""Forms around the list of firms. What is typed is read by the rules of the list, `services.rosters`."""

from __future__ import annotations

from itertools import starmap
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from app.errors import InputError
from app.i18n import LANGUAGES
from app.i18n import gettext as translate
from app.i18n import lazy_gettext as _
from app.models.invitees import Invitee
from app.services.invitees import FIELDS
from app.services.rosters import read_value
from app.web.firms.forms import sector_choices
from app.web.forms import StrictForm, strip


class UploadForm(StrictForm):
    """A list as a file."""

    file = FileField(
        _("List of firms"),
        validators=[FileRequired(_("Please choose a file first."))],
        description=_("Excel (.xlsx) or CSV, up to 10,000 rows. First you see what will happen."),
        render_kw={"accept": ".xlsx,.csv,.txt"},
    )


class ConfirmForm(StrictForm):
    """Do what the preview showed: its digest, and the rows that mean the similar entry."""

    digest = HiddenField(validators=[InputRequired(), Length(max=64)])
    same = SelectMultipleField(validate_choice=False)


class InviteeForm(StrictForm):
    """One firm of the list."""

    name = StringField(_("Name of the firm"), validators=[InputRequired(_("Please fill this in.")), Length(max=200)])
    uscc = StringField(
        _("Unified social credit code"),
        validators=[Length(max=64)],
        filters=[strip],
        description=_("18 characters. By it a firm is known when it joins with the code."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    town = StringField(_("Town or district"), validators=[Length(max=200)])
    sector = SelectField(_("Trade"))
    employees = StringField(_("People working there"), validators=[Length(max=20)], render_kw={"inputmode": "numeric"})
    contact = StringField(_("Contact"), validators=[Length(max=200)])
    email = StringField(
        _("E-mail"),
        validators=[Length(max=254)],
        description=_("Without it the firm gets a printed letter."),
        render_kw={"autocapitalize": "none", "spellcheck": "false"},
    )
    phone = StringField(_("Telephone"), validators=[Length(max=40)], render_kw={"inputmode": "tel"})
    tags = StringField(_("Tags"), validators=[Length(max=500)], description=_("Up to ten, divided by commas."))
    tier = StringField(
        _("Supplier tier"),
        validators=[Length(max=20)],
        description=_("1 delivers to the chain leader, 2 to tier 1, up to 9."),
        render_kw={"inputmode": "numeric"},
    )
    part_group = StringField(_("Part group"), validators=[Length(max=200)])
    locale = SelectField(_("Language of letters"))

    def __init__(self, invitee: Invitee | None = None, **values: Any) -> None:
        shown = {} if invitee is None else {name: getattr(invitee, name) for name in FIELDS}
        if invitee is not None:
            shown["tags"] = "、".join(invitee.tag_list)
        super().__init__(data={**shown, **values})
        self.sector.choices = [SelectChoice("", translate("Not known")), *starmap(SelectChoice, sector_choices())]
        self.locale.choices = list(starmap(SelectChoice, LANGUAGES.items()))

    def read(self) -> dict[str, Any] | None:
        """The values as the list keeps them; None where one is wrong, which its field then says."""
        values: dict[str, Any] = {}
        for name in FIELDS:
            field = self[name]
            try:
                values[name] = read_value(name, str(field.data if field.data is not None else ""))
            except InputError as error:
                field.errors = [*field.errors, translate(error.message)]
        return None if self.errors else values
