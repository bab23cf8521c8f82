"""Links for one section: a hash is stored, they end, a name is needed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.access.scope import Scope, set_scope
from app.errors import InputError, TokenError
from app.extensions import db
from app.models.base import now
from app.models.handovers import Handover
from app.queries.handovers import get_open_handover, list_open_handovers
from app.services import answers, handovers
from app.services.answers import Save
from app.services.tokens import hash_secret
from app.transaction import transaction
from tests.app import factories as make
from tests.app.services.rounds import LEVEL, acting
from tests.app.world import HANDOVER_TOKEN, SECTION, World


def test_a_link_is_stored_as_a_hash_opens_once_counts_and_ends(app: Flask, world: World) -> None:
    with acting(app, world):
        new = handovers.create_handover(world.draft_id, SECTION, "  周主管\u202e ")
        token, handover_id = new.token, new.handover.id
        assert new.handover.name == "周主管" and new.handover.token_hash == hash_secret(token) != token
        assert new.handover.expires_at - now() <= timedelta(days=7)
    with app.app_context():
        set_scope(Scope())
        with transaction():
            link = handovers.open_handover(token)
            answers.save_answer(link.assessment_id, LEVEL, Save(1, 0))
    with acting(app, world):
        shown = next(h for h in list_open_handovers(world.draft_id) if h.id == handover_id)
        assert shown.opened_at is not None and shown.items == {LEVEL}
        handovers.revoke_handover(handover_id)
    with pytest.raises(TokenError), app.app_context():
        set_scope(Scope())
        get_open_handover(hash_secret(token))


def test_an_expired_link_and_a_wrong_token_look_alike(app: Flask, world: World) -> None:
    with make.writing(app):
        db.session.get_one(Handover, world.handover_id).expires_at = now() - timedelta(seconds=1)
    for token in (HANDOVER_TOKEN, "no-such-token", ""):
        with pytest.raises(TokenError), app.app_context():
            set_scope(Scope())
            with transaction():
                handovers.open_handover(token)


@pytest.mark.parametrize("name", ["", "   ", "长" * 61, "\u202e"])
def test_a_link_needs_a_short_name(app: Flask, world: World, name: str) -> None:
    with pytest.raises(InputError), acting(app, world):
        handovers.create_handover(world.draft_id, SECTION, name)
