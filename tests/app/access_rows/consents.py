"""Who sees and who changes what a firm has agreed to."""

from tests.app.access_table import DONE, only
from tests.app.world import World


def firm(world: World) -> dict[str, object]:
    """The address of a page of the first firm."""
    return {"firm_id": world.firm_id}


def cluster(world: World) -> dict[str, object]:
    """The address of the consent to the cluster."""
    return {"firm_id": world.firm_id, "cluster_id": world.cluster_id}


ROWS = (
    only("consents.index", values=firm, owner=DONE, member=DONE, foreign=404),
    only("consents.statistics", method="POST", values=firm, data=lambda _: {"choice": "give"}, owner=DONE, foreign=404),
    only(
        "consents.named_results",
        method="POST",
        values=cluster,
        data=lambda _: {"choice": "withdraw"},
        owner=DONE,
        foreign=404,
    ),
)
