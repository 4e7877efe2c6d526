"""Queries on deals and on the people lent under them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import false, func, or_, select, text

from service.deals.lifecycle import LENT_FIRM, LENT_TAKEN, LENT_WORKED, PREPARING, UNDER_WAY
from service.deals.rules.again import Lent
from service.deals.tables import DealRow, LentRow
from service.employers.tables import EmployerRow
from service.engagements.tables import HoursRow
from service.errors import Missing
from service.ids import new_id
from service.people.tables import PersonRow
from service.reference.within import within
from service.text import mask_name, mask_phone
from service.worktime import week_of

if TYPE_CHECKING:
    from service.uow import Uow

_PHONE, _NAME = "lent-phone", "lent-name"
_CLASH = text("select lent_clashes(:worker_id, :first_day, :last_day, :day_from, :day_until, cast(:weekdays as jsonb))")


class DealRepository:
    """Deals; whose they are is the use cases' business."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    def new(self, **fields: Any) -> DealRow:
        """One for `uow.add`."""
        names = (
            "lender_agreed_at", "borrower_agreed_at", "surplus_id", "shortage_id", "agreed_at", "signed_at",
            "signed_until",
            "started_at", "ended_at", "end_reason", "longer_until", "longer_by", "review", "review_note", "reviewed_by",
            "lender_insolvency", "borrower_insolvency", "insolvency_note",
        )  # fmt: skip
        empty = dict.fromkeys(names) | {"review_signs": [], "lender_declares": [], "borrower_declares": [], "taken": 0}
        return DealRow(**(empty | {"id": new_id(), "state": "proposed", "terms_version": 1} | fields))

    async def get(self, deal_id: UUID, *, lock: bool = False) -> DealRow:
        """One. Raises Missing."""
        asked = select(DealRow).where(DealRow.id == deal_id).execution_options(populate_existing=True)
        row = (await self.session.scalars(asked.with_for_update(key_share=True) if lock else asked)).one_or_none()
        if row is None:
            raise Missing
        return row

    async def live_of(self, employer_id: UUID, states: Collection[str]) -> Sequence[DealRow]:
        """A firm's deals in these states, on either side, kept from other writers; in one order."""
        asked = select(DealRow).where(
            or_(DealRow.lender_id == employer_id, DealRow.borrower_id == employer_id),
            DealRow.state.in_(tuple(states)),
        )
        asked = asked.order_by(DealRow.id).with_for_update(key_share=True)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).all()

    async def proposals_of(self, employer_id: UUID, since: datetime) -> Sequence[DealRow]:
        """What a firm or an agency has proposed and is not answered, or since then; the oldest first."""
        sides = (("lender", DealRow.lender_id), ("borrower", DealRow.borrower_id), ("broker", DealRow.broker_id))
        asked = select(DealRow).where(
            or_(*((DealRow.proposed_by == side) & (column == employer_id) for side, column in sides)),
            (DealRow.state == "proposed") | (DealRow.created_at > since),
        )
        return (await self.session.scalars(asked.order_by(DealRow.created_at, DealRow.id))).all()

    async def brokered_by(self, agency_id: UUID) -> Sequence[DealRow]:
        """What an agency has proposed and not both firms have agreed to, kept from other writers; in one order."""
        asked = select(DealRow).where(DealRow.broker_id == agency_id, DealRow.state == "proposed")
        asked = asked.order_by(DealRow.id).with_for_update(key_share=True)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).all()

    async def lent_elsewhere(self, deal: DealRow) -> list[tuple[str, int, int]]:
        """The other deals under which a lender's people are asked, come or are there: (state, headcount, how many)."""
        taken = func.count(LentRow.id)
        asked = (
            select(DealRow.state, DealRow.headcount, taken)
            .join(LentRow, (LentRow.deal_id == DealRow.id) & LentRow.state.in_(LENT_TAKEN), isouter=True)
            .where(
                DealRow.lender_id == deal.lender_id, DealRow.id != deal.id, DealRow.state.in_((*PREPARING, *UNDER_WAY))
            )
            .group_by(DealRow.id)
        )
        return [(state, headcount, int(found)) for state, headcount, found in await self.session.execute(asked)]

    async def know_each_other(self, one: UUID, other: UUID) -> bool:
        """Whether two firms have a deal that waits, or was agreed: as lender, borrower or agency."""
        sides = (DealRow.lender_id, DealRow.borrower_id, DealRow.broker_id)
        asked = select(DealRow.id).where(
            *(or_(*(side == firm for side in sides)) for firm in (one, other)),
            or_(DealRow.agreed_at.is_not(None), DealRow.state == "proposed"),
        )
        return await self.session.scalar(asked.limit(1)) is not None

    async def waiting_on(self, balance_id: UUID) -> Sequence[DealRow]:
        """Proposals out of a balance that not both firms have agreed to; in one order."""
        named = or_(DealRow.surplus_id == balance_id, DealRow.shortage_id == balance_id)
        return (
            await self.session.scalars(select(DealRow).where(named, DealRow.state == "proposed").order_by(DealRow.id))
        ).all()

    async def page(
        self,
        employer_id: UUID | None,
        served: Sequence[str] | None,
        chosen: dict[str, Any],
        after: UUID | None,
        limit: int,
        *,
        insolvency: str | None = None,
    ) -> Sequence[DealRow]:
        """A firm's deals on any side, else those of places that are served (None: everywhere); the newest first.
        `insolvency`: as it stands with either firm."""
        asked = select(DealRow).filter_by(**chosen)
        if chosen.get("review") == "open":  # what has not come about waits for nobody
            asked = asked.where(DealRow.state.not_in(("refused", "cancelled")))
        if insolvency is not None:
            asked = asked.where(or_(DealRow.lender_insolvency == insolvency, DealRow.borrower_insolvency == insolvency))
        if employer_id is not None:
            sides = (DealRow.lender_id, DealRow.borrower_id, DealRow.broker_id)
            asked = asked.where(or_(*(side == employer_id for side in sides)))
        elif served is not None:
            asked = asked.where(
                or_(
                    within(DealRow.city_code, served),
                    within(DealRow.district_code, served),
                    within(DealRow.lender_city_code, served),
                )
            )
        if after is not None:
            asked = asked.where(DealRow.id < after)
        return (await self.session.scalars(asked.order_by(DealRow.id.desc()).limit(limit))).all()

    async def names(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """What everybody reads of these firms."""
        asked = select(EmployerRow.id, EmployerRow.name).where(EmployerRow.id.in_(ids))
        return {row.id: row.name for row in await self.session.execute(asked)}


class LentRepository:
    """People who are lent; the number is found by its keyed hash only."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    def new(self, *, phone: str, name: str, **fields: Any) -> LentRow:
        """One for `uow.add`."""
        vault = self.uow.ctx.vault
        names = (
            "worker_id", "consented_at", "introducible_from", "replaces_id", "started_at", "left_on", "back_by",
            "ended_at", "end_reason", "injured_at", "injury_said_by", "longer_until", "left_for",
        )  # fmt: skip
        sealed = {
            "phone_hash": vault.index("phone", phone),
            "phone_sealed": vault.seal(_PHONE, phone.encode()),
            "name_sealed": vault.seal(_NAME, name.encode()),
        }
        return LentRow(**(dict.fromkeys(names) | {"id": new_id(), "state": "asked"} | sealed | fields))

    def forgotten(self) -> dict[str, None]:
        """The columns that say who it is, and why somebody would not, empty: for `uow.edit`."""
        return dict.fromkeys(("phone_hash", "phone_sealed", "name_sealed", "left_for"))

    def name_of(self, row: LentRow) -> str | None:
        """The name that the lender gave; None where it is forgotten. For comparing, not for showing."""
        return self.uow.ctx.vault.open(_NAME, row.name_sealed).decode() if row.name_sealed else None

    def shown(self, row: LentRow) -> tuple[str | None, str | None]:
        """Name and number as the firms see them, also in their papers: masked; None where they are forgotten."""
        vault = self.uow.ctx.vault
        name = self.name_of(row)
        return mask_name(name) if name is not None else None, mask_phone(
            vault.open(_PHONE, row.phone_sealed).decode()
        ) if row.phone_sealed else None

    async def get(self, lent_id: UUID, *, lock: bool = False) -> LentRow:
        """One. Raises Missing."""
        asked = select(LentRow).where(LentRow.id == lent_id).execution_options(populate_existing=True)
        row = (await self.session.scalars(asked.with_for_update(key_share=True) if lock else asked)).one_or_none()
        if row is None:
            raise Missing
        return row

    async def of(self, deal_id: UUID, *, lock: bool = False) -> Sequence[LentRow]:
        """Everybody of a deal, in the order of asking."""
        asked = select(LentRow).where(LentRow.deal_id == deal_id).order_by(LentRow.created_at, LentRow.id)
        asked = asked.with_for_update(key_share=True) if lock else asked
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).all()

    async def for_person(self, person_id: UUID, phone_hash: bytes | None) -> Sequence[LentRow]:
        """Where somebody was asked by the own, proved number, or is known."""
        mine = [LentRow.worker_id == person_id]
        if phone_hash is not None:
            mine.append((LentRow.phone_hash == phone_hash) & LentRow.worker_id.is_(None))
        return (await self.session.scalars(select(LentRow).where(or_(*mine)).order_by(LentRow.id.desc()))).all()

    async def known_people(self, phone_hash: bytes) -> Sequence[UUID]:
        """Who has proved this number and can be told."""
        asked = select(PersonRow.id).where(
            PersonRow.phone_hash == phone_hash, PersonRow.state == "active", PersonRow.phone_confirmed_at.is_not(None)
        )
        return (await self.session.scalars(asked.order_by(PersonRow.id))).all()

    async def asked_since(self, deal: DealRow, since: datetime) -> list[datetime]:
        """When people were asked for a deal after `since`, the oldest first."""
        asked = select(LentRow.created_at).where(LentRow.deal_id == deal.id, LentRow.created_at > since)
        return sorted(await self.session.scalars(asked))

    async def asked_in_vain(self, lender_id: UUID, phone: str, since: datetime) -> list[datetime]:
        """When a lender asked this number after `since` and no yes has come, the oldest first."""
        asked = (
            select(LentRow.created_at)
            .join(DealRow, DealRow.id == LentRow.deal_id)
            .where(
                DealRow.lender_id == lender_id,
                LentRow.phone_hash == self.uow.ctx.vault.index("phone", phone),
                LentRow.consented_at.is_(None),
                LentRow.created_at > since,
            )
        )
        return sorted(await self.session.scalars(asked))

    async def before(self, row: LentRow, since: date) -> list[Lent]:
        """Lendings of the same person, or of the owner of the same number, under other deals that were not over before
        a day."""
        same = [LentRow.worker_id == row.worker_id] if row.worker_id is not None else []
        if row.phone_hash is not None:
            same.append(LentRow.phone_hash == row.phone_hash)
        until = func.coalesce(LentRow.left_on, LentRow.last_day)
        asked = (
            select(DealRow.lender_id, LentRow.first_day, until)
            .join(DealRow, DealRow.id == LentRow.deal_id)
            .where(
                or_(false(), *same),
                LentRow.state.in_((*LENT_FIRM, *LENT_WORKED)),
                until >= since,
                LentRow.deal_id != row.deal_id,
            )
        )
        return [Lent(*each) for each in await self.session.execute(asked)]

    async def of_worker(self, worker_id: UUID) -> Sequence[LentRow]:
        """Every lending of a record, in the order of locking."""
        asked = select(LentRow).where(LentRow.worker_id == worker_id).order_by(LentRow.deal_id, LentRow.id)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).all()

    async def asked_by_number(self, phone_hash: bytes) -> Sequence[LentRow]:
        """Who of this number has been asked, has not looked yet, and has not answered; in the order of locking."""
        asked = select(LentRow).where(
            LentRow.phone_hash == phone_hash, LentRow.worker_id.is_(None), LentRow.state == "asked"
        )
        return (await self.session.scalars(asked.order_by(LentRow.deal_id, LentRow.id))).all()

    async def part_time_weeks(
        self, row: LentRow, firms: Collection[UUID], until: date
    ) -> Sequence[tuple[UUID, date, int]]:
        """(firm, Monday, minutes) of the part-time work that the person has at these firms in weeks of a lending, were
        it until then."""
        week, minutes = HoursRow.week, func.sum(HoursRow.minutes)
        asked = select(HoursRow.employer_id, week, minutes).where(
            HoursRow.worker_id == row.worker_id,
            HoursRow.employer_id.in_(firms),
            HoursRow.part_time,
            week.between(week_of(row.first_day), week_of(until + timedelta(days=1))),
        )
        asked = asked.group_by(HoursRow.employer_id, week).order_by(week, HoursRow.employer_id)
        return [(firm, monday, int(each)) for firm, monday, each in await self.session.execute(asked)]

    async def overlaps(self, row: LentRow, worker_id: UUID, until: date) -> bool:
        """Whether the person has said yes to another lending with a day in common, were this one until then."""
        asked = select(LentRow.id).where(
            LentRow.worker_id == worker_id,
            LentRow.id != row.id,
            LentRow.state.in_(LENT_FIRM),
            LentRow.first_day <= until,
            LentRow.last_day >= row.first_day,
        )
        return await self.session.scalar(asked.limit(1)) is not None

    async def clashes(self, row: LentRow, worker_id: UUID, until: date) -> bool:
        """Whether a seat that the person has taken lies in the hours of this lending, were it until then."""
        said = {
            "worker_id": worker_id, "first_day": row.first_day, "last_day": until, "day_from": row.day_from,
            "day_until": row.day_until, "weekdays": json.dumps(row.weekdays),
        }  # fmt: skip
        return bool(await self.session.scalar(_CLASH, said))
