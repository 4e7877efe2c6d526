"""Two records of one person: what goes over, what ends, what stands against it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from service.actor import SYSTEM
from service.applications.tables import ApplicationRow
from service.errors import Conflict, Unready
from service.people.lifecycle import PERSON
from tests.builders.city import (
    a_member,
    a_posting,
    a_shift,
    a_worker,
    an_employer,
    an_engagement,
    an_officer,
    as_staff,
)
from tests.builders.workers import stand_at, worked_hours


async def merge(ctx: Any, gone: Any, kept: Any) -> None:
    """The move that the counter makes, without its checks of who asks."""
    async with ctx.uow() as uow:
        await uow.people.lock_workers(gone.id, kept.id)
        person = await uow.people.lock(gone.id, kept.id)
        now = await uow.now()
        await uow.move(person, PERSON, "merge", by=SYSTEM, at=now, merged_into=kept.id)


async def reread(ctx: Any, worker: Any) -> Any:
    """The profile as it is now."""
    async with ctx.uow() as uow:
        return await uow.workers.get(worker.id)


async def test_everything_goes_over_to_the_kept_record(ctx):
    """Seats, hours, pay, skills, papers, crews, blocks, codes; versions equal log lines everywhere."""
    await stand_at(ctx)
    gone, kept = await a_worker(ctx, trades=("dishwashing", "cleaning"), name="旧"), await a_worker(ctx, name="新")
    employer = await an_employer(ctx)
    posting = await a_posting(ctx, employer)
    shift = await a_shift(ctx, posting, starts=datetime(2026, 11, 18, 9, tzinfo=UTC))
    engagement = await an_engagement(ctx, gone, shift, posting, state="completed")
    await worked_hours(ctx, engagement, minutes=240, due_fen=10_000, received=True)
    async with ctx.uow() as uow:
        await uow.add(
            uow.blocks.new(employer_id=employer.id, worker_id=gone.id, set_by="worker", reason=None), by=SYSTEM
        )
        crew = uow.crews.new(gone.id, name="老乡", least=6)
        await uow.add(crew, by=SYSTEM)
        await uow.flush()
        for worker in (gone, kept):
            place = uow.crews.new_member(crew.id, worker.id)
            place.joined_at = await uow.now()
            await uow.add(place, by=SYSTEM)
        sealed = await uow.workers.seal_number(gone.id, "JK1")
        paper = uow.workers.new_certificate(gone.id, kind="forklift_permit", number_sealed=sealed)
        await uow.add(paper, by=SYSTEM)
        _, card = await uow.worker_codes.new_card(gone.id)
        word = await uow.worker_codes.new_word(gone.id, digits=6, until=await uow.now() + timedelta(minutes=10))
        now = await uow.now()
        waiting = uow.waitings.new(gone.id, trades=[], own_tools=[], until=now + timedelta(hours=1))
        await uow.add(waiting, by=SYSTEM, action="start")
    await merge(ctx, gone, kept)
    async with ctx.uow() as uow:
        assert [row.trade for row in await uow.workers.skills(kept.id)].count("dishwashing") == 1
        assert {row.trade for row in await uow.workers.skills(kept.id)} == {"dishwashing", "cleaning"}
        papers = {row.kind: row for row in await uow.workers.certificates(kept.id)}
        assert await uow.workers.open_number(kept.id, papers["forklift_permit"].number_sealed) == "JK1"
        assert await uow.blocks.between(employer_id=employer.id, worker_id=kept.id)
        assert await uow.worker_codes.worker_of_card(card) == kept.id
        assert await uow.worker_codes.worker_of_word(word) is None
        records = await uow.work_records.page(kept.id, regions=None, since=None, before=None, after=None, limit=10)
        assert [row.engagement_id for row in records] == [engagement.id]
        assert records[0].pay[0].received_fen == 10_000
        assert (await uow.workers.locked(gone.id)).state == "merged"
        for table in ("waitings", "crews"):
            states = (await uow.session.execute(text(f"select state from {table}"))).scalars().all()
            assert set(states) <= {"ended", "closed"}
        for noun, table in (
            ("worker", "workers"), ("skill", "skills"), ("certificate", "certificates"), ("crew", "crews"),
            ("crew_member", "crew_members"), ("block", "blocks"), ("engagement", "engagements"),
            ("application", "applications"), ("pay_record", "pay_records"), ("timesheet", "timesheets"),
        ):  # fmt: skip
            wrong = await uow.session.execute(
                text(
                    f"select count(*) from {table} t where version <> (select count(*) from transitions l"
                    " where l.noun = :noun and l.entity_id = t.id)"
                ),
                {"noun": noun},
            )
            assert wrong.scalar_one() == 0, noun


async def test_a_kept_person_who_never_worked_gets_the_profile(ctx):
    """A member of an employer turns out to be the same person."""
    gone = await a_worker(ctx)
    member = await a_member(ctx, await an_employer(ctx))
    async with ctx.uow() as uow:
        kept = await uow.people.get(member.person_id)
    await merge(ctx, gone, kept)
    async with ctx.uow() as uow:
        profile = await uow.workers.get(kept.id)
        assert (profile.home_lon, profile.introducible_from) == (gone.home_lon, gone.introducible_from)
        assert [row.trade for row in await uow.workers.skills(kept.id)] == ["dishwashing"]


async def test_two_applications_for_one_shift_stand_against_it(ctx):
    """One of them must be withdrawn first; nothing has changed."""
    gone, kept = await a_worker(ctx), await a_worker(ctx)
    posting = await a_posting(ctx, await an_employer(ctx))
    shift = await a_shift(ctx, posting)
    async with ctx.uow() as uow:
        for worker in (gone, kept):
            row = ApplicationRow(
                posting_id=posting.id, shift_id=shift.id, worker_id=worker.id, employer_id=posting.employer_id,
                city_code=posting.city_code, origin="applied", state="sent", terms_version=1,
            )  # fmt: skip
            await uow.add(row, by=SYSTEM)
    with pytest.raises(Conflict, match="merge_same_request"):
        await merge(ctx, gone, kept)
    async with ctx.uow() as uow:
        assert (await uow.workers.get(gone.id)).state == "active"


async def test_words_are_unique_among_live_ones_and_free_again_when_over(ctx):
    """With one digit ten words are live at most; the eleventh waits until one is over."""
    await stand_at(ctx, datetime(2026, 11, 20, 4, tzinfo=UTC))
    workers = [await a_worker(ctx) for _ in range(3)]
    words = set()
    for worker in workers:
        async with ctx.uow() as uow:
            until = await uow.now() + timedelta(minutes=10)
            words.add(await uow.worker_codes.new_word(worker.id, digits=2, until=until))
    assert len(words) == 3
    with pytest.raises(Unready, match="words_all_taken"):
        async with ctx.uow() as uow:
            until = await uow.now() + timedelta(minutes=10)
            for _ in range(2):
                others = [await a_worker(ctx) for _ in range(6)]
                for other in others:
                    await uow.worker_codes.new_word(other.id, digits=1, until=until)
    await stand_at(ctx, datetime(2026, 11, 20, 4, 10, tzinfo=UTC))
    async with ctx.uow() as uow:
        assert await uow.worker_codes.worker_of_word(next(iter(words))) is None


async def test_at_the_counter_a_merge_makes_introducible_and_overlaps_stand_against_it(client, ctx):
    """The kept record without a birth date takes it over; two live seats at one time are refused with 409."""
    officer = await as_staff(ctx, await an_officer(ctx))
    gone, kept = await a_worker(ctx), await a_worker(ctx, birth=None)
    body = {"into": str(kept.id), "basis": "seen_id_card"}
    made = await client.post(f"/v1/people/{gone.id}/merge", json=body, headers=officer)
    assert made.status_code == 200, made.text
    seen = (await client.get(f"/v1/workers/{kept.id}", headers=officer)).json()
    assert (seen["introducible"], seen["missing"]) == (True, [])
    assert (await client.get(f"/v1/workers/{gone.id}", headers=officer)).status_code == 404
    other, employer = await a_worker(ctx), await an_employer(ctx)
    for worker, hours in ((other, 4), (await reread(ctx, kept), 6)):
        posting = await a_posting(ctx, employer)
        await an_engagement(ctx, worker, await a_shift(ctx, posting, hours=hours), posting)
    clash = await client.post(f"/v1/people/{other.id}/merge", json=body, headers=officer)
    assert (clash.status_code, clash.json()["code"]) == (409, "merge_overlap")
