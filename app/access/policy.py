"""What each role may do: permissions of the form "resource:action", and the one table of grants.

The permission of an endpoint also decides whose rows it reaches: only the firms for which this user holds a role
that has the permission. An owner of one firm who is a member of another manages only the first.
"""

from __future__ import annotations

from enum import StrEnum

from app.access.roles import Role


class Permission(StrEnum):
    """Alphabetical. PUBLIC needs no account; a signed-in visitor of a public page keeps the reach of the account."""

    PUBLIC = "public"

    ACCOUNT_MANAGE = "account:manage"
    ACTION_AGREE = "action:agree"
    ACTION_READ = "action:read"
    ACTION_WRITE = "action:write"
    ADVICE_READ = "advice:read"
    ANSWER_READ = "answer:read"
    ANSWER_WRITE = "answer:write"
    ASSESSMENT_CREATE = "assessment:create"
    ASSESSMENT_EXPORT = "assessment:export"
    ASSESSMENT_READ = "assessment:read"
    ASSESSMENT_SUBMIT = "assessment:submit"
    ASSESSMENT_UPDATE = "assessment:update"
    ATTACHMENT_ADD = "attachment:add"
    ATTACHMENT_READ = "attachment:read"
    AUDIT_READ = "audit:read"
    BUNDLE_CREATE = "bundle:create"
    CALIBRATION_READ = "calibration:read"
    CLUSTER_EXPORT = "cluster:export"
    CLUSTER_JOIN = "cluster:join"
    CLUSTER_MANAGE = "cluster:manage"
    CLUSTER_READ = "cluster:read"
    CLUSTER_UPDATE = "cluster:update"
    CONSENT_MANAGE = "consent:manage"
    CONSENT_READ = "consent:read"
    DIAGNOSIS_READ = "diagnosis:read"
    DIAGNOSIS_WRITE = "diagnosis:write"
    ENGAGEMENT_AGREE = "engagement:agree"
    ENGAGEMENT_ASK = "engagement:ask"
    ENGAGEMENT_UPDATE = "engagement:update"
    FIRM_CREATE = "firm:create"
    FIRM_DELETE = "firm:delete"
    FIRM_EXPORT = "firm:export"
    FIRM_HOME = "firm:home"
    FIRM_MANAGE = "firm:manage"
    HANDOVER_MANAGE = "handover:manage"
    JOB_MANAGE = "job:manage"
    MEMBERSHIP_LEAVE = "membership:leave"
    MEMBERSHIP_MANAGE = "membership:manage"
    MEMBERSHIP_READ = "membership:read"
    MESSAGE_READ = "message:read"
    MESSAGE_UPDATE = "message:update"
    REPORT_CREATE = "report:create"
    REPORT_DOWNLOAD = "report:download"
    RESET_LINK_ISSUE = "reset_link:issue"
    RESULT_READ = "result:read"
    ROADMAP_READ = "roadmap:read"
    ROADMAP_WRITE = "roadmap:write"
    SELFCHECK_READ = "selfcheck:read"
    SELFCHECK_WRITE = "selfcheck:write"
    SYSTEM_READ = "system:read"
    USER_MANAGE = "user:manage"
    VERIFICATION_READ = "verification:read"
    VERIFICATION_REPLY = "verification:reply"
    VERIFICATION_WRITE = "verification:write"


