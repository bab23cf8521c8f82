"""The first two pages: the cover with its nameplate, and the whole report on one page."""

from __future__ import annotations

from app.reports import document as d
from app.reports.case import Case
from app.reports.standing import blocking, one_step_away
from app.reports.wording import DIMENSIONS

_LONGEST_NAME = {"zh": 80, "en": 130}


def firm_name(case: Case) -> str:
    """The firm's name, or a word for it."""
    return case.words.cut(
        case.words.plain(case.answers.name).strip(), _LONGEST_NAME[case.words.language]
    ) or case.words.say("Unnamed firm")


# --- cover ---


def cover(case: Case) -> d.Cover:
    """Nameplate, ladder and what the report is and is not."""
    w, say, issue = case.words, case.words.say, case.issue
    official = case.result["official"]
    tag = say("verified") if case.on_site else say("self-assessed")
    size = case.answers.facts.get("employees")
    people = w.count("{n} person", "{n} people", int(size)) if size is not None else ""
    line = (" · " if w.language == "en" else "　").join(
        p for p in (w.of(case.catalogue.sector.title), people, w.plain(issue.town)) if p
    )
    number = (say("Report no."), issue.code or "–", "")
    plate = [
        (say("Firm"), w.cut(firm_name(case), _LONGEST_NAME[w.language] // 3), ""),
        number if issue.verified else (say("Trade"), w.of(case.catalogue.sector.title), ""),
        (
            say("Level, verified") if case.on_site else say("Level"),
            str(case.level),
            w.of(case.catalogue.edition.level_name(case.level)),
        ),
        (say("Score, verified") if case.on_site else say("Score"), official["score"], say("of 100")),
        *_views(case),
        (say("How sure"), _how_sure(case), ""),
        (say("Submitted on") if issue.verified else say("Date"), w.day(issue.on), ""),
        (say("Index"), w.of(case.catalogue.edition.title), ""),
    ]
    if not issue.verified:
        plate.append(number)
    return d.Cover(
        kicker=say("Guangdong SME digital self-assessment"),
        title=say("Digital maturity report"),
        firm=firm_name(case),
        line=line,
        plate_title=say("Digital level"),
        plate_tag=tag,
        plate=tuple(plate),
        ladder=ladder(case),
        remark=not_official(case),
        contents_title=say("In this report"),
        verify_url=issue.verify_url,
        verify_label=say("Scan to check that this report is genuine") if issue.verify_url else "",
        demo=say("Demo data: firm and figures are invented.") if issue.demo else "",
    )


def _views(case: Case) -> list[tuple[str, str, str]]:
    """The three levels side by side, where somebody was on site."""
    say, verified = case.words.say, case.issue.verified
    if verified is None:
        return []
    claimed = case.claimed["official"]
    levels = say(
        "{claimed} claimed, {evidenced} with evidence, {verified} verified",
        claimed=claimed["level"], evidenced=claimed["evidenced"]["level"], verified=verified.level,
    )  # fmt: skip
    return [(say("The three levels"), levels, "")]


def _how_sure(case: Case) -> str:
    w, say, verified = case.words, case.words.say, case.issue.verified
    if verified is None:
        return say("Self-assessed")
    said = {"name": w.cut(w.plain(verified.by), 40), "day": w.day(verified.on)}
    if verified.main:
        return say("Verified on site by {name} on {day}", **said)
    return say("Self-assessed; {name} was on site on {day}", **said)


def not_official(case: Case) -> str:
    """The sentence that every report carries."""
    if case.on_site:
        return case.words.say(
            "The level rests on what {name} found on site, worked out by the published index ({edition}). It is not "
            "the official determination.",
            name=case.words.cut(case.words.plain(case.on_site.by), 40),
            edition=case.words.of(case.catalogue.edition.title),
        )
    return case.words.say(
        "The level is the firm's own assessment, worked out by the published index ({edition}). It is"
        " not the official determination.",
        edition=case.words.of(case.catalogue.edition.title),
    )


def ladder(case: Case) -> d.LadderChart:
    """The five levels with the firm's place and the best that is possible."""
    say, edition = case.words.say, case.catalogue.edition
    names = tuple(case.words.of(edition.level_name(n)) for n in range(len(edition.gates) + 1))
    best = case.result["official"]["range"]["level"][1]
    return d.LadderChart(names, case.level, best, say("You are here"), say("Possible at best"))


# --- summary ---


def summary(case: Case) -> d.Section:
    """One page that answers four questions."""
    say = case.words.say
    blocks = [_where(case), _what_blocks(case), _what_first(case), _law(case), _shape(case)]
    return d.Section("summary", say("On one page"), "", tuple(blocks))


def _where(case: Case) -> d.Question:
    w, say = case.words, case.words.say
    official = case.result["official"]
    low, high = official["range"]["score"]
    lines = [say("Score {score} of 100.", score=official["score"])]
    missing = _unsure(case)
    if missing and (low != high or official["range"]["level"][0] != official["range"]["level"][1]):
        lines.append(
            w.count(
                "One answer is missing or not sure; with the best answer there: score {high}, level {level}.",
                "{n} answers are missing or not sure; with the best answers there: score {high}, level {level}.",
                missing,
                high=high,
                level=official["range"]["level"][1],
            )  # fmt: skip
        )
    evidenced = official["evidenced"]
    if case.on_site:
        claimed = case.claimed["official"]
        lines.append(
            say(
                "Verified on site by {name} on {day}. The firm had claimed level {level}, score {score}.",
                name=w.plain(case.on_site.by), day=w.day(case.on_site.on), level=claimed["level"],
                score=claimed["score"],
            )
        )  # fmt: skip
    elif (evidenced["level"], evidenced["scenes"]) != (official["level"], official["scenes"]):
        lines.append(say("Counting only what has evidence: level {level}.", level=evidenced["level"]))
    if case.issue.verified and not case.on_site:
        v = case.issue.verified
        lines.append(
            say(
                "Verified on site by {name}: level {level}, score {score}.",
                name=w.plain(v.by),
                level=v.level,
                score=v.score,
            )
        )
    return d.Question(
        say("Where am I?"), w.level(case.level) + w.stop, (d.Para(w.sentence(*lines)), d.Figure(ladder(case)))
    )


def _unsure(case: Case) -> int:
    return sum(
        case.answers.state(i) in ("unanswered", "unknown")
        for i in (*case.catalogue.edition.items, *case.catalogue.edition.scenes)
    )


def _what_blocks(case: Case) -> d.Question:
    w, say = case.words, case.words.say
    if case.target is None:
        return d.Question(say("What holds me back?"), blocking(case))
    near = [w.topic(i) for i in one_step_away(case)]
    lines = [say("All three gates must hold: score, scenes, starred scenes.")]
    if near and case.result["official"]["gates"][str(case.target)]["scenes_missing"]:
        lines.append(
            w.count(
                "One scene is one step away: {names}.",
                "{n} scenes are one step away: {names}.",
                len(near),
                names=w.listed(near),
            )
        )
    return d.Question(say("What holds me back?"), blocking(case), (d.Para(w.sentence(*lines)),))


def _what_first(case: Case) -> d.Question:
    w, say = case.words, case.words.say
    steps = case.result["recommendations"][:3]
    if not steps:
        return d.Question(
            say("What first?"),
            say("No solution of the catalogue fits today; the chapter on what was left out says why."),
        )
    rows = tuple(
        (
            (d.Span(str(step["rank"]), "accent"),),
            w.of(case.catalogue.solutions[step["solution"]].title),
            w.money(step["cost_per_year"]),
            w.days(step["days"]),
        )
        for step in steps
    )
    head = ("", say("First steps"), say("First year"), say("In use after"))
    first = w.of(case.catalogue.solutions[steps[0]["solution"]].title)
    answer = say("Begin with: {solution}.", solution=first)
    return d.Question(say("What first?"), answer, (d.Table(head, rows, (0.06, 0.46, 0.28, 0.20), "llrr"),))


def _law(case: Case) -> d.Question:
    w, say = case.words, case.words.say
    owed = [x for x in case.result["duties"] if not x["notice"]]
    if not owed:
        return d.Question(say("What does the law ask?"), say("No open duty shows in the answers."))
    titles = [w.of(case.catalogue.duties[x["id"]].title) for x in owed]
    answer = w.count(
        "One legal duty is open. It comes before any software.",
        "{n} legal duties are open. They come before any software.",
        len(owed),
    )
    return d.Question(say("What does the law ask?"), answer, (d.Bullets(tuple(titles)),))


def _shape(case: Case) -> d.Question:
    w, say = case.words, case.words.say
    index = case.result["index"]
    scored = sorted(((v["score"], k) for k, v in index["dimensions"].items() if v["score"] is not None), reverse=True)
    names = [w.say(DIMENSIONS[k]) for _, k in scored]
    if len(names) < 4 or scored[0][0] == scored[-1][0]:
        answer = say("Cluster index {overall} of 100.", overall=f"{index['overall']:.1f}")
        return d.Question(say("Strong and weak sides?"), answer)
    answer = say("Strongest: {best}. Weakest: {worst}.", best=w.listed(names[:2]), worst=w.listed(names[-2:][::-1]))
    text = say(
        "Cluster index {overall} of 100, spread {spread}: the larger the spread, the more one weak "
        "side holds the others back.",
        overall=f"{index['overall']:.1f}",
        spread=f"{index['spread']:.1f}",
    )
    return d.Question(say("Strong and weak sides?"), answer, (d.Para(text),))
