"""Booths of employers at fairs, and the postings that they bring."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, insert, select

from service.employers.rules import may_post
from service.employers.tables import EmployerRow
from service.errors import Missing
from service.fairs.lifecycle import BOOTH_LIVE
from service.fairs.tables import BoothPostingRow, BoothRow, FairRow
from service.fairs.views import BoothPosting
from service.ids import new_id
from service.postings.lifecycle import PUBLIC
from service.postings.tables import PostingRow

if TYPE_CHECKING:
    from datetime import datetime

    from service.uow import Uow


class FairBoothRepository:
    """Who has which booth."""

    uow: Uow
    session: Any

    def new_booth(self, fair: FairRow, employer_id: UUID, number: int) -> BoothRow:
        """Asked for, not yet added."""
        unset = dict.fromkeys(("decline_reason", "came", "spoke", "hired"))
        return BoothRow(
            id=new_id(), state="asked", fair_id=fair.id, employer_id=employer_id, city_code=fair.city_code,
            number=number, **unset,
        )  # fmt: skip

    async def booth(self, booth_id: UUID) -> BoothRow:
        """By id, to look at. Raises Missing."""
        row: BoothRow | None = await self.session.get(BoothRow, booth_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def lock_booth(self, booth_id: UUID) -> BoothRow:
        """One, kept until the end; its fair is locked. Raises Missing."""
        asked = select(BoothRow).where(BoothRow.id == booth_id).with_for_update()
        row: BoothRow | None = (
            await self.session.scalars(asked.execution_options(populate_existing=True))
        ).one_or_none()
        if row is None:
            raise Missing
        return row

    async def live_booths(self, fair_id: UUID) -> Sequence[BoothRow]:
        """Those whose number nobody else has, by number."""
        asked = select(BoothRow).where(BoothRow.fair_id == fair_id, BoothRow.state.in_(BOOTH_LIVE))
        rows: Sequence[BoothRow] = (await self.session.scalars(asked.order_by(BoothRow.number))).all()
        return rows

    async def live_booths_of(self, employer_id: UUID) -> Sequence[BoothRow]:
        """An employer's that have not ended, by fair."""
        asked = select(BoothRow).where(BoothRow.employer_id == employer_id, BoothRow.state.in_(BOOTH_LIVE))
        rows: Sequence[BoothRow] = (await self.session.scalars(asked.order_by(BoothRow.fair_id))).all()
        return rows

    async def booths_page(
        self,
        *,
        fair_id: UUID | None = None,
        employer_id: UUID | None = None,
        states: Collection[str] | None = None,
        after: UUID | None,
        limit: int,
    ) -> Sequence[BoothRow]:
        """Of a fair or of an employer, the oldest first."""
        asked = select(BoothRow)
        if fair_id is not None:
            asked = asked.where(BoothRow.fair_id == fair_id)
        if employer_id is not None:
            asked = asked.where(BoothRow.employer_id == employer_id)
        if states is not None:
            asked = asked.where(BoothRow.state.in_(states))
        if after is not None:
            asked = asked.where(BoothRow.id > after)
        rows: Sequence[BoothRow] = (await self.session.scalars(asked.order_by(BoothRow.id).limit(limit))).all()
        return rows

    async def shown_booths(self, fair_id: UUID) -> Sequence[BoothRow]:
        """Confirmed ones with something to offer that everybody may see, by number."""
        offers = (
            select(BoothPostingRow.booth_id)
            .join(PostingRow, PostingRow.id == BoothPostingRow.posting_id)
            .where(BoothPostingRow.booth_id == BoothRow.id, *_offered())
            .exists()
        )
        asked = select(BoothRow).where(BoothRow.fair_id == fair_id, BoothRow.state == "confirmed", offers)
        rows: Sequence[BoothRow] = (await self.session.scalars(asked.order_by(BoothRow.number))).all()
        return rows

    async def postings_at(self, booth_ids: Collection[UUID]) -> dict[UUID, list[BoothPosting]]:
        """What each booth offers that everybody may see at present, newest first."""
        asked = (
            select(
                BoothPostingRow.booth_id, PostingRow.id, PostingRow.number, PostingRow.title, PostingRow.trade,
                PostingRow.headcount,
            )
            .join(PostingRow, PostingRow.id == BoothPostingRow.posting_id)
            .where(BoothPostingRow.booth_id.in_(booth_ids), *_offered())
            .order_by(PostingRow.number.desc())
        )  # fmt: skip
        found: dict[UUID, list[BoothPosting]] = {each: [] for each in booth_ids}
        for booth_id, *posting in await self.session.execute(asked):
            found[booth_id].append(BoothPosting(*posting))
        return found

    async def offered_by(self, employer_id: UUID, posting_ids: Collection[UUID], at: datetime) -> set[UUID]:
        """Which of these are the employer's own, seen by everybody, and still offered at that time."""
        asked = select(PostingRow.id).where(
            PostingRow.employer_id == employer_id, PostingRow.id.in_(posting_ids), *_offered(),
            PostingRow.valid_until > at,
        )  # fmt: skip
        return set(await self.session.scalars(asked))

    async def set_postings(self, booth_id: UUID, posting_ids: Sequence[UUID]) -> None:
        """What is brought, each once, instead of what was; the booth's row is in the database."""
        await self.session.execute(delete(BoothPostingRow).where(BoothPostingRow.booth_id == booth_id))
        rows = [{"booth_id": booth_id, "posting_id": each} for each in dict.fromkeys(posting_ids)]
        await self.session.execute(insert(BoothPostingRow), rows)

    async def exhibitors(self, employer_ids: Collection[UUID]) -> dict[UUID, tuple[str, str, bool]]:
        """(name, kind, whether it may offer anything at present) of each."""
        asked = select(EmployerRow.id, EmployerRow.name, EmployerRow.kind, EmployerRow.state).where(
            EmployerRow.id.in_(employer_ids)
        )
        found = await self.session.execute(asked)
        return {row.id: (row.name, row.kind, may_post(row.state)) for row in found}


def _offered() -> tuple[Any, ...]:
    return PostingRow.state.in_(PUBLIC), PostingRow.private.is_(False)
