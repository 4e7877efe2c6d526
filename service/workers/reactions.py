"""What a worker's profile does when two records of one person are merged: the kept one takes everything over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import Actor
from service.errors import Conflict
from service.workers.availability import joined_exceptions
from service.workers.lifecycle import CREW, WAITING, WORKER
from service.workers.rules import Birth, merged_fields, same_words

if TYPE_CHECKING:
    from datetime import datetime

    from service.uow import Moved, Uow
    from service.workers.tables import WorkerRow

TAKEN_OVER = (
    "city_code", "district_code", "introducible_from", "adult_from", "home_lon", "home_lat", "home_datum",
    "home_approximate", "weekly", "pay_wish_fen", "pay_wish_unit", "intro",
)  # fmt: skip


async def merge_workers(uow: Uow, moved: Moved) -> None:
    """`moved.entity` is the record given up, its `merged_into` the one kept; both profiles are locked already.

    That no live seats overlap was settled before the merge. Raises Conflict merge_same_request when both ask
    for one shift. Seats and debts keep their numbers; only whose they are changes.
    """
    given_up_id, kept_id = moved.entity.id, moved.entity.merged_into
    rows = {each: await uow.workers.locked(each) for each in sorted((given_up_id, kept_id))}
    given_up = rows[given_up_id]
    if given_up is None or given_up.state == "merged":
        return
    if await uow.merging.asks_twice(kept_id, given_up_id):
        raise Conflict("merge_same_request")
    kept = rows[kept_id] or await _begin(uow, kept_id, given_up, moved.by)
    await _end_waiting(uow, given_up_id, moved.by, moved.at)
    await _take_over(uow, kept, given_up, moved.by, moved.at)
    await _hand_over_skills(uow, given_up_id, kept_id, moved.by, moved.at)
    await _hand_over_sides(uow, given_up_id, kept_id, moved.by, moved.at)
    await _hand_over_crews(uow, given_up_id, kept_id, moved.by, moved.at)
    await _hand_over_rest(uow, given_up_id, kept_id, moved.by, moved.at)
    await uow.worker_codes.hand_over(given_up_id, kept_id)
    await uow.move(given_up, WORKER, "merge", by=moved.by, at=moved.at, reason="person_merged")


async def _begin(uow: Uow, kept_id: UUID, given_up: WorkerRow, by: Actor) -> WorkerRow:
    """The kept person has never worked here: the profile begins with the other's radius and standing."""
    row = uow.workers.new(kept_id, radius_m=given_up.radius_m, exceptions=[], reliability=[])
    await uow.add(row, by=by, action="merge_in")
    await uow.flush()
    return row


async def _take_over(uow: Uow, kept: WorkerRow, given_up: WorkerRow, by: Actor, at: datetime) -> None:
    fields: dict[str, Any] = merged_fields(
        {name: getattr(kept, name) for name in TAKEN_OVER}, {name: getattr(given_up, name) for name in TAKEN_OVER}
    )
    fields["exceptions"] = joined_exceptions(kept.exceptions, given_up.exceptions)
    await uow.edit(kept, by=by, at=at, action="merge_in", **fields)


async def _end_waiting(uow: Uow, given_up: UUID, by: Actor, at: datetime) -> None:
    row = await uow.waitings.unended(given_up)
    if row is not None:
        await uow.move(row, WAITING, "end", by=by, at=at, reason="person_merged")
        await uow.unschedule("waiting.lapse", subject_id=row.id)


async def _hand_over_skills(uow: Uow, given_up: UUID, kept: UUID, by: Actor, at: datetime) -> None:
    """A skill that both have stays once, with the higher level."""
    own = list(await uow.merging.skills(kept))
    for row in await uow.merging.skills(given_up):
        twin = next((each for each in own if each.trade == row.trade and same_words(each.name, row.name)), None)
        if twin is None:
            await uow.edit(row, by=by, at=at, action="hand_over", worker_id=kept)
            continue
        await uow.edit(row, by=by, at=at, action="remove", reason="person_merged", removed_at=at)
        if (row.level or 0) > (twin.level or 0):
            await uow.edit(
                twin, by=by, at=at, level=row.level, verified_at=row.verified_at, verified_by=row.verified_by
            )


async def _hand_over_sides(uow: Uow, given_up: UUID, kept: UUID, by: Actor, at: datetime) -> None:
    """Blocks of either side and places in employers' pools; what the kept record has already ends here."""
    blocked = {(row.employer_id, row.set_by) for row in await uow.merging.blocks(kept)}
    for block in await uow.merging.blocks(given_up):
        if (block.employer_id, block.set_by) in blocked:
            await uow.edit(block, by=by, at=at, action="lift", reason="person_merged", lifted_at=at)
        else:
            await uow.edit(block, by=by, at=at, action="hand_over", worker_id=kept)
    pooled = {row.employer_id for row in await uow.merging.pools(kept)}
    for place in await uow.merging.pools(given_up):
        if place.employer_id in pooled:
            await uow.edit(place, by=by, at=at, action="remove", removed_at=at)
        else:
            await uow.edit(place, by=by, at=at, action="hand_over", worker_id=kept)


async def _hand_over_crews(uow: Uow, given_up: UUID, kept: UUID, by: Actor, at: datetime) -> None:
    _, own = await uow.crews.everything_of(kept)
    inside = {row.crew_id for row in own if row.left_at is None}
    led, places = await uow.crews.everything_of(given_up)
    for place in places:
        if place.left_at is None and place.crew_id in inside:
            await uow.edit(place, by=by, at=at, action="leave", left_at=at)
        else:
            await uow.edit(place, by=by, at=at, action="hand_over", worker_id=kept)
    for crew in led:
        await uow.edit(crew, by=by, at=at, action="hand_over", leader_id=kept)
        if crew.state == "open" and crew.id in inside:
            await uow.move(crew, CREW, "close", by=by, at=at, reason="person_merged")


async def _hand_over_rest(uow: Uow, given_up: UUID, kept: UUID, by: Actor, at: datetime) -> None:
    """Seats, hours, pay and papers; a paper's number is sealed anew, for the data key of the old record may go."""
    for row in await uow.merging.hanging_on(given_up):
        sealed = getattr(row, "number_sealed", None)
        fresh: dict[str, Any] = {}
        if sealed is not None:
            number = await uow.workers.open_number(given_up, sealed)
            fresh = {"number_sealed": await uow.workers.seal_number(kept, number)}
        await uow.edit(row, by=by, at=at, action="hand_over", worker_id=kept, **fresh)
    await uow.merging.hand_over_hours(given_up, kept)


async def follow_birth_date(uow: Uow, moved: Moved) -> None:
    """A person's birth date became known or was corrected: from when on work may be introduced follows it."""
    worker = await uow.workers.locked(moved.entity.id)
    if worker is None:
        return
    birth = Birth(moved.entity.birth_date, moved.entity.birth_date_basis)
    await uow.edit(
        worker,
        by=moved.by,
        at=moved.at,
        action="follow_birth_date",
        introducible_from=birth.introducible_from,
        adult_from=birth.adult_from,
    )


REACTIONS = {
    ("person", "merge"): (merge_workers,),
    ("person", "take_over"): (follow_birth_date,),
    ("person", "state_identity"): (follow_birth_date,),
}
