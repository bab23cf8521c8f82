"""Finished values for the page that a personal link opens."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from app.i18n import content_text
from app.models.clusters import Cluster
from app.models.invitees import Invitee
from app.web.clusters.wording import cluster_facts, cluster_name
from scoring.content.serving import serve, served_sectors


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """What an invited firm sees first."""

    cluster: str
    facts: str
    firm: str
    trade: str
    url: str


def present_invitation(invitee: Invitee, cluster: Cluster, token: str) -> InvitationPage:
    """The page of one firm's invitation; it shows nothing of the list but the firm's name."""
    sector = invitee.sector or cluster.sector or ""
    return InvitationPage(
        cluster=cluster_name(cluster),
        facts=cluster_facts(cluster),
        firm=invitee.name,
        trade=content_text(serve(sector).sector.title) if sector in served_sectors() else "",
        url=url_for("members.begin", token=token),
    )
