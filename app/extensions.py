"""The Flask extensions, unbound. This module imports nothing of the application, so everything may import it."""

from __future__ import annotations

from typing import Any

from flask import g
from flask.globals import app_ctx
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_security import Security
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The declarative base of every model; `app.models.base` adds what they share."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


def session_key() -> tuple[int, int]:
    """One session per application context and depth of nested scope: a wider scope never shares an identity map."""
    return id(app_ctx._get_current_object()), g.get("scope_depth", 0)  # type: ignore[attr-defined]


_session_options: dict[str, Any] = {"scopefunc": session_key}

db = SQLAlchemy(model_class=Base, session_options=_session_options, disable_autonaming=True)
migrate = Migrate()
csrf = CSRFProtect()
babel = Babel()
security = Security()
limiter = Limiter(key_func=get_remote_address)
