"""Days and money of shared labour over HTTP: entered, objected to, stated, paid in two legs, corrected, claimed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import httpx2
from sqlalchemy import text

from service.context import Context
from service.followups.usecases.opening import open_due
from service.worktime import at_local
from tests.builders.applications import breaches
from tests.builders.deals import Firms
from tests.builders.settlements import BEGINS, MONDAY, as_planned, firms_on_monday, goes_to, legs_of, money
from tests.http.test_deals import mine

Client = httpx2.AsyncClient
DAY = timedelta(days=1)
DAILY: dict[str, Any] = {"pay_unit": "day", "pay_fen": 20_000}
PAID_ON = {"paid_on": "2026-12-09"}


async def running(ctx: Context, client: Client, people: int = 2, **terms: Any) -> tuple[Firms, Any]:
    """A lending from 30 November to 13 December, begun."""
    firms = await firms_on_monday(ctx, client)
    deal = await firms.signed(people=people, **(DAILY | terms))
    await goes_to(firms, BEGINS)
    return firms, deal


async def pay(firms: Firms, leg: Any, who: str, on: date, amount: int | None = None, *, status: int = 200) -> Any:
    """The payer says that it was paid."""
    body = {"amount_fen": amount or leg["owed_fen"], "paid_on": str(on), "reference": "流水 0001"}
    return await money(firms, "POST", f"/settlement-legs/{leg['id']}/pay", who, body, status=status)


async def confirm(firms: Firms, leg: Any, who: str, *, query: str = "", **body: Any) -> Any:
    """The payee says that it has come."""
    return await money(firms, "POST", f"/settlement-legs/{leg['id']}/confirm{query}", who, body)


async def test_from_one_tap_a_day_to_a_closed_deal(ctx: Context, client: Client) -> None:
    """A foreman enters days as planned; both months are stated; the borrower gives back wages and costs, the lender
    pays in full; with the last money confirmed and everybody back the deal is settled, and closed after its days."""
    firms, deal = await running(ctx, client)
    entered = (await as_planned(firms, deal, BEGINS))["items"]
    assert [(each["kind"], each["minutes"], each["stands"]) for each in entered] == [("worked", 480, False)] * 2
    again = (await as_planned(firms, deal, BEGINS))["items"]
    assert [each["id"] for each in again] == [each["id"] for each in entered]
    await goes_to(firms, date(2026, 12, 1))
    statement = await firms.send("GET", f"/deals/{deal['id']}/statement?month=2026-11", "lender")
    wrong = await firms.send("GET", f"/deals/{deal['id']}/statement?month=2026-11-1", "lender", status=422)
    assert [(each["pointer"], each["code"]) for each in wrong["errors"]] == [("query:month", "month_format")]
    assert (statement["wage_fen"], statement["edition"], statement["stated_on"]) == (40_000, 1, "2026-12-01")
    assert statement["firm_fen"] == 40_000 + statement["cost_fen"]
    assert statement["cost_fen"] == 2 * 7_143  # 150000 x 1 / 21 planned days, each
    for step in range(9):
        if (BEGINS + (step + 1) * DAY).weekday() < 5:
            await goes_to(firms, BEGINS + (step + 1) * DAY, 1080)
            await as_planned(firms, deal, BEGINS + (step + 1) * DAY)
    november = {each["kind"]: each for each in await legs_of(firms, "lender")}
    assert (november["firm"]["due_on"], november["wage"]["due_on"]) == ("2026-12-10", "2026-12-15")
    assert november["wage"]["possible"] == ["pay"]
    await goes_to(firms, date(2026, 12, 14))
    assert (await firms.read(deal))["state"] == "returning"
    for who in ("person0", "person1"):
        own = await mine(firms, int(who[-1]))
        await firms.send("POST", f"/lent/{own['id']}/take-back", "lender")
    await goes_to(firms, date(2026, 12, 17))
    assert (await firms.read(deal))["state"] == "returning"
    december = await firms.send("GET", f"/deals/{deal['id']}/statement", "borrower")
    assert (december["month"], december["wage_fen"]) == ("2026-12-01", 2 * 9 * 20_000)
    assert [each["kind"] for each in december["legs"]] == ["firm"]
    for leg in await legs_of(firms, "borrower"):
        assert (await pay(firms, leg, "borrower", date(2026, 12, 16)))["state"] == "paid_by_payer"
        assert (await confirm(firms, leg, "lender"))["state"] == "settled"
    for at in (0, 1):
        for leg in await legs_of(firms, f"person{at}"):
            await pay(firms, leg, "lender", date(2026, 12, 16))
            assert (await confirm(firms, leg, f"person{at}"))["state"] == "settled"
    await goes_to(firms, date(2026, 12, 17), 120)
    assert (await firms.read(deal))["state"] == "settled"
    await goes_to(firms, date(2027, 1, 1))
    closed = await firms.read(deal)
    assert (closed["state"], closed["end_reason"]) == ("closed", "all_settled")
    assert (await as_planned(firms, deal, date(2026, 12, 11), status=409))["code"] == "deal_not_open"
    assert await breaches(ctx) == []


async def test_what_cannot_be_entered(ctx: Context, client: Client) -> None:
    """Tomorrow, a day outside the lending, twice, for another firm's deal, by the lender, work without time."""
    firms, deal = await running(ctx, client)
    lent = await mine(firms)
    path = f"/deals/{deal['id']}/days"

    async def refused(who: str, day: date, status: int, kind: str = "worked", minutes: int = 480) -> str:
        people = [{"lent_id": lent["id"], "kind": kind, "minutes": minutes}]
        answer = await firms.send("POST", path, who, {"day": str(day), "people": people}, status=status)
        return str(answer.get("code"))

    assert await refused("borrower", BEGINS + DAY, 422) == "lent_day_future"
    assert await refused("borrower", MONDAY, 422) == "lent_day_outside"
    assert await refused("borrower", BEGINS, 422, "worked", 0) == "lent_day_minutes"
    assert await refused("borrower", BEGINS, 422, "sick", 10) == "lent_day_minutes"
    assert await refused("lender", BEGINS, 404) == "not_found"
    assert await refused("person0", BEGINS, 403) == "role_lacks_operation"
    assert await refused("borrower", BEGINS, 200) == "None"
    assert await refused("borrower", BEGINS, 409) == "lent_day_entered"
    other = await firms.agreed()
    body = {"day": str(BEGINS), "people": [{"lent_id": lent["id"], "minutes": 480}]}
    early = await firms.send("POST", f"/deals/{other['id']}/days", "borrower", body, status=409)
    assert early["code"] == "deal_not_open"
    stranger = {"day": str(BEGINS), "people": [{"lent_id": other["id"], "minutes": 480}]}
    await firms.send("POST", path, "borrower", stranger, status=404)
    body = {"day": str(BEGINS), "people": [], "as_planned": False}
    assert (await firms.send("POST", path, "borrower", body, status=422))["code"] == "lent_nobody"


