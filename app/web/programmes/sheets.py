"""The workbook of a joint programme: what the page shows, all of it, and no more."""

from __future__ import annotations

from app.i18n import gettext as _
from app.models.clusters import Cluster
from app.services.spreadsheets import Cell, Sheet
from app.web.clusters.wording import cluster_name
from app.web.names import sector_name
from app.web.programmes.presenters import left_text, step_texts
from app.web.programmes.reading import Reading
from app.web.programmes.wording import gap_text, kind_name, tier_text


def sheets(cluster: Cluster, reading: Reading) -> list[Sheet]:
    """Programmes, firms by name, firms that are left, curve, and what the figures mean. Money in yuan."""
    payload, programme = reading.payload, reading.programme
    programmes: list[list[Cell]] = [
        [
            reading.title(e["solution"]), kind_name(e["kind"]) if e["tier"] else _("each alone"), e["number"],
            e["hidden"], e["ready"], e["price"][0], e["price"][1], e["list"][1], tier_text(e),
        ]
        for e in reading.entries()
    ]  # fmt: skip
    firms: list[list[Cell]] = []
    for plan in reading.plans:
        firm = plan["firm"]
        steps = "\n".join(
            f"{n}. {s.title}{f' ({s.first})' if s.first else ''}" for n, s in enumerate(step_texts(reading, plan), 1)
        )
        firms.append(
            [
                firm.name, sector_name(firm.sector), firm.town, plan["from"], plan["level"], *plan["price"],
                plan["list"], plan["days"], steps,
            ]
        )  # fmt: skip
    left: list[list[Cell]] = [
        [r["firm"].name, sector_name(r["firm"].sector), r["firm"].town, r["from"], left_text(reading, r)]
        for r in reading.left
    ]
    about: list[list[Cell]] = [
        [_("Cluster"), cluster_name(cluster)],
        [_("As of"), programme.ready_at],
        [_("Target level"), programme.target if programme.target is not None else _("next level of each firm")],
        [_("Budget"), programme.budget if programme.budget is not None else _("no limit")],
        [_("Firms lifted"), sum(payload["lifted"])],
        [_("How sure"), gap_text(payload["more"])],
        [_("Firms by name"), payload["firms"][0]],
        [_("Firms without a name"), payload["firms"][1]],
        [_("Other needs of firms without a name, upper end"), payload["rest"][1]],
        [_("Prices"), _("First year; joint prices are estimates, to begin talking from.")],
        [
            _("Kind"),
            _("All results are self-assessed, following the national index; none is an official determination."),
        ],
    ]
    return [
        Sheet(
            _("Programmes"),
            [
                _("Solution"), _("How"), _("Firms"), _("Without a name"), _("Can start at once"), _("Lower end"),
                _("Upper end"), _("Each alone, upper end"), _("Joint price"),
            ],
            programmes,
            (34, 26, 8, 10, 12, 12, 12, 14, 44),
        ),
        Sheet(
            _("Firms"),
            [
                _("Firm"), _("Trade"), _("Town"), _("Level"), _("Level after"), _("Lower end"), _("Upper end"),
                _("Alone, upper end"), _("Days"), _("Steps"),
            ],
            firms,
            (28, 14, 14, 7, 8, 12, 12, 12, 7, 60),
        ),
        Sheet(_("Not lifted"), [_("Firm"), _("Trade"), _("Town"), _("Level"), _("Why")], left, (28, 14, 14, 7, 80)),
        Sheet(
            _("Curve"),
            [_("Budget"), _("Firms lifted"), _("At most so many more")],
            [[p["budget"], p["lifted"], p["more"]] for p in payload["curve"]],
            (14, 12, 18),
        ),
        Sheet(_("About"), [_("What"), _("Value")], about, (26, 60)),
    ]  # fmt: skip
