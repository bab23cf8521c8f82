"""Make rows for tests, in system scope. Each function adds one object with sensible values and returns it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID

from flask import Flask
from flask_security.utils import hash_password
from sqlalchemy import select

from app.access.scope import system_scope
from app.extensions import db
from app.files import put_file
from app.models.actions import Action
from app.models.assessments import Answer, Assessment, AssessmentStatus
from app.models.attachments import Attachment
from app.models.base import Row, now
from app.models.campaigns import Campaign
from app.models.clusters import Cluster, ClusterMember, Coordinator
from app.models.consents import Consent, ConsentKind
from app.models.diagnoses import Diagnosis, TextBlock
from app.models.engagements import Engagement
from app.models.firms import Firm, FirmInvitation, Membership
from app.models.handovers import Handover
from app.models.imports import Import
from app.models.invitees import Invitee
from app.models.jobs import Job
from app.models.messages import Message
from app.models.programmes import Programme
from app.models.reports import Report
from app.models.results import Result
from app.models.roadmaps import Roadmap, RoadmapStep
from app.models.selfchecks import RunStatus, SelfCheckRun
from app.models.users import User, UserRole
from app.queries.results import find_current_result
from app.services.names import name_key
from app.services.reports import report_name
from app.services.results import comparable
from app.services.rosters import read_roster
from app.services.tokens import hash_code, hash_secret
from app.transaction import transaction
from scoring import assess, load_catalogue, selfchecks
from scoring.content.selfchecks import load_check

PASSWORD = "correct horse 42"
_numbers = count(1)


@cache
def _hashed() -> str:
    """The hash of PASSWORD, made once: hashing is slow on purpose."""
    hashed: str = hash_password(PASSWORD)
    return hashed


@contextmanager
def writing(app: Flask) -> Iterator[None]:
    """A context in which factories may be used; committed at the end."""
    with app.app_context(), system_scope(), transaction():
        yield


def _add(row: Row) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def make_user(name: str = "", **values: Any) -> User:
    """An account with PASSWORD."""
    number = next(_numbers)
    values.setdefault("email", f"user{number}@example.com")
    return _add(User(name=name or f"User {number}", password=_hashed(), **values))


def give(user: User, role: str) -> None:
    """A staff role."""
    _add(UserRole(user_id=user.id, role=role))


def make_firm(name: str = "", *, sector: str = "molds", **values: Any) -> Firm:
    """A firm of 60 people."""
    values = {"employees": 60, "revenue_wan": Decimal(2800), "machines": 18, "town": "长安镇", **values}
    return _add(Firm(name=name or f"示例厂 {next(_numbers)}", sector=sector, **values))


def make_membership(user: User, firm: Firm, role: str = "owner", **values: Any) -> Membership:
    """A place in a firm."""
    return _add(Membership(user_id=user.id, firm_id=firm.id, role=role, **values))


def make_invitation(firm: Firm, token: str, code: str, **values: Any) -> FirmInvitation:
    """An open invitation with a known token and code."""
    values.setdefault("expires_at", now() + timedelta(days=1))
    return _add(FirmInvitation(firm_id=firm.id, token_hash=hash_secret(token), code_hash=hash_code(code), **values))


def make_assessment(firm: Firm, *, number: int = 1, submitted: bool = False, **values: Any) -> Assessment:
    """A round; submitted ones are locked."""
    state = {"status": AssessmentStatus.SUBMITTED.value, "submitted_at": now(), "truth_confirmed": True}
    values = {"versions": {"common": "1", firm.sector: "1"}, **(state if submitted else {}), **values}
    return _add(Assessment(firm_id=firm.id, number=number, sector=firm.sector, **values))


def make_answer(assessment: Assessment, item_id: str, value: Any, **values: Any) -> Answer:
    """An answer."""
    return _add(Answer(firm_id=assessment.firm_id, assessment_id=assessment.id, item_id=item_id, value=value, **values))


RUN_ANSWERS = {"SEC-01": 2, "SEC-05": 2, "SEC-06": 1, "SEC-10": 1, "SEC-13": 0, "SEC-15": 1, "SEC-18": 1}


def make_run(
    firm: Firm, *, check: str = "security", number: int = 1, finished: bool = True, label: str = "", **values: Any
) -> SelfCheckRun:
    """A run of a self-check, finished with its result unless told otherwise; `label` is the name of the last writer."""
    content = load_check(check)
    values = {"facts": {"machines_connected": True}, "answers": RUN_ANSWERS, "updated_by_label": label, **values}
    if finished:
        filled = selfchecks.read({"facts": values["facts"], "answers": values["answers"]}, content)
        payload = selfchecks.score(filled, content, load_catalogue("general"))
        state = {"status": RunStatus.FINISHED.value, "finished_at": now(), "payload": payload}
        values |= state | {"score": Decimal(str(payload["score"]))}
    return _add(SelfCheckRun(firm_id=firm.id, check_id=check, version=content.version, number=number, **values))


def make_attachment(assessment: Assessment, item_id: str = "C10", **values: Any) -> Attachment:
    """A file of 10 bytes (the file itself is not there)."""
    values = {"name": "证据.pdf", "media_type": "application/pdf", "size": 10, "sha256": "0" * 64, **values}
    values.setdefault("file_key", f"attachments/{next(_numbers)}")
    return _add(Attachment(firm_id=assessment.firm_id, assessment_id=assessment.id, item_id=item_id, **values))


def make_handover(assessment: Assessment, section_id: str, token: str, **values: Any) -> Handover:
    """An open hand-over link with a known token."""
    values = {"name": "车间主任", "expires_at": now() + timedelta(days=1), **values}
    return _add(
        Handover(
            firm_id=assessment.firm_id,
            assessment_id=assessment.id,
            section_id=section_id,
            token_hash=hash_secret(token),
            **values,
        )
    )


def score_of(assessment: Assessment) -> dict[str, Any]:
    """What the engine makes of a round."""
    firm = db.session.get_one(Firm, assessment.firm_id)
    answers = db.session.scalars(select(Answer).where(Answer.assessment_id == assessment.id)).all()
    document = {
        "firm": {"name": firm.name, "sector": assessment.sector, "profile": assessment.profile},
        "pains": assessment.pains,
        "answers": {answer.item_id: answer.value for answer in answers},
    }
    return assess(document, load_catalogue(assessment.sector))


def make_result(assessment: Assessment, payload: dict[str, Any] | None = None, **values: Any) -> Result:
    """A stored result; without `payload` what the engine says, under the level and score given here for sorting."""
    values = {"engine": "1", "versions": {"common": "1"}, "level": 1, "score": Decimal("36.375"), **values}
    values.setdefault("index_overall", Decimal("31.2"))
    payload = payload or score_of(assessment)
    firm = db.session.get_one(Firm, assessment.firm_id)
    previous = find_current_result(firm.id)
    if previous is not None:
        previous.current = False
        values.setdefault("previous_id", previous.id)
    values = {**comparable(payload, load_catalogue(assessment.sector), assessment, firm.town), **values}
    return _add(Result(firm_id=assessment.firm_id, assessment_id=assessment.id, payload=payload, **values))


def make_roadmap(assessment: Assessment, *solutions: str, level: int = 2, score: str = "41.5") -> Roadmap:
    """A plan with these steps of 1,000 yuan and ten days each, one after the other."""
    steps = [
        {
            "order": n, "solution": name, "price": [500, 1000], "cost_per_year": 1000, "start_day": 10 * n - 10,
            "end_day": 10 * n, "days": 10,
        }
        for n, name in enumerate(solutions, 1)
    ]  # fmt: skip
    route = {"status": "optimal", "steps": steps, "after": {"level": level, "score": score}}
    roadmap = _add(Roadmap(firm_id=assessment.firm_id, assessment_id=assessment.id, wish="", route=route))
    for n, name in enumerate(solutions, 1):
        _add(RoadmapStep(firm_id=assessment.firm_id, roadmap_id=roadmap.id, position=n, solution=name))
    return roadmap


def make_report(result: Result, **values: Any) -> Report:
    """A report that is ready, with a file of a few bytes."""
    values = {"locale": "zh", "state": "ready", "sha256": "0" * 64, "size": 10, "ready_at": now(), **values}
    values.setdefault("verify_code", f"V{next(_numbers):07}")
    firm, number = result.assessment.firm.name, result.assessment.number
    values.setdefault("file_name", report_name(firm, number, values["locale"], result.basis))
    values.setdefault("file_key", f"reports/{next(_numbers)}.pdf")
    put_file(values["file_key"], b"%PDF-1.7")
    return _add(Report(firm_id=result.firm_id, assessment_id=result.assessment_id, result_id=result.id, **values))


def make_cluster(name: str = "长安模具集群", **values: Any) -> Cluster:
    """A cluster."""
    values.setdefault("code", f"CODE{next(_numbers):04}")
    return _add(Cluster(name=name, **values))


def join(cluster: Cluster, firm: Firm, *, named: bool = False) -> ClusterMember:
    """A firm joins; `named` with consent to named results."""
    row = _add(ClusterMember(cluster_id=cluster.id, firm_id=firm.id))
    if named:
        make_consent(firm, ConsentKind.NAMED_RESULTS, cluster_id=cluster.id)
    return row


def make_consent(firm: Firm, kind: ConsentKind, cluster_id: UUID | None = None, **values: Any) -> Consent:
    """A given consent."""
    return _add(Consent(firm_id=firm.id, kind=kind.value, cluster_id=cluster_id, text_version="1", **values))


def make_programme(cluster: Cluster, *firms: Firm, **values: Any) -> Programme:
    """A joint programme that is ready: each of these firms takes one solution alone."""
    price = [2000, 6000]
    taking = [
        {"key": f"{n:05}:{firm.id}", "price": price, "list": price, "ready": True, "first": []}
        for n, firm in enumerate(firms)
    ]
    step = {"solution": "COM-S1", "price": price, "start_day": 0, "end_day": 10, "first": []}
    entry = {
        "solution": "COM-S1", "kind": "taught", "form": "service", "number": len(firms), "hidden": 0,
        "ready": len(firms), "tier": None, "next": {"firms": 5, "percent": [10, 20], "more": 5 - len(firms)},
        "price": price, "list": price, "firms": taking, "brief": None,
    }  # fmt: skip
    payload = {
        "target": 2, "budget": None, "firms": [len(firms), 0], "already": [0, 0], "lifted": [len(firms), 0], "more": 0,
        "price": price, "list": price, "rest": [0, 0], "programmes": [], "alone": [entry],
        "plans": [
            {"key": t["key"], "from": 1, "level": 2, "days": 10, "price": price, "list": 6000, "steps": [step]}
            for t in taking
        ],
        "left": [], "waiting": {"budget": [0, 0], "catalogue": [0, 0]},
        "curve": [{"budget": 6000, "lifted": len(firms), "more": 0}],
    }  # fmt: skip
    values = {
        "target": 2, "choice": {"everybody": False, "sector": "", "town": "", "firms": [], "alone": True},
        "state": "ready", "engine": "1", "versions": {"molds": [{"molds": "1"}]}, "lifted": len(firms),
        "ready_at": now(), "payload": payload, **values,
    }  # fmt: skip
    return _add(Programme(cluster_id=cluster.id, **values))


def coordinate(cluster: Cluster, user: User) -> Coordinator:
    """A user coordinates a cluster."""
    give(user, "coordinator")
    return _add(Coordinator(cluster_id=cluster.id, user_id=user.id))


def make_invitee(cluster: Cluster, name: str = "", **values: Any) -> Invitee:
    """A firm on the coordinator's list."""
    name = name or f"名单厂 {next(_numbers)}"
    return _add(Invitee(cluster_id=cluster.id, name=name, name_key=name_key(name), **values))


