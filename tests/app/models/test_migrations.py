"""Models and migrations agree, on both databases."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade

from app.extensions import Base, db
from app.queries.health import schema_is_current


def differences() -> list[object]:
    """What autogenerate would still write."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


@pytest.mark.usefixtures("system")
def test_models_and_migrations_agree() -> None:
    assert differences() == []
    assert schema_is_current()


def test_migrations_can_be_taken_back_and_applied_again(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        downgrade(revision="base")
        upgrade()
        assert differences() == []
