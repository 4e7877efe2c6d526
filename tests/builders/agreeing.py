"""The two sides of a seat over HTTP, who draw and sign their agreement."""

from __future__ import annotations

from typing import Any

import httpx2

from service.context import Context
from tests.builders.agreements import ANSWERS, CONTRACT, added
from tests.builders.attendance import Scene, a_scene
from tests.builders.city import a_member, an_officer, as_member, as_staff, as_worker
from tests.builders.people import sent_code

Client = httpx2.AsyncClient
Headers = dict[str, str]
FULL: dict[str, Any] = {"engagement": {"job_kind": "full_time"}, "posting": {"job_kind": "full_time"}}
PHONES = {"worker": "+8613811110001", "owner": "+8613811110002"}


class Sides:
    """A seat of tomorrow's kind with headers of everybody around it."""

    def __init__(self, ctx: Context, client: Client, scene: Scene, worker: Headers, owner: Headers, officer: Headers):
        self.ctx, self.client, self.scene = ctx, client, scene
        self.worker, self.owner, self.officer = worker, owner, officer

    async def decide(self, result: str = "incomplete_relation") -> httpx2.Response:
        where = f"/v1/postings/{self.scene.posting.id}/triage"
        return await self.client.post(where, json={"answers": ANSWERS[result]}, headers=self.owner)

    async def draw(self, form: str = "written_agreement", kind: str | None = None, **more: str) -> httpx2.Response:
        where = f"/v1/engagements/{self.scene.engagement.id}/agreements"
        return await self.client.post(where, json={"facts": added(form, **more), "kind": kind}, headers=self.owner)

    async def contract(
        self, contract: dict[str, Any] = CONTRACT, kind: str | None = None, **more: str
    ) -> httpx2.Response:
        where = f"/v1/engagements/{self.scene.engagement.id}/agreements"
        body = {"facts": added("labour_contract", **more), "contract": contract, "kind": kind}
        return await self.client.post(where, json=body, headers=self.owner)

    async def drawn(self, result: str = "incomplete_relation", **more: str) -> dict[str, Any]:
        assert (await self.decide(result)).status_code == 201
        kind = {"labour_relation": "part_time", "civil": "service_note"}.get(result, "written_agreement")
        answer = await self.draw(kind, **more)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def sign(self, shown: dict[str, Any], side: str, **more: Any) -> httpx2.Response:
        """Ask for the code and sign with it."""
        who = self.worker if side == "worker" else self.owner
        where = f"/v1/agreements/{shown['agreement']['id']}"
        asked = await self.client.post(f"{where}/signature-codes", headers=who)
        assert asked.status_code == 202, asked.text
        body = {
            "hash": shown["agreement"]["hash"],
            "summary_read": True,
            "differs_accepted": shown["agreement"]["differs"],
            "challenge_id": asked.json()["challenge_id"],
            "code": await sent_code(self.client, PHONES[side]),
        }
        return await self.client.post(f"{where}/sign", json=body | more, headers=who)

    async def get(self, shown: dict[str, Any], who: Headers, part: str = "") -> httpx2.Response:
        return await self.client.get(f"/v1/agreements/{shown['agreement']['id']}{part}", headers=who)


def words_of(drawn: dict[str, Any]) -> dict[str, str]:
    return {term["code"]: term["text"] for term in drawn["terms"]}


async def the_sides(ctx: Context, client: Client, **more: Any) -> Sides:
    scene = await a_scene(ctx, worker={"phone": PHONES["worker"]}, **more)
    member = await a_member(ctx, scene.employer, phone=PHONES["owner"], name="王老板")
    officer = await as_staff(ctx, await an_officer(ctx))
    return Sides(ctx, client, scene, await as_worker(ctx, scene.worker), await as_member(ctx, member), officer)
