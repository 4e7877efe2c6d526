"""What people read beside the codes: the sentence of a warning, who may do what, and where a limit stands."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from service.app import create_app
from service.context import Context
from service.errors import Forbidden, TooMany
from service.http.caller import ROLES
from service.http.problems import domain_problem
from service.i18n import LANGUAGES, catalogue
from service.settings import Settings
from tests.builders.city import a_member, a_worker, an_employer, as_member, as_worker
from tests.builders.postings import a_body

Client = httpx2.AsyncClient


@pytest.mark.parametrize(("language", "said"), [("zh-CN", "年龄上限"), ("en", "upper age limit")])
async def test_a_warning_has_its_sentence_in_the_callers_language(
    client: Client, ctx: Context, language: str, said: str
) -> None:
    """In the answer to the write, in the read, and in a list of one's own."""
    boss = await as_member(ctx, await a_member(ctx, await an_employer(ctx))) | {"accept-language": language}
    made = (await client.post("/v1/postings", json=a_body(max_age=60, submit=True), headers=boss)).json()
    read = (await client.get(f"/v1/postings/{made['id']}", headers=boss)).json()
    (listed,) = (await client.get("/v1/postings/mine", headers=boss)).json()["items"]
    for posting in (made, read, listed):
        warning = next(each for each in posting["warnings"] if each["code"] == "upper_age_limit")
        assert said in warning["message"]
        assert set(warning) == {"pointer", "code", "message", "facts"}
        assert all("{" not in each["message"] and "…" not in each["message"] for each in posting["warnings"])


async def test_a_role_that_may_not_is_told_who_may(client: Client, ctx: Context) -> None:
    """By code for programs, by name for people."""
    me = await as_worker(ctx, await a_worker(ctx))
    for language, said in (("zh-CN", "窗口工作人员、管理员"), ("en", "officers, administrators")):
        problem = (await client.get("/v1/employers", headers=me | {"accept-language": language})).json()
        assert (problem["code"], problem["facts"]["roles"]) == ("role_lacks_operation", ["officer", "admin"])
        assert said in problem["detail"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_role_has_a_name(language: str) -> None:
    """Also those of an employer's people."""
    names = catalogue(language)
    assert all(f"role.{role}" in names for role in (*ROLES, "owner", "manager", "clerk"))
    refusal = domain_problem(Forbidden("role_lacks_operation", roles=["owner"]), language=language, request_id=None)
    assert b"role." not in refusal.body


async def test_each_answer_says_where_its_caller_stands(app: Any, client: Client) -> None:
    """Requests a minute, what is left of them, seconds until there are more; over it 429 with the same figures."""
    limited = create_app(Settings(env="development", flood_limit_per_minute=3), "postgresql://nobody@localhost/none")
    transport = httpx2.ASGITransport(app=limited, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as caller:
        answers = [await caller.get("/healthz") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
    for answer in answers:
        assert answer.headers["x-ratelimit-limit"] == "3"
        assert 1 <= int(answer.headers["x-ratelimit-reset"]) <= 60
    assert answers[-1].headers["retry-after"] == answers[-1].headers["x-ratelimit-reset"]
    free = await client.get("/v1/postings")
    assert "x-ratelimit-limit" not in free.headers  # the limit is lifted in rehearsals


def test_a_narrower_limit_gives_its_own_figures() -> None:
    """What its code counts, none left, and when again."""
    refusal = domain_problem(TooMany("unmask_too_often", retry_after=90, most=60), language="en", request_id=None)
    figures = {name: refusal.headers[f"x-ratelimit-{name}"] for name in ("limit", "remaining", "reset")}
    assert figures == {"limit": "60", "remaining": "0", "reset": "90"}
    assert refusal.headers["retry-after"] == "90"


def test_the_contract_declares_the_figures_on_every_answer(app: Any) -> None:
    """And what else comes with a refusal."""
    document = app.openapi()
    assert set(document["components"]["headers"]) == {
        "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset",
    }  # fmt: skip
    for path, methods in document["paths"].items():
        for operation in methods.values() if path.startswith("/v1/") else ():
            assert "Retry-After" in operation["responses"]["429"]["headers"], operation["operationId"]
            for answer in operation["responses"].values():
                assert "X-RateLimit-Remaining" in answer["headers"], operation["operationId"]
