"""Sets of ids as large as a consultant's five hundred firms or a coordinator's thousands.

A request reads such a set whole and then asks about two or three members. So the ids stay text until somebody wants one
as an object, and a statement takes all of them as one bound value, where databases limit how many values it may have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from typing import Any, Self
from uuid import UUID

from sqlalchemy import BindParameter, Boolean, ColumnElement, Dialect, String, Text, bindparam, cast, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator


class IdSet(Set[UUID]):
    """A frozen set of UUIDs. Equal to any other set of the same ones."""

    __slots__ = ("_texts",)
    _texts: frozenset[str]

    def __init__(self, ids: Iterable[UUID] = ()) -> None:
        self._texts = ids._texts if isinstance(ids, IdSet) else frozenset(one.hex for one in ids)

    @classmethod
    def read(cls, texts: str | None) -> Self:
        """The ids of a text that a database has put together with commas, with or without dashes in them."""
        found = cls()
        found._texts = frozenset((texts or "").replace("-", "").split(",")) - {""}
        return found

    @property
    def texts(self) -> frozenset[str]:
        """Each as 32 hexadecimal digits."""
        return self._texts

    def __contains__(self, one: object) -> bool:
        return isinstance(one, UUID) and one.hex in self._texts

    def __iter__(self) -> Iterator[UUID]:
        return map(UUID, self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __hash__(self) -> int:
        return self._hash()

    def __or__(self, other: Iterable[Any]) -> IdSet:
        both = IdSet(other)
        both._texts |= self._texts
        return both

    def __repr__(self) -> str:
        return f"IdSet({sorted(self._texts)})"


def ids_of(column: InstrumentedAttribute[UUID]) -> ColumnElement[str]:
    """To select all ids of a column as the one text that `IdSet.read` takes."""
    return func.aggregate_strings(cast(column, String), ",")


class _OneValue(TypeDecorator[Set[UUID]]):
    """A set of ids as one bound value: a JSON array for SQLite, an array literal for PostgreSQL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Set[UUID] | None, dialect: Dialect) -> str:
        texts = IdSet(value or ()).texts
        if dialect.name == "postgresql":
            return "{" + ",".join(texts) + "}"
        return "[" + ",".join(f'"{text}"' for text in texts) + "]"


def bind_ids(name: str, find: Callable[[], Set[UUID]]) -> BindParameter[Set[UUID]]:
    """The one bound value of a statement that `is_one_of` looks into, found when the statement is sent; `name` is its
    name there."""
    return bindparam(name, callable_=find, type_=_OneValue())


class is_one_of(FunctionElement[bool]):  # noqa: N801  # stands in expressions as SQLAlchemy's own functions do
    """`is_one_of(column, bind_ids(...))`: the column holds one of these ids."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: object = None) -> Self:
        """A condition already, where SQLite would ask whether it is 1, and then use no index."""
        return self


@compiles(is_one_of)
def _in_json(element: is_one_of, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({ids})))"


@compiles(is_one_of, "postgresql")
def _in_array(element: is_one_of, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} = ANY (CAST({ids} AS UUID[])))"
