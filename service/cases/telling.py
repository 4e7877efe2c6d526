"""Who hears of a case: whoever brought it, at each move; officers, of what is urgent or late; who has it, of what has
come in; the other side only of what an officer asks."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.cases.ways import kind_of
from service.worktime import local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.cases.tables import CaseQuestionRow, CaseRow, DecisionAppealRow
    from service.uow import Uow


async def tell(uow: Uow, case: CaseRow, what: str, **params: Any) -> None:
    """Tell the complainant, where there is one with an account; the number names the case, and nothing else does."""
    if case.complainant_id is None:
        return
    await uow.tell(
        case.complainant_id,
        f"case.{what}",
        params={"number": case.number} | params,
        subject=("case", case.id),
        dedupe=f"case.{what}:{case.id}:{case.version}",
        employer_id=case.for_employer_id,
    )


async def tell_officers(
    uow: Uow,
    case: CaseRow,
    template: str,
    *,
    urgent: bool = False,
    admins: bool = False,
    but: Collection[UUID | None] = (),
) -> None:
    """Tell who handles it, else whoever is on duty at the place, and administrators too where it is escalated; never
    the officers whose own decision it is about. By number, kind and place."""
    await uow.ctx.wiring.ports["duties.tell_officers"](
        uow,
        template,
        place=case.city_code,
        about=case.id,
        urgent=urgent,
        admins=admins,
        holder=case.claimed_by,
        but={*case.barred, *but},
        number=case.number,
        what=kind_of(case.kind, local_day(case.created_at)).zh,
    )


async def tell_former(uow: Uow, case: CaseRow, former: UUID) -> None:
    """Tell the officer who had it that an administrator has taken it over."""
    tell_officer = uow.ctx.wiring.ports["duties.tell_officer"]
    await tell_officer(uow, former, "staff.case_taken_over", about=case.id, number=case.number, step=str(case.version))


async def tell_holder(uow: Uow, case: CaseRow, template: str, *, by: Actor) -> None:
    """Tell the officer who has it of what has come in, by number, unless that officer wrote it down; nobody else."""
    if case.claimed_by is None or case.claimed_by == by.id:
        return
    tell_officer = uow.ctx.wiring.ports["duties.tell_officer"]
    await tell_officer(uow, case.claimed_by, template, about=case.id, number=case.number)


async def ask_employer(uow: Uow, row: CaseQuestionRow) -> None:
    """Put the question to who decides for the employer; neither the message nor what it points to names the case."""
    for person_id in await uow.members.deciders(row.employer_id):
        await uow.tell(
            person_id,
            "case_question.asked",
            params={"answer_by_at": row.answer_by},
            subject=("case_question", row.id),
            dedupe=f"case_question:{row.id}",
            employer_id=row.employer_id,
        )


async def tell_both(uow: Uow, row: DecisionAppealRow, case: CaseRow, what: str) -> None:
    """Tell the appellant and who acts for the employer whose mark it is."""
    params = {"title": row.title, "reason": row.outcome_reason or ""}
    await tell(uow, case, f"decision_{what}", **params)
    for person_id in await uow.members.deciders(row.employer_id):
        await uow.tell(
            person_id,
            f"decision_appeal.{what}",
            params=params,
            subject=("decision_appeal", row.id),
            dedupe=f"decision_appeal.{what}:{row.id}",
            employer_id=row.employer_id,
        )