async def test_a_person_objects_and_it_is_put_right_in_sight(ctx: Context, client: Client) -> None:
    """Objected to before the month is stated, put right afterwards: a new edition beside the old, the wage leg follows;
    a second objection is decided by an officer; what nobody objects to stands."""
    firms, deal = await running(ctx, client)
    lent = await mine(firms)
    short = [{"lent_id": lent["id"], "kind": "worked", "minutes": 240}]
    entered = (await as_planned(firms, deal, BEGINS, short))["items"]
    day = next(each for each in entered if each["lent_id"] == lent["id"])
    path = f"/lent-days/{day['id']}"
    await firms.send("POST", f"{path}/object", "person1", {"reason": "hours_differ"}, status=404, if_match='"1"')
    told = {"reason": "hours_differ", "minutes": 480}
    await firms.send("POST", f"{path}/object", "person0", told, status=428)
    await firms.send("POST", f"{path}/object", "person0", told, if_match='"1"')
    found = (await firms.send("GET", f"/settlements/mismatches?deal_id={deal['id']}", "lender"))["items"]
    assert [(each["code"], each["lent_id"]) for each in found] == [("day_objected", lent["id"])]
    await goes_to(firms, date(2026, 12, 1))
    own = await firms.send("GET", f"/lent/{lent['id']}/statement?month=2026-11-30", "person0")
    assert (own["wage_fen"], own["leg"]["due_fen"], own["days"][0]["state"]) == (10_000, 10_000, "objected")
    change = {"kind": "worked", "minutes": 480, "reason": "objection_right"}
    await firms.send("PATCH", path, "borrower", change, status=412, if_match='"1"')
    changed = await firms.send("PATCH", path, "borrower", change, if_match='"2"')
    assert (changed["state"], changed["minutes"]) == ("entered", 480)
    paper = await client.get(f"/v1/lent/{lent['id']}/statement/pdf?month=2026-11-30", headers=firms.headers["person0"])
    assert (paper.status_code, paper.headers["content-type"], paper.content[:5]) == (200, "application/pdf", b"%PDF-")
    read = await firms.send("GET", f"/lent/{lent['id']}/statement?month=2026-11-30", "lender")
    assert (own["name"], read["name"]) == ("张三", "张*")
    statement = await firms.send("GET", f"/deals/{deal['id']}/statement?month=2026-11-01", "borrower")
    assert (statement["edition"], statement["wage_fen"]) == (2, 40_000)
    assert [(each["edition"], each["wage_fen"], each["why"]) for each in statement["corrections"]] == [
        (1, 30_000, "day_changed")
    ]
    own = await firms.send("GET", f"/lent/{lent['id']}/statement?month=2026-11-30", "person0")
    assert own["leg"]["due_fen"] == 20_000
    await firms.send("POST", f"{path}/object?on_behalf=at_counter", "officer", {"reason": "other"}, if_match='"3"')
    decision = {"kind": "worked", "minutes": 540}
    decided = await firms.send("POST", f"{path}/decide", "officer", decision, if_match='"4"')
    assert (decided["state"], decided["stands"]) == ("decided", True)
    other = next(each for each in entered if each["lent_id"] != lent["id"])
    await goes_to(firms, date(2026, 12, 8))
    path = f"/lent-days/{other['id']}/object"
    late = await firms.send("POST", path, "person1", {"reason": "other"}, status=409, if_match='"1"')
    assert late["code"] == "lent_day_stands"
    assert await breaches(ctx) == []


