"""Wishes entered for others: the yes on record, the way back, brokers and their people, what passes up."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from service.context import Context
from tests.builders import city
from tests.builders.applications import rows_of, run_due_at, set_time, value_of
from tests.builders.contact_requests import a_supply
from tests.builders.intakes import (
    NAME,
    NOON,
    PHONE,
    WISH,
    a_broker,
    a_person,
    an_entry,
    an_officer,
    at_noon,
    brokered,
    entered,
    reply,
    texts,
)
from tests.builders.people import a_known_person, an_id_number

Client = httpx2.AsyncClient
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def shown(client: Client) -> list[str]:
    return [each["id"] for each in (await client.get("/v1/supplies")).json()["items"]]


async def move(client: Client, row: dict[str, Any], action: str, who: dict[str, str], **params: str) -> httpx2.Response:
    return await client.post(f"/v1/supply-intakes/{row['id']}/{action}", headers=who, params=params)


async def person_of(ctx: Context, phone: str = PHONE) -> Any:
    async with ctx.uow() as uow:
        return (await uow.people.by_phone(phone))[-1]


async def test_an_officer_enters_a_new_person_and_the_yes_is_on_record(ctx: Context, client: Client) -> None:
    """How, when, by whom, in which words; posted at once without the person; told by SMS; nothing of it is a number."""
    await at_noon(ctx)
    officer = await an_officer(ctx)
    bare = await client.post("/v1/supply-intakes", json=an_entry(), headers=officer)
    assert (bare.status_code, bare.json()["code"]) == (422, "on_behalf_needed")
    said = (NOON - DAY).isoformat()
    made = await entered(client, officer, agreed_at=said)
    assert (made["state"], made["supply_state"], made["agreed_how"]) == ("open", "published", "by_phone")
    assert (made["agreed_at"], made["wording"]) == (said, "2026-11-01")
    assert made["entered_by_name"].startswith("工作人员")
    assert await shown(client) == [made["supply_id"]]
    public = (await client.get(f"/v1/supplies/{made['supply_id']}")).text
    assert not any(word in public for word in (NAME, PHONE[3:], made["worker_id"]))
    [given] = await rows_of(ctx, "select text_version, channel from consents where scope = 'proxy_intake'")
    assert tuple(given) == ("2026-11-01", "by_phone")
    [line] = await rows_of(ctx, "select actor_kind, channel from transitions where noun = 'supply_intake'")
    assert tuple(line) == ("officer", "by_phone")
    assert any("替您登记" in text and "回 2" in text for text in await texts(ctx, PHONE))


@pytest.mark.parametrize(("when", "code"), [(HOUR, "agreed_in_future"), (-31 * DAY, "agreed_too_old")])
async def test_a_yes_has_its_time(ctx: Context, client: Client, when: timedelta, code: str) -> None:
    """Not later than now, not too long ago."""
    await at_noon(ctx)
    officer = await an_officer(ctx)
    body = an_entry(agreed_at=(NOON + when).isoformat())
    answer = await client.post("/v1/supply-intakes", json=body, headers=officer, params={"on_behalf": "on_paper"})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await value_of(ctx, "select count(*) from persons where phone_hash = :hash", hash=_hash(ctx)) == 0


def _hash(ctx: Context, phone: str = PHONE) -> bytes:
    return ctx.vault.index("phone", phone)


async def test_whoever_is_known_by_phone_and_name_is_not_made_twice(ctx: Context, client: Client) -> None:
    """The same name on the same phone is the same person; another name is another."""
    await at_noon(ctx)
    officer = await an_officer(ctx)
    worker = await city.a_worker(ctx, name=NAME, phone=PHONE)
    assert (await entered(client, officer))["worker_id"] == str(worker.id)
    other = await entered(client, officer, person=a_person(name="欧阳小芳"))
    assert other["worker_id"] != str(worker.id)
    cleaning = WISH | {"trades": ["cleaning"]}
    again = await entered(client, officer, person=None, worker_id=str(worker.id), wish=cleaning)
    assert again["worker_id"] == str(worker.id)


async def test_nobody_under_sixteen_is_entered(ctx: Context, client: Client) -> None:
    """Nor somebody whose age nobody knows; nothing is left of the try."""
    await at_noon(ctx)
    officer = await an_officer(ctx)
    for born, code in (("2012-01-01", "under_age"), (None, "birth_date_needed")):
        body = an_entry(person=a_person(birth_date=born))
        answer = await client.post("/v1/supply-intakes", json=body, headers=officer, params={"on_behalf": "by_phone"})
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await value_of(ctx, "select count(*) from persons where phone_hash = :hash", hash=_hash(ctx)) == 0


async def test_the_person_takes_it_back_by_sms(ctx: Context, client: Client) -> None:
    """2, and the posting is gone in the same moment; the consent ends with the last entry."""
    await at_noon(ctx)
    made = await entered(client, await an_officer(ctx))
    assert await reply(ctx, "2", PHONE) == "intake_revoked"
    assert await shown(client) == []
    state = "select s.state, i.state, i.close_reason from supply_intakes i join supplies s on s.id = i.supply_id"
    [found] = await rows_of(ctx, f"{state} where i.id = :id", id=made["id"])
    assert tuple(found) == ("withdrawn", "revoked", "revoked")
    assert await value_of(ctx, "select count(*) from consents where scope='proxy_intake' and withdrawn_at is null") == 0


async def test_withdrawing_the_consent_takes_everything_down(ctx: Context, client: Client) -> None:
    """Also what a broker entered; the broker is left."""
    await at_noon(ctx)
    _, broker = await a_broker(ctx)
    made = await brokered(client, broker)
    assert await reply(ctx, "1", PHONE) == "intake_confirmed"
    person = await person_of(ctx)
    me = await city.signed_in(ctx, "worker", person_id=person.id)
    gone = await client.delete("/v1/me/consents/proxy_intake", headers=me)
    if gone.status_code == 404:
        gone = await client.post("/v1/me/consents/proxy_intake/withdraw", headers=me)
    assert gone.is_success, gone.text
    assert (await client.get(f"/v1/supply-intakes/{made['id']}", headers=me)).json()["state"] == "revoked"
    assert (await client.get("/v1/brokerages", headers=me)).json()["items"][0]["state"] == "left"
    assert await shown(client) == []


async def test_a_brokers_entry_waits_for_the_persons_own_yes(ctx: Context, client: Client) -> None:
    """Asked by SMS, told by whom; nothing is posted before; the yes opens profile, posting and brokerage."""
    await at_noon(ctx)
    agency, broker = await a_broker(ctx)
    made = await brokered(client, broker)
    assert (made["state"], made["supply_id"], made["worker_id"]) == ("asked", None, None)
    assert await shown(client) == []
    assert await value_of(ctx, "select count(*) from workers") == 0
    assert any(agency.name in text and "不收您的钱" in text for text in await texts(ctx, PHONE))
    assert await reply(ctx, "1", PHONE) == "intake_confirmed"
    seen = (await client.get(f"/v1/supply-intakes/{made['id']}", headers=broker)).json()
    assert (seen["state"], seen["agreed_how"], seen["wording"]) == ("open", "by_sms", "2026-11-01")
    assert await shown(client) == [seen["supply_id"]]
    [person] = (await client.get("/v1/brokerages", headers=broker)).json()["items"]
    assert (person["state"], person["worker_id"]) == ("active", seen["worker_id"])
    cleaning = WISH | {"trades": ["cleaning"], "title": "找保洁的活"}
    second = await brokered(client, broker, person=None, worker_id=seen["worker_id"], wish=cleaning)
    assert second["state"] == "open"


async def test_nobody_is_posted_whose_age_is_not_known(ctx: Context, client: Client) -> None:
    """A birth date that a broker says does not count: held after the yes, posted when the number is stated."""
    await at_noon(ctx)
    _, broker = await a_broker(ctx)
    made = await brokered(client, broker, person=a_person(id_number=None, birth_date="1980-05-01"))
    assert await reply(ctx, "1", PHONE) == "intake_held"
    assert await shown(client) == []
    person = await person_of(ctx)
    me = await city.signed_in(ctx, "worker", person_id=person.id)
    stated = await client.post("/v1/workers/me/identity", json={"id_number": an_id_number()}, headers=me)
    assert stated.status_code == 200, stated.text
    seen = (await client.get(f"/v1/supply-intakes/{made['id']}", headers=broker)).json()
    assert seen["state"] == "open"
    assert await shown(client) == [seen["supply_id"]]


@pytest.mark.parametrize("word", ["2", "退出"])
@pytest.mark.parametrize(("birth", "state"), [("1980-05-01", "held"), (None, "open")])
async def test_a_yes_by_sms_is_taken_back_by_sms_until_the_entry_ends(
    ctx: Context, client: Client, birth: str | None, state: str, word: str
) -> None:
    """Held or shown, by 2 or 退出, days after the question: the entry is gone, the broker is left, once."""
    await at_noon(ctx)
    _, broker = await a_broker(ctx)
    person = a_person(id_number=None if birth else an_id_number(), birth_date=birth)
    made = await brokered(client, broker, person=person)
    await reply(ctx, "1", PHONE)
    assert await value_of(ctx, "select state from supply_intakes where id = :id", id=made["id"]) == state
    await set_time(ctx, NOON + timedelta(days=6))
    assert await reply(ctx, word, PHONE) == "intake_revoked"
    assert await value_of(ctx, "select state from supply_intakes where id = :id", id=made["id"]) == "revoked"
    assert await value_of(ctx, "select count(*) from brokerages where state in ('asked', 'active')") == 0
    assert await shown(client) == []
    assert await reply(ctx, word, PHONE) == "nothing_asked"


async def test_the_same_trade_is_not_entered_twice_for_one_person(ctx: Context, client: Client) -> None:
    """By the same officer or another broker: the first is named; when that one has ended it may be entered again."""
    await at_noon(ctx)
    officer, (_, broker) = await an_officer(ctx), await a_broker(ctx)
    first = await entered(client, officer)
    params = {"on_behalf": "by_phone"}
    again = await client.post("/v1/supply-intakes", json=an_entry(), headers=officer, params=params)
    assert (again.status_code, again.json()["code"]) == (409, "supply_same_trade")
    assert again.json()["facts"]["supply_id"] == first["supply_id"]
    assert WISH["title"] in again.json()["detail"]
    await brokered(client, broker, person=a_person())
    assert await reply(ctx, "1", PHONE) == "refused"
    assert await shown(client) == [first["supply_id"]]
    await client.post(f"/v1/supply-intakes/{first['id']}/revoke", headers=officer, params=params)
    assert (await entered(client, officer))["state"] == "open"


async def test_a_broker_learns_nothing_from_an_identity_number(ctx: Context, client: Client) -> None:
    """Known with this name: the phone on record is asked, not the broker's; with another: somebody new is asked."""
    await at_noon(ctx)
    _, broker = await a_broker(ctx)
    number = an_id_number()
    known = await a_known_person(ctx, name=NAME, phone="+8613652347020", id_number=number)
    same = await brokered(client, broker, person=a_person(id_number=number, birth_date=None))
    other = await brokered(client, broker, person=a_person(id_number=number, birth_date=None, name="欧阳芳"))
    unlike = {"id", "created_at", "answer_by", "person_masked"}
    assert {k: v for k, v in same.items() if k not in unlike} == {k: v for k, v in other.items() if k not in unlike}
    assert any("劳务经纪人" in text for text in await texts(ctx, "+8613652347020"))
    assert sum("劳务经纪人" in text for text in await texts(ctx, PHONE)) == 1
    holders = "select count(*) from persons where id_number_hash is not null and state = 'active'"
    assert await value_of(ctx, holders) == 1
    assert await value_of(ctx, "select person_id from supply_intakes where id = :id", id=same["id"]) == known.id


