"""Fills a new instance with firms for `bench.web`: `python -m bench.firms N` prints logins and rounds as JSON."""

from __future__ import annotations

import json
import sys

from flask_migrate import upgrade

from app import create_app
from app.access.scope import system_scope
from app.extensions import db
from app.models.firms import Firm, Membership, MembershipRole
from app.services.assessments import start_round
from app.services.users import register_user
from app.transaction import transaction
from bench.web import PASSWORD
from scoring.content.loader import load_catalogue

SECTOR, ITEM = "molds", "scene_quality"


def main(count: int) -> None:
    app = create_app()
    section = next(s.id for s in load_catalogue(SECTOR).sector.sections if ITEM in s.questions)
    made = []
    with app.app_context():
        upgrade()
        with app.test_request_context("/", method="POST"), system_scope(), transaction():
            for n in range(count):
                user = register_user(f"bench{n}@example.com", PASSWORD)
                firm = Firm(name=f"示例模具厂{n}", sector=SECTOR, demo=True)
                db.session.add_all([user, firm])
                db.session.flush()
                db.session.add(Membership(user_id=user.id, firm_id=firm.id, role=MembershipRole.OWNER.value))
                db.session.flush()
                assessment = start_round(firm.id)
                made.append({"login": user.email, "assessment": str(assessment.id), "section": section, "item": ITEM})
    print(json.dumps(made))


if __name__ == "__main__":
    main(int(sys.argv[1]))
