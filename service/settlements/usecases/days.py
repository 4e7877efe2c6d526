"""Days of lent people: entered by the borrower, agreed or objected to by the person, decided by an officer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.deals.lifecycle import BEGUN, LENT_WORKED
from service.errors import Conflict, Missing, Refused
from service.reference.rules import check_reason, check_seen
from service.settlements.lifecycle import LENT_DAY
from service.settlements.making import restate
from service.settlements.rules.days import check_day, check_kind, check_not_less, counted, is_late, presumed
from service.settlements.rules.wages import WORKED, Entry, is_planned, month_end, month_of
from service.settlements.showing import day_view, is_served, sees_deal
from service.settlements.steps import calendar_of, hours_of, plan_of, policy_of, tell_firm, tell_person, there
from service.settlements.views import DaysView
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.deals.tables import DealRow, LentRow
    from service.http.caller import Caller
    from service.settlements.tables import LentDayRow
    from service.settlements.views import DayView
    from service.uow import Uow

LATE, CHANGED, DECIDED = "entered_late", "day_changed", "day_decided"


async def _for_side(uow: Uow, deal: DealRow, by: Caller, side: str, action: str) -> None:
    await uow.ctx.wiring.ports["deals.side_for"](uow, deal, by, side, action=action)


def _check_open(deal: DealRow) -> None:
    if deal.state not in BEGUN or deal.state == "closed":
        raise Conflict("deal_not_open", state=deal.state)


# -- entered ------------------------------------------------------------------------------------------


async def enter_days(
    ctx: Context, deal_id: UUID, *, day: date, people: Sequence[Mapping[str, Any]], as_planned: bool, by: Caller
) -> DaysView:
    """The borrower enters a day: of those named as said, of everybody else who was to work as planned.

    A day that stands there already is not entered again: named, it is refused; as planned, it stays as it is. What has
    counted as planned for as long as a day can be objected to is not entered as less. Raises Missing, Forbidden,
    Refused lent_day_future, lent_day_outside, lent_day_kind, lent_day_minutes, lent_twice, lent_nobody,
    lent_day_nobody, Conflict deal_not_open, lent_day_entered, lent_day_counts.
    """
    async with ctx.uow() as uow:
        deal = await uow.deals.get(deal_id, lock=True)
        await _for_side(uow, deal, by, "borrower", "record_attendance")
        _check_open(deal)
        named = {each["lent_id"]: each for each in people}
        if len(named) < len(people):
            raise Refused("lent_twice", field="/people")
        if not named and not as_planned:
            raise Refused("lent_nobody", field="/people")
        rows = {row.id: row for row in await uow.lent.of(deal.id, lock=True) if row.state in LENT_WORKED}
        today = local_day(await uow.now())
        if day > today:
            raise Refused("lent_day_future", field="/day", today=today)
        before = {each.lent_id: each for each in await uow.settlements.days(deal.id, day, day)}
        late, least = is_late(day, today, (await policy_of(uow, deal)).object_days), {}
        for at, each in enumerate(people):
            row = _check(each, rows, before, day, today, at=f"/people/{at}")
            if late:
                minutes = hours_of(deal, row).day_minutes
                least[row.id] = presumed(minutes if await _is_planned(uow, row, day) else None)
                entry = Entry(each["kind"], each["minutes"])
                await _check_not_less(uow, deal, row, day, least[row.id], entry, at=f"/people/{at}")
        wanted = {lent_id: (each["kind"], each["minutes"]) for lent_id, each in named.items()}
        if as_planned:
            wanted |= await _as_planned(uow, deal, [row for row in rows.values() if row.id not in named], day, before)
        for lent_id, (kind, minutes) in wanted.items():
            counts = least.get(lent_id, Entry(kind, minutes) if late else None)
            await _enter(uow, deal, lent_id, day, kind, minutes, by, least=counts)
        if wanted:
            await uow.flush()
            await restate(uow, deal, month_of(day), by=by.actor, why=LATE)
        entered = await uow.settlements.days(deal.id, day, day)
        if not entered:
            raise Refused("lent_day_nobody", field="/day")
        return uow.answer(DaysView([await day_view(uow, deal, each, rows[each.lent_id], by) for each in entered]))


def _check(
    said: Mapping[str, Any],
    rows: Mapping[UUID, LentRow],
    before: Mapping[UUID, Any],
    day: date,
    today: date,
    *,
    at: str,
) -> LentRow:
    row = rows.get(said["lent_id"])
    if row is None:
        raise Missing
    check_day(day, today, there(row), at="/day")
    check_kind(said["kind"], said["minutes"], at=at)
    if row.id in before:
        raise Conflict("lent_day_entered", field=f"{at}/lent_id")
    return row


async def _is_planned(uow: Uow, row: LentRow, day: date) -> bool:
    """Whether the day counts as worked where nobody enters it; holidays are paid without."""
    off = await calendar_of(uow)
    return is_planned(day, row.weekdays, off) and day not in off.statutory


async def _check_not_less(
    uow: Uow, deal: DealRow, row: LentRow, day: date, before: Entry, after: Entry, *, at: str = ""
) -> None:
    """By what held in the month of the day, as its statement is. Raises Conflict lent_day_counts."""
    plan = plan_of(deal, row, uow.ctx.policies.at(month_of(day), deal.city_code).settlements)
    check_not_less(plan, await calendar_of(uow), day, before, after, at=at)


async def _as_planned(
    uow: Uow, deal: DealRow, rows: Sequence[LentRow], day: date, before: Mapping[UUID, Any]
) -> dict[UUID, tuple[str, int]]:
    """Everybody whose planned day this is and of whom nothing was entered."""
    found = {}
    for row in rows:
        span = there(row)
        if row.id not in before and span is not None and span[0] <= day <= span[1] and await _is_planned(uow, row, day):
            found[row.id] = (WORKED, hours_of(deal, row).day_minutes)
    return found


async def _enter(
    uow: Uow, deal: DealRow, lent_id: UUID, day: date, kind: str, minutes: int, by: Caller, *, least: Entry | None
) -> None:
    now = await uow.now()
    row = uow.settlements.new_day(
        lent_id=lent_id, deal_id=deal.id, city_code=deal.city_code, day=day, kind=kind, minutes=minutes,
        entered_at=now, stands_at=now + timedelta(days=(await policy_of(uow, deal)).object_days), **_least(least),
    )  # fmt: skip
    await uow.add(row, by=by.actor, action="enter")


async def change_day(
    ctx: Context, lent_day_id: UUID, *, kind: str, minutes: int, reason: str, version: int, by: Caller
) -> DayView:
    """The borrower puts a day right; the person can object anew, and a month that was stated is corrected in sight.
    What the person has agreed or objected to, or has let stand, only an officer puts down.

    Raises Missing, Forbidden, Stale, Refused lent_day_kind, lent_day_minutes, reason_unknown, Conflict deal_not_open,
    wrong_state, lent_day_counts.
    """
    async with ctx.uow() as uow:
        deal, row = await _held(uow, lent_day_id)
        await _for_side(uow, deal, by, "borrower", "agree_hours")
        _check_open(deal)
        check_seen(version, row.version)
        check_kind(kind, minutes)
        check_reason(await uow.reference.reasons("lent_day_change"), reason)
        now = await uow.now()
        before = Entry(row.counted_kind, row.counted_minutes or 0) if row.counted_kind is not None else None
        least = counted(row.state, row.stands_at, now, Entry(row.kind, row.minutes), before)
        if least is not None:
            lent = await uow.lent.get(row.lent_id)
            await _check_not_less(uow, deal, lent, row.day, least, Entry(kind, minutes))
        was = (row.kind, row.minutes)
        stands_at = now + timedelta(days=(await policy_of(uow, deal)).object_days)
        await uow.move(
            row, LENT_DAY, "correct", by=by.actor, at=now, reason=reason, kind=kind, minutes=minutes, entered_at=now,
            stands_at=stands_at, **_least(least),
        )  # fmt: skip
        await _changed(uow, deal, row, by, CHANGED, was=was)
        return uow.answer(await day_view(uow, deal, row, await uow.lent.get(row.lent_id), by))


def _least(entry: Entry | None) -> dict[str, Any]:
    """As it is kept."""
    return {"counted_kind": entry.kind if entry else None, "counted_minutes": entry.minutes if entry else None}


async def _changed(uow: Uow, deal: DealRow, row: LentDayRow, by: Caller, why: str, *, was: tuple[str, int]) -> None:
    """The person reads what it was and what it is, and the month follows."""
    await uow.flush()
    lent = await uow.lent.get(row.lent_id)
    hours = was[0] == row.kind == WORKED
    what = {"was_minutes": was[1], "is_minutes": row.minutes} if hours else {"was_kind": was[0], "is_kind": row.kind}
    template = f"lent_day.{'decided' if why == DECIDED else 'changed'}{'_hours' if hours else ''}"
    await tell_person(uow, deal, lent, template, ("lent_day", row.id), row.version, day=row.day, **what)
    await restate(uow, deal, month_of(row.day), by=by.actor, why=why)


async def _held(uow: Uow, lent_day_id: UUID) -> tuple[DealRow, LentDayRow]:
    seen = await uow.settlements.day(lent_day_id)
    deal = await uow.deals.get(seen.deal_id, lock=True)
    return deal, await uow.settlements.day(lent_day_id, lock=True)


# -- the person's word --------------------------------------------------------------------------------


async def _own(uow: Uow, lent_day_id: UUID, by: Caller, on_behalf: str | None) -> Any:
    """The day, for the person or for staff with the person's yes. Raises Missing, Refused on_behalf_needed."""
    deal, row = await _held(uow, lent_day_id)
    lent = await uow.lent.get(row.lent_id)
    if by.role == "worker" and lent.worker_id is not None and lent.worker_id == by.person_id:
        return deal, row, lent, by.actor
    if by.role in STAFF and is_served(uow, deal, by) and lent.worker_id is not None:
        return deal, row, lent, by.actor.with_yes_of(lent.worker_id, on_behalf)
    raise Missing


