"""What ends an intake from outside: the posting's end, an invitation, a consent taken back, a broker's suspension."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.errors import Conflict, Refused
from service.intakes import rules
from service.intakes.lifecycle import SHOWN, SUPPLY_INTAKE
from service.intakes.steps import ESCALATE, due_after, end_intake, post, wind

if TYPE_CHECKING:
    from service.uow import Moved, Uow


async def close_with_posting(uow: Uow, moved: Moved) -> None:
    """The wish is no longer in the open; an intake that ended it itself has ended already."""
    for row in await uow.intakes.unended(supply_id=moved.entity.id):
        if row.state in SHOWN:
            await end_intake(uow, row, "close", by=moved.by, at=moved.at, reason=moved.action)


async def start_clock(uow: Uow, moved: Moved) -> None:
    """The wish is in the open, for the first time or again: its level has its time from now on."""
    for row in await uow.intakes.unended(supply_id=moved.entity.id):
        if row.state == "open":
            due = await due_after(uow, moved.at, row.level_code)
            await uow.edit(row, by=moved.by, at=moved.at, action="start_clock", due_at=due)
            await uow.flush()
            await wind(uow, row)


async def stop_clock(uow: Uow, moved: Moved) -> None:
    """Nobody can see the wish: nobody is late with a recommendation."""
    for row in await uow.intakes.unended(supply_id=moved.entity.id):
        if row.state == "open":
            await uow.edit(row, by=moved.by, at=moved.at, action="stop_clock", due_at=None)
            await uow.unschedule(ESCALATE, subject_id=row.id)


async def note_invitation(uow: Uow, moved: Moved) -> None:
    """Somebody invited the person or offered a seat: a recommendation has happened."""
    application = moved.entity
    for row in await uow.intakes.unended(person_id=application.worker_id):
        if row.state != "open":
            continue
        posting = await uow.intakes.posting(application.posting_id)
        made = uow.intakes.new_recommendation(row, posting, "application", application.id)
        await uow.add(made, by=moved.by, action="recommend")
        await uow.move(row, SUPPLY_INTAKE, "recommend", by=moved.by, at=moved.at, reason="application", due_at=None)


async def post_held(uow: Uow, moved: Moved) -> None:
    """The age is known now: what waited for it is posted, unless it may not be any longer.

    Then nothing of the try is left, the entry waits on, and the person is told.
    """
    await uow.flush()
    for row in await uow.intakes.unended(person_id=moved.entity.id):
        if row.state != "held":
            continue
        intake_id, title = row.id, (row.wish or {}).get("title") or ""
        try:
            async with uow.attempt():
                await uow.ctx.wiring.ports["supplies.check"](uow, row.wish or {}, row.city_code)
                await post(uow, row, by=moved.by, at=moved.at)
        except (Refused, Conflict):
            await uow.tell(
                moved.entity.id, "supply_intake.not_posted", params={"title": title},
                subject=("supply_intake", intake_id), dedupe=f"supply_intake.not_posted:{intake_id}",
            )  # fmt: skip


async def revoke_all(uow: Uow, moved: Moved) -> None:
    """The consent is taken back as a whole: everything entered goes."""
    consent = moved.entity
    if consent.scope != rules.CONSENT:
        return
    for row in await uow.intakes.unended(person_id=consent.person_id):
        await end_intake(uow, row, "revoke", by=moved.by, at=moved.at, reason="consent_withdrawn")


async def stop_agency(uow: Uow, moved: Moved) -> None:
    """An agency that is not (any longer) verified acts for nobody; what is posted stays the person's."""
    for row in await uow.intakes.unended(agency_id=moved.entity.id):
        if row.state in ("asked", "held"):
            await end_intake(uow, row, "lapse", by=moved.by, at=moved.at, reason=moved.action)


async def hand_over(uow: Uow, moved: Moved) -> None:
    """The kept record has the intakes of the other."""
    gone, kept = moved.entity.id, moved.entity.merged_into
    for row in await uow.intakes.supplies_of(gone):
        if row.state == "asked":
            await end_intake(uow, row, "lapse", by=moved.by, at=moved.at, reason="merged")
        await uow.edit(row, by=moved.by, at=moved.at, action="hand_over", person_id=kept)


REACTIONS = {
    ("supply", "publish"): (start_clock,),
    ("supply", "resume"): (start_clock,),
    ("supply", "restore"): (start_clock,),
    ("supply", "pause"): (stop_clock,),
    ("supply", "revise"): (stop_clock,),
    ("supply", "reject"): (stop_clock,),
    ("supply", "withdraw"): (close_with_posting,),
    ("supply", "find"): (close_with_posting,),
    ("supply", "expire"): (close_with_posting,),
    ("supply", "take_down"): (close_with_posting,),
    ("application", "invite"): (note_invitation,),
    ("application", "plan"): (note_invitation,),
    ("person", "state_identity"): (post_held,),
    ("consent", "withdraw"): (revoke_all,),
    ("employer", "suspend"): (stop_agency,),
    ("employer", "restrict"): (stop_agency,),
    ("employer", "lapse"): (stop_agency,),
    ("person", "merge"): (hand_over,),
}
