"""A copy of one trade's content that a test may break."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scoring.content.loader import ROOT

TRADE = "molds"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """The folders that one trade reads, alone under a new root."""
    for name in ("common", "shared", "frameworks", f"sectors/{TRADE}", "solutions/common", f"solutions/{TRADE}"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def edit(content: Path) -> Callable[[str, str, str], None]:
    """edit(file, old, new): replaces the first occurrence of a text that must be there."""

    def edited(file: str, old: str, new: str) -> None:
        path = content / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return edited
