"""Self-checks of the two firms of the demo whose owners get a login: the same answers on every run."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid5

from app.extensions import db
from app.models.firms import Firm
from app.models.selfchecks import RunStatus, SelfCheckRun
from app.services.selfchecks import ANY_TRADE
from scoring import selfchecks as engine
from scoring.content.serving import serve, serve_check

_FACTS = {"machines_connected": True, "holds_drawings": True}
_PATTERN = (2, 1, 1, 0, 2, 1, 0, 1, 2, 1, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 1)
_RUNS = {0: (("security", 1, 0), ("cloud", 1, 5)), 1: (("security", 1, 0), ("security", 2, 4), ("cloud", 1, 2))}
"""By number of the firm: check, run, and where in the pattern its answers begin."""
_DRAFT = (0, "cloud")
_ANSWERED = 5


def make_selfchecks(number: int, firm: Firm, at: datetime) -> None:
    """The runs of the firm with this number, finished in the weeks before `at`; one is only begun."""
    for place, (name, run, begin) in enumerate(_RUNS.get(number, ())):
        check = serve_check(name)
        answers = {q.id: _PATTERN[(n + begin) % len(_PATTERN)] for n, q in enumerate(check.questions)}
        when = at - timedelta(days=30 - 7 * place)
        row = SelfCheckRun(
            id=uuid5(firm.id, f"{name} {run}"), firm_id=firm.id, check_id=name, version=check.version, number=run,
            facts=dict(_FACTS), answers=answers, created_at=when, updated_at=when,
        )  # fmt: skip
        if (number, name) == _DRAFT:
            row.answers = dict(list(answers.items())[:_ANSWERED])
        else:
            filled = engine.read({"facts": row.facts, "answers": row.answers}, check)
            row.payload = engine.score(filled, check, serve(ANY_TRADE))
            row.score = Decimal(str(row.payload["score"]))
            row.status, row.finished_at = RunStatus.FINISHED.value, when
        db.session.add(row)
