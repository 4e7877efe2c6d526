"""The shared machinery: one transaction, its log, its answer under a key, and due work done once in effect."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text

from service.actor import SYSTEM
from service.context import Context
from service.errors import Conflict, DomainError, InFlight, Refused
from service.faults import Faults, InjectedFault
from service.idempotency import claim_key
from service.ids import new_id
from service.jobs import due, figures, sealer
from service.jobs.due import run_all_due, run_due
from service.jobs.figures import read_figures
from service.jobs.sealer import seal
from service.once import Answer, Once, Replay
from service.uow import DueItem, Moved, Uow
from service.venues.lifecycle import VENUE
from service.venues.tables import VenueRow
from tests.builders.city import a_venue


async def scalar(ctx: Context, sql: str, **values: Any) -> Any:
    async with ctx.database.sessions() as session, session.begin():
        return (await session.execute(text(sql), values)).scalar_one()


def once(key: str, *, payload: bytes = b"a") -> Once:
    def refused(error: DomainError) -> Answer:
        return Answer(409, error.code.encode())

    return Once("actor", "endpoint", key, payload.ljust(32), lambda value: Answer(201, str(value).encode()), refused)


async def close_venue(ctx: Context, venue_id: UUID, *, fail: DomainError | None = None) -> str:
    async with ctx.uow() as uow:
        row = await uow.session.get_one(VenueRow, venue_id)
        await uow.move(row, VENUE, "close", by=SYSTEM, at=await uow.now())
        if fail:
            raise fail
        return uow.answer(row.state)


async def test_every_change_is_a_version_and_a_log_line(ctx: Context) -> None:
    """Creating, editing and moving leave one line each; an edit that changes nothing leaves none."""
    venue = await a_venue(ctx)
    async with ctx.uow() as uow:
        row = await uow.session.get_one(VenueRow, venue.id)
        now = await uow.now()
        assert await uow.edit(row, by=SYSTEM, at=now, name="另一个名字")
        assert not await uow.edit(row, by=SYSTEM, at=now, name="另一个名字")
        await uow.move(row, VENUE, "close", by=SYSTEM, at=now, reason="moved")
    lines = await scalar(ctx, "select count(*) from transitions where entity_id = :id", id=venue.id)
    version = await scalar(ctx, "select version from venues where id = :id", id=venue.id)
    assert (lines, version) == (3, 3)


async def test_an_illegal_move_leaves_nothing(ctx: Context) -> None:
    """A move that the lifecycle does not know raises wrong_state and rolls everything back."""
    venue = await a_venue(ctx)
    with pytest.raises(Conflict) as refusal:
        async with ctx.uow() as uow:
            row = await uow.session.get_one(VenueRow, venue.id)
            await uow.move(row, VENUE, "close", by=SYSTEM, at=await uow.now())
            await uow.move(row, VENUE, "close", by=SYSTEM, at=await uow.now())
    assert refusal.value.facts["possible"] == ["reopen"]
    assert await scalar(ctx, "select state from venues where id = :id", id=venue.id) == "open"


async def test_two_writers_one_wins(ctx: Context) -> None:
    """Two transactions that both saw the old version: the second is told, nothing is overwritten."""
    venue = await a_venue(ctx)

    both_have_read = asyncio.Barrier(2)

    async def rename(name: str, wait: float) -> None:
        async with ctx.uow() as uow:
            row = await uow.session.get_one(VenueRow, venue.id)
            await both_have_read.wait()
            await asyncio.sleep(wait)
            await uow.edit(row, by=SYSTEM, at=await uow.now(), name=name)

    outcomes = await asyncio.gather(rename("甲", 0.0), rename("乙", 0.2), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), Conflict]
    assert await scalar(ctx, "select name from venues where id = :id", id=venue.id) == "甲"


async def test_a_key_has_one_effect_and_one_answer(ctx: Context) -> None:
    """The second request with a key replays the first one's bytes, a refusal included."""
    venue = await a_venue(ctx)
    first = replace(ctx, once=once("key-one-1"))
    assert await close_venue(first, venue.id) == "closed"
    assert first.once is not None
    assert first.once.answer == Answer(201, b"closed")
    with pytest.raises(Replay) as replay:
        await close_venue(replace(ctx, once=once("key-one-1")), venue.id)
    assert replay.value.answer == Answer(201, b"closed")
    refused = replace(ctx, once=once("key-two-2"))
    with pytest.raises(Conflict):
        await close_venue(refused, venue.id)
    with pytest.raises(Replay) as again:
        await close_venue(replace(ctx, once=once("key-two-2")), venue.id)
    assert again.value.answer == Answer(409, b"wrong_state")


