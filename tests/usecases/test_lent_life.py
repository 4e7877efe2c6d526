"""Who was asked or lent: forgotten in time, erased, handed over to the kept record, taken along, in the calendar."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest
from icalendar import Calendar
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.actor import SYSTEM
from service.context import Context
from service.db.violations import constraint_of
from service.deals.lifecycle import LENT_LIVE
from service.deals.purging import purge_lent
from service.errors import Conflict
from service.people.lifecycle import PERSON
from service.worktime import at_local, local_day
from tests.builders import city
from tests.builders.applications import breaches, rows_of, run_due_at, set_time, value_of
from tests.builders.deals import Firms, a_deal, a_lendable, a_lent, two_firms

Client = httpx2.AsyncClient
TOLD = "select num_nonnulls(phone_hash, phone_sealed, name_sealed) from lent where id = :id"


async def told(ctx: Context, lent_id: Any) -> int:
    """How many of the columns that say who it is are still there."""
    return int(await value_of(ctx, TOLD, id=lent_id))


async def on(firms: Firms, days: int) -> None:
    """So many days later, a little after midnight; everybody signs in again."""
    await run_due_at(firms.ctx, at_local(firms.today + timedelta(days=days), 1))
    await firms.sign_in()


# -- keeping ------------------------------------------------------------------------------------------


async def test_who_did_not_come_is_forgotten_after_a_month_who_worked_after_two_years(
    ctx: Context, client: Client
) -> None:
    """No answer, a no, taken off: number, name and the own reason go 30 days after; who worked keeps them for
    two years after the way back; who is still there keeps them. The lender reads no name then, and the list of versions
    still holds."""
    firms = await two_firms(ctx, client)
    deal = await firms.agreed(headcount=5)
    worked = await firms.come(deal, 0)
    refused = await firms.ask(deal, 1)
    await firms.send("POST", f"/lent/{refused['id']}/refuse", "person1", {"reason": "health"})
    dropped = await firms.ask(deal, 2)
    await firms.send("POST", f"/lent/{dropped['id']}/drop", "lender", {"reason": "other"})
    await firms.send("POST", f"/deals/{deal['id']}/list", "lender")
    await firms.sign("deal", deal["id"])
    at, why = {}, {}
    for days in (7, 21, 29, 31, 60, 21 + 731, 21 + 733):
        await on(firms, days)
        if days == 21:
            await firms.send("POST", f"/lent/{worked['id']}/take-back", "lender")
        await purge_lent(ctx)
        at[days] = [await told(ctx, each["id"]) for each in (worked, refused, dropped)]
        why[days] = await value_of(ctx, "select left_for from lent where id = :id", id=refused["id"])
    assert (why[29], why[31]) == ("health", None)
    assert at[29] == [3, 3, 3]
    assert at[31] == at[60] == at[21 + 731] == [3, 0, 0]
    assert at[21 + 733] == [0, 0, 0]
    seen = await firms.send("GET", f"/lent/{worked['id']}", "lender")
    assert (seen["state"], seen["name"], seen["phone"]) == ("returned", None, None)
    await firms.send("GET", f"/lent/{refused['id']}", "person1", status=404)
    await firms.send("POST", f"/lent/{refused['id']}/open", "person1", status=404)
    assert await breaches(ctx) == []


async def test_nobody_is_found_where_nobody_is_named_any_more(ctx: Context, client: Client) -> None:
    """A lending without number or record belongs to nobody, also for somebody who has proved no number."""
    firms = await two_firms(ctx, client)
    deal = await firms.agreed()
    lent = await firms.ask(deal)
    await firms.send("POST", f"/lent/{lent['id']}/drop", "lender", {"reason": "other"})
    await on(firms, 40)
    await purge_lent(ctx)
    async with ctx.uow() as uow:
        person, now = await uow.people.get(firms.people[1].id), await uow.now()
        await uow.edit(person, by=SYSTEM, at=now, **uow.people.phone_columns(person, None, None))
    await firms.send("GET", f"/lent/{lent['id']}", "person1", status=404)
    await firms.send("POST", f"/lent/{lent['id']}/refuse", "person1", {}, status=404)
    assert (await firms.send("GET", "/workers/me/lent", "person1"))["items"] == []


@pytest.mark.parametrize("state", LENT_LIVE)
async def test_the_database_keeps_who_is_lent_while_it_lasts(ctx: Context, state: str) -> None:
    """Whatever writes it: a live lending has number and name, and one that is over all of it or nothing."""
    deal = await a_deal(ctx, await city.an_employer(ctx), await city.an_employer(ctx), state="running")
    await a_lent(ctx, deal, await a_lendable(ctx, "+8613700009921"), state=state)
    for columns in ("name_sealed = null", "phone_hash = null, phone_sealed = null, name_sealed = null"):
        with pytest.raises(DBAPIError) as refused:
            async with ctx.database.sessions() as session, session.begin():
                await session.execute(text(f"update lent set {columns}"))
        assert constraint_of(refused.value) == "ck_lent_told"


# -- erased -------------------------------------------------------------------------------------------


async def forget(ctx: Context, person_id: Any) -> None:
    """What an erasure asks of deals and of agreements."""
    async with ctx.uow() as uow:
        await uow.people.lock_workers(person_id)
        await ctx.wiring.ports["deals.forget"](uow, person_id)
        await ctx.wiring.ports["agreements.forget"](uow, person_id)


async def test_nobody_is_erased_while_being_lent(ctx: Context, client: Client) -> None:
    """From the yes until the lender has the person back it is refused; then number, name and the words of the consent
    go, while days, states and hashes stay and the firms' agreement names nobody."""
    firms = await two_firms(ctx, client)
    deal = await firms.signed()
    [lent] = (await firms.send("GET", "/workers/me/lent", "person0"))["items"]
    for days in (0, 7, 21):
        await on(firms, days)
        with pytest.raises(Conflict) as refused:
            await forget(ctx, firms.people[0].id)
        assert refused.value.code == "forget_while_lent"
    await firms.send("POST", f"/lent/{lent['id']}/take-back", "lender")
    await forget(ctx, firms.people[0].id)
    assert await told(ctx, lent["id"]) == 0
    papers = await rows_of(ctx, "select kind, document_sealed is null from agreements order by kind")
    assert papers == [("cooperation", False), ("lending_consent", True)]
    words = await words_of(ctx, deal)
    assert "张三" not in words
    assert firms.phones[0][3:] not in words
    assert (await firms.send("GET", f"/lent/{lent['id']}", "lender"))["state"] == "returned"
    assert await breaches(ctx) == []
    log = await rows_of(ctx, "select changes::text from transitions where noun = 'lent' and action = 'forget'")
    assert "commitment" in log[0][0]
    assert "张" not in log[0][0]


