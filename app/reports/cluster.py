"""The report on a cluster: state, change, strengths and bottlenecks, readiness for a chain leader, the joint
programme, the firms by name.

It holds nothing that its reader may not see on the site: figures come released (`scoring.cohort.release`), firms only
with their consent to be named, and single answers not at all.
"""

from __future__ import annotations

from decimal import Decimal

from babel.support import NullTranslations

from app import traditional
from app.reports import document as d
from app.reports.cluster_case import Change, ClusterCase, Firm, Joint
from app.reports.cluster_findings import one_decimal, signed
from app.reports.cluster_joint import JointChapter
from app.reports.wording import DIMENSIONS, N_, Words
from scoring.chain import Provision, provisions, requirements
from scoring.cohort import NEED, NEED_FOR_QUARTILES, Figure

MOST_PROVISIONS = 6
TAGS = {"zh": "zh-CN", traditional.CODE: traditional.TAG, "en": "en"}
GATES = {"score": N_("Score too low"), "scenes": N_("Too few scenes"), "starred": N_("Too few starred scenes")}


def assemble_cluster(case: ClusterCase, language: str, texts: NullTranslations) -> d.Document:
    """The report of a cluster in one language ("zh", "zh-Hant" or "en")."""
    return _Writer(case, language, texts).document()


