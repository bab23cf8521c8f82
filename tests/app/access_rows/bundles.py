"""Who has many reports packed."""

from uuid import UUID

from tests.app.access_table import DONE, only
from tests.app.world import World


def job(_world: World) -> dict[str, object]:
    """The address of a bundle that nobody has ordered."""
    return {"job_id": UUID(int=0)}


ROWS = (
    only("bundles.index", consultant=DONE),
    only(
        "bundles.create",
        method="POST",
        data=lambda _world: {"all": "1", "locale": "zh", "what": "table"},
        consultant=DONE,
    ),
    only("bundles.state", values=job, consultant=404),
    only("bundles.download", values=job, consultant=404),
    only("bundles.cancel", method="POST", values=job, consultant=404),
    only("bundles.again", method="POST", values=job, consultant=404),
)
