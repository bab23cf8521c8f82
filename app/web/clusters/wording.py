"""How clusters and trades are called, and codes printed."""

from __future__ import annotations

from app.i18n import language
from app.models.clusters import Cluster
from app.web.names import sector_name


def cluster_name(cluster: Cluster) -> str:
    """The name in the reader's language."""
    return cluster.name_en if cluster.name_en and language() == "en" else cluster.name


def cluster_facts(cluster: Cluster) -> str:
    """Trade and town in one line."""
    return " · ".join(part for part in (sector_name(cluster.sector) if cluster.sector else "", cluster.town) if part)


def shown_code(code: str) -> str:
    """A code in two halves, as it is printed."""
    half = (len(code) + 1) // 2
    return f"{code[:half]} {code[half:]}" if len(code) > 5 else code
