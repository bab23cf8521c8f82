"""The firms of a cluster side by side: which of them, in which order, with which columns; and all of it as a workbook.

A view is nothing but a query string, so its address is the saved view, for a page, an export and a colleague alike.
Unknown values in it are left out, never an error.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

from sqlalchemy import select

from app.errors import N_, ConflictError, NotFoundError
from app.extensions import db
from app.files import delete_file, get_file
from app.models.jobs import Job, JobState
from app.queries.clusters import Standing, get_cluster, list_standings
from app.services.jobs import request_job
from app.services.spreadsheets import CHINA, Cell, Sheet, stream_workbook
from scoring.content.model import DIMENSIONS

PAGE = 50
AT_ONCE = 1000
"""Up to so many firms a workbook is made while its reader waits; more are a job."""

_VALUES: dict[str, Callable[[Standing], Any]] = {
    "name": lambda s: s.name.casefold(),
    "sector": lambda s: s.sector,
    "town": lambda s: s.town or None,
    "size": lambda s: int(s.size_band or 0) or None,
    "level": lambda s: None if s.level is None or s.score is None else (s.level, s.score),
    "score": lambda s: s.score,
    "missing": lambda s: s.missed,
    "index": lambda s: s.index,
    "spread": lambda s: s.spread,
    "evidence": lambda s: s.evidence,
    "verified": lambda s: s.verified_at,
    "change": lambda s: s.change,
    "submitted": lambda s: s.submitted_at,
}
FIGURES = tuple(name for name in _VALUES if name != "name")
COLUMNS = (*FIGURES, *DIMENSIONS)
SORTS = (*_VALUES, *DIMENSIONS)
DEFAULT_COLUMNS = ("level", "score", "missing", "index", "spread", "evidence", "verified", "change", "submitted")
HEAT_COLUMNS = ("level", "score", *DIMENSIONS)
GATES = ("score", "scenes", "starred")
STAGES = ("none", "first", "again")
BASES = ("verified", "claimed")
FILTERS = ("sector", "town", "size", "level", "gate", "stage", "basis", "tag", "q")


@dataclass(frozen=True, slots=True)
class View:
    """What was asked for. `filters` holds only what is set; `columns` are in their fixed order."""

    sort: str = "level"
    rising: bool = False
    filters: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = DEFAULT_COLUMNS
    page: int = 1

    def values(self, **changes: Any) -> dict[str, Any]:
        """The view as query values without what is the default; `changes` replace some. The page is not kept."""
        sort = "" if (self.sort, self.rising) == ("level", False) else self.sort if self.rising else f"-{self.sort}"
        columns = () if self.columns == DEFAULT_COLUMNS else self.columns
        wanted = {"sort": sort, **self.filters, "c": list(columns), **changes}
        return {name: value for name, value in wanted.items() if value}


def read_view(args: Mapping[str, Sequence[str]]) -> View:
    """The view in query values (name → values). `sort` is "-score" or "score", `c` the columns."""
    one = {name: values[0].strip()[:100] for name, values in args.items() if values}
    sort = one.get("sort", "")
    name = sort.removeprefix("-")
    known = name in SORTS
    chosen = set(args.get("c", ()))
    page = one.get("page", "")
    return View(
        sort=name if known else "level",
        rising=known and not sort.startswith("-"),
        filters={name: one[name] for name in FILTERS if one.get(name)},
        columns=tuple(c for c in COLUMNS if c in chosen) or DEFAULT_COLUMNS,
        page=min(10_000, int(page)) if page.isascii() and page.isdigit() and int(page[:6]) else 1,
    )


def fit(view: View, standings: Sequence[Standing]) -> View:
    """The view without filters for what does not exist among these firms (a search by name may find nothing)."""
    kept = {
        name: wanted
        for name, wanted in view.filters.items()
        if name not in ("sector", "town", "size", "tag") or any(_matches(s, name, wanted) for s in standings)
    }
    given = {"level": "01234", "gate": GATES, "stage": STAGES, "basis": BASES}
    return replace(view, filters={n: v for n, v in kept.items() if n not in given or v in given[n]})


def value_of(standing: Standing, column: str) -> Any:
    """What a column sorts by; None where the firm has nothing there."""
    return _VALUES[column](standing) if column in _VALUES else standing.dimensions.get(column)


def arrange(standings: Sequence[Standing], view: View) -> list[Standing]:
    """The firms that match, in order; those without a value stand last either way, ties by name."""
    chosen = [s for s in standings if all(_matches(s, name, wanted) for name, wanted in view.filters.items())]
    chosen.sort(key=lambda s: (s.name.casefold(), str(s.firm_id)))
    values = {s.firm_id: value_of(s, view.sort) for s in chosen}
    with_value = [s for s in chosen if values[s.firm_id] is not None]
    with_value.sort(key=lambda s: values[s.firm_id], reverse=not view.rising)
    return with_value + [s for s in chosen if values[s.firm_id] is None]


def _matches(s: Standing, name: str, wanted: str) -> bool:
    match name:
        case "sector":
            return s.sector == wanted
        case "town":
            return s.town == wanted
        case "size":
            return (s.size_band or "0") == wanted
        case "tag":
            return wanted in s.tags
        case "level":
            return str(s.level) == wanted
        case "gate":
            short = s.gate or ("0", 0, 0)
            return wanted in GATES and Decimal(short[GATES.index(wanted)]) > 0
        case "stage":
            return wanted == ("none" if s.round is None else "first" if s.before is None else "again")
        case "basis":
            return s.level is not None and (wanted == "verified") == (s.verified_at is not None)
    return wanted.casefold() in s.name.casefold()


def fingerprint(standings: Sequence[Standing]) -> str:
    """A mark of which firms there are: it changes when one joins, leaves, or shows its name no longer."""
    ids = sorted(str(s.firm_id) for s in standings)
    return hashlib.sha256("".join(ids).encode()).hexdigest()[:32]


# ---- change between two rounds, of the same firms only


@dataclass(frozen=True, slots=True)
class Change:
    """What has changed for the `same` firms by name that submitted at least twice, between their last two rounds.

    `once` have submitted once and `never` not yet: they are in no figure. Means of score and index before and after.
    """

    same: tuple[Standing, ...]
    once: int
    never: int
    up: int
    down: int
    score: tuple[Decimal, Decimal] | None
    index: tuple[Decimal, Decimal] | None
    dimensions: Mapping[str, tuple[float, float, int]]
    moves: Mapping[tuple[int, int], int]


def compare_rounds(standings: Sequence[Standing]) -> Change:
    """The change of the firms that have a round before; all figures are of exactly these."""
    same = tuple(s for s in standings if s.before is not None)
    done = sum(s.round is not None for s in standings)
    moves: dict[tuple[int, int], int] = {}
    for s in same:
        assert s.before is not None and s.level is not None
        key = (s.before.level, s.level)
        moves[key] = moves.get(key, 0) + 1
    dimensions: dict[str, tuple[float, float, int]] = {}
    for name in DIMENSIONS:
        pairs = [
            (old, new)
            for s in same
            if s.before and (old := s.before.dimensions.get(name)) is not None
            and (new := s.dimensions.get(name)) is not None
        ]  # fmt: skip
        if pairs:
            old_mean, new_mean = (sum(column) / len(pairs) for column in zip(*pairs, strict=True))
            dimensions[name] = (old_mean, new_mean, len(pairs))
    return Change(
        same=same,
        once=done - len(same),
        never=len(standings) - done,
        up=sum(n for (old, new), n in moves.items() if new > old),
        down=sum(n for (old, new), n in moves.items() if new < old),
        score=_means([(s.before.score, s.score) for s in same if s.before]),
        index=_means([(s.before.index, s.index) for s in same if s.before]),
        dimensions=dimensions,
        moves=moves,
    )


def _means(pairs: Sequence[tuple[Decimal | None, Decimal | None]]) -> tuple[Decimal, Decimal] | None:
    known = [(old, new) for old, new in pairs if old is not None and new is not None]
    if not known:
        return None
    return (
        sum((old for old, _new in known), Decimal(0)) / len(known),
        sum((new for _old, new in known), Decimal(0)) / len(known),
    )


# ---- workbook

Labels = Mapping[str, str]
"""Words of the reader's language by id: columns, trades ("sector:molds"), sizes ("size:20"), and a few sentences."""


