"""The open-data feed: what is in it and what never, why things leave it, cursors, filters, partners."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from service.actor import SYSTEM, Actor
from service.context import Context
from service.feed.schemas.entries import ENTRY
from service.feed.usecases import reading
from service.feed.usecases.building import build
from service.feed.usecases.seating import count_seats
from service.http.signed import signed
from service.postings.lifecycle import POSTING
from service.supplies.rules import RETURN_WITHIN
from service.vault import Vault
from tests.builders import city
from tests.builders.applications import NOON, rows_of, run_due_at, set_time
from tests.builders.feed import OFFICER, a_supply, brought_by, changes, said, snapshot, turn
from tests.builders.people import an_integrator

Client = httpx2.AsyncClient
NAME, PHONE, HOME = "欧阳建国", "+8613612345678", (121.4371234, 31.1887654)


async def a_market(ctx: Context) -> tuple[Any, Any]:
    """One posting and one supply posting, published in the feed."""
    posting = await city.a_posting(ctx, await city.an_employer(ctx))
    supply = await a_supply(ctx, await city.a_worker(ctx, name=NAME, phone=PHONE, at=HOME))
    await build(ctx, wait=True)
    await count_seats(ctx, wait=True)
    return posting, supply


async def test_before_the_builder_ran_there_is_nothing_to_copy(client: Client) -> None:
    """503 with a time to come again: an empty copy would be a wrong one."""
    answer = await client.get("/v1/feed/snapshot")
    assert (answer.status_code, answer.json()["code"]) == (503, "feed_preparing")
    assert int(answer.headers["retry-after"]) >= 1


async def test_the_feed_says_what_it_is(ctx: Context, client: Client) -> None:
    """Licence, limits, versions, where it stands; every link that needs no cursor answers."""
    await a_market(ctx)
    told = (await client.get("/v1/feed")).json()
    assert (told["schema_version"], told["high_water_mark"], told["order"]) == (1, 2, "seq")
    assert told["licence"]["name"] == "CC BY 4.0"
    assert told["limits"]["cursor_days"] >= 30
    assert {each["kind"] for each in told["code_lists"]} >= {"trade", "region", "occupation"}
    for name, link in told["links"].items():
        assert (await client.get(link)).status_code == {"changes": 422, "results": 401}.get(name, 200), name
    assert (await client.get("/v1/feed/snapshot")).headers["cache-control"] == "no-store"


async def test_an_entry_says_what_the_public_may_know(ctx: Context, client: Client) -> None:
    """Both kinds, of the committed shape; the digest is that of the body as anybody writes it again."""
    posting, supply = await a_market(ctx)
    entries, _ = await snapshot(client)
    for entry in entries:
        ENTRY.validate_python(entry)
    bodies = {entry["id"]: entry["body"] for entry in entries}
    assert bodies.keys() == {str(posting.id), str(supply.id)}
    assert bodies[str(posting.id)]["pay"]["amount_fen"] == 2500
    assert bodies[str(supply.id)]["certificates"] == ["health_certificate"]
    assert bodies[str(supply.id)]["pay_wish"] == {"amount_fen": 2500, "currency": "CNY", "unit": "hour"}


async def test_no_person_stands_in_it(ctx: Context, client: Client) -> None:
    """No name, phone, id or exact point of who seeks work or of a household, in any answer of the feed."""
    worker = await city.a_worker(ctx, name=NAME, phone=PHONE, at=HOME)
    supply = await a_supply(ctx, worker)
    home = await city.an_employer(ctx, kind="household", name="司马小红", credit_code=None)
    pickup = {"lon": HOME[0], "lat": HOME[1], "address": "幸福路7号502室", "leaves_at": "07:00", "way_back": True}
    await city.a_posting(ctx, home, address="幸福路7号502室", lon=HOME[0], lat=HOME[1], pickup=pickup)
    await build(ctx, wait=True)
    cursor = (await client.get("/v1/feed/snapshot")).json()["cursor"]
    await turn(ctx, "supply", supply.id, "take_down", by=OFFICER)
    await build(ctx, wait=True)
    paths = ["", "/snapshot", f"/snapshot/1?cursor={cursor}", f"/changes?cursor={cursor}", "/removals", "/manifest"]
    paths += [f"/bucket/{number:02x}" for number in range(256)]
    texts = [(await client.get(f"/v1/feed{path}")).text for path in paths]
    assert sum("司**" in text for text in texts) == 2
    secrets = [
        NAME,
        PHONE[3:],
        str(worker.id),
        "司马小红",
        "幸福路",
        "502室",
        "121.437123",
        "31.188765",
        "121.4371",
        "31.1887",
    ]
    assert not [secret for secret in secrets if any(secret in text for text in texts)]


async def test_markup_in_words_stays_words(ctx: Context, client: Client) -> None:
    """It is sent as JSON of its type, byte for byte, and nothing may guess another one."""
    title = '<script>alert(1)</script>\\ "洗碗" & <b>搬运</b>'
    await city.a_posting(ctx, await city.an_employer(ctx), title=title)
    await build(ctx, wait=True)
    listed = (await client.get("/v1/feed/snapshot")).json()
    answer = await client.get(listed["parts"][0]["url"])
    assert json.loads(answer.text)["body"]["title"] == title
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("noun", "action", "by", "cause", "urgent"),
    [
        ("posting", "expire", None, "expired", False), ("posting", "withdraw", None, "withdrawn", False),
        ("posting", "pause", None, "paused", False), ("posting", "revise", None, "in_review", False),
        ("posting", "pause", OFFICER, "paused", False), ("posting", "take_down", OFFICER, "taken_down", True),
        ("supply", "find", None, "filled", False), ("supply", "take_down", OFFICER, "taken_down", True),
        ("supply", "expire", None, "expired", False),
    ],
)  # fmt: skip
async def test_a_tombstone_says_why(
    ctx: Context, client: Client, noun: str, action: str, by: Actor | None, cause: str, urgent: bool
) -> None:
    """What an officer stopped is urgent and stands in the list to poll; the rest is not there."""
    posting, supply = await a_market(ctx)
    _, cursor = await snapshot(client)
    urgent_ones = (await client.get("/v1/feed/removals")).json()["next_cursor"]
    one = posting if noun == "posting" else supply
    await turn(ctx, noun, one.id, action, **({"by": by} if by else {}))
    assert said(await changes(ctx, client, cursor)) == [("remove", str(one.id), cause, urgent)]
    polled = (await client.get("/v1/feed/removals", params={"cursor": urgent_ones})).json()["items"]
    assert [each["id"] for each in polled] == ([str(one.id)] if urgent else [])


async def test_a_rest_says_as_little_as_may_be_of_whose_postings_are_one_persons(ctx: Context, client: Client) -> None:
    """Gone at once, for the cause of any pause of a person's own, at a minute; back at moments of their own."""
    worker = await city.a_worker(ctx)
    who = await city.as_worker(ctx, worker)
    mine = {str((await a_supply(ctx, worker)).id) for _ in range(3)}
    other = await city.a_worker(ctx)
    stranger = await a_supply(ctx, other)
    await build(ctx, wait=True)
    _, cursor = await snapshot(client)
    now = await city.now_of(ctx)
    await set_time(ctx, now)
    assert (await client.post("/v1/workers/me/rest", headers=who)).status_code == 200
    paused = await client.post(f"/v1/supplies/{stranger.id}/pause", headers=await city.as_worker(ctx, other))
    assert paused.status_code == 200, paused.text
    assert (await client.get("/v1/supplies")).json()["items"] == []
    gone = await changes(ctx, client, cursor)
    assert {each["id"] for each in gone} == mine | {str(stranger.id)}
    assert len({(each["op"], each["cause"], each["at"]) for each in gone}) == 1
    assert gone[0]["at"].endswith(":00+08:00")
    assert (await client.post("/v1/workers/me/return", headers=who)).status_code == 200
    shown = [len((await client.get("/v1/supplies")).json()["items"])]
    moments = await rows_of(ctx, "select due_at from due_work where kind = 'supply.return' and done_at is null")
    assert (shown, len(moments)) == ([1], 2)
    assert all(now < at <= now + RETURN_WITHIN for (at,) in moments)
    await run_due_at(ctx, now + RETURN_WITHIN)
    assert {each["id"] for each in (await client.get("/v1/supplies")).json()["items"]} == mine


