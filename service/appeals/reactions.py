"""An appeal opens with the move of its posting, at whichever door, and closes with the one that decides it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import STAFF
from service.appeals import rules
from service.appeals.lifecycle import APPEAL
from service.worktime import end_of_day, local_day

if TYPE_CHECKING:
    from service.appeals.tables import AppealRow
    from service.uow import Moved, Uow

OVERDUE = "appeal.overdue"


async def file(uow: Uow, moved: Moved) -> None:
    """Against the last rejection or removal of the log. Raises Conflict appeal_too_late, appeal_decided."""
    subject = moved.entity
    await uow.flush()
    found = await uow.appeals.decision(moved.noun, subject.id)
    policy = uow.ctx.policies.at(moved.at, subject.city_code).reviews
    if found is not None:
        rules.check_first(found["from_state"])
        rules.check_in_time(found["at"], moved.at, policy.appeal_days)
    days = (await uow.reference.catalogue()).working_days_after(local_day(moved.at), policy.appeal_decide_working_days)
    due = end_of_day(days)
    employer_id: UUID | None = getattr(subject, "employer_id", None)
    row = uow.appeals.new(
        noun=moved.noun,
        subject_id=subject.id,
        employer_id=employer_id,
        city_code=subject.city_code,
        title=subject.title,
        against=rules.AGAINST[str(moved.from_state)],
        against_reason=found["reason"] if found else None,
        against_at=found["at"] if found else None,
        barred=sorted(await _barred(uow, moved, employer_id, found["actor_id"] if found else None)),
        due_at=due,
    )
    await uow.add(row, by=moved.by, action="file")
    await uow.flush()
    await uow.schedule(OVERDUE, row.id, due)
    await tell(uow, row, "filed")


async def _barred(uow: Uow, moved: Moved, employer_id: UUID | None, decider: UUID | None) -> set[UUID]:
    """Who decided it, held it, entered it, or files this for others."""
    subjects = [(moved.noun, moved.entity.id)] + ([("employer", employer_id)] if employer_id is not None else [])
    found = await uow.appeals.holders(subjects) | await uow.reviews.enterers(moved.noun, moved.entity.id)
    mine = moved.by.id if moved.by.kind in STAFF else None
    return found | {each for each in (decider, mine) if each is not None}


async def decide(uow: Uow, moved: Moved) -> None:
    """Restored, or upheld: by another person. Raises Conflict `appeal_own_decision`."""
    if moved.from_state != "appealed":
        return
    await uow.flush()
    row = await uow.appeals.lock_filed(moved.noun, moved.entity.id)
    if row is None or moved.by.id is None:
        return
    rules.check_another(row.barred, moved.by.id)
    action = "grant" if moved.action == "restore" else "uphold"
    reason = moved.reason if action == "uphold" else None
    closed = {"decided_by": moved.by.id, "closed_at": moved.at, "outcome_reason": reason}
    await uow.move(row, APPEAL, action, by=moved.by, at=moved.at, reason=moved.reason, **closed)
    await uow.flush()
    if row.noun == "supply":  # whoever is in charge of a posting hears of its move
        await tell(uow, row, row.state)


async def tell(uow: Uow, row: AppealRow, what: str) -> None:
    """Tell the appellant: filed, granted or upheld."""
    if row.noun == "supply":
        people = [(await uow.supplies.get(row.subject_id)).worker_id]
    else:
        people = list(await uow.members.deciders(row.employer_id)) if row.employer_id is not None else []
    for person_id in people:
        await uow.tell(
            person_id,
            f"appeal.{what}",
            params={"title": row.title, "reason": row.outcome_reason or ""},
            subject=(row.noun, row.subject_id),
            dedupe=f"appeal.{what}:{row.id}",
            employer_id=row.employer_id,
        )


REACTIONS = {
    (noun, action): (deed,)
    for noun in ("posting", "supply")
    for action, deed in (("appeal", file), ("restore", decide), ("uphold", decide), ("reject", decide))
}
