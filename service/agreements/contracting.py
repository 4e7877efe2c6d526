"""A full-time labour contract for a seat: which form it is, its term and its probation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.agreements.data import triage as triage_data
from service.agreements.rules.labour import ContractTerm, Probation, check_term
from service.agreements.rules.lawful import FULL_CONTRACT
from service.agreements.rules.wording import check_words
from service.agreements.saying import read_facts, said_fact
from service.errors import Refused
from service.worktime import local_day

if TYPE_CHECKING:
    from datetime import datetime

    from service.agreements.data import Template
    from service.agreements.tables import TriageRow
    from service.engagements.tables import EngagementRow
    from service.uow import Uow

LABOUR = "labour_contract"
STRUCTURED = frozenset({"contract_term", "probation"})  # facts that are no words; they come as `contract`


@dataclass(frozen=True, slots=True)
class Contract:
    """What an employer says of a contract's length: its kind of term and, where the law allows one, a probation."""

    kind: str
    ends_on: date | None = None
    task: str | None = None
    probation: Probation = Probation()  # noqa: RUF009 -- a frozen value


def form_of(triage: TriageRow, job_kind: str, asked: str | None) -> str:
    """The kind that a seat needs; any labour relation may have the full contract.

    Raises Refused `agreement_full_contract` for the short form of full-time work, `agreement_kind_unfit`.
    """
    usual = triage_data().result(triage.result).kind_of(job_kind)
    if asked is None or asked == usual:
        return usual
    if triage.result != "labour_relation":
        raise Refused("agreement_kind_unfit", field="/kind", expected=usual)
    if asked != LABOUR and job_kind in FULL_CONTRACT:
        raise Refused("agreement_full_contract", field="/kind")
    return asked


async def given_facts(
    uow: Uow,
    seat: EngagementRow,
    template: Template,
    facts: dict[str, str],
    contract: Contract | None,
    at: datetime,
) -> dict[str, Any]:
    """What the employer adds, read and lawful: words, and the term and probation of a labour contract.

    Raises Refused `agreement_fact_unknown`, `agreement_words`, `agreement_term_unfit`, `agreement_probation_again`.
    """
    given: dict[str, Any] = {**read_facts(facts, [name for name in template.facts if name not in STRUCTURED])}
    if contract is not None and template.code != LABOUR:
        raise Refused("agreement_fact_unknown", field="/contract", expected=", ".join(template.facts))
    words = {f"/facts/{name}": str(text) for name, text in given.items()} | _task_of(contract)
    check_words(template.code, words, uow.ctx.rulebook(), local_day(at), uow.ctx.language)
    return given | (await _length(uow, seat, contract) if contract is not None else {})


def _task_of(contract: Contract | None) -> dict[str, str]:
    return {"/contract/term/task": contract.task} if contract is not None and contract.task else {}


async def _length(uow: Uow, seat: EngagementRow, contract: Contract) -> dict[str, Any]:
    """From the first day of work on, however late the contract is written."""
    begun = await uow.agreements.first_start(seat.posting_id, seat.worker_id)
    starts_on = local_day(min(begun or seat.starts_at, seat.starts_at))
    task = contract.task.strip() if contract.task else None
    term = ContractTerm(contract.kind, starts_on, contract.ends_on, task)
    check_term(term, local_day(seat.ends_at))
    if contract.probation.months and await _had_probation(uow, seat):
        raise Refused("agreement_probation_again", field="/contract/probation")
    return {"contract_term": term, "probation": contract.probation}


async def _had_probation(uow: Uow, seat: EngagementRow) -> bool:
    """Whether a contract of the two for other work has one, signed at any time or waiting for it (art. 19: once)."""
    none = said_fact("probation", Probation())
    for row, _ in await uow.agreements.of_person(seat.worker_id):
        fallen = row.signed_at is None and row.state != "drawn"
        if row.kind != LABOUR or row.subject_id == seat.id or fallen:
            continue
        if not await _is_with(uow, row.id, seat.employer_id):
            continue
        text = await uow.agreements.text_of(row)
        terms = json.loads(text)["terms"] if text is not None else []
        if any(term["code"] == "probation" and not term["text"].startswith(none) for term in terms):
            return True
    return False


async def _is_with(uow: Uow, agreement_id: UUID, employer_id: UUID) -> bool:
    places = (await uow.agreements.signatures(agreement_id))[agreement_id]
    return any(place.employer_id == employer_id for place in places)
