"""Postings in the database: changes and their versions, review clocks, renewal, expiry, fullness, the log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from service.clock import freeze_clock, release_clock
from service.context import Context
from service.errors import Conflict, Refused
from service.http.caller import Caller
from service.jobs.due import run_all_due
from service.postings.rules import occurrences_of
from service.postings.usecases.changing import change_posting
from service.postings.usecases.deciding import move_posting, publish_posting, submit_posting
from service.postings.usecases.writing import create_posting
from service.postings.views import PostingView
from tests.builders import city
from tests.builders.postings import HALL, XUHUI

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # Friday noon in Shanghai
START = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.fixture
async def frozen(ctx: Context) -> Any:
    """The shared clock stands still on 2026-11-20 at noon."""
    await to(ctx, NOW)
    yield ctx
    async with ctx.database.sessions() as session, session.begin():
        await release_clock(session)


async def to(ctx: Context, at: datetime) -> None:
    async with ctx.database.sessions() as session, session.begin():
        await freeze_clock(session, at)


def asked(**more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "trade": "dishwashing",
        "headcount": 2,
        "time": {"starts_at": START, "ends_at": START + timedelta(hours=5)},
        "place": {
            "address": "某路3号",
            "point": {"lon": HALL[0], "lat": HALL[1], "sent_datum": "wgs84"},
            "district_code": XUHUI,
        },
        "pay": {"amount_fen": 2600, "unit": "hour"},
    }
    return made | more


async def a_caller(ctx: Context, **employer: Any) -> Caller:
    row = await city.an_employer(ctx, **employer)
    member = await city.a_member(ctx, row)
    return Caller("member", member.id, person_id=member.person_id, employer_id=row.id, member_role="owner")


async def an_officer(ctx: Context) -> Caller:
    row = await city.an_officer(ctx)
    return Caller("officer", row.id, regions=("310000",))


async def live(ctx: Context, by: Caller, **more: Any) -> PostingView:
    return await create_posting(ctx, by=by, asked=asked(**more), submit=True)


async def change(ctx: Context, by: Caller, posting: PostingView, patch: dict[str, Any]) -> PostingView:
    return await change_posting(ctx, posting.id, by=by, version=posting.version, patch=patch)


async def state_of(ctx: Context, posting_id: UUID) -> str:
    async with ctx.uow() as uow:
        return (await uow.postings.get(posting_id)).state


async def keys_of(ctx: Context, posting_id: UUID, state: str = "open") -> list[str]:
    async with ctx.uow() as uow:
        rows = await uow.shifts.of_posting(posting_id, since=None, after=None, limit=500)
        return [row.occurrence for row in rows if row.state == state]


async def check_log(ctx: Context) -> None:
    """Every posting and shift has as many log lines as its version says, each version once."""
    async with ctx.database.sessions() as session, session.begin():
        for noun, table in (("posting", "postings"), ("shift", "shifts")):
            wrong = await session.execute(
                text(
                    f"select e.id from {table} e left join transitions t on t.noun = '{noun}' and t.entity_id = e.id"
                    " group by e.id, e.version having count(t.id) <> e.version or max(t.version) <> e.version"
                )
            )
            assert wrong.all() == []


async def test_better_terms_are_live_at_once_with_a_new_version(frozen: Context) -> None:
    """More pay and a meal: no review even where reviews are the rule; another terms version and hash."""
    by, officer = await a_caller(frozen, verified=False), await an_officer(frozen)
    posting = await live(frozen, by)
    posting = await publish_posting(frozen, posting.id, by=officer)
    better = await change(frozen, by, posting, {"pay": {"amount_fen": 2900}, "conditions": {"meals": "all_meals"}})
    assert (better.state, better.terms_version) == ("published", 2)
    assert better.terms_hash != posting.terms_hash
    await check_log(frozen)


async def test_worse_terms_go_back_to_review(frozen: Context) -> None:
    """Less pay: submitted with a new version and a clock; the first version's words stay as they were."""
    by, officer = await a_caller(frozen, verified=False), await an_officer(frozen)
    posting = await publish_posting(frozen, (await live(frozen, by)).id, by=officer)
    worse = await change(frozen, by, posting, {"pay": {"amount_fen": 2500}})
    assert (worse.state, worse.terms_version) == ("submitted", 2)
    assert worse.own is not None
    assert worse.own["review_due_at"] == NOW + timedelta(minutes=240)
    async with frozen.uow() as uow:
        first = await uow.postings.version(posting.id, 1)
        assert first is not None
        assert (first.terms["pay"]["amount_fen"], first.terms_hash) == (2600, posting.terms_hash)
    await check_log(frozen)


async def test_a_verified_employers_change_is_live_again_at_once(frozen: Context) -> None:
    """Where the switch is on nothing waits; a posting that breaks a rule does."""
    by = await a_caller(frozen)
    posting = await live(frozen, by)
    changed = await change(frozen, by, posting, {"break_minutes": 15})
    assert (changed.state, changed.terms_version) == ("published", 2)
    below = await change(frozen, by, changed, {"pay": {"amount_fen": 2400}})
    assert (below.state, {warning["code"] for warning in below.warnings}) == ("submitted", {"below_minimum_wage"})
    await check_log(frozen)