async def test_a_key_with_another_body_is_refused(ctx: Context) -> None:
    """The same key with another fingerprint is 422."""
    venue = await a_venue(ctx)
    await close_venue(replace(ctx, once=once("key-three")), venue.id)
    with pytest.raises(Refused, match="key_reused"):
        await close_venue(replace(ctx, once=once("key-three", payload=b"b")), venue.id)


async def test_concurrent_requests_with_one_key_have_one_effect(ctx: Context) -> None:
    """Eight at once: one does it, seven replay."""
    venue = await a_venue(ctx)
    tries = [close_venue(replace(ctx, once=once("key-race")), venue.id) for _ in range(8)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Replay"] * 7 + ["str"]
    assert await scalar(ctx, "select version from venues where id = :id", id=venue.id) == 2


async def test_a_failed_request_keeps_neither_effect_nor_key(ctx: Context) -> None:
    """After an unforeseen error the key is free again and nothing was stored."""
    venue = await a_venue(ctx)
    broken = replace(ctx, once=once("key-four"), faults=Faults.parse("db.before_commit:fail:1"))
    with pytest.raises(InjectedFault):
        await close_venue(broken, venue.id)
    assert await scalar(ctx, "select count(*) from idempotency_keys") == 0
    assert await close_venue(replace(ctx, once=once("key-four")), venue.id) == "closed"


async def test_keys_age_by_the_shared_clock(ctx: Context) -> None:
    """After its retention a key may be used anew."""
    venue = await a_venue(ctx)
    await close_venue(replace(ctx, once=once("key-five")), venue.id)
    await scalar(ctx, "update idempotency_keys set created_at = created_at - interval '97 hours' returning 1")
    with pytest.raises(Conflict):
        await close_venue(replace(ctx, once=once("key-five", payload=b"c")), venue.id)


async def with_timers(ctx: Context, timer: Any) -> Context:
    return replace(ctx, wiring=replace(ctx.wiring, timers={"toy": timer}, senders={}))


async def plan(ctx: Context, count: int, *, after: timedelta = timedelta()) -> list[UUID]:
    subjects = [new_id() for _ in range(count)]
    async with ctx.uow() as uow:
        due = await uow.now() + after
        for subject in subjects:
            await uow.schedule("toy", subject, due)
    return subjects


async def test_due_work_is_done_once_by_many_processes(ctx: Context) -> None:
    """Four loops over forty timers: each is done exactly once."""
    done: list[UUID] = []

    async def note(uow: Uow, item: DueItem) -> None:
        await uow.session.execute(text("select pg_sleep(0.002)"))
        done.append(item.subject_id)

    toy = await with_timers(ctx, note)
    subjects = await plan(ctx, 40)
    await asyncio.gather(*(run_all_due(toy) for _ in range(4)))
    assert sorted(done) == sorted(subjects)
    assert (await read_figures(ctx)).quiet


async def test_nothing_is_done_early(ctx: Context) -> None:
    """A timer in the future waits."""
    toy = await with_timers(ctx, lambda uow, item: asyncio.sleep(0))
    await plan(ctx, 1, after=timedelta(minutes=5))
    assert (await run_due(toy)).claimed == 0


async def test_a_crash_after_the_claim_loses_nothing(ctx: Context) -> None:
    """When the claiming process dies, the lease runs out and another process does the work."""
    seen: list[UUID] = []

    async def note(uow: Uow, item: DueItem) -> None:
        seen.append(item.subject_id)

    toy = await with_timers(ctx, note)
    subjects = await plan(ctx, 3)
    with pytest.raises(InjectedFault):
        await run_due(replace(toy, faults=Faults.parse("due.after_claim:fail:1")))
    assert (await run_due(toy)).claimed == 0, "the lease still holds"
    await scalar(
        ctx,
        "with x as (update due_work set lease_until = clock_timestamp() - interval '1 s' returning 1)"
        " select count(*) from x",
    )
    await run_all_due(toy)
    assert sorted(seen) == sorted(subjects)


async def test_a_failing_timer_backs_off_and_leaves_no_trace(ctx: Context) -> None:
    """A failure rolls its effects back, is counted, and is tried again later."""

    async def fail(uow: Uow, item: DueItem) -> None:
        await uow.session.execute(
            text("insert into heartbeats (process_id, role, beat_at) values (:id, 'x', now())"), {"id": new_id()}
        )
        raise Refused("value_out_of_range")

    toy = await with_timers(ctx, fail)
    await plan(ctx, 1)
    assert (await run_due(toy)).failed == 1
    assert await scalar(ctx, "select count(*) from heartbeats where role = 'x'") == 0
    assert await scalar(ctx, "select state || attempt || last_error from due_work") == "pending1value_out_of_range"


async def test_a_cancelled_timer_does_not_run(ctx: Context) -> None:
    """Unscheduling wins over a later claim, and over a claim that is under way."""

    async def note(uow: Uow, item: DueItem) -> None:
        async with ctx.uow() as other:
            await other.unschedule("toy", subject_id=item.subject_id)
        await uow.session.execute(
            text("insert into heartbeats (process_id, role, beat_at) values (:id, 'y', now())"), {"id": new_id()}
        )

    toy = await with_timers(ctx, note)
    await plan(ctx, 1)
    await run_all_due(toy)
    assert await scalar(ctx, "select state from due_work") == "cancelled"
    assert await scalar(ctx, "select count(*) from heartbeats where role = 'y'") == 0


async def test_unknown_kinds_stay(ctx: Context) -> None:
    """Work that this code does not know is left for the code that does."""
    await plan(ctx, 1)
    assert (await run_due(ctx)).claimed == 0
    assert not (await read_figures(ctx)).quiet


async def test_reactions_run_in_the_transaction_and_not_too_deep(ctx: Context) -> None:
    """A reaction sees the move; a ring of reactions is stopped."""
    venue = await a_venue(ctx)
    seen: list[str] = []

    async def ring(uow: Uow, moved: Moved) -> None:
        seen.append(moved.action)
        action = "reopen" if moved.to_state == "closed" else "close"
        await uow.move(moved.entity, VENUE, action, by=SYSTEM, at=moved.at)

    reactions = {("venue", "close"): (ring,), ("venue", "reopen"): (ring,)}
    with pytest.raises(RuntimeError, match="deeper"):
        await close_venue(replace(ctx, wiring=replace(ctx.wiring, reactions=reactions)), venue.id)
    assert seen == ["close", "reopen", "close"]
    assert await scalar(ctx, "select state from venues where id = :id", id=venue.id) == "open"


async def test_a_key_in_flight_is_told_after_the_wait(ctx: Context) -> None:
    """While the first request still runs, the second waits for its lock and then says so."""
    venue = await a_venue(ctx)
    started = asyncio.Event()

    async def slow() -> None:
        async with replace(ctx, once=once("key-slow")).uow() as uow:
            started.set()
            await asyncio.sleep(0.6)
            uow.answer("done")

    async def hasty() -> None:
        await started.wait()
        async with ctx.uow() as probe:
            await probe.session.execute(text("set local lock_timeout = '5s'"))
        impatient = replace(ctx, once=once("key-slow"))
        uow = Uow(impatient)
        await uow.session.begin()
        await uow.session.execute(text("set local lock_timeout = '100ms'"))
        try:
            assert impatient.once is not None
            await claim_key(uow.session, impatient.once, ctx.vault, 72)
        finally:
            await uow.session.close()

    outcomes = await asyncio.gather(slow(), hasty(), return_exceptions=True)
    assert outcomes[0] is None
    assert isinstance(outcomes[1], InFlight)
    assert venue.id


async def test_the_log_is_sealed_without_gaps(ctx: Context) -> None:
    """Every committed line gets the next number of its jurisdiction, and its hash holds the one before."""
    await asyncio.gather(*(a_venue(ctx, city_code=code) for code in ("310100", "310100", "330200", "310115")))
    while await seal(ctx):
        pass
    assert (await read_figures(ctx)).unsealed == 0
    async with ctx.database.sessions() as session, session.begin():
        await session.execute(text("set local timezone = 'UTC'"))
        rows = (await session.execute(text("select chain, seq, hash from seals order by 1, 2"))).mappings().all()
    assert [(row["chain"], row["seq"]) for row in rows] == [("310000", 1), ("310000", 2), ("310000", 3), ("330000", 1)]
    assert len({bytes(row["hash"]) for row in rows}) == 4


async def test_a_running_transaction_holds_the_seal_back(ctx: Context) -> None:
    """A line that commits late is sealed later, never skipped."""
    async with ctx.uow() as slow:
        await slow.session.execute(text("select pg_current_xact_id()"))
        await a_venue(ctx)
        await seal(ctx)
        assert await scalar(ctx, "select count(*) from seals") == 0
    await seal(ctx)
    assert await scalar(ctx, "select count(*) from seals") == 1


async def test_a_transaction_larger_than_a_round_is_sealed_whole(ctx: Context, monkeypatch: Any) -> None:
    """An import lays out thousands of shifts at once: none of their lines is passed over."""
    monkeypatch.setattr(sealer, "MOST", 3)
    for many in (2, 7, 1):
        async with ctx.uow() as uow:
            for number in range(many):
                uow.note("due_work", new_id(), number + 1, "resend", by=SYSTEM, at=await uow.now(), states=("a", "b"))
    while await seal(ctx):
        pass
    assert await scalar(ctx, "select count(*) from seals") == 10
    assert (await read_figures(ctx)).unsealed == 0


async def test_slow_work_that_runs_makes_the_outbox_no_older(ctx: Context) -> None:
    """An import is late while it waits for its turn, not while it runs; both are told apart from the outbox."""
    async with ctx.uow() as uow:
        await uow.send("import.run", new_id(), {})
        await uow.send("message.person", new_id(), {})
    change = "update due_work set due_at = due_at - interval '{} s' where kind = '{}' returning 1"
    await scalar(ctx, change.format(600, "import.run"))
    await scalar(ctx, change.format(60, "message.person"))
    found = await read_figures(ctx)
    assert found.oldest_outbox_age == pytest.approx(60, abs=5)
    assert found.oldest_slow_age == pytest.approx(600, abs=5)
    assert (found.slow_running, found.outbox) == (0, 2)
    await scalar(
        ctx,
        "update due_work set state = 'leased', attempt = 1, lease_until = clock_timestamp() + interval '9 s'"
        " where kind = 'import.run' returning 1",
    )
    found = await read_figures(ctx)
    assert (found.oldest_slow_age, found.slow_running) == (0, 1)
    assert found.oldest_outbox_age == pytest.approx(60, abs=5)
    assert not found.quiet


async def test_the_look_for_due_work_passes_by_what_is_not_due(ctx: Context, urls: tuple[str, str]) -> None:
    """A market has millions of timers to come: finding the few that are due reads those only."""
    owner = await asyncpg.connect(urls[1])
    await owner.execute(
        "insert into due_work (id, kind, subject_id, due_at, created_at) select gen_random_uuid(), 'shift.end',"
        " gen_random_uuid(), now() + interval '1 day', now() from generate_series(1, 20000)"
    )
    await owner.execute("analyze due_work")  # without statistics any index looks as good
    await owner.close()
    async with ctx.database.sessions() as session, session.begin():
        plans = []
        for query, values in (
            (due.CLAIM, {"lease": 30, "kinds": ["shift.end"], "most": 12, "batch": 50}),
            (figures.FIGURES, {"slow": ["import.run"]}),
        ):
            found = await session.execute(text(f"explain (analyze, format json) {query.text}"), values)
            plans.append(str(found.scalar_one()))
    for plan in plans:
        assert "ix_due_work_due" in plan
        assert "'Rows Removed by Filter': 20000" not in plan
        assert "Index Cond" in plan


async def test_refusals_beside_other_work_never_share_a_connection(ctx: Context) -> None:
    """Many refused requests with keys among others: each keeps its own answer, none meets a foreign connection."""
    venues = [await a_venue(ctx) for _ in range(12)]
    for venue in venues:
        await close_venue(ctx, venue.id)
    tries = [
        close_venue(replace(ctx, once=once(f"refused-{number:04}")), venues[number % 12].id) for number in range(60)
    ]
    reads = [read_figures(ctx) for _ in range(60)]
    outcomes = await asyncio.gather(*tries, *reads, return_exceptions=True)
    assert {type(outcome).__name__ for outcome in outcomes} == {"Conflict", "Figures"}
    assert await scalar(ctx, "select count(*) from idempotency_keys where status = 409") == 60
