"""What answers open, each once: cases, checks of postings, needs, and the note that two sides differ."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import STAFF
from service.followups.data import questionnaire
from service.followups.rules.questions import NEEDS, Opened
from service.i18n import render

if TYPE_CHECKING:
    from service.actor import Actor
    from service.followups.tables import IssueRow, PlanRow, TaskRow
    from service.uow import Uow

CASES = (
    "fee_or_deposit", "id_withheld", "discrimination", "no_agreement", "injury", "harassment_safety", "wage_arrears",
)  # fmt: skip
Linked = tuple[str, UUID] | None


async def open_issues(uow: Uow, plan: PlanRow, task: TaskRow, *, by: Actor) -> None:
    """What these answers open by the table, and where they differ from the other side's. Plan and task are locked."""
    answers = task.answers or {}
    opened = questionnaire().opened(answers)
    for each in opened:
        await _open(uow, task, each, await _led_to(uow, plan, task, each, by), by)
    other = await uow.followups.other_side(task)
    if other is None:
        return
    if other.state == "answered" and other.answers is not None and other.short == task.short:
        named = questionnaire().named(task.milestone, short=task.short)
        sides = {task.side: answers, other.side: other.answers}
        for pair in questionnaire().differing(named, sides["worker"], sides["employer"])[:1]:
            mine = pair.worker if task.side == "worker" else pair.employer
            await _open(uow, task, Opened("answers_differ", mine, str(answers[mine]), False), None, by)


async def _open(uow: Uow, task: TaskRow, each: Opened, linked: Linked, by: Actor) -> None:
    noun, subject_id = linked or (None, None)
    row = uow.followups.new_issue(
        task_id=task.id,
        code=each.code,
        question=each.question,
        answer=each.answer,
        urgent=each.urgent,
        city_code=task.city_code,
        noun=noun,
        subject_id=subject_id,
    )
    await uow.add(row, by=by, action="open")
    if each.urgent and not await _told_already(uow, linked):
        await _tell_officers(uow, row, by)


async def _told_already(uow: Uow, linked: Linked) -> bool:
    """An urgent case that has just been opened has told the officers itself."""
    if linked is None or linked[0] != "case":
        return False
    case = await uow.case_files.get(linked[1])
    return case.urgent and case.created_at == await uow.now()


async def _tell_officers(uow: Uow, row: IssueRow, by: Actor) -> None:
    """Whoever is on duty at the place hears of it, by kind and place, but the officer who was told."""
    await uow.ctx.wiring.ports["duties.tell_officers"](
        uow,
        "staff.issue_urgent",
        place=row.city_code,
        about=row.id,
        urgent=True,
        but={by.id} if by.kind in STAFF else (),
        what=render(f"staff.issue.{row.code}", "zh-CN"),
    )


async def _led_to(uow: Uow, plan: PlanRow, task: TaskRow, each: Opened, by: Actor) -> Linked:
    if each.code in NEEDS:
        return await _need(uow, task, each.code, by)
    if each.code == "posting_check" and plan.posting_id is not None:
        facts = {"followup_task": str(task.id)}
        review = await uow.ctx.wiring.ports["reviews.raise_check"](uow, plan.posting_id, facts, by=by)
        return "review", review.id
    if each.code in CASES:
        return await _case(uow, plan, task, each, by)
    return None


async def _need(uow: Uow, task: TaskRow, kind: str, by: Actor) -> Linked:
    people = kind == "need_people"
    row = uow.followups.new_need(
        worker_id=None if people else task.worker_id,
        employer_id=task.employer_id if people else None,
        kind=kind,
        city_code=task.city_code,
        task_id=task.id,
    )
    await uow.add(row, by=by, action="open")
    return "need", row.id


async def _case(uow: Uow, plan: PlanRow, task: TaskRow, each: Opened, by: Actor) -> Linked:
    """A case of the person against the employer, of who is lent against the own one, which pays and answers for
    injuries, where cases are kept; the issue stays with the officers else."""
    port = uow.ctx.wiring.ports.get("cases.open")
    if port is None or plan.worker_id is None:
        return None
    about, against = await _about(uow, plan)
    made = await port(
        uow,
        kind=each.code,
        city_code=task.city_code,
        complainant_id=plan.worker_id,
        employer_id=against,
        subject=about,
        facts={"milestone": task.milestone, "side": task.side, "question": each.question, "answer": each.answer},
        source=f"followup:{task.id}",
        by=by,
    )
    return "case", made.id


async def _about(uow: Uow, plan: PlanRow) -> tuple[tuple[str, UUID], UUID]:
    """What a case is about, and against whom."""
    if plan.lent_id is not None:
        return ("lent", plan.lent_id), await uow.followups.lender_of(plan.lent_id)
    seat = await uow.followups.last_seat(plan)
    if seat is not None:
        return ("engagement", seat), plan.employer_id
    if plan.posting_id is None:
        raise RuntimeError("a plan about nothing")
    return ("posting", plan.posting_id), plan.employer_id
