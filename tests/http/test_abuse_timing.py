"""Somebody else's object and one that is not there: the same answer, in the same time (INV-30)."""

from __future__ import annotations

import time
from datetime import timedelta

import httpx2
import pytest

from service.applications.usecases.claim import claim_seat
from service.context import Context
from service.ids import new_id
from tests.builders.applications import NOON, a_shift_of, set_time, worker_caller
from tests.builders.city import a_member, a_worker, an_employer, as_member, as_worker

FLOOR_MS = 100  # far above what a loaded machine needs, so that the floor decides


async def test_a_foreign_object_takes_as_long_as_a_missing_one(
    ctx: Context, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Word for word the same, and neither comes sooner than the floor, which hides what each takes."""
    await set_time(ctx, NOON)
    owner = await a_worker(ctx)
    employer, _, shift = await a_shift_of(ctx, starts=NOON + timedelta(days=2))
    claimed = await claim_seat(ctx, shift.id, by=worker_caller(owner))
    stranger = await as_worker(ctx, await a_worker(ctx))
    rival = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    pairs = [
        (f"/v1/engagements/{claimed.engagement_id}", f"/v1/engagements/{new_id()}", stranger),
        (f"/v1/applications/{claimed.application_id}", f"/v1/applications/{new_id()}", stranger),
        (f"/v1/shifts/{shift.id}/candidates", f"/v1/shifts/{new_id()}/candidates", rival),
        (f"/v1/employers/{employer.id}/pool", f"/v1/employers/{new_id()}/pool", rival),
    ]
    monkeypatch.setattr(ctx.settings, "missing_answer_ms", FLOOR_MS)
    for foreign, missing, headers in pairs:
        took: dict[str, list[float]] = {foreign: [], missing: []}
        bodies = set()
        for _ in range(6):
            for path in (foreign, missing):
                began = time.perf_counter()
                answer = await client.get(path, headers=headers)
                took[path].append((time.perf_counter() - began) * 1000)
                told = answer.json()
                bodies.add((answer.status_code, told["code"], told["title"], told["detail"], len(told)))
        assert len(bodies) == 1, bodies
        assert next(iter(bodies))[0] == 404
        assert min(took[foreign] + took[missing]) >= FLOOR_MS