def sheet_headers(view: View, labels: Labels) -> list[str]:
    """The header row: the firm, what it is, the chosen columns."""
    return [labels[name] for name in _sheet_columns(view)]


def _sheet_columns(view: View) -> tuple[str, ...]:
    known = ("name", "sector", "town", "size")
    return (*known, *(c for c in view.columns if c not in known))


def sheet_rows(standings: Sequence[Standing], view: View, labels: Labels) -> Iterator[list[Cell]]:
    """One row a firm, made as it is written."""
    columns = _sheet_columns(view)
    for standing in standings:
        yield [_sheet_cell(standing, column, labels) for column in columns]


def _sheet_cell(s: Standing, column: str, labels: Labels) -> Cell:
    match column:
        case "name":
            return s.name
        case "sector":
            return labels.get(f"sector:{s.sector}", s.sector)
        case "town":
            return s.town
        case "size":
            return labels[f"size:{s.size_band}"]
        case "level":
            return s.level
        case "missing":
            return labels["not submitted"] if s.level is None else missing_text(s.gate, labels)
        case "verified":
            if s.verified_at is not None:
                return f"{labels['verified level']} {s.verified_level}, {s.verified_at.astimezone(CHINA):%Y-%m-%d}"
            return "" if s.level is None else labels["self-assessed"]
        case "submitted":
            return _day(s)
    value: Cell = value_of(s, column)
    return value