async def test_a_broker_learns_nothing_from_a_phone(ctx: Context, client: Client) -> None:
    """Known with this name, known with another, unknown: the same answer but for the ids; and no name in full."""
    await at_noon(ctx)
    _, broker = await a_broker(ctx)
    await city.a_worker(ctx, name=NAME, phone=PHONE)
    await city.a_worker(ctx, name="别人", phone="+8613652347003")
    answers = [
        await brokered(client, broker, person=a_person(phone=phone))
        for phone in (PHONE, "+8613652347003", "+8613652347004")
    ]
    unlike = {"id", "created_at", "answer_by"}
    said = [{name: value for name, value in each.items() if name not in unlike} for each in answers]
    assert said[0] == said[1] == said[2]
    assert NAME not in str(answers)
    assert PHONE[3:] not in str(answers)


async def test_of_somebody_who_says_no_nothing_is_left(ctx: Context, client: Client) -> None:
    """2 or silence: name, phone and birth date of a new person go; a known one stays as he was."""
    await at_noon(ctx)
    _, broker = await a_broker(ctx)
    await brokered(client, broker)
    assert await reply(ctx, "2", PHONE) == "intake_declined"
    silent = await brokered(client, broker, person=a_person(phone="+8613652347005", name="欧阳静"))
    known = await city.a_worker(ctx, name="欧阳明", phone="+8613652347006")
    await brokered(client, broker, person=a_person(phone="+8613652347006", name="欧阳明"))
    await run_due_at(ctx, NOON + timedelta(minutes=2881))
    assert await value_of(ctx, "select state from supply_intakes where id = :id", id=silent["id"]) == "lapsed"
    left = (
        "select count(*) from persons where phone_hash = any(:hashes)"
        " or (phone_hash is null and name_sealed is not null)"
    )
    hashes = [_hash(ctx), _hash(ctx, "+8613652347005")]
    assert await value_of(ctx, left, hashes=hashes) == 0
    assert await value_of(ctx, "select phone_hash is not null from persons where id = :id", id=known.id) is True
    assert await value_of(ctx, "select count(*) from brokerages where state in ('asked', 'active')") == 0