@pytest.mark.parametrize("path", ["supplies/{supply}/pause", "workers/{worker}/rest"])
async def test_an_officer_who_acts_for_a_person_stops_nothing(ctx: Context, client: Client, path: str) -> None:
    """A pause or a rest said at the counter is the person's own: not urgent, and old cursors keep the words."""
    worker = await city.a_worker(ctx, name=NAME, phone=PHONE, at=HOME)
    supply = await a_supply(ctx, worker)
    await build(ctx, wait=True)
    _, cursor = await snapshot(client)
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    where = f"/v1/{path.format(supply=supply.id, worker=worker.id)}"
    done = await client.post(where, params={"on_behalf": "at_counter"}, json={}, headers=officer)
    assert done.status_code == 200, done.text
    assert said(await changes(ctx, client, cursor)) == [("remove", str(supply.id), "paused", False)]
    assert [each["id"] for each in (await snapshot(client, cursor=cursor))[0]] == [str(supply.id)]


@pytest.mark.parametrize(
    ("reason", "by", "cause", "urgent"),
    [
        ("hold:fraud", OFFICER, "held", True), ("employer_restricted", OFFICER, "held", True),
        ("employer_restricted", SYSTEM, "paused", False), ("rest", OFFICER, "paused", False),
    ],
)  # fmt: skip
async def test_what_an_officer_held_is_urgent(
    ctx: Context, client: Client, reason: str, by: Actor, cause: str, urgent: bool
) -> None:
    """A hold, and an employer that an officer shut out; papers that ran out are nobody's order."""
    posting, _ = await a_market(ctx)
    _, cursor = await snapshot(client)
    await turn(ctx, "posting", posting.id, "pause", by=by, reason=reason)
    assert said(await changes(ctx, client, cursor)) == [("remove", str(posting.id), cause, urgent)]


