"""Forms of the account pages. Rules about logins and passwords are in the service; here is only what is asked."""

from __future__ import annotations

from wtforms import BooleanField, PasswordField, RadioField, SelectChoice, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from app.i18n import LANGUAGES
from app.i18n import lazy_gettext as _
from app.web.forms import StrictForm, strip

_REQUIRED = InputRequired(_("Please fill this in."))
_LOGIN = _("E-mail address or mobile number")
_PASSWORD_HINT = _("At least 8 characters.")


def _login_field(hint: str = "") -> StringField:
    return StringField(
        _LOGIN,
        validators=[_REQUIRED, Length(max=254)],
        filters=[strip],
        description=hint,
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )


def _new_password(label: str) -> PasswordField:
    return PasswordField(
        label,
        validators=[_REQUIRED, Length(max=1000)],
        description=_PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"},
    )


def _repeated(name: str) -> PasswordField:
    return PasswordField(
        _("The same password again"),
        validators=[EqualTo(name, _("The two passwords differ."))],
        render_kw={"autocomplete": "new-password"},
    )


class SignInForm(StrictForm):
    """Login and password."""

    login = _login_field()
    password = PasswordField(
        _("Password"), validators=[_REQUIRED, Length(max=1000)], render_kw={"autocomplete": "current-password"}
    )


class RegisterForm(StrictForm):
    """A new account."""

    login = _login_field(_("You sign in with it, and we send you messages there."))
    name = StringField(
        _("Your name"), validators=[Length(max=200)], filters=[strip], render_kw={"autocomplete": "name"}
    )
    password = _new_password(_("Password"))
    repeated = _repeated("password")
    agreed = BooleanField(
        _("I agree that my login, my name and what my firm answers are stored here."),
        validators=[InputRequired(_("Without this we cannot keep an account for you."))],
    )


class RequestResetForm(StrictForm):
    """Which account needs a new password."""

    login = _login_field()


class ResetPasswordForm(StrictForm):
    """The new password, behind a one-time link."""

    password = _new_password(_("New password"))
    repeated = _repeated("password")


class ChangePasswordForm(StrictForm):
    """The old and the new password."""

    old = PasswordField(_("Present password"), validators=[_REQUIRED], render_kw={"autocomplete": "current-password"})
    new = _new_password(_("New password"))
    repeated = _repeated("new")


class AccountForm(StrictForm):
    """Name and language."""

    name = StringField(
        _("Your name"), validators=[Length(max=200)], filters=[strip], render_kw={"autocomplete": "name"}
    )
    locale = RadioField(
        _("Language of pages and messages"),
        choices=[SelectChoice(*pair) for pair in LANGUAGES.items()],
        validators=[_REQUIRED],
    )


class DeleteAccountForm(StrictForm):
    """Deleting the own account takes the password."""

    password = PasswordField(
        _("Present password"), validators=[_REQUIRED], render_kw={"autocomplete": "current-password"}
    )


class InvitationCodeForm(StrictForm):
    """A code that somebody read out or wrote down."""

    code = StringField(
        _("Invitation code"),
        validators=[_REQUIRED, Length(max=64)],
        filters=[strip],
        description=_("Ten letters and digits, from the colleague who invited you."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class ResetLinkForm(StrictForm):
    """Whose reset link to print."""

    login = _login_field(_("Of the person who stands before you or whom you know. Check who it is."))
