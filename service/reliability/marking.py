"""Steps that reactions, ports and use cases share: mark, take back, write down what counts; in their transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF, SYSTEM, Actor
from service.reliability import rules
from service.reliability.lifecycle import MARK
from service.worktime import at_local, local_day

if TYPE_CHECKING:
    from service.reliability.tables import ReliabilityEventRow
    from service.uow import Uow

PAYMENTS = "reliability.payments"


async def mark(
    uow: Uow,
    side: str,
    seat: Any,
    kind: str,
    *,
    by: Actor,
    at: datetime,
    excused: str | None = None,
    cause: str | None = None,
    pay_record_id: UUID | None = None,
    noted_at: datetime | None = None,
) -> None:
    """Write a mark into the record of the worker or employer of a seat; `excused`: why it counts nothing.

    Locks the worker or employer: lock workers first, and an employer last.
    """
    subject_id = seat.worker_id if side == "worker" else seat.employer_id
    await locked(uow, side, subject_id)
    row = uow.reliability.new(
        worker_id=subject_id if side == "worker" else None,
        employer_id=subject_id if side == "employer" else None,
        kind=kind,
        at=noted_at or at,
        city_code=seat.city_code,
        cause=cause,
        engagement_id=getattr(seat, "engagement_id", seat.id),
        pay_record_id=pay_record_id,
        marked_by=by.id if by.kind in STAFF else None,
        excused_reason=excused,
    )
    await uow.add(row, by=by, action="mark", reason=excused)
    await write_down(uow, side, subject_id, by=by, at=at)


async def take_back(uow: Uow, row: ReliabilityEventRow, reason: str, *, by: Actor, at: datetime, **more: Any) -> None:
    """What was a mistake, or has been repaired, counts no more; its worker or employer is locked."""
    await uow.move(row, MARK, "excuse", by=by, at=at, reason=reason, excused_reason=reason, **more)
    await write_down(uow, side_of(row), subject_of(row), by=by, at=at)


async def write_down(uow: Uow, side: str, subject_id: UUID, *, by: Actor, at: datetime) -> None:
    """Copy what counts to where rankings read it."""
    await uow.flush()
    subject = await locked(uow, side, subject_id)
    policies = uow.ctx.policies.at(at, subject.city_code)
    weighed, most = rules.rules_of(policies.matching, policies.reliability), policies.reliability.events_kept
    since = at_local(rules.still_counts_after(local_day(at), weighed), 0)
    marks = await uow.reliability.living(side, subject_id, since, most)
    events = rules.kept(marks, weighed, local_day(at), most)
    await uow.edit(subject, by=by, at=at, action="reliability", reliability=events)


async def locked(uow: Uow, side: str, subject_id: UUID) -> Any:
    """The worker or employer, kept from other writers."""
    return await (uow.workers.lock(subject_id) if side == "worker" else uow.employers.lock(subject_id))


def side_of(row: ReliabilityEventRow) -> str:
    """Whose mark it is."""
    return "worker" if row.worker_id is not None else "employer"


def subject_of(row: ReliabilityEventRow) -> UUID:
    """The worker or employer whose mark it is."""
    found = row.worker_id or row.employer_id
    assert found is not None  # noqa: S101 - a constraint says so
    return found


# -- how an employer pays ----------------------------------------------------------------------------------


def grace_of(uow: Uow, at: datetime, city_code: str) -> timedelta:
    """How long after the due instant pay is not yet called overdue."""
    return timedelta(minutes=uow.ctx.policies.at(at, city_code).pay.overdue_grace_minutes)


async def count_payments(uow: Uow, employer_id: UUID, *, at: datetime) -> None:
    """Write down beside the employer how it has paid; counted anew behind its lock, so that no two counts mix."""
    await uow.flush()
    employer = await uow.employers.lock(employer_id)
    policy = uow.ctx.policies.at(at, employer.city_code).reliability
    grace = grace_of(uow, at, employer.city_code)
    found = await uow.reliability.payments(employer_id, at, grace=grace, last=policy.payment_jobs_last)
    record = rules.payment_record(found, policy)
    await uow.edit(employer, by=SYSTEM, at=at, action="count_payments", payment_record=record)
