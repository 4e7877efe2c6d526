"""Two records of one person become one, and so do their complaints about one thing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from service.actor import SYSTEM
from service.cases.ports import open_case
from service.context import Context
from service.invariants import breaches
from service.people.lifecycle import PERSON
from tests.builders.applications import rows_of, value_of
from tests.builders.cases import Sides, sides
from tests.builders.city import a_worker, an_officer
from tests.builders.duties import staff_texts


async def complained(ctx: Context, them: Sides, worker_id: UUID, source: str) -> Any:
    """A case of one of the records about the same posting."""
    async with ctx.uow() as uow:
        return await open_case(
            uow, kind="wage_arrears", city_code="310100", complainant_id=worker_id, employer_id=them.employer.id,
            subject=("posting", them.seat.posting_id), facts={}, source=source, by=SYSTEM,
        )  # fmt: skip


async def with_result(ctx: Context, case_id: UUID) -> None:
    """It has come to something."""
    from service.cases.lifecycle import CASE

    async with ctx.uow() as uow:
        row = await uow.case_files.lock(case_id)
        now = await uow.now()
        await uow.move(row, CASE, "settle", by=SYSTEM, at=now, result="settled", resulted_at=now)


async def merged(ctx: Context, gone: UUID, kept: UUID) -> None:
    """The move that the counter makes."""
    async with ctx.uow() as uow:
        await uow.people.lock_workers(gone, kept)
        person = await uow.people.lock(gone, kept)
        await uow.move(person, PERSON, "merge", by=SYSTEM, at=await uow.now(), merged_into=kept)


FOUND = "select id, state, result, complainant_id, claimed_by from cases order by id"


async def test_the_kept_records_case_goes_on_and_the_other_one_ends(ctx: Context) -> None:
    """With its limits, under the kept person; the one that goes on names its number, and who has that one is told."""
    them = await sides(ctx)
    gone, kept = await a_worker(ctx), them.worker
    holder = await an_officer(ctx)
    other = await complained(ctx, them, gone.id, "followup:1")
    case = await complained(ctx, them, kept.id, "followup:2")
    async with ctx.uow() as uow:
        for each in (case, other):
            row = await uow.case_files.lock(each.id)
            await uow.edit(row, by=SYSTEM, at=await uow.now(), action="claim", claimed_by=holder.id)
    await merged(ctx, gone.id, kept.id)
    assert await rows_of(ctx, FOUND) == [
        (other.id, "closed", "withdrawn", kept.id, None), (case.id, "received", None, kept.id, holder.id),
    ]  # fmt: skip
    states = "select distinct state from case_deadlines where case_id = :id"
    assert await rows_of(ctx, states, id=other.id) == [("dropped",)]
    assert await rows_of(ctx, states, id=case.id) == [("running",)]
    notes = await rows_of(ctx, "select facts from case_notes where case_id = :id", id=case.id)
    assert notes == [({"merged_with": other.number},)]
    log = await rows_of(
        ctx, "select action, reason from transitions where entity_id = :id and to_state = 'closed'"
        " and from_state <> 'closed'", id=other.id,
    )  # fmt: skip
    assert log == [("withdraw", "person_merged")]
    ((staff, text),) = await staff_texts(ctx, "staff.case_added")
    assert (staff, text["params"]) == (holder.id, {"number": case.number})
    assert await value_of(ctx, "select count(*) from cases where complainant_id = :id", id=gone.id) == 0
    assert await breaches(ctx) == []


@pytest.mark.parametrize(
    ("results", "states"),
    [
        (("kept",), {"gone": ("received", None), "kept": ("closed", "settled")}),
        (("gone",), {"gone": ("closed", "settled"), "kept": ("received", None)}),
        (("gone", "kept"), {"gone": ("closed", "settled"), "kept": ("result", "settled")}),
    ],
)
async def test_what_is_being_handled_goes_on_before_what_has_its_result(
    ctx: Context, results: tuple[str, ...], states: dict[str, tuple[str, str | None]]
) -> None:
    """No complaint that somebody works on ends because an older one is done; results stay what they are."""
    them = await sides(ctx)
    gone = await a_worker(ctx)
    cases = {
        "gone": await complained(ctx, them, gone.id, "followup:1"),
        "kept": await complained(ctx, them, them.worker.id, "followup:2"),
    }
    for each in results:
        await with_result(ctx, cases[each].id)
    await merged(ctx, gone.id, them.worker.id)
    found = {row[0]: row[1:4] for row in await rows_of(ctx, FOUND)}
    assert found == {cases[each].id: (*states[each], them.worker.id) for each in cases}


async def test_what_only_one_of_them_brought_goes_over_as_it_is(ctx: Context) -> None:
    """Open, with its limits."""
    them = await sides(ctx)
    gone = await a_worker(ctx)
    case = await complained(ctx, them, gone.id, "followup:1")
    await merged(ctx, gone.id, them.worker.id)
    assert await rows_of(ctx, FOUND) == [(case.id, "received", None, them.worker.id, None)]
    assert await rows_of(ctx, "select distinct state from case_deadlines") == [("running",)]
