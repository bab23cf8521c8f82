"""Finished values for the coordinator's list and its firms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import url_for

from app.i18n import day, language, moment, ngettext, number
from app.i18n import gettext as _
from app.models.campaigns import Campaign
from app.models.clusters import Cluster
from app.models.imports import Import
from app.models.invitees import Invitee
from app.models.messages import Message, MessageState
from app.queries.invitees import RosterEntry, RosterPicture, Stage
from app.services.invitees import personal_link
from app.services.roster_sheets import STAGE_NAMES, mail_state
from app.services.roster_table import Wish, choose, cut
from app.web.accounts.presenters import qr_svg
from app.web.admin.presenters import MESSAGE_STATES
from app.web.charts import percent
from app.web.clusters.presenters import Bar
from app.web.clusters.wording import cluster_name
from app.web.names import sector_name
from app.web.tables import Heading, Option


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One firm of the list."""

    name: str
    url: str
    facts: str
    tags: tuple[str, ...]
    contact: str
    stage: str
    done: str
    last: str
    mail: str
    result_url: str


@dataclass(frozen=True, slots=True)
class Todo:
    """What holds most firms up, and the way to do something about it."""

    finding: str
    advice: str
    url: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class MembersPage:
    """The list, with the funnel over it."""

    cluster_id: UUID
    cluster: str
    todo: Todo
    sub: str
    funnel: tuple[Bar, ...]
    hidden_note: str
    rows: tuple[MemberRow, ...]
    headings: tuple[Heading, ...]
    count: str
    search: str
    stages: tuple[Option, ...]
    towns: tuple[Option, ...]
    tags: tuple[Option, ...]
    mails: tuple[Option, ...]
    sort: str
    narrow: bool
    pages: tuple[tuple[str, str, bool], ...]
    urls: dict[str, str]
    waiting: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SentRow:
    """One message to a firm."""

    at: str
    subject: str
    state: str
    failed: bool


@dataclass(frozen=True, slots=True)
class InviteePage:
    """One firm of the list."""

    cluster_id: UUID
    cluster: str
    name: str
    state: str
    mail: str
    link: str
    qr: str
    bounced: bool
    messages: tuple[SentRow, ...]
    urls: dict[str, str]


def funnel_bars(funnel: Sequence[Stage]) -> tuple[Bar, ...]:
    """The funnel with its labels; below a step how many of it have no name."""
    most = max((stage.count for stage in funnel), default=0) or 1
    return tuple(
        Bar(
            str(STAGE_NAMES[stage.id]),
            percent(stage.count, most),
            stage.count,
            _("%(num)s of them without a name", num=stage.hidden) if stage.hidden else "",
        )
        for stage in funnel
    )


def present_members(
    cluster: Cluster, campaign: Campaign | None, picture: RosterPicture, wish: Wish, waiting: Sequence[Import]
) -> MembersPage:
    """The list as the coordinator sees it. The funnel is of all firms, whatever the filters say."""
    chosen = choose(picture.entries, wish)
    shown, page, pages = cut(chosen, wish.page)
    towns = sorted({e.town for e in picture.entries if e.town})
    tags = sorted({tag for e in picture.entries for tag in e.tags})
    here: dict[str, Any] = {"cluster_id": cluster.id}
    return MembersPage(
        cluster_id=cluster.id,
        cluster=cluster_name(cluster),
        todo=find_todo(cluster.id, campaign, picture),
        sub=_sub(campaign),
        funnel=funnel_bars(picture.funnel),
        hidden_note=_hidden_note(picture),
        rows=tuple(_row(cluster.id, e) for e in shown),
        headings=_headings(cluster.id, wish),
        count=ngettext("%(num)s firm", "%(num)s firms", len(chosen)),
        search=wish.search,
        stages=_options(list(STAGE_NAMES), wish.stage, lambda s: str(STAGE_NAMES[s])),
        towns=_options(towns, wish.town, str),
        tags=_options(tags, wish.tag, str),
        mails=_options(["none", "bounced", "unsubscribed"], wish.mail, _mail_name),
        sort=str(wish.values().get("sort", "")),
        narrow=wish.is_narrow,
        pages=_pages(cluster.id, wish, page, pages),
        urls={
            "import": url_for("members.upload", **here),
            "create": url_for("members.create", **here),
            "export": url_for("members.export", **here, **wish.values(page="")),
            "campaigns": url_for("campaigns.index", **here),
            "all": url_for("members.index", **here),
        },
        waiting=tuple((row.file_name, url_for("members.preview", import_id=row.id, **here)) for row in waiting),
    )


