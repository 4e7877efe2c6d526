"""A rehearsal of slips: genuine ones taken once each however they are scanned, all others refused with their reason."""

from __future__ import annotations

import asyncio
import random
import string
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from service.context import Context
from service.referrals.slip_text import SIGNED_AS, SlipRefused, checked, read, written
from service.signing import PublicKey, Signer, verified
from tests.builders import city
from tests.builders.applications import NOON, breaches, set_time, value_of
from tests.builders.referrals import a_referral
from tests.live import live_service
from tests.sizes import size
from tests.trials.stage import a_boss, connected, until_answered

GENUINE = size(500, 10)
BAD = {"forged": 1, "altered": 1, "expired": 1, "foreign": 1, "replaced": 1}  # shares of as many again
REASONS = {
    "forged": {"slip_forged"}, "altered": {"slip_forged", "slip_unreadable"}, "expired": {"slip_expired"},
    "foreign": {"slip_foreign"}, "replaced": {"slip_revoked"},
}  # fmt: skip
EMPLOYERS = size(20, 3)
AT_ONCE = 16
SIGNS = f"{string.ascii_letters}{string.digits}-_."
DAY = timedelta(days=1)


@dataclass
class Desk:
    """An employer that scans, and its work of one day."""

    boss: dict[str, str]
    shift: Any

    @property
    def id(self) -> Any:
        return self.shift.employer_id


@dataclass(frozen=True)
class Slip:
    """A line of text in somebody's hand; `kind`: genuine, or what is wrong with it."""

    kind: str
    text: str
    desk: Desk


@dataclass
class Office:
    """Hands slips out over HTTP."""

    ctx: Context
    http: httpx2.AsyncClient
    officer: dict[str, str]

    async def slip(self, desk: Desk) -> tuple[Any, str]:
        """Somebody who wants to go, and his slip."""
        row = await a_referral(self.ctx, await city.a_worker(self.ctx), desk.shift, "worker_accepted")
        return row, await self.again(row)

    async def again(self, row: Any) -> str:
        """A new slip for the same referral."""
        answer = await until_answered(self.http, "POST", f"/v1/referrals/{row.id}/slip", self.officer, {})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["text"])


async def desks(ctx: Context, day: datetime, count: int) -> list[Desk]:
    """Employers with work that begins on this day."""
    made = []
    for _ in range(count):
        employer, boss = await a_boss(ctx)
        posting = await city.a_posting(ctx, employer, headcount=2 * GENUINE)
        made.append(Desk(boss, await city.a_shift(ctx, posting, starts=day, headcount=2 * GENUINE)))
    return made


def forged(text: str, chance: random.Random) -> str:
    """The same words under the name of the key, signed by somebody else."""
    facts, key_id, signed, _ = read(text)
    _, signature = Signer(chance.randbytes(32)).sign(SIGNED_AS + signed)
    return written(facts, key_id, signature)


