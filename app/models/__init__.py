"""All tables, one module per noun. Importing this package registers every model."""

from app.models import (
    assessments,
    attachments,
    audit,
    campaigns,
    clusters,
    consents,
    firms,
    grants,
    handovers,
    imports,
    invitees,
    jobs,
    messages,
    reports,
    results,
    selfchecks,
    users,
)

__all__ = [
    "assessments", "attachments", "audit", "campaigns", "clusters", "consents", "firms", "grants", "handovers",
    "imports", "invitees", "jobs", "messages", "reports", "results", "selfchecks", "users",
]  # fmt: skip
