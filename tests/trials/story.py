"""A story in which every writing operation has its turn: who does it, to what, with which words."""

from __future__ import annotations

from tests.builders.employers import a_credit_code
from tests.contract.world import PHONES
from tests.trials.agreed import agreement_steps
from tests.trials.alarmed import alarm_steps
from tests.trials.cast import Cast
from tests.trials.dealt import deal_steps
from tests.trials.followed import followup_steps
from tests.trials.gathered import fair_steps, hearing_steps
from tests.trials.lent import balance_steps, intent_steps
from tests.trials.lent_paid import settlement_steps
from tests.trials.referred import referral_steps
from tests.trials.sought import entering_steps, reaching_steps, seeking_steps, talking_steps
from tests.trials.step import DAY, HOUR, NOON, Step, a_posting_body, iso
from tests.trials.worked import hall_steps, pay_steps, seat_steps, work_steps

A_POLICY = {"code": "matching.results_max", "valid_from": "2026-12-31", "data": {"value": 60}, "source": "a decision"}
A_WAGE = {
    "code": "310000",
    "valid_from": "2027-01-01",
    "source": "a rehearsal",
    "data": {"grade": 1, "month_fen": 280_000, "hour_fen": 2600, "tag": "V"},
}
BY_PATTERN = {"pattern": {"slots": [{"start": "08:00", "end": "10:00"}]}}


def story(cast: Cast) -> list[Step]:
    """Every write that takes a key, in an order in which nearly all succeed."""
    return [
        *_coming_in(cast),
        *seeking_steps(cast),
        *_offering(cast),
        *reaching_steps(),
        *talking_steps(cast),
        *_reviewing(cast),
        *_complaining(cast),
        *entering_steps(cast),
        *seat_steps(cast),
        *work_steps(cast),
        *pay_steps(cast),
        *hall_steps(cast),
        *fair_steps(cast),
        *hearing_steps(),
        *balance_steps(cast),
        *intent_steps(cast),
        Step("disclose_fees", body={"capacity": "platform", "items": []}),
        Step("remark_fees", "officer", body={"reason": "unclear"}),
        Step("lift_fee_remark", "officer"),
        *referral_steps(cast),
        *followup_steps(cast),
        *alarm_steps(cast),
        *agreement_steps(cast),
        *deal_steps(cast),
        *settlement_steps(cast),
        *_keeping(cast),
    ]


def _coming_in(cast: Cast) -> list[Step]:
    """Signing in and registering; a code is what the sink has for the number."""
    things, shared, mine = cast.things, "13900001111", PHONES["310100"]
    officer = things["password"]
    asked = {"challenge_id": "@request_code.challenge_id", "as": "worker"}
    newcomer = {"ticket": "@start_session.ticket", "name": "王小明", "trade": "洗碗工"}
    return [
        Step("request_code", "nobody", body={"phone": "13900002222"}),
        Step("start_session", "nobody", body=asked | {"code": "code:13900002222"}),
        Step("register_worker", "nobody", body=newcomer),
        Step("refresh_session", "nobody", body={"refresh_token": "@register_worker.session.refresh_token"}),
        Step("request_code", "nobody", body={"phone": "13900002323"}),
        Step("start_session", "nobody", body=asked | {"code": "code:13900002323", "as": "member"}),
        Step("register_employer", "nobody", more={"ticket": "@start_session.ticket", "credit_code": a_credit_code()}),
        Step("request_code", "nobody", body={"phone": shared}),
        Step("start_session", "nobody", body=asked | {"code": f"code:{shared}"}),
        Step("choose_session", "nobody", body={"ticket": "@start_session.ticket", "person_id": str(things["twin"])}),
        Step("request_step_up_code", "worker"),
        Step(
            "confirm_step_up",
            "worker",
            body={"challenge_id": "@request_step_up_code.challenge_id", "code": f"code:{mine}"},
        ),
        Step("request_code", "hand5", body={"phone": "13900003333", "purpose": "change_phone"}),
        Step(
            "change_my_phone", "hand5", body={"challenge_id": "@request_code.challenge_id", "code": "code:13900003333"}
        ),
        Step("start_staff_session", "nobody", body={"username": officer.username, "password": officer.password}),
        Step(
            "verify_staff_session",
            "nobody",
            body={"challenge_id": "@start_staff_session.challenge_id", "code": f"code:{officer.phone}"},
        ),
        Step("change_my_password", "clerk", body={"present": officer.password, "password": "nine loud otters 9"}),
        Step("accept_invitation", "invited", ids={"invitation_id": things["invitation_0"]}),
        Step("decline_invitation", "invited", ids={"invitation_id": things["invitation_1"]}),
        Step("become_worker", "spare_member"),
        Step("add_reference", "admin", ids={"kind": "minimum_wage"}, body=A_WAGE),
        Step("change_reference", "admin", ids={"row_id": "@add_reference.id"}, body={"verified": True}),
    ]


