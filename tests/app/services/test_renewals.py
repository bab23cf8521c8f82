"""An open round moves to newer content: kept, mapped and dropped answers, in one step, and nothing without a trace."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.roles import Role
from app.access.scope import Scope, set_scope
from app.errors import ConflictError, ForbiddenError, LockedError, NotFoundError
from app.extensions import db
from app.models.assessments import Assessment
from app.models.attachments import Attachment
from app.models.audit import AuditEvent
from app.models.handovers import Handover
from app.queries.assessments import get_round, list_changes
from app.services import renewals
from app.transaction import transaction
from scoring.content import loader
from tests.app import factories as make
from tests.app.contents import add_version, copy_content, publish_all
from tests.app.world import World

CHANGES = (
    ("questions.yaml", "id: MOL-09\n", "id: MOL-19\n    was: MOL-09\n"),
    ("questions.yaml", "老板看看产品图，", "老板看一眼产品图，"),
    ("questions.yaml", r"(?s)  - id: MOL-08\n.*?(?=\n  - id: MOL-09|\n  - id: MOL-19|\Z)", ""),
    ("sector.yaml", "MOL-09", "MOL-19"),
    ("sector.yaml", "MOL-08, ", ""),
    ("sector.yaml", ", MOL-08", ""),
    ("sector.yaml", "id: trial_machine", "id: trial_press"),
    ("duties.yaml", "trial_machine=", "trial_press="),
    ("sector.yaml", "id: trial\n", "id: trials\n"),
)
"""MOL-09 gets another id, MOL-01 is reworded, MOL-08 goes; a fact and a page get other ids."""


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The site's content in a folder of its own."""
    root = copy_content(tmp_path / "content")
    monkeypatch.setattr(loader, "ROOT", root)
    return root


def publish_second(root: Path) -> None:
    """The second version of the trade, with solutions that fit it."""
    add_version(root, *CHANGES)
    folder = root / "solutions/molds"
    shutil.copytree(folder / "v1", folder / "v2")
    path = folder / "v2/solutions.yaml"
    text = path.read_text(encoding="utf-8").replace("MOL-09", "MOL-19")
    path.write_text(re.sub(r"(?m)^ +MOL-08: .*\n|\"?MOL-08>=\d\"?, |, \"?MOL-08>=\d\"?", "", text), encoding="utf-8")
    publish_all(root)


@pytest.fixture
def draft(app: Flask, world: World, content: Path) -> World:
    """An open round with an answer of each fate, begun with the first version."""
    with make.writing(app):
        row = db.session.get(Assessment, world.draft_id)
        assert row is not None
        for item, value in (("MOL-01", 2), ("MOL-08", 3), ("MOL-09", 1), ("C10", "unknown")):
            make.make_answer(row, item, value, evidence="记录")
        make.make_attachment(row, "MOL-09")
        make.make_handover(row, "trial", "token-of-a-page-that-goes")
        versions = loader.load_catalogue("molds", root=content).versions
        for round_id in (world.draft_id, world.assessment_id):
            db.session.get(Assessment, round_id).versions = dict(versions)  # type: ignore[union-attr]
        row.profile = {"trial_machine": True, "edm": True}
        row.pains = [1, 2]
    return world


@contextmanager
def acting(app: Flask, world: World, user: str = "owner", **values: object) -> Iterator[None]:
    firm_id = world.other_firm_id if user == "foreign" else world.firm_id
    roles = frozenset({Role.ACCOUNT, Role.OWNER})
    with app.app_context():
        set_scope(Scope(user_id=world.users[user], roles=roles, firm_ids=frozenset({firm_id}), **values))  # type: ignore[arg-type]
        with transaction():
            yield


def newest(app: Flask, world: World) -> dict[str, str]:
    with acting(app, world):
        plan = renewals.plan_renewal(get_round(world.draft_id))
        assert plan is not None
        return plan.target.versions


def answers(app: Flask, world: World) -> dict[str, object]:
    with make.writing(app):
        return {i: row.value for i, row in get_round(world.draft_id).answers.items()}


def test_without_newer_content_nothing_is_offered(app: Flask, draft: World) -> None:
    with acting(app, draft):
        assert renewals.plan_renewal(get_round(draft.draft_id)) is None
        with pytest.raises(ConflictError):
            renewals.renew(draft.draft_id, {"molds": "2"})


def test_what_is_not_published_or_broken_is_not_offered(app: Flask, draft: World, content: Path) -> None:
    add_version(content, ("questions.yaml", "kind: level", "kind: lvel"))
    with acting(app, draft):
        assert renewals.plan_renewal(get_round(draft.draft_id)) is None
    publish_all(content)
    with acting(app, draft):
        assert renewals.plan_renewal(get_round(draft.draft_id)) is None


