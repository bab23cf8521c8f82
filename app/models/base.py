"""What all models share: ids made at construction, UTC times, exact decimals, and the marks of the row lock."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, DateTime, Dialect, ForeignKey, Integer, Numeric, String, TypeDecorator
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeEngine

from app.access.orm_guard import FirmScoped
from app.extensions import Base


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment. Stored in UTC on every database; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware value to UTC; SQLite has no zone, so it gets the naive UTC value."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always aware, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A decimal with four places that sorts and compares exactly on both databases (SQLite: ten-thousandths)."""

    impl = Numeric(14, 4)
    cache_ok = True
    _UNIT = 10_000

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An integer on SQLite, which has no decimals."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else Numeric(14, 4))

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Any:
        """A decimal, rounded to four places, as the database keeps it."""
        if value is None:
            return None
        exact = Decimal(value).quantize(Decimal("0.0001"))
        return int(exact * self._UNIT) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """A decimal without trailing zeros."""
        if value is None:
            return None
        exact = Decimal(value) / self._UNIT if dialect.name == "sqlite" else Decimal(value)
        return exact.normalize() if exact != exact.to_integral_value() else exact.quantize(Decimal(1))


def now() -> datetime:
    """This moment, in UTC, by the server's clock."""
    return datetime.now(UTC)


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """A named check that a text column holds one of the values of an enumeration."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def reference(target: str, *, ondelete: str = "CASCADE") -> ForeignKey:
    """A foreign key checked at commit, so that rows of one unit of work may be written in any order."""
    return ForeignKey(target, ondelete=ondelete, deferrable=True, initially="DEFERRED")


Json = JSON(none_as_null=True)
Code = Annotated[str, mapped_column(String(64))]
Name = Annotated[str, mapped_column(String(200))]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]


class Row(Base):
    """A table whose rows have a random id, known as soon as the object is made."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)

    def __init__(self, **values: Any) -> None:
        values.setdefault("id", uuid4())
        super().__init__(**values)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.__dict__.get('id')}>"


class FirmOwned(FirmScoped):
    """Mixin: the row belongs to a firm, goes with it, and is seen only where the scope holds that firm."""

    @declared_attr
    def firm_id(cls) -> Mapped[UUID]:  # noqa: N805
        """The owning firm."""
        return mapped_column(reference("firms.id"), index=True)


class StoredFile:
    """Mixin: a file somebody sent. `file_key` is its random name in the store, `name` what the sender called it."""

    file_key: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    created_by_label: Mapped[Name] = mapped_column(default="")
    created_at: Mapped[Moment] = mapped_column(default=now)

    @declared_attr
    def created_by(cls) -> Mapped[UUID | None]:  # noqa: N805
        """Who sent it, while the account exists."""
        return mapped_column(reference("users.id", ondelete="SET NULL"))
