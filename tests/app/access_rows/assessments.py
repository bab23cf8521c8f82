"""Who fills in: the firm's people, and a hand-over link for its one section. A consultant reads."""

from tests.app.access_table import DONE, REACHED, only, public
from tests.app.world import HANDOVER_TOKEN, SECTION, World


def firm(world: World) -> dict[str, object]:
    """The address of a page of the first firm."""
    return {"firm_id": world.firm_id}


def draft(world: World) -> dict[str, object]:
    """The address of the open round."""
    return {"assessment_id": world.draft_id}


def section(world: World) -> dict[str, object]:
    """The address of the section that the link is for."""
    return {"assessment_id": world.draft_id, "section_id": SECTION}


def answer(world: World) -> dict[str, object]:
    """The address of an answer outside the section of the link."""
    return {"assessment_id": world.draft_id, "item_id": "scene_quality"}


SAVE = {"value": 3, "version": 1, "key": "k" * 32}

ROWS = (
    only("assessments.start", method="POST", values=firm, owner=DONE, foreign=404),
    only("assessments.show", values=draft, owner=DONE, member=DONE, consultant=DONE, foreign=404),
    only("assessments.profile", values=draft, owner=DONE, member=DONE, consultant=DONE, foreign=404),
    only("assessments.save_profile", method="POST", values=draft, owner=REACHED, member=REACHED, foreign=404),
    only("assessments.section", values=section, owner=DONE, member=DONE, consultant=DONE, link=DONE, foreign=404),
    only("assessments.save_section", method="POST", values=section, owner=DONE, member=DONE, link=DONE, foreign=404),
    only("assessments.states", values=section, owner=DONE, member=DONE, consultant=DONE, link=DONE, foreign=404),
    only(
        "assessments.save_answer",
        method="PUT",
        values=answer,
        json=lambda _: SAVE,
        owner=DONE,
        member=DONE,
        link=404,
        foreign=404,
    ),
    only("assessments.review", values=draft, owner=DONE, member=DONE, consultant=DONE, foreign=404),
    only("assessments.save_review", method="POST", values=draft, owner=DONE, member=DONE, link=404, foreign=404),
    only("assessments.submit", method="POST", values=draft, owner=DONE, foreign=404),
    only("renewals.show", values=draft, owner=DONE, member=DONE, foreign=404),
    only("renewals.renew", method="POST", values=draft, owner=REACHED, member=REACHED, foreign=404),
    only("handovers.create", method="POST", values=section, data=lambda _: {"name": "老陈"}, owner=DONE, member=DONE,
         foreign=404),
    only("handovers.revoke", method="POST", values=lambda w: {"handover_id": w.handover_id}, owner=DONE, member=DONE,
         foreign=404),
    public("handovers.show", values=lambda _: {"token": HANDOVER_TOKEN}),
    public("handovers.start", method="POST", values=lambda _: {"token": HANDOVER_TOKEN}),
    public("quick.start"),
    public("quick.show", values=lambda _: {"sector": "molds"}),
    public("quick.answer", method="POST", values=lambda _: {"sector": "molds"}),
    public("quick.result", values=lambda _: {"sector": "molds"}),
    public("quick.forget", method="POST", values=lambda _: {"sector": "molds"}),
)  # fmt: skip