def _offering(cast: Cast) -> list[Step]:
    things = cast.things
    created = {"posting_id": "@create_posting.id"}
    person = {"person_id": str(things["person"]), "role": "clerk"}
    firm = {"credit_code": a_credit_code(), "district_code": "310104", "contact_phone": "13900007777"}
    return [
        Step("apply_as_employer", more=firm),
        Step("change_employer", more={"address": "某路1号"}),
        Step("add_site", more={"district_code": "310104"}),
        Step("change_site", more={"name": "分店"}),
        Step("close_site"),
        Step("invite_member", more={"phone": "13900008888", "role": "clerk"}),
        Step("withdraw_invitation"),
        Step("add_member", "officer", more=person),
        Step("change_member", ids={"member_id": things["second_member"].id}, more={"role": "manager"}),
        Step("end_membership", ids={"member_id": things["second_member"].id}),
        Step("change_pool_member"),
        Step("remove_pool_member"),
        Step("add_pool_member", more={"worker_id": str(cast.hands[7].id)}),
        Step("leave_pool", "hand7", ids={"worker": "me"}),
        Step("unblock_worker", ids={"block_id": things["block"]}),
        Step("block_worker", more={"worker_id": str(cast.hands[6].id)}),
        Step("unmask_employer_contact", "officer", more={"purpose": "verification"}),
        Step("reapply_employer", "officer", ids={"employer_id": things["employer_returned"]}),
        Step("refuse_employer", "officer", ids={"employer_id": things["employer_refused"]}),
        Step("verify_employer", "officer", ids={"employer_id": things["employer_verified"]}),
        Step("read_posting_sentence", body={"text": "今晚5点到10点半洗碗两个25一小时管饭"}),
        Step("create_posting", body=a_posting_body(NOON + 10 * DAY)),
        Step("change_posting", ids=created, more={"headcount": 3}),
        Step("submit_posting", ids=created),
        Step("copy_posting", ids=created),
        Step("rebook_posting", ids=created, more={"day": "2026-12-10"}),
        Step("cancel_shifts", ids=created),
        Step("pause_posting", ids={"posting_id": things["posting_offered"]}),
        Step("resume_posting", ids={"posting_id": things["posting_stopped"]}),
        Step("recall_posting", ids={"posting_id": things["posting_sent"]}),
        Step("publish_posting", "officer", ids={"posting_id": things["posting_fresh"]}),
        Step("reject_posting", "officer", ids={"posting_id": things["posting_waiting"]}),
        Step("reopen_posting", ids={"posting_id": things["posting_waiting"]}),
        Step("withdraw_posting", ids={"posting_id": things["posting_gone"]}),
        Step("take_down_posting", "officer", ids={"posting_id": things["posting_stopped"]}),
        Step(
            "file_posting_appeal",
            ids={"posting_id": things["posting_stopped"]},
            body={"words": "押金是客人的，不是工人的"},
        ),
        Step("start_import"),
        Step("cancel_import", ids={"import_id": "@start_import.id"}),
        Step("create_posting", body=a_posting_body(NOON) | {"time": BY_PATTERN, "submit": True}),
        Step(
            "add_shift",
            ids=created,
            body={"starts_at": iso(NOON + 5 * DAY - 4 * HOUR), "ends_at": iso(NOON + 5 * DAY - 2 * HOUR)},
        ),
    ]


