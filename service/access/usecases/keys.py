"""Integrators' keys, kept by administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.access.lifecycle import API_KEY
from service.access.rules import check_key_scopes
from service.access.views import KeyView
from service.context import Context
from service.errors import Refused
from service.pages import After, Page, page_of
from service.reference.catalogue import regions as known_regions

if TYPE_CHECKING:
    from service.http.caller import Caller


async def create_api_key(
    ctx: Context, *, name: str, scopes: list[str], city_code: str, employer_id: UUID | None, by: Caller
) -> KeyView:
    """A key with scopes for one region, perhaps for one employer only; shown this once.

    Raises Refused region_unknown, employer_unknown, scope_not_for_employer.
    """
    check_key_scopes(scopes, bound=employer_id is not None)
    if city_code not in known_regions():
        raise Refused("region_unknown", field="/city_code")
    async with ctx.uow() as uow:
        if employer_id is not None and not await uow.accounts.employer_exists(employer_id):
            raise Refused("employer_unknown", field="/employer_id")
        row, key = uow.accounts.new_key(name=name, scopes=scopes, city_code=city_code, employer_id=employer_id)
        await uow.add(row, by=by.actor)
        return uow.answer(_view(row, key))


async def list_api_keys(ctx: Context, *, after: After, limit: int, by: Caller) -> Page[KeyView]:
    """Every key, revoked ones too; never the key itself."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.accounts.keys(after=after(now), limit=limit + 1)
        return page_of([_view(row) for row in rows], limit, now, lambda view: [str(view.id)])


async def get_api_key(ctx: Context, key_id: UUID, *, by: Caller) -> KeyView:
    """One key. Raises Missing."""
    async with ctx.uow() as uow:
        return _view(await uow.accounts.key(key_id))


async def revoke_api_key(ctx: Context, key_id: UUID, *, by: Caller) -> KeyView:
    """The key is good for nothing from the next request on. Raises Missing, Conflict (revoked already)."""
    async with ctx.uow() as uow:
        row = await uow.accounts.key(key_id, lock=True)
        await uow.move(row, API_KEY, "revoke", by=by.actor, at=await uow.now())
        return uow.answer(_view(row))


def _view(row: Any, key: str | None = None) -> KeyView:
    return KeyView(
        id=row.id,
        version=row.version,
        name=row.name,
        scopes=tuple(row.scopes),
        city_code=row.city_code,
        employer_id=row.employer_id,
        state=row.state,
        created_at=row.created_at,
        key=key,
    )