async def test_plain_changes_keep_the_terms(frozen: Context) -> None:
    """Another end of validity is no other offer."""
    by = await a_caller(frozen)
    posting = await live(frozen, by)
    changed = await change(frozen, by, posting, {"valid_until": NOW + timedelta(days=2)})
    assert (changed.state, changed.terms_version, changed.terms_hash) == ("published", 1, posting.terms_hash)
    await to(frozen, NOW + timedelta(days=2))
    await run_all_due(frozen)
    assert await state_of(frozen, posting.id) == "expired"


async def test_a_moved_time_moves_empty_shifts_and_refuses_staffed_ones(frozen: Context) -> None:
    """The old shift is called off and the new one made; with somebody in it the change is 409."""
    by = await a_caller(frozen)
    posting = await live(frozen, by)
    later = {"time": {"starts_at": START + timedelta(hours=1), "ends_at": START + timedelta(hours=5)}}
    posting = await change(frozen, by, posting, later)
    assert await keys_of(frozen, posting.id) == ["2026-11-25T18:00/240"]
    assert await keys_of(frozen, posting.id, "cancelled") == ["2026-11-25T17:00/300"]
    async with frozen.uow() as uow:
        shift = (await uow.shifts.lock_open(posting.id))[0]
        assert await uow.shifts.take(shift, now=await uow.now())
    with pytest.raises(Conflict) as refused:
        await change(frozen, by, posting, {"time": {"starts_at": START, "ends_at": START + timedelta(hours=5)}})
    assert (refused.value.code, refused.value.facts["shifts"]) == ("shifts_have_people", [str(shift.id)])
    await check_log(frozen)


async def test_the_review_passes_on_when_it_is_not_done(frozen: Context) -> None:
    """Fifteen minutes for work within a day; then the next officer, again and again, until somebody decides."""
    officers = sorted([(await an_officer(frozen)).account_id for _ in range(3)])
    by = await a_caller(frozen, verified=False)
    soon = NOW + timedelta(hours=20)
    posting = await live(frozen, by, time={"starts_at": soon, "ends_at": soon + timedelta(hours=3)})
    seen = []
    for step in range(4):
        await to(frozen, NOW + timedelta(minutes=15 * step))
        await run_all_due(frozen)
        async with frozen.uow() as uow:
            row = await uow.postings.get(posting.id)
            assert row.review_due_at == NOW + timedelta(minutes=15 * (step + 1))
            seen.append(row.reviewer_id)
    assert seen == [officers[0], officers[1], officers[2], officers[0]]
    await publish_posting(frozen, posting.id, by=Caller("officer", officers[0], regions=("310000",)))
    await to(frozen, NOW + timedelta(hours=2))
    await run_all_due(frozen)
    assert await state_of(frozen, posting.id) == "published"
    await check_log(frozen)


async def test_reviews_are_shared_among_officers(frozen: Context) -> None:
    """Each new review goes to whoever has the fewest."""
    for _ in range(2):
        await an_officer(frozen)
    by = await a_caller(frozen, verified=False)
    for _ in range(4):
        await live(frozen, by)
    async with frozen.uow() as uow:
        assert sorted(load for _, load in await uow.postings.reviewers("310100")) == [2, 2]


async def test_what_is_over_cannot_be_approved_or_resumed(frozen: Context) -> None:
    """A review that comes after the work answers that it is over; so does a late resume and a late submit."""
    by, officer = await a_caller(frozen, verified=False), await an_officer(frozen)
    waiting, draft = await live(frozen, by), await create_posting(frozen, by=by, asked=asked())
    paused = await publish_posting(frozen, (await live(frozen, by)).id, by=officer)
    await move_posting(frozen, paused.id, "pause", by=by)
    await to(frozen, START + timedelta(hours=6))
    with pytest.raises(Conflict, match="posting_over"):
        await publish_posting(frozen, waiting.id, by=officer)
    with pytest.raises(Conflict, match="posting_over"):
        await move_posting(frozen, paused.id, "resume", by=by)
    with pytest.raises(Refused) as refused:
        await submit_posting(frozen, draft.id, by=by)
    assert [error.code for error in refused.value.errors] == ["starts_in_the_past"]


async def test_postings_expire_after_their_last_shift(frozen: Context) -> None:
    """At the end of the last shift; the shift ends by itself too; its people are told once."""
    by = await a_caller(frozen)
    posting = await live(frozen, by)
    await to(frozen, START + timedelta(hours=4))
    await run_all_due(frozen)
    assert await state_of(frozen, posting.id) == "published"
    await to(frozen, START + timedelta(hours=5))
    await run_all_due(frozen)
    assert await state_of(frozen, posting.id) == "expired"
    assert await keys_of(frozen, posting.id, "ended") == ["2026-11-25T17:00/300"]
    async with frozen.database.sessions() as session, session.begin():
        told = await session.execute(text("select template from messages where person_id = :p"), {"p": by.person_id})
        assert list(told.scalars()) == ["posting.expire"]
    await check_log(frozen)


