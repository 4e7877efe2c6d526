"""Surplus and shortage over HTTP: from a draft to its end, who sees what, agencies, matching, the plan, the zones."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from service.context import Context
from service.worktime import end_of_day
from service.zones.opening import ensure_zones
from tests.builders import city
from tests.builders.applications import rows_of, run_due_at, value_of
from tests.builders.balances import a_balance, a_balance_body, a_firm, an_agency, entered, published, today

Client = httpx2.AsyncClient
NINGBO = {"city_code": "330200", "district_code": "330203"}


async def act(client: Client, row: dict[str, Any], action: str, who: dict[str, str], **more: Any) -> httpx2.Response:
    return await client.post(f"/v1/balances/{row['id']}/{action}", headers=who, **more)


async def changed(client: Client, row: dict[str, Any], who: dict[str, str], **body: Any) -> httpx2.Response:
    seen = who | {"if-match": f'"{row["version"]}"'}
    return await client.patch(f"/v1/balances/{row['id']}", json=body, headers=seen)


async def listed(client: Client, path: str = "/v1/balances", who: Any = None, **params: Any) -> Any:
    answer = await client.get(path, params=params, headers=who or {})
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["items"]]


async def matches(client: Client, row_id: Any, who: dict[str, str], **params: Any) -> dict[str, Any]:
    answer = await client.get(f"/v1/balances/{row_id}/matches", params=params, headers=who)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_surplus_from_draft_to_the_open(ctx: Context, client: Client) -> None:
    """Seen by its firm alone, then by everybody without what only the firm reads, then by nobody again."""
    firm, who = await a_firm(ctx)
    made = await entered(
        client, who, await today(ctx), pay_day={"amount_fen": 20_000}, needs=["meals"], accepts=["night_work"],
        homes=[{"district_code": "310104", "people": 6}], words="淡季空闲，熟手",
    )  # fmt: skip
    assert (made["state"], made["left"], made["employer_id"]) == ("draft", 10, str(firm.id))
    assert (await client.get(f"/v1/balances/{made['id']}")).status_code == 404
    assert (await client.get(f"/v1/balances/{made['id']}", headers=who)).json()["homes"][0]["people"] == 6
    shown = await act(client, made, "publish", who)
    assert (shown.status_code, shown.json()["state"]) == (200, "published")
    public = (await client.get(f"/v1/balances/{made['id']}")).json()
    assert public["employer_name"] == firm.name
    assert public["pay_day"] == {"amount_fen": 20_000, "currency": "CNY"}
    assert all(public[name] is None for name in ("taken", "homes", "radius_m", "agreed_at", "blocked"))
    assert public["needs"] == [{"code": "meals", "label": "包餐或餐补"}]
    assert await listed(client) == [made["id"]]
    assert (await act(client, made, "withdraw", who)).json()["close_reason"] == "withdrawn"
    assert await listed(client) == []
    assert (await client.get(f"/v1/balances/{made['id']}")).status_code == 404
    again = await act(client, made, "publish", who)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"region": "310000"}, True), ({"region": "310104"}, True), ({"region": "330200"}, False),
        ({"side": "surplus"}, True), ({"side": "shortage"}, False), ({"trade": "dishwashing"}, True),
        ({"trade": "moving"}, False), ({"season": "summer_tourism"}, True), ({"season": "farm_slack"}, False),
    ],
)  # fmt: skip
async def test_each_filter_of_the_public_list(
    ctx: Context, client: Client, params: dict[str, str], found: bool
) -> None:
    """One surplus of a season in one district."""
    _, who = await a_firm(ctx)
    made = await published(client, who, await today(ctx), season="summer_tourism")
    assert (made["id"] in await listed(client, **params)) is found


async def test_days_of_the_public_list(ctx: Context, client: Client) -> None:
    """Whoever has a day in the span; both ends count."""
    _, who = await a_firm(ctx)
    day = await today(ctx)
    made = await published(client, who, day)
    first, last = day + timedelta(days=1), day + timedelta(days=30)
    for span, found in (
        ({"day_from": last}, True), ({"day_from": last + timedelta(days=1)}, False),
        ({"day_to": first}, True), ({"day_to": day}, False), ({"day_from": day, "day_to": last}, True),
    ):  # fmt: skip
        asked = {name: value.isoformat() for name, value in span.items()}
        assert (made["id"] in await listed(client, **asked)) is found, span


@pytest.mark.parametrize(
    ("more", "code", "pointer"),
    [
        ({"trade": "alchemy"}, "trade_unknown", "/trade"),
        ({"last_day": "2020-01-01", "first_day": "2020-01-01"}, "balance_days_over", "/last_day"),
        ({"offers": ["meals"]}, "balance_other_side", "/offers"),
        ({"needs": ["night_work"]}, "condition_unknown", "/needs/0"),
        ({"season": "carnival"}, "season_unknown", "/season"),
        ({"homes": [{"district_code": "310104", "people": 11}]}, "homes_too_many", "/homes"),
        ({"homes": [{"district_code": "319999", "people": 1}]}, "region_unknown", "/homes/0/district_code"),
        ({"place": {"city_code": "310104"}}, "city_expected", "/place/city_code"),
        ({"least_days": 31}, "balance_least_days", "/least_days"),
        ({"words": "有意请加微信 13912345678"}, "balance_words_doubtful", "/words"),
        ({"headcount": 0}, None, "/headcount"),
        ({"margin_fen": 100}, None, "/margin_fen"),
    ],
)  # fmt: skip
async def test_what_a_balance_may_not_say(
    ctx: Context, client: Client, more: dict[str, Any], code: str | None, pointer: str
) -> None:
    """422 naming the field; nothing is stored, and a margin has no field."""
    _, who = await a_firm(ctx)
    answer = await client.post("/v1/balances", json=a_balance_body(await today(ctx), **more), headers=who)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert code is None or code in (answer.json()["code"], answer.json()["errors"][0]["code"])
    assert await value_of(ctx, "select count(*) from balances") == 0


@pytest.mark.parametrize(
    "words", ["每人每天抽成10元", "以共享用工名义派遣工人", "管理费另计", "伙食费每人每天加价5元返企业"]
)
async def test_lending_for_profit_is_refused_with_the_finding(ctx: Context, client: Client, words: str) -> None:
    """C23: what would need a review is refused with the rule, its advice and the words."""
    _, who = await a_firm(ctx)
    answer = await client.post("/v1/balances", json=a_balance_body(await today(ctx), words=words), headers=who)
    assert (answer.status_code, answer.json()["code"]) == (422, "balance_words_doubtful")
    assert "C23" in [hit["rule"] for hit in answer.json()["facts"]["hits"]]
    assert all(hit["words"] in words for hit in answer.json()["facts"]["hits"])


@pytest.mark.parametrize(
    "words",
    [
        "熟手十名，随时可到岗，结算价在工资上浮百分之五", "食宿自理，另付辛苦费", "合作费面议", "每月补贴出借单位",
        "熟手，另付guanlifei",
        "a management fee is due",
    ],
)  # fmt: skip
async def test_a_hidden_margin_is_refused_once(ctx: Context, client: Client, words: str) -> None:
    """C35: by its word wherever it stands, in pinyin and English; told once, in the words sent."""
    _, who = await a_firm(ctx)
    answer = await client.post("/v1/balances", json=a_balance_body(await today(ctx), words=words), headers=who)
    assert (answer.status_code, answer.json()["code"]) == (422, "balance_words_doubtful")
    hits = [(hit["rule"], hit["words"]) for hit in answer.json()["facts"]["hits"] if hit["rule"] in ("C23", "C35")]
    assert len(hits) == 1
    assert hits[0][1] in words


@pytest.mark.parametrize(
    "words", ["管理人员两名，服务台一名", "不收管理费，原价结算", "春节后返岗，借用两个月，提供宿舍和班车"]
)
async def test_honest_words_pass(ctx: Context, client: Client, words: str) -> None:
    """Who says that nothing is earned by it, and who comes back, is not taken for the other."""
    _, who = await a_firm(ctx)
    assert (await entered(client, who, await today(ctx), words=words))["words"] == words


async def test_words_that_a_rule_stops_are_refused(ctx: Context, client: Client) -> None:
    """With the same answer as a posting."""
    _, who = await a_firm(ctx)
    answer = await client.post("/v1/balances", json=a_balance_body(await today(ctx), words="帮人刷单"), headers=who)
    assert (answer.status_code, answer.json()["code"]) == (422, "posting_blocked")


async def test_a_household_lends_nobody_and_a_new_firm_waits(ctx: Context, client: Client) -> None:
    """And a clerk posts nothing."""
    day = await today(ctx)
    _, home = await a_firm(ctx, kind="household", credit_code=None)
    refused = await client.post("/v1/balances", json=a_balance_body(day), headers=home)
    assert (refused.status_code, refused.json()["code"]) == (422, "balance_kind_unfit")
    _, applied = await a_firm(ctx, verified=False)
    made = await entered(client, applied, day)
    waits = await act(client, made, "publish", applied)
    assert (waits.status_code, waits.json()["code"]) == (409, "balance_needs_verification")
    firm, _ = await a_firm(ctx)
    clerk = await city.as_member(ctx, await city.a_member(ctx, firm, role="clerk"))
    forbidden = await client.post("/v1/balances", json=a_balance_body(day), headers=clerk)
    assert (forbidden.status_code, forbidden.json()["code"]) == (403, "member_role_lacks")


async def test_a_change_is_of_the_version_that_was_read(ctx: Context, client: Client) -> None:
    """The whole is checked anew; a stale version and a cleared trade are refused."""
    _, who = await a_firm(ctx)
    made = await published(client, who, await today(ctx), pay_day={"amount_fen": 20_000})
    now = await changed(client, made, who, headcount=7, pay_day=None, crosses_region=False)
    assert (now.status_code, now.json()["headcount"], now.json()["pay_day"]) == (200, 7, None)
    assert now.json()["crosses_region"] is False
    stale = await changed(client, made, who, headcount=8)
    assert (stale.status_code, stale.json()["code"]) == (412, "version_stale")
    assert (await changed(client, now.json(), who, trade=None)).status_code == 422
    wrong = await changed(client, now.json(), who, homes=[{"district_code": "310104", "people": 8}])
    assert wrong.json()["errors"][0]["code"] == "homes_too_many"


async def test_what_a_deal_rests_on_stays(ctx: Context, client: Client) -> None:
    """With three spoken for: neither trade nor fewer than three; exactly three and it is matched."""
    firm, who = await a_firm(ctx)
    made = await a_balance(ctx, firm, taken=3)
    row = {"id": str(made.id), "version": made.version}
    other = await changed(client, row, who, trade="moving")
    assert (other.status_code, other.json()["code"]) == (409, "balance_spoken_for")
    fewer = await changed(client, row, who, headcount=2)
    assert (fewer.status_code, fewer.json()["errors"][0]["code"]) == (422, "balance_below_taken")
    words = await changed(client, row, who, words="可商量班次")
    assert (words.status_code, words.json()["left"]) == (200, 7)
    full = await changed(client, words.json(), who, headcount=3)
    assert (full.status_code, full.json()["state"], full.json()["left"]) == (200, "matched", 0)
    assert await listed(client) == []
    late = await changed(client, full.json(), who, headcount=9)
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")


async def test_nothing_to_agree_to(ctx: Context, client: Client) -> None:
    """A firm's own draft wants no yes, and an agency says none for the firm."""
    firm, who = await a_firm(ctx)
    _, broker = await an_agency(ctx)
    day = await today(ctx)
    own = await entered(client, who, day)
    asked = await entered(client, broker, day, employer_id=str(firm.id))
    for row, caller in ((own, who), (asked, broker)):
        answer = await act(client, row, "agree", caller | {"if-match": '"1"'})
        assert (answer.status_code, answer.json()["code"]) == (409, "balance_nothing_to_agree")
    over = await act(client, asked, "withdraw", who)
    assert (over.status_code, over.json()["close_reason"]) == (200, "withdrawn")


