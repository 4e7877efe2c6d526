"""Hires by sight: waiting for a yes, and the posting and shift that the yes makes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select

from service.applications.tables import ApplicationRow
from service.employers.tables import EmployerRow, SiteRow
from service.engagements.lifecycle import LIVE
from service.engagements.tables import EngagementRow, HireRow
from service.engagements.views import HireView
from service.errors import Missing
from service.ids import new_id
from service.injury import said_injury
from service.people.tables import PersonRow
from service.postings.tables import PostingRow, PostingVersionRow
from service.shifts.tables import ShiftRow
from service.text import mask_name
from service.worktime import local_day

if TYPE_CHECKING:
    from service.uow import Uow

_COPIED = tuple(name for name in HireView.__slots__ if name not in ("employer_name", "worker_name", "injury"))


class HireRepository:
    """Rows are locked after their worker."""

    def __init__(self, uow: Uow):
        self.uow = uow

    def new(self, **fields: Any) -> HireRow:
        """A proposal, not yet added."""
        return HireRow(id=new_id(), state="proposed", **fields)

    async def proposed_today(self, employer_id: UUID, worker_id: UUID, now: datetime) -> int:
        """How many proposals of this employer the worker has had in the last day that came to nothing."""
        asked = select(func.count()).where(
            HireRow.employer_id == employer_id,
            HireRow.worker_id == worker_id,
            HireRow.state.in_(("withdrawn", "refused", "lapsed")),
            HireRow.created_at > now - timedelta(days=1),
        )
        return int((await self.uow.session.execute(asked)).scalar_one())

    async def get(self, hire_id: UUID) -> HireRow:
        """The row as it stands, unlocked. Raises Missing."""
        row = await self.uow.session.get(HireRow, hire_id)
        if row is None:
            raise Missing
        return row

    async def lock(self, hire_id: UUID) -> HireRow:
        """The row, locked and fresh. Raises Missing."""
        await self.uow.flush()
        found = select(HireRow).where(HireRow.id == hire_id).with_for_update(key_share=True)
        row = (await self.uow.session.scalars(found.execution_options(populate_existing=True))).one_or_none()
        if row is None:
            raise Missing
        return row

    async def employer(self, employer_id: UUID, *, lock: bool = False) -> EmployerRow:
        """The employer; locked where its people are counted. Raises Missing."""
        found = select(EmployerRow).where(EmployerRow.id == employer_id)
        if lock:
            found = found.with_for_update(key_share=True)
        row = (await self.uow.session.scalars(found.execution_options(populate_existing=True))).one_or_none()
        if row is None:
            raise Missing
        return row

    async def site(self, employer_id: UUID, site_id: UUID | None) -> SiteRow | None:
        """One of the employer's open sites, or its first one. Raises Missing for somebody else's."""
        found = select(SiteRow).where(SiteRow.employer_id == employer_id, SiteRow.closed_at.is_(None))
        if site_id is not None:
            found = found.where(SiteRow.id == site_id)
        row = (await self.uow.session.scalars(found.order_by(SiteRow.created_at, SiteRow.id).limit(1))).one_or_none()
        if row is None and site_id is not None:
            raise Missing("site_unknown", field="/site_id")
        return row

    async def cities_of_sites(self, employer_id: UUID) -> set[str]:
        """The cities in which the employer has open sites."""
        found = select(SiteRow.city_code).where(SiteRow.employer_id == employer_id, SiteRow.closed_at.is_(None))
        return set((await self.uow.session.scalars(found)).all())

    async def people_by_sight(self, employer_id: UUID, now: datetime) -> int:
        """How many people the employer has by sight now: live seats, and proposals still open."""
        await self.uow.flush()
        seats = (
            select(func.count(func.distinct(EngagementRow.worker_id)))
            .join(ApplicationRow, ApplicationRow.id == EngagementRow.application_id)
            .where(
                EngagementRow.employer_id == employer_id,
                EngagementRow.state.in_(LIVE),
                EngagementRow.ends_at > now,
                ApplicationRow.origin == "sight",
            )
        )
        open_ones = select(func.count()).where(
            HireRow.employer_id == employer_id, HireRow.state == "proposed", HireRow.answer_by > now
        )
        counted = [(await self.uow.session.execute(found)).scalar_one() for found in (seats, open_ones)]
        return int(sum(counted))

    def posting_columns(self, hire: HireRow) -> dict[str, Any]:
        """The columns of the posting that a yes makes."""
        return _posting_of(hire)

    async def make_place(
        self, hire: HireRow, *, terms: Mapping[str, Any], terms_hash: str, at: datetime
    ) -> tuple[PostingRow, ShiftRow]:
        """The private posting and its one shift, not yet added; the terms are kept word for word."""
        posting = PostingRow(
            id=new_id(), state="published", terms_hash=terms_hash, published_at=at, **_posting_of(hire)
        )
        shift = ShiftRow(
            id=new_id(),
            state="open",
            posting_id=posting.id,
            employer_id=hire.employer_id,
            city_code=hire.city_code,
            occurrence="sight",
            local_day=local_day(hire.starts_at),
            starts_at=hire.starts_at,
            ends_at=hire.ends_at,
            break_minutes=hire.break_minutes,
            headcount=1,
            taken=0,
            wait_numbers=0,
        )
        version = PostingVersionRow(
            id=new_id(), posting_id=posting.id, terms_version=1, terms=dict(terms), terms_hash=terms_hash, created_at=at
        )
        self.uow.session.add(version)
        return posting, shift

    # -- pages -----------------------------------------------------------------------------------------

    async def view(self, hire_id: UUID) -> HireView:
        """One proposal as both sides see it. Raises Missing."""
        await self.uow.flush()
        row = (await self.uow.session.execute(_views().where(HireRow.id == hire_id))).one_or_none()
        if row is None:
            raise Missing
        return self._view(row)

    async def pending(self, *, worker_id: UUID | None, employer_id: UUID | None, now: datetime) -> list[HireView]:
        """Proposals that wait for a yes, for one side; at most a hundred."""
        found = _views().where(HireRow.state == "proposed", HireRow.answer_by > now)
        found = found.where(HireRow.worker_id == worker_id) if worker_id else found
        found = found.where(HireRow.employer_id == employer_id) if employer_id else found
        found = found.order_by(HireRow.answer_by, HireRow.id).limit(100)
        return [self._view(row) for row in await self.uow.session.execute(found)]

    def _view(self, row: Any) -> HireView:
        hire, vault, sealed = row[0], self.uow.ctx.vault, row.name_sealed
        name = vault.open_for(row.data_key, hire.worker_id.bytes, "name", sealed) if sealed else ""
        return HireView(
            employer_name=row.employer_name,
            worker_name=mask_name(name),
            injury=said_injury({}, row.employer_kind, self.uow.ctx.language),
            **{column: getattr(hire, column) for column in _COPIED},
        )


def _posting_of(hire: HireRow) -> dict[str, Any]:
    """The columns of the posting that a hire by sight makes, terms and all."""
    return {
        "employer_id": hire.employer_id,
        "site_id": hire.site_id,
        "channel": "sight",
        "private": True,
        "title": hire.title,
        "description": None,
        "trade": hire.trade,
        "job_kind": hire.job_kind,
        "work_mode": "on_site",
        "binding": "shift",
        "pattern": None,
        "series": None,
        "headcount": 1,
        "city_code": hire.city_code,
        "district_code": hire.district_code,
        "address": hire.address,
        "lon": hire.lon,
        "lat": hire.lat,
        "sent_datum": hire.sent_datum,
        "approximate": hire.lon is None,
        "pickup": None,
        "pay_fen": hire.pay_fen,
        "pay_most_fen": None,
        "pay_unit": hire.pay_unit,
        "pay_unit_label": None,
        "pay_tiers": [],
        "pay_note": None,
        "settlement": hire.settlement,
        "call_off_fen": 0,
        "break_minutes": hire.break_minutes,
        "conditions": {},
        "certificates": list(hire.certificates),
        "skills": [],
        "adult_only": hire.adult_only,
        "min_age": None,
        "claimable": False,
        "terms_version": 1,
        "valid_until": hire.ends_at,
    }


def _views() -> Any:
    return (
        select(
            HireRow,
            EmployerRow.name.label("employer_name"),
            EmployerRow.kind.label("employer_kind"),
            PersonRow.data_key,
            PersonRow.name_sealed,
        )
        .join(EmployerRow, EmployerRow.id == HireRow.employer_id)
        .join(PersonRow, PersonRow.id == HireRow.worker_id)
        .execution_options(populate_existing=True)
    )
