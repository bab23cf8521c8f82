"""What may be said about a group of firms: one release rule, under every page and file that shows a group figure.

A figure is a number, a mean or a quartile of the firms of a *cell*. Cells are fixed and nested: all, trade, trade and
size, trade and size and town (`cells_of`). A viewer sees some firms one by one, the *visible* ones; the others are
hidden from him. Hidden firms enter figures only in *blocks*: five of them, put together once by `form_blocks` and kept
from then on. The rule is three sentences:

1. A result belongs to one block at most, for ever, and blocks do not overlap.
2. A block enters a figure whole or not at all: all of its firms are in the cell, still there, and still hidden.
3. The result that a hidden firm enters with is the one in its block, whatever it has submitted since.

So two released figures, of whichever cells and filters and days, differ by visible firms and by whole blocks: the
complement of a cell, a newcomer, a second submission, a firm that leaves or shows its name never leaves fewer than five
hidden firms to be worked out by subtraction. A block that has lost a firm is not filled up again. (Who remembers the
figure of a block and later sees some of its firms by name knows the sum of the rest; means with hidden firms are
therefore given in whole points only.)
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

NEED = 5
NEED_FOR_QUARTILES = 10

Cell = tuple[str, ...]
"""A prefix of (trade, size band, town); () is the cell of all firms."""
DEPTH = 3

Number = Decimal | float | int

SIZE_BANDS = (1, 20, 100, 300)
"""Lower ends of the size bands, in employees: "1", "20", "100", "300"; "" where the number is not known."""


def size_band(employees: int | None) -> str:
    """The band of a firm of so many people, named by its lower end."""
    if employees is None:
        return ""
    return str(SIZE_BANDS[max(1, bisect_right(SIZE_BANDS, employees)) - 1])


def cells_of(cell: Cell) -> tuple[Cell, ...]:
    """The cell and all that hold it, the widest first."""
    return tuple(cell[:n] for n in range(len(cell) + 1))


def releasable(hidden: int, need: int = NEED) -> bool:
    """True when a figure may be shown to somebody who cannot see `hidden` of the firms in it one by one.

    Either he sees all of them anyway, or enough are hidden that no single one can be worked out.
    """
    if hidden < 0 or need < 2:
        raise ValueError("hidden is at least 0, need at least 2")
    return hidden == 0 or hidden >= need


def counted(hidden: int, need: int = NEED) -> int:
    """How many hidden firms a bare count may admit: whole groups of `need` only, so that one more changes nothing."""
    return hidden - hidden % need if releasable(hidden, need) else 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One result of one firm. `values` are its measures, None where it has none; `block` the block that the result
    was put into and `of` the number of firms that block was formed with."""

    firm: Hashable
    cell: Cell
    values: Mapping[str, Number | None]
    block: Hashable | None = None
    of: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """What may be said of a cell: of `number` firms, `hidden` of them not seen one by one.

    `means` and `quartiles` (lower, median, upper) by measure; a measure that may not be said is absent. Never a
    minimum or maximum. Whole points where a hidden firm is in it, one decimal otherwise; `numbers` tells how many
    firms have each measure.
    """

    number: int
    hidden: int
    means: Mapping[str, Decimal] = field(default_factory=dict)
    quartiles: Mapping[str, tuple[Decimal, Decimal, Decimal]] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)


def release(cells: Mapping[Cell, Sequence[Entry]], visible: Container[Hashable]) -> dict[Cell, Figure]:
    """The figures that may be shown, for each finest cell given and every cell that holds it.

    `cells` holds one entry for each visible firm, and for each hidden firm with consent the result of its block (those
    without a block count nowhere). Cells without anybody to count are absent.
    """
    entries = [entry for group in cells.values() for entry in group]
    seen: dict[Cell, list[Entry]] = defaultdict(list)
    blocks: dict[Cell, list[list[Entry]]] = defaultdict(list)
    for entry in entries:
        if entry.firm in visible:
            for cell in cells_of(entry.cell):
                seen[cell].append(entry)
    for block in whole_blocks(entries, visible):
        for cell in cells_of(common_cell(entry.cell for entry in block)):
            blocks[cell].append(block)
    units = {
        id(entry): {name: round(value * _EXACT) for name, value in entry.values.items() if value is not None}
        for entry in entries
    }
    return {cell: _figure(seen[cell], blocks[cell], units) for cell in sorted({*seen, *blocks})}


