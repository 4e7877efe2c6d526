"""Saved searches: kept by their person, told of what is new; no flood, no night, no offer twice, off is off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from service.context import Context
from service.messages.rendering import message_text
from service.worktime import SHANGHAI
from tests.builders import city
from tests.builders.applications import run_due_at, set_time
from tests.builders.postings import HALL, offered

Client = httpx2.AsyncClient
WISH = {"name": "洗碗", "filter": {"trades": ["dishwashing"], "side": "demand"}}


async def noon(ctx: Context) -> datetime:
    """Tomorrow at noon of Shanghai, on the frozen shared clock."""
    day = (await city.now_of(ctx)).astimezone(SHANGHAI) + timedelta(days=1)
    at = day.replace(hour=12, minute=0, second=0, microsecond=0)
    await set_time(ctx, at)
    return at


async def a_seeker(ctx: Context) -> tuple[Any, dict[str, str]]:
    worker = await city.a_worker(ctx)
    return worker, await city.as_worker(ctx, worker)


async def an_author(ctx: Context) -> tuple[Any, dict[str, str]]:
    employer = await city.an_employer(ctx)
    return employer, await city.as_member(ctx, await city.a_member(ctx, employer))


async def saved(client: Client, who: dict[str, str], **more: Any) -> dict[str, Any]:
    answer = await client.post("/v1/searches", json=WISH | more, headers=who)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def told(client: Client, who: dict[str, str]) -> list[str]:
    """Templates and texts of alerts in the inbox, oldest first."""
    items = (await client.get("/v1/messages", headers=who)).json()["items"]
    return [each["text"] for each in reversed(items) if "新信息" in each["text"]]


async def test_only_what_comes_after_is_told(ctx: Context, client: Client) -> None:
    """What was there before the save is not; what is published afterwards is, gathered into one message."""
    at = await noon(ctx)
    _, author = await an_author(ctx)
    await offered(client, author, title="老岗位")
    _, who = await a_seeker(ctx)
    await set_time(ctx, at + timedelta(minutes=1))
    search = await saved(client, who)
    await run_due_at(ctx, at + timedelta(hours=1))
    assert await told(client, who) == []
    await offered(client, author, title="新岗位甲")
    await run_due_at(ctx, at + timedelta(hours=1, minutes=5))
    assert await told(client, who) == []  # still gathered
    await offered(client, author, title="新岗位乙")
    await offered(client, author, title="搬家", trade="moving")
    await run_due_at(ctx, at + timedelta(hours=1, minutes=20))
    alerts = await told(client, who)
    assert len(alerts) == 1
    assert "2" in alerts[0]
    assert all(title in alerts[0] for title in ("新岗位甲", "新岗位乙", "洗碗"))
    assert not any(title in alerts[0] for title in ("老岗位", "搬家"))
    now = await client.get(f"/v1/searches/{search['id']}/listings", headers=who)
    assert (now.status_code, now.json()["total"]["count"]) == (200, 3)


async def test_an_offer_is_told_once(ctx: Context, client: Client) -> None:
    """The same words posted again, a second search that means them, a pause and a return: one alert in all."""
    at = await noon(ctx)
    _, author = await an_author(ctx)
    _, who = await a_seeker(ctx)
    await saved(client, who)
    await saved(client, who, name="附近", filter={"near": {"lon": HALL[0], "lat": HALL[1]}})
    await set_time(ctx, at + timedelta(minutes=1))
    row = await offered(client, author, title="后厨洗碗")
    await run_due_at(ctx, at + timedelta(minutes=2))
    await run_due_at(ctx, at + timedelta(minutes=30))
    assert len(await told(client, who)) == 1
    await offered(client, author, title="后厨洗碗")
    for action in ("pause", "resume"):
        assert (await client.post(f"/v1/postings/{row['id']}/{action}", headers=author)).status_code == 200
    await run_due_at(ctx, at + timedelta(hours=2))
    await run_due_at(ctx, at + timedelta(hours=3))
    assert len(await told(client, who)) == 1


async def test_nobody_is_told_at_night(ctx: Context, client: Client) -> None:
    """What is found at 23:00 is told when the quiet hours end, and not at all if it is gone by then."""
    at = await noon(ctx)
    _, author = await an_author(ctx)
    _, who = await a_seeker(ctx)
    await saved(client, who)
    await set_time(ctx, at + timedelta(hours=11))
    gone = await offered(client, author, title="夜里就满")
    await offered(client, author, title="夜里发的")
    await run_due_at(ctx, at + timedelta(hours=12))
    assert await told(client, who) == []
    assert (await client.post(f"/v1/postings/{gone['id']}/pause", headers=author)).status_code == 200
    await run_due_at(ctx, at + timedelta(hours=19))  # 07:00
    alerts = await told(client, who)
    assert len(alerts) == 1
    assert "夜里发的" in alerts[0]
    assert "夜里就满" not in alerts[0]


async def test_not_more_than_some_a_day(ctx: Context, client: Client) -> None:
    """The sixth find of a day waits for the next morning."""
    at = await noon(ctx)
    _, author = await an_author(ctx)
    _, who = await a_seeker(ctx)
    await saved(client, who)
    for number in range(6):
        at += timedelta(minutes=30)
        await set_time(ctx, at)
        await offered(client, author, title=f"岗位{number}号")
        await run_due_at(ctx, at)
        await run_due_at(ctx, at + timedelta(minutes=20))
    assert len(await told(client, who)) == 5
    await run_due_at(ctx, at + timedelta(hours=18))
    assert len(await told(client, who)) == 6


async def test_off_is_off(ctx: Context, client: Client) -> None:
    """One search or all of them; what came meanwhile is not told when alerts are on again."""
    at = await noon(ctx)
    _, author = await an_author(ctx)
    _, who = await a_seeker(ctx)
    search = await saved(client, who)
    off = await client.patch("/v1/searches/alerts", json={"enabled": False}, headers=who)
    assert (off.status_code, off.json()["alerts_enabled"]) == (200, False)
    await offered(client, author, title="关着的时候")
    await run_due_at(ctx, at + timedelta(minutes=5))
    await run_due_at(ctx, at + timedelta(hours=1))
    on = await client.patch("/v1/searches/alerts", json={"enabled": True}, headers=who)
    assert on.json()["alerts_enabled"] is True
    await run_due_at(ctx, at + timedelta(hours=2))
    assert await told(client, who) == []
    mute = await client.patch(
        f"/v1/searches/{search['id']}", json={"alerts": False}, headers=who | {"if-match": f'"{search["version"]}"'}
    )
    assert (mute.status_code, mute.json()["alerts"]) == (200, False)
    await offered(client, author, title="这个也关着")
    await run_due_at(ctx, at + timedelta(hours=3))
    await run_due_at(ctx, at + timedelta(hours=4))
    assert await told(client, who) == []


async def test_employers_kept_apart_are_left_out(ctx: Context, client: Client) -> None:
    """Personalised: neither told nor listed; without it the list is by distance or time and reads no profile."""
    at = await noon(ctx)
    employer, author = await an_author(ctx)
    worker, who = await a_seeker(ctx)
    search = await saved(client, who)
    blocked = await client.put(f"/v1/workers/{worker.id}/blocks/{employer.id}", json={}, headers=who)
    assert blocked.is_success, blocked.text
    await set_time(ctx, at + timedelta(minutes=1))
    row = await offered(client, author, title="不想见的")
    await run_due_at(ctx, at + timedelta(minutes=5))
    await run_due_at(ctx, at + timedelta(hours=1))
    assert await told(client, who) == []
    path = f"/v1/searches/{search['id']}/listings"
    own = await client.get(path, headers=who)
    plain = await client.get(path, params={"personalised": False}, headers=who)
    assert own.json()["items"] == []
    assert [each["id"] for each in plain.json()["items"]] == [row["id"]]


async def test_at_most_twenty(ctx: Context, client: Client) -> None:
    """The twenty-first is refused; one removed makes room, and leaves neither name nor filter behind."""
    _, who = await a_seeker(ctx)
    rows = [await saved(client, who, name=f"第{n}个", alerts=False) for n in range(20)]
    more = await client.post("/v1/searches", json=WISH, headers=who)
    assert (more.status_code, more.json()["code"]) == (409, "searches_too_many")
    assert (await client.delete(f"/v1/searches/{rows[0]['id']}", headers=who)).status_code == 204
    await saved(client, who)
    left = (await client.get("/v1/searches", headers=who)).json()["items"]
    assert len(left) == 20
    async with ctx.uow() as uow:
        asked = text("select name, filter from searches where id = :id")
        kept = await uow.session.execute(asked, {"id": rows[0]["id"]})
        assert kept.one() == (None, None)
        log = await uow.session.execute(text("select changes::text from transitions where noun = 'search'"))
        assert not any("第0个" in (line or "") for line in log.scalars())


async def test_a_search_is_its_persons_alone(ctx: Context, client: Client) -> None:
    """Somebody else's is not there; nobody signed in, an officer, a kiosk have no door."""
    _, who = await a_seeker(ctx)
    search = await saved(client, who)
    _, other = await a_seeker(ctx)
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    for path in (f"/v1/searches/{search['id']}", f"/v1/searches/{search['id']}/listings"):
        assert (await client.get(path, headers=other)).status_code == 404
        assert (await client.get(path, headers=officer)).status_code == 403
        assert (await client.get(path)).status_code == 401
    assert (await client.post("/v1/searches", json=WISH)).status_code == 401
    stale = await client.patch(f"/v1/searches/{search['id']}", json={"name": "x"}, headers=who | {"if-match": '"9"'})
    assert stale.status_code == 412


