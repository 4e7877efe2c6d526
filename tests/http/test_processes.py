"""The server as a process: it starts on a safe database only, and it leaves politely."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from service.cli import together
from service.settings import Settings, UnsafeSettings
from tests import clock
from tests.live import KEY, Live, live_service


@pytest.fixture
def environment(urls: tuple[str, str], data_dir: Path) -> dict[str, str]:
    return dict(os.environ) | {
        "LINGGONG_ENV": "test",
        "LINGGONG_DATA_DIR": str(data_dir),
        "LINGGONG_SECRET_KEY": KEY,
        "DATABASE_URL": urls[0],
        "DATABASE_OWNER_URL": urls[1],
    }


@pytest.fixture
def live(urls: tuple[str, str], data_dir: Path) -> Iterator[Live]:
    with live_service(urls, data_dir, jobs=False, LINGGONG_STOP_DELAY_SECONDS="0.5") as made:
        yield made


def test_sigterm_closes_the_door_politely(live: Live) -> None:
    """After SIGTERM readyz answers 503 at once, requests are still served for the delay, and the exit is 0."""
    with httpx2.Client(base_url=live.base) as client:
        assert client.get("/readyz").status_code == 200
        live.processes["serve"].send_signal(signal.SIGTERM)
        time.sleep(0.15)
        assert client.get("/readyz").json()["draining"] is True
        assert client.get("/healthz").status_code == 200
    assert live.processes["serve"].wait(10) == 0


def test_second_sigterm_ends_at_once(urls: tuple[str, str], data_dir: Path) -> None:
    """A second signal does not wait for the delay, which is long here."""
    with live_service(urls, data_dir, jobs=False, LINGGONG_STOP_DELAY_SECONDS="60") as live:
        live.processes["serve"].send_signal(signal.SIGTERM)
        time.sleep(0.05)
        live.processes["serve"].send_signal(signal.SIGTERM)
        live.processes["serve"].wait(50)
        assert live.processes["serve"].poll() is not None


def test_logs_are_json_lines_without_what_was_sent(urls: tuple[str, str], data_dir: Path) -> None:
    """Every line of output is one JSON object; a phone in a query does not appear."""
    with tempfile.TemporaryFile() as out:
        with live_service(urls, data_dir, jobs=False, output=out, LINGGONG_LOG_LEVEL="info") as live:
            httpx2.get(f"{live.base}/_test/messages?to=13812345678", timeout=5)
        out.seek(0)
        text = out.read().decode()
    lines = [json.loads(line) for line in text.splitlines()]
    assert any(line.get("operation") == "list_sent_messages" for line in lines)
    assert "13812345678" not in text


@pytest.mark.parametrize(
    "unsafe",
    [
        {"env": "production"},
        {"env": "production", "secret_key": "x" * 44},
        {"env": "production", "secret_key": KEY, "DATABASE_URL": "postgresql://x/y"},
        {"env": "development", "FAULTS": "db.before_commit:kill:1"},
        {"env": "production", "codes_lifted": True, "secret_key": "x", "DATABASE_URL": "postgresql://x/y"},
        {"env": "development", "host": "0.0.0.0"},
        {"env": "test", "FAULTS": "nowhere:kill:1"},
    ],
)
def test_unsafe_settings_stop_the_start(unsafe: dict[str, object]) -> None:
    """Each unsafe combination is refused with a reason."""
    with pytest.raises(UnsafeSettings):
        Settings(**unsafe).check()  # type: ignore[arg-type]


@clock.REAL
def test_rehearsal_doors_and_docs_are_not_there_in_production(urls: tuple[str, str], data_dir: Path) -> None:
    """In production neither /_test nor /docs nor /openapi.json is mounted."""
    own = {"LINGGONG_ENV": "production", "LINGGONG_SIGNING_KEY": KEY, "LINGGONG_CODES_LIFTED": "false"}
    with live_service(urls, data_dir, jobs=False, **own) as live:
        for path in ("/_test/clock", "/_test/messages?to=1", "/docs", "/openapi.json"):
            assert httpx2.get(live.base + path).status_code == 404, path
        assert httpx2.get(live.base + "/v1/zones").status_code == 200


def test_everything_together_says_that_it_stops(environment: dict[str, str]) -> None:
    """SIGINT (Ctrl-C) to `linggong run`: at once that it is stopping, at the end that it has stopped, exit 0."""
    from tests.live import free_port

    own = environment | {"LINGGONG_PORT": str(free_port()), "LINGGONG_STOP_DELAY_SECONDS": "0.1"}
    with tempfile.TemporaryFile() as out:
        command = [sys.executable, "-m", "service.cli.main", "run", "--no-demo"]
        started = subprocess.Popen(command, env=own, stdout=out, stderr=out, start_new_session=True)
        limit = time.monotonic() + 240  # patient, because a busy machine starts slowly
        text = ""
        while "Ready in" not in text and time.monotonic() < limit:
            time.sleep(0.1)
            out.seek(0)
            text = out.read().decode()
        started.send_signal(signal.SIGINT)
        assert started.wait(30) == 0
        out.seek(0)
        text = out.read().decode()
    assert text.count("/docs") == 1, "addresses are said once"
    assert text.index("linggong: stopping") < text.rindex("linggong: stopped")


class Ended:
    """A child process that has ended with a code."""

    def __init__(self, returncode: int):
        self.returncode = returncode

    def poll(self) -> int:
        return self.returncode


@pytest.mark.parametrize(("code", "given_up"), [(-signal.SIGKILL, False), (1, True)])
def test_who_is_killed_is_started_again_however_often(
    monkeypatch: pytest.MonkeyPatch, code: int, given_up: bool
) -> None:
    """A hundred kills in a row are outlived; what ends by itself twenty times a minute is given up."""
    started: list[str] = []
    stopping: list[int] = []

    def start(name: str) -> Ended:
        started.append(name)
        if len(started) == 100:
            stopping.append(0)
        return Ended(code)

    monkeypatch.setattr(together, "_start", start)
    monkeypatch.setattr(together.time, "sleep", lambda _: None)
    monkeypatch.setattr(together.os, "kill", lambda _, number: stopping.append(number))
    together._keep_up({"serve": Ended(code)}, stopping)  # type: ignore[dict-item]
    assert (len(started) < 100) is given_up