async def words_of(ctx: Context, deal: Any) -> str:
    """The firms' agreement in force."""
    async with ctx.uow() as uow:
        [row] = await uow.agreements.live_of("deal", deal["id"])
        return str(await uow.agreements.text_of(row))


async def test_who_is_asked_and_erased_has_said_no(ctx: Context, client: Client) -> None:
    """Looked at or not: the asking ends, the lender may ask somebody else, and a number that two people share is not
    the one's to take away."""
    firms = await two_firms(ctx, client)
    deal = await firms.agreed()
    asked, looked = await firms.ask(deal, 0), await firms.ask(deal, 1)
    await firms.send("POST", f"/lent/{looked['id']}/open", "person1")
    shared = await firms.ask(deal, 2)
    await a_lendable(ctx, firms.phones[2])
    for at in range(3):
        await forget(ctx, firms.people[at].id)
    states = [(await firms.send("GET", f"/lent/{each['id']}", "lender"))["state"] for each in (asked, looked, shared)]
    assert states == ["refused", "refused", "asked"]
    assert [await told(ctx, each["id"]) for each in (asked, looked, shared)] == [0, 0, 3]
    assert await breaches(ctx) == []


# -- the firms' agreement -----------------------------------------------------------------------------


async def test_the_firms_agreement_lists_people_by_their_own_papers(ctx: Context, client: Client) -> None:
    """Number in the list, masked name, and the hash under which anybody finds that such a consent is signed."""
    firms = await two_firms(ctx, client)
    deal = await firms.signed(people=2)
    words = await words_of(ctx, deal)
    assert "共 2 人" in words
    hashes = [row[0] for row in await rows_of(ctx, "select hash from agreements where kind = 'lending_consent'")]
    for at, each in enumerate(sorted(hashes, key=words.index), 1):
        assert f"{at}号 张*（本人同意书校验码 {each}）" in words
        known = await client.post("/v1/agreements/verify", json={"hash": each})
        assert (known.status_code, known.json()["kind"]) == (200, "lending_consent")
    assert "张三" not in words


# -- two records of one person ------------------------------------------------------------------------


async def merge(ctx: Context, gone: Any, kept: Any) -> None:
    """The move that the counter makes, after its checks."""
    async with ctx.uow() as uow:
        await uow.people.lock_workers(gone.id, kept.id)
        person = await uow.people.lock(gone.id, kept.id)
        now = await uow.now()
        await uow.move(person, PERSON, "merge", by=SYSTEM, at=now, merged_into=kept.id)


async def test_the_kept_record_is_the_one_that_is_lent(ctx: Context, client: Client) -> None:
    """Lendings of either state and their papers go over; what the other was asked by a number of its own as well. It
    begins as if nothing had been."""
    firms = await two_firms(ctx, client)
    kept = await a_lendable(ctx, "+8613700009931")
    deal = await firms.signed()
    other = await firms.agreed(first_day=str(firms.today + timedelta(days=40)),
                               last_day=str(firms.today + timedelta(days=50)))  # fmt: skip
    asked = await firms.ask(other)
    await merge(ctx, firms.people[0], kept)
    rows = await rows_of(ctx, "select state from lent where worker_id = :id order by state", id=kept.id)
    assert rows == [("asked",), ("consented",)]
    firms.who["kept"] = (city.as_worker, kept)
    await on(firms, 7)
    mine = (await firms.send("GET", "/workers/me/lent", "kept"))["items"]
    assert sorted(each["state"] for each in mine) == ["asked", "working"]
    assert (await firms.send("POST", f"/lent/{asked['id']}/open", "kept"))["agreement_id"] is not None
    assert (await firms.read(deal))["state"] == "running"
    assert await breaches(ctx) == []


