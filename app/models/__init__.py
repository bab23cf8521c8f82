"""All tables, one module per noun. Importing this package registers every model."""

from app.models import (
    assessments,
    attachments,
    audit,
    benchmarks,
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
    releases,
    reports,
    results,
    roadmaps,
    selfchecks,
    users,
)

__all__ = [
    "assessments", "attachments", "audit", "benchmarks", "campaigns", "clusters", "consents", "firms", "grants",
    "handovers", "imports", "invitees", "jobs", "messages", "releases", "reports", "results", "roadmaps", "selfchecks",
    "users",
]  # fmt: skip
