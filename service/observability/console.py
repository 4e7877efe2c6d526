"""Log lines for a person at a terminal: one short line each, colours only where a terminal shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.worktime import SHANGHAI

QUIET = frozenset({"check_alive", "check_ready", "read_metrics"})  # asked every few seconds by machines
LEFT_OUT = frozenset({"event", "role", "level", "time", "request_id", "error_at"})
BOLD, DIM, RED, YELLOW, OFF = "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[33m", "\x1b[0m"
COLOURS = {"error": RED, "critical": RED, "warning": YELLOW}


def console_line(event: Mapping[str, Any], *, colours: bool = False) -> str | None:
    """One event as a line, None where a person has no use for it. `time` is an ISO instant, shown as the
    clock of Shanghai.

    Values are redacted already; a traceback stands under its line, innermost place last.
    """
    if event.get("event") == "request":
        return _request(event, colours)
    facts = " ".join(f"{name}={value}" for name, value in event.items() if name not in LEFT_OUT and value is not None)
    level = str(event.get("level", "info"))
    mark = "" if level == "info" else f"{level.upper()} "
    line = f"{_clock(event)} {event.get('role', ''):<4} {mark}{event.get('event', '')} {facts}".rstrip()
    places = "".join(f"\n           at {place}" for place in event.get("error_at") or ())
    return _in(COLOURS.get(level, DIM), line, colours) + places


def _request(event: Mapping[str, Any], colours: bool) -> str | None:
    """`08:48:43 api  201 POST register_worker 62 ms`; what failed names the id by which it is found again."""
    status = int(event.get("status", 0))
    if event.get("operation") in QUIET and status < 500:
        return None
    asked = f"{event['method']} {event['operation']} {event['ms']:.0f} ms"
    line = f"{_clock(event)} {event.get('role', ''):<4} {status} {asked}"
    if status >= 500:
        return _in(RED, f"{line}  request {event.get('request_id')}", colours)
    return _in(YELLOW if status >= 400 else DIM, line, colours)


def message_line(channel: str, to: str, text: str, code: str | None, *, colours: bool = False) -> str:
    """A message as it would arrive; a one-time code stands first, between arrows, so that it is found at a glance.

    Begins with `[sms]` (or the channel), which is what a start tells people to look for.
    """
    if code is None:
        return f"[{channel}] {to}  {text}"
    loud = _in(BOLD, f">>> {code} <<<", colours)
    return f"\n[{channel}] {to}  {loud}  {text}\n"


def _clock(event: Mapping[str, Any]) -> str:
    return datetime.fromisoformat(str(event["time"])).astimezone(SHANGHAI).strftime("%H:%M:%S")


def _in(colour: str, text: str, colours: bool) -> str:
    return f"{colour}{text}{OFF}" if colours else text
