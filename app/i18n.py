"""Languages: Chinese by default, English complete. Msgids are plain English sentences; each feature has one catalogue.

`translations/zh/LC_MESSAGES/<feature>.po` is written by whoever writes the feature; all of them are merged and
compiled into `messages.mo` (not tracked) when it is missing or older. Content texts come from the engine, never
through gettext: pages show them by `content_text`.

Traditional Chinese is the Chinese of `zh` in other characters: its catalogue and its content texts are derived
(`app.traditional`). `language` tells which language is spoken, `language_code` also in which characters.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import flask_babel
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request, session
from flask_babel import force_locale, format_date, format_datetime, format_decimal, get_locale
from flask_login import current_user

from app import traditional
from app.extensions import babel
from scoring.content.model import Text

TRANSLATIONS = Path(__file__).resolve().parent / "translations"
LANGUAGES = {"zh": "简体", traditional.CODE: "繁體", "en": "English"}
SHORT_NAMES = {"zh": "简", traditional.CODE: "繁", "en": "EN"}
DEFAULT_LANGUAGE = "zh"
_LOCALES = {"zh": "zh_Hans_CN", traditional.CODE: "zh_Hant_HK", "en": "en"}
_TAGS = {"zh": "zh-CN", traditional.CODE: traditional.TAG, "en": "en"}


def gettext(message: str, **values: object) -> str:
    """The text in the language in force, with `%(name)s` filled in."""
    return str(flask_babel.gettext(message, **values))


def ngettext(singular: str, plural: str, n: int, **values: object) -> str:
    """The text for `n` things; `%(num)s` is n."""
    return str(flask_babel.ngettext(singular, plural, n, **values))


def lazy_gettext(message: str, **values: object) -> Any:
    """Like gettext, translated when it is shown; for labels of forms and tables that outlive a request."""
    return flask_babel.lazy_gettext(message, **values)


_ = gettext


def init_app(app: Flask) -> None:
    """Compile what is missing, choose the locale of each request, and give templates their helpers."""
    compile_catalogues()
    babel.init_app(app, locale_selector=select_locale)
    app.extensions["babel"].instance.domain_instance = _Catalogues()
    app.jinja_env.globals.update(
        language_code=language_code,
        languages=LANGUAGES,
        short_languages=SHORT_NAMES,
        html_lang=html_lang,
        language_url=language_url,
    )
    app.jinja_env.filters.update(day=day, moment=moment, number=number)
    app.before_request(_remember_choice)


def select_locale() -> str:
    """`?lang=`, else the choice kept in the session, else the account's, else Chinese."""
    return _LOCALES[language_choice()]


def language_choice() -> str:
    """The code of this request's language, one of LANGUAGES."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    kept = g.get("language") or session.get("language")
    if kept not in LANGUAGES and "_user_id" in session and current_user.is_authenticated:
        kept = current_user.locale
    return str(kept) if kept in LANGUAGES else DEFAULT_LANGUAGE


def _remember_choice() -> None:
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        g.language = asked
        if session.get("language") != asked:
            session["language"] = asked


def language() -> str:
    """The language in force, "zh" (in either characters) or "en"; also inside `in_language`."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def language_code() -> str:
    """The language in force with its characters, one of LANGUAGES; also inside `in_language`."""
    locale = get_locale()
    if locale is None:
        return DEFAULT_LANGUAGE
    return "en" if locale.language == "en" else traditional.CODE if locale.script == "Hant" else "zh"


def content_text(text: Text | None, code: str | None = None) -> str:
    """A text of the content in the reader's language, or in that of `code`; empty for None."""
    if text is None:
        return ""
    code = code or language_code()
    return in_characters(text.get(code), code)


def in_characters(text: str, code: str | None = None) -> str:
    """A Chinese text of the product itself, never one that somebody typed, in the reader's characters."""
    return traditional.traditional(text) if (code or language_code()) == traditional.CODE else text


