"""Who orders and reads joint programmes: the coordinators of the cluster."""

from tests.app.access_table import DONE, only
from tests.app.world import World


def cluster(world: World) -> dict[str, object]:
    """The address of the cluster."""
    return {"cluster_id": world.cluster_id}


def one(world: World) -> dict[str, object]:
    """The address of its programme."""
    return {"cluster_id": world.cluster_id, "programme_id": world.programme_id}


ROWS = (
    only("programmes.index", values=cluster, coordinator=DONE),
    only(
        "programmes.create",
        method="POST",
        values=cluster,
        data=lambda _: {"target": "2", "budget": "", "who": "named", "sector": "", "town": "", "alone": "y"},
        coordinator=DONE,
    ),
    only("programmes.show", values=one, coordinator=DONE),
    only("programmes.state", values=one, coordinator=DONE),
    only("programmes.letters", values=one, coordinator=DONE),
    only("programmes.brief", values=one, coordinator=DONE),
    only("programmes.export", method="POST", values=one, coordinator=DONE),
    only("programmes.remove", method="POST", values=one, coordinator=DONE),
)
