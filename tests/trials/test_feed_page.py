"""What docs/feed.md tells a copier works as it stands there: docs/feed/copy.sh, run as it is, on a bad line."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import shutil
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from service.context import Context
from service.feed.usecases.building import build
from tests.builders import city
from tests.live import live_service
from tests.sizes import FULL
from tests.trials.bad_line import bad_line
from tests.trials.market import Market, copied, public_now

DOCS = Path(__file__).parent.parent.parent / "docs"
SCRIPT = str(DOCS / "feed" / "copy.sh")
TOOLS = ("sh", "curl", "jq", "awk", "sha256sum")
CHANGES, HANDS = (100_000, 8) if FULL else (200, 4)
FILTER = "trade=moving&region=310115,330000"


async def run(folder: Path, verb: str, *more: str, killed_after: float | None = None) -> tuple[int, list[str]]:
    """The script as the page calls it: exit code, and the words that it printed."""
    words = ("sh", SCRIPT, verb, str(folder), *more)
    out = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*words, stdout=out, stderr=out, start_new_session=True)
    talking = asyncio.create_task(process.communicate())
    if killed_after is not None:
        await asyncio.sleep(killed_after)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    said, trouble = await talking
    assert killed_after is not None or process.returncode == 0 or said, trouble.decode()
    return process.returncode or 0, said.decode().split()


def rows_of(folder: Path) -> list[dict[str, Any]]:
    """What the copy holds, as entries."""
    bodies = [json.loads(file.read_text("utf-8")) for file in (folder / "rows").glob("*/*")]
    return [{"kind": body["kind"], "id": body["id"], "body": body} for body in bodies]


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason=f"needs {', '.join(TOOLS)}")
async def test_the_pages_script_keeps_an_equal_copy(
    ctx: Context, urls: tuple[str, str], data_dir: Any, tmp_path: Path
) -> None:
    """Begun, killed, begun again, followed while many hands change the market and the line breaks: it equals what is
    public and proves it. A row that is taken out and one that is changed are found by their buckets, and mended."""
    market, chance = Market(ctx, random.Random(8)), random.Random(9)
    whole, part = tmp_path / "a whole copy", tmp_path / "part"
    await market.open(CHANGES)
    for _ in range(2):  # the filtered copy holds some whatever the hands do
        await city.a_posting(ctx, await city.an_employer(ctx), trade="moving", district_code="310115")
    await market.change(CHANGES // 2, HANDS)
    await build(ctx, wait=True)
    with live_service(urls, data_dir) as live:
        async with bad_line(int(live.environment["LINGGONG_PORT"]), chance) as (line, base):
            for _ in range(2):
                await run(whole, "take", base, killed_after=chance.random() * 2)
            changing = asyncio.create_task(market.change(CHANGES - market.done, HANDS))
            while not changing.done():
                assert (await run(whole, "take", base))[0] == 0
                assert (await run(part, "take", base, FILTER))[0] == 0
            await changing
            await build(ctx, wait=True)
            for folder in (whole, part):
                assert (await run(folder, "take"))[0] == 0
                assert await run(folder, "prove") == (0, ["equal"])
            assert line.broken
            assert line.bent
        truth = await public_now(ctx)
        assert copied(rows_of(whole)) == truth
        assert len(truth) > 20
        assert 0 < len(rows_of(part)) < len(truth)
        for folder in (whole, part):
            await spoiled_rows_are_found(folder, live.base)


async def spoiled_rows_are_found(folder: Path, base: str) -> None:
    """One row removed, one altered: their buckets and no other are named; mending makes the copy equal again."""
    filtered = [FILTER] if folder.name == "part" else []
    assert (await run(folder, "take", base, *filtered))[0] == 0
    one, *_, two = sorted((folder / "rows").glob("*/*"), key=lambda file: file.parent.name)
    one.unlink()
    body = json.loads(two.read_text("utf-8"))
    text = json.dumps(body | {"title": "x"}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    two.write_text(text, "utf-8")
    assert await run(folder, "prove") == (1, [one.parent.name, two.parent.name])
    assert await run(folder, "mend") == (0, ["equal"])
    assert await run(folder, "prove") == (0, ["equal"])
    assert (one.exists(), json.loads(two.read_text("utf-8"))) == (True, body)


def test_the_page_calls_the_script_as_it_wants_to_be_called() -> None:
    """Each step that the page names is one that the script has, and each of the script's stands in the page."""
    called = re.findall(r"^sh copy\.sh (\w+)", (DOCS / "feed.md").read_text("utf-8"), re.M)
    known = re.findall(r"^#   sh copy\.sh (\w+)", Path(SCRIPT).read_text("utf-8"), re.M)
    assert set(called) == set(known) == {"take", "prove", "mend"}
