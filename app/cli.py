"""Commands: `flask --app wsgi …`. Each runs in system scope and one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.access.roles import ASSIGNABLE_ROLES
from app.access.scope import system_scope
from app.cli_content import content
from app.cli_reports import report
from app.errors import DomainError, NotFoundError
from app.extensions import db
from app.jobs import queue
from app.queries.clusters import get_cluster
from app.services import backups, calibrations, clusters, demo, imports, users
from app.transaction import transaction


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in (
        create_user, create_cluster, import_firms, make_demo, calibrate, report, content, run_jobs, backup, restore,
    ):  # fmt: skip
        app.cli.add_command(command)


@click.command("create-user")
@click.argument("login", metavar="EMAIL_OR_PHONE")
@click.option("--role", required=True, type=click.Choice([str(role) for role in ASSIGNABLE_ROLES]))
@click.option("--name", default="", help="Name to show.")
@with_appcontext
def create_user(login: str, role: str, name: str) -> None:
    """Create an account (or give an existing one the role) and print a one-time link to set its password."""
    with bad_input(), system_scope(), transaction():
        link = users.create_user(login, role=role, name=name)
    click.echo(link)


@click.command("create-cluster")
@click.argument("name")
@click.option("--name-en", default="", help="English name.")
@click.option("--town", default="", help="Town of the cluster.")
@click.option("--sector", default=None, help="Sector id, where all members are of one trade.")
@click.option("--code", default=None, help="Code by which firms join; made up if left out.")
@click.option("--coordinator", default=None, metavar="EMAIL_OR_PHONE", help="Existing account that coordinates it.")
@with_appcontext
def create_cluster(
    name: str, name_en: str, town: str, sector: str | None, code: str | None, coordinator: str | None
) -> None:
    """Create a cluster and print its id and the code by which firms join."""
    with bad_input(), system_scope(), transaction():
        cluster = clusters.create_cluster(
            name=name, name_en=name_en, town=town, sector=sector, code=code, coordinator=coordinator
        )
        line = f"{cluster.id} {cluster.code}"
    click.echo(line)


@click.command("import-firms")
@click.argument("file", metavar="FILE.xlsx|csv", type=click.Path(path_type=Path))
@click.option("--cluster", "cluster_id", required=True, type=click.UUID, help="Id of the cluster.")
@with_appcontext
def import_firms(file: Path, cluster_id: UUID) -> None:
    """Take a list of firms into a cluster: all of it or, where a row is wrong, nothing."""
    try:
        data = file.read_bytes()
    except OSError as error:
        click.echo(f"{file}: cannot be read: {error.strerror}", err=True)
        raise SystemExit(2) from error
    try:
        with system_scope(), transaction():
            counts = imports.import_file(get_cluster(cluster_id), data, file.name)
    except imports.BadListError as error:
        for problem in error.problems:
            place = f"{problem.sheet}!{problem.cell}" if problem.sheet else problem.cell
            click.echo(f"{file}: {place}: {problem.text % problem.values}", err=True)
        raise SystemExit(2) from error
    except NotFoundError as error:
        click.echo(f"--cluster: there is no cluster {cluster_id}", err=True)
        raise SystemExit(2) from error
    except DomainError as error:
        click.echo(f"{file}: {error.message}", err=True)
        raise SystemExit(2) from error
    click.echo(json.dumps(dict(counts)))


@click.command("demo")
@click.option("--firms", default=24, show_default=True, type=click.IntRange(1, 2000), help="Number of firms.")
@click.option("--seed", default=1, show_default=True, type=int, help="The same seed gives the same data.")
@with_appcontext
def make_demo(firms: int, seed: int) -> None:
    """Fill an empty database with demo data and print one login per role."""
    with bad_input(), system_scope(), transaction():
        logins = demo.make_demo(firms=firms, seed=seed)
    if not logins:
        click.echo("The demo data is there already.")
        return
    width = max(len(entry.role) for entry in logins)
    for entry in logins:
        click.echo(f"  {entry.role:<{width}}  {entry.login:<26}  {entry.password}")


@click.command("calibrate")
@with_appcontext
def calibrate() -> None:
    """Work out anew how far claims usually stand from what was found on site, and print how many figures there are."""
    with bad_input(), system_scope(), transaction():
        rows = calibrations.compute()
        calibrations.store(rows)
        counts = {"figures": len(rows), "firms": max((row.n for row in rows), default=0)}
    click.echo(json.dumps(counts))


@click.command("backup")
@click.argument("out", type=click.Path(path_type=Path))
@with_appcontext
def backup(out: Path) -> None:
    """Write database and files of this machine into one new archive, also while the site is running."""
    with bad_input():
        done = backups.write_backup(current_app.extensions["config"], out)
    click.echo(f"{done.path} {done.size} bytes, {done.files} files, sha256 {done.sha256}")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@with_appcontext
def restore(file: Path) -> None:
    """Put a backup in the place of database and files, which stay beside them. Stop the site first."""
    db.engine.dispose()
    with bad_input():
        files = backups.restore_backup(current_app.extensions["config"], file)
    click.echo(f"Restored: the database and {files} files. An older schema is brought up to date by `db upgrade`.")


@click.command("jobs")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Number of worker threads.")
@with_appcontext
def run_jobs(workers: int) -> None:
    """Run background jobs until stopped."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    queue.work(app, workers)


@contextmanager
def bad_input() -> Iterator[None]:
    """A domain error becomes one line on standard error and exit status 2; nothing is written."""
    try:
        yield
    except DomainError as error:
        click.echo(error.message, err=True)
        raise SystemExit(2) from error
