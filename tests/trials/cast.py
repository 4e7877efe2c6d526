"""Everybody in the story, and everything that its steps need to be there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.actor import SYSTEM
from service.applications.tables import ApplicationRow
from service.cases.ports import open_case
from service.context import Context
from service.employers.tables import InvitationRow
from service.workers.tables import BlockRow
from tests.builders import city
from tests.builders.contact_requests import a_supply
from tests.builders.employers import a_proved_person
from tests.builders.intakes import a_broker
from tests.builders.people import a_staff
from tests.contract.world import Party, a_hold, a_party, a_review
from tests.trials.agreed import agreement_things
from tests.trials.alarmed import alarm_things
from tests.trials.dealt import deal_things
from tests.trials.followed import followup_things, lent_followup_things
from tests.trials.lent import intent_things
from tests.trials.lent_paid import settlement_things
from tests.trials.referred import referral_things
from tests.trials.stage import Person, a_word
from tests.trials.step import DAY, HOUR, NOON


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
    await referral_things(ctx, cast)
    await _cases(ctx, cast)
    await followup_things(ctx, cast)
    await alarm_things(ctx, cast)
    await agreement_things(ctx, cast)
    await deal_things(ctx, cast)
    await lent_followup_things(ctx, cast)
    await settlement_things(ctx, cast)
    await intent_things(ctx, cast)
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