async def test_leaving_a_broker_takes_the_entries_along(ctx: Context, client: Client) -> None:
    """At any time; the broker sees the person no longer as his own, and may not enter for him."""
    await at_noon(ctx)
    _, broker = await a_broker(ctx)
    made = await brokered(client, broker)
    await reply(ctx, "1", PHONE)
    person = await person_of(ctx)
    me = await city.signed_in(ctx, "worker", person_id=person.id)
    [mine] = (await client.get("/v1/brokerages", headers=me)).json()["items"]
    left = await client.post(f"/v1/brokerages/{mine['id']}/leave", headers=me)
    assert (left.status_code, left.json()["state"]) == (200, "left")
    assert await shown(client) == []
    seen = (await client.get(f"/v1/supply-intakes/{made['id']}", headers=broker)).json()
    assert (seen["state"], seen["worker_id"]) == ("revoked", None)
    body = {"worker_id": str(person.id), "wish": WISH}
    assert (await client.post("/v1/supply-intakes", json=body, headers=broker)).status_code == 404


async def test_only_licensed_verified_agencies_of_the_city_broker(ctx: Context, client: Client) -> None:
    """An enterprise, an unverified agency, one of another city, a clerk: each is refused."""
    await at_noon(ctx)
    firm = await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx)))
    _, unverified = await a_broker(ctx, state="applied", credit_code="91310000MA00000001")
    _, abroad = await a_broker(ctx, city_code="330200", district_code="330203", credit_code="91330000MA00000002")
    agency, _ = await a_broker(ctx)
    clerk = await city.as_member(ctx, await city.a_member(ctx, agency, role="clerk"))
    codes = []
    for who in (firm, unverified, abroad, clerk):
        answer = await client.post("/v1/supply-intakes", json=an_entry(), headers=who)
        codes.append((answer.status_code, answer.json()["code"]))
    licence = (403, "broker_licence_needed")
    assert codes == [licence, licence, (422, "broker_area"), (403, "member_role_lacks")]
    assert (await client.get("/v1/supply-intakes", headers=firm)).status_code == 403