@pytest.mark.parametrize("looked", [True, False])
@pytest.mark.parametrize("deed", ["hold", "take-down"])
@pytest.mark.parametrize("noun", ["posting", "supply"])
async def test_what_is_stopped_after_a_pause_of_its_own_is_urgent_too(
    ctx: Context, client: Client, noun: str, deed: str, looked: bool
) -> None:
    """Its author had paused it, told in the feed already or not: copies hear of the officer's stop at once, once, and
    no older cursor has its words; what the author alone paused keeps them."""
    posting, supply = await a_market(ctx)
    one, other = (posting, supply) if noun == "posting" else (supply, posting)
    _, cursor = await snapshot(client)
    urgent_ones = (await client.get("/v1/feed/removals")).json()["next_cursor"]
    for each, kind in ((one, noun), (other, "supply" if noun == "posting" else "posting")):
        await turn(ctx, kind, each.id, "pause", paused_by="employer" if kind == "posting" else "person")
    if looked:
        await build(ctx, wait=True)
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    where = f"/v1/{'postings' if noun == 'posting' else 'supplies'}/{one.id}/{deed}"
    done = await client.post(where, json={"reason": "unsafe" if deed == "hold" else "other"}, headers=officer)
    assert done.is_success, done.text
    found = [each for each in said(await changes(ctx, client, cursor)) if each[1] == str(one.id)]
    cause = "held" if deed == "hold" else "taken_down"
    assert found[-1] == ("remove", str(one.id), cause, True)
    assert len(found) == (2 if looked else 1)
    polled = (await client.get("/v1/feed/removals", params={"cursor": urgent_ones})).json()["items"]
    assert said(polled) == [("remove", str(one.id), cause, True)]
    entries, at = await snapshot(client, cursor=cursor)
    assert [each["id"] for each in entries] == [str(other.id)]
    told = (await client.get("/v1/feed/manifest", params={"cursor": at})).json()["whole"]
    assert (told["count"], told["digest"]) == _added(entries)
    await turn(ctx, noun, one.id, "edit", title="洗碗，今晚")
    assert len(await changes(ctx, client, cursor)) == len(found) + 1


