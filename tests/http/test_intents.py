"""Who may be considered for lending, over HTTP: asked by number, agreed, compared, taken back, over."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.worktime import at_local, end_of_day
from tests.builders import city
from tests.builders.applications import breaches, rows_of, run_due_at, value_of
from tests.builders.balances import a_balance, a_firm, an_agency
from tests.builders.deals import a_deal, a_lent
from tests.builders.intents import WORDING, days_of, some_staff

Client = httpx2.AsyncClient
UNSAID = ("words", "home_district_code", "radius_m", "accepts", "days_off")


async def test_asked_by_number_agreed_and_compared(ctx: Context, client: Client) -> None:
    """The person finds the question by the proved number with the words in force, says yes with what may be used, and
    the firm reads a masked name with every part of the score in sentences; nothing of what was said is told to it."""
    staff = await some_staff(ctx, client, asks=["night_work"])
    made = await staff.ask()
    assert (made["state"], made["name"], made["phone"]) == ("asked", "张*", "137****0000")
    mine = (await staff.send("GET", "/workers/me/intents", "person0"))["items"][0]
    assert (mine["id"], mine["words"]["version"]) == (made["id"], WORDING)
    assert mine["possible"] == ["agree", "refuse"]
    assert (await staff.send("GET", "/workers/me/intents", "person1"))["items"] == []
    off = days_of(staff.today, 5)
    english = staff.headers["person0"] | {"accept-language": "en"}
    told = (await client.get("/v1/messages", headers=english)).json()["items"]
    assert any("(Dishwashing)" in each["text"] for each in told), told
    yes = await staff.answer(
        made, "agree", home_district_code="310112", accepts=["night_work"], days_off=off, radius_m=50_000
    )
    assert (yes["state"], yes["home_district_code"], yes["days_off"]) == ("agreed", "310112", off)
    twice = await client.post(f"/v1/intents/{made['id']}/agree", json={"text_version": WORDING}, headers=english)
    assert twice.json()["detail"].startswith("Not possible: it is agreed to now")
    seen = await staff.send("GET", f"/intents/{made['id']}", "firm")
    assert (seen["state"], seen["wording"]) == ("agreed", WORDING)
    assert all(seen[name] is None for name in UNSAID)
    found = await staff.considered()
    (one,) = found["items"]
    assert (found["considered"], one["intent_id"], one["name"]) == (1, made["id"], "张*")
    parts = {part["name"]: part for part in one["score"]["parts"]}
    assert parts["period"]["facts"]["days_off"] == 1
    assert "除去不能去的 1 天" in parts["period"]["text"]
    assert [each["code"] for each in one["hindrances"]] == ["period"]  # all days are asked for
    assert one["hindrances"][0]["text"]
    assert (await staff.send("GET", f"/balances/{staff.surplus.id}/matches", "firm"))["agreed"] == 1
    assert await breaches(ctx) == []


async def test_who_fits_comes_before_who_is_hindered(ctx: Context, client: Client) -> None:
    """One accepts what is asked and lives near, one does not accept it, one lives too far away; twice the same."""
    staff = await some_staff(ctx, client, asks=["heights"])
    near = await staff.agreed(0, accepts=["heights"], home_district_code="310104")
    shy = await staff.agreed(1, home_district_code="310104")
    far = await staff.agreed(2, accepts=["heights"], home_district_code="310151", radius_m=1_000)
    found = await staff.considered()
    assert found["items"][0]["intent_id"] == near["id"]
    codes = {each["intent_id"]: [one["code"] for one in each["hindrances"]] for each in found["items"]}
    assert codes == {near["id"]: [], shy["id"]: ["asks"], far["id"]: ["out_of_reach"]}
    assert (found["considered"], found["fitting"]) == (3, 1)
    assert [each["fits"] for each in found["items"]] == [True, False, False]
    again = await staff.considered("officer")
    assert again["items"] == found["items"]
    assert len((await staff.considered(limit=1))["items"]) == 1
    plain = await staff.send("GET", f"/balances/{staff.surplus.id}/people", "firm")
    assert [each["intent_id"] for each in plain["items"]] == [near["id"], shy["id"], far["id"]]
    assert all(each["score"] is None and each["fits"] is None for each in plain["items"])


async def test_nobody_sees_who_did_not_agree(ctx: Context, client: Client) -> None:
    """Asked, refused and lapsed people are in no comparison, and a no reads like silence before and after its time."""
    staff = await some_staff(ctx, client)
    silent, no = await staff.ask(0), await staff.ask(1)
    assert (await staff.answer(no, "refuse", 1))["state"] == "refused"
    assert (await staff.considered())["items"] == []
    path = f"/balances/{staff.surplus.id}/intents"

    async def read() -> list[Any]:
        items = (await staff.send("GET", path, "firm"))["items"]
        return [{name: each[name] for name in each if name not in ("id", "phone", "answer_by")} for each in items]

    one, other = await read()
    assert one == other
    assert (one["state"], one["ended_at"]) == ("asked", None)
    again = await staff.ask(1, status=409)
    assert again["code"] == (await staff.ask(0, status=409))["code"] == "intent_asked_already"
    told = (await staff.send("GET", "/messages", "firm"))["items"]
    assert not [each for each in told if each["template"].startswith("intent.")]
    await run_due_at(ctx, at_local(staff.today + timedelta(days=8), 1))
    staff.headers["firm"] = await city.as_member(ctx, await city.a_member(ctx, staff.firm))
    one, other = await read()
    assert one == other
    assert one["state"] == "lapsed"
    assert await value_of(ctx, f"select state from intents where id = '{silent['id']}'") == "lapsed"
    assert (await staff.ask(1))["state"] == "asked"
    assert await breaches(ctx) == []


async def test_a_yes_taken_back_counts_at_once(ctx: Context, client: Client) -> None:
    """No reason is asked; the consent ends with the last yes, and taking the consent back ends every yes."""
    staff = await some_staff(ctx, client)
    made = await staff.agreed()
    assert len((await staff.considered())["items"]) == 1
    gone = await staff.answer(made, "withdraw")
    assert (gone["state"], gone["possible"]) == ("withdrawn", [])
    listed = await staff.send("GET", f"/balances/{staff.surplus.id}/intents", "firm")
    alone = await staff.send("GET", f"/intents/{made['id']}", "firm")
    assert listed["items"] == [alone]
    names = ("state", "name", "phone", "agreed_at", "wording")
    assert [alone[name] for name in names] == ["withdrawn", None, None, None, None]
    assert (await staff.send("GET", f"/intents/{made['id']}", "officer"))["name"] == "张*"
    assert (await staff.considered())["items"] == []
    assert (await staff.send("GET", f"/balances/{staff.surplus.id}/matches", "firm"))["agreed"] == 0
    live = "select count(*) from consents where scope = 'lending_intent' and withdrawn_at is null"
    assert await value_of(ctx, live) == 0
    again = await staff.agreed()
    assert await value_of(ctx, live) == 1
    taken = await client.delete("/v1/me/consents/lending_intent", headers=staff.headers["person0"])
    assert taken.status_code == 200, taken.text
    assert (await staff.considered())["items"] == []
    assert (await staff.send("GET", f"/intents/{again['id']}", "person0"))["state"] == "withdrawn"
    assert (await staff.answer(again, "withdraw", status=409))["code"] == "wrong_state"
    assert await breaches(ctx) == []


async def test_the_answer_never_tells_whether_a_number_has_somebody(ctx: Context, client: Client) -> None:
    """The same for a number that nobody has, but for its digits; and a number is asked so often a day."""
    staff = await some_staff(ctx, client)
    known, nobody = await staff.ask(0), await staff.ask(0, phone="13719990000")
    differ = {"id", "phone", "answer_by"}
    assert {k: v for k, v in known.items() if k not in differ} == {k: v for k, v in nobody.items() if k not in differ}
    for _ in range(2):
        await staff.answer(await staff.ask(1), "agree", 1)
        mine = (await staff.send("GET", "/workers/me/intents", "person1"))["items"][0]
        await staff.answer(mine, "withdraw", 1)
    await staff.ask(1)
    newest = (await staff.send("GET", "/workers/me/intents", "person1"))["items"][0]
    await staff.answer(newest, "agree", 1)
    await staff.answer(newest, "withdraw", 1)
    assert (await staff.ask(1, status=429))["code"] == "intent_asks_a_day"


async def test_the_other_firm_and_strangers_see_nothing(ctx: Context, client: Client) -> None:
    """The borrower, another firm and an officer of another place get 404 on every door, as for nothing; the borrower's
    own matches hold no count; a shortage is no surplus."""
    staff = await some_staff(ctx, client)
    made = await staff.agreed()
    staff.headers["third"] = (await a_firm(ctx, address="三路3号"))[1]
    staff.headers["elsewhere"] = await city.as_staff(ctx, await city.an_officer(ctx, regions=("640000",)))
    doors = (
        f"/balances/{staff.surplus.id}/people", f"/balances/{staff.surplus.id}/intents", f"/intents/{made['id']}",
    )  # fmt: skip
    for who in ("borrower", "third", "elsewhere"):
        for door in doors:
            await staff.send("GET", door, who, status=404)
    for who in ("borrower", "third"):
        await staff.ask(1, who=who, status=404)
    await staff.send("GET", f"/intents/{made['id']}", "person1", status=404)
    await staff.answer(made, "withdraw", 1, status=404)
    await staff.send("GET", f"/balances/{staff.shortage.id}/people", "borrower", status=404)
    theirs = await staff.send("GET", f"/balances/{staff.shortage.id}/matches", "borrower")
    assert theirs["agreed"] is None
    assert made["id"] not in str(theirs)
    public = (await client.get(f"/v1/balances/{staff.surplus.id}")).json()
    assert "agreed" not in public


async def test_the_agency_of_a_surplus_reads_a_count_and_nobody(ctx: Context, client: Client) -> None:
    """It publishes headcounts for the firm; people are asked and seen by their employer."""
    staff = await some_staff(ctx, client)
    agency, staff.headers["agency"] = await an_agency(ctx)
    boss = await value_of(ctx, f"select person_id from members where employer_id = '{staff.firm.id}'")
    tie = f"agency_id = '{agency.id}', agreed_at = created_at, agreed_by = '{boss}'"
    await rows_of(ctx, f"update balances set {tie} where id = '{staff.surplus.id}' returning id")
    made = await staff.agreed()
    assert (await staff.send("GET", f"/balances/{staff.surplus.id}/matches", "agency"))["agreed"] == 1
    await staff.considered("agency", status=404)
    await staff.ask(1, who="agency", status=404)
    for door in (f"/balances/{staff.surplus.id}/intents", f"/intents/{made['id']}"):
        await staff.send("GET", door, "agency", status=404)


async def test_asked_and_answered_at_once_there_is_one_of_each(ctx: Context, client: Client) -> None:
    """Of five questions to one number at a time one stands; of yes and no at a time one counts."""
    staff = await some_staff(ctx, client)
    body = {"phone": staff.phones[0], "name": "张三"}
    path = f"/v1/balances/{staff.surplus.id}/intents"
    asked = [client.post(path, json=body, headers=staff.headers["firm"]) for _ in range(5)]
    assert sorted([each.status_code for each in await asyncio.gather(*asked)]) == [201, 409, 409, 409, 409]
    mine = (await staff.send("GET", "/workers/me/intents", "person0"))["items"][0]["id"]
    said = [
        client.post(f"/v1/intents/{mine}/{verb}", json=sent, headers=staff.headers["person0"])
        for verb, sent in (("agree", {"text_version": WORDING}), ("refuse", None)) * 2
    ]
    assert sorted([each.status_code for each in await asyncio.gather(*said)]) == [200, 409, 409, 409]
    assert await breaches(ctx) == []


async def test_only_who_decides_for_the_firm_asks_and_reads(ctx: Context, client: Client) -> None:
    """A clerk does neither."""
    staff = await some_staff(ctx, client)
    clerk = await city.a_member(ctx, staff.firm, role="clerk", phone="+8613600000077")
    staff.headers["clerk"] = await city.as_member(ctx, clerk)
    assert (await staff.ask(who="clerk", status=403))["code"] == "member_role_lacks"
    await staff.considered("clerk", status=403)


async def test_a_shortage_that_one_side_does_not_want_is_not_there(ctx: Context, client: Client) -> None:
    """For the firm it is missing, as an unknown or a hidden one; an officer reads the hindrance."""
    staff = await some_staff(ctx, client)
    await staff.agreed()
    refusing = await a_balance(ctx, staff.borrower, "shortage", blocked_firms=[str(staff.firm.id)])
    hidden = await a_balance(ctx, staff.borrower, "shortage", state="draft")
    for row in (refusing, hidden, staff.surplus):
        await staff.considered(status=404, **{"for": str(row.id)})
    found = await staff.considered("officer", **{"for": str(refusing.id)})
    assert "blocked_firm" in [each["code"] for each in found["items"][0]["hindrances"]]


async def test_age_and_the_own_firms_lendings_hinder_and_others_are_not_told(ctx: Context, client: Client) -> None:
    """A minor for a trade of adults, and who is lent by the firm in these days; what somebody does for another firm is
    none of the own firm's business."""
    staff = await some_staff(ctx, client, trade="security_guard")
    await rows_of(ctx, f"update balances set trade = 'security_guard' where id = '{staff.surplus.id}' returning id")
    young, lent, elsewhere = [await staff.agreed(at) for at in range(3)]
    await rows_of(ctx, f"update workers set adult_from = '2030-01-01' where id = '{staff.people[0].id}' returning id")
    days = {"state": "running"}
    await a_lent(ctx, await a_deal(ctx, staff.firm, staff.borrower, **days), staff.people[1], state="working")
    await a_lent(ctx, await a_deal(ctx, staff.borrower, staff.firm, **days), staff.people[2], state="working")
    found = await staff.considered()
    codes = {each["intent_id"]: [one["code"] for one in each["hindrances"]] for each in found["items"]}
    assert codes[lent["id"]] == ["lent_already"]
    assert codes[elsewhere["id"]] == []
    assert codes[young["id"]] == ["adults_only"]
    assert all(one["text"] for each in found["items"] for one in each["hindrances"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text_version": "2020-01-01"}, "consent_text_old"),
        ({"home_district_code": "310100"}, "district_expected"),
        ({"accepts": ["meals"]}, "condition_unknown"),
        ({"days_off": ["2020-01-01"]}, "intent_day_outside"),
    ],
)
async def test_what_a_yes_may_not_say(ctx: Context, client: Client, body: dict[str, Any], code: str) -> None:
    """422 naming the field, and nobody is considered."""
    staff = await some_staff(ctx, client, people=1)
    made = await staff.ask()
    assert (await staff.answer(made, "agree", status=422, **body))["code"] == code
    assert (await staff.considered())["items"] == []


