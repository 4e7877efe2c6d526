"""Log lines for a person: short, readable, codes at a glance; for machines JSON as before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from service.cli.main import cli
from service.observability.console import console_line, message_line
from service.observability.logs import AccessLog

REQUEST: dict[str, Any] = {
    "event": "request", "role": "api", "level": "info", "time": "2026-11-21T00:48:43.377983Z",
    "request_id": "01a1fb93-b35c", "operation": "start_session", "method": "POST", "status": 200, "ms": 21.54,
}  # fmt: skip


def test_a_request_is_one_short_line_in_local_time() -> None:
    """Clock of Shanghai, who, status, what, how long; a failure names its request id."""
    assert console_line(REQUEST) == "08:48:43 api  200 POST start_session 22 ms"
    failed = console_line(REQUEST | {"status": 500})
    assert failed is not None
    assert failed.endswith("request 01a1fb93-b35c")


def test_what_machines_ask_all_the_time_is_left_out() -> None:
    """Readiness is asked every few seconds; only its failures are worth a line."""
    assert console_line(REQUEST | {"operation": "check_ready"}) is None
    assert console_line(REQUEST | {"operation": "check_ready", "status": 503}) is not None


def test_an_event_names_its_facts_and_where_it_broke() -> None:
    """Facts as name=value, the level where it is not usual, the places of a traceback below."""
    event = {"event": "unforeseen", "role": "api", "level": "error", "time": REQUEST["time"], "path": "claim_seat"}
    line = console_line(event | {"error_at": ["a.py:1:f", "b.py:2:g"]})
    assert line is not None
    assert line.splitlines() == [
        "08:48:43 api  ERROR unforeseen path=claim_seat", "           at a.py:1:f", "           at b.py:2:g",
    ]  # fmt: skip


def test_a_code_stands_out_from_the_log() -> None:
    """Between arrows, with blank lines around; other messages are a plain line; colours only where wanted."""
    assert ">>> 120345 <<<" in message_line("sms", "147****0000", "code 120345", "120345")
    assert message_line("sms", "147****0000", "code 120345", "120345").startswith("\n[sms] ")
    assert message_line("sms", "147****0000", "hello", None) == "[sms] 147****0000  hello"
    assert "\x1b[1m" in message_line("sms", "1", "t", "9", colours=True)


def test_outside_development_a_line_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    """One object a line with fixed keys."""
    access = AccessLog()
    access.line(operation="get_me", method="GET", status=200, ms=1.0, request_id="r")
    assert json.loads(capsys.readouterr().out)["operation"] == "get_me"
    access.plain = True
    access.line(operation="get_me", method="GET", status=200, ms=1.0, request_id="r")
    assert capsys.readouterr().out.rstrip().endswith("200 GET get_me 1 ms")


def test_a_file_that_is_not_there_is_one_line() -> None:
    """`guard-report` of a missing file, of a folder, of other JSON: said on standard error, exit code 2."""
    for file in ("nowhere.jsonl", ".", "pyproject.toml"):
        done = CliRunner().invoke(cli, ["guard-report", file])
        assert (done.exit_code, done.stderr.count("\n")) == (2, 1), (file, done.stderr)
        assert done.stderr.startswith(f"linggong: {file} cannot be read")


def test_a_slip_check_says_what_it_takes(tmp_path: Path) -> None:
    """Half an employer's id is exit code 2 and a sentence; a time without an offset is Shanghai's."""
    keys = tmp_path / "keys.json"
    keys.write_text('{"keys": []}', encoding="utf-8")
    half = CliRunner().invoke(cli, ["slip-check", "LGS1.x", "--keys", str(keys), "--employer", "a34fff92"])
    assert half.exit_code == 2
    assert half.stderr == "linggong: --employer takes the whole id (36 signs), as GET /v1/employers/mine gives it\n"
    plain = CliRunner().invoke(cli, ["slip-check", "LGS1.x", "--keys", str(keys), "--at", "2026-11-20 12:00"])
    assert (plain.exit_code, plain.stdout) == (1, "refused: slip_unreadable\n")
