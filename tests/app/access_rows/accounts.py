"""Who may open the account pages."""

from tests.app.access_table import DONE, account, only, public
from tests.app.world import INVITATION_TOKEN

NEW_ACCOUNT = {
    "login": "13800138000", "name": "新人", "password": "long enough 7", "repeated": "long enough 7", "agreed": "y",
}  # fmt: skip

ROWS = (
    public("accounts.sign_in"),
    public("accounts.sign_in", method="POST", data=lambda w: {"login": w.logins["owner"], "password": "wrong"}),
    public("accounts.sign_out", method="POST"),
    public("accounts.register"),
    public("accounts.register", method="POST", data=lambda _: NEW_ACCOUNT),
    public("accounts.request_reset"),
    public("accounts.request_reset", method="POST", data=lambda w: {"login": w.logins["owner"]}),
    public("accounts.reset_password", values=lambda _: {"token": "unknown"}, answer=404),
    public("accounts.reset_password", method="POST", values=lambda _: {"token": "unknown"}, answer=404),
    public("accounts.enter_invitation"),
    public("accounts.enter_invitation", method="POST", data=lambda _: {"code": "x"}),
    public("accounts.accept_invitation", values=lambda _: {"secret": INVITATION_TOKEN}),
    account("accounts.accept_invitation", method="POST", values=lambda _: {"secret": INVITATION_TOKEN}),
    account("accounts.show"),
    account("accounts.show", method="POST", data=lambda _: {"name": "新名字", "locale": "zh"}),
    account("accounts.change_password"),
    account(
        "accounts.change_password",
        method="POST",
        data=lambda _: {"old": "correct horse 42", "new": "another horse 43", "repeated": "another horse 43"},
    ),
    account("accounts.delete_account"),
    account("accounts.delete_account", method="POST", data=lambda _: {"password": "correct horse 42"}),
    only("accounts.print_reset_link", coordinator=DONE, admin=DONE),
    only(
        "accounts.print_reset_link",
        method="POST",
        coordinator=DONE,
        admin=DONE,
        data=lambda w: {"login": w.logins["owner"]},
    ),
)
