"""Who somebody can be. A user may have several roles; firm roles hold for the firms they were given for."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The parts people play.

    `account` is everybody who is signed in; `link` is a visitor who opened a section hand-over link. The other five
    are the product's users. `owner`, `member` come from memberships, the rest is given by an administrator.
    """

    ACCOUNT = "account"
    LINK = "link"
    OWNER = "owner"
    MEMBER = "member"
    CONSULTANT = "consultant"
    COORDINATOR = "coordinator"
    ADMIN = "admin"


FIRM_ROLES = (Role.OWNER, Role.MEMBER)
STAFF_ROLES = (Role.CONSULTANT, Role.COORDINATOR, Role.ADMIN)
ASSIGNABLE_ROLES = (*FIRM_ROLES, *STAFF_ROLES)
