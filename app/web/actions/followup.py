"""What was agreed after an earlier round, what is done of it, and what has changed by this one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.i18n import day, ngettext
from app.i18n import gettext as _
from app.models.actions import Action, ActionState
from app.models.results import Result
from app.web.figures import sentences
from app.web.results.planned import state_names
from app.web.results.reading import Reading
from scoring.effects import raised_topics

DASH = "–"


@dataclass(frozen=True, slots=True)
class Moved:
    """One topic before and after, as claimed and as verified; a dash where there is no level."""

    title: str
    claimed_before: str
    claimed_after: str
    verified_before: str
    verified_after: str
    up: bool


@dataclass(frozen=True, slots=True)
class AgreedThen:
    """One action of the earlier round with the topics that its solution raises."""

    text: str
    owner: str
    state: str
    day: str
    topics: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The section. `verified` tells whether any verified level is there at all."""

    title: str
    answer: str
    level: str
    rows: tuple[AgreedThen, ...]
    verified: bool
    url: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A round's two results; the verified one where there is one."""

    claimed: Result
    verified: Result | None = None

    def levels(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Levels by topic, as claimed and as verified."""
        return self.claimed.payload["capabilities"], self.verified.payload["capabilities"] if self.verified else {}


def present_follow_up(reading: Reading, actions: Sequence[Action], before: Standing, after: Standing) -> FollowUp:
    """`actions` were agreed after the round of `before`; `reading` is of the round of `after`."""
    names = state_names()
    done = sum(a.state == ActionState.DONE for a in actions)
    round_ = actions[0].assessment
    rows = tuple(
        AgreedThen(
            action.text,
            action.owner,
            names[ActionState(action.state)],
            day(action.since) if action.since else DASH,
            tuple(_moved(reading, topic, before, after) for topic in raised_topics(reading.catalogue, action.solution)),
        )
        for action in actions
    )
    return FollowUp(
        title=_(
            "What was agreed after round %(number)s, and what has changed by round %(now)s",
            number=round_.number, now=after.claimed.assessment.number,
        ),
        answer=ngettext(
            "%(done)s of %(num)s agreed action is done.", "%(done)s of %(num)s agreed actions are done.", len(actions),
            done=done,
        ),
        level=_levels(before, after),
        rows=rows,
        verified=before.verified is not None or after.verified is not None,
        url=url_for("actions.index", assessment_id=round_.id),
    )  # fmt: skip


def _levels(before: Standing, after: Standing) -> str:
    said = [
        _(
            "Claimed: level %(before)s then, %(after)s now.",
            before=before.claimed.level, after=after.claimed.level,
        )
    ]  # fmt: skip
    then = str(before.verified.level) if before.verified else _("not verified")
    now = str(after.verified.level) if after.verified else _("not verified")
    if before.verified or after.verified:
        said.append(_("Verified: %(before)s then, %(after)s now.", before=then, after=now))
    return sentences(said)


def _moved(reading: Reading, topic: str, before: Standing, after: Standing) -> Moved:
    (claimed, verified), (claimed_now, verified_now) = before.levels(), after.levels()
    first, last = verified.get(topic), verified_now.get(topic)
    if first is None or last is None:
        first, last = claimed.get(topic), claimed_now.get(topic)
    return Moved(
        title=reading.title(topic),
        claimed_before=_level(claimed.get(topic)),
        claimed_after=_level(claimed_now.get(topic)),
        verified_before=_level(verified.get(topic)),
        verified_after=_level(verified_now.get(topic)),
        up=first is not None and last is not None and last > first,
    )


def _level(level: int | None) -> str:
    return DASH if level is None else str(level)
