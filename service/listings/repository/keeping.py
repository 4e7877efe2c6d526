"""Listings follow their postings: written and removed in the transaction that shows, changes or hides these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from matching.names.sounds import readings, spellings
from service.db.base import table_of
from service.employers.tables import EmployerRow
from service.listings.rules.folding import usual
from service.listings.rules.listing import Listing, posting_listing, supply_listing
from service.listings.tables import ListingOwnerRow, ListingRow
from service.postings.lifecycle import PUBLIC as PUBLIC_POSTING
from service.postings.tables import PostingRow
from service.supplies.lifecycle import PUBLIC as PUBLIC_SUPPLY
from service.supplies.tables import SupplyRow

if TYPE_CHECKING:
    from service.uow import Uow

LISTINGS = table_of(ListingRow)
_WRITE = insert(LISTINGS)
WRITE = _WRITE.on_conflict_do_update(
    index_elements=["id"],
    set_={column.name: _WRITE.excluded[column.name] for column in LISTINGS.columns if column.name != "id"},
)
OWNERS = table_of(ListingOwnerRow)
_OWNER = insert(OWNERS)
WRITE_OWNER = _OWNER.on_conflict_do_update(
    index_elements=["owner_id"],
    set_={name: _OWNER.excluded[name] for name in ("name", "folded", "sound", "initials")},
    where=_OWNER.excluded["name"] != OWNERS.c.name,
)
_NAMES = tuple(field.name for field in fields(Listing))


class ListingKeeping:
    """What reactions and the repair use."""

    uow: Uow

    async def follow(self, row: Any) -> None:
        """Bring the listing of a posting or supply posting (its row, of this transaction) to what the row says now."""
        if row.version > 1 or is_shown(row):  # a new draft has none
            await self.uow.write_behind(self._follow, row)

    async def _follow(self, rows: Sequence[Any]) -> None:
        last = {row.id: row for row in rows}
        shown = [row for row in last.values() if is_shown(row)]
        gone = [row.id for row in last.values() if not is_shown(row)]
        if gone:
            await self.uow.session.execute(delete(LISTINGS).where(LISTINGS.c.id.in_(gone)))
        if shown:
            owners = await self._owners({row.employer_id for row in shown if isinstance(row, PostingRow)})
            await self.write([listing_of(row, owners) for row in shown])
            await self._name(owners)

    async def write(self, listings: Sequence[Listing]) -> None:
        """Store them, in place of what stood there."""
        if listings:
            await self.uow.session.execute(WRITE, [_columns(each) for each in listings])

    async def _owners(self, ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
        """(kind, name) of employers, kept from being changed until the end: a new name finds all its listings."""
        wanted = sorted(ids)
        if not wanted:
            return {}
        asked = select(EmployerRow.id, EmployerRow.kind, EmployerRow.name).where(EmployerRow.id.in_(wanted))
        found = await self.uow.session.execute(asked.order_by(EmployerRow.id).with_for_update(read=True))
        return {row.id: (row.kind, row.name) for row in found}

    async def _name(self, owners: Mapping[UUID, tuple[str, str]]) -> None:
        """Keep the public names of employers as people type them; a household has none."""
        homes = [owner_id for owner_id, (kind, _) in owners.items() if kind == "household"]
        if homes:
            await self.uow.session.execute(delete(OWNERS).where(OWNERS.c.owner_id.in_(homes)))
        named = [typed(owner_id, name) for owner_id, (kind, name) in owners.items() if kind != "household"]
        if named:
            await self.uow.session.execute(WRITE_OWNER, named)

    async def shown_of(self, employer_id: UUID) -> Sequence[PostingRow]:
        """The public postings of an employer, locked in the order of their ids."""
        asked = select(PostingRow).where(PostingRow.employer_id == employer_id, *_PUBLIC_POSTING)
        asked = asked.order_by(PostingRow.id).with_for_update(key_share=True)
        return (await self.uow.session.scalars(asked.execution_options(populate_existing=True))).all()

    # -- the repair -------------------------------------------------------------------------------

    async def differing(self, after: UUID | None, limit: int) -> tuple[list[UUID], UUID | None]:
        """Of the next `limit` ids in order: those whose listing is not what it should be; the last id looked at."""
        ids = await self._ids_after(after, limit)
        if not ids:
            return [], None
        truth = {each.id: each for each in await self.truth(ids)}
        found = await self.uow.session.execute(select(LISTINGS).where(LISTINGS.c.id.in_(ids)))
        stored = {row["id"]: Listing(**{**row, "tokens": tuple(row["tokens"])}) for row in found.mappings()}
        return [each for each in ids if truth.get(each) != stored.get(each)], ids[-1]

    async def truth(self, ids: Sequence[UUID]) -> list[Listing]:
        """What should stand there of these postings and supply postings, made from their rows."""
        postings = await self._rows(select(PostingRow).where(PostingRow.id.in_(ids), *_PUBLIC_POSTING))
        supplies = await self._rows(select(SupplyRow).where(SupplyRow.id.in_(ids), *_PUBLIC_SUPPLY))
        owners = await self._owners({row.employer_id for row in postings})
        return [listing_of(row, owners) for row in (*postings, *supplies)]

    async def repair(self, ids: Sequence[UUID]) -> None:
        """Make listings what they should be; their postings are locked meanwhile."""
        locked: list[Any] = []
        for table in (PostingRow, SupplyRow):
            asked = select(table).where(table.id.in_(ids)).order_by(table.id).with_for_update(key_share=True)
            locked += await self._rows(asked)
        await self._follow(locked)
        strange = set(ids) - {row.id for row in locked}
        if strange:
            await self.uow.session.execute(delete(LISTINGS).where(LISTINGS.c.id.in_(strange)))

    async def _ids_after(self, after: UUID | None, limit: int) -> list[UUID]:
        found: set[UUID] = set()
        for column, public in (
            (PostingRow.id, _PUBLIC_POSTING), (SupplyRow.id, _PUBLIC_SUPPLY), (LISTINGS.c.id, ()),
        ):  # fmt: skip
            asked = select(column).where(*public).order_by(column).limit(limit)
            found.update(await self.uow.session.scalars(asked if after is None else asked.where(column > after)))
        return sorted(found)[:limit]

    async def _rows(self, asked: Any) -> list[Any]:
        return list((await self.uow.session.scalars(asked.execution_options(populate_existing=True))).all())


_PUBLIC_POSTING = (PostingRow.state.in_(PUBLIC_POSTING), PostingRow.private.is_(False))
_PUBLIC_SUPPLY = (SupplyRow.state.in_(PUBLIC_SUPPLY),)


def is_shown(row: Any) -> bool:
    """Whether everybody may see a posting or supply posting."""
    if isinstance(row, SupplyRow):
        return row.state in PUBLIC_SUPPLY
    return row.state in PUBLIC_POSTING and not row.private


def typed(owner_id: UUID, name: str) -> dict[str, Any]:
    """A public name as it may be typed: folded, by its sound, by its initials."""
    folded = usual(name)
    said = next((each for each in spellings(folded) if each.isascii()), folded).replace(" ", "")
    heads = "".join(readings(each)[0][0] if readings(each) else each for each in folded if not each.isspace())
    return {"owner_id": owner_id, "name": name, "folded": folded, "sound": said, "initials": heads}


def _columns(listing: Listing) -> dict[str, Any]:
    """Ready to be written."""
    made = {name: getattr(listing, name) for name in _NAMES}
    return made | {"tokens": list(listing.tokens)}


def listing_of(row: Any, owners: Mapping[UUID, tuple[str, str]]) -> Listing:
    """Of a public row; `owners` has its employer's kind and name."""
    if isinstance(row, SupplyRow):
        return supply_listing(row)
    return posting_listing(row, *owners[row.employer_id])
