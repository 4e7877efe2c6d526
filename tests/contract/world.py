"""A world with two of everything: two employers with their work, two workers, two officers of two regions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from service.access.rules import SCOPES
from service.access.tables import SessionRow
from service.actor import SYSTEM
from service.appeals.tables import AppealRow
from service.attendance.tables import TimesheetRow
from service.cases.ports import open_case
from service.context import Context
from service.db.tables import DueWorkRow
from service.employers.tables import EmployerRow, InvitationRow, MemberRow, PoolMemberRow, SiteRow
from service.engagements.tables import HireRow
from service.feed.usecases.building import build
from service.feed.usecases.seating import count_seats
from service.halls.planning import store_session
from service.halls.rules import HallRule, PlannedSession
from service.holds.tables import HoldRow
from service.ids import new_id
from service.imports.tables import ImportRow
from service.messages.tables import MessageRow
from service.pay.tables import PayRecordRow
from service.postings.tables import PostingRow
from service.reference.tables import ReferenceRow
from service.reliability.lifecycle import MARK
from service.reviews.tables import ReviewRow
from service.searches.tables import SearchRow
from service.shifts.tables import ShiftRow
from service.supplies.tables import SupplyRow
from service.uow import Uow
from service.workers.tables import BlockRow, CertificateRow, CrewMemberRow, CrewRow, SkillRow, WaitingRow, WorkerRow
from tests import clock
from tests.builders import city
from tests.builders.agreements import a_triage, an_agreement
from tests.builders.alarms import an_alarm
from tests.builders.balances import a_balance
from tests.builders.deals import a_deal, a_lent
from tests.builders.duties import a_duty
from tests.builders.fairs import a_booth, a_fair, a_proposal, an_entry
from tests.builders.fees import a_disclosure
from tests.builders.followups import an_issue, an_open_task
from tests.builders.intents import an_intent
from tests.builders.people import a_kiosk, bearer
from tests.builders.referrals import a_referral, a_talk
from tests.builders.settlements import a_day, a_leg, a_statement
from tests.builders.webhooks import a_delivery, a_subscription

SHANGHAI, NINGBO = ("310100", "310104"), ("330200", "330203")
PROVINCE = {"310100": "310000", "330200": "330200"}
PHONES = {"310100": "+8613900000001", "330200": "+8613900000002"}


@dataclass
class Party:
    """One side: an employer, a worker and an officer of one region, with everything that is theirs.

    `objects` maps the names of path parameters to identifiers; `callers` maps roles to headers.
    """

    city_code: str
    worker: WorkerRow
    employer: EmployerRow
    posting: PostingRow
    shift: ShiftRow
    objects: dict[str, UUID] = field(default_factory=dict)
    callers: dict[str, dict[str, str]] = field(default_factory=dict)


async def a_party(ctx: Context, place: tuple[str, str] = SHANGHAI) -> Party:
    """Everything once, in one region."""
    city_code, district = place
    where = {"city_code": city_code, "district_code": district}
    worker = await city.a_worker(ctx, phone=PHONES[city_code], **where)
    employer = await city.an_employer(ctx, **where)
    posting = await city.a_posting(ctx, employer, **where)
    shift = await city.a_shift(ctx, posting)
    party = Party(city_code, worker, employer, posting, shift)
    member = await city.a_member(ctx, employer)
    await _callers(ctx, party, member)
    await _objects(ctx, party, member)
    await build(ctx, wait=True)
    await count_seats(ctx, wait=True)
    return party


async def _callers(ctx: Context, party: Party, member: MemberRow) -> None:
    officer = await city.an_officer(ctx, regions=(PROVINCE[party.city_code],))
    admin = await city.an_officer(ctx, role="admin")
    kiosk_id, _, kiosk = await a_kiosk(ctx, city_code=party.city_code)
    async with ctx.uow() as uow:
        key_row, key = uow.accounts.new_key(
            name="对接方", scopes=SCOPES, city_code=PROVINCE[party.city_code], employer_id=None
        )
        await uow.add(key_row, by=SYSTEM)
    party.callers = {
        "worker": await city.as_worker(ctx, party.worker),
        "member": await city.as_member(ctx, member),
        "officer": await city.as_staff(ctx, officer),
        "admin": await city.as_staff(ctx, admin),
        "kiosk": kiosk,
        "integrator": bearer(key),
    }
    party.objects |= {"device_id": kiosk_id, "key_id": key_row.id, "staff_id": officer.id, "member_id": member.id}


async def _objects(ctx: Context, party: Party, member: MemberRow) -> None:
    worker, employer, posting = party.worker, party.employer, party.posting
    seat = await city.an_engagement(ctx, worker, party.shift, posting)
    await a_triage(ctx, posting, "civil")
    party.objects |= {
        "worker": worker.id,
        "worker_id": worker.id,
        "person_id": worker.id,
        "employer_id": employer.id,
        "posting_id": posting.id,
        "shift_id": party.shift.id,
        "engagement_id": seat.id,
        "application_id": seat.application_id,
        "venue_id": (await city.a_venue(ctx, city_code=party.city_code, district_code=None)).id,
    }
    proposer = await city.an_officer(ctx, regions=(), role="admin")
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = {
            **_of_the_worker(party, now),
            **_of_the_employer(uow, party, member, now),
            **_of_the_seat(party, seat, now),
        }
        for row in rows.values():
            if isinstance(row, MessageRow):
                uow.session.add(row)
            else:
                await uow.add(row, by=SYSTEM)
            await uow.flush()
        await uow.add(CrewMemberRow(crew_id=rows["crew_id"].id, worker_id=worker.id, joined_at=now), by=SYSTEM)
        hall = await _a_hall(uow, party, now)
        hall |= await _intakes(uow, party, member, now, rows["supply_id"].id)
        hall["contact_request_id"] = await _a_contact(uow, party, member, now, rows["supply_id"].id)
        zone = await _a_zone(uow, party, now)
        session = _a_session(worker.id, now)
        uow.session.add(session)
        given_up = DueWorkRow(
            id=new_id(), kind="message.person", subject_id=worker.id, due_at=now, state="dead", created_at=now
        )
        uow.session.add(given_up)
        reference = await uow.session.scalar(select(ReferenceRow.id).limit(1))
        proposal = uow.reference.new_proposal(
            code="access.otp_digits", valid_from=now.date(), data={"value": 8}, source="a decision", verified=False,
            proposed_by=proposer.id,
        )  # fmt: skip
        await uow.add(proposal, by=SYSTEM, action="propose")
    disclosure = await a_disclosure(ctx, employer)
    webhook = await a_subscription(ctx, employer=employer, address="https://hooks.example.com/in")
    party.objects |= {name: row.id for name, row in rows.items()}
    partner = await city.an_employer(ctx, city_code=party.city_code, district_code=None)
    deal = await a_deal(ctx, employer, partner)
    party.objects |= {"deal_id": deal.id, "lent_id": (await a_lent(ctx, deal, worker)).id}
    party.objects |= await _lending(ctx, party, partner)
    lendable = await a_balance(ctx, employer)
    party.objects["intent_id"] = (await an_intent(ctx, lendable, worker)).id
    review, hold = await a_review(ctx, party), await a_hold(ctx, party)
    referral = await a_referral(ctx, worker, party.shift, "talks_scheduled")
    party.objects |= {"referral_id": referral.id, "talk_id": (await a_talk(ctx, referral, proposal.created_at)).id}
    party.objects |= await _a_fair(ctx, party)
    task = await an_open_task(ctx, worker.id, party.shift.posting_id)
    issue, need = await an_issue(ctx, task)
    party.objects |= {"task_id": task.id, "issue_id": issue.id, "need_id": need.id}
    party.objects |= {"subscription_id": webhook.id, "delivery_id": await a_delivery(ctx, webhook.id, state="dead")}
    party.objects |= {
        "review_id": review.id,
        "hold_id": hold.id,
        "agreement_id": (await an_agreement(ctx, seat)).id,
        "alarm_id": (await an_alarm(ctx, seat, worker.id)).id,
        "balance_id": (await a_balance(ctx, employer, state="draft")).id,
        "duty_id": (await a_duty(ctx, party.objects["staff_id"], PROVINCE[party.city_code])).id,
        "appeal_id": (await an_appeal(ctx, party)).id,
        "event_id": await a_contested_mark(ctx, party, seat),
        **await _a_case(ctx, party, seat),
        "session_id": session.id,
        "disclosure_id": disclosure.id,
        "row_id": reference or new_id(),
        "proposal_id": proposal.id,
        "work_id": given_up.id,
        **hall,
        **zone,
    }


async def _a_contact(uow: Uow, party: Party, member: MemberRow, now: datetime, supply_id: UUID) -> UUID:
    """The employer talks with the worker through the service."""
    row = uow.contact_requests.new(
        asked_by="employer", worker_id=party.worker.id, employer_id=party.employer.id,
        member_person_id=member.person_id, supply_id=supply_id, posting_id=None, city_code=party.city_code,
        purpose="pay", note=None, answer_by=now + timedelta(days=2), ends_at=now + timedelta(days=7),
    )  # fmt: skip
    row.state = "accepted"
    await uow.add(row, by=SYSTEM)
    await uow.flush()
    return row.id


async def _a_zone(uow: Uow, party: Party, now: datetime) -> dict[str, UUID]:
    """The zone of the region with a column and something pinned."""
    code = "SH" if party.city_code == SHANGHAI[0] else "NB"
    zone = await uow.zones.by_code(code)
    if zone is None:
        region = PROVINCE[party.city_code]
        zone = uow.zones.new_zone(code=code, region_code=region, name_zh="灵活就业专区", name_en="Zone")
        await uow.add(zone, by=SYSTEM)
        await uow.flush()
    column = uow.zones.new_column(
        zone.id, code=f"c{party.posting.id.hex[-12:]}", place=0, name_zh="日结", name_en="Daily", filter={"version": 1}
    )
    await uow.add(column, by=SYSTEM)
    await uow.flush()
    pin = uow.zones.new_pin(
        zone_id=zone.id, column_id=column.id, side="demand", subject_id=party.posting.id, reason="急招",
        until=now + timedelta(days=5),
    )  # fmt: skip
    await uow.add(pin, by=SYSTEM)
    await uow.flush()
    return {"zone_id": zone.id, "zone_column_id": column.id, "zone_pin_id": pin.id}


async def _intakes(uow: Uow, party: Party, member: MemberRow, now: datetime, supply_id: UUID) -> dict[str, UUID]:
    """What an officer entered for both sides, and an agency's tie to the worker."""
    staff, said = party.objects["staff_id"], {"agreed_at": now, "agreed_how": "by_phone", "wording": "2026-11-01"}
    place = {"city_code": party.city_code}
    supply = uow.intakes.new_supply(
        state="open", person_id=party.worker.id, supply_id=supply_id, staff_id=staff, made_person=False,
        level_code=party.city_code, due_at=now + timedelta(days=2), **said, **place,
    )  # fmt: skip
    demand = uow.intakes.new_demand(
        person_id=member.person_id, employer_id=party.employer.id, posting_id=party.posting.id, staff_id=staff,
        made_person=False, made_employer=False, taken=[], code_mac=b"0", confirm_by=now + timedelta(hours=2), **place,
    )  # fmt: skip
    tie = uow.brokers.new(agency_id=party.employer.id, person_id=party.worker.id, **said, **place)
    tie.state = "active"
    for row in (supply, demand, tie):
        await uow.add(row, by=SYSTEM)
    await uow.flush()
    return {"supply_intake_id": supply.id, "demand_intake_id": demand.id, "brokerage_id": tie.id}