async def agree_day(ctx: Context, lent_day_id: UUID, *, version: int, by: Caller, on_behalf: str | None) -> DayView:
    """It was so, as it was read; an objection is taken back with it. Raises Missing, Stale, Conflict wrong_state."""
    async with ctx.uow() as uow:
        deal, row, lent, actor = await _own(uow, lent_day_id, by, on_behalf)
        check_seen(version, row.version)
        await uow.move(row, LENT_DAY, "agree", by=actor, at=await uow.now())
        return uow.answer(await day_view(uow, deal, row, lent, by))


async def object_day(
    ctx: Context, lent_day_id: UUID, *, reason: str, minutes: int | None, version: int, by: Caller,
    on_behalf: str | None,
) -> DayView:  # fmt: skip
    """It was otherwise: the borrower is asked to put it right, and it is found as a mismatch until then. Who has agreed
    too early may object as long as anybody may.

    Raises Missing, Stale, Conflict lent_day_stands, wrong_state, Refused reason_unknown.
    """
    async with ctx.uow() as uow:
        deal, row, lent, actor = await _own(uow, lent_day_id, by, on_behalf)
        check_seen(version, row.version)
        check_reason(await uow.reference.reasons("lent_day_object"), reason)
        now = await uow.now()
        if row.state in ("entered", "agreed") and row.stands_at <= now:
            raise Conflict("lent_day_stands", stands_at=row.stands_at)
        said = {"objection": reason, "said_minutes": minutes, "objected_at": now}
        await uow.move(row, LENT_DAY, "object", by=actor, at=now, reason=reason, **said)
        await uow.flush()
        for firm_id in (deal.borrower_id, deal.lender_id):
            await tell_firm(
                uow, deal, firm_id, "lent_day.objected", ("lent_day", row.id), row.version, day=row.day, reason=reason
            )  # fmt: skip
        return uow.answer(await day_view(uow, deal, row, lent, by))


