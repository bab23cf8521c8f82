"""All tables, one module per noun. Importing this package registers every model."""

from app.models import (
    actions,
    assessments,
    attachments,
    audit,
    benchmarks,
    calibrations,
    campaigns,
    clusters,
    consents,
    diagnoses,
    engagements,
    firms,
    handovers,
    imports,
    invitees,
    jobs,
    messages,
    programmes,
    releases,
    reports,
    results,
    roadmaps,
    selfchecks,
    users,
    verifications,
)

__all__ = [
    "actions", "assessments", "attachments", "audit", "benchmarks", "calibrations", "campaigns", "clusters",
    "consents", "diagnoses", "engagements", "firms", "handovers", "imports", "invitees", "jobs", "messages",
    "programmes", "releases", "reports", "results", "roadmaps", "selfchecks", "users", "verifications",
]  # fmt: skip
