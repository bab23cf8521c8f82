"""Who fills in self-checks: the firm's people. Its consultant reads results; a coordinator sees nothing of them."""

from tests.app.access_table import DONE, only
from tests.app.world import World


def firm(world: World) -> dict[str, object]:
    """The address of the firm's self-checks."""
    return {"firm_id": world.firm_id}


def finished(world: World) -> dict[str, object]:
    """The address of the finished run."""
    return {"run_id": world.extra["run_id"]}


def draft_part(world: World) -> dict[str, object]:
    """The address of a page of the open run."""
    return {"run_id": world.extra["open_run_id"], "section_id": "people"}


ROWS = (
    only("selfchecks.index", values=firm, owner=DONE, member=DONE, consultant=DONE, foreign=404),
    only("selfchecks.start", method="POST", values=lambda w: firm(w) | {"check_id": "cloud"}, owner=DONE, member=DONE,
         foreign=404),
    only("selfchecks.part", values=draft_part, owner=DONE, member=DONE, foreign=404),
    only("selfchecks.save_part", method="POST", values=draft_part, data=lambda _: {"SEC-01": "1"}, owner=DONE,
         member=DONE, foreign=404),
    only("selfchecks.show", values=finished, owner=DONE, member=DONE, consultant=DONE, foreign=404),
    only("selfchecks.sheet", values=finished, owner=DONE, member=DONE, consultant=DONE, foreign=404),
    only("selfchecks.take_over", values=finished, owner=DONE, member=DONE, foreign=404),
    only("selfchecks.apply", method="POST", values=finished, data=lambda _: {"change": "C32"}, owner=DONE, member=DONE,
         foreign=404),
)  # fmt: skip
