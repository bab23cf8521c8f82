"""Forms of the administration."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import AnyOf, InputRequired, Length

from app.access.roles import STAFF_ROLES, Role
from app.i18n import content_text
from app.i18n import lazy_gettext as _
from app.web.forms import StrictForm, strip
from scoring.content.serving import serve, served_sectors

_REQUIRED = InputRequired(_("Please fill this in."))


class NewUserForm(StrictForm):
    """A new account, or an existing one that gets a role."""

    login = StringField(
        _("E-mail address or mobile number"),
        validators=[_REQUIRED, Length(max=254)],
        filters=[strip],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    name = StringField(_("Name"), validators=[Length(max=200)], filters=[strip], render_kw={"autocomplete": "off"})
    role = RadioField(
        _("Role"),
        choices=[
            SelectChoice(Role.COORDINATOR.value, _("Coordinator: sees the consenting firms of a cluster")),
            SelectChoice(Role.CONSULTANT.value, _("Consultant: sees the firms that let them in")),
            SelectChoice(Role.ADMIN.value, _("Administrator: accounts, clusters, activity log")),
            SelectChoice(Role.ACCOUNT.value, _("No role: founds or joins a firm")),
        ],
        validators=[_REQUIRED],
    )


class RoleForm(StrictForm):
    """Give a staff role or take it away."""

    role = HiddenField(validators=[AnyOf([str(role) for role in STAFF_ROLES])])
    choice = HiddenField(validators=[AnyOf(["give", "take"])])


class ActiveForm(StrictForm):
    """Close an account or open it again."""

    choice = HiddenField(validators=[AnyOf(["close", "open"])])


class ClusterForm(StrictForm):
    """What a cluster says about itself."""

    name = StringField(_("Name"), validators=[_REQUIRED, Length(max=200)], filters=[strip])
    name_en = StringField(_("Name in English"), validators=[Length(max=200)], filters=[strip])
    town = StringField(_("Town or district"), validators=[Length(max=200)], filters=[strip])
    sector = SelectField(_("Trade"))

    def __init__(self, *args: object, **values: object) -> None:
        super().__init__(*args, **values)
        titles = [SelectChoice(s, content_text(serve(s).sector.title)) for s in served_sectors()]
        self.sector.choices = [SelectChoice("", _("Several trades")), *titles]


class CoordinatorForm(StrictForm):
    """Who is to coordinate a cluster."""

    coordinator = StringField(
        _("E-mail address or mobile number"),
        validators=[_REQUIRED, Length(max=254)],
        filters=[strip],
        description=_("Of an account that exists."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
