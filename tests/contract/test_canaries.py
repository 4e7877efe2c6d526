"""People whose numbers are unique go through the service, also wrongly; no sink holds a number (INV-33)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import random
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from service.context import Context
from service.identity_numbers import SYNTHETIC_REGION, synthetic_resident_id
from service.worktime import SHANGHAI
from tests import clock
from tests.builders.applications import a_shift_of
from tests.builders.city import a_member, an_employer, an_officer, as_member, as_staff
from tests.builders.people import a_kiosk, an_integrator
from tests.live import live_service
from tests.sizes import size
from tests.trials.stage import a_deal, a_key, connected

PEOPLE = size(1000, 4)
AT_ONCE = 8


@dataclass(frozen=True)
class Canary:
    """Somebody whose numbers nobody else has."""

    phone: str
    other_phone: str
    id_number: str

    @property
    def numbers(self) -> tuple[str, ...]:
        return self.phone, self.other_phone, self.id_number

    @property
    def email(self) -> str:
        return f"canary{self.phone[::-1]}@mail.example.com"

    @property
    def open_id(self) -> str:
        return f"oCanary-{self.id_number[::-1]}_{self.other_phone[-4:]}"

    @property
    def everything(self) -> tuple[str, ...]:
        return *self.numbers, self.email, self.open_id


def canaries() -> list[Canary]:
    """The same people in every run."""
    chance = random.Random(11)
    phones = chance.sample(range(10**7, 10**8), 2 * PEOPLE)
    births = [date(1970, 1, 1) + timedelta(days=index * 7) for index in range(PEOPLE)]
    return [
        Canary(f"199{phones[2 * index]}", f"198{phones[2 * index + 1]}", _an_id(birth, index))
        for index, birth in enumerate(births)
    ]


def _an_id(birth: date, index: int) -> str:
    return synthetic_resident_id(SYNTHETIC_REGION, birth, index % 1000)


def shapes(number: str) -> Iterator[str]:
    """The number as it might lie about: plain, turned round, encoded, or hashed without a key."""
    yield from (_grouped(number, sign) for sign in " -")
    yield from _inside_base64(number.encode())
    if "@" in number:
        yield from (number.replace("@", sign) for sign in ("%40", "%2540", "&#64;", "=40"))
    for form in (
        {number, f"+86{number}", f"86{number}"} if len(number) == 11 else {number, number.lower(), number.upper()}
    ):
        raw = form.encode()
        yield from (form, form[::-1], raw.hex(), base64.b64encode(raw).decode().rstrip("="))
        yield base64.b32encode(raw).decode().rstrip("=")
        for algorithm in ("md5", "sha1", "sha256", "sha512"):
            digest = hashlib.new(algorithm, raw).digest()
            yield from (digest.hex(), base64.b64encode(digest).decode().rstrip("="))


def _grouped(number: str, sign: str) -> str:
    """As people write it: 199 1234 5678, 330200 19700101 0011."""
    cuts = (3, 7) if len(number) == 11 else (6, 14)
    return sign.join((number[: cuts[0]], number[cuts[0] : cuts[1]], number[cuts[1] :]))


def _inside_base64(raw: bytes) -> Iterator[str]:
    """What is left of it when more was encoded around it: whole groups of three bytes, at each of three offsets."""
    for start in range(3):
        kept = raw[start : start + (len(raw) - start) // 3 * 3]
        yield base64.b64encode(kept).decode()


@dataclass
class Town:
    """Where the canaries work: one shift with many seats, an employer, an officer, a kiosk, a gateway."""

    shift_id: Any
    boss: dict[str, str]
    officer: Callable[[], Awaitable[dict[str, str]]]  # signs in anew: what is done at the counter asks for that
    kiosk: dict[str, str]
    gateway: dict[str, str]
    asker: Callable[[], Awaitable[dict[str, str]]]  # another employer each time, so that no day's allowance ends


class Life:
    """One canary's way through the service; every refusal's body is kept."""

    def __init__(self, client: httpx2.AsyncClient, town: Town, canary: Canary, refused: list[bytes]):
        self.client, self.town, self.canary, self.refused = client, town, canary, refused
        self.me: dict[str, str] = {}

    async def ask(self, method: str, path: str, *, status: int | None = None, **more: Any) -> Any:
        """Send; keep what is refused; check the status where one is expected."""
        answer = await self.client.request(method, path, **more)
        if answer.is_error:
            self.refused.append(answer.content + repr(answer.headers).encode())
        assert answer.status_code < 500, (method, path, answer.text)
        assert status in (None, answer.status_code), (method, path, answer.text)
        return answer.json() if answer.headers.get("content-type", "").endswith("json") else answer.content

    async def live(self) -> None:
        """Come in, work, err, ask, be looked at by an officer."""
        await self.register()
        await self.reach()
        await self.work()
        await self.talk()
        await self.err()
        await self.at_the_counter()

    async def prove(self, phone: str) -> dict[str, str]:
        """A challenge and the code that came by the sink."""
        challenge = (await self.ask("POST", "/v1/codes", json={"phone": phone}, status=202))["challenge_id"]
        return {"challenge_id": challenge, "code": (await self.sent_to(phone))["params"]["code"]}

    async def sent_to(self, to: str) -> Any:
        """The newest message to somebody, once there is one."""
        for _ in range(200):
            sent = (await self.ask("GET", "/_test/messages", params={"to": to}))["messages"]
            if sent:
                return sent[0]
            await asyncio.sleep(0.1)
        raise TimeoutError("nothing came")

    async def reach(self) -> None:
        """An address and a WeChat account, entered, proved and written to; wrongly too."""
        me, mine = self.me, "/v1/me/channels"
        email, open_id = self.canary.email, self.canary.open_id
        await self.ask("POST", f"{mine}/email", json={"address": email}, headers=me | a_key(), status=202)
        code = (await self.sent_to(email))["params"]["code"]
        await self.ask("POST", f"{mine}/email/confirm", json={"code": email}, headers=me, status=422)
        await self.ask("POST", f"{mine}/email/confirm", json={"code": code}, headers=me | a_key(), status=200)
        figures = await self.ask("POST", f"{mine}/wechat", headers=me, status=202)
        bound = {"code": figures["code"], "open_id": open_id}
        answer = await self.ask("POST", "/v1/wechat/bindings", json=bound, headers=self.town.gateway, status=200)
        assert answer == {"outcome": "bound"}
        every = {topic: ["email", "wechat", "sms"] for topic in ("vital", "offers", "account")}
        first = me | {"if-match": '"0"'}
        await self.ask("PATCH", "/v1/me/message-preferences", json={"topics": every}, headers=first, status=200)
        shown = await self.ask("GET", mine, headers=me, status=200)
        assert [each["state"] for each in shown["items"]] == ["bound"] * 3
        for wrong in (f"{email}\r\nBcc: {email}", f"<{email}>", email * 9, open_id):
            await self.ask("POST", f"{mine}/email", json={"address": wrong}, headers=me, status=422)
        for broken in ({"topics": {email: [open_id]}}, {"topics": {"news": [email]}}, {email: 1}):
            await self.ask("PATCH", "/v1/me/message-preferences", json=broken, headers=first, status=422)
        wrongly = {"code": email, "open_id": f"{open_id} {email}"}
        await self.ask("POST", "/v1/wechat/bindings", json=wrongly, headers=self.town.gateway, status=422)
        await self.ask("DELETE", f"{mine}/{email}", headers=me)

    async def register(self) -> None:
        phone, id_number = self.canary.phone, self.canary.id_number
        known = await self.ask("POST", "/v1/sessions", json=await self.prove(phone) | {"as": "worker"})
        person = {"ticket": known["ticket"], "name": "王小明", "trade": "洗碗工", "id_number": id_number}
        made = await self.ask("POST", "/v1/workers", json=person, headers=a_key(), status=201)
        self.me = {"authorization": f"Bearer {made['session']['access_token']}"}
        await self.ask("GET", "/v1/me/person", headers=self.me, status=200)
        await self.ask("GET", "/v1/workers/me", headers=self.me, status=200)
        health = {"kind": "health_certificate", "number": id_number, "valid_until": "2099-01-01"}
        await self.ask("POST", "/v1/workers/me/certificates", json=health, headers=self.me | a_key(), status=201)
        again = person | {"ticket": "x" * 40}
        await self.ask("POST", "/v1/workers", json=again)

    async def work(self) -> None:
        town, me = self.town, self.me
        claim = await self.ask("POST", f"/v1/shifts/{town.shift_id}/claims", json={}, headers=me | a_key(), status=201)
        seat = claim["engagement_id"]
        await self.ask("GET", f"/v1/engagements/{seat}/contact", headers=town.boss, status=200)
        word = (await self.ask("POST", "/v1/workers/me/word", headers=me, status=201))["word"]
        deal = self.deal | {"code": word}
        hire = await self.ask("POST", "/v1/hires", json=deal, headers=town.boss | a_key(), status=201)
        await self.ask("POST", f"/v1/hires/{hire['id']}/accept", json={}, headers=me | a_key(), status=200)
        await self.ask("POST", f"/v1/engagements/{seat}/cancel", json={"reason": "other"}, headers=me, status=200)
        await self.ask("GET", "/v1/messages", headers=me, status=200)
        firm = {"kind": "household", "name": "王家", "city_code": "310100", "contact_name": "王五"}
        firm |= {"contact_phone": self.canary.other_phone}
        await self.ask("POST", "/v1/employers", json=firm, headers=me | a_key(), status=201)
        reply = {"gateway_id": str(uuid4()), "from": self.canary.phone, "text": f"1 {self.canary.id_number}"}
        await self.ask("POST", "/v1/sms/replies", json=reply, headers=town.gateway, status=200)

    deal: dict[str, Any]

    async def talk(self) -> None:
        """In the open, asked, relayed, agreed; entered by an officer and telephoned in with the other number."""
        me, boss = self.me, self.town.boss
        wish = {"kind": "work", "trades": ["moving"], "city_code": "310100"}
        supply = await self.ask("POST", "/v1/supplies", json=wish, headers=me, status=201)
        asker = await self.town.asker()
        body = {"supply_id": supply["id"], "purpose": "pay"}
        asked = await self.ask("POST", "/v1/contact-requests", json=body, headers=asker, status=201)
        path = f"/v1/contact-requests/{asked['id']}"
        await self.ask("POST", f"{path}/accept", headers=me, status=200)
        await self.ask("POST", f"{path}/texts", json={"text": "几点开工"}, headers=asker, status=202)
        await self.ask("POST", f"{path}/calls", headers=me, status=200)
        for who in (me, asker):
            await self.ask("POST", f"{path}/agree", headers=who, status=200)
        seen = await self.ask("GET", f"{path}/contact", headers=asker, status=200)
        assert seen["phone"].endswith(self.canary.phone)
        for number in self.canary.numbers:
            await self.ask("POST", f"{path}/texts", json={"text": f"打我电话{number}"}, headers=me)
            await self.ask("POST", "/v1/contact-requests", json=body | {"note": number}, headers=boss)
        start = (clock.now().astimezone(SHANGHAI) + timedelta(days=1)).isoformat()
        place = {"address": "某路3号", "district_code": "310104"}
        call = {"phone": self.canary.other_phone, "name": "司马老板", "trade": "洗碗工", "starts_at": start}
        call |= {"place": place, "pay": {"amount_fen": 2600, "unit": "hour"}}
        officer = await self.town.officer()
        await self.ask("POST", "/v1/demand-intakes", json=call, headers=officer, status=201)
        person = {"name": "王小明", "phone": self.canary.phone, "city_code": "310104"}
        entry = {"person": person, "wish": wish | {"trades": ["cleaning"]}}
        await self.ask(
            "POST", "/v1/supply-intakes", json=entry, headers=officer, params={"on_behalf": "by_phone"}, status=201
        )
        for number in self.canary.numbers:
            wrong = entry | {"wish": wish | {"description": number}, number: number}
            await self.ask("POST", "/v1/supply-intakes", json=wrong, headers=officer, params={"on_behalf": "by_phone"})
            await self.ask("POST", "/v1/demand-intakes", json=call | {"trade": number}, headers=officer)

    async def err(self) -> None:
        """The numbers in every place where they do not belong."""
        for number in self.canary.everything:
            await self.ask("POST", "/v1/codes", json={"phone": "13800138000", "extra": number}, status=422)
            await self.ask("POST", "/v1/codes", json={number: number}, status=422)
            json_type = {"content-type": "application/json"}
            for broken in (f'{{"{number}": 1, "{number}": 2}}', f'{{"phone": "{number}", '):
                await self.ask("POST", "/v1/codes", content=broken.encode(), headers=json_type, status=400)
            await self.ask("POST", "/v1/codes", content=number.encode(), headers={"content-type": f"text/{number}"})
            await self.ask("POST", "/v1/postings", json={"trade": number, "place": {"address": 1}}, headers=self.me)
            await self.ask("GET", "/v1/postings", params={"q": number})
            await self.ask("GET", "/v1/postings", params={number: number}, status=422)
            await self.ask("GET", "/v1/postings", params={"cursor": number}, status=400)
            await self.ask("GET", f"/v1/workers/{number}", headers=self.me, status=404)
            await self.ask("GET", f"/v1/{number}/nowhere", status=404)
            await self.ask("POST", f"/v1/sessions/{number}", json={}, headers=self.me)
            await self.ask("GET", "/v1/me", headers={"authorization": f"Bearer {number}"}, status=401)
            strange = {"accept-language": number, "user-agent": number, "referer": f"http://x/{number}"}
            await self.ask("GET", "/v1/me", headers=self.me | strange, status=200)
            await self.ask("PATCH", "/v1/workers/me", json={"intro": 1}, headers=self.me | {"if-match": number})
            body = {"cards": number, "card": f"{number}{number}"}
            await self.ask("POST", "/v1/kiosk/codes", json=body, headers=self.town.kiosk, status=422)

    async def at_the_counter(self) -> None:
        """An officer finds, opens with a purpose, changes the number, and registers somebody twice."""
        officer, (phone, other, id_number) = await self.town.officer(), self.canary.numbers
        found = await self.ask("POST", "/v1/people/find", json={"id_number": id_number}, headers=officer, status=200)
        [person] = found["items"]
        await self.ask("POST", "/v1/people/find", json={"phone": phone}, headers=officer, status=200)
        opened = {"fields": ["name", "id_number", "phone"], "purpose": "identity_check"}
        path = f"/v1/people/{person['id']}"
        shown = await self.ask("POST", f"{path}/unmask", json=opened, headers=officer)
        assert shown.get("values", {}).get("id_number", id_number) == id_number  # or too often within the hour
        changed = {"phone": other, "basis": "seen_id_card"}
        await self.ask("POST", f"{path}/phone", json=changed, headers=officer, status=200)
        twice = {"name": "王小明", "trade": "洗碗工", "id_number": id_number, "phone": other}
        await self.ask("POST", "/v1/workers/by-officer", json=twice, headers=officer, status=409)


async def a_town(ctx: Context) -> Town:
    employer, _, shift = await a_shift_of(ctx, headcount=PEOPLE)
    officer = await an_officer(ctx)

    async def another() -> dict[str, str]:
        return await as_member(ctx, await a_member(ctx, await an_employer(ctx)))

    return Town(
        shift.id,
        await as_member(ctx, await a_member(ctx, employer)),
        lambda: as_staff(ctx, officer),
        (await a_kiosk(ctx))[2],
        (await an_integrator(ctx, "sms:receive", "wechat:bind"))[1],
        another,
    )


def dump(owner_url: str, into: Path) -> None:
    """The whole database in plain text."""
    from service.embedded.binaries import find_binaries

    beside = find_binaries().folder / "pg_dump"
    tool = str(beside) if beside.exists() else "pg_dump"
    with into.open("wb") as file:
        subprocess.run([tool, "--format=plain", owner_url], stdout=file, check=True)


def hits(patterns: set[str], folders: list[Path], work: Path) -> list[str]:
    """Files that hold any of the patterns, byte for byte."""
    listed = work.parent / "patterns"
    listed.write_text("\n".join(sorted(patterns)) + "\n", encoding="ascii")
    done = subprocess.run(
        ["grep", "-raoF", "-f", str(listed), *map(str, folders)],
        capture_output=True,
        env=os.environ | {"LC_ALL": "C"},
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return sorted({line.decode(errors="replace")[-200:] for line in done.stdout.splitlines()})


@pytest.mark.skipif("LINGGONG_TEST_SERVER" in os.environ, reason="needs the files of the database")
async def test_no_number_lies_about(ctx: Context, urls: tuple[str, str], data_dir: Path, tmp_path: Path) -> None:
    """Logs, problems, metrics, dump, write-ahead log, the data folder: no number in any shape that can be undone."""
    people, town, refused = canaries(), await a_town(ctx), []
    kept = tmp_path / "kept"
    kept.mkdir()
    Life.deal = await a_deal(ctx, "", hours=1)
    loud = {"LINGGONG_LOG_LEVEL": "debug", "LINGGONG_TICK_SECONDS": "0.2"}
    with (kept / "service.log").open("wb") as log, live_service(urls, data_dir, output=log, **loud) as live:
        async with connected(live.base, AT_ONCE) as client:
            gate = asyncio.Semaphore(AT_ONCE)

            async def one(canary: Canary) -> None:
                async with gate:
                    await Life(client, town, canary, refused).live()

            await asyncio.gather(*(one(canary) for canary in people))
            (kept / "metrics").write_bytes((await client.get("/metrics")).content)
            await client.post("/_test/run-due")
    (kept / "problems").write_bytes(b"\n".join(refused))
    await asyncio.to_thread(dump, urls[1], kept / "dump.sql")
    patterns = {shape for canary in people for number in canary.everything for shape in shapes(number)}
    assert len(refused) > 30 * PEOPLE
    assert b"claim_seat" in (kept / "service.log").read_bytes()
    assert (kept / "dump.sql").stat().st_size > 100_000
    assert any((data_dir / "data").rglob("pg_wal/0*"))
    assert await asyncio.to_thread(hits, patterns, [kept, data_dir], kept) == []


def test_the_search_finds_what_it_is_for(tmp_path: Path) -> None:
    """Each shape of a number is found when it is planted, also among bytes that are no text."""
    canary = Canary("19912345678", "19812345678", _an_id(date(1980, 1, 1), 5))
    found = [shape for number in canary.everything for shape in shapes(number)]
    planted = tmp_path / "planted"
    planted.mkdir()
    for index, shape in enumerate(found):
        (planted / str(index)).write_bytes(b"\x00\xff\n" + shape.encode() + b"\x00")
    assert len({line.split(":")[0] for line in hits(set(found), [planted], planted)}) == len(found)
