"""A newer version of a trade's content on a running site."""

from __future__ import annotations

import shutil
from pathlib import Path

from scoring.content.published import publish


def publish_newer(trade: str, root: Path, *changes: tuple[str, str]) -> None:
    """Publish a second version of a trade's two packages in which each old text reads as the new one."""
    for package in (root / "sectors" / trade, root / "solutions" / trade):
        shutil.copytree(package / "v1", package / "v2")
        for path in (package / "v2").glob("*.yaml"):
            text = path.read_text(encoding="utf-8")
            for old, new in changes:
                text = text.replace(old, new)
            path.write_text(text, encoding="utf-8")
    publish(root)
