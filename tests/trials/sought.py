"""The writes of who looks for work or people: seeking, entering by an officer, contact before an agreement."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.builders.intakes import a_call
from tests.builders.people import an_id_number
from tests.trials.cast import Cast
from tests.trials.step import DAY, HOUR, NOON, Step, iso


def seeking_steps(cast: Cast) -> list[Step]:
    things, own = cast.things, "worker"
    wish = {"supply_id": "@create_supply.id"}
    crew = {"crew_id": "@create_crew.id"}
    saved = {"search_id": "@create_search.id"}
    at_market, evening = str(cast.party.objects["venue_id"]), iso(NOON + 6 * HOUR)
    return [
        Step("change_my_person", own, more={"language": "en"}),
        Step("give_consent", own, ids={"scope": "push"}, body={"text_version": "2026-11-01"}),
        Step("withdraw_consent", own, ids={"scope": "push"}),
        Step("change_worker", own, more={"intro": "勤快"}),
        Step("create_supply", own, body={"kind": "work", "trades": ["moving"]}),
        Step("change_supply", own, ids=wish, body={"title": "找搬运的活"}, version=2),
        Step("pause_supply", own, ids=wish),
        Step("resume_supply", own, ids=wish),
        Step("find_supply", own, ids=wish),
        Step("withdraw_supply", own),
        *_zone(cast),
        Step("publish_supply", "officer", ids={"supply_id": things["supply_approved"]}, body={}),
        Step("publish_supply", "officer", ids={"supply_id": things["supply_held"]}, body={}),
        Step("take_down_supply", "officer", ids={"supply_id": things["supply_approved"]}, body={"reason": "other"}),
        Step("reject_supply", "officer", ids={"supply_id": things["supply_refused"]}, body={"reason": "other"}),
        Step("create_search", own, body={"name": "附近洗碗", "filter": {"trades": ["dishwashing"]}}),
        Step("change_search", own, ids=saved, body={"name": "洗碗"}),
        Step("change_search_alerts", own, body={"enabled": False}),
        Step("remove_search", own, ids=saved),
        Step("add_skill", own, more={"trade": "保洁"}),
        Step("change_skill", own, more={"level": 3}),
        Step("remove_skill", own),
        Step("add_certificate", own, more={"kind": "special_equipment_forklift"}),
        Step("change_certificate", own, more={"valid_until": "2030-01-01"}),
        Step("verify_certificate", "officer", version=2),
        Step("unverify_certificate", "officer"),
        Step("remove_certificate", own),
        Step("state_identity", own, more={"id_number": an_id_number(date(1980, 5, 1))}),
        Step("issue_word", own),
        Step("identify_worker", "officer", body={"word": "@issue_word.word"}),
        Step("issue_card", own),
        Step("request_card_code", "kiosk", body={"card": "@issue_card.code"}),
        Step("revoke_card", own),
        Step("create_calendar", own),
        Step("revoke_calendar", own),
        Step("create_crew", own),
        Step("change_crew", own, ids=crew, more={"least": 2}),
        Step("invite_to_crew", own, ids=crew, body={"word": things["word"]}),
        Step("join_crew", "hand7", ids={"worker": "me"} | crew),
        Step("leave_crew", "hand7", ids={"worker": "me"} | crew),
        Step("start_waiting", own, body={"venue_id": at_market, "trades": ["dishwashing"], "until": evening}),
        Step("end_waiting", own),
        Step("block_employer", own, ids={"employer_id": cast.spare.employer.id}),
        Step("unblock_employer", own, ids={"employer_id": cast.spare.employer.id}),
        Step("rest_worker", own),
        Step("return_worker", own),
        Step("mark_message_read", own),
        Step("print_message", own),
    ]


def entering_steps(cast: Cast) -> list[Step]:
    """What officers and a broker enter for others: kept, taken back, declined, left."""
    entered, called = {"supply_intake_id": "@enter_supply_intake.id"}, {"demand_intake_id": "@enter_demand_intake.id"}
    start = iso(NOON + DAY)

    def wish(number: int) -> dict[str, Any]:
        born = an_id_number(date(1980, 5, number + 1))
        person = {"name": f"欧阳{number}", "phone": f"1390000400{number}", "id_number": born, "city_code": "310104"}
        return {"person": person, "wish": {"trades": ["moving"]}}

    brokered = {"worker_ids": [str(cast.hands[2].id)], "shift_id": str(cast.things["ref_shift"])}

    def call(number: int) -> Step:
        return Step("enter_demand_intake", "officer", body=a_call(phone=f"1390000500{number}", starts_at=start))

    return [
        Step("enter_supply_intake", "officer", body=wish(1)),
        Step("recommend_posting", "officer", ids=entered, body={"posting_id": str(cast.party.posting.id)}),
        Step("revoke_supply_intake", "officer", ids=entered),
        Step("enter_supply_intake", "broker", body=wish(2)),
        Step("confirm_supply_intake", "officer", ids=entered),
        Step("enter_supply_intake", "broker", body=wish(3)),
        Step("decline_supply_intake", "officer", ids=entered),
        Step("leave_broker", "worker"),
        Step("refer_workers", "broker", ids={"posting_id": cast.things["ref_posting"]}, body=brokered),
        Step("end_brokerage", "broker", ids={"brokerage_id": cast.things["brokerage"]}),
        call(1),
        Step("confirm_demand_intake", "officer", ids=called, body={}),
        call(2),
        Step("withdraw_demand_intake", "officer", ids=called),
    ]


def reaching_steps() -> list[Step]:
    """Somebody adds an address and a WeChat account, chooses, and gives one up."""
    address, sender = "keys@example.com", {"open_id": "oRehearsal_OpenId-000001"}
    return [
        Step("change_my_message_preferences", "hand4", body={"topics": {"alerts": ["email"]}}, version=0),
        Step("enter_my_email", "hand4", body={"address": address}),
        Step("confirm_my_email", "hand4", body={"code": f"code:{address}"}),
        Step("ask_wechat_code", "hand4"),
        Step("bind_wechat", "integrator", body=sender | {"code": "@ask_wechat_code.code"}),
        Step("remove_my_channel", "hand4", ids={"kind": "wechat"}),
    ]


def talking_steps(cast: Cast) -> list[Step]:
    """Three people are asked: one talks and shows the number, one says no, one is let go."""
    it = {"contact_request_id": "@ask_contact.id"}
    call = {"relay_id": "@relay_call.relay_id", "outcome": "missed", "started_at": iso(NOON)}

    def ask(name: str) -> Step:
        return Step("ask_contact", body={"supply_id": cast.things[f"supply_{name}"], "purpose": "pay"})

    return [
        ask("shunned"),
        Step("decline_contact", "shunned", ids=it),
        ask("let_go"),
        Step("withdraw_contact", ids=it),
        ask("talked"),
        Step("accept_contact", "talked", ids=it),
        Step("relay_text", "talked", ids=it, body={"text": "几点开工"}),
        Step("relay_call", ids=it),
        Step("report_relayed_call", "integrator", more=call),
        Step("agree_contact", ids=it),
        Step("agree_contact", "talked", ids=it),
        Step("end_contact", ids=it),
        Step("set_contact_choice", "worker", body={"asks_taken": False}),
    ]


def _zone(cast: Cast) -> list[Step]:
    """The officers' work on the zone of the place; an administrator closes and reopens it."""
    zone, column = {"zone_id": cast.party.objects["zone_id"]}, {"zone_column_id": "@add_zone_column.id"}
    fair = {"code": "fair", "name_zh": "专场", "name_en": "Fair", "filter": {"side": "demand"}}
    pinned = {
        "side": "demand",
        "subject_id": str(cast.party.posting.id),
        "reason": "急招",
        "until": iso(NOON + 5 * DAY),
    }
    return [
        Step("close_zone", "admin", ids=zone),
        Step("reopen_zone", "admin", ids=zone),
        Step("change_zone", "officer", ids=zone, body={"notice_zh": "周三上午有专场"}, version=3),
        Step("add_zone_column", "officer", ids=zone, body=fair),
        Step("order_zone_columns", "officer", ids=zone, body={"codes": ["fair"]}),
        Step("hide_zone_column", "officer", ids=column),
        Step("unhide_zone_column", "officer", ids=column),
        Step("change_zone_column", "officer", ids=column, body={"name_zh": "春季专场"}, version=4),
        Step("add_zone_pin", "officer", ids=zone, body=pinned),
        Step("remove_zone_pin", "officer", ids={"zone_pin_id": "@add_zone_pin.id"}),
    ]
