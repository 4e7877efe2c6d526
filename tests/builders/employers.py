"""Builders around employers: people with a proved number, applications, and emptied dated tables."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from service.actor import SYSTEM
from service.context import Context
from service.employers.tables import EmployerRow
from service.identity_numbers import synthetic_credit_code
from service.people.tables import PersonRow
from service.reference.live import live_book
from tests.builders.city import a_person, an_employer

_codes = itertools.count(1)


def a_credit_code() -> str:
    """A credit code with a right check character that nobody else has."""
    return synthetic_credit_code(next(_codes))


def an_application(**more: Any) -> dict[str, Any]:
    """The body of a well-formed application of an enterprise in Xuhui."""
    body = {
        "kind": "enterprise",
        "name": "老灶火锅",
        "credit_code": a_credit_code(),
        "city_code": "310100",
        "district_code": "310104",
        "contact_name": "李四",
        "contact_phone": "13900002222",
    }
    return {name: value for name, value in (body | more).items() if value is not None}


async def a_proved_person(ctx: Context, *, phone: str, name: str = "王五") -> PersonRow:
    """A person who has returned a code that was sent to the number."""
    async with ctx.uow() as uow:
        return await a_person(uow, name=name, phone=phone, phone_confirmed_at=await uow.now())


async def an_applicant(ctx: Context, *, city: str = "310100", district: str | None = "310104") -> EmployerRow:
    """An employer that waits for an officer's answer."""
    async with ctx.uow() as uow:
        now = await uow.now()
    return await an_employer(ctx, verified=False, city_code=city, district_code=district, answer_by=now)


KEEP_REFERENCE = """
create temp table kept_rows as table reference_rows;
create temp table kept_lines as select id from transitions where noun = 'reference';
"""
RESTORE_REFERENCE = """
truncate reference_rows;
insert into reference_rows select * from kept_rows;
delete from transitions where noun = 'reference' and id not in (select id from kept_lines);
"""


@asynccontextmanager
async def emptied_reference(ctx: Context, owner_url: str) -> AsyncIterator[None]:
    """Dated tables without a row; those that were there, and their lines, are put back afterwards."""
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute(KEEP_REFERENCE)
        await connection.execute("truncate reference_rows")
        await live_book(ctx.database).refresh(now=True)
        yield
        async with connection.transaction():
            await connection.execute(RESTORE_REFERENCE)
    finally:
        await connection.close()
    await live_book(ctx.database).refresh(now=True)


async def edited_by_system(ctx: Context, row: Any, **changes: Any) -> None:
    """Change columns of a stored row with a log line."""
    async with ctx.uow() as uow:
        found = await uow.session.get_one(type(row), row.id)
        await uow.edit(found, by=SYSTEM, at=await uow.now(), **changes)
