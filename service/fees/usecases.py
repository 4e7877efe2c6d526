"""Disclosed fees: an agency or platform says what it charges, everybody reads it, an officer doubts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.employers.rules import check_may, is_public
from service.errors import Conflict, Missing
from service.fees import rules
from service.fees.views import FeeDisclosureView, disclosure_view
from service.ids import new_id
from service.pages import After, Page, page_of
from service.reference.rules import check_reason
from service.worktime import local_day

if TYPE_CHECKING:
    from datetime import date

    from service.context import Context
    from service.employers.tables import EmployerRow
    from service.fees.tables import FeeDisclosureRow
    from service.http.caller import Caller
    from service.uow import Uow

REMARKS = "fee_remark"


async def disclose_fees(
    ctx: Context,
    employer_id: UUID,
    *,
    capacity: str,
    items: Sequence[Mapping[str, Any]],
    statement: str | None,
    valid_from: date | None,
    by: Caller,
) -> FeeDisclosureView:
    """Add a version to an employer's row of them.

    Raises Missing, Forbidden member_role_lacks, Conflict fees_need_verification, Refused fees_not_for_kind,
    fee_from_worker, fee_too_early, words_contact and those of the items.
    """
    async with ctx.uow() as uow:
        employer = await _own_employer(uow, employer_id, by)
        rules.check_capacity(employer.kind, capacity)
        if employer.state != "verified":
            raise Conflict("fees_need_verification")
        now = await uow.now()
        today, policy = local_day(now), ctx.policies.at(now, employer.city_code).fees
        basis = ctx.policies.parameters[("fees", "worker_charge_allowed")].source
        rules.check_statement(statement)
        if not policy.worker_charge_allowed:
            rules.check_words(statement, items, ctx.rulebook(), today, basis=basis)
        rules.check_items(items, worker_charge_allowed=policy.worker_charge_allowed, basis=basis)
        known = await uow.fees.of(employer.id, capacity)
        begins = rules.begins(
            valid_from,
            today,
            policy.notice_days,
            dearer=bool(known) and _dearer_than_any(known, items, today),
            last=max((row.valid_from for row in known), default=None),
        )
        row = uow.fees.new(
            id=new_id(), employer_id=employer.id, city_code=employer.city_code, capacity=capacity,
            number=len(known) + 1, items=[dict(item) for item in items], statement=statement, valid_from=begins,
            announced_by=by.account_id,
        )  # fmt: skip
        await uow.add(row, by=by.actor, action="announce")
        await uow.flush()
        standing = _standings([row, *known], today)[row.number]
        return uow.answer(disclosure_view(row, standing, None, own=True))


def _dearer_than_any(known: Sequence[FeeDisclosureRow], items: Sequence[Mapping[str, Any]], today: date) -> bool:
    """Dearer than what holds today or is announced already: no rise is smuggled in behind a cut."""
    standing = _standings(known, today)
    return any(rules.is_dearer(row.items, items) for row in known if standing[row.number] != rules.PAST)


async def list_employer_fees(ctx: Context, employer_id: UUID, *, by: Caller | None) -> list[FeeDisclosureView]:
    """What an employer has disclosed, the newest first: what holds, what is coming, what was. Raises Missing."""
    async with ctx.uow() as uow:
        employer = await uow.employers.get(employer_id)
        own = await _knows(uow, employer, by)
        if not own and not is_public(employer.state):
            raise Missing
        rows = await uow.fees.of(employer.id)
        return await _views(uow, rows, own=own)


async def list_fees(
    ctx: Context, *, region: str | None, capacity: str | None, after: After, limit: int
) -> Page[FeeDisclosureView]:
    """What holds today, one of each employer and capacity."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.fees.in_force(local_day(now), region, capacity, after(now), limit + 1)
        remarks = await uow.fees.remarks(row.id for row in rows)
        views = [disclosure_view(row, rules.IN_FORCE, remarks.get(row.id), own=False) for row in rows]
        return page_of(views, limit, now, lambda view: [str(view.employer_id), view.capacity])


async def remark_fees(
    ctx: Context, employer_id: UUID, disclosure_id: UUID, *, reason: str, words: str | None, by: Caller
) -> FeeDisclosureView:
    """An officer of the place doubts a disclosure, in public; its employer is told.

    Raises Missing, Refused reason_unknown, Conflict fee_remarked.
    """
    async with ctx.uow() as uow:
        check_reason((await uow.reference.catalogue()).reasons(REMARKS), reason)
        return uow.answer(await _remark(uow, employer_id, disclosure_id, reason, words, by))


async def lift_fee_remark(ctx: Context, employer_id: UUID, disclosure_id: UUID, *, by: Caller) -> FeeDisclosureView:
    """The doubt is settled. Raises Missing, Conflict fee_not_remarked."""
    async with ctx.uow() as uow:
        return uow.answer(await _remark(uow, employer_id, disclosure_id, None, None, by))


async def _remark(
    uow: Uow, employer_id: UUID, disclosure_id: UUID, code: str | None, words: str | None, by: Caller
) -> FeeDisclosureView:
    employer = await uow.employers.lock(employer_id)
    if not by.serves(employer.district_code or employer.city_code):
        raise Missing
    row = await uow.fees.get(employer.id, disclosure_id)
    standing = (await uow.fees.remarks([row.id])).get(row.id)
    doubted = standing is not None and standing.code is not None
    if doubted == (code is not None):
        raise Conflict("fee_remarked" if doubted else "fee_not_remarked")
    remark = uow.fees.new_remark(disclosure_id=row.id, city_code=employer.city_code, code=code, words=words)
    await uow.add(remark, by=by.actor, action="remark" if code else "lift", reason=code)
    template = "fees.remarked" if code else "fees.remark_lifted"
    for person_id in await uow.members.owners(employer.id):
        await uow.tell(
            person_id, template, params={"reason": code or "", "number": row.number},
            subject=("employer", employer.id), dedupe=f"{template}:{remark.id}", employer_id=employer.id,
        )  # fmt: skip
    await uow.flush()
    known = _standings(await uow.fees.of(employer.id, row.capacity), local_day(await uow.now()))
    return disclosure_view(row, known[row.number], remark, own=True)


async def _own_employer(uow: Uow, employer_id: UUID, by: Caller) -> EmployerRow:
    """The caller's own employer, locked: versions are numbered one after the other. Raises Missing, Forbidden."""
    role = await uow.members.role_of(employer_id, by.person_id) if by.employer_id == employer_id else None
    if role is None:
        raise Missing
    check_may(role, "manage_fees")
    return await uow.employers.lock(employer_id)


async def _knows(uow: Uow, employer: EmployerRow, by: Caller | None) -> bool:
    if by is None:
        return False
    if by.role == "member":
        return by.employer_id == employer.id
    return by.role in STAFF and by.serves(employer.district_code or employer.city_code)


def _standings(rows: Sequence[FeeDisclosureRow], today: date) -> dict[int, str]:
    return rules.standings([rules.Version(row.number, row.valid_from) for row in rows], today)


async def _views(uow: Uow, rows: Sequence[FeeDisclosureRow], *, own: bool) -> list[FeeDisclosureView]:
    today, remarks = local_day(await uow.now()), await uow.fees.remarks(row.id for row in rows)
    made = []
    for capacity in dict.fromkeys(row.capacity for row in rows):
        mine = [row for row in rows if row.capacity == capacity]
        standing = _standings(mine, today)
        made += [disclosure_view(row, standing[row.number], remarks.get(row.id), own=own) for row in mine]
    return made
