"""Where calls are put through: the operator's switch told by a file."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from service.contact_requests.gateways import Binding, FileCalls, call_gateway
from service.context import Context
from service.settings import Settings


async def test_a_switch_reads_who_shares_a_number_and_until_when(tmp_path: Path) -> None:
    """One JSON line for each word, in the order of them; nobody but the owner reads the phones."""
    path = tmp_path / "not there yet" / "calls.jsonl"
    gateway, relay = FileCalls(path), UUID(int=7)
    until = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
    phones = {"worker": "+8613652347891", "employer": "+8613652347892"}
    await gateway.bind(Binding(relay, "+8602100000001", until, phones))
    await gateway.unbind(relay, "+8602100000001")
    bound, free = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    told = {"relay_id": str(relay), "number": "+8602100000001"}
    assert bound.pop("at") <= free.pop("at")
    assert bound == told | {"do": "bind", "until": "2026-11-21T12:00:00+08:00", "phones": phones}
    assert free == told | {"do": "unbind"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_the_setting_leads_to_the_file(ctx: Context, tmp_path: Path) -> None:
    """`file:` and a path; outside the tests' own sink."""
    path = tmp_path / "calls.jsonl"
    there = replace(ctx, settings=Settings(env="development", relay_gateway=f"file:{path}"))
    gateway = call_gateway(there)
    assert isinstance(gateway, FileCalls)
    assert gateway.path == path
