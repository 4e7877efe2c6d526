"""Statements that go straight to the driver: numbered right, in the transaction, refused and heard like all others."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from service.context import Context
from service.db.driver import Statement, fetch
from service.db.violations import constraint_of, sqlstate


def test_names_are_numbered_once_and_casts_are_left_alone() -> None:
    statement = Statement("select :b::int, cast(:a as text), :b + 1")
    assert statement.sql == "select $1::int, cast($2 as text), $1 + 1"
    assert statement.values({"a": "x", "b": 2}) == [2, "x"]


async def test_they_are_part_of_the_transaction_even_as_its_first_statement(ctx: Context) -> None:
    insert = Statement("insert into heartbeats (process_id, role, beat_at) values (gen_random_uuid(), :role, now())")
    with pytest.raises(RuntimeError):
        async with ctx.uow() as uow:
            await fetch(uow.session, insert, {"role": "lost"})
            raise RuntimeError
    async with ctx.uow() as uow:
        await fetch(uow.session, insert, {"role": "kept"})
    async with ctx.database.sessions() as session, session.begin():
        roles = list(await session.scalars(text("select role from heartbeats where role in ('lost', 'kept')")))
    assert roles == ["kept"]


async def test_a_violated_constraint_is_known_by_its_name(ctx: Context) -> None:
    twice = Statement("insert into test_clock (id) values (:id)")
    with pytest.raises(DBAPIError) as refused:
        async with ctx.database.sessions() as session, session.begin():
            await fetch(session, twice, {"id": 2})
    assert (sqlstate(refused.value), constraint_of(refused.value)) == ("23514", "ck_test_clock_single")


async def test_who_listens_to_statements_hears_them(ctx: Context) -> None:
    heard: list[tuple[str, Any, bool]] = []
    engine = ctx.database.engine.sync_engine

    def listen(*found: Any) -> None:
        heard.append((found[2], found[3], found[5]))

    event.listen(engine, "before_cursor_execute", listen)
    try:
        async with ctx.uow() as uow:
            await fetch(uow.session, Statement("select :x::int"), {"x": 7})
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    assert ("select $1::int", [7], False) in heard