@pytest.mark.parametrize("what", ["lendings", "seat_of_kept", "seat_of_gone"])
async def test_what_overlaps_is_refused_politely_and_by_the_database(ctx: Context, client: Client, what: str) -> None:
    """Both lent on the same days, or one lent in hours of the other's seat: the counter hears `merge_overlap`, and a
    move without its checks is refused all the same."""
    firms = await two_firms(ctx, client)
    deal = await firms.signed()
    one, other = firms.people[0], firms.people[1]
    if what == "lendings":
        await firms.come(await firms.agreed(), 1)
    else:
        posting = await city.a_posting(ctx, await city.an_employer(ctx))
        day = next(each for at in range(7) if (each := firms.today + timedelta(days=7 + at)).isoweekday() == 3)
        shift = await city.a_shift(ctx, posting, starts=at_local(day, 9 * 60))
        await city.an_engagement(ctx, other, shift, posting)
    gone, kept = (other, one) if what == "seat_of_gone" else (one, other)
    async with ctx.uow() as uow:
        assert await uow.people.lendings_clash(gone.id, kept.id)
        assert await uow.people.lendings_clash(kept.id, gone.id)
        assert not await uow.people.lendings_clash(gone.id, firms.people[2].id)
    with pytest.raises((DBAPIError, Conflict)):
        await merge(ctx, gone, kept)
    assert (await firms.read(deal))["state"] == "signed"


async def test_the_counter_hears_that_lendings_overlap(ctx: Context, client: Client) -> None:
    """409 `merge_overlap`, as for seats."""
    firms = await two_firms(ctx, client)
    await firms.signed()
    await firms.come(await firms.agreed(), 1)
    async with ctx.uow() as uow:
        person, now = await uow.people.get(firms.people[1].id), await uow.now()
        await uow.edit(person, by=SYSTEM, at=now, id_number_hash=None, id_number_sealed=None, id_kind=None)
    body = {"into": str(firms.people[0].id), "basis": "seen_id_card"}
    refused = await firms.send("POST", f"/people/{firms.people[1].id}/merge", "officer", body, status=409)
    assert refused["code"] == "merge_overlap"


# -- taken along --------------------------------------------------------------------------------------


async def test_lendings_are_in_what_a_person_takes_along_and_in_the_calendar(ctx: Context, client: Client) -> None:
    """The export has them as JSON and as a line of the table; the calendar one event that comes again on its
    weekdays and is cancelled with the yes taken back."""
    await set_time(ctx, at_local(local_day(await city.now_of(ctx)), 9 * 60))
    firms = await two_firms(ctx, client)
    deal = await firms.signed()
    [lent] = (await firms.send("GET", "/workers/me/lent", "person0"))["items"]
    made = await firms.send("GET", "/workers/me/export", "person0")
    assert [(each["lent_id"], each["state"], each["borrower"]) for each in made["lendings"]] == [
        (lent["id"], "consented", deal["borrower_name"])
    ]
    path = f"/workers/me/export?from={firms.today + timedelta(days=60)}"
    assert (await firms.send("GET", path, "person0"))["lendings"] == []
    assert (await firms.send("GET", "/workers/me/export", "person1"))["lendings"] == []
    table = await client.get("/v1/workers/me/export?format=csv", headers=firms.headers["person0"])
    assert f"{deal['first_day']}/{deal['last_day']}" in table.text
    assert "已同意" in table.text
    url = (await firms.send("POST", "/workers/me/calendar", "person0", status=201))["url"]
    event = await event_of(client, url)
    assert event["rrule"]["BYDAY"] == ["MO", "TU", "WE", "TH", "FR"]
    assert event["rrule"]["UNTIL"] == [at_local(days_of(deal["last_day"]) + timedelta(days=1), 0)]
    first = event["dtstart"].dt
    assert (first.hour, first.isoweekday() <= 5, first.date() >= days_of(deal["first_day"])) == (8, True, True)
    await firms.send("POST", f"/lent/{lent['id']}/refuse", "person0", {})
    after = await event_of(client, url)
    assert (after["uid"], after["status"]) == (event["uid"], "CANCELLED")
    assert after["sequence"] > event["sequence"]


def days_of(day: str) -> Any:
    return datetime.fromisoformat(day).date()


async def event_of(client: Client, url: str) -> Any:
    """The one event of a feed, as another program reads it."""
    answer = await client.get(url[url.index("/v1/") :])
    assert answer.status_code == 200, answer.text
    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    return event
