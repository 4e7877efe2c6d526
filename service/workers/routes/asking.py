"""What a route takes from the request besides its body: whose profile."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path
from starlette.convertors import Convertor, register_url_convertor

from service.errors import Missing
from service.http.caller import WORKER
from service.http.routing import By

UUID_FORM = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"


class WorkerConvertor(Convertor[str]):
    """`me` or an id, so that /workers/identify and its like are never taken for somebody."""

    regex = f"me|{UUID_FORM}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("worker", WorkerConvertor())
Written = Annotated[
    str,
    Path(description="`me` or a worker's id", pattern=f"^(me|{UUID_FORM})$", json_schema_extra={"examples": ["me"]}),
]


async def _whose(worker: Written, by: By) -> UUID:
    if worker != "me":
        return UUID(worker)
    if by.role != WORKER or by.person_id is None:
        raise Missing
    return by.person_id


WorkerId = Annotated[UUID, Depends(_whose)]
