"""A story in which every writing operation has its turn: who does it, to what, with which words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from service.actor import SYSTEM
from service.applications.tables import ApplicationRow
from service.cases.ports import open_case
from service.context import Context
from service.employers.tables import InvitationRow
from service.workers.tables import BlockRow
from service.worktime import SHANGHAI
from tests.builders import city
from tests.builders.contact_requests import a_supply
from tests.builders.employers import a_credit_code, a_proved_person
from tests.builders.fairs import PLANS
from tests.builders.intakes import a_broker, a_call
from tests.builders.people import a_staff, an_id_number
from tests.contract.world import PHONES, Party, a_hold, a_party, a_review
from tests.trials.alarmed import alarm_steps, alarm_things
from tests.trials.followed import followup_steps, followup_things
from tests.trials.referred import referral_steps, referral_things
from tests.trials.stage import Person, a_word

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)  # a Monday
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
A_POLICY = {"code": "matching.results_max", "valid_from": "2026-12-31", "data": {"value": 60}, "source": "a decision"}
A_WAGE = {
    "code": "310000",
    "valid_from": "2027-01-01",
    "source": "a rehearsal",
    "data": {"grade": 1, "month_fen": 280_000, "hour_fen": 2600, "tag": "V"},
}
BY_PATTERN = {"pattern": {"slots": [{"start": "08:00", "end": "10:00"}]}}


@dataclass(frozen=True)
class Step:
    """One write. `ids` fill the path (the party's own objects where silent); "@op.field" takes an earlier answer.

    `body` None: the smallest one of the contract; `more` is laid over it. `version` is what If-Match says.
    """

    op: str
    role: str = "member"
    ids: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    more: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1


@dataclass
class Cast:
    """Everybody in the story: the party, a second one that can be lost, and hands beside the worker."""

    party: Party
    spare: Party
    callers: dict[str, dict[str, str]]
    hands: list[Person]
    seats: dict[str, Any]
    things: dict[str, Any]


async def a_cast(ctx: Context) -> Cast:
    """Everything that the steps need, at noon of a Monday."""
    party, spare = await a_party(ctx), await a_party(ctx)
    hands = [await _hand(ctx, number) for number in range(8)]
    callers = dict(party.callers) | {f"hand{number}": hand.headers for number, hand in enumerate(hands)}
    callers |= {f"spare_{role}": headers for role, headers in spare.callers.items()} | {"nobody": {}}
    cast = Cast(party, spare, callers, hands, {}, {})
    await _seats(ctx, cast)
    await _things(ctx, cast)
    await referral_things(ctx, cast, NOON)
    await _cases(ctx, cast)
    await followup_things(ctx, cast, NOON)
    await alarm_things(ctx, cast, NOON)
    return cast


async def _hand(ctx: Context, number: int) -> Person:
    row = await city.a_worker(ctx, name=f"张{number}")
    return Person(row.id, await city.as_worker(ctx, row))


async def _seats(ctx: Context, cast: Cast) -> None:
    """Seats before, at and after work, each with its own shift and hand."""
    plan = {
        "soon": (0, NOON + HOUR / 2, 4, "confirmed"),
        "tomorrow": (1, NOON + DAY, 4, "confirmed"),
        "standing": (2, NOON + DAY, 4, "confirmed"),
        "working": (0, NOON - 5 * HOUR, 5, "on_duty"),
        "undone": (3, NOON - HOUR / 2, 4, "on_duty"),
        "missed": (4, NOON - 2 * HOUR, 4, "confirmed"),
        "alone": (5, NOON - HOUR, 4, "confirmed"),
        "over": (6, NOON - 6 * HOUR, 5, "confirmed"),
        "told": (7, NOON - 6 * HOUR, 5, "completed"),
        "given_up": (6, NOON + 2 * DAY, 4, "confirmed"),
    }
    for name, (hand, starts, hours, state) in plan.items():
        posting = await city.a_posting(ctx, cast.party.employer)
        shift = await city.a_shift(ctx, posting, starts=starts, hours=hours)
        worker = await _row(ctx, cast.hands[hand])
        more: dict[str, Any] = {"started_at": starts} if state == "on_duty" else {}
        seat = await city.an_engagement(ctx, worker, shift, posting, state=state, **more)
        cast.seats[name], cast.things[f"shift_{name}"] = seat.id, shift.id


async def _row(ctx: Context, hand: Person) -> Any:
    async with ctx.uow() as uow:
        return await uow.workers.lock(hand.id)


async def _things(ctx: Context, cast: Cast) -> None:
    party, things = cast.party, cast.things
    for number, name in enumerate(("free", "joined", "declined", "withdrawn", "decided", "asked")):
        posting = await city.a_posting(ctx, party.employer)
        shift = await city.a_shift(ctx, posting, starts=NOON + (4 + number) * DAY, headcount=3)
        things[f"shift_{name}"], things[f"offer_{name}"] = shift.id, posting.id
    for name, state in (("offered", "published"), ("stopped", "paused"), ("sent", "submitted")):
        posting = await city.a_posting(ctx, party.employer, state=state)
        await city.a_shift(ctx, posting, starts=NOON + 20 * DAY)
        things[f"posting_{name}"] = posting.id
    for name, state in (("fresh", "submitted"), ("waiting", "submitted"), ("gone", "draft")):
        posting = await city.a_posting(ctx, party.employer, state=state)
        things[f"posting_{name}"] = posting.id
        async with ctx.uow() as uow:  # whoever has been sent in has a second version at least
            row = await uow.postings.lock(posting.id)
            await uow.edit(row, by=SYSTEM, at=await uow.now(), description="自带胶鞋")
    for name in ("approved", "refused", "held"):
        things[f"supply_{name}"] = await _supply(ctx, cast)
    agency, cast.callers["broker"] = await a_broker(ctx)
    async with ctx.uow() as uow:
        said: dict[str, Any] = {"agreed_at": await uow.now(), "agreed_how": "by_sms", "wording": "2026-11-01"}
        tie = uow.brokers.new(
            agency_id=agency.id, person_id=cast.hands[2].id, city_code="310100", state="active", **said
        )
        await uow.add(tie, by=SYSTEM)
        things["brokerage"] = tie.id
        mark = uow.reliability.new(
            worker_id=cast.hands[7].id, employer_id=None, kind="late", at=NOON, city_code="310100", cause=None,
            engagement_id=cast.seats["told"], pay_record_id=None, marked_by=None, excused_reason=None,
        )  # fmt: skip
        await uow.add(mark, by=SYSTEM, action="mark")
        things["mark"] = mark.id
    for number, name in enumerate(("talked", "shunned", "let_go")):
        row = await city.a_worker(ctx, phone=f"+8613900003{number:03d}")
        things[f"supply_{name}"] = str((await a_supply(ctx, row)).id)
        cast.callers[name] = await city.as_worker(ctx, row)
    for name, state in (("refused", "applied"), ("verified", "applied"), ("returned", "refused")):
        things[f"employer_{name}"] = (await city.an_employer(ctx, state=state, answer_by=NOON)).id
    things["hold_second"] = (await a_hold(ctx, cast.party)).id
    things["employer_lapsed"] = (await city.an_employer(ctx, state="applied", verified_at=NOON - 200 * DAY)).id
    things["posting_held"] = (await city.a_posting(ctx, party.employer)).id
    things["employer_held"] = (await city.an_employer(ctx)).id
    things["review_second"] = (await a_review(ctx, cast.party)).id
    things["staff"] = (await city.an_officer(ctx)).id
    things["closed_staff"] = (await city.an_officer(ctx)).id
    things["word"] = await a_word(ctx, cast.hands[7].id)
    things["password"], clerk = await a_staff(ctx), await a_staff(ctx)
    things["person"] = (await city.a_worker(ctx)).id
    for phone in ("+8613900001111", "+8613900001111"):
        things["twin"] = (await city.a_worker(ctx, phone=phone)).id
    cast.callers["clerk"] = await city.signed_in(ctx, "officer", staff_id=clerk.id)
    invited = await a_proved_person(ctx, phone="+8613900007070")
    cast.callers["invited"] = await city.signed_in(ctx, "worker", person_id=invited.id)
    things["second_member"] = await city.a_member(ctx, party.employer, role="clerk")
    async with ctx.uow() as uow:
        for name, state in (("joined", "invited"), ("declined", "invited"), ("withdrawn", "sent"), ("decided", "sent")):
            row = _application(cast, name, state)
            await uow.add(row, by=SYSTEM)
            await uow.flush()
            things[f"application_{name}"] = row.id
        block = BlockRow(employer_id=party.employer.id, worker_id=cast.hands[0].id, set_by="employer")
        await uow.add(block, by=SYSTEM)
        things["block"] = block.id
        for number, employer in enumerate((party.employer, cast.spare.employer)):
            row = InvitationRow(
                employer_id=employer.id,
                state="waiting",
                role="clerk",
                phone_hash=ctx.vault.index("phone", "+8613900007070"),
                expires_at=NOON + 7 * DAY,
            )
            await uow.add(row, by=SYSTEM)
            things[f"invitation_{number}"] = row.id
        proposal = uow.reference.new_proposal(
            code="matching.results_max", valid_from=NOON.date(), data={"value": 80}, source="a decision",
            verified=False, proposed_by=things["staff"],
        )  # fmt: skip
        await uow.add(proposal, by=SYSTEM, action="propose")
        things["proposal"] = proposal.id


async def _supply(ctx: Context, cast: Cast) -> Any:
    """Somebody's wish for work, waiting for an officer."""
    async with ctx.uow() as uow:
        row = uow.supplies.new(
            cast.hands[1].id, kind="work", title="找活", description=None, trades=["moving"], work_modes=["on_site"],
            city_code=cast.party.city_code, district_codes=[], weekly=None, pay_wish_fen=None, pay_wish_unit=None,
            licence_exempt=False, channel="api", warnings=[], valid_until=NOON + 30 * DAY,
        )  # fmt: skip
        await uow.add(row, by=SYSTEM)
        return row.id


def _application(cast: Cast, name: str, state: str) -> ApplicationRow:
    party = cast.party
    return ApplicationRow(
        posting_id=cast.things[f"offer_{name}"],
        shift_id=cast.things[f"shift_{name}"],
        worker_id=party.worker.id,
        employer_id=party.employer.id,
        city_code=party.city_code,
        origin="invited" if state == "invited" else "applied",
        state=state,
        terms_version=1,
    )


def iso(moment: datetime) -> str:
    return moment.isoformat()


def a_posting_body(start: datetime) -> dict[str, Any]:
    """Five hours of dishwashing for two."""
    return {
        "trade": "dishwashing",
        "headcount": 2,
        "time": {"starts_at": iso(start), "ends_at": iso(start + 5 * HOUR)},
        "place": {"address": "某路3号", "district_code": "310104"},
        "pay": {"amount_fen": 2600, "unit": "hour"},
    }


def story(cast: Cast) -> list[Step]:
    """Every write that takes a key, in an order in which nearly all succeed."""
    return [
        *_coming_in(cast),
        *_seeking(cast),
        *_offering(cast),
        *_reaching(),
        *_talking(cast),
        *_reviewing(cast),
        *_complaining(cast),
        *_entering(cast),
        *_seats_told(cast),
        *_working(cast),
        *_paying(cast),
        *_in_the_hall(cast),
        *_at_the_fair(cast),
        *_hearing(),
        Step("disclose_fees", body={"capacity": "platform", "items": []}),
        Step("remark_fees", "officer", body={"reason": "unclear"}),
        Step("lift_fee_remark", "officer"),
        *referral_steps(cast, Step, NOON),
        *followup_steps(cast, Step),
        *alarm_steps(cast, Step),
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


def _seeking(cast: Cast) -> list[Step]:
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


def _entering(cast: Cast) -> list[Step]:
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


def _reaching() -> list[Step]:
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


def _talking(cast: Cast) -> list[Step]:
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


async def _cases(ctx: Context, cast: Cast) -> None:
    """One that is declined, and one with a limit that can be made longer and a number that was left."""
    for name, seat in (("second", "over"), ("limit", "missed")):
        async with ctx.uow() as uow:
            now = await uow.now()
            row = await open_case(
                uow, kind="wage_arrears", city_code="310100", complainant_id=None, employer_id=None,
                subject=("engagement", cast.seats[seat]), facts={}, source="rehearsal", by=SYSTEM,
            )  # fmt: skip
            cast.things[f"case_{name}"] = row.id
            if name == "limit":
                sealed = ctx.vault.seal("case_contact", b"+8613500001111")
                await uow.edit(row, by=SYSTEM, at=now, contact_sealed=sealed)
                limit = uow.case_deadlines.new(
                    case_id=row.id, handover_id=None, city_code=row.city_code, way="labour_inspection",
                    step="investigate", unit="working", starts_on=NOON.date() - DAY, days=60,
                    due_on=NOON.date() + 90 * DAY,
                )  # fmt: skip
                await uow.add(limit, by=SYSTEM, action="start")
                cast.things["deadline"] = limit.id


def _seats_told(cast: Cast) -> list[Step]:
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


def _working(cast: Cast) -> list[Step]:
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


def _paying(cast: Cast) -> list[Step]:
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


def _in_the_hall(cast: Cast) -> list[Step]:
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


def _at_the_fair(cast: Cast) -> list[Step]:
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


def _hearing() -> list[Step]:
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