async def test_a_key_creates_once(ctx: Context, client: Client) -> None:
    """The second request is answered with the first one's draft."""
    _, who = await a_firm(ctx)
    keyed, body = who | {"idempotency-key": "balance-0001"}, a_balance_body(await today(ctx))
    first, second = [await client.post("/v1/balances", json=body, headers=keyed) for _ in range(2)]
    assert first.content == second.content
    assert await value_of(ctx, "select count(*) from balances") == 1


async def test_an_agency_publishes_with_the_firms_yes(ctx: Context, client: Client) -> None:
    """In Shanghai: asked, agreed to the version that was read, published, and the agency's name stands there."""
    firm, who = await a_firm(ctx)
    agency, broker = await an_agency(ctx)
    day = await today(ctx)
    itself = await client.post("/v1/balances", json=a_balance_body(day), headers=broker)
    assert itself.json()["code"] == "balance_kind_unfit"
    made = await entered(client, broker, day, employer_id=str(firm.id))
    assert "balance.ask" in [each[0] for each in await rows_of(ctx, "select template from messages")]
    early = await act(client, made, "publish", broker)
    assert (early.status_code, early.json()["code"]) == (409, "balance_needs_yes")
    seen = who | {"if-match": f'"{made["version"]}"'}
    agreed = await act(client, made, "agree", seen)
    assert agreed.status_code == 200, agreed.text
    assert agreed.json()["agreed_at"]
    other = await changed(client, agreed.json(), broker, headcount=12)
    assert (other.status_code, other.json()["agreed_at"]) == (200, None)
    asked = "select count(*) from messages where template = 'balance.ask' and params ->> 'count' = '12'"
    assert await value_of(ctx, asked) == 1
    old = await act(client, made, "agree", seen)
    assert old.status_code == 412
    again = await act(client, made, "agree", who | {"if-match": f'"{other.json()["version"]}"'})
    assert again.status_code == 200
    shown = await act(client, made, "publish", broker)
    assert shown.json()["agency_name"] == agency.name
    assert await listed(client, "/v1/balances/own", broker) == await listed(client, "/v1/balances/own", who)
    late = await changed(client, shown.json(), broker, headcount=13)
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")
    own = await changed(client, shown.json(), who, headcount=13)
    assert own.status_code == 200


