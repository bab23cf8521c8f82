"""The coordinators' lists of the demo, and in each cluster one round that is open now: who was invited how, who has
looked, whose mail came back, who is new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from app.extensions import db
from app.models.campaigns import Campaign
from app.models.clusters import Cluster
from app.models.firms import Firm
from app.models.invitees import Invitee
from app.models.messages import Channel, Message, MessageState
from app.services.campaigns import MailKind, questionnaires_of
from app.services.demo_rounds import ROUND_BEGAN, Maker
from app.services.spreadsheets import CHINA

FEWEST = 4
"""So many firms at least on each list have not come yet, one of each kind."""
_PARTS = {
    "electronics": ("线路板", "连接器", "结构件"), "appliances": ("注塑件", "钣金件", "电机"),
    "automotive": ("内外饰", "底盘件", "电子件"), "pharma": ("原辅料", "包装材料", "器械配件"),
    "chemicals": ("树脂", "助剂", "涂料"), "equipment": ("机加件", "钣金机架", "控制柜"),
    "displays": ("背光", "模组", "光学膜"),
}  # fmt: skip
"""Part groups of the suppliers in a chain."""
_SYLLABLES = "岭帆诺筑衡琮锋屹锷钧恒永立顺新粤宏汇卓泰"


def make_entry(maker: Maker, firm: Firm, cluster: Cluster) -> Invitee:
    """The entry of a firm that uses the site."""
    return _make(maker, cluster, firm.name, firm.sector, firm.town, firm.employees)


def make_round(maker: Maker, cluster: Cluster, entries: Sequence[Invitee], ending: str) -> None:
    """The open round of a cluster. `entries` are of firms on the site; more are added of firms that have not come:
    one has looked, one's mail came back, one got a letter, one was entered after the invitations, and so on."""
    like = entries or [Invitee(sector=cluster.sector or "molds", town=cluster.town)]
    invited_at = maker.at - ROUND_BEGAN + timedelta(days=1)
    campaign = Campaign(
        id=maker.new_id(),
        cluster_id=cluster.id,
        title="示例：秋季自评",
        opens_on=(maker.at - ROUND_BEGAN).astimezone(CHINA).date(),
        closes_on=(maker.at + timedelta(days=20)).astimezone(CHINA).date(),
        versions=questionnaires_of(cluster),
        created_at=maker.at - ROUND_BEGAN,
    )
    db.session.add(campaign)
    db.session.flush()
    for entry in entries:
        if entry.email is not None:
            _mail(maker, campaign, entry)
    for n in range(max(FEWEST, len(entries) // 4)):
        name = f"示例{_SYLLABLES[n // 10 % 10]}{_SYLLABLES[10 + n % 10]}{ending}"
        model = like[n % len(like)]
        entry = _make(maker, cluster, name, model.sector or "molds", model.town, None)
        kind = n % FEWEST
        entry.email = None if kind == 2 else f"{maker.new_id().hex[:8]}@demo.example"
        entry.invited_at = None if kind == 3 else invited_at
        entry.opened_at = invited_at + timedelta(days=2) if kind == 0 else None
        entry.bounced_at = invited_at if kind == 1 else None
        if kind == 3:
            entry.created_at = maker.at - timedelta(days=2)
        elif entry.email:
            _mail(maker, campaign, entry, failed=kind == 1)


def _make(maker: Maker, cluster: Cluster, name: str, sector: str, town: str, employees: int | None) -> Invitee:
    """In a chain with tier and part group, else with tags only. Two of three have an address."""
    groups = _PARTS.get(sector)
    tags = [tag for tag, share in (("骨干", 0.2), ("出口", 0.3), ("专精特新", 0.12)) if maker.random.random() < share]
    entry = Invitee(
        id=maker.new_id(),
        cluster_id=cluster.id,
        name=name,
        name_key=name.casefold(),
        town=town,
        sector=sector,
        employees=employees,
        contact=f"示例{maker.random.choice('陈李黄张梁林刘吴')}厂长",
        email=f"{maker.new_id().hex[:8]}@demo.example" if maker.random.random() < 2 / 3 else None,
        tags="".join(f"|{tag}" for tag in tags) + "|" if tags else "",
        tier=maker.random.choices((1, 2, 3), (2, 5, 3))[0] if groups else None,
        part_group=maker.random.choice(groups) if groups else "",
        invited_at=maker.at - timedelta(days=290),
        created_at=maker.at - timedelta(days=300),
    )
    db.session.add(entry)
    return entry


def _mail(maker: Maker, campaign: Campaign, entry: Invitee, *, failed: bool = False) -> None:
    """An invitation that has left; as with every mail that was sent, its text is not kept."""
    at = maker.at - ROUND_BEGAN + timedelta(days=1)
    entry.last_sent_at = at
    db.session.add(
        Message(
            id=maker.new_id(),
            channel=Channel.MAIL.value,
            recipient=entry.email or "",
            kind=f"campaign_{MailKind.INVITATION.value}",
            subject=campaign.title,
            body="",
            state=(MessageState.FAILED if failed else MessageState.SENT).value,
            invitee_id=entry.id,
            campaign_id=campaign.id,
            created_at=at,
            sent_at=None if failed else at,
        )
    )
