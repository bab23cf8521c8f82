"""What can be said of a cluster, in words: the sentences that its report opens with and its chapters answer by."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from babel.support import NullTranslations

from app.reports import document as d
from app.reports.cluster_case import ClusterCase
from app.reports.wording import DIMENSIONS, N_, Words
from scoring.chain import requirements
from scoring.cohort import Cell, Figure
from scoring.content.catalogue import Catalogue

LEVELS = range(5)
SIZES = {
    "": N_("size not known"), "1": N_("under 20 people"), "20": N_("20 to 99 people"), "100": N_("100 to 299 people"),
    "300": N_("300 people or more"),
}  # fmt: skip


class Findings:
    """The case in one language. Where there is nothing to say, an answer is empty."""

    def __init__(self, case: ClusterCase, language: str, texts: NullTranslations) -> None:
        self.case, self.language, self.texts = case, language, texts
        self.w = Words(language, texts, case.catalogues["general"])
        self.say = self.w.say
        whole = case.figures.get(())
        self.whole = whole if whole is not None and whole.means else None

    def levels(self) -> d.LevelsChart:
        counts = Counter(firm.level for firm in self.case.done)
        edition = self.w.catalogue.edition
        return d.LevelsChart(tuple((self.w.of(edition.level_name(n)), counts[n]) for n in LEVELS))

    def trade(self, sector: str) -> str:
        catalogue = self.case.catalogues.get(sector)
        return sector if catalogue is None else self.w.of(catalogue.sector.title)

    def standing(self) -> tuple[str, list[str]]:
        say, w, done = self.say, self.w, self.case.done
        if not done:
            return say("No firm that shows its name has a result yet."), []
        level, number = Counter(firm.level for firm in done).most_common(1)[0]
        assert level is not None
        answer = say("{n} of {of} named firms stand at level {level}.", n=number, of=len(done), level=level)
        lines = []
        if self.whole is not None and "score" in self.whole.means:
            lines.append(
                w.sentence(self._mean("score", N_("Mean score {mean} of 100, over {n} firms.")), self._middle())
            )
        return answer, lines

    def _mean(self, name: str, message: str) -> str:
        assert self.whole is not None
        return self.say(message, mean=self.w.number(self.whole.means[name]), n=self.whole.numbers[name])

    def _middle(self) -> str:
        quartiles = None if self.whole is None else self.whole.quartiles.get("score")
        if quartiles is None:
            return ""
        low, _, high = map(self.w.number, quartiles)
        return self.say("The middle half of them lies between {low} and {high}.", low=low, high=high)

    def gates(self) -> list[tuple[str, int]]:
        """Kinds of gates with the number of named firms that miss them, most first."""
        short = [firm.missing for firm in self.case.done if firm.missing is not None]
        counts = {
            "score": sum(Decimal(score) > 0 for score, _, _ in short),
            "scenes": sum(scenes > 0 for _, scenes, _ in short),
            "starred": sum(starred > 0 for _, _, starred in short),
        }
        return sorted(counts.items(), key=lambda pair: -pair[1])

    def blocking(self) -> tuple[str, list[str]]:
        gates = self.gates()
        if not self.case.done or not gates[0][1]:
            return "", []
        say, w, of = self.say, self.w, len(self.case.done)
        first = {
            "score": N_("Too low a score, at {n} of {of} named firms."),
            "scenes": N_("Too few scenes, at {n} of {of} named firms."),
            "starred": N_("Too few starred scenes, at {n} of {of} named firms."),
        }
        lines = []
        low = self.weakest_scenes()[:3]
        if low:
            lines.append(say("The scenes furthest behind: {names}.", names=w.listed([name for name, _ in low])))
        return say(first[gates[0][0]], n=gates[0][1], of=of), lines

    def movement(self) -> tuple[str, list[str]]:
        say, w, change = self.say, self.w, self.case.change
        if not change.same or change.score is None:
            return say("No named firm has two rounds yet, so there is no change to tell."), []
        answer = w.count(
            "{n} firm has two rounds: {up} up a level, {down} down.",
            "{n} firms have two rounds: {up} up a level, {down} down.",
            change.same,
            up=change.up,
            down=change.down,
        )
        before, after = change.score
        line = say(
            "Their mean score went from {before} to {after}. Only these firms are compared; {once} with one round "
            "and {never} without any are in no figure of it.",
            before=one_decimal(before),
            after=one_decimal(after),
            once=change.once,
            never=change.never,
        )
        return answer, [line]

    def dimensions(self) -> list[tuple[str, Decimal, int]]:
        """(title, mean, number of firms), best first."""
        if self.whole is None:
            return []
        found = [
            (name, self.whole.means[name], self.whole.numbers[name]) for name in DIMENSIONS if name in self.whole.means
        ]
        return [(self.say(DIMENSIONS[name]), mean, n) for name, mean, n in sorted(found, key=lambda one: -one[1])]

    def shape(self) -> tuple[str, list[str]]:
        found = self.dimensions()
        if len(found) < 4 or found[0][1] == found[-1][1]:
            return "", []
        names = [title for title, _, _ in found]
        say, w = self.say, self.w
        answer = say("Strongest: {best}. Weakest: {worst}.", best=w.listed(names[:2]), worst=w.listed(names[-2:][::-1]))
        return answer, []

    def weakest_scenes(self) -> list[tuple[str, Decimal]]:
        figure = self.case.scenes.get(())
        if figure is None:
            return []
        questions = self.w.catalogue.questions
        found = [(scene, figure.means[scene]) for scene in self.w.catalogue.edition.scenes if scene in figure.means]
        return [(self.w.of(questions[s].title), mean) for s, mean in sorted(found, key=lambda one: one[1])]

    def cell_name(self, cell: Cell) -> str:
        """A group in words."""
        if not cell:
            return self.say("All firms")
        parts = [self.trade(cell[0]), *(self.say(SIZES.get(b, b)) for b in cell[1:2]), *(t or "–" for t in cell[2:])]
        return " · ".join(self.w.plain(part) for part in parts)

    def lacking(self) -> list[tuple[Catalogue, Figure]]:
        """The trades with a chain leader of which something may be said."""
        found = []
        for sector, catalogue in self.case.catalogues.items():
            figure = self.case.scenes.get((sector,))
            if figure is not None and catalogue.chain and "chain" in figure.means:
                found.append((catalogue, figure))
        return found

    def ready(self) -> tuple[str, list[str]]:
        found = self.lacking()
        if not found:
            return "", []
        catalogue, figure = min(found, key=lambda one: one[1].means["chain"])
        say, w = self.say, self.w
        answer = say("On average a supplier meets {share} % of what is asked.", share=w.number(figure.means["chain"]))
        if len(found) > 1:
            answer = w.pair(w.of(catalogue.sector.title), answer)
        wanted = requirements(catalogue, figure.means)[:2]
        names = dict.fromkeys(Words(self.language, self.texts, catalogue).topic(r.topic) for r in wanted)
        return answer, [say("Most lack: {names}.", names=w.listed(names))] if names else []


def one_decimal(value: Decimal | float) -> str:
    """A figure with one decimal."""
    return f"{value:.1f}"


def signed(value: Decimal | float) -> str:
    """A change with its sign; "0.0" without one."""
    text = f"{abs(value):.1f}"
    return text if text == "0.0" else ("+" if value > 0 else "−") + text
