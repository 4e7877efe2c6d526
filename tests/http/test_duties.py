"""The duty roster over HTTP: put on, listed, taken out; overlaps are refused by the database."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.invariants import breaches
from tests.builders import city
from tests.builders.applications import set_time, value_of
from tests.builders.attendance import START

Client = httpx2.AsyncClient
Headers = dict[str, str]
NIGHT = {"starts_at": "2026-11-23T18:00:00+08:00", "ends_at": "2026-11-24T06:00:00+08:00"}


def entry(staff: Any, region: str = "310104", **more: Any) -> dict[str, Any]:
    return {"staff_id": str(staff.id), "region_code": region} | NIGHT | more


async def put(client: Client, who: Headers, body: dict[str, Any]) -> httpx2.Response:
    return await client.post("/v1/duties", json=body, headers=who)


async def test_officers_of_a_region_keep_its_roster(ctx: Context, client: Client) -> None:
    """Two on duty at once, listed by their beginning with their names; one taken out can still be read."""
    await set_time(ctx, START)
    first, second = await city.an_officer(ctx), await city.an_officer(ctx, regions=("310104",))
    who = await city.as_staff(ctx, first)
    made = await put(client, who, entry(second))
    assert made.status_code == 201, made.text
    late = await put(client, who, entry(first, starts_at="2026-11-23T20:00:00+08:00"))
    listed = (await client.get("/v1/duties", headers=who, params={"region_code": "310100"})).json()["items"]
    assert [(each["staff_name"], each["on_duty"]) for each in listed] == [
        (second.display_name, False), (first.display_name, False),
    ]  # fmt: skip
    page = (await client.get("/v1/duties", headers=who, params={"limit": 1})).json()
    more = await client.get("/v1/duties", headers=who, params={"limit": 1, "cursor": page["next_cursor"]})
    assert [page["items"][0]["id"], more.json()["items"][0]["id"]] == [made.json()["id"], late.json()["id"]]
    gone = await client.post(f"/v1/duties/{made.json()['id']}/remove", headers=who)
    assert (gone.status_code, gone.json()["state"]) == (200, "removed")
    left = (await client.get("/v1/duties", headers=who)).json()["items"]
    assert [each["id"] for each in left] == [late.json()["id"]]
    assert (await client.get(made.headers["location"], headers=who)).json()["state"] == "removed"
    assert (await put(client, who, entry(second))).status_code == 201
    assert await breaches(ctx) == []


async def test_one_officer_is_not_on_duty_twice_at_once_in_a_region(ctx: Context, client: Client) -> None:
    """Of five at once one stands; touching times and another region do."""
    await set_time(ctx, START)
    staff = await city.an_officer(ctx)
    who = await city.as_staff(ctx, staff)
    answers = await asyncio.gather(*(put(client, who, entry(staff)) for _ in range(5)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409, 409]
    assert {each.json()["code"] for each in answers if each.status_code == 409} == {"duty_overlap"}
    after = {"starts_at": NIGHT["ends_at"], "ends_at": "2026-11-24T18:00:00+08:00"}
    assert (await put(client, who, entry(staff, **after))).status_code == 201
    assert (await put(client, who, entry(staff, "310105"))).status_code == 201
    assert await value_of(ctx, "select count(*) from duties") == 3


@pytest.mark.parametrize(
    ("region", "more", "status", "code"),
    [
        ("330200", {}, 403, "region_not_served"),
        ("999999", {}, 422, "region_unknown"),
        ("310104", {"ends_at": NIGHT["starts_at"]}, 422, "duty_times"),
        (
            "310104",
            {"starts_at": "2026-11-22T18:00:00+08:00", "ends_at": "2026-11-23T06:00:00+08:00"},
            422,
            "duty_past",
        ),
        ("310104", {"ends_at": "2027-11-24T06:00:00+08:00"}, 422, "duty_too_long"),
    ],
)
async def test_what_cannot_be_entered(
    ctx: Context, client: Client, region: str, more: dict[str, Any], status: int, code: str
) -> None:
    """Elsewhere, never, or for a year."""
    await set_time(ctx, START)
    staff = await city.an_officer(ctx)
    answer = await put(client, await city.as_staff(ctx, staff), entry(staff, region, **more))
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_only_who_serves_the_region_is_put_on_duty_there(ctx: Context, client: Client) -> None:
    """A stranger, a closed account and somebody unknown look the same; who can be is listed."""
    await set_time(ctx, START)
    mine, elsewhere, closed = [await city.an_officer(ctx, regions=(code,)) for code in ("310104", "330200", "310104")]
    admin, who = await city.an_officer(ctx, role="admin", regions=()), await city.as_staff(ctx, mine)
    await client.post(f"/v1/staff/{closed.id}/close", headers=await city.as_staff(ctx, admin))
    for one in (elsewhere, closed):
        assert (await put(client, who, entry(one))).json()["code"] == "duty_staff_unknown"
    can = (await client.get("/v1/duties/officers", headers=who, params={"region_code": "310104"})).json()["items"]
    assert [each["staff_id"] for each in can] == [str(mine.id), str(admin.id)]
    assert (await put(client, who, entry(admin))).status_code == 201
    far = await city.as_staff(ctx, elsewhere)
    theirs = (await put(client, who, entry(mine))).json()["id"]
    assert (await client.get(f"/v1/duties/{theirs}", headers=far)).status_code == 404
    assert (await client.post(f"/v1/duties/{theirs}/remove", headers=far)).status_code == 404
    assert (await client.get("/v1/duties", headers=far)).json()["items"] == []


async def test_what_is_over_stays_and_is_shown_where_asked_for(ctx: Context, client: Client) -> None:
    """After its end it is not taken out any more."""
    await set_time(ctx, START)
    staff = await city.an_officer(ctx)
    admin = await city.as_staff(ctx, await city.an_officer(ctx, role="admin"))
    made = (await put(client, admin, entry(staff))).json()
    await set_time(ctx, START.replace(day=25))
    assert (await client.get("/v1/duties", headers=admin)).json()["items"] == []
    past = (await client.get("/v1/duties", headers=admin, params={"past": True})).json()["items"]
    assert [each["id"] for each in past] == [made["id"]]
    gone = await client.post(f"/v1/duties/{made['id']}/remove", headers=admin)
    assert (gone.status_code, gone.json()["code"]) == (409, "duty_over")
