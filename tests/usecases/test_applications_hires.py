"""Hire by sight: said face to face, made by one yes, under the same gates as any other seat."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from service.applications.usecases.claim import claim_seat
from service.applications.usecases.hires import (
    Deal,
    accept_hire,
    get_hire,
    list_pending_hires,
    propose_hire,
    refuse_hire,
    withdraw_hire,
)
from service.context import Context
from service.employers.tables import EmployerRow
from service.errors import Conflict, DomainError, Missing, Refused, TooMany
from service.http.caller import Caller
from tests.builders.applications import (
    NOON,
    a_shift_of,
    breaches,
    member_caller,
    officer_caller,
    rows_of,
    run_due_at,
    set_time,
    value_of,
    worker_caller,
)
from tests.builders.city import a_member, a_worker, an_employer, an_officer

DEAL = Deal(
    code="",
    trade="dishwashing",
    pay_fen=2500,
    pay_unit="hour",
    settlement="daily",
    until=NOON + timedelta(hours=5),
    place={"address": "某路3号", "lon": 121.43, "lat": 31.18, "datum": "wgs84"},
)


async def a_word(ctx: Context, worker_id: UUID) -> str:
    async with ctx.uow() as uow:
        return await uow.worker_codes.new_word(worker_id, digits=6, until=await uow.now() + timedelta(minutes=10))


async def a_boss(ctx: Context, **more: Any) -> tuple[EmployerRow, Caller]:
    employer = await an_employer(ctx, **more)
    return employer, member_caller(await a_member(ctx, employer))


async def test_the_yes_makes_posting_shift_seat_and_terms_in_one_step(ctx: Context) -> None:
    await set_time(ctx, NOON)
    worker = await a_worker(ctx)
    employer, boss = await a_boss(ctx)
    hire = await propose_hire(ctx, replace(DEAL, code=await a_word(ctx, worker.id)), by=boss)
    assert (hire.state, hire.worker_name, hire.starts_at) == ("proposed", "张*", NOON)
    assert await value_of(ctx, "select count(*) from postings") == 0
    [pending] = await list_pending_hires(ctx, by=worker_caller(worker))
    assert pending.id == hire.id
    seat = await accept_hire(ctx, hire.id, by=worker_caller(worker))
    assert (seat.state, seat.employer_id, seat.ends_at) == ("confirmed", employer.id, DEAL.until)
    [posting] = await rows_of(
        ctx,
        "select p.state, p.private, p.channel, p.claimable, v.terms_hash = p.terms_hash, s.taken, a.origin"
        " from postings p join posting_versions v on v.posting_id = p.id join shifts s on s.posting_id = p.id"
        " join applications a on a.shift_id = s.id",
    )
    assert posting == ("published", True, "sight", False, True, 1, "sight")
    assert (await get_hire(ctx, hire.id, by=boss)).engagement_id == seat.id
    assert await list_pending_hires(ctx, by=boss) == []
    assert await breaches(ctx) == []
    stranger = worker_caller(await a_worker(ctx))
    with pytest.raises(Missing):
        await claim_seat(ctx, seat.shift_id, by=stranger)


async def test_the_card_works_too_and_a_word_is_spent(ctx: Context) -> None:
    await set_time(ctx, NOON)
    worker = await a_worker(ctx)
    async with ctx.uow() as uow:
        _, card = await uow.worker_codes.new_card(worker.id)
    word = await a_word(ctx, worker.id)
    _, first = await a_boss(ctx)
    _, second = await a_boss(ctx)
    await propose_hire(ctx, replace(DEAL, code=card), by=first)
    await propose_hire(ctx, replace(DEAL, code=word), by=second)
    _, third = await a_boss(ctx)
    with pytest.raises(Missing) as spent:
        await propose_hire(ctx, replace(DEAL, code=word), by=third)
    assert spent.value.code == "shown_code_unknown"


async def test_guessing_words_is_stopped(ctx: Context) -> None:
    await set_time(ctx, NOON)
    _, boss = await a_boss(ctx)
    for _ in range(10):
        with pytest.raises(Missing):
            await propose_hire(ctx, replace(DEAL, code="000000"), by=boss)
    with pytest.raises(TooMany):
        await propose_hire(ctx, replace(DEAL, code="000000"), by=boss)


@pytest.mark.parametrize(
    ("person", "deal", "code"),
    [
        ({"birth": date(2009, 1, 1)}, {"trade": "scaffolding"}, "adults_only"),
        ({"certificates": ()}, {"trade": "cook"}, "certificates_lacking"),
    ],
)
async def test_the_gates_of_every_seat_stand_here_too(
    ctx: Context, person: dict[str, Any], deal: dict[str, Any], code: str
) -> None:
    from service.reference import catalogue

    if deal.get("trade", "dishwashing") not in catalogue.trades():
        adults = next(trade.code for trade in catalogue.trades().values() if trade.adult_only)
        papers = next(trade.code for trade in catalogue.trades().values() if trade.certificates)
        deal = {"trade": adults if code == "adults_only" else papers}
    await set_time(ctx, NOON)
    worker = await a_worker(ctx, **person)
    _, boss = await a_boss(ctx)
    hire = await propose_hire(ctx, replace(DEAL, code=await a_word(ctx, worker.id), **deal), by=boss)
    with pytest.raises(DomainError) as refused:
        await accept_hire(ctx, hire.id, by=worker_caller(worker))
    assert refused.value.code == code
    assert await value_of(ctx, "select count(*) from engagements") == 0


@pytest.mark.parametrize("birth", [date(2010, 11, 20), date(2010, 11, 21), None])
async def test_nobody_too_young_is_even_asked(ctx: Context, birth: date | None) -> None:
    """A proposal introduces already; before the day after the 16th birthday it is refused without saying why."""
    await set_time(ctx, NOON)
    worker = await a_worker(ctx, birth=birth)
    _, boss = await a_boss(ctx)
    with pytest.raises(Conflict) as refused:
        await propose_hire(ctx, replace(DEAL, code=await a_word(ctx, worker.id)), by=boss)
    assert refused.value.code == "not_available"
    assert await value_of(ctx, "select count(*) from hires") + await value_of(ctx, "select count(*) from messages") == 0


async def test_a_seat_elsewhere_at_that_time_refuses_the_yes(ctx: Context) -> None:
    await set_time(ctx, NOON)
    worker = await a_worker(ctx)
    _, _, shift = await a_shift_of(ctx, starts=NOON + timedelta(hours=4))
    _, boss = await a_boss(ctx)
    hire = await propose_hire(ctx, replace(DEAL, code=await a_word(ctx, worker.id)), by=boss)
    await claim_seat(ctx, shift.id, by=worker_caller(worker))
    with pytest.raises(Conflict) as refused:
        await accept_hire(ctx, hire.id, by=worker_caller(worker))
    assert refused.value.code == "overlap"
    assert await breaches(ctx) == []


async def test_an_unverified_employer_hires_few_people_for_one_day_and_the_record_says_so(ctx: Context) -> None:
    await set_time(ctx, NOON)
    _, boss = await a_boss(ctx, verified=False)
    for _ in range(5):
        worker = await a_worker(ctx)
        hire = await propose_hire(ctx, replace(DEAL, code=await a_word(ctx, worker.id)), by=boss)
        await accept_hire(ctx, hire.id, by=worker_caller(worker))
    assert await rows_of(ctx, "select distinct unverified_employer from engagements") == [(True,)]
    sixth = await a_worker(ctx)
    with pytest.raises(Refused) as many:
        await propose_hire(ctx, replace(DEAL, code=await a_word(ctx, sixth.id)), by=boss)
    assert many.value.code == "sight_people_limit"
    assert await breaches(ctx) == []


async def test_no_silence_and_taking_back_end_it_and_only_the_worker_says_yes(ctx: Context) -> None:
    await set_time(ctx, NOON)
    worker, other = await a_worker(ctx), await a_worker(ctx)
    _, boss = await a_boss(ctx)
    refused = await propose_hire(ctx, replace(DEAL, code=await a_word(ctx, worker.id)), by=boss)
    with pytest.raises(Missing):
        await accept_hire(ctx, refused.id, by=worker_caller(other))
    assert (await refuse_hire(ctx, refused.id, by=worker_caller(worker))).state == "refused"
    with pytest.raises(Conflict):
        await accept_hire(ctx, refused.id, by=worker_caller(worker))
    back = await propose_hire(ctx, replace(DEAL, code=await a_word(ctx, worker.id)), by=boss)
    assert (await withdraw_hire(ctx, back.id, by=boss)).state == "withdrawn"
    silent = await propose_hire(ctx, replace(DEAL, code=await a_word(ctx, worker.id)), by=boss)
    with pytest.raises(Conflict) as twice:
        await propose_hire(ctx, replace(DEAL, code=await a_word(ctx, worker.id)), by=boss)
    assert twice.value.code == "hire_pending"
    await set_time(ctx, NOON + timedelta(minutes=15))
    with pytest.raises(Conflict) as late:
        await accept_hire(ctx, silent.id, by=worker_caller(worker))
    assert late.value.code == "hire_lapsed"
    await run_due_at(ctx, NOON + timedelta(minutes=15))
    assert await value_of(ctx, "select state from hires where id = :id", id=silent.id) == "lapsed"


async def test_an_officer_says_yes_for_the_worker_with_his_yes_on_record(ctx: Context) -> None:
    await set_time(ctx, NOON)
    worker = await a_worker(ctx)
    _, boss = await a_boss(ctx)
    staff = officer_caller((await an_officer(ctx)).id)
    hire = await propose_hire(ctx, replace(DEAL, code=await a_word(ctx, worker.id)), by=boss)
    seat = await accept_hire(ctx, hire.id, by=staff, on_behalf="at_counter")
    lines = await rows_of(ctx, "select actor_kind, channel from transitions where entity_id = :id", id=seat.id)
    assert lines == [("officer", "at_counter")]


@pytest.mark.parametrize(
    ("starts_at", "until", "code"),
    [
        (NOON - timedelta(hours=2), NOON + timedelta(hours=1), "sight_start_far"),
        (NOON + timedelta(days=8), NOON + timedelta(days=8, hours=1), "sight_start_far"),
        (None, NOON - timedelta(minutes=1), "sight_end_wrong"),
        (None, NOON + timedelta(hours=25), "sight_end_wrong"),
    ],
)
async def test_times_that_cannot_be_are_refused(
    ctx: Context, starts_at: datetime | None, until: datetime, code: str
) -> None:
    await set_time(ctx, NOON)
    worker = await a_worker(ctx)
    _, boss = await a_boss(ctx)
    deal = replace(DEAL, code=await a_word(ctx, worker.id), starts_at=starts_at, until=until)
    with pytest.raises(Refused) as refused:
        await propose_hire(ctx, deal, by=boss)
    assert refused.value.code == code
