"""Seats as their sides see them: pages, terms, the other side's contact, the board before the start."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import and_, select, text, tuple_

from service.employers.tables import EmployerRow, MemberRow
from service.engagements.rules import OPEN_BOTH_SIDES
from service.engagements.tables import EngagementRow
from service.engagements.views import Contact, EngagementView, RiskyShift, TermsSheet
from service.errors import Missing
from service.injury import said_injury
from service.people.tables import PersonRow
from service.postings.rules import terms_hash, without_door
from service.postings.tables import PostingRow, PostingVersionRow
from service.text import mask_name
from service.worktime import local_day

if TYPE_CHECKING:
    from service.uow import Uow

BOARD = text(
    """
    select s.id as shift_id, s.posting_id, p.title, s.starts_at, s.ends_at, s.headcount, s.headcount - s.taken as free,
        count(g.id) filter (where g.state in ('confirmed', 'on_duty') and not unanswered and not leaving) as firm,
        count(g.id) filter (where g.state in ('confirmed', 'on_duty') and not leaving
                            and (g.reassured_at is not null or g.set_out_at is not null)) as reassured,
        count(g.id) filter (where unanswered and not leaving) as unanswered,
        count(g.id) filter (where leaving) as stand_in_wanted,
        count(g.id) filter (where g.state = 'held') as held,
        (select count(*) from applications a where a.shift_id = s.id and a.state = 'waitlisted') as waiting
    from shifts s join postings p on p.id = s.posting_id
    left join lateral (
        select e.*, e.state = 'confirmed' and e.asked_at is not null and e.reassured_at is null
                    and e.set_out_at is null as unanswered,
               e.state = 'confirmed' and e.stand_in_wanted_at is not null as leaving
        from engagements e where e.shift_id = s.id and e.state in ('held', 'confirmed', 'on_duty')) g on true
    where s.employer_id = :employer_id and s.state = 'open' and s.starts_at > :now and s.starts_at <= :until
    group by s.id, p.id order by s.starts_at, s.id limit :most
    """
)
_COPIED = tuple(
    name
    for name in EngagementView.__slots__
    if name not in ("title", "trade", "private", "worker_name", "employer_name", "address")
)


class EngagementPagesRepository:
    """Reads only."""

    def __init__(self, uow: Uow):
        self.uow = uow

    async def view(self, engagement_id: UUID, *, open_name: bool) -> EngagementView:
        """One seat; the name stands open only where asked for and both have said yes. Raises Missing."""
        await self.uow.flush()
        row = (await self.uow.session.execute(_views().where(EngagementRow.id == engagement_id))).one_or_none()
        if row is None:
            raise Missing
        return self._view(row, open_name=open_name)

    async def page(
        self,
        *,
        worker_id: UUID | None = None,
        shift_id: UUID | None = None,
        employer_id: UUID | None = None,
        states: Collection[str] = (),
        since: datetime | None = None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> list[EngagementView]:
        """By start, latest first; names are masked, as in every list."""
        found = _views().order_by(EngagementRow.starts_at.desc(), EngagementRow.id.desc()).limit(limit)
        for column, wanted in (
            (EngagementRow.worker_id, worker_id),
            (EngagementRow.shift_id, shift_id),
            (EngagementRow.employer_id, employer_id),
        ):
            found = found.where(column == wanted) if wanted else found
        if states:
            found = found.where(EngagementRow.state.in_(states))
        if since is not None:
            found = found.where(EngagementRow.ends_at >= since)
        if after is not None:
            found = found.where(tuple_(EngagementRow.starts_at, EngagementRow.id) < after)
        return [self._view(row, open_name=False) for row in await self.uow.session.execute(found)]

    def _view(self, row: Any, *, open_name: bool) -> EngagementView:
        engagement: EngagementRow = row[0]
        name = self._open(row.data_key, engagement.worker_id, "name", row.name_sealed) or ""
        shown = open_name and engagement.state in OPEN_BOTH_SIDES
        return EngagementView(
            title=row.title,
            trade=row.trade,
            private=row.private,
            address=row.address if _knows_door(engagement, row.employer_kind) else None,
            employer_name=row.employer_name,
            worker_name=name if shown else mask_name(name),
            **{column: getattr(engagement, column) for column in _COPIED},
        )

    def _open(self, key: bytes, person_id: UUID, column: str, sealed: bytes | None) -> str | None:
        return self.uow.ctx.vault.open_for(key, person_id.bytes, column, sealed) if sealed else None

    async def terms(self, engagement: EngagementRow) -> TermsSheet:
        """The version that the seat was taken under; a household's addresses once both have said yes."""
        found = (
            select(PostingVersionRow.terms, EmployerRow.kind)
            .where(
                PostingVersionRow.posting_id == engagement.posting_id,
                PostingVersionRow.terms_version == engagement.terms_version,
            )
            .join(EmployerRow, EmployerRow.id == engagement.employer_id)
        )
        row = (await self.uow.session.execute(found)).one_or_none()
        words, digest = row.terms if row else {}, engagement.terms_hash
        if row and not _knows_door(engagement, row.kind):
            words = without_door(words)
            digest = terms_hash(words)
        return TermsSheet(
            engagement.id,
            engagement.version,
            engagement.terms_version,
            digest,
            words,
            said_injury(
                words.get("conditions") or {},
                row.kind if row else None,
                self.uow.ctx.language,
                last_day=local_day(engagement.ends_at),
            ),
            engagement.starts_at,
            engagement.ends_at,
            engagement.worker_accepted_at,
            engagement.employer_accepted_at,
        )

    async def worker_contact(self, engagement: EngagementRow) -> Contact:
        """The worker's name and phone."""
        person = await self.uow.session.get(PersonRow, engagement.worker_id)
        return self._contact(engagement, "worker", person)

    async def employer_contact(self, engagement: EngagementRow) -> tuple[Contact, UUID | None]:
        """Name and phone of a person who decides for the employer (its owner first), and who that is."""
        found = (
            select(PersonRow)
            .join(MemberRow, and_(MemberRow.person_id == PersonRow.id, MemberRow.left_at.is_(None)))
            .where(MemberRow.employer_id == engagement.employer_id)
            .order_by(MemberRow.role != "owner", MemberRow.role != "manager", MemberRow.created_at, MemberRow.id)
            .limit(1)
        )
        person = (await self.uow.session.scalars(found)).one_or_none()
        return self._contact(engagement, "employer", person), person.id if person else None

    def _contact(self, engagement: EngagementRow, side: str, person: PersonRow | None) -> Contact:
        if person is None:
            return Contact(engagement.id, side, "", None)
        name = self._open(person.data_key, person.id, "name", person.name_sealed) or ""
        return Contact(engagement.id, side, name, self._open(person.data_key, person.id, "phone", person.phone_sealed))

    async def board(self, employer_id: UUID, *, now: datetime, until: datetime, most: int = 200) -> list[RiskyShift]:
        """The employer's shifts that begin in (now, until], soonest first."""
        facts = {"employer_id": employer_id, "now": now, "until": until, "most": most}
        rows = (await self.uow.session.execute(BOARD, facts)).mappings()
        return [RiskyShift(**dict(row)) for row in rows]


def _knows_door(engagement: EngagementRow, employer_kind: str) -> bool:
    """Whether the seat's people know where a household lives: once both have said yes."""
    agreed = engagement.worker_accepted_at is not None and engagement.employer_accepted_at is not None
    return agreed or employer_kind != "household"


def _views() -> Any:
    return (
        select(
            EngagementRow,
            PostingRow.title,
            PostingRow.trade,
            PostingRow.private,
            PostingRow.address,
            EmployerRow.name.label("employer_name"),
            EmployerRow.kind.label("employer_kind"),
            PersonRow.data_key,
            PersonRow.name_sealed,
        )
        .join(PostingRow, PostingRow.id == EngagementRow.posting_id)
        .join(EmployerRow, EmployerRow.id == EngagementRow.employer_id)
        .join(PersonRow, PersonRow.id == EngagementRow.worker_id)
        .execution_options(populate_existing=True)
    )
