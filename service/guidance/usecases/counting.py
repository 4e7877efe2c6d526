"""The figures of lendings in a region, and who should be back at the post."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from service.errors import Forbidden, Refused
from service.guidance.views import LateView, LendingFiguresView
from service.money import permille
from service.pages import After, Page, page_of
from service.reference.catalogue import regions
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.guidance.repository import Late
    from service.http.caller import Caller
    from service.uow import Uow

MOST_DAYS = 1100
SAME = ("deals", "lenders", "borrowers", "persons", "lendings", "person_days", "days_entered", "due_back", "injured",
        "ended_early", "released", "breached")  # fmt: skip


async def get_lending_figures(
    ctx: Context, *, region: str | None, since: date | None, until: date | None, by: Caller
) -> LendingFiguresView:
    """Of the caller's regions or of one of them; from the beginning of the year where no day is given.

    Raises Refused region_unknown, days_reversed, range_too_long, Forbidden region_not_served.
    """
    async with ctx.uow() as uow:
        today = local_day(await uow.now())
        till = until or today
        begins = since or date(till.year, 1, 1)
        _check_range(begins, till, "query:until" if until is not None else "query:since")
        found = await uow.guidance.figures(_places(region, by), begins, till, today)
        return LendingFiguresView(
            region=region,
            since=begins,
            until=till,
            **{name: found[name] for name in SAME},
            average_days=round(found["days"] / found["lendings"], 1) if found["lendings"] else None,
            on_time_permille=permille(found["back_in_time"], found["due_back"]),
            cross_region_permille=permille(found["across"], found["lendings"]),
        )


def _check_range(begins: date, till: date, field: str) -> None:
    """`field`: of the days that were sent, the one that can be put right. Raises Refused."""
    if till < begins:
        raise Refused("days_reversed", field=field, first_day=begins, last_day=till)
    if (till - begins).days >= MOST_DAYS:
        latest = begins + timedelta(days=MOST_DAYS - 1)
        raise Refused("range_too_long", field=field, days=MOST_DAYS, first_day=begins, latest=latest)


def _places(region: str | None, by: Caller) -> Any:
    if region is None:
        return by.served
    if region not in regions():
        raise Refused("region_unknown", field="query:region")
    if not by.serves(region):
        raise Forbidden("region_not_served")
    return (region,)


async def list_late_returns(ctx: Context, *, after: After, limit: int, by: Caller) -> Page[LateView]:
    """Who should be back, of the caller's places; who should have been first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.guidance.late(by.served, local_day(now), after(now), limit + 1)
        views = [_late(uow, row, local_day(now)) for row in rows]
        return page_of(views, limit, now, lambda view: [view.back_by.isoformat(), str(view.lent_id)])


def _late(uow: Uow, found: Late, today: date) -> LateView:
    lent, deal, lender, borrower = found
    left, back = lent.left_on or lent.last_day, lent.back_by or lent.last_day
    return LateView(
        lent_id=lent.id, deal_id=deal.id, number=deal.number, lender_id=deal.lender_id, lender_name=lender,
        borrower_name=borrower, name=uow.lent.shown(lent)[0], left_on=left, back_by=back,
        days_late=(today - back).days,
    )  # fmt: skip
