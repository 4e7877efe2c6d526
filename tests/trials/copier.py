"""A copier of the feed that knows nothing of the service: HTTP, JSON, SHA-256; what docs/feed.md tells, in Python."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable
from typing import Any

import httpx2

Row = dict[str, Any]


class Lost(Exception):
    """The connection broke."""


class Copier:
    """Keeps `rows` (kind and id → entry) equal to what is public at `cursor`."""

    def __init__(self, client: httpx2.AsyncClient, *, chance: random.Random | None = None, **query: str):
        self.client, self.chance, self.query = client, chance, query
        self.headers: dict[str, str] = {}
        self.rows: dict[tuple[str, str], Row] = {}
        self.cursor = ""
        self.parts: list[Row] = []
        self.pages = 0

    async def ask(self, path: str, **params: str) -> httpx2.Response:
        """One request that may break off, as connections do."""
        if self.chance is not None and self.chance.random() < 0.1:
            raise Lost
        answer = await self.client.get(path, params=params or None, headers=self.headers)
        if answer.status_code in (429, 503):  # busy: it says when to come again
            assert answer.headers["retry-after"].isdigit()
            raise Lost
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        if self.chance is not None and self.chance.random() < 0.1:
            raise Lost
        return answer

    async def patiently(self, path: str, **params: str) -> httpx2.Response:
        """Asked until it is answered: every answer can be asked for again."""
        while True:
            try:
                return await self.ask(path, **params)
            except Lost:
                continue

    async def start(self) -> None:
        """A whole copy: the parts in any order, each checked; then the changes of the same cursor."""
        listed = (await self.patiently("/v1/feed/snapshot", **self.query)).json()
        self.rows, self.cursor, self.parts = {}, listed["cursor"], listed["parts"]
        order = list(self.parts)
        if self.chance is not None:
            self.chance.shuffle(order)
        for part in order:
            self.take(await self.fetch(part))

    async def fetch(self, part: Row) -> list[Row]:
        """One part, checked against its checksum and the list. What an officer stopped meanwhile is taken out of both:
        then the list of the same cursor is asked for again."""
        while True:
            answer = await self.patiently(part["url"])
            assert hashlib.sha256(answer.content).hexdigest() == answer.headers["x-checksum-sha256"]
            entries = [json.loads(line) for line in answer.text.splitlines()]
            if part["count"] is None or (part["count"], part["digest"]) == tally(entries):
                return entries
            listed = (await self.patiently("/v1/feed/snapshot", cursor=self.cursor, **self.query)).json()
            again = listed["parts"][part["part"] - 1]
            assert (again["count"], again["digest"]) != (part["count"], part["digest"])
            part = again

    async def follow(self, *, limit: int = 1000) -> bool:
        """One page of changes; whether more follow."""
        page = (await self.patiently("/v1/feed/changes", cursor=self.cursor, limit=str(limit), **self.query)).json()
        self.take(page["items"])
        self.cursor = page["next_cursor"]
        self.pages += 1
        assert page["read_to"] <= page["high_water_mark"]
        return bool(page["more"])

    async def catch_up(self, *, limit: int = 1000) -> None:
        """Until nothing more follows."""
        while await self.follow(limit=limit):
            pass

    def take(self, entries: Iterable[Row]) -> None:
        """Put and remove, in their order."""
        for entry in entries:
            key = entry["kind"], entry["id"]
            if entry["op"] == "put":
                assert row_digest(entry["body"]) == entry["digest"]
                self.rows[key] = entry
            else:
                self.rows.pop(key, None)

    async def proves(self) -> list[str]:
        """What differs from the manifest at this cursor: buckets and places; nothing where the copy is equal."""
        own = {name: value for name, value in self.query.items() if name == "own"}
        told = (await self.patiently("/v1/feed/manifest", cursor=self.cursor, **own)).json()
        mine: dict[str, list[Row]] = {}
        for (kind, entity_id), entry in self.rows.items():
            body = entry["body"]
            city = body["place"]["city_code"] if kind == "posting" else body["city_code"]
            mine.setdefault(entity_id[-2:], []).append(entry)
            mine.setdefault(f"{kind}/{city}/{body['state']}", []).append(entry)
        theirs = {each["bucket"]: (each["count"], each["digest"]) for each in told["buckets"]}
        theirs |= {
            f"{each['kind']}/{each['city_code']}/{each['state']}": (each["count"], each["digest"])
            for each in told["places"]
        }
        different = [name for name in {*mine, *theirs} if tally(mine.get(name, [])) != theirs.get(name, tally([]))]
        whole = told["whole"]["count"], told["whole"]["digest"]
        assert bool(different) == (tally(self.rows.values()) != whole)
        return sorted(different)

    async def stopped(self) -> set[str]:
        """Ids of everything that was to come down at once."""
        found: set[str] = set()
        page: Row = {"more": True}
        while page["more"]:
            cursor = {"cursor": page["next_cursor"]} if "next_cursor" in page else {}
            page = (await self.patiently("/v1/feed/removals", limit="2000", **cursor)).json()
            found |= {each["id"] for each in page["items"]}
        return found

    async def mend(self, bucket: str) -> None:
        """One bucket again, as of the same cursor."""
        answer = await self.patiently(f"/v1/feed/bucket/{bucket}", cursor=self.cursor, **self.query)
        self.rows = {key: row for key, row in self.rows.items() if not key[1].endswith(bucket)}
        self.take(json.loads(line) for line in answer.text.splitlines())


def row_digest(body: Row) -> str:
    """SHA-256 of the body with sorted keys and without blanks."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def tally(entries: Iterable[Row]) -> tuple[int, str]:
    """Count and digest of a set: the digests as whole numbers, added up modulo 2^256."""
    digests = [int(entry["digest"], 16) for entry in entries]
    return len(digests), f"{sum(digests) % 2**256:064x}"