async def _a_fair(ctx: Context, party: Party) -> dict[str, UUID]:
    """A fair that goes on, with the employer's booth and the worker's place; and figures that speak for another one."""
    fair = await a_fair(ctx, party.objects["staff_id"], city_code=party.city_code, district_code=None)
    async with ctx.uow() as uow:
        booth = await a_booth(uow, fair, party.employer.id, party.posting.id)
        entry = await an_entry(uow, fair, party.worker.id)
        code = f"t{party.posting.id.hex[-12:]}"
        proposal = await a_proposal(uow, city_code=party.city_code, place_code=party.city_code, code=code)
    return {
        "fair_id": fair.id, "fair_booth_id": booth.id, "fair_entry_id": entry.id, "fair_proposal_id": proposal.id,
    }  # fmt: skip


async def _a_hall(uow: Uow, party: Party, now: datetime) -> dict[str, UUID]:
    """An open session of the venue with the worker in it."""
    venue = await uow.halls.venue(party.objects["venue_id"])
    rule = HallRule(
        order_rule="first_come", objective="seats", turn_places=5, turn_most=15, return_after=3, several_each=False,
        answer_minutes=10, change_minutes=5, rounds_most=3, day_begins=180, sessions=(),
    )  # fmt: skip
    hours = PlannedSession("早场", now - timedelta(minutes=5), now + timedelta(hours=3), None)
    session = await store_session(uow, venue, rule, hours, by=SYSTEM, rule_id=None)
    presence = uow.halls.new_presence(
        session, party.worker.id, await uow.halls.draw_number(session.id), waiting_id=None, way_in="officer",
        signed_in_at=now, turns_owed=0,
    )  # fmt: skip
    await uow.add(presence, by=SYSTEM, action="sign_in")
    await uow.flush()
    bundle = {
        "people": [[1, 2, 0]],
        "shifts": [{"id": str(party.shift.id)}],
        "pairs": [[1, 0, 5], [2, 0, 4]],
        "rule": rule.as_fields(),
    }
    plan = uow.plans.new(
        session_id=session.id, city_code=party.city_code, round=1, drawn_at=now, publish_at=now + timedelta(hours=2),
        algorithm="1", reproducible=True, seats_open=1, seats_filled=1, seats_bound=1, people=1, total=5, bound=5,
        digest="0", bundle=bundle | {"outcome": {"order": [1, 2]}},
    )  # fmt: skip
    await uow.add(plan, by=SYSTEM, action="draw")
    await uow.flush()
    line = uow.plans.new_line(
        plan, presence_id=presence.id, worker_id=party.worker.id, number=1, rank=1, why="seated", facts={},
        shift_id=party.shift.id, score=5,
    )  # fmt: skip
    await uow.add(line, by=SYSTEM)
    await uow.flush()
    return {
        "hall_session_id": session.id, "presence_id": presence.id, "plan_id": plan.id, "plan_line_id": line.id,
    }  # fmt: skip


