"""Who engages a consultant, who asks for it, and who sees the portfolio."""

from tests.app.access_table import DONE, only
from tests.app.world import World


def firm(world: World) -> dict[str, object]:
    """The address of a page of the first firm."""
    return {"firm_id": world.firm_id}


def of_firm(world: World) -> dict[str, object]:
    """The engagement, as the firm's side addresses it."""
    return {"firm_id": world.firm_id, "engagement_id": world.engagement_id}


def own(world: World) -> dict[str, object]:
    """The engagement, as the consultant addresses it."""
    return {"engagement_id": world.engagement_id}


def asking(world: World) -> dict[str, object]:
    """What a consultant types."""
    return {"firm": world.logins["owner"], "purpose": "走访"}


def asking_for(world: World) -> dict[str, object]:
    """What a coordinator types."""
    return {**asking(world), "consultant": world.logins["consultant"]}


CLUSTER = {"values": lambda w: {"cluster_id": w.cluster_id}}
ROWS = (
    only("engagements.index", consultant=DONE),
    only("engagements.show", values=own, consultant=DONE),
    only("engagements.visit", method="POST", values=own, data=lambda _: {"visit_on": ""}, consultant=DONE),
    only("engagements.leave", method="POST", values=own, consultant=DONE),
    only("engagements.ask", consultant=DONE),
    only("engagements.ask", method="POST", data=asking, consultant=DONE),
    only("engagements.ask_for", **CLUSTER, coordinator=DONE, consultant=404),
    only("engagements.ask_for", method="POST", **CLUSTER, data=asking_for, coordinator=DONE, consultant=404),
    only("engagements.firm", values=firm, owner=DONE, member=DONE, foreign=404),
    only(
        "engagements.engage",
        method="POST",
        values=firm,
        data=lambda w: {"login": w.logins["consultant"]},
        owner=DONE,
        foreign=404,
    ),
    only("engagements.agree", values=of_firm, owner=DONE, foreign=404),
    only("engagements.agree", method="POST", values=of_firm, data=lambda _: {"until_on": ""}, owner=DONE, foreign=404),
    only(
        "engagements.decline",
        method="POST",
        values=lambda w: {"firm_id": w.firm_id, "engagement_id": w.extra["asked_id"]},
        data=lambda _: {"word": "谢谢"},
        owner=DONE,
        foreign=404,
    ),
    only("engagements.end", method="POST", values=of_firm, owner=DONE, foreign=404),
)
