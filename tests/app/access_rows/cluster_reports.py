"""Who orders the report on a cluster, looks at chain and answers, and runs it."""

from tests.app.access_rows.clusters import cluster
from tests.app.access_table import DONE, REACHED, only
from tests.app.world import World


def job(world: World) -> dict[str, object]:
    """The address of a report that nobody has ordered."""
    return {"cluster_id": world.cluster_id, "job_id": world.firm_id}


def person(world: World) -> dict[str, object]:
    """The address of the one who coordinates the cluster."""
    return {"cluster_id": world.cluster_id, "coordinator_id": world.coordinator_id}


ROWS = (
    *(
        only(f"cluster_reports.{page}", values=cluster, coordinator=DONE)
        for page in ("show", "chain", "quality", "settings", "log")
    ),
    only("cluster_reports.create", method="POST", values=cluster, data=lambda _: {"locale": "en"}, coordinator=DONE),
    *(
        only(f"cluster_reports.{page}", values=job, coordinator=404)
        for page in ("waiting", "state", "view", "download")
    ),
    *(
        only(f"cluster_reports.{page}", method="POST", values=cluster, coordinator=REACHED)
        for page in ("add_colleague", "add_deputy", "hand_over")
    ),
    only(
        "cluster_reports.set_share", method="POST", values=person, data=lambda _: {"towns": "横沥镇"}, coordinator=DONE
    ),
    only("cluster_reports.remove", method="POST", values=person, coordinator=DONE),
)
