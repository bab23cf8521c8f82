"""What the report looks like: the colours and shapes of the site's tokens (`static/css/tokens.css`), sizes for A4.

A test holds both in step. Colour never carries a meaning alone: levels come with number, name and brick mark, and their
lightness falls step by step so that a grey print keeps the order.
"""

from __future__ import annotations

from functools import cache

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm

TOKENS = {
    "paper": "#ffffff",
    "sunk": "#f3f6f4",
    "line": "#d9e0dc",
    "edge": "#75837d",
    "ink": "#17231f",
    "ink-2": "#4c5a55",
    "brick": "#2b3a35",
    "accent": "#a8391b",
    "accent-tint": "#fcefea",
    "data": "#14525c",
    "data-soft": "#d5e5e3",
    "lv0": "#e6ebe8",
    "on-lv0": "#17231f",
    "lv1": "#e8ca7a",
    "on-lv1": "#17231f",
    "lv2": "#95b27c",
    "on-lv2": "#17231f",
    "lv3": "#2a7a72",
    "on-lv3": "#ffffff",
    "lv4": "#10495a",
    "on-lv4": "#ffffff",
    "ok": "#1c6846",
    "ok-tint": "#e8f3ed",
    "wait": "#745000",
    "wait-tint": "#fbf3dc",
}


@cache
def colour(token: str) -> Color:
    """A token as a ReportLab colour."""
    return HexColor(TOKENS[token])


# Page
WIDTH, HEIGHT = 210 * mm, 297 * mm
LEFT = RIGHT = 21 * mm
TOP, BOTTOM = 24 * mm, 20 * mm
MEASURE = WIDTH - LEFT - RIGHT
COURSE = 4.0  # height of the brick course on top of each page
BRICK = 23.0  # length of one brick in it

# Type, in points: size and leading
TITLE = (30, 38)
SECTION = (19, 25)
ANSWER = (14, 21)
HEADING = (11.5, 16)
CARD = (12.5, 17)
BODY = {"zh": (9.5, 16.2), "en": (9.5, 14)}
SMALL = {"zh": (8.4, 12.8), "en": (8.4, 11.6)}
TABLE = {"zh": (8.4, 12.2), "en": (8.4, 11.2)}
NOTE = {"zh": (7.6, 11.4), "en": (7.6, 10.4)}

# Shapes
RADIUS_BRICK, RADIUS_PLATE = 1.2, 6.0
HAIR, RULE = 0.5, 1.0
