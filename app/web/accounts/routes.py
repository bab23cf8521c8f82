"""Account pages: register, sign in and out, reset, invitation, own account, printed reset links."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security.utils import login_user, logout_user

from app.access.guard import access
from app.access.policy import Permission as P
from app.errors import ForbiddenError, InputError, SignInRequired
from app.extensions import db, limiter
from app.i18n import LANGUAGES, language_code
from app.i18n import gettext as _
from app.models.users import User
from app.services import firms, users
from app.web.accounts.forms import (
    AccountForm,
    ChangePasswordForm,
    DeleteAccountForm,
    InvitationCodeForm,
    RegisterForm,
    RequestResetForm,
    ResetLinkForm,
    ResetPasswordForm,
    SignInForm,
)
from app.web.accounts.presenters import present_invitation, present_printed_link
from app.web.errors import local_path
from app.web.forms import EmptyForm

blueprint = Blueprint("accounts", __name__)


def _login_key() -> str:
    return "login:" + request.form.get("login", "").strip().casefold()[:254]


def _target() -> str:
    """Where to go after signing in: `next` if it is a local path, else the start page."""
    return local_path(request.args.get("next")) or url_for("home.index")


def _start_session(user: User) -> None:
    login_user(user, remember=False)
    session.permanent = True
    if session.get("language") not in LANGUAGES:
        session["language"] = user.locale


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit("20/minute;100/hour", methods=["POST"])
@limiter.limit("10/minute;60/hour", key_func=_login_key, methods=["POST"])
@access(P.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Sign in by e-mail address or mobile number."""
    if current_user.is_authenticated:
        return redirect(_target(), 303)
    form = SignInForm()
    if form.validate_on_submit():
        try:
            user = users.authenticate(form.login.data, form.password.data)
        except InputError as error:
            form.show(error)
        else:
            _start_session(user)
            return redirect(_target(), 303)
    register_url = url_for(".register", next=local_path(request.args.get("next")))
    return _page("accounts/sign_in.html", form, register_url=register_url)


@blueprint.post("/sign-out")
@access(P.PUBLIC)
def sign_out() -> ResponseReturnValue:
    """End this session; harmless for who is already out."""
    kept = session.get("language")
    logout_user()
    session.clear()
    if kept in LANGUAGES:
        session["language"] = kept
    return redirect(url_for("home.index"), 303)


@blueprint.route("/register", methods=["GET", "POST"])
@limiter.limit("10/minute;30/hour", methods=["POST"])
@access(P.PUBLIC)
def register() -> ResponseReturnValue:
    """Open an account and sign in."""
    if current_user.is_authenticated:
        return redirect(_target(), 303)
    form = RegisterForm()
    if form.validate_on_submit():
        try:
            user = users.register_user(
                form.login.data, form.password.data, name=form.name.data or "", locale=language_code()
            )
        except InputError as error:
            form.show(error)
        else:
            db.session.flush()
            _start_session(user)
            return redirect(local_path(request.args.get("next")) or _first_page(), 303)
    sign_in_url = url_for(".sign_in", next=local_path(request.args.get("next")))
    return _page("accounts/register.html", form, sign_in_url=sign_in_url)


def _first_page() -> str:
    """A new account founds its firm first."""
    return url_for("firms.create")


@blueprint.route("/reset", methods=["GET", "POST"])
@limiter.limit("5/minute;20/hour", methods=["POST"])
@limiter.limit("3/minute;10/hour", key_func=_login_key, methods=["POST"])
@access(P.PUBLIC)
def request_reset() -> ResponseReturnValue:
    """Ask for a one-time link. The answer is the same whether there is such an account or not."""
    form = RequestResetForm()
    if form.validate_on_submit():
        try:
            users.request_reset(form.login.data)
        except InputError as error:
            form.show(error)
        else:
            return render_template("accounts/reset_sent.html", hours=users.RESET_HOURS)
    return _page("accounts/request_reset.html", form)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@limiter.limit("30/minute;120/hour")
