"""Runs migrations on the application's own engine; types of the models are written as plain SQLAlchemy types."""

from __future__ import annotations

from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app

from app.models.base import Exact, UtcDateTime

db = current_app.extensions["migrate"].db


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | bool:
    """How the models' own types are written into a migration, which must not depend on the application."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Exact):
        return 'sa.Numeric(14, 4).with_variant(sa.Integer(), "sqlite")'
    return False


def run_migrations_online() -> None:
    """Apply the migrations in one transaction each."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("migrations run on a database, not as a script")
run_migrations_online()
