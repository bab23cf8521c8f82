"""Figures of calibration in words, as strips and as sheets. A correction is the bias with its sign turned: what is
usually added to a claim, or taken from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from app.i18n import content_text, day
from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.queries.calibrations import Calibrated, Found
from app.services.spreadsheets import CHINA, Cell, Sheet
from app.web.charts import percent
from app.web.figures import nouns, signed
from app.web.names import sector_name
from scoring.calibration import ALL
from scoring.cohort import NEED
from scoring.content.catalogue import Catalogue
from scoring.content.serving import serve, served_sectors

REACH = 3.0
"""Levels that a strip shows to either side of no correction."""
TICKS = (
    (-3, "start", "−3"), (-2, "middle", "−2"), (-1, "middle", "−1"), (0, "middle", "0"), (1, "middle", "+1"),
    (2, "middle", "+2"), (3, "end", "+3"),
)  # fmt: skip

NOT_APPLIED = lazy("These figures only help to prepare a visit. No answer, level or report is changed by them.")
METHOD = lazy(
    "The usual correction is the mean of found minus claimed, drawn towards what is known of the item in all trades, "
    "and that towards all items, the more, the fewer firms stand behind it: B × mean + (1 − B) × prior with "
    "B = τ² / (τ² + σ²/n), empirical Bayes. In brackets the range in which it lies with 95 % certainty. ICC(A,1) "
    "is how well claims and findings agree, 1 being fully."
)
WHO_COUNTS = lazy(
    "Counted is the last verified round of each firm that lets its results count in averages; new ones enter five at a "
    "time, and nothing is shown of fewer than five firms that you do not know one by one. What could not be shown on "
    "site is counted apart. Questions that are not answered by a level enter by the level or the points they stand "
    "for, on the same scale from 0 to 4."
)


@dataclass(frozen=True, slots=True)
class Strip:
    """From a correction by −3 to one by +3: the band that holds 95 of 100 corrections, the range in which the usual one
    lies, and the usual one."""

    band_x: str
    band_width: str
    range_x1: str
    range_x2: str
    dot: str


@dataclass(frozen=True, slots=True)
class Row:
    """One item. `usual` is the correction in figures, `words` what that means, `shares` how often."""

    title: str
    question: str
    n: int
    usual: str
    words: str
    strip: Strip | None
    strip_words: str
    shares: str
    icc: str


@dataclass(frozen=True, slots=True)
class Trade:
    """A way to the figures of another trade."""

    name: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class CalibrationPage:
    """The page. `hidden` names the items of which too little is known, `waiting` the trades."""

    answer: str
    sub: str
    trades: tuple[Trade, ...]
    waiting: str
    rows: tuple[Row, ...]
    empty: str
    hidden: str
    computed: str
    ticks: tuple[tuple[str, str, str], ...]
    notes: tuple[str, str, str]
    export_url: str


def present_calibration(found: Calibrated, trades: Sequence[str]) -> CalibrationPage:
    """`trades` are those of which something may be shown."""
    catalogue = _catalogue(found.sector)
    shown = _known(found, catalogue)
    missing = [sector_name(sector) for sector in served_sectors() if sector not in trades and sector != "general"]
    hidden = [content_text(catalogue.questions[item].title) for item in found.hidden if item in catalogue.questions]
    return CalibrationPage(
        answer=_answer(shown),
        sub=_("Claimed levels beside what consultants found on site, from all verified firms: %(group)s.",
              group=_group(found.sector)),
        trades=tuple(
            Trade(
                sector_name(sector) if sector else _("All trades"),
                url_for("calibrations.show", sector=sector or None),
                sector == found.sector,
            )
            for sector in (ALL, *trades)
        ),
        waiting=_("Too few verified firms yet: %(trades)s.", trades=nouns(missing)) if missing else "",
        rows=tuple(_row(one, catalogue) for one in sorted(shown, key=lambda one: (-abs(_usual(one)), one.item_id))),
        empty=""
        if shown
        else _(
            "Figures appear here once at least %(need)s firms are verified that you do not know one by one.", need=NEED
        ),
        hidden=_("Too few yet: %(items)s.", items=nouns(hidden)) if hidden else "",
        computed=_("Worked out on %(day)s.", day=day(shown[0].computed_at)) if shown else "",
        ticks=tuple((_at(level), anchor, label) for level, anchor, label in TICKS),
        notes=(str(NOT_APPLIED), str(METHOD), str(WHO_COUNTS)),
        export_url=url_for("calibrations.export", sector=found.sector or None),
    )  # fmt: skip


def _catalogue(sector: str) -> Catalogue:
    """Over all trades the common questions are compared; they are those of the general questionnaire."""
    return serve(sector or "general")


def _known(found: Calibrated, catalogue: Catalogue) -> list[Found]:
    return [one for one in found.shown if one.item_id in catalogue.questions]


def _group(sector: str) -> str:
    return sector_name(sector) if sector else _("all trades")


def _answer(shown: Sequence[Found]) -> str:
    if not shown:
        return _("Too few verified firms for a figure yet.")
    mean = sum(one.n * _usual(one) for one in shown) / sum(one.n for one in shown)
    text = signed(mean)
    if text == "0.0":
        return _("On average, claims hold on site.")
    return _("On site, a claim is on average corrected by %(levels)s levels.", levels=text)


def _usual(one: Found) -> float:
    return -float(one.figures["shrunk"])


def _row(one: Found, catalogue: Catalogue) -> Row:
    figures, question = one.figures, catalogue.questions[one.item_id]
    low, high = -figures["high"], -figures["low"]
    limits, icc = figures["limits"], figures["icc"]
    usual = _("%(usual)s (%(low)s to %(high)s)", usual=signed(_usual(one)), low=signed(low), high=signed(high))
    return Row(
        title=content_text(question.title),
        question=content_text(question.text),
        n=one.n,
        usual=usual,
        words=_words(_usual(one), low, high),
        strip=None if limits is None else _strip(-limits[1], -limits[0], low, high, _usual(one)),
        strip_words=""
        if limits is None
        else _(
            "95 of 100 corrections lie between %(low)s and %(high)s", low=signed(-limits[1]), high=signed(-limits[0])
        ),
        shares=_(
            "down %(down)s %%, up %(up)s %%, not seen %(unseen)s %%",
            down=_share(figures["down"]), up=_share(figures["up"]), unseen=_share(one.not_seen),
        ),
        icc="–" if icc is None else f"{icc:.2f}".replace("-", "−"),
    )  # fmt: skip


def _words(usual: float, low: float, high: float) -> str:
    if round(low, 1) > 0:
        return _("usually corrected upwards")
    if round(high, 1) >= 0:
        return _("no clear direction")
    return _("usually corrected by a whole level or more") if usual <= -1 else _("usually corrected downwards")


def _share(value: float) -> str:
    return f"{100 * value:.0f}"


def _at(level: float) -> str:
    return percent(level + REACH, 2 * REACH)


def _strip(band_low: float, band_high: float, low: float, high: float, usual: float) -> Strip:
    left, right = (max(-REACH, min(REACH, value)) for value in (band_low, band_high))
    return Strip(_at(left), percent(right - left, 2 * REACH), _at(low), _at(high), _at(usual))


# ---- sheets


def sheet_name(found: Calibrated) -> str:
    """The name of the file."""
    return _("Claims and findings, %(group)s", group=_group(found.sector)) + ".xlsx"


def calibration_sheets(found: Calibrated) -> list[Sheet]:
    """The figures of the page with two decimals, and how to read them."""
    catalogue = _catalogue(found.sector)
    headers = [
        _("Id"), _("Question"), _("Firms"), _("Usual correction (shrunk)"), _("Usual correction, lower end"),
        _("Usual correction, upper end"), _("Mean correction"), _("95 % of corrections from"),
        _("95 % of corrections to"), "ICC(A,1)", _("Corrected down (%)"), _("Corrected up (%)"), _("Not seen (%)"),
        _("Worked out on"),
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for one in _known(found, catalogue):
        f = one.figures
        limits = f["limits"] or (None, None)
        rows.append(
            [
                one.item_id, content_text(catalogue.questions[one.item_id].title), one.n,
                *map(_turned, (f["shrunk"], f["high"], f["low"], f["mean"], limits[1], limits[0])),
                None if f["icc"] is None else round(f["icc"], 2),
                *(round(100 * share) for share in (f["down"], f["up"], one.not_seen)),
                one.computed_at.astimezone(CHINA).date(),
            ]
        )  # fmt: skip
    method: list[list[Cell]] = [[line] for line in (str(NOT_APPLIED), str(METHOD), str(WHO_COUNTS))]
    widths = (18, 32, 8, 14, 8, 8, 12, 14, 8, 10, 12, 12, 12, 14)
    return [
        Sheet(_group(found.sector), headers, rows, widths, frozen=2),
        Sheet(_("Method"), [_("Method")], method, (110,)),
    ]


def _turned(value: float | None) -> float | None:
    return None if value is None else round(-value, 2) + 0.0
