"""Background jobs are looked after by the administrator."""

from tests.app.access_table import DONE, only
from tests.app.world import World


def job(world: World) -> dict[str, object]:
    """The address of a finished piece of work."""
    return {"job_id": world.extra["job_id"]}


ROWS = (
    only("jobs.index", admin=DONE),
    only("jobs.cancel", method="POST", values=job, admin=DONE),
    only("jobs.retry", method="POST", values=job, admin=409),
)
