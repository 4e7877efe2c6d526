"""The ledger extract: one document of what the service has on record of a worker's work, as evidence to hand on."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from service.worktime import shown_times

if TYPE_CHECKING:
    from datetime import datetime

    from service.cases.repository.extracts import Ledger
    from service.uow import Uow

_SEAT = ("id", "state", "posting_id", "shift_id", "job_kind", "starts_at", "ends_at", "terms_version", "terms_hash",
         "worker_accepted_at", "employer_accepted_at", "started_at", "finished_at", "cancelled_by", "cancel_tier",
         "absence_final_at")  # fmt: skip
_FACT = ("kind", "method", "at", "told_at", "reason")
_SHEET = ("state", "started_at", "finished_at", "break_minutes", "minutes", "pieces", "extra_fen", "agreed_at")
_PAY = ("kind", "state", "due_fen", "reckoning", "due_on", "due_at", "paid_fen", "paid_means", "paid_at",
        "paid_recorded_at", "received_fen", "received_means", "received_at", "overdue_since")  # fmt: skip


HIDDEN = frozenset({"words", "note", "name", "phone", "address", "code", "pin"})  # no part of an extract


async def document(
    uow: Uow,
    ledger: Ledger,
    *,
    lendings: Sequence[Mapping[str, Any]],
    worker_id: UUID,
    worker_name: str | None,
    made_at: datetime,
) -> dict[str, Any]:
    """The document, with the person's own lendings (days, months and wages), what both sides have answered to follow-up
    questions and the hash of its content: who changes a letter of it changes the hash. Beside it, `sentences` has what
    each message of a seat said."""
    about = _by_seat(ledger)
    seats = []
    for row, title, trade in ledger.seats:
        terms = await uow.engagement_pages.terms(row)
        seats.append(
            {name: getattr(row, name) for name in _SEAT}
            | {"title": title, "trade": trade, "terms": dict(terms.terms)}
            | {name: about[name][row.id] for name in about}
        )
    titles = {row.posting_id: title for row, title, _ in ledger.seats}
    told = await uow.ctx.wiring.ports["followups.answers"](uow, worker_id, titles) if titles else []
    employers = {row.employer_id for row, _, _ in ledger.seats}
    employers |= {each["lender_id"] for each in lendings}
    made: dict[str, Any] = {
        "made_at": made_at,
        "worker_name": worker_name,
        "employers": [{"id": each, "name": await uow.case_files.employer_name(each)} for each in sorted(employers)],
        "seats": seats,
        "lendings": lendings,
        "answers": [{"title": titles[each["posting_id"]]} | each for each in told],
        "totals": totals(ledger),
    }
    plain = shown_times(made)
    text = orjson.dumps(plain, default=str, option=orjson.OPT_SORT_KEYS)
    read = dict(orjson.loads(text)) | {"hash": hashlib.sha256(text).hexdigest()}
    return read | {"sentences": _sentences(uow, ledger, made["employers"])}


def _by_seat(ledger: Ledger) -> dict[str, defaultdict[UUID, list[dict[str, Any]]]]:
    """What hangs on each seat: told times, agreed hours, pay, messages by their codes and times."""
    seat_of = _seats_by_subject(ledger)
    messages: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in ledger.messages:
        if row.subject_id is not None:
            said = {"template": row.template, "title": row.params.get("title"), "at": row.created_at}
            messages[seat_of.get(row.subject_id, row.subject_id)].append(said)
    return {
        "check_ins": _grouped(ledger.attendance, _FACT),
        "hours": _grouped(ledger.sheets, _SHEET),
        "pay": _grouped(ledger.pay, _PAY),
        "messages": messages,
    }


def _seats_by_subject(ledger: Ledger) -> dict[UUID, UUID]:
    """Hours and pay with the seat that they are of."""
    return {row.id: row.engagement_id for row in ledger.sheets} | {row.id: row.engagement_id for row in ledger.pay}


def _sentences(uow: Uow, ledger: Ledger, employers: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """By seat, in the order of its messages: the sentence of each in the reader's language, without what is hidden."""
    names = {each["id"]: each["name"] for each in employers}
    employer_of = {row.id: names.get(row.employer_id) for row, _, _ in ledger.seats}
    seat_of = _seats_by_subject(ledger)
    said: defaultdict[str, list[str]] = defaultdict(list)
    for row in ledger.messages:
        if row.subject_id is not None:
            seat = seat_of.get(row.subject_id, row.subject_id)
            facts = {name: value for name, value in row.params.items() if name not in HIDDEN}
            sentence = uow.ctx.wiring.ports["messages.sentence"]
            said[str(seat)].append(sentence(row.template, facts, uow.ctx.language, employer=employer_of.get(seat)))
    return said


def _grouped(rows: Iterable[Any], names: tuple[str, ...]) -> defaultdict[UUID, list[dict[str, Any]]]:
    made: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        made[row.engagement_id].append({name: getattr(row, name) for name in names})
    return made


def totals(ledger: Ledger) -> Mapping[str, int]:
    """Minutes that both sides agreed on, and money: due, said to be paid, said to be received, and still owed."""
    due = [row for row in ledger.pay if row.state != "cancelled"]
    owed = (max(0, row.due_fen - (row.received_fen if row.received_fen is not None else row.paid_fen)) for row in due)
    return {
        "seats": len(ledger.seats),
        "minutes": sum(row.minutes for row in ledger.sheets if row.state == "agreed"),
        "due_fen": sum(row.due_fen for row in due),
        "paid_fen": sum(row.paid_fen for row in due),
        "received_fen": sum(row.received_fen or 0 for row in due),
        "owed_fen": sum(owed),
    }
