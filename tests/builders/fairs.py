"""Builders of fairs: rows as they stand after an officer has prepared or announced them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2

from service.actor import SYSTEM
from service.context import Context
from service.fairs.rules import Session, span_of, stored
from service.fairs.tables import BoothRow, EntryRow, FairRow, ProposalRow
from service.uow import Uow
from service.worktime import SHANGHAI
from tests.builders.city import HALL, XUHUI
from tests.builders.city import SHANGHAI as CITY

MORNING = "2026-11-23T08:00:00+08:00"  # a Monday
PLANS = {"plan": True, "emergency_plan": True, "security_plan": True}


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of November 2026 by the clock on the wall; days go on into December."""
    return datetime(2026, 11, 1, hour, minute, tzinfo=SHANGHAI) + timedelta(days=day - 1)


def span(day: int, first: int = 9, last: int = 12) -> dict[str, str]:
    """A session of a body."""
    return {"starts_at": on(day, first).isoformat(), "ends_at": on(day, last).isoformat()}


def a_fair_body(**more: Any) -> dict[str, Any]:
    """A special fair in Xuhui on Monday 30 November, for as many as like, with ten booths."""
    body: dict[str, Any] = {
        "kind": "special",
        "title": "徐汇区家政专场招聘会",
        "city_code": CITY,
        "district_code": XUHUI,
        "address": "某路1号",
        "sessions": [span(30)],
        "organiser": "徐汇区就业促进中心",
        "booths": 10,
        "expected_attendance": 300,
    }
    return body | more


async def prepared(client: httpx2.AsyncClient, officer: dict[str, str], **more: Any) -> dict[str, Any]:
    """A draft."""
    answer = await client.post("/v1/fairs", json=a_fair_body(**more), headers=officer)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def announced(client: httpx2.AsyncClient, officer: dict[str, str], **more: Any) -> dict[str, Any]:
    """One that everybody sees."""
    fair = await prepared(client, officer, **more)
    answer = await client.post(f"/v1/fairs/{fair['id']}/announce", json=PLANS, headers=officer)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def a_fair(ctx: Context, staff_id: UUID, **more: Any) -> FairRow:
    """A fair that goes on at this moment, stored as it stands."""
    async with ctx.uow() as uow:
        now = await uow.now()
        sessions = [Session(1, now - timedelta(minutes=30), now + timedelta(hours=3))]
        starts_at, ends_at = span_of(sessions)
        fields: dict[str, Any] = {
            "state": "running", "kind": "special", "title": "家政专场招聘会", "city_code": CITY, "district_code": XUHUI,
            "address": "某路1号", "lon": HALL[0], "lat": HALL[1], "sent_datum": "wgs84", "audience": [],
            "sessions": stored(sessions), "starts_at": starts_at, "ends_at": ends_at, "organiser": "就业促进中心",
            "booths": 10, "expected_attendance": 300, "permit_needed": False, "plans_acknowledged_at": now,
            "plans_acknowledged_by": staff_id, "announced_at": now,
        }  # fmt: skip
        row = uow.fairs.new(**(fields | more))
        await uow.add(row, by=SYSTEM)
        return row


async def an_entry(uow: Uow, fair: FairRow, worker_id: UUID) -> EntryRow:
    """A place at a fair, counted there."""
    locked = await uow.fairs.lock(fair.id)
    assert await uow.fairs.take_place(locked)
    number = await uow.fairs.draw_number(locked)
    row = uow.fairs.new_entry(locked, worker_id, state="signed_up", number=number)
    await uow.add(row, by=SYSTEM, action="sign_up")
    await uow.flush()
    return row


async def a_booth(
    uow: Uow, fair: FairRow, employer_id: UUID, posting_id: UUID, *, state: str = "confirmed"
) -> BoothRow:
    """The first booth, with one posting."""
    row = uow.fairs.new_booth(fair, employer_id, 1)
    row.state = state
    await uow.add(row, by=SYSTEM, action="ask")
    await uow.flush()
    await uow.fairs.set_postings(row.id, [posting_id])
    return row


async def a_proposal(uow: Uow, *, city_code: str, place_code: str, code: str = "dishwashing") -> ProposalRow:
    """Twenty people for whom nothing was found."""
    row = uow.fairs.new_proposal(
        city_code=city_code, place_code=place_code, subject="trade", code=code, month=date(2026, 11, 1),
        measure="seekers", seekers=20, seats=3, seekers_least=20, seats_least=50, days=30,
    )  # fmt: skip
    await uow.add(row, by=SYSTEM, action="propose")
    await uow.flush()
    return row