def _reviewing(cast: Cast) -> list[Step]:
    """What officers do with what waits."""
    no = {"subject_version": 1, "outcome": "reject", "reasons": ["other"]}
    batch = [no | {"review_id": str(cast.things["review_second"])}]
    return [
        Step("claim_review", "officer"),
        Step("release_review", "officer"),
        Step("claim_next_review", "officer"),
        Step("decide_review", "officer", body=no),
        Step("decide_reviews", "officer", body={"decisions": batch}),
        Step("refresh_posting", ids={"posting_id": cast.things["posting_held"]}),
        Step("renew_employer", "officer", ids={"employer_id": cast.things["employer_lapsed"]}),
        Step("report_posting", "hand1", ids={"posting_id": cast.things["posting_held"]}, body={"category": "fee"}),
        Step("report_supply", "nobody", ids={"supply_id": cast.things["supply_held"]}, body={"category": "fake"}),
        Step("report_employer", "hand1", ids={"employer_id": cast.things["employer_held"]}, body={"category": "wage"}),
        Step(
            "file_supply_appeal",
            "hand1",
            ids={"supply_id": cast.things["supply_refused"]},
            body={"words": "我会修水管"},
        ),
        Step("decide_appeal", "officer", body={"outcome": "grant"}),
        Step("hold_posting", "officer", ids={"posting_id": cast.things["posting_held"]}, body={"reason": "unsafe"}),
        Step("hold_supply", "officer", ids={"supply_id": cast.things["supply_held"]}, body={"reason": "other"}),
        Step("hold_employer", "officer", ids={"employer_id": cast.things["employer_held"]}, body={"reason": "wages"}),
        Step("lift_hold", "officer"),
        Step("confirm_hold", "officer", ids={"hold_id": cast.things["hold_second"]}, body={"reason": "other"}),
    ]


def _complaining(cast: Cast) -> list[Step]:
    """A complaint to its end and back, one that is declined, a charge, an appeal against a platform's decision."""
    case, second = {"case_id": "@open_case.id"}, {"case_id": cast.things["case_second"]}
    limit = {"case_id": cast.things["case_limit"], "deadline_id": cast.things["deadline"]}
    seat = {"kind": "wage_arrears", "noun": "engagement", "subject_id": str(cast.seats["told"])}
    charge = {"kind": "illegal_agency", "city_code": "310100", "charge": "agency"}
    return [
        Step("open_case", "hand7", body=seat),
        Step("claim_case", "officer", ids=case),
        Step("release_case", "officer", ids=case),
        Step("add_case_note", "officer", ids=case, body={"words": "打过电话"}),
        Step("triage_case", "officer", ids=case, body={}),
        Step("ask_complainant", "officer", ids=case, body={"words": "哪一天？"}),
        Step("inform_case", "hand7", ids=case, body={"words": "上周三"}),
        Step("mediate_case", "officer", ids=case),
        Step("record_mediation", "officer", ids=case, body={"result": "partly"}),
        Step("accept_case", "officer", ids=case),
        Step("ask_other_side", "officer", ids=case, body={"question": "hours_kept"}),
        Step("answer_case_question", body={"answer": "in_order"}),
        Step("investigate_case", "officer", ids=case),
        Step("hand_case_over", "officer", ids=case, body={"way": "labour_inspection"}),
        Step("conclude_case", "officer", ids=case, body={"result": "corrected"}),
        Step("close_case", "officer", ids=case),
        Step("reopen_case", "hand7", ids=case, body={"reason": "other"}),
        Step("withdraw_case", "hand7", ids=case, body={"reason": "other"}),
        Step("triage_case", "officer", ids=second, body={}),
        Step("decline_case", "officer", ids=second, body={"reason": "other"}),
        Step("pause_deadline", "officer", ids=limit, body={"reason": "other"}),
        Step("resume_deadline", "officer", ids=limit, body={}),
        Step("extend_deadline", "officer", ids=limit, body={"reason": "other"}),
        Step("meet_deadline", "officer", ids=limit, body={}),
        Step("report_charge", "nobody", body=charge),
        Step("open_case_contact", "officer", ids={"case_id": cast.things["case_limit"]}),
        Step("answer_decision_appeal", body={"answer": "stands"}),
        Step("review_decision_appeal", "officer", body={"finding": "两边都问过"}),
        Step("decide_decision_appeal", "officer", body={"outcome": "uphold", "reason": "other"}),
    ]


