"""What cases tell of a seat for its evidence pack. A case is told to the side that brought it, whole, and to the other
side nothing of it but what that side took part in: a call to both, and an appeal against its own decision."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from service.cases.lifecycle import CASE
from service.cases.ways import all_kinds, all_ways, charges
from service.proof import Fact, LentSide, Personal, Side
from service.reference.rules import named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from service.cases.tables import CaseRow, DecisionAppealRow
    from service.uow import Uow

COLUMNS = ("number", "urgent", "amount_fen", "mediation", "declined_reason", "result", "recovered_fen")
WORDS = ("kind", "charge", "words", "evidence", "sentence")
HANDOVER = ("way", "body", "reference", "handed_on", "result", "recovered_fen", "resulted_on")
STAGES = {f"case.{action}" for _, action in CASE.moves} | {"case.open", "case.mediated"}
NOTED = ("informed", "added", "evidence")  # notes that the complainant has written
COMPLAINANTS = ("worker", "member", "anybody")
BOTH_CALLED = ("agreed", "partly", "no_agreement")  # the other side was reached, and knows
APPEAL = ("against", "answer", "outcome_reason")


async def tell_cases(uow: Uow, seat: Any, side: Side) -> list[Fact]:
    """Words and kinds of cases go when their person is erased; who is shielded is in no fact of the other side."""
    facts: list[Fact] = []
    for row in await uow.case_lists.about_seat(seat):
        appeal = await uow.decision_appeals.of_case(row.id)
        if _brought_by(row, seat) == side and row.complainant_id is not None:
            facts += await _whole(uow, row, row.complainant_id, side)
            facts += await _appeal(uow, appeal, row.complainant_id) if appeal is not None else []
        elif _brought_by(row, seat) is not None and not row.shielded:
            facts += await _mediation(uow, row)
            facts += await _appeal(uow, appeal, None) if appeal is not None else []
    return facts


async def tell_cases_of_lending(uow: Uow, deal: Any, lent: Any, side: LentSide) -> list[Fact]:
    """Of somebody who is lent: to the person the own cases about it, whole; to the firm they are against what it took
    part in, unless they are shielded; to the other firm nothing."""
    facts: list[Fact] = []
    for row in await uow.case_lists.about_lending(lent):
        if row.complainant_id != lent.worker_id or row.side != "worker":
            continue
        if side == "worker":
            facts += await _whole(uow, row, lent.worker_id, "worker")
        elif not row.shielded and row.against_id == {"lender": deal.lender_id, "borrower": deal.borrower_id}[side]:
            facts += await _mediation(uow, row)
    return facts


def _brought_by(row: CaseRow, seat: Any) -> Side | None:
    """Which side of the seat a case is; None where it is neither's."""
    if row.side == "worker" and row.complainant_id == seat.worker_id:
        return "worker"
    return "employer" if row.for_employer_id == seat.employer_id else None


async def _whole(uow: Uow, row: CaseRow, whose: UUID, side: Side) -> list[Fact]:
    told = await uow.evidence.told(row, columns=COLUMNS, words=dict.fromkeys(WORDS, whose), nameless=side)
    stages = [fact for fact in told if fact.what in STAGES]
    for handover in await uow.case_files.handovers(row.id):
        stages += await uow.evidence.told(handover, columns=HANDOVER)
    notes = [note for note in await uow.case_files.notes(row.id) if note.kind in NOTED and note.words]
    return stages + [
        Fact(
            source=f"case_note:{note.id}",
            at=note.at,
            side=side if note.by_kind in COMPLAINANTS else "office",
            what="case.note",
            facts={"number": row.number, "kind": note.kind},
            personal={"words": Personal(note.words or "", whose)},
        )
        for note in notes
    ]


async def _mediation(uow: Uow, row: CaseRow) -> list[Fact]:
    """That both were called and how it ended; neither what the case is about nor its number."""
    if row.mediation not in BOTH_CALLED:
        return []
    told = await uow.evidence.told(row, columns=("mediation", "recovered_fen"))
    last = [fact for fact in told if fact.what in ("case.mediated", "case.agree")][-1:]
    names = ("mediation", "recovered_fen")
    return [
        replace(fact, what="case.mediation", facts={name: fact.facts[name] for name in names if name in fact.facts})
        for fact in last
    ]


async def _appeal(uow: Uow, row: DecisionAppealRow, whose: UUID | None) -> list[Fact]:
    """Both sides hear of each step; the words are in the appellant's pack."""
    words = {"answer_words": whose, "finding": whose} if whose is not None else None
    told = await uow.evidence.told(row, columns=APPEAL, words=words)
    return [fact for fact in told if fact.what != "decision_appeal.hand_over"]


def name_in_case(what: str, name: str, code: str, language: str) -> str | None:
    """Kinds, charges and ways by their names, history included; None for everything else."""
    tables: Mapping[str, Callable[[], Mapping[str, Any]]] = {
        "kind": lambda: {row.code: row for row in all_kinds()},
        "charge": charges,
        "way": lambda: {row.code: row for row in all_ways()},
    }
    if what.partition(".")[0] not in ("case", "case_handover") or name not in tables:
        return None
    found = tables[name]().get(code)
    return named(found, language) if found is not None else None
