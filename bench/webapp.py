"""The site with two minimal views beside it, to hold ours against: same server, same database, same hooks."""

from __future__ import annotations

from flask import Flask, render_template_string
from flask_login import current_user

from app import create_app
from app.access.guard import access
from app.access.policy import Permission
from app.extensions import db, limiter
from app.models.audit import AuditEvent

PAGE = '{% extends "base.html" %}{% block title %}Bench{% endblock %}{% block main %}<h1>{{ name }}</h1>{% endblock %}'


def build() -> Flask:
    """The application with `PUT /bench/row` and `GET /bench/page`."""
    app = create_app()
    limiter.enabled = False  # sixteen clients sign in from one address

    @app.put("/bench/row")
    @access(Permission.ACCOUNT_MANAGE)
    def insert_row() -> dict[str, str]:
        """Loads the signed-in user and inserts one row through the ORM."""
        event = AuditEvent(kind="bench:row", actor_id=current_user.id, actor_label=current_user.display_name)
        db.session.add(event)
        return {"id": str(event.id)}

    @app.get("/bench/page")
    @access(Permission.ACCOUNT_MANAGE)
    def minimal_page() -> str:
        """Renders the base template for the signed-in user."""
        return render_template_string(PAGE, name=current_user.display_name)

    return app


app = build()
