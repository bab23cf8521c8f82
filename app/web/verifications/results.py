"""The results of a round side by side: claimed, with evidence, verified; and what carries the level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.i18n import gettext as _
from app.i18n import ngettext
from app.models.verifications import Verification
from app.queries.verifications import OPEN, findings_of, is_shown
from app.web.figures import nouns, phrases, points
from app.web.names import level_name
from app.web.results.reading import Reading
from scoring.verification import deciding_items, summary, view

SHORT_LIST = 6


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One of the results side by side; `level` is empty where there is only a sentence, `instead`."""

    name: str
    level: str = ""
    score: str = ""
    scenes: str = ""
    missing: str = ""
    instead: str = ""


def target(reading: Reading) -> int:
    """The level whose scenes are counted: the next one, or the highest."""
    return reading.next_gate.level if reading.next_gate else reading.level


def present_results(
    reading: Reading, shown: Verification | None, settled: Verification | None, *, writes: bool
) -> tuple[ResultRow, ...]:
    """Claimed, with evidence, verified; and what the findings that are open now would make of it."""
    edition, official = reading.catalogue.edition, reading.payload["official"]
    rows = [
        _result(reading, _("Claimed"), view(edition, official)),
        _result(reading, _("With evidence"), view(edition, official["evidenced"])),
    ]
    if settled is not None and settled.result is not None:
        verified = settled.result.payload["official"]["evidenced"]
        rows.append(_result(reading, _("Verified"), view(edition, verified)))
    elif shown is None:
        rows.append(ResultRow(_("Verified"), instead=_("Nobody has checked on site yet.")))
    if shown is not None and shown.state in OPEN:
        known = [f for f in shown.findings if writes or is_shown(shown, f)]
        found = findings_of(shown)
        so_far = summary(reading.raw, {f.item_id: found[f.item_id] for f in known}, reading.catalogue)
        rows.append(_result(reading, _("As found, not settled yet"), so_far["verified"]))
    return tuple(rows)


def _result(reading: Reading, name: str, shown: Mapping[str, Any]) -> ResultRow:
    gate = shown["gate"]
    scenes = shown["scenes"][str(target(reading))]
    return ResultRow(
        name=name,
        level=_("%(level)s %(name)s", level=shown["level"], name=level_name(reading.catalogue, shown["level"])),
        score=points(shown["score"]),
        scenes=f"{scenes['count']} ({scenes['starred']}★)",
        missing=_missing(gate),
    )


def _missing(gate: Mapping[str, Any] | None) -> str:
    """What the next level still takes."""
    if gate is None:
        return _("highest level")
    said = []
    if Decimal(gate["score_missing"]) > 0:
        said.append(_("%(value)s points", value=points(gate["score_missing"])))
    if gate["scenes_missing"]:
        said.append(ngettext("%(num)s scene", "%(num)s scenes", gate["scenes_missing"]))
    if gate["starred_missing"]:
        said.append(ngettext("%(num)s starred scene", "%(num)s starred scenes", gate["starred_missing"]))
    return phrases(said)


def not_looked_at(reading: Reading, row: Verification) -> tuple[str, ...]:
    """The titles of the items that carry the level and have no finding yet."""
    looked_at = {f.item_id for f in row.findings}
    items = [i for i in deciding_items(reading.raw, reading.catalogue) if i not in looked_at]
    return tuple(reading.title_of_item(item) for item in items)


def deciding_text(titles: Sequence[str]) -> str:
    """That these items carry the level; empty for none."""
    if not titles:
        return ""
    named = nouns(titles[:SHORT_LIST])
    if len(titles) > SHORT_LIST:
        named = _("%(names)s and others", names=named)
    return ngettext(
        "One item that carries the level was not looked at: %(names)s. One step less there, and it is lost.",
        "%(num)s items that carry the level were not looked at: %(names)s. One step less in one, and it is lost.",
        len(titles),
        names=named,
    )
