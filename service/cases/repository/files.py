"""One case and what hangs on it: found, locked, noted, handed over, asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select, text

from service.actor import STAFF
from service.cases.lifecycle import OPEN
from service.cases.tables import CaseHandoverRow, CaseNoteRow, CaseQuestionRow, CaseRow
from service.db.tables import TransitionRow
from service.deals.tables import DealRow, LentRow
from service.employers.tables import EmployerRow
from service.engagements.tables import EngagementRow
from service.errors import Missing
from service.ids import new_id, new_public_number
from service.pay.tables import PayRecordRow
from service.postings.tables import PostingRow
from service.reference.within import within
from service.venues.tables import VenueRow

if TYPE_CHECKING:
    from service.actor import Actor
    from service.uow import Uow

NUMBER_LENGTH = 10
MOST_NOTES = 500
Subject = tuple[str, UUID]


def lies_in(regions: Sequence[str] | None) -> ColumnElement[bool]:
    """Whether a case is in one of these regions, by its city or its district."""
    return or_(within(CaseRow.city_code, regions), within(CaseRow.district_code, regions))


class CaseFileRepository:
    """Lock what a case is about (worker, shift, seat) before the case, the case before what hangs on it."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    def new(self, **fields: Any) -> CaseRow:
        """A received one, for `uow.add`."""
        unset = dict.fromkeys((
            "district_code", "venue_id", "complainant_id", "for_employer_id", "against_id", "against_words", "noun",
            "subject_id", "charge", "amount_fen", "words", "evidence", "agreed_how", "receipt_hash", "contact_sealed",
            "claimed_by", "handled_by", "escalated_at", "mediation", "declined_reason", "result", "recovered_fen",
            "sentence", "resulted_at", "closed_at",
        ))  # fmt: skip
        made: dict[str, Any] = {"facts": {}, "barred": [], "contact_verified": False, "reopened": 0} | unset | fields
        return CaseRow(id=new_id(), number=new_public_number(NUMBER_LENGTH), state="received", **made)

    async def get(self, case_id: UUID) -> CaseRow:
        """By id. Raises Missing."""
        row = await self.session.get(CaseRow, case_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def lock(self, case_id: UUID) -> CaseRow:
        """One, kept from other writers until the end. Raises Missing."""
        asked = select(CaseRow).where(CaseRow.id == case_id).with_for_update(key_share=True)
        row = (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()
        if row is None:
            raise Missing
        return row

    async def by_receipt(self, receipt_hash: bytes) -> CaseRow:
        """The case that a receipt opens. Raises Missing."""
        asked = select(CaseRow).where(CaseRow.receipt_hash == receipt_hash)
        row = (await self.session.scalars(asked)).one_or_none()
        if row is None:
            raise Missing
        return row

    async def queue(self, *parts: Any) -> None:
        """Let nobody else open a case on the same thing until this transaction ends."""
        name = ":".join(("case", *map(str, parts)))
        await self.session.execute(text("select pg_advisory_xact_lock(hashtextextended(:name, 11))"), {"name": name})

    async def lock_open(self, kind: str, complainant_id: UUID | None, subject: Subject) -> CaseRow | None:
        """The one open case of somebody on something."""
        asked = select(CaseRow).where(
            CaseRow.kind == kind,
            CaseRow.complainant_id.is_not_distinct_from(complainant_id),
            CaseRow.noun == subject[0],
            CaseRow.subject_id == subject[1],
            CaseRow.state.in_(OPEN),
        )
        asked = asked.with_for_update(key_share=True).execution_options(populate_existing=True)
        return (await self.session.scalars(asked)).one_or_none()

    # -- what a case is about ----------------------------------------------------------------------------

    async def subject(self, noun: str, subject_id: UUID) -> Mapping[str, Any] | None:
        """Where it is, whose, against whom: (city_code, district_code, worker_id, employer_id, title, state)."""
        table = {
            "engagement": EngagementRow, "pay_record": PayRecordRow, "posting": PostingRow, "employer": EmployerRow,
            "venue": VenueRow, "lent": LentRow,
        }.get(noun)  # fmt: skip
        row: Any = await self.session.get(table, subject_id, populate_existing=True) if table is not None else None
        if row is None:
            return None
        made = {name: getattr(row, name, None) for name in ("city_code", "district_code", "worker_id", "state")}
        made["employer_id"] = row.id if noun == "employer" else getattr(row, "employer_id", None)
        if noun == "lent":  # whoever lends people stays their employer, and owes the wage
            deal = await self.session.get_one(DealRow, row.deal_id)
            made |= {"employer_id": deal.lender_id, "district_code": deal.district_code}
        made["title"] = getattr(row, "title", None) or getattr(row, "name", None)
        made["private"] = bool(getattr(row, "private", False))
        return made

    async def deciders(self, noun: str, subject_id: UUID) -> set[UUID]:
        """The staff who moved or changed something, by the log."""
        asked = select(TransitionRow.actor_id).where(
            TransitionRow.noun == noun, TransitionRow.entity_id == subject_id, TransitionRow.actor_kind.in_(STAFF)
        )
        return {each for each in await self.session.scalars(asked) if each is not None}

    async def employer_name(self, employer_id: UUID | None) -> str | None:
        """The name under which an employer is known here."""
        if employer_id is None:
            return None
        return await self.session.scalar(select(EmployerRow.name).where(EmployerRow.id == employer_id))

    async def in_regions(self, case_id: UUID, regions: Sequence[str] | None) -> bool:
        """Whether a case is in one of these regions."""
        return bool(await self.session.scalar(select(exists().where(CaseRow.id == case_id, lies_in(regions)))))

    # -- notes -------------------------------------------------------------------------------------------

    async def note(self, case_id: UUID, kind: str, words: str | None, *, by: Actor, **facts: Any) -> None:
        """One more line; nothing of it is ever changed."""
        await self.uow.flush()
        now = await self.uow.now()
        row = CaseNoteRow(
            id=new_id(), case_id=case_id, kind=kind, words=words, facts=facts, by_kind=by.kind, by_id=by.id, at=now
        )
        self.session.add(row)
        await self.session.flush()

    async def notes(self, case_id: UUID) -> Sequence[CaseNoteRow]:
        """Every line, in the order of writing."""
        asked = select(CaseNoteRow).where(CaseNoteRow.case_id == case_id)
        return (await self.session.scalars(asked.order_by(CaseNoteRow.at, CaseNoteRow.id).limit(MOST_NOTES))).all()

    # -- hand-overs --------------------------------------------------------------------------------------

    def new_handover(self, **fields: Any) -> CaseHandoverRow:
        """One, for `uow.add`."""
        return CaseHandoverRow(id=new_id(), result=None, recovered_fen=None, resulted_on=None, **fields)

    async def handovers(self, case_id: UUID) -> Sequence[CaseHandoverRow]:
        """Every one of a case, the oldest first."""
        asked = select(CaseHandoverRow).where(CaseHandoverRow.case_id == case_id)
        return (await self.session.scalars(asked.order_by(CaseHandoverRow.id))).all()

    # -- questions to the other side ---------------------------------------------------------------------

    def new_question(self, **fields: Any) -> CaseQuestionRow:
        """An asked one, for `uow.add`."""
        unset = dict.fromkeys(("answer", "words", "answered_by", "answered_at"))
        return CaseQuestionRow(id=new_id(), state="asked", **unset, **fields)

    async def questions(self, case_id: UUID) -> Sequence[CaseQuestionRow]:
        """Every question of a case, the oldest first."""
        asked = select(CaseQuestionRow).where(CaseQuestionRow.case_id == case_id)
        return (await self.session.scalars(asked.order_by(CaseQuestionRow.id))).all()

    async def lock_question(self, question_id: UUID) -> CaseQuestionRow:
        """One question. Raises Missing."""
        asked = select(CaseQuestionRow).where(CaseQuestionRow.id == question_id).with_for_update(key_share=True)
        row = (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()
        if row is None:
            raise Missing
        return row

    async def asked_of(self, employer_id: UUID, after: UUID | None, limit: int) -> Sequence[CaseQuestionRow]:
        """What an employer was asked, the newest first."""
        asked = select(CaseQuestionRow).where(CaseQuestionRow.employer_id == employer_id)
        if after is not None:
            asked = asked.where(CaseQuestionRow.id < after)
        return (await self.session.scalars(asked.order_by(CaseQuestionRow.id.desc()).limit(limit))).all()
