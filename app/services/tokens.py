"""Secrets for links and codes: random, shown once, stored only as a hash."""

from __future__ import annotations

import hashlib
import secrets

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