@pytest.mark.parametrize("filtered", [False, True])
async def test_what_was_stopped_is_told_by_no_cursor(ctx: Context, client: Client, filtered: bool) -> None:
    """Its words are gone from parts, buckets and changes of every cursor, which still agree with their manifest; a
    copy made before hears of the removal, also where the posting had left its filter meanwhile."""
    posting, supply = await a_market(ctx)
    query = {"trade": "dishwashing"} if filtered else {}
    listed = (await client.get("/v1/feed/snapshot", params=query)).json()
    await turn(ctx, "posting", posting.id, "edit", title="押金两百，先交后做", trade="packing")
    await build(ctx, wait=True)
    await turn(ctx, "posting", posting.id, "take_down", by=OFFICER)
    found = await changes(ctx, client, listed["cursor"], **query)
    assert {each["op"] for each in found} == {"remove"}
    assert str(posting.id) in {each["id"] for each in found}
    assert "押金" not in json.dumps(found, ensure_ascii=False)
    entries, cursor = await snapshot(client, cursor=listed["cursor"], **query)
    assert [each["id"] for each in entries] == [str(supply.id)]
    if not filtered:
        told = (await client.get("/v1/feed/manifest", params={"cursor": cursor})).json()["whole"]
        assert (told["count"], told["digest"]) == _added(entries)
    assert await rows_of(ctx, "select count(*) from feed_entries where line like '%晚市洗碗%'") == [(0,)]


async def test_what_comes_back_is_put_again(ctx: Context, client: Client) -> None:
    """Paused and resumed: a tombstone, then the content; both between two looks of the builder: nothing at all."""
    posting, _ = await a_market(ctx)
    _, cursor = await snapshot(client)
    for _ in range(2):
        await turn(ctx, "posting", posting.id, "pause")
        await turn(ctx, "posting", posting.id, "resume")
    assert await changes(ctx, client, cursor) == []
    await turn(ctx, "posting", posting.id, "pause")
    await build(ctx, wait=True)
    await turn(ctx, "posting", posting.id, "resume")
    assert [each["op"] for each in await changes(ctx, client, cursor)] == ["remove", "put"]


async def test_a_change_that_nobody_sees_makes_no_entry(ctx: Context, client: Client) -> None:
    """Findings of the guard and a private deal are not public."""
    posting, _ = await a_market(ctx)
    _, cursor = await snapshot(client)
    await turn(ctx, "posting", posting.id, "edit", warnings=[{"pointer": "/title", "code": "guard_hit", "facts": {}}])
    await city.a_posting(ctx, await city.an_employer(ctx), private=True)
    assert await changes(ctx, client, cursor) == []


async def test_the_name_of_an_employer_is_part_of_its_postings(ctx: Context, client: Client) -> None:
    """A new name of the employer is an entry of each of its public postings."""
    employer = await city.an_employer(ctx)
    one, other = await city.a_posting(ctx, employer), await city.a_posting(ctx, employer)
    await a_market(ctx)
    _, cursor = await snapshot(client)
    async with ctx.uow() as uow:
        await uow.edit(await uow.employers.lock(employer.id), by=OFFICER, at=await uow.now(), name="改名餐饮")
    found = await changes(ctx, client, cursor)
    assert {each["id"] for each in found} == {str(one.id), str(other.id)}
    assert {each["body"]["employer"]["name"] for each in found} == {"改名餐饮"}


async def test_a_certificate_that_runs_out_leaves_with_its_day(ctx: Context, client: Client) -> None:
    """Nothing is logged when a day ends; the feed says it all the same."""
    await set_time(ctx, NOON)
    worker = await city.a_worker(ctx, certificates=())
    await a_supply(ctx, worker, valid_until=NOON + timedelta(days=60))
    async with ctx.uow() as uow:
        await uow.session.execute(_certificate(worker.id, NOON.date() + timedelta(days=1)))
    await build(ctx, wait=True)
    entries, cursor = await snapshot(client)
    assert entries[0]["body"]["certificates"] == ["health_certificate"]
    await set_time(ctx, NOON + timedelta(days=1))
    assert await changes(ctx, client, cursor) == []
    await set_time(ctx, NOON + timedelta(days=2))
    assert [each["body"]["certificates"] for each in await changes(ctx, client, cursor)] == [[]]


