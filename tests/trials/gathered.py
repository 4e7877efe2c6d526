"""The writes on fairs and on how people are told."""

from __future__ import annotations

from tests.builders.fairs import PLANS
from tests.trials.cast import Cast
from tests.trials.step import DAY, HOUR, NOON, Step, iso


def fair_steps(cast: Cast) -> list[Step]:
    """A fair from its draft to its end, one that goes on, and what figures propose."""
    made, booth = {"fair_id": "@create_fair.id"}, {"fair_booth_id": "@ask_for_booth.id"}
    day = iso(NOON + 7 * DAY)
    body = {
        "kind": "special", "title": "家政专场", "city_code": "310100", "address": "某路1号", "booths": 3,
        "organiser": "就业中心", "expected_attendance": 200,
        "sessions": [{"starts_at": day, "ends_at": iso(NOON + 7 * DAY + 3 * HOUR)}],
    }  # fmt: skip
    postings = {"posting_ids": [str(cast.things["offer_free"])]}
    suspended = {"reason": "bad_weather", "returns_on": "2026-11-27"}
    proposed = {"organiser": "就业中心", "address": "某路1号"}
    other = {"fair_proposal_id": cast.spare.objects["fair_proposal_id"]}
    return [
        Step("create_fair", "officer", body=body),
        Step("discard_fair", "officer", ids=made),
        Step("create_fair", "officer", body=body),
        Step("change_fair", "officer", ids=made, body={"capacity": 100}),
        Step("announce_fair", "officer", ids=made, body=PLANS),
        Step("sign_up_for_fair", "hand5", ids=made, body={}),
        Step("withdraw_fair_entry", "hand5", ids={"fair_entry_id": "@sign_up_for_fair.id"}),
        Step("ask_for_booth", ids=made, body=postings),
        Step("confirm_booth", "officer", ids=booth, body={}),
        Step("set_booth_postings", ids=booth, body=postings),
        Step("decline_booth", "officer", ids=booth, body={"reason": "other"}),
        Step("ask_for_booth", ids=made, body=postings),
        Step("withdraw_booth", ids=booth),
        Step("suspend_fair", "officer", ids=made, body=suspended),
        Step("resume_fair", "officer", ids=made),
        Step("call_off_fair", "officer", ids=made, body={"reason": "few_people"}),
        Step("check_in_at_fair", "officer", body={"number": 1}),
        Step("record_booth_results", body={"came": 9, "spoke": 5, "hired": 2}),
        Step("record_fair_results", "officer", body={"came": 40, "spoke": 30, "hired": 5}),
        Step("make_proposed_fair", "officer", body=proposed),
        Step("dismiss_fair_proposal", "officer", ids=other, body={"reason": "no_site"}),
    ]


def hearing_steps() -> list[Step]:
    """Webhooks: one that is made, changed and ended, and what became of one that was there."""
    made = {"subscription_id": "@create_webhook.id"}
    return [
        Step("create_webhook"),
        Step("change_webhook", ids=made, more={"label": "排班系统"}),
        Step("rotate_webhook_secret", ids=made),
        Step("pause_webhook", ids=made),
        Step("resume_webhook", ids=made),
        Step("ping_webhook", ids=made),
        Step("end_webhook", ids=made),
        Step("resend_webhook_delivery"),
        Step("replay_webhook"),
    ]