def find_todo(cluster_id: UUID, campaign: Campaign | None, picture: RosterPicture) -> Todo:
    """Where most firms are held up, and what to do next."""
    entries = picture.entries
    if not entries and not picture.nameless:
        return Todo(
            _("No firm is on the list yet."),
            _("Take in your list, or enter the firms one by one. Then each gets a link of its own."),
            url_for("members.upload", cluster_id=cluster_id),
            _("Take in a list"),
        )
    if campaign is None:
        return Todo(
            _("No round has been called yet."),
            _("A round has a first and a last day; its invitations go to all firms of the list."),
            url_for("campaigns.create", cluster_id=cluster_id),
            _("Call a round"),
        )
    round_url = url_for("campaigns.show", cluster_id=cluster_id, campaign_id=campaign.id)
    at = {stage: sum(e.stage == stage for e in entries) for stage in STAGE_NAMES}
    stuck = max(("listed", "invited", "opened", "joined", "started"), key=lambda stage: at[stage])
    if not at[stuck]:
        return Todo(_("Everybody you see has come to the end or nearly."), _("Nothing to do now."))
    n = at[stuck]
    findings = {
        "listed": ngettext("%(num)s firm has not been invited.", "%(num)s firms have not been invited.", n),
        "invited": ngettext(
            "%(num)s firm has not opened its invitation.", "%(num)s firms have not opened their invitation.", n
        ),
        "opened": ngettext("%(num)s firm has looked and not joined.", "%(num)s firms have looked and not joined.", n),
        "joined": ngettext(
            "%(num)s firm has joined and not begun, or does not show it.",
            "%(num)s firms have joined and not begun, or do not show it.",
            n,
        ),
        "started": ngettext("%(num)s firm has begun and stopped.", "%(num)s firms have begun and stopped.", n),
    }
    advice = {
        "listed": _("Send the invitations; who has no address gets a letter."),
        "invited": _("Remind them, or ring those without a working address: filter by mail."),
        "opened": _("A call helps: they know the matter and miss a quarter of an hour."),
        "joined": _("Those who show their name can be reminded; the others only by word of mouth."),
        "started": _("Remind them: what they entered is kept."),
    }
    return Todo(findings[stuck], advice[stuck], round_url, _("To the round"))


def _sub(campaign: Campaign | None) -> str:
    if campaign is None:
        return ""
    return _(
        "Round “%(title)s”, %(first)s to %(last)s",
        title=campaign.title, first=day(campaign.opens_on), last=day(campaign.closes_on),
    )  # fmt: skip


def _hidden_note(picture: RosterPicture) -> str:
    note = _("How far the answers are you see of firms that show their name; the others are counted in groups of five.")
    if not picture.nameless:
        return note
    more = ngettext(
        "%(num)s firm has joined without a name and is not on your list.",
        "%(num)s firms have joined without a name and are not on your list.",
        picture.nameless,
    )
    return note + ("" if language() == "zh" else " ") + more


def _row(cluster_id: UUID, e: RosterEntry) -> MemberRow:
    facts = [sector_name(e.sector) if e.sector else "", e.town]
    if e.employees is not None:
        facts.append(_("%(count)s people", count=number(e.employees)))
    if e.tier is not None:
        facts.append(_("tier %(tier)s", tier=e.tier))
    url = url_for("members.show", cluster_id=cluster_id, invitee_id=e.invitee_id) if e.invitee_id else ""
    steps = list(STAGE_NAMES)
    last = steps.index("submitted")  # what comes after it is not for the firm to do
    return MemberRow(
        name=e.name,
        url=url,
        facts=" · ".join(part for part in (*facts, e.part_group) if part),
        tags=e.tags,
        contact=" · ".join(part for part in (e.contact, e.phone or e.email or "") if part),
        stage=str(STAGE_NAMES[e.stage]),
        done=percent(min(steps.index(e.stage), last), last),
        last=day(e.last_at),
        mail=mail_state(e),
        result_url="",
    )


