"""Builders of the open-data feed: supply postings, moves of both sides, the feed's answers."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2

from service.actor import SYSTEM, Actor
from service.context import Context
from service.feed.usecases.building import build
from service.lifecycle import Lifecycle
from service.postings import lifecycle as postings
from service.postings.lifecycle import POSTING
from service.postings.tables import PostingRow
from service.supplies import lifecycle as supplies
from service.supplies.lifecycle import SUPPLY
from service.supplies.tables import SupplyRow
from service.workers.tables import WorkerRow
from tests.builders import city

Client = httpx2.AsyncClient
OFFICER = Actor("officer", UUID(int=7), "api", None)


async def a_supply(ctx: Context, worker: WorkerRow, **more: Any) -> SupplyRow:
    """A published wish to wash dishes in Xuhui."""
    async with ctx.uow() as uow:
        now = await uow.now()
        fields: dict[str, Any] = {
            "kind": "work", "title": "洗碗、搬运", "description": "晚上都行", "trades": ["dishwashing", "moving"],
            "work_modes": ["on_site"], "city_code": "310100", "district_codes": ["310104"], "weekly": None,
            "pay_wish_fen": 2500, "pay_wish_unit": "hour", "channel": "api", "warnings": [],
            "valid_until": now + timedelta(days=30),
        }  # fmt: skip
        row = uow.supplies.new(worker.id, **(fields | more))
        await uow.add(row, by=SYSTEM)
        await uow.flush()
        await uow.move(row, SUPPLY, "publish", by=SYSTEM, at=now, published_at=now)
        return row


async def turn(
    ctx: Context,
    noun: str,
    entity_id: UUID,
    action: str,
    *,
    by: Actor = SYSTEM,
    reason: str | None = None,
    **changes: Any,
) -> None:
    """Move a posting or supply posting, or edit it (action `edit`)."""
    async with ctx.uow() as uow:
        repository, lifecycle = (uow.postings, POSTING) if noun == "posting" else (uow.supplies, SUPPLY)
        row = await repository.lock(entity_id)  # type: ignore[attr-defined]
        if action == "edit":
            await uow.edit(row, by=by, at=await uow.now(), **changes)
        else:
            now = await uow.now()
            more = closing(lifecycle, row.state, action, now) | changes
            await uow.move(row, lifecycle, action, by=by, at=now, reason=reason, **more)


def closing(lifecycle: Lifecycle, state: str, action: str, now: datetime) -> dict[str, Any]:
    """When a posting or supply posting was closed, after a move; one that is appealed keeps what it has."""
    after = lifecycle.fire(state, action)
    ended = postings.ENDED if lifecycle is POSTING else supplies.ENDED
    return {} if after in ("appealed", *ended & {state}) else {"closed_at": now if after in ended else None}


async def snapshot(client: Client, headers: dict[str, str] | None = None, **query: str) -> tuple[list[Any], str]:
    """Everything that a snapshot holds, and its cursor."""
    listed = await client.get("/v1/feed/snapshot", params=query, headers=headers)
    assert listed.status_code == 200, listed.text
    entries = []
    for part in listed.json()["parts"]:
        answer = await client.get(part["url"], headers=headers)
        assert answer.status_code == 200, answer.text
        entries += [json.loads(line) for line in answer.text.splitlines()]
    return entries, listed.json()["cursor"]


async def changes(
    ctx: Context, client: Client, cursor: str, headers: dict[str, str] | None = None, **query: str
) -> list[Any]:
    """What is new behind a cursor, after the builder has run."""
    await build(ctx, wait=True)
    answer = await client.get("/v1/feed/changes", params={"cursor": cursor} | query, headers=headers)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def said(entries: list[Any]) -> list[tuple[Any, ...]]:
    """Each entry in short: what happened, to what, why, how fast."""
    return [(each["op"], each["id"], each.get("cause"), each.get("urgent")) for each in entries]


async def brought_by(ctx: Context, key_id: UUID) -> PostingRow:
    """A published posting that came in with a partner's key, with two seats."""
    employer = await city.an_employer(ctx)
    async with ctx.uow() as uow:
        now = await uow.now()
        columns: dict[str, Any] = {
            "employer_id": employer.id, "state": "published", "channel": "api", "title": "晚市洗碗",
            "trade": "dishwashing", "job_kind": "day_labour", "binding": "shift", "headcount": 2,
            "city_code": "310100", "district_code": "310104", "address": "某路2号", "pay_fen": 2500,
            "pay_unit": "hour", "settlement": "daily", "terms_hash": "0" * 64, "published_at": now,
            "valid_until": now + timedelta(days=30), "source": f"city-hr/{employer.id}", "source_id": "A-17",
        }  # fmt: skip
        row = uow.postings.new(**columns)
        await uow.add(row, by=Actor("integrator", key_id, "import", None))
        return row