async def test_a_suspended_agency_acts_for_nobody_and_wishes_stay(ctx: Context, client: Client) -> None:
    """Its people are free; what they want is still in the open; what was only asked is forgotten."""
    await at_noon(ctx)
    agency, broker = await a_broker(ctx)
    await brokered(client, broker)
    await reply(ctx, "1", PHONE)
    asked = await brokered(client, broker, person=a_person(phone="+8613652347007", name="欧阳静"))
    officer = await an_officer(ctx)
    stopped = await client.post(f"/v1/employers/{agency.id}/suspend", json={"reason": "unlawful_work"}, headers=officer)
    assert stopped.status_code == 200, stopped.text
    assert len(await shown(client)) == 1
    assert await value_of(ctx, "select count(*) from brokerages where state = 'ended'") == 2
    assert await value_of(ctx, "select state from supply_intakes where id = :id", id=asked["id"]) == "lapsed"
    assert (await client.get("/v1/brokerages", headers=broker)).status_code == 403


async def test_strangers_find_nothing(ctx: Context, client: Client) -> None:
    """Another worker, another broker, a broker and an officer of another area."""
    await at_noon(ctx)
    _, broker = await a_broker(ctx)
    mine = await brokered(client, broker)
    await reply(ctx, "1", PHONE)
    other = await city.as_worker(ctx, await city.a_worker(ctx))
    _, rival = await a_broker(ctx, name="另一家", credit_code="91310000MA00000003")
    _, abroad = await a_broker(
        ctx, name="外地", city_code="330200", district_code="330203", credit_code="91330000MA00000004"
    )
    officer = await an_officer(ctx, "330200")
    posting = await city.a_posting(ctx, await city.an_employer(ctx))
    brokerage = await value_of(ctx, "select id from brokerages where state = 'active'")
    for who in (other, rival, abroad, officer):
        assert (await client.get(f"/v1/supply-intakes/{mine['id']}", headers=who)).status_code == 404
        assert (await client.get("/v1/supply-intakes", headers=who)).json()["items"] == []
        params = {"on_behalf": "by_phone"} if who is officer else {}
        assert (await move(client, mine, "revoke", who, **params)).status_code == 404
    for who in (rival, abroad):
        path = f"/v1/supply-intakes/{mine['id']}/recommendations"
        answer = await client.post(path, json={"posting_id": str(posting.id)}, headers=who)
        assert answer.status_code == 404
        assert (await client.post(f"/v1/brokerages/{brokerage}/end", headers=who)).status_code == 404
    assert (await client.post(f"/v1/brokerages/{brokerage}/leave", headers=other)).status_code == 404