def _headings(cluster_id: UUID, wish: Wish) -> tuple[Heading, ...]:
    columns = [
        ("name", _("Firm")), ("", _("Contact")), ("stage", _("How far")), ("last", _("Last step")), ("", _("Mail")),
    ]  # fmt: skip
    return tuple(_heading(cluster_id, wish, name, label) for name, label in columns)


def _heading(cluster_id: UUID, wish: Wish, name: str, label: str) -> Heading:
    if not name:
        return Heading(label, "", "")
    here = wish.sort == name
    rising = not wish.rising if here else name in ("name", "stage")
    values = wish.values(sort=name if rising else f"-{name}", page="")
    url = url_for("members.index", cluster_id=cluster_id, _anchor="firms", **values)
    return Heading(label, url, ("ascending" if wish.rising else "descending") if here else "")


def _options(values: Sequence[str], chosen: str, label: Any) -> tuple[Option, ...]:
    return (Option("", _("All"), not chosen), *(Option(v, label(v), v == chosen) for v in values))


def _mail_name(mail: str) -> str:
    return {"none": _("no address"), "bounced": _("mail came back"), "unsubscribed": _("wants no mails")}[mail]


def _pages(cluster_id: UUID, wish: Wish, page: int, pages: int) -> tuple[tuple[str, str, bool], ...]:
    """(address, label, whether it is this page) of the pages to leaf through; empty where there is one only."""
    if pages == 1:
        return ()
    wanted = sorted({1, pages, *range(max(1, page - 2), min(pages, page + 2) + 1)})
    return tuple(
        (url_for("members.index", cluster_id=cluster_id, _anchor="firms", **wish.values(page=n)), str(n), n == page)
        for n in wanted
    )


def present_invitee(cluster: Cluster, invitee: Invitee, joined_at: Any, messages: Sequence[Message]) -> InviteePage:
    """One firm: how it can be reached, and what was sent to it."""
    link = personal_link(invitee)
    values: dict[str, Any] = {"cluster_id": cluster.id, "invitee_id": invitee.id}
    return InviteePage(
        cluster_id=cluster.id,
        cluster=cluster_name(cluster),
        name=invitee.name,
        state=_state(invitee, joined_at),
        mail=_invitee_mail(invitee),
        link=link,
        qr=qr_svg(link),
        bounced=invitee.bounced_at is not None,
        messages=tuple(
            SentRow(
                moment(m.created_at),
                m.subject,
                str(MESSAGE_STATES[MessageState(m.state)]),
                m.state == MessageState.FAILED,
            )
            for m in messages
        ),
        urls={
            "list": url_for("members.index", cluster_id=cluster.id),
            "remove": url_for("members.remove", **values),
            "bounce": url_for("members.bounce", **values),
            "renew": url_for("members.renew", **values),
            "consultant": url_for("engagements.ask_for", cluster_id=cluster.id, invitee=invitee.id)
            if joined_at is not None
            else "",
        },
    )


def _state(invitee: Invitee, joined_at: Any) -> str:
    if joined_at is not None:
        return _("Joined on %(day)s", day=day(joined_at))
    if invitee.opened_at is not None:
        return _("Opened the invitation on %(day)s, has not joined", day=day(invitee.opened_at))
    if invitee.invited_at is not None:
        return _("Invited on %(day)s, has not opened it", day=day(invitee.invited_at))
    return _("Not invited yet")


def _invitee_mail(invitee: Invitee) -> str:
    if invitee.unsubscribed_at is not None:
        return _("Wants no mails since %(day)s.", day=day(invitee.unsubscribed_at))
    if invitee.bounced_at is not None:
        return _(
            "A mail came back on %(day)s. Enter another address, or say that this one is right.",
            day=day(invitee.bounced_at),
        )
    return ""


def round_days(first: date, last: date) -> str:
    """The days of a round."""
    return _("%(first)s to %(last)s", first=day(first), last=day(last))
