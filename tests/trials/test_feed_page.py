"""What docs/feed.md tells a copier works as it stands there: curl, jq, sha256sum, ten lines of Python."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from service.context import Context
from tests.builders import city
from tests.builders.feed import a_supply, turn
from tests.live import live_service

PAGE = Path(__file__).parent.parent.parent / "docs" / "feed.md"
TOOLS = ("bash", "curl", "jq", "sha256sum")


def blocks(language: str) -> str:
    """The first block of that language."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    assert found
    return found[1]


def run(words: list[str], folder: Path) -> str:
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason=f"needs {', '.join(TOOLS)}")
async def test_the_page_makes_an_equal_copy(ctx: Context, urls: tuple[str, str], data_dir: Any, tmp_path: Path) -> None:
    """Copied with the page's shell lines from real processes, kept up, proved by its Python lines."""
    employer = await city.an_employer(ctx)
    postings = [await city.a_posting(ctx, employer, title=f'洗碗 "{n}" \\ <b>') for n in range(12)]
    await a_supply(ctx, await city.a_worker(ctx))
    with live_service(urls, data_dir) as live:
        wait_for(live.base, 13)
        script = blocks("sh").replace("http://127.0.0.1:8000", live.base)
        run(["bash", "-c", script], tmp_path)
        for posting in postings[:5]:
            await turn(ctx, "posting", posting.id, "edit", title="换了")
        await turn(ctx, "posting", postings[5].id, "withdraw")
        wait_for(live.base, 19)
        changes = script[script.index("while :;") :]
        cursor = f"cursor=$(jq -r .cursor snapshot.json); base={live.base}\n"
        run(["bash", "-c", cursor + changes], tmp_path)
        assert len(list((tmp_path / "rows").iterdir())) == 12
        prove = [sys.executable, "-c", blocks("python"), live.base]
        reached = run(["jq", "-r", ".next_cursor", "page.json"], tmp_path).strip()
        assert run([*prove, reached], tmp_path).strip() == "equal"
        next((tmp_path / "rows").iterdir()).unlink()
        assert run([*prove, reached], tmp_path).strip() != "equal"


def wait_for(base: str, mark: int) -> None:
    """Until the builder of the jobs process has published so many entries."""
    for _ in range(600):
        answer = httpx2.get(f"{base}/v1/feed")
        if answer.status_code == 200 and answer.json()["high_water_mark"] >= mark:
            return
        time.sleep(0.1)
    raise TimeoutError("the feed was not built")
