"""Tells the story of `story.py` over HTTP, step by step, and keeps what was asked and answered."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2

from tests.contract.bodies import Operation, content, operations
from tests.trials.cast import Cast
from tests.trials.step import Step


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

    def __init__(self, client: httpx2.AsyncClient, document: Any, cast: Cast, *, at_once: int = 1):
        self.client, self.document, self.cast, self.at_once = client, document, cast, at_once
        self.known = {operation.id: operation for operation in operations(document)}
        self.memory: dict[str, Any] = {}

    async def tell(self, step: Step) -> Told:
        """The step, perhaps several times at once with one key: the same answer for all, made once."""
        operation = self.known[step.op]
        path, sent = self._path(operation, step), await self._sent(operation, step)
        answers = await asyncio.gather(
            *(self.client.request(operation.method, path, **sent) for _ in range(self.at_once))
        )
        first = answers[0]
        assert {answer.status_code for answer in answers} == {first.status_code}, (step.op, [a.text for a in answers])
        replayed = sum(answer.headers.get("idempotency-replayed") == "true" for answer in answers)
        if first.is_success:
            assert replayed == self.at_once - 1, (step.op, first.text)
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
