"""Certificates: told by the worker, checked by an officer who has seen the paper."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Refused, Stale
from service.reference.catalogue import certificates
from service.workers.reach import reach, reach_as_officer, see
from service.workers.rules import MOST_CERTIFICATES, certificate_days, check_verifiable
from service.workers.showing import certificate_view
from service.workers.views import CertificateView
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow
    from service.workers.tables import CertificateRow

UNCHECKED: dict[str, Any] = {"verified_at": None, "verified_by": None}


async def list_certificates(ctx: Context, worker_id: UUID, *, by: Caller) -> list[CertificateView]:
    """The worker's certificates."""
    async with ctx.uow() as uow:
        await see(uow, worker_id, by)
        today = local_day(await uow.now())
        rows = await uow.workers.certificates(worker_id)
        return uow.answer([certificate_view(row, ctx.language, today) for row in rows])


async def add_certificate(
    ctx: Context,
    worker_id: UUID,
    *,
    kind: str,
    number: str | None,
    valid_from: date | None,
    valid_until: date | None,
    on_behalf: str | None,
    by: Caller,
) -> CertificateView:
    """Tell of a paper; a missing end follows from the kind. Raises Refused certificate_kind_unknown, …"""
    months = _months(kind)
    first, last = certificate_days(valid_from, valid_until, months)
    async with ctx.uow() as uow:
        _, actor = await reach(uow, worker_id, by, on_behalf)
        if len(await uow.workers.certificates(worker_id)) >= MOST_CERTIFICATES:
            raise Refused("too_many_certificates", most=MOST_CERTIFICATES)
        sealed = await uow.workers.seal_number(worker_id, number) if number else None
        row = uow.workers.new_certificate(
            worker_id, kind=kind, number_sealed=sealed, valid_from=first, valid_until=last
        )
        await uow.add(row, by=actor, action="add")
        return uow.answer(await _view(uow, row))


async def change_certificate(
    ctx: Context,
    worker_id: UUID,
    certificate_id: UUID,
    *,
    changes: dict[str, Any],
    seen_version: int,
    on_behalf: str | None,
    by: Caller,
) -> CertificateView:
    """Correct number or days; what an officer had checked is then unchecked. Raises Missing, Stale, Refused."""
    async with ctx.uow() as uow:
        _, actor = await reach(uow, worker_id, by, on_behalf)
        row = await uow.workers.certificate(worker_id, certificate_id)
        if row.version != seen_version:
            raise Stale("version_stale", field="header:If-Match", present=row.version)
        kept = await _changed(uow, row, changes)
        if kept:
            await uow.edit(row, by=actor, at=await uow.now(), **kept, **UNCHECKED)
        return uow.answer(await _view(uow, row))


async def _changed(uow: Uow, row: CertificateRow, changes: dict[str, Any]) -> dict[str, Any]:
    first, last = certificate_days(
        changes.get("valid_from", row.valid_from), changes.get("valid_until", row.valid_until), None
    )
    kept: dict[str, Any] = {}
    if (first, last) != (row.valid_from, row.valid_until):
        kept |= {"valid_from": first, "valid_until": last}
    if "number" in changes:
        present = await uow.workers.open_number(row.worker_id, row.number_sealed) if row.number_sealed else None
        number = changes["number"]
        if number != present:
            kept["number_sealed"] = await uow.workers.seal_number(row.worker_id, number) if number else None
    return kept


async def remove_certificate(
    ctx: Context, worker_id: UUID, certificate_id: UUID, *, on_behalf: str | None, by: Caller
) -> None:
    """Take a certificate off. Raises Missing."""
    async with ctx.uow() as uow:
        _, actor = await reach(uow, worker_id, by, on_behalf)
        row = await uow.workers.certificate(worker_id, certificate_id)
        now = await uow.now()
        await uow.edit(row, by=actor, at=now, action="remove", removed_at=now)
        uow.answer(None)


async def verify_certificate(
    ctx: Context, worker_id: UUID, certificate_id: UUID, *, seen_version: int, by: Caller
) -> CertificateView:
    """The officer has seen the paper and it is good today.

    Raises Missing, Stale, Refused certificate_end_needed (the kind expires), certificate_not_valid.
    """
    async with ctx.uow() as uow:
        await reach_as_officer(uow, worker_id, by)
        row = await uow.workers.certificate(worker_id, certificate_id)
        if row.version != seen_version:
            raise Stale("version_stale", field="header:If-Match", present=row.version)
        now = await uow.now()
        check_verifiable(row.valid_from, row.valid_until, _months(row.kind), local_day(now))
        if row.verified_at is None:
            await uow.edit(row, by=by.actor, at=now, action="verify", verified_at=now, verified_by=by.account_id)
        return uow.answer(await _view(uow, row))


async def unverify_certificate(
    ctx: Context, worker_id: UUID, certificate_id: UUID, *, reason: str, by: Caller
) -> CertificateView:
    """The check was wrong, or the paper is void. Raises Missing."""
    async with ctx.uow() as uow:
        await reach_as_officer(uow, worker_id, by)
        row = await uow.workers.certificate(worker_id, certificate_id)
        await uow.edit(row, by=by.actor, at=await uow.now(), action="unverify", reason=reason, **UNCHECKED)
        return uow.answer(await _view(uow, row))


def _months(kind: str) -> int | None:
    known = certificates().get(kind)
    if known is None:
        raise Refused("certificate_kind_unknown", field="/kind")
    return known.validity_months


async def _view(uow: Uow, row: CertificateRow) -> CertificateView:
    return certificate_view(row, uow.ctx.language, local_day(await uow.now()))