def _a_session(person_id: UUID, now: datetime) -> SessionRow:
    ends = now + timedelta(days=100)
    return SessionRow(
        id=new_id(),
        role="worker",
        person_id=person_id,
        fresh_factor_at=now,
        created_at=now,
        renewed_at=now,
        idle_until=ends,
        ends_at=ends,
    )


def _of_the_worker(party: Party, now: datetime) -> dict[str, Any]:
    worker_id = party.worker.id
    return {
        "skill_id": SkillRow(worker_id=worker_id, trade="moving", name="搬运", level=2),
        "certificate_id": CertificateRow(worker_id=worker_id, kind="special_work_electric_low"),
        "supply_id": SupplyRow(
            worker_id=worker_id,
            state="published",
            kind="work",
            title="找洗碗的活",
            trades=["dishwashing"],
            work_modes=["on_site"],
            city_code=party.city_code,
            district_codes=[],
            licence_exempt=False,
            channel="api",
            published_at=now,
            valid_until=now + timedelta(days=30),
        ),
        "search_id": SearchRow(
            person_id=worker_id,
            name="洗碗",
            filter={"version": 1, "q": "洗碗"},
            anchors=[],
            alerts=False,
            alerts_from=now,
            personalised=True,
            removed_at=None,
        ),
        "crew_id": CrewRow(leader_id=worker_id, name="搭伙", least=1, state="open"),
        "waiting_id": WaitingRow(
            worker_id=worker_id,
            state="waiting",
            city_code=party.city_code,
            trades=["dishwashing"],
            until=now + timedelta(hours=8),
        ),
        "message_id": MessageRow(
            id=new_id(),
            person_id=worker_id,
            template="pay.due",
            params={},
            dedupe=f"world:{worker_id}",
            created_at=now,
        ),
    }


