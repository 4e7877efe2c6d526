"""Builders of referrals: an officer, an employer with a shift, people, and what they say to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx2

from service.actor import SYSTEM
from service.context import Context
from service.ids import new_id
from service.referrals.tables import ReferralRow, TalkRow
from service.shifts.tables import ShiftRow
from service.workers.tables import WorkerRow
from tests.builders import city
from tests.builders.applications import NOON, set_time

Headers = dict[str, str]


@dataclass
class Stage:
    """An officer's desk, and who comes to it; `shift` begins in two days unless said otherwise."""

    client: httpx2.AsyncClient
    ctx: Context
    officer: Headers
    boss: Headers
    shift: ShiftRow
    people: list[Any] = field(default_factory=list)
    phones: list[Headers] = field(default_factory=list)

    async def more_people(self, count: int) -> None:
        """People who are signed in with their phones."""
        for _ in range(count):
            worker = await city.a_worker(self.ctx)
            self.people.append(worker)
            self.phones.append(await city.as_worker(self.ctx, worker))

    async def refer(self, *who: int, on_behalf: str | None = "at_counter", status: int = 201, **body: Any) -> Any:
        """The officer recommends these people."""
        params = {"on_behalf": on_behalf} if on_behalf else {}
        body = {"worker_ids": [str(self.people[each].id) for each in who], "shift_id": str(self.shift.id)} | body
        answer = await self.client.post(
            f"/v1/postings/{self.shift.posting_id}/referrals", json=body, params=params, headers=self.officer
        )
        assert answer.status_code == status, answer.text
        return answer.json()

    async def one(self, **body: Any) -> Any:
        """The first person's referral."""
        made = await self.refer(0, **body)
        assert not made["refused"], made
        return made["referrals"][0]

    async def post(self, path: str, who: Headers, body: Any = None, status: int = 200) -> Any:
        """Post, and the answer."""
        key = {"idempotency-key": f"{path}-{id(body)}-{status}"} if path.endswith("/offer") else {}
        answer = await self.client.post(f"/v1{path}", json=body if body is not None else {}, headers=who | key)
        assert answer.status_code == status, (answer.status_code, answer.text)
        return answer.json()

    async def slip(self, referral: Any, size: str = "a4") -> Any:
        """A new slip from the window."""
        return await self.post(f"/referrals/{referral['id']}/slip", self.officer, {"size": size}, 201)

    async def redeem(self, text: str, result: str, who: Headers | None = None, status: int = 200, **more: Any) -> Any:
        """The employer's scan."""
        return await self.post("/slips/redeem", who or self.boss, {"text": text, "result": result} | more, status)

    async def seen(self, referral: Any) -> Any:
        """As the officer sees it now."""
        return (await self.client.get(f"/v1/referrals/{referral['id']}", headers=self.officer)).json()

    async def state(self, referral: Any) -> str:
        """Its state now."""
        return str((await self.seen(referral))["state"])


async def a_stage(ctx: Context, client: httpx2.AsyncClient, *, people: int = 1, hours: int = 48, **shift: Any) -> Stage:
    """At noon, everything there."""
    await set_time(ctx, NOON)
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    employer = await city.an_employer(ctx)
    boss = await city.as_member(ctx, await city.a_member(ctx, employer))
    posting = await city.a_posting(ctx, employer)
    row = await city.a_shift(ctx, posting, starts=NOON + timedelta(hours=hours), **shift)
    stage = Stage(client, ctx, officer, boss, row)
    await stage.more_people(people)
    return stage


async def a_referral(
    ctx: Context, worker: WorkerRow, shift: ShiftRow, state: str = "notified", **more: Any
) -> ReferralRow:
    """A referral in a state of its story before the seat, made past every door."""
    said_yes = state not in ("created", "notified")
    async with ctx.uow() as uow:
        now = await uow.now()
        row = uow.referrals.new(
            posting_id=shift.posting_id,
            shift_id=shift.id,
            worker_id=worker.id,
            employer_id=shift.employer_id,
            city_code=shift.city_code,
            origin="officer",
            batch_id=new_id(),
            place_in_batch=1,
            quick=False,
            answer_by=now + timedelta(days=1),
            worker_answered_at=now if said_yes else None,
            yes_terms_version=1 if said_yes else None,
            **more,
        )
        row.state = state
        await uow.add(row, by=SYSTEM)
        return row


async def a_talk(ctx: Context, referral: ReferralRow, at: datetime) -> TalkRow:
    """A talk on the phone that is still to be held."""
    async with ctx.uow() as uow:
        talk = uow.referrals.new_talk(referral_id=referral.id, kind="phone", place=None, at=at, arranged_by="officer")
        await uow.add(talk, by=SYSTEM)
        return talk
