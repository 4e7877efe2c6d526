"""Surplus and shortage over HTTP: from a draft to its end, who sees what, what may be said, the terms of a place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from service.context import Context
from service.worktime import end_of_day
from tests.builders import city
from tests.builders.applications import rows_of, run_due_at, value_of
from tests.builders.balances import a_balance, a_balance_body, a_firm, act, changed, entered, listed, published, today

Client = httpx2.AsyncClient


def a_place(point: tuple[float, float]) -> dict[str, Any]:
    """In Xuhui, by its codes."""
    return {
        "city_code": "310100", "district_code": "310104", "point": {"type": "Point", "coordinates": point},
    }  # fmt: skip


async def test_a_point_by_the_border_of_its_district_passes(ctx: Context, client: Client) -> None:
    """Centres are all that is known: a place in the next district but near is taken, in every state."""
    _, who = await a_firm(ctx)
    made = await published(client, who, await today(ctx), place=a_place((121.50, 31.24)))
    assert made["place"]["point"]["coordinates"] == [121.50, 31.24]


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


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"season": "foo"}, "season_unknown"), ({"season": "fishing_moratorium_2026"}, "season_unknown"),
        ({"region": "999999"}, "region_unknown"), ({"trade": "alchemy"}, "trade_unknown"),
    ],
)  # fmt: skip
async def test_a_filter_that_means_nothing_is_refused(
    ctx: Context, client: Client, params: dict[str, str], code: str
) -> None:
    """In the public list and in the officers': 422 at the query, not an empty page; what a balance says is taken."""
    admin = await city.as_staff(ctx, await city.an_officer(ctx, role="admin"))
    for path in ("/v1/balances", "/v1/balances/region"):
        answer = await client.get(path, params=params, headers=admin)
        assert answer.status_code == 422, answer.text
        at = next(iter(params))
        assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(f"query:{at}", code)]
        for season in ("fishing_moratorium", "farm_slack"):
            assert (await client.get(path, params={"season": season}, headers=admin)).status_code == 200


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
        ({"homes": [{"district_code": "310100", "people": 1}]}, "district_expected", "/homes/0/district_code"),
        ({"pay_day": {"amount_fen": 1}}, "balance_pay_low", "/pay_day/amount_fen"),
        ({"blocked": ["01a207ed-8696-70ab-9816-7b0007a3a91a"]}, "blocked_unknown", "/blocked/0"),
        ({"place": {"city_code": "310104"}}, "city_expected", "/place/city_code"),
        ({"place": a_place((116.4, 39.9))}, "point_elsewhere", "/place/point"),
        ({"place": a_place((121.34, 30.74))}, "point_elsewhere", "/place/point"),
        ({"place": a_place((116.4, 39.9)) | {"district_code": None}}, "point_elsewhere", "/place/point"),
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
    "words", ["漕溪路1号（管理费按工资的8%）", "漕溪路1号，差价归原企业", "漕溪路1号 利润归原单位"]
)
async def test_an_address_is_no_place_for_a_margin(ctx: Context, client: Client, words: str) -> None:
    """It is read by everybody, and judged as the words are."""
    _, who = await a_firm(ctx)
    place = {"city_code": "310100", "district_code": "310104", "address": words}
    refused = await client.post("/v1/balances", json=a_balance_body(await today(ctx), place=place), headers=who)
    assert refused.status_code == 422
    assert {each["pointer"] for each in refused.json()["errors"]} == {"/place/address"}


@pytest.mark.parametrize(
    "words", ["管理人员两名，服务台一名", "不收管理费，原价结算", "春节后返岗，借用两个月，提供宿舍和班车"]
)
async def test_honest_words_pass(ctx: Context, client: Client, words: str) -> None:
    """Who says that nothing is earned by it, and who comes back, is not taken for the other."""
    _, who = await a_firm(ctx)
    assert (await entered(client, who, await today(ctx), words=words))["words"] == words


async def test_a_firm_does_not_bar_itself(ctx: Context, client: Client) -> None:
    """Another firm can be named, the own one cannot."""
    firm, who = await a_firm(ctx)
    other, _ = await a_firm(ctx)
    both = a_balance_body(await today(ctx), blocked=[str(other.id), str(firm.id)])
    answer = await client.post("/v1/balances", json=both, headers=who)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/blocked/1")
    assert answer.json()["code"] == "blocked_own"
    made = await entered(client, who, await today(ctx), blocked=[str(other.id)])
    assert made["blocked"] == [str(other.id)]


async def test_words_that_a_rule_stops_are_refused(ctx: Context, client: Client) -> None:
    """With the same answer as a posting."""
    _, who = await a_firm(ctx)
    answer = await client.post("/v1/balances", json=a_balance_body(await today(ctx), words="帮人刷单"), headers=who)
    assert (answer.status_code, answer.json()["code"]) == (422, "posting_blocked")
    assert "招工" not in answer.json()["detail"]


