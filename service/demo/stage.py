"""The demo's hands and voice: sends a request, shows it and its answer, and stops at what should not be."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import httpx2
import yaml
from rich.console import Console

from service.demo.showing import plain, shown, written
from service.demo.world import World
from service.ids import new_id

CODE_WAIT_SECONDS = 20.0
LONGEST_PAUSE_SECONDS = 75
FULL_ANSWER = 1200
PROBLEM = ("code", "detail")
AT_COUNTER = {"on_behalf": "at_counter"}  # the officer says so of a person who stands there


@cache
def sentences() -> dict[str, dict[str, Any]]:
    """The demo's words: steps, notes, summary (each in both languages), and what its people say."""
    text = files("service.demo").joinpath("story.yaml").read_text(encoding="utf-8")
    made: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return made


def word(name: str, **facts: Any) -> str:
    """What somebody of the story says or is called."""
    return str(sentences()["words"][name]).format(**facts)


@dataclass(slots=True)
class Actor:
    """Somebody who acts: the label in the margin, the phone, and the tokens once signed in."""

    label: str
    phone: str = field(default="", repr=False)
    access: str = field(default="", repr=False)
    refresh: str | None = field(default=None, repr=False)

    def take(self, tokens: Mapping[str, Any]) -> None:
        """Sign in with these tokens."""
        self.access, self.refresh = tokens["access_token"], tokens["refresh_token"]


NOBODY = Actor("nobody")


class Broke(Exception):
    """The story cannot go on: why, in one sentence."""


