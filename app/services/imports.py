"""Take a file into a coordinator's list: first a plan of what will happen, then exactly that or nothing."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.access.scope import current_scope
from app.errors import N_, ConflictError, InputError
from app.extensions import db
from app.files import delete_file, get_file, put_file
from app.models.base import now
from app.models.clusters import Cluster
from app.models.imports import Import
from app.models.invitees import Invitee
from app.queries.clusters import get_cluster
from app.queries.imports import get_import, list_open_imports
from app.queries.invitees import list_invitees, list_unlisted_members
from app.services import audit
from app.services.invitees import link_member, set_values
from app.services.names import Similar, name_key
from app.services.rosters import Problem, Roster, RosterRow, read_roster
from app.services.texts import MAX_TITLE, clean_line

MOST_OPEN = 5
KINDS = ("new", "updated", "same", "duplicate", "errors")
_MET_TWICE = N_("This row and row %(row)s mean the same firm of the list, “%(name)s”. Keep one of the two.")


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What will happen to one row. `kind` is one of KINDS.

    `match` is the entry that is updated or stays the same; `changes` its values {column: [before, after]}. `similar` is
    an entry with nearly the same name, which the coordinator may choose instead of a new one; `member` a firm by name
    that has joined already and is put to the entry.
    """

    at: int
    kind: str
    match: UUID | None = None
    changes: Mapping[str, list[Any]] | None = None
    similar: tuple[UUID, str] | None = None
    member: UUID | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What will happen to a whole list. `digest` stands for all of it: the confirmation names it."""

    roster: Roster
    rows: tuple[PlannedRow, ...]
    counts: Mapping[str, int]
    problems: tuple[Problem, ...]

    @property
    def digest(self) -> str:
        """Changes whenever anything else would happen."""
        told = [[r.at, r.kind, str(r.match), r.changes, str(r.similar), str(r.member)] for r in self.rows]
        text = json.dumps([told, [row.data for row in self.roster.rows]], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def upload(cluster_id: UUID, name: str, roster: Roster) -> Import:
    """Keep what was read of a file until somebody confirms it; of several waiting files the oldest give way."""
    cluster = get_cluster(cluster_id)
    waiting = list_open_imports(cluster.id)
    for old in waiting[: max(0, len(waiting) - MOST_OPEN + 1)]:
        _drop_file(old)
    key = f"imports/{secrets.token_hex(16)}.json"
    put_file(key, json.dumps(roster.to_json(), ensure_ascii=False).encode())
    row = Import(
        cluster_id=cluster.id,
        file_name=clean_line(name[-MAX_TITLE:], "name", MAX_TITLE),
        file_key=key,
        counts={"rows": len(roster.rows)},
        created_by=current_scope().user_id,
    )
    db.session.add(row)
    return row


def read_plan(cluster_id: UUID, import_id: UUID) -> tuple[Import, Plan]:
    """A waiting file and what would happen now. Raises NotFoundError."""
    row = get_import(cluster_id, import_id)
    roster = Roster.from_json(json.loads(get_file(row.file_key or "")))
    return row, make_plan(get_cluster(cluster_id), roster)


def apply(cluster_id: UUID, import_id: UUID, digest: str, same: Collection[int] = ()) -> Mapping[str, int]:
    """Do what the preview with this digest showed. `same` are the rows (by place) that mean the similar entry.

    Raises ConflictError where the list has changed since, InputError where a row is wrong.
    """
    row, plan = read_plan(cluster_id, import_id)
    if plan.digest != digest:
        raise ConflictError(N_("The list has changed since this preview. Please look at it again."))
    counts = carry_out(get_cluster(cluster_id), plan, same)
    row.applied_at, row.counts = now(), dict(counts)
    _drop_file(row)
    audit.record("cluster:import", cluster_id, file=row.file_name, counts=dict(counts))
    return counts


def give_up(cluster_id: UUID, import_id: UUID) -> None:
    """Forget a waiting file. Raises NotFoundError."""
    _drop_file(get_import(cluster_id, import_id))


def import_file(cluster: Cluster, data: bytes, name: str) -> Mapping[str, int]:
    """Read and take in a file at once, for the command line. Raises BadListError with all problems."""
    plan = make_plan(cluster, read_roster(data))
    if plan.problems:
        raise BadListError(plan.problems)
    counts = carry_out(cluster, plan)
    audit.record("cluster:import", cluster.id, file=name[-MAX_TITLE:], counts=dict(counts))
    return counts


class BadListError(InputError):
    """Rows are wrong; nothing was taken in."""

    id = "bad_list"
    message = N_("Nothing was taken in, because some rows are wrong.")

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(number=len(self.problems))


def _drop_file(row: Import) -> None:
    if row.file_key is not None:
        delete_file(row.file_key)
    row.file_key = None


# ---- plan


def make_plan(cluster: Cluster, roster: Roster) -> Plan:
    """What taking in this list would do to the cluster's list as it is now."""
    known = _Known(list_invitees(cluster.id), list_unlisted_members(cluster.id))
    rows: list[PlannedRow] = []
    met: dict[UUID, int] = {}
    problems: list[Problem] = []
    for at, row in enumerate(roster.rows):
        problems += row.problems
        planned = _plan_row(at, row, known)
        if planned.match is not None and planned.kind != "duplicate":
            first = met.setdefault(planned.match, at)
            if first != at:
                other = roster.rows[first]
                place = f"{other.sheet} {other.number}".strip()
                name = known.by_id[planned.match].name
                problems.append(Problem(row.sheet, row.number, 0, _MET_TWICE, {"row": place, "name": name}))
                planned = PlannedRow(at, "errors")
        rows.append(planned)
    counts = Counter(row.kind for row in rows)
    return Plan(roster, tuple(rows), {kind: counts[kind] for kind in KINDS}, tuple(problems))


