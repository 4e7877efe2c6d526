"""Builders of a small city: rows made directly through the transaction, each with everything defaulted."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import Range

from service.access.tables import SessionRow, StaffRow, TokenRow
from service.actor import SYSTEM
from service.applications.tables import ApplicationRow
from service.context import Context
from service.employers.tables import EmployerRow, MemberRow
from service.engagements.tables import EngagementRow
from service.http.caller import Caller
from service.identity_numbers import synthetic_credit_code
from service.ids import new_id, new_token
from service.people.tables import PersonRow
from service.postings.lifecycle import ENDED
from service.postings.tables import PostingRow, PostingVersionRow
from service.shifts.tables import ShiftRow
from service.uow import Uow
from service.vault import token_hash
from service.venues.tables import VenueRow
from service.workers.tables import CertificateRow, SkillRow, WorkerRow

SHANGHAI = "310100"
XUHUI = "310104"
HALL = (121.4365, 31.1880)  # a point in Xuhui, WGS-84
_numbers = itertools.count(1)
CODES_FROM = 5_000_000  # of credit codes; below are those that applications bring


async def now_of(ctx: Context) -> datetime:
    """The shared clock."""
    async with ctx.uow() as uow:
        return await uow.now()


async def a_person(
    uow: Uow, *, name: str = "张三", phone: str | None = None, birth: date | None = date(1980, 5, 1), **more: Any
) -> PersonRow:
    """An active person with a sealed name and phone."""
    vault, person_id = uow.ctx.vault, new_id()
    phone = phone or f"+86138{next(_numbers):08d}"
    key = vault.new_data_key()
    row = PersonRow(
        id=person_id,
        state="active",
        data_key=key,
        name_sealed=vault.seal_for(key, person_id.bytes, "name", name),
        phone_sealed=vault.seal_for(key, person_id.bytes, "phone", phone),
        phone_hash=vault.index("phone", phone),
        birth_date=birth,
        birth_date_basis="officer",
        city_code=SHANGHAI,
        **more,
    )
    await uow.add(row, by=SYSTEM)
    return row


async def a_worker(
    ctx: Context,
    *,
    trades: tuple[str, ...] = ("dishwashing",),
    at: tuple[float, float] | None = HALL,
    birth: date | None = date(1980, 5, 1),
    certificates: tuple[str, ...] = ("health_certificate",),
    name: str = "张三",
    phone: str | None = None,
    **more: Any,
) -> WorkerRow:
    """An active worker of age, near the hall, free every hour of the week."""
    async with ctx.uow() as uow:
        person = await a_person(uow, name=name, phone=phone, birth=birth)
        await uow.flush()
        fields: dict[str, Any] = {
            "state": "active",
            "city_code": SHANGHAI,
            "district_code": XUHUI,
            "introducible_from": birth.replace(year=birth.year + 16) + timedelta(days=1) if birth else None,
            "adult_from": birth.replace(year=birth.year + 18) if birth else None,
            "home_lon": at[0] if at else None,
            "home_lat": at[1] if at else None,
            "home_datum": "wgs84" if at else None,
            "weekly": [{"weekday": day, "start": 0, "end": 1440} for day in range(7)],
        }
        row = WorkerRow(id=person.id, **(fields | more))
        await uow.add(row, by=SYSTEM)
        await uow.flush()
        for trade in trades:
            await uow.add(SkillRow(worker_id=row.id, trade=trade, name=trade, level=2), by=SYSTEM)
        for kind in certificates:
            certificate = CertificateRow(
                worker_id=row.id, kind=kind, valid_from=date(2020, 1, 1), valid_until=date(2099, 1, 1)
            )
            certificate.verified_at = await uow.now()
            await uow.add(certificate, by=SYSTEM)
        return row


async def an_employer(ctx: Context, *, verified: bool = True, **more: Any) -> EmployerRow:
    """A verified enterprise in Shanghai."""
    number = next(_numbers)
    async with ctx.uow() as uow:
        now = await uow.now()
        fields: dict[str, Any] = {
            "state": "verified" if verified else "applied",
            "kind": "enterprise",
            "name": f"某某餐饮{number}",
            "name_folded": f"某某餐饮{number}",
            "credit_code": synthetic_credit_code(CODES_FROM + number),
            "city_code": SHANGHAI,
            "district_code": XUHUI,
            "verified_at": now if verified else None,
        }
        row = EmployerRow(**(fields | more))
        await uow.add(row, by=SYSTEM)
        return row


async def a_member(ctx: Context, employer: EmployerRow, *, role: str = "owner", **person: Any) -> MemberRow:
    """A person who acts for the employer."""
    async with ctx.uow() as uow:
        who = await a_person(uow, **person)
        await uow.flush()
        row = MemberRow(employer_id=employer.id, person_id=who.id, role=role)
        await uow.add(row, by=SYSTEM)
        return row


async def an_officer(ctx: Context, *, regions: tuple[str, ...] = ("310000",), role: str = "officer") -> StaffRow:
    """An officer (or admin) of the public service."""
    number = next(_numbers)
    phone = f"+86139{number:08d}"
    async with ctx.uow() as uow:
        row = StaffRow(
            state="active",
            username=f"officer{number}",
            display_name=f"工作人员{number}",
            role=role,
            regions=list(regions),
            password_hash="!",
            phone_sealed=uow.ctx.vault.seal("staff-phone", phone.encode()),
            phone_hash=uow.ctx.vault.index("phone", phone),
        )
        await uow.add(row, by=SYSTEM)
        return row


async def a_venue(ctx: Context, **more: Any) -> VenueRow:
    """An open gig market."""
    fields: dict[str, Any] = {
        "state": "open",
        "kind": "gig_market",
        "operator_kind": "government",
        "name": "新桥零工市场",
        "city_code": SHANGHAI,
        "district_code": XUHUI,
        "address": "某路1号",
        "lon": HALL[0],
        "lat": HALL[1],
        "sent_datum": "wgs84",
    }
    async with ctx.uow() as uow:
        row = VenueRow(**(fields | more))
        await uow.add(row, by=SYSTEM)
        return row


async def a_posting(
    ctx: Context, employer: EmployerRow, *, terms: dict[str, Any] | None = None, **more: Any
) -> PostingRow:
    """A published shift-bound posting for dishwashers, claimable, with its first terms version."""
    async with ctx.uow() as uow:
        now = await uow.now()
        fields: dict[str, Any] = {
            "employer_id": employer.id,
            "state": "published",
            "channel": "api",
            "title": "晚市洗碗",
            "trade": "dishwashing",
            "job_kind": "day_labour",
            "binding": "shift",
            "headcount": 2,
            "city_code": SHANGHAI,
            "district_code": XUHUI,
            "address": "某路2号",
            "lon": HALL[0],
            "lat": HALL[1],
            "sent_datum": "wgs84",
            "pay_fen": 2500,
            "pay_unit": "hour",
            "settlement": "daily",
            "terms_hash": "0" * 64,
            "valid_until": now + timedelta(days=30),
            "published_at": now,
        }
        if more.get("state") in ENDED:
            fields["closed_at"] = now
        row = PostingRow(**(fields | more))
        await uow.add(row, by=SYSTEM)
        await uow.flush()
        uow.session.add(
            PostingVersionRow(
                posting_id=row.id,
                terms_version=1,
                terms={"title": row.title} if terms is None else terms,
                terms_hash=row.terms_hash,
                created_at=now,
            )
        )
        return row


async def a_shift(
    ctx: Context,
    posting: PostingRow,
    *,
    starts: datetime | None = None,
    hours: float = 4,
    headcount: int = 2,
    **more: Any,
) -> ShiftRow:
    """An open shift of the posting; by default tomorrow at 17:00 in Shanghai."""
    async with ctx.uow() as uow:
        now = await uow.now()
        if starts is None:
            day = (now + timedelta(hours=8)).date() + timedelta(days=1)
            starts = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        row = ShiftRow(
            posting_id=posting.id,
            employer_id=posting.employer_id,
            state="open",
            city_code=posting.city_code,
            occurrence=f"{starts.isoformat()}",
            local_day=(starts + timedelta(hours=8)).date(),
            starts_at=starts,
            ends_at=starts + timedelta(hours=hours),
            headcount=headcount,
            **more,
        )
        await uow.add(row, by=SYSTEM)
        return row


async def an_engagement(
    ctx: Context, worker: WorkerRow, shift: ShiftRow, posting: PostingRow, *, state: str = "confirmed", **more: Any
) -> EngagementRow:
    """A seat taken through an accepted application, counted in the shift, both sides' terms accepted."""
    async with ctx.uow() as uow:
        now = await uow.now()
        application = ApplicationRow(
            posting_id=posting.id,
            shift_id=shift.id,
            worker_id=worker.id,
            employer_id=posting.employer_id,
            city_code=posting.city_code,
            origin="claimed",
            state="accepted",
            terms_version=1,
            closed_at=now,
        )
        await uow.add(application, by=SYSTEM)
        await uow.flush()
        fields: dict[str, Any] = {
            "application_id": application.id,
            "worker_id": worker.id,
            "shift_id": shift.id,
            "posting_id": posting.id,
            "employer_id": posting.employer_id,
            "city_code": posting.city_code,
            "job_kind": posting.job_kind,
            "state": state,
            "starts_at": shift.starts_at,
            "ends_at": shift.ends_at,
            "during": Range(shift.starts_at, shift.ends_at),
            "introducible_from": worker.introducible_from,
            "terms_version": 1,
            "terms_hash": posting.terms_hash,
            "worker_accepted_at": now,
            "employer_accepted_at": now,
        }
        row = EngagementRow(**(fields | more))
        await uow.add(row, by=SYSTEM)
        await uow.flush()
        taken = await uow.session.get(ShiftRow, shift.id)
        assert taken is not None
        taken.taken += 1
        return row


