"""How the report speaks: fixed words through gettext, content texts by language, money, days, conditions and
answers as phrases.

Msgids are plain English under the context "report"; `translations/zh/LC_MESSAGES/reports.po` holds the Chinese.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.support import NullTranslations

from app.reports.fonts import printable
from app.traditional import CODE as TRADITIONAL
from app.traditional import traditional
from scoring.answers import ANSWERED, NOT_APPLICABLE, UNANSWERED, Document, Rate
from scoring.conditions import is_topic, parse
from scoring.content.catalogue import Catalogue
from scoring.content.model import Text

CONTEXT = "report"
WAN = 10_000


def N_(message: str) -> str:  # noqa: N802  # marks a message for translation, as gettext names it
    """Mark a message that is translated later."""
    return message


DIMENSIONS = {
    "strategy": N_("Strategy"),
    "people": N_("People"),
    "infrastructure": N_("Network"),
    "data": N_("Data and systems"),
    "design": N_("Design"),
    "supply": N_("Supply"),
    "production": N_("Production"),
    "quality": N_("Quality"),
    "equipment": N_("Machines"),
    "market": N_("Market and service"),
    "management": N_("Finance and office"),
    "green_safety": N_("Energy and safety"),
    "security": N_("Information security"),
    "collaboration": N_("Collaboration"),
}
FIELDS = {
    "lifecycle": N_("Product and customer"), "production": N_("Production floor"), "supply": N_("Supply chain"),
    "decision": N_("Management"),
}  # fmt: skip
FORMS = {
    "saas": N_("Rented software"),
    "box": N_("Small box on the machine"),
    "app": N_("Light app"),
    "shared": N_("Shared centre"),
    "service": N_("Service by visit"),
    "training": N_("Training"),
}
POOLS = {
    "H": N_("Well suited to buying together"), "M": N_("Can be bought together"), "L": N_("Each firm for itself"),
}  # fmt: skip
STATUSES = {
    "published": N_("published price"),
    "vendor-stated": N_("stated by vendors"),
    "estimate": N_("estimate, not a quotation"),
}
STATES = {
    "na": N_("does not apply"), "unknown": N_("not sure"), "unanswered": N_("not answered"),
}  # fmt: skip


class Words:
    """The voice of one report: language, translations and the trade's content."""

    def __init__(self, language: str, texts: NullTranslations, catalogue: Catalogue) -> None:
        """`texts` must hold the report's messages in `language` ("zh", "zh-Hant" or "en").

        Of the two ways to write Chinese only the characters differ: `self.language` is "zh" for both.
        """
        self.language, self._texts, self.catalogue = "en" if language == "en" else "zh", texts, catalogue
        self._written = traditional if language == TRADITIONAL else str
        self._cited: dict[str, int] = {}

    # --- words

    def say(self, message: str, **values: Any) -> str:
        """A fixed message in the report's language."""
        text = str(self._texts.pgettext(CONTEXT, message))
        return text.format(**values) if values else text

    def count(self, one: str, many: str, n: int, **values: Any) -> str:
        """A fixed message that depends on a number."""
        text = str(self._texts.npgettext(CONTEXT, one, many, n))
        return text.format(n=n, **values)

    def of(self, text: Text | None) -> str:
        """A content text."""
        return "" if text is None else self.plain(self._written(text.get(self.language)))

    def plain(self, text: str) -> str:
        """A text of others, fit to print; English quotation marks straight, as the typeface's curly ones are
        full width."""
        text = printable(text)
        if self.language == "en":
            text = text.translate(_STRAIGHT)
        return text

    def brief(self, text: str, most: int) -> str:
        """A text of others, cut to what fits a cell; the rest stands in the answers."""
        text = self.plain(text).strip()
        if len(text) <= most:
            return text
        return self.sentence(self.cut(text, most), self.say("({n} more characters)", n=len(text) - most))

    def cut(self, text: str, most: int) -> str:
        """The beginning of a text, with an ellipsis where something is left out."""
        dots = "…" if self.language == "zh" else "..."
        return text if len(text) <= most else text[: most - 1].rstrip(" ,;:，；：") + dots

    def sentence(self, *parts: str) -> str:
        """Sentences one after the other."""
        return ("" if self.language == "zh" else " ").join(p for p in parts if p)

    def listed(self, parts: Iterable[str], last: str = "") -> str:
        """A list in a sentence: a, b, c; with `last` the word before its last part."""
        items = [p for p in parts if p]
        if self.language == "zh":
            return f"{'、'.join(items[:-1])}{last or '、'}{items[-1]}" if len(items) > 1 else "".join(items)
        if last and len(items) > 1:
            return f"{', '.join(items[:-1])} {last} {items[-1]}"
        return ", ".join(items)

    def clauses(self, parts: Iterable[str]) -> str:
        """Longer parts, set apart by semicolons."""
        return ("；" if self.language == "zh" else "; ").join(p for p in parts if p)

    def quote(self, text: str) -> str:
        """A name in quotation marks."""
        return f"「{text}」" if self.language == "zh" else f'"{text}"'

    def pair(self, label: str, text: str) -> str:
        """Label and text with a colon."""
        return f"{label}：{text}" if self.language == "zh" else f"{label}: {text}"

    def bracket(self, text: str) -> str:
        """An aside; nothing for an empty text."""
        if not text:
            return ""
        return f"（{text}）" if self.language == "zh" else f"({text})"

    def header(self, firm: str, code: str) -> str:
        """What stands above each page: the firm, and the code of an issued report."""
        return firm if not code else f"{firm}　{code}" if self.language == "zh" else f"{firm}, {code}"

    @property
    def stop(self) -> str:
        """The full stop of the language."""
        return "。" if self.language == "zh" else "."

    # --- numbers

    def day(self, value: date) -> str:
        """A date."""
        return str(
            format_date(
                value,
                "y年M月d日" if self.language == "zh" else "d MMM y",
                locale="zh" if self.language == "zh" else "en",
            )
        )

    def month(self, value: str) -> str:
        """A content date such as 2026-11."""
        parts = value.split("-")
        if len(parts) < 2:
            return value
        moment = date(int(parts[0]), int(parts[1]), int(parts[2]) if len(parts) > 2 else 1)
        if self.language == "zh":
            return str(format_date(moment, "y年M月d日" if len(parts) > 2 else "y年M月", locale="zh"))
        return str(format_date(moment, "d MMM y" if len(parts) > 2 else "MMM y", locale="en"))

    def number(self, value: Any) -> str:
        """A number with thousands separators and as many decimals as it has."""
        exact = Decimal(str(value))
        return f"{exact:,.0f}" if exact == exact.to_integral_value() else f"{exact.normalize():,f}"

    def money(self, band: Sequence[int]) -> str:
        """A price band in yuan; in Chinese in units of 10,000 once it reaches them."""
        low, high = band
        if self.language == "zh":
            if high >= WAN:
                low_text, high_text, unit = _short(low / WAN), _short(high / WAN), self._written("万元")
            else:
                low_text, high_text, unit = f"{low:,}", f"{high:,}", "元"
            return f"{high_text} {unit}" if low_text == high_text else f"{low_text} 到 {high_text} {unit}"
        return f"{high:,} yuan" if low == high else f"{low:,}–{high:,} yuan"

    def days(self, band: Sequence[int]) -> str:
        """A span of days."""
        low, high = band
        return (
            self.count("{n} day", "{n} days", high)
            if low == high
            else self.say("{low} to {high} days", low=low, high=high)
        )

    def level(self, n: int) -> str:
        """A level with its official name."""
        return self.say("Level {n}, {name}", n=n, name=self.of(self.catalogue.edition.level_name(n)))

    # --- sources

    def cite(self, sources: Iterable[str]) -> str:
        """Numbers of sources in the report's list, in the order first cited; empty where there are none."""
        numbers = [self._cited.setdefault(s, len(self._cited) + 1) for s in sources if s in self.catalogue.sources]
        if not numbers:
            return ""
        return self.count("Source {numbers}", "Sources {numbers}", len(numbers), numbers=self.listed(map(str, numbers)))

    def cited(self) -> list[tuple[int, str]]:
        """(number, source id) of everything cited so far."""
        return [(number, name) for name, number in self._cited.items()]

    # --- questions, conditions, answers

    def topic(self, name: str) -> str:
        """Title of a topic or question."""
        topic = self.catalogue.topics.get(name)
        question = self.catalogue.questions.get(topic.items[0] if topic else name)
        return self.of(question.title) if question else name

    def condition(self, text: str) -> str:
        """A content condition as a phrase: "Master data and coding" at level 2."""
        text = text.strip()
        if text.startswith("cost<="):
            return self.say(
                "at most {share} of a year's revenue in the first year", share=text.removeprefix("cost<=").split()[0]
            )
        for word, last in (("any(", self.say("or")), ("all(", self.say("and"))):
            if text.startswith(word):
                return self.listed(
                    (self.condition(part) for part in _parts(text[len(word) : -1])),
                    last if self.language == "en" else f"，{last}",
                )
        return self._atom(*parse(text).atoms[0])

    def _atom(self, name: str, operator: str, value: Any) -> str:
        if is_topic(name):
            if operator == ">=":
                return self.say("{topic} at level {n}", topic=self.quote(self.topic(name)), n=value)
            return self.say("{topic} below level {n}", topic=self.quote(self.topic(name)), n=value)
        fact = self.catalogue.facts.get(name)
        if fact is None:
            return self.say(_FIRM[name]) + f" {_SIGNS[operator]} {self.number(value)}"
        question = self.quote(self.of(fact.text).rstrip("？?"))
        if fact.kind == "bool":
            positive = value if operator == "=" else not value
            return (
                self.say("{question}: yes", question=question)
                if positive
                else self.say("{question}: no", question=question)
            )
        if fact.kind == "choice":
            option = next((self.of(o.text) for o in fact.options if o.id == value), str(value))
            return (
                self.say("{question}: {answer}", question=question, answer=option)
                if operator == "="
                else self.say("{question}: not {answer}", question=question, answer=option)
            )
        unit = f" {self.of(fact.unit)}" if fact.unit else ""
        return f"{question} {_SIGNS[operator]} {self.number(value)}{unit}"

    def state(self, state: str) -> str:
        """Why there is no value."""
        return self.say(STATES.get(state, STATES[UNANSWERED]))

    def answer(self, item: str, document: Document, raw: Any) -> tuple[int | None, str]:
        """(level where it is a level question, words) of what was answered; `raw` as the answers document has it."""
        question, answer = self.catalogue.questions[item], document.answers.get(item)
        state = document.state(item)
        if state != ANSWERED or answer is None:
            na = question.na if state == NOT_APPLICABLE else None
            return None, self.pair(self.state(state), self.of(na)) if na else self.state(state)
        value = answer.value
        if question.kind == "level":
            return value, self.of(question.anchors[value].text)
        if question.kind == "rate":
            return None, self._rate(value, raw, self.of(question.unit))
        if question.kind == "multiple":
            ticked = [self.of(o.text) for o in question.options if o.id in value]
            if not ticked:
                return None, self.of(question.none_label) or self.say("none of these")
            share = self.say("{n} of {of}", n=len(ticked), of=len(question.options))
            return None, self.pair(share, self.clauses(ticked))
        return None, next(self.of(o.text) for o in question.options if o.id == value)

    def _rate(self, value: Rate, raw: Any, unit: str) -> str:
        share = f"{Decimal(100 * value.part) / Decimal(value.whole):.1f}".removesuffix(".0")
        entered = raw.get("value", raw) if isinstance(raw, dict) else None
        if not value.counted or not isinstance(entered, dict):
            return f"{share} %"
        part, whole = self.number(entered["part"]), self.number(entered["whole"])
        gap = "" if not unit else f" {unit}"
        return self.say("{part} of {whole}{unit} ({share} %)", part=part, whole=whole, unit=gap, share=share)

    def fact(self, name: str, value: Any) -> str:
        """A profile fact as answered."""
        fact = self.catalogue.facts[name]
        if fact.kind == "bool":
            return self.say("yes") if value else self.say("no")
        if fact.kind == "choice":
            return next((self.of(o.text) for o in fact.options if o.id == value), str(value))
        return f"{self.number(value)} {self.of(fact.unit)}".strip()


_STRAIGHT = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "\u2014": "–", "→": "to"})
_SIGNS = {">=": "≥", "<": "<", "=": "=", "!=": "≠"}
_FIRM = {"employees": N_("Employees"), "revenue_wan": N_("Yearly revenue (10,000 yuan)"), "machines": N_("Machines")}


def firm_facts(words: Words, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the firm said about its size."""
    return [
        (words.say(label), words.number(facts[name])) for name, label in _FIRM.items() if facts.get(name) is not None
    ]


def _short(value: float) -> str:
    return f"{value:.{1 if value >= 10 else 2}f}".rstrip("0").rstrip(".")


def _parts(inner: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for i, c in enumerate(inner):
        depth += (c == "(") - (c == ")")
        if c == ";" and not depth:
            parts.append(inner[start:i])
            start = i + 1
    return [*parts, inner[start:]]
