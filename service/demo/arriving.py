"""The story's beginning: a boss and his shop, an officer's look, one sentence, three workers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from service.demo.people import Shop, Worker, new_credit_code, new_id_number, new_phone
from service.demo.staff import CITY, Desk
from service.demo.stage import AT_COUNTER, Actor, Broke, Stage, word
from service.worktime import at_local, local_day

DISTRICT = "310104"
SHOP_POINT = [121.4382, 31.1868]
HOMES = ([121.4461, 31.1925], [121.4290, 31.1801], [121.4550, 31.1990])
EVENING_MINUTE = 17 * 60
LEAST_AHEAD = timedelta(hours=6)  # nearer to the start a free place goes to whoever is first, not in line
PAPER = "health_certificate"
ALL_WEEK = [{"weekday": day, "start": "00:00", "end": "00:00"} for day in range(7)]


async def sign_in(stage: Stage, actor: Actor, role: str = "worker") -> Any:
    """A code to the phone and back; the answer holds tokens, or a ticket for somebody new."""
    asked = await stage.ask("POST", "/v1/codes", actor, {"phone": actor.phone}, show=("expires_in_seconds",))
    body = {"challenge_id": asked["challenge_id"], "code": await stage.code(actor.phone), "as": role}
    return await stage.ask("POST", "/v1/sessions", actor, body, show=("status", "ticket_expires_in_seconds"))


async def boss_comes(stage: Stage) -> Shop:
    """The boss registers with his phone and applies as an employer."""
    stage.begin("boss_registers")
    owner = Actor("boss", new_phone())
    answer = await sign_in(stage, owner)
    newcomer = {"ticket": answer["ticket"], "name": word("boss"), "trade": word("boss_trade"), "wait_today": False}
    made = await stage.ask("POST", "/v1/workers", owner, newcomer, show=("id", "state", "role"))
    owner.take(made["session"])
    stage.begin("boss_applies")
    shop = {
        "kind": "sole_trader",
        "name": word("shop"),
        "credit_code": new_credit_code(),
        "city_code": CITY,
        "district_code": DISTRICT,
        "address": word("address"),
        "contact_name": word("boss"),
        "contact_phone": owner.phone,
    }
    applied = await stage.ask("POST", "/v1/employers", owner, shop, show=("id", "state", "answer_by", "my_role"))
    boss = Actor("boss", owner.phone)
    asked = {"employer_id": applied["id"]}
    boss.take(await stage.ask("POST", "/v1/sessions/for-employer", owner, asked, show=("role", "employer_id")))
    site = {
        "name": word("site"),
        "city_code": CITY,
        "district_code": DISTRICT,
        "address": word("address"),
        "point": {"coordinates": SHOP_POINT, "datum": "wgs84"},
    }
    path = f"/v1/employers/{applied['id']}/sites"
    where = await stage.ask("POST", path, boss, site, show=("id", "address", "approximate"))
    return Shop(owner, boss, applied["id"], where["id"])


async def officer_verifies(stage: Stage, desk: Desk, shop: Shop) -> None:
    """The officer compares the papers; from now on the shop's postings need no review here."""
    stage.begin("officer_verifies")
    query = {"q": word("shop"), "state": "applied", "limit": 1}
    await stage.ask("GET", "/v1/employers", desk.officer, query=query, show=("id", "state", "answer_by"))
    path = f"/v1/employers/{shop.employer_id}/verify"
    await stage.ask("POST", path, desk.officer, show=("state", "verified_at", "recheck_at"))


