"""Queries on intakes and recommendations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, exists, false, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from service.access.tables import StaffRow
from service.applications.tables import ApplicationRow
from service.db.base import Stateful
from service.db.tables import TransitionRow
from service.employers.rules import DECIDERS
from service.employers.tables import EmployerRow, MemberRow
from service.engagements.tables import EngagementRow
from service.errors import Missing
from service.ids import new_id
from service.intakes.lifecycle import UNENDED_SUPPLY
from service.intakes.tables import DemandIntakeRow, RecommendationRow, SupplyIntakeRow
from service.intakes.views import HistoryLine, RecommendationView
from service.people.tables import PersonRow
from service.postings.lifecycle import PUBLIC as PUBLIC_POSTINGS
from service.postings.tables import PostingRow
from service.reference.within import within
from service.supplies.tables import SupplyRow
from service.workers.tables import WorkerRow

if TYPE_CHECKING:
    from service.uow import Uow

Kept = TypeVar("Kept", bound=Stateful)
Regions = Sequence[str] | None  # None: everywhere
BROUGHT = ("invited", "officer", "hall")  # origins of applications that somebody else began
MOST_HISTORY = 100


class IntakeRepository:
    """What was entered for whom, by whom."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    # -- supply -----------------------------------------------------------------------------------------

    def new_supply(self, **fields: Any) -> SupplyIntakeRow:
        """One for `uow.add`."""
        names = (
            "supply_id", "staff_id", "agency_id", "member_person_id", "wish", "wording", "agreed_how", "agreed_at",
            "answer_by", "due_at", "closed_at", "close_reason",
        )  # fmt: skip
        return SupplyIntakeRow(**(dict.fromkeys(names) | {"id": new_id(), "escalations": 0} | fields))

    async def supply(self, intake_id: UUID, *, lock: bool = False) -> SupplyIntakeRow:
        """One. Raises Missing."""
        return await self._one(SupplyIntakeRow, intake_id, lock)

    async def unended(self, *, lock: bool = True, **which: UUID) -> Sequence[SupplyIntakeRow]:
        """What has not ended of a person, an agency or a supply posting; in one order."""
        asked = select(SupplyIntakeRow).filter_by(**which).where(SupplyIntakeRow.state.in_(UNENDED_SUPPLY))
        asked = asked.order_by(SupplyIntakeRow.id).execution_options(populate_existing=True)
        return (await self.session.scalars(asked.with_for_update(key_share=True) if lock else asked)).all()

    async def supplies_of(self, person_id: UUID) -> Sequence[SupplyIntakeRow]:
        """Every one of a person."""
        asked = select(SupplyIntakeRow).where(SupplyIntakeRow.person_id == person_id)
        return (await self.session.scalars(asked.order_by(SupplyIntakeRow.id))).all()

    async def supply_page(
        self, regions: Regions, mine: dict[str, UUID], *, state: str | None, escalated: bool | None,
        after: UUID | None, limit: int,
    ) -> Sequence[SupplyIntakeRow]:  # fmt: skip
        """What officers of these regions may see, or one side's own; the newest first."""
        asked = select(SupplyIntakeRow).filter_by(**mine)
        if regions is not None:
            asked = asked.where(_of_regions(regions))
        if state is not None:
            asked = asked.where(SupplyIntakeRow.state == state)
        if escalated is not None:
            asked = asked.where((SupplyIntakeRow.escalations > 0) == escalated)
        if after is not None:
            asked = asked.where(SupplyIntakeRow.id < after)
        return (await self.session.scalars(asked.order_by(SupplyIntakeRow.id.desc()).limit(limit))).all()

    async def tasks(
        self, regions: Regions, levels: Sequence[str] | None, after: tuple[datetime, UUID] | None, limit: int
    ) -> Sequence[SupplyIntakeRow]:
        """Public wishes that wait for a recommendation where these officers act, the most urgent first."""
        asked = select(SupplyIntakeRow).where(SupplyIntakeRow.state == "open", SupplyIntakeRow.due_at.is_not(None))
        if regions is not None:
            asked = asked.where(_of_regions(regions))
        if levels is not None:
            asked = asked.where(SupplyIntakeRow.level_code.in_(levels))
        if after is not None:
            asked = asked.where(func.row(SupplyIntakeRow.due_at, SupplyIntakeRow.id) > func.row(*after))
        return (
            await self.session.scalars(asked.order_by(SupplyIntakeRow.due_at, SupplyIntakeRow.id).limit(limit))
        ).all()

    async def hand_of_supply(self, supply_id: UUID) -> UUID | None:
        """The officer who entered a supply posting for somebody."""
        asked = select(SupplyIntakeRow.staff_id).where(SupplyIntakeRow.supply_id == supply_id)
        return (await self.session.scalars(asked)).one_or_none()

    async def what_came(self, person_id: UUID, since: datetime) -> str | None:
        """`hired` where a seat was taken, `application` where somebody invited or offered, since then; else None."""
        hired = exists().where(EngagementRow.worker_id == person_id, EngagementRow.created_at >= since)
        mine = (ApplicationRow.worker_id == person_id, ApplicationRow.created_at >= since)
        brought = exists().where(*mine, ApplicationRow.origin.in_(BROUGHT))
        found = (await self.session.execute(select(hired, brought))).one()
        return "hired" if found[0] else ("application" if found[1] else None)

    # -- demand -----------------------------------------------------------------------------------------

    def new_demand(self, **fields: Any) -> DemandIntakeRow:
        """One for `uow.add`."""
        return DemandIntakeRow(
            **({"id": new_id(), "state": "asked", "wrong_tries": 0, "agreed_how": None, "closed_at": None} | fields)
        )

    async def demand(self, intake_id: UUID, *, lock: bool = False) -> DemandIntakeRow:
        """One. Raises Missing."""
        return await self._one(DemandIntakeRow, intake_id, lock)

    async def demand_page(
        self, regions: Regions, state: str | None, after: UUID | None, limit: int
    ) -> Sequence[DemandIntakeRow]:
        """Telephoned jobs of these regions, the newest first."""
        asked = select(DemandIntakeRow)
        if regions is not None:
            asked = asked.where(
                within(func.coalesce(DemandIntakeRow.district_code, DemandIntakeRow.city_code), regions)
            )
        if state is not None:
            asked = asked.where(DemandIntakeRow.state == state)
        if after is not None:
            asked = asked.where(DemandIntakeRow.id < after)
        return (await self.session.scalars(asked.order_by(DemandIntakeRow.id.desc()).limit(limit))).all()

    async def first_call_of(self, person_id: UUID, now: datetime) -> DemandIntakeRow | None:
        """The telephoned job that made a household for this person and still waits for the yes."""
        asked = select(DemandIntakeRow).where(
            DemandIntakeRow.person_id == person_id, DemandIntakeRow.state == "asked",
            DemandIntakeRow.made_employer.is_(True), DemandIntakeRow.confirm_by > now,
        )  # fmt: skip
        return (await self.session.scalars(asked.order_by(DemandIntakeRow.id.desc()).limit(1))).one_or_none()

    async def hand_of_posting(self, posting_id: UUID) -> UUID | None:
        """The officer who entered a posting for a boss on the phone."""
        asked = select(DemandIntakeRow.staff_id).where(DemandIntakeRow.posting_id == posting_id)
        return (await self.session.scalars(asked)).one_or_none()

    async def employer_of_caller(self, person_ids: Sequence[UUID], regions: Regions) -> tuple[UUID, UUID] | None:
        """(person, employer) of these people who decides for an employer in the regions, whoever posted last."""
        latest = (
            select(func.max(PostingRow.created_at)).where(PostingRow.employer_id == EmployerRow.id).scalar_subquery()
        )
        asked = (
            select(MemberRow.person_id, EmployerRow.id)
            .join(EmployerRow, EmployerRow.id == MemberRow.employer_id)
            .where(
                MemberRow.person_id.in_(person_ids), MemberRow.left_at.is_(None), MemberRow.role.in_(DECIDERS),
                EmployerRow.state.in_(("applied", "verified")),
            )
            .order_by(latest.desc().nulls_last(), EmployerRow.id)
            .limit(1)
        )  # fmt: skip
        if regions is not None:
            asked = asked.where(within(func.coalesce(EmployerRow.district_code, EmployerRow.city_code), regions))
        found = (await self.session.execute(asked)).one_or_none()
        return None if found is None else (found[0], found[1])

    async def decides(self, employer_id: UUID, person_ids: Sequence[UUID]) -> UUID | None:
        """Who of these people decides for an employer."""
        asked = select(MemberRow.person_id).where(
            MemberRow.employer_id == employer_id, MemberRow.person_id.in_(person_ids), MemberRow.left_at.is_(None),
            MemberRow.role.in_(DECIDERS),
        )  # fmt: skip
        return (await self.session.scalars(asked.order_by(MemberRow.created_at).limit(1))).one_or_none()

    async def asked_by_agency(self, agency_id: UUID, since: datetime) -> int:
        """How many entries an agency has made since then."""
        asked = select(func.count()).where(SupplyIntakeRow.agency_id == agency_id, SupplyIntakeRow.created_at >= since)
        return int((await self.session.execute(asked)).scalar_one())

    # -- recommendations --------------------------------------------------------------------------------

    def new_recommendation(
        self, intake: SupplyIntakeRow, posting: PostingRow, kind: str, by: UUID | None
    ) -> RecommendationRow:
        """One for `uow.add`."""
        return RecommendationRow(
            id=new_id(), intake_id=intake.id, worker_id=intake.person_id, posting_id=posting.id,
            city_code=posting.city_code, by_kind=kind, by_id=by,
        )  # fmt: skip

    async def recommendations(self, intake_id: UUID) -> list[RecommendationView]:
        """What was recommended, the newest first."""
        asked = (
            select(RecommendationRow, PostingRow.title)
            .join(PostingRow, PostingRow.id == RecommendationRow.posting_id)
            .where(RecommendationRow.intake_id == intake_id)
            .order_by(RecommendationRow.id.desc())
            .limit(MOST_HISTORY)
        )
        return [
            RecommendationView(row.id, row.intake_id, row.posting_id, title, row.by_kind, row.created_at)
            for row, title in await self.session.execute(asked)
        ]

    async def public_posting(self, posting_id: UUID) -> PostingRow:
        """A posting that everybody may see. Raises Missing."""
        asked = select(PostingRow).where(
            PostingRow.id == posting_id, PostingRow.state.in_(PUBLIC_POSTINGS), PostingRow.private.is_(False)
        )
        row = (await self.session.scalars(asked)).one_or_none()
        if row is None:
            raise Missing
        return row

    # -- what is shown of others ------------------------------------------------------------------------

    async def supply_posting(self, supply_id: UUID | None) -> SupplyRow | None:
        """The supply posting of an intake."""
        return None if supply_id is None else await self.session.get(SupplyRow, supply_id, populate_existing=True)

    async def districts(self, intake: SupplyIntakeRow) -> list[str]:
        """Where the person would work, as the supply posting says."""
        supply = await self.supply_posting(intake.supply_id)
        return list(supply.district_codes) if supply is not None else []

    async def posting(self, posting_id: UUID) -> PostingRow:
        """The posting of a telephoned job."""
        return await self.session.get_one(PostingRow, posting_id)

    async def staff_name(self, staff_id: UUID | None) -> str | None:
        """What an officer is called."""
        return await self.session.scalar(select(StaffRow.display_name).where(StaffRow.id == staff_id))

    async def is_idle_person(self, person_id: UUID) -> bool:
        """Whether nothing hangs on a record: no profile, no employer, nothing else entered."""
        hangs = or_(
            exists().where(WorkerRow.id == person_id),
            exists().where(MemberRow.person_id == person_id),
            exists().where(SupplyIntakeRow.person_id == person_id, SupplyIntakeRow.state.in_(UNENDED_SUPPLY)),
            exists().where(DemandIntakeRow.person_id == person_id, DemandIntakeRow.state.in_(("asked", "confirmed"))),
            exists().where(PersonRow.id == person_id, PersonRow.phone_confirmed_at.is_not(None)),
        )
        return not bool((await self.session.execute(select(hangs))).scalar_one())

    async def history(self, noun: str, entity_id: UUID) -> list[HistoryLine]:
        """The log of one, the oldest first: staff by name, people only as what they are."""
        asked = (
            select(TransitionRow, StaffRow.display_name)
            .outerjoin(StaffRow, StaffRow.id == TransitionRow.actor_id)
            .where(TransitionRow.noun == noun, TransitionRow.entity_id == entity_id)
            .order_by(TransitionRow.version)
            .limit(MOST_HISTORY)
        )
        return [
            HistoryLine(row.at, row.action, row.to_state, row.actor_kind, name, row.channel)
            for row, name in await self.session.execute(asked)
        ]

    async def _one(self, kind: type[Kept], row_id: UUID, lock: bool) -> Kept:
        asked = select(kind).where(kind.id == row_id).execution_options(populate_existing=True)
        row = (await self.session.scalars(asked.with_for_update(key_share=True) if lock else asked)).one_or_none()
        if row is None:
            raise Missing
        return row


def _of_regions(regions: Sequence[str]) -> ColumnElement[bool]:
    """Intakes of a city, at a level, or with a district of the wish, that these officers serve."""
    if not regions:
        return false()
    wanted = SupplyRow.district_codes.has_any(cast(list(regions), ARRAY(String)))
    return or_(
        within(SupplyIntakeRow.city_code, regions),
        within(SupplyIntakeRow.level_code, regions),
        exists().where(SupplyRow.id == SupplyIntakeRow.supply_id, wanted),
    )
