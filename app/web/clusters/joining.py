"""Finished values for the letter to firms and for the page that it leads to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from app.models.clusters import Cluster, Coordinator
from app.models.firms import Membership
from app.services.links import absolute_url
from app.web.accounts.presenters import qr_svg
from app.web.clusters.wording import cluster_facts, cluster_name, shown_code
from app.web.figures import join


@dataclass(frozen=True, slots=True)
class Letter:
    """The letter that invites firms to join."""

    cluster: str
    coordinators: str
    code: str
    link: str
    site: str
    qr: str
    url: str


@dataclass(frozen=True, slots=True)
class JoinPage:
    """A cluster as somebody sees it who holds its code."""

    cluster: str
    facts: str
    coordinators: str
    firms: tuple[tuple[str, str], ...]
    create_url: str
    register_url: str
    sign_in_url: str
    signed_in: bool


def present_letter(cluster: Cluster, coordinators: Sequence[Coordinator]) -> Letter:
    """The letter with code and QR code."""
    link = absolute_url("clusters.invited", code=cluster.code)
    return Letter(
        cluster=cluster_name(cluster),
        coordinators=join([c.user.display_name for c in coordinators if c.user.name]),
        code=shown_code(cluster.code),
        link=link,
        site=absolute_url("clusters.enter_code"),
        qr=qr_svg(link),
        url=url_for("clusters.show", cluster_id=cluster.id),
    )


def present_invited(
    cluster: Cluster,
    coordinators: Sequence[Coordinator],
    memberships: Sequence[Membership],
    *,
    signed_in: bool,
    path: str,
) -> JoinPage:
    """What a firm should know before it joins; `memberships` are those that may join for their firm."""
    create = url_for("firms.create", cluster=cluster.code)
    return JoinPage(
        cluster=cluster_name(cluster),
        facts=cluster_facts(cluster),
        coordinators=join([c.user.name for c in coordinators if c.user.name]),
        firms=tuple((m.firm.name, url_for("clusters.join", firm_id=m.firm_id, code=cluster.code)) for m in memberships),
        create_url=create,
        register_url=url_for("accounts.register", next=create),
        sign_in_url=url_for("accounts.sign_in", next=path),
        signed_in=signed_in,
    )