def test_the_plan_says_what_is_kept_mapped_and_dropped_and_writes_nothing(
    app: Flask, draft: World, content: Path
) -> None:
    publish_second(content)
    before = answers(app, draft)
    with acting(app, draft):
        plan = renewals.plan_renewal(get_round(draft.draft_id))
        assert plan is not None
        assert [m.before for m in plan.dropped] == ["MOL-08"] and [m.item for m in plan.mapped] == ["MOL-19"]
        assert plan.facts == {"trial_machine": True} and plan.pains == ()
    assert answers(app, draft) == before


def test_a_round_moves_in_one_step_and_keeps_a_trace(app: Flask, draft: World, content: Path) -> None:
    publish_second(content)
    to = newest(app, draft)
    with acting(app, draft):
        renewals.renew(draft.draft_id, to)
    assert answers(app, draft) == {"MOL-01": 2, "MOL-08": None, "MOL-19": 1, "C10": "unknown", "scene_quality": 2}
    with make.writing(app):
        round_ = get_round(draft.draft_id)
        assert round_.assessment.versions == to and round_.catalogue.versions["molds"] == "2"
        assert round_.assessment.profile == {"edm": True} and round_.assessment.pains == [1, 2]
        assert round_.answers["MOL-19"].evidence == "记录" and round_.answers["MOL-01"].version == 1
        (gone,), (moved,) = list_changes(draft.draft_id, "MOL-08"), list_changes(draft.draft_id, "MOL-19")
        assert gone.before == {"value": 3, "evidence": "记录", "note": ""} and gone.changed_by == draft.users["owner"]
        assert gone.after == {"value": None, "evidence": "", "note": ""} and gone.version == 2
        assert moved.after == moved.before == {"value": 1, "evidence": "记录", "note": ""}
        files = db.session.scalars(select(Attachment.item_id).where(Attachment.assessment_id == draft.draft_id))
        assert sorted(files) == ["MOL-19", "scene_quality"]
        links = db.session.execute(select(Handover.section_id, Handover.revoked_at)).all()
        assert {s: r is not None for s, r in links} == {"trial": True, "progress": False}
        event = db.session.scalar(select(AuditEvent).where(AuditEvent.kind == "assessment:renew"))
        assert event is not None and event.details["dropped"] == {"MOL-08": 3} and event.details["kept"] == 3
        assert event.details["mapped"] == {"MOL-09": "MOL-19"} and event.details["dropped_facts"] == {
            "trial_machine": True
        }
        assert round_.document()["answers"]["MOL-19"] == {"value": 1, "evidence": "记录"}


def test_submitted_rounds_keep_theirs(app: Flask, draft: World, content: Path) -> None:
    publish_second(content)
    to = newest(app, draft)
    with acting(app, draft), pytest.raises(LockedError):
        renewals.renew(draft.assessment_id, to)
    with acting(app, draft):
        assert renewals.plan_renewal(get_round(draft.assessment_id)) is None


def test_what_was_not_shown_is_not_taken_over(app: Flask, draft: World, content: Path) -> None:
    publish_second(content)
    before = answers(app, draft)
    with acting(app, draft), pytest.raises(ConflictError):
        renewals.renew(draft.draft_id, {"molds": "3"})
    assert answers(app, draft) == before


def test_moving_twice_is_refused(app: Flask, draft: World, content: Path) -> None:
    publish_second(content)
    to = newest(app, draft)
    with acting(app, draft):
        renewals.renew(draft.draft_id, to)
    with acting(app, draft), pytest.raises(ConflictError):
        renewals.renew(draft.draft_id, to)


def test_only_who_works_on_the_whole_round_may_move_it(app: Flask, draft: World, content: Path) -> None:
    publish_second(content)
    to = newest(app, draft)
    limited = {draft.firm_id: frozenset({"progress"})}
    with acting(app, draft, sections=limited), pytest.raises(ForbiddenError):
        renewals.renew(draft.draft_id, to)
    with acting(app, draft, "foreign"), pytest.raises(NotFoundError):
        renewals.renew(draft.draft_id, to)


def test_the_next_round_takes_over_answers_under_their_new_id(app: Flask, draft: World, content: Path) -> None:
    from app.services import assessments

    with make.writing(app):
        row = db.session.get(Assessment, draft.assessment_id)
        assert row is not None
        make.make_answer(row, "MOL-09", 2)
        db.session.delete(db.session.get(Assessment, draft.draft_id))
    publish_second(content)
    with acting(app, draft):
        new = assessments.start_round(draft.firm_id).id
    with make.writing(app):
        assert {i: row.value for i, row in get_round(new).answers.items()} == {"MOL-19": 2, "scene_quality": 2}
