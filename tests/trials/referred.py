"""The writes on referrals in the story: each on a referral of its own, in the state that it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.context import Context
from tests.builders import city
from tests.builders.referrals import a_referral, a_talk
from tests.trials.step import DAY, NOON, Step

if TYPE_CHECKING:
    from tests.trials.cast import Cast

STATES = {
    "asked": "notified", "unwilling": "notified", "back": "notified", "wants": "worker_accepted",
    "carries": "worker_accepted", "wanted": "employer_accepted", "talker": "employer_accepted",
    "talked_to": "talks_scheduled", "put_off": "talks_scheduled",
}  # fmt: skip


async def referral_things(ctx: Context, cast: Cast) -> None:
    """A shift next month, and somebody in each state before it."""
    shift = await city.a_shift(
        ctx, await city.a_posting(ctx, cast.party.employer), starts=NOON + 30 * DAY, headcount=len(STATES) + 1
    )
    cast.things |= {"ref_shift": shift.id, "ref_posting": shift.posting_id}
    for name, state in STATES.items():
        worker = await city.a_worker(ctx)
        row = await a_referral(ctx, worker, shift, state)
        cast.callers[f"ref_{name}"] = await city.as_worker(ctx, worker)
        cast.things[f"ref_{name}"] = row.id
    cast.things["ref_person"] = (await city.a_worker(ctx)).id
    for name, at in (("talked_to", NOON - DAY), ("put_off", NOON + DAY)):
        async with ctx.uow() as uow:
            row = await uow.referrals.get(cast.things[f"ref_{name}"])
        cast.things[f"talk_{name}"] = (await a_talk(ctx, row, at)).id


def referral_steps(cast: Cast) -> list[Step]:
    """Recommended, answered, talked about, taken on; handed out and redeemed."""
    things = cast.things

    def of(name: str) -> dict[str, Any]:
        return {"referral_id": things[f"ref_{name}"]}

    recommended = {"worker_ids": [str(things["ref_person"])], "shift_id": str(things["ref_shift"])}
    talk = {"kind": "phone", "at": (NOON + DAY).isoformat()}
    return [
        Step("refer_workers", "officer", ids={"posting_id": things["ref_posting"]}, body=recommended),
        Step("accept_referral", "ref_asked", ids=of("asked"), body={"ready": True}),
        Step("decline_referral", "ref_unwilling", ids=of("unwilling"), body={"reason": "too_far"}),
        Step("withdraw_referral", "officer", ids=of("back"), body={"reason": "person_asked"}),
        Step("decide_referral", ids=of("wants"), body={"outcome": "accept"}),
        Step("schedule_talk", ids=of("talker"), body=talk),
        Step("record_talk", ids={"talk_id": things["talk_talked_to"]}, body={"came": "both"}),
        Step("cancel_talk", ids={"talk_id": things["talk_put_off"]}),
        Step("offer_referred_seat", ids=of("wanted"), body={}),
        Step("issue_slip", "ref_carries", ids=of("carries"), body={"size": "80mm"}),
        Step("redeem_slip", body={"text": "@issue_slip.text", "result": "talk_again"}),
    ]
