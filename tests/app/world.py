"""The world of most tests: two firms, a cluster, one user per role. Ids and values only, so that no session is shared.

Every text of the other firm contains CANARY: no page, file or JSON for anybody outside it may hold that word.
"""

from __future__ import annotations

import copy
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from flask import Flask

from app.errors import NotFoundError
from app.extensions import db
from app.files import get_file, put_file
from app.models.base import Row
from app.services.invitees import INVITE, UNSUBSCRIBE
from app.services.tokens import signed_token
from scoring.content.loader import load_catalogue
from tests.app import factories as make

CANARY = "金丝雀"
FILE = b"%PDF-1.4\n"
HANDOVER_TOKEN = "handover-token-of-the-world"
INVITATION_TOKEN = "invitation-token-of-the-world"
INVITATION_CODE = "WQRLD23456"
STEP = "COM-S1"
"""The one step of the plan of each submitted round."""
SECTION = load_catalogue("molds").sector.sections[0].id
"""The section of the hand-over link: the first one."""

VISITORS = (
    "anonymous", "link", "account", "owner", "member", "consultant", "coordinator", "admin", "foreign",
)  # fmt: skip
"""`foreign` is the owner of the other firm, `account` has no firm, `link` has opened a hand-over link."""


@dataclass
class World:
    """What was made. `assessment_id` is the first firm's submitted round, `draft_id` its second, open one."""

    firm_id: UUID
    other_firm_id: UUID
    cluster_id: UUID
    cluster_code: str
    assessment_id: UUID
    draft_id: UUID
    result_id: UUID
    report_id: UUID
    verify_code: str
    attachment_id: UUID
    handover_id: UUID
    invitation_id: UUID
    membership_id: UUID
    coordinator_id: UUID
    programme_id: UUID
    engagement_id: UUID
    other_assessment_id: UUID
    other_draft_id: UUID
    other_result_id: UUID
    other_report_id: UUID
    other_attachment_id: UUID
    users: dict[str, UUID] = field(default_factory=dict)
    logins: dict[str, str] = field(default_factory=dict)
    uniquifiers: dict[str, str] = field(default_factory=dict)
    extra: dict[str, object] = field(default_factory=dict)


def build_world(app: Flask) -> World:
    """Make it, in one transaction."""
    with make.writing(app):
        users = {name: make.make_user(name) for name in VISITORS if name not in ("anonymous", "link")}
        make.give(users["consultant"], "consultant")
        make.give(users["admin"], "admin")
        firm, other = make.make_firm("示例模具厂"), make.make_firm(f"{CANARY}五金厂")
        cluster = make.make_cluster()
        coordinator = make.coordinate(cluster, users["coordinator"])
        programme = make.make_programme(cluster, firm)
        make.join(cluster, firm, named=True)
        make.join(cluster, other)
        make.make_membership(users["owner"], firm)
        membership = make.make_membership(users["member"], firm, "member")
        make.make_membership(users["foreign"], other)
        engagement = make.make_engagement(firm, users["consultant"])
        asked = make.make_engagement(firm, users["admin"], agreed_at=None, asked_by="consultant", purpose="走访")
        invitation = make.make_invitation(firm, INVITATION_TOKEN, INVITATION_CODE)
        own = _rounds(firm)
        foreign = _rounds(other, note=CANARY)
        for rounds in (own, foreign):
            make.make_roadmap(rounds["submitted"], STEP)  # type: ignore[arg-type]
        handover = make.make_handover(own["draft"], SECTION, HANDOVER_TOKEN)  # type: ignore[arg-type]
        return World(
            firm_id=firm.id,
            other_firm_id=other.id,
            cluster_id=cluster.id,
            cluster_code=cluster.code,
            assessment_id=own["submitted"].id,
            draft_id=own["draft"].id,
            result_id=own["result"].id,
            report_id=own["report"].id,
            verify_code=own["report"].verify_code,  # type: ignore[attr-defined]
            attachment_id=own["attachment"].id,
            handover_id=handover.id,
            invitation_id=invitation.id,
            membership_id=membership.id,
            coordinator_id=coordinator.id,
            programme_id=programme.id,
            engagement_id=engagement.id,
            other_assessment_id=foreign["submitted"].id,
            other_draft_id=foreign["draft"].id,
            other_result_id=foreign["result"].id,
            other_report_id=foreign["report"].id,
            other_attachment_id=foreign["attachment"].id,
            users={name: user.id for name, user in users.items()},
            extra={
                "asked_id": asked.id,
                "step": STEP,
                "action_id": make.make_action(own["submitted"]).id,  # type: ignore[arg-type]
                "other_action_id": make.make_action(foreign["submitted"], CANARY).id,  # type: ignore[arg-type]
                "block_id": make.make_block(users["consultant"]).id,
                "other_diagnosis_id": make.make_diagnosis(foreign["submitted"], CANARY).id,  # type: ignore[arg-type]
                "run_id": make.make_run(firm).id,
                "open_run_id": make.make_run(firm, number=2, finished=False).id,
                "other_run_id": make.make_run(other, label=CANARY).id,
                **_list(cluster, users["coordinator"]),
            },
            logins={name: user.login for name, user in users.items()},
            uniquifiers={name: user.fs_uniquifier for name, user in users.items()},
        )