async def test_at_the_counter_with_the_persons_yes(ctx: Context, client: Client) -> None:
    """An officer who sees the person enters the yes and takes it back, saying how it was given; the log names both."""
    staff = await some_staff(ctx, client)
    made = await staff.ask()
    body = {"text_version": WORDING, "home_district_code": "310104"}
    path = f"/intents/{made['id']}/agree"
    assert (await staff.send("POST", path, "officer", body, status=422))["code"] == "on_behalf_needed"
    await staff.answer(made, "agree", who="officer", home_district_code="310104")
    log = f"select on_behalf_of, channel from transitions where entity_id = '{made['id']}' and action = 'agree'"
    assert [tuple(line) for line in await rows_of(ctx, log)] == [(staff.people[0].id, "at_counter")]
    assert len((await staff.considered())["items"]) == 1
    await staff.answer(made, "withdraw", who="officer")
    assert (await staff.considered())["items"] == []


async def test_with_the_surplus_everything_ends(ctx: Context, client: Client) -> None:
    """Withdrawn by its firm: questions lapse, yeses end, and who had agreed is told; nobody is asked about it again."""
    staff = await some_staff(ctx, client)
    yes, open_ = await staff.agreed(0), await staff.ask(1)
    await staff.send("POST", f"/balances/{staff.surplus.id}/withdraw", "firm")
    assert (await staff.send("GET", f"/intents/{yes['id']}", "person0"))["state"] == "ended"
    assert (await staff.send("GET", f"/intents/{open_['id']}", "person1"))["state"] == "lapsed"
    told = [each["template"] for each in (await staff.send("GET", "/messages", "person0"))["items"]]
    assert "intent.ended" in told
    assert (await staff.ask(2, status=409))["code"] == "intent_surplus_over"
    assert (await staff.answer(open_, "agree", 1, status=409))["code"] == "wrong_state"
    assert (await staff.considered())["items"] == []
    assert await breaches(ctx) == []


