"""The words of a diagnosis, and text blocks."""

from __future__ import annotations

from uuid import UUID

from flask import request
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.i18n import lazy_gettext as lazy
from app.services.diagnoses import SUMMARY, WRITTEN
from app.services.texts import MAX_NOTE, MAX_TITLE
from app.web.forms import StrictForm
from app.web.names import dimension_ids, dimension_title

PLACES = (SUMMARY, *dimension_ids())
"""Where words stand, in the order of the page; also what names the fields: zh_summary, en_production."""


class VersionForm(StrictForm):
    """A button that acts on the words as they were shown."""

    version = IntegerField(validators=[InputRequired(), NumberRange(0, 1_000_000)])


class DiagnosisForm(VersionForm):
    """The words in both languages. `insert` names the place into which the block chosen there is put."""

    insert = StringField(validators=[Optional(), Length(max=40)])

    def said(self) -> dict[str, dict[str, str]]:
        """The texts by language and place."""
        return {language: {place: self[f"{language}_{place}"].data or "" for place in PLACES} for language in WRITTEN}

    def chosen(self, place: str) -> str:
        """The id of the block chosen at a place; "" for none."""
        return str(self[f"block_{place}"].data or "") if place in PLACES else ""


for _place in PLACES:
    for _language in WRITTEN:
        setattr(DiagnosisForm, f"{_language}_{_place}", TextAreaField(validators=[Length(max=MAX_NOTE * 4)]))
    setattr(DiagnosisForm, f"block_{_place}", StringField(validators=[Optional(), Length(max=40)]))


class BlockForm(StrictForm):
    """A text block. `back` is the round to go back to."""

    title = StringField(
        lazy("Title"),
        description=lazy("Only you see it."),
        validators=[InputRequired(lazy("Give it a title by which you find it again.")), Length(max=MAX_TITLE)],
    )
    dimension = SelectField(lazy("Belongs to"), validators=[Optional()])
    text_zh = TextAreaField(lazy("Text in Chinese"), validators=[Length(max=MAX_NOTE * 4)])
    text_en = TextAreaField(lazy("Text in English"), validators=[Length(max=MAX_NOTE * 4)])

    def __init__(self, **data: str) -> None:
        super().__init__(data=data or None)
        self.dimension.choices = [
            ("", lazy("anywhere")),
            (SUMMARY, lazy("Summary")),
            *((name, dimension_title(name)) for name in dimension_ids()),
        ]


class DeleteForm(StrictForm):
    """A button with its CSRF token."""


def back_query() -> str:
    """The round from which the text blocks were opened, as the address carries it; "" for none."""
    try:
        return str(UUID(request.args.get("round", "")))
    except ValueError:
        return ""
