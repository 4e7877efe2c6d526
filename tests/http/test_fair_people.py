"""Who comes to a fair and who has a booth there: places, the waiting list, the door, numbers of booths."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx2
import pytest

from service.context import Context
from tests.builders import city
from tests.builders.applications import breaches, run_due_at, value_of
from tests.builders.fairs import MORNING, announced, on
from tests.builders.halls import a_card, at
from tests.builders.people import a_kiosk
from tests.http.test_fairs import an_officer, inbox, seen, sign_up

Client = httpx2.AsyncClient
Headers = dict[str, str]
HERE = {"type": "Point", "coordinates": list(city.HALL), "datum": "wgs84"}
FAR = {"type": "Point", "coordinates": [city.HALL[0] + 0.1, city.HALL[1]], "datum": "wgs84"}


async def check_in(client: Client, fair: dict[str, Any], who: Headers, **body: Any) -> httpx2.Response:
    return await client.post(f"/v1/fairs/{fair['id']}/check-ins", json=body, headers=who)


async def an_owner(ctx: Context, **more: Any) -> tuple[Headers, Any]:
    """(headers of an employer's owner, the employer)."""
    employer = await city.an_employer(ctx, **more)
    return await city.as_member(ctx, await city.a_member(ctx, employer)), employer


async def test_who_gives_a_place_up_makes_room_for_the_next(ctx: Context, client: Client) -> None:
    """In the order of signing up, told at once; who comes back stands behind everybody; twice is once."""
    await at(client, MORNING)
    fair = await announced(client, await an_officer(ctx), capacity=1)
    one, two, three = [await city.as_worker(ctx, await city.a_worker(ctx)) for _ in range(3)]
    first, second, third = [(await sign_up(client, fair, who)).json() for who in (one, two, three)]
    assert [each["state"] for each in (first, second, third)] == ["signed_up", "waiting", "waiting"]
    assert (first["number"], second["ahead"], third["ahead"]) == (1, 0, 1)
    assert third["said"] == "名额已满，您在候补，号码 3，前面还有 1 位。"
    again = (await sign_up(client, fair, two)).json()
    assert (again["id"], again["number"], again["already"]) == (second["id"], 2, True)
    left = await client.post(f"/v1/fair-entries/{first['id']}/withdraw", headers=one)
    assert (left.status_code, left.json()["state"]) == (200, "withdrawn"), left.text
    mine = (await client.get("/v1/fair-entries/own", headers=two)).json()["items"][0]
    assert (mine["state"], mine["number"]) == ("signed_up", 2)
    assert "您的号码是 2" in (await inbox(client, two))[0]
    back = (await sign_up(client, fair, one)).json()
    assert (back["state"], back["number"], back["ahead"]) == ("waiting", 4, 1)
    gone = await client.post(f"/v1/fair-entries/{third['id']}/withdraw", headers=one)
    assert gone.status_code == 404
    assert (await seen(client, fair))["taken"] == 1
    assert await breaches(ctx) == []


async def test_more_places_go_to_who_waits_and_nobody_loses_one(ctx: Context, client: Client) -> None:
    """Three more; fewer than are taken is refused; no limit lets everybody in."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await announced(client, officer, capacity=2)
    for _ in range(6):
        await sign_up(client, fair, await city.as_worker(ctx, await city.a_worker(ctx)))
    where = f"/v1/fairs/{fair['id']}"

    async def change(**body: Any) -> httpx2.Response:
        version = (await seen(client, fair))["version"]
        return await client.patch(where, json=body, headers=officer | {"if-match": f'"{version}"'})

    grown = await change(capacity=3)
    assert (grown.json()["taken"], grown.json()["desk"]["waiting"]) == (3, 3), grown.text
    fewer = await change(capacity=2)
    assert (fewer.status_code, fewer.json()["code"]) == (422, "fair_capacity_taken")
    everybody = await change(capacity=None)
    assert (everybody.json()["taken"], everybody.json()["desk"]["waiting"]) == (6, 0)
    places = (await client.get(f"{where}/entries", params={"state": "signed_up"}, headers=officer)).json()["items"]
    assert [each["number"] for each in places] == [1, 2, 3, 4, 5, 6]
    assert {each["name_masked"] for each in places} == {"张*"}


async def test_a_fair_for_some_asks_whether_one_belongs_to_them(ctx: Context, client: Client) -> None:
    """Which group is neither asked nor kept; nobody under sixteen; staff say how the yes was given."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await announced(client, officer, audience=["veterans", "graduates"])
    row = await city.a_worker(ctx)
    worker = await city.as_worker(ctx, row)
    refused = await sign_up(client, fair, worker)
    assert (refused.status_code, refused.json()["code"]) == (422, "fair_audience_needed")
    unsaid = await sign_up(client, fair, officer, worker_id=str(row.id), in_audience=True)
    assert unsaid.json()["code"] == "on_behalf_needed"
    said = await client.post(
        f"/v1/fairs/{fair['id']}/entries?on_behalf=by_phone",
        json={"worker_id": str(row.id), "in_audience": True},
        headers=officer,
    )
    assert said.json()["state"] == "signed_up", said.text
    young = await city.as_worker(ctx, await city.a_worker(ctx, birth=on(1, 0).date().replace(year=2012)))
    child = await sign_up(client, fair, young, in_audience=True)
    assert (child.status_code, child.json()["code"]) == (422, "under_age")


async def test_the_door_knows_people_by_every_sign(ctx: Context, client: Client) -> None:
    """Card, phone and number at the counter, one's own phone near by; not before the hour, not from far, once."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await announced(client, officer, point=HERE)
    rows = [await city.a_worker(ctx, phone=f"+861380013800{number}") for number in range(4)]
    own = [await city.as_worker(ctx, row) for row in rows]
    for who in own:
        await sign_up(client, fair, who)
    early = await check_in(client, fair, own[0], place=HERE)
    assert (early.status_code, early.json()["code"]) == (409, "fair_not_yet")
    assert "8:00" in early.json()["detail"]
    await run_due_at(ctx, on(30, 8))
    assert (await check_in(client, fair, own[0])).json()["code"] == "hall_point_needed"
    assert (await check_in(client, fair, own[0], place=FAR)).json()["code"] == "hall_too_far"
    ways = [
        await check_in(client, fair, own[0], place=HERE),
        await check_in(client, fair, officer, card_code=await a_card(ctx, rows[1])),
        await check_in(client, fair, officer, phone="13800138002"),
        await check_in(client, fair, officer, number=4),
    ]
    assert [each.json()["way_in"] for each in ways] == ["own", "card", "phone", "number"], [w.text for w in ways]
    twice = await check_in(client, fair, officer, number=1)
    assert (twice.json()["already"], twice.json()["way_in"]) == (True, "own")
    assert (await seen(client, fair, officer))["desk"]["checked_in"] == 4
    for body, code in (
        ({}, "fair_who"),
        ({"number": 77}, "fair_entry_unknown"),
        ({"phone": "13900139000"}, "fair_entry_unknown"),
    ):
        assert (await check_in(client, fair, officer, **body)).json()["code"] == code
    assert await breaches(ctx) == []


async def test_who_has_not_signed_up_is_let_in_while_there_is_room(ctx: Context, client: Client) -> None:
    """By card; the place is counted. A full house lets nobody in past the list."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await announced(client, officer, capacity=1)
    await run_due_at(ctx, on(30, 9))
    came, late = await city.a_worker(ctx), await city.a_worker(ctx)
    walked = await check_in(client, fair, officer, card_code=await a_card(ctx, came))
    assert (walked.json()["state"], walked.json()["number"]) == ("came", 1), walked.text
    full = await check_in(client, fair, officer, card_code=await a_card(ctx, late))
    assert (full.status_code, full.json()["code"]) == (409, "fair_full")
    waits = (await sign_up(client, fair, await city.as_worker(ctx, late))).json()
    assert waits["state"] == "waiting"
    assert (await check_in(client, fair, officer, number=waits["number"])).json()["code"] == "fair_full"
    assert (await seen(client, fair))["taken"] == 1


async def test_a_booth_is_asked_for_and_given(ctx: Context, client: Client) -> None:
    """The first free number unless one is named; shown to everybody once it is confirmed, with what can be had there at
    present; the employer is told; what came of it is told for each booth."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await announced(client, officer, booths=2)
    where = f"/v1/fairs/{fair['id']}/booths"
    owner, employer = await an_owner(ctx)
    first, second = await city.a_posting(ctx, employer), await city.a_posting(ctx, employer, title="搬运")
    both = {"posting_ids": [str(first.id), str(second.id)]}
    asked = (await client.post(where, json=both, headers=owner)).json()
    assert (asked["state"], asked["number"], len(asked["postings"])) == ("asked", 1, 2), asked
    assert (await client.get(where)).json()["items"] == []
    waiting = (await client.get(f"{where}/requests", params={"state": "asked"}, headers=officer)).json()["items"]
    assert [each["id"] for each in waiting] == [asked["id"]]
    one = f"/v1/fair-booths/{asked['id']}"
    given = await client.post(f"{one}/confirm", json={"number": 2}, headers=officer)
    assert (given.json()["state"], given.json()["number"]) == ("confirmed", 2), given.text
    assert await inbox(client, owner) == [f"“{fair['title']}”（11月30日 09:00）的展位已确认，编号 2。免费。"]
    shown = (await client.get(where)).json()["items"]
    assert [each["title"] for each in shown[0]["postings"]] == ["搬运", "晚市洗碗"]
    async with ctx.uow() as uow:
        row = await uow.postings.lock(second.id)
        row.state, row.closed_at = "withdrawn", await uow.now()
    assert [each["title"] for each in (await client.get(where)).json()["items"][0]["postings"]] == ["晚市洗碗"]
    third = await city.a_posting(ctx, employer, title="保洁")
    changed = await client.put(f"{one}/postings", json={"posting_ids": [str(third.id)]}, headers=owner)
    assert [each["title"] for each in changed.json()["postings"]] == ["保洁"]
    await run_due_at(ctx, on(30, 9))
    told = await client.put(f"{one}/results", json={"came": 30, "spoke": 12, "hired": 3}, headers=owner)
    assert told.json()["results"] == {"came": 30, "spoke": 12, "hired": 3}, told.text
    stranger, _ = await an_owner(ctx)
    assert (
        await client.put(f"{one}/results", json={"came": 0, "spoke": 0, "hired": 0}, headers=stranger)
    ).status_code == 404


async def test_after_the_fair_a_booth_stays_as_it_was_and_its_results_are_written(ctx: Context, client: Client) -> None:
    """Neither given back nor refused nor given other postings; what came of it is told all the same."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await announced(client, officer)
    owner, employer = await an_owner(ctx)
    posting = await city.a_posting(ctx, employer)
    body = {"posting_ids": [str(posting.id)]}
    booth = (await client.post(f"/v1/fairs/{fair['id']}/booths", json=body, headers=owner)).json()
    one = f"/v1/fair-booths/{booth['id']}"
    await client.post(f"{one}/confirm", json={}, headers=officer)
    await run_due_at(ctx, on(30, 9))
    await run_due_at(ctx, on(30, 13))
    assert (await seen(client, fair))["state"] == "over"
    tried = [
        await client.post(f"{one}/withdraw", headers=owner),
        await client.post(f"{one}/decline", json={"reason": "terms_unclear"}, headers=officer),
        await client.post(f"{one}/confirm", json={}, headers=officer),
        await client.put(f"{one}/postings", json=body, headers=owner),
    ]
    assert [(each.status_code, each.json()["code"]) for each in tried] == [(409, "wrong_state")] * 4
    told = await client.put(f"{one}/results", json={"came": 30, "spoke": 12, "hired": 3}, headers=owner)
    assert (told.status_code, told.json()["state"]) == (200, "confirmed"), told.text


async def test_a_fair_without_booths_gives_none(ctx: Context, client: Client) -> None:
    """Asked for one, it says that there are none, rather than that all are taken."""
    await at(client, MORNING)
    fair = await announced(client, await an_officer(ctx), booths=0)
    owner, employer = await an_owner(ctx)
    body = {"posting_ids": [str((await city.a_posting(ctx, employer)).id)]}
    answer = await client.post(f"/v1/fairs/{fair['id']}/booths", json=body, headers=owner)
    assert (answer.status_code, answer.json()["code"]) == (422, "fair_no_booths")


async def test_no_booth_is_given_twice(ctx: Context, client: Client) -> None:
    """Neither by asking nor by an officer; one for each employer; given back it is free again."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await announced(client, officer, booths=2)
    where = f"/v1/fairs/{fair['id']}/booths"
    owners = [await an_owner(ctx) for _ in range(3)]
    bodies = [{"posting_ids": [str((await city.a_posting(ctx, employer)).id)]} for _, employer in owners]
    (one, _), (two, _), (three, _) = owners
    first = (await client.post(where, json=bodies[0] | {"number": 2}, headers=one)).json()
    assert first["number"] == 2
    twice = await client.post(where, json=bodies[0], headers=one)
    assert (twice.status_code, twice.json()["code"]) == (409, "fair_booth_asked")
    taken = await client.post(where, json=bodies[1] | {"number": 2}, headers=two)
    assert (taken.status_code, taken.json()["code"]) == (409, "fair_booth_taken")
    beyond = await client.post(where, json=bodies[1] | {"number": 3}, headers=two)
    assert (beyond.status_code, beyond.json()["code"]) == (422, "fair_booth_unknown")
    second = (await client.post(where, json=bodies[1], headers=two)).json()
    assert second["number"] == 1
    full = await client.post(where, json=bodies[2], headers=three)
    assert (full.status_code, full.json()["code"]) == (409, "fair_booths_full")
    swapped = await client.post(f"/v1/fair-booths/{second['id']}/confirm", json={"number": 2}, headers=officer)
    assert (swapped.status_code, swapped.json()["code"]) == (409, "fair_booth_taken")
    version = (await seen(client, fair))["version"]
    fewer = await client.patch(
        f"/v1/fairs/{fair['id']}", json={"booths": 1}, headers=officer | {"if-match": f'"{version}"'}
    )
    assert (fewer.status_code, fewer.json()["code"]) == (409, "fair_booths_in_use")
    no = await client.post(f"/v1/fair-booths/{first['id']}/decline", json={"reason": "terms_unclear"}, headers=officer)
    assert (no.json()["state"], no.json()["decline_reason"]) == ("declined", "terms_unclear")
    assert "岗位信息不完整" in (await inbox(client, one))[0]
    back = await client.post(f"/v1/fair-booths/{second['id']}/withdraw", headers=two)
    assert back.json()["state"] == "withdrawn"
    assert (await client.post(where, json=bodies[2], headers=three)).json()["number"] == 1


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("clerk", "member_role_lacks"),
        ("held", "employer_may_not_post"),
        ("household", "fair_booth_household"),
        ("draft", "fair_posting_not_live"),
        ("stranger", "fair_posting_not_live"),
        ("over", "fair_posting_not_live"),
    ],
)
async def test_who_gets_no_booth(ctx: Context, client: Client, who: str, code: str) -> None:
    """Clerks, employers that may not post, households; nobody brings what is not live, over by then, or not theirs."""
    await at(client, MORNING)
    fair = await announced(client, await an_officer(ctx))
    more: dict[str, Any] = {"held": {"state": "restricted"}, "household": {"kind": "household"}}.get(who, {})
    employer = await city.an_employer(ctx, **more)
    member = await city.a_member(ctx, employer, role="clerk" if who == "clerk" else "owner")
    of = await city.an_employer(ctx) if who == "stranger" else employer
    valid = {"valid_until": datetime.fromisoformat(fair["sessions"][0]["starts_at"])} if who == "over" else {}
    posting = await city.a_posting(ctx, of, state="draft" if who == "draft" else "published", **valid)
    answer = await client.post(
        f"/v1/fairs/{fair['id']}/booths",
        json={"posting_ids": [str(posting.id)]},
        headers=await city.as_member(ctx, member),
    )
    assert answer.json()["code"] == code, answer.text
    assert await value_of(ctx, "select count(*) from fair_booths") == 0


async def test_a_suspended_employer_has_no_booth_any_more(ctx: Context, client: Client) -> None:
    """Its number is free; nothing of it is shown."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await announced(client, officer)
    owner, employer = await an_owner(ctx)
    where = f"/v1/fairs/{fair['id']}/booths"
    posting = await city.a_posting(ctx, employer)
    booth = (await client.post(where, json={"posting_ids": [str(posting.id)]}, headers=owner)).json()
    await client.post(f"/v1/fair-booths/{booth['id']}/confirm", json={}, headers=officer)
    assert len((await client.get(where)).json()["items"]) == 1
    answer = await client.post(
        f"/v1/employers/{employer.id}/suspend", json={"reason": "false_information"}, headers=officer
    )
    assert answer.status_code == 200, answer.text
    assert (await client.get(where)).json()["items"] == []
    assert await value_of(ctx, "select state from fair_booths") == "ended"


async def test_a_merged_person_has_one_place(ctx: Context, client: Client) -> None:
    """Where both signed up the kept record's place counts, and the other goes to who waits; else it is handed over."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    admin = await city.as_staff(ctx, await city.an_officer(ctx, role="admin"))
    both = await announced(client, officer, capacity=2)
    one = await announced(client, officer, title="另一场")
    kept, gone, waits = [await city.a_worker(ctx) for _ in range(3)]
    for row in (kept, gone, waits):
        await sign_up(client, both, await city.as_worker(ctx, row))
    await sign_up(client, one, await city.as_worker(ctx, gone))
    merged = await client.post(
        f"/v1/people/{gone.id}/merge", json={"into": str(kept.id), "basis": "seen_id_card"}, headers=admin
    )
    assert merged.status_code == 200, merged.text
    mine = (await client.get("/v1/fair-entries/own", headers=await city.as_worker(ctx, kept))).json()["items"]
    assert {(each["fair_title"], each["state"]) for each in mine} == {
        (both["title"], "signed_up"),
        ("另一场", "signed_up"),
    }
    next_one = (await client.get("/v1/fair-entries/own", headers=await city.as_worker(ctx, waits))).json()["items"]
    assert [each["state"] for each in next_one] == ["signed_up"]
    assert await breaches(ctx) == []


async def test_a_kiosk_lets_people_in_at_its_own_market_only(ctx: Context, client: Client) -> None:
    """By the card that lies on it, never by a phone or a number; elsewhere there is no such fair for it."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    device_id, _, kiosk = await a_kiosk(ctx)
    venue_id = await value_of(ctx, "select venue_id from devices where id = :id", id=device_id)
    other = await city.a_venue(ctx)
    here = await announced(client, officer, venue_id=str(venue_id), address=None)
    there = await announced(client, officer, venue_id=str(other.id), address=None, title="别处")
    worker = await city.a_worker(ctx)
    await sign_up(client, here, await city.as_worker(ctx, worker))
    await run_due_at(ctx, on(30, 9))
    assert (await check_in(client, here, kiosk, number=1)).json()["code"] == "fair_who"
    assert (await check_in(client, there, kiosk, card_code=await a_card(ctx, worker))).status_code == 404
    came = await check_in(client, here, kiosk, card_code=await a_card(ctx, worker))
    assert (came.json()["state"], came.json()["way_in"]) == ("came", "card"), came.text
