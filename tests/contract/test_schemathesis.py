"""Schemathesis over the whole contract as worker, member, officer, administrator and nobody."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path

import pytest

from api_specs.write import FOLDER
from service.context import Context
from tests.builders.employers import emptied_reference
from tests.contract.world import Party, a_party
from tests.live import Live, live_service
from tests.sizes import FULL

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
EXAMPLES = 25 if FULL else 1
SECONDS = 300 if FULL else 8
PHASES = "examples,coverage,fuzzing,stateful" if FULL else "examples,coverage"
ROLES = ("worker", "member", "officer", "admin", "nobody") if FULL else ("member",)
# Signing out would end the run in the role that it is about.
LEFT_OUT = ("close_all_sessions", "close_current_session", "end_kiosk_session")


def settings_file(folder: Path, party: Party) -> Path:
    """Path parameters of real objects, so that requests come further than 404."""
    lines = ["[parameters]", '"path.worker" = "me"']
    lines += [
        f'"path.{name}" = "{value}"'
        for name, value in sorted(party.objects.items())
        if name not in {"worker", "waiting_id", "session_id"}
    ]
    made = folder / "schemathesis.toml"
    made.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return made


def run(live: Live, headers: Mapping[str, str], folder: Path, config: Path) -> subprocess.CompletedProcess[str]:
    """One run of the public tool against the living service."""
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config)]
    command += [
        "run",
        str(FOLDER / "openapi.json"),
        "--url",
        live.base,
        "--checks",
        CHECKS,
        "--generation-deterministic",
    ]
    command += ["--phases", PHASES, "--max-examples", str(EXAMPLES), "--max-time", str(SECONDS), "--no-color"]
    command += [
        "--request-timeout",
        "20",
        "--suppress-health-check",
        "all",
        "--warnings",
        "off",
        "--continue-on-failure",
        "--no-shrink",
    ]
    for name in LEFT_OUT:
        command += ["--exclude-operation-id", name]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("role", ROLES)
async def test_no_fault_and_no_undocumented_answer(
    ctx: Context, urls: tuple[str, str], data_dir: Path, tmp_path: Path, role: str
) -> None:
    """Whatever fits (or nearly fits) the contract is answered as the contract says."""
    party = await a_party(ctx)
    headers, config, log = party.callers.get(role, {}), settings_file(tmp_path, party), tmp_path / "service.log"
    dated = emptied_reference(ctx, urls[1]) if role == "admin" else nullcontext()  # an administrator may change it
    async with dated:
        with log.open("wb") as output, live_service(urls, data_dir, jobs=False, output=output) as live:
            done = await asyncio.to_thread(run, live, headers, tmp_path, config)
    faults = [line for line in log.read_text().splitlines() if "unforeseen" in line]
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2_000:] + "\n".join(faults[:5])
