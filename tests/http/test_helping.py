"""What would help, over HTTP: an employer's outlook in steps of five, a worker's unlocks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.matches.helping import get_shift_outlook
from service.matches.pools.keeper import PoolKeeper
from tests.builders.applications import officer_caller
from tests.builders.city import (
    HALL,
    a_member,
    a_posting,
    a_shift,
    a_worker,
    an_employer,
    an_officer,
    as_member,
    as_staff,
    as_worker,
)
from tests.builders.halls import DAWN, at, shanghai

Client = httpx2.AsyncClient
TOMORROW = shanghai(2026, 11, 24, 9)


async def a_place(ctx: Context, **more: Any) -> tuple[dict[str, str], Any, Any]:
    """(the employer's headers, posting, shift of tomorrow)."""
    employer = await an_employer(ctx)
    posting = await a_posting(ctx, employer, lon=HALL[0], lat=HALL[1], **more)
    return (
        await as_member(ctx, await a_member(ctx, employer)),
        posting,
        await a_shift(ctx, posting, starts=TOMORROW, headcount=3),
    )


async def answer(client: Client, path: str, headers: dict[str, str]) -> dict[str, Any]:
    told = await client.get(path, headers=headers)
    assert told.status_code == 200, told.text
    body: dict[str, Any] = told.json()
    return body


async def test_an_employer_reads_steps_of_five_and_an_officer_figures(client: Client, ctx: Context) -> None:
    """Seven fit, three of them lack the certificate: five or more, and fewer than five; never who."""
    await at(client, DAWN)
    owner, _, shift = await a_place(ctx, certificates=["health_certificate"])
    officer = await as_staff(ctx, await an_officer(ctx))
    for number in range(10):
        await a_worker(ctx, certificates=("health_certificate",) if number < 7 else ())
    path = f"/v1/shifts/{shift.id}/outlook"
    exact, shown = await answer(client, path, officer), await answer(client, path, owner)
    assert (exact["fit"], exact["free"], exact["content"]) == (7, 7, 7)
    assert (shown["fit"], shown["free"], shown["content"]) == (5, 5, 5)
    assert exact["only"][0]["code"] == "certificates"
    assert exact["only"][0]["people"] == 3
    assert shown["only"] == []
    assert all(gain["people"] >= 5 for gain in shown["gains"])
    assert not any(gain["kind"] == "certificate" for gain in exact["gains"])  # the trade has to have it by law
    assert shown["text"] == "符合条件的有 5 人，那个时间有空的有 5 人，其中报酬合意的有 5 人。"
    assert "worker_id" not in str(shown)


async def test_a_draft_can_be_asked_before_it_is_published(client: Client, ctx: Context) -> None:
    """Of its next occurrence; without a time it says so; strangers get nothing."""
    await at(client, DAWN)
    series = {"shifts": [{"starts_at": TOMORROW.isoformat(), "ends_at": shanghai(2026, 11, 24, 14).isoformat()}]}
    owner, draft, _ = await a_place(ctx, state="draft", series=series)
    for _ in range(5):
        await a_worker(ctx)
    seen = await answer(client, f"/v1/postings/{draft.id}/outlook", owner)
    assert (seen["free"], seen["starts_at"]) == (5, "2026-11-24T09:00:00+08:00")
    _, bare, _ = await a_place(ctx, state="draft", series=None)
    empty = await client.get(f"/v1/postings/{bare.id}/outlook", headers=owner)
    assert empty.status_code == 404
    stranger = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    assert (await client.get(f"/v1/postings/{draft.id}/outlook", headers=stranger)).status_code == 404


async def test_a_worker_learns_what_would_open_more(client: Client, ctx: Context) -> None:
    """With the certificate the shift that asks for one, with a longer way the one far off."""
    await at(client, DAWN)
    await a_place(ctx)
    await a_place(ctx, certificates=["health_certificate"])
    employer = await an_employer(ctx)
    far = await a_posting(ctx, employer, lon=HALL[0] + 0.15, lat=HALL[1])
    await a_shift(ctx, far, starts=TOMORROW)
    worker = await a_worker(ctx, certificates=())
    told = await answer(client, "/v1/workers/me/unlocks", await as_worker(ctx, worker))
    assert told["open_now"] == 1
    found = {(each["kind"], str(each["facts"])): each["shifts"] for each in told["unlocks"]}
    assert found[("certificate", "{'certificate': 'health_certificate'}")] == 1
    assert found[("reach", "{'radius_m': 15000}")] == 1
    assert "可多 1 个班次" in told["unlocks"][0]["text"]


@pytest.mark.usefixtures("client")
async def test_memory_and_database_give_one_outlook(ctx: Context, client: Client) -> None:
    """The pool of the process and one made for the answer count the same people."""
    await at(client, DAWN)
    _, _, shift = await a_place(ctx)
    for number in range(6):
        await a_worker(ctx, radius_m=1_000 + number)
    keeper = PoolKeeper(ctx)
    keeper.start()
    await keeper.wait()
    by = officer_caller((await an_employer(ctx)).id, "310000")
    ways = [await get_shift_outlook(replace(ctx, pools=pools), shift.id, by=by) for pools in (keeper, None)]
    await keeper.stop()
    assert ways[0] == ways[1]


async def test_an_employer_learns_of_no_block_and_of_no_single_person(client: Client, ctx: Context) -> None:
    """Nobody and four people read alike; six who blocked are among what is not his business; an officer sees why."""
    await at(client, DAWN)
    owner, _, shift = await a_place(ctx)
    officer = await as_staff(ctx, await an_officer(ctx))
    path = f"/v1/shifts/{shift.id}/outlook"
    nobody = await answer(client, path, owner)
    workers = [await a_worker(ctx) for _ in range(4)]
    four = await answer(client, path, owner)
    assert {**nobody, "at": 0} == {**four, "at": 0}
    assert four["fit"] is None
    workers += [await a_worker(ctx) for _ in range(2)]
    for worker in workers:
        barred = await client.put(
            f"/v1/workers/me/blocks/{shift.employer_id}", json={}, headers=await as_worker(ctx, worker)
        )
        assert barred.status_code in (200, 201, 204), barred.text
    seen, known = await answer(client, path, owner), await answer(client, path, officer)
    assert [(each["code"], each["people"]) for each in seen["only"]] == [("not_available", 5)]
    assert [(each["code"], each["people"]) for each in known["only"]] == [("blocked_pair", 6)]
    counts = await answer(client, f"/v1/shifts/{shift.id}/candidates?excluded=true", owner)
    assert all(each["count"] % 5 == 0 for each in counts["excluded"])
    assert counts["refused"] % 5 == 0


async def test_who_is_not_verified_asks_nothing_before_a_review(client: Client, ctx: Context) -> None:
    """A draft of an employer who has only applied tells nothing about people."""
    await at(client, DAWN)
    series = {"shifts": [{"starts_at": TOMORROW.isoformat(), "ends_at": shanghai(2026, 11, 24, 14).isoformat()}]}
    employer = await an_employer(ctx, state="applied")
    posting = await a_posting(ctx, employer, lon=HALL[0], lat=HALL[1], state="draft", series=series)
    owner = await as_member(ctx, await a_member(ctx, employer))
    told = await client.get(f"/v1/postings/{posting.id}/outlook", headers=owner)
    assert (told.status_code, told.json()["code"]) == (409, "employer_not_active")
