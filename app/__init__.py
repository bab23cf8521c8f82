"""The application factory."""

from __future__ import annotations

import logging

from flask import Flask
from flask_security import SQLAlchemyUserDatastore
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli, i18n, transaction
from app.access import guard, orm_guard
from app.config import ROOT, Config, ConfigError, read_config
from app.extensions import csrf, db, limiter, migrate, security
from app.jobs import queue
from app.models.users import User
from app.queries.access import load_reach
from app.web import errors, headers, layout
from app.web.accounts.routes import blueprint as accounts
from app.web.actions.routes import blueprint as actions
from app.web.admin.routes import blueprint as admin
from app.web.assessments.routes import blueprint as assessments
from app.web.attachments.routes import blueprint as attachments
from app.web.bundles.routes import blueprint as bundles
from app.web.calibrations.routes import blueprint as calibrations
from app.web.campaigns.routes import blueprint as campaigns
from app.web.cluster_reports.running import blueprint as cluster_reports
from app.web.clusters.routes import blueprint as clusters
from app.web.comparison.routes import blueprint as comparison
from app.web.consents.routes import blueprint as consents
from app.web.diagnoses.routes import blueprint as diagnoses
from app.web.engagements.routes import blueprint as engagements
from app.web.firms.routes import blueprint as firms
from app.web.handovers.routes import blueprint as handovers
from app.web.health.routes import blueprint as health
from app.web.home.routes import blueprint as home
from app.web.jobs.routes import blueprint as background_jobs
from app.web.members.routes import blueprint as members
from app.web.programmes.routes import blueprint as programmes
from app.web.quick.routes import blueprint as quick
from app.web.renewals.routes import blueprint as renewals
from app.web.reports.routes import blueprint as reports
from app.web.results.routes import blueprint as results
from app.web.roadmap.routes import blueprint as roadmap
from app.web.selfchecks.routes import blueprint as selfchecks
from app.web.verifications.routes import blueprint as verifications
from app.web.visits.routes import blueprint as visits

BLUEPRINTS = (
    accounts,
    actions,
    admin,
    assessments,
    attachments,
    calibrations,
    bundles,
    campaigns,
    cluster_reports,
    clusters,
    comparison,
    consents,
    diagnoses,
    engagements,
    firms,
    handovers,
    health,
    home,
    background_jobs,
    members,
    programmes,
    quick,
    renewals,
    reports,
    results,
    roadmap,
    selfchecks,
    verifications,
    visits,
)


def create_app(config: Config | None = None) -> Flask:
    """Build the application. Raises ConfigError for a bad setting, UnmarkedEndpointError for an open endpoint."""
    settings = config or read_config()
    app = transaction.TransactionalFlask(__name__, instance_path=str(settings.instance))
    app.config.from_mapping(settings.flask_settings())
    app.extensions["config"] = settings
    settings.instance.mkdir(parents=True, exist_ok=True)
    logging.getLogger("app").setLevel(logging.INFO)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    _bind_extensions(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    errors.init_app(app)
    headers.init_app(app)
    layout.init_app(app)
    queue.init_app(app)
    cli.init_app(app)
    guard.check_endpoints(app)
    return app


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        transaction.prepare_engine(db.engine)
    orm_guard.install(db.session.session_factory)
    transaction.install(db.session.session_factory)
    transaction.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    i18n.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    datastore = SQLAlchemyUserDatastore(db, User, None)  # type: ignore[arg-type]  # roles are ours, in app.access
    security.init_app(app, datastore, register_blueprint=False)
    app.login_manager._request_callback = None  # type: ignore[attr-defined]  # no token sign-in
    guard.init_app(app, load_reach)


__all__ = ["Config", "ConfigError", "create_app"]
