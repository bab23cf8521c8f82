"""What the site serves: of each trade and self-check the newest published versions that load. One broken file takes
none of them down.

The commands of the engine are strict (`load_catalogue`); here a version that cannot be used is passed over, and
`troubles` says which, where and what to do. Where a package has published versions (`published.yaml`), only those are
served: what an author still works on may change. In a package without any, the newest folder counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Literal, NamedTuple

from scoring.content import loader
from scoring.content.catalogue import Catalogue
from scoring.content.checks import references
from scoring.content.loader import list_sectors, load_catalogue, numbers, packages, parse
from scoring.content.plan import PLAN, read_plan
from scoring.content.published import REGISTER, changed_versions, read_register
from scoring.content.selfchecks import FOLDER, SelfCheck, list_checks, load_check, read_check
from scoring.errors import ContentError, Fault

MOST_TRIES = 100
Stamp = tuple[int, int] | None


class Trouble(NamedTuple):
    """A trade, self-check or shared file whose newest content cannot be used, or was changed after it was published.

    `serving` are the versions that are served, None: none; empty for a shared file, which has no versions.
    """

    name: str
    faults: tuple[Fault, ...]
    serving: dict[str, str] | None
    kind: Literal["sector", "selfcheck", "file"] = "sector"


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


def serve_check(check_id: str, root: Path | None = None) -> SelfCheck:
    """The newest published version of a self-check that loads.

    Raises KeyError for an unknown check, ContentError with the newest version's faults where none can be used.
    """
    root = root or loader.ROOT
    return load_check(check_id, _check_version(check_id, root, _stamp(root)), root)


def served_checks(root: Path | None = None) -> list[str]:
    """Ids of the self-checks that can be served, in the order they are offered."""
    root = root or loader.ROOT
    return [name for name in list_checks(root) if _serves_check(name, root)]


def troubles(root: Path | None = None) -> tuple[Trouble, ...]:
    """What keeps the newest content from being used. Looks at the files anew when any of them has changed."""
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


@lru_cache(maxsize=16)
def _check_version(check_id: str, root: Path, stamp: Stamp) -> str:
    if check_id not in list_checks(root):
        raise KeyError(check_id)
    first: ContentError | None = None
    for version in _offered(root / FOLDER / check_id, root, read_register(root)):
        try:
            load_check(check_id, version, root)
        except ContentError as error:
            first = first or error
        else:
            return version
    raise first or ContentError([Fault(f"{FOLDER}/{check_id}", "", "has no version; put the file into a folder v1")])


def _serves_check(check_id: str, root: Path) -> bool:
    try:
        serve_check(check_id, root)
    except ContentError:
        return False
    return True


def _offered(folder: Path, root: Path, published: Mapping[str, str]) -> list[str]:
    """The versions of a package that may be served, newest first."""
    there, place = numbers(folder), folder.relative_to(root).as_posix()
    return [n for n in there if f"{place}/v{n}" in published] or there


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
    offered = {name: _offered(f.parent, root, published) for name, f in packages(sector, {}, root).items()}
    steps = sorted(
        product(*(range(len(versions)) for versions in offered.values())), key=lambda back: (sum(back), back)
    )
    for back in steps[:MOST_TRIES]:
        yield {name: versions[n] for (name, versions), n in zip(offered.items(), back, strict=True)}


@lru_cache(maxsize=4)
def _troubles(root: Path, stamps: tuple[tuple[str, int, int], ...]) -> tuple[Trouble, ...]:
    changed = changed_versions(root)
    found = [
        Trouble(file, tuple(faults), {}, "file")
        for file, faults in ((PLAN, _plan_faults(root)), (REGISTER, [f for f in changed if f.file == REGISTER]))
        if faults
    ]
    for sector in list_sectors(root):
        try:
            serving = serve(sector, root).versions
        except ContentError:
            serving = None
        if faults := [*_within(_places(sector, root), changed), *_faults(sector, root)]:
            found.append(Trouble(sector, tuple(faults), serving))
    for name in list_checks(root):
        place = f"{FOLDER}/{name}"
        if faults := [*_within([place], changed), *_check_faults(name, root)]:
            good = {place: serve_check(name, root).version} if _serves_check(name, root) else None
            found.append(Trouble(name, tuple(faults), good, "selfcheck"))
    return tuple(found)


def _plan_faults(root: Path) -> list[Fault]:
    try:
        read_plan(root)
    except ContentError as error:
        return error.faults
    return []


def _within(places: Sequence[str], faults: Sequence[Fault]) -> list[Fault]:
    """The faults of these packages' versions: what was changed after it was published is told first."""
    return [f for f in faults if f.file.startswith(tuple(f"{place}/v" for place in places))]


def _places(sector: str, root: Path) -> list[str]:
    try:
        return [folder.parent.relative_to(root).as_posix() for folder in packages(sector, {}, root).values()]
    except ContentError:
        return []  # of which the faults of the trade speak


def _check_faults(check_id: str, root: Path) -> list[Fault]:
    """What keeps the newest folder of a self-check from being used, published or not. Read past the cache."""
    try:
        read_check(check_id, None, root)
    except ContentError as error:
        return error.faults
    return []


def _faults(sector: str, root: Path) -> list[Fault]:
    """What keeps the newest folders of a trade from being used, published or not."""
    try:
        parsed = parse(sector, {}, root)
    except ContentError as error:
        return error.faults
    return references(parsed.sector, parsed.edition, parsed.origin, parsed.entries)
