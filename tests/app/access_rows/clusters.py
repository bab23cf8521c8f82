"""Who sees a cluster, and who takes a firm into it."""

from tests.app.access_table import DONE, only, public
from tests.app.world import World


def cluster(world: World) -> dict[str, object]:
    """The address of the cluster."""
    return {"cluster_id": world.cluster_id}


def joining(world: World) -> dict[str, object]:
    """The address where the first firm joins."""
    return {"firm_id": world.firm_id, "code": world.cluster_code}


ROWS = (
    only("clusters.index", coordinator=DONE),
    only("clusters.show", values=cluster, coordinator=DONE),
    only("clusters.letter", values=cluster, coordinator=DONE),
    public("clusters.enter_code"),
    public("clusters.enter_code", method="POST", data=lambda w: {"code": w.cluster_code}),
    public("clusters.invited", values=lambda w: {"code": w.cluster_code}),
    only("clusters.join", values=joining, owner=DONE, foreign=404),
    only("clusters.join", method="POST", values=joining, data=lambda _: {"named": "yes"}, owner=DONE, foreign=404),
    only(
        "clusters.leave",
        method="POST",
        values=lambda w: {"firm_id": w.firm_id, "cluster_id": w.cluster_id},
        owner=DONE,
        foreign=404,
    ),
)