async def test_who_pays_does_not_lessen_what_counts(ctx: Context, client: Client) -> None:
    """As long as a day can be objected to the borrower puts it down; agreed, objected to or left to stand it may only
    become more. What was never entered counts as planned, and is not entered as less a week later. An officer decides,
    both ways, and more than once."""
    firms, deal = await running(ctx, client)
    first, second = (await mine(firms))["id"], (await mine(firms, 1))["id"]
    entered = {each["lent_id"]: each for each in (await as_planned(firms, deal, BEGINS))["items"]}
    leave = {"kind": "leave", "reason": "mistake"}

    async def put(lent: str, body: Any, status: int = 200) -> Any:
        day = next(
            each for each in (await firms.send("GET", f"/deals/{deal['id']}/days?month={BEGINS}", "borrower"))["items"]
            if each["lent_id"] == lent
        )  # fmt: skip
        seen = f'"{day["version"]}"'
        return await firms.send("PATCH", f"/lent-days/{day['id']}", "borrower", body, status=status, if_match=seen)

    assert (await put(first, leave))["kind"] == "leave"
    assert (await put(first, {"kind": "worked", "minutes": 480, "reason": "mistake"}))["minutes"] == 480
    path = f"/lent-days/{entered[first]['id']}/agree"
    assert (await firms.send("POST", path, "person0", status=412, if_match='"1"'))["code"] == "version_stale"
    await firms.send("POST", path, "person0", if_match='"3"')
    assert (await put(first, leave, 409))["code"] == "lent_day_counts"
    injured = {"kind": "injury", "reason": "mistake"}
    assert (await put(first, injured, 409))["code"] == "lent_day_counts"  # the lender alone would bear it
    assert (await put(first, {"kind": "worked", "minutes": 540, "reason": "mistake"}))["state"] == "entered"
    hour = {"kind": "worked", "minutes": 60, "reason": "mistake"}
    assert (await put(first, hour, 409))["code"] == "lent_day_counts"  # in two steps neither
    assert (await put(first, {"kind": "worked", "minutes": 481, "reason": "mistake"}))["state"] == "entered"
    told = [each["text"] for each in (await firms.send("GET", "/messages", "person0"))["items"]]
    assert any("\u4ece9 \u5c0f\u65f6\u6539\u4e3a8 \u5c0f\u65f6 1 \u5206\u949f" in each for each in told)
    path = f"/lent-days/{entered[second]['id']}"
    await firms.send("POST", f"{path}/agree", "person1", if_match='"1"')
    await firms.send("POST", f"{path}/object", "person1", {"reason": "hours_differ"}, if_match='"2"')  # too early a yes
    assert (await put(second, leave, 409))["code"] == "lent_day_counts"
    await goes_to(firms, BEGINS + 9 * DAY)
    assert (await put(first, leave, 409))["code"] == "lent_day_counts"
    missing = {"day": str(BEGINS + DAY), "people": [{"lent_id": first, "kind": "leave"}]}
    late = await firms.send("POST", f"/deals/{deal['id']}/days", "borrower", missing, status=409)
    assert [(each["pointer"], each["code"]) for each in late["errors"]] == [("/people/0/kind", "lent_day_counts")]
    both = (await as_planned(firms, deal, BEGINS + DAY))["items"]
    assert len(both) == 2
    for minutes, version in ((240, 6), (300, 7)):
        decision = {"kind": "worked", "minutes": minutes}
        path = f"/lent-days/{entered[first]['id']}/decide"
        decided = await firms.send("POST", path, "officer", decision, if_match=f'"{version}"')
        assert (decided["state"], decided["minutes"]) == ("decided", minutes)
    refused = await firms.send(
        "PATCH", f"/lent-days/{both[0]['id']}", "borrower", leave, status=409, if_match='"1"'
    )  # entered late, it had counted as planned
    assert refused["code"] == "lent_day_counts"
    assert await breaches(ctx) == []


