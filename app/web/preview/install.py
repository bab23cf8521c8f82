"""The preview: the real pages of the questionnaire for content that is still being written.

In a process of its own the views of a round are exchanged for ones that take the content from a folder and everything
else from the visitor's cookie. No database is asked, nothing is stored, and every other page leads back.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Flask, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.serving import WSGIRequestHandler, make_server

from app.access.guard import access
from app.access.policy import Permission as P
from app.access.scope import Scope, set_scope
from app.errors import NotFoundError
from app.i18n import gettext as _
from app.models.assessments import Assessment, AssessmentStatus
from app.models.base import now
from app.models.firms import Firm
from app.queries.assessments import Round
from app.web.assessments import forms
from app.web.assessments.cards import SectionView
from app.web.assessments.presenters import present_overview, present_section
from app.web.assessments.profile import present_profile
from app.web.preview.presenters import present_bar
from app.web.quick.presenters import present_quick
from scoring.content.catalogue import Catalogue
from scoring.errors import ContentError, Fault

Load = Callable[[], tuple[Catalogue, list[Fault]]]
ROUND = UUID(int=1)
"""The one round of the preview, and its firm."""
_PROFILE, _OVERVIEW = "preview_profile", "assessments.show"


class Preview:
    """The views. The content is read anew when its files change; while they are broken, the last good one stays."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.catalogue, self.faults = load()

    def views(self) -> dict[str, Callable[..., ResponseReturnValue]]:
        """Views by the endpoint that they take the place of."""
        return {
            "home.index": lambda: redirect(url_for(_OVERVIEW, assessment_id=ROUND, lang=request.args.get("lang"))),
            _OVERVIEW: self.overview,
            "assessments.profile": self.profile,
            "assessments.save_profile": self.save_profile,
            "assessments.section": self.section,
            "assessments.save_section": self.turn_page,
            "quick.start": lambda: redirect(url_for("quick.show", sector=self.catalogue.sector.id)),
            "quick.show": self.quick,
        }

    def round(self) -> Round:
        """A round of nobody's, with the facts that this visitor has chosen."""
        try:
            self.catalogue, self.faults = self.load()
        except ContentError as error:
            self.faults = error.faults
        sector = self.catalogue.sector
        kept: dict[str, Any] = session.get(_PROFILE, {})
        assessment = Assessment(
            id=ROUND, firm_id=ROUND, firm=Firm(id=ROUND, name=_("Preview"), sector=sector.id), number=1,
            sector=sector.id, versions=dict(self.catalogue.versions), status=AssessmentStatus.DRAFT.value,
            profile={k: v for k, v in kept.get("facts", {}).items() if k in self.catalogue.facts},
            pains=[n for n in kept.get("pains", []) if n in self.catalogue.pains],
            employees=kept.get("employees", sector.typical.get("employees")),
            machines=kept.get("machines", sector.typical.get("machines")), revenue_wan=None, created_at=now(),
        )  # fmt: skip
        return Round(assessment, self.catalogue, {})

    def overview(self, assessment_id: UUID) -> ResponseReturnValue:
        """The parts of the questionnaire, and what is wrong with the content so far."""
        round_ = self.round()
        page = present_overview(round_, SectionView(), None)
        return render_template("preview/show.html", page=page, preview=present_bar(round_, self.faults))

    def profile(self, assessment_id: UUID) -> ResponseReturnValue:
        """The facts that switch questions."""
        return self._profile_page(self.round())

    def save_profile(self, assessment_id: UUID) -> ResponseReturnValue:
        """Keep the facts in the visitor's cookie, so that the pages show what they switch."""
        round_ = self.round()
        given, problems = forms.read_profile(round_.catalogue, request.form)
        if problems:
            return self._profile_page(round_, problems), 422
        facts = {name: value if isinstance(value, bool | str) else int(value) for name, value in given.facts.items()}
        session[_PROFILE] = {
            "facts": facts, "pains": list(given.pains), "employees": given.employees, "machines": given.machines,
        }  # fmt: skip
        return redirect(url_for(_OVERVIEW, assessment_id=ROUND), 303)

    def _profile_page(self, round_: Round, problems: Any = None) -> str:
        typed = None if problems is None else request.form
        page = present_profile(round_, "", writable=True, typed=typed, problems=problems)
        return render_template("preview/profile.html", page=page, preview=present_bar(round_, self.faults))

    def section(self, assessment_id: UUID, section_id: str) -> ResponseReturnValue:
        """A page of questions as a firm sees it, each with its id."""
        round_ = self.round()
        found = round_.find_section(section_id)
        if found is None:
            raise NotFoundError
        page = present_section(round_, found, SectionView(), may_write=True)
        cards = tuple(replace(card, number=f"{card.number} · {card.id}") for card in page.cards)
        page = replace(page, cards=cards, hand_url="")
        return render_template("preview/section.html", page=page, preview=present_bar(round_, self.faults))

    def turn_page(self, assessment_id: UUID, section_id: str) -> ResponseReturnValue:
        """The buttons below a page lead on; what was chosen is forgotten."""
        target = request.form.get("next", "")
        if self.round().find_section(target):
            return redirect(url_for("assessments.section", assessment_id=ROUND, section_id=target), 303)
        return redirect(url_for(_OVERVIEW, assessment_id=ROUND), 303)

    def quick(self, sector: str) -> ResponseReturnValue:
        """The quick look."""
        round_ = self.round()
        page = present_quick(round_.catalogue, {})
        return render_template("preview/quick.html", page=page, preview=present_bar(round_, self.faults))


def install(app: Flask, load: Load) -> None:
    """Turn an application that has not served yet into the preview. Raises ContentError where nothing can be shown."""
    views = Preview(load).views()
    app.config.update(
        SECRET_KEY=secrets.token_hex(16), SESSION_COOKIE_NAME="preview", SESSION_COOKIE_SECURE=False,
        TRUSTED_HOSTS=["127.0.0.1", "localhost"],
    )  # fmt: skip
    for endpoint, view in views.items():
        app.view_functions[endpoint] = _shown(view)
    allowed = {*views, "static", "home.set_language"}

    def only_these() -> ResponseReturnValue | None:
        set_scope(Scope(firm_ids=frozenset({ROUND})))
        if request.endpoint is None or request.endpoint in allowed:
            return None
        if request.method not in ("GET", "HEAD"):
            raise NotFoundError
        flash(_("This page is not part of the preview."))
        return redirect(url_for(_OVERVIEW, assessment_id=ROUND))

    app.before_request_funcs.setdefault(None, []).insert(0, only_these)


def _shown(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """The view for everybody, in the scope of the round of the preview."""

    def shown(**values: Any) -> ResponseReturnValue:
        set_scope(Scope(firm_ids=frozenset({ROUND})))
        return view(**values)

    return access(P.PUBLIC)(shown)


class _Quiet(WSGIRequestHandler):
    """Says nothing of the pages that are opened: the address and what is wrong stay in sight."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def serve_preview(app: Flask, load: Load, port: int, ready: Callable[[int], None]) -> None:
    """Serve the preview on this machine until Ctrl+C; `ready(port)` is called once it listens. Port 0 takes a free one.

    Raises ContentError, or OSError where the port cannot be used.
    """
    install(app, load)
    with socket.create_server(("127.0.0.1", port)) as listening:
        server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet, fd=listening.fileno())
        ready(listening.getsockname()[1])
        try:
            server.serve_forever()
        finally:
            server.server_close()
