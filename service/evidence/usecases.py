"""Issue an evidence pack to one of its sides or to an officer; check a file that somebody brings."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.engagements.rules import OPEN_BOTH_SIDES
from service.evidence import rules
from service.evidence.views import PackView, VerdictView
from service.proof import NAMES, SOURCES, Naming, Side
from service.reference.rules import check_reason
from service.verifying.packs import first_link, signed_bytes, verify_pack

if TYPE_CHECKING:
    from service.context import Context
    from service.engagements.tables import EngagementRow
    from service.http.caller import Caller
    from service.signing import Signer
    from service.uow import Uow

SALT_BYTES = 32


async def get_pack(
    ctx: Context, engagement_id: UUID, *, by: Caller, side: Side | None = None, reason: str | None = None
) -> PackView:
    """The pack at the present head: issued anew where something has happened since, else the very same.

    Raises Missing for whose it is not, Refused `evidence_reason_needed`, `reason_unknown` for staff.
    That staff looked is recorded.
    """
    async with ctx.uow() as uow:
        seat = await uow.evidence.seat(engagement_id)
        meant = rules.side_of(
            role=by.role,
            own_worker=by.person_id == seat.worker_id,
            own_employer=by.employer_id == seat.employer_id,
            serves=by.serves(seat.city_code),
            asked=side,
            reason=reason,
        )
        own = by.role not in ("officer", "admin")
        if not own and reason is not None:
            check_reason(await uow.reference.reasons("evidence_purpose"), reason, field="query:reason")
        await uow.evidence.queue(seat.id)
        entries = await _grown(uow, seat, meant)
        pack = await uow.evidence.pack_at(seat.id, meant, len(entries))
        if pack is None:
            pack = await _issue(uow, seat, meant, entries, by)
        if not own and reason is not None:
            await uow.people.record_unmasking(seat.worker_id, ["evidence"], reason, by.actor)
        header = json.loads(pack.header)
        return PackView(
            id=pack.id,
            engagement_id=seat.id,
            side=meant,
            issued_at=pack.created_at,
            key_id=header["key_id"],
            count=pack.count,
            head=pack.head,
            header=header,
            entries=entries,
            signature={"key_id": header["key_id"], "value": pack.signature.hex()},
            openings=await _opened(uow, seat, meant, pack.count, by) if own else [],
        )


def namings(ctx: Context) -> list[Naming]:
    """What features call their codes, for the paper."""
    return [port for name, port in sorted(ctx.wiring.ports.items()) if name.startswith(NAMES)]


async def _opened(uow: Uow, seat: EngagementRow, side: Side, count: int, by: Caller) -> list[dict[str, Any]]:
    """What a side may read in clear. The employer reads the worker's name and number while the seat gives them, and
    that he did is recorded (INV-34); closed again, the commitments stay and the chain is as right as before."""
    known = await uow.evidence.openings(seat.id, side, count)
    if side == "employer":
        theirs = [opening for person_id, opening in known if person_id == seat.worker_id]
        if seat.state not in OPEN_BOTH_SIDES:
            return [opening for person_id, opening in known if person_id != seat.worker_id]
        columns = sorted({str(opening["field"]) for opening in theirs})
        await uow.people.record_unmasking(seat.worker_id, columns, "evidence", by.actor)
    return [opening for _, opening in known]


async def _grown(uow: Uow, seat: EngagementRow, side: Side) -> list[dict[str, Any]]:
    """The chain with what has happened since it was last looked at."""
    kept = await uow.evidence.entries(seat.id, side)
    entries: list[dict[str, Any]] = [json.loads(row.body) for row in kept]
    facts = []
    for name, source in sorted(uow.ctx.wiring.ports.items()):
        if name.startswith(SOURCES):
            facts += await source(uow, seat, side)
    for fact in rules.in_order(facts, (row.source for row in kept)):
        before = entries[-1]["hash"] if entries else first_link(str(seat.id), side)
        salts = {name: secrets.token_hex(SALT_BYTES) for name in fact.personal}
        entry = rules.entry_of(fact, len(entries) + 1, before, salts)
        uow.evidence.append(seat.id, side, fact.source, entry)
        for name, value in fact.personal.items():
            await uow.evidence.hide(seat.id, side, entry["seq"], name, salts[name], value)
        entries.append(entry)
    await uow.flush()
    return entries


async def _issue(uow: Uow, seat: EngagementRow, side: Side, entries: list[dict[str, Any]], by: Caller) -> Any:
    ctx = uow.ctx
    header = rules.header_of(
        seat,
        side,
        entries,
        pack_id=uow.evidence.new_id(),
        at=await uow.now(),
        key_id=ctx.signer.present.key_id,
        service=ctx.settings.base_url,
        terms_hash=await uow.evidence.public_terms_hash(seat),
    )
    _, signature = ctx.signer.sign(signed_bytes(header))
    pack = uow.evidence.new_pack(seat, header, signature)
    await uow.add(pack, by=by.actor, action="issue")
    await uow.flush()
    return pack


async def verify_file(ctx: Context, data: bytes) -> VerdictView:
    """Check the bytes of a pack with the service's keys, as anybody could alone; and whether it was issued here."""
    findings = await asyncio.to_thread(verify_pack, data, _published(ctx.signer))
    if findings:
        return VerdictView(False, findings[:100], None, None, False)
    header = json.loads(data)["core"]["header"]
    async with ctx.uow() as uow:
        known = await uow.evidence.was_issued(UUID(header["pack_id"]), header["head"])
    return VerdictView(True, [], header["pack_id"], header["head"], known)


def _published(signer: Signer) -> dict[str, Any]:
    """The keys as `GET /v1/keys` shows them."""
    return {"keys": [key.told() for key in signer.public_keys()]}
