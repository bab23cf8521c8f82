"""From a stored result to the finished document: every word, number and order of the report is settled here.

The result is read, never recomputed: page, report and command line say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from babel.support import NullTranslations

from app.reports import annex, records, remedies, standing
from app.reports import document as d
from app.reports import summary as opening
from app.reports.wording import Words
from scoring.answers import Document as Answers
from scoring.answers import read
from scoring.content.catalogue import Catalogue

LONGEST = 400  # characters of evidence or remark that are printed; a cell must fit on a page
MOST_FILES = 5


@dataclass(frozen=True, slots=True)
class Verified:
    """What a consultant found on site; stands beside the claims and never replaces them."""

    by: str
    on: date
    level: int
    score: str
    scenes: int
    starred: int


@dataclass(frozen=True, slots=True)
class Issue:
    """What the report says of itself: when, for whom, how it can be checked.

    `notes` are remarks by question, `attachments` file names by question.
    """

    on: date
    town: str = ""
    code: str = ""
    verify_url: str = ""
    verified: Verified | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    attachments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """All that the chapters are written from."""

    result: Mapping[str, Any]
    raw: Mapping[str, Any]
    answers: Answers
    catalogue: Catalogue
    words: Words
    issue: Issue

    @property
    def level(self) -> int:
        """The official level as claimed."""
        return int(self.result["official"]["level"])

    @property
    def target(self) -> int | None:
        """The next level, or None at the top."""
        return self.level + 1 if self.level < len(self.catalogue.edition.gates) else None

    def evidence(self, item: str) -> str | None:
        """Evidence text of an answer: None where none was asked, "" where asked and not given."""
        answer = self.answers.answers.get(item)
        return None if answer is None or answer.evidence is None else self.words.brief(answer.evidence, LONGEST)

    def attached(self, item: str) -> list[str]:
        """Names of the files given with an answer, the first few of them."""
        names = self.issue.attachments.get(item, ())
        shown = [self.words.brief(name, LONGEST // 5) for name in names[:MOST_FILES]]
        rest = len(names) - len(shown)
        return shown + ([self.words.count("one more", "{n} more", rest)] if rest else [])


def assemble(
    result: Mapping[str, Any],
    raw: Mapping[str, Any],
    catalogue: Catalogue,
    language: str,
    texts: NullTranslations,
    issue: Issue,
) -> d.Document:
    """The report of one firm in one language ("zh" or "en").

    `result` is what the engine gave for the answers document `raw` with this catalogue. Raises AnswerError
    where `raw` does not fit the catalogue.
    """
    words = Words(language, texts, catalogue)
    case = Case(result, raw, read(raw, catalogue), catalogue, words, issue)
    say = words.say
    sections = [
        opening.summary(case),
        standing.gates(case),
        standing.score(case),
        standing.scenes(case),
        standing.profile(case),
        remedies.sector(case),
        remedies.duties(case),
        remedies.steps(case),
        remedies.left_out(case),
        records.evidence(case),
        records.checks(case),
        records.method(case),
        annex.answers(case),
        annex.plan(case),
    ]
    sections.append(annex.sources(case))
    firm = opening.firm_name(case)
    footer = say("Self-assessment aligned with the index, not the official determination")
    return d.Document(
        language=language,
        title=say("Digital maturity report: {firm}", firm=firm),
        subject=words.of(catalogue.edition.title),
        author=say("Guangdong SME digital self-assessment"),
        header=firm if not issue.code else f"{firm}　{issue.code}" if language == "zh" else f"{firm}, {issue.code}",
        footer=footer if not issue.demo else words.sentence(say("Demo data."), footer),
        page_label=say("Page {page} of {pages}"),
        cover=opening.cover(case),
        sections=tuple(s for s in sections if s is not None),
    )