P = Permission

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ACCOUNT: frozenset({P.ACCOUNT_MANAGE, P.FIRM_CREATE}),
    Role.LINK: frozenset({P.ANSWER_READ, P.ANSWER_WRITE, P.ATTACHMENT_ADD}),
    Role.OWNER: frozenset(
        {
            P.ACTION_AGREE,
            P.ACTION_READ, P.ACTION_WRITE, P.ANSWER_READ, P.ANSWER_WRITE, P.ASSESSMENT_CREATE, P.ASSESSMENT_EXPORT,
            P.ASSESSMENT_READ, P.ASSESSMENT_SUBMIT, P.ASSESSMENT_UPDATE, P.ATTACHMENT_ADD, P.ATTACHMENT_READ,
            P.CLUSTER_JOIN, P.CONSENT_MANAGE, P.CONSENT_READ, P.DIAGNOSIS_READ, P.ENGAGEMENT_AGREE, P.FIRM_DELETE,
            P.FIRM_EXPORT, P.FIRM_HOME, P.FIRM_MANAGE, P.HANDOVER_MANAGE, P.MEMBERSHIP_LEAVE, P.MEMBERSHIP_MANAGE,
            P.MEMBERSHIP_READ, P.REPORT_CREATE, P.REPORT_DOWNLOAD, P.RESULT_READ, P.ROADMAP_READ, P.ROADMAP_WRITE,
            P.SELFCHECK_READ, P.SELFCHECK_WRITE, P.VERIFICATION_READ, P.VERIFICATION_REPLY,
        }
    ),
    Role.MEMBER: frozenset(
        {
            P.ACTION_READ, P.ACTION_WRITE, P.ANSWER_READ, P.ANSWER_WRITE, P.ASSESSMENT_EXPORT, P.ASSESSMENT_READ,
            P.ASSESSMENT_UPDATE, P.ATTACHMENT_ADD, P.ATTACHMENT_READ, P.CONSENT_READ, P.DIAGNOSIS_READ, P.FIRM_HOME,
            P.HANDOVER_MANAGE, P.MEMBERSHIP_LEAVE, P.MEMBERSHIP_READ, P.REPORT_CREATE, P.REPORT_DOWNLOAD,
            P.RESULT_READ, P.ROADMAP_READ, P.ROADMAP_WRITE, P.SELFCHECK_READ, P.SELFCHECK_WRITE, P.VERIFICATION_READ,
            P.VERIFICATION_REPLY,
        }
    ),
    Role.CONSULTANT: frozenset(
        {
            P.ACTION_AGREE,
            P.ACTION_READ, P.ACTION_WRITE, P.ADVICE_READ, P.ANSWER_READ, P.ASSESSMENT_EXPORT, P.ASSESSMENT_READ,
            P.ATTACHMENT_READ, P.BUNDLE_CREATE, P.CALIBRATION_READ, P.DIAGNOSIS_READ, P.DIAGNOSIS_WRITE,
            P.ENGAGEMENT_ASK, P.ENGAGEMENT_UPDATE, P.REPORT_CREATE, P.REPORT_DOWNLOAD, P.RESULT_READ, P.ROADMAP_READ,
            P.ROADMAP_WRITE, P.SELFCHECK_READ, P.VERIFICATION_READ, P.VERIFICATION_WRITE,
        }
    ),
    Role.COORDINATOR: frozenset(
        {
            P.CLUSTER_EXPORT, P.CLUSTER_READ, P.CLUSTER_UPDATE, P.ENGAGEMENT_ASK, P.RESET_LINK_ISSUE, P.RESULT_READ,
        }
    ),
    Role.ADMIN: frozenset(
        {
            P.AUDIT_READ, P.CALIBRATION_READ, P.CLUSTER_MANAGE, P.JOB_MANAGE, P.MESSAGE_READ, P.MESSAGE_UPDATE,
            P.RESET_LINK_ISSUE, P.SYSTEM_READ, P.USER_MANAGE,
        }
    ),
}  # fmt: skip

EVERYTHING = frozenset(
    {
        P.AUDIT_READ, P.CLUSTER_MANAGE, P.JOB_MANAGE, P.MESSAGE_READ, P.MESSAGE_UPDATE, P.SYSTEM_READ, P.USER_MANAGE,
    }
)  # fmt: skip
"""Under these permissions an administrator reaches the rows of all firms, to manage; results are not among them."""


def roles_with(permission: Permission) -> frozenset[Role]:
    """The roles that hold `permission`; every role for PUBLIC."""
    if permission is P.PUBLIC:
        return frozenset(Role)
    return frozenset(role for role, granted in GRANTS.items() if permission in granted)


def is_allowed(permission: Permission, roles: frozenset[Role]) -> bool:
    """True when one of `roles` holds `permission`, or it is public."""
    return permission is P.PUBLIC or not roles.isdisjoint(roles_with(permission))
