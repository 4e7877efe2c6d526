"""Evidence packs over HTTP: whose they are, as file and on paper; checking a file, for anybody."""

from __future__ import annotations

from typing import Any

import httpx2

from service.context import Context
from tests.builders.attendance import Scene, a_scene
from tests.builders.city import a_worker, an_officer, as_member, as_staff, as_worker


def where(scene: Scene, kind: str = "") -> str:
    return f"/v1/engagements/{scene.engagement.id}/evidence{kind}"


async def checked(client: httpx2.AsyncClient, data: bytes, **headers: str) -> Any:
    files = {"file": ("evidence.json", data, "application/json")}
    return await client.post("/v1/evidence/verify", files=files, headers=headers)


async def test_each_side_gets_its_own_and_nobody_else_any(client: httpx2.AsyncClient, ctx: Context) -> None:
    """404 for other people, for the other side's, and where there is none; staff give a reason of the list."""
    scene = await a_scene(ctx)
    mine = await as_worker(ctx, scene.worker)
    stranger = await as_worker(ctx, await a_worker(ctx))
    officer = await as_staff(ctx, await an_officer(ctx))
    for kind in ("", ".json", ".pdf"):
        assert (await client.get(where(scene, kind), headers=mine)).status_code == 200
        assert (await client.get(where(scene, kind), headers=stranger)).status_code == 404
        assert (await client.get(where(scene, kind))).status_code == 401
        refused = await client.get(where(scene, kind), headers=officer)
        assert (refused.status_code, refused.json()["code"]) == (422, "evidence_reason_needed")
        assert (await client.get(where(scene, kind) + "?reason=wage_claim", headers=officer)).status_code == 200
        unknown = await client.get(where(scene, kind) + "?reason=nonsense", headers=officer)
        assert (unknown.status_code, unknown.json()["code"]) == (422, "reason_unknown")
        assert unknown.json()["errors"][0]["pointer"] == "query:reason"
    theirs = await client.get(where(scene), headers=await as_member(ctx, scene.member))
    assert theirs.json()["side"] == "employer"
    assert (await client.get(where(scene) + "?side=employer", headers=mine)).status_code == 404


async def test_what_an_employer_reads_of_a_person_is_on_record_and_ends_with_the_seat(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    """Name and number stand open in the employer's pack while the contact is open, each look recorded; then no more."""
    scene = await a_scene(ctx)
    mine, theirs = await as_worker(ctx, scene.worker), await as_member(ctx, scene.member)
    pack = (await client.get(where(scene, ".json"), headers=theirs)).json()
    assert {opening["field"] for opening in pack["openings"]} >= {"name", "phone"}
    lines = (await client.get("/v1/me/unmaskings", headers=mine)).json()["items"]
    assert {(each["field"], each["purpose"]) for each in lines} == {("name", "evidence"), ("phone", "evidence")}
    gone = await client.post(f"/v1/engagements/{scene.engagement.id}/cancel", json={"reason": "other"}, headers=mine)
    assert gone.status_code == 200, gone.text
    closed = await client.get(where(scene, ".json"), headers=theirs)
    assert [opening for opening in closed.json()["openings"] if opening["field"] in ("name", "phone")] == []
    assert (await checked(client, closed.content)).json()["valid"]
    assert (await client.get("/v1/me/unmaskings", headers=mine)).json()["items"] == lines
    odd = closed.content.replace(b'"openings":[]', b'"openings":{}')
    assert odd != closed.content
    assert not (await checked(client, odd)).json()["valid"]


async def test_a_file_is_checked_by_anybody(client: httpx2.AsyncClient, ctx: Context) -> None:
    """Unchanged it is valid and known; with another byte the place is named in words."""
    scene = await a_scene(ctx)
    answer = await client.get(where(scene, ".json"), headers=await as_worker(ctx, scene.worker))
    assert answer.headers["content-disposition"].startswith("attachment")
    verdict = (await checked(client, answer.content)).json()
    assert (verdict["valid"], verdict["known"], verdict["findings"]) == (True, True, [])
    assert verdict["head"] == answer.headers["x-evidence-head"]
    broken = answer.content.replace(b'"kind":"enterprise"', b'"kind":"household"', 1)
    wrong = (await checked(client, broken, **{"accept-language": "en"})).json()
    assert not wrong["valid"]
    assert wrong["findings"][0]["place"].endswith(", facts.kind")
    assert wrong["findings"][0]["message"] == "The content was changed."
    nonsense = (await checked(client, b"[]")).json()
    assert (nonsense["valid"], nonsense["pack_id"], nonsense["findings"][0]["place"]) == (False, None, "pack")


async def test_a_file_that_is_too_large_is_refused(client: httpx2.AsyncClient) -> None:
    """More than a megabyte is 413 before anything is read."""
    assert (await checked(client, b" " * (1024 * 1024 + 1))).status_code == 413


async def test_the_paper_is_a_pdf_in_the_callers_language(client: httpx2.AsyncClient, ctx: Context) -> None:
    """Chinese and English differ; both are PDF."""
    scene = await a_scene(ctx)
    mine = await as_worker(ctx, scene.worker)
    chinese = await client.get(where(scene, ".pdf"), headers=mine)
    english = await client.get(where(scene, ".pdf"), headers=mine | {"accept-language": "en"})
    assert chinese.headers["content-type"] == "application/pdf"
    assert chinese.content[:5] == english.content[:5] == b"%PDF-"
    assert chinese.content != english.content
