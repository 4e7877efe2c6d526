"""Crews and blocks over HTTP: each by an own yes, nobody found by name or phone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.city import (
    a_member,
    a_posting,
    a_shift,
    a_worker,
    an_employer,
    an_engagement,
    as_member,
    as_worker,
)


async def joined(client: Any, ctx: Any, leader: dict[str, str], crew_id: str, *, says_yes: bool = True) -> Any:
    """Somebody asked into a crew by card, who says yes or nothing; their headers."""
    me = await as_worker(ctx, await a_worker(ctx))
    card = (await client.post("/v1/workers/me/card", json={}, headers=me)).json()["code"]
    asked = await client.post(f"/v1/workers/me/crews/{crew_id}/invitations", json={"code": card}, headers=leader)
    assert asked.status_code == 201, asked.text
    if says_yes:
        assert (await client.post(f"/v1/workers/me/crews/{crew_id}/join", headers=me)).status_code == 200
    return me


async def test_a_crew_grows_by_own_yeses_up_to_six(client, ctx):
    """An invitation is not a place; the seventh does not fit; all or at least as said."""
    leader = await as_worker(ctx, await a_worker(ctx))
    crew = (await client.post("/v1/workers/me/crews", json={"name": "安徽老乡"}, headers=leader)).json()
    assert (crew["least"], crew["needed"], crew["ready"]) == (None, 1, False)
    await joined(client, ctx, leader, crew["id"], says_yes=False)
    assert (await client.get("/v1/workers/me/crews", headers=leader)).json()["items"][0]["ready"] is False
    for _ in range(4):
        await joined(client, ctx, leader, crew["id"])
    now = (await client.get("/v1/workers/me/crews", headers=leader)).json()["items"][0]
    assert (len(now["members"]), now["needed"], now["ready"]) == (6, 5, True)
    late = await as_worker(ctx, await a_worker(ctx))
    word = (await client.post("/v1/workers/me/word", headers=late)).json()["word"]
    path = f"/v1/workers/me/crews/{crew['id']}"
    full = await client.post(f"{path}/invitations", json={"word": word}, headers=leader)
    assert full.json()["code"] == "crew_full"
    some = await client.put(path, json={"name": "安徽老乡", "least": 2}, headers=leader | {"if-match": '"1"'})
    assert (some.json()["least"], some.json()["needed"]) == (2, 2)


async def test_only_the_leader_asks_and_strangers_see_nothing(client, ctx):
    """A member's invitation and a stranger's join are 404; twice asked is a conflict; when the leader goes it ends."""
    leader = await as_worker(ctx, await a_worker(ctx))
    crew = (await client.post("/v1/workers/me/crews", json={"name": "老乡"}, headers=leader)).json()
    path = f"/v1/workers/me/crews/{crew['id']}"
    member = await joined(client, ctx, leader, crew["id"])
    stranger = await as_worker(ctx, await a_worker(ctx))
    card = (await client.post("/v1/workers/me/card", json={}, headers=stranger)).json()["code"]
    assert (await client.post(f"{path}/invitations", json={"code": card}, headers=member)).status_code == 404
    assert (await client.post(f"{path}/join", headers=stranger)).status_code == 404
    card = (await client.post("/v1/workers/me/card", json={}, headers=member)).json()["code"]
    twice = await client.post(f"{path}/invitations", json={"code": card}, headers=leader)
    assert (twice.status_code, twice.json()["code"]) == (409, "crew_member_exists")
    waiting = await client.put("/v1/workers/me/waiting", json={"crew_id": crew["id"]}, headers=member)
    assert waiting.json()["crew_id"] == crew["id"]
    assert (await client.post(f"{path}/leave", headers=leader)).status_code == 204
    assert (await client.get("/v1/workers/me/crews", headers=member)).json()["items"] == []
    assert (await client.post(f"{path}/join", headers=member)).status_code == 404


async def test_the_invited_one_is_told(client, ctx):
    """A message without names."""
    leader = await as_worker(ctx, await a_worker(ctx))
    crew = (await client.post("/v1/workers/me/crews", json={"name": "老乡"}, headers=leader)).json()
    await joined(client, ctx, leader, crew["id"], says_yes=False)
    async with ctx.uow() as uow:
        from sqlalchemy import text

        rows = (await uow.session.execute(text("select template, params, subject_kind from messages"))).all()
    assert [tuple(row) for row in rows] == [("crew.invited", {}, "crew")]


async def test_a_worker_blocks_and_unblocks_an_employer(client, ctx):
    """Put twice changes the reason; either side's block keeps the two apart; delete lifts it."""
    worker, employer = await a_worker(ctx), await an_employer(ctx)
    me = await as_worker(ctx, worker)
    path = f"/v1/workers/me/blocks/{employer.id}"
    first = (await client.put(path, json={}, headers=me)).json()
    assert (await client.put(path, json={}, headers=me)).json() == first
    anew = (await client.put(path, json={"reason": "欠薪"}, headers=me)).json()
    assert (anew["id"] != first["id"], anew["reason"]) == (True, "欠薪")
    assert len((await client.get("/v1/workers/me/blocks", headers=me)).json()["items"]) == 1
    assert (await client.get("/v1/workers/me/blocks", headers=me)).json()["items"][0]["employer"] == employer.name
    async with ctx.uow() as uow:
        assert await uow.blocks.between(employer_id=employer.id, worker_id=worker.id)
        assert await uow.blocks.employers_apart_from(worker.id) == {employer.id}
        assert await uow.blocks.employers_apart_from(worker.id) == {employer.id}
    assert (await client.delete(path, headers=me)).status_code == 204
    assert (await client.delete(path, headers=me)).status_code == 204
    async with ctx.uow() as uow:
        assert not await uow.blocks.between(employer_id=employer.id, worker_id=worker.id)
    missing = "/v1/workers/me/blocks/019fb1aa-0000-7000-8000-000000000000"
    assert (await client.put(missing, json={}, headers=me)).status_code == 404


