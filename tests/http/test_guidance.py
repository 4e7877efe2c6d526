"""The officers' list of a deal, the figures of a region, and who should be back, over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
from sqlalchemy import text

from service.context import Context
from service.worktime import at_local
from tests.builders import city
from tests.builders.applications import breaches, run_due_at
from tests.builders.deals import Firms, two_firms

Client = httpx2.AsyncClient


async def on(firms: Firms, days: int) -> None:
    """So many days later, a little after midnight."""
    await run_due_at(firms.ctx, at_local(firms.today + timedelta(days=days), 1))
    await firms.sign_in()


async def list_of(firms: Firms, deal: Any, who: str = "officer") -> dict[str, str]:
    """How each item stands."""
    found = await firms.send("GET", f"/deals/{deal['id']}/guidance", who)
    return {item["code"]: item["stands"] for item in found["items"]}


async def test_an_officer_goes_through_the_list(ctx: Context, client: Client) -> None:
    """The service finds what it can, the officer the rest; what is lacking is told to both firms once, a later look
    counts instead, and both firms read the same."""
    firms = await two_firms(ctx, client)
    deal = await firms.agreed()
    path = f"/deals/{deal['id']}/guidance"
    before = await list_of(firms, deal)
    assert (before["declared"], before["rights_told"], before["consents_signed"]) == ("in_order", "open", "not_yet")
    await firms.send("POST", path, "officer", {"item": "rights_told", "outcome": "lacking"})
    assert (await list_of(firms, deal, "borrower"))["rights_told"] == "lacking"
    for side in ("lender", "borrower"):
        told = (await firms.send("GET", "/messages", side))["items"]
        assert sum(each["template"] == "deal.lacking" for each in told) == 1
    found = await firms.send("POST", path, "officer", {"item": "rights_told", "outcome": "in_order"})
    assert next(item for item in found["items"] if item["code"] == "rights_told")["stands"] == "in_order"
    assert await breaches(ctx) == []


async def test_what_is_no_finding_of_an_officer_is_refused(ctx: Context, client: Client) -> None:
    """An item that the service finds itself, an unknown one, one of injuries where nobody was hurt, and one whose time
    has not come; and nobody but officers of the place finds anything."""
    firms = await two_firms(ctx, client)
    deal = await firms.agreed()
    path = f"/deals/{deal['id']}/guidance"
    for item in ("firms_signed", "nothing", "injuries_followed"):
        refused = await firms.send("POST", path, "officer", {"item": item, "outcome": "in_order"}, status=422)
        assert refused["code"] == "finding_unknown"
    early = await firms.send("POST", path, "officer", {"item": "post_kept", "outcome": "in_order"}, status=409)
    assert early["code"] == "finding_early"
    await firms.send("POST", path, "lender", {"item": "rights_told", "outcome": "in_order"}, status=403)
    other = await city.as_staff(ctx, await city.an_officer(ctx, regions=["640000"]))
    firms.headers["stranger"] = other
    await firms.send("POST", path, "stranger", {"item": "rights_told", "outcome": "in_order"}, status=404)
    await firms.send("GET", path, "stranger", status=404)
    third = await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx, address="三路3号")))
    firms.headers["third"] = third
    await firms.send("GET", path, "third", status=404)


async def test_the_figures_of_a_region(ctx: Context, client: Client) -> None:
    """Two people for two weeks of work, one taken back in time and one late: counted by firms, people, working days,
    length and returns in time; whoever is late is on the officers' list until the lender says so."""
    firms = await two_firms(ctx, client)
    await firms.signed(people=2)
    await on(firms, 7)
    await on(firms, 21)
    lent = [(await firms.send("GET", "/workers/me/lent", f"person{at}"))["items"][0] for at in (0, 1)]
    await firms.send("POST", f"/lent/{lent[0]['id']}/take-back", "lender")
    assert (await firms.send("GET", "/lendings/late", "officer"))["items"] == []
    await on(firms, 26)
    late = (await firms.send("GET", "/lendings/late", "officer"))["items"]
    assert [(each["lent_id"], each["name"], each["days_late"]) for each in late] == [(lent[1]["id"], "张*", 2)]
    span = f"since={firms.today}&until={firms.today + timedelta(days=26)}"
    figures = await firms.send("GET", f"/lendings/figures?region=310000&{span}", "officer")
    counted = ("deals", "lenders", "borrowers", "persons", "lendings", "due_back", "injured", "ended_early", "released")
    assert [figures[name] for name in counted] == [1, 1, 1, 2, 2, 2, 0, 0, 0]
    assert (figures["person_days"], figures["days_entered"]) == (2 * working_days(firms, 7, 20), 0)
    assert (figures["average_days"], figures["on_time_permille"], figures["cross_region_permille"]) == (14.0, 500, 0)
    await a_lenders_district(ctx, "310115")
    for region, people in (("310104", 2), ("310115", 2), ("310112", 0)):
        found = await firms.send("GET", f"/lendings/figures?region={region}&{span}", "officer")
        assert found["persons"] == people, region
    first = await firms.send("GET", f"/lendings/figures?since={firms.today}&until={day(firms, 9)}", "officer")
    assert first["person_days"] == 2 * working_days(firms, 7, 9)
    assert first["due_back"] == 0
    assert first["on_time_permille"] is None
    await firms.send("POST", f"/lent/{lent[1]['id']}/take-back", "lender")
    assert (await firms.send("GET", "/lendings/late", "officer"))["items"] == []


async def a_lenders_district(ctx: Context, code: str) -> None:
    """The lender's record names another district than the place of work."""
    async with ctx.uow() as uow:
        said = f"update employers set district_code = '{code}' where id in (select lender_id from deals)"
        await uow.session.execute(text(said))


def day(firms: Firms, days: int) -> str:
    """A day so many days from today."""
    return str(firms.today + timedelta(days=days))


def working_days(firms: Firms, since: int, until: int) -> int:
    """Mondays to Fridays, both ends counted."""
    return sum((firms.today + timedelta(days=at)).isoweekday() <= 5 for at in range(since, until + 1))


async def test_figures_are_of_ones_own_regions(ctx: Context, client: Client) -> None:
    """Another region is refused, an unknown one and a time that is turned round or too long as well; of nothing the
    shares are null."""
    firms = await two_firms(ctx, client)
    away = await firms.send("GET", "/lendings/figures?region=640000", "officer", status=403)
    assert away["code"] == "region_not_served"
    for query, code, field, said in (
        ("region=999999", "region_unknown", "region", ""),
        ("since=2026-02-02&until=2026-02-01", "days_reversed", "until", "2026-02-01"),
        ("since=2090-02-02", "days_reversed", "since", "2090-02-02"),
        ("since=2016-02-02&until=2026-02-01", "range_too_long", "until", "一次最多查询 1100 天"),
        ("since=2016-02-02", "range_too_long", "since", "2019-02-05"),
        ("since=2020-01-01&until=2023-01-05", "range_too_long", "until", "2023-01-04"),
    ):
        refused = await firms.send("GET", f"/lendings/figures?{query}", "officer", status=422)
        assert (refused["code"], refused["errors"][0]["pointer"]) == (code, f"query:{field}")
        assert said in refused["detail"]
    await firms.send("GET", "/lendings/figures?since=2020-01-01&until=2023-01-04", "officer")
    nothing = await firms.send("GET", "/lendings/figures", "officer")
    assert (nothing["persons"], nothing["average_days"], nothing["cross_region_permille"]) == (0, None, None)
    await firms.send("GET", "/lendings/figures", "lender", status=403)
