"""The page about the firm: its numbers, the facts that switch questions, its three troubles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.i18n import gettext as _
from app.models.assessments import Assessment
from app.queries.assessments import Round
from app.web.assessments.fields import Choice
from app.web.assessments.forms import UNKNOWN
from app.web.assessments.words import text
from scoring.content.catalogue import Catalogue
from scoring.content.model import Fact, Option


@dataclass(frozen=True, slots=True)
class FactField:
    """One profile fact as a field: radio choices or a number."""

    id: str
    name: str
    kind: str
    label: str
    hint: str
    unit: str
    value: str
    choices: tuple[Choice, ...]
    conditions: str
    error: str


@dataclass(frozen=True, slots=True)
class PainField:
    """A typical trouble with the place it was given: "", "1", "2" or "3"."""

    id: str
    name: str
    label: str
    rank: str
    ranks: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NumberField:
    """One of the firm's own numbers."""

    id: str
    label: str
    hint: str
    unit: str
    value: str
    step: str
    error: str


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """The page about the firm."""

    firm: str
    trade: str
    numbers: tuple[NumberField, ...]
    facts: tuple[FactField, ...]
    pains: tuple[PainField, ...]
    pains_error: str
    seen: str
    writable: bool
    overview_url: str
    errors: tuple[tuple[str, str], ...]
    message: str = ""


def present_profile(
    round_: Round,
    seen: str,
    *,
    writable: bool,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    message: str = "",
) -> ProfilePage:
    """The page about the firm: what is stored, or what was typed and could not be saved."""
    shown = typed if typed is not None else _profile_fields(round_.assessment)
    wrong = problems or {}
    fields = tuple(_fact_field(fact, shown, wrong) for fact in _sector_first(round_.catalogue))
    numbers = _number_fields(shown, wrong)
    errors = [(f"f-{n.id}", n.label) for n in numbers if n.error] + [(f.id, f.label) for f in fields if f.error]
    picked_wrong = wrong.get("pains", "")
    if picked_wrong:
        errors.append(("pains", _("Your three worst troubles")))
    return ProfilePage(
        firm=round_.assessment.firm.name,
        trade=text(round_.catalogue.sector.title),
        numbers=numbers,
        facts=fields,
        pains=tuple(
            PainField(f"pain-{n}", f"pain.{n}", text(pain.text), shown.get(f"pain.{n}", ""), _ranks())
            for n, pain in round_.catalogue.pains.items()
        ),
        pains_error=_(picked_wrong) if picked_wrong else "",
        seen=seen,
        writable=writable,
        overview_url=url_for("assessments.show", assessment_id=round_.id),
        errors=tuple(errors),
        message=message,
    )


def _ranks() -> tuple[tuple[str, str], ...]:
    return ("", _("not picked")), ("1", _("worst")), ("2", _("second")), ("3", _("third"))


def _sector_first(catalogue: Catalogue) -> Iterable[Fact]:
    own = [f.id for f in catalogue.sector.facts]
    return [*catalogue.sector.facts, *(f for f in catalogue.facts.values() if f.id not in own)]


def _profile_fields(assessment: Assessment) -> dict[str, str]:
    fields = {f"fact.{name}": _plain(value) for name, value in assessment.profile.items()}
    for name in ("employees", "revenue_wan", "machines"):
        value = getattr(assessment, name)
        fields[name] = "" if value is None else f"{value:f}" if name == "revenue_wan" else str(value)
    return fields | {f"pain.{n}": str(rank) for rank, n in enumerate(assessment.pains, 1)}


def _plain(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _number_fields(shown: Mapping[str, str], wrong: Mapping[str, str]) -> tuple[NumberField, ...]:
    people = (_("How many people work here?"), _("With temporary workers, without outside staff."), _("people"))
    revenue = (
        _("What was the revenue last year?"),
        _("A rough figure is enough; it rules out what would cost too much."),
        _("10,000 yuan"),
    )
    machines = (_("How many production machines are there?"), _("Manual ones count too."), _("machines"))
    table = (("employees", *people, "1"), ("revenue_wan", *revenue, "any"), ("machines", *machines, "1"))
    return tuple(
        NumberField(name, label, hint, unit, shown.get(name, ""), step, _(wrong[name]) if name in wrong else "")
        for name, label, hint, unit, step in table
    )


def _fact_field(fact: Fact, shown: Mapping[str, str], wrong: Mapping[str, str]) -> FactField:
    name = f"fact.{fact.id}"
    value = shown.get(name, "")
    options: list[tuple[str, str]] = []
    if fact.kind == "bool":
        options = [("true", _("Yes")), ("false", _("No")), (UNKNOWN, _("Not sure"))]
    elif fact.kind == "choice":
        options = [*((o.id, _fact_option(o)) for o in fact.options), (UNKNOWN, _("Not sure"))]
    return FactField(
        id=f"f-{fact.id}",
        name=name,
        kind=fact.kind,
        label=text(fact.text),
        hint=text(fact.hint),
        unit=text(fact.unit),
        value="" if value == UNKNOWN else value,
        choices=tuple(Choice(f"f-{fact.id}-{v}", v, label, "", v == value) for v, label in options),
        conditions="&".join(fact.ask_if),
        error=_(wrong[fact.id]) if fact.id in wrong else "",
    )


def _fact_option(option: Option) -> str:
    return text(option.text)
