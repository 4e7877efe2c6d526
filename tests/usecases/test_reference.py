"""Dated tables on a real database: loading what ships, adding dates, following changes, importing files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from service.actor import Actor
from service.context import Context
from service.errors import Conflict, Refused
from service.http.caller import ADMIN, Caller
from service.ids import new_id
from service.policies import local_day
from service.reference import proposals, usecases
from service.reference.importing import import_reference
from service.reference.kinds import Spec
from service.reference.live import LiveBook, live_book
from service.reference.shipped import shipped_specs
from service.reference.writing import ensure_shipped, load_shipped
from tests.builders.city import now_of
from tests.builders.employers import emptied_reference
from tests.builders.staff import a_fresh_admin

WAGE = {"grade": 1, "month_fen": 280000, "hour_fen": 2600, "tag": "V"}
START = date(2026, 1, 1)


@pytest.fixture(autouse=True)
async def empty(ctx: Context, urls: tuple[str, str]) -> AsyncIterator[None]:
    async with emptied_reference(ctx, urls[1]):
        yield


def an_admin() -> Caller:
    return Caller(role=ADMIN, account_id=new_id())


async def add(ctx: Context, **more: Any) -> Any:
    fields: dict[str, Any] = {
        "code": "310000", "valid_from": START, "valid_to": None, "data": WAGE, "source": "a notice", "verified": False,
    } | more  # fmt: skip
    kind = fields.pop("kind", "minimum_wage")
    if kind == "policy":
        return await decide_on_policy(ctx, **fields)
    return await usecases.add_row(ctx, kind, by=an_admin(), **fields)


async def decide_on_policy(ctx: Context, **fields: Any) -> Any:
    """One administrator proposes, another approves."""
    fields.pop("valid_to")
    row = await proposals.propose_policy(ctx, by=await a_fresh_admin(ctx), **fields)
    return await proposals.approve_policy(ctx, row.id, by=await a_fresh_admin(ctx))


LINES = "select count(*) from transitions where noun = 'reference'"


async def count(ctx: Context, sql: str) -> int:
    async with ctx.database.sessions() as session, session.begin():
        return int((await session.execute(text(sql))).scalar_one())


async def test_loading_what_ships_twice_changes_nothing(ctx: Context) -> None:
    """The first time adds every row with its log line, the second nothing; a start asks the digest only."""
    earlier = await count(ctx, LINES)
    first = await load_shipped(ctx)
    assert first.added == len(shipped_specs())
    second = await load_shipped(ctx)
    assert (second.added, second.updated, second.unchanged) == (0, 0, len(shipped_specs()))
    assert await ensure_shipped(ctx) is None
    versions = await count(ctx, "select sum(version) from reference_rows")
    assert versions == await count(ctx, LINES) - earlier


async def test_two_processes_that_start_at_once_load_once(ctx: Context) -> None:
    """They wait for each other."""
    both = await asyncio.gather(ensure_shipped(ctx), ensure_shipped(ctx))
    assert sum(done.added for done in both if done) == len(shipped_specs())


async def test_what_ships_anew_is_taken_over_and_peoples_work_is_kept(ctx: Context) -> None:
    """A row changed by the service follows the files; one that an admin touched stays."""
    await load_shipped(ctx)
    async with ctx.uow() as uow:
        now = await uow.now()
        ours = (await uow.reference.history("trade", "dishwashing"))[0]
        theirs = (await uow.reference.history("trade", "waiter"))[0]
        await uow.edit(ours, by=Actor("system", None, "import"), at=now, source="an older file")
        await uow.edit(theirs, by=Actor("admin", new_id()), at=now, source="checked by hand")
    again = await load_shipped(ctx)
    assert (again.updated, again.kept) == (1, 1)
    async with ctx.uow() as uow:
        assert (await uow.reference.history("trade", "waiter"))[0].source == "checked by hand"


async def test_a_change_adds_a_date(ctx: Context) -> None:
    """The row before it ends where the new one begins; both stay readable for their days."""
    await add(ctx)
    await add(ctx, valid_from=date(2026, 7, 1), data=WAGE | {"hour_fen": 2700})
    old, new = await usecases.read_history(ctx, "minimum_wage", "310000")
    assert (old.valid_to, new.valid_to) == (date(2026, 7, 1), None)
    assert (await usecases.read_row(ctx, "minimum_wage", "310000", on=date(2026, 6, 30))).data["hour_fen"] == 2600
    assert (await usecases.read_row(ctx, "minimum_wage", "310000", on=date(2026, 7, 1))).data["hour_fen"] == 2700


async def test_the_database_refuses_overlapping_validity_and_the_refusal_has_a_name(ctx: Context) -> None:
    """Even past the use case the exclusion constraint holds, told as reference_overlap."""
    await add(ctx)
    spec = Spec("minimum_wage", "310000", date(2026, 3, 1), None, WAGE, "a second notice")
    with pytest.raises(Conflict, match="reference_overlap"):
        async with ctx.uow() as uow:
            await uow.add(uow.reference.new(spec), by=Actor("system", None))


async def test_two_admins_at_once_leave_one_row_for_each_day(ctx: Context) -> None:
    """One of two equal dates is refused, two different ones both stand."""
    tried = await asyncio.gather(add(ctx), add(ctx), add(ctx, valid_from=date(2026, 5, 1)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in tried) == ["Conflict", "ReferenceRow", "ReferenceRow"]
    rows = await usecases.read_history(ctx, "minimum_wage", "310000")
    assert [row.valid_to for row in rows] == [date(2026, 5, 1), None]


async def test_a_policy_takes_effect_in_every_process(ctx: Context) -> None:
    """Another process sees the new value after its next look, in the jurisdiction and from the day that it names."""
    other = LiveBook(ctx.database)
    await other.refresh(now=True)
    today = local_day(await now_of(ctx))
    before = other.at(today, "310100").access.otp_life_minutes
    await add(
        ctx, kind="policy", code="access.otp_life_minutes@310000", valid_from=today, data={"value": before + 4},
        source="a decision",
    )  # fmt: skip
    assert live_book(ctx.database).at(today, "310115").access.otp_life_minutes == before + 4
    assert other.at(today, "310115").access.otp_life_minutes == before
    assert not await other.refresh(), "it looks at most every two seconds"
    assert await other.refresh(now=True)
    assert other.at(today, "310115").access.otp_life_minutes == before + 4
    assert other.at(today, "320700").access.otp_life_minutes == before
    assert other.at(today - timedelta(days=1), "310115").access.otp_life_minutes == before


async def test_following_is_a_task_that_renews_by_itself(ctx: Context) -> None:
    """Within five seconds without anybody asking."""
    other = LiveBook(ctx.database)
    task = asyncio.create_task(other.follow())
    today = local_day(await now_of(ctx))
    await add(ctx, kind="policy", code="access.otp_digits", valid_from=today, data={"value": 8}, source="a decision")
    try:
        async with asyncio.timeout(5):
            while other.at(today).access.otp_digits != 8:
                await asyncio.sleep(0.05)
    finally:
        task.cancel()
    assert other.at(today).access.otp_digits == 8


async def test_the_catalogue_of_a_transaction_follows_the_tables(ctx: Context) -> None:
    """A stored minimum wage takes the place of the shipped ones of its region."""
    await add(ctx, verified=True)
    async with ctx.uow() as uow:
        wage = (await uow.reference.catalogue()).minimum_wage("310104", date(2026, 11, 20))
    assert wage is not None
    assert (wage.hour_fen, wage.verified) == (2600, True)


async def test_a_row_may_be_ended_but_not_bent(ctx: Context) -> None:
    """An end before the beginning is refused; a stale version too."""
    row = await add(ctx)
    with pytest.raises(Refused, match="reference_span"):
        await usecases.change_row(ctx, row.id, seen=1, changes={"valid_to": START}, by=an_admin())
    ended = await usecases.change_row(ctx, row.id, seen=1, changes={"valid_to": date(2027, 1, 1)}, by=an_admin())
    assert (ended.version, ended.valid_to) == (2, date(2027, 1, 1))


async def test_a_file_brings_its_good_rows_and_names_its_bad_ones(ctx: Context, tmp_path: Path) -> None:
    """JSON, with a head; a second import of the same file changes nothing."""
    rows = [
        {"region": "310000", "grade": 1, "month_fen": 280000, "hour_fen": 2600, "tag": "V", "verified": True},
        {"region": "320700", "grade": 1, "month_fen": "much", "hour_fen": 2300, "tag": "V"},
        {"region": "999900", "grade": 1, "month_fen": 1, "hour_fen": 2, "tag": "V"},
        {"region": "330200", "grade": 1, "month_fen": 250000, "hour_fen": 2500, "tag": "V", "valid_from": "soon"},
        {"region": "310000", "grade": 1, "month_fen": 290000, "hour_fen": 2700, "tag": "V"},
    ]
    path = tmp_path / "wages.json"
    path.write_text(json.dumps({"source": "a table", "valid_from": "2026-01-01", "rows": rows}))
    tried = await import_reference(ctx, "minimum_wage", path, dry_run=True)
    assert (tried.accepted, await count(ctx, "select count(*) from reference_rows")) == (1, 0)
    done = await import_reference(ctx, "minimum_wage", path)
    assert (done.accepted, done.unchanged) == (1, 0)
    assert [(bad.number, bad.code, bad.pointer) for bad in done.refused] == [
        (2, "reference_row_wrong", "/data/month_fen"),
        (3, "reference_code_unknown", "/data/region"),
        (4, "day_format", "/valid_from"),
        (5, "reference_date_taken", None),
    ]
    assert (await import_reference(ctx, "minimum_wage", path)).unchanged == 1


async def test_a_table_of_cells_is_read_by_the_shape_of_its_kind(ctx: Context, tmp_path: Path) -> None:
    """CSV in GB18030: lists by semicolon, figures as figures, one bad cell refuses its row alone."""
    path = tmp_path / "holidays.csv"
    lines = [
        "code,zh,en,off_from,off_to,statutory,work,valid_from,source",
        "new_year_2028,元旦,New Year,2028-01-01,2028-01-03,2028-01-01,2027-12-25;2028-01-08,2026-11-20,通知",
        "qingming_2028,清明节,Qingming,2028-04-04,2028-04-xx,2028-04-04,,2026-11-20,通知",
    ]
    path.write_bytes("\n".join(lines).encode("gb18030"))
    done = await import_reference(ctx, "holiday", path)
    assert (done.accepted, [bad.number for bad in done.refused]) == (1, [2])
    assert live_book(ctx.database).catalogue.is_working_day(date(2028, 1, 8))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.txt", b"x", "reference_file_kind"),
        ("a.json", b"{", "reference_file_unreadable"),
        ("a.yaml", b"a: [", "reference_file_unreadable"),
        ("a.json", b'{"rows": 5}', "reference_file_unreadable"),
        ("a.csv", b"code,colour\n", "reference_column_unknown"),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused_as_a_whole(
    ctx: Context, tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    """Nothing of it is stored."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refused, match=code):
        await import_reference(ctx, "trade", tmp_path / name)
    with pytest.raises(Refused, match="code_unknown"):
        await import_reference(ctx, "nonsense", tmp_path / name)


async def test_a_reason_that_an_admin_adds_is_taken_where_seats_are_given_up(ctx: Context) -> None:
    """Features ask the live tables, not only what ships: a new reason for cancelling works, and weighs as it says."""
    from service.engagements.usecases.cancel import cancel_engagement
    from tests.builders.attendance import a_scene

    words = {"zh": "要接孩子", "en": "Has to fetch a child", "neutral": True}
    await add(ctx, kind="reason", code="worker_cancel.fetch_child", valid_from=date(2021, 1, 1), data=words)
    await live_book(ctx.database).refresh(now=True)
    scene = await a_scene(ctx)
    seat = await cancel_engagement(ctx, scene.engagement.id, reason="fetch_child", by=scene.as_worker)
    assert (seat.state, seat.cancelled_by) == ("cancelled", "worker")
