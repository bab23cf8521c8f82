"""Read the files that were handed in for a coordinator's list."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.errors import NotFoundError
from app.extensions import db
from app.models.imports import Import


def get_import(cluster_id: UUID, import_id: UUID) -> Import:
    """An import of a cluster that is neither applied nor given up. Raises NotFoundError."""
    row = db.session.scalar(select(Import).where(Import.id == import_id, Import.cluster_id == cluster_id))
    if row is None or row.file_key is None:
        raise NotFoundError
    return row


def list_open_imports(cluster_id: UUID) -> Sequence[Import]:
    """Files that wait for a decision, oldest first."""
    return db.session.scalars(
        select(Import)
        .where(Import.cluster_id == cluster_id, Import.file_key.is_not(None))
        .order_by(Import.created_at, Import.id)
    ).all()
