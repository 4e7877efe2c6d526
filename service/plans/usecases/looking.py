"""Plans as they are read: everybody after publication, officers before, employers their own shifts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.employers.rules import DECIDERS
from service.errors import Missing, Refused
from service.pages import After, Page, page_of
from service.plans.showing import line_view, order_said, plan_view
from service.plans.views import LineView, OrderSaid, PlanView

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.plans.tables import PlanRow
    from service.uow import Uow

TOLD = ("published", "settled")


async def list_plans(ctx: Context, session_id: UUID, *, by: Caller | None) -> list[PlanView]:
    """The rounds of a session: those that are published; for its officers also the others. Raises Missing."""
    async with ctx.uow() as uow:
        session = await uow.halls.get_session(session_id)
        plans = await uow.plans.of_session(session_id)
        return [plan_view(plan, session) for plan in plans if plan.state in TOLD or _serves(session, by)]


async def get_plan(ctx: Context, plan_id: UUID, *, by: Caller | None) -> PlanView:
    """One round. Raises Missing, also for who may not see it yet."""
    async with ctx.uow() as uow:
        plan, session = await _seen(uow, plan_id, by)
        return plan_view(plan, session)


async def _seen(uow: Uow, plan_id: UUID, by: Caller | None) -> tuple[PlanRow, Any]:
    plan = await uow.plans.get(plan_id)
    session = await uow.halls.get_session(plan.session_id)
    if plan.state in TOLD or _serves(session, by):
        return plan, session
    own = _decides_for(by)
    if own is not None and await uow.plans.has_line_of(plan_id, own):
        return plan, session
    raise Missing


def _decides_for(by: Caller | None) -> UUID | None:
    """The employer for whom the caller may see people; a clerk may not."""
    if by is None or (by.role == "member" and by.member_role not in DECIDERS):
        return None
    return by.employer_id


def _serves(session: Any, by: Caller | None) -> bool:
    staff = by is not None and by.role in STAFF
    return staff and by is not None and by.serves(session.district_code or session.city_code)


async def list_plan_lines(
    ctx: Context, plan_id: UUID, *, after: After, limit: int, by: Caller | None
) -> Page[LineView]:
    """Outcomes by number in the order of service. Officers see who it is, employers who comes to their own shifts
    (masked); an employer sees only these before publication. Raises Missing."""
    async with ctx.uow() as uow:
        plan, session = await _seen(uow, plan_id, by)
        now = await uow.now()
        officer = _serves(session, by)
        own = None if officer else _decides_for(by)
        only = own if plan.state not in TOLD else None
        rows = await uow.plans.page(plan_id, employer_id=only, after=after(now), limit=limit + 1)
        shifts = await uow.plans.shifts([row.shift_id for row in rows if row.shift_id])
        known = [
            row for row in rows if officer or (own and row.shift_id and shifts[row.shift_id]["employer_id"] == own)
        ]
        names = await uow.workers.masked_names([row.worker_id for row in known])
        told = {row.id for row in known}
        views = [
            line_view(
                row,
                shifts[row.shift_id] if row.shift_id else None,
                ctx.language,
                name=names.get(row.worker_id) if row.id in told else None,
                people=row.id in told,
            )
            for row in rows
        ]
        return page_of(views, limit, now, lambda view: [view.rank, str(view.id)])


async def get_plan_bundle(ctx: Context, plan_id: UUID) -> dict[str, Any]:
    """Everything needed to make the plan again, with the seed. Raises Missing before publication."""
    async with ctx.uow() as uow:
        plan, session = await _seen(uow, plan_id, None)
        return {**await uow.plans.bundle(plan_id), "digest": plan.digest, "seed": session.seed}


async def explain_plan_order(ctx: Context, plan_id: UUID, *, first: int, second: int) -> OrderSaid:
    """Why one number came before the other. Raises Missing, Refused plan_number_unknown."""
    async with ctx.uow() as uow:
        plan, session = await _seen(uow, plan_id, None)
        bundle = await uow.plans.bundle(plan.id)
        order: list[int] = bundle["outcome"]["order"]
        for name, number in (("first", first), ("second", second)):
            if number not in order:
                raise Refused("plan_number_unknown", field=f"query:{name}")
        if first == second:
            raise Refused("plan_number_twice", field="query:second")
        return order_said(bundle, session.seed, order, first, second, ctx.language)
