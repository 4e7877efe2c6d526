"""What a borrower reads of where a lender's people live: bands, whatever the exact ways are."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from matching import Point, SkillClaim, SkillNeed
from matching.sharing import SHARING, Homes, Offer, Shortage, Surplus, compare
from service.balances.rules.coarse import band, coarse

TODAY = date(2026, 11, 22)
HERE = Point.of(31.2, 121.4)
DEGREES = st.floats(-0.4, 0.4)


def told(lat: float, lon: float, radius: int) -> tuple[Offer, Offer]:
    """(as it is, as a borrower reads it) of people who live there and go so far."""
    home = Homes(3, Point.of(31.2 + lat, 121.4 + lon))
    days = {"first": TODAY, "last": TODAY}
    lent = Surplus(
        id=1, firm=1, trade=SkillClaim("4-03-02-05"), headcount=3, homes=(home,), radius_m=radius, point=HERE, **days
    )  # fmt: skip
    short = Shortage(id=2, firm=2, trade=SkillNeed("4-03-02-05"), headcount=3, point=HERE, **days)
    exact = compare(lent, short, SHARING, today=TODAY)
    return exact, coarse(exact)


@given(DEGREES, DEGREES, st.integers(1_000, 60_000))
def test_nothing_exact_of_a_home_is_left(lat: float, lon: float, radius: int) -> None:
    """Every number about the way is a multiple of its band, no radius stands there, and the parts still add up."""
    exact, rough = told(lat, lon, radius)
    home = next(part for part in rough.score.parts if part.name == "home")
    assert home.value % 200_000 == 0
    assert rough.score.total == sum(part.points for part in rough.score.parts)
    assert rough.distance_m is not None
    facts = [home.facts, *(each.facts for each in rough.hindrances)]
    for metres in (rough.distance_m, *(value for each in facts for value in each.values())):
        assert isinstance(metres, int)
        assert metres % 5_000 == 0
    assert {name for each in facts for name in each} <= {"within_m"}
    assert (rough.people, len(rough.hindrances)) == (exact.people, len(exact.hindrances))


@given(st.integers(0, 500_000))
def test_a_band_holds_what_it_says(metres: int) -> None:
    """At least so far, less than one band more, and never none."""
    assert metres <= band(metres) <= metres + 5_000
    assert band(metres) > 0
