"""Whom a surplus could help and who could help a shortage, explained; and a region's best plan of all at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from matching.sharing import SHARING, Lenders, Scope, Shortage, Surplus, check, compare, explain, plan
from matching.sharing.check import best_of
from service.balances.doors import is_of, see, serves
from service.balances.inputs import told_homes, value_of
from service.balances.lifecycle import OTHER_SIDE
from service.balances.rules import check_season
from service.balances.rules.coarse import coarse, coarse_order
from service.balances.showing import views_of
from service.balances.views import LeftView, MatchesView, MatchView, PairView, PlanView
from service.errors import Forbidden, Refused
from service.reference.rules import city_of
from service.worktime import local_day

if TYPE_CHECKING:
    from matching.sharing import LeftOver, Offer, SharingPlan
    from service.balances.tables import BalanceRow
    from service.balances.views import BalanceView
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow

PAIRS_SCORED_ANEW = 40_000  # about as many as two seconds compare, one by one


@dataclass(frozen=True, slots=True)
class Found:
    """A ranking: the best in order, the nearest misses, and what keeps the others out."""

    best: Sequence[Offer]
    misses: Sequence[Offer]
    considered: int
    hindered: int
    lacks: Mapping[str, int]


async def rank_balances(ctx: Context, balance_id: UUID, *, limit: int, misses: int, by: Caller) -> MatchesView:
    """The other side in order, for its firm, its agency and officers of the place.

    Firms that one of the two does not want, and the own ones, are for officers only: nobody else learns of a block.
    Raises Missing, Forbidden.
    """
    async with ctx.uow() as uow:
        row = await uow.balances.get(balance_id)
        await see(uow, row, by)
        now = await uow.now()
        others = await uow.balances.market(OTHER_SIDE[row.side])
        if not serves(row, by):
            others = [each for each in others if not apart(row, each)]
        need = ctx.wiring.ports["matches.trade_need"]
        best = min(limit, ctx.policies.at(now, row.city_code).sharing.matches_most)
        mine, theirs = values_of([row], need)[0], values_of(others, need)
        if row.side == "shortage" and row.state == "draft" and not serves(row, by):
            mine = replace(mine, point=None)  # moved about unseen it would tell where other firms' people live
        agreed = await ctx.wiring.ports["intents.counted"](uow, row.id) if row.side == "surplus" else None
    found = await asyncio.to_thread(rank, mine, theirs, best, misses, local_day(now))
    async with ctx.uow() as uow:
        rows = {each.id: each for each in (row, *others)}
        return MatchesView(
            balance_id=row.id, side=row.side, at=now, rules=SHARING.label, considered=found.considered,
            hindered=found.hindered, lacks=found.lacks, agreed=agreed,
            matches=await _matches(uow, row, rows, found.best, by),
            misses=await _matches(uow, row, rows, found.misses, by),
        )  # fmt: skip


def rank(mine: Surplus | Shortage, theirs: Sequence[Any], best: int, misses: int, today: date) -> Found:
    """The best of the other side for one balance, and those that nearly fit."""
    if isinstance(mine, Shortage):
        lenders = Lenders(theirs)
        found = lenders.offers(mine, best, today=today)
        missed = _missed((compare(each, mine, SHARING, today=today) for each in theirs), misses) if misses else []
        lacks = {code.value: number for code, number in found.lacks.items()}
        return Found(found.offers, missed, found.considered, found.hindered, lacks)
    offers = [compare(mine, each, SHARING, today=today) for each in theirs]
    fit = sorted((each for each in offers if each.possible), key=_order)
    counts: dict[str, int] = {}
    for each in offers:
        for hindrance in each.hindrances:
            counts[hindrance.code.value] = counts.get(hindrance.code.value, 0) + 1
    return Found(fit[:best], _missed(offers, misses), len(offers), len(offers) - len(fit), counts)


def _order(offer: Offer) -> tuple[int, int, bool, int, str]:
    """Score falling, then more people, the nearer home, the id: as `Lenders.offers` has it."""
    metres = offer.distance_m
    return -offer.score.total, -offer.people, metres is None, metres or 0, str(offer.shortage_id)


def _missed(offers: Iterable[Offer], most: int) -> list[Offer]:
    """What fits least badly: the fewest hindrances, then the best score."""
    hindered = (each for each in offers if not each.possible)
    key = lambda each: (len(each.hindrances), -each.score.total, str(each.surplus_id), str(each.shortage_id))  # noqa: E731
    return sorted(hindered, key=key)[:most]


async def plan_region(
    ctx: Context, *, region: str | None, cross_region: bool, season: str | None, by: Caller
) -> PlanView:
    """The proven best of every surplus and shortage that is open in a region (none: all that the caller serves).

    Across regions the other side's balances of elsewhere are looked at too, never two of elsewhere together. Nothing is
    stored. Raises Forbidden region_not_served, Refused region_unknown, season_unknown.
    """
    async with ctx.uow() as uow:
        now = await uow.now()
        catalogue = await uow.reference.catalogue()
        if region is not None and region not in catalogue.regions(local_day(now)):
            raise Refused("region_unknown", field="/region")
        if region is not None and not by.serves(region):
            raise Forbidden("region_not_served")
        check_season(season, {row.season for row in catalogue.newest("season").values()})
        served = by.served if region is None else (region,)
        lent = await _planned(uow, "surplus", served, cross_region=cross_region)
        short = await _planned(uow, "shortage", served, cross_region=cross_region)
        need = ctx.wiring.ports["matches.trade_need"]
        surpluses, shortages = lent.values(need), short.values(need)
    scope, today = Scope(cross_region=cross_region, season=season), local_day(now)
    made, whole = await asyncio.to_thread(proven, surpluses, shortages, scope, today)
    rows = lent.rows | short.rows
    values = {each.id: each for each in (*surpluses, *shortages)}
    async with ctx.uow() as uow:
        views = {view.id: view for view in await views_of(uow, list(rows.values()), by)}
    return PlanView(
        at=now, rules=made.policy, region=region, cross_region=cross_region, season=season,
        surpluses=len(lent.here), shortages=len(short.here),
        surpluses_elsewhere=len(lent.guests), shortages_elsewhere=len(short.guests),
        people=made.people, value=made.value, scored_anew=whole,
        pairs=[
            PairView(
                views[each.surplus_id], views[each.shortage_id], each.people, each.value,
                *_told(
                    rows[each.surplus_id],
                    explain(
                        values[each.surplus_id], values[each.shortage_id], each.by_homes, SHARING, scope, today=today
                    ),
                    by,
                ),
            )
            for each in made.placements
        ],
        left_surpluses=_left(made.left_surpluses, lent.here, views),
        left_shortages=_left(made.left_shortages, short.here, views),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planned:
    """One side of a plan: the balances of the region, and guests of elsewhere that may go with them."""

    here: Mapping[Any, BalanceRow]
    guests: Mapping[Any, BalanceRow]

    @property
    def rows(self) -> dict[Any, BalanceRow]:
        return {**self.here, **self.guests}

    def values(self, need: Any) -> list[Any]:
        """As they are compared."""
        guests = values_of(list(self.guests.values()), need)
        return [*values_of(list(self.here.values()), need), *(replace(each, is_guest=True) for each in guests)]


async def _planned(uow: Uow, side: str, served: tuple[str, ...] | None, *, cross_region: bool) -> Planned:
    """Those of the region; across regions also those elsewhere that want to go with other cities or are of the same
    one, which are found in the matches too, for pairs with one of the region."""
    here = {row.id: row for row in await uow.balances.market(side, served)}
    if not cross_region or served is None:
        return Planned(here, {})
    cities = {city_of(each) for each in served}
    others = [row for row in await uow.balances.market(side) if row.id not in here]
    return Planned(here, {row.id: row for row in others if row.crosses_region or row.city_code in cities})


def proven(
    surpluses: Sequence[Surplus], shortages: Sequence[Shortage], scope: Scope, today: date
) -> tuple[SharingPlan, bool]:
    """The plan with its proof read, and whether every score was made anew too, which takes as long as there are pairs.

    Raises RuntimeError for a wrong one.
    """
    made = plan(Lenders(surpluses), shortages, scope, today=today)
    whole = len(surpluses) * len(shortages) <= PAIRS_SCORED_ANEW
    found = check(made, surpluses, shortages, SHARING, today=today) if whole else best_of(made.proof)
    wrong = list(found)
    if wrong:
        raise RuntimeError(f"a plan of shared labour is not the best: {wrong[:5]}")
    return made, whole


def _left(
    found: Iterable[LeftOver], here: Mapping[Any, BalanceRow], views: Mapping[Any, BalanceView]
) -> list[LeftView]:
    """Whoever is left of the region; those of elsewhere are not its business."""
    return [LeftView(views[each.id], each) for each in found if each.id in here]


def values_of(rows: Sequence[BalanceRow], need: Any) -> list[Any]:
    """As they are compared."""
    return [value_of(row, need) for row in rows]


def apart(one: BalanceRow, other: BalanceRow) -> bool:
    """The same firm, or one of the two does not want the other."""
    return (
        one.employer_id == other.employer_id
        or str(other.employer_id) in one.blocked_firms
        or str(one.employer_id) in other.blocked_firms
    )


async def _matches(
    uow: Uow, row: BalanceRow, rows: Mapping[Any, BalanceRow], offers: Sequence[Offer], by: Caller
) -> list[MatchView]:
    """In order; who may not know where the people live reads the way only coarsely, and in the order of that."""
    told = [_told(rows[offer.surplus_id], offer, by) for offer in offers]
    if any(homes is None for homes, _ in told):
        told.sort(key=lambda each: coarse_order(each[1]))
    others = [rows[each.shortage_id if row.side == "surplus" else each.surplus_id] for _, each in told]
    views = await views_of(uow, others, by)
    return [MatchView(view, offer, homes) for view, (homes, offer) in zip(views, told, strict=True)]


def _told(surplus: BalanceRow, offer: Offer, by: Caller) -> tuple[Sequence[tuple[str | None, int]] | None, Offer]:
    """Homes and ways for the lender, its agency and officers of its place; for all others coarsely."""
    if is_of(surplus, by) or serves(surplus, by):
        return told_homes(surplus, offer.by_homes), offer
    return None, coarse(offer)
