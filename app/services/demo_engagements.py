"""Engagements of the demo at every step: asked, agreed with a day for the visit, ended, declined."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid5

from app.extensions import db
from app.models.clusters import Cluster
from app.models.engagements import AskedBy, Engagement, EngagementRequest
from app.models.firms import Firm
from app.models.users import User
from app.queries.access import CHINA
from app.services.demo_rounds import Maker

VISITED = {1: 11, 9: 9}
"""So many days ago the first consultant was at the firm with this number."""
_ENDING = 14
"""The firm whose engagement ends soon."""
_PURPOSE = "到车间走访一天，核实自评答案，写一份诊断意见。"


def make_engagements(number: int, firm: Firm, people: Mapping[str, User], cluster: Cluster, maker: Maker) -> None:
    """What stands between the firm with this number and the consultants. Of four firms one has engaged one, one had,
    one is asked; the first is asked by the second consultant, so that its owner finds something to answer."""
    consultant = people[("consultant", "consultant2")[number // 4 % 2]]
    at = maker.at
    today = at.astimezone(CHINA).date()
    match number % 4:
        case 1:
            _add(
                firm,
                consultant,
                at - timedelta(days=24),
                id=maker.new_id(),
                agreed_at=at - timedelta(days=20),
                until_on=today + timedelta(days=160),
                visit_on=None if number % 16 == 13 else today + timedelta(days=_visit(number)),
            )
        case 2 if number % 8 == 2:
            asked = at - timedelta(days=12)
            row = _add(firm, consultant, asked, declined_at=at - timedelta(days=9), answer="本季度赶货，明年再约。")
            _keep_request(row, asked, f"firm{number:03}@demo.example")
        case 3 if number % 8 == 3:
            coordinator = people["coordinator"]
            values = {"asked_by": AskedBy.COORDINATOR.value, "asked_by_name": coordinator.display_name}
            _add(firm, consultant, at - timedelta(days=3), cluster_id=cluster.id, **values)
        case 3:
            _add(
                firm,
                consultant,
                at - timedelta(days=150),
                agreed_at=at - timedelta(days=148),
                ended_at=at - timedelta(days=40),
                ended_by=consultant.id,
            )
    if number == _ENDING:
        days = {"until_on": today + timedelta(days=9), "visit_on": today + timedelta(days=5)}
        _add(firm, people["consultant"], at - timedelta(days=175), agreed_at=at - timedelta(days=172), **days)
    if number == 0:
        asked = at - timedelta(days=2)
        wished = today + timedelta(days=10)
        row = _add(firm, people["consultant2"], asked, visit_on=wished)
        _keep_request(row, asked, "owner@demo.example")


def _visit(number: int) -> int:
    """The day of the visit, counted from today."""
    return -VISITED[number] if number in VISITED else number * 7 % 22 - 3


def _add(firm: Firm, consultant: User, asked_at: datetime, **values: Any) -> Engagement:
    values = {"asked_by": AskedBy.CONSULTANT.value, "asked_by_name": consultant.display_name, **values}
    values.setdefault("id", uuid5(firm.id, f"engagement {consultant.email}"))
    row = Engagement(
        firm_id=firm.id,
        user_id=consultant.id,
        purpose=_PURPOSE,
        asked_at=asked_at,
        **values,
    )
    db.session.add(row)
    return row


def _keep_request(row: Engagement, asked_at: datetime, typed: str) -> None:
    db.session.add(
        EngagementRequest(
            id=uuid5(row.id, "request"),
            requested_by=row.user_id,
            firm_typed=typed,
            purpose=row.purpose,
            visit_on=row.visit_on,
            asked_at=asked_at,
            engagement_id=row.id,
        )
    )
