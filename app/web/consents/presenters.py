"""Finished values for the consent page: who sees what today, in plain words, and what was agreed to when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import url_for

from app.access.policy import Permission as P
from app.access.policy import roles_with
from app.access.roles import Role
from app.i18n import day, moment, ngettext
from app.i18n import gettext as _
from app.models.consents import ConsentKind
from app.models.firms import Firm, MembershipRole
from app.queries.consents import ClusterView, ConsentEvent, Viewers
from app.web.clusters.wording import cluster_name
from app.web.figures import join


@dataclass(frozen=True, slots=True)
class ViewerRow:
    """Who sees what, because of what."""

    who: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A consent as a card: what it means, whether it holds, and the button that changes it."""

    title: str
    text: str
    given: bool
    state: str
    url: str
    value: str
    button: str


@dataclass(frozen=True, slots=True)
class ClusterCard:
    """A cluster of the firm with its choice, and the way out."""

    name: str
    coordinators: str
    choice: Choice
    leave_url: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """A line of the history."""

    what: str
    given: str
    withdrawn: str
    wording: str


@dataclass(frozen=True, slots=True)
class ConsentsPage:
    """Who sees what, what can be changed, and what was before. Only an owner has buttons."""

    firm_name: str
    firm_url: str
    viewers: tuple[ViewerRow, ...]
    statistics: Choice
    clusters: tuple[ClusterCard, ...]
    consultants: str
    history: tuple[EventRow, ...]
    owner: bool
    consultants_url: str
    join_url: str
    delete_url: str


def present_consents(firm: Firm, viewers: Viewers, history: Sequence[ConsentEvent], *, owner: bool) -> ConsentsPage:
    """The page of a firm."""
    return ConsentsPage(
        firm_name=firm.name,
        firm_url=url_for("firms.show", firm_id=firm.id),
        viewers=_viewers(viewers),
        statistics=_statistics(firm, viewers.statistics),
        clusters=tuple(_cluster(firm, view) for view in viewers.clusters),
        consultants=join([engagement.user.display_name for engagement in viewers.engagements]),
        history=tuple(_event(event) for event in history),
        owner=owner,
        consultants_url=url_for("engagements.firm", firm_id=firm.id),
        join_url=url_for("clusters.enter_code"),
        delete_url=url_for("firms.data", firm_id=firm.id),
    )


def viewer_sentences(viewers: Viewers) -> tuple[str, ...]:
    """Who sees something of the firm today, in one sentence each; for the start page."""
    lines = [
        ngettext("%(num)s person of the firm", "%(num)s people of the firm", len(viewers.memberships)),
        *(
            _("%(cluster)s: sees your result by name", cluster=cluster_name(view.cluster))
            if view.named
            else _("%(cluster)s: only counts you", cluster=cluster_name(view.cluster))
            for view in viewers.clusters
        ),
        *(
            _("Consultant %(name)s: sees results, answers, self-checks and reports", name=g.user.display_name)
            for g in viewers.engagements
        ),
    ]
    if viewers.handovers:
        lines.append(ngettext("%(num)s section link is open", "%(num)s section links are open", len(viewers.handovers)))
    if viewers.statistics:
        lines.append(_("Averages of at least five firms, without your name"))
    return tuple(lines)


def may_manage(viewers: Viewers, user_id: UUID) -> bool:
    """Whether this user may give and withdraw consents of the firm: one of its owners."""
    owners = roles_with(P.CONSENT_MANAGE)
    return any(m.user_id == user_id and Role(m.role) in owners for m in viewers.memberships)


def _viewers(viewers: Viewers) -> tuple[ViewerRow, ...]:
    rows = []
    for m in viewers.memberships:
        is_owner = m.role == MembershipRole.OWNER
        rows.append(
            ViewerRow(
                m.user.display_name,
                _("Everything") if is_owner else _("Answers, results, self-checks and reports"),
                _("Owner of the firm") if is_owner else _("Member of the firm"),
            )
        )
    for handover in viewers.handovers:
        rows.append(
            ViewerRow(
                handover.name,
                _("One section, to fill in"),
                _("Section link, until %(day)s", day=day(handover.expires_at)),
            )
        )
    for view in viewers.clusters:
        who = cluster_name(view.cluster)
        if view.coordinators:
            who = _("%(cluster)s (%(names)s)", cluster=who, names=join(view.coordinators))
        rows.append(
            ViewerRow(
                who,
                _(
                    "Name, trade, town, size, how far, level, score, dimensions, share of evidence, date; "
                    "no single answer"
                )
                if view.named
                else _("That one more firm belongs to the cluster, or that you do, if they invited you by name"),
                _("You agreed to be named") if view.named else _("You joined without being named"),
            )
        )
    rows.extend(
        ViewerRow(g.user.display_name, _("Answers, results, self-checks and reports"), _("Consultant, let in by you"))
        for g in viewers.engagements
    )
    rows.append(
        ViewerRow(
            _("Administrator of the site"),
            _("Name of the firm and accounts; no answer, no result"),
            _("Keeps the site running; every step is recorded"),
        )
    )
    return tuple(rows)


def _statistics(firm: Firm, given: bool) -> Choice:
    return Choice(
        title=_("Averages without our name"),
        text=_(
            "Your submitted result counts in averages that are shown only where at least five firms cannot be told "
            "apart. Nobody learns your name, and never a lowest or highest value."
        ),
        given=given,
        state=_("You agreed") if given else _("You have not agreed"),
        url=url_for("consents.statistics", firm_id=firm.id),
        value="withdraw" if given else "give",
        button=_("Take it back") if given else _("Agree"),
    )


def _cluster(firm: Firm, view: ClusterView) -> ClusterCard:
    name = cluster_name(view.cluster)
    return ClusterCard(
        name=name,
        coordinators=join(view.coordinators),
        choice=Choice(
            title=name,
            text=_(
                "Its coordinators see your name, trade, town, size, how far you are, level, score, dimensions, "
                "share of evidence and the date. Never single answers, self-checks, notes or files."
            )
            if view.named
            else _(
                "Its coordinators see only that one more firm belongs, or that you do, if they invited you by name."
            ),
            given=view.named,
            state=_("Sees you by name") if view.named else _("Only counts you"),
            url=url_for("consents.named_results", firm_id=firm.id, cluster_id=view.cluster.id),
            value="withdraw" if view.named else "give",
            button=_("No longer by name") if view.named else _("Show our result by name"),
        ),
        leave_url=url_for("clusters.leave", firm_id=firm.id, cluster_id=view.cluster.id),
    )


def _event(event: ConsentEvent) -> EventRow:
    kinds = {
        ConsentKind.STORAGE.value: _("Storing what we enter"),
        ConsentKind.STATISTICS.value: _("Averages without our name"),
        ConsentKind.NAMED_RESULTS.value: _(
            "Results by name for %(cluster)s", cluster=cluster_name(event.cluster) if event.cluster else ""
        ),
    }
    consent = event.consent
    return EventRow(
        what=kinds[consent.kind],
        given=_by(moment(consent.given_at), event.given_by),
        withdrawn=_by(moment(consent.withdrawn_at), event.withdrawn_by) if consent.withdrawn_at else "",
        wording=_("wording %(version)s", version=consent.text_version),
    )


def _by(when: str, who: str) -> str:
    return f"{when} · {who}" if who else when
