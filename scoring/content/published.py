"""Which versions are published: `published.yaml` holds the digest of each. A published version never changes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from scoring.content.loader import read_yaml
from scoring.errors import Fault

REGISTER = "published.yaml"


def digest(folder: Path) -> str:
    """SHA-256 over names and contents of a version's files."""
    total = hashlib.sha256()
    for path in sorted(p for p in folder.glob("*.yaml") if p.is_file()):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def version_folders(root: Path) -> list[Path]:
    patterns = ("common/v*", "shared/v*", "sectors/*/v*", "solutions/*/v*", "selfchecks/*/v*")
    return sorted(p for pattern in patterns for p in root.glob(pattern))


def read_register(root: Path) -> dict[str, str]:
    """Digest by published folder (`sectors/molds/v1`); empty where nothing is registered or the file is broken."""
    register = root / REGISTER
    found = read_yaml(register, root, []) if register.exists() else None
    return found if isinstance(found, dict) else {}


def changed_versions(root: Path) -> list[Fault]:
    """Published versions whose files changed after publication (`published.yaml`: folder → digest)."""
    register = root / REGISTER
    faults: list[Fault] = []
    published = read_yaml(register, root, faults) if register.exists() else {}
    if not isinstance(published, dict):
        return faults or [Fault(register.name, "", "expects folder: digest")]
    for name, known in published.items():
        folder = root / name
        if not folder.is_dir():
            faults.append(Fault(name, "", "was published and is gone; put it back"))
        elif digest(folder) != known:
            faults.append(Fault(name, "", "was published and has changed; put it back and make a new version"))
    return faults


_REGISTER = "# Digest (SHA-256) of the files of each published version. A published version never changes.\n"


def publish(root: Path) -> list[str]:
    """Registers version folders that are not in `published.yaml` yet; returns their names. Known ones stay."""
    register = root / REGISTER
    published = read_register(root)
    folders = {folder.relative_to(root).as_posix(): folder for folder in version_folders(root)}
    new = [name for name in folders if name not in published]
    published |= {name: digest(folders[name]) for name in new}
    lines = [f'{name}: "{known}"\n' for name, known in sorted(published.items())]
    register.write_text("".join([_REGISTER, *lines]), encoding="utf-8")
    return new
