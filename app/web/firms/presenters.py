"""Finished values for the firm pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from flask import url_for
from flask_login import current_user

from app.access.policy import Permission as P
from app.access.policy import roles_with
from app.access.roles import Role
from app.i18n import content_text, day, language, ngettext
from app.i18n import gettext as _
from app.models.assessments import Assessment
from app.models.firms import Firm, FirmInvitation, Membership, MembershipRole
from app.models.results import Result
from app.models.selfchecks import SelfCheckRun
from app.models.verifications import Verification
from app.queries.assessments import Round
from app.queries.consents import Viewers
from app.queries.verifications import Verified
from app.services.firms import INVITATION_DAYS, NewInvitation
from app.services.links import absolute_url
from app.web.accounts.presenters import qr_svg
from app.web.charts import Segment, progress
from app.web.consents.presenters import viewer_sentences
from app.web.figures import join, one_decimal, rounded_points, signed
from app.web.names import level_name, sector_name, verified_text
from app.web.selfchecks.presenters import CheckLine, check_lines
from scoring.content.loader import load_catalogue
from scoring.content.serving import serve


@dataclass(frozen=True, slots=True)
class Step:
    """The next thing to do: one sentence and one button. `post` says that the button changes something."""

    sentence: str
    more: str
    label: str
    url: str
    post: bool = False
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A submitted round: its level, score and change since the one before."""

    title: str
    submitted: str
    level: int
    level_name: str
    score: str
    change: str
    url: str
    verified: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody of the firm. `edit_url` is None where nothing may be changed."""

    name: str
    login: str
    role: str
    sections: str
    since: str
    edit_url: str | None
    is_me: bool


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation that waits."""

    name: str
    role: str
    until: str
    revoke_url: str


@dataclass(frozen=True, slots=True)
class FirmPage:
    """The start page of a firm."""

    name: str
    facts: str
    demo: bool
    step: Step
    rounds: tuple[RoundRow, ...]
    members: tuple[MemberRow, ...]
    viewers: tuple[str, ...]
    checks: tuple[CheckLine, ...]
    answer_url: str
    answer_text: str
    new_round_url: str | None
    history_url: str | None
    urls: dict[str, str]
    owner: bool


@dataclass(frozen=True, slots=True)
class FirmChoice:
    """One of several firms of the same person."""

    name: str
    facts: str
    role: str
    url: str


@dataclass(frozen=True, slots=True)
class MembersPage:
    """The people of a firm and the invitations that wait."""

    firm_name: str
    firm_url: str
    members: tuple[MemberRow, ...]
    invitations: tuple[InvitationRow, ...]
    owner: bool
    invite_url: str
    leave_url: str


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """A new invitation: shown once."""

    firm_name: str
    name: str
    link: str
    code: str
    enter_url: str
    qr: str
    days: int
    back_url: str


@dataclass(frozen=True, slots=True)
class DataPage:
    """Data rights of a firm."""

    name: str
    firm_url: str
    export_url: str
    delete_url: str
    contents: tuple[str, ...]


def present_choices(memberships: Sequence[Membership]) -> tuple[FirmChoice, ...]:
    """The firms of one person."""
    return tuple(
        FirmChoice(m.firm.name, firm_facts(m.firm), role_name(m.role), url_for("firms.show", firm_id=m.firm_id))
        for m in memberships
    )


def firm_facts(firm: Firm) -> str:
    """Trade, town and size in one line."""
    people = ngettext("%(num)s person", "%(num)s people", firm.employees) if firm.employees else ""
    return " · ".join(part for part in (sector_name(firm.sector), firm.town, people) if part)


def role_name(role: str) -> str:
    """What a firm role is called."""
    return _("Owner") if role == MembershipRole.OWNER else _("Member")


def owns(memberships: Sequence[Membership]) -> bool:
    """Whether the present user manages this firm."""
    return any(m.user_id == current_user.id and Role(m.role) in roles_with(P.FIRM_MANAGE) for m in memberships)


