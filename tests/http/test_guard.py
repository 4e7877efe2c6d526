"""The posting guard over HTTP: stopped, contested, overruled, looked at; who sees what; imports and edits too."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.worktime import SHANGHAI
from tests.builders.attendance import at
from tests.builders.postings import a_body, made, offered
from tests.http.test_postings import an_officer, an_owner, post
from tests.http.test_supplies import WISH, a_seeker

Client = httpx2.AsyncClient
FEE = "后厨洗碗，管一顿饭。入职先交押 金200元，做满一个月退。"
HINT = "晚市洗碗，自己有工作服的优先，培训费的事来了再谈。"


async def test_a_posting_that_takes_money_is_not_offered(ctx: Context, client: Client) -> None:
    """422 names the rule, its law and the marked words; nothing is stored, and nothing is lost of a draft."""
    owner = await an_owner(ctx)
    stopped = await client.post("/v1/postings", json=a_body(description=FEE, submit=True), headers=owner)
    assert (stopped.status_code, stopped.json()["code"]) == (422, "posting_blocked")
    wrong, hit = stopped.json()["errors"][0], stopped.json()["facts"]["hits"][0]
    assert (wrong["pointer"], wrong["code"], hit["rule"]) == ("/description", "guard_hit", "C01")
    assert "押 金" in hit["words"]
    assert FEE[hit["start"] : hit["end"]] == hit["words"]
    assert "劳动合同法" in wrong["message"]
    english = await client.post(
        "/v1/postings", json=a_body(description=FEE, submit=True), headers=owner | {"accept-language": "en"}
    )
    assert "Money taken from the worker" in english.json()["errors"][0]["message"]
    draft = await made(client, owner, description=FEE)
    assert draft["state"] == "draft"
    assert draft["warnings"][0]["facts"]["name"] == "向求职者收费"
    again = await post(client, draft, "submit", owner)
    assert (again.status_code, again.json()["code"]) == (422, "posting_blocked")
    mended = await client.patch(
        f"/v1/postings/{draft['id']}", json={"description": "后厨洗碗，管一顿饭，不收押金。"},
        headers=owner | {"if-match": f'"{draft["version"]}"'},
    )  # fmt: skip
    assert mended.json()["warnings"] == []
    assert (await post(client, draft, "submit", owner)).json()["state"] == "published"


async def test_a_refusal_names_every_finding_at_once(ctx: Context, client: Client) -> None:
    """Those that stop it first, then those that a person would look at, each with its action; the same of a wish."""
    words = {"description": "只要女的，35岁以下，没结婚的，外地的不要。"}
    stopped = await client.post("/v1/postings", json=a_body(**words, submit=True), headers=await an_owner(ctx))
    assert (stopped.status_code, stopped.json()["code"]) == (422, "posting_blocked")
    errors, hits = stopped.json()["errors"], stopped.json()["facts"]["hits"]
    assert [each["action"] for each in hits] == sorted(each["action"] for each in hits)
    assert {(each["rule"], each["action"]) for each in hits} == {("C04", "block"), ("C05", "review"), ("C09", "review")}
    assert len(errors) == len(hits)
    _, who = await a_seeker(ctx)
    wish = await client.post("/v1/supplies", json=WISH | {"description": "微信同号 13912345678，帮人刷单"}, headers=who)
    told = [(each["rule"], each["action"]) for each in wish.json()["facts"]["hits"]]
    assert (told[0], told[-1]) == (("C21", "block"), ("C29", "review"))


async def test_who_holds_that_a_rule_is_wrong_gets_a_person(ctx: Context, client: Client) -> None:
    """Contested: in review; approved only with a reason, which the log keeps; the public sees no mark."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    draft = await made(client, owner, description=FEE)
    contested = await post(client, draft, "submit", owner, contested=True)
    assert contested.json()["state"] == "submitted"
    seen = (await client.get(f"/v1/postings/{draft['id']}", headers=officer)).json()
    assert seen["warnings"][0]["facts"]["rule"] == "C01"
    bare = await post(client, draft, "publish", officer)
    assert (bare.status_code, bare.json()["code"]) == (409, "guard_overrule_needed")
    said = "押金是客人的，不是工人的"
    approved = await post(client, draft, "publish", officer, overrules=said)
    assert (approved.status_code, approved.json()["state"]) == (200, "published")
    public = (await client.get(f"/v1/postings/{draft['id']}")).json()
    assert public["warnings"] == []
    async with ctx.database.reads.acquire() as connection:
        kept = await connection.fetchval(
            "select reason from transitions where entity_id = $1::uuid and action = 'publish'", draft["id"]
        )
    assert kept == said


async def test_what_may_be_a_breach_is_looked_at_first(ctx: Context, client: Client) -> None:
    """A verified employer whose words may mean a fee waits for a review instead of going live."""
    posting = await offered(client, await an_owner(ctx), description=HINT)
    assert posting["state"] == "submitted"
    assert [(each["facts"]["rule"], each["facts"]["action"]) for each in posting["warnings"]] == [("C01", "review")]
    clean = await offered(client, await an_owner(ctx), description="晚市洗碗，不收任何费用，包一顿饭。")
    assert (clean["state"], clean["warnings"]) == ("published", [])