class Stage:
    """One performance of the story."""

    def __init__(self, client: httpx2.AsyncClient, world: World, console: Console):
        self.client, self.world, self.console = client, world, console
        self.steps = 0
        self.step = ""
        self.requests = 0
        self.skipped: list[str] = []
        self.facts: dict[str, str] = {}
        self._read: set[str] = set()

    # -- telling ---------------------------------------------------------------------------------------

    def begin(self, step: str, /, **facts: Any) -> None:
        """Announce a step in both languages."""
        said = sentences()["steps"][step]
        self.steps, self.step = self.steps + 1, step
        self._print(f"\n{self.steps:>2}  {said['en'].format(**facts)}", "bold")
        self._print(f"    {said['zh'].format(**facts)}", "bold")

    def note(self, name: str, /, **facts: Any) -> None:
        """A remark between request and request, in both languages; figures and quotations stand once.

        Facts that read otherwise in the two languages come as mappings `en` and `zh`.
        """
        said = sentences()["notes"][name]
        for mark, language in (("·", "both"), ("·", "en"), (" ", "zh")):
            if language in said:
                own = facts.get(language)
                spoken = said[language].format(**(own if isinstance(own, Mapping) else facts))
                self._print(f"      {mark} {plain(spoken)}", "cyan")

    def skip(self, name: str, /, **facts: Any) -> None:
        """Say what is not played here, and why; it is said again at the end."""
        self.note(name, **facts)
        self.skipped.append(name)

    def _print(self, text: str, style: str = "") -> None:
        self.console.print(text, style=style or None, markup=False, highlight=False, soft_wrap=True)

    # -- asking ----------------------------------------------------------------------------------------

    async def ask(
        self,
        method: str,
        path: str,
        by: Actor = NOBODY,
        body: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        seen: int | None = None,
        key: str | None = None,
        show: Collection[str] = (),
        form: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
    ) -> Any:
        """Send a request as somebody, show it and the answer; the parsed answer. `seen` is the If-Match version.

        `show` names the members of the answer worth showing. Every POST carries an Idempotency-Key of its own
        unless `key` repeats one. Raises Broke for anything but a 2xx.
        """
        sent: dict[str, Any] = {"json": body, "params": query, "data": form, "files": files}
        headers = {"idempotency-key": key or str(new_id())} if method == "POST" else {}
        headers |= {"if-match": f'"{seen}"'} if seen is not None else {}
        self._show_request(method, path, by, body if body is not None else form, query)
        sent = {name: what for name, what in sent.items() if what is not None}
        answer = await self._send(method, path, by, headers, sent)
        self.requests += 1
        made = answer.json() if answer.content else None
        again = " (replayed)" if answer.headers.get("idempotency-replayed") else ""
        names = show if answer.is_success else PROBLEM
        self._print(f"      ← {answer.status_code}{again} {shown(made, names) if made is not None else ''}".rstrip())
        if not answer.is_success:
            raise Broke(f"{method} {plain(path)} answered {answer.status_code}: {plain(answer.text[:FULL_ANSWER])}")
        return made

    async def peek(self, path: str, by: Actor, *, language: str = "en") -> Any:
        """Read without showing, for waiting and for the other language. Raises Broke for anything but a 2xx."""
        answer = await self._send("GET", path, by, {"accept-language": language}, {})
        if not answer.is_success:
            raise Broke(f"GET {plain(path)} answered {answer.status_code}: {plain(answer.text[:FULL_ANSWER])}")
        return answer.json()

    def _show_request(self, method: str, path: str, by: Actor, body: Any, query: Mapping[str, Any] | None) -> None:
        asked = "?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else ""
        sent = f" {shown(body)}" if body else ""
        self._print(f"      → {by.label:<9} {method} {plain(path + asked)}{sent}", "dim")

    async def _send(
        self, method: str, path: str, by: Actor, headers: dict[str, str], sent: dict[str, Any]
    ) -> httpx2.Response:
        """Once more after a fresh token where the old one has run out, and after a stated pause."""
        answer = await self._once(method, path, by, headers, sent)
        if answer.status_code == 401 and by.refresh:
            renewed = await self.client.post("/v1/sessions/refresh", json={"refresh_token": by.refresh})
            if renewed.is_success:
                by.take(renewed.json())
                answer = await self._once(method, path, by, headers, sent)
        pause = int(answer.headers.get("retry-after", "0"))
        if answer.status_code == 429 and 0 < pause <= LONGEST_PAUSE_SECONDS:
            self.note("pause", seconds=pause)
            await self.world.until(await self.world.now() + timedelta(seconds=pause + 1))
            answer = await self._once(method, path, by, headers | {"idempotency-key": str(new_id())}, sent)
        return answer

    async def _once(
        self, method: str, path: str, by: Actor, headers: dict[str, str], sent: dict[str, Any]
    ) -> httpx2.Response:
        bearer = {"authorization": f"Bearer {by.access}"} if by.access else {}
        for part in (sent.get("files") or {}).values():
            part[1].seek(0)
        return await self.client.request(method, path, headers=headers | bearer, **sent)

    # -- time and phones ---------------------------------------------------------------------------------

    async def now(self) -> datetime:
        """The service's present."""
        return await self.world.now()

    async def until(self, moment: datetime) -> None:
        """Wait for a moment, or put the clock on to it where that can be done."""
        self.note("clock" if self.world.moves_time else "waits", at=written(moment))
        await self.world.until(moment)

    async def read_all(self, phone: str) -> None:
        """What a phone holds so far is old: the code that is asked for next is none of it."""
        self._read |= {message["message_id"] for message in await self.world.messages(phone)}

    async def code(self, phone: str) -> str:
        """The newest unread one-time code of a phone. Raises Broke when none comes."""
        limit = time.monotonic() + CODE_WAIT_SECONDS
        while time.monotonic() < limit:
            await self.world.work()
            for message in await self.world.messages(phone):
                if message["template"] == "code" and message["message_id"] not in self._read:
                    self._read.add(message["message_id"])
                    return str(message["params"]["code"])
            await asyncio.sleep(0.1)
        raise Broke(
            f"no code came for {plain(phone)}; looked in {self.world.phones}. Does `linggong jobs` run, with the"
            " same LINGGONG_DATA_DIR and LINGGONG_SMS_GATEWAY=console?"
        )

    async def sms(self, actor: Actor, text: str, gateway: Actor) -> str:
        """A reply that comes by SMS, handed over by the operator's gateway; its outcome as a code."""
        body = {"gateway_id": str(new_id()), "from": actor.phone, "text": text}
        answer = await self.ask("POST", "/v1/sms/replies", gateway, body, show=("taken_for", "outcome"))
        return str(answer["outcome"])