def present_firm(
    firm: Firm,
    draft: Round | None,
    results: Sequence[Result],
    memberships: Sequence[Membership],
    viewers: Viewers,
    runs: Sequence[SelfCheckRun],
    verified: Mapping[UUID, Verified],
    waiting: Verification | None,
) -> FirmPage:
    """The start page; `results` are the published ones, oldest round first, `runs` those of the self-checks,
    `verified` what was verified of the rounds, `waiting` a verification that waits for the firm's answer."""
    owner = owns(memberships)
    new_round = url_for("assessments.start", firm_id=firm.id) if owner and draft is None and results else None
    return FirmPage(
        name=firm.name,
        facts=firm_facts(firm),
        demo=firm.demo,
        step=_step(firm, draft, results, owner),
        rounds=_rounds(results, verified),
        answer_url=url_for("verifications.show", assessment_id=waiting.assessment_id) if waiting else "",
        answer_text=_waiting_text(waiting) if waiting else "",
        members=tuple(_member(m, False) for m in memberships),
        viewers=viewer_sentences(viewers),
        checks=check_lines(runs),
        new_round_url=new_round,
        history_url=url_for("results.history", firm_id=firm.id) if len(results) > 1 else None,
        urls={
            name: url_for(endpoint, firm_id=firm.id)
            for name, endpoint in (
                ("edit", "firms.edit"), ("members", "firms.members"), ("consents", "consents.index"),
                ("data", "firms.data"), ("checks", "selfchecks.index"),
            )
        },
        owner=owner,
    )  # fmt: skip


def _step(firm: Firm, draft: Round | None, results: Sequence[Result], owner: bool) -> Step:
    if draft is not None:
        return _continue(draft)
    if results:
        last = results[-1]
        return Step(
            sentence=_("Your result is there. See what to do first."),
            more="",
            label=_("See the result"),
            url=url_for("results.show", assessment_id=last.assessment_id),
        )
    if owner:
        return Step(
            sentence=_("Begin the first round. It takes 20 to 30 minutes, in one go or over several days."),
            more=_(
                "First a page about the firm, then one page for each part of the work. Every answer is saved at once."
            ),
            label=_("Begin"),
            url=url_for("assessments.start", firm_id=firm.id),
            post=True,
        )
    return Step(
        sentence=_("No round has begun yet."),
        more=_("The owner of the firm begins it. You will find your sections here then."),
        label=_("Look at the questions"),
        url=url_for("home.about"),
    )


def _continue(draft: Round) -> Step:
    done, total = draft.done, draft.total
    begun = done > 0
    numbers = _("%(done)s of %(total)s questions are done.", done=done, total=total)
    minutes = ngettext("About %(num)s minute left.", "About %(num)s minutes left.", draft.minutes_left)
    if total and done == total:
        return Step(
            sentence=_("Everything is filled in. Look it over and submit."),
            more=numbers,
            label=_("Look over and submit"),
            url=url_for("assessments.review", assessment_id=draft.id),
            segments=progress([(p.done, p.of) for p in draft.progress]),
        )
    return Step(
        sentence=_("Carry on where you stopped.") if begun else _("The questions are waiting for you."),
        more=f"{numbers} {minutes}" if language() == "en" else f"{numbers}{minutes}",
        label=_("Carry on") if begun else _("Begin"),
        url=url_for("assessments.show", assessment_id=draft.id),
        segments=progress([(p.done, p.of) for p in draft.progress]),
    )


def _waiting_text(row: Verification) -> str:
    name = row.by_name or _("Your consultant")
    return _("%(name)s has sent what was found on site, and waits for your answer.", name=name)


