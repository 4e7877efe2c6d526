"""Structured logs on standard output, personal data redacted, no line injection: JSON, or plain for a developer."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

from service.observability.console import console_line
from service.text import redact

_PLAIN = (int, float, bool, type(None))


def _redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: _safe(value) for key, value in event.items()}


def _safe(value: Any) -> Any:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, dict):
        return {str(key): _safe(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_safe(inner) for inner in value]
    return redact(str(value))[:4000]


def _exception_without_values(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A traceback as places in the code only: messages of exceptions may hold what somebody sent."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[0] is not None:
        frames = []
        trace = info[2]
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append(f"{code.co_filename.rsplit('/', 3)[-1]}:{trace.tb_lineno}:{code.co_name}")
            trace = trace.tb_next
        event["error_type"] = info[0].__name__
        event["error_at"] = frames[-8:]
    return event


def _of_role(role: str) -> Any:
    """Every line says which process wrote it, from whatever task or signal."""

    def mark(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event.setdefault("role", role)
        return event

    return mark


def _plainly(_: Any, __: str, event: MutableMapping[str, Any]) -> str:
    line = console_line(event, colours=sys.stdout.isatty())
    if line is None:
        raise structlog.DropEvent
    return line


def configure_logs(level: str, role: str, *, plain: bool = False) -> None:
    """Send everything, the libraries' lines included, through one renderer: JSON lines, or `plain` for a person."""
    as_json = structlog.processors.JSONRenderer(serializer=lambda value, **_: orjson.dumps(value, default=str).decode())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _of_role(role),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            _exception_without_values,
            _redact,
            _plainly if plain else as_json,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    ACCESS.wanted, ACCESS.role, ACCESS.plain = level in {"debug", "info"}, role, plain
    root = logging.getLogger()
    root.handlers = [_Bridge()]
    root.setLevel(logging.WARNING)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").disabled = True
    # A tick that meets the one before it is left out by design; a loop that is silent for long is the watchdog's.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


class AccessLog:
    """The one line of every request: its fields are codes and figures, so it needs no redaction.

    Written without the processors above: they cost more than reading a posting.
    """

    def __init__(self) -> None:
        self.wanted = True
        self.role = "api"
        self.plain = False

    def line(self, **fields: Any) -> None:
        """Write one line, if lines of level info are wanted."""
        if self.wanted:
            time = datetime.now(UTC).isoformat().replace("+00:00", "Z")
            event = {"event": "request", "role": self.role, "level": "info", "time": time} | fields
            line = _in_words(event) if self.plain else orjson.dumps(event).decode()
            sys.stdout.write(f"{line}\n" if line else "")


def _in_words(event: dict[str, Any]) -> str | None:
    return console_line(event, colours=sys.stdout.isatty())


ACCESS = AccessLog()


class _Bridge(logging.Handler):
    """Lines of libraries that use the standard logging."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger(record.name)
        info = record.exc_info if record.exc_info else None
        said = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        log.log(record.levelno, said, library=record.name, exc_info=info)
