"""Everything held about one firm, as plain values. What is listed here goes into the download; secrets are not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models.assessments import Answer, AnswerChange, Assessment
from app.models.attachments import Attachment
from app.models.audit import AuditEvent
from app.models.base import Row
from app.models.clusters import ClusterMember
from app.models.consents import Consent
from app.models.engagements import Engagement
from app.models.firms import Firm, FirmInvitation, Membership
from app.models.handovers import Handover
from app.models.releases import BlockMember
from app.models.reports import Report
from app.models.results import Result
from app.models.roadmaps import Roadmap, RoadmapStep
from app.models.selfchecks import SelfCheckRun
from app.models.users import User
from app.models.verifications import FindingFile, Verification
from app.queries.firms import get_firm
from app.queries.verifications import is_shown

_FIRM = ("id", "name", "uscc", "town", "sector", "employees", "revenue_wan", "machines", "demo", "created_at")
_ROUND = (
    "id", "number", "sector", "versions", "status", "profile", "pains", "employees", "revenue_wan", "machines",
    "based_on", "created_at", "submitted_at", "truth_confirmed",
)  # fmt: skip
_ANSWER = ("item_id", "value", "evidence", "evidence_asked", "note", "version", "updated_at")
_CHANGE = ("item_id", "version", "before", "after", "changed_at")
_RESULT = (
    "id", "assessment_id", "engine", "versions", "basis", "level", "score", "index_overall", "spread", "evidence",
    "sector", "size_band", "town", "current", "benchmarked", "payload", "created_at",
)  # fmt: skip
_REPORT = ("id", "assessment_id", "locale", "verify_code", "state", "sha256", "size", "created_at", "ready_at")
_ROADMAP = ("id", "assessment_id", "wish", "route", "adopted_at")
_STEP = ("position", "solution", "state", "since", "updated_at")
_ATTACHMENT = ("id", "assessment_id", "item_id", "name", "media_type", "size", "sha256", "created_at")
_VERIFICATION = (
    "id", "assessment_id", "number", "by_name", "state", "visited_on", "remark", "answer", "result_id", "begun_at",
    "submitted_at", "answered_at", "verified_at", "closed_at",
)  # fmt: skip
_FINDING = (
    "item_id", "claimed", "verdict", "value", "note", "updated_by_label", "updated_at", "reply", "reply_text",
    "replied_at",
)  # fmt: skip
_FINDING_FILE = ("verification_id", "item_id", "name", "media_type", "size", "sha256", "created_at")
_SELFCHECK = (
    "id", "check_id", "version", "number", "status", "facts", "answers", "score", "payload", "created_at",
    "updated_at", "updated_by_label", "finished_at",
)  # fmt: skip
_HANDOVER = ("assessment_id", "section_id", "name", "created_at", "expires_at", "opened_at", "revoked_at")
_CONSENT = ("kind", "text_version", "given_at", "withdrawn_at")
_BLOCK = ("family", "sealed_at")
_ENGAGEMENT = (
    "asked_by", "asked_by_name", "purpose", "asked_at", "agreed_at", "declined_at", "until_on", "visit_on", "ended_at"
)  # fmt: skip
_EVENT = ("kind", "subject", "details", "created_at")
_INVITATION = ("role", "sections", "name", "created_at", "expires_at", "used_at", "revoked_at")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the store, and where it goes in the download."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Holdings:
    """The firm, its data as JSON-able values (dates and decimals still typed), rounds with answers, and files."""

    firm: Firm
    data: dict[str, Any]
    rounds: Sequence[tuple[Assessment, Sequence[Answer]]]
    files: Sequence[StoredFile]


def read_holdings(firm_id: UUID) -> Holdings:
    """All that is held about a firm. Raises NotFoundError."""
    firm = get_firm(firm_id)
    rounds = _all(Assessment, firm.id, Assessment.number)
    answers = _all(Answer, firm.id, Answer.item_id)
    changes = _all(AnswerChange, firm.id, AnswerChange.changed_at)
    attachments = _all(Attachment, firm.id, Attachment.created_at)
    reports = _all(Report, firm.id, Report.created_at)
    steps = _all(RoadmapStep, firm.id, RoadmapStep.position)
    verifications = [row for row in _all(Verification, firm.id, Verification.begun_at) if is_shown(row)]
    shown = {row.id: row for row in verifications}
    photos = [
        row
        for row in _all(FindingFile, firm.id, FindingFile.created_at)
        if row.verification_id in shown and is_shown(shown[row.verification_id], row)
    ]
    names = _names([a.updated_by for a in answers] + [c.changed_by for c in changes] + [s.updated_by for s in steps])
    numbers = {r.id: r.number for r in rounds}
    data = {
        "firm": _plain(firm, _FIRM),
        "members": _members(firm.id),
        "invitations": [_plain(row, _INVITATION) for row in _all(FirmInvitation, firm.id, FirmInvitation.created_at)],
        "consents": [_plain(row, _CONSENT) | {"cluster": cluster} for row, cluster in _with_cluster(firm.id)],
        "clusters": _clusters(firm.id),
        "averages": [_plain(row, _BLOCK) for row in _all(BlockMember, firm.id, BlockMember.sealed_at)],
        "consultants": _consultants(firm.id),
        "rounds": [
            _plain(row, _ROUND)
            | {
                "answers": [
                    _plain(a, _ANSWER) | {"updated_by": names.get(a.updated_by, a.updated_by_label)}
                    for a in answers
                    if a.assessment_id == row.id
                ],
                "changes": [
                    _plain(c, _CHANGE) | {"changed_by": names.get(c.changed_by, c.changed_by_label)}
                    for c in changes
                    if c.assessment_id == row.id
                ],
            }
            for row in rounds
        ],
        "section_links": [_plain(row, _HANDOVER) for row in _all(Handover, firm.id, Handover.created_at)],
        "results": [_plain(row, _RESULT) for row in _all(Result, firm.id, Result.created_at)],
        "roadmaps": [
            _plain(row, _ROADMAP)
            | {
                "steps": [
                    _plain(s, _STEP) | {"updated_by": names.get(s.updated_by)} for s in steps if s.roadmap_id == row.id
                ]
            }
            for row in _all(Roadmap, firm.id, Roadmap.adopted_at)
        ],
        "verifications": [
            _plain(row, _VERIFICATION) | {"findings": [_plain(f, _FINDING) for f in row.findings if is_shown(row, f)]}
            for row in verifications
        ],
        "verification_files": [_plain(row, _FINDING_FILE) for row in photos],
        "self_checks": [_plain(row, _SELFCHECK) for row in _all(SelfCheckRun, firm.id, SelfCheckRun.created_at)],
        "reports": [_plain(row, _REPORT) for row in reports],
        "files": [_plain(row, _ATTACHMENT) for row in attachments],
        "events": _events(firm.id),
    }
    files = [
        *(
            StoredFile(a.file_key, f"files/{numbers[a.assessment_id]}/{a.item_id}/{n:03}-{_entry_name(a.name)}")
            for n, a in enumerate(attachments, 1)
        ),
        *(
            StoredFile(
                p.file_key, f"{_folder(shown[p.verification_id], numbers)}/{p.item_id}/{n:03}-{_entry_name(p.name)}"
            )
            for n, p in enumerate(photos, 1)
        ),
        *(
            StoredFile(r.file_key, f"reports/{numbers[r.assessment_id]}-{r.locale}-{r.verify_code}.pdf")
            for r in reports
            if r.file_key
        ),
    ]
    return Holdings(firm, data, [(row, [a for a in answers if a.assessment_id == row.id]) for row in rounds], files)


def _folder(row: Verification, numbers: Mapping[UUID, int]) -> str:
    return f"verifications/{numbers[row.assessment_id]}-{row.number}"


def _all(kind: Any, firm_id: UUID, order: Any) -> Sequence[Any]:
    return db.session.scalars(select(kind).where(kind.firm_id == firm_id).order_by(order, kind.id)).all()


def _plain(row: Row, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _names(user_ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    wanted = {user_id for user_id in user_ids if user_id is not None}
    return {user.id: user.display_name for user in db.session.scalars(select(User).where(User.id.in_(wanted)))}


def _events(firm_id: UUID) -> list[dict[str, Any]]:
    """What the activity log says about the firm."""
    rows = _all(AuditEvent, firm_id, AuditEvent.created_at)
    names = _names(row.actor_id for row in rows)
    return [_plain(row, _EVENT) | {"by": names.get(row.actor_id, row.actor_label)} for row in rows]


def _members(firm_id: UUID) -> list[dict[str, Any]]:
    rows = db.session.scalars(
        select(Membership)
        .options(joinedload(Membership.user))
        .where(Membership.firm_id == firm_id)
        .order_by(Membership.created_at, Membership.id)
    )
    return [
        {"name": m.user.display_name, "login": m.user.login, **_plain(m, ("role", "sections", "created_at"))}
        for m in rows
    ]


def _with_cluster(firm_id: UUID) -> list[tuple[Consent, str | None]]:
    memberships = {row.cluster_id: row.cluster.name for row in _memberships(firm_id)}
    return [(row, memberships.get(row.cluster_id)) for row in _all(Consent, firm_id, Consent.given_at)]


def _memberships(firm_id: UUID) -> Sequence[ClusterMember]:
    return db.session.scalars(
        select(ClusterMember)
        .options(joinedload(ClusterMember.cluster))
        .where(ClusterMember.firm_id == firm_id)
        .order_by(ClusterMember.joined_at, ClusterMember.id)
    ).all()


def _clusters(firm_id: UUID) -> list[dict[str, Any]]:
    return [{"name": row.cluster.name, **_plain(row, ("joined_at", "left_at"))} for row in _memberships(firm_id)]


def _consultants(firm_id: UUID) -> list[dict[str, Any]]:
    rows = db.session.scalars(
        select(Engagement)
        .options(joinedload(Engagement.user))
        .where(Engagement.firm_id == firm_id)
        .order_by(Engagement.asked_at, Engagement.id)
    )
    return [{"name": row.user.display_name, **_plain(row, _ENGAGEMENT)} for row in rows]


def _entry_name(name: str) -> str:
    """A file name that stays inside its folder on every system."""
    clean = "".join(char if char.isalnum() or char in "-_. ()" else "_" for char in name).strip(". ")
    stem, dot, ending = clean.rpartition(".")
    return (f"{stem[:80]}{dot}{ending[:10]}" if dot else clean[:80]) or "file"
