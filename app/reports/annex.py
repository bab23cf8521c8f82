"""The annex: all answers, the tasks of the provincial plan that are served, and the sources."""

from __future__ import annotations

from app.reports import document as d
from app.reports.case import Case
from app.reports.wording import N_, firm_facts
from scoring.answers import ANSWERED
from scoring.content.model import Question
from scoring.content.plan import load_plan
from scoring.tasks import tasks_served

_LONGEST_NOTE = 300
_GRADES = {"A": N_("authority or national press"), "B": N_("trade press or study"), "C": N_("vendor or blog")}


# --- all answers ---


def answers(case: Case) -> d.Section:
    """Every question asked, with the answer in full and the evidence."""
    w, say, catalogue = case.words, case.words.say, case.catalogue
    head = (say("Question"), say("Answer"), say("Evidence"))
    blocks: list[d.Block] = [*_about(case)]
    if case.on_site:
        text = N_("Each item with the value that counts: as found on site; 1 where a record was asked for, not shown.")
        blocks.append(d.Para(say(text)))
    for section in catalogue.sector.sections:
        rows = tuple(_answer_row(case, catalogue.questions[i]) for i in section.questions if i not in case.answers.off)
        if rows:
            blocks += [d.Heading(w.of(section.title)), d.Table(head, rows, (0.27, 0.51, 0.22), "lll")]
    off = sum(i in case.answers.off for i in catalogue.questions)
    if off:
        blocks.append(
            d.Note(
                w.count(
                    "One question was not asked, as it does not apply to this firm.",
                    "{n} questions were not asked, as they do not apply to this firm.",
                    off,
                )
            )
        )
    return d.Section("answers", say("Annex: all answers"), say("What was answered?"), tuple(blocks))


def _about(case: Case) -> list[d.Block]:
    w, say, facts = case.words, case.words.say, case.answers.facts
    pairs: list[tuple[d.Cell, ...]] = [(label, value) for label, value in firm_facts(w, facts)]
    pairs += [(w.of(f.text), w.fact(f.id, facts[f.id])) for f in case.catalogue.facts.values() if f.id in facts]
    labels = (say("Your first trouble"), say("Your second trouble"), say("Your third trouble"))
    pairs += [(labels[i], w.of(case.catalogue.pains[n].text)) for i, n in enumerate(case.answers.pains)]
    if not pairs:
        return []
    return [d.Heading(say("About the firm")), d.Table((say("Fact"), say("Answer")), tuple(pairs), (0.55, 0.45), "ll")]


def _answer_row(case: Case, question: Question) -> tuple[d.Cell, ...]:
    w = case.words
    level, text = w.answer(question.id, case.answers, case.raw.get("answers", {}).get(question.id))
    given = case.evidence(question.id)
    note = case.issue.notes.get(question.id, "")
    shown: list[d.Span] = []
    if given:
        shown.append(d.Span(given))
    elif given == "":
        shown.append(d.Span(w.say("missing"), "accent"))
    shown += [d.Span(name) for name in case.attached(question.id)]
    if note:
        shown.append(d.Span(w.pair(w.say("Remark"), w.brief(note, _LONGEST_NOTE)), "quiet"))
    title = d.Lines((d.Span(w.of(question.title), "strong"), d.Span(w.of(question.text), "quiet")))
    if level is not None:
        label = w.say("{n}  {label}", n=level, label=w.of(question.anchors[level].label))
        answer: d.Cell = d.Lines((d.Span(label, "strong"), d.Span(text)))
    elif case.answers.state(question.id) == ANSWERED:
        answer = text
    else:
        answer = (d.Span(text, "quiet"),)
    return (title, answer, d.Lines(tuple(shown)) if shown else "–")


# --- plan and sources ---


def plan(case: Case) -> d.Section | None:
    """Which task of the provincial plan each first step and each low topic serves."""
    w, say = case.words, case.words.say
    served = tasks_served(case.result, case.catalogue)
    if not served:
        return None
    province = load_plan()
    rows = tuple(
        (
            str(found.task),
            w.of(province.tasks[found.task]),
            w.listed(w.of(case.catalogue.solutions[name].title) for name in found.solutions) or "–",
            w.listed(w.topic(name) for name in found.topics) or "–",
        )
        for found in served
    )
    blocks = (
        d.Para(
            w.sentence(
                say(
                    "{plan} ({date}) names eighteen tasks. Here is which of them the proposed solutions serve, and "
                    "which of them the topics at level 0 or 1 belong to; of use when applying for support.",
                    plan=w.of(province.title), date=w.month(province.date),
                ),
                w.bracket(w.cite((province.source,))),
            )
        ),
        d.Table(
            ("", say("Task"), say("Proposed solutions"), say("Topics at level 0 or 1")),
            rows, (0.06, 0.26, 0.34, 0.34), "rlll",
        ),
    )  # fmt: skip
    return d.Section("plan", say("Annex: tasks of the plan"), "", blocks)


def sources(case: Case) -> d.Section | None:
    """Everything cited, by number."""
    w, say = case.words, case.words.say
    cited = case.words.cited()
    if not cited:
        return None
    rows = []
    for number, name in cited:
        source = case.catalogue.sources[name]
        date = w.month(source.date) if source.date else "–"
        title = d.Lines((d.Span(w.of(source.title)), d.Span(w.plain(source.address), "quiet")))
        rows.append((str(number), title, say(_GRADES[source.grade]), date))
    blocks = (d.Table(("", say("Source"), say("Kind"), say("Date")), tuple(rows), (0.06, 0.58, 0.21, 0.15), "rlll"),)
    return d.Section("sources", say("Sources"), "", blocks)
