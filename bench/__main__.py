"""Runs the benchmarks: `python -m bench [NAME …]`. Exits 1 when a limit is broken, 2 for an unknown name."""

from __future__ import annotations

import argparse
import ast
import importlib
import sys
from pathlib import Path

from bench.table import Row, keep, show


def names() -> list[str]:
    """Names of all benchmarks: the modules of this package that define `run`. Nothing is imported to find them."""
    found = []
    for path in sorted(Path(__file__).parent.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(node, ast.FunctionDef) and node.name == "run" for node in tree.body):
            found.append(path.stem)
    return found


def main() -> int:
    """Run what was asked for, one after the other, and say at the end what broke its limit."""
    known = names()
    parser = argparse.ArgumentParser(prog="python -m bench", description="Runs benchmarks and checks their limits.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which ones (default: all): {', '.join(known)}")
    chosen = parser.parse_args().names or known
    unknown = [name for name in chosen if name not in known]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; known: {', '.join(known)}", file=sys.stderr)
        return 2
    broken: list[Row] = []
    for name in chosen:
        rows: list[Row] = importlib.import_module(f"bench.{name}").run()
        keep(name, rows)
        print(f"{name}\n{show(rows)}\n", flush=True)
        broken += [row for row in rows if not row.ok]
    for row in broken:
        print(f"over its limit: {row.name}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
