"""New versions of a trade's content: what belongs to the trade alone, and writing it as a folder, all or nothing.

A published version is never touched: what changed goes into the next number. A newest folder that is not published yet
is replaced. Everything is tried on a copy first, with all the checks of `python -m scoring check`.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from scoring.content.dump import entries_text, entry_text
from scoring.content.loader import numbers, parse
from scoring.content.published import read_register
from scoring.content.tables import Own
from scoring.errors import ContentError, Fault
from scoring.review import review

SOLUTIONS = "solutions"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A version folder to write: `folder` below the root, its files, and whether it takes the place of one there."""

    folder: str
    files: Mapping[str, str]
    replaces: bool

    @property
    def package(self) -> str:
        """The folder of all versions of this package."""
        return self.folder.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Trial:
    """What the checks say of proposals: faults that they bring, faults that were there before, and warnings."""

    faults: tuple[Fault, ...] = ()
    before: tuple[Fault, ...] = ()
    warnings: tuple[str, ...] = field(default=())


def own_content(sector: str, root: Path) -> tuple[Own, dict[str, str]]:
    """What belongs to one trade alone in its newest versions, and the versions of all its packages.

    Raises ContentError for faults of form.
    """
    parsed = parse(sector, {}, root)
    mine = (f"sectors/{sector}/", f"{SOLUTIONS}/{sector}/")
    entries = {
        kind: tuple(e for e in found if parsed.origin[f"{kind}:{e.id}"].startswith(mine))
        for kind, found in parsed.entries.items()
    }
    return Own(parsed.sector, entries), parsed.versions


def published_versions(sector: str, root: Path) -> dict[str, str]:
    """The newest published version of each of a trade's packages; where nothing is registered, the newest folder."""
    found = {}
    register = read_register(root)
    for name, package in ((sector, f"sectors/{sector}"), (f"{SOLUTIONS}/{sector}", f"{SOLUTIONS}/{sector}")):
        there = [n for n in numbers(root / package) if not register or f"{package}/v{n}" in register]
        if there:
            found[name] = there[0]
    return found


def propose(old: Own, new: Own, root: Path) -> list[Proposal]:
    """The version folders that bring a trade from its old content to the new: none where both are equal.

    The head, questions and duties of a trade are one package, its solutions another, each with its own number.
    """
    trade = old.sector.id
    rest = [kind for kind in new.entries if kind != SOLUTIONS]
    found = []
    if new.sector != old.sector or any(new.entries[k] != old.entries.get(k, ()) for k in rest):
        files = {"sector.yaml": entry_text(new.sector)}
        files |= {f"{k}.yaml": entries_text(k, new.entries[k]) for k in rest if new.entries[k]}
        found.append(_proposal(f"sectors/{trade}", files, root))
    if new.entries.get(SOLUTIONS, ()) != old.entries.get(SOLUTIONS, ()):
        files = {"solutions.yaml": entries_text(SOLUTIONS, new.entries[SOLUTIONS])}
        found.append(_proposal(f"{SOLUTIONS}/{trade}", files, root))
    return found


def _proposal(package: str, files: dict[str, str], root: Path) -> Proposal:
    there = numbers(root / package)
    register = read_register(root)
    if there and register and f"{package}/v{there[0]}" not in register:
        return Proposal(f"{package}/v{there[0]}", files, replaces=True)
    return Proposal(f"{package}/v{int(there[0]) + 1 if there else 1}", files, replaces=False)


def try_out(proposals: Sequence[Proposal], new: Own, root: Path) -> Trial:
    """All checks on a copy of the content with the proposals in it. Raises RuntimeError if writing lost something."""
    with tempfile.TemporaryDirectory(prefix="content-") as place:
        copy = Path(place) / "content"
        shutil.copytree(root, copy)
        write(proposals, copy)
        faults, warnings = _review(copy)
        if not faults and own_content(new.sector.id, copy)[0] != new:
            raise RuntimeError(f"{new.sector.id}: the written files do not say what they should; nothing was written")
    if not faults:
        return Trial(warnings=tuple(warnings))
    mine = tuple(f"{p.package}/" for p in proposals)
    before = [f for f in _review(root)[0] if not f.file.startswith(mine)]
    return Trial(tuple(f for f in faults if f not in before), tuple(f for f in faults if f in before))


def _review(root: Path) -> tuple[list[Fault], list[str]]:
    try:
        return [], review(root)["warnings"]
    except ContentError as error:
        return error.faults, []


def write(proposals: Sequence[Proposal], root: Path) -> None:
    """Writes the folders, all of them or none: a reader never sees half of one."""
    with _drafts(proposals, root) as drafts:
        done: list[tuple[Path, Path | None]] = []
        try:
            for proposal, draft in zip(proposals, drafts, strict=True):
                target, aside = root / proposal.folder, None
                if proposal.replaces:
                    aside = draft.with_name(f"{draft.name}.before")
                    os.rename(target, aside)
                    done.append((target, aside))
                os.rename(draft, target)
                if aside is None:
                    done.append((target, None))
        except OSError:
            for target, aside in reversed(done):
                with suppress(OSError):
                    shutil.rmtree(target, ignore_errors=True)
                    if aside is not None:
                        os.rename(aside, target)
            raise
        for _, aside in done:
            if aside is not None:
                shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def _drafts(proposals: Sequence[Proposal], root: Path) -> Iterator[list[Path]]:
    drafts = [root / p.package / f".{secrets.token_hex(6)}" for p in proposals]
    try:
        for proposal, draft in zip(proposals, drafts, strict=True):
            draft.mkdir(parents=True)
            for name, text in proposal.files.items():
                (draft / name).write_text(text, encoding="utf-8")
        yield drafts
    finally:
        for draft in drafts:
            shutil.rmtree(draft, ignore_errors=True)
