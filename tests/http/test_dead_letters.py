"""Dead letters: admins see what was given up and send it again, with a line in the log."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any
from uuid import UUID

import httpx2
import orjson
import pytest

from service.actor import SYSTEM
from service.cli.dead_letters import send_again, show_dead_letters
from service.context import Context
from service.errors import Conflict
from service.ids import new_id
from service.jobs.due import run_all_due
from service.uow import DueItem, Uow
from tests.builders.city import an_officer, as_staff
from tests.builders.imports import scalar

KIND = "test.brittle"


async def given_up(ctx: Context) -> UUID:
    """A timer that has used up its attempts."""
    subject = new_id()
    async with ctx.uow() as uow:
        await uow.schedule(KIND, subject, await uow.now())
    await scalar(ctx, "update due_work set attempt = 11 where subject_id = :id returning 1", id=subject)
    await run_all_due(brittle(ctx, fails=True))
    found: UUID = await scalar(ctx, "select id from due_work where subject_id = :id and state = 'dead'", id=subject)
    return found


def brittle(ctx: Context, *, fails: bool) -> Context:
    """The context with a timer that fails, or no longer does."""

    async def timer(uow: Uow, item: DueItem) -> None:
        if fails:
            raise RuntimeError

    return replace(ctx, wiring=replace(ctx.wiring, timers=MappingProxyType({KIND: timer})))


async def test_an_admin_lists_and_sends_again(ctx: Context, client: httpx2.AsyncClient) -> None:
    """A dead timer is listed with its last error's code, comes back to life once, runs, and is logged."""
    first, second = await given_up(ctx), await given_up(ctx)
    admin = await as_staff(ctx, await an_officer(ctx, role="admin"))
    page = (await client.get("/v1/dead-letters", params={"limit": 1}, headers=admin)).json()
    assert [(item["id"], item["last_error"], item["attempt"]) for item in page["items"]] == [
        (str(first), "RuntimeError", 12)
    ]
    rest = {"limit": 1, "cursor": page["next_cursor"]}
    assert (await client.get("/v1/dead-letters", params=rest, headers=admin)).json()["items"][0]["id"] == str(second)
    none: Any = (await client.get("/v1/dead-letters", params={"kind": "other"}, headers=admin)).json()
    assert none["items"] == []
    answer = await client.post(f"/v1/dead-letters/{first}/resend", headers=admin)
    assert (answer.status_code, answer.json()["state"], answer.json()["attempt"]) == (200, "pending", 0)
    assert (await client.post(f"/v1/dead-letters/{first}/resend", headers=admin)).status_code == 404
    await run_all_due(brittle(ctx, fails=False))
    assert await scalar(ctx, "select state from due_work where id = :id", id=first) == "done"
    logged = "select actor_kind || ' ' || action || ' ' || to_state from transitions where entity_id = :id"
    assert await scalar(ctx, logged, id=first) == "admin resend pending"


async def test_officers_may_not(ctx: Context, client: httpx2.AsyncClient) -> None:
    """What was given up may concern any region, so only admins see it."""
    officer = await as_staff(ctx, await an_officer(ctx))
    assert (await client.get("/v1/dead-letters", headers=officer)).status_code == 403
    assert (await client.post(f"/v1/dead-letters/{new_id()}/resend", headers=officer)).status_code == 403


async def test_what_was_planned_anew_is_not_doubled(ctx: Context) -> None:
    """A dead timer whose namesake lives stays dead."""
    dead = await given_up(ctx)
    subject = await scalar(ctx, "select subject_id from due_work where id = :id", id=dead)
    async with ctx.uow() as uow:
        await uow.schedule(KIND, subject, await uow.now())
    with pytest.raises(Conflict, match="dead_letter_replaced"):
        await send_again(ctx, [dead], everything=False)
    assert await scalar(ctx, "select state from due_work where id = :id", id=dead) == "dead"


async def test_the_command_line_shows_and_sends_all(ctx: Context, capsys: pytest.CaptureFixture[str]) -> None:
    """An operator at the machine does the same without an account."""
    ids = {str(await given_up(ctx)) for _ in range(3)}
    capsys.readouterr()
    assert await show_dead_letters(ctx) == 3
    shown = capsys.readouterr().out.splitlines()
    assert {orjson.loads(line)["id"] for line in shown} == ids
    assert await send_again(ctx, [], everything=True) == 3
    assert await show_dead_letters(ctx) == 0
    assert await scalar(ctx, "select distinct actor_kind from transitions where action = 'resend'") == SYSTEM.kind