def _of_the_employer(uow: Uow, party: Party, member: MemberRow, now: datetime) -> dict[str, Any]:
    employer_id, vault = party.employer.id, uow.ctx.vault
    return {
        "site_id": SiteRow(employer_id=employer_id, name="总店", city_code=party.city_code, address="某路9号"),
        "pool_member_id": PoolMemberRow(employer_id=employer_id, worker_id=party.worker.id),
        "block_id": BlockRow(employer_id=employer_id, worker_id=party.worker.id, set_by="employer", lifted_at=now),
        "invitation_id": InvitationRow(
            employer_id=employer_id,
            state="waiting",
            role="clerk",
            phone_hash=vault.index("phone", f"+86137{employer_id.int % 10**8:08d}"),
            expires_at=now + timedelta(days=7),
        ),
        "import_id": ImportRow(
            state="done",
            owner_kind="member",
            owner_id=member.person_id,
            employer_id=employer_id,
            city_code=party.city_code,
            mapping="shanghai_postings",
            dry_run=False,
            digest=b"0" * 32,
            size_bytes=2,
            rows_total=0,
            finished_at=now,
        ),
        "hire_id": HireRow(
            state="proposed",
            employer_id=employer_id,
            worker_id=party.worker.id,
            trade="dishwashing",
            title="洗碗",
            job_kind="day_labour",
            pay_fen=2500,
            pay_unit="hour",
            settlement="daily",
            starts_at=now,
            ends_at=now + timedelta(hours=3),
            city_code=party.city_code,
            address="某路2号",
            answer_by=now + timedelta(hours=1),
        ),
    }


