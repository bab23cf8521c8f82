"""The download of everything held about a firm: JSON, a workbook of the answers, and the files, in one ZIP."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from uuid import UUID

from app.errors import NotFoundError
from app.files import get_file
from app.i18n import content_text
from app.i18n import gettext as _
from app.models.assessments import Answer, Assessment
from app.models.base import now
from app.queries.exports import Holdings, read_holdings
from app.queries.firms import get_firm
from app.services import audit
from app.services.spreadsheets import CHINA, Cell, Sheet, write_workbook
from app.transaction import finish_writing
from scoring.content.loader import load_catalogue
from scoring.content.model import Question

IN_MEMORY = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Archive:
    """A finished ZIP, at its beginning; `name` is what to save it as."""

    file: IO[bytes]
    name: str


def export_firm(firm_id: UUID) -> Archive:
    """Everything held about a firm. Not stored anywhere: it ends with the answer that carries it."""
    firm = get_firm(firm_id)
    audit.record("firm:export", firm.id, firm_id=firm.id)
    finish_writing()  # reading and packing files takes its time
    holdings = read_holdings(firm_id)
    target: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # closed with the response
    missing: list[str] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("answers.xlsx", write_workbook(_sheets(holdings)))
        for file in holdings.files:
            try:
                archive.writestr(file.name, get_file(file.key), zipfile.ZIP_STORED)
            except NotFoundError:
                missing.append(file.name)
        data = {"made_at": now(), **holdings.data, "files_not_found": missing}
        archive.writestr("firm.json", json.dumps(data, ensure_ascii=False, indent=1, default=_json))
    target.seek(0)
    return Archive(target, f"firm-{firm_id.hex[:8]}-{now().astimezone(CHINA):%Y%m%d}.zip")


def _json(value: Any) -> str:
    match value:
        case UUID():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
    raise TypeError(type(value))


def _sheets(holdings: Holdings) -> list[Sheet]:
    headers = [_("Section"), _("Id"), _("Question"), _("Answer"), _("In words"), _("Evidence"), _("Note"), _("Changed")]
    return [
        Sheet(_("Round %(number)s", number=row.number), headers, _rows(row, answers), (16, 22, 44, 12, 44, 30, 30, 17))
        for row, answers in holdings.rounds
    ] or [Sheet(_("Round %(number)s", number=1), headers, [])]


def _rows(assessment: Assessment, answers: Sequence[Answer]) -> list[list[Cell]]:
    catalogue = load_catalogue(assessment.sector, assessment.versions)
    sections = {item: content_text(s.title) for s in catalogue.sector.sections for item in s.questions}
    order = {item: n for n, item in enumerate(catalogue.questions)}
    rows: list[list[Cell]] = []
    for answer in sorted(answers, key=lambda a: (order.get(a.item_id, len(order)), a.item_id)):
        question = catalogue.questions.get(answer.item_id)
        rows.append(
            [
                sections.get(answer.item_id, ""),
                answer.item_id,
                content_text(question.text) if question else "",
                answer.value if isinstance(answer.value, int) else _raw(answer.value),
                in_words(question, answer.value) if question else "",
                answer.evidence or "",
                answer.note,
                answer.updated_at,
            ]
        )
    return rows


def _raw(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def in_words(question: Question, value: Any) -> str:
    """An answer as its respondent saw it; empty for what has no words of its own."""
    if value == "unknown":
        return _("Not sure")
    if value == "na":
        return content_text(question.na) if question.na else _("Not applicable")
    texts = {option.id: content_text(option.text) for option in question.options}
    match value:
        case int() if question.anchors and 0 <= value < len(question.anchors):
            return content_text(question.anchors[value].text)
        case str():
            return texts.get(value, "")
        case list():
            return "; ".join(texts.get(item, str(item)) for item in value)
        case {"part": part, "whole": whole}:
            return f"{part} / {whole}"
        case {"rate": rate}:
            return f"{Decimal(str(rate)):.0%}"
    return ""
