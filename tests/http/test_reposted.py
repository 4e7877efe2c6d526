"""What an officer stopped does not come back by a copy or a new entry: whatever is like it waits for an officer."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from service.actor import SYSTEM
from service.context import Context
from service.employers.tables import MemberRow
from tests.builders import city
from tests.builders.postings import made, offered
from tests.builders.reviews import an_officer, an_owner, decide, review_of
from tests.http.test_holds import decide as decide_hold
from tests.http.test_holds import hold
from tests.http.test_postings import post
from tests.http.test_supplies import a_seeker, act, wished

Client = httpx2.AsyncClient
Headers = dict[str, str]
WORDS = "晚市洗碗端盘，五点到十点，管一顿饭，就在夜市口，来了找红帽子的大姐。"
REWORDED = "晚上洗碗端盘，五点干到十点，管一顿饭，就在夜市口，到了找红帽子大姐！"
OTHER = "清早搬菜卸车，六点到九点，一天一结，手套有，冷库门口集合。"


async def stopped(client: Client, how: str, owner: Headers, officer: Headers) -> dict[str, Any]:
    """A posting that was live, or offered, until an officer stopped it."""
    if how == "reject":
        posting = await offered(client, owner, description="培训费的事来了再谈。" + WORDS)
        assert (await post(client, posting, "reject", officer, reasons=["other"])).status_code == 200
        return posting
    posting = await offered(client, owner, description=WORDS)
    assert posting["state"] == "published"
    if how == "pause, hold":
        assert (await post(client, posting, "pause", owner)).status_code == 200
    if how.endswith("hold"):
        assert (await hold(client, "postings", posting["id"], officer)).status_code == 201
    else:
        assert (await post(client, posting, "take-down", officer, reason="other")).status_code == 200
    return posting


async def shown_many_times(ctx: Context, client: Client) -> None:
    """Somebody else's, which has been through more than anything that is stopped here."""
    owner = await an_owner(ctx)
    posting = await offered(client, owner, description=OTHER)
    _, who = await a_seeker(ctx)
    wish = await wished(client, who, description=OTHER)
    for _ in range(3):
        for action in ("pause", "resume"):
            assert (await post(client, posting, action, owner)).status_code == 200
            assert (await act(client, wish, action, who)).status_code == 200


@pytest.mark.parametrize("how", ["take_down", "hold", "pause, hold", "reject"])
async def test_what_is_like_it_waits_for_an_officer(ctx: Context, client: Client, how: str) -> None:
    """The same words, other words alike, and a copy: in review with the id of what was stopped; others are live."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    await shown_many_times(ctx, client)
    first = await stopped(client, how, owner, officer)
    for words in (WORDS, REWORDED):
        again = await offered(client, owner, description=words)
        assert again["state"] == "submitted", words
        [warning] = [each for each in again["warnings"] if each["code"] == "like_stopped"]
        assert warning["facts"]["of"] == first["id"]
        assert warning["facts"]["alike_permille"] >= 700
    copy = (await client.post(f"/v1/postings/{first['id']}/copy", json={}, headers=owner)).json()
    assert (await post(client, copy, "submit", owner)).json()["state"] == "submitted"
    assert (await offered(client, owner, description=OTHER))["state"] == "published"
    assert (await offered(client, await an_owner(ctx), description=WORDS))["state"] == "published"
    yes = await decide(client, officer, await review_of(client, officer, again), "publish")
    assert yes.status_code == 200, yes.text
    public = (await client.get(f"/v1/postings/{again['id']}")).json()
    assert (public["state"], public["warnings"]) == ("published", [])


async def test_neither_withdrawing_nor_another_employer_of_the_same_person_helps(ctx: Context, client: Client) -> None:
    """Rejected and withdrawn, then posted again; or posted by another employer that the same owner has."""
    row, officer = await city.an_employer(ctx), await an_officer(ctx)
    member = await city.a_member(ctx, row)
    owner = await city.as_member(ctx, member)
    posting = await stopped(client, "reject", owner, officer)
    assert (await post(client, posting, "withdraw", owner, reason="other")).status_code == 200
    assert (await offered(client, owner, description=WORDS))["state"] == "submitted"
    other = await city.an_employer(ctx)
    async with ctx.uow() as uow:
        second = MemberRow(employer_id=other.id, person_id=member.person_id, role="owner")
        await uow.add(second, by=SYSTEM)
    assert (await offered(client, await city.as_member(ctx, second), description=WORDS))["state"] == "submitted"


async def test_a_draft_or_a_live_posting_is_not_changed_into_it(ctx: Context, client: Client) -> None:
    """A live posting that takes on the words goes back to review; a rejected one that is reopened is seen again."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    await stopped(client, "take_down", owner, officer)
    live = await offered(client, owner, description=OTHER)
    changed = await client.patch(
        f"/v1/postings/{live['id']}", json={"description": REWORDED},
        headers=owner | {"if-match": f'"{live["version"]}"'},
    )  # fmt: skip
    assert (changed.status_code, changed.json()["state"]) == (200, "submitted")
    rejected = await stopped(client, "reject", owner, officer)
    assert (await post(client, rejected, "reopen", owner)).json()["state"] == "draft"
    assert (await post(client, rejected, "submit", owner)).json()["state"] == "submitted"


