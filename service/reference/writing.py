"""Putting rows into the dated tables: one at a time by an admin, all shipped ones at a first start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import Actor
from service.reference.kinds import Spec
from service.reference.live import live_book
from service.reference.rules import fit_in
from service.reference.shipped import files_digest, shipped_specs

if TYPE_CHECKING:
    from service.context import Context
    from service.reference.tables import ReferenceRow
    from service.uow import Uow

IMPORT = Actor("system", None, "import")
DIGEST = "files"


@dataclass(slots=True)
class Loaded:
    """What loading the shipped rows did; `kept` rows were left as people had made them."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0


async def place(uow: Uow, spec: Spec, *, by: Actor, history: Sequence[ReferenceRow] | None = None) -> ReferenceRow:
    """Add a row at its date; the row before it stops there. Raises what `rules.fit_in` raises."""
    if history is None:
        history = await uow.reference.history(spec.kind, spec.code)
    fit = fit_in([(row.valid_from, row.valid_to) for row in history], spec.valid_from, spec.valid_to)
    if fit.ends is not None:
        await uow.edit(history[fit.ends], by=by, at=await uow.now(), action="end", valid_to=spec.valid_from)
        await uow.flush()  # the database compares with what it has: the earlier row must have ended first
    row = uow.reference.new(replace(spec, valid_to=fit.valid_to))
    await uow.add(row, by=by)
    return row


async def load_shipped(ctx: Context) -> Loaded:
    """Bring the shipped rows into the tables: new ones are added, changed ones updated, people's work is kept.

    Running it again changes nothing; several processes at once wait for each other.
    """
    loaded = Loaded()
    async with ctx.uow() as uow:
        await uow.reference.lock()
        specs = shipped_specs()
        touched = await uow.reference.changed_by_people()
        rows: dict[tuple[str, str], list[ReferenceRow]] = {}
        for row in await uow.reference.everything(sorted({spec.kind for spec in specs})):
            rows.setdefault((row.kind, row.code), []).append(row)
        for spec in specs:
            await _load(uow, spec, rows.setdefault((spec.kind, spec.code), []), touched, loaded)
        await _keep_digest(uow)
    await live_book(ctx.database).refresh(now=True)
    return loaded


async def _load(uow: Uow, spec: Spec, history: list[ReferenceRow], touched: set[UUID], loaded: Loaded) -> None:
    same = next((row for row in history if row.valid_from == spec.valid_from), None)
    if same is not None and same.id in touched:
        loaded.kept += 1
    elif same is not None:
        changed = await uow.edit(
            same,
            by=IMPORT,
            at=await uow.now(),
            valid_to=spec.valid_to,
            data=dict(spec.data),
            source=spec.source,
            verified=spec.verified,
        )
        if changed:
            await uow.flush()
        loaded.updated += changed
        loaded.unchanged += not changed
    elif any(row.id in touched for row in history):
        loaded.kept += 1  # an admin has set dates here: which one a new shipped date should yield to is theirs to say
    else:
        history.append(await place(uow, spec, by=IMPORT, history=history))
        history.sort(key=lambda row: row.valid_from)
        loaded.added += 1


async def _keep_digest(uow: Uow) -> None:
    now = await uow.now()
    rows = await uow.reference.history(uow.reference.DIGEST_KIND, DIGEST)
    data = {"digest": files_digest()}
    if rows:
        await uow.edit(rows[0], by=IMPORT, at=now, data=data)
        return
    spec = Spec(uow.reference.DIGEST_KIND, DIGEST, now.date(), None, data, "files of this service")
    await uow.add(uow.reference.new(spec), by=IMPORT)


async def ensure_shipped(ctx: Context) -> Loaded | None:
    """Load the shipped rows unless these very files are in the tables; None when there was nothing to do."""
    async with ctx.uow() as uow:
        rows = await uow.reference.history(uow.reference.DIGEST_KIND, DIGEST)
        done = bool(rows) and rows[0].data.get("digest") == files_digest()
    return None if done else await load_shipped(ctx)
