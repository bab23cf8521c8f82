"""Who compares the firms of a cluster."""

from uuid import UUID

from tests.app.access_rows.clusters import cluster
from tests.app.access_table import DONE, only
from tests.app.world import World

NOBODYS_JOB = UUID(int=0)


def job(world: World) -> dict[str, object]:
    """The address of a workbook that nobody has ordered."""
    return {"cluster_id": world.cluster_id, "job_id": NOBODYS_JOB}


ROWS = (
    only("comparison.show", values=cluster, coordinator=DONE),
    only("comparison.groups", values=cluster, coordinator=DONE),
    only("comparison.rounds", values=cluster, coordinator=DONE),
    only("comparison.side", values=cluster, coordinator=DONE),
    only("comparison.radar", values=cluster, coordinator=404),  # two firms are needed
    only("comparison.export", method="POST", values=cluster, coordinator=DONE),
    only("comparison.exported", values=job, coordinator=404),
    only("comparison.export_state", values=job, coordinator=404),
    only("comparison.download", values=job, coordinator=404),
)
