"""Forms around engagements: whom, what for, until when, which day."""

from __future__ import annotations

from wtforms import DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import UUID, InputRequired, Length, Optional

from app.i18n import lazy_gettext as _
from app.web.forms import StrictForm, strip

_REQUIRED = InputRequired(_("Please fill this in."))
_PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class DaysForm(StrictForm):
    """How long the consultant sees the firm, and when he comes."""

    until_on = DateField(
        _("Until"),
        validators=[Optional()],
        description=_("After this day the consultant sees nothing more. Left empty: half a year."),
    )
    visit_on = DateField(
        _("Day of the visit"), validators=[Optional()], description=_("If you know it. It can be changed.")
    )


class EngageForm(DaysForm):
    """The consultant to let in."""

    login = StringField(
        _("Their e-mail address or mobile number"),
        validators=[_REQUIRED, Length(max=254)],
        filters=[strip],
        description=_("The one with which your consultant signs in here."),
        render_kw=_PLAIN,
    )


class DeclineForm(StrictForm):
    """A word with a no."""

    word = TextAreaField(
        _("A word to them, if you like"),
        validators=[Length(max=500)],
        description=_("Only with a word they are told that you declined. Without one they hear nothing."),
        render_kw={"rows": 3},
    )


class VisitForm(StrictForm):
    """The day of the visit, empty for none."""

    visit_on = DateField(_("Day of the visit"), validators=[Optional()], description=_("The firm is told."))


class AskForm(StrictForm):
    """A consultant asks a firm."""

    firm = StringField(
        _("Firm number, or login of its owner"),
        validators=[_REQUIRED, Length(max=254)],
        filters=[strip],
        description=_("The unified social credit code, or the e-mail address or mobile number of the owner."),
        render_kw=_PLAIN,
    )
    purpose = TextAreaField(
        _("What for"),
        validators=[_REQUIRED, Length(max=500)],
        filters=[strip],
        description=_("One or two sentences. The firm reads them when it decides."),
        render_kw={"rows": 3},
    )
    visit_on = DateField(_("Day you would like to come"), validators=[Optional()])


class AskForForm(AskForm):
    """A coordinator asks a firm to let a consultant in. `firm` stays empty for one on the list."""

    consultant = StringField(
        _("E-mail address or mobile number of the consultant"),
        validators=[_REQUIRED, Length(max=254)],
        filters=[strip],
        description=_("The one with which the consultant signs in here."),
        render_kw=_PLAIN,
    )
    invitee = HiddenField(validators=[Optional(), UUID()])
