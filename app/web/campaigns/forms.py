"""Forms of a round: its days and words, what to send, whom to print for."""

from __future__ import annotations

from wtforms import DateField, HiddenField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length

from app.i18n import lazy_gettext as _
from app.services.campaigns import LetterChoice, MailKind
from app.web.forms import StrictForm, strip

_REQUIRED = InputRequired(_("Please fill this in."))


class CampaignForm(StrictForm):
    """What a coordinator says of a round."""

    title = StringField(
        _("Name of the round"),
        validators=[_REQUIRED, Length(max=200)],
        filters=[strip],
        description=_("As it stands in letters and mails, for example “Autumn 2026”."),
    )
    opens_on = DateField(_("First day"), validators=[InputRequired(_("Please choose a day."))])
    closes_on = DateField(
        _("Last day"),
        validators=[InputRequired(_("Please choose a day."))],
        description=_("What is submitted on this day still counts."),
    )
    text_zh = TextAreaField(
        _("Text in Chinese"),
        validators=[Length(max=4000)],
        description=_("Stands in letters and mails. Left empty, our own words stand there."),
        render_kw={"rows": 5},
    )
    text_en = TextAreaField(_("Text in English"), validators=[Length(max=4000)], render_kw={"rows": 5})


class MailForm(StrictForm):
    """Send invitations or reminders."""

    mail = HiddenField(validators=[AnyOf([str(kind) for kind in MailKind])])


class LettersForm(StrictForm):
    """Whom letters are printed for."""

    choice = RadioField(
        _("Letters for"),
        choices=[
            SelectChoice(LetterChoice.NO_MAIL.value, _("firms that mail does not reach and that have not joined")),
            SelectChoice(LetterChoice.NOT_JOINED.value, _("all that have not joined")),
            SelectChoice(LetterChoice.ALL.value, _("the whole list")),
        ],
        default=LetterChoice.NO_MAIL.value,
        validators=[_REQUIRED],
    )
