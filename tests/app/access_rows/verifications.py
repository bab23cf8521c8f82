"""Who sees what was found on site, and who takes which step: the firm and its consultant; nobody of a cluster."""

from flask import current_app

from tests.app import factories as make
from tests.app.access_table import DONE, REACHED, only
from tests.app.verified import make_finding, make_verification
from tests.app.world import World


def submitted(world: World) -> dict[str, object]:
    """The address of the submitted round."""
    return {"assessment_id": world.assessment_id}


def verification(world: World) -> dict[str, object]:
    """The address of a verification that waits for the firm's answer; made when it is first asked for."""
    if "verification_id" not in world.extra:
        with make.writing(current_app._get_current_object()):  # type: ignore[attr-defined]
            row = make_verification(world.assessment_id, "submitted", user_id=world.users["consultant"])
            make_finding(row, "scene_quality", 2, "down", 1)
            world.extra["verification_id"] = row.id
    return {"verification_id": world.extra["verification_id"]}


ROWS = (
    only("verifications.show", values=submitted, owner=DONE, member=DONE, consultant=DONE, foreign=404),
    *(
        only(f"verifications.{step}", method="POST", values=verification, consultant=REACHED)
        for step in ("submit", "take_back", "verify", "reopen", "give_up")
    ),
    only(
        "verifications.reply", method="POST", values=lambda w: verification(w) | {"item_id": "scene_quality"},
        data=lambda _: {"reply": "accepted"}, owner=REACHED, member=REACHED, foreign=404,
    ),
    only(
        "verifications.answer", method="POST", values=verification, data=lambda _: {"accept_rest": "y"},
        owner=REACHED, member=REACHED, foreign=404,
    ),
)  # fmt: skip
