"""Secrets for links and codes: random, shown once, stored only as a hash; or signed by the site and not stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from uuid import UUID

from flask import current_app

from app.config import Config

CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_token() -> str:
    """A token for a link: 192 random bits."""
    return secrets.token_urlsafe(24)


def new_code(length: int = 10) -> str:
    """A code to type or read out: no 0 O 1 I; ten characters hold 50 bits."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))


def hash_secret(secret: str) -> str:
    """The stored form of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_code(code: str) -> str:
    """The stored form of a code, however it was typed: spaces, hyphens and case do not matter."""
    return hash_secret("".join(char for char in code.upper() if char.isalnum()))


def signed_token(purpose: str, row_id: UUID, number: int = 1) -> str:
    """A token that is not stored: it holds the id of a row, and a signature that only this site can make.

    The row keeps `number`; counting it up voids the tokens made before. For links that are printed and sent again.
    """
    payload = row_id.bytes + number.to_bytes(2)
    return base64.urlsafe_b64encode(payload + _signature(purpose, payload)).decode()


def read_signed_token(purpose: str, token: str) -> tuple[UUID, int] | None:
    """(row id, number) of a token that this site has signed for `purpose`; None for any other text."""
    try:
        raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError:  # also what is not ASCII, and wrong padding
        return None
    payload, signature = raw[:18], raw[18:]
    if len(raw) != 30 or not hmac.compare_digest(signature, _signature(purpose, payload)):
        return None
    return UUID(bytes=payload[:16]), int.from_bytes(payload[16:])


def _signature(purpose: str, payload: bytes) -> bytes:
    """96 bits."""
    settings: Config = current_app.extensions["config"]
    return hmac.new(settings.secret_key.encode(), purpose.encode() + b"\0" + payload, hashlib.sha256).digest()[:12]
