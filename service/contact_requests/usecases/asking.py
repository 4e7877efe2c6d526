"""An employer asks the person behind a supply posting; a worker asks about a posting. Nobody learns a number."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from service.contact_requests import rules
from service.contact_requests.sides import actor_for, check_decides, shown, tell_side
from service.employers.rules import may_post
from service.errors import Conflict, Missing, Refused
from service.guard.posing import check_not_posing, quoted
from service.workers.rules import require_introducible
from service.worktime import day_begin, local_day

if TYPE_CHECKING:
    from service.contact_requests.tables import ContactRequestRow
    from service.contact_requests.views import RequestView
    from service.context import Context
    from service.http.caller import Caller
    from service.policies.model import ContactsPolicy
    from service.postings.tables import PostingRow
    from service.supplies.tables import SupplyRow
    from service.uow import Uow
    from service.workers.tables import WorkerRow

LAPSE = "contact_request.lapse"
ANSWER = "contact_request.answer"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: about one posting of one side, why, in which words; for whom, where staff ask for somebody."""

    purpose: str
    note: str | None = field(repr=False)
    supply_id: UUID | None = None
    posting_id: UUID | None = None
    worker_id: UUID | None = None


async def ask(ctx: Context, question: Question, *, on_behalf: str | None, by: Caller) -> RequestView:
    """Put a question to the other side; its words pass the guard.

    Whatever keeps the other side from being asked (a block, a choice, enough for today, another posting of the same
    person's) is not told: the question is taken, and only the asker ever sees it. Raises Missing for what is not
    public; Refused contact_words, words_pose, contact_subject, worker_needed, on_behalf_needed, worker_resting,
    under_age;
    Conflict contact_needs_verified, contact_asked_before, contact_not_taken (by an employer that may not post, or
    one's own); TooMany contact_asks_a_day.
    """
    async with ctx.uow() as uow:
        if by.role == "member":
            row = await _ask_person(uow, question, by)
        else:
            row = await _ask_employer(uow, question, on_behalf, by)
        await uow.schedule(LAPSE, row.id, row.answer_by)
        return uow.answer(await shown(uow, row, by))


# -- an employer asks -----------------------------------------------------------------------------------


async def _ask_person(uow: Uow, question: Question, by: Caller) -> ContactRequestRow:
    supply_id = _only(question.supply_id, question.posting_id, "/supply_id")
    if by.employer_id is None or by.person_id is None:
        raise Missing
    await check_decides(uow, by.employer_id, by)
    seen = await uow.supplies.shown(supply_id)
    worker = await uow.workers.lock(seen.worker_id)
    await uow.tries.lock(by.person_id.bytes, by.employer_id.bytes)
    supply = await uow.supplies.shown(supply_id)
    employer = await uow.employers.get(by.employer_id)
    rules.check_may_ask(employer.kind, employer.state)
    now = await uow.now()
    policy = uow.ctx.policies.at(now, supply.city_code).contacts
    _check_words(uow, question.note, "employer", now)
    asked = await uow.contact_requests.asked_since(
        day_begin(now), asked_by="employer", employer_id=employer.id, person_id=by.person_id
    )
    rules.check_asks_of_day(asked, rules.asks_of_day("employer", employer.kind, policy), now)
    hears = await _person_hears(uow, supply, worker, employer.id, by.person_id, policy, now)
    row = uow.contact_requests.new(
        asked_by="employer", worker_id=worker.id, employer_id=employer.id, member_person_id=by.person_id,
        supply_id=supply.id, posting_id=None, city_code=supply.city_code, purpose=question.purpose,
        note=question.note, answer_by=now + timedelta(minutes=policy.answer_minutes), unheard=hears is None,
    )  # fmt: skip
    await uow.add(row, by=by.actor, action="ask")
    await uow.flush()
    if hears is not None:
        await tell_side(uow, row, "worker", "contact_request.asked", asks=ANSWER if hears == "text" else None)
    return row


