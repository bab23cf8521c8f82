"""Which characters show that a text was not converted."""

from __future__ import annotations

import re

HONG_KONG_FORMS = "兑悦税脱説閲"
"""Forms of Hong Kong's reference list that its character set writes with another code point."""


def simplified(text: str) -> set[str]:
    """Characters that no text in traditional characters holds: those that Hong Kong's character set lacks."""
    found = set()
    for char in set(re.findall(r"[\u3400-\u9fff]", text)) - set(HONG_KONG_FORMS):
        try:
            char.encode("big5hkscs")
        except UnicodeEncodeError:
            found.add(char)
    return found
