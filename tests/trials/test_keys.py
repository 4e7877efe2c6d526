"""Every write with its key: at once, after a restart, after three days; one effect, one answer (Show 5, INV-12)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2

from service.context import Context
from tests.builders.applications import rows_of, set_time
from tests.builders.employers import emptied_reference
from tests.contract.bodies import Operation, content, operations
from tests.live import Live, live_service
from tests.trials.stage import connected
from tests.trials.story import NOON, Cast, Step, a_cast, story

AT_ONCE = 3
WITHIN, BEYOND = 71 * 3600, 2 * 3600  # seconds of test time: still known, then forgotten
NO_EFFECT = ("idempotency_keys", "counters", "heartbeats", "test_clock")  # keys, tries, signs of life, the clock
EVERY_TABLE = "select tablename from pg_tables where schemaname = 'public' order by 1"


@dataclass(frozen=True)
class Told:
    """A request and what it was answered the first time."""

    step: Step
    method: str
    path: str
    sent: Mapping[str, Any]
    status: int
    body: bytes


class Teller:
    """Sends the story's steps; later steps may name what earlier ones were answered."""

    def __init__(self, client: httpx2.AsyncClient, document: Any, cast: Cast):
        self.client, self.document, self.cast = client, document, cast
        self.known = {operation.id: operation for operation in operations(document)}
        self.memory: dict[str, Any] = {}

    async def tell(self, step: Step) -> Told:
        """The step, several times at once with one key: the same answer for all, made once."""
        operation = self.known[step.op]
        path, sent = self._path(operation, step), await self._sent(operation, step)
        answers = await asyncio.gather(*(self.client.request(operation.method, path, **sent) for _ in range(AT_ONCE)))
        first = answers[0]
        assert {answer.status_code for answer in answers} == {first.status_code}, (step.op, [a.text for a in answers])
        replayed = sum(answer.headers.get("idempotency-replayed") == "true" for answer in answers)
        if first.is_success:
            assert replayed == AT_ONCE - 1, (step.op, first.text)
            self.memory[step.op] = first.json() if first.content else None
        if replayed:
            assert len({answer.content for answer in answers}) == 1, step.op
        return Told(step, operation.method, path, sent, first.status_code, first.content)

    async def again(self, told: Told) -> httpx2.Response:
        return await self.client.request(told.method, told.path, **told.sent)

    def _path(self, operation: Operation, step: Step) -> str:
        ids = {name: self._resolved(value) for name, value in (self.cast.party.objects | dict(step.ids)).items()}
        return operation.path.format_map(ids)

    async def _sent(self, operation: Operation, step: Step) -> dict[str, Any]:
        base_role = step.role.removeprefix("spare_")
        sent = content(self.document, operation, base_role, self.cast.party.worker.id)
        if "json" in sent:
            body = sent["json"] if step.body is None else step.body
            sent["json"] = {name: await self._found(value) for name, value in (body | dict(step.more)).items()}
        headers = self.cast.callers[step.role] | {"idempotency-key": f"keys-{uuid4()}", "if-match": f'"{step.version}"'}
        return sent | {"headers": headers, "params": operation.needed_query(base_role)}

    def _resolved(self, value: Any) -> Any:
        """ "@operation.field.field" is what that operation was answered last."""
        if not isinstance(value, str) or not value.startswith("@"):
            return value
        operation, *names = value[1:].split(".")
        found = self.memory[operation]
        for name in names:
            found = found[name]
        return found

    async def _found(self, value: Any) -> Any:
        """ "code:13800138000" is the newest code for the number."""
        if not isinstance(value, str) or not value.startswith("code:"):
            return self._resolved(value)
        await self.client.post("/_test/run-due")
        sent = await self.client.get("/_test/messages", params={"to": value.removeprefix("code:")})
        return next(each["params"]["code"] for each in sent.json()["messages"] if "code" in each["params"])


async def everything_counted(ctx: Context) -> dict[str, int]:
    """Rows of every table that holds an effect."""
    tables = [row[0] for row in await rows_of(ctx, EVERY_TABLE) if row[0] not in NO_EFFECT]
    return {table: (await rows_of(ctx, f'select count(*) from "{table}"'))[0][0] for table in tables}


def restart(live: Live) -> None:
    live.kill("serve")
    live.start("serve")
    live.wait_ready()


async def move(client: httpx2.AsyncClient, seconds: int) -> None:
    answer = await client.post("/_test/clock", json={"action": "advance", "seconds": seconds})
    assert answer.status_code == 200


async def all_again(teller: Teller, tale: list[Told]) -> list[str]:
    """The steps whose repetition is answered otherwise than the first time."""
    wrong = []
    for told in tale:
        answer = await teller.again(told)
        if (answer.status_code, answer.content) != (told.status, told.body):
            wrong.append(f"{told.step.op}: {told.status} then {answer.status_code} {answer.text[:300]}")
        elif answer.headers.get("idempotency-replayed") != "true":
            wrong.append(f"{told.step.op}: not a replay")
    return wrong


async def test_each_write_has_one_effect_and_one_answer(
    ctx: Context, app: Any, urls: tuple[str, str], data_dir: Path
) -> None:
    """The whole story told thrice at once, again after kill -9, again after 71 hours, anew after 73."""
    await set_time(ctx, NOON)
    cast = await a_cast(ctx)
    async with emptied_reference(ctx, urls[1]):
        await rehearse(ctx, app, urls, data_dir, cast)


async def rehearse(ctx: Context, app: Any, urls: tuple[str, str], data_dir: Path, cast: Cast) -> None:
    with live_service(urls, data_dir, jobs=False) as live:
        async with connected(live.base, AT_ONCE) as client:
            teller = Teller(client, app.openapi(), cast)
            tale = [await teller.tell(step) for step in story(cast)]
            refused = {told.step.op: told.body.decode() for told in tale if told.status >= 400}
            assert not refused
            assert keyed(app.openapi()) - {told.step.op for told in tale} == set()
            counted = await everything_counted(ctx)
            await asyncio.to_thread(restart, live)
            assert await all_again(teller, tale) == []
            await move(client, WITHIN)
            assert await all_again(teller, tale) == []
            assert await everything_counted(ctx) == counted
            await move(client, BEYOND)
            for told in tale:
                anew = await teller.again(told)
                assert anew.status_code < 500, told.step.op
                assert "idempotency-replayed" not in anew.headers, told.step.op


def keyed(document: Any) -> set[str]:
    """The operations that take a key."""
    return {operation.id for operation in operations(document) if operation.raw.get("x-idempotent", "no") != "no"}
