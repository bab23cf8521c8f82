"""Every check across content files fires on a broken entry, with file, place and remedy."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from scoring.content import checks
from scoring.content.catalogue import Catalogue
from scoring.content.checks import References, references
from scoring.content.loader import ROOT, Parsed, parse
from scoring.content.model import (
    Anchor,
    Case,
    Ceiling,
    ChainRequirement,
    Effect,
    Emphasis,
    Fact,
    Kpi,
    OneOff,
    Option,
    Pain,
    PoolTier,
    Text,
)
from scoring.errors import ContentError, Fault
from scoring.review import (
    believable_effects,
    copied_sentences,
    reachable_levels,
    review,
    startable,
    warnings,
)

MOLDS = parse("molds", {}, ROOT)
HERE = Text(zh="示例", en="Example")
QUESTIONS = "sectors/molds/v1/questions.yaml"
SECTOR = "sectors/molds/v1/sector.yaml"
SOLUTIONS = "solutions/molds/v1/solutions.yaml"


def entry(kind: str, name: str, parsed: Parsed = MOLDS) -> Any:
    return next(e for e in parsed.entries[kind] if e.id == name)


def change(entries_of: str, name: str, parsed: Parsed = MOLDS, /, **changes: Any) -> Parsed:
    """The trade with one entry changed."""
    entries = [replace(e, **changes) if e.id == name else e for e in parsed.entries[entries_of]]
    return parsed._replace(entries={**parsed.entries, entries_of: entries})


def change_sector(**changes: Any) -> Parsed:
    return replace_sector(MOLDS, **changes)


def built(parsed: Parsed) -> Catalogue:
    return Catalogue.build(
        sector=parsed.sector, edition=parsed.edition, versions=parsed.versions, origin=parsed.origin, **parsed.entries
    )


def replace_sector(parsed: Parsed, **changes: Any) -> Parsed:
    return parsed._replace(sector=replace(parsed.sector, **changes))


def faults(parsed: Parsed) -> list[str]:
    return [str(f) for f in references(parsed.sector, parsed.edition, parsed.origin, parsed.entries)]


def question(name: str, **changes: Any) -> Callable[[], Parsed]:
    return lambda: change("questions", name, **changes)


def solution(name: str = "MOL-S1", **changes: Any) -> Callable[[], Parsed]:
    return lambda: change("solutions", name, **changes)


def cost(**changes: Any) -> Callable[[], Parsed]:
    return lambda: change("solutions", "MOL-S1", cost=replace(entry("solutions", "MOL-S1").cost, **changes))


def sector(**changes: Any) -> Callable[[], Parsed]:
    return lambda: change_sector(**changes)


def fact(name: str, **changes: Any) -> Callable[[], Parsed]:
    return lambda: change_sector(facts=tuple(replace(f, **changes) if f.id == name else f for f in MOLDS.sector.facts))


MOL5 = entry("questions", "MOL-05")
NETWORK = entry("questions", "network_build")
SYSTEMS = entry("questions", "information_systems")
GUARD = next(g for g in MOLDS.entries["guards"] if g.tags)
DUTY = next(d for d in MOLDS.entries["duties"] if not d.sectors)
JOINT = MOLDS.entries["pools"][0]
SECTIONS = MOLDS.sector.sections
SCORED = "common/v1/scored.yaml"
IN_EN = "the English text holds Chinese outside parentheses or quotation marks"

BROKEN: list[tuple[Callable[[], Parsed], str, str]] = [
    # questions
    (
        question("MOL-05", plan_tasks=()),
        f"{QUESTIONS}: questions MOL-05.plan_tasks",
        "serves no task of the provincial plan; name one or more, 1 to 18",
    ),
    (
        solution(plan_tasks=()),
        f"{SOLUTIONS}: solutions MOL-S1.plan_tasks",
        "serves no task of the provincial plan; name one or more, 1 to 18",
    ),
    (
        question("MOL-05", plan_tasks=(6, 4, 6)),
        f"{QUESTIONS}: questions MOL-05.plan_tasks",
        "names a task of the plan twice",
    ),
    (
        question("MOL-05", anchors=MOL5.anchors[:4]),
        f"{QUESTIONS}: questions MOL-05.anchors",
        "a level question has 5 anchors, not 4",
    ),
    (
        question("MOL-05", anchors=(*MOL5.anchors[:3], replace(MOL5.anchors[3], evidence=None), MOL5.anchors[4])),
        f"{QUESTIONS}: questions MOL-05.anchors[3].evidence",
        "says what record proves it",
    ),
    (
        question("MOL-05", anchors=(*MOL5.anchors[:4], replace(MOL5.anchors[4], text=MOL5.anchors[3].text))),
        f"{QUESTIONS}: questions MOL-05.anchors",
        "two anchors have the same text",
    ),
    (
        question("equipment_digital_rate", unit=None),
        f"{SCORED}: questions equipment_digital_rate",
        "a rate question has part_label",
    ),
    (
        question("information_systems", options=SYSTEMS.options[:1]),
        f"{SCORED}: questions information_systems.options",
        "a single question has options",
    ),
    (
        question("network_build", none_label=None),
        f"{SCORED}: questions network_build.none_label",
        "says what ticking nothing means",
    ),
    (
        question("network_build", anchors=(Anchor(HERE, HERE),)),
        "questions network_build.anchors",
        "only level questions have anchors",
    ),
    (
        question("network_build", options=(*NETWORK.options, NETWORK.options[0])),
        "questions network_build.options",
        "option shop_floor_network stands twice",
    ),
    (
        question(
            "network_build", options=(replace(NETWORK.options[0], was=NETWORK.options[1].id), *NETWORK.options[1:])
        ),
        "questions network_build.options",
        f"{NETWORK.options[1].id} is still an option",
    ),
    (question("MOL-01", was="MOL-02"), "questions MOL-01.was", "MOL-02 is still asked"),
    (
        question("network_build", options=NETWORK.options[:3]),
        "questions network_build.options",
        "has not the options of the index: shop_floor_network",
    ),
    (question("MOL-05", scene="scene_nope"), "questions MOL-05.scene", "no scene scene_nope in the index"),
    (
        question("equipment_digital_rate", whole_fact="nope"),
        "questions equipment_digital_rate.whole_fact",
        "no fact nope",
    ),
    (
        question("network_build", capability=replace(NETWORK.capability, cases=(Case(level=1, has=("nope",)),))),
        "questions network_build.capability",
        "no option nope in this question",
    ),
    (
        question("information_systems", capability=replace(SYSTEMS.capability, levels={"none": 0})),
        "questions information_systems.capability.levels",
        "gives no level to all, most_over_80pct",
    ),
    (question("MOL-05", needs=("C99>=1",)), "questions MOL-05.needs", "C99>=1: no topic C99 with a level"),
    (question("MOL-05", needs=("C34>=1",)), "questions MOL-05.needs", "no topic C34 with a level"),
    (question("MOL-05", needs3=("C10>5",)), "questions MOL-05.needs3", "write TOPIC>=n"),
    (question("MOL-05", needs3=("C10>=5",)), "questions MOL-05.needs3", "a level 0-4"),
    (question("MOL-05", needs=("C10=2",)), "questions MOL-05.needs", "compared with >= or <"),
    (question("MOL-05", needs=("any(C10>=1)",)), "questions MOL-05.needs", "needs two or more conditions"),
    (question("MOL-05", asked_if=("C10>=1",)), "questions MOL-05.asked_if", "only profile facts may stand here"),
    (question("MOL-05", asked_if=("nope=true",)), "questions MOL-05.asked_if", "no fact nope"),
    (question("MOL-05", asked_if=("mould_type=wood",)), "questions MOL-05.asked_if", "mould_type has no option wood"),
    (question("MOL-05", asked_if=("edm=1",)), "questions MOL-05.asked_if", "edm is true or false"),
    (question("MOL-05", asked_if=("edm>=true",)), "questions MOL-05.asked_if", "edm is true or false"),
    (question("MOL-05", asked_if=("machines>=many",)), "questions MOL-05.asked_if", "machines is a number"),
    (question("MOL-05", asked_if=("design_seats=true",)), "questions MOL-05.asked_if", "design_seats is a number"),
    (question("MOL-05", title=Text(zh="进度", en="Progress 进度")), "questions MOL-05.title", IN_EN),
    (question("MOL-05", title=Text(zh="进度", en="It's 进度, isn't it")), "questions MOL-05.title", IN_EN),
    (question("MOL-05", title=Text(zh="进度", en="Progress，please")), "questions MOL-05.title", IN_EN),
    (
        question("MOL-05", title=Text(zh="The progress of parts", en="Progress")),
        "questions MOL-05.title",
        "the Chinese text holds no Chinese",
    ),
    # the index
    (
        lambda: MOLDS._replace(
            entries={**MOLDS.entries, "questions": [q for q in MOLDS.entries["questions"] if q.id != "pass_rate"]}
        ),
        "common/v1: questions pass_rate",
        "the index item pass_rate has no question",
    ),
    (
        question("scene_quality", kind="single"),
        "common/v1: questions scene_quality.kind",
        "a scene is a level question",
    ),
    (question("pass_rate", kind="single"), "common/v1: questions pass_rate.kind", "the index says trend"),
    # sector
    (
        sector(sections=(replace(SECTIONS[0], questions=(*SECTIONS[0].questions, "MOL-06")), *SECTIONS[1:])),
        f"{SECTOR}: sections",
        "MOL-06 stands on two pages; keep one",
    ),
    (
        sector(sections=(replace(SECTIONS[0], questions=(*SECTIONS[0].questions[1:], "nope")), *SECTIONS[1:])),
        f"{SECTOR}: sections",
        "no question nope",
    ),
    (sector(sections=SECTIONS[1:]), f"{SECTOR}: sections", "MOL-05 stands on no page"),
    (
        sector(sections=(replace(SECTIONS[0], questions=SECTIONS[0].questions[:3]), *SECTIONS[1:])),
        f"{SECTOR}: sections",
        "has 3 questions; 4 to 7 fit",
    ),
    (sector(quick=(*MOLDS.sector.quick[:11], "nope")), f"{SECTOR}: quick", "no question nope"),
    (
        sector(quick=(*MOLDS.sector.quick[:11], MOLDS.sector.quick[0])),
        f"{SECTOR}: quick",
        "has 12 different questions, not 11",
    ),
    (sector(examples={"nope": HERE}), f"{SECTOR}: examples.nope", "no question nope; take it out or mend the id"),
    (sector(examples={"C20": HERE}), f"{SECTOR}: examples.C20", "no question C20; is it scene_quality?"),
    (
        question("MOL-05", title=Text(zh="进度" * 20, en="Progress")),
        f"{QUESTIONS}: questions MOL-05.title.zh",
        "is a name of at most 30 characters",
    ),
    (sector(pains=(MOLDS.sector.pains[0], *MOLDS.sector.pains)), f"{SECTOR}: pains[1].number", "two pains have"),
    (
        sector(pains=(Pain(number=1, text=HERE, topics=(), solutions=("COM-S999",)), *MOLDS.sector.pains[1:])),
        f"{SECTOR}: pains[1]",
        "no solution COM-S999",
    ),
    (
        sector(pains=(Pain(number=1, text=HERE, topics=("nope",)), *MOLDS.sector.pains[1:])),
        f"{SECTOR}: pains[1]",
        "no topic nope",
    ),
    (sector(emphasis=(Emphasis(topics=("nope",)),)), f"{SECTOR}: emphasis", "no topic nope"),
    (
        sector(emphasis=(Emphasis(topics=("C14",), **{"if": ("C10>=1",)}),)),
        f"{SECTOR}: emphasis",
        "only profile facts may stand here",
    ),
    (
        sector(chain=(ChainRequirement("C99>=2", HERE),)),
        f"{SECTOR}: chain[0].asks",
        "C99>=2: no topic C99 with a level",
    ),
    (
        sector(chain=(ChainRequirement("any(C10>=2;C12>=2)", HERE),)),
        f"{SECTOR}: chain[0].asks",
        "write one topic and the level wanted, such as C12>=2",
    ),
    (sector(kpis=(Kpi(HERE, HERE, ("S999",)),)), f"{SECTOR}: kpis", "no source S999; add it to shared/v1/sources.yaml"),
    (sector(typical={**MOLDS.sector.typical, "nope": 1}), f"{SECTOR}: typical", "no fact nope"),
    (sector(title=Text(zh="模具", en="模具")), f"{SECTOR}: title", IN_EN),
    # facts
    (fact("mould_type", options=()), f"{SECTOR}: facts mould_type.options", "a choice has options"),
    (fact("design_seats", unit=None), f"{SECTOR}: facts design_seats.unit", "a number says its unit"),
    (
        fact("mould_type", options=(Option("a", HERE), Option("a", HERE))),
        f"{SECTOR}: facts mould_type.options",
        "option a stands twice",
    ),
    (fact("edm", ask_if=("nope=true",)), f"{SECTOR}: facts edm.ask_if", "no fact nope"),
    (fact("edm", text=Text(zh="火花机", en="EDM 火花机")), f"{SECTOR}: facts edm.text", IN_EN),
    (
        lambda: change("facts", "own_design", kind="number"),
        "common/v1/facts.yaml: facts own_design.unit",
        "a number says its unit",
    ),
    # solutions
    (solution(raises={}), f"{SOLUTIONS}: solutions MOL-S1.raises", "raises nothing"),
    (solution(raises={"nope": 2}), f"{SOLUTIONS}: solutions MOL-S1.raises", "no question nope"),
    (solution(raises={"funding_rate": Effect(band=2)}), "solutions MOL-S1.raises", "funding_rate is never raised"),
    (solution(raises={"pass_rate": Effect(option="better")}), "solutions MOL-S1.raises", "pass_rate is never raised"),
    (
        solution(raises={"information_systems": Effect(option="all")}),
        "solutions MOL-S1.raises",
        "information_systems is never raised",
    ),
    (
        solution(raises={"equipment_digital_rate": 2}),
        "solutions MOL-S1.raises.equipment_digital_rate",
        "a rate item takes {band: n}",
    ),
    (solution(raises={"MOL-05": Effect(band=2)}), "solutions MOL-S1.raises.MOL-05", "a level item takes a level"),
    (
        solution(raises={"network_build": 2}),
        "solutions MOL-S1.raises.network_build",
        "a multiple item takes a list of options",
    ),
    (
        solution(raises={"plan_implementation": 2}),
        "solutions MOL-S1.raises.plan_implementation",
        "a single item takes {option: id}",
    ),
    (
        solution(raises={"network_build": ("nope",)}),
        "solutions MOL-S1.raises.network_build",
        "no option nope; known: application_network",
    ),
    (
        solution(raises={"MOL-05": Effect(to=2, **{"if": ("C99>=1",)})}),
        "solutions MOL-S1.raises.MOL-05",
        "no topic C99 with a level",
    ),
    (solution(needs=("any(C10<1;C20>=2)",)), "solutions MOL-S1.needs", "a level stands with >= here"),
    (
        solution(raises={"MOL-05": Effect(to=2, **{"if": ("C10<3",)})}),
        "solutions MOL-S1.raises.MOL-05",
        "a level stands with >= here",
    ),
    (solution(needs=("nope=true",)), "solutions MOL-S1.needs", "no fact nope"),
    (solution(applies_when=("C10>=1",)), "solutions MOL-S1.applies_when", "only profile facts may stand here"),
    (solution(solves=(99,)), "solutions MOL-S1.solves", "no pain 99 in molds"),
    (solution(excludes=("nope",)), "solutions MOL-S1.excludes", "no solution nope"),
    (solution(days=(9, 3)), "solutions MOL-S1.days", "the shorter time stands first"),
    (solution(tags=("nope",)), "solutions MOL-S1.tags", "no guard rule speaks of nope; known: "),
    (solution(what=Text(zh="盒子", en="盒子")), "solutions MOL-S1.what", IN_EN),
    (cost(low=9000, high=8000), "solutions MOL-S1.cost", "the lower price stands first"),
    (cost(one_off=OneOff(low=9, high=8)), "solutions MOL-S1.cost", "the lower price stands first"),
    (cost(low=0, one_off=None), "solutions MOL-S1.cost", "costs nothing at its lower end"),
    (cost(low=0, high=0, one_off=None), "solutions MOL-S1.cost", "costs nothing at its lower end"),
    (cost(count_from="nope"), "solutions MOL-S1.cost.count_from", "no fact nope"),
    (
        cost(count_from="daily_volume"),
        "solutions MOL-S1.cost.count_from",
        "molds has no typical daily_volume; add it in its sector.yaml",
    ),
    (cost(unit="use", status="published"), "solutions MOL-S1.cost.status", "a typical yearly use is an estimate"),
    (cost(source=(), status="published"), "solutions MOL-S1.cost.status", "has no source, so it is an estimate"),
    (cost(source=("S999",)), "solutions MOL-S1.cost.source", "no source S999; add it to shared/v1/sources.yaml"),
    (
        lambda: change("solutions", "MOL-S1", effect=replace(entry("solutions", "MOL-S1").effect, source=("S999",))),
        "solutions MOL-S1.effect.source",
        "no source S999",
    ),
    # guards and duties
    (
        lambda: change("guards", GUARD.id, unless=("C99>=1",)),
        f"shared/v1/guards.yaml: guards {GUARD.id}.unless",
        "no topic C99 with a level",
    ),
    (lambda: change("guards", GUARD.id, text=Text(zh="排产", en="排产")), f"guards {GUARD.id}.text", IN_EN),
    (lambda: change("duties", DUTY.id, sectors=("mold",)), f"duties {DUTY.id}.sectors", "no trade mold; is it molds?"),
    (lambda: change("duties", DUTY.id, when=()), f"duties {DUTY.id}.when", "has no case in which it is open"),
    (lambda: change("duties", DUTY.id, when=(("nope=true",),)), f"duties {DUTY.id}.when", "no fact nope"),
    (lambda: change("duties", DUTY.id, remedies=("nope",)), f"duties {DUTY.id}.remedies", "no solution nope"),
    (lambda: change("duties", DUTY.id, source=("S999",)), f"duties {DUTY.id}.source", "no source S999"),
    (lambda: change("duties", DUTY.id, law=Text(zh="法", en="法")), f"duties {DUTY.id}.law", IN_EN),
    # subsidies and pools
    (
        lambda: change("subsidies", "zhongshan", ceilings=(Ceiling(2, 300_000), Ceiling(3, 200_000))),
        "subsidies zhongshan.ceilings",
        "ceilings rise from level to level",
    ),
    (lambda: change("subsidies", "zhongshan", until="2026-02-31"), "subsidies zhongshan.until", "there is no day"),
    (lambda: change("subsidies", "zhongshan", until="2024-01-01"), "subsidies zhongshan.until", "ends before"),
    (lambda: change("subsidies", "zhongshan", source=("S999",)), "subsidies zhongshan.source", "no source S999"),
    (lambda: change("subsidies", "zhongshan", title=Text(zh="法", en="法")), "subsidies zhongshan.title", IN_EN),
    # pools
    (lambda: change("pools", JOINT.id, forms=("cloud",)), f"pools {JOINT.id}.forms", "cloud is none of"),
    (lambda: change("pools", JOINT.id, pools=("L",)), f"pools {JOINT.id}.pools", "L is none of H, M"),
    (
        lambda: change("pools", JOINT.id, tiers=(PoolTier(5, (20, 10)),)),
        f"shared/v1/pools.yaml: pools {JOINT.id}.tiers",
        "the cautious end is above the hopeful one",
    ),
    (
        lambda: change("pools", JOINT.id, tiers=(PoolTier(5, (10, 20)), PoolTier(5, (10, 30)))),
        f"pools {JOINT.id}.tiers",
        "a later tier has more firms, and saves no less",
    ),
    (
        lambda: change("pools", JOINT.id, tiers=(PoolTier(5, (10, 20)), PoolTier(9, (5, 30)))),
        f"pools {JOINT.id}.tiers",
        "a later tier has more firms, and saves no less",
    ),
    (
        lambda: change("pools", JOINT.id, forms=("box", "app", "saas")),
        "pools ",
        "speaks of the same forms and pools as ",
    ),
    (lambda: change("pools", JOINT.id, status="published"), f"pools {JOINT.id}.status", "has no source"),
    (lambda: change("pools", JOINT.id, source=("S999",)), f"pools {JOINT.id}.source", "no source S999"),
    (lambda: change("pools", JOINT.id, text=Text(zh="团", en="团")), f"pools {JOINT.id}.text", IN_EN),
]


def test_the_content_itself_has_no_fault():
    assert faults(MOLDS) == []


@pytest.mark.parametrize(
    ("broken", "place", "message"), BROKEN, ids=[f"{p.split(': ')[-1]} {m[:30]}" for _, p, m in BROKEN]
)
def test_a_broken_entry_is_told_with_file_place_and_remedy(broken, place, message):
    found = faults(broken())
    assert [f for f in found if place in f and message in f], found
    assert [f for f in found if f.count(": ") < 2] == []


class Watched(References):
    """Remembers from which lines of the checks its faults come."""

    lines: ClassVar[set[int]] = set()

    def fault(self, message: str, place: str = "") -> None:
        self.lines.add(sys._getframe(1).f_lineno)
        super().fault(message, place)


def test_every_check_of_references_has_its_broken_entry():
    tree = ast.parse(Path(checks.__file__).read_text(encoding="utf-8"))
    calls = {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "fault"
    }
    circle = change("questions", "MOL-05", needs=("MOL-05>=1",), needs3=())
    for parsed in (circle, *(broken() for broken, _, _ in BROKEN)):
        Watched(parsed.sector, parsed.edition, parsed.origin, parsed.entries).run()
    assert calls - Watched.lines == set(), "lines of scoring/content/checks.py that no broken entry reaches"


@pytest.mark.parametrize("names", [("MOL-05", "MOL-06"), ("MOL-05", "MOL-06", "C10"), ("MOL-05",)], ids="-".join)
def test_needs_that_go_round_in_a_circle_are_shown(names):
    parsed = MOLDS
    for name, need in zip(names, (*names[1:], names[0]), strict=True):
        parsed = change("questions", name, parsed, needs=(f"{need}>=1",), needs3=())
    (found,) = [f for f in faults(parsed) if "circle" in f]
    file, place, message = found.split(": ", 2)
    assert file.endswith(".yaml") and place.startswith("questions ") and place.endswith(".needs")
    circle = message.removeprefix("needs go round in a circle: ").removesuffix("; take one out").split(" → ")
    assert circle[0] == circle[-1] and set(circle) == set(names)


# what `check` proves beyond references


def test_a_solution_that_lifts_what_its_needs_do_not_secure_is_refused():
    need = entry("questions", "MOL-05").needs
    assert need
    broken = change("solutions", "MOL-S2", raises={"MOL-05": 2}, needs=())
    found = [str(f) for f in believable_effects(built(broken))]
    assert any(f.startswith(f"{SOLUTIONS}: solutions MOL-S2.raises: lifts MOL-05 to 2 though ") for f in found), found
    assert all("add the need or lower the effect" in f for f in found if "though" in f)


@pytest.mark.parametrize(("item", "raised"), [("MOL-05", 3), ("equipment_networked_rate", Effect(band=3))])
def test_a_raise_to_three_needs_its_gate_among_needs_effects_or_condition(item, raised):
    def found(needs3: tuple[str, ...], **changes: Any) -> list[str]:
        broken = change("solutions", "MOL-S2", **{"raises": {item: raised}, "needs": (), **changes})
        gated = change("questions", item, broken, needs=(), needs3=needs3)
        return [str(f) for f in believable_effects(built(gated)) if "MOL-S2" in f.place and "without" in f.message]

    gate = ("MOL-06>=2",)
    level = raised if isinstance(raised, int) else raised.band
    place = f"{SOLUTIONS}: solutions MOL-S2.raises: "
    assert found(gate) == [f"{place}lifts {item} to {level} without MOL-06>=2 among its needs, effects or `if`; add it"]
    assert found(gate, needs=gate) == []
    assert found(gate, raises={item: raised, "MOL-06": 2}) == []
    conditional = Effect(to=level, **{"if": gate}) if isinstance(raised, int) else Effect(band=level, **{"if": gate})
    assert found(gate, raises={item: conditional}) == []


def test_a_solution_that_no_firm_could_ever_gain_by_is_refused():
    useless = change("solutions", "MOL-S1", raises={"C10": 1}, needs=("C10>=2",))
    (found,) = [f for f in startable(built(useless)) if "MOL-S1" in f.place]
    assert str(found).startswith(f"{SOLUTIONS}: solutions MOL-S1: a firm that meets its needs gains nothing by it; ")
    forbidden = change("solutions", "MOL-S1", tags=("gimmick",))
    (found,) = [f for f in startable(built(forbidden)) if "MOL-S1" in f.place]
    assert str(found) == f"{SOLUTIONS}: solutions MOL-S1.tags: a guard rule always forbids it; take it out"


def test_a_solution_whose_facts_switch_its_own_topics_off_is_refused():
    item = next(q.id for q in MOLDS.entries["questions"] if q.asked_if == ("edm=true",))
    contradictory = change("solutions", "MOL-S1", raises={item: 1}, needs=(), tags=(), applies_when=("edm=false",))
    assert [f.place for f in startable(built(contradictory)) if "MOL-S1" in f.place] == ["solutions MOL-S1"]


def test_a_strategic_trade_that_says_not_what_a_chain_leader_asks_is_warned_about():
    strategic = change_sector(kind="strategic", chain=())
    assert "sectors/molds: chain: says 0 things" in " ".join(map(str, warnings(built(strategic))))
    asks = tuple(ChainRequirement(f"C{n}>=2", HERE) for n in (10, 12, 20, 24, 32))
    assert not [w for w in warnings(built(replace_sector(strategic, chain=asks))) if w.place == "chain"]


def test_an_item_that_no_solution_lifts_to_level_two_is_named():
    without = [s for s in MOLDS.entries["solutions"] if "scene_quality" not in s.raises]
    parsed = MOLDS._replace(entries={**MOLDS.entries, "solutions": without})
    found = [str(f) for f in reachable_levels(built(parsed))]
    assert [f for f in found if "scene_quality" in f] == [
        "solutions: questions scene_quality: no solution of molds lifts it to level 2 (reaches 0); add one"
    ]


def test_a_sentence_that_stands_in_two_trades_is_told():
    textiles = parse("textiles", {}, ROOT)
    own = next(q for q in textiles.entries["questions"] if q.id.startswith("TEX-"))
    copied = built(change("questions", "MOL-05", why=own.why))
    found = [str(f) for f in copied_sentences([built(textiles), copied])]
    assert f"{QUESTIONS}: MOL-05.why: the same sentence stands in textiles {own.id}; write it for this trade" in found
    assert copied_sentences([built(textiles), built(MOLDS)]) == []


def test_anchors_that_hardly_differ_and_missing_examples_are_warnings():
    third = MOL5.anchors[2]
    nearly = replace(MOL5.anchors[3], text=replace(third.text, zh=third.text.zh + "的"))
    alike = change("questions", "MOL-05", anchors=(*MOL5.anchors[:3], nearly, MOL5.anchors[4]))
    assert [str(w) for w in warnings(built(alike))] == [
        f"{QUESTIONS}: MOL-05.anchors[3]: differs hardly from the anchor before"
    ]
    few = dict(list({k: v for k, v in MOLDS.sector.examples.items() if k.startswith("scene_")}.items())[:7])
    found = [str(w) for w in warnings(built(change_sector(examples=few)))]
    assert found == ["sectors/molds: examples: only 7 scenes say what they mean in this trade; 8 are wanted"]


def test_check_gathers_the_faults_of_all_files(content, edit):
    edit(QUESTIONS, "kind: level", "kind: slider")
    edit(SOLUTIONS, "form: box", "form: magic")
    with pytest.raises(ContentError) as error:
        review(content)
    assert {f.file for f in error.value.faults} == {QUESTIONS, SOLUTIONS}
    assert all(isinstance(f, Fault) and f.place and f.message for f in error.value.faults)


def test_an_empty_root_holds_no_trade(tmp_path):
    with pytest.raises(ContentError, match="no trade found"):
        review(tmp_path)


def test_a_fact_may_be_asked_of_every_trade_or_of_one():
    doubled = change_sector(facts=(*MOLDS.sector.facts, Fact("extra", "bool", HERE)))
    assert faults(doubled) == []
