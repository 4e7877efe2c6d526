"""The writes on follow-ups in the story: each on a question of its own, open already."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from service.context import Context
from tests.builders import city
from tests.builders.followups import an_issue, an_open_task
from tests.builders.referrals import a_referral
from tests.trials.step import NOON, Step

if TYPE_CHECKING:
    from tests.trials.cast import Cast

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


def followup_steps(cast: Cast) -> list[Step]:
    """Answered, refused, called, taken and let go; what it opened is seen to."""
    things = cast.things

    def of(name: str) -> dict[str, Any]:
        return {"task_id": things[f"followed_{name}"]}

    call = {"channel": "phone", "result": "no_answer"}
    return [
        Step("answer_followup", "followed_answers", ids=of("answers"), body={"answers": {"reached": "yes"}}),
        Step("refuse_followups", "followed_refuses", ids=of("refuses")),
        Step("record_followup_attempt", "officer", ids=of("tried"), body=call),
        Step("claim_followup", "officer", ids=of("taken")),
        Step("release_followup", "officer", ids=of("let_go")),
        Step("close_followup_issue", "officer", ids={"issue_id": things["followed_issue"]}),
        Step("end_need", "officer", ids={"need_id": things["followed_need"]}, body={"outcome": "meet"}),
    ]