def _certificate(worker_id: UUID, valid_until: date) -> Any:
    from sqlalchemy import insert

    from service.workers.tables import CertificateRow

    at = datetime(2026, 11, 1, tzinfo=UTC)
    return insert(CertificateRow).values(
        worker_id=worker_id, kind="health_certificate", valid_until=valid_until, verified_at=at, version=1,
        created_at=at, updated_at=at,
    )  # fmt: skip


async def test_a_late_commit_is_neither_lost_nor_waited_for(ctx: Context, client: Client) -> None:
    """A transaction that began first and commits last: others are published before it, and it is when it is there."""
    posting, other = await city.a_posting(ctx, await city.an_employer(ctx)), (await a_market(ctx))[0]
    await build(ctx, wait=True)
    _, cursor = await snapshot(client)
    begun, end = asyncio.Event(), asyncio.Event()

    async def late() -> None:
        async with ctx.uow() as uow:
            row = await uow.postings.lock(posting.id)
            await uow.move(row, POSTING, "withdraw", by=OFFICER, at=await uow.now(), closed_at=await uow.now())
            await uow.flush()
            begun.set()
            await end.wait()

    slow = asyncio.create_task(late())
    await begun.wait()
    await turn(ctx, "posting", other.id, "edit", title="晚市洗碗，加急")
    await turn(ctx, "posting", other.id, "edit", title="晚市洗碗，今晚")
    assert [each["id"] for each in await changes(ctx, client, cursor)] == [str(other.id)]
    end.set()
    await slow
    found = await changes(ctx, client, cursor)
    assert [(each["op"], each["id"]) for each in found] == [("put", str(other.id)), ("remove", str(posting.id))]


async def test_builders_at_once_number_without_gap(ctx: Context, client: Client) -> None:
    """Many builders at once: one works at a time, every number is there, nothing twice."""
    employer = await city.an_employer(ctx)
    for _ in range(12):
        await city.a_posting(ctx, employer)
    await asyncio.gather(*(build(ctx, wait=number % 2 == 0) for number in range(6)))
    await build(ctx, wait=True)
    assert await rows_of(ctx, "select count(*), min(seq), max(seq), count(distinct entity_id) from feed_entries") == [
        (12, 1, 12, 12)
    ]


async def test_partners_get_no_echo(ctx: Context, client: Client) -> None:
    """What a partner's key brought is in everybody's copy but its own; `own` brings it; its manifest agrees."""
    key_id, key = await an_integrator(ctx, "postings:write")
    brought = (await brought_by(ctx, key_id)).id
    other, _ = await a_market(ctx)
    assert {each["id"] for each in (await snapshot(client, kind="posting"))[0]} == {str(brought), str(other.id)}
    entries, cursor = await snapshot(client, key)
    assert str(brought) not in {each["id"] for each in entries}
    told = (await client.get("/v1/feed/manifest", headers=key)).json()["whole"]
    assert (told["count"], told["digest"]) == _added(entries)
    everything, _ = await snapshot(client, key, own="true")
    told = (await client.get("/v1/feed/manifest", headers=key, params={"own": "true"})).json()["whole"]
    assert (told["count"], told["digest"]) == _added(everything)
    assert len(everything) == len(entries) + 1
    await turn(ctx, "posting", brought, "edit", title="改了")
    await turn(ctx, "posting", other.id, "edit", title="也改了")
    assert [each["id"] for each in await changes(ctx, client, cursor, key)] == [str(other.id)]


def _added(entries: list[Any]) -> tuple[int, str]:
    return len(entries), f"{sum(int(each['digest'], 16) for each in entries) % 2**256:064x}"


