"""Who may open the pages of a firm: its people, and nobody else."""

from tests.app.access_table import DONE, account, only
from tests.app.world import World

FIRM = {
    "name": "示例模具厂", "uscc": "", "town": "长安镇", "sector": "molds", "employees": "60",
}  # fmt: skip


def firm(world: World) -> dict[str, object]:
    """The address of a page of the first firm."""
    return {"firm_id": world.firm_id}


def member(world: World) -> dict[str, object]:
    """The address of the member's place."""
    return {"firm_id": world.firm_id, "membership_id": world.membership_id}


ROWS = (
    only("firms.home", owner=DONE, member=DONE, foreign=DONE),
    account("firms.create"),
    account("firms.create", method="POST", data=lambda _: {**FIRM, "agreed": "y"}),
    only("firms.show", values=firm, owner=DONE, member=DONE, foreign=404),
    only("firms.edit", values=firm, owner=DONE, foreign=404),
    only("firms.edit", method="POST", values=firm, data=lambda _: FIRM, owner=DONE, foreign=404),
    only("firms.members", values=firm, owner=DONE, member=DONE, foreign=404),
    only("firms.invite", values=firm, owner=DONE, foreign=404),
    only("firms.invite", method="POST", values=firm, data=lambda _: {"name": "小李"}, owner=DONE, foreign=404),
    only(
        "firms.revoke_invitation",
        method="POST",
        values=lambda w: {"firm_id": w.firm_id, "invitation_id": w.invitation_id},
        owner=DONE,
        foreign=404,
    ),
    only("firms.member", values=member, owner=DONE, foreign=404),
    only("firms.member", method="POST", values=member, data=lambda _: {"role": "member"}, owner=DONE, foreign=404),
    only("firms.remove_member", method="POST", values=member, owner=DONE, foreign=404),
    only("firms.leave", method="POST", values=firm, owner=DONE, member=DONE, foreign=404),
    only("firms.data", values=firm, owner=DONE, foreign=404),
    only("firms.export", method="POST", values=firm, owner=DONE, foreign=404),
    only("firms.delete", values=firm, owner=DONE, foreign=404),
    only("firms.delete", method="POST", values=firm, data=lambda _: {"name": "示例模具厂"}, owner=DONE, foreign=404),
)
