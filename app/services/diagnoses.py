"""Write the diagnosis of a round: save, sign, take back; and keep pieces of text to use again.

A save carries the version that its writer saw. From the signature on the firm reads it, and nobody changes it; the
signer may take it back, and so may a colleague once the signer no longer works for the firm.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from app.access.scope import current_scope
from app.errors import N_, ConflictError, ForbiddenError, InputError, LockedError, NotFoundError
from app.extensions import db
from app.i18n import gettext as _
from app.models.assessments import Assessment
from app.models.base import now
from app.models.diagnoses import Diagnosis, TextBlock
from app.queries.actions import list_consultants
from app.queries.assessments import lock_assessment
from app.queries.diagnoses import count_blocks, find_diagnosis, get_block
from app.queries.firms import list_owners
from app.services import audit
from app.services.answers import writer_name
from app.services.links import absolute_url
from app.services.messages import tell
from app.services.spreadsheets import CHINA
from app.services.texts import MAX_TITLE, clean_line, clean_text

SUMMARY = "summary"
WRITTEN = ("zh", "en")
"""The languages in which a diagnosis is written; traditional Chinese is derived from the first."""
MOST_BLOCKS = 300
_PLACEHOLDER = re.compile(r"\{\s*([^{}\s]{1,20})\s*\}")

Said = Mapping[str, Mapping[str, str]]
"""{"zh" or "en": {"summary" or a dimension: text}}"""


def lay_out(said: Said) -> dict[str, Any]:
    """Cleaned texts as they are stored; what is empty is left out. Raises InputError."""
    texts: dict[str, Any] = {}
    for language in WRITTEN:
        clean = {place: clean_text(text, f"{language}_{place}") for place, text in said.get(language, {}).items()}
        kept = {place: text for place, text in clean.items() if text}
        if kept:
            findings = {place: text for place, text in kept.items() if place != SUMMARY}
            texts[language] = {SUMMARY: kept.get(SUMMARY, ""), "findings": findings}
    return texts


def text_at(texts: Mapping[str, Any], language: str, place: str) -> str:
    """The stored text of one place in one language; "" where there is none."""
    written = texts.get(language, {})
    found: str = written.get(SUMMARY, "") if place == SUMMARY else written.get("findings", {}).get(place, "")
    return found


def text_for(texts: Mapping[str, Any], language: str, place: str) -> tuple[str, str]:
    """(language, text) of one place for a reader of `language` ("zh" or "en"): in the other one where it is missing."""
    order = sorted(WRITTEN, key=lambda code: code != language)
    return next(((code, text) for code in order if (text := text_at(texts, code, place))), (language, ""))


def save(assessment_id: UUID, said: Said, version: int) -> Diagnosis:
    """Store the words over the version that the writer saw, 0 for none.

    Raises NotFoundError, InputError, LockedError once it is signed, ConflictError where somebody was faster.
    """
    assessment = _lock(assessment_id)
    texts, row = lay_out(said), find_diagnosis(assessment_id)
    if row is not None and row.signed_at is not None:
        raise LockedError(N_("This diagnosis is signed. Take it back before you change it."))
    if row is not None and row.texts == texts:
        return row
    if version != (row.version if row else 0):
        raise ConflictError(N_("Somebody else has changed this diagnosis in the meantime. Both texts are shown."))
    if row is None:
        row = Diagnosis(firm_id=assessment.firm_id, assessment_id=assessment_id, version=0)
        db.session.add(row)
    row.texts, row.version = texts, version + 1
    row.user_id, row.by_name = current_scope().user_id, writer_name()
    row.updated_by_label, row.updated_at = writer_name(), now()
    audit.record("diagnosis:save", row.id, firm_id=row.firm_id, version=row.version)
    return row


def sign(assessment_id: UUID, version: int) -> Diagnosis:
    """Put the name of the present consultant under the words as he saw them; the owners are told.

    Raises NotFoundError, InputError without a summary, ConflictError where the words have changed since.
    """
    _lock(assessment_id)
    row = find_diagnosis(assessment_id)
    if row is None or not text_for(row.texts, "zh", SUMMARY)[1]:
        raise InputError(N_("Write the summary first; it is what the firm reads."))
    if row.signed_at is not None:
        return row
    if row.version != version:
        raise ConflictError(N_("Somebody else has changed this diagnosis in the meantime. Read it once more."))
    row.user_id, row.by_name, row.signed_at = current_scope().user_id, writer_name(), now()
    audit.record("diagnosis:sign", row.id, firm_id=row.firm_id, version=row.version)
    for user in list_owners(row.firm_id):
        tell(user, "diagnosis_signed", partial(_words, row))
    return row


def may_take_back(row: Diagnosis) -> bool:
    """Whether the present consultant may: the signer himself, or anybody once the signer's work has ended."""
    if row.user_id == current_scope().user_id:
        return True
    return row.user_id not in [user.id for user in list_consultants(row.firm_id, now().astimezone(CHINA).date())]


def take_back(assessment_id: UUID) -> Diagnosis:
    """The firm no longer sees it, and it can be changed again. Raises NotFoundError, ForbiddenError."""
    _lock(assessment_id)
    row = find_diagnosis(assessment_id)
    if row is None:
        raise NotFoundError
    if row.signed_at is None:
        return row
    if not may_take_back(row):
        raise ForbiddenError(N_("Only the consultant who signed this can take it back."))
    row.signed_at = None
    audit.record("diagnosis:take_back", row.id, firm_id=row.firm_id, version=row.version, signed_by=row.by_name)
    return row


def save_block(block_id: UUID | None, title: str, dimension: str, text_zh: str, text_en: str) -> TextBlock:
    """Keep a piece of text, a new one without `block_id`. Raises InputError, NotFoundError."""
    user_id = current_scope().user_id
    name = clean_line(title, "title", MAX_TITLE)
    if not name:
        raise InputError(N_("Give it a title by which you find it again."), field="title")
    texts = clean_text(text_zh, "text_zh"), clean_text(text_en, "text_en")
    if not any(texts):
        raise InputError(N_("Write the text in at least one language."), field="text_zh")
    if block_id is not None:
        row = get_block(block_id)
    elif count_blocks() >= MOST_BLOCKS:
        raise InputError(N_("There are 300 text blocks already. Delete one that you no longer use."), field="title")
    else:
        row = TextBlock(requested_by=user_id)
        db.session.add(row)
    row.title, row.dimension, row.updated_at = name, dimension, now()
    row.text_zh, row.text_en = texts
    return row


def delete_block(block_id: UUID) -> None:
    """The piece of text is gone; diagnoses that hold it keep their words. Raises NotFoundError."""
    db.session.delete(get_block(block_id))


def fill(text: str, values: Mapping[str, str]) -> str:
    """A text block with its {placeholders} filled in; those that nobody knows stay as they are written."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def _lock(assessment_id: UUID) -> Assessment:
    assessment = lock_assessment(assessment_id)
    if assessment is None or assessment.firm_id not in current_scope().firm_ids:
        raise NotFoundError
    if assessment.is_draft:
        raise ConflictError(N_("This round is not submitted yet. A diagnosis follows its result."))
    return assessment


def _words(row: Diagnosis) -> tuple[str, str]:
    return _("Your consultant's diagnosis is there"), _(
        "%(name)s has signed the diagnosis of your last self-assessment. Read it here: %(link)s",
        name=row.by_name or _("Your consultant"),
        link=absolute_url("diagnoses.show", assessment_id=row.assessment_id),
    )
