"""Who reads results and reports: the firm, its consultant, and (results only) a coordinator with consent."""

from tests.app.access_table import DONE, only, public
from tests.app.world import World


def submitted(world: World) -> dict[str, object]:
    """The address of the submitted round."""
    return {"assessment_id": world.assessment_id}


def report(world: World) -> dict[str, object]:
    """The address of the report."""
    return {"report_id": world.report_id}


ROWS = (
    only("results.show", values=submitted, owner=DONE, member=DONE, consultant=DONE, coordinator=DONE, foreign=404),
    only(
        "results.history",
        values=lambda w: {"firm_id": w.firm_id},
        owner=DONE,
        member=DONE,
        consultant=DONE,
        coordinator=DONE,
        foreign=404,
    ),
    only("results.export", values=submitted, owner=DONE, member=DONE, consultant=DONE, foreign=404),
    only(
        "reports.create",
        method="POST",
        values=submitted,
        data=lambda _: {"locale": "zh"},
        owner=DONE,
        member=DONE,
        consultant=DONE,
        foreign=404,
    ),
    *(
        only(endpoint, values=report, owner=DONE, member=DONE, consultant=DONE, foreign=404)
        for endpoint in ("reports.show", "reports.state", "reports.view", "reports.download")
    ),
    public("reports.verify_form"),
    public("reports.verify", values=lambda w: {"code": w.verify_code}),
)
