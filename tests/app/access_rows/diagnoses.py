"""Who writes a diagnosis and who reads it: the consultant and the firm; nobody of a cluster."""

from tests.app.access_table import DONE, only
from tests.app.world import World


def submitted(world: World) -> dict[str, object]:
    """The address of the submitted round."""
    return {"assessment_id": world.assessment_id}


def block(world: World) -> dict[str, object]:
    """The consultant's own text block."""
    return {"block_id": world.extra["block_id"]}


ROWS = (
    only("diagnoses.show", values=submitted, owner=DONE, member=DONE, consultant=DONE, foreign=404),
    only(
        "diagnoses.save", method="POST", values=submitted, data=lambda _: {"version": "0", "zh_summary": "x"},
        consultant=DONE,
    ),
    only("diagnoses.sign", method="POST", values=submitted, data=lambda _: {"version": "1"}, consultant=DONE),
    only("diagnoses.take_back", method="POST", values=submitted, data=lambda _: {}, consultant=404),
    only("diagnoses.blocks", consultant=DONE),
    only("diagnoses.create_block", method="POST", data=lambda _: {"title": "x", "text_zh": "y"}, consultant=DONE),
    only("diagnoses.block", values=block, consultant=DONE),
    only(
        "diagnoses.save_block", method="POST", values=block, data=lambda _: {"title": "x", "text_zh": "y"},
        consultant=DONE,
    ),
    only("diagnoses.delete_block", method="POST", values=block, data=lambda _: {}, consultant=DONE),
)  # fmt: skip