class _Writer(JointChapter):
    def document(self) -> d.Document:
        say, case = self.say, self.case
        name = self.w.plain(case.name)
        footer = say("Self-assessments aligned with the index, not official determinations")
        sections = [
            self.summary(), self.state(), self.changed(), self.sides(), self.chain(), self.joint(), self.list_firms(),
            self.method(),
        ]  # fmt: skip
        return d.Document(
            language=self.w.language,
            tag=TAGS[self.language],
            title=say("Cluster report: {name}", name=name),
            subject=self.w.of(self.w.catalogue.edition.title),
            author=say("Guangdong SME digital self-assessment"),
            header=name,
            footer=self.w.sentence(say("Demo data."), footer) if case.demo else footer,
            page_label=say("Page {page} of {pages}"),
            cover=self.cover(),
            sections=tuple(section for section in sections if section is not None),
        )

    # --- cover

    def cover(self) -> d.Cover:
        say, case, w = self.say, self.case, self.w
        place = w.listed([self.trade(case.sector) if case.sector else "", w.plain(case.town)])
        mean = None if self.whole is None else self.whole.means.get("score")
        plate = [
            (say("Firms that have joined"), str(case.members), say("firms")),
            (say("Of them by name"), str(case.named), say("firms")),
            (say("Named firms with a result"), str(len(case.done)), say("firms")),
            (say("Mean score"), "–" if mean is None else w.number(mean), self._of_whom()),
        ]
        return d.Cover(
            kicker=say("Guangdong SME digital self-assessment"),
            title=say("Cluster report"),
            firm=w.plain(case.name),
            line=w.listed([place, w.day(case.on)])
            if w.language == "zh"
            else ", ".join(filter(None, [place, w.day(case.on)])),
            plate_title=say("The cluster on {day}", day=w.day(case.on)),
            plate_tag=say("self-assessed"),
            plate=tuple(plate),
            ladder=self.levels(),
            remark=say(
                "The columns show the named firms by level. Every result is a self-assessment aligned with the "
                "national index; none is an official determination. Firms that did not agree to be named stand in "
                "averages only, in groups of at least {need}.",
                need=NEED,
            ),
            contents_title=say("Contents"),
            demo=say("Demo data") if case.demo else "",
        )

    def _of_whom(self) -> str:
        figure = self.whole
        return self.say("too few firms") if figure is None else self.say("of 100, {n} firms", n=figure.number)

    # --- summary

    def summary(self) -> d.Section:
        say = self.say
        answers = [
            (say("Where do the firms stand?"), *self.standing()),
            (say("What holds most of them back?"), *self.blocking()),
            (say("What has changed?"), *self.movement()),
            (say("Strong and weak sides?"), *self.shape()),
            (say("Would a chain leader order?"), *self.ready()),
            (say("What could be done together?"), *self.together()),
        ]
        blocks = tuple(
            d.Question(question, answer, tuple(d.Para(line) for line in lines))
            for question, answer, lines in answers
            if answer
        )
        return d.Section("summary", say("On one page"), "", blocks)

    # --- state

    def state(self) -> d.Section:
        say, case = self.say, self.case
        answer, lines = self.standing()
        blocks: list[d.Block] = [d.Answer(answer), *map(d.Para, lines)]
        if case.done:
            of = len(case.done)
            blocks += [
                d.Figure(self.levels(), say("Named firms by level")),
                d.Heading(say("What separates them from the next level")),
                d.Table(
                    (say("Gate"), say("Named firms"), ""),
                    tuple((say(GATES[kind]), str(n), d.Bar(n, of)) for kind, n in self.gates()),
                    (0.4, 0.2, 0.4),
                    "lrl",
                ),
                d.Note(say("A firm may miss several gates at once.")),
            ]
        rows = self._groups()
        if rows:
            blocks += [
                d.Heading(say("Groups")),
                d.Table(
                    (say("Group"), say("Firms"), say("Score"), say("Middle half"), say("Index"), say("Evidence")),
                    rows,
                    (0.44, 0.1, 0.11, 0.15, 0.1, 0.1),
                    "lrrrrr",
                ),
                d.Note(
                    say(
                        "Groups are fixed: trade, size, town. What would give away fewer than {need} firms without a "
                        "name is left out.",
                        need=NEED,
                    )
                ),
            ]
        return d.Section("state", say("How the cluster stands"), say("Where do the firms stand?"), tuple(blocks))

    def _groups(self) -> tuple[tuple[d.Cell, ...], ...]:
        rows = []
        for cell, figure in self.case.figures.items():
            if (
                not figure.means
                or (cell and figure.number < NEED)
                or len(cell) > 1
                and self.case.figures.get(cell[:-1]) == figure
            ):
                continue
            quartiles = figure.quartiles.get("score")
            rows.append(
                (
                    d.Lines((d.Span(self.cell_name(cell), "strong" if len(cell) < 2 else ""),)),
                    str(figure.number),
                    *(self._mean_of(figure, "score"),),
                    "–" if quartiles is None else f"{quartiles[0]:.0f}–{quartiles[2]:.0f}",
                    self._mean_of(figure, "index"),
                    self._mean_of(figure, "evidence", " %"),
                )
            )
        return tuple(rows)

    def _mean_of(self, figure: Figure, name: str, unit: str = "") -> str:
        mean = figure.means.get(name)
        return "–" if mean is None else f"{self.w.number(mean)}{unit}"

    # --- change

    def changed(self) -> d.Section | None:
        say, change = self.say, self.case.change
        if not change.same:
            return None
        answer, lines = self.movement()
        rows = [
            (say(DIMENSIONS[name]), str(n), one_decimal(before), one_decimal(after), signed(after - before))
            for name, (before, after, n) in change.dimensions.items()
        ]
        rows.sort(key=lambda row: -float(row[4].replace("−", "-")))
        head = (say("Dimension"), say("Firms"), say("Before"), say("Now"), say("Change"))
        blocks: list[d.Block] = [d.Answer(answer), *map(d.Para, lines)]
        if rows:
            note = say("Means of the same firms in both rounds; a dimension counts only firms that have it in both.")
            blocks += [d.Table(head, tuple(rows), (0.4, 0.15, 0.15, 0.15, 0.15), "lrrrr"), d.Note(note)]
        return d.Section("change", say("Change since the round before"), say("What has changed?"), tuple(blocks))

    # --- strengths and bottlenecks

    def sides(self) -> d.Section | None:
        say = self.say
        dimensions, scenes = self.dimensions(), self.weakest_scenes()
        if not dimensions and not scenes:
            return None
        answer, _ = self.shape()
        blocks: list[d.Block] = [d.Answer(answer)] if answer else []
        if dimensions:
            blocks += [
                d.Heading(say("Dimensions")),
                d.Table(
                    (say("Dimension"), say("Mean"), "", say("Firms")),
                    tuple(
                        (title, self.w.number(mean), d.Bar(float(mean), 100), str(n)) for title, mean, n in dimensions
                    ),
                    (0.34, 0.12, 0.42, 0.12),
                    "lrlr",
                    dense=True,
                ),
            ]
        if scenes:
            figure = self.case.scenes[()]
            blocks += [
                d.Heading(say("Scenes, the furthest behind first")),
                d.Note(
                    say(
                        "Mean level in percent of level 4, of {n} firms that agreed to averages. Scenes are answers, "
                        "so they are shown of groups only, never of one firm.",
                        n=figure.number,
                    )
                ),
                d.Table(
                    (say("Scene"), say("Mean"), ""),
                    tuple((title, self.w.number(mean), d.Bar(float(mean), 100)) for title, mean in scenes),
                    (0.34, 0.12, 0.54),
                    "lrl",
                    dense=True,
                ),
            ]
        return d.Section("sides", say("Strengths and bottlenecks"), say("Strong and weak sides?"), tuple(blocks))

    # --- chain

    def chain(self) -> d.Section | None:
        found = self.lacking()
        if not found:
            return None
        say = self.say
        blocks: list[d.Block] = []
        for catalogue, figure in found:
            w = Words(self.language, self.texts, catalogue)
            share = w.number(figure.means["chain"])
            if len(found) > 1:
                blocks.append(d.Heading(w.of(catalogue.sector.title)))
            blocks.append(
                d.Answer(say("{n} suppliers meet {share} % of what is asked on average.", n=figure.number, share=share))
            )
            asked = requirements(catalogue, figure.means)
            rows = tuple(
                (
                    d.Lines((d.Span(w.topic(r.topic), "strong"), d.Span(w.of(r.text)))),
                    f"{w.number(100 - r.met)} %",
                    d.Bar(float(100 - r.met), 100),
                )
                for r in asked
            )
            head = (say("What the chain leader wants to see"), say("Lack it"), "")
            blocks.append(d.Table(head, rows, (0.6, 0.12, 0.28), "lrl"))
            offers = provisions(catalogue, asked)[:MOST_PROVISIONS]
            if offers:
                blocks += [
                    d.Heading(say("What the leader could provide")),
                    d.Table(
                        (say("Solution"), say("Helps with"), say("A firm, first year")),
                        tuple(self._offer(w, offer) for offer in offers),
                        (0.4, 0.34, 0.26),
                        "llr",
                    ),
                    d.Note(say("Cheapest first, for a firm of the trade's usual size; estimates, not quotations.")),
                ]
        return d.Section(
            "chain",
            say("Ready for a chain leader's order"),
            say("Would a chain leader order?"),
            tuple(blocks),
        )

    def _offer(self, w: Words, offer: Provision) -> tuple[d.Cell, ...]:
        names = dict.fromkeys(w.topic(topic) for topic in offer.topics)
        return w.of(offer.solution.title), w.listed(names), w.money(offer.first_year)

    # --- firms

    def list_firms(self) -> d.Section | None:
        say, w = self.say, self.w
        if not self.case.firms:
            return None
        several = len({firm.sector for firm in self.case.firms}) > 1
        ordered = sorted(
            self.case.firms, key=lambda f: (-1 if f.level is None else f.level, f.score or Decimal(0)), reverse=True
        )
        rows = []
        for firm in ordered:
            facts = w.listed([self.trade(firm.sector) if several else "", w.plain(firm.town)])
            rows.append(
                (
                    d.Lines((d.Span(w.plain(firm.name)), d.Span(facts, "quiet"))),
                    d.Level(firm.level, say("not submitted yet")),
                    "–" if firm.score is None else one_decimal(firm.score),
                    "–" if firm.change is None else signed(firm.change),
                    self._missing(firm),
                    "–" if firm.evidence is None else f"{firm.evidence:.0f} %",
                )
            )
        head = (say("Firm"), say("Level"), say("Score"), say("Change"), say("Still missing"), say("Evidence"))
        blocks = (
            d.Para(
                say("Only firms that agreed to be named by this cluster's coordinators; no single answer is shown.")
            ),
            d.Table(head, tuple(rows), (0.30, 0.15, 0.08, 0.1, 0.28, 0.09), "llrrlr", dense=True),
        )
        return d.Section("firms", say("The firms by name"), say("Who stands where?"), blocks)

    def _missing(self, firm: Firm) -> str:
        if firm.level is None:
            return "–"
        if firm.missing is None:
            return self.say("highest level")
        score, scenes, starred = firm.missing
        parts = [self.say("{points} points", points=score)] if Decimal(score) > 0 else []
        parts += [self.w.count("{n} scene", "{n} scenes", scenes)] if scenes else []
        parts += [self.w.count("{n} starred scene", "{n} starred scenes", starred)] if starred else []
        return self.w.listed(parts)

    # --- method

    def method(self) -> d.Section:
        say, case = self.say, self.case
        items: tuple[d.Rich, ...] = (
            say(
                "Each firm assessed itself. Its result was computed once, when it submitted, and is shown here as it "
                "was stored; the newest one counts."
            ),
            say(
                "{members} firms have joined; {named} of them agreed that the coordinators see name, trade, town, "
                "size, level, score, dimensions, share of evidence and date.",
                members=case.members,
                named=case.named,
            ),
            say(
                "The other firms stand in averages only, and only those that agreed to that. They enter in fixed "
                "groups of {need}, put together once, whole or not at all, so that no figure, and no difference of "
                "two, gives one of them away. Quartiles need {more} such firms. Highest and lowest values are never "
                "given.",
                need=NEED,
                more=NEED_FOR_QUARTILES,
            ),
            say("Where firms without a name are in a mean it is given in whole points."),
            say(
                "Scenes and what a chain leader asks for are answers. They are shown of groups only, also for firms "
                "that show their name."
            ),
            say("A change is of the same firms in both rounds, so newcomers and leavers do not make one."),
        )  # fmt: skip
        head = say("How these figures come about")
        return d.Section("method", say("Method and limits"), head, (d.Bullets(items),))


__all__ = ["Change", "ClusterCase", "Firm", "Joint", "assemble_cluster"]
