"""A million live follow-ups of which ten thousand are due: three processes open them, each exactly once.

Beside it, in the same run, the same with ten times fewer that are not due: what is not due should cost nothing. Then
whole lives of recommendations, a quarter, half and all of them, each in a database of its own (`benchmarks.lives`).
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks import lives
from benchmarks.line import Line, show
from service.db.migrate import role_of, upgrade
from service.embedded import ensure_running, stop
from service.followups.usecases.opening import open_due
from service.startup import opened

FULL, QUICK, FEWER = 1_000_000, 100_000, 10
DUE, PROCESSES = 10_000, 3
LIVES, FEW_LIVES = 50_000, 200
# Plans of postings that are only made up (the superuser leaves foreign keys aside), one task each.
FILL = """
with plans as (
    insert into followup_plans (id, version, created_at, updated_at, state, posting_id, employer_id, city_code)
    select gen_random_uuid(), 1, now(), now(), 'open', gen_random_uuid(), gen_random_uuid(), '310100'
    from generate_series(1, $1::int)
    returning id, employer_id
), numbered as (select *, row_number() over () as number from plans
), tasks as (
    insert into followup_tasks (id, version, created_at, updated_at, state, plan_id, milestone, about_at, side,
                                due_at, short, employer_id, city_code, attempts, urgent)
    select gen_random_uuid(), 1, now(), now(), 'planned', id, 'M6', now(), 'employer',
           case when number <= $2::int then now() - interval '1 minute' * (number % 1000 + 1)
                else now() + interval '1 minute' * (number % 100000 + 100) end,
           false, employer_id, '310100', 0, false
    from numbered returning id
)
insert into transitions (id, noun, entity_id, version, action, to_state, actor_kind, channel, at, mac)
select gen_random_uuid(), 'followup_task', id, 1, 'plan', 'planned', 'system', 'timer', now(), '' from tasks
"""
OPENED = """
select count(*) filter (where t.state = 'open' and t.version = 2), count(*) filter (where t.due_at > now()
       and t.state <> 'planned'),
       (select count(*) from transitions where noun = 'followup_task' and action = 'open')
from followup_tasks t
"""


def lines(quick: bool, seed: int = 7) -> Iterator[Line]:
    """What is due of so many, then whole lives; PART=due or PART=lives does one of them, LIVES=n so many lives."""
    part = os.environ.get("PART", "")
    if part != "lives":
        yield from _due(QUICK if quick else FULL)
    if part != "due":
        count = int(os.environ.get("LIVES") or (FEW_LIVES if quick else LIVES))
        yield from lives.lines((count // 4, count // 2, count), _cluster)


def _due(many: int) -> Iterator[Line]:
    """Seconds from the word to go until nothing is due; the same rows for every seed."""
    with _cluster() as (folder, superuser, app):
        asyncio.run(_readied(app, folder))
        few, fine = _measured(superuser, app, folder, many // FEWER, before=0)
        took, fine_too = _measured(superuser, app, folder, many - many // FEWER, before=DUE)
    note = f"{DUE:,} due of {many:,}; {PROCESSES} processes; peer: of {many // FEWER:,}"
    yield Line.of("open what is due", took, few, agrees=fine and fine_too, target="<2 s", note=note)
    yield Line("  tasks a second", DUE / took, unit="/s")


@contextmanager
def _cluster() -> Iterator[tuple[Path, str, str]]:
    """A database of its own with the schema: its folder, and as whom to come."""
    folder = Path(tempfile.mkdtemp(prefix="linggong-followups-"))
    folder.chmod(0o755)
    endpoint = ensure_running(folder)
    try:
        asyncio.run(upgrade(endpoint.owner_url(), service_role=role_of(endpoint.app_url())))
        yield folder, endpoint.superuser_url(), endpoint.app_url()
    finally:
        stop(endpoint)
        shutil.rmtree(folder, ignore_errors=True)


def _measured(superuser: str, app: str, folder: Path, count: int, *, before: int) -> tuple[float, bool]:
    """Fill, let the processes go at once; seconds, and whether each due task was opened once and no other."""
    asyncio.run(_fill(superuser, count))
    workers = [_start(app, folder) for _ in range(PROCESSES)]
    for worker in workers:
        worker.stdout.readline()  # ready
    began = time.perf_counter()
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    opened_by = [int(worker.stdout.readline()) for worker in workers]
    took = time.perf_counter() - began
    for worker in workers:
        worker.wait()
    found = asyncio.run(_row(superuser))
    return took, sum(opened_by) == DUE and found == (before + DUE, 0, before + DUE)


def _start(app: str, folder: Path) -> Any:
    command = [sys.executable, "-m", "benchmarks.followups", "open", app, str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


async def _fill(url: str, count: int) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("set session_replication_role = replica")
    await connection.execute("set synchronous_commit = off")
    await connection.execute(FILL, count, DUE, timeout=1800)
    await connection.execute("vacuum analyze followup_tasks")
    await connection.close()


async def _row(url: str) -> tuple[int, ...]:
    connection = await asyncpg.connect(url)
    found = tuple(await connection.fetchrow(OPENED))
    await connection.close()
    return found


async def _readied(app: str, folder: Path) -> None:
    """What the first process brings into a new database is there, so that the three do not wait for each other."""
    async with opened(lives.context_on(app, folder)):
        pass


async def _open(app: str, folder: Path) -> None:
    """One jobs process's loop, without the rest of it."""
    async with opened(lives.context_on(app, folder)) as ctx:
        await ctx.policies.refresh(now=True)
        print("ready", flush=True)
        sys.stdin.readline()
        print(await open_due(ctx), flush=True)


def main() -> int:
    """`make bench-followups`; the processes of the measurement start here too."""
    if sys.argv[1:2] == ["open"]:
        asyncio.run(_open(sys.argv[2], Path(sys.argv[3])))
        return 0
    return 0 if show(lines(os.environ.get("QUICK") == "1")) else 1


if __name__ == "__main__":
    sys.exit(main())
