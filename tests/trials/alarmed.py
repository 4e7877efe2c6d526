"""The writes on alarms in the story: each on a seat of its own, at work since noon."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from service.alarms.usecases import handling
from service.context import Context
from service.http.caller import Caller
from tests.builders import city
from tests.builders.alarms import an_alarm
from tests.trials.step import NOON, Step

if TYPE_CHECKING:
    from tests.trials.cast import Cast

NAMES = ("presses", "leaves", "withdraws", "taken", "released", "noted", "closed")


async def alarm_things(ctx: Context, cast: Cast) -> None:
    """Somebody at work for each, and what was pressed already."""
    officer = cast.party.objects["staff_id"]
    by = Caller("officer", officer, regions=("310000",))
    for name in NAMES:
        posting = await city.a_posting(ctx, cast.party.employer)
        shift = await city.a_shift(ctx, posting, starts=NOON - timedelta(hours=1), hours=8)
        worker = await city.a_worker(ctx)
        seat = await city.an_engagement(ctx, worker, shift, posting, state="on_duty", started_at=shift.starts_at)
        cast.callers[f"alarmed_{name}"] = await city.as_worker(ctx, worker)
        cast.things[f"alarmed_seat_{name}"] = seat.id
        if name != "presses":
            row = await an_alarm(ctx, seat, worker.id)
            cast.things[f"alarm_{name}"] = row.id
            if name in ("released", "closed"):
                await handling.take(ctx, row.id, by=by)


def alarm_steps(cast: Cast) -> list[Step]:
    """Pressed, left on, taken back; taken, given back, noted and closed."""
    things = cast.things

    def of(name: str) -> dict[str, Any]:
        return {"alarm_id": things[f"alarm_{name}"]}

    pressed = {"kind": "pay_differs", "words": "说好二十五", "leaving": True}
    seat = {"engagement_id": things["alarmed_seat_presses"]}
    return [
        Step("press_alarm", "alarmed_presses", ids=seat, body=pressed),
        Step("leave_on_alarm", "alarmed_leaves", ids=of("leaves"), body={"back_in_line": True}),
        Step("withdraw_alarm", "alarmed_withdraws", ids=of("withdraws")),
        Step("take_alarm", "officer", ids=of("taken")),
        Step("release_alarm", "officer", ids=of("released")),
        Step("note_alarm", "officer", ids=of("noted"), body={"words": "已电话联系双方"}),
        Step("close_alarm", "officer", ids=of("closed"), body={"result": "founded"}),
    ]
