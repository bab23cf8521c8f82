"""Finished values for the account templates."""

from __future__ import annotations

from dataclasses import dataclass

import segno
from flask import url_for

from app.i18n import day
from app.models.users import User
from app.queries.firms import OpenInvitation
from app.services.users import PRINTED_RESET_HOURS


@dataclass(frozen=True)
class InvitationPage:
    """An invitation as its holder sees it."""

    firm_name: str
    valid_until: str
    sign_in_url: str
    register_url: str
    signed_in_as: str


@dataclass(frozen=True)
class PrintedLink:
    """A one-time link with its QR code (SVG) for printing."""

    link: str
    qr: str
    hours: int


def present_invitation(found: OpenInvitation, path: str, user: User | None) -> InvitationPage:
    """`path` is this page's own: who has to sign in first comes back to it."""
    return InvitationPage(
        firm_name=found.firm_name,
        valid_until=day(found.expires_at),
        sign_in_url=url_for("accounts.sign_in", next=path),
        register_url=url_for("accounts.register", next=path),
        signed_in_as=user.display_name if user else "",
    )


def present_printed_link(link: str) -> PrintedLink:
    """The link as text and as QR code."""
    return PrintedLink(link, qr_svg(link), PRINTED_RESET_HOURS)


def qr_svg(text: str) -> str:
    """A QR code as inline SVG with class `qr`; scalable, no inline style."""
    svg: str = segno.make(text, error="m").svg_inline(
        scale=4, border=2, svgclass="qr", lineclass=None, omitsize=True, light="#fff"
    )
    return svg
