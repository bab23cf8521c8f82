"""Finished values for the firm's page of consultants: who works for it, who asks to, who did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from app.i18n import day
from app.i18n import gettext as _
from app.models.engagements import AskedBy, Engagement
from app.models.firms import Firm
from app.web.clusters.wording import cluster_name
from app.web.figures import phrases


@dataclass(frozen=True, slots=True)
class ConsultantRow:
    """A consultant who works for the firm, or asks to. `lines` say since when, until when, which day."""

    name: str
    login: str
    lines: tuple[str, ...]
    purpose: str
    url: str
    end_url: str = ""


@dataclass(frozen=True, slots=True)
class PastRow:
    """What is over."""

    name: str
    asked: str
    from_to: str
    how: str


@dataclass(frozen=True, slots=True)
class FirmConsultantsPage:
    """The page; only an owner has buttons."""

    firm_name: str
    firm_url: str
    consents_url: str
    requests: tuple[ConsultantRow, ...]
    engaged: tuple[ConsultantRow, ...]
    past: tuple[PastRow, ...]
    owner: bool
    engage_url: str


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """One request to answer, or one engagement whose days are changed (`new` is false)."""

    firm_name: str
    back_url: str
    new: bool
    title: str
    row: ConsultantRow
    asker: str
    decline_url: str


def present_firm_consultants(
    firm: Firm,
    requests: Sequence[Engagement],
    engaged: Sequence[Engagement],
    past: Sequence[Engagement],
    *,
    owner: bool,
) -> FirmConsultantsPage:
    """The page of a firm."""
    return FirmConsultantsPage(
        firm_name=firm.name,
        firm_url=url_for("firms.show", firm_id=firm.id),
        consents_url=url_for("consents.index", firm_id=firm.id),
        requests=tuple(_asking(row) for row in requests),
        engaged=tuple(_working(row) for row in engaged),
        past=tuple(_past(row) for row in past),
        owner=owner,
        engage_url=url_for("engagements.engage", firm_id=firm.id),
    )


def present_agreement(firm: Firm, row: Engagement) -> AgreementPage | None:
    """The page of one request or engagement; None for one that is over."""
    if row.ended_at is not None or row.declined_at is not None:
        return None
    new = row.agreed_at is None
    return AgreementPage(
        firm_name=firm.name,
        back_url=url_for("engagements.firm", firm_id=firm.id),
        new=new,
        title=_("%(name)s asks to work for you", name=row.user.display_name) if new else row.user.display_name,
        row=_asking(row) if new else _working(row),
        asker=asked_by(row),
        decline_url=url_for("engagements.decline", firm_id=firm.id, engagement_id=row.id) if new else "",
    )


def asked_by(row: Engagement) -> str:
    """Who asked for it, in words."""
    match row.asked_by:
        case AskedBy.COORDINATOR:
            cluster = cluster_name(row.cluster) if row.cluster else ""
            return _("asked by %(name)s of %(cluster)s", name=row.asked_by_name, cluster=cluster)
        case AskedBy.CONSULTANT:
            return _("asked by the consultant")
    return _("engaged by the firm itself")


def request_line(row: Engagement) -> str:
    """One request in a sentence, for the firm's start page."""
    return _("%(name)s asks to see your results, answers and reports.", name=row.user.display_name)


def visit_line(row: Engagement) -> str:
    """The visit of a consultant in a sentence; empty without a day."""
    if row.visit_on is None:
        return ""
    return _("%(name)s comes on %(day)s.", name=row.user.display_name, day=day(row.visit_on))


def _asking(row: Engagement) -> ConsultantRow:
    lines = [phrases((day(row.asked_at), asked_by(row)))]
    if row.visit_on:
        lines.append(_("would like to come on %(day)s", day=day(row.visit_on)))
    return _row(row, lines)


def _working(row: Engagement) -> ConsultantRow:
    lines = [phrases((_("since %(day)s", day=day(row.agreed_at)), asked_by(row)))]
    lines.append(_("until %(day)s", day=day(row.until_on)) if row.until_on else _("without a last day"))
    lines.append(_("visit on %(day)s", day=day(row.visit_on)) if row.visit_on else _("no day for a visit yet"))
    return _row(row, lines, url_for("engagements.end", firm_id=row.firm_id, engagement_id=row.id))


def _row(row: Engagement, lines: Sequence[str], end_url: str = "") -> ConsultantRow:
    url = url_for("engagements.agree", firm_id=row.firm_id, engagement_id=row.id)
    login = row.user.login if row.user.name else ""
    return ConsultantRow(row.user.display_name, login, tuple(lines), row.purpose, url, end_url)


def _past(row: Engagement) -> PastRow:
    if row.agreed_at is None:
        how = _("declined on %(day)s", day=day(row.declined_at)) if row.declined_at else _("not agreed")
        return PastRow(row.user.display_name, asked_by(row), "", how)
    last = row.ended_at or row.until_on
    if row.ended_by is None:
        how = _("ran out")
    elif row.ended_by == row.user_id:
        how = _("ended by the consultant")
    else:
        how = _("ended by the firm")
    from_to = _("%(first)s to %(last)s", first=day(row.agreed_at), last=day(last))
    return PastRow(row.user.display_name, asked_by(row), from_to, how)