async def decide_day(ctx: Context, lent_day_id: UUID, *, kind: str, minutes: int, version: int, by: Caller) -> DayView:
    """An officer of either place ends an objection, or puts right what counts already: so it was. The person and both
    firms are told. Raises Missing, Stale, Conflict deal_not_open, Refused lent_day_kind, lent_day_minutes."""
    async with ctx.uow() as uow:
        deal, row = await _held(uow, lent_day_id)
        if not is_served(uow, deal, by):
            raise Missing
        _check_open(deal)
        check_seen(version, row.version)
        check_kind(kind, minutes)
        was = (row.kind, row.minutes)
        await uow.move(
            row, LENT_DAY, "decide", by=by.actor, at=await uow.now(), kind=kind, minutes=minutes, **_least(None)
        )  # fmt: skip
        await _changed(uow, deal, row, by, DECIDED, was=was)
        for firm_id in (deal.borrower_id, deal.lender_id):
            await tell_firm(
                uow, deal, firm_id, "lent_day.decided_firm", ("lent_day", row.id), row.version, day=row.day
            )  # fmt: skip
        return uow.answer(await day_view(uow, deal, row, await uow.lent.get(row.lent_id), by))


# -- read ---------------------------------------------------------------------------------------------


async def list_days(ctx: Context, deal_id: UUID, *, month: date | None, by: Caller) -> list[DayView]:
    """Everybody's days of a month, by day; the firms and officers of either place. Raises Missing."""
    async with ctx.uow() as uow:
        deal = await uow.deals.get(deal_id)
        sees_deal(uow, deal, by)
        first = month_of(month or local_day(await uow.now()))
        people = {row.id: row for row in await uow.lent.of(deal.id)}
        rows = await uow.settlements.days(deal.id, first, month_end(first))
        return [await day_view(uow, deal, each, people[each.lent_id], by) for each in rows]
