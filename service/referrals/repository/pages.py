"""Referrals and slips as they are shown: names masked, a household's name and door only after both have said yes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import aliased

from service.access.tables import StaffRow
from service.brokers.tables import BrokerageRow
from service.employers.tables import EmployerRow
from service.errors import Missing
from service.injury import said_injury
from service.people.tables import PersonRow
from service.postings.tables import PostingRow
from service.reference.within import within
from service.referrals.lifecycle import OPEN
from service.referrals.tables import ReferralRow, SlipRow, TalkRow
from service.referrals.views import ReferralView, SlipView, TalkView, as_agency_sees
from service.shifts.tables import ShiftRow
from service.text import mask_name
from service.worktime import local_day

if TYPE_CHECKING:
    from service.uow import Uow

SEATED = ("agreed", "hired", "on_duty", "completed", "ended_early", "no_show", "paid", "pay_overdue", "closed")
_TALK = tuple(TalkView.__slots__)
_COPIED = (
    "id", "version", "number", "state", "origin", "posting_id", "shift_id", "worker_id", "employer_id", "city_code",
    "agency_id", "batch_id", "place_in_batch", "quick", "note", "answer_by", "ready", "yes_terms_version",
    "application_id", "engagement_id", "close_reason", "created_at", "ended_at",
)  # fmt: skip
_Agency = aliased(EmployerRow)


class ReferralPagesRepository:
    """Reads only."""

    def __init__(self, uow: Uow):
        self.uow = uow

    async def view(self, referral_id: UUID, *, agency_id: UUID | None = None) -> ReferralView:
        """One referral, `agency_id`: as the agency that made it sees it. Raises Missing."""
        await self.uow.flush()
        found = (await self.uow.session.execute(_views().where(ReferralRow.id == referral_id))).one_or_none()
        if found is None:
            raise Missing
        return (await self._shown([found], agency_id))[0]

    async def views(self, ids: Sequence[UUID], *, agency_id: UUID | None = None) -> list[ReferralView]:
        """Several, in the order of the group; `agency_id` as in `view`."""
        await self.uow.flush()
        asked = _views().where(ReferralRow.id.in_(ids)).order_by(ReferralRow.place_in_batch, ReferralRow.id)
        return await self._shown((await self.uow.session.execute(asked)).all(), agency_id)

    async def page(
        self,
        *,
        worker_id: UUID | None = None,
        employer_id: UUID | None = None,
        agency_id: UUID | None = None,
        posting_id: UUID | None = None,
        batch_id: UUID | None = None,
        regions: Sequence[str] | None = None,
        states: Collection[str] = (),
        overdue_at: datetime | None = None,
        after: UUID | None,
        limit: int,
    ) -> list[ReferralView]:
        """Newest first (ids are ordered by time), at most `limit`; overdue: the turn's time has passed.

        `agency_id`: what the agency made, of the people that it acts for now and as it sees them.
        """
        asked = _views().where(within(ReferralRow.city_code, regions))
        for column, wanted in (
            (ReferralRow.worker_id, worker_id),
            (ReferralRow.employer_id, employer_id),
            (ReferralRow.posting_id, posting_id),
            (ReferralRow.batch_id, batch_id),
        ):
            asked = asked.where(column == wanted) if wanted else asked
        if agency_id is not None:
            asked = asked.where(ReferralRow.agency_id == agency_id, _acts_now())
        if states:
            asked = asked.where(ReferralRow.state.in_(states))
        if overdue_at is not None:
            asked = asked.where(ReferralRow.answer_by <= overdue_at, ReferralRow.state.in_(OPEN))
        if after is not None:
            asked = asked.where(ReferralRow.id < after)
        rows = (await self.uow.session.execute(asked.order_by(ReferralRow.id.desc()).limit(limit))).all()
        return await self._shown(rows, agency_id)

    async def acts_now(self, referral_id: UUID) -> bool:
        """Whether the agency that made it still acts for the person."""
        asked = select(exists().where(ReferralRow.id == referral_id, _acts_now()))
        return bool(await self.uow.session.scalar(asked))

    async def _shown(self, rows: Sequence[Any], agency_id: UUID | None) -> list[ReferralView]:
        talks = await self._talks([row[0].id for row in rows])
        views = [self._view(row, talks.get(row[0].id)) for row in rows]
        if agency_id is None:
            return views
        return [as_agency_sees(view, employer_name=_employer(row)) for row, view in zip(rows, views, strict=True)]

    async def _talks(self, ids: Sequence[UUID]) -> dict[UUID, TalkView]:
        asked = select(TalkRow).where(TalkRow.referral_id.in_(ids)).order_by(TalkRow.referral_id, TalkRow.id)
        found = (await self.uow.session.scalars(asked)).all() if ids else []
        return {row.referral_id: TalkView(**{name: getattr(row, name) for name in _TALK}) for row in found}

    def _view(self, row: Any, talk: TalkView | None) -> ReferralView:
        referral: ReferralRow = row[0]
        return ReferralView(
            title=row.title,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            worker_name=mask_name(self._name(row, referral.worker_id)),
            employer_name=_employer(row, referral.state),
            agency_name=row.agency_name,
            terms_version=row.terms_version,
            talk=talk,
            has_slip=row.has_slip,
            **{name: getattr(referral, name) for name in _COPIED},
        )

    def _name(self, row: Any, person_id: UUID) -> str:
        vault, sealed = self.uow.ctx.vault, row.name_sealed
        return vault.open_for(row.data_key, person_id.bytes, "name", sealed) if sealed else ""

    async def slip(self, slip: SlipRow, *, text: str | None, page: str | None = None) -> SlipView:
        """A slip with what it says of the work. Raises Missing."""
        await self.uow.flush()
        asked = _views().where(ReferralRow.id == slip.referral_id)
        row = (await self.uow.session.execute(asked)).one_or_none()
        if row is None:
            raise Missing
        referral: ReferralRow = row[0]
        hidden = row.employer_kind == "household" and referral.state not in SEATED
        return SlipView(
            id=slip.id,
            version=slip.version,
            state=slip.state,
            referral_id=referral.id,
            number=referral.number,
            text=text,
            worker_name=mask_name(self._name(row, referral.worker_id)),
            employer_name=_employer(row, referral.state),
            title=row.title,
            address=None if hidden else row.address,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            pay={
                "amount_fen": row.pay_fen,
                "most_fen": row.pay_most_fen,
                "unit": row.pay_unit,
                "unit_label": row.pay_unit_label,
            },
            injury=said_injury(
                row.conditions,
                row.employer_kind,
                self.uow.ctx.language,
                last_day=local_day(row.ends_at) if row.ends_at else None,
            ),
            officer=row.officer,
            agency_name=row.agency_name,
            issued_at=slip.issued_at,
            expires_at=slip.expires_at,
            result=slip.result,
            reason=slip.result_reason,
            receipt_number=slip.receipt_number,
            redeemed_at=slip.ended_at if slip.state == "redeemed" else None,
            engagement_id=referral.engagement_id,
            page=page,
        )

    async def that_led_to(self, engagement_id: UUID) -> tuple[ReferralRow | None, list[TalkRow], list[SlipRow]]:
        """The referral behind a seat with its talks and slips, without a lock."""
        asked = select(ReferralRow).where(ReferralRow.engagement_id == engagement_id)
        row = (await self.uow.session.scalars(asked)).one_or_none()
        if row is None:
            return None, [], []
        talks = select(TalkRow).where(TalkRow.referral_id == row.id).order_by(TalkRow.id)
        slips = select(SlipRow).where(SlipRow.referral_id == row.id).order_by(SlipRow.id)
        return row, list(await self.uow.session.scalars(talks)), list(await self.uow.session.scalars(slips))


def _acts_now() -> ColumnElement[bool]:
    return exists().where(
        BrokerageRow.agency_id == ReferralRow.agency_id,
        BrokerageRow.person_id == ReferralRow.worker_id,
        BrokerageRow.state == "active",
    )


def _employer(row: Any, state: str | None = None) -> str:
    """A household's name is a person's, masked until both have said yes, and always from a broker."""
    name: str = row.employer_name
    return mask_name(name) if row.employer_kind == "household" and state not in SEATED else name


def _views() -> Select[Any]:
    has_slip = exists().where(SlipRow.referral_id == ReferralRow.id, SlipRow.state == "issued").label("has_slip")
    columns: tuple[Any, ...] = (
        ReferralRow,
        PostingRow.title,
        PostingRow.address,
        PostingRow.terms_version,
        PostingRow.conditions,
        PostingRow.pay_fen,
        PostingRow.pay_most_fen,
        PostingRow.pay_unit,
        PostingRow.pay_unit_label,
        ShiftRow.starts_at,
        ShiftRow.ends_at,
        EmployerRow.name.label("employer_name"),
        EmployerRow.kind.label("employer_kind"),
        PersonRow.data_key,
        PersonRow.name_sealed,
        StaffRow.display_name.label("officer"),
        _Agency.name.label("agency_name"),
        has_slip,
    )
    return (
        select(*columns)
        .select_from(ReferralRow)
        .join(PostingRow, PostingRow.id == ReferralRow.posting_id)
        .join(EmployerRow, EmployerRow.id == ReferralRow.employer_id)
        .join(PersonRow, PersonRow.id == ReferralRow.worker_id)
        .outerjoin(ShiftRow, ShiftRow.id == ReferralRow.shift_id)
        .outerjoin(StaffRow, StaffRow.id == ReferralRow.referred_by)
        .outerjoin(_Agency, _Agency.id == ReferralRow.agency_id)
    )