@access(P.PUBLIC)
def reset_password(token: str) -> ResponseReturnValue:
    """Set a new password through a one-time link."""
    users.get_reset_token(token)
    form = ResetPasswordForm()
    if form.validate_on_submit():
        try:
            users.reset_password(token, form.password.data)
        except InputError as error:
            form.show(error)
        else:
            logout_user()
            flash(_("The new password is set. Please sign in with it."))
            return redirect(url_for(".sign_in"), 303)
    return _page("accounts/reset_password.html", form)


@blueprint.route("/invitation", methods=["GET", "POST"])
@limiter.limit("10/minute;40/hour", methods=["POST"])
@access(P.PUBLIC)
def enter_invitation() -> ResponseReturnValue:
    """Type an invitation code."""
    form = InvitationCodeForm()
    if form.validate_on_submit():
        return redirect(url_for(".accept_invitation", secret="".join(form.code.data.split())), 303)
    return _page("accounts/enter_invitation.html", form)


@blueprint.route("/invitation/<secret>", methods=["GET", "POST"])
@limiter.limit("20/minute;80/hour")
@access(P.PUBLIC)
def accept_invitation(secret: str) -> ResponseReturnValue:
    """See who invites, and join; `secret` is the token of a link or QR code, or a typed code."""
    found = firms.read_invitation(secret)
    form = EmptyForm()
    user = current_user._get_current_object() if current_user.is_authenticated else None
    if form.validate_on_submit():
        if user is None:
            raise SignInRequired
        firms.accept_invitation(secret, user)
        flash(_("You now belong to %(firm)s.", firm=found.firm_name))
        return redirect(url_for("home.index"), 303)
    page = present_invitation(found, quote(request.path), user)
    return render_template("accounts/invitation.html", form=form, page=page)


@blueprint.route("/account", methods=["GET", "POST"])
@access(P.ACCOUNT_MANAGE)
def show() -> ResponseReturnValue:
    """Name and language of the own account."""
    form = AccountForm(obj=current_user)
    if form.validate_on_submit():
        users.update_account(current_user, name=form.name.data or "", locale=form.locale.data)
        session["language"] = form.locale.data
        flash(_("Saved."))
        return redirect(url_for(".show"), 303)
    return _page("accounts/account.html", form, login=current_user.login)


@blueprint.route("/account/password", methods=["GET", "POST"])
@limiter.limit("10/minute;40/hour", methods=["POST"])
@access(P.ACCOUNT_MANAGE)
def change_password() -> ResponseReturnValue:
    """A new password for the own account; this browser stays signed in, all others are signed out."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        user = current_user._get_current_object()
        try:
            users.change_password(user, form.old.data, form.new.data)
        except InputError as error:
            form.show(error)
        else:
            _start_session(user)
            flash(_("The new password is set."))
            return redirect(url_for(".show"), 303)
    return _page("accounts/change_password.html", form)


@blueprint.route("/account/delete", methods=["GET", "POST"])
@limiter.limit("10/minute;40/hour", methods=["POST"])
@access(P.ACCOUNT_MANAGE)
def delete_account() -> ResponseReturnValue:
    """Delete the own account, after the password was typed; what was answered stays with the firms."""
    form = DeleteAccountForm()
    if form.validate_on_submit():
        user = current_user._get_current_object()
        try:
            users.delete_user(user, form.password.data)
        except InputError as error:
            form.show(error)
        except ForbiddenError as error:
            form.password.errors = [_(error.message)]
        else:
            db.session.flush()
            session.clear()
            flash(_("Your account is deleted."), "ok")
            return redirect(url_for("home.index"), 303)
    return _page("accounts/delete_account.html", form)


@blueprint.route("/reset-links", methods=["GET", "POST"])
@limiter.limit("20/minute;100/hour", methods=["POST"])
@access(P.RESET_LINK_ISSUE)
def print_reset_link() -> ResponseReturnValue:
    """Print a one-time link for somebody who has lost the password and has neither mail nor SMS."""
    form = ResetLinkForm()
    printed = None
    if form.validate_on_submit():
        try:
            printed = present_printed_link(users.print_reset_link(form.login.data))
        except InputError as error:
            form.show(error)
    return _page("accounts/print_reset_link.html", form, printed=printed)


def _page(template: str, form: object, **values: object) -> ResponseReturnValue:
    """Render a form page; a form that came back with errors has status 422."""
    status = 422 if getattr(form, "errors", None) else 200
    return render_template(template, form=form, **values), status
