"""Members, invitations, sites, the own pool and the block list."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx2

from service.context import Context
from service.jobs.due import run_all_due
from tests.builders.city import (
    a_member,
    a_posting,
    a_shift,
    a_worker,
    an_employer,
    an_engagement,
    an_officer,
    as_member,
    as_staff,
    as_worker,
    signed_in,
)
from tests.builders.employers import a_proved_person

Client = httpx2.AsyncClient
PHONE = "+8613900003333"


async def house(ctx: Context) -> tuple[Any, Any, dict[str, str], str]:
    """An employer, its owner, the owner's headers, the address."""
    employer = await an_employer(ctx)
    owner = await a_member(ctx, employer, name="陈老板")
    return employer, owner, await as_member(ctx, owner), f"/v1/employers/{employer.id}"


async def invite(client: Client, path: str, headers: dict[str, str], **more: Any) -> httpx2.Response:
    body = {"phone": PHONE, "role": "manager"} | more
    return await client.post(f"{path}/invitations", json=body, headers=headers)


# -- members ------------------------------------------------------------------------------------------


async def test_the_answer_to_an_invitation_never_tells_whether_a_number_is_known(client: Client, ctx: Context) -> None:
    """Known or not: the same status and the same fields; the known one is told."""
    _, _, headers, path = await house(ctx)
    person = await a_proved_person(ctx, phone=PHONE)
    known = await invite(client, path, headers)
    unknown = await invite(client, path, headers, phone="13900004444")
    assert known.status_code == unknown.status_code == 201
    ignored = {"id", "phone_masked", "expires_at"}
    assert {k: v for k, v in known.json().items() if k not in ignored} == {
        k: v for k, v in unknown.json().items() if k not in ignored
    }
    async with ctx.database.reads.acquire() as connection:
        told = await connection.fetch("select person_id, template from messages")
    assert [(row["person_id"], row["template"]) for row in told] == [(person.id, "employer.invited")]


async def test_only_the_proved_number_says_yes_and_then_acts_at_once(client: Client, ctx: Context) -> None:
    """Somebody else meets 404; the invited person becomes a manager; a second yes is a conflict."""
    employer, _, headers, path = await house(ctx)
    person = await a_proved_person(ctx, phone=PHONE)
    invitation = (await invite(client, path, headers)).json()
    accept = f"/v1/invitations/{invitation['id']}/accept"
    other = await as_worker(ctx, await a_worker(ctx))
    assert (await client.post(accept, headers=other)).status_code == 404
    mine = await signed_in(ctx, "worker", person_id=person.id)
    (waiting,) = (await client.get("/v1/invitations", headers=mine)).json()["items"]
    assert (waiting["employer_name"], waiting["phone_masked"]) == (employer.name, None)
    assert (await client.post(accept, headers=mine)).json()["state"] == "accepted"
    assert (await client.post(accept, headers=mine)).status_code == 409
    manager = await signed_in(ctx, "member", person_id=person.id, employer_id=employer.id)
    members = (await client.get(f"{path}/members", headers=manager)).json()["items"]
    assert [(row["name"], row["role"], row["me"]) for row in members] == [
        ("陈老板", "owner", False), ("王五", "manager", True),
    ]  # fmt: skip
    denied = await client.get(f"{path}/invitations", headers=manager)
    assert (denied.status_code, denied.json()["code"]) == (403, "member_role_lacks")
    async with ctx.database.reads.acquire() as connection:
        assert await connection.fetchval("select phone_sealed from invitations") is None


async def test_a_number_that_was_not_proved_sees_no_invitation(client: Client, ctx: Context) -> None:
    """A number on the record alone proves nothing."""
    _, _, headers, path = await house(ctx)
    worker = await a_worker(ctx, phone=PHONE)
    invitation = (await invite(client, path, headers)).json()
    mine = await as_worker(ctx, worker)
    assert (await client.get("/v1/invitations", headers=mine)).json()["items"] == []
    assert (await client.post(f"/v1/invitations/{invitation['id']}/accept", headers=mine)).status_code == 404


