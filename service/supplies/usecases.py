"""Supply postings: offered by the person, or by an officer with the person's yes; shown without the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Conflict, FieldError, Missing, Refused
from service.guard import blocking, holds_back, in_language, is_blocked, rules_of, shipped
from service.intakes.rules import check_not_own_entry
from service.pages import After, Page, page_of
from service.reference.catalogue import trades as known_trades
from service.reference.rules import check_reason, check_seen, settle_place
from service.supplies import rules
from service.supplies.lifecycle import HELD, NOT_PAUSED, OPEN_TO_EDIT, SUPPLY
from service.supplies.views import SupplyView, supply_view
from service.workers.rules import require_introducible
from service.worktime import local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.guard import Rulebook
    from service.http.caller import Caller
    from service.supplies.filters import SupplyFilter
    from service.supplies.tables import SupplyRow
    from service.uow import Uow

EXPIRE = "supply.expire"


async def create_supply(
    ctx: Context, worker_id: UUID | None, asked: Mapping[str, Any], *, by: Caller, on_behalf: str | None
) -> SupplyView:
    """Live at once where the rules about words find nothing, else in review.

    Raises Missing, Refused birth_date_needed, under_age, worker_resting, supplies_too_many, trade_unknown,
    posting_blocked, on_behalf_needed and those of places and times.
    """
    async with ctx.uow() as uow:
        worker_id = _whose(worker_id, by)
        actor = await _actor(uow, worker_id, by, on_behalf)
        channel = "officer" if by.role != "worker" else by.channel
        row = await offer_supply(uow, worker_id, asked, by=actor, channel=channel)
        return uow.answer(await _own_view(uow, row))


async def offer_supply(uow: Uow, worker_id: UUID, asked: Mapping[str, Any], *, by: Actor, channel: str) -> SupplyRow:
    """The same in the caller's transaction, which has settled that `by` may. Raises as `create_supply`."""
    worker = await uow.workers.lock(worker_id)
    now = await uow.now()
    require_introducible(worker.introducible_from, local_day(now))
    if worker.state != "active":
        raise Refused("worker_resting")
    rules.check_room(await uow.supplies.live(worker_id))
    fields = await _checked(uow, asked, worker.city_code, now)
    row = uow.supplies.new(worker_id, channel=channel, **fields)
    await uow.add(row, by=by)
    await _offer(uow, row, by=by, at=now)
    return row


async def check_wish(uow: Uow, asked: Mapping[str, Any], home: str | None) -> str:
    """What will be offered later, checked now; the city it is for. Raises as `create_supply` does of its fields."""
    fields = await _checked(uow, asked, home, await uow.now())
    _refuse_blocked(fields["warnings"], uow.ctx.language)
    return str(fields["city_code"])


async def change_supply(
    ctx: Context, supply_id: UUID, patch: Mapping[str, Any], *, version: int, by: Caller, on_behalf: str | None
) -> SupplyView:
    """Only fields that are sent change; the whole is checked anew. Raises as `create_supply`, and Stale, Conflict."""
    async with ctx.uow() as uow:
        seen = await uow.supplies.get(supply_id)
        actor = await _actor(uow, seen.worker_id, by, on_behalf)
        worker = await uow.workers.lock(seen.worker_id)
        row = await uow.supplies.lock(supply_id)
        check_seen(version, row.version)
        _check_not_held(row)
        if row.state not in OPEN_TO_EDIT:
            possible = SUPPLY.possible(row.state)
            raise Conflict("wrong_state", noun="supply", state=row.state, action="edit", possible=possible)
        now = await uow.now()
        fields = await _checked(uow, {**_asked_of(row), **patch}, worker.city_code, now)
        if row.state == "submitted":
            await uow.edit(row, by=actor, at=now, **fields)
        else:
            await uow.move(row, SUPPLY, "revise", by=actor, at=now, **NOT_PAUSED, **fields)
        await _offer(uow, row, by=actor, at=now)
        return uow.answer(await _own_view(uow, row))