def make_campaign(cluster: Cluster, **values: Any) -> Campaign:
    """A round that began a month ago and lasts another."""
    today = now().date()
    values = {"opens_on": today - timedelta(days=30), "closes_on": today + timedelta(days=30), **values}
    values.setdefault("title", "2026 年自评")
    return _add(Campaign(cluster_id=cluster.id, **values))


def make_import(cluster: Cluster, text: str = "企业名称,镇街\n新的厂,长安镇\n") -> Import:
    """A list that was handed in and waits for a decision."""
    key = f"imports/{next(_numbers)}.json"
    put_file(key, json.dumps(read_roster(text.encode()).to_json()).encode())
    return _add(Import(cluster_id=cluster.id, file_name="名单.csv", file_key=key))


def make_message(invitee: Invitee, campaign: Campaign, **values: Any) -> Message:
    """A mail that invited a firm of the list two days ago."""
    values = {"kind": "campaign_invitation", "subject": "邀请", "body": "", "state": "sent", **values}
    values.setdefault("created_at", now() - timedelta(days=2))
    return _add(
        Message(channel="mail", recipient=invitee.email or "", invitee_id=invitee.id, campaign_id=campaign.id, **values)
    )


def make_work(user: User, cluster: Cluster) -> Job:
    """A finished piece of background work with a file."""
    key = f"exports/{next(_numbers)}.xlsx"
    put_file(key, b"a list")
    values = {"kind": "invitees.export", "state": "done", "subject": str(cluster.id), "progress": 100}
    return _add(Job(**values, requested_by=user.id, file_key=key, file_name="名单.xlsx"))


def make_engagement(firm: Firm, user: User, **values: Any) -> Engagement:
    """A firm lets a consultant in."""
    return _add(Engagement(firm_id=firm.id, user_id=user.id, **{"agreed_at": now(), **values}))


def make_action(assessment: Assessment, text: str = "采购订单进系统", **values: Any) -> Action:
    """An agreed action."""
    values = {"position": 1, "owner": "陈主管", **values}
    return _add(Action(firm_id=assessment.firm_id, assessment_id=assessment.id, text=text, **values))


def make_diagnosis(assessment: Assessment, summary: str = "先把检验数据用起来。", **values: Any) -> Diagnosis:
    """A signed diagnosis."""
    values = {"by_name": "李顾问", "signed_at": now(), **values}
    values.setdefault("texts", {"zh": {"summary": summary, "findings": {}}})
    return _add(Diagnosis(firm_id=assessment.firm_id, assessment_id=assessment.id, **values))


def make_block(user: User, **values: Any) -> TextBlock:
    """A text block of a consultant."""
    values = {"title": "检验", "text_zh": "{企业}的检验单齐全。", "requested_by": user.id, **values}
    return _add(TextBlock(**values))