def html_lang(code: str | None = None) -> str:
    """The value of a `lang` attribute: of the language in force, or of `code`."""
    return _TAGS[code or language_code()]


def language_url(code: str) -> str:
    """The present page in another language, as a local address."""
    pairs = [(key, value) for key, value in request.args.items(multi=True) if key != "lang"]
    path = request.path if request.method in ("GET", "HEAD") else "/"
    return f"{path}?{urlencode([*pairs, ('lang', code)])}"


def in_language(code: str) -> Any:
    """Context manager: speak `code` (one of LANGUAGES) inside, for messages and jobs."""
    return force_locale(_LOCALES.get(code, _LOCALES[DEFAULT_LANGUAGE]))


def day(value: date | datetime | None) -> str:
    """A date in the reader's language: 2025年3月1日, or 1 Mar 2025."""
    return "" if value is None else str(format_date(value, "long" if language() == "zh" else "d MMM y"))


def moment(value: datetime | None) -> str:
    """A date with hour and minute, Chinese time."""
    return (
        ""
        if value is None
        else str(format_datetime(value, "y年M月d日 HH:mm" if language() == "zh" else "d MMM y, HH:mm"))
    )


def number(value: Decimal | float | int | None, digits: int | None = None) -> str:
    """A number with thousands separators, rounded to at most `digits` decimals for display only."""
    if value is None:
        return "–"
    pattern = "#,##0" if digits == 0 else "#,##0." + "#" * (2 if digits is None else digits)
    return str(format_decimal(value, pattern))


def translations_for(code: str) -> NullTranslations:
    """The compiled catalogue of a language, for code without a request (reports take it as an argument)."""
    if code == "en":
        return NullTranslations()
    compile_catalogues()
    return _load(code, _compiled(DEFAULT_LANGUAGE).stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _load(code: str, _version: int) -> NullTranslations:
    """Read, and for traditional characters converted, once for each version of the file."""
    chinese = Translations.load(str(TRANSLATIONS), [DEFAULT_LANGUAGE])
    return traditional.traditional_catalogue(chinese) if code == traditional.CODE else chinese


class _Catalogues(flask_babel.Domain):
    """The messages of pages: one catalogue for each language, kept as long as the process lives."""

    def get_translations(self) -> NullTranslations:
        """The catalogue of the language in force."""
        code = language_code()
        known: NullTranslations | None = self.cache.get(code)
        if known is None:
            known = self.cache[code] = translations_for(code)
        return known


def read_catalogue(code: str = DEFAULT_LANGUAGE) -> Catalog:
    """All catalogues of a language merged into one. Raises ValueError where two translate one msgid differently."""
    merged = Catalog(locale=_LOCALES[code].split("_")[0])
    for path in _sources(code):
        with path.open("rb") as file:
            for message in read_po(file, locale=merged.locale):
                if not message.id:
                    continue
                known = merged.get(message.id, message.context)
                if known is not None and known.string and known.string != message.string:
                    raise ValueError(f"{path.name}: {message.id!r} is already translated as {known.string!r}")
                merged.add(message.id, message.string, flags=message.flags, context=message.context)
    return merged


def compile_catalogues(codes: Iterable[str] = (DEFAULT_LANGUAGE,)) -> None:
    """Write `messages.mo` for each language whose sources are newer. Safe in several processes at once."""
    for code in codes:
        target = _compiled(code)
        newest = max((path.stat().st_mtime for path in _sources(code)), default=0.0)
        if target.exists() and target.stat().st_mtime >= newest:
            continue
        draft = target.with_suffix(f".{secrets.token_hex(4)}")
        merged = read_catalogue(code)
        with draft.open("wb") as file:
            write_mo(file, merged)
        os.replace(draft, target)


def _compiled(code: str) -> Path:
    return TRANSLATIONS / code / "LC_MESSAGES" / "messages.mo"


def _sources(code: str) -> list[Path]:
    return sorted((TRANSLATIONS / code / "LC_MESSAGES").glob("*.po"))
