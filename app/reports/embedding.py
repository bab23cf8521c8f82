"""TrueType fonts in the PDF as an archive wants them: embedded, subset, and with a map back to Unicode beyond
the first plane.

ReportLab writes the map of a character above U+FFFF with five digits, which readers take for another character;
search and copy then fail for exactly the rare surnames that matter. `EmbeddedFont` writes it in UTF-16, as the
format asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase import pdfdoc, ttfonts

_PER_BLOCK = 100  # the format allows no more entries in one bfchar block


def standards(font_name: str) -> None:
    """Settings of ReportLab for documents without a font that is not embedded, compact and the same on every run."""
    rl_config.canvas_basefontname = font_name
    rl_config.useA85 = 0


def unicode_map(name: str, subset: Sequence[int]) -> str:
    """The ToUnicode map of one subset."""
    lines = [
        "/CIDInit /ProcSet findresource begin", "12 dict begin", "begincmap", "/CIDSystemInfo",
        f"<< /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def", f"/CMapName /{name} def", "/CMapType 2 def",
        "1 begincodespacerange", f"<00> <{len(subset) - 1:02X}>", "endcodespacerange",
    ]  # fmt: skip
    pairs = [f"<{code:02X}> <{chr(point).encode('utf-16-be').hex().upper()}>" for code, point in enumerate(subset)]
    for start in range(0, len(pairs), _PER_BLOCK):
        block = pairs[start : start + _PER_BLOCK]
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(lines)


class EmbeddedFont(ttfonts.TTFont):
    """A ReportLab font whose subsets map back to the right characters."""

    def __init__(self, name: str, file: Any) -> None:
        """Read a TrueType file; `name` is how documents ask for it."""
        super().__init__(name, file, shapable=False)

    def addObjects(self, doc: Any) -> None:  # noqa: N802  # ReportLab's name
        """Add the subsets that the document uses, then correct their maps."""
        state = self.state.get(doc)
        subsets = [list(subset) for subset in state.subsets] if state else []
        super().addObjects(doc)
        for number, subset in enumerate(subsets):
            base = b"".join((ttfonts.SUBSETN(number), b"+", self.face.name, self.face.subfontNameX)).decode("pdfdoc")
            stream = doc.idToObject.get("toUnicodeCMap:" + base)
            if isinstance(stream, pdfdoc.PDFStream):
                stream.content = unicode_map(base, subset)
