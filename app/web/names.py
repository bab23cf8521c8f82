"""Names that several pages print for ids of the engine: dimensions, levels, forms of solutions, languages."""

from __future__ import annotations

from app.i18n import content_text, day, in_characters, language
from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.models.verifications import Finding, Reply, Verdict
from app.queries.verifications import Verified
from app.web.figures import sentences
from scoring.cohort import Cell
from scoring.content.catalogue import Catalogue
from scoring.content.serving import serve, served_sectors

_DIMENSIONS = {
    "strategy": lazy("Strategy"),
    "people": lazy("People"),
    "infrastructure": lazy("Network"),
    "data": lazy("Data"),
    "design": lazy("Design"),
    "supply": lazy("Supply"),
    "production": lazy("Production"),
    "quality": lazy("Quality"),
    "equipment": lazy("Machines"),
    "market": lazy("Market"),
    "management": lazy("Admin"),
    "green_safety": lazy("Green"),
    "security": lazy("Security"),
    "collaboration": lazy("Chain"),
}
_LONG = {
    "data": lazy("Data and systems"),
    "market": lazy("Market and service"),
    "management": lazy("Finance and office"),
    "green_safety": lazy("Energy and safety"),
    "security": lazy("Information security"),
    "collaboration": lazy("Collaboration"),
}
"""Where the name as the report prints it is longer than a table head of fourteen columns bears."""
_FORMS = {
    "saas": lazy("online software, rented"),
    "app": lazy("phone app, rented"),
    "box": lazy("boxes on the machines"),
    "shared": lazy("shared centre, paid by use"),
    "service": lazy("service by the job"),
    "training": lazy("training course"),
}
_LANGUAGES = {"zh": lazy("Simplified Chinese"), "zh-Hant": lazy("Traditional Chinese"), "en": lazy("English")}
_SIZES = {
    "1": lazy("under 20 people"), "20": lazy("20 to 99 people"), "100": lazy("100 to 299 people"),
    "300": lazy("300 people or more"), "": lazy("size not known"),
}  # fmt: skip
_VERDICTS = {
    Verdict.AGREED: lazy("agrees"), Verdict.UP: lazy("corrected up"), Verdict.DOWN: lazy("corrected down"),
    Verdict.NOT_SEEN: lazy("could not be shown"),
}  # fmt: skip
_REPLIES = {Reply.ACCEPTED: lazy("The firm accepts."), Reply.OBJECTED: lazy("The firm objects.")}
_POOLS = {"H": lazy("very suitable"), "M": lazy("suitable"), "L": lazy("better alone")}


def dimension_ids() -> tuple[str, ...]:
    """The dimensions of the index in the order shown."""
    return tuple(_DIMENSIONS)


def dimension_name(dimension: str) -> str:
    """The short name of a dimension of the index, for the head of a wide table."""
    return str(_DIMENSIONS[dimension])


def dimension_title(dimension: str) -> str:
    """The name of a dimension of the index, as the report prints it."""
    return str(_LONG.get(dimension) or _DIMENSIONS[dimension])


def form_name(form: str) -> str:
    """What kind of thing a solution is."""
    return str(_FORMS[form])


def pool_name(pool: str) -> str:
    """How well a solution suits a group of firms that buy together."""
    return str(_POOLS[pool])


def level_name(catalogue: Catalogue, level: int) -> str:
    """The name of an official level, 0 to 4."""
    return content_text(catalogue.edition.level_name(level))


def edition_name(edition: str) -> str:
    """The year of an edition in words."""
    return _("%(year)s edition", year=edition.rsplit("-", 1)[-1])


def verdict_name(verdict: str) -> str:
    """What was found beside a claim, in a word or two."""
    return str(_VERDICTS[Verdict(verdict)])


def reply_name(reply: str) -> str:
    """What the firm says to a finding; empty where it has said nothing."""
    return str(_REPLIES.get(Reply(reply), ""))


def reply_text(finding: Finding) -> str:
    """The firm's reply to a finding with its reason."""
    return sentences(part for part in (reply_name(finding.reply), finding.reply_text) if part)


def verified_text(verified: Verified | None) -> str:
    """The level that was verified of a round and when; empty where it was not."""
    if verified is None:
        return ""
    return _("level %(level)s verified, %(day)s", level=verified.result.level, day=day(verified.at))


def beside_level(name: str) -> str:
    """The name of a level as it stands beside its large number."""
    return f"{in_characters('级')} {name}" if language() == "zh" else name


def language_name(code: str) -> str:
    """The name of a language in the reader's own."""
    return str(_LANGUAGES[code])


def sector_name(sector: str) -> str:
    """The name of a trade; its id where the content is not there (any more)."""
    return content_text(serve(sector).sector.title) if sector in served_sectors() else sector


def size_name(band: str) -> str:
    """A size band of `scoring.cohort` in words."""
    return str(_SIZES.get(band, band))


def cell_name(cell: Cell, trade: str = "") -> str:
    """A group of `scoring.cohort` in words: trade (or its name, where it is known), size, town."""
    if not cell:
        return _("All firms")
    return " · ".join([trade or sector_name(cell[0]), *map(size_name, cell[1:2]), *(town or "–" for town in cell[2:])])
