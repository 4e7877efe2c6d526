"""What every seat has: parties and terms, how it came about, who was there when, hours, pay, what was told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from service.agreements.tables import AgreementRow
from service.applications.tables import ApplicationRow
from service.attendance.tables import AttendanceRow, TimesheetRow
from service.deals.tables import DealRow, LentRow
from service.employers.tables import EmployerRow, MemberRow
from service.engagements.rules import OPEN_BOTH_SIDES
from service.engagements.tables import EngagementRow, HireRow
from service.evidence.repository.telling import who
from service.messages.tables import DeliveryRow, MessageRow
from service.pay.tables import PayRecordRow
from service.people.tables import PersonRow
from service.postings.rules.terms import canonical
from service.postings.tables import PostingRow, PostingVersionRow
from service.proof import Fact, LentSide, Personal, Side
from service.settlements.tables import LegRow, LentDayRow
from service.vault import SealBroken
from service.worktime import rfc3339

if TYPE_CHECKING:
    from service.uow import Uow

APPLICATION = ("origin", "confirm_by", "terms_version")
SEAT = (
    "starts_at", "ends_at", "terms_version", "worker_accepted_at", "employer_accepted_at", "set_out_at",
    "started_at", "finished_at", "reassured_at", "cancelled_by", "cancel_tier",
)  # fmt: skip
HOURS = ("started_at", "finished_at", "break_minutes", "minutes", "pieces", "extra_fen", "agreed_at")
PAY = (
    "kind", "due_fen", "due_on", "due_at", "paid_fen", "paid_means", "paid_at", "received_fen", "received_means",
    "received_at", "overdue_since",
)  # fmt: skip


async def tell_work(uow: Uow, seat: EngagementRow, side: Side) -> list[Fact]:
    """The built-in source; the same for both sides but for names and messages."""
    employer = await uow.session.get_one(EmployerRow, seat.employer_id)
    decider = await _decider(uow, seat.employer_id)
    facts = await _parties(uow, seat, side, employer, decider)
    facts += await _terms(uow, seat, employer, decider)
    application = await uow.session.get_one(ApplicationRow, seat.application_id)
    facts += await uow.evidence.told(application, columns=APPLICATION, words={"note": seat.worker_id})
    for hire in await _rows(uow, HireRow, HireRow.engagement_id == seat.id):
        facts += await uow.evidence.told(hire, columns=("pay_fen", "pay_unit", "settlement", "starts_at", "ends_at"))
    facts += await uow.evidence.told(seat, columns=SEAT)
    facts += [_attended(row) for row in await _rows(uow, AttendanceRow, AttendanceRow.engagement_id == seat.id)]
    sheets = await _rows(uow, TimesheetRow, TimesheetRow.engagement_id == seat.id)
    for sheet in sheets:
        facts += await uow.evidence.told(sheet, columns=HOURS, words={"note": seat.worker_id})
    records = await _rows(uow, PayRecordRow, PayRecordRow.engagement_id == seat.id)
    for record in records:
        facts += await uow.evidence.told(record, columns=PAY)
    about = [seat.id, seat.application_id, *(row.id for row in (*sheets, *records))]
    return facts + await _messages(uow, seat, side, about)


async def _rows(uow: Uow, table: Any, *where: Any) -> list[Any]:
    return list((await uow.session.scalars(select(table).where(*where).order_by(table.id))).all())


async def _decider(uow: Uow, employer_id: UUID) -> UUID | None:
    """Under whose key the words and names of an employer's side are kept: its owner's."""
    found = (
        select(MemberRow.person_id)
        .where(MemberRow.employer_id == employer_id)
        .order_by(MemberRow.left_at.is_not(None), MemberRow.role != "owner", MemberRow.created_at, MemberRow.id)
    )
    return (await uow.session.scalars(found.limit(1))).one_or_none()


async def _parties(
    uow: Uow, seat: EngagementRow, side: Side, employer: EmployerRow, decider: UUID | None
) -> list[Fact]:
    """Who they are. The employer's side knows the worker's name once both have said yes, and never the number."""
    named = {"name": employer.name}
    hidden = employer.kind == "household"
    facts = [
        Fact(
            source="party:employer",
            at=seat.created_at,
            side="employer",
            what="party.employer",
            facts={"kind": employer.kind, "credit_code": employer.credit_code} | ({} if hidden else named),
            personal={"name": Personal(employer.name, decider)} if hidden and decider is not None else {},
        )
    ]
    if side == "employer" and seat.state not in OPEN_BOTH_SIDES:
        return facts
    person = await uow.session.get_one(PersonRow, seat.worker_id)
    known = {"name": uow.people.name_of, "phone": uow.people.phone_of}
    if side == "worker":
        known["id_number"] = uow.people.id_number_of
    values = {name: _in_clear(opened, person) for name, opened in known.items()}
    personal = {name: Personal(value, person.id) for name, value in values.items() if value}
    return [*facts, Fact("party:worker", seat.created_at, "worker", "party.worker", {}, personal)]


def _in_clear(opened: Callable[[PersonRow], str | None], person: PersonRow) -> str | None:
    """A value of a person; nothing once their key is gone."""
    try:
        return opened(person)
    except SealBroken:
        return None


async def _terms(uow: Uow, seat: EngagementRow, employer: EmployerRow, decider: UUID | None) -> list[Fact]:
    """The terms sheet: its hash, and the very text that is hashed.

    A household's are its people's: both stand as commitments, for whoever has a street's doors could try the hash.
    """
    posting = await uow.session.get_one(PostingRow, seat.posting_id)
    found = select(PostingVersionRow).where(
        PostingVersionRow.posting_id == seat.posting_id, PostingVersionRow.terms_version == seat.terms_version
    )
    kept = (await uow.session.scalars(found)).one_or_none()
    if kept is None:
        return []
    said = {"terms": canonical(kept.terms).decode(), "terms_hash": kept.terms_hash}
    hidden = employer.kind == "household"
    if hidden and (seat.worker_accepted_at is None or seat.employer_accepted_at is None):
        return []
    return [
        Fact(
            source=f"terms:{kept.id}",
            at=kept.created_at,
            side="employer",
            what="posting.terms",
            facts={
                "posting_number": posting.number,
                "terms_version": kept.terms_version,
            }
            | ({} if hidden else said),
            personal={name: Personal(value, decider) for name, value in said.items()} if hidden and decider else {},
        )
    ]


def _attended(row: AttendanceRow) -> Fact:
    """A told arrival, departure, absence or answer: when, how, whether within the fence; never a point."""
    return Fact(
        source=f"attendance:{row.id}",
        at=row.told_at,
        side=who(row.actor_kind),
        what=f"attendance.{row.kind}",
        facts={
            "time": rfc3339(row.at),
            "manner": row.method,
            "within_fence": True if row.method == "geofence" and row.kind == "check_in" else None,
            "reason": row.reason,
            "repairs": f"attendance:{row.replaces}" if row.replaces else None,
        },
    )


async def _messages(uow: Uow, seat: EngagementRow, side: Side, about: list[UUID]) -> list[Fact]:
    """What this side was told and when it left: the template, never the words or the number."""
    return await _told_to(uow, side, seat.worker_id, None if side == "worker" else seat.employer_id, about)


async def tell_messages(uow: Uow, deal: DealRow, lent: LentRow, side: LentSide) -> list[Fact]:
    """Of somebody who is lent: to the person all that was about the lending and its wages, to a firm all about this
    person; nothing that was about the whole deal, which may be about others."""
    if lent.worker_id is None:
        return []
    papers = select(AgreementRow.id).where(AgreementRow.subject_noun == "lent", AgreementRow.subject_id == lent.id)
    legs = select(LegRow.id).where(LegRow.lent_id == lent.id)
    days = select(LentDayRow.id).where(LentDayRow.lent_id == lent.id)
    about = [lent.id]
    for each in (papers, legs, days):
        about += (await uow.session.scalars(each)).all()
    if side == "worker":
        return await _told_to(uow, side, lent.worker_id, None, [*about, deal.id])
    firm = deal.lender_id if side == "lender" else deal.borrower_id
    return await _told_to(uow, side, lent.worker_id, firm, about)


async def _told_to(uow: Uow, side: str, worker_id: UUID, employer_id: UUID | None, about: list[UUID]) -> list[Fact]:
    """To the worker, or to a firm's people."""
    mine = (
        (MessageRow.person_id == worker_id) & MessageRow.employer_id.is_(None)
        if employer_id is None
        else (MessageRow.employer_id == employer_id) & (MessageRow.person_id != worker_id)
    )
    facts = []
    for message in await _rows(uow, MessageRow, MessageRow.subject_id.in_(about), mine):
        facts.append(
            Fact(
                f"message:{message.id}",
                message.created_at,
                "service",
                "message.told",
                {"template": message.template, "told_to": side},
            )
        )
        sent = await _rows(uow, DeliveryRow, DeliveryRow.message_id == message.id, DeliveryRow.result == "sent")
        facts += [
            Fact(
                f"delivery:{each.id}",
                each.at,
                "service",
                "message.sent",
                {"template": message.template, "channel": each.channel},
            )
            for each in sent
        ]
    return facts
