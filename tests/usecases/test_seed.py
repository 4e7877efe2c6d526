"""The invented city: quick, the same for the same number, whole by every invariant, alive, and open to sign-ins."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest
from sqlalchemy import text

from service.access.passwords import password_matches
from service.clock import freeze_clock
from service.context import Context
from service.db.engine import plain_url
from service.demo.city import seed_demo_if_empty, show_demo
from service.http.caller import Caller
from service.identity_numbers import parse_phone
from service.invariants import breaches
from service.jobs.due import run_all_due
from service.matches import usecases as matches
from service.settings import UnsafeSettings
from service.testing.seed import seed_city
from service.testing.signins import Signins, show
from service.vault import token_hash
from tests.builders.city import a_worker

DIGEST = """
select md5(string_agg(line, '|' order by line)) from (
    select 'w' || id || coalesce(weekly::text, '') || radius_m || state as line from workers
    union all select 'e' || id || name || kind || state || coalesce(credit_code, '') from employers
    union all select 'p' || id || title || trade || pay_fen || state || terms_hash from postings
    union all select 's' || id || starts_at || headcount || taken from shifts
    union all select 'x' || id || state from engagements
    union all select 'm' || id || due_fen || state from pay_records
) lines
"""


async def scalar(ctx: Context, sql: str, **values: Any) -> Any:
    async with ctx.database.sessions() as session, session.begin():
        return (await session.execute(text(sql), values)).scalar_one()


async def broken(ctx: Context) -> list[dict[str, Any]]:
    """Breaches of the invariants; between tests the log is emptied and the reference tables are kept."""
    return [each for each in await breaches(ctx) if each["code"] != "reference_versions_differ_from_log"]


async def stand_still(ctx: Context, hour: str) -> None:
    async with ctx.database.sessions() as session, session.begin():
        await freeze_clock(session, datetime.fromisoformat(f"2026-11-20T{hour}+08:00"))


@pytest.fixture
async def city(ctx: Context) -> Signins:
    """A whole city of half the default size on a Friday morning."""
    await stand_still(ctx, "09:00")
    return await seed_city(ctx, 1, workers=150, employers=20, postings=60, say=False)


async def test_the_default_city_breaks_no_invariant(ctx: Context) -> None:
    """300 people, 40 employers, 120 postings; every check is clean."""
    await stand_still(ctx, "09:00")
    found = await seed_city(ctx, 1, say=False)
    assert found.fresh
    assert (found.counts["workers"], found.counts["employers"], found.counts["postings"]) == (300, 40, 120)
    assert await broken(ctx) == []
    assert found.counts["shifts"] > 150
    assert found.counts["engagements"] > 60
    assert found.counts["pay_records"] > 20


@pytest.mark.parametrize("hour", ["04:40", "23:30"])
async def test_any_hour_of_the_day_gives_a_whole_city(ctx: Context, hour: str) -> None:
    """Before dawn and before midnight as well; the odd numbers of another seed do not get in its way."""
    await stand_still(ctx, hour)
    await seed_city(ctx, 3, workers=80, employers=12, postings=60, say=False)
    await seed_city(ctx, 103, workers=80, employers=12, postings=60, say=False)
    assert await broken(ctx) == []


async def test_the_same_number_makes_the_same_city(ctx: Context) -> None:
    """Ids, names of shops, terms, seats and pay are equal, made twice from nothing."""
    size = {"workers": 60, "employers": 10, "postings": 40}
    digests = []
    for _ in range(2):
        await stand_still(ctx, "09:00")
        await seed_city(ctx, 7, **size, say=False)
        digests.append(await scalar(ctx, DIGEST))
        await _emptied(ctx)
    assert digests[0] == digests[1]


async def _emptied(ctx: Context) -> None:
    connection = await asyncpg.connect(plain_url(ctx.settings.database_owner_url))
    tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
    kept = {"alembic_version", "reference_rows", "sealer"}
    names = ", ".join(f'"{row["tablename"]}"' for row in tables if row["tablename"] not in kept)
    # the dated tables stay, and with them their lines of the log
    await connection.execute("create temp table kept as select * from transitions where noun = 'reference'")
    await connection.execute(f"truncate {names} cascade")
    await connection.execute("insert into transitions select * from kept")
    await connection.close()


async def test_a_second_time_says_that_it_is_there(ctx: Context, city: Signins) -> None:
    """Nothing is made twice; in a rehearsal the same sign-ins come back, in development without their secrets."""
    before = await scalar(ctx, "select count(*) from transitions")
    again = await seed_city(ctx, 1, say=False)
    assert not again.fresh
    assert {replace(entry) for entry in again.entries} == set(city.entries)
    assert await scalar(ctx, "select count(*) from transitions") == before
    ours = replace(ctx, settings=ctx.settings.model_copy(update={"env": "development"}))
    kept = await seed_city(ours, 1, say=False)
    assert all(entry.password is None and entry.key is None and entry.credential is None for entry in kept.entries)


async def test_every_sign_in_is_good(ctx: Context, city: Signins) -> None:
    """Phones can be texted and belong to the person, passwords match, credentials and keys are the ones kept."""
    roles = {entry.role for entry in city.entries}
    assert roles == {"worker", "member", "officer", "admin", "kiosk", "integrator"}
    assert {entry.city_code for entry in city.entries if entry.role == "officer"} == {"310100", "330200"}
    for entry in city.entries:
        if entry.phone:
            assert parse_phone(entry.phone) == entry.phone
        if entry.role in ("worker", "member"):
            kept = await scalar(ctx, "select phone_hash from persons where id = cast(:id as uuid)", id=entry.id)
            assert kept == ctx.vault.index("phone", str(entry.phone))
        if entry.role in ("officer", "admin"):
            kept = await scalar(ctx, "select password_hash from staff where username = :name", name=entry.username)
            assert await password_matches(str(entry.password), kept)
        if entry.credential:
            assert await scalar(
                ctx, "select count(*) from devices where credential_hash = :hash", hash=token_hash(entry.credential)
            )
        if entry.key:
            assert await scalar(ctx, "select count(*) from api_keys where key_hash = :hash", hash=token_hash(entry.key))
    members = [entry for entry in city.entries if entry.role == "member"]
    for entry in members:
        assert await scalar(
            ctx,
            "select count(*) from members where person_id = cast(:person as uuid)"
            " and employer_id = cast(:employer as uuid)",
            person=entry.id,
            employer=entry.employer_id,
        )


async def test_the_city_is_alive(ctx: Context, city: Signins) -> None:
    """Every kind of employer, people waiting, nights, today's dawn, lines, debts of every state, both cities."""
    kinds = "select count(distinct kind) from employers"
    assert await scalar(ctx, kinds) == 5
    assert await scalar(ctx, "select count(*) from employers where state = 'applied' and kind <> 'household'") == 1
    assert await scalar(ctx, "select count(*) from waitings where state = 'waiting'") > 10
    local = "(starts_at at time zone 'Asia/Shanghai')"
    night = f"select count(*) from shifts where {local}::time > '20:00' and ends_at - starts_at > interval '5 hours'"
    assert await scalar(ctx, night) > 3
    dawn = f"select count(*) from shifts where local_day = '2026-11-20' and {local}::time < '06:00'"
    assert await scalar(ctx, dawn) > 0
    assert await scalar(ctx, "select count(*) from engagements where state = 'on_duty'") > 0
    assert await scalar(ctx, "select count(*) from applications where state = 'waitlisted'") > 0
    assert await scalar(ctx, "select count(*) from applications where state = 'sent'") > 5
    assert await scalar(ctx, "select count(*) from pay_records where state = 'settled'") > 10
    assert await scalar(ctx, "select count(distinct city_code) from shifts") == 2
    assert await scalar(ctx, "select count(*) from postings where binding = 'pattern'") > 0
    assert await scalar(ctx, "select count(*) from postings where state = 'submitted'") > 0
    assert await scalar(ctx, "select count(*) from workers where reliability <> '[]'") > 5
    assert await scalar(ctx, "select count(*) from persons where phone_hash is null") > 0
    numbers = "select phone_hash from persons where phone_hash is not null group by phone_hash having count(*) > 1"
    shared = f"select count(*) from ({numbers}) x"
    assert await scalar(ctx, shared) > 0


