"""Queries on dated rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, text

from service.db.tables import TransitionRow
from service.errors import Missing
from service.ids import new_id
from service.reference.data.shapes import Reason, Region, Trade
from service.reference.kinds import Spec
from service.reference.live import LiveBook, live_book
from service.reference.rules import region_prefix
from service.reference.tables import DIGEST_KIND, ProposalRow, ReferenceRow
from service.reference.view import Catalogue
from service.worktime import office_minutes_after

if TYPE_CHECKING:
    from service.uow import Uow


class ReferenceRepository:
    """Dated rows, and the catalogue that this process keeps of them."""

    DIGEST_KIND = DIGEST_KIND

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    @property
    def live(self) -> LiveBook:
        """This process's live book."""
        return live_book(self.uow.ctx.database)

    async def catalogue(self) -> Catalogue:
        """The catalogue, at most two seconds old."""
        await self.live.refresh(self.session)
        return self.live.catalogue

    async def office(self, at: datetime, jurisdiction: str | None) -> Callable[[datetime, int], datetime]:
        """What gives the instant at which so many office minutes have passed, as offices work there at present."""
        hours, worked = self.uow.ctx.policies.at(at, jurisdiction).reviews, (await self.catalogue()).is_working_day
        opens, closes = (each.hour * 60 + each.minute for each in (hours.office_opens, hours.office_closes))
        return lambda start, minutes: office_minutes_after(start, minutes, opens, closes, worked)

    async def trades(self, day: date) -> dict[str, Trade]:
        """Trades in use on `day`, by code."""
        return dict((await self.catalogue()).trades(day))

    async def regions(self, day: date) -> dict[str, Region]:
        """Divisions in use on `day`, by code."""
        return dict((await self.catalogue()).regions(day))

    async def reasons(self, kind: str) -> Mapping[str, Reason]:
        """The coded reasons of one kind, by code, as they are now."""
        return (await self.catalogue()).reasons(kind)

    async def lock(self) -> None:
        """One writer of dated rows at a time: where a date goes depends on the dates around it."""
        await self.session.execute(text("select pg_advisory_xact_lock(hashtextextended('reference_rows', 0))"))

    async def get(self, row_id: UUID, *, lock: bool = False) -> ReferenceRow:
        """A row by id. Raises Missing."""
        asked = select(ReferenceRow).where(ReferenceRow.id == row_id)
        row = (await self.session.scalars(asked.with_for_update(key_share=True) if lock else asked)).one_or_none()
        if row is None:
            raise Missing
        return row

    async def has_made(self, maker: UUID, account_id: UUID) -> bool:
        """Whether one account opened, changed or re-keyed the other, or one that stands behind it (three deep)."""
        made_by = {account_id}
        for _ in range(3):
            asked = select(TransitionRow.actor_id).where(
                TransitionRow.noun == "staff",
                TransitionRow.entity_id.in_(made_by),
                TransitionRow.action.in_(("create", "edit", "reset_credentials", "reopen")),
                TransitionRow.actor_id.is_not(None),
                TransitionRow.actor_id.not_in(made_by),
            )
            makers = {found for found in await self.session.scalars(asked) if found is not None}
            if maker in makers:
                return True
            if not makers:
                return False
            made_by |= makers
        return False

    def new_proposal(self, **fields: Any) -> ProposalRow:
        """A proposal, not yet added."""
        return ProposalRow(id=new_id(), **fields)

    async def proposal(self, proposal_id: UUID) -> ProposalRow:
        """A proposal, locked. Raises Missing."""
        asked = select(ProposalRow).where(ProposalRow.id == proposal_id).with_for_update(key_share=True)
        row = (await self.session.scalars(asked)).one_or_none()
        if row is None:
            raise Missing
        return row

    async def open_proposals(self) -> Sequence[ProposalRow]:
        """Those that nobody has decided, the oldest first."""
        asked = select(ProposalRow).where(ProposalRow.approved.is_(None))
        return (await self.session.scalars(asked.order_by(ProposalRow.created_at, ProposalRow.id).limit(500))).all()

    async def history(self, kind: str, code: str) -> Sequence[ReferenceRow]:
        """Every row of a code, old to new."""
        asked = select(ReferenceRow).where(ReferenceRow.kind == kind, ReferenceRow.code == code)
        return (await self.session.scalars(asked.order_by(ReferenceRow.valid_from))).all()

    async def everything(self, kinds: Sequence[str]) -> Sequence[ReferenceRow]:
        """Every row of these kinds, old to new."""
        asked = select(ReferenceRow).where(ReferenceRow.kind.in_(kinds))
        return (await self.session.scalars(asked.order_by(ReferenceRow.valid_from))).all()

    async def listed(
        self, kind: str, day: date, *, parent: str | None, after: str | None, limit: int
    ) -> Sequence[ReferenceRow]:
        """Rows in force on `day`, below a parent, by code after `after`."""
        asked = select(ReferenceRow).where(
            ReferenceRow.kind == kind,
            ReferenceRow.valid_from <= day,
            or_(ReferenceRow.valid_to.is_(None), ReferenceRow.valid_to > day),
        )
        if parent is not None:
            asked = asked.where(*_below(kind, parent))
        if after is not None:
            asked = asked.where(ReferenceRow.code > after)
        return (await self.session.scalars(asked.order_by(ReferenceRow.code).limit(limit))).all()

    async def stamp(self, kind: str) -> tuple[int, int]:
        """(rows, sum of versions) of a kind: any change changes it."""
        asked = select(func.count(), func.coalesce(func.sum(ReferenceRow.version), 0)).where(ReferenceRow.kind == kind)
        rows, versions = (await self.session.execute(asked)).one()
        return int(rows), int(versions)

    async def changed_by_people(self) -> set[UUID]:
        """Rows that an admin has touched: what ships never overrides those."""
        asked = select(TransitionRow.entity_id).where(
            TransitionRow.noun == ReferenceRow.NOUN, TransitionRow.actor_kind != "system"
        )
        return set(await self.session.scalars(asked))

    def new(self, spec: Spec) -> ReferenceRow:
        """A row for `uow.add`."""
        return ReferenceRow(
            kind=spec.kind,
            code=spec.code,
            valid_from=spec.valid_from,
            valid_to=spec.valid_to,
            data=dict(spec.data),
            source=spec.source,
            verified=spec.verified,
        )


def _below(kind: str, parent: str) -> tuple[ColumnElement[bool], ...]:
    """The condition of being one level below `parent`."""
    code: Any = ReferenceRow.code
    if kind == "region":
        lead = region_prefix(parent)
        depth = code.like("____00") if len(lead) == 2 else ~code.endswith("00")
        return (code.startswith(lead, autoescape=True), code != parent, depth)
    if kind == "minimum_wage":
        return (code.startswith(region_prefix(parent), autoescape=True),)
    if kind == "occupation":
        lead = f"{parent}-"
        return (code.startswith(lead, autoescape=True), func.length(code) == len(lead) + 2)
    above = {"trade": "industry", "skill": "trade", "season": "season"}
    if kind in above:
        return (ReferenceRow.data[above[kind]].astext == parent,)
    return (code.startswith(f"{parent}.", autoescape=True),)