def _day(s: Standing) -> date | None:
    return s.submitted_at.astimezone(CHINA).date() if s.submitted_at else None


def missing_text(gate: tuple[str, int, int] | None, labels: Labels) -> str:
    """What separates a firm from the next level, in words: points, scenes, starred scenes."""
    if gate is None:
        return labels["highest"]
    score, scenes, starred = gate
    parts = [f"{labels['points']} {score}"] if Decimal(score) > 0 else []
    parts += [f"{labels[name]} {short}" for name, short in (("scenes", scenes), ("starred", starred)) if short > 0]
    return " · ".join(parts)


def chosen_firms(values: Sequence[str], standings: Sequence[Standing], most: int = 6) -> list[Standing]:
    """Of the ids asked for those that are there, in the order asked, at most six; the same one once."""
    by_id = {str(s.firm_id): s for s in standings}
    return [by_id[value] for value in dict.fromkeys(values) if value in by_id][:most]


def write_firms(
    target: IO[bytes], standings: Sequence[Standing], view: View, labels: Labels, about: Sequence[Sequence[Cell]]
) -> None:
    """The workbook of a view: all its firms, not only those of a page, and a sheet that says what they are."""
    columns = _sheet_columns(view)
    widths = [_WIDTHS.get(column, 10) for column in columns]
    rows = sheet_rows(arrange(standings, fit(view, standings)), view, labels)
    stream_workbook(
        target,
        [
            Sheet(labels["firms"], sheet_headers(view, labels), rows, widths),
            Sheet(labels["about"], [labels["what"], labels["value"]], about, (26, 70)),
        ],
    )


_WIDTHS = {"name": 28, "sector": 14, "town": 14, "size": 14, "missing": 26, "verified": 26, "submitted": 12}


# ---- the same as a job

EXPORT, CLEAR, REPORT = "clusters.export", "clusters.clear", "cluster_reports.build"
OUTDATED = N_("Other firms show their name now than when this file was made. Order it again.")


def order_workbook(cluster_id: UUID, view: View, labels: Labels, about: Sequence[Sequence[Cell]], name: str) -> Job:
    """Have the workbook made in the background. It belongs to whoever asked, and only he sees it."""
    words: dict[str, Any] = {"labels": dict(labels), "about": [list(row) for row in about], "name": name}
    query = {key: value if isinstance(value, list) else [value] for key, value in view.values().items()}
    return request_job(EXPORT, cluster_id, view=query, **words)


def keep_workbook(job_id: UUID, key: str, mark: str) -> None:
    """The file stands under `key`; `mark` says which firms could be named when it was made."""
    job = db.session.get(Job, job_id)
    if job is not None:
        job.payload = {**job.payload, "file": key, "mark": mark}


def fetch_workbook(cluster_id: UUID, job_id: UUID, kind: str = EXPORT) -> tuple[bytes, str]:
    """The finished file and its name. Raises NotFoundError, and ConflictError once another firm would be in it.

    A firm that has taken its name back is not handed out from a file made before.
    """
    job = get_export(cluster_id, job_id, kind)
    if job.state != JobState.DONE:
        raise NotFoundError
    if is_outdated(job) or job.payload["mark"] != fingerprint(list_standings(cluster_id)):
        raise ConflictError(OUTDATED)
    return get_file(job.payload["file"]), job.payload["name"]


def is_outdated(job: Job) -> bool:
    """Whether a finished workbook is gone, because a firm in it shows its name no longer."""
    return job.state == JobState.DONE and "file" not in job.payload


def clear_workbooks(cluster_id: UUID) -> None:
    """Remove all workbooks and reports of a cluster, in system scope: somebody in them has taken his name back."""
    for job in db.session.scalars(select(Job).where(Job.kind.in_((EXPORT, REPORT)), Job.subject == str(cluster_id))):
        if "file" in job.payload:
            delete_file(job.payload["file"])
            job.payload = {name: value for name, value in job.payload.items() if name != "file"}


def get_export(cluster_id: UUID, job_id: UUID, kind: str = EXPORT) -> Job:
    """A workbook that the current user has ordered of a cluster that he coordinates. Raises NotFoundError."""
    get_cluster(cluster_id)
    job = db.session.scalar(select(Job).where(Job.id == job_id, Job.kind == kind, Job.subject == str(cluster_id)))
    if job is None:
        raise NotFoundError
    return job
