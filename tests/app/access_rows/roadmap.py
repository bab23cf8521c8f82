"""Who sees the route and who makes it a plan: the firm and its consultant; nobody of a cluster."""

from tests.app.access_table import DONE, only
from tests.app.world import World


def submitted(world: World) -> dict[str, object]:
    """The address of the submitted round."""
    return {"assessment_id": world.assessment_id}


ROWS = (
    *(
        only(endpoint, values=submitted, owner=DONE, member=DONE, consultant=DONE, foreign=404)
        for endpoint in ("roadmap.show", "roadmap.ways", "roadmap.data")
    ),
    only("roadmap.plan", values=submitted, owner=DONE, member=DONE, consultant=DONE, foreign=404),
    only(
        "roadmap.adopt", method="POST", values=submitted, data=lambda _: {"wish": ""}, owner=DONE, member=DONE,
        consultant=DONE, foreign=404,
    ),
    only(
        "roadmap.mark",
        method="POST",
        values=lambda w: submitted(w) | {"solution": w.extra["step"]},
        data=lambda _: {"state": "done", "since": ""},
        owner=DONE,
        member=DONE,
        consultant=DONE,
        foreign=404,
    ),
    only("roadmap.give_up", method="POST", values=submitted, owner=DONE, member=DONE, consultant=DONE, foreign=404),
)  # fmt: skip