async def test_a_rest_day_that_was_worked_is_not_put_down_to_no_work(ctx: Context, client: Client) -> None:
    """Saturday's work is paid twice, and what is paid for a standstill of a planned day comes to nothing on it."""
    firms, deal = await running(ctx, client)
    saturday = BEGINS + 5 * DAY
    await goes_to(firms, saturday, 1200)
    body = {"day": str(saturday), "people": [{"lent_id": (await mine(firms))["id"], "kind": "worked", "minutes": 480}]}
    day = (await firms.send("POST", f"/deals/{deal['id']}/days", "borrower", body))["items"][0]
    await firms.send("POST", f"/lent-days/{day['id']}/agree", "person0", if_match='"1"')
    body = {"kind": "no_work", "reason": "mistake"}
    refused = await firms.send("PATCH", f"/lent-days/{day['id']}", "borrower", body, status=409, if_match='"2"')
    assert refused["code"] == "lent_day_counts"


async def test_days_put_down_after_they_were_paid_are_looked_at(ctx: Context, client: Client) -> None:
    """The firms' leg is paid in full and confirmed; when the month comes to less an officer looks at the deal again."""
    firms, deal = await running(ctx, client)
    day = (await as_planned(firms, deal, BEGINS))["items"][0]
    await goes_to(firms, date(2026, 12, 2))
    leg = next(each for each in await legs_of(firms, "lender") if each["kind"] == "firm")
    await pay(firms, leg, "borrower", date(2026, 12, 2))
    await confirm(firms, leg, "lender")
    assert (await firms.read(deal))["review"] is None
    down = {"kind": "leave", "reason": "mistake"}
    await firms.send("PATCH", f"/lent-days/{day['id']}", "borrower", down, if_match=f'"{day["version"]}"')
    assert "paid_above" in (await firms.read(deal, "officer"))["review_signs"]
    assert [each["id"] for each in (await firms.send("GET", "/deals?review=open", "officer"))["items"]] == [deal["id"]]


async def test_a_person_reads_each_week_what_was_entered(ctx: Context, client: Client) -> None:
    """On Monday, of the week before, with the time to object; also after the last week; of nothing entered nothing."""
    firms, deal = await running(ctx, client, people=2)
    await as_planned(firms, deal, BEGINS)
    await goes_to(firms, BEGINS + DAY, 1080)
    short = [{"lent_id": (await mine(firms))["id"], "kind": "leave"}]
    await as_planned(firms, deal, BEGINS + DAY, short)
    await goes_to(firms, BEGINS + 7 * DAY, 600)

    async def told(who: str) -> list[str]:
        found = (await firms.send("GET", "/messages?limit=100", who))["items"]
        return [each["text"] for each in found if "上周的考勤" in each["text"]]

    for who, said in (("person0", "2天，共8"), ("person1", "2天，共16")):
        texts = await told(who)
        assert [said in each for each in texts] == [True], texts
    assert await told("borrower") == []
    await goes_to(firms, BEGINS + 14 * DAY, 600)
    assert len(await told("person0")) == 1


