"""Build the report on a cluster."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from app.config import Config
from app.errors import N_
from app.files import put_file
from app.i18n import translations_for
from app.jobs.context import JobContext, JobFailed, Store
from app.models.base import now
from app.models.releases import Family
from app.queries.access import load_reach
from app.queries.clusters import Standing, get_cluster, list_standings
from app.queries.programmes import find_latest_programme, firm_of, list_solutions
from app.queries.releases import read_release
from app.reports import fonts
from app.reports.cluster import Change, ClusterCase, Firm, Joint, assemble_cluster
from app.reports.render import render
from app.services.comparison import compare_rounds, fingerprint, keep_workbook
from app.services.spreadsheets import CHINA
from app.transaction import transaction
from scoring.content.serving import serve, served_sectors


def build(context: JobContext) -> Store:
    """Build the report on the cluster whose id is the subject, for somebody who still coordinates it."""
    locale: str = context.payload["locale"]
    with transaction(writes=False):
        case, mark = read_case(UUID(context.subject), context.requested_by, locale)
    context.progress(30)
    settings: Config = context.app.extensions["config"]
    document = assemble_cluster(case, locale, translations_for(locale))
    context.progress(45)
    data = render(document, fonts.load(settings.fonts))
    context.progress(90)
    key = f"reports/cluster-{secrets.token_hex(16)}.pdf"
    put_file(key, data)
    return partial(keep_workbook, context.job_id, key, mark)


def read_case(cluster_id: UUID, user_id: UUID | None, locale: str) -> tuple[ClusterCase, str]:
    """What this user's report is written from, and the mark of the firms that are named in it.

    Raises JobFailed for somebody who does not coordinate the cluster.
    """
    reach = load_reach(user_id, None)
    if cluster_id not in reach.cluster_ids:
        raise JobFailed(N_("You do not coordinate this cluster any more."))
    cluster = get_cluster(cluster_id)
    name, town, sector, demo = cluster.name, cluster.town, cluster.sector, cluster.demo
    if locale == "en" and cluster.name_en:
        name = cluster.name_en
    standings = list_standings(cluster_id)
    results = read_release(cluster_id, Family.RESULTS, reach)
    scenes = read_release(cluster_id, Family.SCENES, reach)
    change = compare_rounds(standings)
    trades = {s.sector for s in standings} | {cell[0] for cell in (*results.figures, *scenes.figures) if cell}
    known = [s for s in served_sectors() if s in trades | {sector}]
    case = ClusterCase(
        name=name,
        town=town,
        sector=sector,
        on=now().astimezone(CHINA).date(),
        members=results.members,
        named=results.named,
        firms=[_firm(standing) for standing in standings],
        figures=results.figures,
        scenes=scenes.figures,
        change=Change(
            same=len(change.same),
            once=change.once,
            never=change.never,
            up=change.up,
            down=change.down,
            score=change.score,
            index=change.index,
            dimensions=change.dimensions,
        ),
        joint=_joint(cluster_id, standings),
        catalogues={s: serve(s) for s in dict.fromkeys([*known, "general"])},
        demo=demo,
    )
    return case, fingerprint(standings)


def _joint(cluster_id: UUID, standings: Sequence[Standing]) -> Joint | None:
    programme = find_latest_programme(cluster_id)
    if programme is None or programme.payload is None:
        return None
    names = {s.firm_id: s.name for s in standings}
    return Joint(
        budget=programme.budget,
        everybody=programme.choice["everybody"],
        on=(programme.ready_at or programme.created_at).astimezone(CHINA).date(),
        payload=programme.payload,
        solutions=list_solutions(programme),
        names={p["key"]: names[i] for p in programme.payload["plans"] if (i := firm_of(p["key"])) in names},
    )


def _firm(s: Standing) -> Firm:
    return Firm(
        name=s.name,
        sector=s.sector,
        town=s.town,
        size_band=s.size_band,
        level=s.level,
        score=s.score,
        index=s.index,
        change=s.change,
        evidence=s.evidence,
        missing=s.gate,
        on=None if s.submitted_at is None else s.submitted_at.astimezone(CHINA).date(),
    )
