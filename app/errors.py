"""Domain errors with stable ids, and the one table that maps them to a status, a page and a log level.

Services raise them; nothing below the web layer knows about HTTP. `message` is an English msgid that the error page
translates; `details` is JSON-able and goes into JSON answers (a stale save carries both values there).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, ClassVar


def N_(message: str) -> str:  # noqa: N802
    """Mark a msgid for the catalogue where it is written; it is translated where it is shown."""
    return message


class DomainError(Exception):
    """Base of all errors that a user can cause. `id` is stable and appears in JSON answers and logs."""

    id: ClassVar[str] = "error"
    message: str = N_("This did not work. Go back and try again.")

    def __init__(self, message: str | None = None, **details: Any) -> None:
        self.message = message or type(self).message
        self.details = details
        super().__init__(f"{self.id}: {self.message}")


class InputError(DomainError):
    """A value is wrong. `field` in details names the form field where it is shown."""

    id = "bad_input"
    message = N_("Something in the form is not right. Check the marked places.")


class BadAnswerError(InputError):
    """An answer that the engine refuses. `item` and `code` (see `scoring.errors.Problem`) are in the details, and
    `reason` where we know more: a short id that the page turns into a sentence beside the question."""

    id = "bad_answer"
    message = N_("This answer cannot be used. Please check it.")


class SignInRequired(DomainError):
    """The page needs an account."""

    id = "sign_in_required"
    message = N_("Please sign in first.")


class ForbiddenError(DomainError):
    """Signed in, but the role does not allow this."""

    id = "forbidden"
    message = N_("Your account is not allowed to do this.")


class NotFoundError(DomainError):
    """It does not exist, or it is outside the reach of this user; nobody can tell which."""

    id = "not_found"
    message = N_("We cannot find this page.")


class TokenError(DomainError):
    """A one-time link or code is unknown, used, expired or withdrawn."""

    id = "token_invalid"
    message = N_("This link no longer works. It was used, withdrawn or is too old. Ask for a new one.")


class ConflictError(DomainError):
    """Somebody else changed the same thing. `details` holds both values."""

    id = "conflict"
    message = N_("Somebody else changed this in the meantime.")


class StaleAnswerError(ConflictError):
    """A save that saw an older version of an answer. `item`, `mine`, `theirs`, `version` and who and when are in the
    details."""

    id = "stale_answer"
    message = N_("Somebody else answered this in the meantime. Which answer stays?")


class LockedError(ConflictError):
    """The object is submitted, verified or closed, and refuses writes."""

    id = "locked"
    message = N_("This is already submitted and can no longer be changed.")


class TooLargeError(DomainError):
    """An upload or a request body is too large."""

    id = "too_large"
    message = N_("This is too large. Files may have up to 10 MB each.")


class StorageError(DomainError):
    """The store took no file or the database no row: the disk is full, or the store is away. Nothing was kept; it can
    be tried again."""

    id = "storage_failed"
    message = N_("The server has no room for this at the moment. Nothing of it was kept; please try again later.")


class RateLimitedError(DomainError):
    """Too many attempts."""

    id = "rate_limited"
    message = N_("Too many attempts. Please wait a few minutes and try again.")


class ScopeError(RuntimeError):
    """A programming error: rows outside the current scope were about to be written, or the row lock bypassed."""


class ReadOnlyError(RuntimeError):
    """A programming error: a request that must not write tried to."""


@dataclass(frozen=True)
class ErrorRow:
    """How an error leaves the application."""

    status: int
    page: str
    level: int = logging.INFO


ERROR_TABLE: dict[type[Exception], ErrorRow] = {
    InputError: ErrorRow(400, "errors/error.html"),
    SignInRequired: ErrorRow(401, "errors/error.html", logging.DEBUG),
    ForbiddenError: ErrorRow(403, "errors/error.html", logging.WARNING),
    NotFoundError: ErrorRow(404, "errors/error.html"),
    TokenError: ErrorRow(404, "errors/error.html"),
    ConflictError: ErrorRow(409, "errors/error.html"),
    LockedError: ErrorRow(409, "errors/error.html"),
    TooLargeError: ErrorRow(413, "errors/error.html"),
    StorageError: ErrorRow(507, "errors/error.html", logging.ERROR),
    RateLimitedError: ErrorRow(429, "errors/error.html", logging.WARNING),
    Exception: ErrorRow(500, "errors/error.html", logging.ERROR),
}


def error_row(error: Exception) -> ErrorRow:
    """The row of the nearest class in the table; every exception has one."""
    return next(ERROR_TABLE[kind] for kind in type(error).__mro__ if kind in ERROR_TABLE)