async def test_invitations_are_withdrawn_declined_limited_and_run_out(client: Client, ctx: Context) -> None:
    """One open invitation a number, three a day; after seven days it is over."""
    _, _, headers, path = await house(ctx)
    person = await a_proved_person(ctx, phone=PHONE)
    mine = await signed_in(ctx, "worker", person_id=person.id)
    first = (await invite(client, path, headers)).json()
    twice = await invite(client, path, headers, role="clerk")
    assert (twice.status_code, twice.json()["code"]) == (409, "invitation_exists")
    withdrawn = await client.post(f"{path}/invitations/{first['id']}/withdraw", headers=headers)
    assert withdrawn.json()["state"] == "withdrawn"
    second = (await invite(client, path, headers)).json()
    declined = await client.post(f"/v1/invitations/{second['id']}/decline", headers=mine)
    assert declined.json()["state"] == "declined"
    third = (await invite(client, path, headers)).json()
    await client.post(f"{path}/invitations/{third['id']}/withdraw", headers=headers)
    fourth = await invite(client, path, headers)
    assert (fourth.status_code, fourth.json()["code"]) == (429, "invitations_a_day")
    assert int(fourth.headers["retry-after"]) > 80_000
    await client.post("/_test/clock", json={"action": "advance", "seconds": 86_400})
    last = (await invite(client, path, headers)).json()
    seconds = int(timedelta(days=7).total_seconds())
    await client.post("/_test/clock", json={"action": "advance", "seconds": seconds})
    expired = await client.post(f"/v1/invitations/{last['id']}/accept", headers=mine)
    assert (expired.status_code, expired.json()["code"]) == (410, "invitation_expired")
    await run_all_due(ctx)
    assert (await client.post(f"/v1/invitations/{last['id']}/accept", headers=mine)).status_code == 409
    await client.post("/_test/clock", json={"action": "release"})


async def test_a_role_counts_from_the_next_request_on(client: Client, ctx: Context) -> None:
    """A manager made clerk may no longer manage sites; taken out, there is no such employer any more."""
    employer, _, headers, path = await house(ctx)
    manager = await a_member(ctx, employer, role="manager")
    theirs = await as_member(ctx, manager)
    site = {"name": "后厨", "city_code": "310100", "address": "某路1号"}
    assert (await client.post(f"{path}/sites", json=site, headers=theirs)).status_code == 201
    member = f"{path}/members/{manager.id}"
    changed = await client.patch(member, json={"role": "clerk"}, headers=headers | {"if-match": '"1"'})
    assert (changed.status_code, changed.json()["role"]) == (200, "clerk")
    assert (await client.post(f"{path}/sites", json=site, headers=theirs)).status_code == 403
    assert (await client.get(f"{path}/sites", headers=theirs)).status_code == 200
    clerk_ends_owner = await client.post(f"{path}/members/{manager.id}/end", headers=headers)
    assert clerk_ends_owner.status_code == 200
    assert (await client.get(f"{path}/sites", headers=theirs)).status_code in (401, 404)


async def test_the_last_owner_cannot_go_even_in_a_race(client: Client, ctx: Context) -> None:
    """One owner: neither demoted nor gone. Two at once: one of them stays."""
    employer, owner, headers, path = await house(ctx)
    demoted = await client.patch(
        f"{path}/members/{owner.id}", json={"role": "clerk"}, headers=headers | {"if-match": '"1"'}
    )
    gone = await client.post(f"{path}/members/{owner.id}/end", headers=headers)
    assert [(each.status_code, each.json()["code"]) for each in (demoted, gone)] == [(409, "last_owner")] * 2
    second = await a_member(ctx, employer)
    theirs = await as_member(ctx, second)
    both = await asyncio.gather(
        client.post(f"{path}/members/{owner.id}/end", headers=headers),
        client.post(f"{path}/members/{second.id}/end", headers=theirs),
    )
    assert sorted(each.status_code for each in both) == [200, 409]


async def test_a_clerk_may_leave_and_not_send_others_away(client: Client, ctx: Context) -> None:
    """Leaving is everybody's right, ending others the owner's."""
    employer, owner, _, path = await house(ctx)
    clerk = await a_member(ctx, employer, role="clerk")
    theirs = await as_member(ctx, clerk)
    assert (await client.post(f"{path}/members/{owner.id}/end", headers=theirs)).status_code == 403
    assert (await client.post(f"{path}/members/{clerk.id}/end", headers=theirs)).status_code == 200


