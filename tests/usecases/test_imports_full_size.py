"""The promise of size: 100,000 rows within 300 MB, measured over both processes (LINGGONG_TRIALS=1)."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from service.context import Context
from tests.builders.city import an_employer
from tests.builders.imports import SOURCE, listings, scalar

ROWS = int(os.environ.get("LINGGONG_IMPORT_ROWS", "100000"))
MOST_MB = 300


def held_mb(pid: int) -> float:
    """Memory of a process and its children in MB, shared pages counted once; 0 once it is gone.

    Resident sizes may not be added: between fork and exec a child shows all of its parent's pages as its own.
    """
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    kib = sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kib * 1024 / 1e6 + sum(held_mb(int(child)) for child in children)


def run_command(command: list[str], env: dict[str, str], errors: Path) -> tuple[int, str, float]:
    """Exit code, what was printed, and the most memory in MB that it and its children held at once."""
    most = 0.0
    with errors.open("wb") as stream:
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=stream)
        while process.poll() is None:
            most = max(most, held_mb(process.pid))
            time.sleep(0.2)
        return process.returncode, process.communicate()[0].decode(), most


@pytest.mark.trial
@pytest.mark.skipif(not os.environ.get("LINGGONG_TRIALS"), reason="full size: LINGGONG_TRIALS=1")
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
async def test_a_hundred_thousand_rows_within_300_mb(
    ctx: Context, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """An employer whose postings wait for their review sends the largest file; then sends it again."""
    employer = await an_employer(ctx, verified=False)
    file, errors = tmp_path / "rows.json", tmp_path / "errors"
    file.write_bytes(listings(ROWS))
    env = os.environ | {
        "LINGGONG_ENV": "test",
        "LINGGONG_DATA_DIR": str(ctx.settings.data_dir),
        "DATABASE_URL": ctx.settings.database_url,
        "LINGGONG_SECRET_KEY": ctx.settings.secret_key.get_secret_value(),
    }
    command = [sys.executable, "-m", "service.cli.main", "import", str(file), "--mapping", SOURCE]
    command += ["--employer", str(employer.id)]
    for outcome in ("accepted", "unchanged"):
        began = time.monotonic()
        code, said, most = await asyncio.to_thread(run_command, command, env, errors)
        record_property(f"{outcome}_seconds", round(time.monotonic() - began))
        record_property(f"{outcome}_most_mb", round(most))
        assert code == 0, errors.read_text(encoding="utf-8", errors="replace")[-3000:]
        assert f"{ROWS} {outcome}" in said
        assert 0 < most < MOST_MB
    assert await scalar(ctx, "select count(*) from postings") == ROWS
