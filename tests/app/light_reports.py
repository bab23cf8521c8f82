"""Reports of a few bytes, for tests of what is done with many: drawing them is tested elsewhere."""

from __future__ import annotations

from uuid import UUID

from app.files import put_file
from app.jobs.context import JobContext, Store
from app.queries.reports import get_report
from app.services.reports import file_key, mark_ready


def build(context: JobContext) -> Store:
    """In the place of the task `reports.build`."""
    report_id, data = UUID(context.subject), f"%PDF {context.subject} %%EOF".encode()
    key = file_key(report_id)
    put_file(key, data)
    return lambda: mark_ready(report_id, key, data, get_report(report_id).mark)
