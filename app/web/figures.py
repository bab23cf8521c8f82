"""Numbers in words: official points (exact, as page, report and command line all print them), money bands, lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from markupsafe import Markup

from app.i18n import gettext as _
from app.i18n import in_characters, language, number

TENTH = Decimal("0.1")
WAN = 10_000


def points(value: Decimal | str) -> str:
    """Exact points as they are: 36.375, 40."""
    return number(Decimal(value), 3)


def rounded_points(value: Decimal | str, gates: Iterable[Decimal | int] = ()) -> Decimal:
    """Points to one decimal for a list, rounded half up; down where rounding up would reach one of `gates`."""
    exact = Decimal(value)
    shown = exact.quantize(TENTH, ROUND_HALF_UP)
    if any(exact < gate <= shown for gate in gates):
        shown = exact.quantize(TENTH, ROUND_FLOOR)
    return shown


def one_decimal(value: Decimal | float | None) -> str:
    """A figure with one decimal, "36.4"; a dash where there is none."""
    return "–" if value is None else f"{value:.1f}"


def signed(value: Decimal | float) -> str:
    """A change with its sign and one decimal; "0.0" without a sign."""
    text = f"{abs(value):.1f}"
    return text if text == "0.0" else ("+" if value > 0 else "−") + text


def signed_points(value: Decimal) -> str:
    """A change in exact points with its sign."""
    return points(abs(value)) if not value else ("+" if value > 0 else "−") + points(abs(value))


def yuan(low: int, high: int) -> tuple[str, str]:
    """A band of money as (figure, unit): ("0.8 到 3", "万元") or ("8,000–30,000", "yuan")."""
    if language() == "zh":
        wan = high >= WAN and low % 100 == 0 and high % 100 == 0
        unit, figures = (
            (in_characters("万元"), [f"{Decimal(v) / WAN:f}" for v in (low, high)])
            if wan
            else ("元", [f"{v:,}" for v in (low, high)])
        )
        return (figures[0] if low == high else f"{figures[0]} 到 {figures[1]}"), unit
    return (f"{low:,}" if low == high else f"{low:,}–{high:,}"), "yuan"


def yuan_text(low: int, high: int) -> str:
    """A band of money in one piece."""
    return " ".join(yuan(low, high))


def span(low: int, high: int) -> str:
    """A band of whole numbers: "7 to 20"."""
    return str(low) if low == high else _("%(low)s to %(high)s", low=low, high=high)


def join(parts: Sequence[str]) -> str:
    """ "a, b and c" in the reader's language; markup stays markup."""
    if len(parts) < 2:
        return parts[0] if parts else ""
    kind = Markup if any(isinstance(part, Markup) for part in parts) else str
    between, last = ("、", "和") if language() == "zh" else (", ", " and ")
    if language() == "zh":
        before, after = (Markup(part).striptags() for part in parts[-2:])
        last = (" " if before[-1:].isascii() else "") + last + (" " if after[:1].isascii() else "")
    return kind(between).join(parts[:-1]) + kind(last) + parts[-1]


def nouns(parts: Iterable[str]) -> str:
    """Names in a row, without an "and"."""
    return ("、" if language() == "zh" else ", ").join(parts)


def clauses(parts: Iterable[str]) -> str:
    """Parts of a sentence, each of which may hold commas."""
    return ("；" if language() == "zh" else "; ").join(parts)


def phrases(parts: Iterable[str]) -> str:
    """Short phrases in a row."""
    return ("，" if language() == "zh" else ", ").join(parts)


def sentences(parts: Iterable[str]) -> str:
    """Whole sentences, one after another."""
    return ("" if language() == "zh" else " ").join(part for part in parts if part)


def either(parts: Iterable[str]) -> str:
    """Alternatives, any of which will do."""
    return ("，或者" if language() == "zh" else ", or ").join(parts)
