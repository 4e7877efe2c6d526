"""A full-time labour contract for a seat: which form it is, its term and its probation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.agreements.data import facts_file
from service.agreements.data import triage as triage_data
from service.agreements.reading import read_facts
from service.agreements.rules.labour import ContractTerm, Probation, check_term
from service.agreements.rules.lawful import FULL_CONTRACT, Stretch, check_hours
from service.agreements.rules.wording import check_never, check_words
from service.agreements.saying import said_fact, said_hours
from service.errors import Refused
from service.worktime import local_day

if TYPE_CHECKING:
    from datetime import datetime

    from service.agreements.data import Template
    from service.agreements.tables import TriageRow
    from service.engagements.tables import EngagementRow
    from service.uow import Uow

LABOUR = "labour_contract"


@dataclass(frozen=True, slots=True)
class Contract:
    """What an employer says of a contract's length: its kind of term and, where the law allows one, a probation; and
    of its days the break, where the posting does not say it."""

    kind: str
    ends_on: date | None = None
    task: str | None = None
    probation: Probation = Probation()  # noqa: RUF009 -- a frozen value
    break_minutes: int | None = None


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
    own: Mapping[str, Any],
    at: datetime,
) -> dict[str, Any]:
    """What the employer adds, read and lawful: words, figures and days, and of a labour contract its term, probation
    and hours. `own`: what the seat says.

    Raises Refused `agreement_words`, `agreement_term_unfit`, `agreement_probation_again`, and what `read_facts`,
    `check_hours` and `check_never` do.
    """
    if contract is not None and template.code != LABOUR:
        raise Refused("agreement_fact_unknown", field="/contract", expected=", ".join(template.facts))
    limits = uow.ctx.policies.at(at, seat.city_code).agreements
    given = read_facts(facts, template, limits, local_day(seat.ends_at))
    own_words = [each.code for each in template.blanks if each.kind == "text" and each.code in facts]
    words = {f"/facts/{name}": given[name] for name in own_words} | _task_of(contract)
    check_never(template.code, words, facts_file().never)
    check_words(template.code, words, uow.ctx.rulebook(), local_day(at), uow.ctx.language)
    said_break = contract.break_minutes if contract is not None else given.get("break_minutes")
    breaks = own["break_minutes"] if said_break is None else said_break
    work = Stretch(seat.starts_at, seat.ends_at, breaks, own["days_a_week"])
    check_hours(template.code, given, work, limits)
    if contract is None:
        return given
    hours = {"working_hours": said_hours(work, own["work_days"])} if contract.break_minutes is not None else {}
    return given | hours | (await _length(uow, seat, contract))


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