async def signed_in(
    ctx: Context,
    role: str,
    *,
    person_id: UUID | None = None,
    staff_id: UUID | None = None,
    employer_id: UUID | None = None,
) -> dict[str, str]:
    """Headers of an open session with a fresh second factor."""
    token = new_token("lga")
    async with ctx.uow() as uow:
        session = await a_session(uow, role, person_id=person_id, staff_id=staff_id, employer_id=employer_id)
        expires_at = session.created_at + timedelta(days=30)
        await uow.session.execute(
            insert(TokenRow).values(hash=token_hash(token), session_id=session.id, kind="access", expires_at=expires_at)
        )
    return {"authorization": f"Bearer {token}"}


async def a_session(uow: Uow, role: str, **whose: UUID | None) -> SessionRow:
    """An open session with a fresh second factor."""
    now = await uow.now()
    session = SessionRow(
        role=role, fresh_factor_at=now, created_at=now, renewed_at=now, idle_until=now + timedelta(days=100),
        ends_at=now + timedelta(days=180), id=new_id(), **whose,
    )  # fmt: skip
    uow.session.add(session)
    await uow.flush()
    return session


async def fresh(ctx: Context, by: Caller) -> Caller:
    """A member who calls use cases, with a code of just now."""
    async with ctx.uow() as uow:
        session = await a_session(uow, by.role, person_id=by.person_id, employer_id=by.employer_id)
    return replace(by, session_id=session.id)


async def as_worker(ctx: Context, worker: WorkerRow) -> dict[str, str]:
    """Headers of a signed-in worker."""
    return await signed_in(ctx, "worker", person_id=worker.id)


async def as_member(ctx: Context, member: MemberRow) -> dict[str, str]:
    """Headers of a signed-in member of an employer."""
    return await signed_in(ctx, "member", person_id=member.person_id, employer_id=member.employer_id)


async def as_staff(ctx: Context, staff: StaffRow) -> dict[str, str]:
    """Headers of a signed-in officer or admin."""
    return await signed_in(ctx, staff.role, staff_id=staff.id)
