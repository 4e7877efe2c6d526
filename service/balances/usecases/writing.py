"""Balances entered, changed, agreed to, published and taken back by firms and their agencies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.balances import rules
from service.balances.checking import asked_of, checked
from service.balances.doors import enter, firm_for
from service.balances.lifecycle import BALANCE, OPEN_TO_EDIT
from service.balances.showing import view_of
from service.balances.steps import close, tell_firm, wind
from service.errors import Conflict
from service.moves import check_may_move
from service.reference.catalogue import jurisdictions
from service.reference.rules import check_seen
from service.worktime import end_of_day, local_day

if TYPE_CHECKING:
    from datetime import date, datetime

    from service.balances.tables import BalanceRow
    from service.balances.views import BalanceView
    from service.context import Context
    from service.http.caller import Caller
    from service.policies.model import SharingPolicy
    from service.uow import Uow

NO_YES = {"agreed_at": None, "agreed_by": None}
MOVED = "balance_moved"  # tries


async def create_balance(
    ctx: Context, employer_id: UUID | None, asked: Mapping[str, Any], *, by: Caller
) -> BalanceView:
    """A draft of a firm, or of an agency for a firm, which is asked for its yes.

    Raises Missing, Forbidden member_role_lacks and broker_licence_needed, Conflict employer_may_not_post, Refused
    balance_kind_unfit, balances_too_many, brokering_not_allowed and those of the fields; of an agency also
    balances_wait_for_yes and TooMany balance_asks_a_day.
    """
    async with ctx.uow() as uow:
        return uow.answer(await _entered(uow, employer_id, asked, by))


async def copy_balance(ctx: Context, balance_id: UUID, *, first_day: date, last_day: date, by: Caller) -> BalanceView:
    """A new draft with everything of another one but its days, in whatever state that is; fewest days that do not fit
    into the new ones become all of them. Raises as `create_balance`."""
    async with ctx.uow() as uow:
        seen = await uow.balances.get(balance_id)
        await enter(uow, seen, by)
        asked = asked_of(seen) | {"first_day": first_day, "last_day": last_day}
        if seen.least_days is not None and last_day >= first_day:
            asked["least_days"] = min(seen.least_days, (last_day - first_day).days + 1)
        return uow.answer(await _entered(uow, seen.employer_id, asked, by))


async def _entered(uow: Uow, employer_id: UUID | None, asked: Mapping[str, Any], by: Caller) -> BalanceView:
    """A new draft; the firm is asked where an agency enters it. Raises as `create_balance`."""
    firm, agency = await firm_for(uow, employer_id, by)
    now = await uow.now()
    fields = await checked(uow, asked, firm, now=now)
    policy = uow.ctx.policies.at(now, firm.city_code).sharing
    if agency is None:
        rules.check_room(await uow.balances.live(firm.id), policy.live_most)
    else:
        check_brokering(uow, fields["city_code"], now, "/place/city_code" if asked.get("place") else "/employer_id")
        await _check_not_pestering(uow, agency.id, firm.id, policy, now)
    row = uow.balances.new(employer_id=firm.id, agency_id=agency.id if agency else None, **fields)
    await uow.add(row, by=by.actor)
    await uow.flush()
    if agency is not None:
        await tell_firm(uow, row, "balance.ask", agency=agency.name)
    return await view_of(uow, row, by)


async def change_balance(
    ctx: Context, balance_id: UUID, patch: Mapping[str, Any], *, version: int, by: Caller
) -> BalanceView:
    """Only fields that are sent change; the whole is checked anew. What an agency changes wants the firm's yes again,
    so that it changes drafts only.

    Raises Missing, Forbidden, Stale, Conflict wrong_state and balance_spoken_for, Refused as `create_balance`, TooMany
    balance_moves_a_day.
    """
    async with ctx.uow() as uow:
        row = await uow.balances.lock(balance_id)
        acts = await enter(uow, row, by)
        check_seen(version, row.version)
        if row.state not in OPEN_TO_EDIT or (acts == "agency" and row.state != "draft"):
            raise BALANCE.refusal(row.state, "edit")
        now = await uow.now()
        firm = await uow.employers.get(row.employer_id)
        before = asked_of(row)
        fields = await checked(uow, {**before, **patch}, firm, now=now)
        changed = [name for name, value in fields.items() if value != getattr(row, name)]
        rules.check_change(row.taken, changed, fields["headcount"])
        if row.side == "shortage" and row.state != "draft" and rules.PLACE & set(changed):
            await _count_move(uow, row, now)
        if row.agency_id is not None:
            check_brokering(uow, fields["city_code"], now, "/place/city_code")
        asks_anew = acts == "agency" and bool(changed) and row.agreed_at is not None
        if asks_anew:
            fields |= NO_YES
        if row.state == "published" and fields["headcount"] == row.taken:
            await uow.move(row, BALANCE, "fill", by=by.actor, at=now, **fields)
        else:
            await uow.edit(row, by=by.actor, at=now, **fields)
        await uow.flush()
        if row.state != "draft":
            await wind(uow, row)
        if asks_anew and row.agency_id is not None:
            agency = await uow.employers.get(row.agency_id)
            await tell_firm(uow, row, "balance.ask", agency=agency.name)
        return uow.answer(await view_of(uow, row, by))


async def agree_to_balance(ctx: Context, balance_id: UUID, *, version: int, by: Caller) -> BalanceView:
    """The firm's recorded yes to what an agency has entered for it, to the version that it has read.

    Raises Missing, Forbidden, Stale, Conflict wrong_state, balance_nothing_to_agree.
    """
    async with ctx.uow() as uow:
        row = await uow.balances.lock(balance_id)
        if await enter(uow, row, by) != "firm" or row.agency_id is None or row.agreed_at is not None:
            raise Conflict("balance_nothing_to_agree")
        check_seen(version, row.version)
        if row.state != "draft":
            raise BALANCE.refusal(row.state, "agree")
        now = await uow.now()
        yes: dict[str, Any] = {"agreed_at": now, "agreed_by": by.person_id}
        await uow.edit(row, by=by.actor, at=now, action="agree", **yes)
        return uow.answer(await view_of(uow, row, by))


async def publish_balance(ctx: Context, balance_id: UUID, *, by: Caller) -> BalanceView:
    """From a draft to the public: of a firm whose papers an officer has compared, with its yes where an agency acts.

    Raises Missing, Forbidden, Conflict wrong_state, balance_needs_verification, balance_needs_yes, balance_over,
    Refused brokering_not_allowed and those of the fields, which are looked at anew.
    """
    async with ctx.uow() as uow:
        row = await uow.balances.lock(balance_id)
        acts = await enter(uow, row, by)
        await check_may_move(uow, row, BALANCE, "publish")
        if await uow.postings.share_employer(row.employer_id) != "verified":
            raise Conflict("balance_needs_verification")
        now = await uow.now()
        yes = _yes_of(uow, row, acts, now, by)
        if end_of_day(row.last_day) <= now:
            raise Conflict("balance_over")
        await checked(uow, asked_of(row), await uow.employers.get(row.employer_id), now=now)
        await uow.move(row, BALANCE, "publish", by=by.actor, at=now, published_at=now, **yes)
        await uow.flush()
        await wind(uow, row)
        return uow.answer(await view_of(uow, row, by))


async def withdraw_balance(ctx: Context, balance_id: UUID, *, by: Caller) -> BalanceView:
    """Nobody else is lent or looked for; deals that run go on. Raises Missing, Forbidden, Conflict wrong_state."""
    async with ctx.uow() as uow:
        row = await uow.balances.lock(balance_id)
        await enter(uow, row, by)
        await check_may_move(uow, row, BALANCE, "withdraw")
        await close(uow, row, "withdraw", by=by.actor, at=await uow.now())
        return uow.answer(await view_of(uow, row, by))


def check_brokering(uow: Uow, city_code: str, now: datetime, field: str | None = None) -> None:
    """Raises Refused `brokering_not_allowed` where the city's document does not let agencies broker."""
    policy = uow.ctx.policies.at(local_day(now), city_code).sharing
    clause = policy.clause
    number = jurisdictions()[clause.document].number
    rules.may_broker(allowed=policy.agencies_broker, clause=clause.code, document=number, field=field)