async def test_a_worker_sees_whose_own_people_he_is_among_and_can_leave(client, ctx):
    """Listed with the employer's name; gone after leaving; back only with the card; strangers see nothing."""
    worker, employer = await a_worker(ctx), await an_employer(ctx)
    me, boss = await as_worker(ctx, worker), await as_member(ctx, await a_member(ctx, employer))
    posting = await a_posting(ctx, employer)
    shift = await a_shift(ctx, posting)
    await an_engagement(ctx, worker, shift, posting, state="completed")
    own = f"/v1/employers/{employer.id}/pool"
    put = {"worker_id": str(worker.id), "auto_accept": True}
    assert (await client.post(own, json=put, headers=boss)).status_code == 201
    [listed] = (await client.get("/v1/workers/me/pools", headers=me)).json()["items"]
    assert (listed["employer_id"], listed["employer"], listed["auto_accept"]) == (
        str(employer.id), employer.name, True,
    )  # fmt: skip
    other = await as_worker(ctx, await a_worker(ctx))
    assert (await client.get("/v1/workers/me/pools", headers=other)).json()["items"] == []
    assert (await client.get(f"/v1/workers/{worker.id}/pools", headers=other)).status_code == 404
    path = f"/v1/workers/me/pools/{employer.id}"
    assert (await client.delete(path, headers=me)).status_code == 204
    assert (await client.delete(path, headers=me)).status_code == 404
    assert (await client.get("/v1/workers/me/pools", headers=me)).json()["items"] == []
    assert (await client.get(own, headers=boss)).json()["items"] == []
    again = await client.post(own, json=put, headers=boss)
    assert (again.status_code, again.json()["code"]) == (409, "pool_left")
    card = (await client.post("/v1/workers/me/card", json={}, headers=me)).json()["code"]
    assert (await client.post(own, json={"card_code": card}, headers=boss)).status_code == 201


@pytest.mark.parametrize("body", [{}, {"code": "X" * 26, "word": "123456"}])
async def test_identify_takes_one_of_card_and_word(client, ctx, body):
    """Neither and both are refused."""
    member = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    refused = await client.post("/v1/workers/identify", json=body, headers=member)
    assert (refused.status_code, refused.json()["code"]) == (422, "code_or_word")
