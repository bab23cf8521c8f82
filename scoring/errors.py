"""What can be wrong with content and with answers, as data: where, what, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a content file: `file` relative to the content root, `place` in it, `message` with the remedy."""

    file: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.place}: {self.message}" if self.place else f"{self.file}: {self.message}"


class ContentError(Exception):
    """The content cannot be used; `faults` lists every reason found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of an answers document.

    `code` is one of unknown_item, bad_type, out_of_range, unknown_option, na_not_allowed, unknown_sector, malformed;
    `item` the place (a question id, `firm.sector`, `pains` …); `message` an English sentence with the remedy; `names`
    the ids that it speaks of, for pages that say it in their own words.
    """

    code: str
    item: str
    message: str
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        item = self.item if len(self.item) <= 80 else self.item[:80] + "…"
        return f"{item}: {self.message}" if item else self.message


class AnswerError(ValueError):
    """An answers document that cannot be scored; `problems` lists all that was found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class CannotStart(ValueError):
    """A solution that cannot start when its turn comes; `unmet` are the conditions that fail."""

    def __init__(self, solution: str, unmet: list[str], guard: str | None = None) -> None:
        rule = f" (guard rule {guard})" if guard else ""
        reason = f": not met: {', '.join(unmet)}" if unmet else ": it is never proposed"
        super().__init__(f"{solution} cannot start{rule}{reason}")
        self.solution, self.unmet, self.guard = solution, unmet, guard