async def test_a_recommendation_stops_the_clock_and_the_person_hears_of_it(ctx: Context, client: Client) -> None:
    """Recorded once for each posting; blocked employers are not recommended; nobody is signed up."""
    await at_noon(ctx)
    officer = await an_officer(ctx)
    made = await entered(client, officer)
    employer = await city.an_employer(ctx)
    posting = await city.a_posting(ctx, employer)
    path, body = f"/v1/supply-intakes/{made['id']}/recommendations", {"posting_id": str(posting.id)}
    done = await client.post(path, json=body, headers=officer)
    assert (done.status_code, done.json()["state"], done.json()["due_at"]) == (200, "recommended", None)
    assert (await client.post(path, json=body, headers=officer)).json()["code"] == "recommended_before"
    listed = (await client.get(path, headers=officer)).json()["items"]
    assert [(each["posting_id"], each["by"]) for each in listed] == [(str(posting.id), "officer")]
    assert any("推荐" in text for text in await texts(ctx, PHONE))
    assert await value_of(ctx, "select count(*) from applications") == 0
    assert (await client.get("/v1/supply-intakes/tasks", headers=officer)).json()["items"] == []
    me = await city.signed_in(ctx, "worker", person_id=(await person_of(ctx)).id)
    blocked = await city.an_employer(ctx)
    await client.put(f"/v1/workers/me/blocks/{blocked.id}", json={"reason": None}, headers=me)
    apart = {"posting_id": str((await city.a_posting(ctx, blocked)).id)}
    assert (await client.post(path, json=apart, headers=officer)).json()["code"] == "recommendation_not_fit"


async def test_what_nobody_recommends_for_passes_up_in_office_time(ctx: Context, client: Client) -> None:
    """Two office days, Monday noon to Wednesday noon; to the city, then to the province; their officers are told."""
    await at_noon(ctx)
    below, above = await city.an_officer(ctx, regions=("310104",)), await city.an_officer(ctx, regions=("310100",))
    officer, chief = await city.as_staff(ctx, below), await city.as_staff(ctx, above)
    made = await entered(client, officer)
    assert (made["level_code"], made["due_at"]) == ("310104", (NOON + 2 * DAY).isoformat())
    tasks, own = "/v1/supply-intakes/tasks", {"own_level": "true"}
    for params in ({}, own):
        [task] = (await client.get(tasks, headers=officer, params=params)).json()["items"]
        assert task["id"] == made["id"]
    assert (await client.get(tasks, headers=chief, params=own)).json()["items"] == []
    await run_due_at(ctx, NOON + 2 * DAY - timedelta(minutes=1))
    assert await value_of(ctx, "select escalations from supply_intakes") == 0
    await run_due_at(ctx, NOON + 2 * DAY)
    chief = await city.as_staff(ctx, above)
    [task] = (await client.get(tasks, headers=chief, params=own)).json()["items"]
    assert (task["level_code"], task["escalations"]) == ("310100", 1)
    phone = await _staff_phone(ctx, above)
    assert any("超时没有推荐" in text for text in await texts(ctx, phone))
    await run_due_at(ctx, NOON + 4 * DAY)
    assert await value_of(ctx, "select level_code from supply_intakes") == "310000"
    await run_due_at(ctx, NOON + 20 * DAY)
    top = await rows_of(ctx, "select level_code, escalations, state from supply_intakes")
    assert [tuple(each) for each in top] == [("310000", 2, "open")]
    officer = await city.as_staff(ctx, below)
    assert [each["id"] for each in (await client.get(tasks, headers=officer)).json()["items"]] == [made["id"]]


async def _staff_phone(ctx: Context, staff: Any) -> str:
    async with ctx.uow() as uow:
        return uow.accounts.phone_of(await uow.accounts.staff(staff.id))


async def test_somebody_hired_meanwhile_passes_up_to_nobody(ctx: Context, client: Client) -> None:
    """The state is asked again when the time has come."""
    await at_noon(ctx)
    made = await entered(client, await an_officer(ctx))
    employer = await city.an_employer(ctx)
    posting = await city.a_posting(ctx, employer)
    shift = await city.a_shift(ctx, posting, starts=NOON + DAY)
    async with ctx.uow() as uow:
        worker = await uow.workers.lock((await uow.people.by_phone(PHONE))[-1].id)
    await city.an_engagement(ctx, worker, shift, posting)
    await run_due_at(ctx, NOON + 2 * DAY)
    found = "select state, close_reason, escalations from supply_intakes where id = :id"
    assert tuple((await rows_of(ctx, found, id=made["id"]))[0]) == ("closed", "hired", 0)