async def test_with_the_last_day_everything_ends(ctx: Context, client: Client) -> None:
    """The surplus expires, and the yes with it."""
    staff = await some_staff(ctx, client)
    yes = await staff.agreed()
    await run_due_at(ctx, end_of_day(staff.surplus.last_day) + timedelta(minutes=1))
    assert await value_of(ctx, f"select state from intents where id = '{yes['id']}'") == "ended"
    assert await breaches(ctx) == []


async def test_a_surplus_that_grows_ends_the_yes_to_less(ctx: Context, client: Client) -> None:
    """Fewer days and other words leave it; a day more ends it, the person is told and may be asked anew."""
    staff = await some_staff(ctx, client, people=1)
    made = await staff.agreed()
    path = f"/v1/balances/{staff.surplus.id}"

    async def change(version: int, **body: Any) -> None:
        seen = staff.headers["firm"] | {"if-match": f'"{version}"'}
        answer = await client.patch(path, json=body, headers=seen)
        assert answer.status_code == 200, answer.text

    await change(1, words="熟手", last_day=days_of(staff.today, 20)[0])
    assert (await staff.send("GET", f"/intents/{made['id']}", "person0"))["state"] == "agreed"
    await change(2, last_day=days_of(staff.today, 31)[0])
    assert (await staff.send("GET", f"/intents/{made['id']}", "person0"))["state"] == "ended"
    told = [each["template"] for each in (await staff.send("GET", "/messages", "person0"))["items"]]
    assert "intent.changed" in told
    assert (await staff.considered())["items"] == []
    assert (await staff.ask())["state"] == "asked"
    assert await breaches(ctx) == []