async def test_too_much_is_given_back(ctx: Context, client: Client) -> None:
    """More has come than the corrected month comes to: nobody is asked to pay, and once the lender says what is left
    after giving the rest back, nothing is found any more."""
    firms, deal = await running(ctx, client, costs=[])
    day = (await as_planned(firms, deal, BEGINS))["items"][0]
    await goes_to(firms, date(2026, 12, 2))
    leg = next(each for each in await legs_of(firms, "lender") if each["kind"] == "firm")
    await pay(firms, leg, "borrower", date(2026, 12, 2))
    await confirm(firms, leg, "lender")
    down = {"kind": "leave", "reason": "mistake"}
    await firms.send("PATCH", f"/lent-days/{day['id']}", "borrower", down, if_match=f'"{day["version"]}"')
    told = (await firms.send("GET", "/messages", "borrower"))["items"]
    assert any("更正为200元，已付400元，不用再付" in each["text"] for each in told)
    path = f"/settlement-legs/{leg['id']}/confirm"
    for amount in (None, 19_999, 40_000):
        body = {"amount_fen": amount} if amount is not None else {}
        refused = await money(firms, "POST", path, "lender", body, status=422)
        assert refused["code"] == "leg_given_back"
    left = await confirm(firms, leg, "lender", amount_fen=20_000)
    assert (left["state"], left["received_fen"], left["paid_fen"]) == ("settled", 20_000, 20_000)
    found = (await firms.send("GET", f"/settlements/mismatches?deal_id={deal['id']}", "lender"))["items"]
    assert [each["code"] for each in found if each["leg_id"] == leg["id"]] == []
    assert await breaches(ctx) == []


async def test_nobody_settles_a_wage_by_one_press(ctx: Context, client: Client) -> None:
    """Before the payer has spoken the payee says how much has come; and as the payer has never spoken, the payee may
    still say that it was not so."""
    firms, deal = await running(ctx, client, people=1)
    await as_planned(firms, deal, BEGINS)
    await goes_to(firms, date(2026, 12, 2))
    leg = next(each for each in await legs_of(firms, "lender") if each["kind"] == "wage")
    path = f"/settlement-legs/{leg['id']}"
    pressed = await money(firms, "POST", f"{path}/confirm", "person0", {}, status=422)
    assert (pressed["code"], pressed["errors"][0]["pointer"]) == ("leg_amount_needed", "/amount_fen")
    settled = await confirm(firms, leg, "person0", amount_fen=leg["due_fen"])
    assert (settled["state"], settled["possible"]) == ("settled", ["object"])
    back = await money(firms, "POST", f"{path}/object", "person0", {"reason": "not_received", "amount_fen": 0})
    assert (back["state"], back["owed_fen"]) == ("disputed", leg["due_fen"])
    assert await breaches(ctx) == []


async def test_a_day_on_which_nobody_was_to_work(ctx: Context, client: Client) -> None:
    """As planned on a Saturday, or after everybody has left, is refused and says what to do; named, it is entered."""
    firms, deal = await running(ctx, client, people=1)
    await goes_to(firms, BEGINS + 6 * DAY)
    nobody = await as_planned(firms, deal, BEGINS + 5 * DAY, status=422)
    assert nobody["code"] == "lent_day_nobody"
    named = [{"lent_id": (await mine(firms))["id"], "minutes": 240}]
    assert len((await as_planned(firms, deal, BEGINS + 5 * DAY, named))["items"]) == 1


async def test_a_month_beside_the_deal_is_empty(ctx: Context, client: Client) -> None:
    """Long ago or far ahead: nothing to state, on paper neither."""
    firms, deal = await running(ctx, client, people=1)
    lent = (await mine(firms))["id"]
    wrong = await firms.send("GET", f"/deals/{deal['id']}/statement?month=2026-13", "lender", status=422)
    assert [(each["pointer"], each["code"]) for each in wrong["errors"]] == [("query:month", "month_format")]
    for month in ("1900-01", "2026-10", "2030-12"):
        made = await firms.send("GET", f"/deals/{deal['id']}/statement?month={month}", "lender")
        assert (made["edition"], made["people"], made["wage_fen"]) == (0, [], 0)
        own = await firms.send("GET", f"/lent/{lent}/statement?month={month}", "person0")
        assert (own["wage_fen"], own["lines"]) == (0, [])
        paper = await client.get(f"/v1/lent/{lent}/statement/pdf?month={month}", headers=firms.headers["person0"])
        assert paper.status_code == 200


