"""The city of a deal made face to face: it follows from the place and is not a free choice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from service.applications.sight import nearest_city, sight_place
from service.applications.usecases.hires import Deal, propose_hire
from service.context import Context
from service.errors import Refused
from service.geo import Point
from service.reference.catalogue import regions
from tests.builders.applications import NOON, member_caller, set_time, value_of
from tests.builders.city import a_member, a_worker, an_employer

SHANGHAI, NINGBO = "310100", "330200"
XUHUI_POINT = {"lon": 121.4365, "lat": 31.188, "datum": "wgs84"}
NINGBO_POINT = {"lon": 121.55, "lat": 29.87, "datum": "wgs84"}
KUNSHAN_POINT = {"lon": 120.98, "lat": 31.39, "datum": "wgs84"}  # Suzhou's, and nearer to a district of Shanghai


def place(at_home: set[str] | None = None, **given: Any) -> dict[str, Any]:
    return sight_place({"address": "某路1号"} | given, at_home or {SHANGHAI}, SHANGHAI, regions())


@pytest.mark.parametrize(
    ("given", "city"),
    [
        ({}, SHANGHAI),
        ({"district_code": "310104"}, SHANGHAI),
        ({"city_code": "310000"}, SHANGHAI),
        (XUHUI_POINT, SHANGHAI),
        (NINGBO_POINT, NINGBO),
        (NINGBO_POINT | {"city_code": NINGBO}, NINGBO),
        (KUNSHAN_POINT | {"city_code": "320500"}, "320500"),
    ],
)
def test_the_city_follows_from_the_place(given: dict[str, Any], city: str) -> None:
    """A point says the city; without one it is the employer's; a neighbour's nearer centre is no refusal."""
    assert place(**given)["city_code"] == city


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"city_code": NINGBO}, "sight_point_needed"),
        ({"district_code": "330203"}, "sight_point_needed"),
        (XUHUI_POINT | {"city_code": NINGBO}, "sight_city_elsewhere"),
        (NINGBO_POINT | {"city_code": SHANGHAI}, "sight_city_elsewhere"),
        (XUHUI_POINT | {"district_code": "330203"}, "sight_city_elsewhere"),
        (XUHUI_POINT | {"city_code": SHANGHAI, "district_code": "330203"}, "district_elsewhere"),
        ({"city_code": "999900"}, "region_unknown"),
        ({"city_code": "310104"}, "city_expected"),
    ],
)
def test_a_city_that_the_place_does_not_bear_out_is_refused(given: dict[str, Any], code: str) -> None:
    """Neither limits nor officers can be chosen by naming another city."""
    with pytest.raises(Refused) as refused:
        place(**given)
    assert refused.value.code == code


def test_a_site_is_a_home_too() -> None:
    """Where the employer has a site it may hire without a point."""
    assert place({SHANGHAI, NINGBO}, city_code=NINGBO)["city_code"] == NINGBO


def test_every_county_that_is_known_lies_nearest_to_its_own_city() -> None:
    """The derivation agrees with the table on every centre of the table."""
    wrong = [
        code
        for code, region in regions().items()
        if region.level != "province"
        and region.replaced_by is None
        and nearest_city(Point(region.longitude, region.latitude), regions())
        != (region.parent if region.level == "county" else code)
    ]
    assert not wrong


async def test_the_narrower_limits_of_the_two_cities_hold(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unverified employer does not escape its own city's limit by a point in another."""
    await set_time(ctx, NOON)
    limited = ctx.policies.book.with_value(
        "postings", "hire_by_sight_unverified_people_max", 1, valid_from=date(2021, 1, 2), jurisdiction=SHANGHAI
    )
    monkeypatch.setattr(type(ctx.policies), "at", lambda _, now, city=None: limited.at(now, city))
    employer = await an_employer(ctx, verified=False)
    boss = member_caller(await a_member(ctx, employer))
    for number in range(2):
        async with ctx.uow() as uow:
            worker = await a_worker(ctx)
            word = await uow.worker_codes.new_word(worker.id, digits=6, until=NOON.replace(hour=23))
        deal = Deal(
            code=word, trade="dishwashing", pay_fen=2500, pay_unit="hour", settlement="daily",
            until=NOON.replace(hour=NOON.hour + 4), place={"address": "某路1号"} | NINGBO_POINT,
        )  # fmt: skip
        if number == 0:
            assert (await propose_hire(ctx, deal, by=boss)).city_code == NINGBO
        else:
            with pytest.raises(Refused, match="sight_people_limit"):
                await propose_hire(ctx, deal, by=boss)
    assert await value_of(ctx, "select count(*) from hires") == 1
