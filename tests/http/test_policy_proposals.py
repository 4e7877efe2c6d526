"""A policy changes by two administrators only, each with a fresh second factor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from service.access.tables import SessionRow
from service.context import Context
from service.policies import local_day
from service.reference.live import live_book
from tests.builders.city import a_worker, an_officer, as_staff, as_worker, now_of
from tests.builders.employers import emptied_reference

Client = httpx2.AsyncClient
DIGITS = "access.otp_digits"


@pytest.fixture(autouse=True)
async def empty(ctx: Context, urls: tuple[str, str]) -> AsyncIterator[None]:
    async with emptied_reference(ctx, urls[1]):
        yield


async def admin(ctx: Context) -> dict[str, str]:
    return await as_staff(ctx, await an_officer(ctx, role="admin"))


async def proposed(client: Client, ctx: Context, headers: dict[str, str], **more: Any) -> httpx2.Response:
    today = local_day(await now_of(ctx))
    body = {"code": DIGITS, "valid_from": today.isoformat(), "data": {"value": 8}, "source": "a decision"} | more
    return await client.post("/v1/policy-proposals", json=body, headers=headers)


async def digits(ctx: Context) -> int:
    return live_book(ctx.database).at(local_day(await now_of(ctx))).access.otp_digits


async def test_one_administrator_alone_changes_no_policy(client: Client, ctx: Context) -> None:
    """Neither directly nor by approving the own proposal; the second one's yes makes it hold."""
    first, second = await admin(ctx), await admin(ctx)
    today = local_day(await now_of(ctx)).isoformat()
    body = {"code": DIGITS, "valid_from": today, "data": {"value": 8}, "source": "a decision"}
    direct = await client.post("/v1/reference/policy", json=body, headers=first)
    assert (direct.status_code, direct.json()["code"]) == (422, "policy_needs_two")
    made = await proposed(client, ctx, first)
    assert (made.status_code, made.json()["approved"]) == (201, None), made.text
    path = f"/v1/policy-proposals/{made.json()['id']}"
    own = await client.post(f"{path}/approve", headers=first)
    assert (own.status_code, own.json()["code"]) == (403, "own_proposal")
    assert await digits(ctx) == 6
    listed = (await client.get("/v1/policy-proposals", headers=second)).json()["items"]
    assert [each["id"] for each in listed] == [made.json()["id"]]
    approved = await client.post(f"{path}/approve", headers=second)
    assert (approved.status_code, approved.json()["approved"]) == (200, True), approved.text
    assert await digits(ctx) == 8
    again = await client.post(f"{path}/approve", headers=second)
    assert (again.status_code, again.json()["code"]) == (409, "proposal_decided")
    assert (await client.get("/v1/policy-proposals", headers=second)).json()["items"] == []


async def test_a_rejected_proposal_never_holds(client: Client, ctx: Context) -> None:
    """The proposer may take it back himself."""
    first, second = await admin(ctx), await admin(ctx)
    path = f"/v1/policy-proposals/{(await proposed(client, ctx, first)).json()['id']}"
    assert (await client.post(f"{path}/reject", headers=first)).json()["approved"] is False
    assert (await client.post(f"{path}/approve", headers=second)).status_code == 409
    assert await digits(ctx) == 6


async def test_a_second_factor_shown_long_ago_is_not_enough(client: Client, ctx: Context) -> None:
    """Proposing and approving both ask for a fresh one."""
    first, second = await admin(ctx), await admin(ctx)
    path = f"/v1/policy-proposals/{(await proposed(client, ctx, first)).json()['id']}"
    async with ctx.uow() as uow:
        old = await uow.now() - timedelta(minutes=6)
        await uow.session.execute(update(SessionRow).values(fresh_factor_at=old))
    stale = [await proposed(client, ctx, first), await client.post(f"{path}/approve", headers=second)]
    assert [(each.status_code, each.json()["code"]) for each in stale] == [(403, "step_up_needed")] * 2
    assert await digits(ctx) == 6


async def test_what_could_not_hold_cannot_be_proposed(client: Client, ctx: Context) -> None:
    """Checked like any value; only administrators see or make proposals."""
    headers = await admin(ctx)
    assert (await proposed(client, ctx, headers, data={"value": -1})).status_code == 422
    assert (await proposed(client, ctx, headers, code="access.nothing")).status_code == 422
    assert (await proposed(client, ctx, headers, valid_from="2020-01-01")).status_code == 422
    others = [await as_worker(ctx, await a_worker(ctx)), await as_staff(ctx, await an_officer(ctx))]
    for each in others:
        assert (await proposed(client, ctx, each)).status_code == 403
        assert (await client.get("/v1/policy-proposals", headers=each)).status_code == 403


async def test_the_table_itself_wants_two_people(client: Client, ctx: Context) -> None:
    """Even past the service a proposal cannot be approved by its proposer."""
    made = (await proposed(client, ctx, await admin(ctx))).json()
    with pytest.raises(IntegrityError):
        async with ctx.database.sessions() as session, session.begin():
            own = "update policy_proposals set approved = true, decided_by = proposed_by where id = :id"
            await session.execute(text(own), {"id": made["id"]})