async def test_a_deal_asks_somebody_who_has_agreed(ctx: Context, client: Client) -> None:
    """With the intent instead of number and name; not one that was taken back, nor one of another firm."""
    staff = await some_staff(ctx, client)
    yes, gone = await staff.agreed(0), await staff.agreed(1)
    await staff.answer(gone, "withdraw", 1)
    deal = await a_deal(ctx, staff.firm, staff.borrower, state="firms_agreed")
    other = await a_deal(ctx, staff.borrower, staff.firm, state="firms_agreed")
    asked = {"intent_id": yes["id"], "relation": "labour_contract", "contract_open_ended": True}
    path = f"/deals/{deal.id}/people"
    made = await staff.send("POST", path, "firm", asked, status=201)
    assert (made["state"], made["name"], made["phone"]) == ("asked", "张*", "137****0000")
    lendings = (await staff.send("GET", "/workers/me/lent", "person0"))["items"]
    assert [each["id"] for each in lendings] == [made["id"]]
    refused = await staff.send("POST", path, "firm", asked | {"intent_id": gone["id"]}, status=409)
    assert refused["code"] == "intent_not_agreed"
    await staff.send("POST", f"/deals/{other.id}/people", "borrower", asked, status=404)
    nobody = {name: value for name, value in asked.items() if name != "intent_id"}
    await staff.send("POST", path, "firm", nobody, status=422)