async def test_an_agency_pesters_nobody(ctx: Context, client: Client) -> None:
    """Three entries wait for one firm's yes, five a day are made; another firm and the firm itself are not hindered."""
    firm, who = await a_firm(ctx)
    _, broker = await an_agency(ctx)
    day = await today(ctx)
    body = a_balance_body(day, employer_id=str(firm.id))
    made = [await entered(client, broker, day, employer_id=str(firm.id)) for _ in range(3)]
    full = await client.post("/v1/balances", json=body, headers=broker)
    assert (full.status_code, full.json()["code"]) == (409, "balances_wait_for_yes")
    for row in made[:2]:
        assert (await act(client, row, "withdraw", who)).status_code == 200
        made.append(await entered(client, broker, day, employer_id=str(firm.id)))
    assert (await act(client, made[2], "withdraw", broker)).status_code == 200
    often = await client.post("/v1/balances", json=body, headers=broker)
    assert (often.status_code, often.json()["code"]) == (429, "balance_asks_a_day")
    assert int(often.headers["retry-after"]) > 0
    other, _ = await a_firm(ctx)
    await entered(client, broker, day, employer_id=str(other.id))
    await entered(client, who, day)


async def test_what_an_agency_enters_takes_no_room_before_the_yes(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A firm may have one balance: an agency's draft is none yet, one that it has agreed to is."""
    firm, who = await a_firm(ctx)
    _, broker = await an_agency(ctx)
    limited = ctx.policies.book.with_value("sharing", "live_most", 1, valid_from=date(2021, 1, 2))
    monkeypatch.setattr(type(ctx.policies), "at", lambda _, now, city=None: limited.at(now, city))
    day = await today(ctx)
    asked = await entered(client, broker, day, employer_id=str(firm.id))
    own = await entered(client, who, day)
    assert (await act(client, own, "withdraw", who)).status_code == 200
    yes = await act(client, asked, "agree", who | {"if-match": f'"{asked["version"]}"'})
    assert yes.status_code == 200
    refused = await client.post("/v1/balances", json=a_balance_body(day), headers=who)
    assert (refused.status_code, refused.json()["code"]) == (422, "balances_too_many")


@pytest.mark.parametrize(("place", "clause"), [(NINGBO, "NAT-9c"), ({"city_code": "632800"}, "QH-13c")])
async def test_an_agency_brokers_only_where_the_document_says_so(
    ctx: Context, client: Client, place: dict[str, str], clause: str
) -> None:
    """Refused with the clause that holds there; the same agency brokers in Shanghai."""
    firm, _ = await a_firm(ctx, **({"district_code": None} | place))
    _, broker = await an_agency(ctx)
    body = a_balance_body(await today(ctx), employer_id=str(firm.id))
    answer = await client.post("/v1/balances", json=body, headers=broker)
    assert (answer.status_code, answer.json()["code"]) == (422, "brokering_not_allowed")
    assert answer.json()["facts"]["clause"] == clause


async def test_an_agency_acts_for_nobody_without_its_licence(ctx: Context, client: Client) -> None:
    """Nor does a firm for another one; a firm that is not verified is not there."""
    firm, _ = await a_firm(ctx)
    _, other = await a_firm(ctx)
    _, unproved = await an_agency(ctx, verified=False)
    body = a_balance_body(await today(ctx), employer_id=str(firm.id))
    assert (await client.post("/v1/balances", json=body, headers=other)).status_code == 404
    answer = await client.post("/v1/balances", json=body, headers=unproved)
    assert (answer.status_code, answer.json()["code"]) == (403, "broker_licence_needed")
    applied, _ = await a_firm(ctx, verified=False)
    _, broker = await an_agency(ctx)
    body["employer_id"] = str(applied.id)
    assert (await client.post("/v1/balances", json=body, headers=broker)).status_code == 404


async def test_an_agency_that_is_suspended_leaves_the_firm_its_own(ctx: Context, client: Client) -> None:
    """What the firm has said yes to stays shown as the firm's; what it has not falls away."""
    firm, who = await a_firm(ctx)
    agency, broker = await an_agency(ctx)
    day = await today(ctx)
    agreed = await entered(client, broker, day, employer_id=str(firm.id))
    assert (await act(client, agreed, "publish", who)).status_code == 200
    asked = await entered(client, broker, day, employer_id=str(firm.id))
    admin = await city.as_staff(ctx, await city.an_officer(ctx, role="admin"))
    body = {"reason": "complaint_upheld"}
    answer = await client.post(f"/v1/employers/{agency.id}/suspend", json=body, headers=admin)
    if answer.status_code == 422:
        answer = await client.post(f"/v1/employers/{agency.id}/suspend", json={"reason": "other"}, headers=admin)
    assert answer.status_code == 200, answer.text
    now = (await client.get(f"/v1/balances/{agreed['id']}", headers=who)).json()
    assert (now["state"], now["agency_id"]) == ("published", None)
    assert (await client.get(f"/v1/balances/{asked['id']}", headers=who)).json()["close_reason"] == "withdrawn"


async def test_a_suspended_firms_balances_come_down(ctx: Context, client: Client) -> None:
    """The firm is told; a firm on hold is only hidden until the hold is lifted."""
    firm, who = await a_firm(ctx)
    day = await today(ctx)
    made = await published(client, who, day)
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    held = await client.post(f"/v1/employers/{firm.id}/hold", json={"reason": "other"}, headers=officer)
    assert held.status_code in (200, 201), held.text
    assert await listed(client) == []
    assert (await client.get(f"/v1/balances/{made['id']}")).status_code == 404
    second = await city.as_staff(ctx, await city.an_officer(ctx))
    lifted = await client.post(f"/v1/holds/{held.json()['id']}/lift", json={"sentence": "没有问题"}, headers=second)
    if lifted.status_code == 422:
        lifted = await client.post(f"/v1/holds/{held.json()['id']}/lift", json={}, headers=second)
    assert lifted.status_code == 200, lifted.text
    assert await listed(client) == [made["id"]]
    gone = await client.post(f"/v1/employers/{firm.id}/suspend", json={"reason": "other"}, headers=officer)
    assert gone.status_code == 200, gone.text
    assert (await client.get(f"/v1/balances/{made['id']}", headers=who)).json()["close_reason"] == "taken_down"
    assert "balance.take_down" in [each[0] for each in await rows_of(ctx, "select template from messages")]


async def test_an_officer_of_the_place_takes_down_and_lists(ctx: Context, client: Client) -> None:
    """With a listed reason; an officer of elsewhere sees nothing of a draft."""
    firm, who = await a_firm(ctx)
    day = await today(ctx)
    draft, made = await entered(client, who, day), await published(client, who, day)
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    abroad = await city.as_staff(ctx, await city.an_officer(ctx, regions=("330200",)))
    assert await listed(client, "/v1/balances/region", officer) == [made["id"], draft["id"]]
    assert await listed(client, "/v1/balances/region", officer, state="draft") == [draft["id"]]
    assert await listed(client, "/v1/balances/region", abroad) == []
    assert (await client.get(f"/v1/balances/{draft['id']}", headers=abroad)).status_code == 404
    elsewhere = await client.get("/v1/balances/region", params={"region": "330200"}, headers=officer)
    assert elsewhere.status_code == 403
    assert (await act(client, made, "take-down", abroad, json={"reason": "other"})).status_code == 404
    assert (await act(client, made, "take-down", officer, json={"reason": "whim"})).status_code == 422
    gone = await act(client, made, "take-down", officer, json={"reason": "other"})
    assert (gone.json()["state"], gone.json()["close_reason"]) == ("closed", "taken_down")
    told = await rows_of(ctx, f"select count(*) from messages where employer_id = '{firm.id}'")
    assert told[0][0] == 1


async def test_it_ends_after_its_last_day(ctx: Context, client: Client) -> None:
    """In vain: expired and told. With somebody spoken for: ended, and nobody is bothered."""
    firm, who = await a_firm(ctx)
    made = await published(client, who, await today(ctx))
    part = await a_balance(ctx, firm, taken=3)
    whole = await a_balance(ctx, firm, state="matched", taken=10)
    last = (await today(ctx)) + timedelta(days=30)
    await run_due_at(ctx, end_of_day(last) - timedelta(seconds=1))
    assert await value_of(ctx, "select count(*) from balances where state = 'closed'") == 0
    await run_due_at(ctx, end_of_day(last))
    found = {row[0]: row[1] for row in await rows_of(ctx, "select id, close_reason from balances")}
    assert found == {UUID(made["id"]): "expired", part.id: "ended", whole.id: "ended"}
    assert [row[0] for row in await rows_of(ctx, "select template from messages")] == ["balance.expire"]


async def test_a_new_last_day_moves_the_end(ctx: Context, client: Client) -> None:
    """The timer follows."""
    _, who = await a_firm(ctx)
    day = await today(ctx)
    made = await published(client, who, day)
    sooner = await changed(client, made, who, last_day=(day + timedelta(days=2)).isoformat())
    assert sooner.status_code == 200
    await run_due_at(ctx, end_of_day(day + timedelta(days=2)))
    assert await value_of(ctx, "select state from balances") == "closed"


# -- terms -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "clause", "of_place", "agencies", "follow_up", "said"),
    [
        ("310000", "SH-10c", True, True, False, "可以代企业发布"),
        ("310104", "SH-10c", True, True, False, "当地文件"),
        ("632800", "QH-13c", True, False, True, "回访"),
        ("320700", "NAT-9c", False, False, False, "没有共享用工条款"),
        ("330200", "NAT-9c", False, False, False, "关于进一步做好支持灵活就业工作的通知"),
    ],
)
async def test_the_terms_of_each_place(
    client: Client, asked: str, clause: str, of_place: bool, agencies: bool, follow_up: bool, said: str
) -> None:
    """Which clause holds and whether it is the place's own, who may broker, whether follow-up is asked for."""
    answer = await client.get("/v1/balances/terms", params={"city": asked})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["clause"], found["of_place"]) == (clause, of_place)
    assert (found["agencies_broker"], found["follow_up"]) == (agencies, follow_up)
    assert said in found["text"]
    assert "。；" not in found["text"]
    assert found["title"]
    assert "共享用工" in found["says"]


