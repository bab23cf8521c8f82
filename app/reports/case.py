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
class Found:
    """What was found for one item beside its claim (values of the contract), and what the firm says to it.

    `verdict` is agreed, up, down or not_seen, `reply` "", accepted or objected; `files` are names of photos.
    """

    item: str
    verdict: str
    value: Any = None
    note: str = ""
    reply: str = ""
    reply_text: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verified:
    """What a consultant found on site; stands beside the claims and never replaces them.

    `payload` is the engine's result of the verified answers. A report rests on it where `main`, else it only names it.
    """

    by: str
    on: date
    payload: Mapping[str, Any]
    findings: tuple[Found, ...] = ()
    remark: str = ""
    main: bool = True

    @property
    def level(self) -> int:
        """The verified level."""
        return int(self.payload["official"]["evidenced"]["level"])

    @property
    def score(self) -> str:
        """The verified score."""
        return str(self.payload["official"]["evidenced"]["score"])


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The words of a consultant, as he signed them: a summary, and findings by dimension."""

    by: str
    on: date
    summary: str
    findings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Action:
    """One agreed action. `state` is open, working, done or dropped; `solution` an id of the catalogue or ""."""

    text: str
    owner: str = ""
    due: date | None = None
    state: str = "open"
    since: date | None = None
    solution: str = ""


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of the firm's plan: days from its start on, price of the first year, how far it is."""

    solution: str
    start_day: int
    end_day: int
    price: tuple[int, int]
    state: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The route that the firm has made its plan, on this day; the level that it reaches."""

    on: date
    level: int
    steps: tuple[PlannedStep, ...]


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier round: its actions, and its results as claimed and, where it was verified, as verified."""

    number: int
    on: date
    claimed: Mapping[str, Any]
    verified: Mapping[str, Any] | None
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Issue:
    """What the report says of itself: when, for whom, how it can be checked.

    `notes` are remarks by question, `attachments` file names by question. `verified`, `diagnosis`, `actions`, `plan`
    and `earlier` are what a consultant and the firm have added since.
    """

    on: date
    town: str = ""
    code: str = ""
    verify_url: str = ""
    verified: Verified | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    attachments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    demo: bool = False
    diagnosis: Diagnosis | None = None
    actions: tuple[Action, ...] = ()
    plan: Plan | None = None
    earlier: Earlier | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """All that the chapters are written from. `claimed` is the result on the firm's own claims and `claims` their
    answers; where the report rests on what was found on site, `result` and `answers` are those of that."""

    result: Mapping[str, Any]
    raw: Mapping[str, Any]
    answers: Answers
    catalogue: Catalogue
    words: Words
    issue: Issue
    claimed: Mapping[str, Any]
    claims: Answers

    @property
    def on_site(self) -> Verified | None:
        """What the report rests on where that is not the firm's claims."""
        return self.issue.verified if self.issue.verified and self.issue.verified.main else None

    @property
    def level(self) -> int:
        """The official level that the report rests on: as claimed, or as verified."""
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
