"""Commands: one result line, exit status 2 with one clear line for bad input, and nothing written then."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models.clusters import Cluster
from app.models.users import User, UserRole
from tests.app.client import Browser

NEW = {"password": "long enough 7", "repeated": "long enough 7"}


def run(app: Flask, *arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    done = app.test_cli_runner().invoke(args=arguments)
    return done.exit_code, done.stdout, done.stderr


def test_create_user_prints_a_link_that_sets_the_password_once(app: Flask, client: Browser) -> None:
    status, out, _ = run(app, "create-user", "13800138000", "--role", "admin")
    found = re.fullmatch(r"http://127\.0\.0\.1:8000(/reset/\S+)\n", out)
    assert status == 0 and found
    assert client.post(found[1], data=NEW).status_code == 303
    assert client.post(found[1], data=NEW).status_code == 404
    assert client.post("/sign-in", data={"login": "138 0013 8000", "password": NEW["password"]}).status_code == 303


def test_create_user_gives_an_existing_account_the_role(app: Flask) -> None:
    for role in ("consultant", "admin", "admin"):
        assert run(app, "create-user", "a@example.com", "--role", role)[0] == 0
    with app.app_context():
        assert len(db.session.scalars(select(User)).all()) == 1
        assert set(db.session.scalars(select(UserRole.role))) == {"consultant", "admin"}


def test_bad_input_writes_nothing(app: Flask) -> None:
    status, out, err = run(app, "create-user", "nobody", "--role", "admin")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert run(app, "create-user", "a@example.com", "--role", "king")[0] == 2
    assert run(app, "create-cluster", "长安", "--coordinator", "nobody@example.com")[0] == 2
    with app.app_context():
        assert db.session.scalars(select(User)).all() == []
        assert db.session.scalars(select(Cluster)).all() == []


def test_create_cluster_prints_id_and_code(app: Flask) -> None:
    assert run(app, "create-user", "c@example.com", "--role", "coordinator")[0] == 0
    status, out, _ = run(app, "create-cluster", "长安模具", "--town", "长安镇", "--coordinator", "c@example.com")
    assert status == 0
    assert re.fullmatch(r"[0-9a-f-]{36} [0-9A-Z]{8}\n", out)
    status, _, err = run(app, "create-cluster", "again", "--code", out.split()[1])
    assert status == 2 and err