async def test_open_things_have_their_timers(ctx: Context, city: Signins) -> None:
    """No open shift, waiting person, pending application, coming seat or open debt is forgotten by the jobs."""
    wanted = {
        "shift.end": "select id from shifts where state = 'open'",
        "posting.expire": "select id from postings where state in ('published', 'filled')",
        "waiting.lapse": "select id from waitings where state = 'waiting'",
        "application.answer_due": "select id from applications where state in ('sent', 'waitlisted')",
        "attendance.shift_end": "select id from engagements where state in ('confirmed', 'on_duty')",
        "pay.overdue": "select id from pay_records where state = 'due'",
        "reliability.payments": "select employer_id as id from pay_records",
        "employer.recheck": "select id from employers where state = 'verified'",
    }
    for kind, rows in wanted.items():
        missing = (
            f"select count(*) from ({rows}) x where id not in (select subject_id from due_work where kind = :kind)"
        )
        assert await scalar(ctx, missing, kind=kind) == 0, kind
        assert kind in ctx.wiring.timers, kind


async def test_rankings_of_the_city_find_people(ctx: Context, city: Signins) -> None:
    """The open shifts have candidates, and the sample worker has something to do."""
    officer = Caller(role="admin", account_id=account_of(city, "admin"))
    shift = await scalar(
        ctx,
        "select s.id from shifts s join postings p on p.id = s.posting_id where s.state = 'open'"
        " and s.starts_at > business_now() and s.taken < s.headcount and s.city_code = '310100'"
        " and p.trade in ('dishwashing', 'cleaning', 'packing', 'unloading') order by s.id limit 1",
    )
    found = await matches.rank_candidates(
        ctx, shift, limit=20, personalised=True, among="everybody", excluded=False, by=officer
    )
    assert found.matches
    assert found.considered > 125