def _of_the_seat(party: Party, seat: Any, now: datetime) -> dict[str, Any]:
    shared = {
        "engagement_id": seat.id,
        "employer_id": party.employer.id,
        "worker_id": party.worker.id,
        "city_code": party.city_code,
    }
    return {
        "timesheet_id": TimesheetRow(
            state="by_employer",
            started_at=seat.starts_at,
            finished_at=seat.ends_at,
            break_minutes=0,
            minutes=240,
            **shared,
        ),
        "record_id": PayRecordRow(
            state="due",
            kind="work",
            due_fen=10_000,
            reckoning=[],
            due_on=seat.ends_at.date(),
            due_at=seat.ends_at + timedelta(days=1),
            **shared,
        ),
    }


async def _lending(ctx: Context, party: Party, partner: EmployerRow) -> dict[str, UUID]:
    """A day and the wage of a lending under way, in hours in which nobody has a seat."""
    deal = await a_deal(ctx, party.employer, partner, state="running", day_from=time(2), day_until=time(4))
    lent = await a_lent(ctx, deal, party.worker, state="working")
    day = await a_day(ctx, deal, lent)
    leg = await a_leg(ctx, deal, await a_statement(ctx, deal), lent)
    return {"lent_day_id": day.id, "leg_id": leg.id}


async def a_review(ctx: Context, party: Party) -> ReviewRow:
    """A posting that waits for an officer, and its row in the queue."""
    posting = await city.a_posting(
        ctx, party.employer, state="submitted", city_code=party.city_code, district_code=None, published_at=None
    )
    async with ctx.uow() as uow:
        now = await uow.now()
        row = uow.reviews.new(
            noun="posting", subject_id=posting.id, subject_version=posting.version, employer_id=party.employer.id,
            city_code=party.city_code, kind="new", priority=3, due_at=now + timedelta(hours=4), entered_by=[],
        )  # fmt: skip
        await uow.add(row, by=SYSTEM, action="open")
        return row


async def _a_case(ctx: Context, party: Party, seat: Any) -> dict[str, UUID]:
    """A worker's complaint about a seat, with its limits, a question to the employer, and an appeal against a mark."""
    async with ctx.uow() as uow:
        now = await uow.now()
        case = await open_case(
            uow, kind="wage_arrears", city_code=party.city_code, complainant_id=party.worker.id,
            employer_id=party.employer.id, subject=("engagement", seat.id), facts={}, source="worker", by=SYSTEM,
        )  # fmt: skip
        question = uow.case_files.new_question(
            case_id=case.id, employer_id=party.employer.id, question="pay_practice",
            asked_by=party.objects["staff_id"], answer_by=now + timedelta(days=3),
        )  # fmt: skip
        await uow.add(question, by=SYSTEM, action="ask")
        await uow.flush()
        deadline = (await uow.case_deadlines.of_case(case.id))[0]
    return {
        "case_id": case.id, "deadline_id": deadline.id, "question_id": question.id,
        "decision_appeal_id": await a_decision_appeal(ctx, party),
    }  # fmt: skip


