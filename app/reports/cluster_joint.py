"""The chapter on the joint programme of a cluster: what is bought, rented or run together, for how many firms, for what
money. Its figures are those that the page shows, as they were released when the programme was worked out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.reports import document as d
from app.reports.cluster_case import Joint
from app.reports.cluster_findings import Findings
from app.reports.wording import FORMS, N_

KINDS = {
    "rented": N_("rented together through a platform"),
    "bought": N_("bought together"),
    "shared": N_("shared manufacturing centre"),
    "taught": N_("one teacher for several firms"),
}


class JointChapter(Findings):
    """The chapter, and its sentence for the summary. Where nothing was worked out there is neither."""

    def together(self) -> tuple[str, list[str]]:
        """What the programme lifts for which money, and the solutions that most firms take part in."""
        joint = self.case.joint
        if joint is None:
            return "", []
        payload, first = joint.payload, joint.payload["programmes"][:3]
        if not sum(payload["lifted"]):
            if sum(payload["firms"]) == sum(payload["already"]):
                return self.say("All of these firms are there already."), []
            return self.say("Within this budget no firm can be lifted."), []
        names = self.w.listed(self.title(entry["solution"]) for entry in first)
        return self.finding(payload), [self.say("Together above all: {names}.", names=names)] if names else []

    def finding(self, payload: Mapping[str, Any]) -> str:
        """What the page of the programme has as its heading."""
        lifted, cost = sum(payload["lifted"]), self.yuan(payload["price"][1])
        if payload["target"] is None:
            return self.w.count(
                "{cost} lift {n} firm to its next level.", "{cost} lift {n} firms to their next level.", lifted,
                cost=cost,
            )  # fmt: skip
        return self.w.count(
            "{cost} lift {n} firm to level {level}.", "{cost} lift {n} firms to level {level}.", lifted,
            cost=cost, level=payload["target"],
        )  # fmt: skip

    def joint(self) -> d.Section | None:
        """The chapter."""
        joint, say = self.case.joint, self.say
        if joint is None:
            return None
        answer, _ = self.together()
        payload = joint.payload
        blocks: list[d.Block] = [d.Answer(answer), d.Para(self.w.sentence(self.ordered(joint), self.gap(payload)))]
        if sum(payload["lifted"]):
            blocks += [
                d.Heading(say("What it costs")),
                d.Table(("", say("Yuan, first year")), self.totals(payload), (0.72, 0.28), "lr"),
                d.Heading(say("What more or less money would do")),
                d.Table(
                    (say("Budget, yuan"), say("Firms lifted"), ""),
                    tuple(
                        (self.w.number(p["budget"]), str(p["lifted"]), d.Bar(p["lifted"], most))
                        for most in [max(1, *(p["lifted"] for p in payload["curve"]))]
                        for p in payload["curve"]
                    ),
                    (0.24, 0.16, 0.6),
                    "rrl",
                    dense=True,
                ),
            ]
        blocks += self.solutions(say("What is done together"), payload["programmes"])
        blocks += self.solutions(say("What each buys alone, to complete it"), payload["alone"])
        blocks += self.firms_lifted(joint)
        blocks += [d.Note(self.hidden(payload)), d.Note(say("Joint prices are estimates, to begin talking from."))]
        return d.Section("joint", say("Joint programme"), say("What could be done together?"), tuple(blocks))

    def ordered(self, joint: Joint) -> str:
        """What was asked for, and when it was worked out."""
        say, w = self.say, self.w
        who = say("all firms that agreed") if joint.everybody else say("firms that show their name")
        budget = say("no limit") if joint.budget is None else self.yuan(joint.budget)
        return say("Worked out on {day} for {who}; budget: {budget}.", day=w.day(joint.on), who=who, budget=budget)

    def gap(self, payload: Mapping[str, Any]) -> str:
        """How sure it is that nothing better exists."""
        if payload["more"] <= 0:
            return self.say("No other choice of programmes lifts more firms for this budget; that is proven.")
        return self.w.count(
            "Another choice could lift at most {n} more firm.", "Another choice could lift at most {n} more firms.",
            payload["more"],
        )  # fmt: skip

    def totals(self, payload: Mapping[str, Any]) -> tuple[tuple[d.Cell, ...], ...]:
        """The money in all, upper ends."""
        say, number = self.say, self.w.number
        (low, price), listed, lifted = payload["price"], payload["list"][1], sum(payload["lifted"])
        rows = [(say("Together, upper end"), price), (say("On average for each firm"), -(-price // lifted))]
        if listed > price:
            rows += [(say("Each buying alone"), listed), (say("Saved by buying together"), listed - price)]
        if payload["rest"][1]:
            rows.append((say("Of it, other needs of firms without a name, at list price"), payload["rest"][1]))
        rows.append((say("If prices come out at their lower end"), low))
        return tuple((label, number(value)) for label, value in rows)

    def solutions(self, heading: str, entries: list[Mapping[str, Any]]) -> list[d.Block]:
        """One row a solution."""
        say, number = self.say, self.w.number
        if not entries:
            return []
        rows = []
        for entry in entries:
            kind = say(KINDS[entry["kind"]] if entry["tier"] else FORMS[entry["form"]])
            firms = [d.Span(str(entry["number"]), "strong")]
            if entry["hidden"]:
                firms.append(d.Span(say("{n} without a name", n=entry["hidden"]), "quiet"))
            rows.append(
                (
                    d.Lines((d.Span(self.title(entry["solution"]), "strong"), d.Span(kind, "quiet"))),
                    d.Lines(tuple(firms)),
                    number(-(-entry["price"][1] // entry["number"])) if entry["number"] else "–",
                    number(entry["price"][1]),
                    self.tier(entry),
                )
            )
        head = (say("Solution"), say("Firms"), say("Each, yuan"), say("Together"), say("Joint price"))
        return [d.Heading(heading), d.Table(head, tuple(rows), (0.38, 0.14, 0.11, 0.12, 0.25), "llrrl", dense=True)]

    def tier(self, entry: Mapping[str, Any]) -> str:
        """The saving that is counted on, and from how many firms on."""
        tier = entry["tier"]
        if tier is None:
            return "–"
        low, high = tier["percent"]
        return self.say("from {n} firms: {low} to {high} % off", n=tier["firms"], low=low, high=high)

    def firms_lifted(self, joint: Joint) -> list[d.Block]:
        """The firms lifted that still show their name."""
        say, number = self.say, self.w.number
        rows = [
            (
                self.w.plain(joint.names[plan["key"]]),
                say("{low} to {high}", low=plan["from"], high=plan["level"]),
                number(plan["price"][1]),
                number(plan["days"]),
                str(len(plan["steps"])),
            )
            for plan in joint.payload["plans"]
            if plan["key"] in joint.names
        ]
        if not rows:
            return []
        head = (say("Firm"), say("Level"), say("Cost, yuan"), say("Days"), say("Steps"))
        return [
            d.Heading(say("Firms by name that it lifts")),
            d.Table(head, tuple(sorted(rows)), (0.48, 0.16, 0.16, 0.1, 0.1), "llrrr", dense=True),
            d.Note(say("What each of them would do in which order stands in the letter to the firm.")),
        ]

    def hidden(self, payload: Mapping[str, Any]) -> str:
        """Who is in the figures."""
        if not payload["firms"][1]:
            return self.say("Only firms that show their name are in these figures.")
        return self.say(
            "Firms without a name stand in fixed groups of five. A group is counted where all of its firms are lifted, "
            "or take part, and otherwise left out of every figure; so the true figures may be better than these, and "
            "the price may lie above the budget. The budgets above also pay for firms that are not counted."
        )

    def title(self, solution: str) -> str:
        """What a solution is called."""
        known = None if self.case.joint is None else self.case.joint.solutions.get(solution)
        return solution if known is None else self.w.of(known.title)

    def yuan(self, value: int) -> str:
        """Whole yuan, exactly as on the page."""
        return self.say("{value} yuan", value=self.w.number(value))