async def move_supply(ctx: Context, supply_id: UUID, action: str, *, by: Caller, on_behalf: str | None) -> SupplyView:
    """The person's pause, resume, find (work was found) or withdraw. Raises Missing, Conflict wrong_state,
    Refused worker_resting."""
    async with ctx.uow() as uow:
        seen = await uow.supplies.get(supply_id)
        actor = await _actor(uow, seen.worker_id, by, on_behalf)
        row = await uow.supplies.lock(supply_id)
        now = await uow.now()
        SUPPLY.fire(row.state, action)
        if action == "resume" and row.valid_until <= now:
            raise Conflict("posting_over")
        if action == "resume":
            _check_not_held(row)
            if await uow.supplies.rests(row.worker_id):
                raise Refused("worker_resting")
        changes: dict[str, Any] = {"paused_by": "person"} if action == "pause" else dict(NOT_PAUSED)
        changes |= {"closed_at": now} if action in ("withdraw", "find") else {}
        await uow.move(row, SUPPLY, action, by=actor, at=now, **changes)
        await uow.flush()
        return uow.answer(await _own_view(uow, row))


async def decide_supply(
    ctx: Context, supply_id: UUID, action: str, *, by: Caller, reason: str | None = None
) -> SupplyView:
    """An officer's publish (`reason`: why a rule that stops it is wrong here), reject or take_down, with a coded
    reason. Raises Missing, Conflict wrong_state and guard_overrule_needed, Refused reason_unknown."""
    async with ctx.uow() as uow:
        row = await uow.supplies.lock(supply_id)
        if not by.serves_any(row.city_code, *row.district_codes):
            raise Missing
        SUPPLY.fire(row.state, action)
        if row.state == "appealed":  # an appeal is decided as such
            raise Conflict("wrong_state", noun="supply", state=row.state, action=action, possible=[])
        if action != "publish":
            listed = "posting_reject" if action == "reject" else "posting_take_down"
            check_reason((await uow.reference.catalogue()).reasons(listed), reason or "")
        await _decide(uow, row, action, by=by.actor, reason=reason)
        return uow.answer(await _own_view(uow, row))


async def decide_review(
    uow: Uow, supply_id: UUID, outcome: str, *, by: Actor, reasons: Sequence[str] = (), overrules: str | None = None
) -> None:
    """What the review queue decided on a supply posting that it has locked. Raises Conflict."""
    row = await uow.supplies.lock(supply_id)
    reason = overrules if outcome == "publish" else ",".join(dict.fromkeys(reasons))
    await _decide(uow, row, outcome, by=by, reason=reason)


async def _decide(uow: Uow, row: SupplyRow, action: str, *, by: Actor, reason: str | None) -> None:
    now = await uow.now()
    changes: dict[str, Any] = dict(NOT_PAUSED)
    if action == "take_down":
        _check_not_held(row)
    if action == "publish":
        check_not_own_entry(await uow.intakes.hand_of_supply(row.id), by.id)
        if reason is None and is_blocked(row.warnings):
            raise Conflict("guard_overrule_needed", errors=_errors(row.warnings, uow.ctx.language))
        if row.valid_until <= now:
            raise Conflict("posting_over")
        changes |= {"published_at": now}
    elif action == "take_down":
        changes |= {"closed_at": now}
    await uow.move(row, SUPPLY, action, by=by, at=now, reason=reason, **changes)
    await uow.flush()


async def list_supplies(ctx: Context, wanted: SupplyFilter, *, after: After, limit: int) -> Page[SupplyView]:
    """The public list, newest first; nobody's person in it."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.supplies.page(wanted, after(now), limit + 1)
        views = await _views(uow, rows, own=False)
        return page_of(views, limit, now, lambda view: [_written(view.published_at), str(view.id)])


async def get_supply(ctx: Context, supply_id: UUID, *, by: Caller | None) -> SupplyView:
    """One: the person and officers of the place in every state, everybody while it is public. Raises Missing."""
    async with ctx.uow() as uow:
        row = await uow.supplies.get(supply_id)
        if by is not None and await _knows(uow, row, by):
            return await _own_view(uow, row)
        return (await _views(uow, [await uow.supplies.shown(supply_id)], own=False))[0]


async def list_own_supplies(ctx: Context, worker_id: UUID | None, *, by: Caller) -> list[SupplyView]:
    """Every one of a person, newest first. Raises Missing."""
    async with ctx.uow() as uow:
        person = _whose(worker_id, by)
        await _require(uow, person, by)
        return await _views(uow, await uow.supplies.of_worker(person), own=True)


async def list_supply_reviews(ctx: Context, *, after: After, limit: int, by: Caller) -> Page[SupplyView]:
    """What waits for an officer of the caller's regions, the oldest first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        regions = None if by.role == "admin" else by.regions
        rows = await uow.supplies.in_review(regions, after(now), limit + 1)
        moments = {row.id: row.created_at for row in rows}
        views = await _views(uow, rows, own=True)
        return page_of(views, limit, now, lambda view: [_written(moments[view.id]), str(view.id)])


