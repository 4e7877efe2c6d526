"""The writes from a seat to its pay, and in the hall."""

from __future__ import annotations

from tests.trials.cast import Cast
from tests.trials.step import HOUR, NOON, Step, iso


def seat_steps(cast: Cast) -> list[Step]:
    things, seats = cast.things, cast.seats
    decision = {"application_id": str(things["application_decided"]), "answer": "accept"}
    deal = {"code": "@issue_word.word", "until": iso(NOON + 3 * HOUR), "place": {"address": "某路3号"}}
    return [
        Step("claim_seat", "worker", ids={"shift_id": things["shift_free"]}),
        Step("apply_to_posting", "hand5", ids={"posting_id": things["offer_asked"]}, body={"all_shifts": True}),
        Step("accept_application", "worker", ids={"application_id": things["application_joined"]}),
        Step("decline_application", "worker", ids={"application_id": things["application_declined"]}),
        Step("withdraw_application", "worker", ids={"application_id": things["application_withdrawn"]}),
        Step("decide_applications", ids={"posting_id": things["offer_decided"]}, body={"decisions": [decision]}),
        Step("invite_workers", ids={"shift_id": things["shift_free"]}, more={"worker_ids": [str(cast.hands[4].id)]}),
        Step("ask_stand_in", "hand1", ids={"engagement_id": seats["tomorrow"]}),
        Step("stop_stand_in", "hand1", ids={"engagement_id": seats["tomorrow"]}),
        Step("ask_stand_in", "hand2", ids={"engagement_id": seats["standing"]}),
        Step("claim_stand_in", "hand3", ids={"shift_id": things["shift_standing"]}),
        Step("cancel_engagement", "hand6", ids={"engagement_id": seats["given_up"]}, more={"reason": "other"}),
        Step("withdraw_hire"),
        Step("issue_word", "hand5", ids={"worker": "me"}),
        Step("propose_hire", more=deal | {"trade": "dishwashing"}),
        Step("refuse_hire", "hand5", ids={"hire_id": "@propose_hire.id"}),
        Step("issue_word", "hand2", ids={"worker": "me"}),
        Step("propose_hire", more=deal | {"trade": "dishwashing"}),
        Step("accept_hire", "hand2", ids={"hire_id": "@propose_hire.id"}),
        Step("change_shift", ids={"shift_id": things["shift_free"]}, more={"headcount": 4}, version=1),
    ]


def work_steps(cast: Cast) -> list[Step]:
    seats = cast.seats
    hours = {"started_at": iso(NOON - 5 * HOUR), "finished_at": iso(NOON - HOUR / 2)}
    sheet = {"timesheet_id": "@propose_timesheet.id"}
    told = {"started_at": iso(NOON - 6 * HOUR), "finished_at": iso(NOON - HOUR)}
    return [
        Step("answer_coming", "hand0", ids={"engagement_id": seats["soon"]}),
        Step("set_out", "hand0", ids={"engagement_id": seats["soon"]}),
        Step("check_out", ids={"engagement_id": seats["working"]}, more={"at": hours["finished_at"]}),
        Step("check_in", ids={"engagement_id": seats["soon"]}, body={"method": "employer"}),
        Step("undo_check_in", ids={"engagement_id": seats["undone"]}),
        Step("mark_absent", ids={"engagement_id": seats["missed"]}),
        Step("answer_absence", "hand4", ids={"engagement_id": seats["missed"]}, more={"answer": "was_present"}),
        Step("repair_absence", "officer", ids={"engagement_id": seats["missed"]}, more={"outcome": "excused"}),
        Step(
            "report_employer_absent", "hand5", ids={"engagement_id": seats["alone"]}, more={"reason": "nobody_on_site"}
        ),
        Step("answer_employer_absence", ids={"engagement_id": seats["alone"]}, more={"admitted": False}),
        Step("propose_timesheet", ids={"engagement_id": seats["told"]}, body=told),
        Step("change_timesheet", "hand7", ids=sheet, body=told | {"break_minutes": 5, "reason": "break_differs"}),
        Step("dispute_timesheet", ids=sheet, more={"reason": "break_differs"}),
        Step("settle_timesheet", "officer", ids=sheet, body=told | {"reason": "evidence"}),
        Step("agree_timesheet", "worker"),
    ]


def pay_steps(cast: Cast) -> list[Step]:
    return [
        Step("dispute_payment", "worker", more={"reason": "less_than_due"}),
        Step("pay_record", more={"amount_fen": 10_000, "means": "cash", "advance": True}),
        Step("receive_pay", "worker", more={"amount_fen": 10_000, "means": "cash"}),
        Step("close_shift_paid", ids={"shift_id": cast.things["shift_over"]}),
        Step("cancel_shift", ids={"shift_id": cast.things["shift_decided"]}),
        Step(
            "contest_mark",
            "hand7",
            ids={"event_id": cast.things["mark"]},
            body={"reason": "did_not_happen", "words": "我六点就到了"},
        ),
        Step("decide_mark", "officer", body={"outcome": "excuse", "reason": "good_reason"}),
    ]


def hall_steps(cast: Cast) -> list[Step]:
    """A dawn at the market: the rule, a session, numbers, the line."""
    week = [{"weekday": day, "name": "晚场", "opens": "20:00", "closes": "21:00"} for day in range(7)]
    special = {"name": "专场", "opens_at": "2026-11-29T14:00:00+08:00", "closes_at": "2026-11-29T16:00:00+08:00"}
    added = {"hall_session_id": "@add_hall_session.id"}
    return [
        Step("set_hall_rule", "officer", body={"sessions": week}),
        Step("add_hall_session", "officer", body=special),
        Step("cancel_hall_session", "officer", ids=added, body={"reason": "weather"}),
        Step("sign_in_hall", "officer", body={"worker_id": str(cast.hands[0].id)}),
        Step("replace_plan_line", "officer", body={"number": 2, "reason": "own_tools"}),
        Step("drop_plan", "officer", body={"reason": "input_wrong"}),
        Step("draw_plan", "officer"),
        Step("publish_plan", "officer", ids={"plan_id": "@draw_plan.id"}),
        Step("call_next", "officer", body={}),
        Step("pass_presence", "officer"),
        Step("return_presence", "officer", body={}),
        Step("call_presence", "officer", body={"reason": "employer_waits"}),
        Step("leave_hall", "worker"),
        Step("close_hall_session", "officer", body={"reason": "no_work"}),
    ]
