"""What a report is written from: a stored result, the answers, the trade's content, and what is said of the issue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.reports.wording import Words
from scoring.answers import Document as Answers
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
