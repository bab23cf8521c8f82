"""The engine: answers of a firm in; level, gates, profile, first steps and their reasons out.

Pure Python: no framework, no database.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring.answers import switched_off
from scoring.content.catalogue import Catalogue
from scoring.content.loader import list_sectors, load_catalogue
from scoring.result import assess

__all__ = ["asked", "assess", "list_sectors", "load_catalogue"]


def asked(catalogue: Catalogue, profile: Mapping[str, Any]) -> list[str]:
    """Ids of the questions that a firm with this profile is asked, in order."""
    off = switched_off(catalogue, profile)
    return [item for item in catalogue.questions if item not in off]
