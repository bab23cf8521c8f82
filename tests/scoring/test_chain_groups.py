"""What a group of suppliers lacks, and what a chain leader could provide."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scoring.chain import Asked, provisions, requirements
from scoring.content.catalogue import Catalogue, effects_of
from scoring.content.serving import serve, served_sectors

STRATEGIC = [sector for sector in served_sectors() if serve(sector).chain]


def asked(catalogue: Catalogue, met: int) -> list[Asked]:
    """All requirements, each met by so many percent."""
    means = {f"{c.topics[0][0]}>={c.topics[0][2]}": Decimal(met) for _, c in catalogue.chain}
    return requirements(catalogue, means)


def test_there_are_trades_with_a_chain_leader() -> None:
    assert "electronics" in STRATEGIC


@pytest.mark.parametrize("sector", STRATEGIC)
def test_every_provision_reaches_what_is_asked_and_the_cheapest_stands_first(sector: str) -> None:
    catalogue = serve(sector)
    wanted = asked(catalogue, 0)
    assert len(wanted) == len(catalogue.chain)
    offers = provisions(catalogue, wanted, most=len(wanted))
    assert offers
    prices = [offer.first_year[1] for offer in offers]
    assert prices == sorted(prices)
    levels = {one.topic: one.wants for one in wanted}
    for offer in offers:
        reached = {
            catalogue.topic_of[item]: max(effect.to or 0, effect.band or 0)
            for item, raw in offer.solution.raises.items()
            if item in catalogue.topic_of
            for effect in effects_of(raw)
        }
        assert offer.topics
        assert all(reached[topic] >= levels[topic] for topic in offer.topics)


def test_what_most_lack_stands_first_and_what_all_meet_needs_nothing() -> None:
    catalogue = serve("electronics")
    names = [f"{c.topics[0][0]}>={c.topics[0][2]}" for _, c in catalogue.chain]
    found = requirements(catalogue, {name: Decimal(100 - n) for n, name in enumerate(names)})
    assert [f"{one.topic}>={one.wants}" for one in found] == names[::-1]
    assert provisions(catalogue, asked(catalogue, 100)) == []


def test_a_requirement_that_may_not_be_told_is_left_out() -> None:
    catalogue = serve("electronics")
    assert requirements(catalogue, {}) == []