async def test_a_reference_is_no_message(ctx: Context, client: Client) -> None:
    """A bank's number with a word beside it is recorded; contact, links and threats do not reach the payee."""
    firms, deal = await running(ctx, client, people=1)
    await as_planned(firms, deal, BEGINS)
    await goes_to(firms, date(2026, 12, 2))
    leg = next(each for each in await legs_of(firms, "lender") if each["kind"] == "wage")
    path, body = f"/settlement-legs/{leg['id']}/pay", {"amount_fen": 1, "paid_on": "2026-12-02"}
    for words, code in (
        ("加微信wx88888领取补贴", "words_contact"), ("电话13800138000", "words_contact"),
        ("你再投诉就别想拿钱", "leg_reference"), ("http://a.cn/12345", "words_contact"),
        ("流水<12345>", "leg_reference"),
    ):  # fmt: skip
        refused = await money(firms, "POST", path, "lender", body | {"reference": words}, status=422)
        assert (refused["code"], refused["errors"][0]["pointer"]) == (code, "/reference"), words
    for words in ("工行回单2026120900123", "电子回单号 123456789012345678", "No. 12-345/6"):
        paid = await money(firms, "POST", path, "lender", body | {"reference": words})
        assert paid["reference"] == words


async def test_payments_in_parts_come_to_an_end(ctx: Context, client: Client) -> None:
    """Twenty parts are recorded, and told to the payee; the next payment is the whole rest."""
    firms, deal = await running(ctx, client, people=1)
    await as_planned(firms, deal, BEGINS)
    await goes_to(firms, date(2026, 12, 2))
    leg = next(each for each in await legs_of(firms, "lender") if each["kind"] == "wage")
    for _ in range(20):
        await pay(firms, leg, "lender", date(2026, 12, 2), 1)
    often = await pay(firms, leg, "lender", date(2026, 12, 2), 1, status=409)
    assert often["code"] == "leg_payments_many"
    assert (await pay(firms, leg, "lender", date(2026, 12, 2), leg["owed_fen"] - 20))["state"] == "paid_by_payer"


async def test_no_amount_is_typed_and_no_margin_paid(ctx: Context, client: Client) -> None:
    """Nothing due can be sent; a borrower pays no more than is due; more that has come all the same is on the list;
    paid twice is refused; less is in dispute."""
    firms, deal = await running(ctx, client)
    await as_planned(firms, deal, BEGINS)
    await goes_to(firms, date(2026, 12, 1))
    await goes_to(firms, date(2026, 12, 10))
    (leg,) = await legs_of(firms, "borrower")
    typed = {"amount_fen": 1, "due_fen": 1, **PAID_ON}
    await money(firms, "POST", f"/settlement-legs/{leg['id']}/pay", "borrower", typed, status=422)
    above = await pay(firms, leg, "borrower", date(2026, 12, 9), leg["due_fen"] + 1, status=422)
    assert above["code"] == "leg_above_due"
    assert (await pay(firms, leg, "borrower", date(2026, 12, 11), status=422))["code"] == "leg_paid_future"
    await pay(firms, leg, "lender", date(2026, 12, 9), status=404)
    part = await pay(firms, leg, "borrower", date(2026, 12, 9), 1_000)
    assert (part["state"], part["owed_fen"]) == ("due", leg["due_fen"] - 1_000)
    await pay(firms, part, "borrower", date(2026, 12, 9))
    assert (await pay(firms, leg, "borrower", date(2026, 12, 9), 1, status=409))["code"] == "wrong_state"
    much = await confirm(firms, leg, "lender", amount_fen=leg["due_fen"] + 50_000)
    assert much["state"] == "settled"
    found = (await firms.send("GET", f"/settlements/mismatches?deal_id={deal['id']}", "officer"))["items"]
    assert {each["code"] for each in found} >= {"paid_above", "received_differs", "day_missing"}
    looked = await firms.read(deal)
    assert (looked["review"], looked["review_signs"]) == ("open", ["paid_above"])
    wage = (await legs_of(firms, "person0"))[0]
    await pay(firms, wage, "lender", date(2026, 12, 10), 20_000)
    less = await confirm(firms, wage, "person0", amount_fen=15_000)
    assert (less["state"], less["objection"]) == ("disputed", "less_than_due")
    assert [each["id"] for each in await legs_of(firms, "officer", listed="true")] == [wage["id"]]
    assert await legs_of(firms, "borrower", state="disputed") == []
    rest = await pay(firms, wage, "lender", date(2026, 12, 10), 5_000)
    assert (rest["state"], rest["paid_fen"], rest["received_fen"]) == ("paid_by_payer", 20_000, 15_000)
    settled = await confirm(firms, wage, "officer", query="?on_behalf=by_phone", amount_fen=20_000)
    assert settled["state"] == "settled"
    assert await breaches(ctx) == []


