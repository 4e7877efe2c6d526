"""Reading the feed: snapshot parts, changes, urgent removals, the manifest; all as of a place in the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from service.errors import Conflict, Gone, Missing, Unready
from service.feed.lines import left_line
from service.feed.rules import BUCKETS, CONTENT, RESTART, SEATS, parts_for, slots_of
from service.feed.tallying import Cells, by_bucket, by_part, by_place, cells_at, whole
from service.feed.values import Filter, Place, State
from service.feed.views import FeedView, Lines, ManifestView, SeatsView, SnapshotView, Standing

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow

MOST_BEHIND = 50_000  # entries between a manifest's cursor and the present
MOST_LOOKED_AT = 20_000  # entries for one page: a filter that hardly anything meets takes more pages, not more time
Reader = Callable[[State, datetime], Place]  # the place of a cursor; refuses a bad one


async def read_feed(ctx: Context) -> FeedView:
    """Where the feed stands, and the versions of its lists of codes. Raises Unready while it is filled."""
    async with ctx.uow() as uow:
        return FeedView((await _opened(uow))[1], await uow.feed.code_lists())


async def read_snapshot(ctx: Context, wanted: Filter, *, by: Caller | None, at: Reader | None = None) -> SnapshotView:
    """A snapshot of now, or that of a cursor again. Raises as `cells_of`, and what `at` raises."""
    async with ctx.uow() as uow:
        state, standing = await _opened(uow)
        wanted = await _without_own(uow, wanted, by)
        place = _checked(at(state, standing.now), state) if at else None
        if not wanted.is_empty:
            head, now = await uow.feed.tallies()
            place = place or Place(head)
            return SnapshotView(standing, place.seq, place.parts or parts_for(whole(now).count), None)
        seq, cells = await _cells_of(uow, place.seq if place else None)
        parts = (place and place.parts) or parts_for(whole(cells).count)
        return SnapshotView(standing, seq, parts, by_part(cells, parts))


async def read_part(ctx: Context, part: int, wanted: Filter, *, by: Caller | None, at: Reader) -> Lines:
    """One part of the snapshot of a cursor. Raises Missing for a part that it does not have: the cursor of a page of
    changes has none, whoever wants them asks for their list, so that no part is the whole market."""
    async with ctx.uow() as uow:
        state, standing = await _opened(uow)
        place = _checked(at(state, standing.now), state)
        if not 1 <= part <= place.parts:
            raise Missing
        wanted = await _without_own(uow, wanted, by)
        lines = await uow.feed.part(slots_of(part - 1, place.parts), place.seq, wanted)
        return Lines(standing, lines, place.seq, more=part < place.parts)


async def read_bucket(ctx: Context, bucket: str, wanted: Filter, *, by: Caller | None, at: Reader | None) -> Lines:
    """Everything in one bucket of the manifest, at a cursor or now."""
    async with ctx.uow() as uow:
        state, standing = await _opened(uow)
        seq = _checked(at(state, standing.now), state).seq if at else state.seq
        wanted = await _without_own(uow, wanted, by)
        slots = slots_of(int(bucket, 16), BUCKETS)
        return Lines(standing, await uow.feed.part(slots, seq, wanted), seq, more=False)


async def read_changes(ctx: Context, wanted: Filter, *, by: Caller | None, at: Reader, limit: int) -> Lines:
    """Entries behind a cursor, as a copy with this filter needs them; a page may be empty and more follow."""
    async with ctx.uow() as uow:
        state, standing = await _opened(uow)
        place = _checked(at(state, standing.now), state)
        wanted = await _without_own(uow, wanted, by)
        end = min(state.seq, place.seq + MOST_LOOKED_AT)
        rows = await uow.feed.changes(place.seq, end, wanted, limit)
        cut = len(rows) == limit
        lines = [
            row["line"]
            if row["meets"] or row["removed"]
            else left_line(row["seq"], row["kind"], row["entity_id"], row["at"])
            for row in rows
        ]
        reached = rows[-1]["seq"] if cut else end
        return Lines(standing, lines, reached, more=reached < state.seq)


async def read_removals(ctx: Context, *, at: Reader | None, limit: int) -> Lines:
    """Urgent removals behind a cursor; without one, those that the log still holds."""
    async with ctx.uow() as uow:
        state, standing = await _opened(uow)
        seq = _checked(at(state, standing.now), state).seq if at else 0
        rows = await uow.feed.urgent(seq, state.seq, limit)
        more = len(rows) == limit
        return Lines(standing, [row["line"] for row in rows], rows[-1]["seq"] if more else state.seq, more)


async def read_seats(ctx: Context, *, at: Reader | None, limit: int) -> SeatsView:
    """Open seats told behind a cursor; without one, of every public posting."""
    async with ctx.uow() as uow:
        state, standing = await _opened(uow, SEATS)
        seq = _checked(at(state, standing.now), state).seq if at else 0
        rows = await uow.feed.seats_page(seq, state.seq, limit)
        more = len(rows) == limit
        return SeatsView(standing, rows, rows[-1]["seq"] if more else state.seq, more)


async def read_manifest(ctx: Context, *, own: bool, by: Caller | None, at: Reader | None) -> ManifestView:
    """What a copy at a cursor (or now) adds up to; a partner's copy without what the partner brought.

    Raises Conflict `feed_manifest_far`: the changes are to be read first.
    """
    async with ctx.uow() as uow:
        state, standing = await _opened(uow)
        place = _checked(at(state, standing.now), state) if at else None
        seq, cells = await _cells_of(uow, place.seq if place else None)
        wanted = await _without_own(uow, Filter(), None if own else by)
        if wanted.without is not None:
            cells = cells_at(cells, await uow.feed.own(wanted.without, seq))
        return ManifestView(standing, seq, whole(cells), by_place(cells), by_bucket(cells))


async def _cells_of(uow: Uow, seq: int | None) -> tuple[int, Cells]:
    """The tallies at an entry, or at the last. Raises Conflict `feed_manifest_far`."""
    cells: Cells
    head, cells = await uow.feed.tallies()
    if seq is None or seq == head:
        return head, cells
    if head - seq > MOST_BEHIND:
        raise Conflict("feed_manifest_far", behind=head - seq, most=MOST_BEHIND)
    return seq, cells_at(cells, await uow.feed.since(seq, head))


async def _opened(uow: Uow, name: str = CONTENT) -> tuple[State, Standing]:
    state = await uow.feed.state(name)
    if state is None or state.filled_at is None:
        raise Unready("feed_preparing", retry_after=5)
    return state, Standing(await uow.now(), state.seq, state.built_at, state.epoch)


def _checked(place: Place, state: State) -> Place:
    """Raises Gone for a place that this log never reached: the database went back to an older copy."""
    if place.seq > state.seq:
        raise Gone("feed_cursor_foreign", restart=RESTART)
    return place


async def _without_own(uow: Uow, wanted: Filter, by: Caller | None) -> Filter:
    """No echo: a partner does not get back what the own key brought, unless asked for (`by` None)."""
    if by is None or by.role != "integrator":
        return wanted
    return replace(wanted, without=(await uow.accounts.key(by.account_id)).name)
