"""Verified rounds for tests: a firm that let its results count, with what was found beside its claims."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from app.extensions import db
from app.models.base import now
from app.models.consents import ConsentKind
from app.models.firms import Firm
from app.models.verifications import Finding, Verification
from tests.app import factories as make

Findings = dict[str, tuple[Any, str, Any]]
"""By item: claimed, verdict, value found."""


def add_verified(
    firm: Firm, findings: Findings, *, assessment: Any = None, number: int = 1, days_ago: int = 1, **values: Any
) -> Verification:
    """A verification that came to a result, of a new round unless one is given."""
    assessment = assessment or make.make_assessment(firm, number=number, submitted=True)
    result = make.make_result(assessment, basis="verified", current=False)
    row = Verification(
        firm_id=firm.id, assessment_id=assessment.id, number=number, state="verified", by_name="何顾问",
        result_id=result.id, verified_at=now() - timedelta(days=days_ago), **values,
    )  # fmt: skip
    for item, (claimed, verdict, value) in findings.items():
        row.findings.append(
            Finding(firm_id=firm.id, item_id=item, claimed=claimed, verdict=verdict, value=value)
        )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def add_firms(number: int, findings: Findings, *, sector: str = "molds", user_id: UUID | None = None) -> list[Firm]:
    """So many verified firms, all with the same findings, the first one verified first."""
    firms = []
    for n in range(number):
        firm = make.make_firm(sector=sector)
        make.make_consent(firm, ConsentKind.STATISTICS)
        add_verified(firm, findings, days_ago=number - n, user_id=user_id)
        firms.append(firm)
    return firms