async def test_an_officer_enters_somebody_who_says_yes_at_the_counter(client: Client, ctx: Context) -> None:
    """For a person of the region; the log names the person on whose behalf; the same person twice is a conflict."""
    _, _, _, path = await house(ctx)
    worker = await a_worker(ctx)
    headers = await as_staff(ctx, await an_officer(ctx))
    body = {"person_id": str(worker.id), "role": "clerk"}
    for said, code in (("", "on_behalf_needed"), ("?on_behalf=maybe", "invalid")):
        wrong = await client.post(f"{path}/members{said}", json=body, headers=headers)
        assert (wrong.status_code, wrong.json()["code"]) == (422, code)
    path += "/members?on_behalf=at_counter"
    made = await client.post(path, json=body, headers=headers)
    assert (made.status_code, made.json()["role"]) == (201, "clerk")
    assert (await client.post(path, json=body, headers=headers)).json()["code"] == "member_exists"
    async with ctx.database.reads.acquire() as connection:
        line = await connection.fetchrow("select on_behalf_of from transitions where channel = 'at_counter'")
    assert line["on_behalf_of"] == worker.id


# -- sites --------------------------------------------------------------------------------------------


async def test_a_site_without_a_point_lies_in_the_middle_of_its_district(client: Client, ctx: Context) -> None:
    """Approximate until a point is sent; the datum is converted; a moved approximate site follows its district."""
    _, _, headers, path = await house(ctx)
    body = {"name": "总店", "city_code": "310000", "district_code": "310104", "address": "某路1号"}
    made = await client.post(f"{path}/sites", json=body, headers=headers)
    site = made.json()
    assert (made.status_code, site["approximate"], site["city_code"]) == (201, True, "310100")
    assert abs(site["point"]["coordinates"][0] - 121.43) < 0.05
    url = made.headers["location"]
    moved = await client.patch(url, json={"district_code": "310115"}, headers=headers | {"if-match": '"1"'})
    assert moved.json()["approximate"] is True
    assert moved.json()["point"] != site["point"]
    point = {"type": "Point", "coordinates": [121.51, 31.24], "datum": "bd09"}
    exact = (await client.patch(url, json={"point": point}, headers=headers | {"if-match": '"2"'})).json()
    assert (exact["approximate"], exact["point"]["sent_datum"]) == (False, "bd09")
    kept = await client.patch(url, json={"district_code": "310104"}, headers=headers | {"if-match": '"3"'})
    assert kept.json()["point"] == exact["point"], "a point of its own stays where it is"
    forgot = await client.patch(url, json={"point": None}, headers=headers | {"if-match": '"4"'})
    assert (forgot.json()["approximate"], forgot.json()["point"]) == (True, site["point"])


async def test_a_site_is_closed_not_deleted(client: Client, ctx: Context) -> None:
    """It leaves the list, keeps its page and cannot be changed or closed again."""
    _, _, headers, path = await house(ctx)
    body = {"name": "总店", "city_code": "310100", "address": "某路1号"}
    url = (await client.post(f"{path}/sites", json=body, headers=headers)).headers["location"]
    assert (await client.post(f"{url}/close", headers=headers)).json()["closed_at"] is not None
    assert (await client.post(f"{url}/close", headers=headers)).json()["code"] == "site_closed"
    changed = await client.patch(url, json={"name": "分店"}, headers=headers | {"if-match": '"2"'})
    assert changed.status_code == 409
    assert (await client.get(f"{path}/sites", headers=headers)).json()["items"] == []
    assert len((await client.get(f"{path}/sites?closed=true", headers=headers)).json()["items"]) == 1
    assert (await client.get(url, headers=headers)).status_code == 200
    _, _, others, foreign = await house(ctx)
    assert (await client.get(url, headers=others)).status_code == 404
    assert (await client.get(f"{foreign}/sites/{url.rsplit('/', 1)[1]}", headers=others)).status_code == 404


# -- the pool and the block list ----------------------------------------------------------------------


async def worked(ctx: Context, employer: Any, state: str = "completed", **person: Any) -> Any:
    """A worker with a seat at the employer."""
    worker = await a_worker(ctx, **person)
    posting = await a_posting(ctx, employer)
    await an_engagement(ctx, worker, await a_shift(ctx, posting), posting, state=state)
    return worker


async def a_card(ctx: Context, worker: Any) -> str:
    """The code of a worker's printed card."""
    async with ctx.uow() as uow:
        _, code = await uow.worker_codes.new_card(worker.id)
        return str(code)