async def _person_hears(
    uow: Uow, supply: SupplyRow, worker: WorkerRow, employer_id: UUID, asker_id: UUID, policy: ContactsPolicy,
    now: datetime,
) -> Literal["text", "inbox"] | None:  # fmt: skip
    """How the person hears of the question; None: not at all, and the asker does not learn that.

    Only that the same asker asked about the same posting before is told: every other answer would say something of
    another posting of the person, or of the person. A request that was withdrawn keeps nobody else out; but the person
    has had its text, and is sent no more than so many in a day. The worker is locked, so that the counts hold.
    """
    since = now - timedelta(days=policy.ask_again_days)
    mine = await uow.contact_requests.between(worker.id, employer_id, since, asked_by="employer", person_id=asker_id)
    if rules.asked_enough([row.state for row in mine if row.supply_id == supply.id], policy):
        raise Conflict("contact_asked_before", days=policy.ask_again_days)
    choice = await uow.contact_requests.choice(worker.id)
    received = await uow.contact_requests.received_since(worker.id, day_begin(now))
    obstacles = (
        worker.state != "active" or supply.worker_id != worker.id,
        choice is not None and not choice.asks_taken,
        await uow.blocks.between(employer_id=employer_id, worker_id=worker.id),
        received.counted >= policy.asks_to_person_per_day,
        rules.asked_enough([row.state for row in mine if not row.unheard], policy),
        await uow.members.role_of(employer_id, worker.id) is not None,  # oneself, or a colleague
    )
    if any(obstacles):
        return None
    return "text" if received.made < policy.asks_to_person_per_day else "inbox"


# -- a worker asks --------------------------------------------------------------------------------------


async def _ask_employer(uow: Uow, question: Question, on_behalf: str | None, by: Caller) -> ContactRequestRow:
    posting_id = _only(question.posting_id, question.supply_id, "/posting_id")
    worker_id = await _asker(uow, question.worker_id, by)
    posting = await uow.contact_requests.posting(posting_id)
    worker = await uow.workers.lock(worker_id)
    now = await uow.now()
    require_introducible(worker.introducible_from, local_day(now))
    if worker.state != "active":
        raise Refused("worker_resting")
    policy = uow.ctx.policies.at(now, posting.city_code).contacts
    _check_words(uow, question.note, "worker", now)
    asked = await uow.contact_requests.asked_since(day_begin(now), asked_by="worker", worker_id=worker.id)
    rules.check_asks_of_day(asked, rules.asks_of_day("worker", None, policy), now)
    hears = await _employer_hears(uow, posting, worker.id, policy, now)
    row = uow.contact_requests.new(
        asked_by="worker", worker_id=worker.id, employer_id=posting.employer_id, member_person_id=None,
        supply_id=None, posting_id=posting.id, city_code=posting.city_code, purpose=question.purpose,
        note=question.note, answer_by=now + timedelta(minutes=policy.answer_minutes), unheard=not hears,
    )  # fmt: skip
    await uow.add(row, by=actor_for(row, by, on_behalf), action="ask")
    await uow.flush()
    if hears:
        await tell_side(uow, row, "employer", "contact_request.asked_about")
    return row


async def _asker(uow: Uow, worker_id: UUID | None, by: Caller) -> UUID:
    found = worker_id or (by.person_id if by.role == "worker" else None)
    if found is None:
        raise Refused("worker_needed", field="/worker_id")
    if by.role == "worker":
        if found != by.person_id:
            raise Missing
    elif not await uow.people.is_seen(found, by):
        raise Missing
    return found


async def _employer_hears(
    uow: Uow, posting: PostingRow, worker_id: UUID, policy: ContactsPolicy, now: datetime
) -> bool:
    """Whether the employer hears of the question; a block of either side is not told."""
    since = now - timedelta(days=policy.ask_again_days)
    mine = await uow.contact_requests.between(worker_id, posting.employer_id, since, asked_by="worker")
    if rules.asked_enough([row.state for row in mine if row.posting_id == posting.id], policy):
        raise Conflict("contact_asked_before", days=policy.ask_again_days)
    employer = await uow.employers.get(posting.employer_id)
    rules.check_taken(not may_post(employer.state), await uow.members.role_of(employer.id, worker_id) is not None)
    return not await uow.blocks.between(employer_id=employer.id, worker_id=worker_id)


def _only(wanted: UUID | None, unwanted: UUID | None, field: str) -> UUID:
    if wanted is None or unwanted is not None:
        raise Refused("contact_subject", field=field)
    return wanted


def _check_words(uow: Uow, words: str | None, side: rules.Side, now: datetime) -> None:
    rules.check_words("/note", words, side, uow.ctx.rulebook(), local_day(now), uow.ctx.language)
    check_not_posing("/note", words, quoted())
