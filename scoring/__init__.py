"""The engine: answers of a firm in, level, gates, profile, first steps and their reasons out. Pure Python, no framework, no database."""

from scoring.answers import switched_off
from scoring.content.loader import list_sectors, load_catalogue
from scoring.result import assess

__all__ = ["asked", "assess", "list_sectors", "load_catalogue"]


def asked(catalogue, profile):  # type: ignore[no-untyped-def]
    """Ids of the questions that a firm with this profile is asked, in order."""
    off = switched_off(catalogue, profile)
    return [item for item in catalogue.questions if item not in off]
