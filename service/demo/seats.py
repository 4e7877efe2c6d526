"""Who fits and why, who claims, who waits in line, and who takes a seat that comes free."""

from __future__ import annotations

from typing import Any

from service.demo.arriving import paper_arrives
from service.demo.people import Shop, Worker
from service.demo.staff import Desk
from service.demo.stage import AT_COUNTER, Broke, Stage, word
from service.ids import new_id


async def ranking(stage: Stage, shop: Shop, first: Worker) -> None:
    """The boss sees masked people in order, each with the parts of the score."""
    stage.begin("ranking")
    path = f"/v1/shifts/{shop.shift['id']}/candidates"
    found = await stage.ask(
        "GET", path, shop.boss, query={"limit": 20, "excluded": "true"}, show=("considered", "refused", "excluded")
    )
    for place, each in enumerate(found["matches"][:3], start=1):
        stage.note("ranked", place=place, name=each["name"], points=_points(each["score"]), metres=each["distance_m"])
    one = await stage.ask("GET", f"{path}/{first.id}", shop.boss, show=("eligible", "distance_m"))
    for part in one["score"]["parts"]:
        stage.note("part", label=part["label"], points=_points(part), text=part["text"])


async def why_not(stage: Stage, desk: Desk, shop: Shop, worker: Worker) -> None:
    """What suits this worker; why the dinner shift does not; and the same again once the paper is there."""
    stage.begin("recommendations")
    await _recommended(stage, worker)
    stage.begin("why_not")
    if await _fits(stage, shop, worker):
        raise Broke("somebody without a health certificate may work in a kitchen")
    stage.begin("paper_comes")
    await paper_arrives(stage, desk, worker)
    if not await _fits(stage, shop, worker):
        raise Broke("the health certificate did not help")


async def _recommended(stage: Stage, worker: Worker) -> None:
    shows = ("considered", "refused", "excluded")
    found = await stage.ask("GET", "/v1/workers/me/recommendations", worker.actor, query={"limit": 3}, show=shows)
    for offer in found["matches"]:
        shift = offer["shift"]
        stage.note("recommended", title=shift["title"], starts_at=shift["starts_at"], points=_points(offer["score"]))


async def _fits(stage: Stage, shop: Shop, worker: Worker) -> bool:
    path = f"/v1/shifts/{shop.shift['id']}/fit"
    told: dict[str, Any] = await stage.ask("GET", path, worker.actor, show=("eligible", "refusals"))
    if told["refusals"]:
        in_chinese = await stage.peek(path, worker.actor, language="zh-CN")
        for refusal, same in zip(told["refusals"], in_chinese["refusals"], strict=True):
            stage.note("refusal", en=_why(refusal), zh=_why(same))
    return bool(told["eligible"])


async def claims(stage: Stage, desk: Desk, shop: Shop, workers: list[Worker]) -> tuple[str, str, str]:
    """Two seats, three people: the first's seat, the third's seat, and the second's application in line."""
    first, second, third = workers
    path = f"/v1/shifts/{shop.shift['id']}/claims"
    terms = {"terms_version": shop.posting["terms_version"]}
    shows = ("outcome", "engagement_id", "application_id", "position", "warnings")
    stage.begin("claims")
    key = str(new_id())
    seat = await stage.ask("POST", path, first.actor, terms, key=key, show=shows)
    stage.note("same_key")
    again = await stage.ask("POST", path, first.actor, terms, key=key, show=shows)
    told = terms | {"worker_id": third.id}
    other = await stage.ask("POST", path, desk.officer, told, query=AT_COUNTER, show=shows)
    stage.begin("waitlist")
    waiting = await stage.ask("POST", path, second.actor, terms, show=shows)
    outcomes = (seat["outcome"], other["outcome"], waiting["outcome"], waiting["position"])
    if outcomes != ("confirmed", "confirmed", "waitlisted", 1) or again != seat:
        raise Broke(f"two seats for three people went to {outcomes}")
    return seat["engagement_id"], other["engagement_id"], waiting["application_id"]


async def seat_comes_free(stage: Stage, desk: Desk, shop: Shop, worker: Worker, given_up: Worker, seat: str,
                          application: str) -> str:  # fmt: skip
    """One gives the seat up, it is held for the first in line, whose yes comes by SMS; the new seat."""
    stage.begin("cancel")
    body = {"reason": "family_emergency"}
    shows = ("state", "cancelled_by", "cancel_tier")
    await stage.ask("POST", f"/v1/engagements/{seat}/cancel", given_up.actor, body, show=shows)
    stage.begin("promoted")
    path = f"/v1/applications/{application}"
    offer = await stage.ask("GET", path, worker.actor, show=("state", "confirm_by"))
    inbox = await stage.ask("GET", "/v1/messages", worker.actor, query={"limit": 1}, show=("template", "text", "asks"))
    if offer["state"] != "offered" or not inbox["items"]:
        raise Broke(f"the free seat was not offered to the first in line: {offer['state']}")
    stage.begin("yes_by_sms")
    outcome = await stage.sms(worker.actor, word("yes"), desk.gateway)
    if outcome != "seat_yours":
        raise Broke(f"the yes by SMS came to {outcome}")
    mine = await stage.ask(
        "GET",
        "/v1/workers/me/engagements",
        worker.actor,
        query={"state": "confirmed", "limit": 1},
        show=("id", "state", "starts_at", "ends_at"),
    )
    contact = f"/v1/engagements/{mine['items'][0]['id']}/contact"
    await stage.ask("GET", contact, shop.boss, show=("side", "name", "phone"))
    return str(mine["items"][0]["id"])


def _why(refusal: dict[str, Any]) -> dict[str, str]:
    return {"text": refusal["text"], "remedy": refusal["remedy"]["text"] if refusal["remedy"] else "–"}


def _points(part: dict[str, Any]) -> str:
    """Millionths of a point as points with one decimal."""
    return f"{(part['total'] if 'total' in part else part['points']) / 1_000_000:.1f}"
