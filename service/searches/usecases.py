"""Saved searches: kept by their person, told of what is new."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Conflict, Missing, Refused
from service.listings.rules.filters import ListingFilter, check_filter, filter_from, stored
from service.listings.rules.questions import anchor_of
from service.reference.rules import check_seen
from service.searches.views import SearchesView, SearchView, search_view

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.searches.tables import SearchRow
    from service.uow import Uow


async def create_search(
    ctx: Context, *, name: str, wanted: ListingFilter, alerts: bool, personalised: bool, by: Caller
) -> SearchView:
    """Save it; only what is published from now on is told.

    Raises Refused for a filter that does not hold together, Conflict searches_too_many.
    """
    async with ctx.uow() as uow:
        person = _person(by)
        await uow.searches.lock_person(person)
        now = await uow.now()
        anchors = await _anchors(uow, wanted)
        most = ctx.policies.at(now).messages.saved_searches_max
        if len(await uow.searches.of_person(person)) >= most:
            raise Conflict("searches_too_many", most=most)
        row = uow.searches.new(
            person, name=name, filter=stored(wanted), anchors=anchors if alerts else [], alerts=alerts,
            alerts_from=now, personalised=personalised,
        )  # fmt: skip
        await uow.add(row, by=by.actor)
        await uow.flush()
        return uow.answer(await _shown(uow, row))


async def change_search(
    ctx: Context, search_id: UUID, patch: Mapping[str, Any], *, wanted: ListingFilter | None, version: int, by: Caller
) -> SearchView:
    """Name, filter, alerts, personalised. With another filter, or alerts that begin again, only the new is told.

    Raises Missing, Stale, Refused.
    """
    async with ctx.uow() as uow:
        row = await uow.searches.get(search_id, _person(by), lock=True)
        check_seen(version, row.version)
        now = await uow.now()
        changes = dict(patch)
        alerts = changes.get("alerts", row.alerts)
        meant = wanted or filter_from(row.filter or {})
        anchors = await _anchors(uow, meant)
        changes |= {"filter": stored(wanted)} if wanted else {}
        changes["anchors"] = anchors if alerts else []
        if wanted is not None or (alerts and not row.alerts):
            changes["alerts_from"] = now
        await uow.edit(row, by=by.actor, at=now, **changes)
        await uow.flush()
        return uow.answer(await _shown(uow, row))


async def remove_search(ctx: Context, search_id: UUID, *, by: Caller) -> None:
    """For good, with its name and filter. Raises Missing."""
    async with ctx.uow() as uow:
        row = await uow.searches.get(search_id, _person(by), lock=True)
        now = await uow.now()
        await uow.edit(
            row, by=by.actor, at=now, action="remove", removed_at=now, name=None, filter=None, anchors=[], alerts=False
        )
        uow.answer(None)


async def get_search(ctx: Context, search_id: UUID, *, by: Caller) -> SearchView:
    """An own one. Raises Missing."""
    async with ctx.uow() as uow:
        return await _shown(uow, await uow.searches.get(search_id, _person(by)))


async def list_searches(ctx: Context, *, by: Caller) -> SearchesView:
    """All of one's own."""
    async with ctx.uow() as uow:
        return await _all(uow, _person(by))


async def change_search_alerts(ctx: Context, *, enabled: bool, by: Caller) -> SearchesView:
    """The switch over all of them; switched on again, only what is published from then on is told."""
    async with ctx.uow() as uow:
        person, now = _person(by), await uow.now()
        stopped = await uow.searches.stopped(person)
        if enabled and stopped:
            await uow.searches.start(person, now)
        if not enabled and not stopped:
            await uow.searches.stop(person, now)
        return uow.answer(await _all(uow, person))


async def _shown(uow: Uow, row: SearchRow) -> SearchView:
    return search_view(row, await uow.searches.broken(row))


async def _all(uow: Uow, person: UUID) -> SearchesView:
    rows = await uow.searches.of_person(person)
    return SearchesView([await _shown(uow, row) for row in rows], not await uow.searches.stopped(person))


def _person(by: Caller) -> UUID:
    if by.person_id is None:
        raise Missing
    return by.person_id


async def _anchors(uow: Uow, wanted: ListingFilter) -> list[str]:
    try:
        return list(anchor_of(await uow.listings.question(check_filter(wanted))))
    except Missing:
        raise Refused("venue_unknown", field="/filter/venue_id") from None
