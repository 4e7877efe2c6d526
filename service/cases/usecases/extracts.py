"""The ledger extract for the worker, and for the officer of a case; the sheet with which a case is handed over.

Both are read: nothing of a seat, its shift or its pay moves, nobody is told, and the other side never learns of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.cases.extracting import document
from service.cases.usecases.looking import view_of
from service.cases.usecases.seeing import handled, seen
from service.errors import Conflict, Missing, Refused
from service.worktime import at_local, end_of_day, local_day

if TYPE_CHECKING:
    from service.cases.tables import CaseRow
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow

PURPOSE = "case_extract"
HAND_OVER = "case_hand_over"
SEATS = ("engagement", "pay_record")
LENDING = "lent"


async def of_engagement(ctx: Context, engagement_id: UUID, *, by: Caller) -> dict[str, Any]:
    """The worker's own seat. Raises Missing."""
    async with ctx.uow() as uow:
        if by.person_id is None:
            raise Missing
        return await _document(uow, by.person_id, by, engagement_id=engagement_id)


async def of_employer(
    ctx: Context, *, employer_id: UUID, since: date | None, until: date | None, by: Caller
) -> dict[str, Any]:
    """Every own seat with one employer that begins within a time (a year where none is named), and every lending by it
    or to it.

    Raises Missing, Refused `case_period`.
    """
    async with ctx.uow() as uow:
        if by.person_id is None:
            raise Missing
        span = await _span(uow, since, until)
        return await _document(uow, by.person_id, by, employer_id=employer_id, since=span[0], until=span[1])


async def of_case(
    ctx: Context, case_id: UUID, *, whole: bool, since: date | None, until: date | None, by: Caller
) -> dict[str, Any]:
    """What a worker's case is about, or (`whole`) everything with that employer within a time.

    Raises Missing; Conflict case_no_seat where it is about no work of the complainant; Refused case_period.
    """
    async with ctx.uow() as uow:
        row = await (handled(uow, case_id, by) if by.role in STAFF else seen(uow, case_id, by))
        if row.complainant_id is None or row.side != "worker":
            raise Conflict("case_no_seat")
        if row.noun == LENDING and not whole and row.subject_id is not None:
            which: dict[str, Any] = {"lent_id": row.subject_id}
        elif whole or row.noun not in SEATS:
            if row.against_id is None:
                raise Conflict("case_no_seat")
            span = await _span(uow, since, until)
            which = {"employer_id": row.against_id, "since": span[0], "until": span[1]}
        else:
            which = {"engagement_id": await _seat_of(uow, row)}
        return await _document(uow, row.complainant_id, by, **which)


async def _seat_of(uow: Uow, row: CaseRow) -> UUID:
    if row.subject_id is None:
        raise Conflict("case_no_seat")
    if row.noun == "engagement":
        return row.subject_id
    record = await uow.pay_records.get(row.subject_id)
    if record is None:
        raise Conflict("case_no_seat")
    return record.engagement_id


async def _span(uow: Uow, since: date | None, until: date | None) -> tuple[datetime, datetime]:
    """Raises Refused `case_period`."""
    now = await uow.now()
    last = until or local_day(now) + timedelta(days=1)
    first = since or last - timedelta(days=365)
    most = uow.ctx.policies.at(now).cases.extract_days_most
    if not first <= last <= first + timedelta(days=most):
        raise Refused("case_period", field="query:since", most=most)
    return at_local(first, 0), end_of_day(last)


async def _document(uow: Uow, worker_id: UUID, by: Caller, **which: Any) -> dict[str, Any]:
    seats = "lent_id" not in which
    ledger = await uow.case_extracts.ledger(worker_id, **which) if seats else uow.case_extracts.nothing()
    if "engagement_id" in which and not ledger.seats:
        raise Missing
    return await document(
        uow,
        ledger,
        lendings=await _lendings(uow, worker_id, **which),
        worker_id=worker_id,
        worker_name=await _name(uow, worker_id, by),
        made_at=await uow.now(),
    )


async def _lendings(uow: Uow, worker_id: UUID, **which: Any) -> list[dict[str, Any]]:
    """None with one seat."""
    if "engagement_id" in which:
        return []
    span = {name: local_day(which[name]) for name in ("since", "until") if which.get(name) is not None}
    found: list[dict[str, Any]] = await uow.ctx.wiring.ports["settlements.lendings_of"](
        uow, worker_id, **{name: which[name] for name in ("lent_id", "employer_id") if name in which}, **span
    )
    return found


async def _name(uow: Uow, worker_id: UUID, by: Caller) -> str | None:
    """The worker's own name stands open; an officer who opens it leaves a line (INV-34)."""
    person = await uow.people.get(worker_id)
    if by.role in STAFF:
        await uow.people.record_unmasking(worker_id, ["name"], PURPOSE, by.actor)
    return uow.people.name_of(person)


async def hand_over_sheet(ctx: Context, case_id: UUID, *, by: Caller) -> dict[str, Any]:
    """A case as it is handed to an outside body: who (unless shielded), against whom, what, on which evidence.

    Raises Missing, Conflict case_not_handed_over, case_own_decision, case_claimed.
    """
    async with ctx.uow() as uow:
        row = await handled(uow, case_id, by)
        view = await view_of(uow, row, by)
        if not view.handovers:
            raise Conflict("case_not_handed_over")
        who: dict[str, Any] = {"name": None, "phone": None}
        if row.complainant_id is not None and not row.shielded:
            person = await uow.people.get(row.complainant_id)
            await uow.people.record_unmasking(row.complainant_id, ["name", "phone"], HAND_OVER, by.actor)
            who = {"name": uow.people.name_of(person), "phone": uow.people.phone_of(person)}
        return {"case": view, "who": who, "handover": view.handovers[-1], "made_at": await uow.now()}