def whole_blocks(entries: Iterable[Entry], visible: Container[Hashable]) -> list[list[Entry]]:
    """The blocks of which every firm is among the entries and hidden from this viewer."""
    found: dict[Hashable, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.block is not None and entry.firm not in visible:
            found[entry.block].append(entry)
    return [block for block in found.values() if len({e.firm for e in block}) == block[0].of >= NEED]


def common_cell(cells: Iterable[Cell]) -> Cell:
    """The narrowest cell that holds all of these."""
    first, *rest = cells
    depth = len(first)
    for cell in rest:
        depth = next((n for n in range(min(depth, len(cell))) if cell[n] != first[n]), min(depth, len(cell)))
    return first[:depth]


def disjoint(blocks: Iterable[tuple[Hashable, frozenset[Hashable]]]) -> set[Hashable]:
    """Of blocks (id, firms), oldest first, those that one viewer may be shown together.

    Somebody who looks at two groups would learn the difference of two blocks that share some firms and not all.
    """
    holders: dict[Hashable, list[frozenset[Hashable]]] = defaultdict(list)
    shown: set[Hashable] = set()
    for block, firms in blocks:
        if all(other == firms for firm in firms for other in holders[firm]):
            shown.add(block)
            for firm in firms:
                holders[firm].append(firms)
    return shown


_EXACT = 10_000
"""Values are summed as whole ten-thousandths: exact, and fast for thousands of firms."""


def _figure(seen: Sequence[Entry], blocks: Sequence[Sequence[Entry]], units: Mapping[int, Mapping[str, int]]) -> Figure:
    means: dict[str, Decimal] = {}
    quartiles: dict[str, tuple[Decimal, Decimal, Decimal]] = {}
    numbers: dict[str, int] = {}
    known = [units[id(entry)] for entry in seen]
    whole = [[units[id(entry)] for entry in block] for block in blocks]
    for name in dict.fromkeys(name for entry in (*known, *(b[0] for b in whole)) for name in entry):
        group = [values[name] for values in known if name in values]
        named = len(group)
        for block in whole:  # a block enters a measure whole, too
            if all(name in values for values in block):
                group += [values[name] for values in block]
        if not group:
            continue
        hidden = len(group) - named
        unit = Decimal(1) if hidden else Decimal("0.1")
        numbers[name] = len(group)
        means[name] = (Decimal(sum(group)) / (len(group) * _EXACT)).quantize(unit, ROUND_HALF_UP)
        if len(group) >= 4 and releasable(hidden, NEED_FOR_QUARTILES):
            group.sort()
            low, middle, high = (_quantile(group, n).quantize(unit, ROUND_HALF_UP) for n in (1, 2, 3))
            quartiles[name] = (low, middle, high)
    count = sum(map(len, blocks))
    return Figure(len(seen) + count, count, means, quartiles, numbers)


def _quantile(ordered: Sequence[int], quarter: int) -> Decimal:
    """A quartile of ordered ten-thousandths, between the two nearest values."""
    low, rest = divmod((len(ordered) - 1) * quarter, 4)
    high = min(low + 1, len(ordered) - 1)
    return Decimal(ordered[low] * 4 + (ordered[high] - ordered[low]) * rest) / (4 * _EXACT)


# ---- putting blocks together


@dataclass(frozen=True, slots=True)
class Waiting:
    """A hidden firm's result that is in no block yet. `former` is the whole block that its firm stands in with an
    earlier result; `overdue` after it has waited long enough for company of its own kind."""

    result: Hashable
    firm: Hashable
    cell: Cell
    former: Hashable | None = None
    overdue: bool = False


def form_blocks(
    waiting: Sequence[Waiting],
    expected: Iterable[Cell] = (),
    former: Mapping[Hashable, frozenset[Hashable]] | None = None,
) -> list[tuple[Waiting, ...]]:
    """New blocks out of results that wait, first come first. What is left over goes on waiting.

    Firms that share a block follow it together: a new round of all five replaces the old one. Others join firms of the
    narrowest cell in which five can be had, counting the `expected` ones (cells of hidden firms that have not
    submitted); an overdue result also joins firms of a wider cell. `former` gives the firms of each whole block.
    """
    blocks: list[tuple[Waiting, ...]] = []
    placed: set[Hashable] = set()
    together: dict[Hashable, list[Waiting]] = defaultdict(list)
    for one in waiting:
        if one.former is not None:
            together[one.former].append(one)
    for block, mates in together.items():
        if frozenset(mate.firm for mate in mates) == (former or {}).get(block):
            blocks.append(tuple(mates))
            placed |= {mate.result for mate in mates}
    free = [one for one in waiting if one.result not in placed and (one.former is None or one.overdue)]
    possible: dict[Cell, int] = defaultdict(int)
    for cell in (*(one.cell for one in free), *expected):
        for wider in cells_of(cell):
            possible[wider] += 1
    for depth in range(DEPTH, -1, -1):
        pools: dict[Cell, list[Waiting]] = defaultdict(list)
        for one in free:
            home = max((len(c) for c in cells_of(one.cell) if possible[c] >= NEED), default=-1)
            if one.result not in placed and (depth == home or (one.overdue and depth < home)):
                pools[one.cell[:depth]].append(one)
        for pool in pools.values():
            for start in range(0, len(pool) - NEED + 1, NEED):
                block_ = tuple(pool[start : start + NEED])
                blocks.append(block_)
                placed |= {one.result for one in block_}
    return blocks