def _yes_of(uow: Uow, row: BalanceRow, acts: str, now: datetime, by: Caller) -> dict[str, Any]:
    """The columns of the firm's yes: on record, or its own publishing. Raises as `publish_balance`."""
    if row.agency_id is None:
        return {}
    check_brokering(uow, row.city_code, now)
    if row.agreed_at is not None:
        return {}
    if acts == "agency":
        raise Conflict("balance_needs_yes")
    return {"agreed_at": now, "agreed_by": by.person_id}


async def _count_move(uow: Uow, row: BalanceRow, now: datetime) -> None:
    """A shortage moved about would tell where other firms' people live. Raises TooMany balance_moves_a_day."""
    most = uow.ctx.policies.at(now, row.city_code).sharing.moves_a_day
    rules.check_moves(sorted(await uow.tries.times(MOVED, row.employer_id.bytes)), now, most)
    await uow.tries.count(MOVED, row.employer_id.bytes)


async def _check_not_pestering(uow: Uow, agency_id: UUID, firm_id: UUID, policy: SharingPolicy, now: datetime) -> None:
    """The firm is kept from other writers. Raises Conflict balances_wait_for_yes, TooMany balance_asks_a_day."""
    waiting, asked = await uow.balances.entered(agency_id, firm_id, now - rules.DAY)
    rules.check_not_pestering(
        waiting, asked, now, waiting_most=policy.agency_waiting_most, a_day=policy.agency_asks_a_day
    )
