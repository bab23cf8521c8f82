"""Demo data: made-up firms with results, two clusters (eleven for many firms), people of every role.
Marked as demo in every row that is shown.

The same `firms` and `seed` give the same names, answers and results; dates count back from today. Nothing is created
beside real accounts, nor where the site has a public address: the passwords of the demo are known to everybody.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from flask import current_app
from flask_security.utils import hash_password
from sqlalchemy import func, select

from app.access.roles import Role
from app.config import Config
from app.errors import N_, InputError
from app.extensions import db
from app.models.base import now
from app.models.clusters import Cluster, ClusterMember, Coordinator
from app.models.consents import Consent, ConsentKind
from app.models.firms import Firm, Membership, MembershipRole
from app.models.invitees import Invitee
from app.models.users import User, UserRole
from app.services import audit, calibrations, releases
from app.services.consents import TEXT_VERSION
from app.services.demo_advice import make_advice
from app.services.demo_engagements import make_engagements
from app.services.demo_lists import make_entry, make_round
from app.services.demo_rounds import SHOWN, Maker, make_history
from app.services.demo_selfchecks import make_selfchecks
from app.services.demo_verifications import is_verified, make_verification
from scoring.content.serving import serve, served_sectors
from scoring.samples import FirmProfile, make_profile

PASSWORD = "kapok-demo-26"
MANY = 110
"""From so many firms on there are eleven clusters."""
CODES = ("DIAN", "JIAD", "QCHE", "YIYA", "HGNG", "ZBEI", "XIAN", "FANG")
SHOP = {"mould_type": "injection", "edm": True, "outsources_design": False, "own_design": True, "holds_drawings": True}
_FIRST, _SECOND = "恒永立顺新精粤宏汇卓泰嘉鑫东德铭联隆兆成佳百启华", "岭砾帆澍诺锐筑铸煜衡霖砚琮垣锋锦屹岳锷岗钧铄钰舟"
_PEOPLE = "陈李黄张梁林刘吴罗杨何郑"
_TRADES: dict[str, tuple[str, tuple[str, ...]]] = {
    "molds": ("模具厂", ("横沥镇", "长安镇", "横沥镇", "凤岗镇")),
    "electronics": ("电子厂", ("长安镇", "石排镇", "黄江镇")),
    "appliances": ("电器厂", ("容桂街道", "小榄镇", "北滘镇")),
    "textiles": ("制衣厂", ("西樵镇", "沙溪镇", "均安镇")),
    "injection": ("塑料厂", ("长安镇", "容桂街道", "塘厦镇")),
    "hardware": ("五金厂", ("小榄镇", "金利镇", "长安镇")),
    "automotive": ("汽车零件厂", ("新塘镇", "乐从镇", "大沥镇")),
}
_OTHER = ("制品厂", ("大朗镇", "古镇镇", "里水镇"))


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """A login of the demo, for the line that is printed."""

    role: str
    login: str
    password: str


def make_demo(*, firms: int = 24, seed: int = 1) -> list[DemoLogin]:
    """Create the demo; returns its logins, or an empty list where it is there already. Raises InputError."""
    _refuse_unless_safe()
    if db.session.scalar(select(func.count(User.id))):
        return []
    maker = Maker(Random(seed), now())
    lists, visits = Maker(Random(f"lists {seed}"), maker.at), Maker(Random(f"visits {seed}"), maker.at)
    people = _make_people(maker, leader=firms >= MANY)
    clusters = _make_clusters(maker, people, firms)
    others = clusters["general"]
    entries: dict[UUID, list[Invitee]] = defaultdict(list)
    verifier = _user(visits, "verifier", f"示例{_PEOPLE[9]}顾问", None)
    db.session.add(UserRole(id=visits.new_id(), user_id=verifier.id, role=Role.CONSULTANT.value))
    for number in range(firms):
        sector = _sector(number)
        profile = make_profile(serve(sector), maker.random)
        if number in SHOWN:
            profile.maturity = SHOWN[number]
            profile.facts.update(SHOP)
        owner = people["owner2"] if number == 1 else people["owner"] if number == 0 else None
        firm = _make_firm(maker, number, sector, profile, owner)
        make_history(maker, number, firm, profile)
        make_selfchecks(number, firm, maker.at)
        cluster = clusters.get(sector, others)
        entries[cluster.id].append(_join(maker, lists, number, firm, cluster))
        make_engagements(number, firm, people, cluster, maker)
        make_advice(number, firm, people["consultant"], maker.at)
        if is_verified(number, many=firms >= MANY):
            make_verification(visits, firm, verifier)
        if number == 0:
            db.session.add(_membership(maker, firm, people["member"], MembershipRole.MEMBER))
    for cluster in clusters.values():
        make_round(lists, cluster, entries[cluster.id], _TRADES.get(cluster.sector or "", _OTHER)[0])
        releases.form(cluster.id, maker.at)
    calibrations.store(calibrations.compute())
    audit.record("demo:create", firms=firms, seed=seed)
    return [
        DemoLogin(role, f"{name}@demo.example", PASSWORD)
        for role, name in (
            ("owner (mould shop, draft half filled)", "owner"),
            ("owner (mould shop with two results, one verified)", "owner2"),
            ("member", "member"),
            ("coordinator", "coordinator"),
            *((("chain leader", "leader"),) if firms >= MANY else ()),
            ("consultant", "consultant"),
            ("administrator", "admin"),
        )
    ]


def _refuse_unless_safe() -> None:
    settings: Config = current_app.extensions["config"]
    if not settings.is_local:
        raise InputError(
            N_("Demo data has known passwords, so it is only created where BASE_URL is an address of this machine.")
        )
    if db.session.scalar(select(func.count(User.id)).where(User.demo.is_(False))):
        raise InputError(N_("This database has real accounts. Demo data goes into an empty one only."))


def _make_people(maker: Maker, *, leader: bool) -> dict[str, User]:
    password = hash_password(PASSWORD)
    roles = {
        "admin": Role.ADMIN, "coordinator": Role.COORDINATOR, "coordinator2": Role.COORDINATOR,
        "consultant": Role.CONSULTANT, "consultant2": Role.CONSULTANT, "owner": None, "owner2": None, "member": None,
    }  # fmt: skip
    titles = {
        "admin": "管理员", "coordinator": "秘书", "coordinator2": "专员", "consultant": "顾问", "consultant2": "顾问",
        "owner": "厂长", "owner2": "厂长", "member": "车间主任",
    }  # fmt: skip
    if leader:
        roles["leader"], titles["leader"] = Role.COORDINATOR, "链主采购总监"
    people = {}
    for n, (name, role) in enumerate(roles.items()):
        user = _user(maker, name, f"示例{_PEOPLE[n % len(_PEOPLE)]}{titles[name]}", password)
        if role is not None:
            db.session.add(UserRole(id=maker.new_id(), user_id=user.id, role=role.value))
        people[name] = user
    return people


def _user(maker: Maker, name: str, shown: str, password: str | None) -> User:
    user = User(
        id=maker.new_id(),
        email=f"{name}@demo.example",
        name=shown,
        password=password,
        fs_uniquifier=maker.new_id().hex,
        demo=True,
    )
    db.session.add(user)
    return user


def _make_clusters(maker: Maker, people: dict[str, User], firms: int) -> dict[str, Cluster]:
    """The cluster that firms of a trade join, by trade; "general" is for those of all others.

    A small demo has two, a large one eleven: nine more trades get a cluster each, the strategic ones a chain leader's.
    """
    found = {
        "molds": _cluster(maker, "示例模具集群", "Sample mould cluster", "DEM2MUJU", "横沥镇", "molds"),
        "general": _cluster(maker, "示例中小制造协会", "Sample makers' association", "DEM3XHUI"),
    }
    running = [("molds", "coordinator"), ("general", "coordinator2"), ("general", "coordinator")]
    if firms >= MANY:
        for number, sector in enumerate(s for s in served_sectors() if s not in (*found, "hardware")):
            content = serve(sector).sector
            of_leader = content.kind == "strategic"
            found[sector] = _cluster(
                maker,
                f"示例{content.title.zh}{'链主' if of_leader else '产业集群'}",
                f"Sample {'chain leader' if of_leader else 'cluster'}: {content.title.en}",
                f"DEM{4 + number // 8}{CODES[number % 8]}",
                "" if of_leader else _TRADES.get(sector, _OTHER)[1][0],
                sector,
            )
            running.append((sector, "leader" if of_leader else "coordinator2"))
    for sector, name in running:
        db.session.add(Coordinator(id=maker.new_id(), cluster_id=found[sector].id, user_id=people[name].id))
    return found


def _cluster(maker: Maker, name: str, name_en: str, code: str, town: str = "", sector: str | None = None) -> Cluster:
    cluster = Cluster(
        id=maker.new_id(), name=name, name_en=name_en, code=code, town=town, sector=sector, demo=True
    )  # fmt: skip
    db.session.add(cluster)
    return cluster


def _sector(number: int) -> str:
    """Every third firm is a mould shop, the rest go through all other trades in turn."""
    others = [sector for sector in served_sectors() if sector != "molds"]
    if number < 2 or number % 3 == 0:
        return "molds"
    return others[(number - 2 - number // 3) % len(others)]


def _make_firm(maker: Maker, number: int, sector: str, profile: FirmProfile, owner: User | None) -> Firm:
    ending, towns = _TRADES.get(sector, _OTHER)
    coined = _FIRST[number % len(_FIRST)] + _SECOND[(number * 7 + number // len(_FIRST)) % len(_SECOND)]
    firm = Firm(
        id=maker.new_id(),
        name=f"示例{coined}{ending}" + (str(number) if number >= len(_FIRST) * len(_SECOND) else ""),
        sector=sector,
        town=towns[number % len(towns)],
        employees=profile.employees,
        revenue_wan=Decimal(profile.revenue_wan),
        machines=profile.machines,
        demo=True,
        created_at=maker.at - timedelta(days=320),
    )
    db.session.add(firm)
    if owner is None:
        owner = _user(maker, f"firm{number:03}", f"示例{_PEOPLE[number % len(_PEOPLE)]}厂长", None)
    db.session.add(_membership(maker, firm, owner, MembershipRole.OWNER))
    for kind in (ConsentKind.STORAGE, ConsentKind.STATISTICS):
        db.session.add(_consent(maker, firm, kind, owner.id))
    db.session.flush()
    return firm


def _membership(maker: Maker, firm: Firm, user: User, role: MembershipRole) -> Membership:
    since = maker.at - timedelta(days=300)
    return Membership(id=maker.new_id(), firm_id=firm.id, user_id=user.id, role=role.value, created_at=since)


def _consent(maker: Maker, firm: Firm, kind: ConsentKind, user_id: UUID | None, **values: Any) -> Consent:
    return Consent(
        id=maker.new_id(),
        firm_id=firm.id,
        kind=kind.value,
        text_version=TEXT_VERSION,
        given_by=user_id,
        given_at=maker.at - timedelta(days=300),
        **values,
    )


def _join(maker: Maker, lists: Maker, number: int, firm: Firm, cluster: Cluster) -> Invitee:
    """All firms are on the list and most join; of those that do, two of five stay without a name. Gives the entry."""
    invitee = make_entry(lists, firm, cluster)
    if number % 11 == 10:
        return invitee
    joined = maker.at - timedelta(days=280)
    db.session.add(
        ClusterMember(
            id=maker.new_id(), cluster_id=cluster.id, firm_id=firm.id, joined_at=joined, invitee_id=invitee.id
        )
    )
    if number % 5 not in (2, 4):
        db.session.add(_consent(maker, firm, ConsentKind.NAMED_RESULTS, None, cluster_id=cluster.id))
    return invitee
