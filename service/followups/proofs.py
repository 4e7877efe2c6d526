"""What follow-ups tell of a seat for its evidence pack: a side's own answers with what they opened, and what the other
side has said that may be told across (questions.yaml)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from service.followups.data import questionnaire
from service.proof import Fact, LentSide, Personal, Side
from service.worktime import rfc3339

if TYPE_CHECKING:
    from uuid import UUID

    from service.followups.tables import IssueRow, TaskRow
    from service.uow import Uow

SAID_BY = {"worker": "worker", "member": "employer"}  # officers and administrators write down what they were told


async def tell_answers(uow: Uow, seat: Any, side: Side) -> list[Fact]:
    """Of all that was asked about this person's work of this posting; answers go when their person is erased."""
    facts: list[Fact] = []
    for task in await uow.followups.answered_of(seat.posting_id, seat.worker_id):
        whose = await _whose(uow, seat, task)
        facts += [
            _answer(task, code, answer, whose)
            for code, answer in (task.answers or {}).items()
            if questionnaire().may_tell(code, task.side, side)
        ]
        for issue in await uow.followups.issues_of(task.id):
            if questionnaire().may_tell_issue(issue.code, issue.question, task.side, side):
                facts += await _issue(uow, issue, whose)
    return facts


async def tell_of_lending(uow: Uow, deal: Any, lent: Any, side: LentSide) -> list[Fact]:
    """The same of somebody who is lent. A firm reads its own answers; the other firm's are told to it as far as
    they are told to the person."""
    facts: list[Fact] = []
    own = {"worker": None, "lender": deal.lender_id, "borrower": deal.borrower_id}[side]
    for task in await uow.followups.answered_of_lent(lent.id):
        by_worker = task.side == "worker"
        mine = by_worker if side == "worker" else not by_worker and task.employer_id == own
        to = task.side if mine else ("employer" if by_worker else "worker")
        whose = lent.worker_id if by_worker else None
        firm = "worker" if by_worker else "lender" if task.employer_id == deal.lender_id else "borrower"
        told = [
            _answer(task, code, answer, whose)
            for code, answer in (task.answers or {}).items()
            if questionnaire().may_tell(code, task.side, to)
        ]
        facts += [_of_firm(fact, firm) for fact in told]
        for issue in await uow.followups.issues_of(task.id):
            if questionnaire().may_tell_issue(issue.code, issue.question, task.side, to):
                facts += await _issue(uow, issue, whose)
    return facts


def _of_firm(fact: Fact, firm: str) -> Fact:
    """Which of the two firms was asked and has answered."""
    side = firm if fact.side == "employer" else fact.side
    return replace(fact, side=side, facts={**fact.facts, "asked": firm})


async def answers_told(uow: Uow, worker_id: UUID, posting_ids: Collection[UUID]) -> list[dict[str, Any]]:
    """What both sides have answered about a worker's work of these postings, as far as that worker may read it."""
    found = []
    for posting_id in posting_ids:
        for task in await uow.followups.answered_of(posting_id, worker_id):
            about = {"posting_id": posting_id, "milestone": task.milestone, "at": task.answered_at, "asked": task.side}
            by = {"answered_by": task.answered_by, "channel": task.channel}
            found += [
                about | {"question": code, "answer": answer} | by
                for code, answer in (task.answers or {}).items()
                if questionnaire().may_tell(code, task.side, "worker")
            ]
    return found


async def _whose(uow: Uow, seat: Any, task: TaskRow) -> UUID | None:
    """Under whose key an answer is kept: a worker's own, in a household its people's; a firm's stands open."""
    if task.side == "worker":
        worker: UUID = seat.worker_id
        return worker
    employer = await uow.employers.get(seat.employer_id)
    if employer.kind != "household":
        return None
    return next(iter(await uow.members.deciders(employer.id)), seat.worker_id)


def _answer(task: TaskRow, code: str, answer: str | int, whose: UUID | None) -> Fact:
    by_office = task.answered_by not in SAID_BY
    facts = {
        "milestone": task.milestone,
        "about_at": rfc3339(task.about_at),
        "asked": task.side,
        "question": code,
        "channel": task.channel,
        "written_down_by": task.answered_by if by_office else None,
    }
    hidden = {"answer": Personal(str(answer), whose)} if whose is not None else {}
    return Fact(
        source=f"followup:{task.id}:{code}",
        at=task.answered_at or task.updated_at,
        side=SAID_BY.get(task.answered_by or "", "office"),
        what="followup.answer",
        facts=facts if hidden else facts | {"answer": answer},
        personal=hidden,
    )


async def _issue(uow: Uow, row: IssueRow, whose: UUID | None) -> list[Fact]:
    """What it opened (a code), that it was seen to."""
    if whose is None:
        told = await uow.evidence.told(row, columns=("code", "urgent"))
    else:
        told = await uow.evidence.told(row, columns=("urgent",), words={"code": whose})
    question = {"question": row.question}
    return [replace(fact, facts=dict(fact.facts) | question) if fact.what.endswith("open") else fact for fact in told]
