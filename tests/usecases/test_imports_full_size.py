"""The promise of size: 100,000 rows stored within 300 MB, measured over both processes (LINGGONG_TRIALS=1)."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from service.context import Context
from service.worktime import SHANGHAI
from tests import clock
from tests.builders.city import an_employer
from tests.builders.imports import SOURCE, scalar
from tests.rules.import_samples import GOOD, a_listing, as_csv, as_workbook
from tests.sizes import FULL

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


def tabular(count: int) -> list[list[object]]:
    """Dated rows as the plain template has them, a week ahead of now."""
    day = (clock.now().astimezone(SHANGHAI) + timedelta(days=7)).date().isoformat()
    rest = GOOD[3:-1]
    return [["洗碗工", 1 + at % 9, day, *rest, f"R-{at}"] for at in range(count)]


def of_patterns(count: int) -> bytes:
    """The shape of the Shanghai source, its hours as different as those of real shops."""
    hours = [f"{hour:02d}:{minute:02d}" for hour in range(6, 20) for minute in (0, 30)]
    rows = (
        a_listing(
            source_id=1 + at,
            title=f"三和居火锅-第{at}店-洗碗工-小时工",
            slots=[{"start": hours[at % 20], "end": hours[at % 20 + 4 + at % 3]}],
        )
        for at in range(count)
    )
    return b"[" + b",".join(orjson.dumps(row) for row in rows) + b"]"


def of_dates_csv(count: int) -> bytes:
    """CSV in GB18030, as a spreadsheet program of the region saves it."""
    return as_csv(tabular(count)).encode("gb18030")


def of_dates_xlsx(count: int) -> bytes:
    """A workbook."""
    return as_workbook(tabular(count))


MAKERS: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "patterns.json": (SOURCE, of_patterns),
    "dates.csv": ("plain_template", of_dates_csv),
    "dates.xlsx": ("plain_template", of_dates_xlsx),
}


@pytest.mark.trial
@pytest.mark.skipif(not FULL, reason="full size: LINGGONG_TRIALS=1")
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
@pytest.mark.parametrize("name", MAKERS)
async def test_a_hundred_thousand_rows_are_stored_within_300_mb(
    ctx: Context, tmp_path: Path, name: str, record_property: Callable[[str, object], None]
) -> None:
    """A verified employer sends the largest file, every posting goes live with its shifts; then it is sent again."""
    employer = await an_employer(ctx, verified=True)
    mapping, make = MAKERS[name]
    file, errors = tmp_path / name, tmp_path / "errors"
    file.write_bytes(make(ROWS))
    env = os.environ | {
        "LINGGONG_ENV": "test",
        "LINGGONG_DATA_DIR": str(ctx.settings.data_dir),
        "DATABASE_URL": ctx.settings.database_url,
        "LINGGONG_SECRET_KEY": ctx.settings.secret_key.get_secret_value(),
    }
    command = [sys.executable, "-m", "service.cli.main", "import", str(file), "--mapping", mapping]
    command += ["--employer", str(employer.id)]
    for outcome in ("accepted", "unchanged"):
        began = time.monotonic()
        code, said, most = await asyncio.to_thread(run_command, command, env, errors)
        seconds = time.monotonic() - began
        record_property(f"{outcome}_ms_per_row", round(seconds / ROWS * 1000, 2))
        record_property(f"{outcome}_most_mb", round(most))
        told = f"{name} {outcome}: {seconds:.0f} s, {seconds / ROWS * 1000:.2f} ms a row, at most {most:.0f} MB"
        sys.stdout.write(f"\n{told}\n")
        assert code == 0, errors.read_text(encoding="utf-8", errors="replace")[-3000:]
        assert f"{ROWS} {outcome}" in said
        assert 0 < most < MOST_MB
    assert await scalar(ctx, "select count(*) from postings where state = 'published'") == ROWS
    await check_stored(ctx, name)


async def check_stored(ctx: Context, name: str) -> None:
    """Every shift has its end scheduled, every row its answer, every version its log line."""
    shifts = await scalar(ctx, "select count(*) from shifts")
    assert shifts == ROWS if name.startswith("dates") else shifts > 40 * ROWS
    assert await scalar(ctx, "select count(*) from due_work where kind = 'shift.end' and state = 'pending'") == shifts
    assert await scalar(ctx, "select count(*) from import_lines") == 2 * ROWS
    postings = await scalar(ctx, "select sum(version) from postings")
    assert await scalar(ctx, "select count(*) from transitions where noun = 'posting'") == postings
    assert await scalar(ctx, "select count(*) from transitions where noun = 'shift'") == shifts
