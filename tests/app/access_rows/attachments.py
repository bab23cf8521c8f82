"""Who may add, take and remove files."""

from tests.app.access_table import DONE, REACHED, only
from tests.app.world import World


def file(world: World) -> dict[str, object]:
    """The address of the first firm's file."""
    return {"attachment_id": world.attachment_id}


ROWS = (
    only(
        "attachments.add",
        method="POST",
        values=lambda w: {"assessment_id": w.draft_id, "item_id": "scene_quality"},
        owner=REACHED,
        member=REACHED,
        link=REACHED,
        foreign=REACHED,
    ),
    only("attachments.download", values=file, owner=DONE, member=DONE, consultant=DONE, foreign=404),
    only("attachments.remove", method="POST", values=file, owner=DONE, member=DONE, link=404, foreign=404),
)