async def test_where_it_came_from_is_said(ctx: Context, client: Client) -> None:
    """The source's label and own id, so that whoever has it from there as well can tell; no key, no employer in it."""
    key_id, _ = await an_integrator(ctx, "postings:write")
    await brought_by(ctx, key_id)
    await build(ctx, wait=True)
    entries, _ = await snapshot(client)
    assert entries[0]["body"]["origin"] == {"source": "city-hr", "id": "A-17"}
    assert str(key_id) not in json.dumps(entries)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"region": "310104"}, "ps"), ({"region": "310115"}, ""), ({"region": "310000"}, "ps"),
        ({"region": "330200"}, ""),
        ({"region": "330200,310104"}, "ps"), ({"trade": "dishwashing"}, "ps"), ({"trade": "moving"}, "s"),
        ({"trade": "moving", "region": "310104"}, "s"), ({"kind": "posting"}, "p"), ({"kind": "supply"}, "s"),
    ],
)  # fmt: skip
async def test_each_filter_holds(ctx: Context, client: Client, query: dict[str, str], found: str) -> None:
    """Trade and area, alone and together, in the snapshot and in the changes."""
    posting, supply = await a_market(ctx)
    entries, cursor = await snapshot(client, **query)
    names = {str(posting.id): "p", str(supply.id): "s"}
    assert sorted(names[each["id"]] for each in entries) == list(found)
    await turn(ctx, "posting", posting.id, "edit", title="换个说法")
    await turn(ctx, "supply", supply.id, "edit", title="也换个说法")
    assert sorted(names[each["id"]] for each in await changes(ctx, client, cursor, **query)) == list(found)


async def test_what_leaves_a_filter_is_removed_from_its_copies(ctx: Context, client: Client) -> None:
    """Another trade: a removal for who asked for the old one, content for who asks for the new one."""
    _, supply = await a_market(ctx)
    _, moving = await snapshot(client, trade="moving")
    _, packing = await snapshot(client, trade="packing")
    await turn(ctx, "supply", supply.id, "edit", trades=["packing"])
    assert said(await changes(ctx, client, moving, trade="moving")) == [
        ("remove", str(supply.id), "left_filter", False)
    ]
    assert [each["op"] for each in await changes(ctx, client, packing, trade="packing")] == ["put"]
    await turn(ctx, "supply", supply.id, "expire")
    assert [each["op"] for each in await changes(ctx, client, packing, trade="packing")] == ["put", "remove"]
    assert len(await changes(ctx, client, moving, trade="moving")) == 1