def account_of(city: Signins, role: str) -> UUID:
    """The account of the first sign-in of a role."""
    return UUID(next(entry.id for entry in city.entries if entry.role == role))


async def test_scripts_read_lines_and_people_a_table(
    ctx: Context, city: Signins, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a rehearsal every line is JSON; otherwise a table with whole secrets."""
    show(city, as_lines=True)
    lines = [orjson.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[-1]["seeded"] == {"seed": 1, "already_seeded": False, "counts": city.counts}
    assert {line["signin"]["role"] for line in lines[:-1]} >= {"worker", "member", "admin"}
    show_demo(city)
    table = capsys.readouterr().out
    assert "+8614701000000" in table
    shown = [entry.password or entry.credential or entry.key for entry in city.entries]
    assert all(secret in table for secret in shown if secret), "no secret may be cut short"


async def test_production_refuses(ctx: Context) -> None:
    """Invented people have no place among real ones."""
    real = replace(ctx, settings=ctx.settings.model_copy(update={"env": "production"}))
    with pytest.raises(UnsafeSettings):
        await seed_city(real, 1, say=False)
    assert await seed_demo_if_empty(real) is None


async def test_the_demo_city_comes_into_an_empty_development_database_only(ctx: Context) -> None:
    """Made once, named again at the next start, never beside people of one's own."""
    ours = replace(ctx, settings=ctx.settings.model_copy(update={"env": "development"}))
    first = await seed_demo_if_empty(ours)
    assert first is not None
    assert first.fresh
    second = await seed_demo_if_empty(ours)
    assert second is not None
    assert not second.fresh
    await _emptied(ctx)
    await a_worker(ctx)
    assert await seed_demo_if_empty(ours) is None


@pytest.mark.parametrize("stopped", ["before the commit", "after it"])
async def test_a_demo_city_that_was_stopped_midway_can_be_entered(
    ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stopped: str
) -> None:
    """A first start that is killed leaves no city, which the next start makes, or one whose sign-ins are kept."""

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    changes = {"env": "development", "data_dir": tmp_path}
    ours = replace(ctx, settings=ctx.settings.model_copy(update=changes))
    with monkeypatch.context() as patched:
        place = (
            "service.demo.city.keep_secrets" if stopped == "before the commit" else "service.testing.seed.compare_all"
        )
        patched.setattr(place, killed)
        with pytest.raises(KeyboardInterrupt):
            await seed_demo_if_empty(ours)
    again = await seed_demo_if_empty(ours)
    assert again is not None
    assert again.fresh is (stopped == "before the commit")
    officer = next(entry for entry in again.entries if entry.role == "officer")
    hashed = await scalar(ctx, "select password_hash from staff where username = :name", name=officer.username)
    assert await password_matches(str(officer.password), hashed)
    third = await seed_demo_if_empty(ours)
    assert third is not None
    assert officer in third.entries


async def test_time_goes_on_in_the_city(ctx: Context, city: Signins) -> None:
    """Two days later every timer has run without a failure and nothing is broken."""
    async with ctx.database.sessions() as session, session.begin():
        now = (await session.execute(text("select business_now()"))).scalar_one()
        await freeze_clock(session, now + timedelta(days=2))
    tally = await run_all_due(ctx)
    assert tally.done > 100
    assert tally.failed == 0
    assert await broken(ctx) == []


async def test_some_firms_lend_and_some_lack_people(ctx: Context, city: Signins) -> None:
    """Both sides stand in the open, of trades that meet, and each ends with its last day."""
    sides = "select count(distinct trade) from balances where side = '{}' and state = 'published'"
    assert await scalar(ctx, sides.format("surplus")) > 0
    assert await scalar(ctx, sides.format("shortage")) > 0
    met = (
        "select count(*) from balances a join balances b using (trade) where a.side = 'surplus' and b.side = 'shortage'"
    )
    assert await scalar(ctx, met) > 0
    timers = "select count(*) from balances b join due_work d on d.subject_id = b.id and d.kind = 'balance.expire'"
    assert await scalar(ctx, timers) == await scalar(ctx, "select count(*) from balances")
