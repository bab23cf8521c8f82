"""The mixed-integer programme of a route: which solutions, so that the goal's gates hold.

One binary column for each solution. What the solutions bring about has columns that the rows bound from above: a level
of a topic, a tick, an option, the effect of a solution whose condition holds. All rows of a goal ask for "at least",
so at an optimum these columns stand as high as they may, which is where the simulation puts them.

The rows take every need as met by the final state. That accepts circles (two solutions, each raising what the other
needs), and circles of conditional effects; so what the solver chooses is put in order and simulated, and where some of
it stays blocked a row is added that only forbids the blocked ones without help from outside. This is exact, as effects
are monotone. Where the order holds but the simulation stays below the goal, the same is done with the effects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import ceil, inf

from scoring.answers import ANSWERED, NOT_APPLICABLE
from scoring.capability import ruled_level
from scoring.conditions import MISSING, NA
from scoring.content.catalogue import Topic
from scoring.content.model import Effect
from scoring.effects import MAX_CLIMB, SECURED, SYSTEMS
from scoring.quality import SYSTEM_STEPS, systems_option
from scoring.route.reach import Clause, Reach, reduced

Column = int | bool  # a column of the programme, or what is certain
Row = tuple[dict[int, int], float, float]  # coefficients, lower and upper bound


class Programme:
    """The rows for one firm; the goal adds its own. `x`: the columns of the solutions, which come first."""

    def __init__(self, reach: Reach) -> None:
        self.reach, self.catalogue = reach, reach.catalogue
        self.names = list(reach.plans)
        self.binary: list[bool] = []
        self.rows: list[Row] = []
        self._known: dict[tuple[object, ...], Column] = {}
        self._effects: dict[str, list[tuple[str, int, Effect]]] = {}
        self.x = {name: self._column(True) for name in self.names}
        for name, plan in reach.plans.items():
            for n, (item, effect, _) in enumerate(plan.raises):
                self._effects.setdefault(item, []).append((name, n, effect))
        self.opened = self._opened()
        for name in self.names:
            for clause in reach.clauses[name]:
                if not any(reach.opens and topic == SECURED for topic, _ in clause):
                    self.implies(self.x[name], clause, without=name)
            for other in reach.plans[name].solution.excludes:
                if other in self.x:
                    self.rows.append(({self.x[name]: 1, self.x[other]: 1}, -inf, 1))
        self.rows.append((dict.fromkeys(self.x.values(), 1), 1, inf))

    # what the solutions bring about

    def level(self, topic: str, to: int, without: str = "") -> Column:
        """Whether a topic stands at a level or above. `without`: as if that solution brought nothing."""
        start = self.reach.start.get(topic, MISSING)
        if start == NA:
            if topic != SECURED or not self.reach.opens:
                return True
            start = 0
        if without and not self._raised_by(topic, without):
            without = ""
        if max(start, 0 if to > 0 else MISSING) >= to:
            return True
        return self._once(("level", topic, to, without), lambda: self._level(topic, max(start, 0), max(to, 1), without))

    def tick(self, item: str, option: str, without: str = "") -> Column:
        """Whether an option of a multiple choice is ticked."""
        held = self.reach.document.answers.get(item)
        if self.reach.document.state(item) == NOT_APPLICABLE:
            return False
        if held is not None and held.state == ANSWERED and option in held.value:
            return True
        return self._once(
            ("tick", item, option, without),
            lambda: self._any([self._effect(n, i) for n, i, e in self._on(item, without) if option in e.add]),
        )

    def option(self, item: str, rank: int, without: str = "") -> Column:
        """Whether a single choice stands at the option of this rank or a later one."""
        if rank <= self._held_rank(item):
            return True
        return self._once(("option", item, rank, without), lambda: self._option(item, rank, without))

    def all_of(self, columns: Sequence[Column]) -> Column:
        """A column that is 1 only where all of these are."""
        if not all(c is not False for c in columns):
            return False
        left = [c for c in columns if c is not True]
        if len(left) < 2:
            return left[0] if left else True
        made = self._column(False)
        for column in left:
            self.rows.append(({made: 1, column: -1}, -inf, 0))
        return made

    def implies(self, column: int, clause: Clause, without: str = "") -> None:
        """A row: this column only where the clause holds."""
        columns = [self.level(topic, to, without) for topic, to in clause]
        if not any(c is True for c in columns):
            row = dict.fromkeys((c for c in columns if c is not False), 1)
            row[column] = row.get(column, 0) - 1
            self.rows.append((row, 0, inf))

    def final(self, clauses: Sequence[Clause]) -> Column:
        """Whether all these clauses hold in the end; C32, "na" at the start, may then have become 0."""
        return self.all_of([self._any([self._in_the_end(t, to) for t, to in clause]) for clause in clauses])

    def _in_the_end(self, topic: str, to: int) -> Column:
        if topic != SECURED or not self.reach.opens:
            return self.level(topic, to)
        if self.opened is False:
            return True
        return self._any([self.level(topic, to), self._once(("closed",), self._closed)])

    # the rows behind them

    def _level(self, name: str, start: int, to: int, without: str) -> Column:
        topic = self.catalogue.topics[name]
        rule = topic.rule
        if rule is None or rule.rule == "band":
            if to > start + MAX_CLIMB:
                return False
            found = [self._effect(n, i) for n, i, e in self._on(topic.items[0], without) if (e.to or e.band or 0) >= to]
            made = self._any(found)
            if name == SECURED and self.reach.opens and made is not False:
                return self.all_of([made, self.opened])
            return made
        if rule.rule == "option":
            order = [o.id for o in self.catalogue.questions[topic.items[0]].options]
            ranks = [r for r, o in enumerate(order) if rule.levels.get(o, 0) >= to]
            return self.option(topic.items[0], ranks[0], without) if ranks else False
        if rule.rule == "cases":
            return self._cases(topic, to, without)
        weight = {o.id: 1 for i in topic.items for o in self.catalogue.questions[i].options}
        if rule.rule == "steps":
            asked = sorted(rule.steps)[to - 1] if to <= len(rule.steps) else None
        else:
            weight |= rule.weights
            asked = ceil(to / rule.each)
        if asked is None:
            return False
        ticks = [
            (self.tick(item, o.id, without), weight[o.id])
            for item in topic.items
            for o in self.catalogue.questions[item].options
        ]
        held = sum(w for column, w in ticks if column is True)
        return self._count([(c, w) for c, w in ticks if c is not True and c is not False], asked - held)

    def _cases(self, topic: Topic, to: int, without: str) -> Column:
        """A rule by cases: 1 where one of the smallest sets of further ticks that give the level is there."""
        rule, found = topic.rule, []
        assert rule is not None
        item = topic.items[0]
        columns = {o.id: self.tick(item, o.id, without) for o in self.catalogue.questions[item].options}
        held = frozenset(o for o, c in columns.items() if c is True)
        free = [o for o, c in columns.items() if c is not True and c is not False]
        smallest: list[frozenset[str]] = []
        for size in range(1, len(free) + 1):
            for chosen in map(frozenset, combinations(free, size)):
                known = any(less <= chosen for less in smallest)
                if not known and ruled_level(topic, rule, [held | chosen], self.catalogue) >= to:
                    smallest.append(chosen)
        for chosen in smallest:
            found.append(self.all_of([columns[o] for o in sorted(chosen)]))
        return self._any(found)

    def _option(self, item: str, rank: int, without: str) -> Column:
        question = self.catalogue.questions[item]
        order = [o.id for o in question.options]
        levels = question.capability.levels if question.capability else {}
        limit = levels.get(order[self._held_rank(item)], 0) + MAX_CLIMB
        found: list[Column] = []
        for name, n, effect in self._on(item, without):
            within = [r for r in range(order.index(effect.option or order[0]) + 1) if levels.get(order[r], 0) <= limit]
            if within and within[-1] >= rank:
                found.append(self._effect(name, n))
        if item == SYSTEMS:
            found.append(self._derived(rank, without))
        return self._any(found)

    def _derived(self, rank: int, without: str) -> Column:
        scenes = len(self.catalogue.edition.scenes)
        low = self._low_scenes()
        asked = next(n for n in range(scenes + 1) if SYSTEM_STEPS.index(systems_option(n, scenes)) >= rank)
        columns = [self.level(self.catalogue.topic_of[s], 2, without) for s in low]
        return self._count([(c, 1) for c in columns if c is not True and c is not False], asked - (scenes - len(low)))

    def _low_scenes(self) -> list[str]:
        """Scenes below 2 after the evidence rule; what does not apply stays below."""
        found = []
        for scene in self.catalogue.edition.scenes:
            answer = self.reach.document.answers.get(scene)
            counted = answer.counted if answer and scene not in self.reach.document.off else None
            if counted is None or counted < 2:
                found.append(scene)
        return found

    def _held_rank(self, item: str) -> int:
        held = self.reach.document.answers.get(item)
        order = [o.id for o in self.catalogue.questions[item].options]
        return order.index(held.value) if held is not None and held.state == ANSWERED else 0

    def _on(self, item: str, without: str) -> list[tuple[str, int, Effect]]:
        if self.reach.document.state(item) == NOT_APPLICABLE and not (item == SECURED and self.reach.opens):
            return []
        return [entry for entry in self._effects.get(item, ()) if entry[0] != without]

    def _raised_by(self, topic: str, name: str) -> bool:
        items = self.catalogue.topics[topic].items
        return any(item in items for item, _, _ in self.reach.plans[name].raises)

    def _effect(self, name: str, n: int) -> Column:
        """Whether the n-th effect of a solution counts: it is chosen, and the effect's conditions hold in the end."""
        given = self.reach.plans[name].raises[n][2]
        if not given:
            return self.x[name]
        return self._once(("effect", name, n), lambda: self._conditional(name, n))

    def _conditional(self, name: str, n: int) -> Column:
        clauses = reduced(self.reach.plans[name].raises[n][2], self.reach.document.facts)
        if clauses is None:
            return False
        made = self._column(False)
        self._known["effect", name, n] = made  # before its conditions, which may come back to it
        self.rows.append(({made: 1, self.x[name]: -1}, -inf, 0))
        for clause in clauses:
            self.implies(made, clause)
        return made

    def _opened(self) -> Column:
        """Whether a solution connects machines where C32 was "na"."""
        connecting = [self.x[n] for n in self.names if self.reach.connects(n)] if self.reach.opens else []
        if not connecting:
            return False
        made = self._any(list(connecting))
        if made not in connecting:
            for column in connecting:
                self.rows.append(({made: 1, column: -1}, 0, inf))
        return made

    def _closed(self) -> Column:
        made = self._column(False)
        self.rows.append(({made: 1, int(self.opened): 1}, 1, 1))
        return made

    # columns and rows

    def _column(self, binary: bool) -> int:
        self.binary.append(True)
        return len(self.binary) - 1

    def _once(self, key: tuple[object, ...], make: Callable[[], Column]) -> Column:
        if key not in self._known:
            made = make()
            self._known.setdefault(key, made)
        return self._known[key]

    def _any(self, columns: list[Column]) -> Column:
        """A column that is 1 only where one of these is."""
        left = sorted({c for c in columns if c is not True and c is not False})
        if any(c is True for c in columns):
            return True
        if len(left) < 2:
            return left[0] if left else False
        made = self._column(False)
        self.rows.append(({made: 1, **dict.fromkeys(left, -1)}, -inf, 0))
        return made

    def _count(self, columns: list[tuple[Column, int]], asked: int) -> Column:
        """A column that is 1 only where the weights of the columns that are 1 come to `asked`."""
        if asked <= 0:
            return True
        if sum(w for _, w in columns) < asked:
            return False
        made = self._column(True)
        row = {made: asked}
        for column, weight in columns:
            row[column] = row.get(column, 0) - weight
        self.rows.append((row, -inf, 0))
        return made
