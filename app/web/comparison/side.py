"""Two to six firms side by side: a radar drawn as a picture, and the table that says the same in figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from math import pi
from pathlib import Path
from uuid import UUID

from flask import url_for
from matplotlib.figure import Figure as Drawing
from matplotlib.font_manager import FontProperties

from app.i18n import day
from app.i18n import gettext as _
from app.models.clusters import Cluster
from app.queries.benchmarks import Place
from app.queries.clusters import Standing
from app.reports import fonts
from app.reports.theme import TOKENS
from app.web.charts import ValueBar, value_bar
from app.web.clusters.presenters import missing_text
from app.web.clusters.wording import cluster_name
from app.web.comparison.wording import score_text
from app.web.figures import join, one_decimal, signed
from app.web.names import dimension_name, sector_name, size_name
from app.web.place import place_text
from scoring.content.model import DIMENSIONS

FEWEST, MOST = 2, 6
MARKS = "ABCDEF"
_STYLES = (
    ("#14525c", "-", "o"), ("#a8391b", "--", "s"), ("#4c5a55", ":", "^"), ("#745000", "-.", "D"),
    ("#2a7a72", (0, (6, 1, 1, 1)), "v"), ("#86204f", (0, (2, 1)), "P"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """A firm as the head of its column, with the letter that it has in the picture."""

    mark: str
    name: str
    url: str
    facts: str
    without_url: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table: a name and one text a firm."""

    name: str
    values: tuple[str, ...]
    levels: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Bars:
    """A dimension: one bar a firm, and whether the firm has the most of all (or shares it)."""

    name: str
    values: tuple[tuple[str, ValueBar, bool], ...]


@dataclass(frozen=True, slots=True)
class SidePage:
    """The page. `hint` says what to do where there are too few firms."""

    name: str
    answer: str
    hint: str
    heads: tuple[Head, ...]
    picture_url: str
    picture_title: str
    lines: tuple[Line, ...]
    dimensions: tuple[Bars, ...]
    candidates: tuple[tuple[str, str], ...]
    kept: tuple[str, ...]
    address: str
    back_url: str


def present_side(
    cluster: Cluster, chosen: Sequence[Standing], standings: Sequence[Standing], places: Mapping[UUID, Place | None]
) -> SidePage:
    """`places` tell where each firm stands among its peers on the whole platform."""
    ids = [str(s.firm_id) for s in chosen]
    enough = len(chosen) >= FEWEST
    there = {str(s.firm_id) for s in chosen}
    return SidePage(
        name=cluster_name(cluster),
        answer=join([s.name for s in chosen]) if enough else _("Choose two to six firms."),
        hint="" if enough else _("Tick two to six firms in the table, or add them here."),
        heads=tuple(_head(cluster, s, mark, ids) for s, mark in zip(chosen, MARKS, strict=False)),
        picture_url=url_for("comparison.radar", cluster_id=cluster.id, firm=ids) if enough else "",
        picture_title=_("Radar of the firms' dimensions; the figures are in the table"),
        lines=_lines(chosen, places) if chosen else (),
        dimensions=tuple(_bars(d, chosen) for d in DIMENSIONS) if chosen else (),
        candidates=tuple(
            (str(s.firm_id), s.name) for s in standings if s.level is not None and str(s.firm_id) not in there
        )
        if len(chosen) < MOST
        else (),
        kept=tuple(ids),
        address=url_for("comparison.side", cluster_id=cluster.id, firm=ids),
        back_url=url_for("comparison.show", cluster_id=cluster.id),
    )


def _head(cluster: Cluster, s: Standing, mark: str, ids: Sequence[str]) -> Head:
    rest = [i for i in ids if i != str(s.firm_id)]
    return Head(
        mark,
        s.name,
        url_for("results.show", assessment_id=s.assessment_id) if s.assessment_id else "",
        " · ".join(p for p in (sector_name(s.sector), s.town, size_name(s.size_band)) if p),
        url_for("comparison.side", cluster_id=cluster.id, firm=rest),
    )


def _lines(chosen: Sequence[Standing], places: Mapping[UUID, Place | None]) -> tuple[Line, ...]:
    return (
        Line(
            _("Level"), tuple("–" if s.level is None else str(s.level) for s in chosen), tuple(s.level for s in chosen)
        ),
        Line(_("Score"), tuple(score_text(s.score) for s in chosen)),
        Line(
            _("Still missing"),
            tuple(_("not submitted yet") if s.level is None else missing_text(s.gate) for s in chosen),
        ),
        Line(_("Overall index"), tuple(one_decimal(s.index) for s in chosen)),
        Line(_("Spread"), tuple(one_decimal(s.spread) for s in chosen)),
        Line(_("Evidence"), tuple("–" if s.evidence is None else f"{s.evidence:.0f}%" for s in chosen)),
        Line(_("Change of score"), tuple("–" if s.change is None else signed(s.change) for s in chosen)),
        Line(_("Among its peers"), tuple(place_text(places.get(s.firm_id)) for s in chosen)),
        Line(_("Submitted"), tuple(day(s.submitted_at) for s in chosen)),
    )


def _bars(dimension: str, chosen: Sequence[Standing]) -> Bars:
    values = [s.dimensions.get(dimension) for s in chosen]
    best = max((v for v in values if v is not None), default=None)
    return Bars(
        dimension_name(dimension),
        tuple((one_decimal(v), value_bar(v), v is not None and v == best and len(chosen) > 1) for v in values),
    )


def draw_radar(chosen: Sequence[Standing], folder: Path) -> bytes:
    """The radar as an SVG. Firms stand as letters, so that the picture holds no text that somebody typed; letters are
    glyph outlines, so that it looks the same everywhere. A dimension with too few answers leaves an opening."""
    face = FontProperties(fname=str(fonts.prepare(folder)["sans"]))
    angles = [pi / 2 - 2 * pi * n / len(DIMENSIONS) for n in range(len(DIMENSIONS))]
    drawing = Drawing(figsize=(5.6, 5.2), facecolor=TOKENS["paper"])
    axes = drawing.add_axes((0.14, 0.13, 0.72, 0.77), projection="polar", facecolor="none")
    values = [v for s in chosen for v in s.dimensions.values() if v is not None]
    outer = next(o for o in (25, 50, 75, 100) if o >= max(values, default=0) or o == 100)
    axes.set_ylim(0, outer)
    axes.set_yticks(range(25, outer + 1, 25))
    axes.set_yticklabels([str(n) for n in range(25, outer + 1, 25)], color=TOKENS["ink-2"], fontsize=8)
    axes.set_rlabel_position(81)  # type: ignore[attr-defined]
    axes.set_xticks([a % (2 * pi) for a in angles])
    axes.set_xticklabels([dimension_name(d) for d in DIMENSIONS], fontproperties=face, fontsize=11, color=TOKENS["ink"])
    axes.grid(color=TOKENS["line"], linewidth=0.8)
    axes.spines["polar"].set_color(TOKENS["edge"])
    for s, mark, (colour, dashes, marker) in zip(chosen, MARKS, _STYLES, strict=False):
        points = [s.dimensions.get(d) for d in DIMENSIONS]
        around = [float("nan") if v is None else v for v in (*points, points[0])]
        axes.plot(
            [*angles, angles[0]], around, color=colour, linestyle=dashes, linewidth=2, marker=marker, markersize=5,
            label=mark,
        )  # fmt: skip
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.08), ncol=len(chosen), frameon=False, handlelength=3.2)
    out = BytesIO()
    drawing.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()
