"""Reading dated tables, and changing them by adding a date."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Missing, Refused
from service.pages import After, Page
from service.policies import local_day
from service.reference.checking import checked
from service.reference.kinds import PARENTED, Spec
from service.reference.live import live_book
from service.reference.naming import NamedCraft, crafts_in, crafts_of
from service.reference.rules import check_seen
from service.reference.writing import place

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.reference.tables import ReferenceRow


@dataclass(frozen=True, slots=True)
class ReferencePage(Page["ReferenceRow"]):
    """The rows that hold on a day; `version` changes with anything shown."""

    day: date
    version: int


async def list_rows(
    ctx: Context, kind: str, *, on: date | None, parent: str | None, after: After, limit: int
) -> ReferencePage:
    """The rows of a kind that hold on a day (today when none is given), by code."""
    if parent is not None and kind not in PARENTED:
        raise Refused("reference_no_parent", field="query:parent", kinds=", ".join(sorted(PARENTED)))
    async with ctx.uow() as uow:
        now = await uow.now()
        day = on or local_day(now)
        key = after(now)
        code = str(key[0]) if key else None
        found = await uow.reference.listed(kind, day, parent=parent, after=code, limit=limit + 1)
        items, more = found[:limit], len(found) > limit
        stamp = await uow.reference.stamp(kind)
        return ReferencePage(
            items, [items[-1].code] if more else None, now, day, _version(stamp, day, parent, code, limit)
        )


def _version(*parts: object) -> int:
    """A number for the ETag of a list: 29 bits of a hash over what the list depends on."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:4]) >> 3


async def read_row(ctx: Context, kind: str, code: str, *, on: date | None) -> ReferenceRow:
    """The row of a code that holds on a day. Raises Missing."""
    async with ctx.uow() as uow:
        day = on or local_day(await uow.now())
        for row in await uow.reference.history(kind, code):
            if row.valid_from <= day and (row.valid_to is None or day < row.valid_to):
                return row
        raise Missing


async def read_history(ctx: Context, kind: str, code: str) -> Sequence[ReferenceRow]:
    """Every row of a code, old to new. Raises Missing when there is none."""
    async with ctx.uow() as uow:
        rows = await uow.reference.history(kind, code)
        if not rows:
            raise Missing
        return rows


@dataclass(frozen=True, slots=True)
class NamedSkills:
    """What a text may mean as a whole, best first, and every skill it mentions, in its order."""

    items: list[NamedCraft]
    mentioned: list[NamedCraft]


async def search_skills(text: str, limit: int) -> NamedSkills:
    """Name a text; in a thread, because the first call builds the index. Both lists may be empty."""
    return await asyncio.to_thread(lambda: NamedSkills(crafts_of(text, limit), crafts_in(text)))


async def add_row(
    ctx: Context,
    kind: str,
    *,
    code: str,
    valid_from: date,
    valid_to: date | None,
    data: Mapping[str, Any],
    source: str,
    verified: bool,
    by: Caller,
) -> ReferenceRow:
    """A change adds a date: the new row holds from `valid_from`, the row before it stops there.

    Raises Refused for wrong data and policy_needs_two (see proposals.py), Conflict where the date is taken or the
    span reaches into a later row.
    """
    if kind == "policy":
        raise Refused("policy_needs_two")
    async with ctx.uow() as uow:
        await uow.reference.lock()
        catalogue = await uow.reference.catalogue()
        today = local_day(await uow.now())
        spec = Spec(kind, code, valid_from, valid_to, data, source, verified)
        row = await place(uow, checked(spec, catalogue, uow.reference.live.book, today), by=by.actor)
        uow.answer(row)
    await live_book(ctx.database).refresh(now=True)
    return row


async def change_row(ctx: Context, row_id: UUID, *, seen: int, changes: Mapping[str, Any], by: Caller) -> ReferenceRow:
    """Say that a row was compared with its source, name the source, or end it; its data never change.

    Raises Missing, Stale, Refused (an end that is not after the beginning, or of a policy), Conflict.
    """
    async with ctx.uow() as uow:
        row = await uow.reference.get(row_id, lock=True)
        check_seen(seen, row.version)
        end = changes.get("valid_to")
        if "valid_to" in changes and row.kind == "policy":
            raise Refused("policy_without_end", field="/valid_to")
        if end is not None and end <= row.valid_from:
            raise Refused("reference_span", field="/valid_to")
        await uow.edit(row, by=by.actor, at=await uow.now(), **changes)
        uow.answer(row)
    await live_book(ctx.database).refresh(now=True)
    return row