def altered(text: str, chance: random.Random) -> str:
    """One sign of it is another one."""
    at = chance.randrange(len(text))
    other = chance.choice(
        [sign for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0189-_." if sign != text[at]]
    )
    return text[:at] + other + text[at + 1 :]


async def handed_out(office: Office, now: list[Desk], expired: list[Slip]) -> list[Slip]:
    """Genuine ones and, for each share of `BAD`, those that must not pass."""
    chance = random.Random(500)
    made = list(expired)
    share = GENUINE // sum(BAD.values())

    async def one(number: int) -> list[Slip]:
        desk = now[number % len(now)]
        _, genuine = await office.slip(desk)
        slips = [Slip("genuine", genuine, desk)]
        if number < share:
            _, text = await office.slip(desk)
            slips += [Slip("forged", forged(text, chance), desk), Slip("altered", altered(text, chance), desk)]
            slips += [Slip("foreign", text, now[(number + 1) % len(now)])]
            row, first = await office.slip(desk)
            await office.again(row)
            slips += [Slip("replaced", first, desk)]
        return slips

    for begin in range(0, GENUINE, AT_ONCE):
        for some in await asyncio.gather(*(one(at) for at in range(begin, min(begin + AT_ONCE, GENUINE)))):
            made += some
    chance.shuffle(made)
    return made


async def scanned(http: httpx2.AsyncClient, slip: Slip) -> tuple[int, dict[str, Any]]:
    """The employer's phone reads it and takes the person on."""
    body = {"text": slip.text, "result": "hired"}
    answer = await until_answered(http, "POST", "/v1/slips/redeem", slip.desk.boss, body)
    return answer.status_code, answer.json()


def offline(slip: Slip, keys: dict[str, PublicKey], now: datetime, seen: set[Any]) -> str:
    """What somebody without the service says, who has the published keys and remembers what he has seen."""

    def verify(key_id: str, message: bytes, signature: bytes) -> bool:
        return key_id in keys and verified(keys[key_id], message, signature)

    try:
        seen.add(checked(slip.text, verify, employer_id=slip.desk.id, now=now, seen=seen).slip_id)
    except SlipRefused as refusal:
        return refusal.code
    return "true"


async def test_genuine_slips_once_each_and_no_others(ctx: Context, urls: tuple[str, str], data_dir: Path) -> None:
    """Each genuine one scanned twice at once gives one receipt and one seat; all others are refused, offline too."""
    await set_time(ctx, NOON)
    before = await desks(ctx, NOON + timedelta(hours=20), EMPLOYERS)
    with live_service(urls, data_dir, jobs=False) as live:
        async with connected(live.base, AT_ONCE) as http:
            office = Office(ctx, http, await city.as_staff(ctx, await city.an_officer(ctx)))
            run_out = [
                Slip("expired", (await office.slip(before[at % len(before)]))[1], before[at % len(before)])
                for at in range(GENUINE // sum(BAD.values()))
            ]
            await set_time(ctx, NOON + 2 * DAY)
            for desk in before:
                desk.boss = await city.as_member(ctx, await city.a_member(ctx, await employer_of(ctx, desk)))
            office.officer = await city.as_staff(ctx, await city.an_officer(ctx))
            slips = await handed_out(office, await desks(ctx, NOON + 4 * DAY, EMPLOYERS), run_out)
            gate = asyncio.Semaphore(AT_ONCE // 2)

            async def twice(slip: Slip) -> list[tuple[int, dict[str, Any]]]:
                async with gate:
                    return list(await asyncio.gather(scanned(http, slip), scanned(http, slip)))

            answers = await asyncio.gather(*(twice(slip) for slip in slips))
            told = (await http.get("/v1/keys")).json()["keys"]
    receipts = []
    for slip, ((status, one), (other_status, other)) in zip(slips, answers, strict=True):
        if slip.kind == "genuine":
            assert (status, other_status) == (200, 200), (one, other)
            assert one == other
            receipts.append(one["receipt_number"])
        else:
            assert status >= 400, (slip.kind, one)
            assert {one["code"], other["code"]} <= REASONS[slip.kind], (slip.kind, one, other)
    assert len(receipts) == len(set(receipts)) == GENUINE
    assert await value_of(ctx, "select count(*) from slips where state = 'redeemed'") == GENUINE
    assert await value_of(ctx, "select sum(taken) from shifts") == GENUINE
    assert await breaches(ctx) == []
    keys = {each["key_id"]: PublicKey.published(each) for each in told}
    seen: set[Any] = set()
    said = Counter((slip.kind, offline(slip, keys, NOON + 2 * DAY, seen)) for slip in slips)
    assert said["genuine", "true"] == GENUINE
    assert {kind for kind, verdict in said if verdict == "true"} == {"genuine", "replaced"}  # only the service knows
    again = Counter(offline(slip, keys, NOON + 2 * DAY, seen) for slip in slips if slip.kind == "genuine")
    assert again == {"slip_used": GENUINE}


async def employer_of(ctx: Context, desk: Desk) -> Any:
    async with ctx.uow() as uow:
        return await uow.employers.get(desk.id)
