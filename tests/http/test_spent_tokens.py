"""A token that opens nothing any longer shuts no open door: see docs/decisions (an ended session is anybody)."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from service.context import Context
from tests.builders.city import a_member, a_posting, a_shift, an_employer, as_member
from tests.builders.people import a_known_person, a_phone, bearer, move_clock, sign_in

Client = httpx2.AsyncClient
SPENT = 'Bearer realm="linggong", error="invalid_token"'
NEVER_ISSUED = "lga_" + "x" * 43


async def an_ended_session(client: Client, ctx: Context, how: str) -> dict[str, str]:
    """Headers with a token that was good and ran out, was signed out, or never was one."""
    if how == "never":
        return bearer(NEVER_ISSUED)
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    headers = bearer((await sign_in(client, phone))["tokens"]["access_token"])
    if how == "closed":
        assert (await client.delete("/v1/sessions/current", headers=headers)).status_code == 204
    else:
        await move_clock(client, action="advance", seconds=3600)
    return headers


@pytest.mark.parametrize("how", ["expired", "closed", "never"])
async def test_an_open_operation_serves_who_has_no_session_any_longer_as_anybody(
    client: Client, ctx: Context, how: str
) -> None:
    """Lists, one thing and signing in again; the header says that the token is not good."""
    employer = await an_employer(ctx)
    posting = await a_posting(ctx, employer)
    shift = await a_shift(ctx, posting)
    headers = await an_ended_session(client, ctx, how)
    for path in ("/v1/postings", f"/v1/postings/{posting.id}", f"/v1/shifts/{shift.id}", "/v1/reference/trade"):
        nobody, spent = await client.get(path), await client.get(path, headers=headers)
        assert (nobody.status_code, spent.status_code) == (200, 200), spent.text
        assert spent.content == nobody.content
        assert (nobody.headers.get("www-authenticate"), spent.headers["www-authenticate"]) == (None, SPENT)
    again = await client.post("/v1/codes", json={"phone": a_phone()}, headers=headers)
    assert again.status_code == 202


@pytest.mark.parametrize("how", ["expired", "closed", "never"])
async def test_what_anybody_may_not_see_is_401_for_it_and_never_404(client: Client, ctx: Context, how: str) -> None:
    """An employer's app whose token ran out learns to renew it, not that its draft is gone."""
    employer = await an_employer(ctx)
    draft = await a_posting(ctx, employer, state="draft", published_at=None)
    path = f"/v1/postings/{draft.id}"
    mine = await as_member(ctx, await a_member(ctx, employer))
    headers = await an_ended_session(client, ctx, how)
    assert (await client.get(path)).status_code == 404
    assert (await client.get(path, headers=mine)).status_code in (200, 401)  # the clock may have moved past it too
    refused = await client.get(path, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
    assert refused.headers["www-authenticate"] == SPENT


@pytest.mark.parametrize(
    "headers",
    [
        bearer("nonsense"),
        bearer("lga_short"),
        bearer("lgd_" + "x" * 43),
        bearer("lgk_" + "x" * 43),
        bearer("lgr_" + "x" * 43),
        {"authorization": "Basic dXNlcjpwYXNz"},
    ],
)
async def test_what_is_no_access_token_or_was_taken_back_is_refused_everywhere(
    client: Client, headers: dict[str, Any]
) -> None:
    """Devices and keys do not run out: one that is not good is revoked or mistyped, and somebody should know."""
    for path in ("/v1/postings", "/v1/me"):
        answer = await client.get(path, headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, SPENT)


async def test_without_a_token_the_challenge_names_no_error(client: Client) -> None:
    """RFC 6750, 3.1."""
    answer = await client.get("/v1/me")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="linggong"')