async def test_conditions_are_listed_in_both_languages(client: Client) -> None:
    """With what they are for."""
    chinese = (await client.get("/v1/balances/conditions")).json()["items"]
    english = (await client.get("/v1/balances/conditions", headers={"accept-language": "en"})).json()["items"]
    assert [each["code"] for each in chinese] == [each["code"] for each in english]
    assert chinese[0]["label"] != english[0]["label"]
    assert {each["kind"] for each in chinese} == {"given", "asked"}


# -- matching --------------------------------------------------------------------------------------------------


async def test_a_shortage_is_told_who_could_come(ctx: Context, client: Client) -> None:
    """The near and willing first, each part adds up; who does not fit is counted by the rule, misses on request."""
    borrower, who = await a_firm(ctx)
    lender, _ = await a_firm(ctx)
    short = await a_balance(ctx, borrower, "shortage", headcount=4, pay_fen=20_000)
    good = await a_balance(ctx, lender, pay_fen=18_000, homes=[{"district_code": "310104", "people": 8}])
    far = await a_balance(ctx, lender, lon=121.40, lat=30.90)
    dear = await a_balance(ctx, lender, pay_fen=30_000)
    await a_balance(ctx, borrower)
    found = await matches(client, short.id, who, misses=5)
    assert [each["balance"]["id"] for each in found["matches"]] == [str(good.id)]
    best = found["matches"][0]
    assert (best["people"], best["by_homes"], best["hindrances"]) == (4, None, [])
    assert best["score"]["total"] == sum(part["points"] for part in best["score"]["parts"])
    assert [part["name"] for part in best["score"]["parts"]] == [
        "trade", "home", "lender", "period", "pay", "conditions",
    ]  # fmt: skip
    assert all(part["text"] and part["label"] for part in best["score"]["parts"])
    assert best["balance"]["homes"] is None
    assert found["considered"] == 3
    assert {each["code"]: each["count"] for each in found["lacks"]} == {"out_of_reach": 1, "pay": 1}
    missed = {each["balance"]["id"]: each["hindrances"][0] for each in found["misses"]}
    assert missed[str(dear.id)]["facts"]["by_fen"] == 10_000
    assert missed[str(dear.id)]["mend_text"] == "每天多给 100 元"
    assert missed[str(far.id)]["code"] == "out_of_reach"
    english = await matches(client, short.id, who | {"accept-language": "en"}, misses=5)
    assert "yuan a day more" in str(english["misses"])