@pytest.mark.parametrize(
    ("filter_", "code"),
    [
        ({"colour": "red"}, "filter_field_unknown"), ({"trades": ["alchemy"]}, "code_unknown_listed"),
        ({"settlements": ["yearly"]}, "code_unknown"), ({"sort": "distance"}, "sort_needs_point"),
        ({"side": "both"}, "code_unknown"), ({"version": 7}, None), ({"weekdays": ["1"]}, None), ("洗碗", None),
        ({"venue_id": "00000000-0000-0000-0000-000000000001"}, "venue_unknown"),
    ],
)  # fmt: skip
async def test_bad_filters_are_refused(ctx: Context, client: Client, filter_: Any, code: str | None) -> None:
    """422 naming the field below /filter."""
    _, who = await a_seeker(ctx)
    answer = await client.post("/v1/searches", json=WISH | {"filter": filter_}, headers=who)
    assert answer.status_code == 422, answer.text
    errors = answer.json()["errors"]
    assert errors[0]["pointer"].startswith("/filter")
    assert code is None or errors[0]["code"] == code


async def test_many_searches_are_found_by_their_anchors(ctx: Context, client: Client) -> None:
    """Of six hundred people only those whose search means the new offer are told, batch by batch."""
    at = await noon(ctx)
    _, author = await an_author(ctx)
    worker, _ = await a_seeker(ctx)
    async with ctx.uow() as uow:
        await uow.session.execute(MANY_PEOPLE, {"worker": worker.id, "now": at})
    await set_time(ctx, at + timedelta(minutes=1))
    row = await offered(client, author)
    await run_due_at(ctx, at + timedelta(minutes=2))
    async with ctx.uow() as uow:
        found = await uow.session.execute(text("select count(*), min(listing_id::text) from search_hits"))
        assert found.one() == (600, row["id"])
        listing = await uow.listings.get(UUID(row["id"]))
        assert listing is not None
        assert len(await uow.searches.meaning(listing, None, 5_000)) == 600