async def test_a_live_posting_is_not_edited_into_a_breach(ctx: Context, client: Client) -> None:
    """The old words stay, and stay shown."""
    owner = await an_owner(ctx)
    posting = await offered(client, owner, description="晚市洗碗，管饭。")
    worse = await client.patch(
        f"/v1/postings/{posting['id']}", json={"description": "限男性。" + FEE},
        headers=owner | {"if-match": f'"{posting["version"]}"'},
    )  # fmt: skip
    assert (worse.status_code, worse.json()["code"]) == (422, "posting_blocked")
    rules = {each["rule"] for each in worse.json()["facts"]["hits"]}
    assert rules == {"C01", "C04"}
    present: dict[str, Any] = (await client.get(f"/v1/postings/{posting['id']}")).json()
    assert (present["state"], present["description"]) == ("published", "晚市洗碗，管饭。")


async def test_an_edited_rule_takes_effect_by_date(
    ctx: Context, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What docs/guard.md says, done: a copy of a rule in a folder gets a version from a day on; no process is started
    anew, and before that day nothing changes. A file that cannot be read changes nothing either."""
    monkeypatch.setattr(ctx.settings, "guard_dir", tmp_path)
    shipped = files("service.guard").joinpath("rules", "C31.yaml").read_text("utf-8")
    own = tmp_path / "C31.yaml"
    new = (
        "  - from: 2026-12-01\n    action: block\n"
        "    advice: {zh: 不能体罚。, en: No punishment.}\n    words: [罚跑圈]\n"
        "    scenarios: {stopped: [迟到的罚跑圈], passed: [跑圈锻炼]}\n"
    )
    owner = await an_owner(ctx)
    words = "晚市洗碗，不听话的罚跑圈。"

    shifts = {"starts_at": "2026-12-05T17:00:00+08:00", "ends_at": "2026-12-05T22:00:00+08:00"}
    await at(ctx, datetime(2026, 11, 30, 23, 50, tzinfo=SHANGHAI))

    async def asked() -> tuple[int, set[str]]:
        body = a_body(description=words, time=shifts, submit=True)
        answer = await client.post("/v1/postings", json=body, headers=owner)
        return answer.status_code, {hit["rule"] for hit in answer.json().get("facts", {}).get("hits", [])}

    assert await asked() == (201, set())
    own.write_text(shipped + new, encoding="utf-8")
    assert await asked() == (201, set())
    await at(ctx, datetime(2026, 12, 1, 0, 1, tzinfo=SHANGHAI))
    assert await asked() == (422, {"C31"})
    own.write_text("code: [C31", encoding="utf-8")
    assert await asked() == (422, {"C31"})
    own.unlink()
    assert await asked() == (201, set())


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"place": {"address": "先交押金500元，加微信linggong888", "district_code": "310104"}}, "/place/address"),
        ({"pay": {"amount_fen": 2500, "unit": "piece", "unit_label": "先交押金500元"}}, "/pay/unit_label"),
        ({"conditions": {"insurance": "先交押金800元，加微信linggong777"}}, "/conditions/insurance"),
        ({"conditions": {"insurance": "受伤自负，与本店无关"}}, "/conditions/insurance"),
        ({"description": "打包，受伤自负，与本店无关"}, "/description"),
    ],
)
async def test_every_text_that_everybody_reads_is_judged(
    ctx: Context, client: Client, more: dict[str, Any], pointer: str
) -> None:
    """Addresses and labels too: refused at the field; by a change of a live posting as well."""
    owner = await an_owner(ctx)
    stopped = await client.post("/v1/postings", json=a_body(submit=True) | more, headers=owner)
    assert (stopped.status_code, stopped.json()["code"]) == (422, "posting_blocked"), stopped.text
    assert pointer in {each["pointer"] for each in stopped.json()["errors"]}
    live = await offered(client, owner)
    version = {"if-match": f'"{live["version"]}"'}
    changed = await client.patch(f"/v1/postings/{live['id']}", json=more, headers=owner | version)
    assert (changed.status_code, changed.json()["code"]) == (422, "posting_blocked"), changed.text


async def test_a_place_with_a_dangerous_name_is_a_place(ctx: Context, client: Client) -> None:
    """What may mean something else holds back an advertisement, and no address."""
    place = {"address": "某某路8号大富豪KTV后门", "district_code": "310104"}
    assert (await offered(client, await an_owner(ctx), place=place))["state"] == "published"


async def test_what_is_like_a_breach_waits_for_an_officer(ctx: Context, client: Client) -> None:
    """No pattern is met: the posting is in review, and its author hears that it may be this, not that it is."""
    owner = await an_owner(ctx)
    told = "明天六点半大棚集合，摘到中午，30一个钟当天给。剪子篮子在我这拿，先搁50块，还家什的时候还你。"
    posting = await offered(client, owner, title="摘菜", description=told)
    assert posting["state"] == "submitted"
    (warning,) = (each for each in posting["warnings"] if each["code"] == "guard_hit")
    facts = warning["facts"]
    assert (facts["rule"], facts["how"], facts["action"]) == ("C01", "learned", "review")
    assert told[facts["start"] : facts["end"]] == facts["words"] == "先搁50块"
    assert facts["name"] == "可能是“向求职者收费”"
    assert "工作人员会先看一看" in facts["advice"]
    honest = await offered(client, owner, title="摘菜", description=told.replace("先搁50块，还家什的时候", "用完"))
    assert honest["state"] == "published"
