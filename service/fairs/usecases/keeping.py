"""Officers prepare a fair and change it; what everybody can rely on is checked here, whatever its state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Conflict, Forbidden, Refused
from service.fairs import rules
from service.fairs.ground import check_state, fair_shown, served_fair
from service.fairs.lifecycle import OPEN_TO_EDIT
from service.fairs.planning import policy_of, promote, returns_at, set_timers, tell_later
from service.policies import local_day
from service.reference.rules import check_seen, settle_place

if TYPE_CHECKING:
    from service.context import Context
    from service.fairs.tables import FairRow
    from service.fairs.views import FairView
    from service.http.caller import Caller
    from service.uow import Uow

FIELDS = (
    "kind", "title", "description", "city_code", "district_code", "venue_id", "address", "lon", "lat", "sent_datum",
    "online_url", "audience", "organiser", "hotline", "capacity", "booths", "expected_attendance", "permit_number",
)  # fmt: skip
MOVED = ("starts_at", "ends_at", "sessions", "address", "online_url", "city_code", "district_code")
PLACE = frozenset({"venue_id", "address", "lon", "city_code", "district_code", "kind", "online_url"})


async def create_fair(ctx: Context, fields: Mapping[str, Any], *, by: Caller) -> FairView:
    """A draft, seen by the officers of the place alone.

    Raises Forbidden region_not_served, Refused (place, sessions, audience, fair_venue_elsewhere).
    """
    async with ctx.uow() as uow:
        row = await draft_fair(uow, fields, by=by)
        return uow.answer(await fair_shown(uow, row, by))


async def draft_fair(uow: Uow, fields: Mapping[str, Any], *, by: Caller) -> FairRow:
    """The same in the caller's transaction."""
    asked = dict(fields)
    sessions = rules.settle_sessions([], asked.pop("sessions"), shown=False, now=await uow.now())
    settled = await _settled(uow, asked, by)
    row = uow.fairs.new(**settled, **_spread(sessions))
    await uow.add(row, by=by.actor)
    await uow.flush()
    return row


async def change_fair(
    ctx: Context, fair_id: UUID, patch: Mapping[str, Any], *, seen: int, by: Caller
) -> FairView:  # fmt: skip
    """Only fields that are sent change. Once it is shown, a new time or place is told to everybody who signed up; more
    places go to who waits.

    Raises Missing, Stale, Conflict wrong_state, fair_booths_in_use, and as `create_fair`; Refused fair_session_begun,
    fair_capacity_taken, fair_permit_needed, fair_return_late.
    """
    async with ctx.uow() as uow:
        row = await served_fair(uow, fair_id, by, lock=True)
        check_seen(seen, row.version)
        check_state(row, "edit", OPEN_TO_EDIT)
        changes = await _changes(uow, row, dict(patch), by)
        now = await uow.now()
        before = {name: getattr(row, name) for name in MOVED}
        capacity = row.capacity
        await uow.edit(row, by=by.actor, at=now, **changes)
        await uow.flush()
        if row.state != "draft":
            await set_timers(uow, row)
            if any(getattr(row, name) != value for name, value in before.items()):
                await tell_later(uow, row, "moved")
            if capacity is not None and (row.capacity is None or row.capacity > capacity):
                await promote(uow, row, by=by.actor)
        return uow.answer(await fair_shown(uow, row, by))


async def _changes(uow: Uow, row: FairRow, patch: dict[str, Any], by: Caller) -> dict[str, Any]:
    now, shown = await uow.now(), row.state != "draft"
    asked = patch.pop("sessions", None)
    merged = {name: getattr(row, name) for name in FIELDS} | patch
    if "venue_id" in patch and patch["venue_id"] is not None and "address" not in patch:
        merged |= {"address": None, "lon": None, "lat": None, "sent_datum": None}
    settled = await _settled(uow, merged, by, checked=not (PLACE & patch.keys()))
    spread: dict[str, Any] = {}
    if asked is not None:
        spread = _spread(rules.settle_sessions(rules.sessions_of(row.sessions), asked, shown=shown, now=now))
    _check_room(row, settled["capacity"])
    if settled["booths"] < row.booths:
        highest = max((each.number for each in await uow.fairs.live_booths(row.id)), default=0)
        if highest > settled["booths"]:
            raise Conflict("fair_booths_in_use", number=highest)
    if shown:
        rules.check_permit(settled["permit_needed"], settled["permit_number"])
        if settled["kind"] != row.kind:
            raise Refused("fair_kind_fixed", field="/kind")
    back = returns_at(row)
    if back is not None and back >= spread.get("ends_at", row.ends_at):
        raise Refused(
            "fair_return_late", field="/sessions", most=policy_of(uow, row.city_code, now).suspended_days_most
        )
    return settled | spread


def _check_room(row: FairRow, capacity: int | None) -> None:
    """Nobody loses a place because there are fewer of them. Raises Refused fair_capacity_taken."""
    if capacity is not None and capacity < row.taken:
        raise Refused("fair_capacity_taken", field="/capacity", taken=row.taken)


def _spread(sessions: list[rules.Session]) -> dict[str, Any]:
    starts_at, ends_at = rules.span_of(sessions)
    return {"sessions": rules.stored(sessions), "starts_at": starts_at, "ends_at": ends_at}


async def _settled(uow: Uow, asked: dict[str, Any], by: Caller, *, checked: bool = False) -> dict[str, Any]:
    """The columns of what is asked for. Raises Refused, Forbidden."""
    now = await uow.now()
    made = dict(asked)
    if not checked:
        known = (await uow.reference.catalogue()).regions(local_day(now))
        made["city_code"], made["district_code"] = settle_place(known, made["city_code"], made.get("district_code"))
        if not by.serves(made["district_code"] or made["city_code"]):
            raise Forbidden("region_not_served")
        made |= await _at_venue(uow, made)
        if made["kind"] == "online" and made.get("online_url") is None:
            raise Refused("fair_place_needed", field="/online_url")
        if made["kind"] != "online" and made.get("address") is None:
            raise Refused("fair_place_needed", field="/address")
    groups = (await uow.reference.catalogue()).labels("priority_group")
    for at, code in enumerate(made.get("audience") or ()):
        if code not in groups:
            raise Refused("fair_audience_unknown", field=f"/audience/{at}", expected=", ".join(sorted(groups)))
    made["audience"] = list(dict.fromkeys(made.get("audience") or ()))
    made["booths"] = made.get("booths") or 0
    least = policy_of(uow, made["city_code"], now).permit_from_attendance
    made["permit_needed"] = rules.needs_permit(
        made["kind"], made.get("expected_attendance"), made.get("capacity"), least
    )
    return made


async def _at_venue(uow: Uow, made: Mapping[str, Any]) -> dict[str, Any]:
    """A fair at a market is where the market is. Raises Refused fair_venue_unknown, fair_venue_elsewhere."""
    if made.get("venue_id") is None:
        return {}
    venue = await uow.fairs.venue(made["venue_id"])
    if venue is None or venue.state != "open":
        raise Refused("fair_venue_unknown", field="/venue_id")
    if venue.city_code != made["city_code"]:
        raise Refused("fair_venue_elsewhere", field="/venue_id")
    if made.get("address") is not None:
        return {}
    at = {"address": f"{venue.name} {venue.address}", "lon": venue.lon, "lat": venue.lat}
    return at | {"sent_datum": venue.sent_datum if venue.lon is not None else None}
