"""The result on one page: what `reports.selfcheck` draws, from the same values as the page on screen."""

from __future__ import annotations

from app.i18n import day, html_lang, language
from app.i18n import gettext as _
from app.models.selfchecks import SelfCheckRun
from app.reports.selfcheck import Sheet, SheetGroup, SheetRow
from app.web.figures import sentences
from app.web.selfchecks.results import MeasureGroup, RunPage, present_run


def present_sheet(run: SelfCheckRun) -> Sheet:
    """The sheet in the language in force."""
    page = present_run(run, (), writes=False)
    return Sheet(
        language=language(),
        tag=html_lang(),
        title=page.check,
        firm=page.firm,
        line=_("Self-assessed on %(day)s, no. %(number)s", day=day(run.finished_at), number=run.number),
        share=page.share,
        share_part=(run.payload or {}).get("score") or 0.0,
        share_unit=_("of 100 in place"),
        band=next(b.name for b in page.bands if b.here),
        band_text=page.band_text,
        bands=tuple(b.start for b in page.bands),
        sections=tuple((s.title, s.share, float(s.width.rstrip("%")) / 100) for s in page.sections),
        duty=page.duties_title if page.duties else "",
        duties=tuple(_("%(title)s: %(law)s", title=d.title, law=d.law) for d in page.duties),
        groups=(*_moves(page), *(_group(g) for g in page.groups), *_keeps(page)),
        law_mark=_("Law:"),
        means=page.means_answer if page.meanings else "",
        foot=tuple(
            part
            for part in (
                page.open_note,
                _("Prices are estimates of November 2026 for a plant of about 60 people, not quotations."),
                _("Rests on: %(sources)s.", sources="; ".join(page.basis)),
            )
            if part
        ),
        footer=sentences(
            [
                _("Self-assessment, not an audit or an official determination."),
                _("Sample data: firms, people and figures are fictional.") if page.demo else "",
            ]
        ),
        empty=_("Nothing is open. Check again in a year.") if not page.groups and not page.moves else "",
    )


def _group(group: MeasureGroup) -> SheetGroup:
    return SheetGroup(
        group.title, group.sum, tuple(SheetRow(r.title, r.cost, text=r.text, duty=r.duty) for r in group.rows)
    )


def _moves(page: RunPage) -> tuple[SheetGroup, ...]:
    if not page.moves:
        return ()
    rows = tuple(SheetRow(m.title, m.cost, note=_sentence(m.said)) for m in page.moves)
    return (SheetGroup(_("What to move first"), _("a year"), rows),)


def _keeps(page: RunPage) -> tuple[SheetGroup, ...]:
    if not page.keeps:
        return ()
    return (
        SheetGroup(
            _("What stays in the plant"),
            "",
            tuple(SheetRow(k.title, note=_sentence(k.said), text=k.why) for k in page.keeps),
        ),
    )


def _sentence(phrase: str) -> str:
    """A phrase that begins a line."""
    return phrase[:1].upper() + phrase[1:]