async def test_unpaid_money_is_followed_up(ctx: Context, client: Client) -> None:
    """Overdue on the day after, told again, then on the officers' list; the wage does not wait for the firm's leg; a
    payment that nobody confirms stands, and can be objected to all the same."""
    firms, deal = await running(ctx, client, people=1)
    await as_planned(firms, deal, BEGINS)
    await goes_to(firms, date(2026, 12, 1))
    await goes_to(firms, date(2026, 12, 11))
    legs = {each["kind"]: each for each in await legs_of(firms, "lender")}
    assert (legs["firm"]["state"], legs["wage"]["state"]) == ("overdue", "due")
    early = await firms.send(
        "POST", f"/settlement-legs/{legs['wage']['id']}/object", "person0", {"reason": "not_received"}, status=409
    )
    assert early["code"] == "leg_not_due_yet"
    await goes_to(firms, date(2026, 12, 16))
    await goes_to(firms, date(2026, 12, 19))
    await goes_to(firms, date(2026, 12, 24))
    listed = await legs_of(firms, "officer", listed="true")
    assert [(each["kind"], each["month"]) for each in listed] == [("firm", "2026-11-01"), ("wage", "2026-11-01")]
    told = [each["text"] for each in (await firms.send("GET", "/messages", "person0"))["items"]]
    assert sum("12333" in each for each in told) >= 3
    await pay(firms, legs["wage"], "lender", date(2026, 12, 24))
    await goes_to(firms, date(2026, 12, 28))
    await goes_to(firms, date(2027, 1, 8))
    stood = await firms.send("GET", f"/settlement-legs/{legs['wage']['id']}", "person0")
    assert (stood["state"], stood["stood_at"] is not None) == ("settled", True)
    body = {"reason": "not_received", "amount_fen": 0}
    objected = await firms.send("POST", f"/settlement-legs/{legs['wage']['id']}/object", "person0", body)
    assert (objected["state"], objected["received_fen"]) == ("disputed", 0)
    assert await breaches(ctx) == []