def _a_duty(cast: Cast) -> dict[str, str]:
    """The officer of the place, from tomorrow noon to midnight."""
    starts = NOON + DAY
    return {
        "staff_id": str(cast.party.objects["staff_id"]),
        "region_code": "310104",
        "starts_at": iso(starts),
        "ends_at": iso(starts + 12 * HOUR),
    }


def _keeping(cast: Cast) -> list[Step]:
    """What staff do, and last what closes somebody's session: that is done to the spare party."""
    things, spare = cast.things, cast.spare.objects
    staff = {"staff_id": things["staff"]}
    reply = {"gateway_id": "gateway-00000001", "from": "13900009999", "text": "1"}
    newcomer = {"phone": "13900006666", "name": "王小红"}
    return [
        Step("resend_dead_letter", "admin"),
        Step("propose_policy", "admin", body=A_POLICY),
        Step("reject_policy", "admin", ids={"proposal_id": "@propose_policy.id"}),
        Step("approve_policy", "admin", ids={"proposal_id": things["proposal"]}),
        Step("create_api_key", "admin"),
        Step("revoke_api_key", "admin", ids={"key_id": spare["key_id"]}),
        Step("create_staff", "admin", more={"regions": ["310000"], "username": "somebody"}),
        Step("change_staff", "admin", ids=staff, more={"display_name": "李窗口"}),
        Step("reset_staff_credentials", "admin", ids=staff, more={"phone": "13900005555"}),
        Step("close_staff", "admin", ids=staff),
        Step("reopen_staff", "admin", ids=staff),
        Step("add_duty", "officer", body=_a_duty(cast)),
        Step("remove_duty", "officer", ids={"duty_id": "@add_duty.id"}),
        Step("add_venue", "officer", more={"district_code": "310104"}),
        Step("change_venue", "officer", more={"address": "某路8号"}),
        Step("close_venue", "officer", more={"reason": "moved"}),
        Step("reopen_venue", "officer"),
        Step("enrol_device", "officer", more={"venue_id": "@add_venue.id"}),
        Step("give_spoken_code", "officer", more={"person_id": str(cast.party.worker.id)}),
        Step("start_kiosk_session", "kiosk", body={"code": "@give_spoken_code.code"}),
        Step("receive_sms_reply", "integrator", body=reply),
        Step("register_worker_by_officer", "officer", more=newcomer),
        Step("start_employer_session", body={"employer_id": str(cast.party.employer.id)}),
        Step("revoke_device", "officer", ids={"device_id": spare["device_id"]}),
        Step("set_person_phone", "officer", ids={"person_id": things["person"]}, more={"phone": "13900004444"}),
        Step("detach_person_phone", "officer", ids={"person_id": things["person"]}),
        Step("merge_people", "officer", ids={"person_id": things["person"]}, more={"into": str(cast.hands[0].id)}),
        Step("restrict_employer", "officer", ids={"employer_id": cast.spare.employer.id}),
        Step("suspend_employer", "officer", ids={"employer_id": cast.spare.employer.id}),
    ]