async def test_a_filter_that_nothing_meets_takes_pages_and_not_time(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each page looks at so many entries and no more; it may be empty, and says that more follow."""
    monkeypatch.setattr(reading, "MOST_LOOKED_AT", 3)
    posting, supply = await a_market(ctx)
    _, cursor = await snapshot(client, trade="moving")
    for number in range(7):
        await turn(ctx, "posting", posting.id, "edit", title=f"第{number}次")
        await build(ctx, wait=True)
    await turn(ctx, "supply", supply.id, "expire")
    await build(ctx, wait=True)
    pages = []
    while not pages or pages[-1]["more"]:
        params = {"cursor": pages[-1]["next_cursor"] if pages else cursor, "trade": "moving"}
        pages.append((await client.get("/v1/feed/changes", params=params)).json())
    assert [len(page["items"]) for page in pages] == [0, 0, 1]
    assert pages[-1]["read_to"] == pages[-1]["high_water_mark"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"trade": "alchemy"}, "trade_unknown"), ({"region": "999999"}, "region_unknown"),
        ({"kind": "gift"}, "code_unknown"),
        ({"trade": ",".join(f"a{n}" for n in range(30))}, "list_too_long"), ({"colour": "red"}, "query_unknown"),
    ],
)  # fmt: skip
async def test_unknown_filters_are_refused(ctx: Context, client: Client, query: dict[str, str], code: str) -> None:
    """422 with the valid ones, or where they stand."""
    await a_market(ctx)
    answer = await client.get("/v1/feed/snapshot", params=query)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    if code in ("trade_unknown", "region_unknown"):
        assert (await client.get(answer.json()["facts"]["more"])).status_code == 200


@pytest.mark.parametrize(
    ("cursor", "status"),
    [
        ("garbage!", 400), ("", 400), ("....", 400), ("%00", 422), ("bm9wZQ", 400), ("W10.aa", 400), ("WzEsMl0", 400),
        (signed(Vault(b"z" * 32), "feed-cursor", [1]), 410), ("x" * 501, 422), ("游标", 400),
    ],
)  # fmt: skip
async def test_cursors_of_nowhere(ctx: Context, client: Client, cursor: str, status: int) -> None:
    """What cannot be decoded is 400; what is somebody else's is 410 and says how to begin again."""
    await a_market(ctx)
    for path in ("changes", "manifest", "removals", "snapshot", "snapshot/1", "bucket/00"):
        answer = await client.get(f"/v1/feed/{path}?cursor={cursor}")
        assert answer.status_code == status, (path, answer.text)
        if status == 410:
            assert answer.json()["facts"]["restart"] == "/v1/feed/snapshot"


async def test_a_cursor_belongs_to_its_list_filter_and_feed(ctx: Context, client: Client) -> None:
    """Of another list or another feed: 410; of another filter: 422; one changed letter of the signature: 410,
    a letter that no cursor has: 400; any changed letter: one of the two."""
    await a_market(ctx)
    _, cursor = await snapshot(client)
    urgent = (await client.get("/v1/feed/removals")).json()["next_cursor"]
    get = client.get
    assert (await get("/v1/feed/changes", params={"cursor": urgent})).status_code == 410
    assert (await get("/v1/feed/removals", params={"cursor": cursor})).status_code == 410
    assert (await get("/v1/feed/changes", params={"cursor": cursor, "trade": "moving"})).status_code == 410
    for at in range(0, len(cursor), 3):
        broken = cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :]
        assert (await get("/v1/feed/changes", params={"cursor": broken})).status_code == 400
    for unreadable in ("*" + cursor[1:], "A" + cursor, cursor[:-1], cursor + "0", "nonsense", ""):
        answer = await get("/v1/feed/changes", params={"cursor": unreadable})
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor_unreadable"), unreadable
    async with ctx.database.sessions() as session, session.begin():
        from sqlalchemy import text

        await session.execute(text("update feed_state set epoch = gen_random_uuid()"))
    assert (await get("/v1/feed/changes", params={"cursor": cursor})).status_code == 410


async def test_a_cursor_lasts_five_weeks(ctx: Context, client: Client) -> None:
    """Good on the thirty-fifth day; then 410 with how to begin again, in both languages."""
    await set_time(ctx, NOON)
    await a_market(ctx)
    _, cursor = await snapshot(client)
    await set_time(ctx, NOON + timedelta(days=35))
    assert (await client.get("/v1/feed/changes", params={"cursor": cursor})).status_code == 200
    await set_time(ctx, NOON + timedelta(days=35, seconds=1))
    answer = await client.get("/v1/feed/changes", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (410, "feed_cursor_expired")
    assert "/v1/feed/snapshot" in answer.json()["detail"]


async def test_a_snapshot_stays_as_it_was(ctx: Context, client: Client) -> None:
    """Its parts are the same bytes after the market changed, by the list of the same cursor too."""
    posting, supply = await a_market(ctx)
    listed = (await client.get("/v1/feed/snapshot")).json()
    before = await client.get(listed["parts"][0]["url"])
    await turn(ctx, "posting", posting.id, "edit", title="换了")
    await turn(ctx, "supply", supply.id, "expire")
    await build(ctx, wait=True)
    after = await client.get(listed["parts"][0]["url"])
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])
    again = (await client.get("/v1/feed/snapshot", params={"cursor": listed["cursor"]})).json()
    assert [(each["count"], each["digest"]) for each in again["parts"]] == [
        (each["count"], each["digest"]) for each in listed["parts"]
    ]
    assert (await client.get(listed["parts"][0]["url"].replace("snapshot/1", "snapshot/2"))).status_code == 404
