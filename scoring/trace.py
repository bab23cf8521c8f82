"""Why a number is what it is: a tree from the result down to the answers, the same for page, report and command line.

A node is {"id", "label": {"zh", "en"}, "value", "rule"?, "parts"?: [nodes]}.
"""

from __future__ import annotations

from typing import Any

from scoring.answers import ANSWERED, Document, Rate
from scoring.capability import capability_levels
from scoring.conditions import MISSING, NA
from scoring.content.catalogue import Catalogue
from scoring.content.model import Text
from scoring.index import COMMON_SHARE, index, weights
from scoring.official import decimal, gates, standing

_LABELS = {
    "official": Text(zh="官方指标（自评）", en="Official index (self-assessed)"),
    "index": Text(zh="集群指数", en="Cluster index"),
    "gate": Text(zh="{} 级的三道门", en="The three gates of level {}"),
    "result": Text(zh="结果", en="Result"),
}


class UnknownNode(LookupError):
    """An id that nothing in the trace has; the text lists those it has."""


def explain(document: Document, catalogue: Catalogue, item: str | None = None) -> dict[str, Any]:
    """The whole trace, or the node of one question, topic, dimension, section, group or gate. Raises UnknownNode.

    Where an id means several things (`quality` is a dimension and a group of the index), a question or topic comes
    first, then a dimension, then the rest; `dimension:ID`, `section:ID` and `group:ID` say which.
    """
    tree = {
        "id": "result",
        "label": _text(_LABELS["result"]),
        "value": None,
        "parts": [_official(document, catalogue), _index(document, catalogue)],
    }
    if item is None:
        return tree
    nodes: dict[str, dict[str, Any]] = {}
    _name(tree, nodes, catalogue)
    topic = catalogue.topics.get(item)
    names = [item, *(topic.items if topic else ()), catalogue.topic_of.get(item, item)]
    names += [f"{kind}:{item}" for kind in ("dimension", "section", "group")]
    for name in names:
        if name in nodes:
            return nodes[name]
    raise UnknownNode(", ".join(nodes))


def _name(node: dict[str, Any], nodes: dict[str, dict[str, Any]], catalogue: Catalogue) -> None:
    """Collects the nodes below one by the ids that `explain` takes, each the first of its name."""
    name = node["id"]
    sections = {s.id for s in catalogue.edition.sections}
    for part in node.get("parts", ()):
        _name(part, nodes, catalogue)
    for child in node.get("parts", ()):
        key = child["id"]
        if name == "index":
            key = f"dimension:{key}"
        elif name == "score":
            key = f"section:{key}"
        elif name in sections and "parts" in child:
            key = f"group:{key}"
        nodes.setdefault(key.removeprefix("scene:"), child)


def _official(document: Document, catalogue: Catalogue) -> dict[str, Any]:
    edition = catalogue.edition
    at = standing(document, edition)
    sections = []
    for s in edition.sections:
        groups = []
        for g in s.groups:
            parts = [_scored(document, catalogue, i, at.points[i]) for i in g.items]
            total = sum(at.points[i] for i in g.items)
            groups.append(_node(g.id, g.title, decimal(total), f"sum, at most {decimal(g.points)}", parts))
        total = sum(at.points[i] for g in s.groups for i in g.items)
        sections.append(_node(s.id, s.title, decimal(total), f"sum, at most {decimal(s.points)}", groups))
    scenes = [_scene(document, catalogue, i, starred) for i, starred in edition.scenes.items()]
    missing = gates(edition, at)
    gate_nodes = []
    for gate in edition.gates:
        n = gate.level
        label = {k: v.format(n) for k, v in _text(_LABELS["gate"]).items()}
        rule = (
            f"score {decimal(at.score)} of {decimal(gate.score)}, "
            f"scenes at {n} or above {at.scenes[n - 1]} of {gate.scenes}, starred {at.starred[n - 1]} of {gate.starred}"
        )
        gate_nodes.append({"id": f"gate:{n}", "label": label, "value": missing[str(n)]["reached"], "rule": rule})
    score = _node("score", Text(zh="得分", en="Score"), decimal(at.score), "sum of the sections", sections)
    scene = _node(
        "scenes", Text(zh="16 个场景", en="16 scenes"), list(at.scenes), "count at level 1, 2, 3, 4 or above", scenes
    )
    rule = "the highest level whose three gates hold"
    return _node("official", _LABELS["official"], at.level, rule, [score, scene, *gate_nodes])


def _scored(document: Document, catalogue: Catalogue, item: str, points: int) -> dict[str, Any]:
    scored = catalogue.edition.items[item]
    state = document.state(item)
    rule = f"{state}: 0 points"
    if state == ANSWERED:
        value = document.answers[item].value
        if isinstance(value, Rate):
            share = 100 * value.part / value.whole
            band = scored.band(value.part, value.whole)
            rule = f"{share:.4g} % lies in band {band} of 0-{len(scored.bands) - 1} (right ends closed)"
        elif isinstance(value, frozenset):
            rule = (
                " + ".join(f"{o} {decimal(scored.points[o])}" for o in scored.points if o in value) or "nothing ticked"
            )
        else:
            rule = f"{value} {decimal(scored.points[value])}"
    return _node(item, catalogue.questions[item].title, decimal(points), rule, [])


def _scene(document: Document, catalogue: Catalogue, item: str, starred: bool) -> dict[str, Any]:
    state = document.state(item)
    level = document.answers[item].value if state == ANSWERED else 0
    rule = ("starred; " if starred else "") + (_claim(document, item) if state == ANSWERED else f"{state}: counts as 0")
    return _node(f"scene:{item}", catalogue.questions[item].title, level, rule, [])


def _claim(document: Document, item: str) -> str:
    answer = document.answers[item]
    if answer.counted != answer.value:
        return f"claimed {answer.value}, no evidence given, counted as {answer.counted} in the evidenced view"
    return f"claimed {answer.value}" + (", with evidence" if answer.evidence else "")


def _index(document: Document, catalogue: Catalogue) -> dict[str, Any]:
    levels = capability_levels(document, catalogue)
    heavy = weights(catalogue, document.facts)
    numbers = index(catalogue, levels, heavy)
    dimensions = []
    for name, d in numbers["dimensions"].items():
        parts = []
        for topic, level in levels.items():
            about = catalogue.topics[topic]
            if about.dimension != name:
                continue
            question = catalogue.questions[about.items[0]]
            rule = f"weight {heavy.get(topic, 1)}"
            if level == NA:
                rule = "not applicable, left out"
            elif level == MISSING:
                rule += ", not answered, counts 0"
            if about.rule:
                rule += f", from {', '.join(about.items)} by the rule {about.rule.rule}"
            elif level not in (NA, MISSING):
                rule += ", " + _claim(document, about.items[0])
            parts.append(_node(topic, question.title, None if level in (NA, MISSING) else level, rule, []))
        rule = f"weighted mean of level × 25, {d['answered']} of {d['of']} topics answered"
        dimensions.append(_node(name, Text(zh=name, en=name), d["score"], rule, parts))
    sector = numbers["sector"]
    rule = (
        f"{COMMON_SHARE:.0%} × common {numbers['common']} + {1 - COMMON_SHARE:.0%} × sector {sector}"
        if sector is not None
        else f"common {numbers['common']}"
    )
    return _node("index", _LABELS["index"], numbers["overall"], rule, dimensions)


def _node(name: str, label: Text, value: Any, rule: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    node = {"id": name, "label": _text(label), "value": value, "rule": rule}
    return node | {"parts": parts} if parts else node


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