async def sentence_becomes_posting(stage: Stage, shop: Shop) -> None:
    """One sentence, a draft, a posting that everybody sees. Raises Broke when a word was not understood."""
    stage.begin("sentence")
    when = word("tonight" if _tonight(await stage.now()) else "tomorrow_night")
    said = {"text": word("sentence", when=when), "site_id": shop.site_id}
    shows = ("posting", "missing", "assumed")
    draft = await stage.ask("POST", "/v1/postings/drafts/from-sentence", shop.boss, said, show=shows)
    if draft["missing"] or draft["problems"]:
        raise Broke(f"the sentence left something open: {draft['missing']}, {draft['problems']}")
    stage.note("defaults", fields=", ".join(draft["defaulted"]))
    stage.begin("published")
    made = await stage.ask("POST", "/v1/postings", shop.boss, draft["posting"], show=("id", "state", "version"))
    path = f"/v1/postings/{made['id']}"
    shown = ("id", "state", "title", "claimable", "terms_version", "certificates")
    shop.posting = await stage.ask("POST", f"{path}/submit", shop.boss, show=shown)
    if shop.posting["state"] != "published":
        raise Broke("the posting of a verified employer waits for a review")
    listed = await stage.ask("GET", f"{path}/shifts", show=("id", "starts_at", "ends_at", "headcount", "free_seats"))
    shop.shift = listed["items"][0]


def _tonight(now: datetime) -> bool:
    return at_local(local_day(now), EVENING_MINUTE) - now >= LEAST_AHEAD


async def workers_come(stage: Stage, desk: Desk) -> list[Worker]:
    """Two register with their phones, one without a phone at the officer's window."""
    stage.begin("workers_register")
    first = await _by_phone(stage, "first", HOMES[0])
    second = await _by_phone(stage, "second", HOMES[1])
    stage.begin("worker_without_phone")
    third = Worker(Actor("worker 3"), word("third"))
    body = _newcomer(third.name, HOMES[2])
    made = await stage.ask("POST", "/v1/workers/by-officer", desk.officer, body, show=("id", "state", "introducible"))
    third.id = made["id"]
    await _free(stage, desk.officer, third.id, made["version"], query=AT_COUNTER)
    stage.begin("papers")
    await _paper(stage, desk, first, by=first.actor)
    await _paper(stage, desk, third, by=desk.officer, query=AT_COUNTER)
    return [first, second, third]


async def paper_arrives(stage: Stage, desk: Desk, worker: Worker) -> None:
    """The missing health certificate is told and looked at."""
    await _paper(stage, desk, worker, by=worker.actor)


async def _by_phone(stage: Stage, name: str, home: list[float]) -> Worker:
    worker = Worker(Actor("worker 1" if name == "first" else "worker 2", new_phone()), word(name))
    answer = await sign_in(stage, worker.actor)
    body = _newcomer(worker.name, home) | {"ticket": answer["ticket"]}
    shows = ("id", "state", "introducible", "missing", "role")
    made = await stage.ask("POST", "/v1/workers", worker.actor, body, show=shows)
    worker.actor.take(made["session"])
    worker.id = made["worker"]["id"]
    await _free(stage, worker.actor, worker.id, made["worker"]["version"])
    return worker


def _newcomer(name: str, home: list[float]) -> dict[str, Any]:
    return {
        "name": name,
        "trade": word("trade"),
        "id_number": new_id_number(),
        "level": 2,
        "home": {"coordinates": home, "datum": "wgs84"},
        "region_code": DISTRICT,
    }


async def _free(stage: Stage, by: Actor, worker_id: str, version: int, query: Mapping[str, str] | None = None) -> None:
    """Free on every day of the week: waiting for work reaches until this evening only."""
    path = f"/v1/workers/{worker_id}"
    await stage.ask("PATCH", path, by, {"weekly": ALL_WEEK}, seen=version, query=query, show=("version", "missing"))


async def _paper(
    stage: Stage, desk: Desk, worker: Worker, *, by: Actor, query: Mapping[str, str] | None = None
) -> None:
    path = f"/v1/workers/{worker.id}/certificates"
    since = local_day(await stage.now()) - timedelta(days=30)
    body = {"kind": PAPER, "valid_from": since.isoformat()}
    made = await stage.ask("POST", path, by, body, query=query, show=("kind", "valid_until", "verified"))
    seen = f"{path}/{made['id']}/verify"
    await stage.ask("POST", seen, desk.officer, seen=made["version"], show=("verified", "verified_at"))
