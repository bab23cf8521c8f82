"""The typefaces of charts and reports: prepared once from the wheel that carries them, then loaded for ReportLab.

Noto Sans SC (headings, tables) and Noto Serif SC (running text) come with CFF outlines, which ReportLab
refuses. `prepare` turns what `characters.covered` lists into TrueType files under `instance/fonts/`, once per
machine; `load` registers them for this process. Rarer characters are converted on demand in blocks of 256 code
points; what the typefaces lack is written as 〔U+1F600〕.

`python -m app.reports` prepares the files at set-up.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import secrets
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from io import BytesIO
from itertools import groupby
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import IO

from reportlab.pdfbase import pdfmetrics

from app.config import ROOT, ConfigError, read_config
from app.reports.characters import covered
from app.reports.embedding import EmbeddedFont

WHEEL = "pylopdf-fonts-zh-cn"
NAMES = {"sans": "ReportSans", "serif": "ReportSerif"}
BLOCK = 256
_RECIPE = "1"  # raise it when `outlines` makes other files from the same typefaces
_ONE_FACE = (
    "import sys; from pathlib import Path; from app.reports.fonts import build; build(sys.argv[1], Path(sys.argv[2]))"
)
_registering = Lock()


class FontError(RuntimeError):
    """The fonts cannot be prepared or read; the message says why."""


def folder_key() -> str:
    """Version key of the prepared files: another typeface, coverage or recipe gives other files."""
    return _key_of(_RECIPE, version(WHEEL), covered())


@cache
def _key_of(recipe: str, wheel: str, points: frozenset[int]) -> str:
    parts = (recipe, wheel, ",".join(map(str, sorted(points))))
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:12]


def paths(folder: Path) -> dict[str, Path]:
    """File of each face under `folder`, whether or not it is there yet."""
    key = folder_key()
    return {face: folder / f"{name}-{key}.ttf" for face, name in NAMES.items()}


def is_prepared(folder: Path) -> bool:
    """Whether `load` would find everything in place."""
    return all(p.exists() for p in paths(folder).values())


def prepare(folder: Path) -> dict[str, Path]:
    """The font files, made now if they are not there (about half a minute, once). Safe in several processes at once."""
    files = paths(folder)
    if all(p.exists() for p in files.values()):
        return files
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time(folder / ".lock"):
            missing = [face for face, path in files.items() if not path.exists()]
            _build_all(missing, files)
    except OSError as error:
        raise FontError(f"{folder}: fonts cannot be written: {error.strerror}") from error
    return files


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build_all(faces: list[str], files: dict[str, Path]) -> None:
    """The first face in this process, every other one beside it in a process of its own."""
    others = [
        subprocess.Popen(  # our own module, no user input
            [sys.executable, "-c", _ONE_FACE, face, str(files[face])], cwd=ROOT
        )
        for face in faces[1:]
    ]
    for face in faces[:1]:
        build(face, files[face])
    for process in others:
        if process.wait():
            raise FontError(f"preparing the fonts ended with status {process.returncode}")


def build(face: str, out: Path) -> None:
    """Write one prepared face; `out` appears complete or not at all."""
    draft = out.with_suffix(f".{secrets.token_hex(4)}")
    try:
        with draft.open("wb") as file:
            _outlines().convert(face, covered(), NAMES[face], file)
        os.replace(draft, out)
    finally:
        draft.unlink(missing_ok=True)


def _outlines() -> ModuleType:
    """The converter; it loads fontTools, which nobody needs whose fonts are there."""
    from app.reports import outlines  # noqa: PLC0415

    return outlines


# --- in use ---


class Fonts:
    """The registered faces of this process. `sans` and `serif` are ReportLab font names."""

    sans, serif = NAMES["sans"], NAMES["serif"]

    def __init__(self, files: dict[str, Path]) -> None:
        self._has = {NAMES[face]: _register(NAMES[face], path.open("rb")) for face, path in files.items()}
        self._blocks: dict[tuple[str, int], frozenset[int]] = {}

    def covers(self, text: str) -> bool:
        """Whether both prepared faces hold all of the text (no fallback needed)."""
        return all(ord(c) in has for has in self._has.values() for c in text)

    def runs(self, text: str, face: str) -> list[tuple[str, str]]:
        """The text as (font name, piece) pairs, every character in a font that has it; `face` is `sans` or `serif`."""
        name = NAMES[face]
        has = self._has[name]
        if all(ord(c) in has for c in text):
            return [(name, text)]
        pieces: list[tuple[str, str]] = []
        for font, group in groupby(((self._font_for(c, face), c) for c in text), key=lambda pair: pair[0]):
            piece = "".join(c for _, c in group)
            pieces.append((font, piece) if font else (name, notation(piece)))
        return [(font, "".join(p for _, p in group)) for font, group in groupby(pieces, key=lambda pair: pair[0])]

    def _font_for(self, char: str, face: str) -> str | None:
        point = ord(char)
        if point in self._has[NAMES[face]]:
            return NAMES[face]
        for other in (face, *(f for f in NAMES if f != face)):
            if point in self._block(other, point // BLOCK):
                return f"{NAMES[other]}-{point // BLOCK:X}"
        return None

    def _block(self, face: str, block: int) -> frozenset[int]:
        key = (face, block)
        if key not in self._blocks:
            points = _outlines().held(face).intersection(range(block * BLOCK, (block + 1) * BLOCK))
            if points:
                name = f"{NAMES[face]}-{block:X}"
                out = BytesIO()
                _outlines().convert(face, {0x20} | points, name, out)
                out.seek(0)
                _register(name, out)
            self._blocks[key] = points
        return self._blocks[key]


def notation(text: str) -> str:
    """Characters that no face has, named so that a reader can look them up: 〔U+1F600 U+1F601〕."""
    return "〔" + " ".join(f"U+{ord(c):04X}" for c in text) + "〕"


_DROPPED = {0x00AD, 0xFEFF, 0xFFFC, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
            *range(0xFE00, 0xFE10), *range(0xE0000, 0xE0200), *range(0xFFF0, 0xFFFB)}  # fmt: skip


def printable(text: str) -> str:
    """A text as it can be printed: no control, direction or invisible characters, spaces of one kind, accents composed.

    Line breaks and tabs become spaces.
    """
    if text.isascii() and text.isprintable():
        return text
    if not any(0xF900 <= ord(c) < 0xFB00 or 0x2F800 <= ord(c) < 0x2FA20 for c in text):
        text = unicodedata.normalize("NFC", text)
    kept = []
    for c in text:
        kind = unicodedata.category(c)
        if c in "\n\r\t" or kind in ("Zl", "Zp") or (kind == "Zs" and c not in "\u00a0\u3000"):
            kept.append(" ")
        elif kind not in ("Cc", "Cs") and ord(c) not in _DROPPED:
            kept.append(c)
    return "".join(kept)


def _register(name: str, file: IO[bytes]) -> frozenset[int]:
    with file:
        font = EmbeddedFont(name, file)
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


@cache
def _load(folder: Path) -> Fonts:
    return Fonts(prepare(folder))


def load(folder: Path) -> Fonts:
    """The faces registered for this process, prepared first if they must be. Raises FontError."""
    with _registering:
        return _load(folder)


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(arguments: list[str] | None = None) -> int:
    """Prepare the fonts from the command line. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m app.reports", description="Prepares the fonts of charts and reports."
    )
    parser.add_argument(
        "--folder", type=Path, default=None, help="where to keep them (default: fonts in the instance folder)"
    )
    options = parser.parse_args(arguments)
    try:
        folder = options.folder or read_config().fonts
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if is_prepared(folder):
        _tell(f"fonts are ready in {folder}")
        return 0
    _tell("preparing the fonts, about half a minute, once …")
    try:
        prepare(folder)
    except FontError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    _tell(f"fonts are ready in {folder}")
    return 0