async def test_a_surplus_sees_where_it_is_wanted(ctx: Context, client: Client) -> None:
    """The same pair with the same score from the other side; the lender knows from which districts they go."""
    borrower, asks = await a_firm(ctx)
    lender, who = await a_firm(ctx)
    lent = await a_balance(ctx, lender, homes=[{"district_code": "310104", "people": 8}])
    short = await a_balance(ctx, borrower, "shortage", headcount=9)
    found = await matches(client, lent.id, who)
    back = await matches(client, short.id, asks)
    assert [each["balance"]["id"] for each in found["matches"]] == [str(short.id)]
    assert found["matches"][0]["score"] == back["matches"][0]["score"]
    homes = {each["district_code"]: each["people"] for each in found["matches"][0]["by_homes"]}
    assert sum(homes.values()) == 9
    assert homes["310104"] + homes[None] == 9


async def test_a_block_is_nobodys_business(ctx: Context, client: Client) -> None:
    """Both firms miss each other without a trace in the counts; the officer sees why."""
    borrower, asks = await a_firm(ctx)
    lender, who = await a_firm(ctx)
    lent = await a_balance(ctx, lender, blocked_firms=[str(borrower.id)])
    short = await a_balance(ctx, borrower, "shortage")
    for row, caller in ((lent, who), (short, asks)):
        found = await matches(client, row.id, caller, misses=5)
        assert (found["considered"], found["lacks"], found["matches"], found["misses"]) == (0, [], [], [])
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    seen = await matches(client, short.id, officer, misses=5)
    assert seen["misses"][0]["hindrances"][0]["code"] == "blocked_firm"
    assert str(borrower.id) not in (await client.get(f"/v1/balances/{lent.id}", headers=asks)).text.replace(
        str(short.id), ""
    )