async def test_an_entry_in_review_is_approved_by_another_officer(ctx: Context, client: Client) -> None:
    """Two pairs of eyes: not by whoever entered it."""
    await at_noon(ctx)
    officer = await an_officer(ctx)
    made = await entered(client, officer, wish=WISH | {"description": "搬家找我，微信同号 13912345678"})
    assert made["supply_state"] == "submitted"
    path = f"/v1/supplies/{made['supply_id']}/publish"
    own = await client.post(path, json={}, headers=officer)
    assert (own.status_code, own.json()["code"]) == (403, "own_entry")
    assert (await client.post(path, json={}, headers=await an_officer(ctx))).json()["state"] == "published"


async def test_revoking_and_confirming_at_once_end_in_one_of_the_two(ctx: Context, client: Client) -> None:
    """Never posted and revoked both, never half."""
    await at_noon(ctx)
    _, broker = await a_broker(ctx)
    for number in range(4):
        phone = f"+861365234801{number}"
        person = a_person(phone=phone, name=f"欧阳{number}", id_number=an_id_number(), birth_date=None)
        made = await brokered(client, broker, person=person)
        me = await city.signed_in(ctx, "worker", person_id=(await person_of(ctx, phone)).id)
        answers = await asyncio.gather(
            move(client, made, "confirm", me), move(client, made, "revoke", broker), move(client, made, "confirm", me)
        )
        state = await value_of(ctx, "select state from supply_intakes where id = :id", id=made["id"])
        public = await value_of(
            ctx, "select count(*) from supplies s join supply_intakes i on i.supply_id = s.id"
            " where i.id = :id and s.state = 'published'", id=made["id"],
        )  # fmt: skip
        assert (state, public) in (("open", 1), ("revoked", 0))
        said = [(each.status_code, each.json().get("code")) for each in answers]
        assert set(said) <= {(200, None), (409, "wrong_state")}, said
        assert said[1][0] == (200 if state == "revoked" else 409)
        confirmed = [said[0][0], said[2][0]].count(200)  # only one of the two can open it
        assert confirmed == 1 if state == "open" else confirmed <= 1


async def test_revoking_while_a_contact_is_accepted(ctx: Context, client: Client) -> None:
    """Neither waits for the other; afterwards nothing of it is in the open and no question is left without an end."""
    await at_noon(ctx)
    worker = await city.a_worker(ctx, name=NAME, phone=PHONE)
    me = await city.as_worker(ctx, worker)
    boss = await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx)))
    officer = await an_officer(ctx)
    made = await entered(client, officer, person=None, worker_id=str(worker.id))
    body = {"supply_id": made["supply_id"], "purpose": "pay"}
    asked = (await client.post("/v1/contact-requests", json=body, headers=boss)).json()["id"]
    answers = await asyncio.gather(
        move(client, made, "revoke", me), client.post(f"/v1/contact-requests/{asked}/accept", headers=me)
    )
    assert answers[0].status_code == 200
    assert (answers[1].status_code, answers[1].json().get("code")) in ((200, None), (409, "wrong_state")), answers[
        1
    ].text
    assert await shown(client) == []
    state = await value_of(ctx, "select state from contact_requests where id = :id", id=asked)
    assert state == ("accepted" if answers[1].status_code == 200 else "lapsed")


async def test_no_column_can_hold_a_charge(ctx: Context) -> None:
    """Free by construction, on both sides and for brokers."""
    found = await rows_of(
        ctx,
        "select table_name, column_name from information_schema.columns where table_name in"
        " ('supply_intakes', 'demand_intakes', 'brokerages', 'recommendations', 'contact_requests')"
        " and (column_name ~ '(fee|charge|price|fen|amount|commission)' or data_type in ('numeric', 'bigint'))",
    )
    assert found == []


async def test_a_brokers_day_has_an_end_and_a_phone_is_not_flooded(ctx: Context, client: Client) -> None:
    """A third text to one phone on one day is not sent, and the answer does not tell."""
    await at_noon(ctx)
    _, broker = await a_broker(ctx)
    rows = [await brokered(client, broker, person=a_person(name=f"欧阳{name}")) for name in "甲乙丙"]
    assert {row["state"] for row in rows} == {"asked"}
    assert sum("劳务经纪人" in text for text in await texts(ctx, PHONE)) == 2


async def test_an_own_supply_is_no_intake(ctx: Context, client: Client) -> None:
    """What people post themselves passes up to nobody."""
    await at_noon(ctx)
    await a_supply(ctx, await city.a_worker(ctx))
    assert (await client.get("/v1/supply-intakes/tasks", headers=await an_officer(ctx))).json()["items"] == []


