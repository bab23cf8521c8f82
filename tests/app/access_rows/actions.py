"""Who agrees on actions (owner and consultant), who says how far they are (anybody of the firm too); nobody of a
cluster."""

from tests.app.access_table import DONE, only
from tests.app.world import World


def submitted(world: World) -> dict[str, object]:
    """The address of the submitted round."""
    return {"assessment_id": world.assessment_id}


def agreed(world: World) -> dict[str, object]:
    """The address of its one action."""
    return submitted(world) | {"action_id": world.extra["action_id"]}


ROWS = (
    only("actions.index", values=submitted, owner=DONE, member=DONE, consultant=DONE, foreign=404),
    only("actions.export", values=submitted, owner=DONE, member=DONE, consultant=DONE, foreign=404),
    only(
        "actions.create", method="POST", values=submitted, data=lambda _: {"text": "x"}, owner=DONE, consultant=DONE,
        foreign=404,
    ),
    only(
        "actions.edit", method="POST", values=agreed, data=lambda _: {"text": "x"}, owner=DONE, consultant=DONE,
        foreign=404,
    ),
    only("actions.move", method="POST", values=agreed, data=lambda _: {"to": "up"}, owner=DONE, consultant=DONE,
         foreign=404),
    only("actions.delete", method="POST", values=agreed, data=lambda _: {}, owner=DONE, consultant=DONE, foreign=404),
    only(
        "actions.mark", method="POST", values=agreed, data=lambda _: {"state": "done", "since": ""}, owner=DONE,
        member=DONE, consultant=DONE, foreign=404,
    ),
    only("actions.take_over", method="POST", values=submitted, data=lambda _: {}, owner=DONE, consultant=DONE,
         foreign=404),
    only("actions.fix_route", method="POST", values=submitted, data=lambda _: {}, owner=DONE, member=DONE,
         consultant=DONE, foreign=404),
    only("actions.reminders", method="POST", values=submitted, data=lambda _: {"wanted": "off"}, owner=DONE,
         consultant=DONE, foreign=404),
)  # fmt: skip