async def test_matches_are_for_the_own_firm_its_agency_and_officers(ctx: Context, client: Client) -> None:
    """Another firm, a worker and an officer of elsewhere get nothing."""
    firm, _ = await a_firm(ctx)
    _, other = await a_firm(ctx)
    row = await a_balance(ctx, firm, "shortage")
    abroad = await city.as_staff(ctx, await city.an_officer(ctx, regions=("330200",)))
    worker = await city.as_worker(ctx, await city.a_worker(ctx))
    for who, status in ((other, 404), (abroad, 404), (worker, 403), ({}, 401)):
        assert (await client.get(f"/v1/balances/{row.id}/matches", headers=who)).status_code == status


async def test_what_is_full_hidden_or_over_is_not_proposed(ctx: Context, client: Client) -> None:
    """Drafts, matched ones, those of firms that are not verified (any longer)."""
    borrower, who = await a_firm(ctx)
    lender, _ = await a_firm(ctx)
    applied, _ = await a_firm(ctx, verified=False)
    short = await a_balance(ctx, borrower, "shortage")
    await a_balance(ctx, lender, state="draft")
    await a_balance(ctx, lender, state="matched", taken=10)
    await a_balance(ctx, applied)
    assert (await matches(client, short.id, who))["considered"] == 0


async def plan(client: Client, who: dict[str, str], **body: Any) -> httpx2.Response:
    return await client.post("/v1/balances/plan", json=body, headers=who)


