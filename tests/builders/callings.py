"""Builders of officers' calls: people who worked twice today and have not answered, and the offices that call them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from service.context import Context
from service.followups.usecases.opening import open_due
from tests.builders import city
from tests.builders.applications import NOON, rows_of, set_time

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
EVENING = NOON + 7 * HOUR  # Friday, 19:00
MORNING = EVENING + 13 * HOUR  # Saturday, 08:00
WANTS_CALL = "update followup_tasks set attempts = 2, next_attempt_at = :at where state = 'open'"
# Whom the employer's side has told that it wants no questions is no last word, so a lot may leave the other out.
EMPLOYERS_REFUSED = "update followup_tasks set state = 'refused', next_attempt_at = null where side = 'employer'"


@dataclass
class Office:
    """People with two questions each, one from each of two employers, and the officers of the city."""

    ctx: Context
    client: httpx2.AsyncClient
    people: list[Any] = field(default_factory=list)
    postings: list[Any] = field(default_factory=list)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    staff: dict[str, UUID] = field(default_factory=dict)

    async def post(self, path: str, who: str = "officer", body: Any = None, status: int = 200) -> Any:
        """Post, and the answer."""
        answer = await self.client.post(f"/v1{path}", json=body or {}, headers=self.headers[who])
        assert answer.status_code == status, (answer.status_code, answer.text)
        return answer.json()

    async def get(self, path: str, who: str = "officer", status: int = 200, **params: Any) -> Any:
        """Get, and the answer."""
        answer = await self.client.get(f"/v1{path}", params=params, headers=self.headers[who])
        assert answer.status_code == status, (answer.status_code, answer.text)
        return answer.json()

    async def tasks(self, person: Any, side: str = "worker") -> list[UUID]:
        """What is asked about a person's work, in the order of the postings."""
        found = await rows_of(
            self.ctx,
            "select t.id from followup_tasks t join followup_plans p on p.id = t.plan_id"
            " where t.worker_id = :id and t.side = :side order by p.created_at, p.id",
            id=person.id, side=side,
        )  # fmt: skip
        return [row[0] for row in found]

    async def states(self, person: Any) -> list[tuple[str, date | None]]:
        """State and day of the call of each of these."""
        asked = "select state, call_on from followup_tasks where worker_id = :id and side = 'worker' order by id"
        return [tuple(row) for row in await rows_of(self.ctx, asked, id=person.id)]

    async def say(self, sql: str, **facts: Any) -> None:
        """Past every door."""
        async with self.ctx.database.sessions() as session, session.begin():
            await session.execute(text(sql), facts)


def phone_of(number: int) -> str:
    """The number of the office's people, in their order."""
    return f"+861370000{number:04d}"


async def an_office(ctx: Context, client: httpx2.AsyncClient, *, people: int = 1, milestone: str = "M7") -> Office:
    """Friday evening: each of them has worked for both employers today, and nobody has answered yet.

    Of another `milestone` are then the questions, which may be left out (M7) or not (M6).
    """
    await set_time(ctx, NOON)
    office = Office(ctx, client)
    office.postings = [await city.a_posting(ctx, await city.an_employer(ctx)) for _ in range(2)]
    starts = (NOON + HOUR, NOON + 4 * HOUR)
    shifts = [
        await city.a_shift(ctx, posting, starts=start, hours=2, headcount=people)
        for posting, start in zip(office.postings, starts, strict=True)
    ]
    for number in range(people):
        person = await city.a_worker(ctx, phone=phone_of(number))
        office.people.append(person)
        for posting, shift in zip(office.postings, shifts, strict=True):
            await city.an_engagement(ctx, person, shift, posting)
    for name, regions in (("officer", ("310000",)), ("colleague", ("310000",)), ("far", ("330200",))):
        row = await city.an_officer(ctx, regions=regions)
        office.staff[name], office.headers[name] = row.id, await city.as_staff(ctx, row)
    admin = await city.an_officer(ctx, role="admin")
    office.staff["admin"], office.headers["admin"] = admin.id, await city.as_staff(ctx, admin)
    await set_time(ctx, EVENING)
    assert await open_due(ctx) == 4 * people
    await office.say("update followup_tasks set milestone = :milestone, short = false", milestone=milestone)
    return office


def decreed(ctx: Context, monkeypatch: pytest.MonkeyPatch, place: str | None = None, **values: Any) -> None:
    """Other figures for follow-ups, there or everywhere."""
    book = ctx.policies.book
    for name, value in values.items():
        book = book.with_value("followups", name, value, valid_from=date(2026, 1, 1), jurisdiction=place)
    monkeypatch.setattr(type(ctx.policies), "at", lambda _, now, city=None: book.at(now, city))
