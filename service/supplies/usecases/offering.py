"""Supply postings offered by the person, or by an officer with the person's yes; changed, paused, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.duplicates.rules import like_stopped
from service.errors import Conflict, Refused
from service.guard import holds_back, refuse_blocked
from service.moves import check_may_move
from service.reference.catalogue import trades as known_trades
from service.reference.rules import check_seen, settle_place
from service.supplies import rules
from service.supplies.doors import actor_for, whose
from service.supplies.guarding import check_not_held
from service.supplies.lifecycle import EXPIRE, NOT_PAUSED, OPEN_TO_EDIT, SUPPLY
from service.supplies.showing import own_view
from service.workers.rules import require_introducible
from service.worktime import local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.http.caller import Caller
    from service.supplies.tables import SupplyRow
    from service.supplies.views import SupplyView
    from service.uow import Uow

BY_OTHERS = frozenset({"officer", "broker"})  # channels in which somebody else enters a wish


async def create_supply(
    ctx: Context, worker_id: UUID | None, asked: Mapping[str, Any], *, by: Caller, on_behalf: str | None
) -> SupplyView:
    """Live at once where the rules about words find nothing, else in review.

    Raises Missing, Refused birth_date_needed, under_age, worker_resting, supplies_too_many, trade_unknown,
    posting_blocked, on_behalf_needed and those of places and times.
    """
    async with ctx.uow() as uow:
        worker_id = whose(worker_id, by)
        actor = await actor_for(uow, worker_id, by, on_behalf)
        channel = "officer" if by.role != "worker" else by.channel
        row = await offer_supply(uow, worker_id, asked, by=actor, channel=channel)
        return uow.answer(await own_view(uow, row))


async def offer_supply(uow: Uow, worker_id: UUID, asked: Mapping[str, Any], *, by: Actor, channel: str) -> SupplyRow:
    """The same in the caller's transaction, which has settled that `by` may. Raises as `create_supply`.

    What others enter for the person does not stand there twice: Conflict `supply_same_trade` names the first.
    """
    worker = await uow.workers.lock(worker_id)
    now = await uow.now()
    require_introducible(worker.introducible_from, local_day(now))
    if worker.state != "active":
        raise Refused("worker_resting")
    most = uow.ctx.policies.at(now, worker.city_code).supplies.live_most
    rules.check_room(await uow.supplies.live(worker_id), most)
    fields = await _checked(uow, asked, worker.city_code, now, worker_id)
    if channel in BY_OTHERS:
        same = await uow.supplies.same_trade(worker_id, fields["kind"], fields["trades"])
        if same is not None:
            raise Conflict("supply_same_trade", supply_id=same.id, title=same.title)
    row = uow.supplies.new(worker_id, channel=channel, **fields)
    await uow.add(row, by=by)
    await _offer(uow, row, by=by, at=now)
    return row


async def check_wish(uow: Uow, asked: Mapping[str, Any], home: str | None) -> str:
    """What will be offered later, checked now; the city it is for. Raises as `create_supply` does of its fields."""
    fields = await _checked(uow, asked, home, await uow.now())
    refuse_blocked(fields["warnings"], uow.ctx.language)
    return str(fields["city_code"])


async def change_supply(
    ctx: Context, supply_id: UUID, patch: Mapping[str, Any], *, version: int, by: Caller, on_behalf: str | None
) -> SupplyView:
    """Only fields that are sent change; the whole is checked anew. Raises as `create_supply`, and Stale, Conflict."""
    async with ctx.uow() as uow:
        seen = await uow.supplies.get(supply_id)
        actor = await actor_for(uow, seen.worker_id, by, on_behalf)
        worker = await uow.workers.lock(seen.worker_id)
        row = await uow.supplies.lock(supply_id)
        check_seen(version, row.version)
        check_not_held(row)
        if row.state not in OPEN_TO_EDIT:
            possible = SUPPLY.possible(row.state)
            raise Conflict("wrong_state", noun="supply", state=row.state, action="edit", possible=possible)
        now = await uow.now()
        require_introducible(worker.introducible_from, local_day(now))
        fields = await _checked(uow, {**_asked_of(row), **patch}, worker.city_code, now, worker.id)
        if row.state == "submitted":
            await uow.edit(row, by=actor, at=now, **fields)
        else:
            await uow.move(row, SUPPLY, "revise", by=actor, at=now, **NOT_PAUSED, **fields)
        await _offer(uow, row, by=actor, at=now)
        return uow.answer(await own_view(uow, row))


async def move_supply(ctx: Context, supply_id: UUID, action: str, *, by: Caller, on_behalf: str | None) -> SupplyView:
    """The person's pause, resume, find (work was found) or withdraw. Raises Missing, Conflict wrong_state,
    Refused worker_resting, birth_date_needed, under_age."""
    async with ctx.uow() as uow:
        seen = await uow.supplies.get(supply_id)
        actor = await actor_for(uow, seen.worker_id, by, on_behalf)
        row = await uow.supplies.lock(supply_id)
        now = await uow.now()
        await check_may_move(uow, row, SUPPLY, action)
        if action == "resume" and row.valid_until <= now:
            raise Conflict("posting_over")
        if action == "resume":
            check_not_held(row)
            if await uow.supplies.rests(row.worker_id):
                raise Refused("worker_resting")
            require_introducible(await uow.supplies.introducible_from(row.worker_id), local_day(now))
        changes: dict[str, Any] = {"paused_by": "person"} if action == "pause" else dict(NOT_PAUSED)
        changes |= {"closed_at": now} if action in ("withdraw", "find") else {}
        await uow.move(row, SUPPLY, action, by=actor, at=now, **changes)
        await uow.flush()
        return uow.answer(await own_view(uow, row))


async def _checked(
    uow: Uow, asked: Mapping[str, Any], home: str | None, now: datetime, worker_id: UUID | None = None
) -> dict[str, Any]:
    """The columns of what was asked for, with what the rules find in its words."""
    city, districts = await _places(uow, asked, home)
    trades = rules.check_trades(asked["trades"], known_trades())
    title = rules.title_of(asked.get("title"), trades, known_trades())
    policies = uow.ctx.policies.at(now, city)
    days = policies.postings.stale_after_days, policies.supplies.valid_days_most
    warnings = rules.warnings_of(title, asked.get("description"), uow.ctx.rulebook(), local_day(now))
    if worker_id is not None:
        policy = policies.reviews
        since = now - timedelta(days=policy.stopped_remembered_days)
        stopped = await uow.duplicates.stopped_supplies(worker_id, since)
        warnings += like_stopped(title, asked.get("description"), stopped, policy.stopped_alike_permille)
    return {
        "kind": asked["kind"],
        "title": title,
        "description": asked.get("description"),
        "trades": trades,
        "work_modes": list(dict.fromkeys(asked.get("work_modes") or ["on_site"])),
        "city_code": city,
        "district_codes": districts,
        "weekly": asked.get("weekly"),
        "pay_wish_fen": asked.get("pay_wish_fen"),
        "pay_wish_unit": asked.get("pay_wish_unit"),
        "licence_exempt": bool(asked.get("licence_exempt")) and asked["kind"] == "service",
        "valid_until": rules.valid_until(asked.get("valid_until"), now, *days),
        "warnings": warnings,
    }


async def _places(uow: Uow, asked: Mapping[str, Any], home: str | None) -> tuple[str, list[str]]:
    code = asked.get("city_code") or home
    if code is None:
        raise Refused("city_needed", field="/city_code")
    known = (await uow.reference.catalogue()).regions(local_day(await uow.now()))
    city, districts = settle_place(known, code, None)[0], []
    for index, each in enumerate(asked.get("district_codes") or ()):
        try:
            districts.append(settle_place(known, city, each)[1] or each)
        except Refused as wrong:
            raise Refused(wrong.code, field=f"/district_codes/{index}") from None
    return city, list(dict.fromkeys(districts))


def _asked_of(row: SupplyRow) -> dict[str, Any]:
    names = (
        "kind", "title", "description", "trades", "work_modes", "city_code", "district_codes", "weekly",
        "pay_wish_fen", "pay_wish_unit", "licence_exempt", "valid_until",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}


async def _offer(uow: Uow, row: SupplyRow, *, by: Actor, at: datetime) -> None:
    """From in review to the public where nothing holds it back. Raises Refused `posting_blocked`."""
    refuse_blocked(row.warnings, uow.ctx.language)
    await uow.flush()
    await uow.schedule(EXPIRE, row.id, row.valid_until)
    if not any(holds_back(each) for each in row.warnings):
        await uow.move(row, SUPPLY, "publish", by=by, at=at, published_at=at)
        await uow.flush()
