"""The list of a cluster as a workbook, where it is too long to wait for."""

from __future__ import annotations

import secrets
from functools import partial
from uuid import UUID

from app.files import delete_file, put_file
from app.i18n import in_language
from app.jobs.context import JobContext, Store
from app.models.base import now
from app.queries.campaigns import current_campaign, list_campaigns
from app.queries.invitees import read_roster
from app.services.jobs import attach_file
from app.services.roster_sheets import roster_sheet
from app.services.roster_table import choose, read_wish
from app.services.spreadsheets import CHINA, write_workbook
from app.transaction import transaction


def export(context: JobContext) -> Store | None:
    """Write the list of the cluster that is the subject, in the language that was asked for."""
    with transaction(writes=False):
        cluster_id = UUID(context.subject)
        campaign = current_campaign(list_campaigns(cluster_id), now().astimezone(CHINA).date())
        entries = choose(read_roster(cluster_id, campaign).entries, read_wish(context.payload["wish"]))
    context.progress(30)
    with in_language(context.payload["locale"]):
        data = write_workbook(roster_sheet(entries))
    key = f"exports/{secrets.token_hex(16)}.xlsx"
    put_file(key, data)
    return partial(_keep, context.job_id, key, context.payload["name"])


def _keep(job_id: UUID, key: str, name: str) -> None:
    for old in attach_file(job_id, key, name):
        delete_file(old)