# -- what they share ----------------------------------------------------------------------------------


def _whose(worker_id: UUID | None, by: Caller) -> UUID:
    """The person that is meant: oneself where nobody is named. Raises Refused worker_needed."""
    found = worker_id or (by.person_id if by.role == "worker" else None)
    if found is None:
        raise Refused("worker_needed", field="/worker_id")
    return found


async def _require(uow: Uow, worker_id: UUID, by: Caller) -> None:
    if by.role == "worker":
        if by.person_id != worker_id:
            raise Missing
    elif not await uow.people.is_seen(worker_id, by):
        raise Missing


async def _actor(uow: Uow, worker_id: UUID, by: Caller, on_behalf: str | None) -> Actor:
    """In whose name: the person's own, or staff with the person's yes on record."""
    await _require(uow, worker_id, by)
    return by.actor if by.role == "worker" else by.actor.with_yes_of(worker_id, on_behalf)


async def _knows(uow: Uow, row: SupplyRow, by: Caller) -> bool:
    if by.role == "worker":
        return by.person_id == row.worker_id
    return by.role in ("officer", "admin") and by.serves_any(row.city_code, *row.district_codes)


async def _checked(uow: Uow, asked: Mapping[str, Any], home: str | None, now: datetime) -> dict[str, Any]:
    """The columns of what was asked for, with what the rules find in its words."""
    city, districts = await _places(uow, asked, home)
    trades = rules.check_trades(asked["trades"], known_trades())
    title = rules.title_of(asked.get("title"), trades, known_trades())
    usual = uow.ctx.policies.at(now, city).postings.stale_after_days
    warnings = rules.warnings_of(title, asked.get("description"), _rulebook(uow.ctx), local_day(now))
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
        "valid_until": rules.valid_until(asked.get("valid_until"), now, usual),
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
    _refuse_blocked(row.warnings, uow.ctx.language)
    await uow.flush()
    await uow.schedule(EXPIRE, row.id, row.valid_until)
    if not any(holds_back(each) for each in row.warnings):
        await uow.move(row, SUPPLY, "publish", by=by, at=at, published_at=at)
        await uow.flush()


def _check_not_held(row: SupplyRow) -> None:
    """Raises Conflict `posting_held` while an officer's hold is open."""
    if row.paused_by == HELD:
        raise Conflict("posting_held")


def _refuse_blocked(warnings: Sequence[Mapping[str, Any]], language: str) -> None:
    if is_blocked(warnings):
        errors = _errors(warnings, language)
        hits = [{"pointer": each.pointer, **each.facts} for each in errors]
        raise Refused("posting_blocked", errors=errors, hits=hits)


def _errors(warnings: Sequence[Mapping[str, Any]], language: str) -> tuple[FieldError, ...]:
    return tuple(
        FieldError(each["pointer"], each["code"], in_language(each["facts"], language)) for each in blocking(warnings)
    )


def _rulebook(ctx: Context) -> Rulebook:
    folder = ctx.settings.guard_dir
    return shipped() if folder is None else rules_of(folder)


async def _views(uow: Uow, rows: Sequence[SupplyRow], *, own: bool) -> list[SupplyView]:
    papers = await uow.supplies.papers([row.worker_id for row in rows], local_day(await uow.now()))
    return [supply_view(row, papers[row.worker_id], uow.ctx.language, own=own) for row in rows]


async def _own_view(uow: Uow, row: SupplyRow) -> SupplyView:
    return (await _views(uow, [row], own=True))[0]


def _written(instant: datetime | None) -> str:
    return instant.isoformat() if instant is not None else ""