async def test_a_plan_of_a_region(ctx: Context, client: Client) -> None:
    """Headcount is split across lenders and borrowers, who is left over is told with the reason, nothing is stored."""
    firms = [(await a_firm(ctx))[0] for _ in range(5)]
    lent = [await a_balance(ctx, firms[0], headcount=6), await a_balance(ctx, firms[1], headcount=6, taken=2)]
    short = [await a_balance(ctx, firms[2], "shortage", headcount=5), await a_balance(ctx, firms[3], "shortage")]
    alone = await a_balance(ctx, firms[4], trade="moving")
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    answer = await plan(client, officer, region="310000")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["scored_anew"] is True
    assert (found["people"], found["proven"], found["surpluses"], found["shortages"]) == (10, True, 3, 2)
    went: dict[str, int] = {}
    for pair in found["pairs"]:
        for side in ("surplus", "shortage"):
            went[pair[side]["id"]] = went.get(pair[side]["id"], 0) + pair["people"]
        assert sum(each["people"] for each in pair["by_homes"]) == pair["people"]
    assert [went[str(row.id)] for row in lent] == [6, 4]
    assert found["value"] == sum(pair["value"] for pair in found["pairs"])
    assert {each["balance"]["id"]: each["reason"] for each in found["left_surpluses"]} == {str(alone.id): "nobody_fits"}
    assert found["left_surpluses"][0]["lacks"][0]["code"] == "trade"
    assert sum(each["people"] for each in found["left_shortages"]) == 5
    assert all(each["text"] for each in found["left_shortages"])
    assert [row.id for row in short]
    assert await value_of(ctx, "select sum(taken) from balances") == 2
    assert (await plan(client, officer, region="310000")).json()["pairs"] == found["pairs"]


async def test_a_plan_stays_in_its_region_season_and_among_officers(ctx: Context, client: Client) -> None:
    """Without crossing regions cities stay apart; with a season only what is of it; elsewhere is not one's own."""
    here, there = (await a_firm(ctx))[0], (await a_firm(ctx, **NINGBO))[0]
    near = (await a_firm(ctx))[0]
    await a_balance(ctx, here, lon=121.4, lat=30.5, radius_m=200_000)
    await a_balance(ctx, there, "shortage", headcount=4, lon=121.5, lat=29.9)
    await a_balance(ctx, near, "shortage", headcount=3, season="spring_festival_rush")
    admin = await city.as_staff(ctx, await city.an_officer(ctx, role="admin"))
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    assert (await plan(client, admin)).json()["people"] == 7
    within = (await plan(client, admin, cross_region=False)).json()
    assert within["people"] == 3
    assert within["left_shortages"][0]["lacks"][0]["code"] == "other_region"
    assert (await plan(client, admin, season="spring_festival_rush")).json()["people"] == 3
    assert (await plan(client, officer)).json()["people"] == 3
    assert (await plan(client, officer, region="330200")).status_code == 403
    assert (await plan(client, officer, season="carnival")).status_code == 422
    _, member = await a_firm(ctx)
    assert (await plan(client, member)).status_code == 403


# -- the zones -------------------------------------------------------------------------------------------------


