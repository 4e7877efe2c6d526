"""A public generator makes a client from the committed contract; it registers, signs in and claims."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from api_specs.write import FOLDER
from service.context import Context
from service.ids import new_id
from tests.builders.city import a_posting, a_shift, an_employer
from tests.builders.people import a_phone, an_id_number
from tests.live import live_service

BIN = Path(sys.executable).parent


# The generator knows no JSON Lines and no PDF; its own formatting of what it wrote is none of our business.
OVERRIDES = {"application/x-ndjson": "text/plain", "application/pdf": "application/octet-stream"}
SETTINGS = {"post_hooks": [], "content_type_overrides": OVERRIDES}


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of the generated package; the generator has nothing to complain about."""
    folder, name = tmp_path_factory.mktemp("generated"), f"made_client_{uuid4().hex[:8]}"
    settings = folder / "settings.json"
    settings.write_text(json.dumps(SETTINGS))
    done = subprocess.run(
        [
            str(BIN / "openapi-python-client"),
            "generate",
            "--path",
            str(FOLDER / "openapi.json"),
            "--output-path",
            str(folder / name),
            "--meta",
            "none",
            "--fail-on-warning",
            "--config",
            str(settings),
        ],
        env=os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    sys.path.insert(0, str(folder))
    yield name
    sys.path.remove(str(folder))


class Made:
    """The generated package: one module an operation, one class a shape."""

    def __init__(self, package: str, base: str):
        self.package, self.base, self.token = package, base, ""

    def module(self, name: str) -> ModuleType:
        return importlib.import_module(f"{self.package}.{name}")

    def shape(self, name: str, value: dict[str, Any]) -> Any:
        return getattr(self.module("models"), name).from_dict(value)

    def call(self, tag: str, operation: str, *path: Any, **more: Any) -> Any:
        """The parsed answer of one operation, as whoever has signed in."""
        parts = self.module("client")
        client = (
            parts.AuthenticatedClient(base_url=self.base, token=self.token)
            if self.token
            else parts.Client(base_url=self.base)
        )
        with client:
            answer = self.module(f"api.{tag}.{operation}").sync_detailed(*path, client=client, **more)
        assert answer.status_code < 400, (operation, answer.content)
        return answer.parsed


def code_for(base: str, phone: str) -> str:
    """The newest code, from the sink of rehearsals."""
    httpx2.post(f"{base}/_test/run-due", timeout=20)
    found = httpx2.get(f"{base}/_test/messages", params={"to": phone}, timeout=20).json()["messages"]
    return str(found[0]["params"]["code"])


def prove(made: Made, phone: str) -> Any:
    """Ask for a code and return it."""
    asked = made.call("access", "request_code", body=made.shape("CodeIn", {"phone": phone}))
    body = {"challenge_id": str(asked.challenge_id), "code": code_for(made.base, phone), "as": "worker"}
    return made.call("access", "start_session", body=made.shape("SessionIn", body))


def play(made: Made, shift_id: Any) -> Any:
    """Register with a proved phone, sign in again, claim the seat, read it back."""
    phone = a_phone()
    ticket = prove(made, phone).ticket
    person = {"ticket": ticket, "name": "王小明", "trade": "洗碗工", "id_number": an_id_number()}
    made.call("workers", "register_worker", body=made.shape("RegisterIn", person))
    made.token = prove(made, phone).tokens.access_token
    body = made.shape("ClaimIn", {"terms_version": 1})
    claim = made.call("applications", "claim_seat", shift_id, body=body, idempotency_key=str(new_id()))
    assert claim.outcome == "confirmed"
    return made.call("engagements", "get_engagement", claim.engagement_id)


@pytest.mark.trial
async def test_a_generated_client_registers_signs_in_and_claims_a_seat(
    ctx: Context, urls: tuple[str, str], data_dir: Path, generated: str
) -> None:
    """Over a socket, with nothing but generated code between the test and the service."""
    posting = await a_posting(ctx, await an_employer(ctx))
    shift = await a_shift(ctx, posting)
    with live_service(urls, data_dir, jobs=False) as live:
        seat = await asyncio.to_thread(play, Made(generated, live.base), shift.id)
    assert (seat.state, seat.shift_id, seat.title) == ("confirmed", shift.id, posting.title)
