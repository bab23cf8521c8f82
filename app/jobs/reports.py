"""Build diagnosis reports."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from app.config import Config
from app.files import put_file
from app.i18n import translations_for
from app.jobs.context import JobContext, Store
from app.jobs.enclosures import enclosed_parts, verified_part
from app.models.reports import ReportState
from app.queries.answers import answers_document, list_answers
from app.queries.attachments import list_attachments
from app.queries.enclosures import read_enclosure
from app.queries.reports import get_report
from app.queries.results import get_published_result
from app.reports import fonts
from app.reports.assemble import Issue, assemble
from app.reports.render import render
from app.services.links import absolute_url
from app.services.reports import file_key, mark_failed, mark_ready, shown_code
from app.services.spreadsheets import CHINA
from app.transaction import transaction
from scoring import load_catalogue


@dataclass(frozen=True, slots=True)
class Order:
    """What the report is made of, read once and taken out of the session."""

    locale: str
    sector: str
    result: dict[str, Any]
    document: dict[str, Any]
    issue: Issue
    mark: str


def build(context: JobContext) -> Store | None:
    """Build the report whose id is the subject; one that is there already is left alone."""
    report_id = UUID(context.subject)
    order = _read(report_id)
    if order is None:
        return None
    context.progress(20)
    key, data = file_key(report_id), _draw(context, order)
    context.progress(90)
    put_file(key, data)
    return partial(mark_ready, report_id, key, data, order.mark)


def give_up(report_id: UUID) -> None:
    """The report could not be built; it can be ordered again."""
    mark_failed(report_id)


def _read(report_id: UUID) -> Order | None:
    with transaction(writes=False):
        report = get_report(report_id)
        if report.state == ReportState.READY:
            return None
        assessment, answers = report.assessment, list_answers(report.assessment_id)
        document = answers_document(assessment, answers)
        document["firm"]["name"] = report.firm_name
        files: dict[str, list[str]] = {}
        for attachment in list_attachments(assessment.id):
            files.setdefault(attachment.item_id, []).append(attachment.name)
        enclosure = read_enclosure(assessment)
        issue = Issue(
            on=(assessment.submitted_at or report.created_at).astimezone(CHINA).date(),
            town=assessment.firm.town,
            code=shown_code(report.verify_code),
            verify_url=absolute_url("reports.verify", code=report.verify_code),
            notes={answer.item_id: answer.note for answer in answers if answer.note},
            attachments={item: tuple(names) for item, names in files.items()},
            demo=assessment.firm.demo,
            verified=verified_part(report, enclosure),
            **enclosed_parts(enclosure, report.locale),
        )
        claimed = get_published_result(assessment.id)
        return Order(report.locale, assessment.sector, claimed.payload, document, issue, enclosure.mark)


def _draw(context: JobContext, order: Order) -> bytes:
    settings: Config = context.app.extensions["config"]
    catalogue = load_catalogue(order.sector, order.result["content"])
    texts = translations_for(order.locale)
    document = assemble(order.result, order.document, catalogue, order.locale, texts, order.issue)
    return render(document, fonts.load(settings.fonts))
