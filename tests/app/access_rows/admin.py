"""Administration is for administrators."""

from tests.app.access_table import DONE, only
from tests.app.world import World


def user(world: World) -> dict[str, object]:
    """The address of an account."""
    return {"user_id": world.users["member"]}


def cluster(world: World) -> dict[str, object]:
    """The address of the cluster."""
    return {"cluster_id": world.cluster_id}


CLUSTER = {"name": "虎门服装", "name_en": "Humen garments", "town": "虎门镇", "sector": ""}

ROWS = (
    *(
        only(f"admin.{name}", admin=DONE)
        for name in (
            "index", "users", "create_user", "clusters", "create_cluster", "messages", "record",
        )
    ),
    only("admin.create_user", method="POST", data=lambda _: {"login": "new@example.com", "role": "admin"}, admin=DONE),
    only("admin.user", values=user, admin=DONE),
    only("admin.change_role", method="POST", values=user, data=lambda _: {"role": "consultant", "choice": "give"},
         admin=DONE),
    only("admin.change_active", method="POST", values=user, data=lambda _: {"choice": "close"}, admin=DONE),
    only("admin.make_link", method="POST", values=user, admin=DONE),
    only("admin.create_cluster", method="POST", data=lambda _: CLUSTER, admin=DONE),
    only("admin.cluster", values=cluster, admin=DONE),
    only("admin.cluster", method="POST", values=cluster, data=lambda _: CLUSTER, admin=DONE),
    only(
        "admin.add_coordinator",
        method="POST",
        values=cluster,
        data=lambda w: {"coordinator": w.logins["coordinator"]},
        admin=DONE,
    ),
    only(
        "admin.remove_coordinator",
        method="POST",
        values=lambda w: {"cluster_id": w.cluster_id, "coordinator_id": w.coordinator_id},
        admin=DONE,
    ),
)  # fmt: skip