MANY_PEOPLE = text("""
    with made as (
        insert into persons select (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid()))).*
        from persons p cross join generate_series(1, 1200) where p.id = :worker returning id),
    numbered as (select id, row_number() over () as n from made)
    insert into searches (id, version, created_at, updated_at, person_id, name, filter, anchors, alerts, alerts_from,
        personalised)
    select gen_random_uuid(), 1, :now, :now, id, 'x',
        case when n % 2 = 0 then '{"version": 1, "trades": ["dishwashing"]}'::jsonb
             else '{"version": 1, "trades": ["moving"]}'::jsonb end,
        case when n % 2 = 0 then array['t:dishwashing'] else array['t:moving'] end, true, :now, true from numbered""")


async def test_a_search_whose_market_is_gone_says_so(ctx: Context, client: Client) -> None:
    """The list says why it finds nothing; its listings are a clear problem; a new filter mends it, others go on."""
    at = await noon(ctx)
    _, author = await an_author(ctx)
    _, who = await a_seeker(ctx)
    broken, sound = await saved(client, who, name="老市场"), await saved(client, who)
    assert (broken["broken"], sound["broken"]) == (None, None)
    kept = '{"version": 1, "trades": ["dishwashing"], "venue_id": "01890000-0000-7000-8000-000000000000"}'
    async with ctx.database.sessions() as session, session.begin():
        await session.execute(
            text("update searches set filter = cast(:kept as jsonb) where id = :id"),
            {"kept": kept, "id": UUID(broken["id"])},
        )
    listed = (await client.get("/v1/searches", headers=who)).json()["items"]
    assert {each["id"]: each["broken"] for each in listed} == {broken["id"]: "venue_unknown", sound["id"]: None}
    found = await client.get(f"/v1/searches/{broken['id']}/listings", headers=who)
    assert (found.status_code, found.json()["code"]) == (409, "search_broken")
    assert found.json()["facts"] == {"why": "venue_unknown"}
    await set_time(ctx, at + timedelta(minutes=1))
    await offered(client, author, title="后厨洗碗")
    await run_due_at(ctx, at + timedelta(hours=1))
    await run_due_at(ctx, at + timedelta(hours=2))
    assert len(await told(client, who)) == 1
    match = who | {"if-match": f'"{listed[0]["version"]}"'}
    mended = await client.patch(f"/v1/searches/{broken['id']}", json={"filter": WISH["filter"]}, headers=match)
    assert (mended.status_code, mended.json()["broken"]) == (200, None), mended.text
    assert (await client.get(f"/v1/searches/{broken['id']}/listings", headers=who)).status_code == 200


