"""Imports as due work: beside everything else, taken up where they broke off, never two of one at once."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from service.context import Context
from service.db.violations import TryAgain
from service.errors import Unready
from service.faults import Faults, InjectedFault
from service.http.caller import Caller
from service.ids import new_id
from service.imports import answering, senders
from service.imports.attempts import RowByRow
from service.imports.intake import shipped_intake
from service.imports.reading_child import ReadingBroke
from service.imports.running import run_import
from service.imports.spool import KEPT_SECONDS, folder_of
from service.imports.tables import ImportRow
from service.jobs import due
from service.jobs.due import LeaseLost, keep_lease, run_all_due, run_due, slow, stop_aside
from service.uow import DueItem, Uow
from tests.builders.city import an_employer
from tests.builders.imports import (
    SOURCE,
    a_queued_import,
    an_import,
    counts,
    lines_of,
    listings,
    member_of,
    scalar,
    the_import,
)
from tests.live import Process, started
from tests.rules.import_samples import a_listing


async def queued(ctx: Context, rows: int) -> ImportRow:
    return await a_queued_import(ctx, member_of(await an_employer(ctx), new_id()), listings(rows))


class BreakOff(Exception):
    """The process dies here."""


async def test_a_run_that_dies_is_taken_up_behind_its_last_answer(ctx: Context) -> None:
    """After 50 of 120 rows the process dies; the next run handles the other 70 only, and counts all."""
    row = await queued(ctx, 120)
    handled: list[str] = []

    async def watched(uow: Uow, **said: Any) -> Any:
        handled.append(said["source_id"])
        return await shipped_intake(uow.ctx)(uow, **said)

    with pytest.raises(BreakOff):
        await run_import(ctx, row.id, told=die, intake=watched)
    assert 0 < len(handled) <= 50
    assert (await the_import(ctx, row.id)).state == "running"
    await run_import(ctx, row.id, intake=watched)
    ended = await the_import(ctx, row.id)
    assert (ended.state, ended.rows_read, counts(ended)) == ("done", 120, {"accepted": 120})
    assert len(handled) == len(set(handled)) == 120
    assert await scalar(ctx, "select count(*) from postings") == 120


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are read from /proc")
async def test_a_killed_process_loses_nothing_and_leaves_no_reader_behind(ctx: Context, tmp_path: Path) -> None:
    """kill -9 in the middle: its reading process ends by itself, another process takes the import up."""
    employer = await an_employer(ctx, verified=False)
    file = tmp_path / "rows.json"
    file.write_bytes(listings(12_000))
    process = a_process(ctx, "import", str(file), "--mapping", SOURCE, "--employer", str(employer.id))
    while not await scalar(ctx, "select count(*) from import_lines"):
        assert process.poll() is None
        await asyncio.sleep(0.02)
    readers = children_of(process.pid)
    process.kill()
    process.wait()
    found = await scalar(ctx, "select id from imports")
    answered = (await the_import(ctx, found)).rows_read
    with pytest.raises(BreakOff):
        await run_import(ctx, found, path=file, told=die)
    assert (await the_import(ctx, found)).rows_read > answered > 0
    answers = "select count(*) = max(number) and count(*) = (select count(*) from postings) from import_lines"
    assert await scalar(ctx, answers)
    assert readers
    async with asyncio.timeout(15):
        while any(lives(pid) for pid in readers):
            await asyncio.sleep(0.05)


def die(seen: ImportRow) -> None:
    raise BreakOff


def children_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()


def lives(pid: str) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text(encoding="ascii").rsplit(")", 1)[-1].split()[0] != "Z"


async def test_commits_that_fail_lose_and_double_nothing(ctx: Context) -> None:
    """With every third commit failing, enough runs end in one posting and one answer for each row."""
    row = await queued(ctx, 60)
    shaky = replace(ctx, faults=Faults.parse("db.before_commit:fail:0.3,db.after_commit:fail:0.2"))
    for _ in range(200):
        try:
            await run_import(shaky, row.id)
        except InjectedFault:
            continue
        break
    ended = await the_import(ctx, row.id)
    assert (ended.state, counts(ended)) == ("done", {"accepted": 60})
    assert [line.number for line in await lines_of(ctx, row.id)] == list(range(1, 61))
    assert await scalar(ctx, "select count(*) from postings") == 60
    lines = await scalar(ctx, "select count(*) from transitions where entity_id = :id", id=row.id)
    assert lines == ended.version


async def test_a_killed_reader_is_a_broken_run_not_a_broken_file(ctx: Context, monkeypatch: Any) -> None:
    """When the reading process is killed, the import stays running and may be run again."""
    from service.imports import running

    real = running.reading

    def killed(task: Any) -> Any:
        made = real(task)

        class Around:
            async def __aenter__(self) -> Any:
                source = await made.__aenter__()
                source._process.kill()
                return source

            async def __aexit__(self, *error: Any) -> Any:
                return await made.__aexit__(*error)

        return Around()

    row = await queued(ctx, 3)
    monkeypatch.setattr(running, "reading", killed)
    with pytest.raises(ReadingBroke):
        await run_import(ctx, row.id)
    monkeypatch.undo()
    await run_import(ctx, row.id)
    assert counts(await the_import(ctx, row.id)) == {"accepted": 3}


async def test_one_row_that_breaks_costs_itself_only(ctx: Context) -> None:
    """A defect, a refusal of the database, a rule: the row is refused with a code, its neighbours stand."""
    row = await queued(ctx, 4)

    async def strange(uow: Uow, **said: Any) -> Any:
        if said["source_id"] == "2":
            await shipped_intake(uow.ctx)(uow, **said)
            raise KeyError("a defect after it was stored")
        if said["source_id"] == "3":
            await uow.session.execute(text("insert into import_lines (import_id, number) values (null, 1)"))
        if said["source_id"] == "4":
            await shipped_intake(uow.ctx)(uow, **said)
            await uow.flush()
            await uow.session.execute(text("update postings set pay_fen = -1 where source_id = '4'"))
        return await shipped_intake(uow.ctx)(uow, **said)

    await run_import(ctx, row.id, intake=strange)
    answers = {
        line.source_id: (line.outcome, [r["code"] for r in line.reasons]) for line in await lines_of(ctx, row.id)
    }
    assert answers["1"] == ("accepted", [])
    assert answers["2"] == ("refused", ["row_unforeseen"])
    assert answers["3"] == ("refused", ["row_unforeseen"])
    assert answers["4"] == ("refused", ["value_out_of_range"])
    assert await scalar(ctx, "select count(*) from postings") == 1
    assert await scalar(ctx, "select count(*) from transitions where noun = 'posting' and action = 'create'") == 1


async def test_a_busy_database_is_asked_again(ctx: Context, monkeypatch: Any) -> None:
    """A deadlock and a full queue cost time, not rows; nothing is counted twice."""
    monkeypatch.setattr(answering, "WAITS", (0.0, 0.0))
    row = await queued(ctx, 5)
    troubles: list[Exception] = [TryAgain("40P01"), Unready("database_busy")]

    async def busy(uow: Uow, **said: Any) -> Any:
        taken = await shipped_intake(uow.ctx)(uow, **said)
        if said["source_id"] == "3" and troubles:
            raise troubles.pop()
        return taken

    await run_import(ctx, row.id, intake=busy)
    ended = await the_import(ctx, row.id)
    assert (ended.state, counts(ended), troubles) == ("done", {"accepted": 5}, [])
    assert await scalar(ctx, "select count(*) from postings") == 5


async def test_a_running_import_can_be_cancelled(ctx: Context) -> None:
    """Cancelled after its first group: what was answered stands, the rest is never read."""
    from service.imports import usecases

    by = member_of(await an_employer(ctx), new_id())
    row = await a_queued_import(ctx, by, listings(2000))
    begun = asyncio.Event()
    run = asyncio.create_task(run_import(ctx, row.id, told=lambda seen: begun.set()))
    await begun.wait()
    await usecases.cancel_import(ctx, row.id, by=by)
    await run
    ended = await the_import(ctx, row.id)
    assert ended.state == "cancelled"
    assert 0 < ended.rows_read < 2000
    assert await scalar(ctx, "select count(*) from postings") == ended.rows_read


# -- the same things sent twice, and by others ----------------------------------------------------------


async def test_the_same_file_twice_at_once_stores_each_row_once(ctx: Context) -> None:
    """Two runs over the same ids side by side: one of them accepts a row, the other finds it unchanged."""
    by = member_of(await an_employer(ctx), new_id())
    rows = [await a_queued_import(ctx, by, listings(260)) for _ in range(2)]
    await asyncio.gather(*(run_import(ctx, row.id) for row in rows))
    found = [counts(await the_import(ctx, row.id)) for row in rows]
    assert sum(each.get("accepted", 0) for each in found) == 260
    assert [sum(each.values()) for each in found] == [260, 260]
    assert {name for each in found for name in each} <= {"accepted", "unchanged"}
    assert await scalar(ctx, "select count(*) from postings") == 260
    assert await scalar(ctx, "select count(*) from shifts") == await scalar(
        ctx, "select count(*) from due_work where kind = 'shift.end'"
    )


async def test_opposite_orders_at_once_end_well(ctx: Context) -> None:
    """Two files with the same ids in opposite orders lock each other out; both end with every row answered."""
    by = member_of(await an_employer(ctx), new_id())
    ids = range(700_001, 700_121)
    files = [json.dumps([a_listing(source_id=at) for at in order]).encode() for order in (ids, reversed(ids))]
    rows = [await a_queued_import(ctx, by, file) for file in files]
    await asyncio.gather(*(run_import(ctx, row.id) for row in rows))
    found = [counts(await the_import(ctx, row.id)) for row in rows]
    assert sum(each.get("accepted", 0) for each in found) == 120
    assert [sum(each.values()) for each in found] == [120, 120]


async def test_an_officers_import_meets_the_employers_own(ctx: Context) -> None:
    """Whoever sends a row for the employer, its id is the same; the same id of another employer is another row."""
    one, other = await an_employer(ctx), await an_employer(ctx)
    officer = Caller("officer", new_id(), regions=("310000",))
    said = {"employer_id": one.id}
    own = await an_import(ctx, member_of(one, new_id()), listings(3))
    again = await an_import(ctx, officer, listings(3), **said)
    changed = await an_import(ctx, officer, listings(3, pay=31.0), **said)
    theirs = await an_import(ctx, officer, listings(3), employer_id=other.id)
    assert [counts(row) for row in (own, again, changed, theirs)] == [
        {"accepted": 3}, {"unchanged": 3}, {"updated": 3}, {"accepted": 3},
    ]  # fmt: skip
    by_whom = (
        "select count(*) from transitions where noun = 'posting' and actor_kind = 'officer' and channel = 'import'"
    )
    assert await scalar(ctx, by_whom) >= 6


async def test_one_row_that_cannot_stand_beside_others_goes_alone(ctx: Context) -> None:
    """When the database refuses one of fifty new rows, the others are stored one by one, and it is refused."""

    async def clashing(uow: Uow, **said: Any) -> Any:
        taken = await shipped_intake(uow.ctx)(uow, **said)
        if said["source_id"] == "30":
            await uow.session.execute(text("insert into counters select * from counters, (select 1/0) as broken"))
        return taken

    row = await queued(ctx, 50)
    await run_import(ctx, row.id, intake=clashing)
    assert counts(await the_import(ctx, row.id)) == {"accepted": 49, "refused": 1}
    assert await scalar(ctx, "select count(*) from postings") == 49
    assert await scalar(
        ctx,
        "select bool_and(n = version) from (select version, (select count(*) from transitions"
        " where entity_id = p.id) as n from postings p) x",
    )


async def test_a_commit_whose_answer_was_lost_is_not_done_twice(ctx: Context) -> None:
    """The database kept a transaction but its yes never arrived: its rows are not answered again."""
    lost = [True]

    class Deaf(RowByRow):
        async def __aexit__(self, kind: Any, error: Any, trace: Any) -> None:
            await super().__aexit__(kind, error, trace)
            if lost and kind is None:
                lost.pop()
                raise Unready("database_busy")

    row = await queued(ctx, 120)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answering, "RowByRow", Deaf)
        await run_import(ctx, row.id)
    assert (lost, counts(await the_import(ctx, row.id))) == ([], {"accepted": 120})
    assert [line.number for line in await lines_of(ctx, row.id)] == list(range(1, 121))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kill -9")
async def test_a_killed_jobs_process_is_followed_by_the_next(ctx: Context) -> None:
    """kill -9 of `linggong jobs` in the middle of an import: the next one ends it, each row answered once."""
    row = await queued(ctx, 90)
    first = a_process(ctx, "jobs")
    try:
        await answered(ctx, row.id, 20)
    finally:
        first.kill()
        first.wait()
    before = await the_import(ctx, row.id)
    assert before.state == "running"
    await scalar(
        ctx,
        "update due_work set lease_until = clock_timestamp()"
        " where state = 'leased' and kind = 'import.run' returning 1",
    )
    second = a_process(ctx, "jobs")
    try:
        await answered(ctx, row.id, 90)
        async with asyncio.timeout(60):
            while await scalar(ctx, "select state from imports where id = :id", id=row.id) == "running":
                await asyncio.sleep(0.1)
    finally:
        second.send_signal(signal.SIGTERM)
        second.wait()
    ended = await the_import(ctx, row.id)
    assert (ended.state, counts(ended)) == ("done", {"accepted": 90})
    assert await scalar(ctx, "select count(*) = max(number) from import_lines")
    assert await scalar(ctx, "select count(*) from postings") == 90
    assert await scalar(ctx, "select count(*) from transitions where entity_id = :id", id=row.id) == ended.version


def a_process(ctx: Context, *words: str) -> Process:
    """One of `linggong`, begun and not waited for."""
    own = {
        "LINGGONG_ENV": "test",
        "LINGGONG_DATA_DIR": str(ctx.settings.data_dir),
        "DATABASE_URL": ctx.settings.database_url,
        "LINGGONG_SECRET_KEY": ctx.settings.secret_key.get_secret_value(),
    }
    return started(words, os.environ | own, subprocess.DEVNULL)


async def answered(ctx: Context, import_id: UUID, rows: int) -> None:
    async with asyncio.timeout(240):
        # without a lock: a run that is watched by a waiting writer would be slowed down by it
        while await scalar(ctx, "select rows_read from imports where id = :id", id=import_id) < rows:
            await asyncio.sleep(0.1)


# -- beside the other due work -------------------------------------------------------------------------


async def test_the_jobs_loop_runs_an_import_beside_its_timers(ctx: Context) -> None:
    """While an import runs aside, rounds go on: timers that fall due meanwhile run before it has ended."""
    ran: list[UUID] = []

    async def timer(uow: Uow, item: DueItem) -> None:
        ran.append(item.subject_id)

    row = await queued(ctx, 120)
    mine = replace(ctx, wiring=replace(ctx.wiring, timers={**ctx.wiring.timers, "toy": timer}))
    await run_due(mine)
    beside = 0
    while (await the_import(ctx, row.id)).state in {"queued", "running"}:
        toy = new_id()
        async with mine.uow() as uow:
            await uow.schedule("toy", toy, await uow.now())
        while toy not in ran:
            await run_due(mine)
        beside += (await the_import(ctx, row.id)).state in {"queued", "running"}
        await asyncio.sleep(0.02)
    await stop_aside(mine)
    assert counts(await the_import(ctx, row.id)) == {"accepted": 120}
    assert beside >= 1


async def test_one_slow_work_at_a_time_in_a_process(ctx: Context) -> None:
    """Two are due: the second begins only when the first has ended; a rehearsal waits for both."""
    began: list[UUID] = []
    gate = asyncio.Event()

    @slow
    async def long(ctx: Context, item: DueItem) -> None:
        began.append(item.subject_id)
        await gate.wait()

    mine = replace(ctx, wiring=replace(ctx.wiring, timers={}, senders={"toy.slow": long}))
    async with mine.uow() as uow:
        for _ in range(2):
            await uow.send("toy.slow", new_id(), {})
    for _ in range(3):
        await run_due(mine)
        await asyncio.sleep(0.01)
    assert len(began) == 1
    gate.set()
    await run_all_due(mine)
    assert len(began) == 2
    assert await scalar(ctx, "select count(*) from due_work where state = 'done'") == 2


async def test_work_that_is_stopped_is_free_for_the_next_process(ctx: Context) -> None:
    """A process that stops breaks slow work off; its lease runs out and another takes it up."""

    @slow
    async def endless(ctx: Context, item: DueItem) -> None:
        async with keep_lease(ctx, item):
            await asyncio.sleep(60)

    mine = replace(ctx, wiring=replace(ctx.wiring, timers={}, senders={"toy.slow": endless}))
    async with mine.uow() as uow:
        await uow.send("toy.slow", new_id(), {})
    await run_due(mine)
    await asyncio.sleep(0.05)
    await stop_aside(mine)
    assert await scalar(ctx, "select state from due_work") == "leased"
    await scalar(ctx, "update due_work set lease_until = clock_timestamp() - interval '1 second' returning 1")
    assert len(await due._claim(mine, ["toy.slow"], 1)) == 1


async def test_a_lease_is_held_while_the_work_lives_and_its_loss_is_told(ctx: Context, monkeypatch: Any) -> None:
    """Renewed again and again; when somebody else takes the row, the body ends with LeaseLost."""
    monkeypatch.setattr(due, "RENEW_SECONDS", 0.05)
    mine = replace(ctx, wiring=replace(ctx.wiring, timers={}, senders={"toy.slow": _nothing}))
    async with mine.uow() as uow:
        await uow.send("toy.slow", new_id(), {})
    [(item, _)] = await due._claim(mine, ["toy.slow"], 1)
    await scalar(ctx, "update due_work set lease_until = clock_timestamp() returning 1")
    with pytest.raises(LeaseLost):
        async with keep_lease(mine, item):
            held = "select (lease_until > clock_timestamp() + interval '20 seconds')::int from due_work"
            async with asyncio.timeout(60):
                while await scalar(ctx, held) != 1:
                    await asyncio.sleep(0.05)
            await scalar(ctx, "update due_work set attempt = attempt + 1 returning 1")
            await asyncio.sleep(60)


async def _nothing(ctx: Context, item: DueItem) -> None:
    return None


async def test_the_last_attempt_that_breaks_off_fails_the_import(ctx: Context, monkeypatch: Any) -> None:
    """Nobody waits for ever: after the last attempt the import says that it broke off, and its file goes."""

    async def broken(*_: Any, **__: Any) -> None:
        raise ReadingBroke

    row = await queued(ctx, 2)
    monkeypatch.setattr(senders, "run_import", broken)
    await scalar(ctx, "update due_work set attempt = 11 where kind = 'import.run' returning 1")
    await run_all_due(ctx, rounds=2)
    ended = await the_import(ctx, row.id)
    assert (ended.state, ended.failure) == ("failed", {"code": "import_broke_off", "facts": {}})
    assert not (folder_of(ctx.settings) / str(row.spool)).exists()


async def test_a_file_that_is_gone_fails_the_import(ctx: Context) -> None:
    """The spooled file was removed by somebody: the import fails with its code instead of trying for ever."""
    row = await queued(ctx, 2)
    (folder_of(ctx.settings) / str(row.spool)).unlink()
    await run_all_due(ctx)
    ended = await the_import(ctx, row.id)
    assert ended.failure == {"code": "file_gone", "facts": {}}


async def test_leftovers_are_swept_after_a_day(ctx: Context) -> None:
    """An old file that no import waits for goes; a young one and a wanted one stay."""
    row = await queued(ctx, 1)
    folder = folder_of(ctx.settings)
    old, young = folder / "old", folder / "young"
    for path in (old, young):
        path.write_bytes(b"x")
    long_ago = time.time() - KEPT_SECONDS - 60
    os.utime(old, (long_ago, long_ago))
    os.utime(folder / str(row.spool), (long_ago, long_ago))
    assert await senders.sweep_spool(ctx) == 1
    assert (young.exists(), old.exists(), (folder / str(row.spool)).exists()) == (True, False, True)
    young.unlink()
