"""The release rule for figures of groups, and attacks on it by subtraction."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal as D
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.cohort import (
    NEED,
    Cell,
    Entry,
    Figure,
    Waiting,
    common_cell,
    counted,
    disjoint,
    form_blocks,
    releasable,
    release,
    size_band,
    whole_blocks,
)

MOULDS: Cell = ("molds", "20", "长安镇")
OTHER: Cell = ("molds", "20", "横沥镇")


def entry(firm: str, score: int | None, block: str | None = None, cell: Cell = MOULDS, of: int = 5) -> Entry:
    return Entry(firm, cell, {"score": None if score is None else D(score)}, block, of if block else 0)


def block(name: str, scores: list[int | None], cell: Cell = MOULDS) -> list[Entry]:
    return [entry(f"{name}{n}", score, name, cell) for n, score in enumerate(scores)]


def figures(entries: list[Entry], visible: set[str] = set()) -> dict[Cell, Figure]:  # noqa: B006
    cells: dict[Cell, list[Entry]] = defaultdict(list)
    for one in entries:
        cells[one.cell].append(one)
    return release(cells, visible)


@pytest.mark.parametrize(
    ("hidden", "open_"), [(0, True), (1, False), (2, False), (4, False), (5, True), (6, True), (500, True)]
)
def test_case_04_a_figure_is_released_for_nobody_hidden_or_five(hidden: int, open_: bool) -> None:
    assert releasable(hidden) is open_


def test_quartiles_need_ten() -> None:
    assert not releasable(9, need=10)
    assert releasable(10, need=10)
    one = block("a", [10, 20, 30, 40, 50])
    assert figures(one)[()].quartiles == {}
    assert figures(one + block("b", [10, 20, 30, 40, 50]))[()].quartiles == {"score": (D(20), D(30), D(40))}
    named = [entry(str(n), 10 * n) for n in range(5)]
    assert figures(named, {e.firm for e in named})[()].quartiles == {"score": (D("10.0"), D("20.0"), D("30.0"))}


@pytest.mark.parametrize(("hidden", "need"), [(-1, 5), (3, 1), (3, 0)])
def test_senseless_numbers_are_refused(hidden: int, need: int) -> None:
    with pytest.raises(ValueError):
        releasable(hidden, need)


@given(st.integers(0, 300))
def test_case_04_hidden_firms_are_counted_in_whole_fives(hidden: int) -> None:
    n = counted(hidden)
    assert n % NEED == 0
    assert 0 <= hidden - n < NEED


@pytest.mark.parametrize(
    ("employees", "band"), [(None, ""), (0, "1"), (19, "1"), (20, "20"), (99, "20"), (100, "100"), (5000, "300")]
)
def test_sizes_have_fixed_bands(employees: int | None, band: str) -> None:
    assert size_band(employees) == band


def test_the_mean_says_of_how_many() -> None:
    seen = [entry("a", 40), entry("b", 51)]
    assert figures(seen, {"a", "b"})[()] == Figure(2, 0, {"score": D("45.5")}, {}, {"score": 2})
    figure = figures(seen + block("x", [20, 20, 20, 20, 20]), {"a", "b"})[()]
    assert (figure.number, figure.hidden, figure.means["score"]) == (7, 5, D(27))
    assert figure.means["score"].as_tuple().exponent == 0


def test_case_04_a_hidden_firm_outside_a_block_leaves_no_trace() -> None:
    seen = [entry("a", 40)]
    for number in range(1, 9):
        waiting = [entry(f"w{n}", 99) for n in range(number)]
        assert figures(seen + waiting, {"a"}) == figures(seen, {"a"})
        assert figures(waiting) == {}


def test_attack_a_firm_leaves_its_block() -> None:
    """Not the mean of the other four remains, but nothing of the block."""
    others = block("b", [10, 20, 30, 40, 50])
    whole = block("a", [10, 20, 30, 40, 90])
    for gone in range(5):
        left = [e for n, e in enumerate(whole) if n != gone]
        assert figures(left) == {}
        assert figures(left + others) == figures(others)


def test_attack_a_firm_of_the_block_shows_its_name() -> None:
    whole = block("a", [10, 20, 30, 40, 90])
    figure = figures(whole, {"a4"})[()]
    assert (figure.number, figure.hidden, figure.means["score"]) == (1, 0, D("90.0"))


def test_attack_firms_seen_through_another_group_hide_nobody() -> None:
    whole = block("a", [10, 20, 30, 40, 90])
    for seen in range(1, 5):
        visible = {f"a{n}" for n in range(seen)}
        assert figures(whole, visible)[()].hidden == 0


def test_attack_a_firm_of_the_block_submits_again() -> None:
    """The second result waits; the first one stays in the figure."""
    whole = block("a", [10, 20, 30, 40, 90])
    assert figures([*whole, entry("a4", 20)]) == figures(whole)


def test_attack_the_complement_of_a_cell() -> None:
    """A cell of five beside one of three: the whole is the five, not the eight."""
    rest = [entry(f"w{n}", 99, cell=OTHER) for n in range(3)]
    found = figures(block("a", [10, 20, 30, 40, 50]) + rest)
    assert {cell: figure.number for cell, figure in found.items()} == {MOULDS[:n]: 5 for n in range(4)}


def test_a_block_of_several_cells_counts_only_where_all_of_it_is() -> None:
    mixed = [entry(f"m{n}", 30, "m", MOULDS if n < 2 else OTHER) for n in range(5)]
    assert set(figures(mixed)) == {(), ("molds",), ("molds", "20")}
    assert common_cell([MOULDS, OTHER]) == ("molds", "20")
    assert common_cell([MOULDS]) == MOULDS


def test_attack_a_measure_that_not_every_firm_of_the_block_has() -> None:
    found = figures(block("a", [10, 20, 30, 40, 50]) + block("b", [90, None, None, None, None]))[()]
    assert (found.number, found.numbers["score"], found.means["score"]) == (10, 5, D(30))


def test_attack_two_groups_that_share_some_firms() -> None:
    """Of two overlapping blocks one viewer is shown the older one only; the same firms twice tell nothing new."""
    a, b = frozenset("12345"), frozenset("12346")
    assert disjoint([("a", a), ("b", b), ("c", a), ("d", frozenset("6789x"))]) == {"a", "c", "d"}


# ---- blocks


def waiting(number: int, cell: Cell = MOULDS, start: int = 0, **rest: object) -> list[Waiting]:
    return [Waiting(f"r{start + n}", f"f{start + n}", cell, **rest) for n in range(number)]  # type: ignore[arg-type]


def formed(*args: object, **kwargs: object) -> list[list[object]]:
    return [[one.result for one in found] for found in form_blocks(*args, **kwargs)]  # type: ignore[arg-type]


def test_blocks_are_formed_first_come_first() -> None:
    assert formed(waiting(4)) == []
    assert formed(waiting(12)) == [["r0", "r1", "r2", "r3", "r4"], ["r5", "r6", "r7", "r8", "r9"]]


def test_firms_of_small_cells_find_company_in_a_wider_one() -> None:
    assert len(formed(waiting(3) + waiting(3, OTHER, 10))) == 1
    far = ("textiles", "1", "西樵镇")
    assert formed(waiting(2) + waiting(2, OTHER, 10) + waiting(1, far, 20)) == [["r0", "r1", "r10", "r11", "r20"]]


def test_who_can_expect_company_of_his_own_kind_waits_for_it() -> None:
    mixed = waiting(3) + waiting(3, OTHER, 10)
    assert formed(mixed, [MOULDS, MOULDS, OTHER, OTHER]) == []
    late = waiting(3, overdue=True) + waiting(3, OTHER, 10, overdue=True)
    assert len(formed(late, [MOULDS, MOULDS, OTHER, OTHER])) == 1


def test_a_block_follows_itself_in_the_next_round() -> None:
    former = {"a": frozenset(f"f{n}" for n in range(5))}
    again = waiting(5, former="a")
    assert formed([*again[:4], *waiting(4, start=10)], (), former) == []
    assert formed([*again, *waiting(4, start=10)], (), former) == [["r0", "r1", "r2", "r3", "r4"]]
    assert len(formed([*waiting(4, former="a", overdue=True), *waiting(1, start=10)], (), former)) == 1


# ---- any history: what can be worked out from all figures ever shown is at least five firms


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    kinds = st.sampled_from(["submit", "submit", "submit", "leave", "name", "hide"])
    return draw(st.lists(st.tuples(kinds, st.integers(0, 13), st.integers(0, 1)), min_size=5, max_size=60))


@given(histories())
def test_attack_all_differences_of_all_figures_over_time(history: list[tuple[str, int, int]]) -> None:
    """Play a history, collect which hidden results stood in each released cell, and subtract each from each."""
    blocks: dict[str, list[Waiting]] = {}
    latest: dict[str, tuple[str, Cell]] = {}
    named: set[str] = set()
    shown: set[frozenset[object]] = {frozenset()}
    for turn, (kind, number, town) in enumerate(history):
        firm = f"f{number}"
        match kind:
            case "submit":
                latest[firm] = (f"{firm}@{turn}", (MOULDS, OTHER)[town])
            case "leave":
                latest.pop(firm, None)
            case "name":
                named.add(firm)
            case "hide":
                named.discard(firm)
        inside = {one.result for found in blocks.values() for one in found}
        here = [
            Waiting(result, firm, cell)
            for firm, (result, cell) in latest.items()
            if firm not in named and result not in inside
        ]
        for found in form_blocks(here):
            blocks[f"b{len(blocks)}"] = list(found)
        entries: list[Entry] = []
        standing: dict[str, Entry] = {}
        for name, found in blocks.items():  # the newest block of a firm is the one it stands in
            for one in found:
                if one.firm in latest and one.firm not in named:
                    standing[str(one.firm)] = Entry(one.firm, one.cell, {"score": 1}, name, len(found))
        entries = [*standing.values(), *(Entry(f, latest[f][1], {"score": 1}) for f in named if f in latest)]
        whole = whole_blocks(entries, named)
        for cell, figure in figures(entries, named).items():
            inside_cell = [b for b in whole if common_cell(e.cell for e in b)[: len(cell)] == cell]
            assert figure.hidden == sum(map(len, inside_cell))
            shown.add(frozenset(one.result for b in inside_cell for one in blocks[str(b[0].block)]))
    for one, other in combinations(shown, 2):
        for left in (one - other, other - one, one & other):
            assert len(left) == 0 or len(left) >= NEED