async def test_a_merged_record_takes_entries_along_and_ends_what_was_live_with_others(
    ctx: Context, client: Client
) -> None:
    """The kept record has intakes and past contacts; brokers and people who talk to the other ask anew."""
    await at_noon(ctx)
    _, broker = await a_broker(ctx)
    made = await brokered(client, broker)
    await reply(ctx, "1", PHONE)
    gone, kept = (await person_of(ctx)).id, await city.a_worker(ctx, name=NAME, phone="+8613652347030")
    boss = await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx)))
    supply_id = (await client.get(f"/v1/supply-intakes/{made['id']}", headers=broker)).json()["supply_id"]
    asked = await client.post("/v1/contact-requests", json={"supply_id": supply_id, "purpose": "pay"}, headers=boss)
    assert asked.status_code == 201, asked.text
    officer = await an_officer(ctx)
    body = {"into": str(kept.id), "basis": "seen_id_card"}
    merged = await client.post(f"/v1/people/{gone}/merge", json=body, headers=officer)
    assert merged.status_code == 200, merged.text
    owners = await rows_of(
        ctx, "select person_id, state from supply_intakes union all select worker_id, state from contact_requests"
    )
    assert sorted(map(tuple, owners), key=str) == sorted([(kept.id, "open"), (kept.id, "asked")], key=str)
    assert await rows_of(ctx, "select unheard from contact_requests") == [(True,)]
    tie = await rows_of(ctx, "select person_id, state from brokerages")
    assert [tuple(each) for each in tie] == [(kept.id, "ended")]
    assert await shown(client) == [supply_id]


@pytest.mark.parametrize("way", ["revoke", "leave", "consent"])
async def test_what_is_held_can_be_taken_back(ctx: Context, client: Client, way: str) -> None:
    """Revoked, the broker left, the consent withdrawn: the held posting is withdrawn and its hold ends with it."""
    await at_noon(ctx)
    _, broker = await a_broker(ctx)
    made = await brokered(client, broker)
    await reply(ctx, "1", PHONE)
    seen = (await client.get(f"/v1/supply-intakes/{made['id']}", headers=broker)).json()
    why = {"reason": "unsafe", "sentence": None}
    held = await client.post(f"/v1/supplies/{seen['supply_id']}/hold", json=why, headers=await an_officer(ctx))
    assert held.status_code == 201, held.text
    me = await city.signed_in(ctx, "worker", person_id=(await person_of(ctx)).id)
    if way == "revoke":
        done = await move(client, made, "revoke", me)
    elif way == "leave":
        [mine] = (await client.get("/v1/brokerages", headers=me)).json()["items"]
        done = await client.post(f"/v1/brokerages/{mine['id']}/leave", headers=me)
    else:
        done = await client.delete("/v1/me/consents/proxy_intake", headers=me)
    assert done.is_success, done.text
    assert await value_of(ctx, "select state from supply_intakes where id = :id", id=made["id"]) == "revoked"
    [left] = await rows_of(ctx, "select state, paused_by, paused_before from supplies")
    assert tuple(left) == ("withdrawn", None, None)
    assert await value_of(ctx, "select state from holds") == "ended"