async def test_a_mended_posting_is_compared_with_the_words_that_were_rejected(ctx: Context, client: Client) -> None:
    """Entirely other words are live, in the posting itself and in a new one; those of either rejection are known."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    posting = await stopped(client, "reject", owner, officer)
    mended = await reworded(
        client, posting, owner, "五十岁以上的不要，夜里看店，十点到六点，就在火车站出口旁边的便利店。"
    )
    assert (await post(client, mended, "submit", owner)).json()["state"] == "submitted"
    assert (await post(client, mended, "reject", officer, reasons=["other"])).status_code == 200
    mended = await reworded(client, posting, owner, OTHER)
    assert [each for each in mended["warnings"] if each["code"] == "like_stopped"] == []
    assert (await offered(client, owner, description=OTHER, title="卸菜"))["state"] == "published"
    for words in (WORDS, "五十岁以上不要，夜里看店，十点到六点，就在火车站出口旁边便利店"):
        warning = (await made(client, owner, description=words))["warnings"][-1]
        assert (warning["code"], warning["facts"]["of"]) == ("like_stopped", posting["id"])
    assert (await post(client, mended, "submit", owner)).json()["state"] == "published"


async def test_a_mended_wish_is_compared_with_the_words_that_were_rejected(ctx: Context, client: Client) -> None:
    """The same for what a worker looks for."""
    officer = await an_officer(ctx)
    _, who = await a_seeker(ctx)
    first = await wished(client, who, description=WORDS + "微信同号 13912345678")
    assert first["state"] == "submitted"
    assert (await act(client, first, "reject", officer, reason="other")).status_code == 200
    mended = await client.patch(
        f"/v1/supplies/{first['id']}", json={"description": OTHER},
        headers=who | {"if-match": f'"{first["version"] + 1}"'},
    )  # fmt: skip
    assert (mended.status_code, mended.json()["state"]) == (200, "published")


async def reworded(client: Client, posting: dict[str, Any], owner: Headers, words: str) -> dict[str, Any]:
    """A rejected posting, reopened, with other words and another title."""
    opened = await post(client, posting, "reopen", owner)
    changed = await client.patch(
        f"/v1/postings/{posting['id']}", json={"description": words, "title": words[:6]},
        headers=owner | {"if-match": opened.headers["etag"]},
    )  # fmt: skip
    assert changed.status_code == 200, changed.text
    return dict(changed.json())


async def test_what_an_officer_gave_back_is_compared_no_more(ctx: Context, client: Client) -> None:
    """A hold that is lifted leaves nothing behind."""
    owner, first, second = await an_owner(ctx), await an_officer(ctx), await an_officer(ctx)
    posting = await offered(client, owner, description=WORDS)
    row = (await hold(client, "postings", posting["id"], first)).json()
    assert (await made(client, owner, description=REWORDED))["warnings"][0]["code"] == "like_stopped"
    assert (await decide_hold(client, row, "lift", second)).status_code == 200
    assert (await offered(client, owner, description=REWORDED))["state"] == "published"


async def test_a_wish_that_was_stopped_comes_back_to_an_officer(ctx: Context, client: Client) -> None:
    """Of the same person; somebody else's words are his own."""
    officer = await an_officer(ctx)
    await shown_many_times(ctx, client)
    _, who = await a_seeker(ctx)
    first = await wished(client, who, description=WORDS)
    assert first["state"] == "published"
    assert (await act(client, first, "take-down", officer, reason="other")).status_code == 200
    again = await wished(client, who, description=REWORDED)
    assert again["state"] == "submitted"
    assert [each["code"] for each in again["warnings"]] == ["like_stopped"]
    assert (await review_of(client, officer, again, noun="supply"))["noun"] == "supply"
    _, other = await a_seeker(ctx)
    assert (await wished(client, other, description=WORDS))["state"] == "published"