async def test_a_household_lends_nobody_and_a_new_firm_waits(ctx: Context, client: Client) -> None:
    """And a clerk posts nothing."""
    day = await today(ctx)
    _, home = await a_firm(ctx, kind="household", credit_code=None)
    refused = await client.post("/v1/balances", json=a_balance_body(day), headers=home)
    assert (refused.status_code, refused.json()["code"]) == (422, "balance_kind_unfit")
    assert refused.json()["errors"][0]["pointer"] == "/employer_id"
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


async def test_a_key_creates_once(ctx: Context, client: Client) -> None:
    """The second request is answered with the first one's draft."""
    _, who = await a_firm(ctx)
    keyed, body = who | {"idempotency-key": "balance-0001"}, a_balance_body(await today(ctx))
    first, second = [await client.post("/v1/balances", json=body, headers=keyed) for _ in range(2)]
    assert first.content == second.content
    assert await value_of(ctx, "select count(*) from balances") == 1


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
        (
            "320500",
            "NAT-9c",
            False,
            False,
            False,
            "本地没有共享用工的专门规定，依据国家文件《关于支持多渠道灵活就业的意见》",
        ),
        ("110100", "NAT-9c", False, False, False, "本地没有共享用工的专门规定"),
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


async def test_the_terms_of_no_city_name_the_query(client: Client) -> None:
    """An unknown code, or a province that is no city, is found where it was sent."""
    for code, wrong in (("999999", "region_unknown"), ("330000", "city_expected")):
        answer = await client.get("/v1/balances/terms", params={"city": code})
        assert answer.status_code == 422
        assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [("query:city", wrong)]


async def test_conditions_are_listed_in_both_languages(client: Client) -> None:
    """With what they are for."""
    chinese = (await client.get("/v1/balances/conditions")).json()["items"]
    english = (await client.get("/v1/balances/conditions", headers={"accept-language": "en"})).json()["items"]
    assert [each["code"] for each in chinese] == [each["code"] for each in english]
    assert chinese[0]["label"] != english[0]["label"]
    assert {each["kind"] for each in chinese} == {"given", "asked"}


# -- matching --------------------------------------------------------------------------------------------------


async def test_a_reason_with_its_lists_name_is_told_the_plain_codes(ctx: Context, client: Client) -> None:
    """The reference rows spell it `posting_take_down.other`; the answer names the codes as they are sent."""
    _, who = await a_firm(ctx)
    row = await published(client, who, await today(ctx))
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    dotted = await act(client, row, "take-down", officer, json={"reason": "posting_take_down.other"})
    assert (dotted.status_code, dotted.json()["code"]) == (422, "reason_unknown")
    assert "other" in dotted.json()["detail"]
    plain = await act(client, row, "take-down", officer, json={"reason": "other"})
    assert plain.status_code == 200


async def test_what_is_over_is_copied_for_other_days(ctx: Context, client: Client) -> None:
    """After its end the message names the copy: a new draft of the same firm with everything but the days and what
    became of it; strangers copy nothing, and wrong days are refused."""
    firm, who = await a_firm(ctx)
    owner = await city.a_member(ctx, firm)
    said = {"needs": ["meals"], "homes": [{"district_code": "310104", "people": 6}], "least_days": 20, "words": "熟手"}
    day = await today(ctx)
    made = await published(client, who, day, **said)
    await run_due_at(ctx, end_of_day(day + timedelta(days=30)))
    who = await city.as_member(ctx, owner)
    day = await today(ctx)
    told = (await client.get("/v1/messages", headers=who | {"accept-language": "en"})).json()["items"]
    assert any("copy it with new days" in each["text"] and "Dishwashing, 10" in each["text"] for each in told), told
    days = {"first_day": str(day + timedelta(days=1)), "last_day": str(day + timedelta(days=10))}
    answer = await act(client, made, "copy", who, json=days)
    assert answer.status_code == 201, answer.text
    copy = answer.json()
    assert (copy["state"], copy["id"] != made["id"], copy["least_days"]) == ("draft", True, 10)
    same = ("side", "trade", "headcount", "needs", "homes", "words", "place", "employer_id")
    old = (await client.get(f"/v1/balances/{made['id']}", headers=who)).json()
    assert [copy[name] for name in same] == [old[name] for name in same]
    assert {name: copy[name] for name in days} == days
    assert (await act(client, copy, "publish", who)).status_code == 200
    _, stranger = await a_firm(ctx)
    assert (await act(client, made, "copy", stranger, json=days)).status_code == 404
    turned = await act(client, made, "copy", who, json={"first_day": days["last_day"], "last_day": days["first_day"]})
    assert (turned.status_code, turned.json()["code"]) == (422, "days_reversed")