class _Known:
    """The list as it is, by number and name."""

    def __init__(self, invitees: Sequence[Invitee], members: Sequence[tuple[UUID, str, str | None]]) -> None:
        self.invitees = invitees
        self.by_id = {row.id: row for row in invitees}
        self.by_number = {row.uscc: row for row in invitees if row.uscc}
        self.by_name: dict[str, list[Invitee]] = {}
        for row in invitees:
            self.by_name.setdefault(row.name_key, []).append(row)
        self.similar = Similar([row.name for row in invitees])
        self.member_by_number = {uscc: firm_id for firm_id, _name, uscc in members if uscc}
        self.member_by_name = {name_key(name): (firm_id, uscc) for firm_id, name, uscc in members}

    def find(self, data: Mapping[str, Any]) -> Invitee | None:
        """The entry of the same number, or of the same name where no two numbers speak against it."""
        number = data.get("uscc")
        if number and number in self.by_number:
            return self.by_number[number]
        same = [row for row in self.by_name.get(name_key(data["name"]), ()) if not (number and row.uscc)]
        return same[0] if len(same) == 1 else None

    def find_member(self, data: Mapping[str, Any]) -> UUID | None:
        """A firm by name that has joined without an entry."""
        number = data.get("uscc")
        if number and number in self.member_by_number:
            return self.member_by_number[number]
        firm_id, other = self.member_by_name.get(name_key(data["name"]), (None, None))
        return None if number and other else firm_id


def _plan_row(at: int, row: RosterRow, known: _Known) -> PlannedRow:
    if row.problems:
        return PlannedRow(at, "errors")
    if row.twin is not None:
        return PlannedRow(at, "duplicate")
    match = known.find(row.data)
    if match is None:
        near = known.similar.find(row.data["name"])
        similar = None
        if near is not None and not (row.data.get("uscc") and known.invitees[near].uscc):
            similar = (known.invitees[near].id, known.invitees[near].name)
        return PlannedRow(at, "new", similar=similar, member=known.find_member(row.data))
    changes = {name: [getattr(match, name), new] for name, new in row.data.items() if getattr(match, name) != new}
    return PlannedRow(at, "updated" if changes else "same", match.id, changes)


# ---- do it


def carry_out(cluster: Cluster, plan: Plan, same: Collection[int] = ()) -> Mapping[str, int]:
    """Write what a plan says; returns the counts of what was done. Raises InputError where rows are wrong."""
    if plan.problems:
        raise BadListError(plan.problems)
    counts = Counter(plan.counts)
    taken = {row.match for row in plan.rows if row.match is not None}
    for planned in plan.rows:
        data = plan.roster.rows[planned.at].data
        if planned.kind == "new" and planned.at in same and planned.similar and planned.similar[0] not in taken:
            taken.add(planned.similar[0])
            set_values(_entry(cluster.id, planned.similar[0]), data)
            counts.update(new=-1, updated=1)
        elif planned.kind == "new":
            invitee = Invitee(cluster_id=cluster.id)
            set_values(invitee, {"sector": cluster.sector, **data})
            db.session.add(invitee)
            if planned.member is not None:
                db.session.flush()
                link_member(cluster.id, planned.member, invitee.id)
        elif planned.kind == "updated" and planned.match is not None:
            set_values(_entry(cluster.id, planned.match), data)
    db.session.flush()
    return {kind: counts[kind] for kind in KINDS}


def _entry(cluster_id: UUID, invitee_id: UUID) -> Invitee:
    row = db.session.get_one(Invitee, invitee_id)
    if row.cluster_id != cluster_id:
        raise ValueError("an entry of another cluster")
    return row
