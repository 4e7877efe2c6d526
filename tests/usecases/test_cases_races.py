"""Cases under racing callers: one open case for each thing, one outcome of a timer and a person."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from service.actor import SYSTEM
from service.cases.ports import open_case
from service.cases.usecases import handling, mediating, speaking
from service.context import Context
from service.errors import Conflict
from service.http.caller import Caller
from service.jobs.due import run_all_due
from service.worktime import SHANGHAI
from tests.builders.applications import rows_of, set_time, value_of
from tests.builders.attendance import worker_caller
from tests.builders.cases import Sides, sides
from tests.builders.city import an_officer

FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)


async def opened(ctx: Context, them: Sides, source: str) -> UUID:
    async with ctx.uow() as uow:
        row = await open_case(
            uow, kind="wage_arrears", city_code="310100", complainant_id=them.worker.id, employer_id=them.employer.id,
            subject=("engagement", them.seat.id), facts={"amount_fen": 100}, source=source, by=SYSTEM,
        )  # fmt: skip
        return row.id


async def test_ports_that_race_open_one_case(ctx: Context) -> None:
    """Twelve at once, each in its own transaction: one case, eleven notes, one set of limits, one message."""
    them = await sides(ctx)
    found = await asyncio.gather(*(opened(ctx, them, f"followup:{number}") for number in range(12)))
    assert len(set(found)) == 1
    assert await value_of(ctx, "select count(*) from cases") == 1
    assert await value_of(ctx, "select count(*) from case_notes where kind = 'added'") == 11
    assert await value_of(ctx, "select count(*) from case_deadlines") == 4
    assert await value_of(ctx, "select count(*) from messages where template = 'case.received'") == 1


async def test_a_port_and_a_withdrawal_leave_at_most_one_open_case(ctx: Context) -> None:
    """Whichever comes first: the note is on the open case, or a new one is opened after the old one ended."""
    them = await sides(ctx)
    for number in range(6):
        case_id = await opened(ctx, them, f"first:{number}")
        by = worker_caller(them.worker.id)
        await asyncio.gather(
            opened(ctx, them, f"second:{number}"),
            speaking.withdraw(ctx, case_id, reason="settled", on_behalf=None, by=by),
        )
        assert await value_of(ctx, "select count(*) from cases where closed_at is null") <= 1


async def test_two_officers_take_a_case_and_one_has_it(ctx: Context) -> None:
    """The other is told that it is taken."""
    them = await sides(ctx)
    case_id = await opened(ctx, them, "followup:1")
    officers = [Caller("officer", (await an_officer(ctx)).id, regions=("310000",)) for _ in range(4)]
    outcomes = await asyncio.gather(
        *(handling.claim(ctx, case_id, by=each) for each in officers), return_exceptions=True
    )
    refused = [each for each in outcomes if isinstance(each, Conflict)]
    assert len(refused) == 3
    assert {each.code for each in refused} == {"case_claimed"}


async def test_a_limit_met_while_its_timer_runs_is_met_or_missed_once(ctx: Context) -> None:
    """INV-20: the officer and the timer at the same moment; one of them wins, and the log has one line of it."""
    for number in range(5):
        await set_time(ctx, FRIDAY)
        them = await sides(ctx)
        case_id = await opened(ctx, them, f"followup:{number}")
        officer = Caller("officer", (await an_officer(ctx)).id, regions=("310000",))
        await set_time(ctx, FRIDAY + timedelta(days=4))
        await asyncio.gather(handling.claim(ctx, case_id, by=officer), run_all_due(ctx))
        rows = await rows_of(
            ctx,
            "select d.state, d.met_on is not null, count(t.id) from case_deadlines d join transitions t"
            " on t.entity_id = d.id and t.action in ('meet', 'miss') where d.case_id = :id and d.step = 'acknowledge'"
            " group by d.id",
            id=case_id,
        )
        assert rows in ([("met", True, 1)], [("missed", True, 2)], [("missed", False, 1)]), rows


async def came_to_a_result(ctx: Context, case_id: UUID) -> None:
    """Agreed on, by way of its officer's moves."""
    officer = Caller("officer", (await an_officer(ctx)).id, regions=("310000",))
    await handling.triage(ctx, case_id, kind=None, urgent=None, by=officer)
    await mediating.begin_mediation(ctx, case_id, by=officer)
    await mediating.record_mediation(ctx, case_id, result="agreed", recovered_fen=None, words=None, by=officer)


async def test_a_complaint_while_a_result_closes_is_never_lost(ctx: Context) -> None:
    """The timer and the second complaint at the same moment: the case is open again, or a new one is; its limits run
    and the timer leaves it alone."""
    for number in range(6):
        await set_time(ctx, FRIDAY)
        them = await sides(ctx)
        case_id = await opened(ctx, them, f"first:{number}")
        await came_to_a_result(ctx, case_id)
        await set_time(ctx, FRIDAY + timedelta(days=8))
        found, _ = await asyncio.gather(opened(ctx, them, f"second:{number}"), run_all_due(ctx))
        await run_all_due(ctx)
        rows = await rows_of(
            ctx,
            "select c.id, c.state, count(d.id) from cases c join case_deadlines d on d.case_id = c.id"
            " and d.state = 'running' where c.complainant_id = :id and c.closed_at is null group by c.id",
            id=them.worker.id,
        )
        assert rows == [(found, "reopened" if found == case_id else "received", 4)], rows


async def test_who_opens_a_case_again_while_it_closes_has_it_open(ctx: Context) -> None:
    """Before the timer or after it: both ways it is open again, once."""
    for number in range(6):
        await set_time(ctx, FRIDAY)
        them = await sides(ctx)
        case_id = await opened(ctx, them, f"first:{number}")
        await came_to_a_result(ctx, case_id)
        await set_time(ctx, FRIDAY + timedelta(days=8))
        by = worker_caller(them.worker.id)
        await asyncio.gather(
            speaking.reopen(ctx, case_id, reason="not_carried_out", words=None, on_behalf=None, by=by),
            run_all_due(ctx),
        )
        await run_all_due(ctx)
        rows = await rows_of(ctx, "select state, reopened from cases where id = :id", id=case_id)
        assert rows == [("reopened", 1)], rows
