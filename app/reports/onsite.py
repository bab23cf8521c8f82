"""A report that rests on what was found on site: its result and answers, and the chapter that lists the findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.reports import document as d
from app.reports.case import LONGEST, Case, Found, Verified
from app.reports.wording import N_, Words
from scoring.answers import ANSWERED, read
from scoring.content.catalogue import Catalogue, Edition
from scoring.official import LEVELS, Standing, gates
from scoring.verification import verified_document

_MILLI = 1000
_VERDICTS = {"agreed": N_("agreed"), "up": N_("corrected up"), "down": N_("corrected down"), "not_seen": N_("not seen")}


def settled(payload: Mapping[str, Any], edition: Edition) -> dict[str, Any]:
    """The stored verified result with its evidenced view in the place of the official one: level, scenes and gates as
    they count. Points do not hang on evidence; they stay."""
    official = payload["official"]
    shown = official["evidenced"]
    scenes = tuple(shown["scenes"][str(n)]["count"] for n in LEVELS)
    starred = tuple(shown["scenes"][str(n)]["starred"] for n in LEVELS)
    at = Standing({}, int(Decimal(shown["score"]) * _MILLI), scenes, starred, shown["level"])
    best = max(shown["level"], official["range"]["level"][1])
    return {
        **payload,
        "official": {
            **official,
            **{name: shown[name] for name in ("level", "score", "scenes")},
            "gates": gates(edition, at),
            "range": {"level": [shown["level"], best], "score": official["range"]["score"]},
        },
    }


def counted(raw: Mapping[str, Any], verified: Verified, catalogue: Catalogue, words: Words) -> dict[str, Any]:
    """The answers document as it counts: what was found, and 1 for a claim of 2 or more without the record asked for.
    Where the firm named its evidence, that stays beside what was found."""
    findings = {f.item: {"verdict": f.verdict, "value": f.value} for f in verified.findings}
    document = verified_document(raw, findings)
    answers = dict(document["answers"])
    for item, answer in read(document, catalogue).answers.items():
        if not isinstance(answers.get(item), Mapping) or "value" not in answers[item]:
            continue
        entry = dict(answers[item])
        if answer.state == ANSWERED and answer.counted is not None:
            entry["value"] = answer.counted
        if item in findings and entry.get("evidence"):
            given = raw["answers"].get(item)
            named = given.get("evidence") if isinstance(given, Mapping) else ""
            entry["evidence"] = named or words.say("seen on site")
        answers[item] = entry
    return {**document, "answers": answers}


def found_on_site(case: Case) -> d.Section | None:
    """Claim and finding side by side, with the firm's reply; None for a self-assessed report."""
    verified = case.on_site
    if verified is None:
        return None
    w, say = case.words, case.words.say
    order = {item: n for n, item in enumerate(case.catalogue.questions)}
    findings = sorted((f for f in verified.findings if f.item in order), key=lambda f: order[f.item])
    counts = Counter(f.verdict for f in findings)
    answer = w.count("{name} looked at one item on site on {day}.", "{name} looked at {n} items on site on {day}.",
                     len(findings), name=w.plain(verified.by), day=w.day(verified.on))  # fmt: skip
    blocks: list[d.Block] = [
        d.Answer(answer),
        d.Para(
            say(
                "Agreed: {agreed}. Corrected up: {up}. Corrected down: {down}. Not seen: {not_seen}.",
                **{verdict: counts[verdict] for verdict in _VERDICTS},
            )
        ),
        d.Para(
            say(
                "Items that are not listed count as the firm stated them, with the rule of evidence. What was not seen "
                "counts as 1 where 2 or more was claimed. The claims themselves stay on record."
            )
        ),
    ]
    if verified.remark:
        blocks += [d.Para(w.plain(text)) for text in verified.remark.split("\n") if text.strip()]
    if findings:
        head = (say("Item"), say("Claimed"), say("Found"), say("Note and the firm's reply"))
        rows = tuple(_row(case, finding) for finding in findings)
        blocks.append(d.Table(head, rows, (0.20, 0.22, 0.24, 0.34), "llll"))
    if any(f.files for f in findings):
        blocks.append(d.Note(say("Photos and files are kept with the verification; here they are only named.")))
    return d.Section("onsite", say("What was found on site"), say("What did somebody see?"), tuple(blocks))


def _row(case: Case, finding: Found) -> tuple[d.Cell, ...]:
    w, say = case.words, case.words.say
    verdict = d.Span(say(_VERDICTS[finding.verdict]), "" if finding.verdict == "agreed" else "accent")
    found: tuple[d.Span, ...] = (verdict,)
    if finding.verdict in ("up", "down"):
        found += (d.Span(_said(case, finding.item, claimed=False)),)
    said = [d.Span(w.brief(finding.note, LONGEST))] if finding.note else []
    if finding.reply == "accepted":
        said.append(d.Span(say("Accepted by the firm."), "quiet"))
    elif finding.reply == "objected":
        why = w.pair(say("The firm objects"), w.brief(finding.reply_text, LONGEST))
        said += [d.Span(why, "strong"), d.Span(say("Settled by the consultant."), "quiet")]
    if finding.files:
        names = [w.brief(name, LONGEST // 5) for name in finding.files[:5]]
        said.append(d.Span(w.pair(say("Photos and files"), w.listed(names)), "quiet"))
    return (
        d.Lines((d.Span(w.topic(finding.item), "strong"),)),
        _said(case, finding.item, claimed=True),
        d.Lines(found),
        d.Lines(tuple(said)) if said else "–",
    )


def _said(case: Case, item: str, *, claimed: bool) -> str:
    """A value in words: a level with its label, else the answer, cut to what a cell holds."""
    w = case.words
    document = case.claims if claimed else case.answers
    given = document.answers.get(item)
    raw = None
    if not claimed:
        raw = case.raw["answers"].get(item)
    level, text = w.answer(item, document, raw)
    if level is not None and given is not None:
        label = w.of(case.catalogue.questions[item].anchors[level].label)
        return w.say("{n}  {label}", n=level, label=label)
    return w.cut(text, 60 if w.language == "zh" else 120)
