"""What the site serves: of each trade the newest published versions that load. One broken file takes no trade down.

The commands of the engine are strict (`load_catalogue`); here a version that cannot be used is passed over, and
`troubles` says which, where and what to do. Where a package has published versions (`published.yaml`), only those are
served: what an author still works on may change. In a package without any, the newest folder counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

from scoring.content import loader
from scoring.content.catalogue import Catalogue
from scoring.content.checks import references
from scoring.content.loader import list_sectors, load_catalogue, numbers, packages, parse
from scoring.content.published import read_register
from scoring.errors import ContentError, Fault

MOST_TRIES = 100
Stamp = tuple[int, int] | None


class Trouble(NamedTuple):
    """A trade whose newest content cannot be used. `serving` are the versions served instead, None: none."""

    sector: str
    faults: tuple[Fault, ...]
    serving: dict[str, str] | None


def serve(sector: str, root: Path | None = None) -> Catalogue:
    """The newest published content of a trade that loads.

    Raises KeyError for a trade without content, ContentError with the newest version's faults where none can be used.
    """
    root = root or loader.ROOT
    return load_catalogue(sector, dict(_versions(sector, root, _stamp(root))), root)


def served_sectors(root: Path | None = None) -> list[str]:
    """Ids of the trades that can be served, in the order of the plan."""
    root = root or loader.ROOT
    return list(_served(root, _stamp(root)))


def troubles(root: Path | None = None) -> tuple[Trouble, ...]:
    """The trades whose newest content cannot be used. Looks at the files anew when any of them has changed."""
    root = root or loader.ROOT
    files = sorted(root.rglob("*.yaml"))
    return _troubles(root, tuple((str(f), stat.st_mtime_ns, stat.st_size) for f in files if (stat := f.stat())))


def _stamp(root: Path) -> Stamp:
    """Changes when something is published: a running site then looks for the newest versions again."""
    try:
        about = (root / "published.yaml").stat()
    except OSError:
        return None
    return about.st_mtime_ns, about.st_size


@lru_cache(maxsize=64)
def _versions(sector: str, root: Path, stamp: Stamp) -> tuple[tuple[str, str], ...]:
    if sector not in list_sectors(root):
        raise KeyError(sector)
    first: ContentError | None = None
    for versions in _candidates(sector, root):
        try:
            load_catalogue(sector, versions, root)
        except ContentError as error:
            first = first or error
        else:
            return tuple(versions.items())
    raise first or ContentError([Fault(f"sectors/{sector}", "", "has no version; put the files into a folder v1")])


@lru_cache(maxsize=8)
def _served(root: Path, stamp: Stamp) -> tuple[str, ...]:
    found = []
    for sector in list_sectors(root):
        try:
            _versions(sector, root, stamp)
        except ContentError:
            continue
        found.append(sector)
    return tuple(found)


def _candidates(sector: str, root: Path) -> Iterator[dict[str, str]]:
    """Versions to try, newest first: one step back in one package before two steps anywhere."""
    published = read_register(root)
    offered: dict[str, list[str]] = {}
    for name, folder in packages(sector, {}, root).items():
        there = numbers(folder.parent)
        place = folder.parent.relative_to(root).as_posix()
        offered[name] = [n for n in there if f"{place}/v{n}" in published] or there
    steps = sorted(
        product(*(range(len(versions)) for versions in offered.values())), key=lambda back: (sum(back), back)
    )
    for back in steps[:MOST_TRIES]:
        yield {name: versions[n] for (name, versions), n in zip(offered.items(), back, strict=True)}


@lru_cache(maxsize=4)
def _troubles(root: Path, stamps: tuple[tuple[str, int, int], ...]) -> tuple[Trouble, ...]:
    found = []
    for sector in list_sectors(root):
        faults = _faults(sector, root)
        if faults:
            try:
                serving = serve(sector, root).versions
            except ContentError:
                serving = None
            found.append(Trouble(sector, tuple(faults), serving))
    return tuple(found)


def _faults(sector: str, root: Path) -> list[Fault]:
    """What keeps the newest folders of a trade from being used, published or not."""
    try:
        parsed = parse(sector, {}, root)
    except ContentError as error:
        return error.faults
    return references(parsed.sector, parsed.edition, parsed.origin, parsed.entries)
