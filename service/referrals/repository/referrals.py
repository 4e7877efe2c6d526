"""Referrals, talks and slips under locks. Workers, shifts and postings are locked before them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from service.errors import Missing
from service.ids import new_id, new_public_number
from service.referrals.lifecycle import BEFORE_SEAT, LIVE, OPEN
from service.referrals.tables import ReferralRow, SlipRow, TalkRow

if TYPE_CHECKING:
    from service.uow import Uow

NUMBER_LENGTH = 10
Kept = TypeVar("Kept", ReferralRow, TalkRow, SlipRow)
UNSET = (
    "shift_id", "referred_by", "agency_id", "venue_id", "note", "answer_by", "yes_terms_version", "worker_answered_at",
    "employer_answered_at", "application_id", "engagement_id", "close_reason", "ended_at",
)  # fmt: skip


class ReferralRepository:
    """Lock the referral before its talk or slip."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    def new(self, **fields: Any) -> ReferralRow:
        """A created one, for `uow.add`."""
        number = new_public_number(NUMBER_LENGTH)
        unset: dict[str, Any] = dict.fromkeys(UNSET) | {"ready": False}
        return ReferralRow(id=new_id(), state="created", number=number, **unset | fields)

    def new_talk(self, **fields: Any) -> TalkRow:
        """A planned one, for `uow.add`."""
        return TalkRow(id=new_id(), state="planned", missed_by=None, ended_at=None, **fields)

    def new_slip(self, **fields: Any) -> SlipRow:
        """One in force, for `uow.add`."""
        unset = dict.fromkeys(("result", "result_reason", "receipt_number", "ended_at"))
        return SlipRow(id=new_id(), state="issued", **unset | fields)

    async def get(self, referral_id: UUID) -> ReferralRow:
        """By id. Raises Missing."""
        row = await self.session.get(ReferralRow, referral_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def lock(self, referral_id: UUID) -> ReferralRow:
        """One, kept from other writers until the end. Raises Missing."""
        return _there(await self._one(ReferralRow, ReferralRow.id == referral_id))

    async def live(self, worker_id: UUID, posting_id: UUID) -> ReferralRow | None:
        """The live referral of a person to a posting, without a lock."""
        asked = select(ReferralRow).where(
            ReferralRow.worker_id == worker_id, ReferralRow.posting_id == posting_id, ReferralRow.state.in_(LIVE)
        )
        return (await self.session.scalars(asked)).one_or_none()

    async def lock_before_seat(self, worker_id: UUID, posting_id: UUID) -> ReferralRow | None:
        """The referral that a new seat of this person with this posting ends."""
        return await self._one(
            ReferralRow,
            ReferralRow.worker_id == worker_id,
            ReferralRow.posting_id == posting_id,
            ReferralRow.state.in_(BEFORE_SEAT),
        )

    async def lock_of_engagement(self, engagement_id: UUID) -> ReferralRow | None:
        """The referral that led to a seat."""
        return await self._one(ReferralRow, ReferralRow.engagement_id == engagement_id)

    async def lock_of_application(self, application_id: UUID) -> ReferralRow | None:
        """The referral whose offer an application is."""
        return await self._one(ReferralRow, ReferralRow.application_id == application_id)

    async def lock_open(self, **which: UUID) -> Sequence[ReferralRow]:
        """The open ones of a posting, of one of its shifts, or of a person by an agency; by id."""
        asked = select(ReferralRow).filter_by(**which).where(ReferralRow.state.in_(OPEN)).order_by(ReferralRow.id)
        asked = asked.with_for_update(key_share=True).execution_options(populate_existing=True)
        return (await self.session.scalars(asked)).all()

    async def of_worker(self, worker_id: UUID, states: Collection[str]) -> Sequence[ReferralRow]:
        """A person's referrals in these states, by id."""
        asked = select(ReferralRow).where(ReferralRow.worker_id == worker_id, ReferralRow.state.in_(states))
        return (await self.session.scalars(asked.order_by(ReferralRow.id))).all()

    async def lock_talk(self, talk_id: UUID) -> TalkRow:
        """One talk. Raises Missing."""
        return _there(await self._one(TalkRow, TalkRow.id == talk_id))

    async def planned_talk(self, referral_id: UUID) -> TalkRow | None:
        """The talk that is still to be held."""
        return await self._one(TalkRow, TalkRow.referral_id == referral_id, TalkRow.state == "planned")

    async def talks_since(self, referral_id: UUID, since: datetime) -> int:
        """How many talks of a referral have been arranged since a moment, those moved included."""
        asked = select(func.count()).where(TalkRow.referral_id == referral_id, TalkRow.created_at >= since)
        return int(await self.session.scalar(asked) or 0)

    async def talk_of(self, talk_id: UUID) -> TalkRow:
        """A talk without a lock. Raises Missing."""
        return _there(await self.session.get(TalkRow, talk_id))

    async def slip(self, slip_id: UUID) -> SlipRow:
        """A slip without a lock. Raises Missing."""
        return _there(await self.session.get(SlipRow, slip_id))

    async def lock_slip(self, slip_id: UUID) -> SlipRow:
        """One slip. Raises Missing."""
        return _there(await self._one(SlipRow, SlipRow.id == slip_id))

    async def issued_slip(self, referral_id: UUID) -> SlipRow | None:
        """The slip in force."""
        return await self._one(SlipRow, SlipRow.referral_id == referral_id, SlipRow.state == "issued")

    async def _one(self, table: type[Kept], *where: ColumnElement[bool]) -> Kept | None:
        asked = select(table).where(*where).with_for_update(key_share=True)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()


def _there(row: Kept | None) -> Kept:
    if row is None:
        raise Missing
    return row