async def test_a_district_officer_recommends_and_reviews_in_the_own_district_and_in_no_other(
    ctx: Context, client: Client
) -> None:
    """A wish for two districts is both districts' work: entry, posting, review, hold, appeal; a third finds nothing."""
    await at_noon(ctx)
    wish = WISH | {"district_codes": ["310104", "310115"], "description": "搬家找我，微信同号 13912345678"}
    made = await entered(client, await an_officer(ctx), wish=wish)
    near, far = await an_officer(ctx, "310115"), await an_officer(ctx, "310101")
    one, supply = f"/v1/supply-intakes/{made['id']}", f"/v1/supplies/{made['supply_id']}"
    for who, status, waiting in ((near, 200, [made["supply_id"]]), (far, 404, [])):
        assert (await client.get(one, headers=who)).status_code == status
        assert (await client.get(supply, headers=who)).status_code == status
        assert (await client.get(f"{supply}/decisions", headers=who)).status_code == status
        listed = (await client.get("/v1/supplies/review", headers=who)).json()["items"]
        assert [each["id"] for each in listed] == waiting
        queue = (await client.get("/v1/reviews", headers=who)).json()["items"]
        assert [each["subject"]["id"] for each in queue] == waiting
        assert (await client.get("/v1/reviews/counts", headers=who)).json()["total"]["open"] == len(waiting)
        for each in queue:
            assert (await client.get(f"/v1/reviews/{each['id']}", headers=who)).status_code == 200
    for who, status in ((far, 404), (near, 200)):
        assert (await client.post(f"{supply}/publish", json={}, headers=who)).status_code == status
    employer = await city.an_employer(ctx)
    body = {"posting_id": str((await city.a_posting(ctx, employer)).id)}
    for who, status in ((far, 404), (near, 200)):
        assert (await client.post(f"{one}/recommendations", json=body, headers=who)).status_code == status
    why = {"reason": "unsafe", "sentence": None}
    for who, status in ((far, 404), (near, 201)):
        held = await client.post(f"{supply}/hold", json=why, headers=who)
        assert held.status_code == status
    hold, second = f"/v1/holds/{held.json()['id']}", await an_officer(ctx, "310104")
    for who, status, found in ((far, 404, 0), (near, 200, 1), (second, 200, 1)):
        assert (await client.get(hold, headers=who)).status_code == status
        assert len((await client.get("/v1/holds", headers=who)).json()["items"]) == found
        assert (await client.get("/v1/holds/counts", headers=who)).json()["open"] == found
    for who, status in ((far, 404), (near, 409), (second, 200)):
        assert (await client.post(f"{hold}/confirm", json={"reason": "other"}, headers=who)).status_code == status
    owner = await city.signed_in(ctx, "worker", person_id=(await person_of(ctx)).id)
    filed = await client.post(f"{supply}/appeals", json={"words": "号码是客人自己要的"}, headers=owner)
    assert filed.status_code == 201, filed.text
    appeal, third = f"/v1/appeals/{filed.json()['id']}", await an_officer(ctx, "310104")
    for who, status, found in ((far, 404, 0), (third, 200, 1)):
        assert (await client.get(appeal, headers=who)).status_code == status
        assert len((await client.get("/v1/appeals", headers=who)).json()["items"]) == found
        decided = await client.post(f"{appeal}/decide", json={"outcome": "grant"}, headers=who)
        assert decided.status_code == status, decided.text


async def test_the_clock_runs_only_while_the_wish_is_in_the_open(ctx: Context, client: Client) -> None:
    """In review no task and no text to anybody; published it has its time; held it stops; lifted it has it anew."""
    await at_noon(ctx)
    made = await entered(client, await an_officer(ctx), wish=WISH | {"description": "微信同号 13912345678"})
    assert (made["supply_state"], made["due_at"]) == ("submitted", None)
    await run_due_at(ctx, NOON + 3 * DAY)
    below = await an_officer(ctx, "310104")
    assert (await client.get("/v1/supply-intakes/tasks", headers=below)).json()["items"] == []
    assert await value_of(ctx, "select escalations from supply_intakes") == 0
    supply = f"/v1/supplies/{made['supply_id']}"
    published = await client.post(f"{supply}/publish", json={}, headers=await an_officer(ctx))
    assert published.json()["state"] == "published"
    [task] = (await client.get("/v1/supply-intakes/tasks", headers=below)).json()["items"]
    assert (task["id"], task["due_at"] is not None) == (made["id"], True)
    held = await client.post(f"{supply}/hold", json={"reason": "unsafe", "sentence": None}, headers=below)
    assert held.status_code == 201, held.text
    await run_due_at(ctx, NOON + 9 * DAY)
    [stopped] = await rows_of(ctx, "select escalations, due_at, state from supply_intakes")
    assert tuple(stopped) == (0, None, "open")
    lifted = await client.post(f"/v1/holds/{held.json()['id']}/lift", headers=await an_officer(ctx))
    assert lifted.status_code == 200, lifted.text
    await run_due_at(ctx, NOON + 13 * DAY)
    assert await value_of(ctx, "select escalations from supply_intakes") == 1


async def test_what_may_no_longer_be_posted_waits_on_and_the_person_hears(ctx: Context, client: Client) -> None:
    """The age is stated, the wish's trade is gone: the number is taken, nothing half is left, a message says so."""
    await at_noon(ctx)
    _, broker = await a_broker(ctx)
    made = await brokered(client, broker, person=a_person(id_number=None, birth_date="1980-05-01"))
    await reply(ctx, "1", PHONE)
    async with ctx.uow() as uow:
        row = (await uow.intakes.supplies_of((await uow.people.by_phone(PHONE))[-1].id))[0]
        row.wish = dict(row.wish or {}) | {"trades": ["no_such_trade"]}
    person = await person_of(ctx)
    me = await city.signed_in(ctx, "worker", person_id=person.id)
    stated = await client.post("/v1/workers/me/identity", json={"id_number": an_id_number()}, headers=me)
    assert stated.status_code == 200, stated.text
    seen = (await client.get(f"/v1/supply-intakes/{made['id']}", headers=broker)).json()
    assert (seen["state"], seen["supply_id"]) == ("held", None)
    assert await value_of(ctx, "select count(*) from supplies") == 0
    assert any("现在不能发布" in text for text in await texts(ctx, PHONE))
