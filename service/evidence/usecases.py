"""Issue an evidence pack to one of its sides or to an officer; check a file that somebody brings."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.engagements.rules import OPEN_BOTH_SIDES
from service.errors import Missing
from service.evidence import rules
from service.evidence.issuing import grown, issue, lent_view_of, view_of
from service.evidence.views import LentPackView, PackView, VerdictView
from service.proof import LENT_SOURCES, NAMES, SOURCES, About, Fact, LentSide, Naming, Side
from service.reference.rules import check_reason
from service.verifying.packs import verify_pack

if TYPE_CHECKING:
    from service.context import Context
    from service.deals.tables import DealRow, LentRow
    from service.engagements.tables import EngagementRow
    from service.http.caller import Caller
    from service.signing import Signer
    from service.uow import Uow


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
        own = await _may_read(uow, by, reason)
        about = About("engagement", seat.id, meant)
        entries = await grown(uow, about, partial(_told_of_seat, uow, seat, meant))
        pack = await uow.evidence.pack_at(about, len(entries))
        if pack is None:
            hidden = await uow.evidence.public_terms_hash(seat)
            header = partial(rules.header_of, seat, meant, entries, terms_hash=hidden)
            pack = await issue(uow, about, seat.city_code, header, by)
        await _looked(uow, seat.worker_id, by, reason)
        return view_of(about, pack, entries, await _opened(uow, seat, about, pack.count, by) if own else [])


async def get_lent_pack(
    ctx: Context, lent_id: UUID, *, by: Caller, side: LentSide | None = None, reason: str | None = None
) -> LentPackView:
    """The same of somebody who is lent, from the own yes on: the person's, the lender's, the borrower's, each with what
    that side may see. Of the person a firm's holds the masked name and nothing else that is personal.

    Raises as `get_pack`; Missing before the person has said yes.
    """
    async with ctx.uow() as uow:
        deal, lent = await uow.evidence.lending(lent_id)
        if lent.worker_id is None or lent.consented_at is None:
            raise Missing
        meant = rules.lent_side_of(
            role=by.role,
            own=_lent_side(uow, deal, lent, by),
            serves=bool(uow.ctx.wiring.ports["deals.is_served"](deal, by)),
            asked=side,
            reason=reason,
        )
        own = await _may_read(uow, by, reason)
        about = About("lent", lent.id, meant)
        entries = await grown(uow, about, partial(_told_of_lending, uow, deal, lent, meant))
        pack = await uow.evidence.pack_at(about, len(entries))
        if pack is None:
            papers = await uow.ctx.wiring.ports["agreements.signed"](uow, ("lent", lent.id))
            consent = next((each.hash for each in papers if each.state == "signed"), None)
            header = partial(rules.lent_header_of, deal, lent, meant, entries, consent_hash=consent)
            pack = await issue(uow, about, deal.city_code, header, by)
        await _looked(uow, lent.worker_id, by, reason)
        open_to_them = own and (meant == "worker" or lent.name_sealed is not None)  # a firm's time with it may be over
        opened = [each for _, each in await uow.evidence.openings(about, pack.count)] if open_to_them else []
        return lent_view_of(about, pack, entries, opened)


def _lent_side(uow: Uow, deal: DealRow, lent: LentRow, by: Caller) -> LentSide | None:
    """Whose it is: the person's own, or a firm's."""
    if by.role == "worker":
        return "worker" if by.person_id == lent.worker_id else None
    side = uow.ctx.wiring.ports["deals.side_of"](deal, by)
    return side if side in ("lender", "borrower") else None


async def _may_read(uow: Uow, by: Caller, reason: str | None) -> bool:
    """Whether the caller is a side and reads what stands open to it; staff say why. Raises Refused `reason_unknown`."""
    own = by.role not in ("officer", "admin")
    if not own and reason is not None:
        check_reason(await uow.reference.reasons("evidence_purpose"), reason, field="query:reason")
    return own


async def _looked(uow: Uow, worker_id: UUID, by: Caller, reason: str | None) -> None:
    if by.role in ("officer", "admin") and reason is not None:
        await uow.people.record_unmasking(worker_id, ["evidence"], reason, by.actor)


async def _told_of_seat(uow: Uow, seat: EngagementRow, side: Side) -> list[Fact]:
    facts: list[Fact] = []
    for name, source in sorted(uow.ctx.wiring.ports.items()):
        if name.startswith(SOURCES):
            facts += await source(uow, seat, side)
    return facts


async def _told_of_lending(uow: Uow, deal: DealRow, lent: LentRow, side: LentSide) -> list[Fact]:
    facts: list[Fact] = []
    for name, source in sorted(uow.ctx.wiring.ports.items()):
        if name.startswith(LENT_SOURCES):
            facts += await source(uow, deal, lent, side)
    return facts


def namings(ctx: Context) -> list[Naming]:
    """What features call their codes, for the paper."""
    return [port for name, port in sorted(ctx.wiring.ports.items()) if name.startswith(NAMES)]


async def _opened(uow: Uow, seat: EngagementRow, about: About, count: int, by: Caller) -> list[dict[str, Any]]:
    """What a side may read in clear. The employer reads the worker's name and number while the seat gives them, and
    that he did is recorded (INV-34); closed again, the commitments stay and the chain is as right as before."""
    known = await uow.evidence.openings(about, count)
    if about.side == "employer":
        theirs = [opening for person_id, opening in known if person_id == seat.worker_id]
        if seat.state not in OPEN_BOTH_SIDES:
            return [opening for person_id, opening in known if person_id != seat.worker_id]
        columns = sorted({str(opening["field"]) for opening in theirs})
        await uow.people.record_unmasking(seat.worker_id, columns, "evidence", by.actor)
    return [opening for _, opening in known]


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
