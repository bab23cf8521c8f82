"""The self-checks beside the main questionnaire: what an author writes (`selfchecks/<check>/v1/check.yaml`), and its
loader.

A check is one file and needs no other: a finished run pins the version of its check and reads the same years later.
Its questions have three anchors (0 no, 1 partly, 2 in place) and one measure each; `feeds` say which answers of the
main questionnaire follow from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from scoring.conditions import ConditionError, parse
from scoring.content import loader
from scoring.content.catalogue import Catalogue
from scoring.content.checks import language_faults
from scoring.content.model import STRICT, Duty, Fact, Id, Line, Text
from scoring.errors import ContentError, Fault

FOLDER = "selfchecks"
FILE = "check.yaml"
MOST = 2
EFFORTS = ("hours", "days", "weeks")
BANDS = 3
PAGE = (3, 6)

Month = Annotated[str, Field(pattern=r"^20\d\d-\d\d$")]
Yuan = Annotated[int, Field(ge=0, le=1_000_000)]
Reference = Annotated[str, Field(pattern=r"^[A-Z0-9]+(:[A-Z0-9,-]+)?$")]


@dataclass(frozen=True, slots=True, config=STRICT)
class Measure:
    """What puts a question in place: in plain words, how long it takes (an afternoon, a week, a quarter), and the
    price in yuan for a plant of usual size."""

    title: Text
    text: Text
    effort: Literal["hours", "days", "weeks"]
    low: Yuan
    high: Yuan
    date: Month
    status: Literal["published", "vendor-stated", "estimate"] = "estimate"


@dataclass(frozen=True, slots=True, config=STRICT)
class CheckQuestion:
    """One question. `weight` is the risk of leaving it open, 1 to 5; `basis` are sources as ID or ID:clauses.

    `asked_if` switches it by the check's own facts; `na` says when "does not apply" is a right answer.
    """

    id: Id
    title: Text
    text: Text
    why: Text
    anchors: tuple[Text, Text, Text]
    evidence: Text
    weight: Annotated[int, Field(ge=1, le=5)]
    measure: Measure
    basis: tuple[Reference, ...]
    hint: Text | None = None
    na: Text | None = None
    asked_if: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class CheckSection:
    """A page of the check, with the part of a standard that it follows."""

    id: Id
    title: Text
    questions: tuple[Id, ...]
    basis: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class Band:
    """A range of the share in place, in words: from `from` per cent on, where all `needs` hold, else the band below."""

    title: Text
    text: Text
    start: Annotated[int, Field(ge=0, le=100, alias="from")]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class Feed:
    """What the main questionnaire may take over where all of `if` hold, or `at_least` so many of them: `add` a tick,
    `to` a level (a ladder: each rung needs those below), or `option` of a single choice."""

    given: tuple[str, ...] = Field(alias="if")
    add: Id | None = None
    to: Annotated[int, Field(ge=1, le=4)] | None = None
    option: Id | None = None
    at_least: Annotated[int, Field(ge=1)] | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class Move:
    """Something that can move to the cloud once `needs` hold; the answer to `question` says where it runs today.

    Lower `order` moves first.
    """

    id: Id
    order: int
    title: Text
    question: Id
    needs: tuple[str, ...]
    why: Text
    low: Yuan
    high: Yuan
    date: Month


@dataclass(frozen=True, slots=True, config=STRICT)
class Keep:
    """Something that stays in the plant, for good or until `may_if` holds."""

    id: Id
    title: Text
    why: Text
    may_if: tuple[str, ...] = ()
    asked_if: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class CheckSource:
    """What a check rests on. `short` stands before the clause: "OT guideline, item 12"."""

    id: Annotated[str, Field(pattern=r"^[A-Z0-9]+$")]
    grade: Literal["A", "B", "C"]
    short: Text
    title: Text
    address: Line
    date: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class SelfCheck:
    """A whole check. `raise_only` are questions of the main questionnaire about which it knows a part only, so that
    it may raise their answer and never doubt it."""

    id: Id
    title: Text
    summary: Text
    who: Text
    minutes: Annotated[int, Field(ge=1, le=60)]
    sections: tuple[CheckSection, ...]
    questions: tuple[CheckQuestion, ...]
    bands: tuple[Band, ...]
    feeds: dict[Id, tuple[Feed, ...]]
    sources: tuple[CheckSource, ...]
    facts: tuple[Fact, ...] = ()
    duties: tuple[Duty, ...] = ()
    moves: tuple[Move, ...] = ()
    keeps: tuple[Keep, ...] = ()
    raise_only: tuple[Id, ...] = ()
    version: str = "1"

    def question(self, item: str) -> CheckQuestion:
        """One question. Raises KeyError."""
        return next((q for q in self.questions if q.id == item), None) or _missing(item)

    def section(self, section_id: str) -> CheckSection:
        """One page. Raises KeyError."""
        return next((s for s in self.sections if s.id == section_id), None) or _missing(section_id)


def _missing(name: str) -> Any:
    raise KeyError(name)


def list_checks(root: Path = loader.ROOT) -> list[str]:
    """Ids of the checks that have content, in the order they are offered."""
    folder = root / FOLDER
    known = [d.name for d in folder.iterdir() if d.is_dir()] if folder.is_dir() else []
    return sorted(known, key=lambda name: (name != "security", name))


def load_check(check_id: str, version: str | None = None, root: Path | None = None) -> SelfCheck:
    """A check, its newest version by default. Raises ContentError with every fault found, or KeyError."""
    return _cached(check_id, version, root or loader.ROOT)


@lru_cache(maxsize=32)
def _cached(check_id: str, version: str | None, root: Path) -> SelfCheck:
    return read_check(check_id, version, root)


def read_check(check_id: str, version: str | None, root: Path) -> SelfCheck:
    """As `load_check`, from the file as it is now."""
    if check_id not in list_checks(root):
        raise KeyError(check_id)
    folder = root / FOLDER / check_id
    there = {m[1]: int(m[1]) for d in folder.glob("v*") if (m := re.fullmatch(r"v([1-9]\d*)", d.name)) and d.is_dir()}
    wanted = version or max(there, key=there.__getitem__, default="1")
    place = f"{FOLDER}/{check_id}"
    if wanted not in there:
        raise ContentError([Fault(place, "", f"no version v{wanted}; put the file into a folder v{wanted}")])
    file = f"{place}/v{wanted}/{FILE}"
    faults: list[Fault] = []
    raw = loader.read_yaml(root / file, root, faults)
    if isinstance(raw, dict):
        if "version" in raw:
            faults.append(Fault(file, "version", "is the name of the folder; take it out"))
        raw["version"] = wanted
    check = None if faults else loader.validate(SelfCheck, raw, file, "", faults)
    if check is not None:
        faults += [Fault(file, where, message) for where, message in _References(check, check_id).run()]
    if faults or check is None:
        raise ContentError(faults)
    return check  # type: ignore[no-any-return]


class _References:
    """Collects (place, message) of what does not fit together inside one check."""

    def __init__(self, check: SelfCheck, folder: str) -> None:
        self.check, self.folder = check, folder
        self.questions = {q.id for q in check.questions}
        self.facts = {f.id for f in check.facts}
        self.sources = {s.id for s in check.sources}
        self.faults: list[tuple[str, str]] = []

    def fault(self, place: str, message: str) -> None:
        self.faults.append((place, message))

    def run(self) -> list[tuple[str, str]]:
        check = self.check
        if check.id != self.folder:
            self.fault("id", f"is {check.id}, but the folder is {self.folder}; make them the same")
        for kind, entries in (
            ("questions", check.questions), ("sections", check.sections), ("facts", check.facts),
            ("sources", check.sources), ("moves", check.moves), ("keeps", check.keeps), ("duties", check.duties),
        ):  # fmt: skip
            ids = [e.id for e in entries]
            for twice in sorted({i for i in ids if ids.count(i) > 1}):
                self.fault(kind, f"id {twice} stands twice; choose another")
        self.pages()
        for q in check.questions:
            self.question(q)
        for fact in check.facts:
            if fact.kind != "bool":
                self.fault(f"facts {fact.id}.kind", "a fact of a self-check is yes or no: bool")
        self.bands()
        for duty in check.duties:
            for case in duty.when:
                self.conditions(case, f"duties {duty.id}.when")
            self.cited(duty.source, f"duties {duty.id}.source")
        for move in check.moves:
            if move.question not in self.questions:
                self.fault(f"moves {move.id}.question", f"no question {move.question}")
            self.price(move.low, move.high, f"moves {move.id}")
            self.conditions(move.needs, f"moves {move.id}.needs")
        for keep in check.keeps:
            self.conditions(keep.may_if, f"keeps {keep.id}.may_if")
            self.conditions(keep.asked_if, f"keeps {keep.id}.asked_if", topics=False)
        self.feeds()
        for place, message in language_faults(check):
            self.fault(place, message)
        return self.faults

    def pages(self) -> None:
        asked = [i for s in self.check.sections for i in s.questions]
        for i in dict.fromkeys(asked):
            if i not in self.questions:
                self.fault("sections", f"no question {i}")
            if asked.count(i) > 1:
                self.fault("sections", f"{i} stands on two pages; keep one")
        for i in sorted(self.questions - set(asked)):
            self.fault("sections", f"{i} stands on no page")
        for s in self.check.sections:
            self.cited((b.split(":")[0] for b in s.basis), f"sections {s.id}.basis")
            if not PAGE[0] <= len(s.questions) <= PAGE[1]:
                self.fault(f"sections {s.id}", f"has {len(s.questions)} questions; {PAGE[0]} to {PAGE[1]} fit")

    def question(self, q: CheckQuestion) -> None:
        place = f"questions {q.id}"
        for language in ("zh", "en"):
            if len({a.get(language) for a in q.anchors}) < len(q.anchors):
                self.fault(f"{place}.anchors", "two anchors have the same text")
        self.price(q.measure.low, q.measure.high, f"{place}.measure")
        if not q.basis:
            self.fault(f"{place}.basis", "says on what it rests; name a source")
        self.cited((b.split(":")[0] for b in q.basis), f"{place}.basis")
        self.conditions(q.asked_if, f"{place}.asked_if", topics=False)

    def price(self, low: int, high: int, place: str) -> None:
        if low > high:
            self.fault(place, "the lower price stands first")

    def bands(self) -> None:
        starts = [b.start for b in self.check.bands]
        if len(starts) != BANDS or starts[0] != 0 or starts != sorted(set(starts)):
            self.fault(
                "bands", f"expects {BANDS} bands, the first from 0, each from a higher share than the one before"
            )
        for n, band in enumerate(self.check.bands):
            self.conditions(band.needs, f"bands[{n}].needs", facts=False)
        if self.check.bands and self.check.bands[0].needs:
            self.fault("bands[0].needs", "the lowest band needs nothing; take it out")

    def feeds(self) -> None:
        for item, feeds in self.check.feeds.items():
            kinds = {"add" if f.add else "to" if f.to else "option" if f.option else "" for f in feeds}
            if "" in kinds or len(kinds) != 1:
                self.fault(f"feeds.{item}", "each entry has one of add, to, option, and all have the same")
            rungs = [f.to for f in feeds if f.to]
            if rungs and rungs != list(range(1, len(rungs) + 1)):
                self.fault(f"feeds.{item}", "the levels form a ladder: 1, 2, 3 …")
            if "option" in kinds and item not in self.check.raise_only:
                self.fault(f"feeds.{item}", "a single choice is only ever raised; name it in raise_only")
            for n, feed in enumerate(feeds):
                self.conditions(feed.given, f"feeds.{item}[{n}].if")
                if feed.at_least and feed.at_least > len(feed.given):
                    self.fault(f"feeds.{item}[{n}].at_least", f"only {len(feed.given)} conditions stand there")
                if not any(parse(c).topics for c in feed.given if _reads(c)):
                    self.fault(f"feeds.{item}[{n}].if", "rests on no answer; name a question")
        for item in self.check.raise_only:
            if item not in self.check.feeds:
                self.fault("raise_only", f"nothing feeds {item}")

    def cited(self, sources: Iterable[str], place: str) -> None:
        for s in sources:
            if s not in self.sources:
                self.fault(place, f"no source {s}; add it below sources")

    def conditions(self, texts: Iterable[str], place: str, *, topics: bool = True, facts: bool = True) -> None:
        for text in texts:
            try:
                condition = parse(text)
            except ConditionError as error:
                self.fault(place, str(error))
                continue
            for name, _, value in condition.topics:
                if not topics:
                    self.fault(place, f"{text}: only facts may stand here")
                elif name not in self.questions:
                    self.fault(place, f"{text}: no question {name}")
                elif value > MOST:
                    self.fault(place, f"{text}: levels go from 0 to {MOST}")
            for name, operator, value in condition.facts:
                if not facts or name not in self.facts:
                    self.fault(place, f"{text}: no fact {name}")
                elif operator not in ("=", "!=") or not isinstance(value, bool):
                    self.fault(place, f"{text}: {name} is true or false")


def _reads(text: str) -> bool:
    try:
        parse(text)
    except ConditionError:
        return False
    return True


def fitting_feeds(check: SelfCheck, catalogue: Catalogue) -> Iterator[Fault]:
    """Feeds that name what the main questionnaire does not have, or what does not suit its kind of question."""
    file = f"{FOLDER}/{check.id}/v{check.version}/{FILE}"
    for item, feeds in check.feeds.items():
        question = catalogue.questions.get(item)
        if question is None or not catalogue.topics[question.topic].common:
            yield Fault(file, f"feeds.{item}", "is no common question of the main questionnaire")
            continue
        known = {o.id for o in question.options}
        for n, feed in enumerate(feeds):
            fits = {"multiple": feed.add, "level": feed.to, "single": feed.option}.get(question.kind)
            if fits is None:
                yield Fault(file, f"feeds.{item}[{n}]", f"does not suit a {question.kind} question")
            elif isinstance(fits, str) and fits not in known:
                yield Fault(file, f"feeds.{item}[{n}]", f"no option {fits}; known: {', '.join(sorted(known))}")
