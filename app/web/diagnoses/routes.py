"""Write, sign and read the diagnosis of a round; keep text blocks."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import access, may
from app.access.policy import Permission as P
from app.errors import ConflictError, InputError, LockedError
from app.extensions import limiter
from app.i18n import gettext as _
from app.models.verifications import Verification
from app.queries.answers import list_answers
from app.queries.diagnoses import find_diagnosis, get_block, list_blocks
from app.queries.results import get_published_result
from app.queries.verifications import find_open_verification, find_verified
from app.services import diagnoses
from app.web.diagnoses.forms import BlockForm, DeleteForm, DiagnosisForm, VersionForm, back_query
from app.web.diagnoses.presenters import known_placeholders, present_draft, present_signed, with_block
from app.web.names import dimension_title
from app.web.results.reading import Reading, read_result

blueprint = Blueprint("diagnoses", __name__)


@blueprint.get("/assessments/<uuid:assessment_id>/diagnosis")
@access(P.DIAGNOSIS_READ)
def show(assessment_id: UUID) -> ResponseReturnValue:
    """The consultant writes until he signs; from then on everybody of the firm reads."""
    result, row = get_published_result(assessment_id), find_diagnosis(assessment_id)
    writes = may(P.DIAGNOSIS_WRITE, result.firm_id)
    if writes and (row is None or row.signed_at is None):
        return _draft(assessment_id)
    reading = _reading(assessment_id)[0]
    can = writes and row is not None and diagnoses.may_take_back(row)
    return render_template("diagnoses/show.html", page=present_signed(reading, row, may_take_back=can))


@blueprint.post("/assessments/<uuid:assessment_id>/diagnosis")
@limiter.limit("60/minute")
@access(P.DIAGNOSIS_WRITE)
def save(assessment_id: UUID) -> ResponseReturnValue:
    """Store all texts at once; with `insert` a block is put into its place first."""
    get_published_result(assessment_id)
    form = DiagnosisForm()
    said, place = form.said(), form.insert.data or ""
    if not form.validate_on_submit():
        return _draft(assessment_id, said, {str(name): errors for name, errors in form.errors.items()}), 422
    block_id = form.chosen(place)
    if block_id:
        said = with_block(said, _reading(assessment_id)[0], place, get_block(_uuid(block_id)))
    try:
        diagnoses.save(assessment_id, said, form.version.data or 0)
    except LockedError as error:
        flash(_(error.message), "clash")
        return _draft_or_signed(assessment_id)
    except InputError as error:
        return _draft(assessment_id, said, {str(error.details.get("field")): [_(error.message)]}), 422
    except ConflictError as error:
        return _draft(assessment_id, said, clash=_(error.message)), 409
    if place and not block_id:
        flash(_("Saved. Choose a text block before you put it in."), "wait")
    else:
        flash(_("Saved. The firm sees nothing of it until you sign."), "ok")
    return redirect(url_for(".show", assessment_id=assessment_id, _anchor=place or None), 303)


@blueprint.post("/assessments/<uuid:assessment_id>/diagnosis/sign")
@access(P.DIAGNOSIS_WRITE)
def sign(assessment_id: UUID) -> ResponseReturnValue:
    """The words as they were shown get the consultant's name; the firm sees them."""
    form = VersionForm()
    if form.validate_on_submit():
        try:
            diagnoses.sign(assessment_id, form.version.data or 0)
        except (InputError, ConflictError) as error:
            flash(_(error.message), "clash")
        else:
            flash(_("Signed. The firm reads it now, and new reports print it under your name."), "ok")
    return _draft_or_signed(assessment_id)


@blueprint.post("/assessments/<uuid:assessment_id>/diagnosis/take-back")
@access(P.DIAGNOSIS_WRITE)
def take_back(assessment_id: UUID) -> ResponseReturnValue:
    """It becomes a draft again; reports that are printed keep it."""
    if DeleteForm().validate_on_submit():
        diagnoses.take_back(assessment_id)
        flash(_("Taken back. The firm no longer sees it; reports that were printed keep it."), "ok")
    return _draft_or_signed(assessment_id)


@blueprint.get("/advice/blocks")
@access(P.DIAGNOSIS_WRITE)
def blocks() -> ResponseReturnValue:
    """The own text blocks, and a form for a new one."""
    return _blocks(BlockForm())


@blueprint.post("/advice/blocks")
@access(P.DIAGNOSIS_WRITE)
def create_block() -> ResponseReturnValue:
    """Keep a new one."""
    return _save_block(None)


@blueprint.get("/advice/blocks/<uuid:block_id>")
@access(P.DIAGNOSIS_WRITE)
def block(block_id: UUID) -> ResponseReturnValue:
    """Change one."""
    row = get_block(block_id)
    form = BlockForm(title=row.title, dimension=row.dimension, text_zh=row.text_zh, text_en=row.text_en)
    return render_template("diagnoses/block.html", form=form, block=row, known=known_placeholders(), back=back_query())


@blueprint.post("/advice/blocks/<uuid:block_id>")
@access(P.DIAGNOSIS_WRITE)
def save_block(block_id: UUID) -> ResponseReturnValue:
    """Store the change."""
    return _save_block(block_id)


@blueprint.post("/advice/blocks/<uuid:block_id>/delete")
@access(P.DIAGNOSIS_WRITE)
def delete_block(block_id: UUID) -> ResponseReturnValue:
    """It is gone; diagnoses keep their words."""
    if DeleteForm().validate_on_submit():
        diagnoses.delete_block(block_id)
        flash(_("Deleted. Diagnoses keep the words that came from it."), "ok")
    return redirect(url_for(".blocks", round=back_query() or None), 303)


def _save_block(block_id: UUID | None) -> ResponseReturnValue:
    form = BlockForm()
    if form.validate_on_submit():
        try:
            diagnoses.save_block(
                block_id,
                form.title.data or "",
                form.dimension.data or "",
                form.text_zh.data or "",
                form.text_en.data or "",
            )
        except InputError as error:
            form.show(error)
        else:
            flash(_("Saved."), "ok")
            return redirect(url_for(".blocks", round=back_query() or None), 303)
    if block_id is None:
        return _blocks(form), 422
    row = get_block(block_id)
    return render_template(
        "diagnoses/block.html", form=form, block=row, known=known_placeholders(), back=back_query()
    ), 422


def _blocks(form: BlockForm) -> str:
    names = {"": _("anywhere"), diagnoses.SUMMARY: _("Summary")}
    rows = [(row, names.get(row.dimension) or dimension_title(row.dimension)) for row in list_blocks()]
    return render_template("diagnoses/blocks.html", form=form, rows=rows, known=known_placeholders(), back=back_query())


def _reading(assessment_id: UUID) -> tuple[Reading, Verification | None]:
    """The round as verified where it is, else as claimed; and the verification whose corrections are named."""
    verification = find_verified(assessment_id)
    result = verification.result if verification else None
    reading = read_result(result or get_published_result(assessment_id), list_answers(assessment_id))
    return reading, verification


def _draft(
    assessment_id: UUID,
    mine: diagnoses.Said | None = None,
    errors: dict[str, list[str]] | None = None,
    *,
    clash: str = "",
) -> str:
    reading, verification = _reading(assessment_id)
    page = present_draft(
        reading,
        find_diagnosis(assessment_id),
        verification or find_open_verification(assessment_id),
        list_blocks(),
        mine=mine,
        errors=errors,
        clash=clash,
    )
    return render_template("diagnoses/write.html", page=page)


def _draft_or_signed(assessment_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".show", assessment_id=assessment_id), 303)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InputError from error
