"""Whether the database answers and its tables are those of this version."""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app

from app.extensions import db


def database_answers() -> bool:
    """True when a connection can be made. Raises SQLAlchemyError otherwise."""
    return not db.session.connection().closed


def schema_is_current() -> bool:
    """True when the last migration is applied."""
    script = ScriptDirectory(current_app.extensions["migrate"].directory)
    applied = MigrationContext.configure(db.session.connection()).get_current_heads()
    return set(applied) == set(script.get_heads())
