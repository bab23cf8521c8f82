"""Calls that are confined to one place, because everything else would go round a lock."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "app").rglob("*.py"))


def calls(path: Path) -> Iterator[tuple[str, int]]:
    """(name of the called function or method, line) of every call; attribute uses as ".name"."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield f".{node.func.attr}()", node.lineno
            elif isinstance(node.func, ast.Name):
                yield f"{node.func.id}()", node.lineno
        elif isinstance(node, ast.Attribute):
            yield f".{node.attr}", node.lineno
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            for alias in node.names:
                yield f"import {alias.name}", node.lineno


def uses(names: set[str], *, allowed: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    """Places in app/ that use one of `names`, outside the allowed modules."""
    return [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in MODULES
        if str(path.relative_to(ROOT)) not in allowed
        for name, line in calls(path)
        if name in names
    ]


def test_only_the_transaction_module_commits() -> None:
    assert uses({".commit()"}, allowed={"app/transaction.py"}) == []


def test_no_statement_goes_round_the_row_lock() -> None:
    names = {
        "import text",
        "import table",
        "import literal_column",
        ".__table__",
        ".exec_driver_sql()",
        ".from_statement()",
    }
    assert uses(names, allowed={"app/transaction.py"}) == []


def test_no_legacy_queries_and_no_bulk_calls() -> None:
    names = {
        ".query", ".query()", ".bulk_save_objects()", ".bulk_insert_mappings()", ".bulk_update_mappings()",
        ".get_or_404()", ".first_or_404()", ".paginate()",
    }  # fmt: skip
    found = [place for place in uses(names) if not _is_url_query(place)]
    assert found == []


def _is_url_query(place: str) -> bool:
    """`urlsplit(…).query` is something else."""
    file, rest = place.split(":", 1)
    line = (ROOT / file).read_text().splitlines()[int(rest.split()[0]) - 1]
    return "parts.query" in line or "url" in line.lower()


def test_the_environment_is_read_in_one_place() -> None:
    """`request.environ` of a download is the web server's, not the process's."""
    assert uses({".environ", ".getenv()"}, allowed={"app/config.py", "app/web/downloads.py"}) == []


def test_content_is_shown_in_the_characters_of_the_reader() -> None:
    """`Text.get` knows two languages; `i18n.content_text` and the report's `Words.of` also know the characters."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in MODULES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"\.get\((language\(\)|lang\b|.*\.language\))", line)
    ]
    assert [place for place in found if place.split(":")[0] not in {"app/reports/wording.py"}] == []


def test_redirects_after_input_go_through_the_local_path_check() -> None:
    for path in (ROOT / "app" / "web").rglob("*.py"):
        source = path.read_text()
        if 'args.get("next")' in source:
            assert source.count('args.get("next")') == source.count('local_path(request.args.get("next"))'), path


def test_pages_offer_only_content_that_is_served() -> None:
    """A stored round is read with its own versions; whatever else a page shows is the last good published content."""
    found = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                newest = node.func.id == "load_catalogue" and len(node.args) + len(node.keywords) < 2
                if (newest or node.func.id == "list_sectors") and path.name not in ("cli_content.py", "cli_reports.py"):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.func.id}; use scoring.content.serving")
    assert found == []


BESIDE: dict[str, set[str]] = {
    "queries": {
        "access",
        "answers",
        "bundles",
        "chain",
        "enclosures",
        "exports",
        "findings",
        "health",
        "quality",
        "stages",
    },  # fmt: skip
    "services": {
        "answers",
        "backups",
        "bundle_files",
        "bundles",
        "cluster_reports",
        "comparison",
        "coordinators",
        "demo",
        "demo_advice",
        "demo_engagements",
        "demo_lists",
        "demo_rounds",
        "demo_selfchecks",
        "demo_verifications",
        "engagement_requests",
        "exports",
        "findings",
        "links",
        "grids",
        "names",
        "portfolio",
        "quick",
        "renewals",
        "roster_sheets",
        "roster_table",
        "rosters",
        "spreadsheets",
        "texts",
        "tokens",
        "uploads",
        "workbooks",
    },
    "jobs": {"backups", "bundles", "cluster_reports", "context", "enclosures", "queue", "senders", "tasks"},
}
"""What is not a row of its own, by folder."""


@pytest.mark.parametrize("folder", ["queries", "services", "jobs"])
def test_the_same_noun_has_the_same_module_name(folder: str) -> None:
    """A module of queries, services or jobs is named for a model's noun, or for one of the few things that are not
    rows."""
    nouns = {path.stem for path in (ROOT / "app" / "models").glob("*.py")}
    named = {path.stem for path in (ROOT / "app" / folder).glob("*.py")} - {"__init__"}
    assert named - nouns - BESIDE[folder] == set()


def test_modules_stay_small() -> None:
    long = {str(p.relative_to(ROOT)): n for p in MODULES if (n := len(p.read_text().splitlines())) > 400}
    assert long == {}, "split by noun or by step"