class Kept:
    """A world as it was built: its rows and files, to have it again much faster than it can be made."""

    def __init__(self, app: Flask, world: World) -> None:
        self.world = copy.deepcopy(world)
        with app.app_context(), db.engine.connect() as connection:
            read = {table: connection.execute(table.select()) for table in Row.metadata.sorted_tables}
            self.rows = {table: [dict(row._mapping) for row in rows] for table, rows in read.items()}
            keys = [row["file_key"] for rows in self.rows.values() for row in rows if row.get("file_key")]
            self.files = {key: get_file(key) for key in keys}

    def restore(self, app: Flask) -> World:
        """Put it into the empty database and the file store."""
        with app.app_context():
            with db.engine.begin() as connection:
                for table, rows in self.rows.items():
                    if rows:
                        connection.execute(table.insert(), rows)
            for key, data in self.files.items():
                if not is_stored(key, data):
                    put_file(key, data)
        return copy.deepcopy(self.world)


def is_stored(key: str, data: bytes) -> bool:
    """Whether no test has removed or changed this file."""
    with suppress(NotFoundError):
        return get_file(key) == data
    return False


def _list(cluster: make.Cluster, coordinator: make.User) -> dict[str, object]:
    """A coordinator's list with one firm, a round, a waiting import, a message and a finished piece of work."""
    invitee = make.make_invitee(cluster, "示例塑料厂", email="plastics@example.com")
    campaign = make.make_campaign(cluster)
    return {
        "invitee_id": invitee.id,
        "invitee_token": signed_token(INVITE, invitee.id, invitee.link_number),
        "unsubscribe_token": signed_token(UNSUBSCRIBE, invitee.id, invitee.link_number),
        "campaign_id": campaign.id,
        "import_id": make.make_import(cluster).id,
        "message_id": make.make_message(invitee, campaign).id,
        "job_id": make.make_work(coordinator, cluster).id,
    }


def _rounds(firm: make.Firm, note: str = "") -> dict[str, Row]:
    submitted = make.make_assessment(firm, number=1, submitted=True)
    make.make_answer(submitted, "scene_quality", 2, note=note)
    draft = make.make_assessment(firm, number=2, based_on=submitted.id)
    make.make_answer(draft, "scene_quality", 2, note=note)
    result = make.make_result(submitted)
    report, attachment = make.make_report(result), make.make_attachment(draft, "scene_quality", name=f"{note}证据.pdf")
    put_file(report.file_key or "", FILE)
    put_file(attachment.file_key, FILE)
    return {"submitted": submitted, "draft": draft, "result": result, "report": report, "attachment": attachment}
