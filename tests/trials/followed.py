"""The writes on follow-ups in the story: each on a question of its own, open already."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from service.actor import SYSTEM
from service.context import Context
from service.followups.lifecycle import TASK
from service.followups.steps import reconcile
from tests.builders import city
from tests.builders.deals import a_deal, a_lendable, a_lent
from tests.builders.followups import an_issue, an_open_task
from tests.builders.referrals import a_referral
from tests.trials.step import NOON, Step

if TYPE_CHECKING:
    from service.employers.tables import EmployerRow
    from tests.trials.cast import Cast

LENT_AT = {"person": "S1 worker", "borrower": "S1 employer", "lender": "S3 employer"}
NAMES = ("answers", "refuses", "tried", "taken", "let_go")


async def followup_things(ctx: Context, cast: Cast) -> None:
    """Somebody recommended for each, asked how it went."""
    shift = await city.a_shift(
        ctx, await city.a_posting(ctx, cast.party.employer), starts=NOON + timedelta(days=30), headcount=len(NAMES)
    )
    for name in NAMES:
        worker = await city.a_worker(ctx)
        await a_referral(ctx, worker, shift)
        task = await an_open_task(ctx, worker.id, shift.posting_id)
        cast.callers[f"followed_{name}"] = await city.as_worker(ctx, worker)
        cast.things[f"followed_{name}"] = task.id
        if name == "tried":
            issue, need = await an_issue(ctx, task)
            cast.things |= {"followed_issue": issue.id, "followed_need": need.id}


async def lent_followup_things(ctx: Context, cast: Cast) -> None:
    """Somebody lent to the partner firm, and somebody on the way back: what both firms and the first are asked."""
    partner = await _partner(ctx, cast)
    deal = await a_deal(ctx, cast.party.employer, partner, state="running", last_day=(NOON + timedelta(days=90)).date())
    for number, state in enumerate(("working", "returning")):
        worker = await a_lendable(ctx, f"+8613900005{900 + number}")
        lent = await a_lent(ctx, deal, worker, state=state)
        async with ctx.uow() as uow:
            await reconcile(uow, None, None, lent.id)
            plan = await uow.followups.lock_plan(None, None, lent.id)
            assert plan is not None
            now = await uow.now()
            for task in await uow.followups.lock_tasks(plan.id):
                name = next((who for who, what in LENT_AT.items() if what == f"{task.milestone} {task.side}"), None)
                if name is not None and (name == "lender") is (state == "returning"):
                    later = now + timedelta(days=30)
                    await uow.move(task, TASK, "open", by=SYSTEM, at=now, opened_at=now, next_attempt_at=later)
                    cast.things[f"followed_lent_{name}"] = task.id
        if state == "working":
            cast.callers["followed_lent"] = await city.as_worker(ctx, worker)


async def _partner(ctx: Context, cast: Cast) -> EmployerRow:
    """The partner firm of the story's deals."""
    async with ctx.uow() as uow:
        return await uow.employers.get(cast.things["partner"])


def followup_steps(cast: Cast) -> list[Step]:
    """Answered, refused, called, taken and let go; what it opened is seen to."""
    things = cast.things

    def of(name: str) -> dict[str, Any]:
        return {"task_id": things[f"followed_{name}"]}

    call = {"channel": "phone", "result": "no_answer"}
    return [
        Step("answer_followup", "followed_answers", ids=of("answers"), body={"answers": {"reached": "yes"}}),
        Step("refuse_followups", "followed_refuses", ids=of("refuses")),
        Step("answer_followup", "followed_lent", ids=of("lent_person"), body={"answers": {"rights_equal": "no"}}),
        Step("answer_followup", "partner", ids=of("lent_borrower"), body={"answers": {"used_as_agreed": "yes"}}),
        Step("answer_followup", ids=of("lent_lender"), body={"answers": {"back_at_post": "yes"}}),
        Step("record_followup_attempt", "officer", ids=of("tried"), body=call),
        Step("claim_followup", "officer", ids=of("taken")),
        Step("release_followup", "officer", ids=of("let_go")),
        Step("close_followup_issue", "officer", ids={"issue_id": things["followed_issue"]}),
        Step("end_need", "officer", ids={"need_id": things["followed_need"]}, body={"outcome": "meet"}),
    ]
