"""The visit sheet is the consultant's. The firm takes a photo once it is shown the findings; nobody of a cluster."""

import io

from flask import current_app

from app.extensions import db
from app.files import put_file
from app.models.verifications import Verification
from tests.app import factories as make
from tests.app.access_rows.verifications import submitted, verification
from tests.app.access_table import DONE, REACHED, only
from tests.app.pdfs import blank_pdf
from tests.app.verified import make_finding_file
from tests.app.world import FILE, World

QUALITY = "scene_quality"


def item(world: World) -> dict[str, object]:
    """The address of one finding of the submitted round."""
    return submitted(world) | {"item_id": QUALITY}


def photo(world: World) -> dict[str, object]:
    """The address of a photo that the firm may see; made when it is first asked for."""
    if "finding_file_id" not in world.extra:
        verification_id = verification(world)["verification_id"]
        with make.writing(current_app._get_current_object()):  # type: ignore[attr-defined]
            row = make_finding_file(db.session.get_one(Verification, verification_id), QUALITY)
            put_file(row.file_key, FILE)
            world.extra["finding_file_id"] = row.id
    return {"file_id": world.extra["finding_file_id"]}


def attached(_world: World) -> dict[str, object]:
    """A form with a file."""
    return {"file": (io.BytesIO(blank_pdf()), "a.pdf")}


ROWS = (
    only("visits.show", values=submitted, consultant=DONE),
    only("visits.sheet", values=submitted, consultant=DONE),
    only("visits.states", values=submitted, consultant=DONE),
    only("visits.save", method="POST", values=submitted, data=lambda _: {QUALITY: "agreed"}, consultant=REACHED),
    only("visits.save_day", method="POST", values=submitted, data=lambda _: {"remark": "好"}, consultant=REACHED),
    only(
        "visits.save_finding", method="PUT", values=item, json=lambda _: {"verdict": "agreed", "version": 0},
        consultant=REACHED,
    ),
    only("visits.add_file", method="POST", values=item, data=attached, consultant=REACHED),
    only("visits.file", values=photo, owner=DONE, member=DONE, consultant=DONE, foreign=404),
    only("visits.remove_file", method="POST", values=photo, consultant=REACHED),
)  # fmt: skip
