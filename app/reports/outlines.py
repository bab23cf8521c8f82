"""From the CFF outlines of the wheel to TrueType, which is what ReportLab takes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import IO

import pylopdf_fonts_zh_cn
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

SOURCES = {"sans": "NotoSansSC-Regular.otf", "serif": "NotoSerifSC-Regular.otf"}
UNITS = 500  # units per em: fine enough for print, a fifth smaller in the PDF than the 1,000 of the source
TOLERANCE = 1.0  # of those units
_ASCENT, _DESCENT, _CAPITALS = 880, -120, 733  # of 1,000, as the typefaces state for horizontal text


def convert(face: str, points: Iterable[int], name: str, out: IO[bytes]) -> None:
    """Write a TrueType font of the points that the face has. Same input, same bytes."""
    source = TTFont(_source(face), lazy=True)
    wanted = source.getBestCmap()
    outlines, advances = source.getGlyphSet(), source["hmtx"].metrics
    scale = UNITS / source["head"].unitsPerEm
    cmap = {point: wanted[point] for point in sorted(points) if point in wanted}
    order = [".notdef", *dict.fromkeys(cmap.values())]
    glyphs = {}
    for glyph in order:
        pen = TTGlyphPen(None)
        outlines[glyph].draw(TransformPen(Cu2QuPen(pen, TOLERANCE, reverse_direction=True), (scale, 0, 0, scale, 0, 0)))
        glyphs[glyph] = pen.glyph()
    builder = FontBuilder(UNITS, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(cmap)
    builder.setupGlyf(glyphs)
    edges = {glyph: getattr(glyphs[glyph], "xMin", 0) for glyph in order}
    builder.setupHorizontalMetrics({glyph: (round(advances[glyph][0] * scale), edges[glyph]) for glyph in order})
    ascent, descent = round(_ASCENT * scale), round(_DESCENT * scale)
    builder.setupHorizontalHeader(ascent=ascent, descent=descent)
    builder.setupNameTable({"familyName": name, "styleName": "Regular", "psName": name})
    builder.setupOS2(
        sTypoAscender=ascent,
        sTypoDescender=descent,
        usWinAscent=ascent,
        usWinDescent=-descent,
        sCapHeight=round(_CAPITALS * scale),
    )
    builder.setupPost(keepGlyphNames=False)
    builder.setupHead(unitsPerEm=UNITS, created=0, modified=0)
    builder.font.recalcTimestamp = False
    builder.save(out)


def _source(face: str) -> Path:
    return Path(pylopdf_fonts_zh_cn.__file__).parent / SOURCES[face]


@cache
def held(face: str) -> frozenset[int]:
    """Every code point that the typeface itself has."""
    return frozenset(TTFont(_source(face), lazy=True).getBestCmap())
