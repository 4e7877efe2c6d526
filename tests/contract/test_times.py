"""Every instant that leaves the service is written with the offset of Shanghai (`+08:00`), wherever it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from service.context import Context
from tests.builders.applications import set_time
from tests.builders.employers import emptied_reference
from tests.contract.bodies import NOBODY, Operation, operations
from tests.trials.cast import Cast, a_cast
from tests.trials.step import NOON
from tests.trials.story import story
from tests.trials.teller import Teller

INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})"
)
SAYS_NOTHING = {"token"}  # a secret address stands for no object


def instants(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Where an instant stands in an answer, also within a text, and how it is written."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from instants(each, f"{at}/{name}")
    elif isinstance(value, list):
        for each in value:
            yield from instants(each, f"{at}/-")
    elif isinstance(value, str):
        yield from ((at, found[0]) for found in INSTANT.finditer(value))


class Witness:
    """Reads every answer: where instants stood, and which were not written as agreed."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, str]] = set()
        self.wrong: set[tuple[str, str, str]] = set()

    def read(self, operation: str, body: Any) -> None:
        for at, written in instants(body):
            self.seen.add((operation, at))
            if not written.endswith("+08:00"):
                self.wrong.add((operation, at, written))


@pytest.mark.trial
async def test_each_instant_of_a_living_city_has_the_offset_of_shanghai(
    client: httpx2.AsyncClient, ctx: Context, app: Any, urls: tuple[str, str]
) -> None:
    """Every write once and again by its key, then every read by everybody who may: answers, problems, messages."""
    await set_time(ctx, NOON)
    cast, witness, document = await a_cast(ctx), Witness(), app.openapi()
    async with emptied_reference(ctx, urls[1]):
        teller = Teller(client, document, cast)
        for step in story(cast):
            told = await teller.tell(step)
            again = await teller.again(told)
            for answer in (told.body, again.content):
                witness.read(step.op, _parsed(answer))
        await client.post("/_test/run-due")
        for operation in operations(document):
            if operation.method == "GET":
                await _read_as_everybody(client, operation, cast, witness)
    assert witness.wrong == set()
    assert len(witness.seen) > 250
    assert len({operation for operation, _ in witness.seen}) > 110


async def _read_as_everybody(client: httpx2.AsyncClient, operation: Operation, cast: Cast, witness: Witness) -> None:
    own = {name: cast.party.objects.get(name, NOBODY) for name in operation.names if name not in SAYS_NOTHING}
    seats = [own | {"engagement_id": seat} for seat in cast.seats.values()] if "engagement_id" in own else [own]
    for ids in seats:
        path = operation.path.format_map(_Words(ids))
        for role, headers in cast.party.callers.items():
            answer = await client.get(path, params=operation.needed_query(role), headers=headers)
            if answer.headers.get("content-type", "").endswith("json"):
                witness.read(operation.id, answer.json())


class _Words(dict[str, UUID]):
    """Path parameters by name; catalogues are asked for the minimum wages."""

    def __missing__(self, name: str) -> str:
        return {"kind": "minimum_wage", "code": "310000"}.get(name, "0123456789abcdef")


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")


async def test_a_refusal_says_a_time_by_the_clocks_of_shanghai_and_gives_it_with_the_offset(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    """The sentence is for people, the fact for programs."""
    await set_time(ctx, NOON)
    cast = await a_cast(ctx)
    headers = cast.callers["hand1"]
    for language, said in (("zh-CN", "11\u670824\u65e5 "), ("en", "24 Nov ")):
        answer = await client.post(
            f"/v1/engagements/{cast.seats['tomorrow']}/set-out",
            json={},
            headers=headers | {"accept-language": language},
        )
        problem = answer.json()
        assert problem["code"] == "set_out_too_early"
        assert problem["facts"]["opens_at"].endswith("+08:00")
        assert said in problem["detail"]
        assert "+0" not in problem["detail"]


def test_no_shape_of_an_answer_holds_a_bare_instant() -> None:
    """`Moment` writes the offset; a plain datetime would leave as the database had it."""
    schemas = [path for path in Path("service").rglob("*.py") if "schemas" in path.parts[-2:][0] + path.name]
    bare = [str(path) for path in schemas if re.search(r"^    \w+: datetime\b", path.read_text("utf-8"), re.MULTILINE)]
    assert len(schemas) > 15
    assert bare == []
