"""Give and withdraw consent. Rows are never deleted: the history tells what was agreed to, and until when."""

from __future__ import annotations

from uuid import UUID

from app.access.scope import current_scope
from app.errors import N_, InputError
from app.extensions import db
from app.models.base import now
from app.models.consents import Consent, ConsentKind
from app.queries.clusters import get_membership
from app.queries.consents import list_open_consents
from app.queries.firms import get_firm
from app.services import audit, releases
from app.services.comparison import CLEAR
from app.services.jobs import request_job
from app.services.results import count_in_benchmarks

TEXT_VERSION = "1"
"""Which wording the pages show; counted up whenever the words of a consent change their meaning."""


def give_consent(firm_id: UUID, kind: ConsentKind, cluster_id: UUID | None = None) -> Consent:
    """Agree, from now on; harmless where it is agreed already. Raises InputError, NotFoundError."""
    firm = get_firm(firm_id)
    if (kind is ConsentKind.NAMED_RESULTS) != (cluster_id is not None):
        raise InputError(N_("Choose the cluster that may see your results."))
    if cluster_id is not None:
        get_membership(firm.id, cluster_id)
    present = list_open_consents(firm.id, kind, cluster_id)
    return present[0] if present else record_consent(firm.id, kind, cluster_id)


def record_consent(firm_id: UUID, kind: ConsentKind, cluster_id: UUID | None = None) -> Consent:
    """Store a consent that is known to be new."""
    consent = Consent(
        firm_id=firm_id,
        kind=kind.value,
        cluster_id=cluster_id,
        text_version=TEXT_VERSION,
        given_by=current_scope().user_id,
    )
    db.session.add(consent)
    _tell_groups(firm_id, kind, given=True)
    audit.record("consent:give", consent.id, firm_id=firm_id, consent=kind.value, cluster=_text(cluster_id))
    return consent


def withdraw_consent(firm_id: UUID, kind: ConsentKind, cluster_id: UUID | None = None) -> None:
    """Withdraw, with effect at once; harmless where there is none. Storage ends only by deleting the firm."""
    if kind is ConsentKind.STORAGE:
        raise InputError(N_("Without storing your answers there is nothing to show. You can delete the firm instead."))
    get_firm(firm_id)
    _tell_groups(firm_id, kind, given=False)
    for consent in list_open_consents(firm_id, kind, cluster_id):
        consent.withdrawn_at, consent.withdrawn_by = now(), current_scope().user_id
        if kind is ConsentKind.NAMED_RESULTS:
            request_job(CLEAR, cluster_id)
        audit.record("consent:withdraw", consent.id, firm_id=firm_id, consent=kind.value, cluster=_text(cluster_id))


def _tell_groups(firm_id: UUID, kind: ConsentKind, *, given: bool) -> None:
    """What follows for figures of groups: averages begin or end to count the firm, names hide it or no longer."""
    if kind is ConsentKind.STATISTICS:
        count_in_benchmarks(firm_id, wanted=given)
    releases.request_blocks(firm_id)


def _text(cluster_id: UUID | None) -> str | None:
    return None if cluster_id is None else str(cluster_id)
