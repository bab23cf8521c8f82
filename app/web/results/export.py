"""Result and answers as sheets. Figures are the stored ones, as numbers; texts go through the formula-safe writer."""

from __future__ import annotations

from decimal import Decimal

from app.i18n import gettext as _
from app.models.verifications import Finding, Verification
from app.services.spreadsheets import CHINA, Cell, Sheet
from app.web.names import dimension_title, edition_name, level_name, reply_text, verdict_name
from app.web.results.answers import answer_sections, value_words
from app.web.results.reading import Reading
from app.web.results.steps import present_steps


def export_title(reading: Reading) -> str:
    """The name of the file, without ending."""
    firm, number = reading.result.assessment.firm.name, reading.result.assessment.number
    return _("%(firm)s, answers of round %(number)s", firm=firm, number=number)


def export_sheets(reading: Reading, verified: Verification | None) -> list[Sheet]:
    """Answers first, with what was found where they were verified; then result, dimensions and first steps."""
    return [_answers(reading, verified), _result(reading, verified), _dimensions(reading), _steps(reading)]


def _answers(reading: Reading, verified: Verification | None) -> Sheet:
    rows: list[list[Cell]] = []
    found = {} if verified is None else {f.item_id: f for f in verified.findings}
    for section in answer_sections(reading):
        for row in section.rows:
            answer = f"{row.answer}: {row.detail}" if row.detail else row.answer
            rows.append(
                [
                    section.title,
                    row.item,
                    row.title,
                    row.question,
                    answer,
                    row.level,
                    row.evidence_text or row.evidence,
                    row.note,
                    *(_found(reading, found.get(row.item)) if verified is not None else ()),
                ]
            )
    headers = [_("Section"), _("Id"), _("Topic"), _("Question"), _("Answer"), _("Level"), _("Evidence"), _("Note")]
    widths: tuple[int, ...] = (16, 18, 22, 48, 60, 8, 32, 32)
    if verified is not None:
        headers += [_("Found on site"), _("What was found"), _("Note of the visit"), _("Reply of the firm")]
        widths += (18, 48, 32, 32)
    return Sheet(_("Answers"), headers, rows, widths)


def _found(reading: Reading, finding: Finding | None) -> list[Cell]:
    """The verdict, the value found in words, the note, and the firm's reply."""
    if finding is None:
        return [None, None, None, None]
    value = (
        "" if finding.value is None else ": ".join(p for p in value_words(reading, finding.item_id, finding.value) if p)
    )
    return [verdict_name(finding.verdict), value, finding.note, reply_text(finding)]


def _result(reading: Reading, verified: Verification | None) -> Sheet:
    assessment, official, index = reading.result.assessment, reading.payload["official"], reading.payload["index"]
    level_range, score_range = official["range"]["level"], official["range"]["score"]
    rows: list[list[Cell]] = [
        [_("Firm"), assessment.firm.name],
        [_("Trade"), reading.text(reading.catalogue.sector.title)],
        [_("Round"), assessment.number],
        [_("Submitted on"), assessment.submitted_at.astimezone(CHINA).date() if assessment.submitted_at else None],
        [_("Index"), edition_name(reading.payload["edition"])],
        [_("How sure"), _("self-assessed, not the official determination")],
        [_("Level"), official["level"]],
        [_("Name of the level"), level_name(reading.catalogue, official["level"])],
        [_("Score"), Decimal(official["score"])],
        [_("Level with evidence"), official["evidenced"]["level"]],
        [_("Highest level possible with open answers"), level_range[1]],
        [_("Highest score possible with open answers"), Decimal(score_range[1])],
    ]
    if verified is not None and verified.result is not None:
        rows += [
            [_("Verified level"), verified.result.level],
            [_("Verified score"), verified.result.score],
            [_("Verified by"), verified.by_name],
            [_("Verified on"), verified.verified_at.astimezone(CHINA).date() if verified.verified_at else None],
        ]
    for section in reading.catalogue.edition.sections:
        rows.append([reading.text(section.title), Decimal(official["sections"][section.id])])
    for gate in reading.catalogue.edition.gates:
        at = official["scenes"][str(gate.level)]
        rows.append([_("Scenes at level %(level)s", level=gate.level), at["count"]])
        rows.append([_("Starred scenes at level %(level)s", level=gate.level), at["starred"]])
    rows.append([_("Cluster index"), index["overall"]])
    return Sheet(_("Result"), [_("Figure"), _("Value")], rows, (44, 36))


def _dimensions(reading: Reading) -> Sheet:
    rows: list[list[Cell]] = [
        [dimension_title(d), v["score"] if v["score"] is not None else _("too few answers"), v["answered"], v["of"]]
        for d, v in reading.payload["index"]["dimensions"].items()
    ]
    return Sheet(
        _("Dimensions"), [_("Dimension"), _("Score"), _("Topics answered"), _("Topics")], rows, (20, 16, 12, 12)
    )


def _steps(reading: Reading) -> Sheet:
    steps = present_steps(reading)
    rows: list[list[Cell]] = []
    for card, entry in zip((*steps.cards, *steps.rest), reading.payload["recommendations"], strict=True):
        low, high = entry["cost_per_year"]
        rows.append(
            [card.number, entry["solution"], card.title, card.pain, low, high, card.source, *entry["days"], card.what]
        )
    headers = [
        _("Rank"), _("Id"), _("Step"), _("Why"), _("First year, from (yuan)"), _("First year, to (yuan)"), _("Basis"),
        _("Days, from"), _("Days, to"), _("What it is"),
    ]  # fmt: skip
    return Sheet(_("First steps"), headers, rows, (6, 12, 28, 40, 14, 14, 48, 10, 10, 60))
