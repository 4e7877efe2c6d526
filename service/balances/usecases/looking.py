"""Balances as everybody finds them, as their own people have them, as officers look at and remove them; the terms."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.balances.doors import acting, knows, serves
from service.balances.filters import BalanceFilter
from service.balances.lifecycle import BALANCE
from service.balances.rules import check_season
from service.balances.rules.conditions import Condition, conditions
from service.balances.showing import view_of, views_of
from service.balances.steps import close
from service.balances.views import TermsView
from service.errors import Forbidden, Gone, Missing, Refused
from service.moves import check_may_move
from service.pages import After, Page, page_of
from service.reference.catalogue import jurisdiction_of, jurisdictions
from service.reference.rules import check_reason, city_of, settle_place
from service.worktime import local_day

if TYPE_CHECKING:
    from datetime import datetime

    from service.balances.views import BalanceView
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow

TAKE_DOWN = "posting_take_down"


async def list_balances(ctx: Context, wanted: BalanceFilter, *, after: After, limit: int) -> Page[BalanceView]:
    """The public list of both sides, the newest first; without contact. Raises Refused as `check_filter`."""
    async with ctx.uow() as uow:
        now = await uow.now()
        await check_filter(uow, wanted, now)
        rows = await uow.balances.page(wanted, after(now), limit + 1)
        views = await views_of(uow, rows, None)
        return page_of(views, limit, now, lambda view: [_published(view), str(view.id)])


async def check_filter(uow: Uow, wanted: BalanceFilter, now: datetime) -> None:
    """A list is empty only where nothing is there. Raises Refused region_unknown, season_unknown."""
    catalogue = await uow.reference.catalogue()
    if wanted.region is not None and wanted.region not in catalogue.regions(local_day(now)):
        raise Refused("region_unknown", field="query:region", more="/v1/reference/region")
    seasons = {row.season for row in catalogue.newest("season").values()}
    check_season(wanted.season, seasons, field="query:season")


def _published(view: BalanceView) -> str:
    """When it was published, to the microsecond."""
    return view.published_at.isoformat() if view.published_at is not None else ""


async def get_balance(ctx: Context, balance_id: UUID, *, by: Caller | None) -> BalanceView:
    """Its firm, its agency and officers of the place in every state, everybody while it is public. Raises Missing."""
    async with ctx.uow() as uow:
        row = await uow.balances.get(balance_id)
        if not knows(row, by) and not await uow.balances.is_shown(row):
            raise Missing
        return await view_of(uow, row, by)


async def list_own_balances(
    ctx: Context, *, state: str | None, after: After, limit: int, by: Caller
) -> Page[BalanceView]:
    """A firm's own, and those that an agency has entered; the newest first. Raises Missing."""
    async with ctx.uow() as uow:
        now = await uow.now()
        mine = await acting(uow, by, "see")
        rows = await uow.balances.mine(mine.id, state, after(now), limit + 1)
        return page_of(await views_of(uow, rows, by), limit, now, lambda view: [str(view.id)])


async def list_region_balances(
    ctx: Context, wanted: BalanceFilter, *, state: str | None, after: After, limit: int, by: Caller
) -> Page[BalanceView]:
    """In every state, in the regions of an officer. Raises Forbidden region_not_served, Refused as `check_filter`."""
    async with ctx.uow() as uow:
        now = await uow.now()
        await check_filter(uow, wanted, now)
        if wanted.region is not None and not by.serves(wanted.region):
            raise Forbidden("region_not_served")
        rows = await uow.balances.around(by.served, wanted, state, after(now), limit + 1)
        return page_of(await views_of(uow, rows, by), limit, now, lambda view: [str(view.id)])


async def take_down_balance(ctx: Context, balance_id: UUID, *, reason: str, by: Caller) -> BalanceView:
    """By an officer, with a coded reason; its firm is told. Raises Missing, Conflict, Refused reason_unknown."""
    async with ctx.uow() as uow:
        row = await uow.balances.lock(balance_id)
        if not serves(row, by):
            raise Missing
        await check_may_move(uow, row, BALANCE, "take_down")
        check_reason((await uow.reference.catalogue()).reasons(TAKE_DOWN), reason)
        await close(uow, row, "take_down", by=by.actor, at=await uow.now(), reason=reason)
        return uow.answer(await view_of(uow, row, by))


async def get_terms(ctx: Context, city: str) -> TermsView:
    """Which document's clause holds in a city, and what follows. Raises Refused region_unknown, city_expected."""
    async with ctx.uow() as uow:
        now = await uow.now()
        known = (await uow.reference.catalogue()).regions(local_day(now))
        try:
            code, _ = settle_place(known, city_of(city), None)
        except Refused as refused:
            raise Refused(refused.code, field="query:city") from None
        return terms_in(uow, code, now)


def terms_in(uow: Uow, region: str | None, now: datetime) -> TermsView:
    """The clause that holds in a region; None is the whole country."""
    policy = uow.ctx.policies.at(now, region).sharing
    known = jurisdictions()
    clause = policy.clause
    here = jurisdiction_of(region) if region else next(row for row in known.values() if row.region is None)
    document = known[clause.document]
    return TermsView(
        city_code=region or "", clause=clause.code, document=clause.document, title=document.title,
        number=document.number, article=clause.article, says=clause.says,
        of_place=here.region is not None and here.code == clause.document,
        place_document=here.code, place_title=here.title, agencies_broker=policy.agencies_broker,
        follow_up=policy.follow_up,
    )  # fmt: skip


async def show_balance(ctx: Context, balance_id: UUID) -> tuple[BalanceView, TermsView]:
    """One for its page, with the clause of its place. Raises Missing (never public), Gone balance_not_shown."""
    async with ctx.uow() as uow:
        row = await uow.balances.get(balance_id)
        if row.published_at is None:
            raise Missing
        if not await uow.balances.is_shown(row):
            raise Gone("balance_not_shown")
        view = (await views_of(uow, [row], None))[0]
        return view, terms_in(uow, row.city_code, await uow.now())


def list_conditions() -> list[Condition]:
    """Every condition that a balance may name."""
    return list(conditions().values())
