"""Publish results: computed once at submission, stored, never changed."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.extensions import db
from app.models.assessments import Assessment
from app.models.results import Result
from app.queries.results import find_current_result, find_published_result
from app.services import benchmarks
from scoring.cohort import size_band
from scoring.content.catalogue import Catalogue
from scoring.result import assess


def publish(assessment: Assessment, document: dict[str, Any], catalogue: Catalogue) -> Result:
    """Score the document and store the result of this round; the one there is, if it was published already."""
    published = find_published_result(assessment.id)
    if published is not None:
        return published
    payload = assess(document, catalogue)
    overall = payload["index"]["overall"]
    previous = find_current_result(assessment.firm_id)
    result = Result(
        firm_id=assessment.firm_id,
        assessment_id=assessment.id,
        engine=payload["engine"],
        versions=dict(payload["content"]),
        level=payload["official"]["level"],
        score=Decimal(payload["official"]["score"]),
        index_overall=None if overall is None else Decimal(str(overall)),
        payload=payload,
        evidence=evidence_share(document),
        **comparable(payload, catalogue, assessment, assessment.firm.town),
        previous_id=None if previous is None else previous.id,
    )
    db.session.add(result)
    if previous is not None:
        previous.current = False
    benchmarks.replace_result(previous, result)
    return result


def comparable(payload: dict[str, Any], catalogue: Catalogue, assessment: Assessment, town: str) -> dict[str, Any]:
    """The columns of a result that groups are compared by, see the model. It becomes the firm's current one."""
    official = payload["official"]
    gate = official["gates"].get(str(official["level"] + 1))
    levels = payload["capabilities"]
    return {
        "spread": Decimal(str(payload["index"]["spread"])),
        "sector": assessment.sector,
        "size_band": size_band(assessment.employees),
        "town": town,
        "summary": {
            "dimensions": {name: cell["score"] for name, cell in payload["index"]["dimensions"].items()},
            "gate": gate and [gate["score_missing"], gate["scenes_missing"], gate["starred_missing"]],
            "scenes": {
                topic.items[0]: levels.get(topic.id)
                for topic in catalogue.topics.values()
                if topic.items[0] in catalogue.edition.scenes
            },
            "chain": readiness(payload, catalogue),
            "flags": dict(Counter(flag["kind"] for flag in payload["flags"])),
        },
        "current": True,
    }


def readiness(payload: dict[str, Any], catalogue: Catalogue) -> dict[str, bool | None]:
    """Whether each requirement of a chain leader ("C12>=2") is met; None where it does not apply. Empty without one."""
    found = payload.get("chain")
    if not found:
        return {}
    missing = {(entry["topic"], entry["wants"]) for entry in found["missing"]}
    met: dict[str, bool | None] = {}
    for _, condition in catalogue.chain:
        [(topic, _, wants)] = condition.topics
        short = (topic, wants) in missing
        met[f"{topic}>={wants}"] = None if not short and payload["capabilities"].get(topic) is None else not short
    return met


def evidence_share(document: dict[str, Any]) -> Decimal | None:
    """Of the level answers that claim 2 or more: the share that names a record, in percent. None without a claim."""
    claims = proven = 0
    for raw in document["answers"].values():
        value, evidence = (raw.get("value"), raw.get("evidence")) if isinstance(raw, dict) else (raw, "")
        if isinstance(value, int) and not isinstance(value, bool) and value >= 2:
            claims += 1
            proven += bool(evidence and evidence.strip())
    return (Decimal(100 * proven) / claims).quantize(Decimal("0.1")) if claims else None


def count_in_benchmarks(firm_id: UUID, *, wanted: bool) -> None:
    """Let the firm's current result count in the benchmarks from now on, or take it out."""
    result = find_current_result(firm_id)
    if result is not None:
        benchmarks.set_counted(result, wanted=wanted)