async def test_a_series_reaches_sixty_days_and_goes_on(frozen: Context) -> None:
    """Rows equal the occurrences of the plan on every day that the window moves to; none twice."""
    by = await a_caller(frozen)
    time = {"starts_at": START, "ends_at": START + timedelta(hours=2), "series": {"weekdays": [0, 2, 4]}}
    posting = await live(frozen, by, time=time, valid_until=NOW + timedelta(days=100))
    for days in (0, 1, 2, 3, 10, 11):
        await to(frozen, NOW + timedelta(days=days, minutes=1))
        await run_all_due(frozen)
        async with frozen.uow() as uow:
            row = await uow.postings.get(posting.id)
            expected = [each.key for each in occurrences_of(row.series, None, await uow.now(), 60)]
        present = [key for key in await keys_of(frozen, posting.id) if key in set(expected)]
        assert present == expected
    await check_log(frozen)


async def test_a_called_off_occurrence_never_comes_back(frozen: Context) -> None:
    """Renewal, pause and resume make no shift anew that was called off."""
    from service.shifts.usecases import cancel_shift

    by = await a_caller(frozen)
    pattern = {"pattern": {"slots": [{"start": "17:00", "end": "21:00"}], "weekdays": list(range(7))}}
    posting = await live(frozen, by, time=pattern, valid_until=NOW + timedelta(days=90))
    async with frozen.uow() as uow:
        first = (await uow.shifts.of_posting(posting.id, since=None, after=None, limit=1))[0]
    await cancel_shift(frozen, first.id, by=by, reason="bad_weather")
    await move_posting(frozen, posting.id, "pause", by=by)
    await move_posting(frozen, posting.id, "resume", by=by)
    await to(frozen, NOW + timedelta(days=1))
    await run_all_due(frozen)
    assert await keys_of(frozen, posting.id, "cancelled") == [first.occurrence]
    assert first.occurrence not in await keys_of(frozen, posting.id)
    await check_log(frozen)


async def test_full_postings_are_shown_as_full_until_a_seat_is_free(frozen: Context) -> None:
    """The last seat fills it, a freed seat shows it again; a filled one still takes what is free."""
    by = await a_caller(frozen)
    posting = await live(frozen, by)
    async with frozen.uow() as uow:
        shift = (await uow.shifts.lock_open(posting.id))[0]
        now = await uow.now()
        assert [await uow.shifts.take(shift, now=now) for _ in range(3)] == [True, True, False]
    await run_all_due(frozen)
    assert await state_of(frozen, posting.id) == "filled"
    async with frozen.uow() as uow:
        shift = await uow.shifts.lock(shift.id)
        assert await uow.shifts.free(shift, now=await uow.now())
        assert await uow.shifts.take(shift, now=await uow.now()), "filled is what is shown, not a closed door"
        assert await uow.shifts.free(shift, now=await uow.now())
        assert shift.taken == 1
    await run_all_due(frozen)
    assert await state_of(frozen, posting.id) == "published"
    await check_log(frozen)


async def test_a_suspended_employers_postings_come_down(frozen: Context) -> None:
    """Whatever it shows or has paused is taken down in the same transaction."""
    from service.actor import SYSTEM
    from service.employers.lifecycle import EMPLOYER

    by = await a_caller(frozen)
    shown, paused = await live(frozen, by), await live(frozen, by)
    draft = await create_posting(frozen, by=by, asked=asked())
    await move_posting(frozen, paused.id, "pause", by=by)
    async with frozen.uow() as uow:
        employer = await uow.postings.employer(UUID(str(by.employer_id)))
        await uow.move(employer, EMPLOYER, "suspend", by=SYSTEM, at=await uow.now())
    states = [await state_of(frozen, posting.id) for posting in (shown, paused, draft)]
    assert states == ["taken_down", "taken_down", "draft"]
    await check_log(frozen)


async def test_the_dated_table_of_minimum_wages_is_asked(frozen: Context) -> None:
    """A verified row of the place wins over the shipped one and blocks part-time work below it."""
    async with frozen.database.sessions() as session, session.begin():
        await session.execute(text("delete from reference_rows where kind = 'minimum_wage' and code = '310104'"))
        await session.execute(
            text(
                "insert into reference_rows (id, kind, code, valid_from, data, source, verified, version,"
                " created_at, updated_at) values (gen_random_uuid(), 'minimum_wage', '310104', '2026-01-01',"
                " '{\"hour_fen\": 2800, \"month_fen\": 300000}', 'test', true, 1, now(), now())"
            )
        )
    try:
        with pytest.raises(Refused) as refused:
            await live(frozen, await a_caller(frozen), job_kind="part_time")
        assert [(error.pointer, error.facts["least"]) for error in refused.value.errors] == [("/pay/amount_fen", 2800)]
    finally:
        async with frozen.database.sessions() as session, session.begin():
            await session.execute(text("delete from reference_rows where code = '310104' and source = 'test'"))