async def test_three_months_with_injury_extension_return_and_insolvency(ctx: Context, client: Client) -> None:
    """One hurt, one sent back early, longer for the rest, paid for November and December, then the lender fails in
    February: every person, wage leg and question ends where it should. Who is left without an employer is asked for
    what is needed, and the failed lender for nothing."""
    firms, deal = await running(ctx, client, people=3)
    for at in range(3):
        assert (await mine(firms, at))["state"] == "working"
    hurt, early = await mine(firms, 1), await mine(firms, 2)
    day = BEGINS
    for _ in range(10):
        await goes_to(firms, day, 1080)
        if day.weekday() < 5:
            injured = [{"lent_id": hurt["id"], "kind": "injury"}] if day > BEGINS + 2 * DAY else []
            await as_planned(firms, deal, day, injured)
        if day == BEGINS + 2 * DAY:
            at = at_local(day, 600).isoformat()
            await firms.send("POST", f"/lent/{hurt['id']}/injury", "person1", {"at": at})
        if day == BEGINS + 4 * DAY:
            await firms.send("POST", f"/lent/{early['id']}/end", "borrower", {"reason": "unfit"})
            await firms.send("POST", f"/lent/{early['id']}/take-back", "lender")
        day += DAY
    await open_due(ctx)
    await firms.send("POST", f"/deals/{deal['id']}/longer", "borrower", {"last_day": "2027-03-31"})
    await firms.longer(deal, "lender")
    await firms.sign("deal", deal["id"])
    for at in (0, 1):
        await firms.sign("lent", (await mine(firms, at))["id"])
    assert (await firms.read(deal))["state"] == "extended"
    await goes_to(firms, date(2027, 1, 1))
    december = await firms.send("GET", f"/deals/{deal['id']}/statement?month=2026-12-01", "officer")
    of_hurt = next(each for each in december["people"] if each["lent_id"] == hurt["id"])
    assert of_hurt["own_fen"] == 5 * 20_000  # 3, 4, 7, 8 and 9 December
    of_early = next(each for each in december["people"] if each["lent_id"] == early["id"])
    assert of_early["wage_fen"] == 4 * 20_000
    assert december["firm_fen"] == december["wage_fen"] - december["own_fen"] + december["cost_fen"]
    for leg in await legs_of(firms, "lender"):
        payer = "borrower" if leg["kind"] == "firm" else "lender"
        await pay(firms, leg, payer, date(2027, 1, 1))
        payee = "lender" if leg["kind"] == "firm" else None
        if payee is None:
            payee = f"person{[hurt['id'], early['id']].index(leg['lent_id']) + 1}" if leg["lent_id"] in (
                hurt["id"], early["id"]) else "person0"  # fmt: skip
        assert (await confirm(firms, leg, payee))["state"] == "settled"
    await goes_to(firms, date(2027, 2, 1))
    await open_due(ctx)
    await goes_to(firms, date(2027, 2, 20))
    wages = [each for each in await legs_of(firms, "lender") if each["month"] == "2027-01-01"]
    assert {(each["kind"], each["state"]) for each in wages} == {("firm", "overdue"), ("wage", "overdue")}
    await firms.send("POST", f"/deals/{deal['id']}/breach", "officer", {"reason": "lender_insolvent"})
    await goes_to(firms, date(2027, 2, 20), 120)
    over = await firms.read(deal)
    assert (over["state"], over["people"]) == ("breached", {"released": 2, "returned": 1})
    states = {(each["month"], each["kind"], each["state"]) for each in await legs_of(firms, "lender", limit=50)}
    assert states == {
        ("2026-11-01", "firm", "settled"), ("2026-11-01", "wage", "settled"),
        ("2026-12-01", "firm", "settled"), ("2026-12-01", "wage", "settled"),
        ("2027-01-01", "firm", "overdue"), ("2027-01-01", "wage", "claimed"),
        ("2027-02-01", "firm", "due"), ("2027-02-01", "wage", "claimed"),
    }  # fmt: skip
    owed = [each for each in await legs_of(firms, "borrower", limit=50) if each["state"] != "settled"]
    assert all(each["to_administrator"] for each in owed)
    told = [each["text"] for each in (await firms.send("GET", "/messages", "person0"))["items"]]
    assert any("管理人" in each for each in told)
    await goes_to(firms, date(2027, 2, 24), 600)
    await open_due(ctx)
    asked_both = {(code, side, "open") for code in ("S1", "S2") for side in ("worker", "employer")}
    released = asked_both | {("S3", "worker", "cancelled"), ("S3", "employer", "cancelled"), ("S4", "worker", "open")}
    assert await asked_of(ctx, (await mine(firms, 0))["id"]) == released
    assert await asked_of(ctx, hurt["id"]) == released
    assert await asked_of(ctx, early["id"]) == {
        ("S1", "worker", "cancelled"), ("S1", "employer", "cancelled"),
        ("S3", "worker", "open"), ("S3", "employer", "evidence"),
    }  # fmt: skip
    assert await breaches(ctx) == []


async def asked_of(ctx: Context, lent_id: str) -> set[tuple[Any, ...]]:
    """Every question about a lending: its milestone, whom it is put to, and how it stands."""
    found = text(
        "select t.milestone, t.side, t.state from followup_tasks t join followup_plans p on p.id = t.plan_id"
        " where p.lent_id = cast(:lent_id as uuid)"
    )
    async with ctx.uow() as uow:
        return {tuple(row) for row in await uow.session.execute(found, {"lent_id": lent_id})}


async def test_a_borrowers_insolvency_leaves_the_wages_due(ctx: Context, client: Client) -> None:
    """What it owes goes into the claims; the lender still owes the wages, and is told so."""
    firms, deal = await running(ctx, client)
    await goes_to(firms, BEGINS + 2 * DAY)
    await firms.send("POST", f"/deals/{deal['id']}/breach", "lender", {"reason": "borrower_insolvent"})
    await goes_to(firms, BEGINS + 2 * DAY, 120)
    states = {(each["kind"], each["state"]) for each in await legs_of(firms, "lender")}
    assert states == {("firm", "due"), ("wage", "due")}  # a firm's word gives up nobody's money
    await firms.found(deal, "borrower", "confirmed")
    await goes_to(firms, BEGINS + 2 * DAY, 180)
    legs = {(each["month"], each["kind"], each["state"]) for each in await legs_of(firms, "lender")}
    assert legs == {
        ("2026-11-01", "firm", "claimed"), ("2026-11-01", "wage", "due"),
        ("2026-12-01", "firm", "claimed"), ("2026-12-01", "wage", "due"),
    }  # fmt: skip
    told = [each["text"] for each in (await firms.send("GET", "/messages", "lender"))["items"]]
    assert any("申报债权" in each for each in told)
