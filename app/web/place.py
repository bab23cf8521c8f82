"""A firm's place among others like it, and how the group was chosen."""

from __future__ import annotations

from dataclasses import dataclass

from app.i18n import gettext as _
from app.queries.benchmarks import Place
from app.web.figures import sentences
from app.web.names import cell_name
from scoring.cohort import NEED_FOR_QUARTILES


@dataclass(frozen=True, slots=True)
class PlaceView:
    """The part of the page; `bar` is the place from 0 to 100."""

    answer: str
    sub: str
    bar: int | None


def present_place(place: Place | None) -> PlaceView:
    """In words, with the group and its number of firms; also why there is none."""
    if place is None:
        return PlaceView(
            _("Too few firms for a comparison yet."),
            _("From ten firms on that let their results count in averages, your place is shown here."),
            None,
        )
    ahead = place.ahead["score"]
    return PlaceView(
        _("Ahead of %(ahead)s of 100 firms like yours.", ahead=ahead),
        sentences(
            (
                _(
                    "Compared by score with %(number)s firms: %(group)s.",
                    number=place.number,
                    group=cell_name(place.cell),
                ),
                _("The middle one has %(points)s points.", points=place.median["score"]),
                _(
                    "%(group)s would be closer, but has fewer than %(need)s firms.",
                    group=cell_name(place.tried[0]),
                    need=NEED_FOR_QUARTILES,
                )
                if place.tried
                else "",
                _("All of them are self-assessed, on the whole platform; new ones are counted five at a time."),
            )
        ),
        ahead,
    )


def place_text(place: Place | None) -> str:
    """In short, for a table."""
    if place is None:
        return "–"
    return _(
        "ahead of %(ahead)s %% of %(number)s: %(group)s",
        ahead=place.ahead["score"],
        number=place.number,
        group=cell_name(place.cell),
    )