async def a_zone(ctx: Context, client: Client, code: str) -> dict[str, Any]:
    await ensure_zones(ctx)
    return dict((await client.get("/v1/zones", params={"code": code})).json()["items"][0])


async def test_the_column_of_shared_labour_shows_both_sides(ctx: Context, client: Client) -> None:
    """Counted and listed in JSON and on the page, by place and side; unknown pay is said in words, never «面议»."""
    firm, who = await a_firm(ctx)
    day = await today(ctx)
    lent = await published(client, who, day)
    short = await published(client, who, day, side="shortage", pay_day={"amount_fen": 21_050})
    zone = await a_zone(ctx, client, "SH")
    whole = (await client.get(f"/v1/zones/{zone['id']}")).json()
    counts = {column["code"]: column["count"] for column in whole["columns"]}
    assert (counts["shared_labour"]["surplus"], counts["shared_labour"]["shortage"]) == (1, 1)
    assert counts["delivery"]["surplus"] is None
    listed_in = f"/v1/zones/{zone['id']}/listings"
    column = (await client.get(listed_in, params={"column": "shared_labour"})).json()
    assert [each["id"] for each in column["balances"]] == [short["id"], lent["id"]]
    wanted = (await client.get(listed_in, params={"column": "shared_labour", "side": "demand"})).json()
    assert [each["id"] for each in wanted["balances"]] == [short["id"]]
    elsewhere = (await client.get(listed_in, params={"column": "shared_labour", "region": "310101"})).json()
    assert (elsewhere["balances"], elsewhere["count"]["surplus"]) == ([], 0)
    assert (await client.get(listed_in, params={"column": "delivery"})).json()["balances"] == []
    page = await client.get("/zone/SH/shared_labour")
    assert page.status_code == 200
    for words in ("余工", "缺工", "工钱由企业双方商定", "每人每天 210.5 元", "10人", "徐汇"):
        assert words in page.text, words
    assert "面议" not in page.text
    assert firm.name not in page.text
    tiles = await client.get("/zone/SH")
    assert "余工 1 条" in tiles.text
    assert "缺工 1 条" in (await client.get("/zone/SH")).text
    assert "By agreement" in (await client.get("/zone/SH/shared_labour?lang=en")).text.replace("Pay by", "By")


async def test_boards_and_sheets_show_what_firms_lend_and_lack(ctx: Context, client: Client) -> None:
    """A wall screen turns through more balances than one screen holds, each once, and comes to the column by itself; a
    printed sheet has its first lines."""
    _, who = await a_firm(ctx)
    day = await today(ctx)
    for count in range(1, 14):
        await published(client, who, day, headcount=count, homes=[])
    await a_zone(ctx, client, "SH")
    whole = await client.get("/zone/SH/board")
    assert "column=shared_labour" in whole.text
    screens = [await client.get(f"/zone/SH/board?column=shared_labour&turn={turn}") for turn in (0, 1)]
    assert [screen.text.count('<span class="pin">余工') for screen in screens] == [10, 3]
    assert "column=shared_labour&amp;turn=1" in screens[0].text
    assert "column=shared_labour" not in screens[1].text
    sheet = await client.get("/zone/SH/print")
    assert sheet.text.count('<span class="pin">余工') == 13


SHARING = Path(__file__).parents[2] / "docs" / "sharing.md"


async def test_the_examples_of_the_document_are_answered(ctx: Context, client: Client) -> None:
    """Each example of docs/sharing.md as it stands there: pages by the code of a zone, the API by ids; none says that
    something is wrong in it."""
    _, who = await a_firm(ctx)
    day = await today(ctx)
    lent = await published(client, who, day)
    _, other = await a_firm(ctx)
    short = await published(client, other, day, side="shortage", pay_day={"amount_fen": 21_050})
    zone = await a_zone(ctx, client, "SH")
    assert [each["id"] for each in (await client.get("/v1/zones?code=SH")).json()["items"]] == [zone["id"]]
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    worker = await city.as_worker(ctx, await city.a_worker(ctx))
    text = SHARING.read_text(encoding="utf-8")
    gets = re.findall(r"`(?:GET )?((?:/v1|/zone)/[^`\s]+)`", text)
    posted = dict(re.findall(r"`POST (/v1/[^`\s]+)` `({[^`]+})`", text))
    assert len(gets) >= 12
    for path in gets:
        said = path.replace("/zones/{id}", f"/zones/{zone['id']}").replace("{id}", lent["id"])
        said = said.replace("{shortage}", short["id"])
        whose = officer if "/region" in said else worker if "/me/" in said else who
        answer = await client.get(said, headers=whose, follow_redirects=True)
        assert answer.status_code == 200, (said, answer.text[:300])
    for path, body in posted.items():
        answer = await client.post(path, json=json.loads(body), headers=officer)
        assert answer.status_code == 200, (path, answer.text[:300])