async def test_an_alert_is_in_its_readers_language_and_names_its_search(ctx: Context, client: Client) -> None:
    """Titles stand apart as the reader's language has it, whatever the service speaks; one find leads to its search."""
    at = await noon(ctx)
    _, author = await an_author(ctx)
    _, who = await a_seeker(ctx)
    search = await saved(client, who)
    await set_time(ctx, at + timedelta(minutes=1))
    await offered(client, author, title="头一个")
    await run_due_at(ctx, at + timedelta(minutes=30))
    await run_due_at(ctx, at + timedelta(minutes=60))
    for title in ("甲店洗碗", "乙店洗碗"):
        await offered(client, author, title=title)
    await run_due_at(ctx, at + timedelta(minutes=90))
    await run_due_at(ctx, at + timedelta(minutes=120))
    asked = "select subject_kind, subject_id, params from messages where template like 'search.%' order by created_at"
    async with ctx.database.sessions() as session, session.begin():
        single, digest = (await session.execute(text(asked))).all()
    assert (single.subject_kind, str(single.subject_id)) == ("search", search["id"])
    assert sorted(digest.params["titles"]) == ["乙店洗碗", "甲店洗碗"]
    for language, separator in (("zh-CN", "、"), ("en", ", ")):
        assert separator.join(digest.params["titles"]) in message_text("search.digest", digest.params, language)