def _rounds(results: Sequence[Result], verified: Mapping[UUID, Verified]) -> tuple[RoundRow, ...]:
    rows = []
    before: Result | None = None
    for result in results:
        catalogue = load_catalogue(result.assessment.sector, result.versions)
        gates = [Decimal(gate.score) / 1000 for gate in catalogue.edition.gates]
        rows.append(
            RoundRow(
                title=_("Round %(number)s", number=result.assessment.number),
                submitted=day(result.assessment.submitted_at),
                level=result.level,
                level_name=level_name(catalogue, result.level),
                score=one_decimal(rounded_points(result.score, gates)),
                change="" if before is None else signed(result.score - before.score),
                url=url_for("results.show", assessment_id=result.assessment_id),
                verified=verified_text(verified.get(result.assessment_id)),
            )
        )
        before = result
    return tuple(reversed(rows))


def present_members(
    firm: Firm, memberships: Sequence[Membership], invitations: Sequence[FirmInvitation]
) -> MembersPage:
    """People and open invitations; what may be changed depends on who looks."""
    owner = owns(memberships)
    return MembersPage(
        firm_name=firm.name,
        firm_url=url_for("firms.show", firm_id=firm.id),
        members=tuple(_member(m, owner) for m in memberships),
        invitations=tuple(_invitation(i) for i in invitations) if owner else (),
        owner=owner,
        invite_url=url_for("firms.invite", firm_id=firm.id),
        leave_url=url_for("firms.leave", firm_id=firm.id),
    )


def _member(membership: Membership, may_edit: bool) -> MemberRow:
    is_me = membership.user_id == current_user.id
    url = url_for("firms.member", firm_id=membership.firm_id, membership_id=membership.id)
    return MemberRow(
        name=membership.user.display_name,
        login=membership.user.login if membership.user.name else "",
        role=role_name(membership.role),
        sections=section_names(membership.firm.sector, membership.sections),
        since=day(membership.created_at),
        edit_url=url if may_edit and not is_me else None,
        is_me=is_me,
    )


def _invitation(invitation: FirmInvitation) -> InvitationRow:
    return InvitationRow(
        name=invitation.name or _("Without a name"),
        role=role_name(invitation.role),
        until=day(invitation.expires_at),
        revoke_url=url_for("firms.revoke_invitation", firm_id=invitation.firm_id, invitation_id=invitation.id),
    )


def section_choices(sector: str) -> list[tuple[str, str]]:
    """The sections of a trade's questionnaire."""
    return [(s.id, content_text(s.title)) for s in serve(sector).sector.sections]


def section_names(sector: str, sections: Sequence[str] | None) -> str:
    """The sections that somebody fills in, in words; empty for all."""
    names = dict(section_choices(sector)) if sections else {}
    return join([names.get(s, s) for s in sections or ()])


def present_invitation(firm: Firm, new: NewInvitation) -> InvitationPage:
    """Link, code and QR code of a new invitation."""
    link = absolute_url("accounts.accept_invitation", secret=new.token)
    return InvitationPage(
        firm_name=firm.name,
        name=new.invitation.name,
        link=link,
        code=f"{new.code[:5]} {new.code[5:]}",
        enter_url=absolute_url("accounts.enter_invitation"),
        qr=qr_svg(link),
        days=INVITATION_DAYS,
        back_url=url_for("firms.members", firm_id=firm.id),
    )


def present_data(firm: Firm, rounds: Sequence[Assessment]) -> DataPage:
    """What the download holds, and the way to delete."""
    return DataPage(
        name=firm.name,
        firm_url=url_for("firms.show", firm_id=firm.id),
        export_url=url_for("firms.export", firm_id=firm.id),
        delete_url=url_for("firms.delete", firm_id=firm.id),
        contents=(
            _("what the firm says about itself, its members, consents and clusters"),
            ngettext(
                "%(num)s round with every answer, note and change",
                "%(num)s rounds with every answer, note and change",
                len(rounds),
            ),
            _("all results, self-checks and reports, and the files you attached"),
        ),
    )
