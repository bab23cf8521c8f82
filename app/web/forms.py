"""What all forms share: refused extra fields, stripped text, and domain errors shown at their field."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from flask_wtf import FlaskForm
from wtforms import Field, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from app.errors import InputError
from app.i18n import gettext as _


class StrictForm(FlaskForm):
    """A form that refuses fields it does not have, so that nobody slips in `role` or `firm_id`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_submitted() and kwargs.get("formdata", self) is not None:
            self._refuse_unknown()

    def _refuse_unknown(self) -> None:
        known = {*self._fields, "csrf_token"}
        prefixes = tuple(f"{name}-" for name in self._fields)
        for name in (*request.form, *request.files):
            if name not in known and not name.startswith(prefixes):
                abort(400)

    def show(self, error: InputError) -> None:
        """Show a domain error at the field it names, else at the first field of the form."""
        fields = [field for field in self if field.type not in ("CSRFTokenField", "HiddenField", "SubmitField")]
        field = self._fields.get(str(error.details.get("field")), fields[0] if fields else None)
        if field is not None:
            field.errors = [*field.errors, _(error.message)]


class EmptyForm(StrictForm):
    """A button with its CSRF token."""


class MultiCheckboxField(SelectMultipleField):
    """Several of a list, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def strip(value: str | None) -> str | None:
    """A WTForms filter: text without white space around it."""
    return value.strip() if isinstance(value, str) else value


def describedby(field: Field) -> str | None:
    """The ids of hint and error of a field, for `aria-describedby`; None where there is neither."""
    ids = [f"{field.id}-hint"] if field.description else []
    if field.errors:
        ids.append(f"{field.id}-error")
    return " ".join(ids) or None
