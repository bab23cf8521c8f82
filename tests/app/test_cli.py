"""Commands: one result line, exit status 2 with one clear line for bad input, and nothing written then."""

from __future__ import annotations

import json
import re
from pathlib import Path
from uuid import uuid4

from flask import Flask
from sqlalchemy import select

from app.access.scope import system_scope
from app.extensions import db
from app.models.clusters import Cluster
from app.models.invitees import Invitee
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


def test_import_firms_takes_all_or_nothing(app: Flask, tmp_path: Path) -> None:
    cluster = run(app, "create-cluster", "长安模具集群")[1].split()[0]
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes("企业名称,镇街\n甲厂,长安镇\n乙厂,\n".encode("gbk"))
    bad.write_text("企业名称,职工人数\n丙厂,12\n丁厂,many\n=1,\n")
    assert run(app, "import-firms", str(bad), "--cluster", cluster) == (
        2,
        "",
        f"{bad}: B3: Please enter a whole number.\n"
        f"{bad}: A4: A formula stands here. Replace it by its value (copy, then paste as values).\n",
    )
    status, out, _ = run(app, "import-firms", str(good), "--cluster", cluster)
    assert status == 0 and json.loads(out) == {"new": 2, "updated": 0, "same": 0, "duplicate": 0, "errors": 0}
    assert json.loads(run(app, "import-firms", str(good), "--cluster", cluster)[1])["same"] == 2
    with app.app_context(), system_scope():
        assert set(db.session.scalars(select(Invitee.name))) == {"甲厂", "乙厂"}


def test_import_firms_says_what_it_cannot_read(app: Flask, tmp_path: Path) -> None:
    cluster = run(app, "create-cluster", "长安模具集群")[1].split()[0]
    empty = tmp_path / "empty.xlsx"
    empty.write_bytes(b"")
    for arguments, said in (
        ((str(empty), "--cluster", cluster), "This file is empty."),
        ((str(tmp_path / "none.csv"), "--cluster", cluster), "cannot be read: No such file"),
        ((str(empty), "--cluster", str(uuid4())), "there is no cluster"),
    ):
        status, out, err = run(app, "import-firms", *arguments)
        assert (status, out) == (2, "") and said in err and err.count("\n") == 1


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