async def a_decision_appeal(ctx: Context, party: Party) -> UUID:
    """Against what a platform decided outside."""
    platform = await city.an_employer(ctx, city_code=party.city_code, district_code=None)
    async with ctx.uow() as uow:
        now = await uow.now()
        case = await open_case(
            uow, kind="platform_decision", city_code=party.city_code, complainant_id=party.worker.id,
            employer_id=platform.id, subject=("employer", platform.id), facts={}, source="worker", by=SYSTEM,
        )  # fmt: skip
        row = uow.decision_appeals.new(
            case_id=case.id, against="outside_platform", noun="employer", subject_id=platform.id,
            person_id=party.worker.id, employer_id=party.employer.id, city_code=party.city_code, title=platform.name,
            barred=[], answer_by=now + timedelta(days=2),
        )  # fmt: skip
        await uow.add(row, by=SYSTEM, action="file")
        return row.id


async def an_appeal(ctx: Context, party: Party) -> AppealRow:
    """A removal that its employer holds to be wrong."""
    posting = await city.a_posting(ctx, party.employer, state="appealed", city_code=party.city_code, district_code=None)
    async with ctx.uow() as uow:
        now = await uow.now()
        sent = await uow.postings.lock(posting.id)  # whoever has been sent in has a second version at least
        await uow.edit(sent, by=SYSTEM, at=now, description="自带胶鞋")
        row = uow.appeals.new(
            noun="posting", subject_id=posting.id, employer_id=party.employer.id, city_code=party.city_code,
            title=posting.title, against="removal", against_reason="other", against_at=now, barred=[],
            due_at=now + timedelta(days=5),
        )  # fmt: skip
        await uow.add(row, by=SYSTEM, action="file")
        return row


async def a_contested_mark(ctx: Context, party: Party, seat: Any) -> UUID:
    """A mark of the worker that waits for an officer."""
    async with ctx.uow() as uow:
        now = await uow.now()
        row = uow.reliability.new(
            worker_id=party.worker.id, employer_id=None, kind="late", at=now, city_code=party.city_code, cause=None,
            engagement_id=seat.id, pay_record_id=None, marked_by=None, excused_reason=None,
        )  # fmt: skip
        await uow.add(row, by=SYSTEM, action="mark")
        said = {"contest_reason": "other", "contest_words": "我到了", "contested_at": now, "decide_by": now}
        await uow.move(row, MARK, "contest", by=SYSTEM, at=now, **said)
        return row.id


async def a_hold(ctx: Context, party: Party) -> HoldRow:
    """A posting that somebody has put on hold."""
    posting = await city.a_posting(
        ctx, party.employer, state="paused", city_code=party.city_code, district_code=None, paused_by="hold",
        paused_before="shown",
    )  # fmt: skip
    officer = await city.an_officer(ctx, regions=())
    async with ctx.uow() as uow:
        now = await uow.now()
        row = uow.holds.new(
            noun="posting", subject_id=posting.id, employer_id=party.employer.id, city_code=party.city_code,
            title=posting.title, reason="unsafe", sentence=None, placed_by=officer.id,
            decide_by=now + timedelta(days=1),
        )  # fmt: skip
        await uow.add(row, by=SYSTEM, action="place")
        return row


async def a_draft(ctx: Context, party: Party) -> tuple[PostingRow, ShiftRow]:
    """A posting that nobody else may see yet, with a planned shift."""
    return await _hidden(ctx, party, state="draft", published_at=None)


async def a_private_one(ctx: Context, party: Party) -> tuple[PostingRow, ShiftRow]:
    """What a hire by sight leaves: live, and shown to its two sides only."""
    return await _hidden(ctx, party, private=True, channel="sight")


async def _hidden(ctx: Context, party: Party, **more: Any) -> tuple[PostingRow, ShiftRow]:
    posting = await city.a_posting(ctx, party.employer, city_code=party.city_code, district_code=None, **more)
    day = (clock.now() + timedelta(days=3)).replace(hour=1, minute=0, second=0, microsecond=0)
    return posting, await city.a_shift(ctx, posting, starts=day)
