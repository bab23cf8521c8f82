"""From a stored result to the finished document: every word, number and order of the report is settled here.

The result is read, never recomputed: page, report and command line say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel.support import NullTranslations

from app import traditional
from app.reports import advice, annex, records, remedies, standing
from app.reports import document as d
from app.reports import summary as opening
from app.reports.case import Case, Issue
from app.reports.chain import chain
from app.reports.onsite import counted, found_on_site, settled
from app.reports.roadmap import roadmap
from app.reports.wording import Words
from scoring.answers import read
from scoring.content.catalogue import Catalogue

_TAGS = {"zh": "zh-CN", traditional.CODE: traditional.TAG, "en": "en"}


def assemble(
    result: Mapping[str, Any],
    raw: Mapping[str, Any],
    catalogue: Catalogue,
    language: str,
    texts: NullTranslations,
    issue: Issue,
) -> d.Document:
    """The report of one firm in one language ("zh", "zh-Hant" or "en").

    `result` is what the engine gave for the answers document `raw` with this catalogue. Raises AnswerError
    where `raw` does not fit the catalogue. Both are the firm's claims; where `issue.verified` is the main thing, the
    chapters rest on what was found on site, and the claims stand beside it.
    """
    words = Words(language, texts, catalogue)
    say, claimed, claims = words.say, result, read(raw, catalogue)
    if issue.verified is not None and issue.verified.main:
        result, raw = settled(issue.verified.payload, catalogue.edition), counted(raw, issue.verified, catalogue, words)
    case = Case(result, raw, read(raw, catalogue), catalogue, words, issue, claimed, claims)
    sections = [
        opening.summary(case),
        advice.diagnosis(case),
        found_on_site(case),
        standing.gates(case),
        standing.score(case),
        standing.scenes(case),
        standing.profile(case),
        remedies.sector(case),
        chain(case),
        remedies.duties(case),
        remedies.steps(case),
        remedies.left_out(case),
        roadmap(case),
        advice.agreed(case),
        advice.since(case),
        records.evidence(case),
        records.checks(case),
        records.method(case),
        annex.answers(case),
        annex.plan(case),
    ]
    sections.append(annex.sources(case))
    firm = opening.firm_name(case)
    footer = (
        say("Verified on site against the index, not the official determination")
        if case.on_site
        else say("Self-assessment aligned with the index, not the official determination")
    )
    return d.Document(
        language=words.language,
        tag=_TAGS[language],
        title=say("Digital maturity report: {firm}", firm=firm),
        subject=words.of(catalogue.edition.title),
        author=say("Guangdong SME digital self-assessment"),
        header=words.header(firm, issue.code),
        footer=footer if not issue.demo else words.sentence(say("Demo data."), footer),
        page_label=say("Page {page} of {pages}"),
        cover=opening.cover(case),
        sections=tuple(s for s in sections if s is not None),
    )


__all__ = ["Issue", "assemble"]
