"""Seats: made in one statement with everything that belongs to them, locked, given up, counted once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Column, Select, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import Range

from service.applications.tables import ApplicationRow
from service.db.driver import Statement, fetch
from service.engagements.lifecycle import LIVE, SEATED
from service.engagements.rules import Pieces, by_week, planned_pieces
from service.engagements.tables import EngagementRow
from service.errors import Conflict, Missing
from service.ids import new_id
from service.postings.lifecycle import DOWN
from service.postings.tables import PostingRow

if TYPE_CHECKING:
    from service.applications.case import Case
    from service.uow import Uow

_DIALECT: Any = postgresql.dialect()  # type: ignore[no-untyped-call]


def _cast(prefix: str, column: Column[Any]) -> str:
    if column.name == "during":
        return f"tstzrange(cast(:{prefix}_starts_at as timestamptz), cast(:{prefix}_until as timestamptz))"
    return f"cast(:{prefix}_{column.name} as {column.type.compile(_DIALECT)})"


def _insert(prefix: str, table: Any) -> str:
    columns = ", ".join(column.name for column in table.columns)
    values = ", ".join(_cast(prefix, column) for column in table.columns)
    return f"insert into {table.name} ({columns}) select {values} from seat"


def _values(prefix: str, row: Any) -> dict[str, Any]:
    table: Any = row.__table__
    return {f"{prefix}_{column.name}": getattr(row, column.name) for column in table.columns if column.name != "during"}


_HOURS = """insert into hours_ledger (engagement_id, local_day, week, worker_id, employer_id, part_time, minutes)
    select cast(:e_id as uuid), h.day, h.week, cast(:e_worker_id as uuid), cast(:e_employer_id as uuid),
           cast(:e_job_kind as text) = 'part_time', h.minutes
    from seat,
         unnest(cast(:days as date[]), cast(:weeks as date[]), cast(:minutes as int[])) as h(day, week, minutes)"""
_TAKE = """update shifts set taken = taken + 1, reopened_seats = greatest(reopened_seats - 1, 0)
    where id = :shift_id and state = 'open' and taken < headcount returning posting_id, taken, headcount"""
_MAKE = f""",
    application as ({_insert("a", ApplicationRow.__table__)} returning id),
    engagement as ({_insert("e", EngagementRow.__table__)} returning id),
    hours as ({_HOURS})
    select posting_id, taken, headcount from seat"""
NEW_SEAT = Statement(f"with seat as ({_TAKE}) {_MAKE}")
_KEEP = "select posting_id, taken, headcount from shifts where id = :shift_id"
SAME_SEAT = Statement(f"with seat as ({_KEEP}) {_MAKE}")
TAKE = Statement(_TAKE)
LOCK_SHIFT = Statement("select id from shifts where id = :shift_id for no key update")
RECOUNT = Statement(
    """
    update shifts set taken = (
        select count(*) from engagements e where e.shift_id = shifts.id and e.state = any(:seated))
    where id = :shift_id returning posting_id, taken, headcount
    """
)


class EngagementRepository:
    """Rows are locked after their worker, posting and shift."""

    def __init__(self, uow: Uow):
        self.uow = uow

    # -- making ----------------------------------------------------------------------------------------

    def new(
        self, case: Case, application_id: UUID, *, state: str, confirm_by: datetime | None = None, **more: Any
    ) -> EngagementRow:
        """A seat for the worker of a case, not yet stored; a confirmed one has both sides' yes."""
        place, now = case.place, case.now
        yes = now if state == "confirmed" else None
        fields: dict[str, Any] = {
            "id": new_id(),
            "version": 1,
            "created_at": now,
            "updated_at": now,
            "state": state,
            "application_id": application_id,
            "worker_id": case.seeker.worker_id,
            "shift_id": place.shift_id,
            "posting_id": place.posting_id,
            "employer_id": place.employer_id,
            "city_code": place.city_code,
            "job_kind": place.job_kind,
            "starts_at": place.starts_at,
            "ends_at": place.ends_at,
            "during": Range(place.starts_at, place.ends_at + timedelta(minutes=case.hours.rest_gap_minutes)),
            "introducible_from": case.seeker.introducible_from,
            "confirm_by": confirm_by,
            "terms_version": place.terms_version,
            "terms_hash": place.terms_hash,
            "worker_accepted_at": yes,
            "employer_accepted_at": now,
            "unverified_employer": False,
        }
        return EngagementRow(**(fields | more))

    async def store(
        self, application: ApplicationRow, engagement: EngagementRow, *, break_minutes: int, take: bool = True
    ) -> None:
        """Application, confirmed engagement, hours and (with `take`) the seat, in one statement.

        Raises Conflict `shift_full` when the seat is gone; overlaps fall to the exclusion constraint.
        """
        pieces = by_week(planned_pieces(engagement.starts_at, engagement.ends_at, break_minutes))
        facts = _values("a", application) | _values("e", engagement)
        facts |= {
            "shift_id": engagement.shift_id,
            "e_until": engagement.during.upper,
            "days": [day for day, _, _ in pieces],
            "weeks": [week for _, week, _ in pieces],
            "minutes": [minutes for _, _, minutes in pieces],
        }
        seats = await fetch(self.uow.session, NEW_SEAT if take else SAME_SEAT, facts)
        if not seats:
            raise Conflict("shift_full")
        if take:
            await self._tell_posting(seats[0])

    # -- seats of a shift ------------------------------------------------------------------------------

    async def take_seat(self, shift_id: UUID) -> None:
        """Count one more. Raises Conflict `shift_full`."""
        seats = await fetch(self.uow.session, TAKE, {"shift_id": shift_id})
        if not seats:
            raise Conflict("shift_full")
        await self._tell_posting(seats[0])

    async def free_seat(self, shift_id: UUID) -> None:
        """Bring the count to the seats that there are, under the shift's lock; doing it twice changes nothing."""
        await self.uow.flush()
        await fetch(self.uow.session, LOCK_SHIFT, {"shift_id": shift_id})
        seats = await fetch(self.uow.session, RECOUNT, {"shift_id": shift_id, "seated": list(SEATED)})
        await self._tell_posting(seats[0])

    async def _tell_posting(self, seat: Any) -> None:
        """The posting counts its seats when its last one is taken or comes free."""
        if seat["headcount"] - seat["taken"] in (0, 1):
            await self.uow.schedule("posting.count_seats", seat["posting_id"], await self.uow.now())

    async def set_hours(self, engagement: EngagementRow, pieces: Pieces) -> None:
        """Put (local day, minutes) into the ledger of hours in place of what stands there; [] removes it."""
        await self.uow.ledger.set_hours(engagement, pieces)

    # -- one by one ------------------------------------------------------------------------------------

    async def get(self, engagement_id: UUID) -> EngagementRow:
        """The row as it stands, unlocked. Raises Missing."""
        row = await self.uow.session.get(EngagementRow, engagement_id)
        if row is None:
            raise Missing
        return row

    async def lock(self, engagement_id: UUID) -> EngagementRow:
        """The row, locked and fresh. Raises Missing."""
        found = await self._locked(select(EngagementRow).where(EngagementRow.id == engagement_id))
        if not found:
            raise Missing
        return found[0]

    async def of_application(self, application_id: UUID) -> EngagementRow | None:
        """The live seat of an application, locked."""
        found = await self._locked(
            select(EngagementRow).where(EngagementRow.application_id == application_id, EngagementRow.state.in_(LIVE))
        )
        return found[0] if found else None

    async def live_of_shift(self, shift_id: UUID, states: Collection[str] = LIVE) -> Sequence[EngagementRow]:
        """The live seats of a shift by id, locked."""
        return await self._locked(
            select(EngagementRow).where(EngagementRow.shift_id == shift_id, EngagementRow.state.in_(states))
        )

    async def to_come(
        self, now: datetime, *, posting_id: UUID | None = None, employer_id: UUID | None = None
    ) -> Sequence[EngagementRow]:
        """Confirmed seats that have not begun, unlocked: of a posting; or of an employer's that nobody took down."""
        asked = select(EngagementRow).where(EngagementRow.state == "confirmed", EngagementRow.starts_at > now)
        if posting_id is not None:
            asked = asked.where(EngagementRow.posting_id == posting_id)
        else:
            asked = asked.join(PostingRow, PostingRow.id == EngagementRow.posting_id)
            asked = asked.where(EngagementRow.employer_id == employer_id, PostingRow.state.not_in(DOWN))
        return (await self.uow.session.scalars(asked.order_by(EngagementRow.id))).all()

    async def wanting_stand_in(self, shift_id: UUID) -> EngagementRow | None:
        """The seat that has been looking for a stand-in longest, unlocked."""
        found = (
            select(EngagementRow)
            .where(
                EngagementRow.shift_id == shift_id,
                EngagementRow.state == "confirmed",
                EngagementRow.stand_in_wanted_at.is_not(None),
            )
            .order_by(EngagementRow.stand_in_wanted_at, EngagementRow.id)
            .limit(1)
        )
        return (await self.uow.session.scalars(found)).one_or_none()

    async def _locked(self, found: Select[EngagementRow]) -> Sequence[EngagementRow]:
        await self.uow.flush()
        found = found.order_by(EngagementRow.id).with_for_update(key_share=True, of=EngagementRow)
        return (await self.uow.session.scalars(found.execution_options(populate_existing=True))).all()
