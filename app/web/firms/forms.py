"""Forms of the firm pages. Rules about names and numbers are in the service; here is only what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import starmap

from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.i18n import content_text
from app.i18n import lazy_gettext as _
from app.models.firms import MembershipRole
from app.web.forms import MultiCheckboxField, StrictForm, strip
from scoring.content.serving import serve, served_sectors

_REQUIRED = InputRequired(_("Please fill this in."))


class FirmForm(StrictForm):
    """What a firm says about itself."""

    name = StringField(
        _("Name of the firm"),
        validators=[_REQUIRED, Length(max=200)],
        filters=[strip],
        render_kw={"autocomplete": "organization"},
    )
    sector = SelectField(
        _("Trade"),
        validators=[_REQUIRED],
        description=_("It decides which questions you are asked."),
    )
    town = StringField(
        _("Town or district"),
        validators=[Length(max=200)],
        filters=[strip],
        render_kw={"autocomplete": "address-level2"},
    )
    employees = IntegerField(
        _("People working there"),
        validators=[Optional(), NumberRange(0, 1_000_000, _("Please enter a whole number."))],
        render_kw={"inputmode": "numeric"},
    )
    uscc = StringField(
        _("Unified social credit code"),
        validators=[Length(max=64)],
        filters=[strip],
        description=_("18 characters, on the business licence. You can leave it out; banks and offices ask for it."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )

    def __init__(self, *args: object, **values: object) -> None:
        super().__init__(*args, **values)
        self.sector.choices = [SelectChoice("", _("Choose …")), *starmap(SelectChoice, sector_choices())]


class NewFirmForm(FirmForm):
    """A new firm, with the consents that go with it."""

    agreed = BooleanField(
        _("I agree that what the firm enters here is stored, until I delete it. Only the people I name see it."),
        validators=[InputRequired(_("Without storing your answers there is no result."))],
    )
    statistics = BooleanField(
        _(
            "Our result may count, without our name, in averages of at least five firms. "
            "(You can change this at any time.)"
        )
    )
    cluster = HiddenField(validators=[Length(max=32)])


class InvitationForm(StrictForm):
    """Whom to invite, and for what."""

    name = StringField(
        _("Who is it for?"),
        validators=[Length(max=200)],
        filters=[strip],
        description=_("So that you recognise the invitation in the list."),
    )
    role = RadioField(
        _("May do"),
        choices=[
            SelectChoice(MembershipRole.MEMBER.value, _("Fill in and read")),
            SelectChoice(MembershipRole.OWNER.value, _("Everything, also submit, invite and delete")),
        ],
        default=MembershipRole.MEMBER.value,
        validators=[_REQUIRED],
    )
    sections = MultiCheckboxField(
        _("Fills in only these sections"), description=_("Tick none for all. The others can still be read.")
    )

    def __init__(self, offered: Sequence[tuple[str, str]], *args: object, **values: object) -> None:
        super().__init__(*args, **values)
        self.sections.choices = list(starmap(SelectChoice, offered))


class MemberForm(StrictForm):
    """What a member may do."""

    role = InvitationForm.role
    sections = InvitationForm.sections

    def __init__(self, known: Sequence[tuple[str, str]], *args: object, **values: object) -> None:
        super().__init__(*args, **values)
        self.sections.choices = list(starmap(SelectChoice, known))


class DeleteFirmForm(StrictForm):
    """Deleting takes the name, typed."""

    name = StringField(
        _("Type the name of the firm to confirm"),
        validators=[_REQUIRED, Length(max=200)],
        filters=[strip],
        render_kw={"autocomplete": "off"},
    )


def sector_choices() -> list[tuple[str, str]]:
    """The trades that have content, in the reader's language."""
    return [(sector, content_text(serve(sector).sector.title)) for sector in served_sectors()]
