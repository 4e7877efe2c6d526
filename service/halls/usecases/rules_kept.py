"""A venue's own dated rule: the officers of its region choose, everybody reads."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Missing, Refused
from service.halls.planning import cancel_session, make_sessions, policy_of
from service.halls.rules import HallRule, business_day, check_sessions
from service.halls.showing import rule_view
from service.halls.views import RuleView

if TYPE_CHECKING:
    from service.context import Context
    from service.halls.tables import HallRuleRow
    from service.http.caller import Caller
    from service.uow import Uow
    from service.venues.tables import VenueRow


async def served_venue(uow: Uow, venue_id: UUID, by: Caller, *, lock: bool = False) -> VenueRow:
    """A venue of the officer's region. Raises Missing."""
    venue = await uow.halls.venue(venue_id, lock=lock)
    if not by.serves(venue.district_code or venue.city_code):
        raise Missing
    return venue


async def set_hall_rule(
    ctx: Context, venue_id: UUID, *, valid_from: date | None, chosen: dict[str, Any], by: Caller
) -> RuleView:
    """What holds from a working day on; sessions from then on that have not opened are made anew.

    What is not chosen is the policy's default. A venue's first rule may begin today, a later one tomorrow: whoever
    came today came under the rule that was announced. Setting the same day again replaces what was announced for it.
    Raises Missing, Refused venue_closed, hall_rule_past, hall_sessions_overlap, hall_plan_outside.
    """
    async with ctx.uow() as uow:
        venue = await served_venue(uow, venue_id, by, lock=True)
        if venue.state != "open":
            raise Refused("venue_closed")
        now = await uow.now()
        policy = policy_of(uow, venue, now)
        fields = {name: getattr(policy, name) for name in _DEFAULTS} | {"day_begins": policy.day_begins_minutes}
        rule = HallRule.of(fields | chosen)
        check_sessions(rule)
        today = business_day(now, policy.day_begins_minutes)
        existing = await uow.halls.rules(venue_id)
        earliest = today if not existing or all(row.valid_from == today for row in existing) else None
        day = valid_from or today
        if day < today or (day == today and earliest is None):
            raise Refused("hall_rule_past", field="/valid_from")
        row = await _keep(uow, venue, existing, day, rule, by)
        for session in await uow.halls.planned_after(venue_id, day):
            await cancel_session(uow, session, reason="rule_changed", by=by.actor)
        await uow.flush()
        await make_sessions(uow, venue, by=by.actor)
        return uow.answer(rule_view(row, ctx.language))


_DEFAULTS = (
    "turn_places", "turn_most", "return_after", "several_each", "answer_minutes", "change_minutes", "rounds_most",
)  # fmt: skip


async def _keep(uow: Uow, venue: VenueRow, existing: Any, day: date, rule: HallRule, by: Caller) -> HallRuleRow:
    row: HallRuleRow | None = next((each for each in existing if each.valid_from == day), None)
    if row is None:
        row = uow.halls.new_rule(venue.id, day, rule)
        await uow.add(row, by=by.actor, action="set")
    else:
        await uow.edit(row, by=by.actor, at=await uow.now(), action="set", **rule.as_fields())
    await uow.flush()
    return row


async def list_hall_rules(ctx: Context, venue_id: UUID) -> list[RuleView]:
    """Every rule a venue has had or has announced, the latest first. Raises Missing."""
    async with ctx.uow() as uow:
        await uow.halls.venue(venue_id)
        return [rule_view(row, ctx.language) for row in await uow.halls.rules(venue_id)]