async def test_who_has_worked_here_is_asked_first_and_known_by_name(client: Client, ctx: Context) -> None:
    """Somebody who only has a seat, or is a stranger, meets 404; a card adds a stranger, masked."""
    employer, _, headers, path = await house(ctx)
    friend = await worked(ctx, employer, name="赵六")
    booked = await worked(ctx, employer, state="confirmed")
    stranger = await a_worker(ctx, name="钱七八")
    made = await client.post(f"{path}/pool", json={"worker_id": str(friend.id), "auto_accept": True}, headers=headers)
    assert (made.status_code, made.json()["name"], made.json()["times_worked"]) == (201, "赵六", 1)
    for other in (booked, stranger):
        answer = await client.post(f"{path}/pool", json={"worker_id": str(other.id)}, headers=headers)
        assert answer.status_code == 404
    shown = await client.post(f"{path}/pool", json={"card_code": await a_card(ctx, stranger)}, headers=headers)
    assert (shown.status_code, shown.json()["name"]) == (201, "钱**")
    wrong = await client.post(f"{path}/pool", json={"card_code": "A" * 26}, headers=headers)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "card_unknown")
    neither = await client.post(f"{path}/pool", json={}, headers=headers)
    assert neither.json()["errors"][0]["code"] == "worker_or_card"
    first = (await client.get(f"{path}/pool?limit=1", headers=headers)).json()
    second = (await client.get(f"{path}/pool?limit=1&cursor={first['next_cursor']}", headers=headers)).json()
    assert [page["items"][0]["name"] for page in (first, second)] == ["赵六", "钱**"]


async def test_a_place_in_the_pool_changes_with_its_version_and_ends(client: Client, ctx: Context) -> None:
    """Twice is a conflict; removed, the same person can come back."""
    employer, _, headers, path = await house(ctx)
    body = {"worker_id": str((await worked(ctx, employer)).id)}
    place = (await client.post(f"{path}/pool", json=body, headers=headers)).json()
    assert (await client.post(f"{path}/pool", json=body, headers=headers)).json()["code"] == "pool_member_exists"
    url = f"{path}/pool/{place['id']}"
    assert (await client.patch(url, json={"auto_accept": True}, headers=headers)).status_code == 428
    changed = await client.patch(url, json={"auto_accept": True}, headers=headers | {"if-match": '"1"'})
    assert changed.json()["auto_accept"] is True
    assert (await client.post(f"{url}/remove", headers=headers)).status_code == 200
    assert (await client.post(f"{url}/remove", headers=headers)).status_code == 404
    assert (await client.post(f"{path}/pool", json=body, headers=headers)).status_code == 201


async def test_a_block_takes_somebody_out_of_the_pool_and_can_be_lifted(client: Client, ctx: Context) -> None:
    """Only people whom the employer has met; twice is once; a clerk may neither see nor set it."""
    employer, _, headers, path = await house(ctx)
    worker = await worked(ctx, employer, name="孙九")
    body = {"worker_id": str(worker.id)}
    await client.post(f"{path}/pool", json=body, headers=headers)
    blocked = [
        await client.post(f"{path}/blocks", json=body | {"reason": "did_not_come"}, headers=headers) for _ in range(2)
    ]
    assert [each.status_code for each in blocked] == [201, 201]
    assert blocked[0].json()["id"] == blocked[1].json()["id"]
    assert (await client.get(f"{path}/pool", headers=headers)).json()["items"] == []
    assert (await client.post(f"{path}/pool", json=body, headers=headers)).json()["code"] == "pool_member_blocked"
    stranger = {"worker_id": str((await a_worker(ctx)).id)}
    assert (await client.post(f"{path}/blocks", json=stranger, headers=headers)).status_code == 404
    unknown = await client.post(f"{path}/blocks", json=body | {"reason": "smell"}, headers=headers)
    assert unknown.json()["code"] == "reason_unknown"
    clerk = await as_member(ctx, await a_member(ctx, employer, role="clerk"))
    assert (await client.get(f"{path}/blocks", headers=clerk)).status_code == 403
    (row,) = (await client.get(f"{path}/blocks", headers=headers)).json()["items"]
    assert (await client.post(f"{path}/blocks/{row['id']}/lift", headers=headers)).status_code == 200
    assert (await client.get(f"{path}/blocks", headers=headers)).json()["items"] == []
    assert (await client.post(f"{path}/pool", json=body, headers=headers)).status_code == 201
