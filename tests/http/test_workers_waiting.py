"""等活 over HTTP: where, for what, until when; who sees it; how it ends by itself."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from service.actor import SYSTEM
from service.ids import new_id
from service.jobs.due import run_all_due
from tests.builders.city import XUHUI, a_venue, a_worker, an_officer, as_staff, as_worker
from tests.builders.workers import NOON, stand_at

PATH = "/v1/workers/me/waiting"


async def test_waiting_defaults_to_home_own_skills_and_eight_in_the_evening(client, ctx):
    """Nothing said: home, all skills, 20:00 in Shanghai."""
    await stand_at(ctx)
    me = await as_worker(ctx, await a_worker(ctx, trades=("dishwashing", "cleaning")))
    made = await client.put(PATH, json={}, headers=me)
    assert made.status_code == 200, made.text
    assert set(made.json()["trades"]) == {"dishwashing", "cleaning"}
    assert datetime.fromisoformat(made.json()["until"]) == NOON + timedelta(hours=8)
    assert made.json()["place"]["coordinates"] == [121.4365, 31.188]


async def test_it_lapses_by_itself_and_can_be_begun_again(client, ctx):
    """Gone from every list at `until`, timer or not; the timer ends the row; the next one is new."""
    await stand_at(ctx)
    me = await as_worker(ctx, await a_worker(ctx))
    officer = await as_staff(ctx, await an_officer(ctx))
    until = (NOON + timedelta(hours=1)).isoformat()
    first = (await client.put(PATH, json={"until": until}, headers=me)).json()
    later = (NOON + timedelta(hours=2)).isoformat()
    longer = (await client.put(PATH, json={"until": later}, headers=me)).json()
    assert (longer["id"], longer["version"]) == (first["id"], 2)
    await stand_at(ctx, NOON + timedelta(hours=1, minutes=30))
    await run_all_due(ctx)
    assert (await client.get(PATH, headers=me)).status_code == 200
    await stand_at(ctx, NOON + timedelta(hours=2))
    assert (await client.get("/v1/waiting", headers=officer)).json()["items"] == []
    assert (await client.get(PATH, headers=me)).status_code == 404
    again = (await client.put(PATH, json={}, headers=me)).json()
    assert again["id"] != first["id"]
    await run_all_due(ctx)
    assert (await client.get(PATH, headers=me)).status_code == 200
    assert (await client.delete(PATH, headers=me)).status_code == 204
    assert (await client.delete(PATH, headers=me)).status_code == 204
    assert (await client.get(PATH, headers=me)).status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"until": "2026-11-20T11:59:00+08:00"}, "waiting_past"),
        ({"until": "2026-11-21T04:01:00+08:00"}, "waiting_too_long"),
        ({"venue_id": "019fb1aa-0000-7000-8000-000000000000"}, "venue_unknown"),
        ({"crew_id": "019fb1aa-0000-7000-8000-000000000000"}, "crew_unknown"),
        ({"region_code": "999999"}, "region_unknown"),
        ({"own_tools": ["电话13800138000"]}, "text_personal"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_code(client, ctx, body, code):
    """Nobody waits in the past, past the work day, or at places that are not there."""
    await stand_at(ctx)
    me = await as_worker(ctx, await a_worker(ctx))
    refused = await client.put(PATH, json=body, headers=me)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


async def test_only_who_may_be_introduced_waits(client, ctx):
    """An unknown birth date and somebody not yet of age are refused."""
    unknown = await as_worker(ctx, await a_worker(ctx, birth=None))
    assert (await client.put(PATH, json={}, headers=unknown)).json()["code"] == "birth_date_needed"
    child = await as_worker(ctx, await a_worker(ctx, birth=datetime(2015, 1, 1, tzinfo=UTC).date()))
    assert (await client.put(PATH, json={}, headers=child)).json()["code"] == "under_age"


async def test_officers_see_who_waits_in_their_region_page_by_page(client, ctx):
    """Masked, longest first, each once; by venue and trade; nothing of another city."""
    await stand_at(ctx)
    venue = await a_venue(ctx)
    officer = await as_staff(ctx, await an_officer(ctx, regions=(XUHUI,)))
    far = await as_staff(ctx, await an_officer(ctx, regions=("330200",)))
    for minute in range(5):
        await stand_at(ctx, NOON + timedelta(minutes=minute))
        me = await as_worker(ctx, await a_worker(ctx, trades=("dishwashing" if minute % 2 else "cleaning",)))
        body = {"venue_id": str(venue.id), "own_tools": ["拖把"]} if minute < 3 else {}
        assert (await client.put(PATH, json=body, headers=me)).status_code == 200
    seen, cursor = [], None
    while True:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/waiting", params=params, headers=officer)).json()
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len({each["worker_id"] for each in seen}) == len(seen) == 5
    assert [each["since"] for each in seen] == sorted(each["since"] for each in seen)
    assert {each["name_masked"] for each in seen} == {"张*"}
    at_venue = await client.get("/v1/waiting", params={"venue_id": str(venue.id)}, headers=officer)
    assert len(at_venue.json()["items"]) == 3
    washing = await client.get("/v1/waiting", params={"trade": "dishwashing"}, headers=officer)
    assert len(washing.json()["items"]) == 2
    assert (await client.get("/v1/waiting", headers=far)).json()["items"] == []
    counts = (await client.get("/v1/waiting/counts", params={"region_code": "310000"})).json()
    assert counts["people"] == 5
    assert {each["trade"]: each["people"] for each in counts["trades"]} == {"dishwashing": 2, "cleaning": 3}


async def test_a_kiosk_needs_the_card_that_lies_on_it(client, ctx):
    """A kiosk alone moves nobody; with the person's card it may begin to wait for that person only."""
    venue = await a_venue(ctx)
    async with ctx.uow() as uow:
        device, credential = uow.accounts.new_device(venue_id=venue.id, name="一号机", city_code=XUHUI)
        await uow.add(device, by=SYSTEM)
    kiosk = {"authorization": f"Bearer {credential}"}
    worker, other = await a_worker(ctx), await a_worker(ctx)
    card = (await client.post("/v1/workers/me/card", json={}, headers=await as_worker(ctx, worker))).json()["code"]
    path = "/v1/workers/{}/waiting"
    assert (await client.put(path.format(worker.id), json={}, headers=kiosk)).status_code == 404
    assert (await client.put(path.format(other.id), json={"card_code": card}, headers=kiosk)).status_code == 404
    assert (await client.put(path.format(new_id()), json={"card_code": card}, headers=kiosk)).status_code == 404
    made = await client.put(path.format(worker.id), json={"card_code": card}, headers=kiosk)
    assert (made.status_code, made.json()["venue_id"]) == (200, str(venue.id))
    met = (await client.post("/v1/workers/identify", json={"code": card}, headers=kiosk)).json()
    assert met["worker_id"] == str(worker.id)


async def test_rest_ends_waiting_and_return_allows_it_again(client, ctx):
    """While resting nobody waits."""
    me = await as_worker(ctx, await a_worker(ctx))
    await client.put(PATH, json={}, headers=me)
    assert (await client.post("/v1/workers/me/rest", headers=me)).json()["waiting"] is None
    assert (await client.put(PATH, json={}, headers=me)).json()["code"] == "worker_resting"
    assert (await client.post("/v1/workers/me/rest", headers=me)).status_code == 409
    assert (await client.post("/v1/workers/me/return", headers=me)).json()["state"] == "active"
    assert (await client.put(PATH, json={}, headers=me)).status_code == 200


async def test_raced_starts_leave_one_live_row(client, ctx):
    """Eight at once from one worker: all answered, one row."""
    me = await as_worker(ctx, await a_worker(ctx))
    answers = await asyncio.gather(*(client.put(PATH, json={}, headers=me) for _ in range(8)))
    assert {each.status_code for each in answers} == {200}
    assert len({each.json()["id"] for each in answers}) == 1
