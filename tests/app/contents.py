"""A site's content with a second version of a trade, for tests of what happens when one is published."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from scoring.content.loader import ROOT
from scoring.content.published import publish

V1, V2 = "sectors/molds/v1", "sectors/molds/v2"


def copy_content(target: Path) -> Path:
    """The content of this site in a folder of its own."""
    shutil.copytree(ROOT, target)
    publish(target)
    return target


def add_version(root: Path, *changes: tuple[str, str, str]) -> None:
    """A second version of the mould trade: (file, old, new) replaces every occurrence in that file."""
    shutil.copytree(root / V1, root / V2)
    for file, old, new in changes:
        path = root / V2 / file
        text = path.read_text(encoding="utf-8")
        assert re.search(old, text), f"{file} does not hold {old!r}"
        path.write_text(re.sub(old, new, text), encoding="utf-8")


def publish_all(root: Path) -> None:
    """Register what is new; the register's time differs however coarse the clock is."""
    publish(root)
    about = (root / "published.yaml").stat()
    os.utime(root / "published.yaml", ns=(about.st_atime_ns, about.st_mtime_ns + 1_000_000))
